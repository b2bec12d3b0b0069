"""What a history lacks: dates, intervals, the end of its last date; and where a type begins, ends, or changes level."""

from dataclasses import dataclass

import numpy as np

from forecasting.history.series import HistoryGrid, wall_cells
from forecasting.history.yardstick import Yardstick, unlikely
from scenarios.checks import BoolArray, FloatArray, IntArray

_USUAL_SHARE = 0.6  # of the dates of a weekday: what is known so often is missed where it is not
_NEAR_WEEKS = 8
_CUT_CHANCE = 1e-3
_CUT_SHARE = 0.02  # of a date's usual contacts come after its end
_CUT_BEFORE = 0.9  # so many of the dates end later: where rows are lost here and there, the last one is too
_SHIFT_DAYS = 21
_SHIFT_RATIO = 1.5
_SHIFT_AT_ONCE = 0.6
_SHIFT_APART = 0.9
_WEEK = 7


def existing(grid: HistoryGrid) -> BoolArray:
    """Return (D, S) the cells that the clock really showed: an hour it skipped is not missing."""
    starts_us = grid.starts_us()
    day, slot = wall_cells(starts_us.ravel(), grid.zone, grid.interval_min)
    row = np.repeat(np.arange(grid.dates), starts_us.shape[1])
    first = grid.first_date.toordinal()
    asked = np.tile(np.arange(starts_us.shape[1]), grid.dates)
    return np.asarray((day - first == row) & (slot == asked), dtype=np.bool_).reshape(starts_us.shape)


def missing(known: BoolArray, weekdays: IntArray, exists: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return the rows of dates that are missing whole, and the (D, S) missing intervals of dates that are not.

    Missing is what the same weekdays within eight weeks to both sides mostly have. What lies before the first and
    after the last known interval is not missing: the history begins and ends there.
    """
    rows = np.flatnonzero(known.any(axis=1))
    wanted = np.zeros_like(known)
    for weekday in range(7):
        mine = np.flatnonzero(weekdays == weekday)
        mine = mine[(mine >= rows[0]) & (mine <= rows[-1])]
        if len(mine) < 2:
            continue
        wanted[mine] = _rolling_mean(known[mine].astype(np.float64)) >= _USUAL_SHARE
    absent = wanted & ~known & exists
    span = np.flatnonzero(known.ravel())
    absent.ravel()[: span[0]] = False
    absent.ravel()[span[-1] :] = False
    whole = absent.any(axis=1) & ~known.any(axis=1)
    absent[whole] = False
    return np.flatnonzero(whole), absent


def _rolling_mean(values: FloatArray) -> FloatArray:
    """Return the means of the rows up to eight to both sides."""
    total = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    row = np.arange(len(values))
    first, end = np.maximum(row - _NEAR_WEEKS, 0), np.minimum(row + _NEAR_WEEKS + 1, len(values))
    return np.asarray((total[end] - total[first]) / (end - first)[:, None], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Cut:
    """The last known cell (row, slot) of a history that ends inside a date, and whether that interval is a part."""

    row: int
    slot: int
    partial: bool


def cut_off(counts: FloatArray, measure: Yardstick) -> Cut | None:
    """Return where the last date breaks off before the days alike do; ``None`` when it does not."""
    known = np.isfinite(counts)
    row = int(np.flatnonzero(known.any(axis=1))[-1])
    slot = int(np.flatnonzero(known[row])[-1])
    after = np.nan_to_num(measure.usual[row, slot + 1 :])
    ends = np.where(known, np.arange(known.shape[1]), -1).max(axis=1)[known.any(axis=1)]
    if after.sum() < _CUT_SHARE * np.nansum(measure.usual[row]) or (ends > slot).mean() < _CUT_BEFORE:
        return None
    before = known[row, :slot] & np.isfinite(measure.usual[row, :slot])
    found, usual = counts[row, :slot][before].sum(), measure.usual[row, :slot][before].sum()
    ratio, shape = measure.day_ratio(float(found), float(usual))
    mean = ratio * float(np.nan_to_num(measure.usual[row, slot]))
    return Cut(row, slot, unlikely(float(counts[row, slot]), mean, 1 / shape + measure.interval_variance, _CUT_CHANCE))


def level_shifts(levels: FloatArray) -> list[tuple[int, float]]:
    """Return rows from which on the level is another, and how many times the old one.

    Three weeks to both sides, medians at least half again apart and hardly overlapping, most of the change from
    one week to the next: a season comes slower, a promotion goes again.
    """
    rows = np.flatnonzero(np.isfinite(levels) & (levels > 0))
    if len(rows) < 2 * _SHIFT_DAYS:
        return []
    sides = np.lib.stride_tricks.sliding_window_view(np.log(levels[rows]), 2 * _SHIFT_DAYS)
    old, new = sides[:, :_SHIFT_DAYS], sides[:, _SHIFT_DAYS:]
    before, after = np.median(old, axis=1), np.median(new, axis=1)
    change = after - before
    middle, sign = ((before + after) / 2)[:, None], np.sign(change)[:, None]
    apart = (((old - middle) * sign < 0).mean(axis=1) + ((new - middle) * sign > 0).mean(axis=1)) / 2
    step = np.median(new[:, :_WEEK], axis=1) - np.median(old[:, -_WEEK:], axis=1)
    at_once = step / np.where(change == 0, np.inf, change)
    clear = (np.abs(change) >= np.log(_SHIFT_RATIO)) & (apart >= _SHIFT_APART) & (at_once >= _SHIFT_AT_ONCE)
    best: list[int] = []
    for place in sorted(np.flatnonzero(clear), key=lambda one: -apart[one] * at_once[one]):
        if all(abs(place - other) > _SHIFT_DAYS for other in best):
            best.append(int(place))
    return [(int(rows[place + _SHIFT_DAYS]), float(np.exp(change[place]))) for place in sorted(best)]
