"""Types that follow orders: forecast from them, by the day, and only when they say so."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting import make_forecast, plan_outlook
from forecasting.after_sales.kernels import LAGS, bump
from scenarios import (
    AfterSales,
    BotStage,
    Channel,
    ContactType,
    Effect,
    Law,
    LawKind,
    Lever,
    OrderPlan,
    PhasePlan,
    PlanningError,
    Quantity,
)

PER_ORDER, DELAY_DAYS = 0.05, 5
LAST_SALE = date(2026, 5, 24)


@pytest.fixture(scope="module")
def shop(make_history, make_event):
    """A history whose contacts are 5 % of the orders about five days before, with two sales; orders in every row."""
    past = tuple(make_event(day, 24, name="sale") for day in ("2026-04-08", LAST_SALE.isoformat()))
    spans = [(event.phases[0].start, event.phases[0].end) for event in past]
    orders = make_history(per_day=4000.0, lift=lambda moment: 5.0 if any(a <= moment < b for a, b in spans) else 1.0)
    totals = orders["offered"].to_numpy().reshape(-1, 48).sum(axis=1)
    led = np.concatenate([np.full(LAGS - 1, 4000.0), totals])
    asked = np.convolve(led, PER_ORDER * bump(DELAY_DAYS, 0.4), mode="valid")
    shape = orders["offered"].to_numpy()[:48] / totals[0]
    return orders.assign(contact_type="chat", offered=np.outer(asked, shape).ravel(), orders=orders["offered"]), past


def chat(**more):
    return ContactType("chat", Channel.TICKET, Law(LawKind.EXPONENTIAL, 200.0), due_within_s=86400.0, **more)


def by_day(forecast):
    return forecast.expected[:, 0].reshape(-1, 48).sum(axis=1)


def test_the_sale_of_the_last_day_comes_back_as_contacts_five_days_later(shop, make_scenario):
    history, past = shop
    days = [LAST_SALE + timedelta(days=lead) for lead in range(1, 8)]

    follows, ordinary = (
        by_day(make_forecast(history, make_scenario(types=(kind,)), past_promotions=past))
        for kind in (chat(after_sales=AfterSales.ORDER_STATUS), chat())
    )

    peak = days.index(LAST_SALE + timedelta(days=DELAY_DAYS - 1))
    more = PER_ORDER * 16_000 * bump(DELAY_DAYS, 0.4)[1:8]
    assert int(np.argmax(follows)) == int(np.argmax(more)) == peak
    assert follows == pytest.approx(PER_ORDER * 4000 + more, rel=0.2)
    truth = PER_ORDER * 4000 + more  # what past aftermaths teach of it is less, and later or earlier
    assert np.abs(follows - truth).sum() < np.abs(ordinary - truth).sum() / 2


def test_without_orders_a_type_is_forecast_from_its_own_past(shop, make_scenario):
    history, past = shop
    bare = history.drop(columns="orders")

    follows, ordinary = (
        make_forecast(bare, make_scenario(types=(kind,)), past_promotions=past).expected
        for kind in (chat(after_sales=AfterSales.ORDER_STATUS), chat())
    )

    assert (follows == ordinary).all()


def test_a_type_that_does_not_say_so_takes_no_notice_of_orders(shop, make_scenario):
    history, past = shop
    scenario = make_scenario(types=(chat(),))

    told, untold = (
        make_forecast(rows, scenario, past_promotions=past).expected
        for rows in (history, history.drop(columns="orders"))
    )

    assert (told == untold).all()


def test_later_rows_change_no_forecast_of_a_type_that_follows_orders(shop, make_scenario):
    history, past = shop
    scenario = make_scenario(first=date(2026, 5, 11), types=(chat(after_sales=AfterSales.REFUNDS),))
    later = history["interval_start"] >= pd.Timestamp(scenario.horizon.start)
    shuffled = history.copy()
    shuffled.loc[later, ["offered", "orders"]] = history.loc[later, ["offered", "orders"]].to_numpy()[::-1] * 3

    one, other = (make_forecast(rows, scenario, past_promotions=past[:1]) for rows in (history, shuffled))

    assert one.fingerprint() == other.fingerprint()


def test_orders_that_end_before_the_contacts_are_expected_on(shop, make_scenario):
    history, past = shop
    scenario = make_scenario(types=(chat(after_sales=AfterSales.ORDER_STATUS),))
    late = history["interval_start"] >= pd.Timestamp("2026-05-22", tz="Asia/Shanghai")
    short = history.assign(orders=history["orders"].where(~late))

    expected = by_day(make_forecast(short, scenario, past_promotions=past))

    assert expected.shape == (7,)
    assert expected[3] > 1.3 * PER_ORDER * 4000  # the sale of the 24th is known from the calendar


def test_orders_of_one_interval_that_differ_between_rows_are_refused(shop, make_scenario):
    history, past = shop
    other = history.assign(contact_type="call", orders=history["orders"] + 1)
    both = pd.concat([history, other], ignore_index=True)
    scenario = make_scenario(types=(chat(after_sales=AfterSales.RETURNS), "call"))

    with pytest.raises(PlanningError) as refused:
        make_forecast(both, scenario, past_promotions=past)
    assert refused.value.key == "orders_differ"


def plan_of(orders, **more):
    phases = (PhasePlan(event="sale", name="peak", orders=orders),)
    rates = {"through_service_share": 0.2, "conversion_share": 0.4, "enquiries": {"chat": 1.0}}
    return OrderPlan(schema=1, name="p", title={}, phases=phases, **(rates | more))


@pytest.fixture
def planned_scenario(make_scenario, make_event):
    """A week with a sale on its second day, and a type that follows orders."""
    promo = (make_event("2026-05-26 00:00", 24, name="sale"),)
    kind = chat(after_sales=AfterSales.ORDER_STATUS, bot=BotStage(0.5, 0.4))
    return make_scenario(types=(kind,), promo=promo)


def test_an_order_plan_reaches_the_forecast_as_orders_and_as_the_wave_after_them(shop, planned_scenario):
    history, past = shop
    small, large = (
        plan_outlook(history, planned_scenario, plan_of(orders), past_promotions=past) for orders in (8_000.0, 40_000.0)
    )

    few, many = (by_day(make_forecast(history, row.scenario, past_promotions=past)) for row in (small, large))

    (wave,) = large.after_sales
    assert wave.measured
    assert wave.learnt
    assert wave.by_day.sum() == pytest.approx(40_000 * wave.kernel.contacts_per_order)
    assert wave.kernel.contacts_per_order == pytest.approx(PER_ORDER, rel=0.05)
    coming = PER_ORDER * 32_000 * bump(DELAY_DAYS, 0.4)[:6]
    assert (many - few)[1:].sum() == pytest.approx(coming.sum(), rel=0.15)
    assert (many - few)[0] == 0.0


def test_notices_cut_the_wave_once_where_people_are_asked_and_not_in_the_forecast(shop, planned_scenario):
    """The floor and the staffing apply levers: the forecast holds none, the outlook says what is left for people."""
    history, past = shop
    notices = Lever("notices", (Effect(Quantity.VOLUME, 0.4, ("chat",)),))
    with_notices = replace(planned_scenario, levers=(notices,))

    plain, cut = (
        plan_outlook(history, scenario, plan_of(20_000.0), past_promotions=past)
        for scenario in (planned_scenario, with_notices)
    )

    forecasts = [make_forecast(history, row.scenario, past_promotions=past).expected for row in (plain, cut)]
    assert (forecasts[0] == forecasts[1]).all()
    assert cut.after_sales[0].by_day == pytest.approx(plain.after_sales[0].by_day)
    assert plain.after_sales[0].to_people == pytest.approx(0.8 * plain.after_sales[0].by_day)  # bot: half, 40 % kept
    assert cut.after_sales[0].to_people == pytest.approx(0.4 * plain.after_sales[0].to_people)
    assert with_notices.factor(Quantity.VOLUME)[0, 0] == 0.4  # the same factor the floor takes


def test_a_lever_on_the_share_of_the_bot_and_one_that_ends_act_on_their_days_alone(shop, planned_scenario):
    history, past = shop
    until = planned_scenario.promo[0].phases[0].end
    levers = (Lever("bot", (Effect(Quantity.BOT, 2.0, end=until),)),)

    outlook = plan_outlook(history, replace(planned_scenario, levers=levers), plan_of(20_000.0), past_promotions=past)

    (wave,) = outlook.after_sales
    left = wave.to_people / np.maximum(wave.by_day, 1e-12)
    assert left[0] == pytest.approx(1 - 1.0 * 0.4)
    assert left[1:20] == pytest.approx([0.8] * 19)


def test_without_orders_in_the_history_ordinary_ones_come_from_the_plan_and_delays_are_assumed(shop, planned_scenario):
    history, past = shop
    bare = history.drop(columns="orders")

    with pytest.raises(PlanningError) as refused:
        plan_outlook(bare, planned_scenario, plan_of(20_000.0), past_promotions=past)
    assert refused.value.key == "orders_unknown"

    told = plan_of(20_000.0, ordinary_orders_per_day=4_000.0)
    outlook = plan_outlook(bare, planned_scenario, told, past_promotions=past)
    (wave,), (phase,) = outlook.after_sales, outlook.phases
    assert not wave.measured
    assert phase.ordinary_orders == pytest.approx(4_000, rel=0.1)
    assert phase.phase.uplift == pytest.approx(5.0, rel=0.1)


def test_where_no_type_follows_orders_every_cause_is_told(shop, make_scenario, make_event):
    history, past = shop
    scenario = make_scenario(types=(chat(),), promo=(make_event("2026-05-26 00:00", 24, name="sale"),))

    outlook = plan_outlook(history, scenario, plan_of(20_000.0), past_promotions=past)

    assert [(row.contact_type, row.cause) for row in outlook.after_sales] == [(None, cause) for cause in AfterSales]
    assert all((row.to_people == row.by_day).all() for row in outlook.after_sales)
    assert outlook.first_date == date(2026, 5, 26)
