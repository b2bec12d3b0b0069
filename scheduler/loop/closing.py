"""The closed loop of a service day: search, a second training set, pruning, proof.

Training is optimistic, so the search's roster is searched again on days of its own, pruned there, and trained to a
little more than is promised; only the proof, on days nothing has seen, decides. A refuted roster is trained to more and
proven anew, on new days, out of what is left of the error.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from scenarios import Forecast, Roster, Scenario, ServiceTarget, Verdict
from scenarios.checks import IntArray
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.columns import DayColumns, anonymous_roster
from scheduler.loop.days import Layout
from scheduler.loop.fresh import FreshDays
from scheduler.loop.judge import Judgement
from scheduler.loop.plan import PlanLimits
from scheduler.loop.prune import PruneSettings, prune
from scheduler.loop.steps import Round, SearchSettings, Surrogate, search
from scheduler.proof import Look, ProofSchedule, prove_on
from sim.studies.binomial import binomial_lower_bound

SCHEDULE = ProofSchedule((Look(6000, 0.8), Look(18_000, 0.2)), (1.0,))
"""A clear case is decided at 6,000 days, a close one at 18,000, in one attempt."""
NOISE_REACH = 3.0
"""Hard days reach down to the level from which this many deviations of the day's own noise lead to the quantile."""
HARD_SHARE_RANGE = (0.08, 0.6)
_DAY_RANGE = (48, 4000)
_LARGE = 8
_LEVELS = 4000


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How hard to try.

    Parameters
    ----------
    schedule
        When the proof looks, and what each look and attempt may spend.
    cushion
        Training aims above the least share of days that passes the look aimed at, by so many deviations of what the
        proof and the second training set say by luck.
    effective_days
        Days of the first and of the second training set at least, counted as if drawn evenly.
    contacts
        A set of small days may be larger, up to so many contacts; one of large days is smaller: it holds at most eight
        times what the second may.
    aim_look
        Number of the look aimed at, -1 for the last: a later one needs fewer people and more fresh days.
    aim_step
        Rise of the share of days trained to after a refuted proof.
    """

    schedule: ProofSchedule = SCHEDULE
    cushion: float = 0.8
    effective_days: tuple[int, int] = (1000, 5400)
    contacts: tuple[int, int] = (1_000_000, 3_000_000)
    mild_days: int = 40
    first: SearchSettings = field(default_factory=lambda: SearchSettings(rounds=7))
    second: SearchSettings = field(
        default_factory=lambda: SearchSettings(rounds=3, patience=2, radius=0.03, radius_least=0.03)
    )
    pruning: PruneSettings = field(default_factory=PruneSettings)
    limits: PlanLimits = field(default_factory=PlanLimits)
    aim_look: int = 0
    aim_step: float = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class LoopOutcome:
    """How a loop ended.

    Parameters
    ----------
    counts
        (C,) people of each column; ``None`` when no counts can keep the rows of the surrogate.
    scenario, roster
        The roster with anonymous people, and the scenario that knows them.
    trained
        What the second training set said of it.
    verdict, days
        What the proof said, and the days behind it.
    rounds
        Costs and judgements of every round, in order.
    """

    columns: DayColumns
    counts: IntArray | None
    scenario: Scenario | None = None
    roster: Roster | None = None
    trained: Round | None = None
    verdict: Verdict | None = None
    days: FreshDays | None = None
    rounds: tuple[tuple[float, Judgement], ...] = ()

    @property
    def cost(self) -> float:
        """Cost of the roster in yuan; ``inf`` without one."""
        return np.inf if self.counts is None else float(self.columns.cost @ self.counts)

    @property
    def proven(self) -> bool:
        """Whether the proof says so."""
        return self.verdict is not None and self.verdict.publishable


def close_loop(
    bed: Bed[Any],
    surrogate: Surrogate,
    *,
    seed: int,
    settings: LoopSettings | None = None,
    progress: Progress = silent,
) -> LoopOutcome:
    """Return the cheapest roster found for the service day of ``bed``, and what the proof says of it.

    Parameters
    ----------
    seed
        Key of all streams: same bed, seed and settings, same roster and verdict.
    """
    settings = settings or LoopSettings()
    aim = aim_of(bed.scenario, bed.forecast, settings)
    layouts = [layout_of(bed.scenario, bed.forecast, settings, number) for number in (0, 1)]
    days = bed.draw(layouts[0], seed=seed, purpose="training-1")
    found = search(bed, surrogate, days, aim, settings.first, limits=settings.limits, progress=progress)
    rounds = [(row.cost, row.judgement) for row in found.rounds]
    if found.best is None:
        return LoopOutcome(bed.columns, None, rounds=tuple(rounds))
    best = found.best
    days = bed.draw(layouts[1], seed=seed, purpose="training-2")
    outcome = None
    for attempt in range(1, len(settings.schedule.attempt_shares) + 1):
        again = search(
            bed, surrogate, days, aim, settings.second, limits=settings.limits, start=best.counts, progress=progress
        )
        rounds += [(row.cost, row.judgement) for row in again.rounds]
        if again.best is None:
            raise RuntimeError("a search with a start has a best round")
        best = prune(bed, surrogate, days, again.best, settings.pruning, progress=progress)
        rounds.append((best.cost, best.judgement))
        judged = proven_outcome(bed, best.counts, settings.schedule, seed=seed, attempt=attempt)
        outcome = replace(judged, trained=best, rounds=tuple(rounds))
        if outcome.proven:
            break
        aim = min(1.0, aim + settings.aim_step)
    if outcome is None:
        raise RuntimeError("a schedule has an attempt")
    return outcome


def proven_outcome(
    bed: Bed[Any], counts: IntArray, schedule: ProofSchedule, *, seed: int, attempt: int = 1
) -> LoopOutcome:
    """Return what the proof says of ``counts`` (C,)."""
    scenario, roster = anonymous_roster(bed.scenario, bed.columns, counts)

    def play(first: int, days: int) -> FreshDays:
        seen = bed.prove(
            counts, first=first, days=days, strata=schedule.strata, seed=seed, purpose=schedule.purpose(attempt)
        )
        return FreshDays(bed.scenario, seen)

    verdict, fresh = prove_on(bed.scenario, play, schedule=schedule, attempt=attempt, fingerprint=roster.fingerprint())
    return LoopOutcome(bed.columns, counts, scenario, roster, verdict=verdict, days=fresh)


def aim_of(scenario: Scenario, forecast: Forecast, settings: LoopSettings) -> float:
    """Return the share of days to train to: the least one that passes the look aimed at, and a cushion for luck."""
    layout = layout_of(scenario, forecast, settings, 1)
    effective = layout.hard / layout.hard_share
    return max((_aim_of(scenario, forecast, target, settings, effective) for target in scenario.targets), default=0.0)


def _aim_of(
    scenario: Scenario, forecast: Forecast, target: ServiceTarget, settings: LoopSettings, effective: float
) -> float:
    luck = 1.0 / look_of(settings).days + 1.0 / effective
    variance = undecided(target.share_of_days, noise_of(scenario, forecast)) * luck
    return float(min(1.0, least_share(target, settings) + settings.cushion * np.sqrt(variance)))


def look_of(settings: LoopSettings) -> Look:
    """Return the look of the proof that is aimed at."""
    return settings.schedule.looks[settings.aim_look]


def least_share(target: ServiceTarget, settings: LoopSettings) -> float:
    """Return the least share of days met with which a target passes the look that is aimed at."""
    schedule = settings.schedule
    days, promised = look_of(settings).days, target.share_of_days
    error = schedule.error_at(1, settings.aim_look % len(schedule.looks), target.confidence)
    low, high = int(promised * days), days
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if binomial_lower_bound(middle, days, error) >= promised else (middle, high)
    return high / days


def layout_of(scenario: Scenario, forecast: Forecast, settings: LoopSettings, number: int) -> Layout:
    """Return how many days a training set (0 or 1) takes, and from where.

    Small days have much noise of their own, so that many levels may just fail; large ones fail by their level alone.
    """
    contacts = max(1.0, float(forecast.expected.sum()))
    share = max((target.share_of_days for target in scenario.targets), default=0.95)
    reach = ndtri(share) - NOISE_REACH * noise_of(scenario, forecast)
    hard_share = float(np.clip(1.0 - ndtr(reach), *HARD_SHARE_RANGE))
    wanted = max(settings.effective_days[number] * hard_share, settings.contacts[number] / contacts)
    most = _LARGE * settings.contacts[1] / contacts
    return Layout(int(np.clip(min(wanted, most), *_DAY_RANGE)), settings.mild_days, hard_share)


def noise_of(scenario: Scenario, forecast: Forecast) -> float:
    """Return how much a day strays at its level, from luck of arrivals, work and absence, in spreads of the level."""
    contacts = max(1.0, float(forecast.expected.sum()))
    hours = float((forecast.expected * forecast.work_s).sum()) / 3600.0
    people = max(1.0, hours / _HOURS_AT_WORK)
    absent = scenario.absence_share
    noise = np.sqrt(2.0 / contacts + absent * (1.0 - absent) / people)
    return float(noise / max(float(np.max(forecast.uncertainty.day_cv)), 1e-3))


def undecided(share: float, noise: float) -> float:
    """Return the variance of whether a day is met that is left once its level is known; ``share (1 - share)`` at most.

    A day is met when level + ``noise`` x luck stays below a bar, both standard normal, the bar so that ``share`` of the
    days are. It is the variance of one of many days stratified in their level.
    """
    levels = ndtri((np.arange(_LEVELS) + 0.5) / _LEVELS)
    met = ndtr((np.sqrt(1.0 + noise**2) * ndtri(share) - levels) / max(noise, 1e-6))
    return float(np.mean(met * (1.0 - met)))


_HOURS_AT_WORK = 5.0
"""Hours a person works on contacts in a shift, about: only for how noisy a day is."""


def day_factor_of(forecast: Forecast) -> Callable[[float], float]:
    """Return the day factor of the first service day that a share of days stays below."""

    def at(share: float) -> float:
        levels = np.full(len(forecast.uncertainty.day_cv), share)
        return float(forecast.uncertainty.day_factors(levels)[0])

    return at
