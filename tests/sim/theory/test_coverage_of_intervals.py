"""Intervals hold what they say: a 95 % interval misses the exact value in 5 % of studies, of 5, 10 or 30 replications.

The model is the evening of the flash day, M_t/M/12+M, whose abandonment the forward equations give exactly. Of 400
studies each, the number that hold it lies in the central 99.8 % of the binomial law, seven times: error .014 in all.
"""

import numpy as np
import pytest
from oracles_of_the_floor.changing import ForwardEquations, flash_day
from scipy.stats import binom

from scenarios import Law, LawKind
from sim import ratio_of_sums, replicate, staff_always_on
from sim.measures.estimates import means
from sim.studies.paired import Sample, minus

STUDIES, LONGEST, PAIRED = 400, 30, 10
"""Studies, and evenings of the longest study and of a paired one."""
WORK_S, PATIENCE_S = 240.0, 90.0
EVENING = slice(40, 56)  # 18:00 to 22:00, the flash at 20:00 within
AGENTS = (12, 13)


@pytest.fixture(scope="module")
def truth():
    """Mean offered, and mean abandoned with either number of agents."""
    calls = flash_day()[EVENING]
    return calls.sum(), [ForwardEquations(calls, agents, WORK_S, PATIENCE_S).abandoned for agents in AGENTS]


@pytest.fixture(scope="module")
def played(scenario, kind, forecast):
    """Per number of agents, offered and abandoned of as many evenings as are needed, the same ones."""
    calls = kind("call", work_s=Law(LawKind.EXPONENTIAL, WORK_S), patience_s=Law(LawKind.EXPONENTIAL, PATIENCE_S))
    floor = scenario([calls], hours=((18, 22),))
    expected = np.zeros((floor.horizon.intervals, 1))
    expected[floor.horizon.open_intervals(), 0] = flash_day()[EVENING]
    evenings = forecast(floor, expected, WORK_S)
    found = []
    for agents, each in zip(AGENTS, (LONGEST, PAIRED), strict=True):
        people = staff_always_on(floor, {"g": agents})
        study = replicate(floor, evenings, people, replications=STUDIES * each, seed=27, purpose="coverage")
        found.append([study.sums(name, "call")[:, 0] for name in ("offered", "abandoned")])
    return found


def studies_of(columns, count):
    """Return offered and abandoned, each (STUDIES, count)."""
    longest = len(columns[0]) // STUDIES
    return [column.reshape(STUDIES, longest)[:, :count] for column in columns]


def assert_covers(intervals, exact):
    held = sum(low <= exact <= high for low, high in intervals)
    assert binom.ppf(0.001, STUDIES, 0.95) <= held <= binom.ppf(0.999, STUDIES, 0.95)


@pytest.mark.statistical
@pytest.mark.parametrize("count", [5, 10, 30])
def test_an_interval_of_a_ratio_of_sums_covers_as_often_as_it_says(count, played, truth):
    offered, abandoned = studies_of(played[0], count)
    estimates = [ratio_of_sums(top, bottom) for top, bottom in zip(abandoned, offered, strict=True)]

    assert_covers([(estimate.low, estimate.high) for estimate in estimates], truth[1][0] / truth[0])


@pytest.mark.statistical
@pytest.mark.parametrize("count", [5, 10, 30])
def test_an_interval_of_a_mean_covers_as_often_as_it_says(count, played, truth):
    _, abandoned = studies_of(played[0], count)
    values, halves = means(abandoned.T, 0.95)

    assert_covers(zip(values - halves, values + halves, strict=True), truth[1][0])


@pytest.mark.statistical
def test_a_paired_interval_covers_the_difference_as_often_as_it_says(played, truth):
    """Thirteen agents for twelve, ten evenings a study."""
    sides = [[column[: STUDIES * PAIRED].reshape(STUDIES, PAIRED) for column in columns] for columns in played]
    intervals = []
    for study in range(STUDIES):
        before, after = (Sample.of_ratio(abandoned[study], offered[study], "x") for offered, abandoned in sides)
        intervals.append(minus(after, before).estimate_within(0.95))

    exact = (truth[1][1] - truth[1][0]) / truth[0]
    assert_covers([(interval.low, interval.high) for interval in intervals], exact)
