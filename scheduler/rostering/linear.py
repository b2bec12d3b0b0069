"""A linear programme under construction: variables in blocks, rows one by one, solved by HiGHS through scipy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class LinearOptimum:
    """An optimum: its value, (variables,) values and (rows,) prices (fall of the value per unit of ``high``, >= 0)."""

    value: float
    values: FloatArray
    prices: FloatArray


class LinearProgramme:
    """Minimise cost subject to rows ``sum of factors x variables <= high``, variables between 0 and their upper end."""

    def __init__(self) -> None:
        self._costs: list[FloatArray] = []
        self._uppers: list[FloatArray] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._highs: list[FloatArray] = []
        self._width = 0
        self._height = 0

    def variables(self, cost: FloatArray, upper: FloatArray) -> IntArray:
        """Add variables and return their indices."""
        self._costs.append(cost)
        self._uppers.append(upper)
        self._width += len(cost)
        return np.arange(self._width - len(cost), self._width)

    def rows(self, highs: FloatArray, row: IntArray, variable: IntArray, factor: FloatArray) -> IntArray:
        """Add rows from entries (row counted from 0 within this call) and return the indices of the rows."""
        self._entries.append((row + self._height, variable, factor))
        self._highs.append(highs)
        self._height += len(highs)
        return np.arange(self._height - len(highs), self._height)

    def row(self, high: float, *terms: tuple[IntArray, float | FloatArray]) -> int:
        """Add one row from (variables, factors) terms and return its index."""
        variable = np.concatenate([part for part, _ in terms])
        factor = np.concatenate([np.broadcast_to(np.asarray(by, dtype=np.float64), part.shape) for part, by in terms])
        return int(self.rows(np.array([high]), np.zeros(len(variable), dtype=np.int64), variable, factor)[0])

    def solve(self, time_limit_s: float) -> LinearOptimum | None:
        """Return the optimum; ``None`` when there is none or the time is up."""
        result = linprog(  # type: ignore[call-overload]  # the stubs of scipy know no sparse rows
            np.concatenate(self._costs),
            A_ub=self._matrix(),
            b_ub=np.concatenate(self._highs),
            bounds=np.stack([np.zeros(self._width), np.concatenate(self._uppers)], axis=1),
            method="highs-ds",
            options={"time_limit": time_limit_s},
        )
        if result.status != 0:
            return None
        return LinearOptimum(float(result.fun), result.x, np.maximum(-result.ineqlin.marginals, 0.0))

    def _matrix(self) -> csr_array:
        columns: Sequence[tuple[np.ndarray, ...]] = self._entries
        row, variable, factor = (np.concatenate(part) for part in zip(*columns, strict=True))
        return csr_array(coo_array((factor, (row, variable)), shape=(self._height, self._width)))
