"""Bed of one group of any channels: chat by messages on its compiled loop, everything else on the full floor."""

from collections.abc import Iterable

from scenarios import Forecast, PlanningError, Scenario
from scenarios.checks import FloatArray
from scheduler.loop.bed import PlayedAgain
from scheduler.loop.columns import DayColumns
from scheduler.loop.floor_bed import FloorBed
from sim import chat_days_of


class GroupBed(FloorBed):
    """Bed of one group, whatever it serves.

    Raises
    ------
    PlanningError
        When the scenario has several groups.
    """

    def __init__(self, scenario: Scenario, forecast: Forecast, columns: DayColumns) -> None:
        if len(scenario.groups) != 1:
            raise PlanningError("not_one", thing="Scenario", field="groups", value=len(scenario.groups))
        super().__init__(scenario, forecast, columns)

    def _drawn(self, days: Iterable[tuple[int, FloatArray]], seed: int, purpose: str) -> PlayedAgain:
        wanted, sampler = list(days), self._sampler
        talks = (sampler.talks(seed=seed, replication=n, purpose=purpose, levels=levels) for n, levels in wanted)
        plain = chat_days_of(self.scenario, talks)
        return super()._drawn(wanted, seed, purpose) if plain is None else plain
