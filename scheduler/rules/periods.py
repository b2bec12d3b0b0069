"""Periods over which something is counted, and how much each allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from scenarios.checks import require_within
from scheduler.rules.frame import Frame
from scheduler.rules.weight import require_limits

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Dates ``first`` to ``end`` (excluded) with the least and the most they may count; ``None``: no limit.

    A period may begin before date 0: what it has used up by then comes with the history. It may end beyond the
    horizon: then its least is not judged.
    """

    first: int
    end: int
    least: int | None = None
    most: int | None = None

    def __post_init__(self) -> None:
        require_within("Period", "end", self.end, self.first + 1, np.inf)
        require_limits("Period", self.least, self.most)

    def limited(self, least: int | None = None, most: int | None = None) -> "Period":
        """Return the period with other limits."""
        return Period(self.first, self.end, least, most)


def each_date(frame: Frame) -> tuple[Period, ...]:
    """Return every date as a period of its own."""
    return blocks(frame, 1)


def blocks(frame: Frame, dates: int, first: int = 0) -> tuple[Period, ...]:
    """Return periods of ``dates`` dates, one of which begins on date ``first`` (may be negative)."""
    begin = first % dates - (dates if first % dates else 0)
    return tuple(Period(date, date + dates) for date in range(begin, frame.dates, dates))


def weeks(frame: Frame, first_weekday: int = 0) -> tuple[Period, ...]:
    """Return the calendar weeks that touch the horizon; they begin on ``first_weekday`` (Monday 0: ISO weeks)."""
    return blocks(frame, WEEK_DAYS, (first_weekday - frame.first_weekday) % WEEK_DAYS)


def months(frame: Frame, first_date: date, each: int = 1) -> tuple[Period, ...]:
    """Return calendar months (``each`` 3: quarters; 12: years) where date 0 is ``first_date``."""
    index = (first_date.year * 12 + first_date.month - 1) // each * each
    periods = []
    last = first_date + timedelta(days=frame.dates - 1)
    while date(index // 12, index % 12 + 1, 1) <= last:
        begin, until = (date(number // 12, number % 12 + 1, 1) for number in (index, index + each))
        periods.append(Period((begin - first_date).days, (until - first_date).days))
        index += each
    return tuple(periods)


def whole(frame: Frame) -> tuple[Period, ...]:
    """Return the horizon as one period."""
    return (Period(0, frame.dates),)


def limited(periods: Iterable[Period], least: int | None = None, most: int | None = None) -> tuple[Period, ...]:
    """Return ``periods``, each with these limits."""
    return tuple(period.limited(least, most) for period in periods)
