"""What a shift is worth: compiled kernels over columns, breaks and coverage.

The value of being at work is constant within an interval, so the value of a span is a difference of two running sums
taken at any minute. Plain arrays in, plain arrays out; every kernel has one signature and is compiled once.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray


class Prices(NamedTuple):
    """Yuan per position and interval: short and mild, short beyond that, and (a tie-break) beyond the need."""

    mild: float
    hard: float
    tie: float


class ShiftTable(NamedTuple):
    """Shift columns and their breaks as the kernels take them; see ``columns.ShiftColumns`` and ``BreakChoices``."""

    interval_min: int
    template: IntArray
    group: IntArray
    start_min: IntArray
    end_min: IntArray
    paid_min: IntArray
    break_first: IntArray
    break_length_min: IntArray
    break_first_start: IntArray
    break_after_min: IntArray


@njit(cache=True, nogil=True)
def short_cost(cover: FloatArray, need: FloatArray, mild: FloatArray, prices: Prices) -> float:
    """Return the cost of all positions short, in yuan.

    Parameters
    ----------
    cover, need
        (T, G) positions at work and positions wanted.
    mild
        (T, G) positions of a shortage that cost the mild price; those beyond cost the hard one.
    """
    total = 0.0
    for t in range(need.shape[0]):
        for g in range(need.shape[1]):
            short = need[t, g] - cover[t, g]
            if short > 0.0:
                light = min(short, mild[t, g])
                total += prices.mild * light + prices.hard * (short - light)
    return total


@njit(cache=True, nogil=True)
def worth_before(cover: FloatArray, need: FloatArray, mild: FloatArray, prices: Prices) -> FloatArray:
    """Return (T + 1, G) the summed worth of one more agent in all intervals before t, in yuan.

    Beyond the fall of the cost of shortage an agent is worth the tie price shared among those already there: between
    equal choices people go where they are fewest against the need.
    """
    intervals, groups = need.shape
    worth = np.zeros((intervals + 1, groups))
    for g in range(groups):
        for t in range(intervals):
            short = need[t, g] - cover[t, g]
            gain = 0.0
            if short > 0.0:
                light = min(short, mild[t, g])
                after = max(short - 1.0, 0.0)
                light_after = min(after, mild[t, g])
                gain = prices.mild * (light - light_after) + prices.hard * (short - light - after + light_after)
            if need[t, g] > 0.0:
                gain += prices.tie * min(need[t, g] / (cover[t, g] + 1.0), 1.0)
            worth[t + 1, g] = worth[t, g] + gain
    return worth


@njit(cache=True, nogil=True)
def worth_until(worth: FloatArray, group: int, minute: int, interval_min: int) -> float:
    """Return the worth of being at work in ``group`` from the horizon's start until ``minute``."""
    t = minute // interval_min
    if t >= worth.shape[0] - 1:
        return float(worth[worth.shape[0] - 1, group])
    share = (minute - t * interval_min) / interval_min
    return float(worth[t, group] + share * (worth[t + 1, group] - worth[t, group]))


@njit(cache=True, nogil=True)
def worth_within(worth: FloatArray, group: int, start_min: int, end_min: int, interval_min: int) -> float:
    """Return the worth of being at work in ``group`` from one minute to another."""
    return worth_until(worth, group, end_min, interval_min) - worth_until(worth, group, start_min, interval_min)


@njit(cache=True, nogil=True)
def place_breaks(table: ShiftTable, worth: FloatArray, column: int, pauses: IntArray) -> float:
    """Write the cheapest starts of a shift's breaks into ``pauses`` (-1: no break); return the worth they miss.

    Exact: from the last break back, the cheapest start of every later break that leaves this one its length.
    """
    for number in range(len(pauses)):
        pauses[number] = -1
    first, end = table.break_first[table.template[column]], table.break_first[table.template[column] + 1]
    if first == end:
        return 0.0
    low = table.break_first_start[first]
    missed = np.empty(table.break_first_start[end] - low)
    chosen = np.empty(len(missed), dtype=np.int64)  # the best start at or after this one, of the same break
    following = np.full(len(missed), -1, dtype=np.int64)
    for rule in range(end - 1, first - 1, -1):
        length = table.break_length_min[rule]
        later = table.break_first_start[rule + 1]  # first start of the next break
        place = later_end = table.break_first_start[rule + 2] if rule + 1 < end else later
        for start in range(later - 1, table.break_first_start[rule] - 1, -1):
            after = table.break_after_min[start]
            begin = table.start_min[column] + after
            cost = worth_within(worth, table.group[column], begin, begin + length, table.interval_min)
            if rule + 1 < end:
                while place > later and table.break_after_min[place - 1] >= after + length:
                    place -= 1
                if place == later_end:
                    cost = np.inf
                else:
                    following[start - low] = chosen[place - low]
                    cost += missed[place - low]
            best = start
            if start + 1 < later and missed[start + 1 - low] < cost:
                cost = missed[start + 1 - low]
                best = chosen[start + 1 - low]
            missed[start - low] = cost
            chosen[start - low] = best
    start = chosen[0]
    for number in range(end - first):
        pauses[number] = table.start_min[column] + table.break_after_min[start]
        start = following[start - low]
    return float(missed[0])


@njit(cache=True, nogil=True)
def column_costs(
    table: ShiftTable, worth: FloatArray, mine: IntArray, yuan_per_min: float, break_most: int
) -> FloatArray:
    """Return the pay less the worth of each column of ``mine``, its breaks where they cost least."""
    costs = np.empty(len(mine))
    pauses = np.empty(break_most, dtype=np.int64)
    for number in range(len(mine)):
        column = mine[number]
        start, end = table.start_min[column], table.end_min[column]
        gain = worth_within(worth, table.group[column], start, end, table.interval_min)
        gain -= place_breaks(table, worth, column, pauses)
        costs[number] = yuan_per_min * table.paid_min[column] - gain
    return costs


@njit(cache=True, nogil=True)
def add_span(cover: FloatArray, group: int, start_min: int, end_min: int, interval_min: int, sign: float) -> None:
    """Add ``sign`` times a span at work to (T, G) ``cover``; presence counts by its share of each interval."""
    end_min = min(end_min, cover.shape[0] * interval_min)
    t = start_min // interval_min
    while t * interval_min < end_min:
        begin = max(start_min, t * interval_min)
        cover[t, group] += sign * (min(end_min, (t + 1) * interval_min) - begin) / interval_min
        t += 1


@njit(cache=True, nogil=True)
def add_shift(table: ShiftTable, cover: FloatArray, column: int, pauses: IntArray, sign: float) -> None:
    """Add ``sign`` times the shift ``column`` with breaks at ``pauses`` to ``cover``."""
    kind, place, step = table.template[column], table.group[column], table.interval_min
    add_span(cover, place, table.start_min[column], table.end_min[column], step, sign)
    first = table.break_first[kind]
    for number in range(table.break_first[kind + 1] - first):
        end = pauses[number] + table.break_length_min[first + number]
        add_span(cover, place, pauses[number], end, step, -sign)
