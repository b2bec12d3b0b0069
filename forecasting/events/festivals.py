"""The special days of a calendar over a history: what they hide from ordinary days, and what is said of new ones."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasting.calendars.days import DayCalendar
from forecasting.calendars.special import SpecialDay, like_weekdays, special_days
from forecasting.events.holidays import Holidays
from forecasting.history.series import HistoryGrid
from forecasting.ordinary.baseline import Baseline
from scenarios.checks import FloatArray, IntArray

_ORDINARY_LEAST_DAYS = 7  # a history that special days would leave with less than a week keeps them
_AROUND = timedelta(days=30)  # looked at beyond both ends, so that every festival is seen whole


@dataclass(frozen=True, slots=True)
class Festivals:
    """A calendar laid over a history.

    Parameters
    ----------
    calendar
        Whose special days are known; ``None``: nobody's, and every day goes like its weekday.
    grid
        The history without promotions, special days included.
    """

    calendar: DayCalendar | None
    grid: HistoryGrid

    @classmethod
    def over(cls, grid: HistoryGrid, calendar: DayCalendar | None) -> "Festivals":
        """Return ``calendar`` over ``grid``; nobody's where hardly an ordinary day would be left of a type."""
        festivals = cls(calendar, grid)
        left = np.isfinite(festivals.ordinary().counts).any(axis=1).sum(axis=0)
        return cls(None, grid) if (left < _ORDINARY_LEAST_DAYS).any() else festivals

    def ordinary(self) -> HistoryGrid:
        """Return the history with its special days unknown."""
        if self.calendar is None:
            return self.grid
        hidden = np.zeros(self.grid.counts.shape[:2], dtype=np.bool_)
        hidden[[row for row in self.special(self.grid.dates) if 0 <= row < self.grid.dates]] = True
        return self.grid.masked(hidden)

    def weekdays(self, days: int | None = None) -> IntArray:
        """Return the weekday (Monday 0) that each of the first ``days`` dates goes like; ``None``: of the history."""
        return like_weekdays(self.calendar, self.grid.first_date, self.grid.dates if days is None else days)

    def ahead(self, column: int, baseline: Baseline, leads: IntArray) -> FloatArray:
        """Return (L, S) contacts of one type ``leads`` >= 1 days after the last date, promotions left out.

        Ordinary days are ``baseline``'s, make-up workdays like workdays; special days are learnt by festival.
        """
        if self.calendar is None:
            return baseline.ahead(leads)
        rows = self.grid.dates - 1 + leads
        days = int(rows.max()) + 1
        special, weekdays = self.special(days), self.weekdays(days)
        open_days = np.isfinite(self.grid.counts[:, :, column]).any(axis=1)
        seen = set(self.weekdays()[open_days].tolist())
        like = np.array([_like(special[row], seen) if row in special else weekdays[row] for row in rows.tolist()])
        expected = baseline.ahead(leads, like)
        for row, contacts in self._of_type(column, special).ahead(rows.tolist()).items():
            expected[rows == row] = contacts
        return expected

    def spread(self, last: date) -> dict[date, float]:
        """Return how far special days after the history and up to ``last`` may be off: CV, the mean over types."""
        days = self.grid.day_of(last) + 1
        special = self.special(days)
        coming = [row for row in special if self.grid.dates <= row < days]
        if not coming:
            return {}
        types = range(len(self.grid.contact_types))
        spread = float(np.mean([self._of_type(column, special).spread() for column in types]))
        return {self.grid.first_date + timedelta(days=row): spread for row in coming}

    def special(self, days: int) -> Mapping[int, SpecialDay]:
        """Return the special days by row: those of the first ``days`` dates, and of the festivals at both ends."""
        if self.calendar is None:
            return {}
        first = self.grid.first_date
        found = special_days(self.calendar, first - _AROUND, first + timedelta(days=days) + _AROUND)
        return {(day - first).days: special for day, special in found.items()}

    def _of_type(self, column: int, special: Mapping[int, SpecialDay]) -> Holidays:
        return Holidays(self.grid.counts[:, :, column], self.weekdays(), special)


def _like(day: SpecialDay, seen: AbstractSet[int]) -> int:
    """Return the weekday a special day goes like until more is known, of those that were ever open."""
    return day.like if day.like in seen else day.weekday
