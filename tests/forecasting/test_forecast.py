"""History in, forecast out."""

import dataclasses
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import make_forecast
from scenarios import (
    Channel,
    ContactType,
    DemandUncertainty,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanningError,
    Profile,
    expected_demand,
    load_scenario,
    past_promotions,
    sample_history,
)

CALL = Law(LawKind.EXPONENTIAL, 200.0)


def day_totals(forecast):
    days = forecast.horizon.day_of_interval()
    return np.array([forecast.expected[days == day].sum() for day in range(len(forecast.horizon.days))])


def test_a_steady_shop_is_forecast_as_it_was(make_history, make_scenario):
    history = make_history()

    forecast = make_forecast(history, make_scenario())

    last_week = history["offered"].to_numpy()[-7 * 48 :]
    assert forecast.expected[:, 0] == pytest.approx(last_week, rel=0.03)


def test_nothing_is_expected_when_closed(make_history, make_scenario):
    opening = Opening((Hours(9 * 60, 21 * 60),) * 5 + (None, None))

    forecast = make_forecast(make_history(), make_scenario(hours=opening))

    is_open = forecast.horizon.open_intervals()
    assert (forecast.expected[~is_open] == 0).all()
    assert (forecast.expected[is_open] > 0).all()
    assert len(forecast.uncertainty.day_cv) == 5


def test_a_night_past_midnight_belongs_to_the_day_it_opened(make_history, make_scenario):
    forecast = make_forecast(make_history(), make_scenario(dates=1, hours=Hours(20 * 60, 26 * 60)))

    assert forecast.horizon.intervals == 52
    assert (forecast.expected[40:52, 0] > 0).all()


@pytest.mark.parametrize("interval_min", [15, 30, 60])
def test_a_five_minute_history_serves_any_coarser_grid(make_history, make_scenario, interval_min):
    history = make_history(minutes=5, days=35)

    forecast = make_forecast(history, make_scenario(date(2026, 4, 6), interval_min=interval_min))

    assert forecast.expected.sum() == pytest.approx(7000, rel=0.03)
    assert len(forecast.expected) == 7 * 1440 // interval_min


def test_rows_in_another_zone_tell_the_same(make_history, make_scenario):
    history = make_history()
    moved = history.assign(interval_start=history["interval_start"].dt.tz_convert("America/New_York"))

    assert make_forecast(moved, make_scenario()).fingerprint() == make_forecast(history, make_scenario()).fingerprint()


def test_the_day_of_a_clock_change_follows_the_clock_on_the_wall(make_history, make_scenario):
    history = make_history("2026-07-06", 112, zone="America/New_York")

    forecast = make_forecast(history, make_scenario(date(2026, 11, 1), 2, zone="America/New_York"))

    starts = forecast.horizon.interval_starts()
    assert len(starts) == 98  # 25 h and 24 h
    noon = [row for row, start in enumerate(starts) if (start.hour, start.minute) == (10, 0)]
    assert forecast.expected[noon[0], 0] / forecast.expected[noon[1], 0] == pytest.approx(0.9 / 1.2, rel=0.03)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_future_never_changes_a_forecast_made_before(make_history, make_scenario, seed):
    history = make_history(days=120, seed=7)
    start = make_scenario().horizon.start
    later = (history["interval_start"] >= start).to_numpy()
    changed = history.copy()
    changed.loc[later, "offered"] = np.random.default_rng(seed).integers(0, 10_000, later.sum()).astype(float)

    prints = {make_forecast(rows, make_scenario()).fingerprint() for rows in (history, changed, history[~later])}

    assert len(prints) == 1


# A promotion whose dates move


def truth(starts, hours=28):
    """Orders five times the ordinary rate in the first two hours of a phase, then twice."""

    def lift(moment):
        for start in starts:
            since = (moment - pd.Timestamp(start, tz="Asia/Shanghai")).total_seconds() / 3600
            if 0 <= since < hours:
                return 5.0 if since < 2 else 2.0
        return 1.0

    return lift


PAST = ("2026-03-20 20:00", "2026-04-20 20:00")


def event_error(history, forecast):
    rows = history.set_index("interval_start")["offered"].reindex(forecast.horizon.interval_starts()).to_numpy()
    return float(np.abs(forecast.expected[:, 0] - rows).sum() / rows.sum())


