"""The floor's clock: one integer that holds the time, the kind of event and whose it is.

SimPy orders events by time. Here a *tick* of its clock packs ``(µs, kind, id)`` into one integer, so that the order of
simultaneous events, which is part of the specification, is nothing but the order of integers.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import simpy

from scenarios.checks import FloatArray, IntArray

PPM = 1_000_000
"""Factors (tenure, session speed, weight) enter the engine as whole parts per million: no float decides."""

_KIND_BITS = 3


class Kind:
    """Kinds of events in the order in which they happen at one instant; bare integers, for every event packs one."""

    END_OF_WORK = 0
    SESSION_CLOSE = 1
    SHIFT_CHANGE = 2
    MESSAGE = 3
    THRESHOLD = 4
    ARRIVAL = 5


class Happening(Protocol):
    """What a handler is told: SimPy's event, of which only the value matters."""

    @property
    def value(self) -> Any:
        """What was given to ``Calendar.plan``."""


Handler = Callable[[Happening], None]


class Calendar:
    """SimPy's calendar, kept in ticks: ``tick = (µs << 3 | kind) << id_bits | id``.

    Arrivals are known before the run and stand in a sorted column, so they are no events: ``go_on`` is called after
    every event and serves whoever arrives before the next one, which ``peek`` tells.

    Parameters
    ----------
    ids
        Number of different ids, of agents or of contacts, whichever are more.
    go_on
        Called when everything that belongs to an event is done.
    """

    __slots__ = ("_go_on", "env", "id_bits", "peek", "time_bits")

    env: Any
    """SimPy's environment; its clock is typed int | float, and here it is always an int."""

    def __init__(self, ids: int, go_on: Handler) -> None:
        self.env = simpy.Environment()
        self.peek = self.env.peek
        self.id_bits = max(1, ids.bit_length())
        self.time_bits = self.id_bits + _KIND_BITS
        self._go_on = go_on

    def at(self, time_us: int, kind: int, who: int) -> int:
        """Return the tick of an event."""
        return time_us << self.time_bits | kind << self.id_bits | who

    @property
    def now_us(self) -> int:
        """The time of the event that is being handled."""
        now: int = self.env.now >> self.time_bits
        return now

    def plan_at(self, time_us: int, kind: int, who: int, handler: Handler, value: object) -> int:
        """Let ``handler`` be called then with an event of ``value``; return the tick."""
        env = self.env
        tick = time_us << self.time_bits | kind << self.id_bits | who
        env.timeout(tick - env.now, value).callbacks.extend((handler, self._go_on))
        return tick

    def plan(self, tick: int, handler: Handler, value: object) -> int:
        """Let ``handler`` be called at a tick with an event of ``value``; return the tick."""
        env = self.env
        env.timeout(tick - env.now, value).callbacks.extend((handler, self._go_on))
        return tick


def in_ppm(factor: float) -> int:
    """Return ``factor`` in whole parts per million, at least 1."""
    return max(1, round(factor * PPM))


def all_in_ppm(factors: FloatArray) -> IntArray:
    """Return factors as ``in_ppm`` does, all at once."""
    whole: IntArray = np.maximum(1, np.rint(factors * PPM)).astype(np.int64)
    return whole


def scaled_us(work_us: int, factor_ppm: int) -> int:
    """Return ``work_us`` times a factor, rounded to the nearest µs (half up), at least 1."""
    return work_us if factor_ppm == PPM else (work_us * factor_ppm + PPM // 2) // PPM or 1
