"""The proof: a roster is believed only after the simulation has judged it on days nobody used to build it.

Per service date and target the statement is "the day meets its share on at least 95 % of days, with 95 % confidence":
the one-sided exact binomial lower bound (Clopper and Pearson 1934) of the share of fresh days that met it. Looks and
attempts of one publication share its error: a fixed schedule says how much each may spend, so that the chance of a
wrong statement about one date and target stays below ``1 - confidence`` in all. ``bound_joint`` says what holds for all
dates and targets together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np

from scenarios import (
    Estimate,
    Forecast,
    PlanningError,
    Roster,
    RuleBreach,
    Scenario,
    ServiceTarget,
    TargetStatement,
    Verdict,
)
from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress, silent
from scheduler.rostering import check_rules
from sim import Study, ratio_of_sums, replicate
from sim.studies.binomial import binomial_lower_bound, binomial_upper_bound
from sim.studies.promises import days_met

HOPELESS_ERROR = 0.001
"""A second look is not taken when even the upper bound at this error stays below the promise."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look at the fresh days once ``days`` of them are simulated, spending ``error_share`` of the attempt's error."""

    days: int
    error_share: float


@dataclass(frozen=True, slots=True)
class ProofSchedule:
    """When to look and what each look and attempt may spend; shares of each add up to at most 1.

    The first look decides clear cases cheaply; the later ones, twice and four times as large, are for the close ones.

    Parameters
    ----------
    each_date
        Go on looking while any open date could still be proven; else one hopeless date, or a broken rule, ends it.
    days
        Name of the streams of fresh days, the attempt's number behind it.
    """

    looks: tuple[Look, ...] = (Look(300, 0.7), Look(600, 0.15), Look(1200, 0.15))
    attempt_shares: tuple[float, ...] = (0.7, 0.3)
    each_date: bool = False
    days: str = "proof"

    def __post_init__(self) -> None:
        for name, shares in (("looks", [look.error_share for look in self.looks]), ("attempts", self.attempt_shares)):
            if not shares or min(shares) <= 0 or sum(shares) > 1 + 1e-12:
                raise PlanningError("error_shares", thing="ProofSchedule", field=name, value=tuple(shares))
        days = [look.days for look in self.looks]
        if days != sorted(set(days)) or days[0] < 1:
            raise PlanningError("not_sorted", thing="ProofSchedule", field="looks", value=days)

    @property
    def strata(self) -> int:
        """Equally likely slices of the day factor: the first look meets each of them once."""
        return self.looks[0].days

    def error_at(self, attempt: int, look: int, confidence: float) -> float:
        """Return the one-sided error of one look of one attempt (first attempt 1, first look 0)."""
        return (1.0 - confidence) * self.attempt_shares[attempt - 1] * self.looks[look].error_share

    def purpose(self, attempt: int) -> str:
        """Return the name of the streams of an attempt: days that nothing else is drawn from."""
        return f"{self.days}-{attempt}"

    def spent_after(self, attempt: int, confidence: float) -> float:
        """Return the error spent once ``attempt`` is over."""
        return (1.0 - confidence) * sum(self.attempt_shares[:attempt]) * sum(look.error_share for look in self.looks)


class ProofDays(Protocol):
    """What a proof reads of simulated days, as a ``Study`` has it: shares and counts of a target by service day."""

    def __len__(self) -> int:
        """Return the number of days simulated."""

    def concat(self, other: Self) -> Self:
        """Return these days and then ``other``."""

    def day_share(self, target: ServiceTarget) -> FloatArray:
        """Return (R, D) shares in time."""

    def day_counts(self, target: ServiceTarget) -> tuple[IntArray, IntArray, IntArray]:
        """Return (R, D) each: in time, offered, abandoned."""

    def hour_share(self, target: ServiceTarget) -> tuple[tuple[IntArray, ...], tuple[FloatArray, ...]]:
        """Return per service day the starts of its hours and their mean shares in time."""


DaysT = TypeVar("DaysT", bound=ProofDays)


def prove(
    scenario: Scenario,
    forecast: Forecast,
    roster: Roster,
    *,
    schedule: ProofSchedule | None = None,
    attempt: int = 1,
    workers: int = 1,
    progress: Progress = silent,
) -> tuple[Verdict, Study]:
    """Judge ``roster`` by its rules and on fresh days; return the verdict and the days behind it.

    Parameters
    ----------
    attempt
        Number of this attempt at the same publication, 1 first; each has days of its own and its share of the error.
    workers
        Processes; the result does not depend on it.
    """
    schedule = schedule or ProofSchedule()
    fresh_days = forecast.sampled(busiest=1.0, strata=schedule.strata)

    def play(first: int, days: int) -> Study:
        return replicate(
            scenario, fresh_days, roster, replications=days, first=first, seed=scenario.seed,
            purpose=schedule.purpose(attempt), workers=workers, progress=progress,
        )  # fmt: skip

    return prove_on(
        scenario, play, schedule=schedule, attempt=attempt, breaches=check_rules(scenario, roster),
        fingerprint=roster.fingerprint(),
    )  # fmt: skip


