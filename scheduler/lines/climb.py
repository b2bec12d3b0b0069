"""Search by column generation: dives from the whole relaxation, and dives that rebuild a part of the best roster.

Both moves are the same: a relaxation over some people's lines, the rest of the roster standing, and a dive from it.
A part whose relaxation cannot beat the roster is dropped at once, so most of the work goes where something can be won.
"""

from dataclasses import dataclass, field

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.board import own_cost, scratch_for
from scheduler.lines.clock import Clock
from scheduler.lines.columns import Generator, Limits, Relaxed
from scheduler.lines.cover_rows import cover_rows
from scheduler.lines.dive import DiveStyle, dive
from scheduler.lines.flat import Flat
from scheduler.lines.master import Master
from scheduler.lines.pool import Pool
from scheduler.lines.problem import Problem

FIRST_COLUMNS = 10
"""Lines of everybody, cheapest first, that a master begins with."""
SHARES_OF_TEAM = (0.2, 0.35, 0.5, 0.7, 1.0)
"""Sizes of the part that is rebuilt; the last is the whole team."""
ROUND_GAP, PART_ROUNDS = 0.05, 40
"""How exactly the relaxation of a part is solved before its dive."""
SIDEWAYS = 0.3
"""Share of moves that may also end level with the best roster."""
MEMORY = 0.8
"""Weight of what a size of part has yielded so far against what it yields now."""


@dataclass(slots=True)
class Best:
    """The best roster so far as columns by person, its cost, and the bound (``inf``, ``-inf``: none yet)."""

    columns: list[int] = field(default_factory=list)
    cost: float = np.inf
    bound: float = -np.inf


