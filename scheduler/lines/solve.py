"""Small and middle teams (up to some 150 people): rosters near the bound, by column generation in two streams.

A quick roster comes first from best responses and annealing; the whole relaxation gives the bound; then two streams of
dives (``climb``) work in turns of equal length and hand the better roster on after each. The streams are the same
whether one process runs them in turn or two run them side by side, so the roster is the same too.
"""

from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from joblib.externals.loky import get_reusable_executor

from scenarios.checks import IntArray, require_positive
from scenarios.progress import Progress, silent
from scheduler.lines.anneal import respond_all
from scheduler.lines.board import board_cost, scratch_for
from scheduler.lines.budget import ExactBudget, SearchBudget
from scheduler.lines.climb import Climber, new_climber
from scheduler.lines.clock import Clock
from scheduler.lines.exact import prove
from scheduler.lines.flat import Flat, flatten
from scheduler.lines.problem import Problem
from scheduler.lines.search import Found, first_board, hopeless_people, polish, search

STREAMS = 2
MOST_ROWS, MOST_PEOPLE = 3_000, 200
"""Cover rows (slots x skill subsets) and people beyond which the master's programme takes longer than it is worth."""
LINES_PER_S = 4_000
"""Lines that annealing draws in a second of one core, where it does all the work."""
FIRST_PASSES = 2
FIRST_LINES = 200
"""Lines per person drawn by annealing for the roster that column generation starts from."""


@dataclass(frozen=True, slots=True)
class SolveBudget:
    """Limits of ``solve``; all but the last are deterministic.

    Parameters
    ----------
    work_s
        What each stream may do in all, in seconds of one core at the speed the costs of its steps were measured at.
    turn_s
        What it may do before rosters are exchanged.
    exact
        What the constraint programme may do for a small team that the first turn leaves open.
    wall_s
        Safety net, as in ``SearchBudget``.
    """

    work_s: float = 60.0
    turn_s: float = 3.0
    exact: ExactBudget = field(default_factory=lambda: ExactBudget(deterministic_s=10.0))
    wall_s: float = 300.0

    def __post_init__(self) -> None:
        for limit in ("work_s", "turn_s", "wall_s"):
            require_positive("SolveBudget", limit, getattr(self, limit))


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where a stream stands after a turn."""

    cost: float
    lines: IntArray | None
    bound: float
    bitten: bool


def solve(
    problem: Problem,
    *,
    budget: SolveBudget,
    seed: int,
    processes: int = 1,
    progress: Progress | None = None,
) -> Found:
    """Return the cheapest roster the budget finds, and the best bound.

    Large teams, and cover by so many intervals and skills that its rows outgrow a linear programme, are left to
    ``search``; tiny teams that the first turn leaves open go to the exact solver before the next.

    Equal arguments give equal rosters, whatever the number of processes, as long as the wall clock does not bite.
    """
    tell = progress or silent
    if len(problem.people) > MOST_PEOPLE or len(problem.cover.wanted) * len(problem.cover.subsets) > MOST_ROWS:
        drawn = SearchBudget(polish_lines=round(budget.work_s * LINES_PER_S), chains=STREAMS, wall_s=budget.wall_s)
        return search(problem, budget=drawn, seed=seed, workers=processes, progress=progress)
    clock = Clock.starting(budget.wall_s)
    flat = flatten(problem)
    hopeless = hopeless_people(flat)
    if hopeless:
        return Found(None, hopeless, float("nan"), float("nan"), wall_bitten=False)
    cost, lines = _first(flat, seed, clock)
    streams = _streams(problem, flat, seed, clock, processes)
    turns = max(1, int(np.ceil(budget.work_s / budget.turn_s)))
    bound, bitten = -np.inf, False
    for turn in range(turns):
        for end in streams.turn(lines, cost, budget.turn_s):
            if end.lines is not None and end.cost < cost - 1e-6:
                cost, lines = end.cost, end.lines
            bound, bitten = max(bound, end.bound), bitten or end.bitten
        tell("roster_polish", turn + 1, turns)
        if turn == 0 and not bitten:
            cost, lines, bound = prove(problem, (cost, lines, bound), budget.exact, clock)
        if bitten or cost <= bound + 1e-6:
            break
    return Found(lines, (), cost, min(bound, cost), bitten or clock.bitten)


def _first(flat: Flat, seed: int, clock: Clock) -> tuple[float, IntArray]:
    """Return cost and lines of a quick roster."""
    rng = np.random.default_rng([seed, STREAMS])
    scratch = scratch_for(flat)
    people = np.arange(len(flat.crew.kind))
    board = first_board(flat, None, rng.permutation(people), scratch)
    for _ in range(FIRST_PASSES):
        respond_all(flat, board, rng.permutation(people), True, scratch)
    polish(flat, board, people, FIRST_LINES * len(people), rng, scratch, clock.out, silent)
    respond_all(flat, board, people, True, scratch)
    return float(board_cost(flat, board)), board.lines - 1


class _OneProcess:
    """All streams in turn."""

    def __init__(self, problem: Problem, flat: Flat, seed: int, clock: Clock) -> None:
        self._climbers = [new_climber(flat, problem, seed, stream, clock) for stream in range(STREAMS)]

    def turn(self, lines: IntArray, cost: float, work_s: float) -> list[_Turn]:
        """Let every stream go on from a roster."""
        return [_turn(climber, lines, cost, work_s) for climber in self._climbers]


class _TwoProcesses:
    """The first stream here, the second in a process of its own."""

    _tokens = count()

    def __init__(self, problem: Problem, flat: Flat, seed: int, clock: Clock) -> None:
        self._own = new_climber(flat, problem, seed, 0, clock)
        self._sent: tuple[Problem, int] | None = problem, seed
        self._token = next(self._tokens)
        self._clock = clock

    def turn(self, lines: IntArray, cost: float, work_s: float) -> list[_Turn]:
        """Let both streams go on from a roster."""
        executor = get_reusable_executor(max_workers=1, timeout=600)
        other: Future[_Turn] = executor.submit(
            _remote_turn, self._token, self._sent, self._clock.left_s(), lines, cost, work_s
        )
        self._sent = None
        return [_turn(self._own, lines, cost, work_s), other.result()]


def _streams(problem: Problem, flat: Flat, seed: int, clock: Clock, processes: int) -> _OneProcess | _TwoProcesses:
    return (_TwoProcesses if processes > 1 else _OneProcess)(problem, flat, seed, clock)


def _turn(climber: Climber, lines: IntArray, cost: float, work_s: float) -> _Turn:
    climber.take(lines, cost)
    if climber.root is None:
        climber.relax()
    climber.climb(work_s)
    best = climber.best
    return _Turn(best.cost, climber.lines(), best.bound, climber.generator.clock.bitten)


_REMOTE: dict[int, Climber] = {}
"""In a worker process only: the stream it runs, by the caller's token."""


def _remote_turn(
    token: int, sent: tuple[Problem, int] | None, left_s: float, lines: IntArray, cost: float, work_s: float
) -> _Turn:
    """Run a turn of the second stream, which the first call brings along."""
    clock = Clock.starting(left_s)
    if sent is not None:
        problem, seed = sent
        _REMOTE.clear()
        _REMOTE[token] = new_climber(flatten(problem), problem, seed, 1, clock)
    climber = _REMOTE[token]
    climber.generator.clock = clock
    return _turn(climber, lines, cost, work_s)
