"""How a promotion lifts orders over time, and what that does to contacts."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from scenarios.checks import FloatArray
from scenarios.contact_types import ContactType
from scenarios.errors import PlanningError
from scenarios.promo import PromoEvent, PromoPhase

_US = timedelta(microseconds=1)
_US_PER_MIN = 60_000_000


def order_uplift(events: Iterable[PromoEvent], start: datetime, intervals: int, interval_min: int) -> FloatArray:
    """Return (T,) the mean ratio of orders to the ordinary rate in each of ``intervals`` intervals from ``start``.

    A level phase runs at its ``uplift``. A phase with a half-life h and an uplift above 1 runs at
    ``1 + (uplift - 1) * s(t) / mean(s)`` with ``s(t) = 2 ** (-t / h)``, t since its start: it falls towards the
    ordinary rate and its mean over the phase is ``uplift``. Intervals are averaged exactly. What several promotions add
    at one time adds up; outside every phase the ratio is 1.

    Parameters
    ----------
    events
        Promotions; every phase that touches the span needs its ``uplift``.
    start
        Aware start of the first interval.

    Raises
    ------
    PlanningError
        When a phase inside the span has no ``uplift``.
    """
    length = interval_min * _US_PER_MIN
    edges = np.arange(intervals + 1, dtype=np.float64) * length
    path = np.ones(intervals)
    for event in events:
        for phase in event.phases:
            begins, ends = (_us_between(start, moment) for moment in (phase.start, phase.end))
            if ends <= 0 or begins >= edges[-1]:
                continue
            inside = np.clip(edges, begins, ends) - begins
            path += (_uplift_of(event, phase) - 1.0) * np.diff(excess_mass(phase, inside)) / length
    return path


def contact_uplift(order_ratio: FloatArray, contact_types: tuple[ContactType, ...]) -> FloatArray:
    """Return (T, K) the ratio of contacts: 1 + ``promo_response`` x (order ratio - 1), never below 0."""
    response = np.array([kind.promo_response for kind in contact_types])
    return np.maximum(1.0 + response * (order_ratio[:, None] - 1.0), 0.0)


def excess_mass(phase: PromoPhase, since_us: FloatArray) -> FloatArray:
    """Return how much of a phase's excess over ordinary falls before each time since its start.

    In µs of its mean excess: 0 at the start, the length of the phase at its end; the law of ``order_uplift``.
    """
    length_us = _us_between(phase.start, phase.end)
    if phase.burst_half_life_min is None or phase.uplift is None or phase.uplift <= 1.0:
        return since_us
    half_lives = since_us / (phase.burst_half_life_min * _US_PER_MIN)
    whole = -math.expm1(-math.log(2) * length_us / (phase.burst_half_life_min * _US_PER_MIN))
    return -np.expm1(-math.log(2) * half_lives) / whole * length_us


def _uplift_of(event: PromoEvent, phase: PromoPhase) -> float:
    if phase.uplift is None:
        raise PlanningError(
            "uplift_missing", thing=f"PromoEvent({event.name})", field=f"phases[{phase.name}].uplift", value="-"
        )
    return phase.uplift


def _us_between(start: datetime, moment: datetime) -> int:
    return (moment.astimezone(UTC) - start.astimezone(UTC)) // _US
