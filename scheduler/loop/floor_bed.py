"""Bed of any scenario, on the full floor: chats, tickets, overflow after a wait, people who come back."""

from collections.abc import Iterable

from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import CallBed, PlayedAgain
from scheduler.loop.days import Seen
from sim import FloorDays


class FloorBed(CallBed):
    """Bed of any channels and groups, at the pace of the full floor."""

    def _seen(self, counts: IntArray, weight: FloatArray) -> Seen:
        replies = counts[..., -2:].sum(axis=(1, 2))
        return Seen(counts[..., 0], counts[..., 1], counts[..., 2], counts[..., 3:-2], weight, replies)

    def _drawn(self, days: Iterable[tuple[int, FloatArray]], seed: int, purpose: str) -> PlayedAgain:
        traces = (self._sampler.trace(seed=seed, replication=n, purpose=purpose, levels=levels) for n, levels in days)
        return FloorDays.of(self.scenario, traces)
