"""Root contacts of a replication: how many come in each interval, when each does, and in which order they join."""

from collections.abc import Callable

import numpy as np

from scenarios import NEVER_US
from scenarios.checks import FloatArray, IntArray
from sim.drawing.draws import poisson, uniforms, word
from sim.drawing.kinds import K_DUE_US, K_HAND_OVER_US, P_CONTAINED, P_OFFERED, X_BOT, Kinds
from sim.drawing.rows import ROOT_PATH
from sim.floor.jit import inlined, kernel, sources

COUNT, FIRST, WAIT, AFTER, SORTING, TURN = range(6)
"""Columns: blocks of four uniforms each (the gamma law takes more, from ``GAMMA_COLUMN`` on).

``COUNT``: contacts of the interval. ``FIRST``: moment within the interval, work or number of rounds, patience of the
root contact, the bot. ``WAIT``: patience of a later attempt, redial, message, delay of the redial. ``AFTER``: what
follows an answer, which of several, its delay.
``SORTING``: whether the diversion errs, work of who finds out. ``TURN``: work and think time of two rounds."""
GAMMA_COLUMN = 16
"""Law number n of a type, if it is a gamma law, takes its further blocks from the column ``GAMMA_COLUMN`` + n."""
_ORDINAL_BITS, _INTERVAL_BITS = 32, 21  # ten years of five minutes are 1,054,080 intervals
_CELL_BITS = _ORDINAL_BITS + _INTERVAL_BITS


def counts_of(rates: FloatArray, keys: IntArray) -> IntArray:
    """Return (K, T) numbers of contacts, given (T, K) rates and the (K, 2) keys of the types.

    Each is the Poisson quantile of one uniform of its interval and type: where the rate rises, contacts are added and
    none is lost.
    """
    counts = np.zeros(rates.shape[::-1], dtype=np.int64)
    _fill_counts(rates, keys, counts)
    return counts


@inlined
def _count(rates: FloatArray, keys: IntArray, counts: IntArray) -> None:
    """Write ``counts``, which are zero, where there is a rate."""
    for kind in range(counts.shape[0]):
        for interval in range(counts.shape[1]):
            if rates[interval, kind] > 0.0:
                place = place_of(keys, kind, interval, 0)
                counts[kind, interval] = poisson(uniforms(place, 0, COUNT)[0], rates[interval, kind])


@inlined
def place_of(keys: IntArray, kind: int, interval: int, ordinal: int) -> tuple[int, int, int, int]:
    """Return the place of a contact, as ``sim.drawing.draws.uniforms`` takes it."""
    return word(keys[kind, 0]), word(keys[kind, 1]), word(ordinal), word(interval)


@inlined
def born_at(born: int) -> tuple[int, int, int]:
    """Return type, interval and ordinal of a root contact from its packed number."""
    return born >> _CELL_BITS, (born >> _ORDINAL_BITS) & (2**_INTERVAL_BITS - 1), born & (2**_ORDINAL_BITS - 1)


def roots_of(counts: IntArray, keys: IntArray, kinds: Kinds, interval_us: int) -> tuple[IntArray, IntArray]:
    """Return (N,) arrivals at the human queue, sorted, and (N,) the packed numbers of who arrives, see ``born_at``.

    Ties go by type, then interval, then ordinal: the order in which they are drawn here.

    Parameters
    ----------
    counts
        (K, T) numbers of contacts.

    Notes
    -----
    Arrivals are uniform within their interval, so an interval of n contacts is cut into n buckets of about one contact
    each; what little disorder is left inside a bucket an insertion sort puts right.
    """
    arrival_us, who, buckets = np.empty((3, int(counts.sum())), dtype=np.int64)
    sorted_us, born = np.empty_like(arrival_us), np.empty_like(who)
    _fill_arrivals(counts, keys, kinds, interval_us, arrival_us, who)
    parts = np.zeros(2 * counts.shape[1] + 1, dtype=np.int64)
    starts = np.zeros(len(arrival_us) + 1, dtype=np.int64)
    _sort(arrival_us, who, interval_us, (parts, buckets, starts), (sorted_us, born))
    return sorted_us, born


