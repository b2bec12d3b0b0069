"""Several promises on the same day as rows that weigh their shares.

A day is kept when each promise is kept on it, so what matters is its least margin. The mean of the least margins over
days is concave in the shares of the promises; the shares at which it reaches a bar are held from all sides by rows that
weigh them one way or another.
"""

import itertools
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from scenarios.checks import FloatArray, IntArray

_STEPS, _STEPS_MANY, _MANY = 4, 2, 5


def weighings(promises: int) -> list[FloatArray]:
    """Return weights of P promises, adding up to 1 each, evenly spread over all ways to weigh them."""
    steps = _STEPS if promises < _MANY else _STEPS_MANY
    found = []
    for bars in itertools.combinations(range(steps + promises - 1), promises - 1):
        edges = np.array([-1, *bars, steps + promises - 1])
        found.append((np.diff(edges) - 1) / steps)
    return found


def least_weighed(weight: FloatArray, bar: FloatArray, margin: float) -> float:
    """Return the least weighed sum of shares at which the days' least margins have the mean ``margin``.

    Parameters
    ----------
    weight
        (P,) weights, >= 0.
    bar
        (D, P) share of each promise, over all days, at which it is just kept on a day.
    """
    days, promises = bar.shape
    numbers = np.arange(days * promises)
    day, promise = np.divmod(numbers, promises)
    # Variables: the shares, then the least margin of each day, at most that of any promise.
    ones = np.ones(len(numbers))
    rows = np.concatenate([numbers, numbers, np.full(days, len(numbers))])
    columns = np.concatenate([promise, promises + day, promises + np.arange(days)])
    factors = np.concatenate([-ones, ones, np.full(days, -1.0 / days)])
    solve: Any = linprog  # its types know no sparse matrix
    found = solve(
        np.append(weight, np.zeros(days)),
        A_ub=csr_array((factors, (rows, columns)), shape=(len(numbers) + 1, promises + days)),
        b_ub=np.append(-bar.ravel(), -margin),
        bounds=[(None, 1.0)] * promises + [(None, None)] * days,
        method="highs",
    )
    # Shares of 1 may not reach it: then the row asks for more than there is, and is missed by as little as can be.
    return float(found.fun) if found.success else float(weight @ (bar.mean(axis=0) + margin))


def nearest_days(margins: FloatArray, weight: FloatArray, share: float, count: int) -> IntArray:
    """Return the ``count`` days whose margin is nearest the quantile at ``share``, by rank."""
    order = np.argsort(margins, kind="stable")
    middle = int(np.searchsorted(np.cumsum(weight[order]), share))
    first = int(np.clip(middle - count // 2, 0, max(0, len(order) - count)))
    return np.sort(order[first : first + count])
