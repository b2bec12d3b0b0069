"""The probability that a day meets its promise, with exact bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from scenarios import DemandUncertainty, Law, LawKind, PlanningError, ServiceTarget
from sim import replicate, staff_always_on
from sim.studies.binomial import (
    EXACT_BINOMIAL,
    binomial_interval,
    binomial_lower_bound,
    binomial_upper_bound,
)
from sim.studies.promises import day_changes, day_promises, days_met

counts = st.integers(1, 500).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_that_of_clopper_and_pearson(count, confidence):
    successes, trials = count
    found = binomial_interval(successes, trials, confidence)
    expected = binomtest(successes, trials).proportion_ci(confidence, method="exact")

    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert (found.value, found.replications, found.estimator) == (successes / trials, trials, EXACT_BINOMIAL)


@given(counts)
def test_one_sided_bounds_are_the_ends_of_an_interval_with_half_the_error_on_either_side(count):
    interval = binomial_interval(*count, 0.9)

    assert binomial_lower_bound(*count, 0.05) == pytest.approx(interval.low, abs=1e-12)
    assert binomial_upper_bound(*count, 0.05) == pytest.approx(interval.high, abs=1e-12)


def test_without_a_trial_nothing_is_known():
    found = binomial_interval(0, 0, 0.95)

    assert np.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize("successes", [-1, 11])
def test_more_successes_than_trials_are_refused(successes):
    with pytest.raises(PlanningError, match=r"binomial\.successes is"):
        binomial_lower_bound(successes, 10, 0.05)


def test_each_target_and_date_has_its_own_share_of_days(scenario, kind, forecast):
    """A day at ease and a busy one: the first keeps its promise always, the second sometimes."""
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0))
    promise = ServiceTarget("quick", ("call",), day_share=0.8)
    floor = scenario([calls], hours=((8, 14), (8, 14)), targets=(promise,))
    volume = np.zeros((floor.horizon.intervals, 1))
    for day, per_interval in zip(floor.horizon.days, (3.0, 20.0), strict=True):
        volume[day.first_interval : day.end_interval] = per_interval
    days = forecast(floor, volume, 240.0, uncertainty=DemandUncertainty((0.2, 0.2)))
    people = staff_always_on(floor, {"g": 6})
    study = replicate(floor, days, people, replications=40, seed=1, purpose="days")

    quiet, busy = day_promises(study, 0.9)
    assert [row.date for row in (quiet, busy)] == [day.date for day in floor.horizon.days]
    assert [quiet.days_met, busy.days_met] == days_met(study, promise).tolist()
    assert (quiet.days_met, quiet.lower_bound, quiet.upper_bound) == (40, pytest.approx(0.1 ** (1 / 40)), 1.0)
    assert 0 < busy.days_met < 40
    assert busy.lower_bound > busy.share_of_days.low
    assert busy.upper_bound < busy.share_of_days.high
    assert busy.share_of_days.low < busy.share_of_days.value == busy.days_met / 40 < busy.share_of_days.high


def test_a_study_of_nothing_promises_nothing(scenario, forecast):
    floor = scenario()
    study = replicate(
        floor, forecast(floor, 1.0), staff_always_on(floor, {"g": 1}), replications=0, seed=1, purpose="x"
    )

    (row,) = day_promises(study)
    assert (row.days_simulated, row.lower_bound, row.upper_bound) == (0, 0.0, 1.0)


def test_days_kept_by_one_side_alone_are_counted_date_by_date(scenario, kind, forecast):
    """One person more on the same days: no day is lost, and the share of days rises by the days gained."""
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0))
    floor = scenario([calls], hours=((8, 14),), targets=(ServiceTarget("quick", ("call",), day_share=0.8),))
    days = forecast(floor, 20.0, 240.0, uncertainty=DemandUncertainty((0.2,)))
    few, more = (
        replicate(floor, days, staff_always_on(floor, {"g": count}), replications=40, seed=1, purpose="days", workers=1)
        for count in (6, 7)
    )

    (row,) = day_changes(few, more)
    assert (row.before, row.after) == (day_promises(few)[0], day_promises(more)[0])
    assert row.only_after - row.only_before == row.after.days_met - row.before.days_met > 0
    assert row.difference.value == pytest.approx((row.only_after - row.only_before) / 40)
    gained = binomtest(row.only_after, 40).proportion_ci(0.975, method="exact")
    lost = binomtest(row.only_before, 40).proportion_ci(0.975, method="exact")
    assert (row.difference.low, row.difference.high) == pytest.approx((gained.low - lost.high, gained.high - lost.low))
    (same,) = day_changes(few, few)
    assert (same.only_before, same.only_after, same.difference.value) == (0, 0, 0.0)
    assert day_changes(few.head(3), more)[0].before.days_simulated == 3
