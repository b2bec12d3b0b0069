"""The reach of a person: how much one more of each group counts for each promise, against one more of the formula's.

A person of a group that helps everybody reaches every promise a little, and so does, by way of him, a person of another
group: whoever takes a call of his own leaves the helper to others. The reach is measured: ghosts stand in every few
intervals of the critical days, a group at a time, and it is as many servers of the formula as bring the same from where
an interval stands (least squares). It is nearly the same at all hours and loads, so that few days tell it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import Bed
from scheduler.loop.call_line import CallLine
from scheduler.loop.days import Seen
from scheduler.loop.ghosts import hauntings
from scheduler.loop.steps import Round

_MOVED = 0.04
"""The reach is measured anew once this share of the people at work stands elsewhere,"""
_MEASURED_MOST = 4
"""and so many times at most; later measurements count as much as all before."""
_TRIED = np.linspace(0.0, 5.0, 501)
"""Servers of the formula that a person may stand for: more than one where sessions share him."""


class Reach:
    """The reach of G groups for P promises, measured where and when it is needed.

    Parameters
    ----------
    lines
        What each promise counts.
    types
        Per promise the columns of its contact types.
    """

    def __init__(self, bed: Bed[Any], lines: list[CallLine], types: list[list[int]]) -> None:
        self._bed, self._lines, self._types = bed, lines, types
        self._known: _Measured | None = None

    def at(self, last: Round, chosen: IntArray, offered: FloatArray, in_time: FloatArray) -> FloatArray:
        """Return (P, G) the reach at the people of a round.

        Parameters
        ----------
        chosen
            Days to measure it on.
        offered, in_time
            (T, P) means over them.
        """
        people = self._bed.columns.people(last.counts)
        known = self._known
        if known is not None and (known.times >= _MEASURED_MOST or not known.far_from(people)):
            return known.reach
        found = self._measured(last, people, chosen, offered, in_time)
        if known is None:
            self._known = _Measured(found, people, 1)
        else:
            self._known = _Measured((known.reach + found) / 2, people, known.times + 1)
        return self._known.reach

    def _measured(
        self, last: Round, people: FloatArray, chosen: IntArray, offered: FloatArray, in_time: FloatArray
    ) -> FloatArray:
        horizon = self._bed.scenario.horizon
        base = by_promise(last.seen.in_time[chosen], self._types)
        brought = np.zeros((*offered.shape, people.shape[1]))
        ghosts = np.zeros(people.shape)
        for haunting in hauntings(people, horizon.open_intervals(), horizon.interval_min):
            seen: Seen = self._bed.play(last.counts, last.days, chosen, haunting.ghosts)
            brought[:, :, haunting.group] += haunting.brought(
                (by_promise(seen.in_time, self._types) - base).mean(axis=0)
            )
            ghosts += haunting.ghosts
        found = np.zeros((len(self._lines), people.shape[1]))
        for promise, line in enumerate(self._lines):
            for group in range(people.shape[1]):
                said = line.gained(offered[:, promise], in_time[:, promise], ghosts[:, [group]] * _TRIED)
                missed = ((said - brought[:, promise, [group]]) ** 2).sum(axis=0)
                found[promise, group] = _TRIED[int(np.argmin(missed))]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A reach, the (T, G) people it was last measured at, and how many times."""

    reach: FloatArray
    people: FloatArray
    times: int

    def far_from(self, people: FloatArray) -> bool:
        """Return whether ``people`` stand elsewhere."""
        return float(np.abs(people - self.people).sum()) > _MOVED * max(float(people.sum()), 1.0)


def by_promise(counts: IntArray, types: list[list[int]]) -> FloatArray:
    """Return (D, T, P) counts summed over the types of each promise."""
    return np.stack([counts[:, :, own].sum(axis=2) for own in types], axis=2).astype(np.float64)
