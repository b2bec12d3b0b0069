"""The closed loop that suits a service day: calls of one group, one group of any channels, or several skills."""

from dataclasses import dataclass
from typing import Any

from scenarios import Forecast, PlanningError, Scenario
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.closing import LoopOutcome, LoopSettings, close_loop, day_factor_of
from scheduler.loop.columns import day_columns
from scheduler.loop.floor_bed import FloorBed
from scheduler.loop.group import CHAT_SETTINGS
from scheduler.loop.group_bed import GroupBed
from scheduler.loop.measured import MeasuredSurrogate
from scheduler.loop.skill_loop import settings_on, skill_bed
from scheduler.loop.skills import SkillSurrogate
from scheduler.loop.steps import Surrogate
from scheduler.loop.voice import VoiceSurrogate


@dataclass(frozen=True, slots=True, eq=False)
class DayLoop:
    """Where the days of a service day are played, what is known of its service, and how hard to try."""

    bed: Bed[Any]
    surrogate: Surrogate
    settings: LoopSettings

    @classmethod
    def of(cls, scenario: Scenario, forecast: Forecast, *, seed: int) -> "DayLoop":
        """Return the loop of a service day.

        Parameters
        ----------
        scenario, forecast
            One service day alone, see ``day_alone``.

        Raises
        ------
        PlanningError
            When nothing is promised, or no shift fits into the day.
        """
        if not scenario.targets:
            raise PlanningError("empty", thing="Scenario", field="targets", value="()")
        columns, factor = day_columns(scenario), day_factor_of(forecast)
        bed = skill_bed(scenario, forecast, columns)
        one_group = len(scenario.groups) == 1
        if one_group and isinstance(bed, FloorBed):
            measured = MeasuredSurrogate(scenario, forecast, columns, factor, seed)
            return cls(GroupBed(scenario, forecast, columns), measured, CHAT_SETTINGS)
        if one_group and len(scenario.targets) == 1:
            return cls(bed, VoiceSurrogate(scenario, forecast, columns, factor), LoopSettings())
        return cls(bed, SkillSurrogate(bed, factor), settings_on(bed))

    def close(self, *, seed: int, settings: LoopSettings | None = None, progress: Progress = silent) -> LoopOutcome:
        """Return the cheapest roster found, and what its proof says; ``settings`` in place of the usual ones."""
        return close_loop(self.bed, self.surrogate, seed=seed, settings=settings or self.settings, progress=progress)
