"""The exact search agrees with the line programme, the rules and the bounds."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Agent, Contract, RosterStatus, ShiftTemplate
from scenarios.progress import silent
from scheduler.rostering import SearchBudget, build_roster, check_rules
from scheduler.rostering.aggregate import guide_of
from scheduler.rostering.board import Board, team_of
from scheduler.rostering.bound import line_bound
from scheduler.rostering.clock import Clock
from scheduler.rostering.costs import demand_of
from scheduler.rostering.exact import prove_small

TEMPLATES = (ShiftTemplate("early", 300, 480, 600, 60), ShiftTemplate("late", 420, 780, 900, 60))
TERMS = Contract(
    "regular", ("early", "late"), 32, 40.0, week_paid_h_min=17, rest_h_min=13, consecutive_days_max=3,
    days_off_per_week_min=2,
)  # fmt: skip


def compiled(scenario, requirement):
    return team_of(scenario, demand_of(scenario, requirement))


@pytest.mark.parametrize("changes", [{}, {"worked_days_before": 2}, {"rest_h_min": 30, "week_paid_h_min": 10}])
def test_for_one_agent_the_exact_search_and_the_line_programme_agree(shop, wanted, changes):
    past = {key: value for key, value in changes.items() if key == "worked_days_before"}
    terms = {key: value for key, value in changes.items() if key not in past}
    agent = Agent("Lin", "regular", ("calls",), **past)
    scenario = shop([agent], contracts=(replace(TERMS, **terms),), templates=TEMPLATES)
    board = Board(compiled(scenario, wanted(scenario, 1.0)))
    board.respond(0)
    by_line = board.cost()
    bound = prove_small(board, SearchBudget(exact_deterministic_s=5), 1, Clock.starting(60), silent)

    assert by_line == pytest.approx(bound, rel=1e-5)


def test_the_exact_search_improves_a_poor_board_and_proves_it(shop, wanted, team_members):
    scenario = shop(team_members(2, 1), dates=3)
    board = Board(compiled(scenario, wanted(scenario, 1.0, 1.0)))
    for agent in range(3):
        kind = board.team.kind(agent)
        worth = np.zeros((len(board.cover) + 1, 2))
        line = board.team.line_of(kind, board.team.costs_of(kind, worth))[1]
        board.put(agent, line, board.team.breaks_for(line, worth))
    before = board.cost()
    bound = prove_small(board, SearchBudget(exact_deterministic_s=10), 1, Clock.starting(60), silent)

    assert board.cost() < before
    assert board.cost() == pytest.approx(bound, rel=1e-4)
    assert check_rules(scenario, board.roster()) == ()


def test_a_small_team_is_proven_optimal(shop, wanted, team_members):
    scenario = shop(team_members(2, 1), dates=3)
    outcome = build_roster(
        scenario, wanted(scenario, 1.0, 1.0), seed=1, budget=SearchBudget(polish_lines=200, exact_deterministic_s=10)
    )

    assert outcome.status is RosterStatus.OPTIMAL
    assert outcome.gap < 1e-4


def test_without_a_budget_nothing_is_proven(shop, wanted, team_members):
    scenario = shop(team_members(2, 1), dates=3)
    board = Board(compiled(scenario, wanted(scenario, 1.0)))

    assert prove_small(board, SearchBudget(exact_deterministic_s=0), 1, Clock.starting(60), silent) == -np.inf


@pytest.mark.parametrize("need", [(1.0, 1.0), (2.3, 0.6), (9.0, 0.0)])
def test_bounds_lie_below_the_proven_cost(shop, wanted, team_members, need):
    scenario = shop(team_members(2, 1), dates=3)
    requirement = wanted(scenario, *need)
    team = compiled(scenario, requirement)
    guide = guide_of(team, 60.0)
    budget = SearchBudget(polish_lines=200, exact_deterministic_s=10)
    outcome = build_roster(scenario, requirement, seed=1, budget=budget)

    assert guide.bound <= outcome.objective + 1e-6
    assert line_bound(team, np.zeros_like(guide.prices)) <= guide.bound
    assert line_bound(team, guide.prices * 1.1) <= outcome.objective


def test_without_time_the_bound_rests_on_least_hours(shop, wanted, team_members):
    scenario = shop(team_members(2, 0))
    team = compiled(scenario, wanted(scenario, 1.0))
    guide = guide_of(team, 0.0)

    assert guide.bound == pytest.approx(2 * 32 * 40.0, rel=1e-6)
    assert not guide.per_kind.any()
