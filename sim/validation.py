"""Does the model play the days that really were? Simulated against actual, and what would explain a gap.

The days are re-played with the contacts that came and the people who were there. Every measure of a day lies inside
what the model holds to be luck, or within a tolerance nobody would plan by; else the model fails, and the parameters
that would close the gap are searched for, one at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy.optimize import minimize_scalar

from scenarios import DemandUncertainty, Effect, Forecast, Lever, PlanningError, Quantity, Roster, Scenario
from scenarios.checks import FloatArray
from scenarios.progress import Progress, silent
from sim.actuals import Actuals, Measured, as_measured, demand_as_it_was
from sim.estimates import student_quantile
from sim.replicate import replicate
from sim.staff import Staff
from sim.study import Study

STAGE_REPLAY, STAGE_EXPLAIN = "replay", "explain"
"""Keys of the stages under which progress is told."""
FAMILY_ERROR = 0.01
"""Chance that a true model fails, over all its days and measures together (Bonferroni)."""
TOLERANCE = 0.02
"""A gap of two points of a share is nothing anybody plans by."""
INTERVAL_BAND = 0.9
"""Share of intervals that should lie inside their band."""
_SEARCHED = (0.5, 2.0)  # nobody's work or patience is off by more than a factor of two and is believed
_SEARCH_STEPS, _SEARCH_REPLICATIONS = 14, 20
_COUNT_OF = {Measured.ANSWERED_IN_TIME: "in_time", Measured.ABANDONED: "abandoned"}


@dataclass(frozen=True, slots=True)
class DayCheck:
    """One measure of one contact type on one date: what was, what the model plays, and whether that can be luck.

    Parameters
    ----------
    actual, simulated
        Shares of the day's offered contacts.
    low, high
        Where the share of one such day lies with probability 1 - ``FAMILY_ERROR`` over all checks together.
    passed
        Inside, or off by no more than the tolerance.
    """

    measure: Measured
    contact_type: str
    date: date
    offered: float
    actual: float
    simulated: float
    low: float
    high: float
    passed: bool


@dataclass(frozen=True, slots=True)
class IntervalCheck:
    """One measure of one contact type in one interval, with the band that holds one such interval in nine of ten."""

    measure: Measured
    contact_type: str
    interval: int
    offered: float
    actual: float
    simulated: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A parameter that would explain the gap.

    Parameters
    ----------
    factor
        What the parameter would have to be multiplied by.
    misfit_left
        Share of the squared gap that is left then; 1 explains nothing, 0 everything.
    """

    quantity: Quantity
    factor: float
    misfit_left: float


@dataclass(frozen=True, slots=True)
class Validation:
    """Result of a validation; ``explanations`` are empty when it passed, else the best comes first."""

    days: tuple[DayCheck, ...]
    intervals: tuple[IntervalCheck, ...]
    replications: int
    explanations: tuple[Explanation, ...]

    @property
    def passed(self) -> bool:
        """Whether every measure of every day passed."""
        return all(check.passed for check in self.days)

    @property
    def intervals_inside_share(self) -> float:
        """Share of the intervals inside their band of ``INTERVAL_BAND``; ``nan`` without any."""
        inside = [row.low <= row.actual <= row.high for row in self.intervals]
        return float(np.mean(inside)) if inside else float("nan")


def validate(
    scenario: Scenario,
    actuals: Actuals,
    people: Roster | Staff,
    *,
    replications: int = 100,
    seed: int,
    tolerance: float = TOLERANCE,
    progress: Progress | None = None,
) -> Validation:
    """Return how the model compares with what was measured.

    Parameters
    ----------
    people
        Who was rostered (absence is then drawn), or exactly who was there.
    tolerance
        Gap of a share that is let pass even where it is no luck.

    Raises
    ------
    PlanningError
        When no day of a live type was measured throughout.
    """
    tell = progress or silent
    replay = _Replay(scenario, actuals, people, seed)
    tell(STAGE_REPLAY, 0, 1)
    study = replay.study(replications)
    tell(STAGE_REPLAY, 1, 1)
    days = tuple(_day_checks(scenario, actuals, study, tolerance))
    if not days:
        raise PlanningError("nothing_to_compare", value=scenario.name, columns=", ".join(Measured))
    if all(check.passed for check in days):
        explanations: tuple[Explanation, ...] = ()
    else:
        explanations = replay.explained(tell)
    return Validation(days, tuple(_interval_checks(scenario, actuals, study)), replications, explanations)


