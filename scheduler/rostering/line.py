"""The exact best line of one agent: a dynamic programme over the dates of the horizon.

State at the start of a date: working dates in a row so far, working dates of the week, paid units of the week, and the
*ready class*, which says from when on the next shift may start (rest after the last one). A shift is paid, and valued
against everyone else, by its cost; the programme finds the line of least cost among all that keep the rules about rest,
hours, days off and consecutive days. The other rules have already taken columns away. States are kept by their least
cost only (Bellman 1957): two lines that end in the same state have the same future.
"""

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray

OFF = -1
"""A free date in a line."""


@njit(cache=True, nogil=True)
def best_line(
    cost: FloatArray,
    sizes: IntArray,
    column_table: tuple[IntArray, IntArray, IntArray],
    date_table: tuple[IntArray, IntArray, IntArray, IntArray],
) -> tuple[float, IntArray]:
    """Return the least cost of a line (``inf``: none is legal) and (D,) its column per date, ``OFF`` for a free one.

    Parameters
    ----------
    cost
        (n,) cost of each column of the agent, sorted by date and start.
    sizes
        Numbers of states: runs, days, units, readies (1: not counted); the longest run; the run at the start.
    column_table
        (n,) class of paid time; (P,) units of each class; (n,) ready class on the next date.
    date_table
        (D + 1,) first column of each date; (D, E) first column a ready class may take; (D, E) ready class after a free
        date; (D, 4) whether the date ends its week, the week's least and most units, its most working dates.
    """
    paid_class, class_units, ready_after = column_table
    day_first, ready_first, ready_off, week_rows = date_table
    dates, readies, classes = len(day_first) - 1, sizes[3], len(class_units)
    states = sizes[0] * sizes[1] * sizes[2] * readies
    came_from = np.empty((dates, states), dtype=np.int64)
    took = np.empty((dates, states), dtype=np.int64)
    value = np.full(states, np.inf)
    value[min(sizes[5], sizes[0] - 1) * sizes[1] * sizes[2] * readies] = 0.0
    best = np.empty((classes, readies))
    best_column = np.empty((classes, readies), dtype=np.int64)
    moves = np.empty((classes * readies + 1, 3), dtype=np.int64)
    move_costs = np.empty(classes * readies + 1)
    for date in range(dates):
        after = np.full(states, np.inf)
        best[:] = np.inf
        reached = day_first[date + 1]
        for ready in range(readies - 1, -1, -1):  # a lower class may take all that a higher one may
            while reached > ready_first[date, ready]:
                reached -= 1
                kind, then = paid_class[reached], ready_after[reached]
                if cost[reached] <= best[kind, then]:
                    best[kind, then] = cost[reached]
                    best_column[kind, then] = reached
            moves[0, 0], moves[0, 1], moves[0, 2], move_costs[0] = 0, ready_off[date, ready], OFF, 0.0
            count = _undominated(best, best_column, class_units, moves, move_costs)
            steps = moves[:count], move_costs[:count], week_rows[date]
            _spread(value, after, came_from[date], took[date], ready, sizes, steps)
        value = after
    return _traced(value, came_from, took)


@njit(cache=True, nogil=True)
def _undominated(
    best: FloatArray, best_column: IntArray, class_units: IntArray, moves: IntArray, move_costs: FloatArray
) -> int:
    """Write (units, ready class, column) and cost of the shifts worth trying after the free date; return the count.

    Of equally paid shifts one that leaves the agent ready no later and costs no more makes the other needless.
    """
    count = 1
    for kind in range(best.shape[0]):
        lowest = np.inf
        for then in range(best.shape[1]):
            if best[kind, then] < lowest:
                lowest = best[kind, then]
                moves[count, 0], moves[count, 1], moves[count, 2] = class_units[kind], then, best_column[kind, then]
                move_costs[count] = lowest
                count += 1
    return count


@njit(cache=True, nogil=True)
def _spread(
    value: FloatArray,
    after: FloatArray,
    came_from: IntArray,
    took: IntArray,
    ready: int,
    sizes: IntArray,
    steps: tuple[IntArray, FloatArray, IntArray],
) -> None:
    """Carry every state of one ready class over a date: free, or on each shift that its limits allow."""
    runs, days, units, readies, run_most = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]
    moves, move_costs, limits = steps
    ends, least, most, days_most = limits[0], limits[1], limits[2], limits[3]
    for state in range(ready, runs * days * units * readies, readies):
        here = value[state]
        if here == np.inf:
            continue
        unit = state // readies % units
        day = state // (readies * units) % days
        run = state // (readies * units * days)
        tired = (runs > 1 and run + 1 > run_most) or (days > 1 and day + 1 > days_most)
        for number in range(1 if tired else len(moves)):
            works = number > 0
            total = unit + moves[number, 0]
            if total > most or (ends and total < least):
                continue
            next_run = run + 1 if works and runs > 1 else 0
            next_day = day + works if days > 1 else 0
            kept = (next_run * days + (0 if ends else next_day)) * units + (0 if ends else total)
            target = kept * readies + moves[number, 1]
            if here + move_costs[number] < after[target]:
                after[target] = here + move_costs[number]
                came_from[target] = state
                took[target] = moves[number, 2]


@njit(cache=True, nogil=True)
def _traced(value: FloatArray, came_from: IntArray, took: IntArray) -> tuple[float, IntArray]:
    """Return the least cost at the end and the line that led to it."""
    dates = len(took)
    line = np.full(dates, OFF, dtype=np.int64)
    state = np.argmin(value)
    total = value[state]
    if total < np.inf:
        for date in range(dates - 1, -1, -1):
            line[date] = took[date, state]
            state = came_from[date, state]
    return total, line
