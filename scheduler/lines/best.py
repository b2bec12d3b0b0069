"""The best line against prices: one backward sweep over a line graph (Bellman 1957)."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.graph import LineGraph

ClassArray = NDArray[np.int32]


def best_line(graph: LineGraph, price: FloatArray) -> tuple[float, IntArray]:
    """Return the least cost of a legal line (``inf``: there is none) and (D,) its duty per date, ``OFF`` for free.

    Parameters
    ----------
    price
        (D, A) what each action costs on each date; ``inf`` for one that is not to be.
    """
    return sweep(
        graph.first, graph.class_of, graph.edge_first, graph.after, graph.step, graph.final, graph.start, price
    )


@njit(cache=True, nogil=True)
def sweep(
    first: IntArray,
    class_of: ClassArray,
    edge_first: IntArray,
    after: ClassArray,
    step: FloatArray,
    final: FloatArray,
    start: int,
    price: FloatArray,
) -> tuple[float, IntArray]:
    """Return the least cost from the start on, and its line."""
    dates, actions = class_of.shape
    nowhere = first[dates + 1]
    value = np.empty(nowhere + 1)  # least cost from each state on
    value[nowhere] = np.inf
    for end in range(len(final)):
        value[first[dates] + end] = final[end]
    cheapest = np.empty((dates, actions))
    chosen = np.empty((dates, actions), dtype=np.int64)
    soft = len(step) > 0
    for date in range(dates - 1, -1, -1):
        here = first[date + 1] - first[date]
        classes = (edge_first[date + 1] - edge_first[date]) // here if here else 0
        for kind in range(classes):
            cheapest[date, kind] = np.inf
            chosen[date, kind] = 0
        for action in range(actions):
            kind = class_of[date, action]
            if kind >= 0 and price[date, action] < cheapest[date, kind]:
                cheapest[date, kind] = price[date, action]
                chosen[date, kind] = action
        edge = edge_first[date]
        for state in range(first[date], first[date + 1]):
            least = np.inf
            for kind in range(classes):
                total = cheapest[date, kind] + value[after[edge]]
                if soft:
                    total += step[edge]
                least = min(least, total)
                edge += 1
            value[state] = least
    return value[start], _traced(first, edge_first, after, step, start, cheapest, chosen, value)


@njit(cache=True, nogil=True)
def _traced(
    first: IntArray,
    edge_first: IntArray,
    after: ClassArray,
    step: FloatArray,
    start: int,
    cheapest: FloatArray,
    chosen: IntArray,
    value: FloatArray,
) -> IntArray:
    """Return the line along which the values were reached."""
    dates = len(chosen)
    line = np.full(dates, -1, dtype=np.int64)
    state = start
    if value[start] == np.inf:
        return line
    for date in range(dates):
        classes = (edge_first[date + 1] - edge_first[date]) // (first[date + 1] - first[date])
        edge = edge_first[date] + (state - first[date]) * classes
        least, best = np.inf, 0
        for kind in range(classes):
            total = cheapest[date, kind] + value[after[edge + kind]]
            if len(step) > 0:
                total += step[edge + kind]
            if total < least:
                least, best = total, kind
        line[date] = chosen[date, best] - 1
        state = after[edge + best]
    return line
