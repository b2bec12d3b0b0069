"""Random changes of one head, compiled."""

import numpy as np
from numba import njit

from scenarios.checks import IntArray
from scheduler.covering.tables import COUNT, GROUP, KIND, LENGTH, ORDERED, PAUSE, PAUSES, START

SHARE_BREAK, SHARE_START, SHARE_KIND, SHARE_GROUP = 0.6, 0.25, 0.07, 0.07
"""How often each move is tried; the rest adds a head or takes one away."""
FAR_SHARE, FAR_SLOTS = 0.3, 5
"""How often a start moves by more than a slot, and by how many at most."""


@njit(cache=True, nogil=True)
def below(rng: np.random.Generator, end: int) -> int:
    """Return a whole number from 0 to ``end`` - 1."""
    return int(rng.random() * end)


@njit(cache=True, nogil=True)
def fits(head: IntArray, shape: IntArray) -> bool:
    """Return whether the pauses of a head lie in their windows, apart and in order."""
    kind = head[KIND]
    for number in range(shape[kind, COUNT]):
        at = head[PAUSES + number]
        after = at - head[START]
        if after < shape[kind, PAUSE + 3 * number + 1] or after > shape[kind, PAUSE + 3 * number + 2]:
            return False
        for earlier in range(number):
            other = head[PAUSES + earlier]
            if other + shape[kind, PAUSE + 3 * earlier] <= at:
                continue
            if number < shape[kind, ORDERED] or at + shape[kind, PAUSE + 3 * number] > other:
                return False
    return True


@njit(cache=True, nogil=True)
def draw_pauses(head: IntArray, old: IntArray, shape: IntArray, rng: np.random.Generator) -> None:
    """Place the pauses of a new kind: where the old head had them if their windows allow, else anywhere in them."""
    kind, before = head[KIND], old[KIND]
    for number in range(shape[kind, COUNT]):
        earliest = head[START] + shape[kind, PAUSE + 3 * number + 1]
        latest = head[START] + shape[kind, PAUSE + 3 * number + 2]
        head[PAUSES + number] = earliest + below(rng, latest - earliest + 1)
        if before >= 0 and number < shape[before, COUNT] and earliest <= old[PAUSES + number] <= latest:
            head[PAUSES + number] = old[PAUSES + number]


@njit(cache=True, nogil=True)
def propose(
    old: IntArray, head: IntArray, shape: IntArray, where: IntArray, kinds_of: IntArray, rng: np.random.Generator
) -> bool:
    """Change ``head``, a copy of ``old``, by one random move; return whether the result is allowed."""
    slots = where.shape[1]
    groups = len(kinds_of)
    kind = head[KIND]
    u = rng.random()
    if u < SHARE_BREAK:
        if shape[kind, COUNT] == 0:
            return False
        number = below(rng, shape[kind, COUNT])
        window = shape[kind, PAUSE + 3 * number + 2] - shape[kind, PAUSE + 3 * number + 1]
        head[PAUSES + number] = head[START] + shape[kind, PAUSE + 3 * number + 1] + below(rng, window + 1)
    elif u < SHARE_BREAK + SHARE_START:
        by = 1 if rng.random() < 0.5 else -1
        if rng.random() < FAR_SHARE:
            by *= 1 + below(rng, FAR_SLOTS - 1)
        start = head[START] + by
        if start < 0 or start >= slots or where[kind, start] < 0:
            return False
        head[START] = start
        for number in range(shape[kind, COUNT]):
            earliest, latest = start + shape[kind, PAUSE + 3 * number + 1], start + shape[kind, PAUSE + 3 * number + 2]
            head[PAUSES + number] = min(max(head[PAUSES + number], earliest), latest)
    elif u < SHARE_BREAK + SHARE_START + SHARE_KIND:
        head[KIND] = kinds_of[head[GROUP], 1 + below(rng, kinds_of[head[GROUP], 0])]
        if head[KIND] == kind:
            return False
        if rng.random() < 0.5:  # the new shift ends with the old one instead of beginning with it
            head[START] += shape[kind, LENGTH] - shape[head[KIND], LENGTH]
        if head[START] < 0 or head[START] >= slots or where[head[KIND], head[START]] < 0:
            return False
        draw_pauses(head, old, shape, rng)
    else:
        head[GROUP] = below(rng, groups)
        if head[GROUP] == old[GROUP]:
            return False
        known = False
        for place in range(kinds_of[head[GROUP], 0]):
            known = known or kinds_of[head[GROUP], 1 + place] == kind
        if not known:
            return False
    return fits(head, shape)


@njit(cache=True, nogil=True)
def draw(
    head: IntArray, nobody: IntArray, shape: IntArray, where: IntArray, kinds_of: IntArray, rng: np.random.Generator
) -> bool:
    """Draw a shift of any group, kind, start and pauses; return whether it is allowed."""
    head[GROUP] = below(rng, len(kinds_of))
    if kinds_of[head[GROUP], 0] == 0:
        return False
    head[KIND] = kinds_of[head[GROUP], 1 + below(rng, kinds_of[head[GROUP], 0])]
    head[START] = below(rng, where.shape[1])
    if where[head[KIND], head[START]] < 0:
        return False
    draw_pauses(head, nobody, shape, rng)
    return fits(head, shape)
