"""From a forecast to a plan: requirement, roster, training, proof.

The loop lays the requirement (corrected by simulation) before the roster search, judges the named roster on training
days, steers the requirement where the roster's day falls short or is needlessly safe, and proves the best roster on
fresh days. Every piece may be replaced by a better search: what it must keep is that training and proof never share a
day, and that only the proof decides.
"""

import time
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np

from scenarios import (
    Forecast,
    Plan,
    Provenance,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    Scenario,
    Verdict,
)
from scenarios.checks import FloatArray
from scenarios.progress import Progress, silent
from scheduler.proof import ProofSchedule, prove
from scheduler.rostering import SearchBudget, build_roster
from scheduler.staffing import Steering, Training, correct_requirement, critical_of, first_guess, train
from sim import Study

RECORDED_VERSIONS = ("springtide", "numpy", "scipy", "simpy", "ortools", "numba")
REACH_SHARE = 0.02
"""A promise missed by less than this in training is within reach of another attempt."""
PROOF_STEP = 0.03
"""Rise of the log rate factor where a proof has failed."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How hard to try.

    Parameters
    ----------
    workers
        Processes for simulation; results do not depend on it.
    roster_rounds
        Rosters built and trained before the proof.
    time_budget_s
        Wall seconds after which no new round or attempt starts; ``None`` for no limit. It is recorded when it bites.
    """

    workers: int = 1
    training: Training = field(default_factory=Training)
    roster_rounds: int = 5
    proof: ProofSchedule = field(default_factory=ProofSchedule)
    search: SearchBudget = field(default_factory=SearchBudget)
    time_budget_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A roster after training.

    ``log_factor`` and ``critical`` are (D, P): what was asked for, and the critical shares it reached; ``spare`` is the
    least of critical less promised.
    """

    requirement: Requirement
    outcome: RosterOutcome
    log_factor: FloatArray
    critical: FloatArray
    spare: float

    def better_than(self, other: "_Candidate | None") -> bool:
        """Passing beats failing; among passing ones the cheaper, among failing ones the nearer."""
        if other is None:
            return True
        if (self.spare >= 0) != (other.spare >= 0):
            return self.spare >= 0
        return self.outcome.objective < other.outcome.objective if self.spare >= 0 else self.spare > other.spare


def make_plan(
    scenario: Scenario,
    forecast: Forecast,
    *,
    settings: PlanSettings | None = None,
    published: Roster | None = None,
    progress: Progress = silent,
) -> Plan:
    """Return the best plan found, proven or not.

    Parameters
    ----------
    published
        Roster in force, where the search starts from.

    Returns
    -------
    Plan
        Always, unless the input is wrong: a missing roster is told by ``outcome.status`` and its reasons, a missed
        promise by ``verdict``.
    """
    settings = settings or PlanSettings()
    clock = _Clock(settings.time_budget_s)
    _, steering = correct_requirement(
        scenario, forecast, training=settings.training, workers=settings.workers, progress=progress
    )
    steering.forget()
    candidate = _train_rosters(scenario, forecast, settings, steering, published, clock, progress)
    judged, verdict, study = candidate, None, None
    attempts = len(settings.proof.attempt_shares)
    for attempt in range(1, attempts + 1):
        if candidate.outcome.roster is None or (attempt > 1 and clock.over):
            break
        judged = candidate
        verdict, study = prove(
            scenario, forecast, candidate.outcome.roster, schedule=settings.proof, attempt=attempt,
            workers=settings.workers, progress=progress,
        )  # fmt: skip
        if verdict.publishable or attempt == attempts or not _worth_another(candidate, verdict):
            break
        steering.log_factor = candidate.log_factor.copy()
        steering.raise_where(_failed(scenario, verdict), PROOF_STEP)
        candidate = _roster_once(scenario, forecast, settings, steering, candidate.outcome.roster, progress)
    return _plan(scenario, forecast, judged, verdict, study, clock)


def _train_rosters(
    scenario: Scenario,
    forecast: Forecast,
    settings: PlanSettings,
    steering: Steering,
    published: Roster | None,
    clock: "_Clock",
    progress: Progress,
) -> _Candidate:
    """Build rosters, train each, steer, and return the best."""
    best: _Candidate | None = None
    warm = published
    for number in range(settings.roster_rounds):
        progress("roster", number, settings.roster_rounds)
        candidate = _roster_once(scenario, forecast, settings, steering, warm, progress)
        if candidate.better_than(best):
            best = candidate
        roster = candidate.outcome.roster
        if roster is None or clock.over or (number > 0 and candidate.spare >= 0):
            break
        warm = roster
        # Early rounds save where there is much to spare; late ones only mend, so that what passes keeps passing.
        steering.read(candidate.critical, late=number + 1 >= settings.roster_rounds // 2)
    progress("roster", settings.roster_rounds, settings.roster_rounds)
    if best is None:
        raise RuntimeError("roster_rounds is at least one, so there is a candidate")
    return best


def _roster_once(
    scenario: Scenario,
    forecast: Forecast,
    settings: PlanSettings,
    steering: Steering,
    warm: Roster | None,
    progress: Progress,
) -> _Candidate:
    """Build one roster at the steered requirement and train it."""
    requirement = first_guess(scenario, forecast, rate_factor=steering.rate_factor())
    outcome = build_roster(
        scenario, with_absence(scenario, requirement), seed=scenario.seed, budget=settings.search, warm_start=warm,
        progress=progress,
    )  # fmt: skip
    shape = (len(scenario.horizon.days), len(scenario.targets))
    critical = np.zeros(shape)
    if outcome.roster is not None:
        study = train(scenario, forecast, outcome.roster, training=settings.training, workers=settings.workers)
        critical = critical_of(study, scenario, settings.training, forecast)
    promised = np.array([target.day_share for target in scenario.targets])
    spare = float((critical - promised).min()) if critical.size else 0.0
    return _Candidate(requirement, outcome, steering.log_factor.copy(), critical, spare)


def with_absence(scenario: Scenario, requirement: Requirement) -> Requirement:
    """Return the positions to roster so that the required ones come on average: each divided by (1 - absence)."""
    horizon = scenario.horizon
    present = np.array([1.0 - scenario.absence_at(number * horizon.interval_us) for number in range(horizon.intervals)])
    if (present <= 0).any():
        present = np.maximum(present, 1e-3)  # everybody stays away: no roster helps, and the search will say so
    return Requirement(horizon, requirement.groups, requirement.positions / present[:, None])


def _worth_another(candidate: _Candidate, verdict: Verdict) -> bool:
    """Return whether a second attempt can pass: rules hold and training says the promise is within reach."""
    return not verdict.breaches and candidate.spare > -REACH_SHARE


def _failed(scenario: Scenario, verdict: Verdict) -> np.ndarray:
    """Return (D, P) which statements were not proven."""
    failed = np.zeros((len(scenario.horizon.days), len(scenario.targets)), dtype=np.bool_)
    names = [target.name for target in scenario.targets]
    for statement in verdict.statements:
        failed[scenario.horizon.day_index(statement.date), names.index(statement.target)] = not statement.proven
    return failed


def _plan(
    scenario: Scenario,
    forecast: Forecast,
    candidate: _Candidate,
    verdict: Verdict | None,
    study: Study | None,
    clock: "_Clock",
) -> Plan:
    notes = (Reason("reasons.time_budget", (("seconds", clock.budget_s),)),) if clock.over else ()
    return Plan(
        requirement=candidate.requirement,
        outcome=candidate.outcome,
        verdict=verdict,
        report=None if study is None else study.report(),
        provenance=Provenance(
            seed=scenario.seed,
            versions=tuple((name, version(name)) for name in RECORDED_VERSIONS),
            hashes=(("scenario", scenario.fingerprint()), ("forecast", forecast.fingerprint())),
        ),
        notes=notes,
    )


class _Clock:
    """The safety net in wall seconds."""

    def __init__(self, budget_s: float | None) -> None:
        self.budget_s = budget_s
        self._start = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether the budget has run out."""
        return self.budget_s is not None and time.monotonic() - self._start >= self.budget_s


__all__ = ["PlanSettings", "make_plan", "with_absence"]
