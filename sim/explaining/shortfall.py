"""Why an hour missed its promise: the day as it came, re-run with one cause at a time put back to plan.

Causes are volume, mix, handling time, absence and shocks. All worlds meet the same contacts (common random numbers), so
what two of them differ by is the cause and not luck.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TypeVar, Unpack

import numpy as np

from scenarios import Effect, Estimate, Forecast, Lever, PlanningError, Quantity, Roster, Scenario, ServiceTarget, Shock
from scenarios.checks import FloatArray, IntArray
from scenarios.progress import silent
from sim.measures.estimates import CONFIDENCE, RATIO_OF_SUMS
from sim.measures.study import Study
from sim.studies.paired import Sample
from sim.studies.replicate import Conduct, replicate

STAGE = "explain"
"""Key of the stage under which progress is told."""
ESTIMATOR = "ratio of sums, paired"
_MAY_DIFFER = frozenset({"levers", "shocks", "absence_share"})
"""What of a scenario is told apart by ``Cause``."""
_NOT_PLAYED = frozenset({"name", "promo", "profiles", "uncertainty", "seed", "assumptions"})
"""What of a scenario the floor never sees: demand comes from the forecast, the seed from the caller."""
T = TypeVar("T", Lever, Shock)


class Cause(StrEnum):
    """What may differ between the plan and the day as it came."""

    VOLUME = "volume"  # more contacts than planned, all types together
    MIX = "mix"  # other types than planned
    HANDLING = "handling"  # work of a contact
    ABSENCE = "absence"  # people who did not come, or came besides
    SHOCK = "shock"  # what happened to the shop


@dataclass(frozen=True, slots=True)
class Situation:
    """A scenario, the demand in it and the people for it: as planned, or as it came.

    Parameters
    ----------
    roster
        Who was to be at work, or who was; people stay away from it as the scenario says.
    """

    scenario: Scenario
    forecast: Forecast
    roster: Roster


@dataclass(frozen=True, slots=True)
class HourShortfall:
    """One promise in one clock hour of the horizon.

    Parameters
    ----------
    start_min
        Start of the hour, minutes since the horizon's start.
    offered
        Mean contacts offered in the day as it came.
    share, planned_share
        Share in time as it came and as planned.
    contacts_short
        Mean contacts that would have had to be answered in time besides, to reach the promised share; >= 0.
    causes
        What putting each cause back to plan gives back of the share: the mean of taking it away from the day as it came
        and of adding it to the plan alone. What is left of the whole difference stands in ``together``.
    together
        Part of the difference that no single cause explains (causes that act only together).
    """

    target: str
    start_min: int
    offered: float
    share: Estimate
    planned_share: Estimate
    contacts_short: float
    causes: Mapping[Cause, Estimate]
    together: float

    @property
    def main_cause(self) -> Cause | None:
        """The cause that explains most, ``None`` when no cause's interval lies above zero."""
        sure = {cause: said.value for cause, said in self.causes.items() if said.low > 0}
        return max(sure, key=lambda cause: sure[cause], default=None)


def shortfall(
    plan: Situation, came: Situation, *, replications: int, seed: int, **conduct: Unpack[Conduct]
) -> tuple[HourShortfall, ...]:
    """Return every promise and open hour with its shortfall and the causes of it, in order of promise and time.

    Parameters
    ----------
    plan, came
        What differs is told apart by ``Cause``: demand, work, people and absence, shocks and levers. Everything else
        that is played must be the same in both. All worlds stray from what is expected as ``came.forecast`` does.
    **conduct
        As for ``replicate``; ``progress`` is told of the worlds played, twelve in all.

    Raises
    ------
    PlanningError
        When the two situations differ in anything else.
    """
    _require_alike(plan, came)
    tell = conduct.get("progress") or silent
    quietly: Conduct = {**conduct, "progress": None}
    worlds = _worlds(plan, came)
    studies: dict[frozenset[Cause], Study] = {}
    for number, (causes, world) in enumerate(worlds.items()):
        tell(STAGE, number, len(worlds))
        studies[causes] = replicate(
            world.scenario,
            world.forecast,
            world.roster,
            replications=replications,
            seed=seed,
            purpose="explain",
            **quietly,
        )
    tell(STAGE, len(worlds), len(worlds))
    return tuple(row for target in came.scenario.targets for row in _rows(came.scenario, target, studies))


def _require_alike(plan: Situation, came: Situation) -> None:
    """Raise unless two situations are alike in all that no cause tells apart."""
    for field in ("horizon", "contact_types"):
        planned, other = (getattr(one.forecast, field) for one in (plan, came))
        if planned != other:
            raise PlanningError("not_one_of", thing="Situation", field=field, value=other, known=planned)
    compared = (field.name for field in fields(Scenario) if field.compare)
    for name in compared:
        if name in _MAY_DIFFER | _NOT_PLAYED:
            continue
        planned, other = (getattr(one.scenario, name) for one in (plan, came))
        if planned != other:
            raise PlanningError("situations_differ", field=name, value=_unlike(other, planned))


