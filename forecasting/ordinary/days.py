"""Days of one series, and where they stand in week and month."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasting.ordinary.day_process import DayAxis
from scenarios.checks import FloatArray, IntArray

_SOME_MONDAY = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of one series' ordinary days.

    Parameters
    ----------
    counts
        (D, S) contacts by day and interval, ``nan`` = unknown.
    weekdays
        (D,) like which weekday a day goes (Monday 0): its own, or a Sunday on a holiday.
    first_date
        Date of the first day.
    """

    counts: FloatArray
    weekdays: IntArray
    first_date: date

    @classmethod
    def of(cls, counts: FloatArray, weekdays: IntArray, first_date: date | None = None) -> "Days":
        """Return the days of (D, S) ``counts``; without a ``first_date`` some date with the first weekday is taken."""
        start = first_date or _SOME_MONDAY + timedelta(days=int(weekdays[0]))
        return cls(np.ascontiguousarray(counts, dtype=np.float64), weekdays, start)

    def until(self, origin: int) -> "Days":
        """Return the first ``origin`` days."""
        return Days(self.counts[:origin], self.weekdays[:origin], self.first_date)

    def known_days(self) -> IntArray:
        """Return the days of which something is known."""
        return np.flatnonzero(np.isfinite(self.counts).any(axis=1))

    def axis(self, leads: IntArray, weekdays: IntArray) -> tuple[DayAxis, DayAxis]:
        """Return where the D days stand, and where those ``leads`` days later do that go like ``weekdays``."""
        number = len(self.weekdays)
        own = (self.first_date.weekday() + np.arange(number + int(leads.max(initial=0)))) % 7
        opened = np.zeros(7, dtype=np.bool_)
        opened[own[self.known_days()]] = True
        position = np.cumsum(opened[own]).astype(np.float64)
        phase = month_phase(self.first_date, len(own))
        later = number - 1 + leads
        past = DayAxis(position[:number], self.weekdays, phase[:number])
        return past, DayAxis(position[later], weekdays, phase[later])


def month_phase(first: date, days: int) -> FloatArray:
    """Return (D,) the share of its month that is over at the start of each of ``days`` dates from ``first``."""
    dates = np.datetime64(first, "D") + np.arange(days)
    months = dates.astype("datetime64[M]")
    begins, ends = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    return np.asarray((dates - begins) / (ends - begins), dtype=np.float64)