@dataclass(slots=True)
class Climber:
    """One stream of search with its own random numbers, columns and count of work."""

    generator: Generator
    rng: np.random.Generator
    grain: float
    best: Best = field(default_factory=Best)
    root: Relaxed | None = None
    _yield: FloatArray = field(default_factory=lambda: np.full(len(SHARES_OF_TEAM), np.inf))

    @property
    def done(self) -> bool:
        """Whether nothing better can exist."""
        return self.best.cost <= self.best.bound + max(self.grain - 1e-6, 1e-6)

    def relax(self) -> None:
        """Solve the whole relaxation, which gives the bound."""
        generator = self.generator
        people = np.arange(len(generator.flat.crew.kind))
        master = Master(generator.pool, people, generator.pool.cover.wanted)
        nothing = np.zeros(len(generator.pool.cover.wanted))
        closed = generator.nothing_closed()
        for column in generator.cheapest(people, nothing, closed)[1]:
            master.add(column)
        self.root = generator.relax(master, closed, nothing, Limits())
        bound = self.root.bound
        self.best.bound = np.ceil(bound / self.grain - 1e-4) * self.grain if self.grain else bound

    def climb(self, work: float) -> None:
        """Search until ``work`` seconds' worth are done or nothing better can exist."""
        end = self.generator.work + work
        while self.generator.work < end and not self.done and not self.generator.clock.out():
            self._move()

    def _move(self) -> None:
        """Rebuild one part of the roster."""
        size = self._size()
        before, cost = self.generator.work, self.best.cost
        self._rebuild(self._part(size))
        won = max(cost - self.best.cost, 0.0) if np.isfinite(cost) else np.inf
        rate = won / (self.generator.work - before + 1e-3)
        old = self._yield[size]
        self._yield[size] = rate if not np.isfinite(old) else MEMORY * old + (1 - MEMORY) * rate

    def _size(self) -> int:
        """Return a size of part: the whole until one dive from it has ended, then by what each has yielded lately."""
        last = len(SHARES_OF_TEAM) - 1
        if not np.isfinite(self.best.cost) or np.isinf(self._yield[last]):
            return last
        fresh = np.flatnonzero(np.isinf(self._yield))
        if fresh.size:
            return int(self.rng.choice(fresh))
        even = 1.0 / len(self._yield)
        total = self._yield.sum()
        chance = np.full(len(self._yield), even) if total <= 0 else 0.5 * even + 0.5 * self._yield / total
        return int(self.rng.choice(len(chance), p=chance / chance.sum()))

    def _part(self, size: int) -> IntArray:
        """Return the people to be rebuilt: by chance, or those who could work where somebody is lacking."""
        team = len(self.generator.flat.crew.kind)
        count = min(team, max(4, round(SHARES_OF_TEAM[size] * team)))
        liking = self.rng.random(team)
        if count < team and self.rng.random() < 0.5:
            liking += 0.7 * self._near_shortage()
        return np.sort(np.argsort(-liking, kind="stable")[:count])

    def _near_shortage(self) -> FloatArray:
        """Return (N,) 1 for who has a known line through one of the rows that lack somebody."""
        pool = self.generator.pool
        lacking = np.flatnonzero(pool.still_wanted(self.best.columns) > 0)
        near = np.zeros(len(pool.of_person))
        if lacking.size:
            row = self.rng.choice(lacking)
            for person, columns in enumerate(pool.of_person):
                near[person] = any(row in pool.rows[column] for column in columns[-FIRST_COLUMNS:])
        return near

    def _rebuild(self, people: IntArray) -> None:
        """Free these people's lines, relax, dive, and keep what is better."""
        if self.root is None:
            raise RuntimeError("a climber searches before it has relaxed")
        generator, pool = self.generator, self.generator.pool
        members = set(map(int, people))
        standing = [column for person, column in enumerate(self.best.columns) if person not in members]
        fixed = sum(pool.cost[column] for column in standing)
        master = Master(pool, people, pool.still_wanted(standing))
        for person in members:
            for column in self._first_columns(person):
                master.add(column)
        level = self.grain or 1e-6
        target = self.best.cost - fixed + (1e-6 if self.rng.random() < SIDEWAYS else 1e-6 - level)
        enough = self.best.bound + 0.5 * level - fixed
        closed = generator.nothing_closed()
        relaxed = generator.relax(master, closed, self.root.duals, Limits(enough, target, ROUND_GAP, PART_ROUNDS))
        if relaxed.bound >= target:
            return
        style = DiveStyle(noise=float(self.rng.choice([0.1, 0.3, 0.5])))
        found = dive(generator, master, relaxed, closed, style, (enough, target), self.rng)
        if found is not None:
            self._keep(standing + found)

    def _first_columns(self, person: int) -> list[int]:
        """Return the columns to begin with: the person's own, and the cheapest at the root's prices."""
        pool, root = self.generator.pool, self.root
        columns = pool.of_person[person]
        reduced = [pool.cost[column] - root.duals[pool.rows[column]].sum() for column in columns] if root else []
        chosen = [columns[place] for place in np.argsort(reduced, kind="stable")[:FIRST_COLUMNS]]
        if self.best.columns:
            chosen.append(self.best.columns[person])
        return chosen

    def _keep(self, columns: list[int]) -> None:
        pool = self.generator.pool
        cost = cost_of(pool, columns)
        if self.grain:
            cost = round(cost / self.grain) * self.grain
        if cost <= self.best.cost + 1e-6:
            self.best.columns = sorted(columns, key=lambda column: pool.person[column])
            self.best.cost = cost

    def take(self, lines: IntArray, cost: float) -> None:
        """Take over a roster from elsewhere, ``lines`` (N, D), when it is better."""
        if cost < self.best.cost - 1e-6:
            pool = self.generator.pool
            numbers = [
                pool.number(person, line, own_cost(pool.flat, person, line + 1)) for person, line in enumerate(lines)
            ]
            self.best.columns, self.best.cost = numbers, cost

    def lines(self) -> IntArray | None:
        """Return (N, D) the best roster."""
        if not self.best.columns:
            return None
        return np.array([self.generator.pool.line[column] for column in self.best.columns])


def new_climber(flat: Flat, problem: Problem, seed: int, stream: int, clock: Clock) -> Climber:
    """Return a climber that has done nothing yet."""
    pool = Pool(flat, cover_rows(problem.cover))
    edges = np.diff(flat.graphs.edges_at)[flat.crew.kind].astype(np.float64)
    generator = Generator(flat, pool, scratch_for(flat), edges, clock)
    return Climber(generator, np.random.default_rng([seed, stream]), grain_of(flat))


def cost_of(pool: Pool, columns: list[int]) -> float:
    """Return what a roster of columns costs."""
    slots = pool.flat.slots
    lack = pool.still_wanted(columns).reshape(len(slots.wanted), -1)
    whole = int(np.argmax(pool.cover.equal[: lack.shape[1]]))
    unmet = np.maximum(lack.max(axis=1), 0.0)
    idle = unmet - lack[:, whole]
    cover = slots.under[slots.curve, unmet.astype(int)] + slots.over[slots.curve, idle.astype(int)]
    return float(cover.sum()) + sum(pool.cost[column] for column in columns)


def grain_of(flat: Flat) -> float:
    """Return the unit all costs are whole multiples of; 0 where there is none."""
    parts = [flat.slots.under, flat.slots.over, flat.crew.own, flat.graphs.step, flat.graphs.final]
    values = np.concatenate([part.ravel() for part in parts])
    values = np.unique(values[np.isfinite(values)])
    if (values != np.round(values)).any():
        return 0.0
    return float(np.gcd.reduce(values.astype(np.int64))) if values.any() else 0.0
