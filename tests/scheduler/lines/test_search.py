"""The search: against every roster written out, its bound, its repeatability, and who has no line."""

from dataclasses import replace

import numpy as np
import pytest
from small_lines.teams import DUTIES, cheapest_of_all, team

from scheduler.lines import Person, Problem, SearchBudget, covered_table, score, search
from scheduler.lines.bound import lower_bound
from scheduler.lines.flat import flatten
from scheduler.rules import Frame

SMALL = SearchBudget(passes=2, bound_passes=30, polish_lines=400)


@pytest.mark.parametrize("seed", range(4))
def test_small_teams_get_their_cheapest_roster_and_no_bound_lies_above_it(seed: int) -> None:
    problem = team(np.random.default_rng(seed), people=2, dates=3)
    least = cheapest_of_all(problem)
    found = search(problem, budget=SMALL, seed=1)
    assert found.lines is not None
    assert found.cost == pytest.approx(least)
    assert score(problem, found.lines).total == pytest.approx(least)
    for passes in (1, 10, 60):
        assert lower_bound(flatten(problem), passes).value <= least + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_legal_costs_what_it_says_and_is_never_below_the_bound(seed: int) -> None:
    problem = team(np.random.default_rng(seed), people=9, dates=10)
    found = search(problem, budget=SMALL, seed=seed)
    assert found.lines is not None
    judged = score(problem, found.lines)
    assert judged.faults == ()
    assert judged.total == pytest.approx(found.cost)
    assert found.bound <= found.cost


def test_duties_alike_to_rules_make_no_difference_to_any_part_of_the_search() -> None:
    plain = team(np.random.default_rng(9), people=3, dates=4)
    doubled = (*DUTIES, *DUTIES)
    shape = np.array([0, 1, 0, 1])
    cover = plain.cover
    slots = [[cover.slots_of(2 * date + number) for number in (0, 1, 0, 1)] for date in range(4)]
    first, covered = covered_table(slots)
    actions = np.append(0, shape + 1)
    people = tuple(replace(each, may=each.may[:, actions], own=each.own[:, actions]) for each in plain.people)
    cover = replace(cover, covered_first=first, covered=covered)
    variants = Problem(Frame(doubled, 4), people, cover, shapes=plain.frame, shape=shape)
    found = [search(each, budget=SMALL, seed=1) for each in (plain, variants)]
    assert found[0].cost == pytest.approx(found[1].cost)
    assert found[1].bound == pytest.approx(found[0].bound, abs=0.05)


def test_equal_seeds_give_equal_rosters_whatever_the_number_of_workers() -> None:
    problem = team(np.random.default_rng(5), people=9, dates=10)
    budget = SearchBudget(passes=2, bound_passes=10, polish_lines=300, chains=3)
    found = [search(problem, budget=budget, seed=4, workers=workers) for workers in (1, 2, 1)]
    digests = {None if each.lines is None else each.lines.tobytes() for each in found}
    assert len(digests) == 1


def test_a_warm_start_is_kept_where_legal_and_never_made_worse() -> None:
    problem = team(np.random.default_rng(6), people=6, dates=8)
    good = search(problem, budget=SMALL, seed=1)
    assert good.lines is not None
    lame = SearchBudget(passes=1, bound_passes=1, polish_lines=0)
    assert search(problem, budget=lame, seed=2, warm_start=good.lines).cost <= good.cost
    broken = good.lines.copy()
    broken[0] = 1  # every date: more shifts than allowed
    mended = search(problem, budget=lame, seed=2, warm_start=broken)
    assert mended.lines is not None
    assert score(problem, mended.lines).faults == ()


def test_people_without_any_line_are_named() -> None:
    problem = team(np.random.default_rng(7), people=3, dates=4)
    may = problem.people[1].may.copy()
    may[:, 1:] = False  # on leave throughout, with a least of one shift
    people = list(problem.people)
    people[1] = Person("away", people[1].rules, may, people[1].own, people[1].seat)
    found = search(Problem(problem.frame, tuple(people), problem.cover), budget=SMALL, seed=1)
    assert (found.lines, found.hopeless) == (None, (1,))
