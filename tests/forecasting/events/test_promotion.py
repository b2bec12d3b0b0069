"""Uplifts: the plan first, then the past of the phase, never the date."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.events.curves import NOTHING_SEEN, learn_curves
from forecasting.events.promotion import uplift_cv, uplift_factors
from forecasting.events.timeline import US_PER_H, planned, timeline
from scenarios import PlanKind, PlanningError, PromoEvent, PromoPhase, order_uplift

HALF_H = US_PER_H // 2


def grid_of(event, hours=400.0):
    """Half-hours from a day before the event's first phase."""
    first = timeline([event])[0].start_us - 24 * US_PER_H
    return first + np.arange(int(hours * 2)) * HALF_H


def test_a_level_uplift_from_the_plan_holds_over_the_phase_and_nowhere_else(make_event):
    event = make_event("2026-06-17 20:00", 4, uplift=6.0)
    start_us = grid_of(event, 36)

    factors = uplift_factors(timeline([event]), NOTHING_SEEN, start_us, HALF_H)

    assert factors[48:56].tolist() == [6.0] * 8
    assert (np.delete(factors, range(48, 56)) == 1.0).all()


def test_a_phase_that_begins_inside_an_interval_lifts_its_part_of_it(make_event):
    event = make_event("2026-06-17 20:20", 1, uplift=4.0)
    start_us = grid_of(event, 36) - 20 * 60 * 1_000_000

    factors = uplift_factors(timeline([event]), NOTHING_SEEN, start_us, HALF_H)

    assert factors[48:51] == pytest.approx([1 + 3 / 3, 4.0, 1 + 3 * 2 / 3])


@given(st.floats(1.0, 20.0), st.floats(5.0, 600.0), st.integers(1, 60), st.floats(0.0, 2.0))
def test_a_burst_keeps_the_planned_mean_and_halves_its_excess_in_each_half_life(uplift, half_life, hours, response):
    begin = pd.Timestamp("2026-06-17 20:00", tz="Asia/Shanghai").to_pydatetime()
    phase = PromoPhase("peak", begin, begin + pd.Timedelta(hours=hours).to_pytimedelta(), uplift, half_life)
    event = PromoEvent("sale", (phase,))
    minute_us = 60_000_000
    start_us = timeline([event])[0].start_us + np.arange(hours * 60) * minute_us

    factors = uplift_factors(timeline([event]), NOTHING_SEEN, start_us, minute_us, response=response)

    mean = 1 + response * (uplift - 1)
    assert factors.mean() == pytest.approx(mean)
    excess = (factors - 1)[factors > 1 + 1e-6]
    if len(excess) > 1:
        assert excess[1:] / excess[:-1] == pytest.approx(2 ** (-1 / half_life), rel=1e-3)


def test_a_planned_level_takes_the_shape_that_the_past_of_the_phase_had(make_event, sighted):
    event = make_event("2026-06-17 20:00", 24, uplift=3.0)
    past = learn_curves([sighted("sale", lambda hour: 8.0 if hour < 2 else 2.0)])

    factors = uplift_factors(timeline([event]), past, grid_of(event, 60), HALF_H)[48:96]

    assert factors.mean() == pytest.approx(3.0)
    assert factors[0] / factors[-1] == pytest.approx(4.0, rel=0.05)


def test_without_a_plan_the_past_of_the_phase_decides_by_hours_since_its_start(make_event, sighted):
    event = make_event("2026-06-17 20:00", 24)
    past = learn_curves([sighted("sale", lambda hour: 9 * (1 + hour) ** -0.5)])

    factors = uplift_factors(timeline([event]), past, grid_of(event, 60), HALF_H)[48:96]

    assert factors[[0, 2, 47]] == pytest.approx(9 / np.sqrt(1 + np.array([0.25, 1.25, 22])), rel=0.05)


