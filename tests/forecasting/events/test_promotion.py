"""Uplifts: the plan first, then the past of the phase, never the date."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.events.promotion import uplift_factors
from forecasting.events.sightings import HOUR_EDGES, Sighting, learnt_curve, sightings, spread_of_events
from forecasting.events.timeline import US_PER_H, planned, timeline
from scenarios import PlanningError, PromoEvent, PromoPhase, order_uplift

HALF_H = US_PER_H // 2
KEY = ("peak", False)


def grid_of(event, hours=400.0):
    """Half-hours from a day before the event's first phase."""
    first = timeline([event])[0].start_us - 24 * US_PER_H
    return first + np.arange(int(hours * 2)) * HALF_H


def sighted(event_name, ratios, weight=1.0, key=KEY):
    ratios = np.broadcast_to(np.asarray(ratios, float), (len(HOUR_EDGES),))
    weights = np.full(len(HOUR_EDGES), weight)
    return Sighting(event_name, key, np.log(ratios), weights, float(np.log(ratios).mean()))


def test_a_level_uplift_from_the_plan_holds_over_the_phase_and_nowhere_else(make_event):
    event = make_event("2026-06-17 20:00", 4, uplift=6.0)
    start_us = grid_of(event, 36)

    factors = uplift_factors(timeline([event]), (), start_us, HALF_H)

    assert factors[48:56].tolist() == [6.0] * 8
    assert (np.delete(factors, range(48, 56)) == 1.0).all()


def test_a_phase_that_begins_inside_an_interval_lifts_its_part_of_it(make_event):
    event = make_event("2026-06-17 20:20", 1, uplift=4.0)
    start_us = grid_of(event, 36) - 20 * 60 * 1_000_000

    factors = uplift_factors(timeline([event]), (), start_us, HALF_H)

    assert factors[48:51] == pytest.approx([1 + 3 / 3, 4.0, 1 + 3 * 2 / 3])


@given(st.floats(1.0, 20.0), st.floats(5.0, 600.0), st.integers(1, 60), st.floats(0.0, 2.0))
def test_a_burst_keeps_the_planned_mean_and_halves_its_excess_in_each_half_life(uplift, half_life, hours, response):
    begin = pd.Timestamp("2026-06-17 20:00", tz="Asia/Shanghai").to_pydatetime()
    phase = PromoPhase("peak", begin, begin + pd.Timedelta(hours=hours).to_pytimedelta(), uplift, half_life)
    event = PromoEvent("sale", (phase,))
    minute_us = 60_000_000
    start_us = timeline([event])[0].start_us + np.arange(hours * 60) * minute_us

    factors = uplift_factors(timeline([event]), (), start_us, minute_us, response=response)

    mean = 1 + response * (uplift - 1)
    assert factors.mean() == pytest.approx(mean)
    excess = (factors - 1)[factors > 1 + 1e-6]
    if len(excess) > 1:
        assert excess[1:] / excess[:-1] == pytest.approx(2 ** (-1 / half_life), rel=1e-3)


def test_a_planned_level_takes_the_shape_that_the_past_of_the_phase_had(make_event):
    event = make_event("2026-06-17 20:00", 24, uplift=3.0)
    start_us = grid_of(event, 60)
    past = [sighted("sale", [8.0] * 4 + [2.0] * (len(HOUR_EDGES) - 4))]

    factors = uplift_factors(timeline([event]), past, start_us, HALF_H)[48:96]

    assert factors.mean() == pytest.approx(3.0)
    assert factors[0] / factors[-1] == pytest.approx(4.0)


def test_without_a_plan_the_past_of_the_phase_decides_by_hours_since_its_start(make_event):
    event = make_event("2026-06-17 20:00", 24)
    curve = np.linspace(9.0, 2.0, len(HOUR_EDGES))

    factors = uplift_factors(timeline([event]), [sighted("sale", curve)], grid_of(event, 60), HALF_H)[48:96]

    assert factors[0] == pytest.approx(curve[0])
    assert factors[2] == pytest.approx(curve[2])
    assert factors[-1] == pytest.approx(curve[9 + 1])  # 18 h to 24 h


def test_the_own_years_outweigh_the_pooled_curve_by_two_to_one_for_one_year():
    past = [sighted("sale", 4.0), sighted("other", 2.0)]

    own = learnt_curve(past, "sale", KEY)
    stranger = learnt_curve(past, "never seen", KEY)

    assert own == pytest.approx(np.full(len(HOUR_EDGES), 4.0))  # same shape: the event's own height stays
    assert stranger == pytest.approx(np.full(len(HOUR_EDGES), np.sqrt(8.0)))


def test_a_bin_the_event_has_not_shown_comes_from_the_pooled_shape_at_its_own_height():
    partly = sighted("sale", 4.0)
    partly.weight.flags.writeable = True
    partly.weight[5:] = 0.0
    other = sighted("other", [2.0] * 5 + [1.0] * (len(HOUR_EDGES) - 5))

    curve = learnt_curve([partly, other], "sale", KEY)

    assert curve[0] == pytest.approx(4.0, rel=0.01)
    assert curve[8] == pytest.approx(np.sqrt(2.0), rel=0.05)  # pooled 1, raised by the height sqrt(2) of "sale"


