"""The closed loop of a service day with several promises or several groups, whatever the channels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenarios import Forecast, Scenario
from scenarios.progress import Progress, silent
from scenarios.text import text
from scheduler.loop.bed import Bed, CallBed
from scheduler.loop.closing import LoopOutcome, LoopSettings, close_loop, day_factor_of
from scheduler.loop.columns import DayColumns, day_columns
from scheduler.loop.day import day_alone
from scheduler.loop.floor_bed import FloorBed
from scheduler.loop.prune import PruneSettings
from scheduler.loop.routing_price import Routing, RoutingPrices, priced
from scheduler.loop.skills import SkillSurrogate
from scheduler.proof import Look, ProofSchedule
from sim.compiled.calls import calls_plan_of
from sim.drawing.kinds import kinds_of
from sim.drawing.plain import is_plain

SKILL_SETTINGS = LoopSettings(
    schedule=ProofSchedule((Look(2000, 1.0),), (1.0,)), cushion=2.8, effective_days=(1000, 6000)
)  # fmt: skip
"""More promises and groups leave training more to choose from, and so more optimistic: .004 of the days measured."""
STAGE_DATES = "dates"
"""Key of the stage under which the progress over dates is told."""
FLOOR_SETTINGS = replace(SKILL_SETTINGS, effective_days=(500, 2000), pruning=PruneSettings(contacts=8_000_000))
"""The full floor plays a tenth of the contacts a second: fewer days, and fewer moves tried."""


def close_skill_loop(
    scenario: Scenario,
    forecast: Forecast,
    *,
    seed: int,
    settings: LoopSettings | None = None,
    progress: Progress = silent,
) -> LoopOutcome:
    """Return the cheapest roster found that keeps every promise of a service day, and what its proof says.

    Parameters
    ----------
    scenario, forecast
        One service day alone, see ``day_alone``: any channels, groups and targets.
    settings
        ``None`` for ``SKILL_SETTINGS``, or ``FLOOR_SETTINGS`` where the full floor plays.
    """
    bed = skill_bed(scenario, forecast)
    surrogate = SkillSurrogate(bed, day_factor_of(forecast))
    return close_loop(bed, surrogate, seed=seed, settings=settings or settings_on(bed), progress=progress)


def settings_on(bed: Bed[Any]) -> LoopSettings:
    """Return how hard the loop of several skills tries on a bed."""
    return FLOOR_SETTINGS if isinstance(bed, FloorBed) else SKILL_SETTINGS


def close_dates(
    scenario: Scenario,
    forecast: Forecast,
    *,
    seed: int,
    settings: LoopSettings | None = None,
    progress: Progress = silent,
) -> tuple[LoopOutcome, ...]:
    """Return the outcome of ``close_skill_loop`` for every service day of a horizon, each planned and proven alone."""
    outcomes = []
    for day in range(len(scenario.horizon.days)):
        progress(STAGE_DATES, day, len(scenario.horizon.days))
        alone, law = day_alone(scenario, forecast, day)
        outcomes.append(close_skill_loop(alone, law, seed=seed, settings=settings))
    progress(STAGE_DATES, len(outcomes), len(outcomes))
    return tuple(outcomes)


def skill_bed(scenario: Scenario, forecast: Forecast, columns: DayColumns | None = None) -> Bed[Any]:
    """Return the bed of a service day: that of calls where it has but calls of the plain kind, else the whole floor.

    ``columns`` are those of ``day_columns`` by default.
    """
    plain = calls_plan_of(scenario) is not None and is_plain(kinds_of(scenario, forecast))
    kind = CallBed if plain else FloorBed
    return kind(scenario, forecast, day_columns(scenario) if columns is None else columns)


@dataclass(frozen=True, slots=True)
class SkillRouting:
    """Who is served first in each group.

    Parameters
    ----------
    priorities
        Whether the priorities of the scenario hold; without them the oldest contact of a group goes first.
    """

    priorities: bool = True

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario under this routing."""
        if self.priorities:
            return scenario
        groups = tuple(
            replace(group, serves=tuple(replace(serve, priority=0) for serve in group.serves))
            for group in scenario.groups
        )
        return replace(scenario, groups=groups)

    def told(self, language: str | None = None) -> str:
        """Return the routing in words."""
        return text(f"routing.priorities.{'kept' if self.priorities else 'ignored'}", language)


def price_skill_routings(
    scenario: Scenario,
    forecast: Forecast,
    routings: Sequence[Routing],
    *,
    seed: int,
    settings: LoopSettings | None = None,
    progress: Progress = silent,
) -> RoutingPrices:
    """Return the price of each of ``routings``, the one in use first: the loop run again under it.

    Parameters
    ----------
    scenario, forecast
        One service day alone, see ``day_alone``.
    """

    def close(under: Scenario) -> LoopOutcome:
        return close_skill_loop(under, forecast, seed=seed, settings=settings)

    return priced(scenario, routings, close, progress)
