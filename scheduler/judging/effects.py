"""What changes of a roster do to the service: the same days with and without them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from scenarios import Estimate, Forecast, Roster, Scenario
from scenarios.progress import Progress, silent
from sim import DayChange, Study, day_changes, replicate
from sim.measures.estimates import CONFIDENCE, RATIO_OF_SUMS
from sim.studies.paired import Sample, minus

PURPOSE = "judging"
"""Streams of the days on which changes are weighed: neither training nor proof."""
STAGE = "effects"


@dataclass(frozen=True, slots=True)
class DayEffect:
    """What one step does to one target on one date.

    Parameters
    ----------
    before, after
        Share in time (ratio of sums over the days), each with its own interval.
    difference
        After less before, paired on the same days.
    days
        The share of days that keep the promise, before and after.
    """

    target: str
    date: date
    before: Estimate
    after: Estimate
    difference: Estimate
    days: DayChange


@dataclass(frozen=True, slots=True)
class Floor:
    """What changes are weighed on: scenario, demand, and how many days.

    Parameters
    ----------
    workers
        Processes; results do not depend on it.
    """

    scenario: Scenario
    forecast: Forecast
    days: int = 100
    workers: int = 1


def effects(
    floor: Floor, rosters: Sequence[Roster], dates: Sequence[date], *, progress: Progress = silent
) -> tuple[tuple[DayEffect, ...], ...]:
    """Return, for each roster after the first, what it does against the one before it, on ``dates``, by target.

    All meet the same contacts and the same luck about who stays away. Contacts come on ``dates`` alone, so that a
    change of one date is weighed in seconds whatever the horizon; what earlier dates leave behind is left out.
    """
    studies = _played(floor, rosters, dates, progress)
    return tuple(_between(floor.scenario, before, after, dates) for before, after in pairwise(studies))


def effects_beside(
    floor: Floor, roster: Roster, others: Sequence[Roster], dates: Sequence[date], *, progress: Progress = silent
) -> tuple[tuple[DayEffect, ...], ...]:
    """Return what each of ``others`` does against ``roster``; see ``effects``."""
    before, *studies = _played(floor, (roster, *others), dates, progress)
    return tuple(_between(floor.scenario, before, after, dates) for after in studies)


def _played(floor: Floor, rosters: Sequence[Roster], dates: Sequence[date], progress: Progress) -> list[Study]:
    scenario = floor.scenario
    asked = on_dates(scenario, floor.forecast, dates).sampled(busiest=1.0, strata=floor.days)
    studies: list[Study] = []
    for number, roster in enumerate(rosters):
        progress(STAGE, number, len(rosters))
        played = replicate(
            scenario, asked, roster, replications=floor.days, seed=scenario.seed, purpose=PURPOSE, per="hour",
            workers=floor.workers,
        )  # fmt: skip
        studies.append(played)
    progress(STAGE, len(rosters), len(rosters))
    return studies


def on_dates(scenario: Scenario, forecast: Forecast, dates: Sequence[date]) -> Forecast:
    """Return the forecast with contacts on the service days of ``dates`` only."""
    wanted = [number for number, day in enumerate(scenario.horizon.days) if day.date in dates]
    inside = np.isin(scenario.horizon.day_of_interval(), wanted)
    return replace(forecast, expected=np.where(inside[:, None], forecast.expected, 0.0))


def _between(scenario: Scenario, before: Study, after: Study, dates: Sequence[date]) -> tuple[DayEffect, ...]:
    changes = {(row.before.target, row.before.date): row for row in day_changes(before, after)}
    found = []
    for target in scenario.targets:
        counts = [study.day_counts(target) for study in (before, after)]
        for number, day in enumerate(scenario.horizon.days):
            if day.date not in dates:
                continue
            one, other = (
                Sample.of_ratio(in_time[:, number].astype(float), offered[:, number].astype(float), RATIO_OF_SUMS)
                for in_time, offered, _ in counts
            )
            found.append(
                DayEffect(
                    target=target.name,
                    date=day.date,
                    before=one.estimate(CONFIDENCE, "share"),
                    after=other.estimate(CONFIDENCE, "share"),
                    difference=minus(other, one).estimate_within(CONFIDENCE, 1.0),
                    days=changes[target.name, day.date],
                )
            )
    return tuple(found)
