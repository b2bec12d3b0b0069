"""Least-cost counts of shifts with breaks, given how service grows with the people at work.

A *share row* adds up concave curves, one per interval and group: expected contacts in time (or not lost) against people
at work. One row for the day's share plans the day as a whole; rows for hours keep their floors; a *cut* is any other
linear condition on the people at work. All of it is one linear programme over the columns; whole numbers come from an
integer programme on the columns of small reduced cost, or, where its limits bite, from rounding down and adding the
shifts that the prices of the rows ask for.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack

from scenarios.checks import FloatArray, IntArray
from scheduler.loop.columns import DayColumns

_ENOUGH = 1e-7
"""A row is kept when it misses its right-hand side by less than this share of it."""
_WHOLE = 1e-6
_PIECE_LEAST = 1e-9
_ROUNDS, _TRIED = 2, 60


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Concave, not falling, piecewise linear curves over the people at work, one per interval and group.

    Parameters
    ----------
    people
        (T, G, S + 1) knots, rising. Below the first nobody may plan (it is the edge of what is known); beyond the last
        the curve stays level.
    value
        (T, G, S + 1) the curve at the knots; slopes do not rise.
    """

    people: FloatArray
    value: FloatArray

    def at(self, people: FloatArray) -> FloatArray:
        """Return (T, G) the curves at ``people`` (T, G), extended below the first knot by the first slope."""
        left, widths = self.people[:, :, 0], np.diff(self.people, axis=2)
        slopes = self.slopes
        within = np.clip(people[:, :, None] - self.people[:, :, :-1], 0.0, widths)
        below = np.minimum(people - left, 0.0) * slopes[:, :, 0]
        return np.asarray(self.value[:, :, 0] + (within * slopes).sum(axis=2) + below)

    @property
    def slopes(self) -> FloatArray:
        """(T, G, S) slopes between the knots, 0 where two knots coincide."""
        widths = np.diff(self.people, axis=2)
        return np.diff(self.value, axis=2) / np.where(widths > 0, widths, 1.0) * (widths > 0)


@dataclass(frozen=True, slots=True, eq=False)
class ShareRow:
    """The sum of some curves must reach ``least``.

    Parameters
    ----------
    curves
        Number of the set of curves in the problem.
    weight
        (T, G) factor of each curve, >= 0: 1 for the intervals of an hour and 0 elsewhere, say.
    prices
        What missing ``least`` costs: pieces (amount, price of one) in order of rising price, the last one endless.
        Empty where it must not be missed.
    """

    name: str
    curves: int
    weight: FloatArray
    least: float
    prices: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """``(per_person * people at work).sum() >= least``, with (T, G) ``per_person``."""

    name: str
    per_person: FloatArray
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class PlanProblem:
    """What to plan.

    Parameters
    ----------
    least_people
        (T, G) people at work at least, 0 for none.
    people_max
        People in all at most; ``None`` for no bound.
    """

    columns: DayColumns
    curves: tuple[Curves, ...]
    rows: tuple[ShareRow, ...]
    cuts: tuple[Cut, ...] = ()
    least_people: FloatArray | None = None
    people_max: int | None = None

    def missed(self, counts: IntArray) -> FloatArray:
        """Return by how much ``counts`` misses each share row, cut and least number of people: 0 where it holds."""
        people = self.columns.people(counts)
        rows = [row.least - float((row.weight * self.curves[row.curves].at(people)).sum()) for row in self.rows]
        cuts = [cut.least - float((cut.per_person * people).sum()) for cut in self.cuts]
        floor = [] if self.least_people is None else (self.least_people - people).ravel().tolist()
        least = [*(row.least for row in self.rows), *(cut.least for cut in self.cuts), *([1.0] * len(floor))]
        miss = np.array([*rows, *cuts, *floor])
        return np.where(miss > _ENOUGH * np.abs(least), miss, 0.0)


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """How hard the integer programme tries; counts of work, so that the same input gives the same counts.

    Parameters
    ----------
    columns
        Columns of least reduced cost it is given.
    gap
        Relative gap at which it stops.
    nodes
        Nodes of its tree; 0 for rounding at once.
    seconds
        Safety net in wall seconds, far beyond what the nodes take.
    """

    columns: int = 400
    gap: float = 5e-4
    nodes: int = 200
    seconds: float = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """Counts of a plan.

    Parameters
    ----------
    counts
        (C,) people of each column; ``None`` when no counts can keep the rows.
    cost
        What they cost, in yuan.
    bound
        No counts can cost less and keep the rows, penalties counted in (the linear programme).
    price
        (T, G) yuan that one more person present in an interval is worth to the linear programme.
    rounded
        Whether the integer programme gave nothing and the rounding stands.
    """

    counts: IntArray | None
    cost: float
    bound: float
    price: FloatArray
    rounded: bool
    missed: tuple[float, ...] = field(default=())


