"""Column generation: its bound against every roster written out, dives, rebuilt parts, streams, and the exact end."""

import itertools

import numpy as np
import pytest
from small_lines.teams import cheapest_of_all, team

from scheduler.lines import Curve, Problem, score
from scheduler.lines.budget import ExactBudget
from scheduler.lines.climb import Climber, new_climber
from scheduler.lines.clock import Clock
from scheduler.lines.cover_rows import cover_rows
from scheduler.lines.exact import Effort, prove, solve_whole
from scheduler.lines.flat import flatten
from scheduler.lines.solve import SolveBudget, solve

BRIEF = SolveBudget(work_s=0.4, turn_s=0.1, exact=ExactBudget(choices=0))
FOREVER_S = 1e6


def climber(problem: Problem, seed: int) -> Climber:
    """Return a climber that has solved the relaxation."""
    made = new_climber(flatten(problem), problem, seed, 0, Clock.starting(FOREVER_S))
    made.relax()
    return made


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_never_lies_above_the_cheapest_roster_and_the_search_finds_that_roster(seed: int) -> None:
    problem = team(np.random.default_rng(seed), people=2, dates=3)
    least = cheapest_of_all(problem)
    relaxed = climber(problem, seed)
    assert relaxed.best.bound <= least + 1e-6
    found = solve(problem, budget=BRIEF, seed=seed)
    assert found.cost == pytest.approx(least)
    assert found.bound <= least + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_every_roster_on_the_way_keeps_the_hard_rules_and_costs_what_the_climber_says(seed: int) -> None:
    problem = team(np.random.default_rng(seed), people=9, dates=10)
    searching = climber(problem, seed)
    costs = []
    for _ in range(12):
        searching.climb(0.02)
        lines = searching.lines()
        assert lines is not None
        judged = score(problem, lines)
        assert judged.faults == ()
        assert judged.total == pytest.approx(searching.best.cost)
        costs.append(judged.total)
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] >= searching.best.bound - 1e-6


def test_the_paying_columns_of_the_cover_cost_what_its_curves_say() -> None:
    problem = team(np.random.default_rng(3), people=4, dates=4)
    curve = Curve(((0, 2.0), (1, 3.0), (4, 5.0)))
    rows = cover_rows(type(problem.cover)(
        problem.cover.wanted, problem.cover.covered_first, problem.cover.covered, problem.cover.seats,
        (curve,), (curve,), problem.cover.curve_of,
    ))  # fmt: skip
    for units in range(7):
        left, cost = float(units), 0.0
        for price, most in itertools.islice(zip(rows.price, rows.most, strict=True), 3):
            used = min(left, most)
            cost, left = cost + price * used, left - used
        assert cost == curve.of(np.array(float(units)))


def test_equal_seeds_give_equal_rosters_in_one_process_and_in_two() -> None:
    problem = team(np.random.default_rng(5), people=9, dates=10)
    found = [solve(problem, budget=BRIEF, seed=4, processes=processes) for processes in (1, 2, 1)]
    digests = {None if each.lines is None else each.lines.tobytes() for each in found}
    assert len(digests) == 1
    assert not any(each.wall_bitten for each in found)


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_end_proves_the_cheapest_roster_from_any_other(seed: int) -> None:
    problem = team(np.random.default_rng(seed), people=2, dates=3)
    least = cheapest_of_all(problem)
    begun = solve(problem, budget=BRIEF, seed=seed)
    assert begun.lines is not None
    cost, lines, bound = prove(problem, (1e9, begun.lines, -np.inf), ExactBudget(), Clock.starting(FOREVER_S))
    assert cost == pytest.approx(least)
    assert bound == pytest.approx(least, abs=0.05)
    assert score(problem, lines).faults == ()
    assert solve_whole(problem, Effort(deterministic_s=5))[1] <= least + 1e-6


def test_a_team_too_large_for_the_exact_end_is_returned_as_it_came() -> None:
    problem = team(np.random.default_rng(1), people=2, dates=3)
    known = (1e9, np.full((2, 3), -1, dtype=np.int64), -np.inf)
    assert prove(problem, known, ExactBudget(choices=3), Clock.starting(FOREVER_S)) is known


def test_people_without_any_line_are_named() -> None:
    problem = team(np.random.default_rng(7), people=3, dates=4)
    problem.people[1].may[:, 1:] = False  # on leave throughout, with a least of one shift
    found = solve(problem, budget=BRIEF, seed=1)
    assert (found.lines, found.hopeless) == (None, (1,))