class _Replay:
    """The days as they were, to be played again with other parameters on the same contacts."""

    def __init__(self, scenario: Scenario, actuals: Actuals, people: Roster | Staff, seed: int) -> None:
        self._scenario = as_measured(scenario)
        self._actuals = actuals
        self._people = people
        self._seed = seed
        typical = np.array([kind.work_s.mean_s for kind in scenario.contact_types]) * scenario.factor(Quantity.WORK)
        believed = Forecast(
            scenario.horizon,
            tuple(kind.name for kind in scenario.contact_types),
            actuals.offered,
            typical,
            DemandUncertainty((0.0,) * len(scenario.horizon.days)),
        )
        self._forecast = demand_as_it_was(actuals, believed)

    def study(self, replications: int, *more: Lever) -> Study:
        """Play the days, with levers besides those of the scenario."""
        world = replace(self._scenario, levers=(*self._scenario.levers, *more))
        return replicate(
            world, self._forecast, self._people, replications=replications, seed=self._seed, purpose="validate"
        )

    def explained(self, tell: Progress) -> tuple[Explanation, ...]:
        """Search the factor of each parameter that leaves the least squared gap of the days' shares."""
        before = self._misfit(Quantity.WORK, 1.0)
        found = []
        searched = (Quantity.WORK, Quantity.PATIENCE, Quantity.ABSENCE)
        for number, quantity in enumerate(searched):
            tell(STAGE_EXPLAIN, number, len(searched))
            best = minimize_scalar(
                lambda log_factor, quantity=quantity: self._misfit(quantity, float(np.exp(log_factor))),
                bounds=tuple(np.log(_SEARCHED)), method="bounded", options={"maxiter": _SEARCH_STEPS, "xatol": 0.01},
            )  # fmt: skip
            found.append(Explanation(quantity, float(np.exp(best.x)), float(best.fun) / max(before, 1e-12)))
        tell(STAGE_EXPLAIN, len(searched), len(searched))
        return tuple(sorted(found, key=lambda row: row.misfit_left))

    def _misfit(self, quantity: Quantity, factor: float) -> float:
        study = self.study(_SEARCH_REPLICATIONS, Lever("validation", (Effect(quantity, factor),)))
        checks = _day_checks(self._scenario, self._actuals, study, 0.0)
        return float(sum(check.offered * (check.actual - check.simulated) ** 2 for check in checks))


def _day_checks(scenario: Scenario, actuals: Actuals, study: Study, tolerance: float) -> Iterator[DayCheck]:
    spans = [(day.date, slice(day.first_interval, day.end_interval)) for day in scenario.horizon.days]
    measured = list(_measured(scenario, actuals))
    checks = max(1, len(measured) * len(spans))
    for measure, column in measured:
        counts, offered = getattr(study, _COUNT_OF[measure])[:, :, column], study.offered[:, :, column]
        for day, span in spans:
            came = float(actuals.offered[span, column].sum())
            if came == 0.0:
                continue
            actual = float(actuals.outcomes[measure][span, column].sum()) / came
            if np.isnan(actual):
                continue
            middle, half = _predicted(counts[:, span].sum(axis=1), offered[:, span].sum(axis=1), FAMILY_ERROR / checks)
            off = abs(actual - middle)
            yield DayCheck(
                measure, scenario.contact_types[column].name, day, came, actual, middle, middle - half, middle + half,
                passed=off <= max(half, tolerance),
            )  # fmt: skip


def _interval_checks(scenario: Scenario, actuals: Actuals, study: Study) -> Iterator[IntervalCheck]:
    for measure, column in _measured(scenario, actuals):
        counts, offered = getattr(study, _COUNT_OF[measure])[:, :, column], study.offered[:, :, column]
        for interval in np.flatnonzero(actuals.offered[:, column] > 0).tolist():
            came = float(actuals.offered[interval, column])
            actual = float(actuals.outcomes[measure][interval, column]) / came
            if np.isnan(actual):
                continue
            shares = counts[:, interval] / np.maximum(offered[:, interval], 1)
            low, high = np.quantile(shares, [(1 - INTERVAL_BAND) / 2, (1 + INTERVAL_BAND) / 2])
            middle = float(counts[:, interval].sum() / max(offered[:, interval].sum(), 1))
            name = scenario.contact_types[column].name
            yield IntervalCheck(measure, name, interval, came, actual, middle, float(low), float(high))


def _measured(scenario: Scenario, actuals: Actuals) -> Iterator[tuple[Measured, int]]:
    """Yield each measure and column of a live type that was measured at all."""
    for measure in actuals.outcomes:
        for column, kind in enumerate(scenario.contact_types):
            came = actuals.offered[:, column] > 0
            if scenario.is_live(kind.name) and not np.isnan(actuals.outcomes[measure][came, column]).all():
                yield measure, column


def _predicted(counts: FloatArray, offered: FloatArray, error: float) -> tuple[float, float]:
    """Return the ratio of sums and the half-width that holds the share of one more day but for ``error``."""
    shares = counts / np.maximum(offered, 1)
    replications = len(shares)
    middle = float(counts.sum() / max(offered.sum(), 1))
    if replications < 2:
        return middle, float("inf")
    spread = float(shares.std(ddof=1)) * float(np.sqrt(1 + 1 / replications))
    return middle, student_quantile(replications, 1.0 - error) * spread
