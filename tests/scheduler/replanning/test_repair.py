"""Repairs: frozen dates, pins, the budget of changes, and the curve between changes and cost."""

import numpy as np
import pytest

from scenarios.checks import BoolArray, IntArray
from scheduler.lines import Cover, Curve, Person, Problem, SearchBudget, covered_table, score, search
from scheduler.replanning import Repair, repair, replan
from scheduler.rules import OFF, SHIFTS, Count, Duty, Frame, Rest, Run, limited, whole

DATES, PEOPLE = 10, 8
WINDOW = range(3, 8)


@pytest.fixture(scope="module")
def shop() -> tuple[Problem, IntArray, BoolArray]:
    """Return a shop of eight, its roster, and two people ill on two dates."""
    frame = Frame((Duty("early", 360, 840, 480), Duty("late", 840, 1320, 480)), DATES)
    rules = (Rest(660), Run(most=4), Count(limited(whole(frame), 4, 7), SHIFTS))
    first, covered = covered_table([[np.array([2 * date]), np.array([2 * date + 1])] for date in range(DATES)])
    wanted = np.random.default_rng(1).integers(1, 4, (2 * DATES, 1))
    everywhere = np.ones((1, 1), dtype=np.bool_)
    cover = Cover(
        wanted, first, covered, everywhere, (Curve(((0, 10.0),)),), (Curve(((0, 1.0),)),), np.zeros(2 * DATES, np.int64)
    )
    may, own = np.ones((DATES, 3), dtype=np.bool_), np.zeros((DATES, 3))
    people = tuple(Person(f"p{number}", rules, may, own) for number in range(PEOPLE))
    problem = Problem(frame, people, cover)
    lines = search(problem, budget=SearchBudget(bound_passes=10, polish_lines=500), seed=1).lines
    assert lines is not None
    absent = np.zeros(lines.shape, dtype=np.bool_)
    absent[:2, 4:6] = True
    return problem, lines, absent


def repaired(shop: tuple[Problem, IntArray, BoolArray], most_cells: int, pins: BoolArray | None = None) -> Repair:
    problem, lines, absent = shop
    return repair(problem, lines, absent=absent, window=WINDOW, most_cells=most_cells, seed=1, pins=pins)


@pytest.mark.parametrize("most_cells", [0, 1, 2, 4])
def test_a_repair_keeps_its_budget_the_window_and_absences(
    shop: tuple[Problem, IntArray, BoolArray], most_cells: int
) -> None:
    _, lines, absent = shop
    found = repaired(shop, most_cells)
    changed = (found.lines != lines) & ~absent
    assert found.cells == changed[~absent.any(axis=1)].sum() <= most_cells
    assert not changed[:, : WINDOW.start].any()
    assert not changed[:, WINDOW.stop :].any()
    assert (found.lines[absent] == OFF).all()


def test_more_changes_never_cost_more_and_planning_anew_wins_back_as_much(
    shop: tuple[Problem, IntArray, BoolArray],
) -> None:
    problem, lines, absent = shop
    costs = [repaired(shop, most).cost for most in (0, 1, 2, 4, 8)]
    assert costs == sorted(costs, reverse=True)
    anew = replan(problem, lines, absent=absent, window=WINDOW, seed=1)
    most_won = costs[0] - costs[-1]
    assert most_won > 0
    assert costs[0] - score(problem, anew).total >= 0.9 * most_won
    curve = repaired(shop, 8).curve
    assert [trade.cells for trade in curve] == sorted({trade.cells for trade in curve})
    assert curve[0].cells == 0
    for trade in curve:
        assert trade.cost == pytest.approx(score(problem, trade.lines).total)
        assert trade.cells == ((trade.lines != lines) & ~absent)[~absent.any(axis=1)].sum()


def test_what_a_planner_pinned_stays(shop: tuple[Problem, IntArray, BoolArray]) -> None:
    _, lines, absent = shop
    free = repaired(shop, 8)
    touched = (free.lines != lines) & ~absent
    assert touched.any()
    pinned = repaired(shop, 8, pins=touched)
    assert not ((pinned.lines != lines) & touched).any()
    assert pinned.cost >= free.cost


def test_lines_that_nothing_in_the_window_mends_are_told_and_left(shop: tuple[Problem, IntArray, BoolArray]) -> None:
    problem, lines, absent = shop
    long = absent.copy()
    long[3] = True  # away throughout: the least number of shifts cannot be had
    found = repair(problem, lines, absent=long, window=range(DATES), most_cells=4, seed=1)
    assert found.unmended == (3,)
    assert (found.lines[3] == OFF).all()
    assert {fault.person for fault in score(problem, found.lines).faults} == {3}


def test_a_line_that_an_absence_makes_illegal_is_mended_without_a_budget(
    shop: tuple[Problem, IntArray, BoolArray],
) -> None:
    problem, lines, _ = shop
    least = (lines != OFF).sum(axis=1) == 4  # the fewest shifts the rules allow
    person, day = next((n, d) for n in np.flatnonzero(least) for d in WINDOW if lines[n, d] != OFF)
    absent = np.zeros(lines.shape, dtype=np.bool_)
    absent[person, day] = True
    found = repair(problem, lines, absent=absent, window=range(DATES), most_cells=0, seed=1)
    assert score(problem, np.where(absent, OFF, lines)).faults
    assert score(problem, found.lines).faults == ()
    assert found.cells == 0


def test_the_same_repair_twice(shop: tuple[Problem, IntArray, BoolArray]) -> None:
    assert np.array_equal(repaired(shop, 4).lines, repaired(shop, 4).lines)
