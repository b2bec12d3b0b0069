"""Column generation: prices from the master, lines from the sweep, until no line is missing (Gilmore and Gomory 1961).

The duals are smoothed towards those of the best bound so far (Wentges 1997), which keeps them from jumping; every
round gives the Lagrangian bound at the smoothed duals.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines.board import Scratch
from scheduler.lines.clock import Clock
from scheduler.lines.flat import Flat
from scheduler.lines.master import Master, Shares
from scheduler.lines.pool import Pool
from scheduler.lines.pricing import price_people

SMOOTHING = 0.7
"""Weight of the duals of the best bound."""
_GAIN = 1e-6
"""Reduced cost from which on a line is worth adding."""
EDGE_S = 3e-9
"""Seconds of one core that the sweep takes per edge."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When column generation ends.

    Parameters
    ----------
    enough
        Value of the master that cannot or need not be beaten.
    hopeless
        Bound from which on nothing of use can be found.
    gap
        Distance of value and bound that is as good as none.
    rounds
        Most rounds.
    """

    enough: float = -np.inf
    hopeless: float = np.inf
    gap: float = 1e-3
    rounds: int = 400


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The end of column generation: the last shares, the best bound, and its duals."""

    shares: Shares
    bound: float
    duals: FloatArray
    rounds: int


@dataclass(slots=True)
class Generator:
    """What column generation works on: the people's graphs and the columns found; counts its work in seconds."""

    flat: Flat
    pool: Pool
    scratch: Scratch
    edges: FloatArray
    clock: Clock
    work: float = 0.0

    def nothing_closed(self) -> BoolArray:
        """Return (N, D, A) that forbids nothing beside what people may not do anyway."""
        people, dates = self.flat.crew.own_row.shape
        return np.zeros((people, dates, self.flat.crew.own.shape[1]), dtype=np.bool_)

    def cheapest(self, people: IntArray, duals: FloatArray, closed: BoolArray) -> tuple[FloatArray, list[int]]:
        """Return (n,) the least reduced cost of ``people`` against cover ``duals`` and the numbers of their lines."""
        worth = self.pool.cover.worth(duals)
        reduced, lines, cost = price_people(self.flat, people, worth, closed, self.scratch)
        self.work += float(self.edges[people].sum()) * EDGE_S
        found = zip(people, lines, cost, reduced, strict=True)
        return reduced, [
            self.pool.number(int(person), line, float(price)) if np.isfinite(least) else -1
            for person, line, price, least in found
        ]

    def relax(self, master: Master, closed: BoolArray, start: FloatArray | None, limits: Limits) -> Relaxed:
        """Return the relaxation of ``master`` over all lines that ``closed`` (N, D, A) leaves."""
        before = master.work
        centre, bound, weight = start, -np.inf, SMOOTHING
        shares = master.solve()
        rounds = 0
        for rounds in range(1, limits.rounds + 1):
            if shares.objective <= limits.enough or self.clock.out():
                break
            duals = shares.duals if centre is None else weight * centre + (1 - weight) * shares.duals
            new, least = self._round(master, shares, duals, closed)
            if least > bound:
                bound, centre = least, duals
            if bound >= limits.hopeless or shares.objective - bound <= limits.gap:
                break
            if new:
                shares = master.solve()
                weight = SMOOTHING if rounds < limits.rounds // 2 else 0.0
            elif weight == 0.0 or duals is shares.duals:
                break
            else:
                weight = 0.0
        self.work += master.work - before
        return Relaxed(shares, bound, shares.duals if centre is None else centre, rounds)

    def _round(self, master: Master, shares: Shares, duals: FloatArray, closed: BoolArray) -> tuple[int, float]:
        """Price everybody once; return how many lines were added and the bound."""
        reduced, columns = self.cheapest(master.people, duals, closed)
        new = 0
        for column in columns:
            person = self.pool.person[column]
            gain = self.pool.cost[column] - shares.duals[self.pool.rows[column]].sum() - shares.alone[person]
            new += gain < -_GAIN and master.add(column)
        return new, self.pool.cover.paid(duals, master.wanted) + float(reduced.sum())
