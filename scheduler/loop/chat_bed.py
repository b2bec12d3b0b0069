"""Bed of chat by messages: as that of calls, on days that know rounds and replies."""

from collections.abc import Iterable
from dataclasses import dataclass

from scenarios import ContactTrace, PlanningError
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import CallBed
from scheduler.loop.days import Seen
from sim import ChatDays, chat_days_of


@dataclass(frozen=True, slots=True, eq=False)
class ChatSeen(Seen):
    """What simulated days of chat said.

    Parameters
    ----------
    rounds, replies_in_time
        (D,) messages of buyers; those replied to within the limit of a reply.
    """

    rounds: IntArray
    replies_in_time: IntArray

    @property
    def reply_share(self) -> float:
        """Share of messages replied to in time, as a ratio of sums over the days."""
        return float(self.weight @ self.replies_in_time) / max(1.0, float(self.weight @ self.rounds))


class ChatBed(CallBed):
    """Bed of chat by messages: one type, one group, nobody comes back.

    Raises
    ------
    PlanningError
        When the scenario has anything else.
    """

    def _seen(self, counts: IntArray, weight: FloatArray) -> ChatSeen:
        rounds, replies = (counts[..., place].sum(axis=(1, 2)) for place in (-2, -1))
        return ChatSeen(counts[..., 0], counts[..., 1], counts[..., 2], counts[..., 3:-2], weight, rounds, replies)

    def _laid_out(self, traces: Iterable[ContactTrace]) -> ChatDays:
        laid_out = chat_days_of(self.scenario, traces)
        if laid_out is None:
            raise PlanningError("not_only_chat", thing="Scenario", field="contact_types", value=self.scenario.name)
        return laid_out
