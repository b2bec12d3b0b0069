"""Promotions as stretches of time.

What is learnt needs one owner for every instant (``timeline``): the phase that started last, else the aftermath of the
phase that ended last, else ordinary time. What is planned adds up (``planned``), as in ``scenarios.order_uplift``.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from scenarios import Horizon, PromoEvent, PromoPhase
from scenarios.checks import BoolArray, FloatArray, IntArray
from scenarios.horizon import US_PER_H, zone_of

AFTERMATH_H = 72.0
"""Hours after a phase that are not ordinary yet: shoppers who have bought stay away, some ask. Three days [assumed]."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open span in which one phase, or its aftermath, sets the demand.

    Parameters
    ----------
    event
        Name of the event.
    phase
        The phase.
    aftermath
        Whether this is the time after the phase.
    occurrence
        Which event of the list it belongs to: the years of one event are different occurrences.
    origin_us
        From where its hours count: start of the phase, or of its aftermath. µs since the epoch, like the span.
    midnight_us
        First midnight after the phase's start, on the wall clock.
    start_us, end_us
        The span.
    """

    event: str
    phase: PromoPhase
    aftermath: bool
    occurrence: int
    origin_us: int
    midnight_us: int
    start_us: int
    end_us: int

    @property
    def key(self) -> tuple[str, bool]:
        """What is compared between events: phases of one name (and ``False``), and all times after one (``True``)."""
        return "" if self.aftermath else self.phase.name, self.aftermath

    @property
    def owner(self) -> str:
        """Whose years are compared: the event; times after a phase are alike enough to be one."""
        return "" if self.aftermath else self.event


def epoch_us(instant: datetime) -> int:
    """Return an aware instant as µs since the epoch."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def starts_us(horizon: Horizon) -> IntArray:
    """Return (T,) the start of every interval of ``horizon``, µs since the epoch."""
    return epoch_us(horizon.start) + np.arange(horizon.intervals, dtype=np.int64) * horizon.interval_us


def planned(
    events: Sequence[PromoEvent], *, zone: str | None = None, aftermath_h: float = AFTERMATH_H
) -> tuple[Stretch, ...]:
    """Return every phase of ``events`` in full, and the aftermath where no phase runs; arguments as in ``timeline``."""
    after = [piece for piece in timeline(events, zone=zone, aftermath_h=aftermath_h) if piece.aftermath]
    return (*_claims(events, zone), *after)


def timeline(
    events: Sequence[PromoEvent], *, zone: str | None = None, aftermath_h: float = AFTERMATH_H
) -> tuple[Stretch, ...]:
    """Return the stretches of ``events`` in time order; a phase hidden by a later one for a while comes in pieces.

    Parameters
    ----------
    zone
        Whose midnights count; ``None``: of the zone each phase's start is written in.
    aftermath_h
        Hours after a phase that are not ordinary yet.
    """
    claims = (*_claims(events, zone), *_claims(events, zone, aftermath_h))
    edges = sorted({edge for claim in claims for edge in (claim.start_us, claim.end_us)})
    pieces: list[Stretch] = []
    for start, end in itertools.pairwise(edges):
        here = [claim for claim in claims if claim.start_us <= start and end <= claim.end_us]
        if not here:
            continue
        winner = max(here, key=lambda claim: (not claim.aftermath, claim.origin_us, claim.occurrence))
        last = pieces[-1] if pieces else None
        if last is not None and last.end_us == start and _same(last, winner):
            pieces[-1] = _span(winner, last.start_us, end)
        else:
            pieces.append(_span(winner, start, end))
    return tuple(pieces)


def overlap_us(stretch: Stretch, start_us: IntArray, interval_us: int) -> IntArray:
    """Return for intervals starting at ``start_us`` how long each lies inside ``stretch``, µs, same shape."""
    first = np.maximum(start_us, stretch.start_us)
    return np.asarray(np.maximum(np.minimum(start_us + interval_us, stretch.end_us) - first, 0), dtype=np.int64)


def reach(stretch: Stretch, start_us: IntArray, interval_us: int) -> slice:
    """Return which of the intervals starting at (N,) rising ``start_us`` overlap ``stretch``."""
    first = np.searchsorted(start_us, stretch.start_us - interval_us, side="right")
    return slice(int(first), int(np.searchsorted(start_us, stretch.end_us, side="left")))


def touched(stretches: Sequence[Stretch], start_us: IntArray, interval_us: int) -> BoolArray:
    """Return which intervals some stretch touches; ``start_us`` rises along its flattened axes, whose shape is kept."""
    flat = start_us.ravel()
    hit = np.zeros(flat.shape, dtype=np.bool_)
    for stretch in stretches:
        hit[reach(stretch, flat, interval_us)] = True
    return hit.reshape(start_us.shape)


def hours_in(stretch: Stretch, start_us: IntArray, interval_us: int) -> tuple[FloatArray, FloatArray]:
    """Return from which to which hour since the origin of ``stretch`` each interval lies inside it."""
    first = np.clip(start_us, stretch.start_us, stretch.end_us) - stretch.origin_us
    last = np.clip(start_us + interval_us, stretch.start_us, stretch.end_us) - stretch.origin_us
    return first / US_PER_H, last / US_PER_H


def _claims(events: Sequence[PromoEvent], zone: str | None, aftermath_h: float | None = None) -> tuple[Stretch, ...]:
    """Return the full span of every phase, or of the ``aftermath_h`` hours after it."""
    claims: list[Stretch] = []
    for occurrence, event in enumerate(events):
        for phase in event.phases:
            start, end = epoch_us(phase.start), epoch_us(phase.end)
            if aftermath_h is not None:
                start, end = end, end + round(aftermath_h * US_PER_H)
            midnight = _midnight_us(phase.start, zone)
            claims.append(Stretch(event.name, phase, aftermath_h is not None, occurrence, start, midnight, start, end))
    return tuple(claims)


def _midnight_us(start: datetime, zone: str | None) -> int:
    """Return the first midnight after ``start``, µs since the epoch."""
    local = start if zone is None else start.astimezone(zone_of(zone))
    after = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
    return epoch_us(after)


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.occurrence, one.origin_us, one.aftermath) == (other.occurrence, other.origin_us, other.aftermath)


def _span(claim: Stretch, start_us: int, end_us: int) -> Stretch:
    return Stretch(
        claim.event,
        claim.phase,
        claim.aftermath,
        claim.occurrence,
        claim.origin_us,
        claim.midnight_us,
        start_us,
        end_us,
    )
