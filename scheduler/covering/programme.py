"""A (mixed) integer programme under construction, solved by GSCIP or HiGHS through MathOpt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from scipy.sparse import coo_array, csr_array

from scenarios.checks import BoolArray, FloatArray, IntArray

Terms = tuple[IntArray, FloatArray | float]
"""Variables and their factors in a row."""


@dataclass(frozen=True, slots=True)
class Solved:
    """How a solve ended.

    Attributes
    ----------
    values
        (variables,) values of the best point; ``None`` when none was found.
    value, bound
        Its objective and the proven lower bound (``inf``, ``-inf`` when there is none).
    optimal
        Whether the solver stopped by itself, within its gap.
    prices
        (rows,) duals of a linear programme; ``None`` of an integer one.
    impossible
        Whether the rows contradict each other.
    """

    values: FloatArray | None
    value: float
    bound: float
    optimal: bool
    prices: FloatArray | None = None
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solver has to stop: gap (a fraction), nodes (``None``: any number) and wall seconds."""

    gap: float
    nodes: int | None
    wall_s: float


@dataclass(slots=True)
class Programme:
    """Minimise ``offset`` + cost of the variables subject to rows ``low <= sum of factors x variables <= high``."""

    offset: float = 0.0
    _costs: list[FloatArray] = field(default_factory=list)
    _uppers: list[FloatArray] = field(default_factory=list)
    _whole: list[BoolArray] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    _lows: list[float] = field(default_factory=list)
    _highs: list[float] = field(default_factory=list)
    width: int = 0

    def variables(self, costs: FloatArray, *, whole: bool, upper: float = np.inf) -> IntArray:
        """Add variables from 0 to ``upper`` and return their numbers."""
        self._costs.append(np.asarray(costs, dtype=np.float64))
        self._uppers.append(np.full(len(costs), upper))
        self._whole.append(np.full(len(costs), whole))
        self.width += len(costs)
        return np.arange(self.width - len(costs), self.width, dtype=np.int64)

    def row(self, low: float, high: float, terms: Sequence[Terms]) -> int:
        """Add a row and return its number."""
        number = len(self._lows)
        for variables, factors in terms:
            spread = np.broadcast_to(np.asarray(factors, dtype=np.float64), variables.shape)
            self._entries.append((np.full(len(variables), number), variables, spread))
        self._lows.append(low)
        self._highs.append(high)
        return number

    def rows(self, lows: FloatArray, row: IntArray, variable: IntArray, factor: FloatArray) -> IntArray:
        """Add rows without an upper end from entries, rows counted from 0, and return their numbers."""
        first = len(self._lows)
        self._entries.append((row + first, variable, factor))
        self._lows += lows.tolist()
        self._highs += [np.inf] * len(lows)
        return np.arange(first, len(self._lows), dtype=np.int64)

    def costs(self) -> FloatArray:
        """Return (variables,) costs."""
        return np.concatenate(self._costs)

    def add_costs(self, variables: IntArray, costs: FloatArray) -> None:
        """Add to the costs of variables, which may repeat."""
        whole = self.costs()
        np.add.at(whole, variables, costs)
        self._costs = [whole]

    def relaxed(self, time_limit_s: float) -> Solved:
        """Return the optimum of the linear relaxation with its prices."""
        limit = timedelta(seconds=time_limit_s)
        result = mathopt.solve(
            self._model(whole=False), mathopt.SolverType.HIGHS, params=mathopt.SolveParameters(time_limit=limit)
        )
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            impossible = result.termination.reason == mathopt.TerminationReason.INFEASIBLE
            return Solved(None, np.inf, -np.inf, optimal=False, impossible=impossible)
        duals = result.dual_values()
        prices = np.zeros(len(self._lows))
        prices[[row.id for row in duals]] = list(duals.values())
        value = float(result.objective_value())
        return Solved(self._point(result), value, value, optimal=True, prices=prices)

    def solved(self, solver: mathopt.SolverType, limits: Limits, seed: int, hint: FloatArray | None = None) -> Solved:
        """Return the best whole point within the limits, begun at ``hint`` where the solver can use one."""
        model = self._model(whole=True)
        gscip = solver == mathopt.SolverType.GSCIP
        parameters = mathopt.SolveParameters(
            time_limit=timedelta(seconds=limits.wall_s),
            relative_gap_tolerance=limits.gap,
            node_limit=limits.nodes,
            random_seed=seed % 2**31,
            threads=None if solver == mathopt.SolverType.HIGHS else 1,  # MathOpt takes no number for HiGHS
        )
        begin = mathopt.ModelSolveParameters()
        if hint is not None and gscip:
            values = dict(zip(model.variables(), hint.tolist(), strict=True))
            begin.solution_hints.append(mathopt.SolutionHint(variable_values=values))
        result = mathopt.solve(model, solver, params=parameters, model_params=begin)
        found = result.has_primal_feasible_solution()
        return Solved(
            values=self._point(result) if found else None,
            value=float(result.objective_value()) if found else np.inf,
            bound=float(result.best_objective_bound()),
            optimal=result.termination.reason == mathopt.TerminationReason.OPTIMAL,
        )

    def _point(self, result: mathopt.SolveResult) -> FloatArray:
        found = result.variable_values()
        values = np.zeros(self.width)
        values[[variable.id for variable in found]] = list(found.values())
        return values

    def matrix(self) -> csr_array:
        """Return the rows as a sparse matrix."""
        row, variable, factor = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        matrix = csr_array(coo_array((factor, (row, variable)), shape=(len(self._lows), self.width)))
        matrix.sum_duplicates()
        matrix.sort_indices()
        return matrix

    def _model(self, *, whole: bool) -> mathopt.Model:
        """Return the programme for MathOpt, whole columns of numbers at once: far faster than by term."""
        message = model_pb2.ModelProto()
        message.variables.ids.extend(range(self.width))
        message.variables.lower_bounds.extend(np.zeros(self.width).tolist())
        message.variables.upper_bounds.extend(np.concatenate(self._uppers).tolist())
        message.variables.integers.extend((np.concatenate(self._whole) & whole).tolist())
        message.objective.offset = self.offset
        message.objective.linear_coefficients.ids.extend(range(self.width))
        message.objective.linear_coefficients.values.extend(self.costs().tolist())
        message.linear_constraints.ids.extend(range(len(self._lows)))
        message.linear_constraints.lower_bounds.extend(self._lows)
        message.linear_constraints.upper_bounds.extend(self._highs)
        matrix = self.matrix()
        entries = message.linear_constraint_matrix
        entries.row_ids.extend(np.repeat(np.arange(len(self._lows)), np.diff(matrix.indptr)).tolist())
        entries.column_ids.extend(matrix.indices.tolist())
        entries.coefficients.extend(matrix.data.tolist())
        return mathopt.Model.from_model_proto(message)
