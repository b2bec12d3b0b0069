"""Bed of chat by messages: as that of calls, on days that know rounds and replies."""

from collections.abc import Iterable

from scenarios import PlanningError
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import CallBed, PlayedAgain
from scheduler.loop.days import Seen
from sim import chat_days_of


class ChatBed(CallBed):
    """Bed of chat by messages: one type, one group, nobody comes back.

    Raises
    ------
    PlanningError
        When the scenario has anything else.
    """

    def _seen(self, counts: IntArray, weight: FloatArray) -> Seen:
        replies = counts[..., -2:].sum(axis=(1, 2))
        return Seen(counts[..., 0], counts[..., 1], counts[..., 2], counts[..., 3:-2], weight, replies)

    def _drawn(self, days: Iterable[tuple[int, FloatArray]], seed: int, purpose: str) -> PlayedAgain:
        talks = (
            self._sampler.talks(seed=seed, replication=number, purpose=purpose, levels=levels)
            for number, levels in days
        )
        drawn = chat_days_of(self.scenario, talks)
        if drawn is None:
            raise PlanningError("not_only_chat", thing="Scenario", field="contact_types", value=self.scenario.name)
        return drawn
