"""Promotions in time: every instant has one owner."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forecasting.events.timeline import AFTERMATH_H, US_PER_H, epoch_us, hours_in, overlap_us, reach, timeline, touched
from scenarios import PromoEvent, PromoPhase

START = datetime(2026, 11, 1, tzinfo=UTC)
NAUGHT = epoch_us(START)


def phase(name, first_h, last_h):
    return PromoPhase(name, START + timedelta(hours=first_h), START + timedelta(hours=last_h))


def told(stretches):
    return [
        (s.phase.name, s.aftermath, (s.start_us - NAUGHT) / US_PER_H, (s.end_us - NAUGHT) / US_PER_H) for s in stretches
    ]


def test_a_phase_is_followed_by_its_aftermath():
    assert told(timeline([PromoEvent("a", (phase("peak", 0, 4),))])) == [
        ("peak", False, 0, 4),
        ("peak", True, 4, 4 + AFTERMATH_H),
    ]


def test_the_next_phase_ends_the_aftermath_of_the_one_before():
    stretches = timeline([PromoEvent("a", (phase("opening", 0, 4), phase("midnight", 10, 12)))])

    assert told(stretches)[:3] == [("opening", False, 0, 4), ("opening", True, 4, 10), ("midnight", False, 10, 12)]


def test_the_phase_that_started_last_owns_the_time_and_the_covered_one_comes_back():
    events = [PromoEvent("long", (phase("season", 0, 100),)), PromoEvent("short", (phase("live", 20, 30),))]

    assert told(timeline(events))[:3] == [
        ("season", False, 0, 20),
        ("live", False, 20, 30),
        ("season", False, 30, 100),
    ]
    assert timeline(events)[2].origin_us == NAUGHT  # its hours still count from its own start


def test_no_events_no_stretches():
    assert timeline([]) == ()
    assert timeline([PromoEvent("a", ())]) == ()


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 50)), max_size=6))
def test_stretches_are_in_order_disjoint_and_cover_every_phase(spans):
    events = [PromoEvent(str(n), (phase("p", first, first + hours),)) for n, (first, hours) in enumerate(spans)]

    stretches = timeline(events)

    for earlier, later in itertools.pairwise(stretches):
        assert earlier.end_us <= later.start_us
    hour_us = NAUGHT + np.arange(-1, 450) * US_PER_H
    in_phase = np.zeros(len(hour_us), bool)
    for first, hours in spans:
        in_phase |= (hour_us >= NAUGHT + first * US_PER_H) & (hour_us < NAUGHT + (first + hours) * US_PER_H)
    owned = touched([s for s in stretches if not s.aftermath], hour_us, US_PER_H)
    assert (owned == in_phase).all()


@given(st.integers(-100, 500), st.integers(1, 120))
def test_the_reach_of_a_stretch_is_where_it_overlaps(first_min, minutes):
    begin = START + timedelta(minutes=first_min)
    stretch = timeline([PromoEvent("a", (PromoPhase("p", begin, begin + timedelta(minutes=minutes)),))])[0]
    start_us = NAUGHT + np.arange(0, 24) * US_PER_H // 2
    near = reach(stretch, start_us, US_PER_H // 2)

    overlapping = overlap_us(stretch, start_us, US_PER_H // 2) > 0

    assert np.flatnonzero(overlapping).tolist() == list(range(24))[near]


def test_hours_count_from_the_start_of_the_phase():
    stretch = timeline([PromoEvent("a", (phase("p", 1, 3),))])[0]

    first, last = hours_in(stretch, NAUGHT + np.array([0, 1, 2, 3]) * US_PER_H, US_PER_H)

    assert first.tolist() == [0, 0, 1, 2]
    assert last.tolist() == [0, 1, 2, 2]
