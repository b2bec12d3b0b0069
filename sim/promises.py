"""How likely a day meets its promise: the share of simulated days that did, with exact bounds."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from scenarios import Estimate, ServiceTarget
from scenarios.checks import IntArray
from sim.binomial import binomial_interval, binomial_lower_bound, binomial_upper_bound
from sim.estimates import CONFIDENCE
from sim.study import Study


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


def days_met(study: Study, target: ServiceTarget) -> IntArray:
    """Return (D,) in how many replications each service date met ``target``; one without contacts broke no promise."""
    met: IntArray = np.count_nonzero(study.day_share(target) >= target.day_share, axis=0).astype(np.int64)
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
