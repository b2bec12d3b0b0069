"""Days on which every promise is kept: more than each of them alone is promised."""

from dataclasses import dataclass

from scenarios import Scenario
from scheduler.loop.days import Seen
from scheduler.loop.judge import day_margin
from sim import binomial_lower_bound


@dataclass(frozen=True, slots=True)
class Together:
    """How many days kept every promise, and the share of days that surely do.

    Parameters
    ----------
    bound
        One-sided exact binomial lower bound of the share of days.
    """

    days_met: int
    days: int
    bound: float

    @classmethod
    def of(cls, scenario: Scenario, seen: Seen, error: float) -> "Together":
        """Return what fresh days say, at a one-sided ``error``."""
        met = int((day_margin(scenario, seen) >= 0.0).sum())
        return cls(met, len(seen), binomial_lower_bound(met, len(seen), error))

    @property
    def share(self) -> float:
        """Share of the days."""
        return self.days_met / self.days
