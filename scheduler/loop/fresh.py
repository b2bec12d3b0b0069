"""Fresh days of a roster as a proof reads them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from scenarios import Scenario, ServiceTarget
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.days import Seen
from scheduler.loop.judge import columns_of, hour_of_interval, hour_sums


@dataclass(frozen=True, slots=True, eq=False)
class FreshDays:
    """Days that nothing was trained on, of one service day."""

    scenario: Scenario
    seen: Seen

    def __len__(self) -> int:
        return len(self.seen)

    def concat(self, other: Self) -> Self:
        """Return these days and then ``other``, all of the same weight."""
        return type(self)(self.scenario, self.seen.concat(other.seen))

    def day_share(self, target: ServiceTarget) -> FloatArray:
        """Return (R, 1) shares in time; 1 where nothing was offered."""
        return self.seen.day_share(columns_of(self.scenario, target))[:, None]

    def day_counts(self, target: ServiceTarget) -> tuple[IntArray, IntArray, IntArray]:
        """Return in time, offered, abandoned, each (R, 1)."""
        types, seen = columns_of(self.scenario, target), self.seen
        in_time, offered, abandoned = (
            part[:, :, types].sum(axis=(1, 2))[:, None] for part in (seen.in_time, seen.offered, seen.abandoned)
        )
        return in_time, offered, abandoned

    def hour_share(self, target: ServiceTarget) -> tuple[tuple[IntArray, ...], tuple[FloatArray, ...]]:
        """Return the open clock hours of the day, minutes after its midnight, and their mean shares in time."""
        types = columns_of(self.scenario, target)
        in_time, offered = (
            hour_sums(self.scenario, part[:, :, types].sum(axis=(0, 2)).astype(np.float64))
            for part in (self.seen.in_time, self.seen.offered)
        )
        shares = np.where(offered > 0, in_time / np.maximum(offered, 1.0), np.nan)
        return (hour_starts_min(self.scenario),), (shares,)


def hour_starts_min(scenario: Scenario) -> IntArray:
    """Return (H,) the local starts of the open clock hours in minutes after the midnight of the service date."""
    hours = hour_of_interval(scenario)
    _, first = np.unique(hours[hours >= 0], return_index=True)
    intervals = np.flatnonzero(hours >= 0)[first]
    horizon = scenario.horizon
    moments = [horizon.instant(int(number) * horizon.interval_us) for number in intervals]
    opened = horizon.days[0].date
    return np.array([(moment.date() - opened).days * 1440 + moment.hour * 60 for moment in moments], dtype=np.int64)
