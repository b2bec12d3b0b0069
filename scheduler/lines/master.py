"""The restricted master: which share of which known line people get, as a linear programme solved again and again.

GLOP through MathOpt keeps its basis from one solve to the next. Rows are the cover and one per person ("lines add up
to one"); columns are lines and what the cover pays for being off (Dantzig and Wolfe 1960).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.pool import Pool

_SPARSE = mathopt.ModelSolveParameters(
    variable_values_filter=mathopt.SparseVectorFilter(skip_zero_values=True),
    reduced_costs_filter=mathopt.SparseVectorFilter(filtered_items=()),
)
_TINY = 1e-7
STEP_ROW_S, STEP_COLUMN_S = 3e-7, 5e-8
"""Seconds of one core that a simplex step takes per row and per column, measured on masters of 140 to 400 rows."""
SOLVE_S, ADD_S = 3e-3, 1.5e-4
"""Seconds of one core that handing over a solve and a column takes, whatever their size."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A solution of the master.

    Attributes
    ----------
    objective
        Its value, columns that are fixed elsewhere left out.
    duals
        (R,) price of every cover row.
    alone
        (N,) price of everybody's own row, 0 for people who are not in.
    share
        Column -> share above 0.
    """

    objective: float
    duals: FloatArray
    alone: FloatArray
    share: dict[int, float]


@dataclass(slots=True)
class Master:
    """A master over some people; ``wanted`` (R,) is what they owe together."""

    pool: Pool
    people: IntArray
    wanted: FloatArray
    work: float = 0.0
    _model: mathopt.Model = field(default_factory=mathopt.Model)
    _solver: mathopt.IncrementalSolver | None = None
    _cover: list[mathopt.LinearConstraint] = field(default_factory=list)
    _alone: dict[int, mathopt.LinearConstraint] = field(default_factory=dict)
    _variables: dict[int, mathopt.Variable] = field(default_factory=dict)
    _columns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cover, model = self.pool.cover, self._model
        for wanted, equal in zip(self.wanted, cover.equal, strict=True):
            self._cover.append(model.add_linear_constraint(lb=wanted, ub=wanted if equal else np.inf))
        for person in self.people:
            self._alone[int(person)] = model.add_linear_constraint(lb=1.0, ub=1.0)
        for slack, price in enumerate(cover.price):
            unit = model.add_variable(lb=0.0, ub=cover.most[slack])
            model.objective.set_linear_coefficient(unit, price)
            for place in range(cover.slack_first[slack], cover.slack_first[slack + 1]):
                self._cover[cover.slack_row[place]].set_coefficient(unit, cover.slack_sign[place])

    def __contains__(self, column: int) -> bool:
        return column in self._variables

    def __len__(self) -> int:
        return len(self._variables)

    @property
    def columns(self) -> list[int]:
        """Numbers of the columns that are in."""
        return list(self._variables)

    def add(self, column: int) -> bool:
        """Add a column of the pool; return whether it was not in yet."""
        if column in self._variables:
            return False
        self.work += ADD_S
        unit = self._variables[column] = self._model.add_variable(lb=0.0)
        self._columns[unit.id] = column
        self._model.objective.set_linear_coefficient(unit, self.pool.cost[column])
        self._alone[self.pool.person[column]].set_coefficient(unit, 1.0)
        for row in self.pool.rows[column]:
            self._cover[row].set_coefficient(unit, 1.0)
        return True

    def drop(self, columns: Iterable[int]) -> None:
        """Take these lines out again."""
        for column in columns:
            unit = self._variables.pop(column)
            del self._columns[unit.id]
            self._model.delete_variable(unit)

    def solve(self) -> Shares:
        """Return the best shares of the columns that are in."""
        result = self._solved()
        values, duals = result.variable_values(), result.dual_values()
        alone = np.zeros(len(self.pool.of_person))
        for person, row in self._alone.items():
            alone[person] = duals[row]
        share = {
            self._columns[unit.id]: value
            for unit, value in values.items()
            if value > _TINY and unit.id in self._columns
        }
        return Shares(result.objective_value(), np.array([duals[row] for row in self._cover]), alone, share)

    def _solved(self) -> mathopt.SolveResult:
        """Solve on from the last basis; afresh, and then by another simplex, where GLOP gives up."""
        for fresh in (self._solver is None, True):
            if fresh or self._solver is None:
                self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
            try:
                result = self._solver.solve(model_params=_SPARSE)
            except (RuntimeError, AttributeError, ValueError):
                # ``AttributeError`` is how ortools 9.15 reports a solver's failure (its own error path is broken).
                continue
            if result.termination.reason == mathopt.TerminationReason.OPTIMAL:
                self._count(result)
                return result
        self._solver = None
        return mathopt.solve(self._model, mathopt.SolverType.HIGHS)

    def _count(self, result: mathopt.SolveResult) -> None:
        rows = len(self._cover) + len(self._alone)
        steps = result.solve_stats.simplex_iterations + 10
        self.work += SOLVE_S + steps * (
            STEP_ROW_S * rows + STEP_COLUMN_S * (len(self._variables) + len(self.pool.cover.price))
        )
