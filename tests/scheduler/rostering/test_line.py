"""The line programme against every line there is, and as plain Python."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from scenarios import Agent, Assignment, Contract, Roster, ShiftTemplate
from scheduler.rostering import check_rules
from scheduler.rostering.board import team_of
from scheduler.rostering.columns import assignment_of
from scheduler.rostering.costs import demand_of

TEMPLATES = (ShiftTemplate("early", 300, 480, 480), ShiftTemplate("late", 420, 900, 900))
TERMS = Contract(
    "regular", ("early", "late"), 32, 40.0, week_paid_h_min=17, rest_h_min=12, consecutive_days_max=3,
    days_off_per_week_min=2,
)  # fmt: skip


@pytest.fixture
def team(shop, wanted):
    """Make the compiled team of one worker under a contract."""

    def make(contract=TERMS, dates=7, **changes):
        agent = replace(Agent("Lin", "regular", ("calls",)), **changes)
        scenario = shop([agent], contracts=(contract,), templates=TEMPLATES, dates=dates)
        return team_of(scenario, demand_of(scenario, wanted(scenario, 1.0)))

    return make


def cheapest_of_all(team, costs):
    """Cost of the cheapest legal line, by trying every line and asking the rules."""
    kind = team.kinds[0]
    days = [[-1, *range(kind.day_first[d], kind.day_first[d + 1])] for d in range(len(kind.day_first) - 1)]
    best = np.inf
    for line in product(*days):
        cost = sum(costs[place] for place in line if place >= 0)
        if cost < best and not check_rules(team.scenario, Roster(tuple(shifts(team, line)))):
            best = cost
    return best


def shifts(team, line) -> list[Assignment]:
    columns = [team.kinds[0].columns[place] for place in line if place >= 0]
    return [assignment_of(team.scenario, team.columns, "Lin", column, []) for column in columns]


CASES = {
    "all limits": {},
    "worked before": {"worked_days_before": 2},
    "no least": {"contract": replace(TERMS, week_paid_h_min=0)},
    "short rest": {"contract": replace(TERMS, rest_h_min=8)},
    "very long rest": {"contract": replace(TERMS, rest_h_min=30, week_paid_h_min=10)},
    "piece of a week": {"dates": 5},
    "no limit binds": {"contract": replace(TERMS, week_paid_h_min=0, week_paid_h_max=60, days_off_per_week_min=0)},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_line_is_the_cheapest_of_all_legal_lines(team, case, seed):
    made = team(**CASES[case])
    costs = np.random.default_rng(seed).normal(0.0, 10.0, len(made.kinds[0].columns))
    cost, line = made.line_of(made.kinds[0], costs)

    assert cost == pytest.approx(cheapest_of_all(made, costs))
    rows = [assignment_of(made.scenario, made.columns, "Lin", column, []) for column in line if column >= 0]
    assert check_rules(made.scenario, Roster(tuple(rows))) == ()


def test_there_is_no_line_where_the_least_is_out_of_reach(team, day):
    made = team(contract=replace(TERMS, week_paid_h_min=32, days_off_per_week_min=4))
    cost, line = made.line_of(made.kinds[0], np.zeros(len(made.kinds[0].columns)))

    assert cost == np.inf
    assert (line == -1).all()


def test_two_weeks_are_counted_apart_and_runs_cross_them(team):
    made = team(dates=14)
    cost, line = made.line_of(made.kinds[0], -np.ones(len(made.kinds[0].columns)))
    worked = line >= 0

    assert cost == -10
    assert worked[:7].sum() == worked[7:].sum() == 5
    assert max(len(run) for run in "".join("x" if on else " " for on in worked).split()) <= 3


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("case", ["all limits", "no limit binds"])
def test_plain_python_finds_the_same_line(team, case):
    made = team(**CASES[case])
    costs = np.random.default_rng(5).normal(0.0, 10.0, len(made.kinds[0].columns))

    assert made.line_of(made.kinds[0], costs)[0] == pytest.approx(cheapest_of_all(made, costs))
