"""What lines are written on: dates, the duties a person can be given on each, and what came before.

A *line* is one person's horizon: (D,) int64, per date the index of a duty or ``OFF``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.checks import BoolArray, IntArray

OFF = -1
"""A free date in a line."""
UNKNOWN = -2
"""In a history only: the date was worked, on which duty is not known."""
DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class Duty:
    """One way to work on a date: a shift kind with its start, in one group where people sit in groups.

    Parameters
    ----------
    start_min, end_min
        Minutes after midnight of the date that bears the duty; ``end_min`` may pass 1440.
    paid_min
        Paid minutes.
    tags
        Names rules speak of: ``night``, ``late``, the shift kind, the group.
    """

    name: str
    start_min: int
    end_min: int
    paid_min: int
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Dates and duties; actions of a date are numbered 0 = free, 1 + duty otherwise.

    A frame is equal to itself only: it is made once, and what rules compile on it is kept by it.

    Parameters
    ----------
    dates
        D, number of dates.
    first_weekday
        Weekday of date 0, Monday 0.
    midnight_min
        (D,) minutes from midnight of date 0 to that of each date; 1440 each unless clocks are put forward or back.
    clock_min
        (D, S) minutes from midnight of date 0 to each start where starts keep their clock on such dates; ``None``: they
        keep their distance from midnight.
    """

    duties: tuple[Duty, ...]
    dates: int
    first_weekday: int = 0
    midnight_min: IntArray | None = None
    clock_min: IntArray | None = None

    @property
    def actions(self) -> int:
        """Number of actions of a date: free and every duty."""
        return len(self.duties) + 1

    def starts_min(self) -> IntArray:
        """Return (D, S) start of every duty in minutes since midnight of date 0."""
        if self.clock_min is not None:
            return self.clock_min
        return self._midnights()[:, None] + np.array([duty.start_min for duty in self.duties], dtype=np.int64)

    def ends_min(self) -> IntArray:
        """Return (D, S) end of every duty in minutes since midnight of date 0."""
        return self.starts_min() + np.array([duty.end_min - duty.start_min for duty in self.duties], dtype=np.int64)

    def midnight(self, date: int) -> int:
        """Return the minute at which ``date`` begins; dates outside the horizon have 1440 minutes each."""
        midnights = self._midnights()
        inside = min(max(date, 0), self.dates - 1)
        return int(midnights[inside]) + (date - inside) * DAY_MIN

    def weekday(self, date: int) -> int:
        """Return the weekday of a date, Monday 0; dates before the horizon are negative."""
        return (self.first_weekday + date) % 7

    def tagged(self, tag: str | None) -> BoolArray:
        """Return (S,) which duties bear ``tag`` or are called so; ``None`` for all of them."""
        return np.array([tag is None or tag in duty.tags or tag == duty.name for duty in self.duties], dtype=np.bool_)

    def working(self, tag: str | None) -> BoolArray:
        """Return (A,) the same by actions; free is none of them."""
        return np.append(False, self.tagged(tag))

    def dates_on(self, weekdays: Collection[int]) -> tuple[int, ...]:
        """Return the dates of the horizon that fall on one of ``weekdays``."""
        return tuple(date for date in range(self.dates) if self.weekday(date) in weekdays)

    def _midnights(self) -> IntArray:
        if self.midnight_min is not None:
            return self.midnight_min
        return np.arange(self.dates, dtype=np.int64) * DAY_MIN


@dataclass(frozen=True, slots=True)
class History:
    """What one person brings into the horizon.

    Parameters
    ----------
    before
        Duties (``OFF``, ``UNKNOWN``) of the dates before the horizon as far as known, the eve last.
    counts
        What periods that began before the horizon have used up, by the name of the rule that counts it.
    """

    before: Sequence[int] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def read(self, per_action: IntArray | BoolArray, date: int) -> int | None:
        """Return what a ``date`` before 0 adds where each action (A,) adds ``per_action``; ``None``: not known.

        Of a duty that is not known the least that any duty adds is certain.
        """
        if -date > len(self.before):
            return None
        duty = self.before[date]
        return int(per_action[1:].min() if duty == UNKNOWN else per_action[duty + 1])


NO_HISTORY = History()
