"""How likely a day meets its promise: the share of simulated days that did, with exact bounds."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from scenarios import Estimate, ServiceTarget
from scenarios.checks import BoolArray, FloatArray, IntArray
from sim.measures.estimates import CONFIDENCE
from sim.measures.study import Study
from sim.studies.binomial import binomial_interval, binomial_lower_bound, binomial_upper_bound


@dataclass(frozen=True, slots=True)
class DayPromise:
    """What a study says about one target on one service date.

    Parameters
    ----------
    days_simulated, days_met
        Replications of the date, and those in which the share in time reached the target's ``day_share``.
    share_of_days
        Their ratio with its two-sided interval; ``nan`` where nothing was simulated.
    lower_bound, upper_bound
        One-sided, each wrong with at most 1 less the confidence.
    """

    target: str
    date: date
    days_simulated: int
    days_met: int
    share_of_days: Estimate
    lower_bound: float
    upper_bound: float


@dataclass(frozen=True, slots=True)
class DayChange:
    """What becomes of a promise on one date from one side of a comparison to the other, on the same days.

    Parameters
    ----------
    before, after
        What each side's study says of the date.
    only_before, only_after
        Days that kept the promise on one side alone.
    difference
        Of the shares of days, after less before: the difference of two shares, that of days gained and that of days
        lost, each within its exact interval at half the error, so that the interval is right or wider than needed.
    """

    before: DayPromise
    after: DayPromise
    only_before: int
    only_after: int
    difference: Estimate


class DayShares(Protocol):
    """What has shares in time by replication and service day, as a ``Study`` has."""

    def day_share(self, target: ServiceTarget) -> FloatArray:
        """Return (R, D) shares in time."""


def days_kept(study: DayShares, target: ServiceTarget) -> BoolArray:
    """Return (R, D) whether a service date met ``target``; one without contacts broke no promise."""
    kept: BoolArray = study.day_share(target) >= target.day_share
    return kept


def days_met(study: DayShares, target: ServiceTarget) -> IntArray:
    """Return (D,) in how many replications each service date met ``target``."""
    met: IntArray = np.count_nonzero(days_kept(study, target), axis=0).astype(np.int64)
    return met


def day_promises(study: Study, confidence: float = CONFIDENCE) -> tuple[DayPromise, ...]:
    """Return for every target and service date how likely the day meets the target.

    The bounds of one row are right with the stated confidence; who picks the best of many rows divides the error by
    their number (Bonferroni).
    """
    return tuple(
        DayPromise(
            target=target.name,
            date=day.date,
            days_simulated=len(study),
            days_met=int(met),
            share_of_days=binomial_interval(int(met), len(study), confidence),
            lower_bound=binomial_lower_bound(int(met), len(study), 1.0 - confidence),
            upper_bound=binomial_upper_bound(int(met), len(study), 1.0 - confidence),
        )
        for target in study.targets
        for day, met in zip(study.horizon.days, days_met(study, target), strict=True)
    )


def day_changes(before: Study, after: Study, confidence: float = CONFIDENCE) -> tuple[DayChange, ...]:
    """Return, for every target and service date that both studies of the same replications know, what changes."""
    count = min(len(before), len(after))
    sides = before.head(count), after.head(count)
    kept = [{target.name: days_kept(study, target) for target in study.targets} for study in sides]
    said = [{(row.target, row.date): row for row in day_promises(study, confidence)} for study in sides]
    days = [day.date for day in before.horizon.days]
    changes = []
    for (target, day), row in said[0].items():
        if (target, day) not in said[1]:
            continue
        place = days.index(day)
        one, other = (names[target][:, place] for names in kept)
        lost, gained = int((one & ~other).sum()), int((other & ~one).sum())
        difference = _difference(gained, lost, count, confidence)
        changes.append(DayChange(row, said[1][target, day], lost, gained, difference))
    return tuple(changes)


def _difference(gained: int, lost: int, count: int, confidence: float) -> Estimate:
    more, less = (binomial_interval(days, count, (1.0 + confidence) / 2) for days in (gained, lost))
    return Estimate(
        more.value - less.value,
        more.low - less.high,
        more.high - less.low,
        confidence,
        f"{more.estimator}, paired",
        count,
    )
