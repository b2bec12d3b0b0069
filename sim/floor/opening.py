"""When the service is open: service days that touch are one opening."""

from bisect import bisect_right

import numpy as np

from scenarios import NEVER_US, Horizon
from scenarios.checks import IntArray


class OpenSpans:
    """Spans in which the service is open without a pause; a service around the clock closes once, at the very end."""

    __slots__ = ("closes_us", "opens_us")

    def __init__(self, horizon: Horizon) -> None:
        self.opens_us: list[int] = []
        self.closes_us: list[int] = []
        for day in horizon.days:
            if self.closes_us and self.closes_us[-1] == day.opens_us:
                self.closes_us[-1] = day.closes_us
            else:
                self.opens_us.append(day.opens_us)
                self.closes_us.append(day.closes_us)

    def closing_us(self, times_us: IntArray) -> IntArray:
        """Return the closing after each time; the time itself where the service is closed then."""
        span = np.searchsorted(self.opens_us, times_us, side="right") - 1
        closes = np.array(self.closes_us, dtype=np.int64)[np.maximum(span, 0)]
        return np.where((span >= 0) & (times_us < closes), closes, times_us)

    def closing_at(self, time_us: int) -> int:
        """Return ``closing_us`` of one time."""
        span = bisect_right(self.opens_us, time_us) - 1
        return max(time_us, self.closes_us[span]) if span >= 0 else time_us

    def opening_after(self, time_us: int) -> int:
        """Return the next opening after a time at which the service is closed, ``NEVER_US`` where none follows."""
        span = bisect_right(self.opens_us, time_us)
        return self.opens_us[span] if span < len(self.opens_us) else NEVER_US
