"""Stored days play as the engine does, and a proof sees the days of the product's proof."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Channel, PlanningError, stream
from scheduler.loop.bed import BLOCK, Absences, CallBed
from scheduler.loop.columns import anonymous_roster
from scheduler.loop.days import Layout, weighted_quantile
from scheduler.loop.fresh import FreshDays
from scheduler.proof import Look, ProofSchedule, prove, prove_on
from sim import replicate


def some_counts(bed: CallBed, most: int = 2) -> np.ndarray:
    return stream(1, "test", 0, "counts").integers(0, most, len(bed.columns))


def test_fresh_days_are_those_of_a_study_number_by_number(bed: CallBed):
    counts = some_counts(bed)
    everybody, roster = anonymous_roster(bed.scenario, bed.columns, counts)
    fresh = bed.prove(counts, first=3, days=12, strata=20, seed=5, purpose="proof-1")
    study = replicate(
        everybody, bed.forecast.sampled(busiest=1.0, strata=20), roster, replications=12, first=3, seed=5,
        purpose="proof-1",
    )  # fmt: skip
    for name in ("offered", "in_time", "abandoned"):
        assert np.array_equal(getattr(fresh, name), getattr(study, name).reshape(getattr(fresh, name).shape))
    target = bed.scenario.targets[0]
    days = FreshDays(bed.scenario, fresh)
    assert np.array_equal(days.hour_share(target)[0][0], study.hour_share(target)[0][0])
    assert np.array_equal(days.hour_share(target)[1][0], study.hour_share(target)[1][0])


def test_the_proof_on_stored_days_is_the_proof_of_the_roster(bed: CallBed):
    counts = some_counts(bed, 3)
    everybody, roster = anonymous_roster(replace(bed.scenario, seed=9), bed.columns, counts)
    schedule = ProofSchedule((Look(20, 0.8), Look(40, 0.2)), (1.0,))
    verdict, _ = prove(everybody, bed.forecast, roster, schedule=schedule)
    quick, _ = prove_on(
        bed.scenario,
        lambda first, days: FreshDays(
            bed.scenario, bed.prove(counts, first=first, days=days, strata=20, seed=9, purpose="proof-1")
        ),
        schedule=schedule, attempt=1, breaches=verdict.breaches, fingerprint=roster.fingerprint(),
    )  # fmt: skip
    assert repr(quick.statements) == repr(verdict.statements)


def test_some_days_played_alone_are_as_among_all(bed: CallBed):
    counts, days = some_counts(bed), bed.draw(Layout(6, 4), seed=1, purpose="training")
    chosen = np.array([1, 7])
    assert np.array_equal(bed.play(counts, days, chosen).in_time, bed.play(counts, days).in_time[chosen])


def test_an_edit_leaves_the_absences_of_others_as_they_are(bed: CallBed):
    absences = Absences(bed.scenario, bed.columns)
    counts = np.full(len(bed.columns), 3, dtype=np.int64)
    before = absences.of(counts, seed=1, purpose="training", days=50)
    counts[0] += 1
    after = absences.of(counts, seed=1, purpose="training", days=50)
    assert np.array_equal(np.delete(after, 3, axis=1), before)
    assert before.mean() == pytest.approx(0.05, abs=0.01)


def test_more_people_than_a_block_only_add_draws(bed: CallBed):
    absences = Absences(bed.scenario, bed.columns)
    counts = np.zeros(len(bed.columns), dtype=np.int64)
    counts[0] = BLOCK
    few = absences.of(counts, seed=1, purpose="training", days=5)
    counts[0] = BLOCK + 2
    assert np.array_equal(absences.of(counts, seed=1, purpose="training", days=5)[:, :BLOCK], few)


def test_a_layout_weighs_every_level_of_a_day_once():
    levels, weights = Layout(30, 10, 0.2).levels(1, "training")
    assert weights.sum() == pytest.approx(1.0)
    assert (levels[:30] >= 0.8).all()
    assert weights @ levels == pytest.approx(0.5, abs=0.02)


def test_the_quantile_lies_between_its_neighbours():
    values, weight = np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25])
    assert weighted_quantile(values, weight, 0.375) == pytest.approx(2.0)
    assert weighted_quantile(values, weight, 0.25) == pytest.approx(1.5)


def test_anything_but_calls_is_refused(bed: CallBed):
    kind = bed.scenario.contact_types[0]
    chats = replace(bed.scenario, contact_types=(replace(kind, channel=Channel.CHAT),))
    with pytest.raises(PlanningError, match="not only calls"):
        CallBed(chats, bed.forecast, bed.columns).draw(Layout(1, 1), seed=1, purpose="training")