def solve_plan(problem: PlanProblem, limits: PlanLimits | None = None) -> Planned:
    """Return counts of about least cost that keep the rows of ``problem``."""
    limits = limits or PlanLimits()
    model = _Model.of(problem)
    relax: Any = linprog  # its types know no sparse matrix
    relaxed = relax(
        model.cost, A_ub=-model.matrix, b_ub=-model.least, bounds=np.stack([model.low, model.high], axis=1),
        method="highs",
    )  # fmt: skip
    shape = problem.columns.at_work.shape[0], len(problem.columns.groups)
    if not relaxed.success:
        return Planned(None, np.inf, np.inf, np.zeros(shape), rounded=False)
    duals = -np.asarray(relaxed.ineqlin.marginals)
    price = model.price_of_people(duals, shape)
    reduced = model.cost - model.matrix.T @ duals
    size = len(problem.columns)
    counts = _whole(model, reduced, size, limits) if limits.nodes else None
    rounded = counts is None
    if counts is None:
        counts = round_up(problem, np.asarray(relaxed.x[:size]), price)
    cost = float(problem.columns.cost @ counts)
    return Planned(counts, cost, float(relaxed.fun), price, rounded, tuple(problem.missed(counts).tolist()))


def round_up(problem: PlanProblem, fractional: FloatArray, price: FloatArray) -> IntArray:
    """Return whole counts near ``fractional`` ones: rounded down, then filled up and thinned out by prices.

    Shifts are added, the one first that brings most at the prices for its cost, until no row is missed (or the people
    are used up); then whatever can go without missing a row goes, the dearest first.
    """
    columns = problem.columns
    counts = np.floor(fractional + _WHOLE).astype(np.int64)
    worth = np.array([price[:, g] @ columns.at_work[:, c] for c, g in enumerate(columns.group.tolist())])
    order = np.argsort(-worth / columns.cost, kind="stable")
    left = fractional - counts
    wanted = order[np.argsort(-left[order], kind="stable")]
    place = 0
    while problem.missed(counts).any() and place < _ROUNDS * len(wanted):
        if problem.people_max is not None and counts.sum() >= problem.people_max:
            break
        best = _most_helpful(problem, counts, wanted[:_TRIED])
        if best is None:
            break
        counts[best] += 1
        left[best] = -1.0
        wanted = order[np.argsort(-left[order], kind="stable")]
        place += 1
    return _thinned(problem, counts)


def _most_helpful(problem: PlanProblem, counts: IntArray, tried: IntArray) -> int | None:
    """Return the column one more person of which takes most from what is missed, for its cost."""
    missed = problem.missed(counts)
    scale = np.maximum(missed, _WHOLE)
    best, most = None, 0.0
    for column in tried.tolist():
        counts[column] += 1
        gain = float(((missed - problem.missed(counts)) / scale).sum()) / float(problem.columns.cost[column])
        counts[column] -= 1
        if gain > most:
            best, most = column, gain
    return best


def _thinned(problem: PlanProblem, counts: IntArray) -> IntArray:
    for column in np.argsort(-problem.columns.cost, kind="stable").tolist():
        while counts[column]:
            counts[column] -= 1
            if problem.missed(counts).any():
                counts[column] += 1
                break
    return counts


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """Rows ``matrix @ x >= least`` over counts of columns, then pieces of curves, then pieces of what is missed."""

    cost: FloatArray
    matrix: Any
    least: FloatArray
    low: FloatArray
    high: FloatArray
    cover: tuple[tuple[int, int, int], ...]  # (row, interval, group): each asks for people at work

    @classmethod
    def of(cls, problem: PlanProblem) -> "_Model":
        columns = problem.columns
        build = _Builder(columns)
        places = [build.add_curves(curves, _used(problem, number)) for number, curves in enumerate(problem.curves)]
        for row in problem.rows:
            build.add_share_row(row, problem.curves[row.curves], places[row.curves])
        for cut in problem.cuts:
            build.add_cut(cut)
        if problem.least_people is not None:
            for interval, group in zip(*np.nonzero(problem.least_people > 0), strict=True):
                build.add_cover(int(interval), int(group), float(problem.least_people[interval, group]))
        if problem.people_max is not None:
            build.add_people_max(problem.people_max)
        return build.model()

    def price_of_people(self, duals: FloatArray, shape: tuple[int, int]) -> FloatArray:
        price = np.zeros(shape)
        for row, interval, group in self.cover:
            price[interval, group] += duals[row]
        return price


def _used(problem: PlanProblem, number: int) -> FloatArray:
    """Return (T, G) whether some row reads the curve of an interval and group."""
    used = np.zeros(problem.curves[number].people.shape[:2])
    for row in problem.rows:
        if row.curves == number:
            used += row.weight
    return used


