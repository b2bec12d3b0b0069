"""The statistics of the proof: exact bounds, error schedule, and the rate at which wrong claims slip through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from scenarios import PlanningError
from scheduler.proof import Look, ProofSchedule, binomial_lower_bound, binomial_upper_bound


def test_lower_bound_of_300_days_without_a_miss():
    # Closed form: error = p^n for n successes of n.
    assert binomial_lower_bound(300, 300, 0.05) == pytest.approx(0.05 ** (1 / 300), abs=1e-12)


def test_no_success_proves_nothing():
    assert binomial_lower_bound(0, 50, 0.05) == 0.0
    assert binomial_upper_bound(50, 50, 0.05) == 1.0


@given(trials=st.integers(1, 2000), data=st.data(), error=st.floats(0.001, 0.2))
def test_bound_is_where_the_binomial_tail_equals_the_error(trials: int, data: st.DataObject, error: float):
    successes = data.draw(st.integers(1, trials))
    bound = binomial_lower_bound(successes, trials, error)
    assert binom.sf(successes - 1, trials, bound) == pytest.approx(error, rel=1e-6)


@given(trials=st.integers(1, 500), data=st.data())
def test_bound_never_exceeds_the_observed_share(trials: int, data: st.DataObject):
    successes = data.draw(st.integers(0, trials))
    low = binomial_lower_bound(successes, trials, 0.05)
    high = binomial_upper_bound(successes, trials, 0.05)
    assert low <= successes / trials <= high


def test_looks_and_attempts_never_spend_more_than_the_error():
    schedule = ProofSchedule()
    spent = sum(
        schedule.error_at(attempt, look, 0.95)
        for attempt in range(1, len(schedule.attempt_shares) + 1)
        for look in range(len(schedule.looks))
    )
    assert spent == pytest.approx(0.05)
    assert schedule.spent_after(len(schedule.attempt_shares), 0.95) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("looks", "attempts"),
    [((Look(300, 0.8), Look(1200, 0.3)), (1.0,)), ((Look(300, 1.0),), (0.9, 0.2)), ((), (1.0,)),
     ((Look(300, 0.5), Look(300, 0.5)), (1.0,)), ((Look(300, 0.0),), (1.0,))],
)  # fmt: skip
def test_a_schedule_that_overspends_or_does_not_grow_is_refused(looks: tuple[Look, ...], attempts: tuple[float, ...]):
    with pytest.raises(PlanningError):
        ProofSchedule(looks, attempts)


@pytest.mark.statistical
def test_wrong_claims_slip_through_at_no_more_than_the_promised_rate():
    # True P = .9499 is below the promise, so every "proven" is wrong. 4,000 publications, each with all its looks and
    # attempts: the rate of wrong claims may exceed .05 only by noise; 3.1 standard errors (.0107) allow for that once
    # in 1,000 seeds.
    schedule = ProofSchedule()
    rng = np.random.default_rng(20261111)
    tries, wrong = 4000, 0
    for _ in range(tries):
        wrong += any(_attempt_claims(rng, schedule, attempt) for attempt in range(1, len(schedule.attempt_shares) + 1))
    assert wrong / tries <= 0.05 + 0.0107
    assert wrong > 0


def _attempt_claims(rng: np.random.Generator, schedule: ProofSchedule, attempt: int) -> bool:
    met = done = 0
    for number, look in enumerate(schedule.looks):
        met += int(rng.binomial(look.days - done, 0.9499))
        done = look.days
        if binomial_lower_bound(met, done, schedule.error_at(attempt, number, 0.95)) >= 0.95:
            return True
    return False