def _unlike(other: object, planned: object) -> object:
    """Return what differs: of tuples the first part that is not in the plan."""
    if not isinstance(other, tuple) or not isinstance(planned, tuple):
        return other
    parts = [part for part in other if part not in planned] or [part for part in planned if part not in other]
    if not parts:
        return other
    return getattr(parts[0], "name", None) or getattr(parts[0], "contact_type", parts[0])


def _worlds(plan: Situation, came: Situation) -> dict[frozenset[Cause], Situation]:
    """Return the worlds by the causes that are in them as they came: none, all, each alone, all but each."""
    everything = frozenset(Cause)
    sets = [frozenset(), everything]
    sets += [frozenset([cause]) for cause in Cause] + [everything - {cause} for cause in Cause]
    return {causes: _world(plan, came, causes) for causes in dict.fromkeys(sets)}


def _world(plan: Situation, came: Situation, causes: frozenset[Cause]) -> Situation:
    def of(cause: Cause) -> Situation:
        return came if cause in causes else plan

    volume, mixed = of(Cause.VOLUME).forecast.expected, of(Cause.MIX).forecast.expected
    mixed = np.where(mixed.any(axis=1, keepdims=True), mixed, volume)  # nobody came: no mix of its own
    whole = mixed.sum(axis=1, keepdims=True)
    expected = volume.sum(axis=1, keepdims=True) * (mixed / np.where(whole > 0, whole, 1.0))
    forecast = replace(came.forecast, expected=expected, work_s=of(Cause.HANDLING).forecast.work_s)
    happened, absent = of(Cause.SHOCK).scenario, of(Cause.ABSENCE).scenario
    shocks = (*_part(happened.shocks, absence=False), *_part(absent.shocks))
    levers = (*_part(happened.levers, absence=False), *_part(absent.levers))
    scenario = replace(plan.scenario, shocks=shocks, levers=levers, absence_share=absent.absence_share)
    return Situation(scenario, forecast, of(Cause.ABSENCE).roster)


def _part(sources: tuple[T, ...], *, absence: bool = True) -> Iterator[T]:
    """Yield the shocks or levers with their effects on absence alone, or with all others."""

    def wanted(effect: Effect) -> bool:
        return (effect.quantity is Quantity.ABSENCE) is absence

    for source in sources:
        effects = tuple(effect for effect in source.effects if wanted(effect))
        if effects:
            yield replace(source, effects=effects)


def _rows(
    scenario: Scenario, target: ServiceTarget, studies: Mapping[frozenset[Cause], Study]
) -> Iterator[HourShortfall]:
    starts_min, hour = _hours(scenario)
    columns = [scenario.type_index(kind) for kind in target.contact_types]
    counts = {
        causes: (_by_hour(study.in_time, columns, hour), _by_hour(study.offered, columns, hour))
        for causes, study in studies.items()
    }
    for number, start_min in enumerate(starts_min):
        worlds = {
            causes: Sample.of_ratio(in_time[number], offered[number], RATIO_OF_SUMS)
            for causes, (in_time, offered) in counts.items()
        }
        came, planned = worlds[frozenset(Cause)], worlds[frozenset()]
        causes = {cause: _given_back(cause, worlds) for cause in Cause}
        mean_offered = float(counts[frozenset(Cause)][1][number].mean())
        yield HourShortfall(
            target=target.name,
            start_min=start_min,
            offered=mean_offered,
            share=came.estimate(CONFIDENCE, "share"),
            planned_share=planned.estimate(CONFIDENCE, "share"),
            contacts_short=max(0.0, target.day_share - came.value) * mean_offered if mean_offered else 0.0,
            causes=causes,
            together=planned.value - came.value - sum(said.value for said in causes.values()),
        )


def _given_back(cause: Cause, worlds: Mapping[frozenset[Cause], Sample]) -> Estimate:
    """Return the mean of taking a cause away from the day as it came and of adding it to the plan alone."""
    everything = frozenset(Cause)
    came, planned = worlds[everything], worlds[frozenset()]
    without, alone = worlds[everything - {cause}], worlds[frozenset([cause])]
    value = ((without.value - came.value) + (planned.value - alone.value)) / 2
    residuals = ((without.residuals - came.residuals) + (planned.residuals - alone.residuals)) / 2
    return Sample(value, residuals, ESTIMATOR).estimate_within(CONFIDENCE, 1.0)


def _hours(scenario: Scenario) -> tuple[list[int], IntArray]:
    """Return the starts of the H open clock hours in minutes and (T,) the number of every interval's, -1 for none."""
    grid = scenario.horizon
    hour = np.arange(grid.intervals, dtype=np.int64) * grid.interval_min // 60
    is_open = grid.open_intervals()
    known = np.unique(hour[is_open])
    return (known * 60).tolist(), np.where(is_open, np.searchsorted(known, hour), -1)


def _by_hour(counts: IntArray, columns: list[int], hour: IntArray) -> FloatArray:
    """Return (H, R) counts of some contact types by open clock hour."""
    together = counts[:, :, columns].sum(axis=2)
    return np.stack([together[:, hour == one].sum(axis=1) for one in range(hour.max() + 1)]).astype(np.float64)