class _Builder:
    """Collects variables and rows."""

    def __init__(self, columns: DayColumns) -> None:
        self._columns = columns
        self._cost = [columns.cost]
        self._high = [np.full(len(columns), np.inf)]
        self._size = len(columns)
        self._rows: list[tuple[FloatArray | None, IntArray, FloatArray, float]] = []
        self._cover: list[tuple[int, int, int]] = []

    def add_curves(self, curves: Curves, used: FloatArray) -> dict[tuple[int, int], tuple[int, FloatArray]]:
        """Add a variable for every piece; return by (interval, group) the first one and the slopes."""
        places = {}
        slopes = curves.slopes
        for interval, group in zip(*np.nonzero(used), strict=True):
            knots, own = curves.people[interval, group], slopes[interval, group]
            kept = own > _PIECE_LEAST
            pieces = self._variables(np.diff(knots)[kept], np.zeros(int(kept.sum())))
            places[int(interval), int(group)] = (int(pieces[0]) if len(pieces) else 0, own[kept])
            self.add_cover(int(interval), int(group), float(knots[0]), pieces)
        return places

    def add_cover(self, interval: int, group: int, least: float, pieces: IntArray | None = None) -> None:
        """Ask for people at work: ``least`` and one for each unit of ``pieces``."""
        mine = self._columns.at_work[interval] * (self._columns.group == group)
        self._cover.append((len(self._rows), interval, group))
        places = np.zeros(0, dtype=np.int64) if pieces is None else pieces
        self._rows.append((mine, places, np.full(len(places), -1.0), least))

    def add_share_row(
        self, row: ShareRow, curves: Curves, places: dict[tuple[int, int], tuple[int, FloatArray]]
    ) -> None:
        """Ask the curves for their sum; what is missed may be paid for."""
        where: list[int] = []
        factors: list[float] = []
        start = 0.0
        for interval, group in zip(*np.nonzero(row.weight), strict=True):
            weight = float(row.weight[interval, group])
            first, slopes = places[int(interval), int(group)]
            where.extend(range(first, first + len(slopes)))
            factors.extend((weight * slopes).tolist())
            start += weight * float(curves.value[interval, group, 0])
        if row.prices:
            amounts, prices = (np.array(part) for part in zip(*row.prices, strict=True))
            missed = self._variables(amounts, prices)
            where.extend(missed.tolist())
            factors.extend([1.0] * len(missed))
        self._rows.append((None, np.array(where, dtype=np.int64), np.array(factors), row.least - start))

    def add_cut(self, cut: Cut) -> None:
        """Ask for a linear function of the people at work."""
        columns = self._columns
        worth = np.zeros(len(columns))
        for number in range(len(columns.groups)):
            mine = columns.group == number
            worth[mine] = cut.per_person[:, number] @ columns.at_work[:, mine]
        self._rows.append((worth, np.zeros(0, dtype=np.int64), np.zeros(0), cut.least))

    def add_people_max(self, most: int) -> None:
        """Bound the number of people."""
        nothing = np.zeros(0, dtype=np.int64)
        self._rows.append((np.full(len(self._columns), -1.0), nothing, np.zeros(0), -float(most)))

    def model(self) -> _Model:
        """Return the rows as one sparse matrix."""
        columns = len(self._columns)
        nothing = np.zeros(columns)
        left = csr_array(np.array([nothing if own is None else own for own, *_ in self._rows]))
        counts = [len(places) for _, places, *_ in self._rows]
        right = csr_array(
            (
                np.concatenate([factors for *_, factors, _ in self._rows]),
                (
                    np.repeat(np.arange(len(self._rows)), counts),
                    np.concatenate([places for _, places, *_ in self._rows]) - columns,
                ),
            ),
            shape=(len(self._rows), self._size - columns),
        )
        return _Model(
            cost=np.concatenate(self._cost),
            matrix=hstack([left, right], format="csr"),
            least=np.array([least for *_, least in self._rows]),
            low=np.zeros(self._size),
            high=np.concatenate(self._high),
            cover=tuple(self._cover),
        )

    def _variables(self, high: FloatArray, cost: FloatArray) -> IntArray:
        first = self._size
        self._size += len(high)
        self._cost.append(cost)
        self._high.append(high)
        return np.arange(first, self._size)


def _whole(model: _Model, reduced: FloatArray, columns: int, limits: PlanLimits) -> IntArray | None:
    """Return whole counts by the integer programme on the columns of least reduced cost; ``None`` for none found."""
    kept = np.sort(np.argsort(reduced[:columns], kind="stable")[: limits.columns])
    chosen = np.concatenate([kept, np.arange(columns, len(model.cost))])
    found = milp(
        model.cost[chosen],
        constraints=LinearConstraint(model.matrix[:, chosen], model.least, np.inf),
        bounds=Bounds(model.low[chosen], model.high[chosen]),
        integrality=np.concatenate([np.ones(len(kept)), np.zeros(len(chosen) - len(kept))]),
        options={"mip_rel_gap": limits.gap, "node_limit": limits.nodes, "time_limit": limits.seconds},
    )
    if found.x is None:
        return None
    counts = np.zeros(columns, dtype=np.int64)
    counts[kept] = np.rint(found.x[: len(kept)]).astype(np.int64)
    return counts
