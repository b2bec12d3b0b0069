"""Dates that are not ordinary, and the weekday that the others go like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasting.calendars.days import ONE_DAY, CalendarDay, DayCalendar, DayKind
from scenarios.checks import IntArray

SUNDAY = 6
_MAKE_UP_LIKE = {5: 4, 6: 0}
"""A Saturday that is worked goes like the Friday before it, a Sunday like the Monday after it [assumed]."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that ordinary days must not be learnt from.

    Parameters
    ----------
    festival
        Key under which years are compared.
    offset
        Days since the festival's own date, negative before it.
    is_off
        Whether it is no working day.
    like
        Weekday (Monday 0) it would go like by itself: Sunday for days off by law, its own for the others.
    weekday
        Its own weekday, for services that are closed on Sundays.
    """

    festival: str
    offset: int
    is_off: bool
    like: int
    weekday: int


def special_days(calendar: DayCalendar, first: date, last: date) -> Mapping[date, SpecialDay]:
    """Return the special dates from ``first`` to ``last``: blocks, their eves, first days back, days with a name."""
    found: dict[date, SpecialDay] = {}
    for day in calendar.days(first, last):
        block = day.block or day.eve_of or day.back_from
        if day.special and day.title is not None:
            found[day.date] = _special(day, day.title.en, 0)
        elif block is not None:
            found[day.date] = _special(day, block.title.en, (day.date - block.festival) // ONE_DAY)
    return found


def like_weekdays(calendar: DayCalendar | None, first: date, days: int) -> IntArray:
    """Return (D,) for ``days`` dates from ``first`` the weekday (Monday 0) each goes like: make-up workdays move."""
    own = np.asarray((first.weekday() + np.arange(days)) % 7, dtype=np.int64)
    if calendar is None or not days:
        return own
    for row, day in enumerate(calendar.days(first, first + timedelta(days=days - 1))):
        if day.kind is DayKind.MAKE_UP_WORKDAY:
            own[row] = _like(day)
    return own


def _special(day: CalendarDay, festival: str, offset: int) -> SpecialDay:
    return SpecialDay(festival, offset, day.is_off, _like(day), day.date.weekday())


def _like(day: CalendarDay) -> int:
    own = day.date.weekday()
    if day.kind is DayKind.HOLIDAY:
        return SUNDAY
    return _MAKE_UP_LIKE.get(own, own) if day.kind is DayKind.MAKE_UP_WORKDAY else own
