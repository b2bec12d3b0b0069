"""Repairs of a published roster: the curve of changes against cost, and the best repair a budget of changes allows.

Every changed cell of somebody who is not absent costs a price beside everything else, so the search that makes rosters
makes repairs; a higher price leaves fewer changes. Prices are tried from dear to cheap, and the repair that uses its
budget best is then filled up, person by person; so is the published roster itself, for the small repairs of the curve.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.checks import BoolArray, IntArray
from scenarios.progress import silent
from scheduler.lines.anneal import respond_all
from scheduler.lines.board import Board, board_of, cheapest_line, price_actions, rule_cost, scratch_for, seat_line
from scheduler.lines.flat import Flat, flatten, own_rows
from scheduler.lines.heat import kink_of
from scheduler.lines.problem import Problem, score
from scheduler.lines.search import hopeless_people, polish
from scheduler.rules import OFF

PRICES = (16.0, 8.0, 4.0, 2.0, 1.0, 0.5)
"""Prices of a changed cell that are tried, in kinks of a slot: what one person more and one less cost together."""
BISECTIONS = 3
LINES_EACH = 12
"""Lines drawn for each person at each price."""
FILL_PRICE = 0.05
"""Price of a cell, in kinks, of absent people and when a budget is filled up: nothing is changed for nothing."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A point of the curve: so many cells changed, what the roster then costs, and its (N, D) lines."""

    cells: int
    cost: float
    lines: IntArray


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of a repair.

    Attributes
    ----------
    lines
        (N, D) duties, ``OFF`` for free.
    cells
        Cells of others that differ from the published roster; those of absent people are not counted.
    cost, unrepaired
        What the roster costs now, and with the absences alone: of absent people whose line breaks a rule through their
        absence, with the cheapest that breaks none.
    curve
        Repairs that were found, by rising number of cells, each cheaper than the one before.
    unmended
        Numbers of the people whose lines break a rule whatever is changed in the window: left as they are.
    """

    lines: IntArray
    cells: int
    cost: float
    unrepaired: float
    curve: tuple[Trade, ...]
    unmended: tuple[int, ...]


def repair(
    problem: Problem,
    published: IntArray,
    *,
    absent: BoolArray,
    window: range,
    most_cells: int,
    seed: int,
    pins: BoolArray | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Repair:
    """Return the cheapest repair found that changes at most ``most_cells`` cells of people who are not absent.

    Parameters
    ----------
    problem
        As it is now: what people may and must, absence counted as their contract counts it.
    published
        (N, D) the roster people know, with what was edited by hand.
    absent
        (N, D) cells that are free now, whatever is published.
    window
        Dates that may be changed; those before are frozen, those after stay as published.
    pins
        (N, D) cells that stay as published: hand edits win.
    """
    mender = _Mender(problem, published, absent, window, pins, np.random.default_rng(seed))
    start = mender.trade(mender.legal())
    found = [start]
    dearer = None
    for price in PRICES:
        if stop():
            break
        found.append(mender.at_price(price))
        if found[-1].cells > most_cells:
            if dearer is not None:
                found += mender.between(price, dearer, most_cells, stop)
            break
        dearer = price
    found += mender.filled(_best(found, most_cells), most_cells)
    found += mender.filled(start, most_cells)  # the small repairs of the curve
    best = _best(found, most_cells)
    return Repair(best.lines, best.cells, best.cost, start.cost, _curve(found), mender.unmended)


def _best(found: Sequence[Trade], most_cells: int) -> Trade:
    return min((trade for trade in found if trade.cells <= most_cells), key=lambda trade: (trade.cost, trade.cells))


def replan(
    problem: Problem,
    published: IntArray,
    *,
    absent: BoolArray,
    window: range,
    seed: int,
    lines_each: int = 500,
    pins: BoolArray | None = None,
) -> IntArray:
    """Return (N, D) the roster when changes in the window cost nothing: what any repair can be held against.

    ``lines_each`` lines are drawn for every person; for the other parameters see ``repair``.
    """
    return (
        _Mender(problem, published, absent, window, pins, np.random.default_rng(seed)).at_price(0.0, lines_each).lines
    )


def _curve(trades: list[Trade]) -> tuple[Trade, ...]:
    """Return the trades that nothing with as few cells undercuts."""
    kept: list[Trade] = []
    for trade in sorted(trades, key=lambda each: (each.cells, each.cost)):
        if not kept or trade.cost < kept[-1].cost:
            kept.append(trade)
    return tuple(kept)


class _Mender:
    """Rosters that differ from the published one, at any price of a change."""

    def __init__(
        self,
        problem: Problem,
        published: IntArray,
        absent: BoolArray,
        window: range,
        pins: BoolArray | None,
        rng: np.random.Generator,
    ) -> None:
        self.problem, self.rng = problem, rng
        self.start = np.where(absent, OFF, published)
        self.others = np.asarray(~absent.any(axis=1))
        fixed = np.ones(published.shape, dtype=np.bool_)
        fixed[:, window.start : window.stop] = False
        fixed |= absent if pins is None else absent | pins
        actions = np.arange(problem.frame.actions)
        self.same = actions == self.start[:, :, None] + 1  # (N, D, A)
        self.may = np.array([person.may for person in problem.people]) & (~fixed[:, :, None] | self.same)
        self.flat = flatten(problem)
        self.kink = kink_of(self.flat)
        self.unmended = hopeless_people(self.priced(0.0))
        self.movable = np.setdiff1d(np.arange(len(published)), self.unmended)
        self.scratch = scratch_for(self.flat)

    def priced(self, price: float) -> Flat:
        """Return the problem with a price (in kinks) on every cell that changes."""
        people = [
            replace(person, may=may, own=person.own + (price if other else min(price, FILL_PRICE)) * self.kink * ~same)
            for person, may, same, other in zip(self.problem.people, self.may, self.same, self.others, strict=True)
        ]
        own, own_row = own_rows(people)
        return self.flat._replace(crew=self.flat.crew._replace(own=own, own_row=own_row))

    def cells(self, lines: IntArray) -> int:
        """Return how many cells of others differ from the published roster."""
        return int((lines != self.start)[self.others].sum())

    def trade(self, lines: IntArray) -> Trade:
        """Return a roster with its changes and what it costs without any price of change."""
        return Trade(self.cells(lines), score(self.problem, lines).total, lines)

    def legal(self) -> IntArray:
        """Return the roster with the absences; lines of absent people that break a rule through them are built anew."""
        flat, free = self.priced(FILL_PRICE), self.priced(0.0)
        board = board_of(flat, self.start)
        for person in self.movable[~self.others[self.movable]].tolist():
            gain, line = self._response(flat, free, board, person)
            if gain == -np.inf:
                _seat(flat, board, person, line)
        return board.lines - 1

    def at_price(self, price: float, each: int = LINES_EACH) -> Trade:
        """Return the roster found at a price of change."""
        flat = self.priced(price)
        board = board_of(flat, self.start)
        if len(self.movable):
            polish(
                flat, board, self.movable, each * len(self.movable), self.rng, self.scratch, lambda: False, silent
            )  # fmt: skip
            for _ in range(2):
                respond_all(flat, board, self.rng.permutation(self.movable), True, self.scratch)
        return self.trade(board.lines - 1)

    def between(self, low: float, high: float, most_cells: int, stop: Callable[[], bool]) -> list[Trade]:
        """Return what is found at prices between one that changes too much and one that does not."""
        found = []
        for _ in range(BISECTIONS):
            if stop():
                break
            middle = float(np.sqrt(low * high))
            found.append(self.at_price(middle))
            if found[-1].cells > most_cells:
                low = middle
            else:
                high = middle
        return found

    def filled(self, trade: Trade, most_cells: int) -> list[Trade]:
        """Return what comes of adding single people's changes, the best first, as long as the budget has room."""
        flat, free = self.priced(FILL_PRICE), self.priced(0.0)
        board = board_of(flat, trade.lines)
        steps = [trade]
        while steps[-1].cells < most_cells:
            room = most_cells - steps[-1].cells
            best, chosen, change = -1e-9, None, board.lines[0]
            for person in self.movable.tolist():
                gain, line = self._response(flat, free, board, person)
                more = 0
                if self.others[person]:
                    now, then = (int((row - 1 != self.start[person]).sum()) for row in (board.lines[person], line))
                    more = then - now
                if more <= room and gain < best:
                    best, chosen, change = gain, person, line
            if chosen is None:
                break
            _seat(flat, board, chosen, change)
            lines = board.lines - 1
            known = np.isfinite(best)  # a line that breaks a rule costs without end, and what it is worth is not told
            steps.append(Trade(self.cells(lines), steps[-1].cost + best, lines) if known else self.trade(lines))
        return steps[1:]

    def _response(self, flat: Flat, free: Flat, board: Board, person: int) -> tuple[float, IntArray]:
        """Return what a person's best line saves (negative) without the price of change, and the line."""
        crew, line, scratch = flat.crew, board.lines[person].copy(), self.scratch
        seat_line(flat, board, person, -1)
        price_actions(flat, board, person, scratch)
        cheapest_line(flat.graphs, int(crew.kind[person]), int(crew.start[person]), scratch, line)
        gain = self._worth(free, board, person, line) - self._worth(free, board, person, board.lines[person])
        seat_line(flat, board, person, 1)
        return gain, line

    def _worth(self, free: Flat, board: Board, person: int, line: IntArray) -> float:
        """Return what a line costs a person who is off the board."""
        price_actions(free, board, person, self.scratch)
        prices = self.scratch.price[np.arange(len(line)), line].sum()
        crew = free.crew
        return float(prices) + rule_cost(free.graphs, int(crew.kind[person]), int(crew.start[person]), line)


def _seat(flat: Flat, board: Board, person: int, line: IntArray) -> None:
    """Give somebody another line."""
    seat_line(flat, board, person, -1)
    board.lines[person] = line
    seat_line(flat, board, person, 1)