def test_an_expected_uplift_is_weighed_against_the_past_by_their_errors(make_event, sighted):
    past = learn_curves([sighted("sale", 2.0)])
    learnt_sd = past.curve("sale", ("peak", False)).sd

    def level(cv, plan):
        event = make_event("2026-06-17 20:00", 24, uplift=4.0, uplift_cv=cv, plan=plan)
        stretch = timeline([event])[0]
        mean = uplift_factors([stretch], past, grid_of(event, 60), HALF_H)[48:96].mean()
        return mean, uplift_cv(stretch, past)

    as_sure = float(np.sqrt(np.expm1(learnt_sd**2)))
    halfway, spread = level(as_sure, PlanKind.EXPECTED)
    assert halfway == pytest.approx(np.sqrt(2 * 4), rel=0.02)
    assert np.log1p(spread**2) == pytest.approx(learnt_sd**2 / 2)
    assert level(0.0, PlanKind.EXPECTED)[0] == pytest.approx(4.0)
    assert level(9.0, PlanKind.EXPECTED)[0] == pytest.approx(2.0, rel=0.05)
    assert level(as_sure, PlanKind.TARGET) == pytest.approx((4.0, as_sure))


def test_a_phase_nobody_has_seen_needs_a_figure_in_the_plan(make_event):
    event = make_event("2026-06-17 20:00", 4)

    with pytest.raises(PlanningError, match=r"PromoEvent\(sale\)\.phases\[peak\]\.uplift is None .* give the uplift"):
        uplift_factors(timeline([event]), NOTHING_SEEN, grid_of(event), HALF_H)
    level = uplift_factors(timeline([event]), NOTHING_SEEN, grid_of(event), HALF_H, unknown_is_ordinary=True)
    untouched = uplift_factors(timeline([event]), NOTHING_SEEN, grid_of(event), HALF_H, response=0.0)
    assert (level == 1).all()
    assert (untouched == 1).all()


def test_half_the_response_is_half_the_excess(make_event):
    event = make_event("2026-06-17 20:00", 4, uplift=5.0)

    assert uplift_factors(timeline([event]), NOTHING_SEEN, grid_of(event), HALF_H, response=0.5)[48] == 3.0


def test_the_burst_of_midnight_comes_at_midnight_whenever_the_phase_begins(make_event, sighted):
    # Every past phase began at 20:00: only the clock tells the burst of the fourth hour from a slow start.
    past = learn_curves([sighted("sale", lambda hour: 9.0 if 4 <= hour < 5 else 3.0, midnight_h=4) for _ in range(3)])

    def factors(start):
        event = make_event(start, 28)
        return uplift_factors(timeline([event]), past, grid_of(event, 60), HALF_H)[48:104]

    evening, late, short = factors("2026-06-17 20:00"), factors("2026-06-17 22:30"), factors("2026-06-17 09:00")
    assert evening[8:10] == pytest.approx(9.0, rel=0.1)
    assert late[3:5] == pytest.approx(9.0, rel=0.25)
    assert late[8:10].max() < 5.0
    assert short[30:32] == pytest.approx(9.0, rel=0.25)
    assert short[8:10].max() < 5.0


def test_what_two_promotions_add_at_one_time_adds_up(make_event):
    events = [make_event("2026-06-17 20:00", 4, uplift=3.0), make_event("2026-06-17 21:00", 1, name="live", uplift=5.0)]

    factors = uplift_factors(planned(events), NOTHING_SEEN, grid_of(events[0], 36), HALF_H)

    assert factors[48:56].tolist() == [3, 3, 7, 7, 3, 3, 3, 3]


def test_planned_uplifts_are_those_of_the_vocabulary(make_event):
    events = (
        make_event("2026-06-17 20:00", 4, uplift=3.0, burst_half_life_min=45.0),
        make_event("2026-06-17 22:10", 6, name="live", uplift=0.5),
    )
    start_us = grid_of(events[0], 48)
    start = pd.Timestamp(start_us[0], unit="us", tz="UTC").to_pydatetime()

    factors = uplift_factors(planned(events), NOTHING_SEEN, start_us, HALF_H, response=0.7)

    assert factors == pytest.approx(1 + 0.7 * (order_uplift(events, start, len(start_us), 30) - 1))
