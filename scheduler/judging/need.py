"""How many people a forecast needs where, and how many a roster lacks there."""

from dataclasses import dataclass

import numpy as np

from scenarios import Forecast, Requirement, Roster, Scenario
from scenarios.checks import FloatArray
from scenarios.progress import Progress, silent
from scheduler.judging.effects import Floor
from scheduler.rostering import coverage
from scheduler.rostering.terms import MIN_PER_H
from scheduler.staffing import Steering, Training, correct_requirement, first_guess, with_absence

MARGIN = 0.025
"""Added to the promised share of days, less than a plan adds: repairs are to be cheap, and a proof looks thrice."""


@dataclass(slots=True)
class Need:
    """Positions to roster, and the handle by which they are raised where the simulation still finds too few.

    Attributes
    ----------
    requirement
        Positions at work, raised for absence.
    """

    scenario: Scenario
    forecast: Forecast
    training: Training
    steering: Steering
    requirement: Requirement

    @classmethod
    def of(cls, floor: Floor, *, training: Training | None = None, progress: Progress = silent) -> "Need":
        """Return the need: by formula, corrected on the days of ``training``."""
        training = training or Training(margin=MARGIN)
        scenario, forecast = floor.scenario, floor.forecast
        net, steering = correct_requirement(
            scenario, forecast, training=training, workers=floor.workers, progress=progress
        )  # fmt: skip
        steering.forget()
        return cls(scenario, forecast, training, steering, with_absence(scenario, net))

    def raise_where(self, failing: np.ndarray, by: float) -> None:
        """Raise the need of the (D, P) dates and targets in ``failing``, as if so many more contacts came."""
        self.steering.raise_where(failing, by)
        net = first_guess(self.scenario, self.forecast, rate_factor=self.steering.rate_factor())
        self.requirement = with_absence(self.scenario, net)


def short_h(requirement: Requirement, roster: Roster) -> float:
    """Return the position-hours that a roster leaves short."""
    horizon = requirement.horizon
    missing = np.maximum(requirement.positions - coverage(horizon, requirement.groups, roster), 0.0)
    return float(missing.sum()) * horizon.interval_min / MIN_PER_H


def people_short(scenario: Scenario, requirement: Requirement, roster: Roster) -> dict[tuple[str, int], float]:
    """Return, per target and start of a clock hour (minutes since the horizon's start), the people the hour lacks.

    Where it lacks most within the hour; groups that first serve a target count together, so that one's surplus makes up
    for another's lack.
    """
    names = [group.name for group in scenario.groups]
    missing: FloatArray = requirement.positions - coverage(scenario.horizon, names, roster)
    hour = np.arange(scenario.horizon.intervals) * scenario.horizon.interval_min // 60
    first = {route.contact_type: route.steps[0].group for route in scenario.routes}
    short: dict[tuple[str, int], float] = {}
    for target in scenario.targets:
        columns = [names.index(group) for group in dict.fromkeys(first[kind] for kind in target.contact_types)]
        together = missing[:, columns].sum(axis=1)
        for one in np.unique(hour).tolist():
            short[target.name, one * 60] = max(0.0, float(np.ceil(together[hour == one].max() - 1e-9)))
    return short
