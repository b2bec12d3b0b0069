"""What a date adds to a count."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.frame import DAY_MIN, Frame


class Unit(Enum):
    """What is counted."""

    SHIFTS = "shifts"
    """1 a duty; as a date holds one duty, also the working dates."""
    FREE_DATES = "free_dates"
    PAID_MIN = "paid_min"
    CLOCK_MIN = "clock_min"
    """Minutes of presence inside ``Measure.clock``."""
    POINTS = "points"
    """The points of ``Measure.points`` for every tag or name of them that a duty bears."""
    CLOCK_SHIFTS = "clock_shifts"
    """1 a duty with at least ``Measure.least_min`` minutes of presence inside ``Measure.clock``."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much each action adds.

    Parameters
    ----------
    tag
        Only duties with this tag or name; ``None``: all. Free dates know no tag.
    clock
        First minute and end after midnight, of every day; 22:00 to 06:00 is (1320, 1800).
    """

    unit: Unit = Unit.SHIFTS
    tag: str | None = None
    clock: tuple[int, int] = (0, DAY_MIN)
    least_min: int = 1
    points: tuple[tuple[str, int], ...] = ()

    def per_action(self, frame: Frame) -> IntArray:
        """Return (A,) int64 amount of each action, free first; none is negative."""
        if self.unit is Unit.FREE_DATES:
            return np.append(1, np.zeros(len(frame.duties), dtype=np.int64))
        if self.unit is Unit.PAID_MIN:
            amounts = np.array([duty.paid_min for duty in frame.duties], dtype=np.int64)
        elif self.unit in (Unit.CLOCK_MIN, Unit.CLOCK_SHIFTS):
            amounts = np.array([self._inside(duty.start_min, duty.end_min) for duty in frame.duties], dtype=np.int64)
            if self.unit is Unit.CLOCK_SHIFTS:
                amounts = (amounts >= self.least_min).astype(np.int64)
        elif self.unit is Unit.POINTS:
            amounts = sum(
                (frame.tagged(tag) * worth for tag, worth in self.points), np.zeros(len(frame.duties), dtype=np.int64)
            )
        else:
            amounts = np.ones(len(frame.duties), dtype=np.int64)
        return np.append(0, np.where(frame.tagged(self.tag), amounts, 0))

    def _inside(self, start_min: int, end_min: int) -> int:
        first, last = self.clock
        days = range(-DAY_MIN, end_min, DAY_MIN)
        return sum(max(0, min(end_min, last + day) - max(start_min, first + day)) for day in days)


SHIFTS = Measure()
FREE_DATES = Measure(Unit.FREE_DATES)
PAID_MIN = Measure(Unit.PAID_MIN)
