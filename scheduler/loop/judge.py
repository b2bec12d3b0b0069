"""What training days say of a roster: how far the day that may just fail is from its promise, and what else it owes."""

from dataclasses import dataclass

import numpy as np

from scenarios import Scenario, ServiceTarget
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.days import Seen, weighted_quantile
from sim.measures.cells import Per, cells_of


@dataclass(frozen=True, slots=True)
class Judgement:
    """One roster on one set of training days.

    Parameters
    ----------
    share_of_days
        Share of days on which every target's share is met.
    margin
        Of the day at the quantile trained for: the day's share less the promised one, of the target that is worst on
        that day. Smooth in the roster, where ``share_of_days`` is a staircase.
    hour_margin
        Least mean share of a clock hour less its floor; ``inf`` without a floor.
    abandoned_margin
        Bound of the abandoned share less its mean; ``inf`` without a bound.
    """

    share_of_days: float
    margin: float
    hour_margin: float
    abandoned_margin: float

    @property
    def passes(self) -> bool:
        """Whether the roster keeps every promise on these days."""
        return min(self.margin, self.hour_margin, self.abandoned_margin) >= 0.0


def judge(scenario: Scenario, seen: Seen, aim: float) -> Judgement:
    """Return what ``seen`` says of its roster when every target shall be met on the share ``aim`` of days."""
    margins = day_margin(scenario, seen)
    targets = [(target, columns_of(scenario, target)) for target in scenario.targets]
    return Judgement(
        share_of_days=float(seen.weight @ (margins >= 0.0)),
        margin=weighted_quantile(margins, seen.weight, 1.0 - aim),
        hour_margin=min((_hour_margin(scenario, seen, target, types) for target, types in targets), default=np.inf),
        abandoned_margin=min((_abandoned_margin(seen, target, types) for target, types in targets), default=np.inf),
    )


def day_margin(scenario: Scenario, seen: Seen) -> FloatArray:
    """Return (D,) each day's share less the promised one, of the target that is worst on the day."""
    margins = [seen.day_share(columns_of(scenario, target)) - target.day_share for target in scenario.targets]
    return np.asarray(np.min(margins, axis=0)) if margins else np.zeros(len(seen))


def columns_of(scenario: Scenario, target: ServiceTarget) -> list[int]:
    """Return the columns of the contact types a target counts."""
    return [scenario.type_index(kind) for kind in target.contact_types]


def hour_of_interval(scenario: Scenario) -> IntArray:
    """Return (T,) the number of the clock hour of each open interval of the day, -1 while the service is closed."""
    cells = cells_of(scenario.horizon, Per.HOUR)
    is_open = cells.day[cells.of_interval] >= 0
    _, number = np.unique(cells.of_interval[is_open], return_inverse=True)
    hours = np.full(scenario.horizon.intervals, -1, dtype=np.int64)
    hours[is_open] = number
    return hours


def hour_sums(scenario: Scenario, counts: FloatArray) -> FloatArray:
    """Return (H,) sums of (T,) counts over each open clock hour."""
    hours = hour_of_interval(scenario)
    return np.bincount(hours[hours >= 0], weights=counts[hours >= 0]).astype(np.float64)


def _hour_margin(scenario: Scenario, seen: Seen, target: ServiceTarget, types: list[int]) -> float:
    if target.hour_share_floor is None:
        return np.inf
    in_time, offered = (hour_sums(scenario, seen.mean(part, types)) for part in (seen.in_time, seen.offered))
    known = offered > 0
    return float((in_time[known] / offered[known]).min(initial=1.0)) - target.hour_share_floor


def _abandoned_margin(seen: Seen, target: ServiceTarget, types: list[int]) -> float:
    if target.abandoned_share_max is None:
        return np.inf
    abandoned, offered = (float(seen.mean(part, types).sum()) for part in (seen.abandoned, seen.offered))
    return target.abandoned_share_max - (abandoned / offered if offered else 0.0)
