"""Least-cost counts of shifts with breaks, given how service grows with the people at work.

A *share row* adds up concave curves, some per interval: expected contacts in time (or not lost) against people at work,
of one group, or of several whose people count as much as they help. One row for the day's share plans the day as a
whole; rows for hours keep their floors; a *cut* is any other linear condition on the people at work. All of it is one
linear programme over the columns; whole numbers come from an integer programme on the columns of small reduced cost,
or, where its limits bite, from rounding down and adding the shifts that the prices of the rows ask for.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from scenarios.checks import FloatArray, IntArray
from scheduler.loop.problem import Curves, Cut, Heads, PlanProblem, ShareRow
from scheduler.loop.rounding import round_off

_PIECE_LEAST = 1e-9
"""Pieces of curves that rise less are level."""
_USED = 1e-9
_NOBODY = -1
"""Place of the people at work where no column ever is."""


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
        Nodes of its tree.
    people
        More people than so many are rounded at once: a person is a small part of them.
    seconds
        Safety net in wall seconds, far beyond what the nodes take.
    """

    columns: int = 120
    gap: float = 3e-3
    nodes: int = 50
    people: int = 12
    seconds: float = 60.0


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
    price = np.zeros(shape)
    price[model.present] = duals[: len(model.present[0])]
    reduced = model.cost - model.matrix.T @ duals
    size = len(problem.columns)
    few = float(relaxed.x[:size].sum()) <= limits.people
    # Of columns that cost the programme nothing it uses some: those stay, whatever other ones there are.
    reduced[:size][relaxed.x[:size] > _USED] = -np.inf
    counts = _whole(model, reduced, size, limits) if few else None
    rounded = counts is None
    if counts is None:
        counts = round_off(problem, np.asarray(relaxed.x[:size]), reduced[:size], duals[list(model.asked)])
    cost = float(problem.columns.cost @ counts)
    return Planned(counts, cost, float(relaxed.fun), price, rounded, tuple(problem.missed(counts).tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """Rows ``matrix @ x >= least`` over counts of columns, people at work, pieces of curves and of what is missed.

    The first rows bound the people at work of an interval and group by the columns: with them every other row is short.
    """

    cost: FloatArray
    matrix: Any
    least: FloatArray
    low: FloatArray
    high: FloatArray
    present: tuple[IntArray, IntArray]  # interval and group of each of the first rows
    asked: tuple[int, ...]  # rows of the problem, in the order of its slack

    @classmethod
    def of(cls, problem: PlanProblem) -> "_Model":
        build = _Builder(problem)
        places = [build.add_curves(curves, _used(problem, number)) for number, curves in enumerate(problem.curves)]
        for row in problem.rows:
            build.add_share_row(row, problem.curves[row.curves], places[row.curves])
        for cut in problem.cuts:
            build.add_cut(cut)
        if problem.least_people is not None:
            for interval, group in problem.floor:
                build.add_floor(interval, group, float(problem.least_people[interval, group]))
        for heads in problem.heads:
            build.add_heads(heads)
        return build.model()


def _used(problem: PlanProblem, number: int) -> FloatArray:
    """Return (T, P) whether some row reads a curve of an interval."""
    used = np.zeros(problem.curves[number].people.shape[:2])
    for row in problem.rows:
        if row.curves == number:
            used += row.weight
    return used


class _Builder:
    """Collects variables and rows."""

    def __init__(self, problem: PlanProblem) -> None:
        self._problem = problem
        self._columns = columns = problem.columns
        self._cost = [columns.cost]
        self._high = [np.where(problem.free, np.inf, 0.0 if problem.pinned is None else problem.pinned)]
        self._size = len(columns)
        self._rows: list[tuple[FloatArray | None, IntArray, FloatArray, float]] = []
        self._asked: list[int] = []
        groups = len(columns.groups)
        interval, column = np.nonzero(columns.at_work)
        cell = interval * groups + columns.group[column]
        cells, row = np.unique(cell, return_inverse=True)
        self._present = (cells // groups, cells % groups)
        places = np.full(len(columns.at_work) * groups, _NOBODY)
        places[cells] = self._variables(np.full(len(cells), np.inf), np.zeros(len(cells)))
        self._cell = places.reshape(-1, groups)
        at_work = csr_array((columns.at_work[interval, column], (row, column)), shape=(len(cells), len(columns)))
        self._attendance = hstack([at_work, -eye_array(len(cells))], format="csr")

    def add_curves(self, curves: Curves, used: FloatArray) -> dict[tuple[int, int], tuple[int, FloatArray]]:
        """Add a variable for every piece; return by (interval, curve) the first one and the slopes."""
        places = {}
        slopes, reach = curves.slopes, curves.reach_of_groups(len(self._columns.groups))
        for interval, curve in zip(*np.nonzero(used), strict=True):
            knots, own = curves.people[interval, curve], slopes[interval, curve]
            kept = own > _PIECE_LEAST
            pieces = self._variables(np.diff(knots)[kept], np.zeros(int(kept.sum())))
            places[int(interval), int(curve)] = (int(pieces[0]) if len(pieces) else 0, own[kept])
            self._add_cover(int(interval), reach[curve], float(knots[0]), pieces)
        return places

    def _add_cover(self, interval: int, reach: FloatArray, least: float, pieces: IntArray) -> None:
        """Ask for people at work, counted by (G,) ``reach``: ``least`` and one for each unit of ``pieces``."""
        cells = self._cell[interval]
        useful = (cells != _NOBODY) & (reach > 0)
        places = np.concatenate([cells[useful], pieces])
        self._rows.append((None, places, np.concatenate([reach[useful], np.full(len(pieces), -1.0)]), least))

    def add_floor(self, interval: int, group: int, least: float) -> None:
        """Ask for ``least`` people at work."""
        self._asked.append(len(self._rows))
        self._add_cover(interval, np.eye(len(self._columns.groups))[group], least, np.zeros(0, dtype=np.int64))

    def add_share_row(
        self, row: ShareRow, curves: Curves, places: dict[tuple[int, int], tuple[int, FloatArray]]
    ) -> None:
        """Ask the curves for their sum; what is missed may be paid for."""
        where: list[int] = []
        factors: list[float] = []
        start = 0.0
        for interval, curve in zip(*np.nonzero(row.weight), strict=True):
            weight = float(row.weight[interval, curve])
            first, slopes = places[int(interval), int(curve)]
            where.extend(range(first, first + len(slopes)))
            factors.extend((weight * slopes).tolist())
            start += weight * float(curves.value[interval, curve, 0])
        if row.prices:
            amounts, prices = (np.array(part) for part in zip(*row.prices, strict=True))
            missed = self._variables(amounts, prices)
            where.extend(missed.tolist())
            factors.extend([1.0] * len(missed))
        self._asked.append(len(self._rows))
        self._rows.append((None, np.array(where, dtype=np.int64), np.array(factors), row.least - start))

    def add_cut(self, cut: Cut) -> None:
        """Ask for a linear function of the people at work."""
        self._asked.append(len(self._rows))
        counted = (cut.per_person != 0) & (self._cell != _NOBODY)
        if (cut.per_person >= 0).all():
            self._rows.append((None, self._cell[counted], cut.per_person[counted], cut.least))
        else:  # people at work may be reckoned fewer than they are, which must not help
            nothing = np.zeros(0, dtype=np.int64)
            self._rows.append((self._problem.summed(cut.per_person), nothing, np.zeros(0), cut.least))

    def add_heads(self, heads: Heads) -> None:
        """Bound the number of people."""
        nothing = np.zeros(0, dtype=np.int64)
        self._rows.append((np.where(heads.among, -1.0, 0.0), nothing, np.zeros(0), -float(heads.most)))

    def model(self) -> _Model:
        """Return the rows as one sparse matrix."""
        columns, cells = len(self._columns), self._attendance.shape[0]
        pinned = self._problem.pinned
        low = np.zeros(columns) if pinned is None else np.maximum(pinned, 0).astype(np.float64)
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
        attendance = self._attendance.copy()
        attendance.resize((cells, self._size))
        return _Model(
            cost=np.concatenate(self._cost),
            matrix=vstack([attendance, hstack([left, right])], format="csr"),
            least=np.concatenate([np.zeros(cells), [least for *_, least in self._rows]]),
            low=np.concatenate([low, np.zeros(self._size - columns)]),
            high=np.concatenate(self._high),
            present=self._present,
            asked=tuple(cells + number for number in self._asked),
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
    programme = mathopt.Model()
    variables = [
        programme.add_variable(lb=low, ub=high, is_integer=place < len(kept))
        for place, (low, high) in enumerate(zip(model.low[chosen].tolist(), model.high[chosen].tolist(), strict=True))
    ]
    rows = csr_array(model.matrix[:, chosen])
    for number, least in enumerate(model.least.tolist()):
        own = slice(rows.indptr[number], rows.indptr[number + 1])
        terms = zip(rows.data[own].tolist(), rows.indices[own].tolist(), strict=True)
        programme.add_linear_constraint(lb=least, expr=sum(factor * variables[place] for factor, place in terms))
    programme.minimize(
        sum(cost * variable for cost, variable in zip(model.cost[chosen].tolist(), variables, strict=True))
    )
    parameters = mathopt.SolveParameters(
        relative_gap_tolerance=limits.gap, node_limit=limits.nodes, threads=1,
        time_limit=timedelta(seconds=limits.seconds),
    )  # fmt: skip
    found = mathopt.solve(programme, mathopt.SolverType.GSCIP, params=parameters)
    if not found.has_primal_feasible_solution():
        return None
    counts = np.zeros(columns, dtype=np.int64)
    counts[kept] = np.rint(found.variable_values(variables[: len(kept)])).astype(np.int64)
    return counts
