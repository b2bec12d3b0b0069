"""Cells of time in which a study counts: intervals, clock hours or service days."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from scenarios import Horizon
from scenarios.checks import BoolArray, IntArray

OUTSIDE = -1
"""No service day."""
_MIN_PER_HOUR = 60


class Per(StrEnum):
    """How fine a study counts."""

    INTERVAL = "interval"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """C cells that the T intervals of a horizon fall into.

    By hour and by day one last cell holds what lies in no service day; by interval every interval is a cell. An hour
    that the clocks repeat is one cell.

    Parameters
    ----------
    of_interval
        (T,) the cell of each interval.
    day, hour_min
        (C,) service day of the cell, ``OUTSIDE`` for none; local start of its clock hour in minutes after the midnight
        of the service date (0 by day and outside).
    last_interval
        (C,) last interval of the cell.
    minutes
        (C,) length of the cell.
    """

    per: Per
    of_interval: IntArray
    day: IntArray
    hour_min: IntArray
    last_interval: IntArray
    minutes: IntArray

    def __len__(self) -> int:
        return len(self.day)

    def summed(self, counts: IntArray) -> IntArray:
        """Return (C, ...) the sums of (T, ...) counts over the intervals of each cell."""
        if self.per is Per.INTERVAL:
            return counts.copy()
        order = np.argsort(self.of_interval, kind="stable")
        filled, starts = np.unique(self.of_interval[order], return_index=True)
        sums = np.zeros((len(self), *counts.shape[1:]), dtype=np.int64)
        sums[filled] = np.add.reduceat(counts[order], starts, axis=0)
        return sums


@lru_cache(maxsize=32)
def cells_of(horizon: Horizon, per: Per) -> Cells:
    """Return the cells of ``horizon``."""
    days = horizon.day_of_interval()
    hours = _clock_hours(horizon, days)
    if per is Per.INTERVAL:
        return _made(horizon, per, np.arange(horizon.intervals), days, hours * _MIN_PER_HOUR)
    outside = len(horizon.days)  # the cell after all others
    keys = np.stack([days, hours if per is Per.HOUR else np.zeros_like(hours)], axis=1)
    keys[days == OUTSIDE] = (outside, 0)
    known = sorted({*map(tuple, keys.tolist()), (outside, 0)})
    places = {key: place for place, key in enumerate(known)}
    day, hour = np.array(known, dtype=np.int64).T
    of_interval = np.array([places[tuple(key)] for key in keys.tolist()], dtype=np.int64)
    return _made(horizon, per, of_interval, np.where(day == outside, OUTSIDE, day), hour * _MIN_PER_HOUR)


def _made(horizon: Horizon, per: Per, of_interval: IntArray, day: IntArray, hour_min: IntArray) -> Cells:
    last = np.full(len(day), horizon.intervals - 1)
    last[of_interval] = np.arange(horizon.intervals)
    minutes = np.bincount(of_interval, minlength=len(day)) * horizon.interval_min
    columns = [np.ascontiguousarray(a, dtype=np.int64) for a in (of_interval, day, hour_min, last, minutes)]
    for column in columns:
        column.flags.writeable = False
    return Cells(per, *columns)


def last_open_interval(horizon: Horizon) -> IntArray:
    """Return (T,) the last open interval up to each: the one to which belongs what is live while the service is closed.

    Before the first opening it is the first interval.
    """
    is_open: BoolArray = horizon.open_intervals()
    latest: IntArray = np.maximum.accumulate(np.where(is_open, np.arange(horizon.intervals), 0))
    return latest


def _clock_hours(horizon: Horizon, days: IntArray) -> IntArray:
    """Return (T,) the clock hour of each open interval after the midnight of its service date; 0 when closed."""
    hours = np.zeros(horizon.intervals, dtype=np.int64)
    for number in np.flatnonzero(days != OUTSIDE).tolist():
        local = horizon.instant(number * horizon.interval_us)
        hours[number] = (local.date() - horizon.days[int(days[number])].date).days * 24 + local.hour
    return hours