@pytest.mark.parametrize("coming", ["2026-06-20 20:00", "2026-06-10 20:00"])
def test_a_promotion_that_moved_by_ten_days_is_forecast_as_well_as_one_that_stayed(
    make_history, make_scenario, make_event, coming
):
    history = make_history("2026-02-02", 160, per_day=4000, lift=truth((*PAST, coming)), seed=11)
    past = tuple(make_event(start) for start in PAST)
    day = pd.Timestamp(coming).date()
    scenario = make_scenario(day, 2, promo=(make_event(coming),))

    knowing = event_error(history, make_forecast(history, scenario, past_promotions=past))
    unknowing = event_error(history, make_forecast(history, make_scenario(day, 2)))

    assert knowing < 0.13  # chance alone is .08
    assert unknowing > 0.4


def test_a_past_promotion_leaves_no_trace_in_ordinary_days(make_history, make_scenario, make_event):
    quiet = make_history()
    lively = make_history(lift=truth(("2026-05-15 20:00",), hours=120))
    event = make_event("2026-05-15 20:00", 120)

    plain = make_forecast(quiet, make_scenario())
    masked = make_forecast(lively, make_scenario(), past_promotions=(event,))
    fooled = make_forecast(lively, make_scenario())

    assert masked.expected == pytest.approx(plain.expected, rel=0.02)
    assert fooled.expected.sum() > 1.01 * plain.expected.sum()


def test_the_planned_uplift_wins_over_the_past(make_history, make_scenario, make_event):
    history = make_history(lift=truth(("2026-04-15 20:00",)))
    past = (make_event("2026-04-15 20:00"),)
    coming = make_event("2026-05-27 00:00", 24, uplift=9.0, burst_half_life_min=None)

    forecast = make_forecast(history, make_scenario(promo=(coming,)), past_promotions=past)
    ordinary = make_forecast(history, make_scenario(), past_promotions=past)

    lift = (forecast.expected / ordinary.expected)[96:144, 0]
    assert lift.mean() == pytest.approx(9.0)
    assert lift[0] / lift[-1] == pytest.approx(2.5, rel=0.1)  # the shape of the past phase: 5 against 2
    assert forecast.expected[:96] == pytest.approx(ordinary.expected[:96])


def test_promotion_days_are_less_sure_than_ordinary_ones(make_history, make_scenario, make_event):
    history = make_history(days=112, seed=3, day_cv=0.05)
    coming = make_event("2026-06-24 00:00", 24, uplift=5.0)
    evening = make_event("2026-06-24 20:00", 4, uplift=5.0)
    (phase,) = coming.phases
    doubted = dataclasses.replace(coming, phases=(dataclasses.replace(phase, uplift_cv=0.2),))

    planned = make_forecast(history, make_scenario(date(2026, 6, 22), promo=(coming,))).uncertainty
    partly = make_forecast(history, make_scenario(date(2026, 6, 22), promo=(evening,))).uncertainty
    law = make_forecast(history, make_scenario(date(2026, 6, 22), promo=(doubted,))).uncertainty

    # A plan is off by about 7 %: less sure than an ordinary day, surer than a doubted plan.
    assert planned.day_cv[2] == pytest.approx(np.sqrt((1 + planned.day_cv[1] ** 2) * (1 + 0.07**2) - 1), rel=0.15)
    assert planned.day_cv[1] < partly.day_cv[2] < planned.day_cv[2]  # an evening's error is not the whole day's
    assert law.day_cv[2] > 0.19
    assert max(law.day_cv[:2]) < 0.12
    assert law.day_cv[6] >= law.day_cv[0]


def test_types_keep_their_own_days_and_the_scenarios_order(make_history, make_scenario):
    history = pd.concat([make_history(per_day=1000), make_history(per_day=300, contact_type="chat")])

    forecast = make_forecast(history, make_scenario(types=("chat", "call")))

    assert forecast.contact_types == ("chat", "call")
    assert forecast.expected.sum(axis=0) == pytest.approx([2100, 7000], rel=0.03)


def test_progress_counts_the_types(make_history, make_scenario):
    told = []
    make_forecast(make_history(), make_scenario(), progress=lambda *step: told.append(step))

    assert told == [("forecast", 1, 1)]


# Work


def test_work_is_the_history_handling_time_weighted_by_contacts(make_history, make_scenario):
    history = make_history()
    history["aht_s"] = np.where(history["interval_start"].dt.hour < 12, 300.0, 240.0)
    history.loc[::7, "aht_s"] = np.nan
    history.loc[3, "aht_s"] = 0.0

    work_s = make_forecast(history, make_scenario()).work_s[:48, 0]

    assert work_s[20] == pytest.approx(300, rel=0.02)
    assert work_s[32] == pytest.approx(240, rel=0.02)


def test_without_handling_times_the_law_of_the_type_is_used(make_history, make_scenario):
    history = make_history()

    assert (make_forecast(history, make_scenario()).work_s == 200).all()
    assert (make_forecast(history.assign(aht_s=np.nan), make_scenario()).work_s == 200).all()


