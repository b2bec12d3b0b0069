"""From a problem to a legal roster: who has no line at all, a first roster, best responses, annealing, a bound."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from scenarios.checks import IntArray
from scenarios.progress import Progress, silent
from scheduler.lines.anneal import anneal, respond_all
from scheduler.lines.board import Board, Scratch, board_cost, board_of, cheapest_line, own_cost, scratch_for
from scheduler.lines.bound import lower_bound
from scheduler.lines.budget import SearchBudget
from scheduler.lines.clock import Clock
from scheduler.lines.draw import seed_of
from scheduler.lines.exact import prove
from scheduler.lines.flat import Flat, flatten
from scheduler.lines.heat import heat_of
from scheduler.lines.problem import Problem, score
from scheduler.rules import OFF

WORTHWHILE = 1e-3
"""Best-response passes end when one saves less than this share."""
CHUNK_LINES = 2_000
"""Lines drawn between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes
    ----------
    lines
        (N, D) duties, ``OFF`` for free dates; ``None`` when somebody has no legal line.
    hopeless
        Numbers of the people who have none.
    cost
        What the roster costs in all; nan without one.
    bound
        No roster costs less.
    wall_bitten
        Whether the wall clock ended anything early.
    """

    lines: IntArray | None
    hopeless: tuple[int, ...]
    cost: float
    bound: float
    wall_bitten: bool


def search(
    problem: Problem,
    *,
    budget: SearchBudget,
    seed: int,
    warm_start: IntArray | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Found:
    """Return the cheapest roster the budget finds.

    Equal arguments give equal rosters, whatever the number of workers, as long as the wall clock does not bite.

    Parameters
    ----------
    warm_start
        (N, D) a roster to begin from as well; people to whom it is not legal get a new line.
    workers
        Threads that work on the budget's chains; compiled code frees the interpreter, so each fills a processor.
    """
    tell = progress or silent
    if not problem.people:
        nobody = np.zeros((0, problem.frame.dates), dtype=np.int64)
        cost = score(problem, nobody).total
        return Found(nobody, (), cost, cost, wall_bitten=False)
    flat = flatten(problem)
    hopeless = hopeless_people(flat)
    if hopeless:
        return Found(None, hopeless, float("nan"), float("nan"), wall_bitten=False)
    clock = Clock.starting(budget.wall_s)
    tell("roster_bound", 0, 1)
    relaxed = lower_bound(flat, budget.bound_passes, stop=clock.out)
    starts = [relaxed.lines] if warm_start is None else [relaxed.lines, warm_start]
    streams = np.random.default_rng(seed).spawn(budget.chains)

    def chain(number: int) -> tuple[float, IntArray]:
        quiet = tell if number == 0 else silent
        return _chain(flat, budget, streams[number], starts, clock, quiet)

    with ThreadPoolExecutor(max(1, min(workers, budget.chains))) as pool:
        ends = list(pool.map(chain, range(budget.chains)))
    cost, lines = min(ends, key=lambda end: end[0])
    cost, lines, bound = prove(problem, (cost, lines, relaxed.value), budget.exact, clock)
    return Found(lines, (), cost, min(bound, cost), clock.bitten)


def first_lines(problem: Problem, seed: int) -> IntArray:
    """Return (N, D) a first legal roster: everybody's best response to those before, in an order the seed draws.

    Everybody must have a legal line.
    """
    flat = flatten(problem)
    order = np.random.default_rng(seed).permutation(len(problem.people))
    return first_board(flat, None, order, scratch_for(flat)).lines - 1


def hopeless_people(flat: Flat) -> tuple[int, ...]:
    """Return the numbers of the people who have no legal line: their rules, leave and limits contradict each other."""
    scratch = scratch_for(flat)
    crew, line = flat.crew, np.zeros(flat.crew.own_row.shape[1], dtype=np.int64)
    alike: dict[bytes, bool] = {}
    found = []
    for person in range(len(crew.kind)):
        key = np.append(crew.own_row[person], [crew.kind[person], crew.start[person]]).tobytes()
        if key not in alike:
            scratch.price[:] = np.where(np.isfinite(crew.own[crew.own_row[person]]), 0.0, np.inf)
            cost = cheapest_line(flat.graphs, int(crew.kind[person]), int(crew.start[person]), scratch, line)
            alike[key] = bool(cost == np.inf)
        if alike[key]:
            found.append(person)
    return tuple(found)


def _chain(
    flat: Flat,
    budget: SearchBudget,
    rng: np.random.Generator,
    starts: Sequence[IntArray],
    clock: Clock,
    tell: Progress,
) -> tuple[float, IntArray]:
    """Return cost and lines of one search from one seed, begun at the best of some rosters."""
    scratch = scratch_for(flat)
    people = len(flat.crew.kind)
    order = rng.permutation(people)
    boards = [first_board(flat, lines, order, scratch) for lines in starts]
    for board in boards:
        _respond(flat, board, budget.passes, rng, clock, scratch)
    board = min(boards, key=lambda each: board_cost(flat, each))
    best = board.lines.copy()
    cost = board_cost(flat, board)
    polish(flat, board, np.arange(people), budget.polish_lines, rng, scratch, clock.out, tell)
    _respond(flat, board, budget.passes, rng, clock, scratch)
    if board_cost(flat, board) < cost:
        best, cost = board.lines, board_cost(flat, board)
    return float(cost), best - 1


def first_board(flat: Flat, lines: IntArray | None, order: IntArray, scratch: Scratch) -> Board:
    """Return a board with ``lines`` where they are legal, and the best response where they are not, in ``order``."""
    people, dates = flat.crew.own_row.shape
    given = np.full((people, dates), OFF, dtype=np.int64) if lines is None else lines.astype(np.int64)
    wrong = np.ones(people, dtype=np.bool_)
    if lines is not None:
        wrong = np.array([not np.isfinite(own_cost(flat, person, given[person] + 1)) for person in range(people)])
    board = board_of(flat, np.where(wrong[:, None], OFF, given))
    respond_all(flat, board, order[wrong[order]], True, scratch)
    return board


def polish(
    flat: Flat,
    board: Board,
    who: IntArray,
    lines: int,
    rng: np.random.Generator,
    scratch: Scratch,
    stop: Callable[[], bool],
    tell: Progress,
) -> None:
    """Anneal the lines of ``who`` on the board, ``lines`` draws in all, in chunks between which ``stop`` is asked."""
    hot, cold = heat_of(flat, lines / max(len(who), 1))
    seed = seed_of(rng)
    order = who.copy()
    done = 0
    while done < lines and not stop():
        here = min(CHUNK_LINES, lines - done)
        heat = tuple(hot * (cold / hot) ** (at / lines) for at in (done, done + here))
        anneal(flat, board, order, here, heat, seed, scratch)
        done += here
        tell("roster_polish", done, lines)


def _respond(flat: Flat, board: Board, passes: int, rng: np.random.Generator, clock: Clock, scratch: Scratch) -> None:
    """Give everybody the best line against the others, again until it hardly pays."""
    cost = board_cost(flat, board)
    for _ in range(passes):
        if clock.out():
            return
        before, cost = cost, respond_all(flat, board, rng.permutation(len(board.lines)), True, scratch)
        if before - cost <= WORTHWHILE * abs(cost):
            return
