"""From a forecast to a plan: requirement, roster, training, proof.

The loop lays the requirement (corrected by simulation) before the roster search, judges the named roster on training
days, steers the requirement where the roster's day falls short or is needlessly safe, trims the best roster date by
date on training days of their own, and proves it on fresh days. Every piece may be replaced by a better search: what it
must keep is that training and proof never share a day, and that only the proof decides.
"""

import time
from dataclasses import dataclass, field, replace
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
from scenarios.checks import BoolArray, FloatArray
from scenarios.progress import Progress, silent
from scheduler.proof import ProofSchedule, prove
from scheduler.rostering import SearchBudget, appraise, build_roster, coverage
from scheduler.staffing import (
    Steering,
    Training,
    correct_requirement,
    critical_of,
    first_guess,
    present_shares,
    train,
    with_absence,
)
from scheduler.trimming import TrimSettings, trim
from sim import Study

RECORDED_VERSIONS = ("springtide", "numpy", "scipy", "simpy", "ortools", "numba")
REACH_SHARE = 0.02
"""A promise missed by less than this in training is within reach of another attempt."""
PROOF_STEP = 0.03
"""Rise of the log rate factor where a proof has failed."""
AIM_STEP = 0.008
"""Rise of the share of days a date is trimmed to where its proof has failed."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How hard to try.

    Parameters
    ----------
    workers
        Processes for simulation; results do not depend on it.
    roster_rounds
        Rosters built and trained before the proof.
    trimming
        How long dates are trimmed by single people; ``None`` for not at all.
    time_budget_s
        Wall seconds after which no new round or attempt starts; ``None`` for no limit. It is recorded when it bites.
    """

    workers: int = 1
    training: Training = field(default_factory=Training)
    roster_rounds: int = 5
    proof: ProofSchedule = field(default_factory=ProofSchedule)
    search: SearchBudget = field(default_factory=SearchBudget)
    trimming: TrimSettings | None = field(default_factory=TrimSettings)
    time_budget_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A roster after training.

    ``log_factor`` and ``critical`` are (D, P): what was asked for, and the critical shares it reached; ``spare`` is the
    least of critical less promised; ``trimmed`` are (D,) the dates that pass since they were trimmed.
    """

    requirement: Requirement
    outcome: RosterOutcome
    log_factor: FloatArray
    critical: FloatArray
    spare: float
    trimmed: BoolArray

    def within_reach(self, scenario: Scenario) -> bool:
        """Return whether every date passes since it was trimmed, or misses its promises by little."""
        promised = [target.day_share for target in scenario.targets]
        near = (self.critical - promised > -REACH_SHARE).all(axis=1)
        return bool((self.trimmed | near).all())

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
    planner = _Planner(scenario, forecast, settings, steering, progress)
    candidate = _train_rosters(planner, published, clock)
    if not clock.over:
        candidate = planner.trimmed(candidate)
    judged, verdict, study = candidate, None, None
    attempts = len(settings.proof.attempt_shares)
    for attempt in range(1, attempts + 1):
        if candidate.outcome.roster is None:
            break
        judged = candidate
        verdict, study = prove(
            scenario, forecast, candidate.outcome.roster, schedule=settings.proof, attempt=attempt,
            workers=settings.workers, progress=progress,
        )  # fmt: skip
        last = attempt == attempts or clock.over
        if verdict.publishable or last or verdict.breaches or not candidate.within_reach(scenario):
            break
        candidate = planner.again(candidate, _failed(scenario, verdict))
    return _plan(scenario, forecast, judged, verdict, study, clock)


def _train_rosters(planner: "_Planner", published: Roster | None, clock: "_Clock") -> _Candidate:
    """Build rosters, train each, steer, and return the best."""
    best: _Candidate | None = None
    warm, rounds = published, planner.settings.roster_rounds
    for number in range(rounds):
        planner.progress("roster", number, rounds)
        candidate = planner.rostered(warm)
        if candidate.better_than(best):
            best = candidate
        roster = candidate.outcome.roster
        if roster is None or clock.over or (number > 0 and candidate.spare >= 0):
            break
        warm = roster
        # Early rounds save where there is much to spare; late ones only mend, so that what passes keeps passing.
        planner.steering.read(candidate.critical, late=number + 1 >= rounds // 2)
    planner.progress("roster", rounds, rounds)
    if best is None:
        raise RuntimeError("roster_rounds is at least one, so there is a candidate")
    return best


@dataclass(slots=True)
class _Planner:
    """What makes candidates; the steering changes, and what dates are trimmed to beyond the usual."""

    scenario: Scenario
    forecast: Forecast
    settings: PlanSettings
    steering: Steering
    progress: Progress
    raised: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        self.raised = dict.fromkeys(range(len(self.scenario.horizon.days)), 0.0)

    def rostered(self, warm: Roster | None) -> _Candidate:
        """Return a roster at the steered requirement, trained."""
        scenario, settings = self.scenario, self.settings
        requirement = first_guess(scenario, self.forecast, rate_factor=self.steering.rate_factor())
        outcome = build_roster(
            scenario, with_absence(scenario, requirement), seed=scenario.seed, budget=settings.search, warm_start=warm,
            progress=self.progress,
        )  # fmt: skip
        days = len(scenario.horizon.days)
        critical = np.zeros((days, len(scenario.targets)))
        if outcome.roster is not None:
            study = train(
                scenario, self.forecast, outcome.roster, training=settings.training, workers=settings.workers
            )  # fmt: skip
            critical = critical_of(study, scenario, settings.training, self.forecast)
        promised = np.array([target.day_share for target in scenario.targets])
        spare = float((critical - promised).min()) if critical.size else 0.0
        untrimmed = np.zeros(days, dtype=np.bool_)
        return _Candidate(requirement, outcome, self.steering.log_factor.copy(), critical, spare, untrimmed)

    def trimmed(self, candidate: _Candidate, failed: BoolArray | None = None) -> _Candidate:
        """Return ``candidate`` trimmed: all dates, or those that (D,) ``failed`` in the proof alone."""
        settings, scenario, roster = self.settings, self.scenario, candidate.outcome.roster
        if settings.trimming is None or roster is None:
            return candidate
        found = trim(
            scenario, self.forecast, roster, settings.proof, settings=settings.trimming,
            raised={day: aim for day, aim in self.raised.items() if failed is None or failed[day]},
            workers=settings.workers, progress=self.progress,
        )  # fmt: skip
        passing = found.passing if failed is None else np.where(failed, found.passing, candidate.trimmed)
        if found.roster == roster:
            return replace(candidate, trimmed=passing)
        requirement = _lowered(scenario, candidate.requirement, roster, found.roster)
        wanted = with_absence(scenario, requirement)
        outcome = appraise(scenario, wanted, found.roster, passes=settings.search.bound_passes)
        return replace(candidate, requirement=requirement, outcome=outcome, trimmed=passing)

    def again(self, candidate: _Candidate, failed: BoolArray) -> _Candidate:
        """Return a candidate that may pass where (D, P) ``failed``: trimmed further, or else built anew."""
        dates: BoolArray = np.asarray(failed.any(axis=1))
        for day in np.flatnonzero(dates).tolist():
            self.raised[day] += AIM_STEP
        mended = self.trimmed(candidate, dates)
        if mended.trimmed[dates].all():
            return mended
        self.steering.log_factor = candidate.log_factor.copy()
        self.steering.raise_where(failed, PROOF_STEP)
        return self.trimmed(self.rostered(candidate.outcome.roster))


def _lowered(scenario: Scenario, requirement: Requirement, before: Roster, after: Roster) -> Requirement:
    """Return the positions required once the simulation has shown that fewer do, where ``after`` has fewer at work."""
    horizon = requirement.horizon
    was, now = (coverage(horizon, requirement.groups, roster) for roster in (before, after))
    enough = np.minimum(requirement.positions, now * present_shares(scenario)[:, None])
    return Requirement(horizon, requirement.groups, np.where(now < was, enough, requirement.positions))


def _failed(scenario: Scenario, verdict: Verdict) -> BoolArray:
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


__all__ = ["PlanSettings", "make_plan"]
