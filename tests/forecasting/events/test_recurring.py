"""Slots that come every week are part of the ordinary week."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting import make_forecast
from forecasting.events.recurring import WEEKS, weekly_slots, without_slots

ZONE = "Asia/Shanghai"
LAST = date(2026, 5, 24)


def slots(make_event, weeks, **plan):
    """Thursday slots of two hours, ``weeks`` of them up to the last before ``LAST``."""
    days = pd.date_range(end="2026-05-21 20:00", periods=weeks, freq="7D")
    return tuple(make_event(day, 2, name="live", phase="slot", **plan) for day in days)


def test_a_slot_of_every_week_is_ordinary_once_it_has_been_for_six(make_event):
    assert len(weekly_slots(slots(make_event, WEEKS), zone=ZONE, last_date=LAST)) == 1
    assert weekly_slots(slots(make_event, WEEKS - 1), zone=ZONE, last_date=LAST) == frozenset()


def test_a_week_left_out_makes_it_an_event(make_event):
    ran = slots(make_event, 12)

    assert weekly_slots(ran[:-2] + ran[-1:], zone=ZONE, last_date=LAST) == frozenset()


def test_only_what_ran_before_the_last_date_counts(make_event):
    ran = slots(make_event, WEEKS)

    assert weekly_slots(ran, zone=ZONE, last_date=date(2026, 5, 20)) == frozenset()


def test_another_clock_length_or_day_is_another_slot(make_event):
    weekly = weekly_slots(slots(make_event, WEEKS), zone=ZONE, last_date=LAST)
    usual, longer, later, friday = (
        make_event(start, hours, name="live", phase="slot")
        for start, hours in (
            ("2026-05-28 20:00", 2), ("2026-05-28 20:00", 3), ("2026-05-28 21:00", 2), ("2026-05-29 20:00", 2),
        )
    )  # fmt: skip

    left = without_slots((usual, longer, later, friday), weekly, zone=ZONE, last_date=LAST)

    assert [bool(event.phases) for event in left] == [False, True, True, True]


def test_the_planners_figure_makes_a_coming_slot_an_event(make_event):
    weekly = weekly_slots(slots(make_event, WEEKS), zone=ZONE, last_date=LAST)
    special = make_event("2026-05-28 20:00", 2, name="live", phase="slot", uplift=3.0)

    assert without_slots((special,), weekly, zone=ZONE, last_date=LAST) == (special,)


@pytest.mark.parametrize("weeks", [4, 12])
def test_a_live_slot_is_forecast_whether_it_is_a_habit_or_an_event(make_history, make_scenario, make_event, weeks):
    ran = slots(make_event, weeks)
    spans = [(event.phases[0].start, event.phases[0].end) for event in ran]
    history = make_history(days=84, seed=4, lift=lambda at: 3.0 if any(a <= at < b for a, b in spans) else 1.0)
    coming = make_event("2026-05-28 20:00", 2, name="live", phase="slot")

    forecast = make_forecast(history, make_scenario(promo=(coming,)), past_promotions=ran).expected[:, 0]

    thursday, friday = forecast[3 * 48 : 4 * 48], forecast[4 * 48 : 5 * 48]
    assert thursday[40:44].sum() / friday[40:44].sum() == pytest.approx(3 * 1.0 / 1.1, rel=0.12)
    assert np.delete(thursday, range(40, 44)).sum() == pytest.approx(
        np.delete(friday, range(40, 44)).sum() / 1.1, rel=0.06
    )
