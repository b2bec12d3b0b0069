"""Construction and polish: everybody's exact best line against everybody else's, again and again."""

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress
from scheduler.rostering.board import Board
from scheduler.rostering.budget import SearchBudget
from scheduler.rostering.clock import Clock

PASS_SAVES_SHARE = 1e-3
"""Passes stop when one saves less than this share of the cost: polish does the rest better."""
RUIN_SIZES = (1, 2, 2, 3, 3, 4, 6)
"""How many people are taken off the board at once, drawn evenly from this list."""
NEAR_SHARE = 0.5
"""Share of the ruins that take people who work at the same time; the others take anyone."""
START_HEAT_H = 1.0
"""Annealing: a board dearer by x is accepted with probability exp(-x / heat). The heat starts at this many hours of the
dearest contract and falls evenly to nothing."""
SMALL_TEAM_HEAT_H = 60.0
"""The same summed over a small team: with few people there are few ways round a bad board, and it must climb higher."""
_CLOCK_LOOKS_EVERY = 64


def construct(board: Board, guide: FloatArray, rng: np.random.Generator, progress: Progress) -> None:
    """Put on the board everyone who is off it, each with the best line beside those there and the guide for the rest.

    Parameters
    ----------
    guide
        (kinds, T, G) coverage one agent of each kind is expected to give, from the aggregate
        programme: it stands for the people not yet placed.
    """
    team = board.team
    order = rng.permutation(np.flatnonzero((board.lines < 0).all(axis=1)))
    # people with least hours first: they must work, the others fill what is left
    duty = np.array([team.kind(int(agent)).least_min.sum() for agent in order])
    order = order[np.argsort(-duty, kind="stable")]
    counts = np.bincount(team.kind_of[order], minlength=len(team.kinds)).astype(np.float64)
    rest = np.tensordot(counts, guide, axes=1)
    for number, agent in enumerate(order):
        rest = np.maximum(rest - guide[team.kind_of[agent]], 0.0)
        board.respond(int(agent), rest)
        if number % _CLOCK_LOOKS_EVERY == 0:
            progress("roster_construct", number, len(order))
    progress("roster_construct", len(order), len(order))


def best_response_passes(
    board: Board, budget: SearchBudget, rng: np.random.Generator, clock: Clock, progress: Progress
) -> None:
    """Let everyone answer everyone else, in random order, until a pass saves next to nothing."""
    cost = board.cost()
    for number in range(budget.passes):
        progress("roster_passes", number, budget.passes)
        kept = snapshot(board)
        for agent in rng.permutation(len(board.lines)):
            board.lift(int(agent))
            board.respond(int(agent))
            if clock.out():
                break
        after = board.cost()
        if after > cost:
            restore(board, kept)
        if clock.out() or cost - after < PASS_SAVES_SHARE * cost:
            break
        cost = after
    progress("roster_passes", budget.passes, budget.passes)


def polish(board: Board, budget: SearchBudget, rng: np.random.Generator, clock: Clock, progress: Progress) -> None:
    """Ruin and recreate until the budget of lines is spent; the board ends as the best one met."""
    agents = len(board.lines)
    cost = best_cost = board.cost()
    best = snapshot(board)
    start_heat = max(START_HEAT_H, SMALL_TEAM_HEAT_H / max(agents, 1)) * board.team.demand.hour_yuan
    spent = rounds = 0
    while spent < budget.polish_lines and agents:
        rounds += 1
        if rounds % _CLOCK_LOOKS_EVERY == 0:
            progress("roster_polish", spent, budget.polish_lines)
            if clock.out():
                break
        crew = _crew(board, rng)
        spent += len(crew)
        after, undo = _recreate(board, crew, cost)
        heat = start_heat * max(0.0, 1 - spent / budget.polish_lines)
        if after - cost > heat * rng.exponential():
            _put_back(board, crew, undo)
            continue
        cost = after
        if cost < best_cost - 1e-9:
            best_cost, best = cost, snapshot(board)
    restore(board, best)
    progress("roster_polish", budget.polish_lines, budget.polish_lines)


def _crew(board: Board, rng: np.random.Generator) -> IntArray:
    """Return the people to take off: all at random, or one and others who work near a random moment."""
    agents = len(board.lines)
    size = min(agents, int(rng.choice(RUIN_SIZES)))
    if rng.random() >= NEAR_SHARE:
        return rng.choice(agents, size, replace=False)
    date = int(rng.integers(board.lines.shape[1]))
    line = board.lines[:, date]
    start = np.where(line >= 0, board.team.columns.start_min[line], np.iinfo(np.int64).max // 2)
    pivot = int(rng.integers(agents))
    distance = np.abs(start - start[pivot]) + rng.random(agents)
    distance[pivot] = -1.0
    return np.argpartition(distance, size - 1)[:size].astype(np.int64)


def _recreate(board: Board, crew: IntArray, cost: float) -> tuple[float, tuple[IntArray, IntArray, FloatArray]]:
    """Take ``crew`` off the board, let each answer in turn, and return the new cost and what undoes it."""
    undo = board.lines[crew].copy(), board.pauses[crew].copy(), board.cover.copy()
    short_before = board.team.demand.short_yuan(board.cover)
    pay_before = sum(board.pay_of(int(agent)) for agent in crew)
    for agent in crew:
        board.lift(int(agent))
    for agent in crew:
        board.respond(int(agent))
    pay_after = sum(board.pay_of(int(agent)) for agent in crew)
    short_after = board.team.demand.short_yuan(board.cover)
    return cost + pay_after - pay_before + short_after - short_before, undo


def _put_back(board: Board, crew: IntArray, undo: tuple[IntArray, IntArray, FloatArray]) -> None:
    board.lines[crew], board.pauses[crew] = undo[0], undo[1]
    board.cover = undo[2]


def improve_breaks(board: Board, rng: np.random.Generator, progress: Progress, passes: int = 2) -> None:
    """Move the breaks of each shift, in random order, to where the others leave most room; shifts stay as they are."""
    places = np.argwhere(board.lines >= 0)
    for number in range(passes):
        progress("roster_breaks", number, passes)
        kept, cost = snapshot(board), board.cost()
        for agent, date in rng.permutation(places):
            board.shift(agent, date, -1.0)
            board.team.place(int(board.lines[agent, date]), board.team.worth(board.cover), board.pauses[agent, date])
            board.shift(agent, date, 1.0)
        after = board.cost()
        if after > cost:
            restore(board, kept)
        if after >= cost:
            break
    progress("roster_breaks", passes, passes)


def snapshot(board: Board) -> tuple[IntArray, IntArray, FloatArray]:
    """Return a copy of the board's state."""
    return board.lines.copy(), board.pauses.copy(), board.cover.copy()


def restore(board: Board, state: tuple[IntArray, IntArray, FloatArray]) -> None:
    """Set the board to a state taken earlier."""
    board.lines, board.pauses, board.cover = state[0].copy(), state[1].copy(), state[2].copy()