# Short, empty and wrong histories


@pytest.mark.parametrize("days", [3, 21])
def test_a_short_history_gives_a_forecast_that_is_not_sure(make_history, make_scenario, days):
    forecast = make_forecast(make_history(days=days), make_scenario(date(2026, 4, 6)))

    assert forecast.expected.sum() == pytest.approx(7000, rel=0.2)
    assert min(forecast.uncertainty.day_cv) == 0.2


def test_a_short_history_takes_the_scenarios_assumed_strays(make_history, make_scenario):
    law = DemandUncertainty((0.1,), 0.05, 0.5)

    forecast = make_forecast(make_history(days=14), make_scenario(date(2026, 4, 6), uncertainty=law))

    assert forecast.uncertainty == DemandUncertainty((0.1,) * 7, 0.05, 0.5)


def test_nothing_but_zeros_is_forecast_as_nothing(make_history, make_scenario):
    forecast = make_forecast(make_history(per_day=0.0), make_scenario())

    assert (forecast.expected == 0).all()


def check_fails(key, *arguments, **more):
    with pytest.raises(PlanningError) as caught:
        make_forecast(*arguments, **more)
    assert caught.value.key == key
    return str(caught.value)


def test_a_type_without_history_is_named(make_history, make_scenario):
    assert "chat" in check_fails("type_without_history", make_history(), make_scenario(types=("call", "chat")))


def test_a_type_the_scenario_does_not_have_is_named(make_history, make_scenario):
    assert "fax" in check_fails("unknown_name", make_history(contact_type="fax"), make_scenario())


def test_a_history_that_begins_too_late_is_refused(make_history, make_scenario):
    check_fails("history_after_horizon", make_history("2026-06-01"), make_scenario())


def test_an_open_weekday_that_weeks_never_show_is_refused(make_history, make_scenario):
    history = make_history()
    working = history[history["interval_start"].dt.day_of_week < 5]

    assert "2026-05-30" in check_fails("weekday_without_history", working, make_scenario())


def test_open_hours_without_history_need_a_profile(make_history, make_scenario):
    history = make_history()
    daytime = history[history["interval_start"].dt.hour >= 8]
    profile = Profile("all_day", (1.0,) * 8 + (2.0,) * 16)
    kind = ContactType("call", Channel.VOICE, CALL, profile="all_day")

    assert "00:00" in check_fails("hours_without_history", daytime, make_scenario())
    forecast = make_forecast(daytime, make_scenario(types=(kind,), profiles=(profile,)))

    night, day = forecast.expected[:16, 0], forecast.expected[16:48, 0]
    assert night.sum() / day.sum() == pytest.approx(8 / 32)


def test_a_history_inside_a_promotion_teaches_no_ordinary_day(make_history, make_scenario, make_event):
    event = make_event("2026-03-01 00:00", 24 * 120)

    check_fails("only_promotions", make_history(), make_scenario(), past_promotions=(event,))


def test_an_unknown_uplift_is_asked_for(make_history, make_scenario, make_event):
    check_fails("uplift_unknown", make_history(), make_scenario(promo=(make_event("2026-05-27 20:00"),)))


def test_tickets_come_around_the_clock(make_history, make_scenario):
    ticket = ContactType("call", Channel.TICKET, CALL, due_within_s=86_400.0)

    forecast = make_forecast(make_history(), make_scenario(types=(ticket,), hours=Hours(9 * 60, 18 * 60)))

    assert (forecast.expected > 0).all()


@pytest.mark.statistical
def test_the_demo_shops_history_tells_what_the_shop_expects():
    # Day totals of 100 to 16,000 contacts a type, uplift given by the plan; the sum of three days is known from the
    # history to about 2 % (day factor .07 over months); the bound is 6 % (fixed seed).
    scenario = load_scenario("double11_x100")
    first = scenario.horizon.first_date
    past = past_promotions(scenario.horizon.zone)
    history = sample_history(
        scenario, seed=3, first_date=first - timedelta(days=120), last_date=first - timedelta(days=1),
        past_promotions=past,
    )  # fmt: skip

    forecast = make_forecast(history, scenario, past_promotions=past)
    truth = expected_demand(scenario)

    assert forecast.expected.sum(axis=0) == pytest.approx(truth.expected.sum(axis=0), rel=0.06)
    assert forecast.work_s == pytest.approx(truth.work_s, rel=0.1)
    assert 0.04 < forecast.uncertainty.day_cv[0] < 0.11  # the shop's own days stray by .07
    assert forecast.uncertainty.day_cv[1] > forecast.uncertainty.day_cv[0]
