"""What shifts are worth and where their breaks go."""

from itertools import product

import numpy as np
import pytest

from scenarios import BreakRule, ShiftTemplate
from scheduler.rostering.board import Board, team_of
from scheduler.rostering.costs import HARD_SHORT_RATES, MILD_SHORT_RATES, demand_of
from scheduler.rostering.coverage import coverage

BREAKS = (BreakRule(15, True, 60, 150), BreakRule(45, False, 120, 240), BreakRule(15, True, 210, 330))
TEMPLATES = (ShiftTemplate("full", 480, 480, 780, 60, BREAKS), ShiftTemplate("part", 240, 480, 1080, 60))


@pytest.fixture(params=["compiled", "interpreted"])
def team(request, shop, wanted, team_members):
    if request.param == "interpreted":
        request.getfixturevalue("interpreted")
    scenario = shop(team_members(2, 2), templates=TEMPLATES, interval_min=30)
    return team_of(scenario, demand_of(scenario, wanted(scenario, 2.3, 0.4)))


def cheapest_breaks(team, worth, start):
    """Worth missed by the best of all placings that keep order and windows."""
    running = np.interp(np.arange(30 * len(worth)), 30 * np.arange(len(worth)), worth[:, 0])
    places = team.columns.breaks
    windows = [places.after_min[places.first_start[k] : places.first_start[k + 1]] for k in range(3)]
    best = np.inf
    for chosen in product(*windows):
        apart = all(a + rule.length_min <= b for a, b, rule in zip(chosen, chosen[1:], BREAKS, strict=False))
        if apart:
            spans = [(start + a, start + a + rule.length_min) for a, rule in zip(chosen, BREAKS, strict=True)]
            best = min(best, sum(running[end] - running[begin] for begin, end in spans))
    return best


def test_breaks_miss_the_least_worth_of_all_placings(team):
    rng = np.random.default_rng(3)
    column = int(np.flatnonzero((team.columns.template == 0) & (team.columns.group == 0))[2])
    for _ in range(5):
        worth = np.cumsum(rng.random((len(team.demand.need) + 1, 2)), axis=0)
        pauses = np.zeros(3, dtype=np.int64)
        team.place(column, worth, pauses)
        running = np.interp(np.arange(30 * len(worth)), 30 * np.arange(len(worth)), worth[:, 0])
        missed = sum(running[p + rule.length_min] - running[p] for p, rule in zip(pauses, BREAKS, strict=True))

        assert missed == pytest.approx(cheapest_breaks(team, worth, int(team.columns.start_min[column])))


def test_the_price_of_shortage_is_mild_then_hard(team):
    cover = team.demand.need.copy()
    cover[20] -= (2.0, 0.4)
    hour = 40.0 * 0.5  # the dearest contract for half an hour
    mild = MILD_SHORT_RATES * (0.5 + 0.4) + HARD_SHORT_RATES * 1.5

    assert team.demand.short_yuan(cover) == pytest.approx(mild * hour)
    assert team.demand.short_yuan(team.demand.need + 3) == 0
    assert team.demand.hour_yuan == pytest.approx(40.0)


def test_one_more_agent_is_worth_the_fall_of_the_price(team):
    cover = np.zeros_like(team.demand.need)
    worth = np.diff(team.worth(cover), axis=0)
    more = cover.copy()
    more[20, 0] += 1
    fall = team.demand.short_yuan(cover) - team.demand.short_yuan(more)

    assert worth[20, 0] == pytest.approx(fall, rel=1e-3)  # and a tie-break
    assert worth[0, 0] == 0  # closed


def test_the_pieces_price_every_coverage_on_the_grid(team):
    pieces = team.pieces
    for steps in range(8):
        cover = np.full_like(team.demand.need, steps * pieces.step)
        short = np.maximum(pieces.ceiling - steps, 0)
        price = 0.0
        for width, each in zip(pieces.width[::-1], pieces.price[::-1], strict=True):  # the cheapest piece first
            part = np.minimum(short, width)
            price += float((part * each).sum())
            short = short - part

        assert price == pytest.approx(team.demand.short_yuan(cover))
        assert not short.any()


def test_the_board_counts_coverage_as_the_judge_does(team):
    board = Board(team)
    for agent in range(4):
        board.respond(agent)
    board.lift(1)
    judged = coverage(team.scenario.horizon, ("phone", "chat"), board.roster())

    assert board.cover == pytest.approx(judged)
    assert board.pay() == pytest.approx(sum(board.pay_of(agent) for agent in range(4)))
