"""People who are present for an interval and nowhere in the roster: with them the worth of a person is measured."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from sim import Staff

_APART_MIN = 60
"""Ghosts stand so far apart that what one does is over when the next one comes: waits last minutes, not hours."""
_APART_LEAST = 3
_SHARE = 0.05
"""Ghosts of a group are this share of its people: enough to be seen, few enough to be a slope."""


def with_ghosts(staff: Staff, ghosts: IntArray, interval_us: int) -> Staff:
    """Return ``staff`` and behind them (T, G) ``ghosts``: so many more people in each interval and group.

    Who is there in intervals in a row is one person: nobody leaves over and over with work in hand.
    """
    spans = list(_stays(ghosts))
    times = tuple(((start * interval_us, end * interval_us),) for start, end, _ in spans)
    return Staff(
        names=(*staff.names, *(f"ghost {number}" for number in range(len(spans)))),
        group=np.concatenate([staff.group, np.array([group for *_, group in spans], dtype=np.int64)]),
        tenure_factor=np.concatenate([staff.tenure_factor, np.ones(len(spans))]),
        spans=(*staff.spans, *times),
        shift_ends=(*staff.shift_ends, *((span[0][1],) for span in times)),
        weight=None if staff.weight is None else np.concatenate([staff.weight, np.ones(len(spans))]),
    )


def _stays(ghosts: IntArray) -> Iterator[tuple[int, int, int]]:
    """Yield first interval, interval after the last, and group of each of (T, G) ``ghosts``."""
    before = np.vstack([np.zeros_like(ghosts[:1]), ghosts[:-1]])
    for start, group in np.argwhere(ghosts > before).tolist():
        later = ghosts[start:, group]
        for number in range(int(before[start, group]), int(later[0])):
            gone = np.flatnonzero(later <= number)
            yield start, start + (int(gone[0]) if len(gone) else len(later)), group


@dataclass(frozen=True, slots=True, eq=False)
class Haunting:
    """Ghosts of one group in every few intervals, (T, G) of them, and the group."""

    group: int
    ghosts: IntArray

    @property
    def places(self) -> IntArray:
        """Intervals in which ghosts stand."""
        return np.flatnonzero(self.ghosts[:, self.group])

    def brought(self, gain: FloatArray) -> FloatArray:
        """Return (T, ...) what the ghosts of each interval have brought; 0 where there was none.

        Its part of (T, ...) ``gain`` is what came from the interval before it, whose waiting contacts it takes, to the
        one before the next ghost's.
        """
        places = self.places
        found = np.zeros(gain.shape)
        for place, after in zip(places, np.append(places[1:], len(gain) + 1), strict=True):
            found[place] = gain[max(0, place - 1) : after - 1].sum(axis=0)
        return found


def hauntings(people: FloatArray, is_open: BoolArray, interval_min: int) -> Iterator[Haunting]:
    """Yield ghosts such that every open interval and group is visited once; (T, G) ``people`` say how many."""
    apart = max(_APART_LEAST, _APART_MIN // interval_min)
    usual = people[is_open].mean(axis=0) if is_open.any() else np.zeros(people.shape[1])
    for group in range(people.shape[1]):
        # Where nobody of a group is planned, a few ghosts show what it could do.
        size = np.where(people[:, group] > 0, people[:, group], max(usual[group], usual.max(initial=0.0)))
        wanted = np.maximum(1, np.rint(_SHARE * size)).astype(np.int64)
        for first in range(apart):
            ghosts = np.zeros(people.shape, dtype=np.int64)
            places = np.flatnonzero(is_open & (np.arange(len(people)) % apart == first))
            ghosts[places, group] = wanted[places]
            yield Haunting(group, ghosts)