def test_a_phase_nobody_has_seen_needs_a_figure_in_the_plan(make_event):
    event = make_event("2026-06-17 20:00", 4)

    with pytest.raises(PlanningError, match=r"PromoEvent\(sale\)\.phases\[peak\]\.uplift is None .* give the uplift"):
        uplift_factors(timeline([event]), (), grid_of(event), HALF_H)
    level = uplift_factors(timeline([event]), (), grid_of(event), HALF_H, unknown_is_ordinary=True)
    untouched = uplift_factors(timeline([event]), (), grid_of(event), HALF_H, response=0.0)
    assert (level == 1).all()
    assert (untouched == 1).all()


def test_half_the_response_is_half_the_excess(make_event):
    event = make_event("2026-06-17 20:00", 4, uplift=5.0)

    assert uplift_factors(timeline([event]), (), grid_of(event), HALF_H, response=0.5)[48] == 3.0


def test_an_aftermath_seen_once_is_half_believed(make_event):
    event = make_event("2026-06-17 20:00", 4, uplift=5.0)
    past = [sighted("sale", 0.49, key=("peak", True))]

    factors = uplift_factors(timeline([event]), past, grid_of(event), HALF_H)

    assert factors[57] == pytest.approx(0.7)
    assert factors[48 + 8 + 2 * 72 + 1] == 1.0


def test_what_a_past_promotion_did_is_seen_by_bin(make_event):
    event = make_event("2026-06-17 20:00", 24)
    start_us = grid_of(event)
    ordinary = np.full(start_us.shape, 1000.0)
    counts = ordinary.copy()
    counts[48:52] *= 8.0
    counts[52:96] *= 3.0

    seen = {sighting.key: sighting for sighting in sightings(timeline([event]), start_us, HALF_H, counts, ordinary)}

    assert np.exp(seen[KEY].log_ratio[:6]) == pytest.approx([8, 8, 8, 8, 3, 3], rel=0.01)
    assert seen[KEY].weight[0] == pytest.approx(1.0, abs=0.01)
    assert seen[("peak", True)].log_height == pytest.approx(0.0, abs=1e-3)


def test_hidden_or_absent_hours_teach_nothing(make_event):
    event = make_event("2026-06-17 20:00", 24)
    start_us = grid_of(event)

    assert (
        sightings(timeline([event]), start_us, HALF_H, np.full(start_us.shape, np.nan), np.ones(start_us.shape)) == ()
    )


def test_a_phase_without_a_single_contact_teaches_its_height(make_event):
    event = make_event("2026-06-17 20:00", 24)
    start_us = grid_of(event)
    seen = sightings(timeline([event]), start_us, HALF_H, np.zeros(start_us.shape), np.full(start_us.shape, 10.0))

    curve = learnt_curve(seen, "sale", KEY)

    assert curve == pytest.approx(np.full(len(HOUR_EDGES), 1 / 481))


def test_the_spread_of_years_is_assumed_until_years_can_be_compared():
    years = [sighted("sale", height) for height in (2.0, 6.0, 2.0, 6.0, 2.0, 6.0)]

    assert spread_of_events([]) == pytest.approx(0.2)
    assert spread_of_events(years[:1]) == pytest.approx(0.2)
    assert spread_of_events(years[::2]) < 0.2
    assert spread_of_events(years) > 0.4


def test_what_two_promotions_add_at_one_time_adds_up(make_event):
    events = [make_event("2026-06-17 20:00", 4, uplift=3.0), make_event("2026-06-17 21:00", 1, name="live", uplift=5.0)]

    factors = uplift_factors(planned(events), (), grid_of(events[0], 36), HALF_H)

    assert factors[48:56].tolist() == [3, 3, 7, 7, 3, 3, 3, 3]


def test_planned_uplifts_are_those_of_the_vocabulary(make_event):
    events = (
        make_event("2026-06-17 20:00", 4, uplift=3.0, burst_half_life_min=45.0),
        make_event("2026-06-17 22:10", 6, name="live", uplift=0.5),
    )
    start_us = grid_of(events[0], 48)
    start = pd.Timestamp(start_us[0], unit="us", tz="UTC").to_pydatetime()

    factors = uplift_factors(planned(events), (), start_us, HALF_H, response=0.7)

    assert factors == pytest.approx(1 + 0.7 * (order_uplift(events, start, len(start_us), 30) - 1))


def test_a_phase_that_another_one_interrupts_is_one_sighting(make_event):
    season, live = make_event("2026-06-17 00:00", 48, name="season"), make_event("2026-06-17 20:00", 2, name="live")
    start_us = grid_of(season)
    ordinary = np.full(start_us.shape, 100.0)

    seen = sightings(timeline([season, live]), start_us, HALF_H, 2 * ordinary, ordinary)

    assert [sighting.event for sighting in seen if not sighting.key[1]] == ["season", "live"]
    assert seen[0].log_height == pytest.approx(np.log(2), rel=0.01)
