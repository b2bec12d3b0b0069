"""Random changes of one head, compiled."""

import numpy as np
from numba import njit

from scenarios.checks import IntArray
from scheduler.covering.tables import GROUP, KIND, PAUSES, START, Tables

SHARE_BREAK, SHARE_START, SHARE_KIND, SHARE_GROUP = 0.6, 0.25, 0.07, 0.07
"""How often each move is tried; the rest adds a head or takes one away."""
FAR_SHARE, FAR_SLOTS = 0.3, 5
"""How often a start moves by more than a slot, and by how many at most."""


@njit(cache=True, nogil=True)
def below(rng: np.random.Generator, end: int) -> int:
    """Return a whole number from 0 to ``end`` - 1."""
    return int(rng.random() * end)


@njit(cache=True, nogil=True)
def fits(head: IntArray, tables: Tables) -> bool:
    """Return whether the pauses of a head lie in their windows, apart and in order."""
    kind = head[KIND]
    for number in range(tables.pause_count[kind]):
        at = head[PAUSES + number]
        after = at - head[START]
        if after < tables.pause[kind, number, 1] or after > tables.pause[kind, number, 2]:
            return False
        for earlier in range(number):
            other = head[PAUSES + earlier]
            if other + tables.pause[kind, earlier, 0] <= at:
                continue
            if number < tables.ordered[kind] or at + tables.pause[kind, number, 0] > other:
                return False
    return True


@njit(cache=True, nogil=True)
def draw_pauses(head: IntArray, old: IntArray, tables: Tables, rng: np.random.Generator) -> None:
    """Place the pauses of a new kind: where the old head had them if their windows allow, else anywhere in them."""
    kind, before = head[KIND], old[KIND]
    for number in range(tables.pause_count[kind]):
        earliest = head[START] + tables.pause[kind, number, 1]
        latest = head[START] + tables.pause[kind, number, 2]
        head[PAUSES + number] = earliest + below(rng, latest - earliest + 1)
        if before >= 0 and number < tables.pause_count[before] and earliest <= old[PAUSES + number] <= latest:
            head[PAUSES + number] = old[PAUSES + number]


@njit(cache=True, nogil=True)
def propose(old: IntArray, head: IntArray, tables: Tables, rng: np.random.Generator) -> bool:
    """Change ``head``, a copy of ``old``, by one random move; return whether the result is allowed."""
    slots = tables.allowed.shape[1]
    groups = len(tables.group_first) - 1
    kind = head[KIND]
    u = rng.random()
    if u < SHARE_BREAK:
        if tables.pause_count[kind] == 0:
            return False
        number = below(rng, tables.pause_count[kind])
        window = tables.pause[kind, number, 2] - tables.pause[kind, number, 1]
        head[PAUSES + number] = head[START] + tables.pause[kind, number, 1] + below(rng, window + 1)
    elif u < SHARE_BREAK + SHARE_START:
        by = 1 if rng.random() < 0.5 else -1
        if rng.random() < FAR_SHARE:
            by *= 1 + below(rng, FAR_SLOTS - 1)
        start = head[START] + by
        if start < 0 or start >= slots or not tables.allowed[kind, start]:
            return False
        head[START] = start
        for number in range(tables.pause_count[kind]):
            earliest, latest = start + tables.pause[kind, number, 1], start + tables.pause[kind, number, 2]
            head[PAUSES + number] = min(max(head[PAUSES + number], earliest), latest)
    elif u < SHARE_BREAK + SHARE_START + SHARE_KIND:
        first, end = tables.group_first[head[GROUP]], tables.group_first[head[GROUP] + 1]
        head[KIND] = tables.group_kinds[first + below(rng, end - first)]
        if head[KIND] == kind:
            return False
        if rng.random() < 0.5:  # the new shift ends with the old one instead of beginning with it
            head[START] += tables.length[kind] - tables.length[head[KIND]]
        if head[START] < 0 or head[START] >= slots or not tables.allowed[head[KIND], head[START]]:
            return False
        draw_pauses(head, old, tables, rng)
    else:
        head[GROUP] = below(rng, groups)
        if head[GROUP] == old[GROUP]:
            return False
        known = False
        for place in range(tables.group_first[head[GROUP]], tables.group_first[head[GROUP] + 1]):
            known = known or tables.group_kinds[place] == kind
        if not known:
            return False
    return fits(head, tables)


@njit(cache=True, nogil=True)
def draw(head: IntArray, nobody: IntArray, tables: Tables, rng: np.random.Generator) -> bool:
    """Draw a shift of any group, kind, start and pauses; return whether it is allowed."""
    head[GROUP] = below(rng, len(tables.group_first) - 1)
    first, end = tables.group_first[head[GROUP]], tables.group_first[head[GROUP] + 1]
    if first == end:
        return False
    head[KIND] = tables.group_kinds[first + below(rng, end - first)]
    head[START] = below(rng, tables.allowed.shape[1])
    if not tables.allowed[head[KIND], head[START]]:
        return False
    draw_pauses(head, nobody, tables, rng)
    return fits(head, tables)
