"""Curves: what is the event's own, what is every event's, and how far years differ."""

import numpy as np
import pytest

from forecasting.events.curves import NOTHING_SEEN, learn_curves
from forecasting.events.sightings import HOUR_EDGES, sightings
from forecasting.events.timeline import US_PER_H, timeline

HALF_H = US_PER_H // 2
KEY = ("peak", False)
HOURS = len(HOUR_EDGES)


def uplift(past, event, key=KEY):
    return np.exp(past.curve(event, key).hours)


def test_an_event_seen_twice_follows_its_own_height_and_a_new_one_the_pooled(sighted):
    past = learn_curves([sighted(name, height) for name, height in (("sale", 4.0), ("other", 2.0)) for _ in range(2)])

    assert uplift(past, "sale") == pytest.approx(np.full(HOURS, 4.0), rel=0.06)
    assert uplift(past, "other") == pytest.approx(np.full(HOURS, 2.0), rel=0.06)
    assert uplift(past, "never seen") == pytest.approx(np.full(HOURS, np.sqrt(8)), rel=0.06)
    assert past.curve("never seen", KEY).sd > 2 * past.curve("sale", KEY).sd


def test_hours_the_event_has_not_shown_come_from_the_pooled_shape_at_its_own_height(sighted):
    def falling(hour):
        return 4.0 if hour < 2 else 2.0

    partly = sighted("sale", lambda hour: 2 * falling(hour), hours=3)
    past = learn_curves([partly, partly, *[sighted(name, falling) for name in ("a", "b", "a", "b")]])

    assert uplift(past, "sale")[10] == pytest.approx(2 * 2, rel=0.15)


def test_few_contacts_are_believed_less_than_many(sighted):
    def past_of(ordinary):
        others = [sighted(name, 2.0) for name in ("a", "b", "c", "d")]
        return uplift(learn_curves([*others, sighted("sale", 6.0, ordinary=ordinary)]), "sale").mean()

    assert past_of(0.001) < past_of(0.1) < past_of(1e4)


def test_a_phase_without_a_single_contact_is_learnt_as_next_to_none(sighted):
    past = learn_curves([sighted("sale", 0.0, ordinary=1.0)])

    assert (uplift(past, "sale") < 0.1).all()


def test_nobody_knows_a_phase_no_event_had(sighted):
    past = learn_curves([sighted("sale", 2.0)])

    assert past.curve("sale", ("presale", False)) is None
    assert NOTHING_SEEN.curve("sale", KEY) is None


def test_the_time_after_a_phase_is_ordinary_unless_seen_otherwise(sighted):
    once = learn_curves([sighted("", 0.7, key=("", True), ordinary=0.1)])
    often = learn_curves([sighted("", 0.7, key=("", True), ordinary=100.0)] * 12)

    assert 0.8 < uplift(once, "", ("", True)).mean() < 1.0
    assert uplift(often, "", ("", True)).mean() == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("year_sd", [0.03, 0.12, 0.3])
def test_how_much_years_differ_is_learnt_from_the_years(sighted, year_sd):
    rng = np.random.default_rng(5)
    years = [
        sighted(name, 3 * float(np.exp(year_sd * rng.standard_normal())))
        for name in ("a", "b", "c", "d", "e", "f")
        for _ in range(6)
    ]

    # Three pseudo-years of .2 beside 36 real ones; the sd of 36 normals is known to 12 %.
    assert learn_curves(years).year_sd == pytest.approx(np.sqrt((36 * year_sd**2 + 3 * 0.04) / 39), rel=0.35)
    assert learn_curves([]).year_sd == pytest.approx(0.2)


def test_what_a_past_promotion_did_is_seen_by_bin(make_event):
    event = make_event("2026-06-17 20:00", 24)
    start_us = timeline([event])[0].start_us + (np.arange(800) - 48) * HALF_H
    ordinary = np.full(start_us.shape, 1000.0)
    counts = ordinary.copy()
    counts[48:52] *= 8.0
    counts[52:96] *= 3.0

    phase, after = sightings(timeline([event]), start_us, HALF_H, counts, ordinary)

    ratio = phase.contacts.sum(axis=1) / phase.ordinary.sum(axis=1).clip(1)
    assert ratio[:6].tolist() == [8, 8, 8, 8, 3, 3]
    assert phase.ordinary[:, 1:].sum() == 8 * 1000  # four hours of midnight, in columns of their own
    assert after.log_height == pytest.approx(0.0, abs=1e-9)
    assert after.ordinary[:, 1:].sum() == 0


def test_hidden_or_absent_hours_teach_nothing(make_event):
    event = make_event("2026-06-17 20:00", 24)
    start_us = timeline([event])[0].start_us + np.arange(200) * HALF_H

    unknown = np.full(start_us.shape, np.nan)
    assert sightings(timeline([event]), start_us, HALF_H, unknown, np.ones(start_us.shape)) == ()


def test_a_phase_that_another_one_interrupts_is_one_sighting(make_event):
    season, live = make_event("2026-06-17 00:00", 48, name="season"), make_event("2026-06-17 20:00", 2, name="live")
    start_us = timeline([season])[0].start_us + (np.arange(800) - 48) * HALF_H
    ordinary = np.full(start_us.shape, 100.0)

    seen = sightings(timeline([season, live]), start_us, HALF_H, 2 * ordinary, ordinary)

    assert [sighting.event for sighting in seen if not sighting.key[1]] == ["season", "live"]
    assert seen[0].log_height == pytest.approx(np.log(2), rel=0.01)
