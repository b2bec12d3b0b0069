"""Drivers of a miss: parts that add up, and worked days of which the cause is known."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import Days, Driver, Observed, drivers, phase_lifts, sentences, take_apart
from scenarios import DemandUncertainty, Forecast, Horizon, Hours, Opening, PromoEvent, PromoPhase
from scenarios.text import LANGUAGES, fill

ZONE = ZoneInfo("Asia/Shanghai")
HORIZON = Horizon(date(2026, 11, 10), 2, 60, "Asia/Shanghai", Opening((Hours(540, 1560),) * 7))
FIRST = date(2026, 11, 10)
SHAPE = (HORIZON.intervals, 2)
OPEN = HORIZON.open_intervals()[:, None]


def moment(hour):
    return datetime(2026, 11, 10, tzinfo=ZONE) + timedelta(hours=hour)


SALE = PromoEvent("sale", (PromoPhase("opening", moment(20), moment(22), uplift=2.0),))


def forecast(expected=None, work_s=100.0):
    base = np.full(SHAPE, 10.0) * OPEN if expected is None else expected
    return Forecast(HORIZON, ("phone", "chat"), base, np.full(SHAPE, work_s), DemandUncertainty((0.0, 0.0)))


def came(contacts, work_s=np.nan):
    return Observed(np.array(contacts, dtype=float), np.full(SHAPE, work_s))


def told(table, day=FIRST):
    rows = table[table["date"] == day]
    return {Driver(row.driver): (row.contacts, row.hours, row.missed_share) for row in rows.itertuples()}


def counted(planned, really):
    """Cells that count: contacts are known, and the service is open or something was expected."""
    return np.isfinite(really.contacts) & (OPEN | (planned.expected > 0))


@st.composite
def situations(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sparse = draw(st.floats(0, 1))
    expected = rng.gamma(1.0, 10.0, SHAPE) * (rng.random(SHAPE) > sparse)
    contacts = rng.poisson(10.0, SHAPE) * (rng.random(SHAPE) > sparse) * 1.0
    contacts[rng.random(SHAPE) < draw(st.floats(0, 1)) / 2] = np.nan
    work_s = rng.gamma(9.0, 20.0, SHAPE)
    work_s[rng.random(SHAPE) < 0.3] = np.nan
    spans = draw(st.lists(st.integers(0, 49), min_size=2, max_size=2, unique=True).map(sorted))
    sale = PromoEvent("sale", (PromoPhase("opening", moment(spans[0] - 0.5), moment(spans[1])),))
    days = Days((sale,) if draw(st.booleans()) else (), frozenset({FIRST} if draw(st.booleans()) else ()))
    return forecast(expected, float(draw(st.floats(1, 999)))), Observed(contacts, work_s), days


@settings(deadline=None)
@given(situations())
def test_the_parts_of_every_cell_add_up_to_its_miss_in_contacts_and_in_work(situation):
    planned, really, days = situation
    parts = take_apart(planned, really, days)

    known = counted(planned, really)
    contacts = np.where(known, really.contacts, 0.0)
    expected = np.where(known, planned.expected, 0.0)
    took = np.where(np.isfinite(really.work_s), really.work_s, planned.work_s)
    np.testing.assert_allclose(sum(parts.contacts.values()), contacts - expected, atol=1e-9)
    np.testing.assert_allclose(
        sum(parts.work_s.values()), contacts * took - expected * planned.work_s, atol=1e-6
    )  # fmt: skip


@settings(deadline=None)
@given(situations())
def test_the_parts_of_a_day_add_up_to_its_miss_and_its_shares_to_one(situation):
    planned, really, days = situation
    table = drivers(planned, really, days)

    known = counted(planned, really)
    miss = np.where(known, really.contacts - planned.expected, 0.0)
    assert table["contacts"].sum() == pytest.approx(miss.sum(), abs=1e-6)
    for _, day in table.groupby("date"):
        if day["missed_share"].notna().all():
            assert day["missed_share"].sum() == pytest.approx(1.0, abs=1e-6)


@settings(deadline=None)
@given(situations())
def test_mix_and_hours_of_the_day_move_contacts_but_make_none(situation):
    table = drivers(*situation)
    idle = table[table["driver"].isin([Driver.MIX, Driver.SHAPE, Driver.WORK])]

    np.testing.assert_allclose(idle["contacts"], 0.0, atol=1e-6)


def test_a_day_that_ran_a_fifth_higher_throughout_is_all_level():
    found = told(drivers(forecast(), came(12.0 * np.ones(SHAPE) * OPEN), Days()))

    contacts = 2.0 * 17 * 2  # 09:00 to 26:00, two types
    assert found[Driver.LEVEL] == pytest.approx((contacts, contacts * 100 / 3600, 1.0))
    assert {driver for driver, (_, _, share) in found.items() if abs(share) > 1e-9} == {Driver.LEVEL}


def test_the_same_on_a_holiday_is_the_holidays():
    table = drivers(forecast(), came(12.0 * np.ones(SHAPE) * OPEN), Days(holidays=frozenset({FIRST})))

    assert told(table)[Driver.HOLIDAY][2] == pytest.approx(1.0)
    assert Driver.LEVEL not in told(table)
    assert told(table, date(2026, 11, 11))[Driver.LEVEL][2] == pytest.approx(1.0)


def test_a_promotion_that_brought_twice_what_was_planned_is_the_promotions_beyond_the_days_level():
    contacts = 11.0 * np.ones(SHAPE) * OPEN
    contacts[20:22] = 20.0
    days = Days((SALE,))
    found = told(drivers(forecast(), came(contacts), days))

    assert found[Driver.PROMOTION][0] == pytest.approx(9.0 * 2 * 2)  # beyond the tenth that every hour ran higher
    assert found[Driver.LEVEL][0] == pytest.approx(1.0 * 17 * 2)
    (lift,) = phase_lifts(forecast(), came(contacts), days).query("not aftermath").to_dict("records")
    assert (lift["phase"], lift["expected"], lift["contacts"], lift["ratio"]) == ("opening", 40.0, 80.0, 2.0)


def test_a_day_that_is_all_promotion_cannot_show_a_level():
    whole = PromoEvent("sale", (PromoPhase("day", moment(9), moment(26)),))
    found = told(drivers(forecast(), came(15.0 * np.ones(SHAPE) * OPEN), Days((whole,))))

    assert found[Driver.PROMOTION][2] == pytest.approx(1.0)
    assert found[Driver.LEVEL][0] == pytest.approx(0.0)


def test_calls_instead_of_chats_are_mix_and_cost_work_where_a_call_takes_longer():
    contacts = np.array([14.0, 6.0]) * np.ones(SHAPE) * OPEN
    longer = Forecast(
        HORIZON, ("phone", "chat"), 10.0 * np.ones(SHAPE) * OPEN, np.array([200.0, 100.0]) * np.ones(SHAPE),
        DemandUncertainty((0.0, 0.0)),
    )  # fmt: skip
    found = told(drivers(longer, came(contacts), Days()))

    assert found[Driver.MIX] == pytest.approx((0.0, 4.0 * 17 * 100 / 3600, 1.0))


def test_an_evening_instead_of_a_morning_is_shape():
    contacts = 10.0 * np.ones(SHAPE) * OPEN
    contacts[9:12] -= 4.0
    contacts[20:23] += 4.0
    found = told(drivers(forecast(), came(contacts), Days()))

    assert found[Driver.SHAPE] == pytest.approx((0.0, 0.0, 1.0))


def test_contacts_that_took_longer_are_work():
    found = told(drivers(forecast(), came(10.0 * np.ones(SHAPE) * OPEN, work_s=130.0), Days()))

    assert found[Driver.WORK] == pytest.approx((0.0, 30.0 * 10 * 17 * 2 / 3600, 1.0))


def test_a_day_of_which_nothing_is_known_has_no_drivers():
    contacts = np.full(SHAPE, np.nan)
    contacts[30:40] = 3.0

    assert drivers(forecast(), came(contacts), Days())["date"].unique().tolist() == [date(2026, 11, 11)]


def test_sentences_name_the_causes_that_matter_the_largest_first():
    contacts = 11.0 * np.ones(SHAPE) * OPEN
    contacts[20:22] = 30.0
    reasons = sentences(drivers(forecast(), came(contacts), Days((SALE,))))

    mine = [reason for reason in reasons if dict(reason.facts)["date"] == FIRST]
    assert [reason.key for reason in mine] == ["drivers.promotion_more", "drivers.level_more"]
    for language in LANGUAGES:
        assert "2026-11-10" in fill(mine[0].key, dict(mine[0].facts), language)


@pytest.mark.parametrize("driver", Driver)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_driver_can_be_said_both_ways(driver, language):
    facts = {"date": FIRST, "contacts": 1234.5, "hours": 6.7, "share": 0.4}

    for way in ("more", "less"):
        assert "40%" in fill(f"drivers.{driver}_{way}", facts, language)