def prove_on(
    scenario: Scenario,
    play: Callable[[int, int], DaysT],
    *,
    schedule: ProofSchedule,
    attempt: int,
    breaches: tuple[RuleBreach, ...] = (),
    fingerprint: str,
) -> tuple[Verdict, DaysT]:
    """Judge a roster on the fresh days that ``play`` simulates, look by look; return the verdict and the days.

    Parameters
    ----------
    play
        Given the number of the first day and how many, returns what happened on them: days of
        ``schedule.purpose(attempt)``, in ``schedule.strata`` strata.
    breaches, fingerprint
        Rules the roster breaks, and which roster it is.
    """
    statements: dict[tuple[int, int], TargetStatement] = {}
    study: DaysT | None = None
    for number, look in enumerate(schedule.looks):
        done = schedule.looks[number - 1].days if number else 0
        fresh = play(done, look.days - done)
        study = fresh if study is None else study.concat(fresh)
        judged = _judge(scenario, study, schedule, attempt, number)
        # A statement proven at an earlier look stands: its error was spent there.
        statements |= {key: said for key, said in judged.items() if key not in statements or not statements[key].proven}
        hopeless = [_hopeless(said, scenario) for said in statements.values() if not said.proven]
        if all(hopeless) or (not schedule.each_date and (breaches or any(hopeless))):
            break
    if study is None:
        raise RuntimeError("a schedule without looks passed its check")
    ordered = tuple(statements[key] for key in sorted(statements))
    joint = all(said.bound_joint >= _target(scenario, said.target).share_of_days and said.proven for said in ordered)
    confidence = max((target.confidence for target in scenario.targets), default=1.0)
    verdict = Verdict(
        breaches=breaches,
        statements=ordered,
        joint_proven=bool(ordered) and joint,
        attempt=attempt,
        error_spent=schedule.spent_after(attempt, confidence),
        roster_fingerprint=fingerprint,
    )
    return verdict, study


def _judge(
    scenario: Scenario, study: ProofDays, schedule: ProofSchedule, attempt: int, look: int
) -> dict[tuple[int, int], TargetStatement]:
    """Return the statements of all dates and targets at one look, keyed (day, target)."""
    statements = {}
    count = len(scenario.horizon.days) * len(scenario.targets)
    for number, target in enumerate(scenario.targets):
        error = schedule.error_at(attempt, look, target.confidence)
        met = days_met(study, target)
        hours, hour_shares = study.hour_share(target)
        in_time, offered, abandoned = study.day_counts(target)
        for day, service_day in enumerate(scenario.horizon.days):
            trials, successes = len(study), int(met[day])
            bound = binomial_lower_bound(successes, trials, error)
            worst_hour, worst_share = _worst_hour(hours[day], hour_shares[day])
            abandoned_share = ratio_of_sums(abandoned[:, day], offered[:, day])
            statements[day, number] = TargetStatement(
                target=target.name,
                date=service_day.date,
                days_simulated=trials,
                days_met=successes,
                share_of_days=successes / trials,
                bound=bound,
                bound_joint=binomial_lower_bound(successes, trials, error / count),
                day_share=ratio_of_sums(in_time[:, day], offered[:, day]),
                worst_hour_share=worst_share,
                worst_hour=worst_hour,
                abandoned_share=abandoned_share,
                proven=bound >= target.share_of_days and _beside_holds(target, worst_share, abandoned_share),
            )
    return statements


def _worst_hour(starts_min: IntArray, shares: FloatArray) -> tuple[int, float]:
    """Return start and share of the hour with the lowest share; hours without contacts do not count."""
    known = ~np.isnan(shares)
    if not known.any():
        return int(starts_min[0]), 1.0
    worst = int(np.argmin(np.where(known, shares, np.inf)))
    return int(starts_min[worst]), float(shares[worst])


def _beside_holds(target: ServiceTarget, worst_hour_share: float, abandoned: Estimate) -> bool:
    """Return whether the hour floor and the abandonment bound hold (as ratios of sums over the proof's days)."""
    floor_holds = target.hour_share_floor is None or worst_hour_share >= target.hour_share_floor
    bound = target.abandoned_share_max
    return floor_holds and (bound is None or np.isnan(abandoned.value) or abandoned.value <= bound)


def _hopeless(statement: TargetStatement, scenario: Scenario) -> bool:
    """Return whether more days could hardly prove the statement."""
    upper = binomial_upper_bound(statement.days_met, statement.days_simulated, HOPELESS_ERROR)
    target = _target(scenario, statement.target)
    beside = _beside_holds(target, statement.worst_hour_share, statement.abandoned_share)
    return upper < target.share_of_days or not beside


def _target(scenario: Scenario, name: str) -> ServiceTarget:
    return next(target for target in scenario.targets if target.name == name)