@inlined
def _arrive(
    counts: IntArray, keys: IntArray, kinds: Kinds, interval_us: int, arrival_us: IntArray, who: IntArray
) -> None:
    """Write when every contact arrives at the human queue, and who it is, type by type."""
    number = 0
    for kind in range(counts.shape[0]):
        for interval in range(counts.shape[1]):
            for ordinal in range(counts[kind, interval]):
                first = uniforms(place_of(keys, kind, interval, ordinal), ROOT_PATH, FIRST)
                arrival_us[number] = interval * interval_us + int(first[0] * interval_us)
                if handed_over(kinds, kind, interval, first[3]):
                    arrival_us[number] += kinds.facts[kind, K_HAND_OVER_US]
                who[number] = kind << _CELL_BITS | interval << _ORDINAL_BITS | ordinal
                number += 1


@inlined
def handed_over(kinds: Kinds, kind: int, interval: int, uniform: float) -> bool:
    """Return whether the bot was offered the contact and did not keep it."""
    offered = min(1.0, kinds.shares[kind, P_OFFERED] * kinds.factors[X_BOT, interval, kind])
    return bool(offered * kinds.shares[kind, P_CONTAINED] <= uniform < offered)


@inlined
def due_of(kinds: Kinds, kind: int, interval: int, uniform: float) -> int:
    """Return how long after its arrival at the humans a root contact is due: the bot takes of its time."""
    due_us = int(kinds.facts[kind, K_DUE_US])
    if due_us < NEVER_US and handed_over(kinds, kind, interval, uniform):
        due_us -= int(kinds.facts[kind, K_HAND_OVER_US])
    return due_us


@inlined
def kept_by_bot(kinds: Kinds, kind: int, interval: int, uniform: float) -> bool:
    """Return whether the bot kept the contact."""
    offered = min(1.0, kinds.shares[kind, P_OFFERED] * kinds.factors[X_BOT, interval, kind])
    return bool(uniform < offered * kinds.shares[kind, P_CONTAINED])


@kernel
def _sort(
    arrival_us: IntArray,
    who: IntArray,
    width_us: int,
    room: tuple[IntArray, IntArray, IntArray],
    in_order: tuple[IntArray, IntArray],
) -> None:
    """Write both columns sorted by arrival, equal ones as they stand."""
    (_, buckets, starts), (sorted_us, born) = room, in_order
    _fill_buckets(arrival_us, width_us, room)
    for number in range(len(arrival_us)):
        place = starts[buckets[number]]
        starts[buckets[number]] += 1
        sorted_us[place], born[place] = arrival_us[number], who[number]
    for number in range(1, len(arrival_us)):
        moment_us, mover, place = sorted_us[number], born[number], number
        while place > 0 and sorted_us[place - 1] > moment_us:
            sorted_us[place], born[place] = sorted_us[place - 1], born[place - 1]
            place -= 1
        sorted_us[place], born[place] = moment_us, mover


@kernel
def _fill_buckets(arrival_us: IntArray, width_us: int, room: tuple[IntArray, IntArray, IntArray]) -> None:
    """Write the bucket of each arrival, in order of time, and where each bucket starts.

    Parameters
    ----------
    room
        Zeros for the intervals, one more than there are; room for (N,) buckets; (N + 1,) zeros for their starts. What
        comes later than the last interval counts to it.
    """
    parts, buckets, starts = room
    last = len(parts) - 2
    for number in range(len(arrival_us)):
        buckets[number] = min(arrival_us[number] // width_us, last)
        parts[buckets[number] + 1] += 1
    for part in range(1, len(parts)):
        parts[part] += parts[part - 1]
    for number in range(len(arrival_us)):
        part = buckets[number]
        size = parts[part + 1] - parts[part]
        inside = (arrival_us[number] - part * width_us) / width_us
        buckets[number] = parts[part] + min(int(inside * size), size - 1)
        starts[buckets[number] + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]


def _entries(digest: int) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return what is called from outside, cached anew when ``digest`` changes."""

    @kernel
    def fill_counts(rates: FloatArray, keys: IntArray, counts: IntArray) -> None:
        if digest >= 0:  # always so; the digest has to be used to be part of the cache's key
            _count(rates, keys, counts)

    @kernel
    def fill_arrivals(
        counts: IntArray, keys: IntArray, kinds: Kinds, interval_us: int, arrival_us: IntArray, who: IntArray
    ) -> None:
        if digest >= 0:
            _arrive(counts, keys, kinds, interval_us, arrival_us, who)

    return fill_counts, fill_arrivals


_fill_counts, _fill_arrivals = _entries(sources("drawing"))
