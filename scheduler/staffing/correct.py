"""Correct the formula's requirement by simulation, before anybody is rostered.

Idealised agents - exactly the required positions in every interval, nobody absent - face training days; the rate factor
of each date and target is steered until the critical day meets its promise.
"""

from dataclasses import dataclass, replace

import numpy as np

from scenarios import Forecast, Requirement, Roster, Scenario
from scenarios.checks import FloatArray
from scenarios.progress import Progress, silent
from scheduler.staffing.guess import first_guess
from scheduler.staffing.steering import Steering, critical_shares
from sim import Staff, Study, day_levels, replicate, staff_from_positions

BUSIEST_SHARE = 0.5
"""Training draws from the busier half of days: the other half says nothing about the day that just may fail."""
DAYS_RANGE = (32, 240)
PURPOSE = "training"
"""Name of the streams of training days; proof days have others."""


@dataclass(frozen=True, slots=True)
class Training:
    """Days to train on.

    Parameters
    ----------
    contacts_per_round
        Simulated contacts one round may cost; sets the number of days.
    margin
        Added to the promised share of days while training.
    rounds
        Simulations of the idealised requirement.
    """

    contacts_per_round: int = 1_200_000
    margin: float = 0.04
    rounds: int = 2

    def halved(self) -> "Training":
        """Return the training at half the cost: positions without absence are less noisy than a roster."""
        return replace(self, contacts_per_round=max(1, self.contacts_per_round // 2))

    def days(self, forecast: Forecast) -> int:
        """Return the number of days (replications of the horizon) of one round."""
        return int(np.clip(self.contacts_per_round / _contacts(forecast), *DAYS_RANGE))

    def sampled(self, forecast: Forecast) -> Forecast:
        """Return the forecast whose days are trained on: busy ones, evenly spread."""
        return forecast.sampled(busiest=BUSIEST_SHARE, strata=self.days(forecast))


def correct_requirement(
    scenario: Scenario,
    forecast: Forecast,
    *,
    training: Training | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> tuple[Requirement, Steering]:
    """Return the requirement steered so that idealised positions meet every promise, and the steering that led there.

    The positions of the returned requirement are net: breaks and absence come on top.
    """
    training = (training or Training()).halved()
    steering = Steering(scenario)
    requirement = first_guess(scenario, forecast)
    for number in range(training.rounds):
        progress("requirement", number, training.rounds)
        study = train(scenario, forecast, staff_from_positions(_whole(requirement)), training=training, workers=workers)
        critical = critical_of(study, scenario, training, forecast)
        steering.read(critical)
        requirement = first_guess(scenario, forecast, rate_factor=steering.rate_factor())
    progress("requirement", training.rounds, training.rounds)
    return requirement, steering


def train(scenario: Scenario, forecast: Forecast, staff: Roster | Staff, *, training: Training, workers: int) -> Study:
    """Return the training days of ``staff`` (a ``Roster`` or idealised ``Staff``): the same days at every call."""
    return replicate(
        scenario, training.sampled(forecast), staff, replications=training.days(forecast), seed=scenario.seed,
        purpose=PURPOSE, workers=workers,
    )  # fmt: skip


def critical_of(study: Study, scenario: Scenario, training: Training, forecast: Forecast) -> FloatArray:
    """Return (D, P) the critical shares of a training study."""
    sampled = training.sampled(forecast)
    levels = np.array([
        day_levels(sampled, seed=scenario.seed, replication=number, purpose=PURPOSE) for number in range(len(study))
    ])  # fmt: skip
    return critical_shares(study, scenario.targets, levels, margin=training.margin)


def _whole(requirement: Requirement) -> Requirement:
    """Return the requirement in whole positions, none lost."""
    return Requirement(requirement.horizon, requirement.groups, np.ceil(requirement.positions - 1e-9))


def _contacts(forecast: Forecast) -> float:
    """Return the expected contacts of the horizon, at least one."""
    return max(1.0, float(forecast.expected.sum()))
