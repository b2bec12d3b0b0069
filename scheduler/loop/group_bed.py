"""Bed of one group of any channels: chat by messages on its compiled loop, everything else on the full floor."""

from collections.abc import Iterable

from scenarios import Forecast, PlanningError, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import CallBed, PlayedAgain
from scheduler.loop.columns import DayColumns
from scheduler.loop.days import Seen
from sim import FloorDays, chat_days_of


class GroupBed(CallBed):
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

    def _seen(self, counts: IntArray, weight: FloatArray) -> Seen:
        replies = counts[..., -2:].sum(axis=(1, 2))
        return Seen(counts[..., 0], counts[..., 1], counts[..., 2], counts[..., 3:-2], weight, replies)

    def _drawn(self, days: Iterable[tuple[int, FloatArray]], seed: int, purpose: str) -> PlayedAgain:
        wanted, sampler = list(days), self._sampler
        talks = (sampler.talks(seed=seed, replication=n, purpose=purpose, levels=levels) for n, levels in wanted)
        plain = chat_days_of(self.scenario, talks)
        if plain is not None:
            return plain
        traces = (sampler.trace(seed=seed, replication=n, purpose=purpose, levels=levels) for n, levels in wanted)
        return FloorDays.of(self.scenario, traces)
