"""Slots that come every week, live streams above all: they are part of the ordinary week, not events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from scenarios import PromoEvent, PromoPhase
from scenarios.horizon import zone_of

WEEKS = 6
"""A slot that ran in each of the last six weeks is a habit: the ordinary days have learnt it by then."""
Slot = tuple[str, str, int, str, timedelta]
"""Event, phase, weekday, clock and length."""


def weekly_slots(events: Sequence[PromoEvent], *, zone: str, last_date: date) -> frozenset[Slot]:
    """Return the slots that ran at the same time in each of the last weeks up to ``last_date``."""
    weeks: dict[Slot, set[int]] = defaultdict(set)
    for event in events:
        for phase in event.phases:
            days = (last_date - _local(phase, zone).date()).days
            if days >= 0:
                weeks[_slot(event, phase, zone)].add(days // 7)
    return frozenset(slot for slot, ran in weeks.items() if ran >= set(range(WEEKS)))


def without_slots(
    events: Sequence[PromoEvent], slots: frozenset[Slot], *, zone: str, last_date: date
) -> tuple[PromoEvent, ...]:
    """Return ``events`` without ``slots``; one to come that has an uplift of its own stays."""

    def ordinary(event: PromoEvent, phase: PromoPhase) -> bool:
        told = phase.uplift is not None and _local(phase, zone).date() > last_date
        return not told and _slot(event, phase, zone) in slots

    return tuple(
        replace(event, phases=tuple(phase for phase in event.phases if not ordinary(event, phase))) for event in events
    )


def _slot(event: PromoEvent, phase: PromoPhase, zone: str) -> Slot:
    start = _local(phase, zone)
    return event.name, phase.name, start.weekday(), f"{start:%H:%M}", phase.end - phase.start


def _local(phase: PromoPhase, zone: str) -> datetime:
    return phase.start.astimezone(zone_of(zone))
