"""The safety net of wall-clock time."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """When a search has to end, and whether that moment has come while it ran."""

    deadline: float
    bitten: bool = False

    @classmethod
    def starting(cls, wall_s: float) -> "Clock":
        """Return a clock that runs out ``wall_s`` from now."""
        return cls(time.monotonic() + wall_s)

    def out(self) -> bool:
        """Return whether time is up, and remember it."""
        self.bitten = self.bitten or time.monotonic() > self.deadline
        return self.bitten

    def left_s(self) -> float:
        """Return the seconds left, at least one hundredth."""
        return max(self.deadline - time.monotonic(), 0.01)
