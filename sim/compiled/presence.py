"""Who can take a call from when on: a tournament of the agents of each group, kept up by the roster's moments.

Every agent has one entry, the moment from which he is free: the end of his call, the moment he came, or the moment at
which he will be back from a break that has begun late. Among those who are free, the earliest of these moments belongs
to who stands longest; among those who are not, to who will be free first. So idle and busy agents stand in one
tournament, and taking a call is to overwrite its first entry (the recursion of Kiefer and Wolfowitz 1955, with people
who have names and shifts).

The key of an entry is ``(time_us << 1 | has_come) << bits | agent``: at one instant ends of work go before arrivals of
people, and both go by the number of the agent.
"""

from itertools import chain
from typing import NamedTuple

import numpy as np

from scenarios import NOBODY
from scenarios.checks import IntArray
from sim.floor.clock import all_in_ppm
from sim.floor.jit import kernel
from sim.floor.staff import Staff

NONE = NOBODY
NEVER = 2**62
"""Key of an agent who takes nothing."""
NO_MOMENT = 2**63 - 1
"""After everything, even after ``NEVER``."""
LAST_MOMENT_BITS = 60
"""Moments of the roster and ends of work have at most so many bits, the number of the agent included: a late break may
double them, and a key needs one bit more."""
SPAN_ENDS, LAST_CONTACT, SHIFT_STARTS = range(3)  # in the order in which they happen to one person at one instant
_WHAT_BITS = 2

# people: (A, P_FIELDS)
(
    P_TREE,  # where the tournament of his group begins
    P_LEAF,  # his place in it
    P_PACE,
    P_SPAN,  # present span, or the one he will come back for, NONE at home
    P_NEXT_SPAN,  # first span that has not ended on paper
    P_CAME,  # from when on his time at work is not yet counted
    P_DONE,  # end of his last call, as of when he was taken out of the tournament
    P_AT_WORK,
    P_BUSY,
    P_FIELDS,
) = range(10)

# spans: (spans of all people, S_FIELDS)
(
    S_START,
    S_END,
    S_LAST,  # from this moment on nothing new is taken
    S_BREAK,  # whether a break and another span of the shift follow
    S_FIELDS,
) = range(5)


class Presence(NamedTuple):
    """The people of one run, int64 arrays that one run writes.

    Parameters
    ----------
    tree, roots
        Tournaments of all groups, each (2 leaves,) with its first entry at 1; (G,) where those of each group begin.
    people, spans
        One row each; the columns are named above.
    moves
        (moves + 1,) ``(time_us << 2 | what) << bits | agent``, sorted; the last one is ``NO_MOMENT``.
    bits
        Bits of an agent's number.
    planned_end
        Whether late breaks end when planned.
    """

    tree: IntArray
    roots: IntArray
    people: IntArray
    spans: IntArray
    moves: IntArray
    bits: int
    planned_end: bool


def presence_of(staff: Staff, groups: int, last_contact_us: IntArray, *, planned_end: bool) -> Presence | None:
    """Return the people before anything has happened; ``None`` when their moments are too late for the keys.

    Parameters
    ----------
    groups
        Number of groups of the scenario.
    last_contact_us
        (G,) no new contact in so many last µs of a shift.
    """
    bits = max(1, len(staff).bit_length())
    agent, spans = _spans(staff, last_contact_us)
    if len(spans) and int(spans[:, S_END].max()) >> (LAST_MOMENT_BITS - bits):
        return None
    size = np.bincount(staff.group, minlength=groups)
    leaves = np.array([1 << max(0, int(count) - 1).bit_length() for count in size], dtype=np.int64)
    roots = np.cumsum(2 * leaves) - 2 * leaves
    order = np.argsort(staff.group, kind="stable")
    rank = np.empty(len(staff), dtype=np.int64)
    rank[order] = np.arange(len(staff)) - np.repeat(np.cumsum(size) - size, size)
    people = np.zeros((len(staff), P_FIELDS), dtype=np.int64)
    people[:, P_TREE] = roots[staff.group]
    people[:, P_LEAF] = leaves[staff.group] + rank
    people[:, P_PACE] = all_in_ppm(staff.tenure_factor)
    people[:, P_SPAN] = NONE
    people[:, P_NEXT_SPAN] = np.searchsorted(agent, np.arange(len(staff)))
    tree = np.full(2 * int(leaves.sum()), NEVER, dtype=np.int64)
    return Presence(tree, roots, people, spans, _moves(agent, spans, bits), bits, planned_end)


def _spans(staff: Staff, last_contact_us: IntArray) -> tuple[IntArray, IntArray]:
    """Return (spans,) whose each is, and (spans, S_FIELDS)."""
    agent = np.repeat(np.arange(len(staff)), [len(own) for own in staff.spans])
    total = len(agent)
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(staff.spans)), dtype=np.int64, count=2 * total)
    ends = np.fromiter(chain.from_iterable(staff.shift_ends), dtype=np.int64, count=total)
    spans = np.zeros((total, S_FIELDS), dtype=np.int64)
    spans[:, S_START], spans[:, S_END] = flat[::2], flat[1::2]
    spans[:, S_LAST] = ends - last_contact_us[staff.group[agent]]
    spans[:-1, S_BREAK] = (agent[1:] == agent[:-1]) & (ends[1:] == ends[:-1])
    return agent, spans


def _moves(agent: IntArray, spans: IntArray, bits: int) -> IntArray:
    """Return ends of spans, last moments and starts of shifts in the order in which they happen."""
    starts = np.ones(len(spans), dtype=np.bool_)
    starts[1:] = spans[:-1, S_BREAK] == 0
    cut_short = (spans[:, S_START] < spans[:, S_LAST]) & (spans[:, S_LAST] < spans[:, S_END])
    parts = [
        (spans[chosen, column] << _WHAT_BITS | what) << bits | agent[chosen]
        for column, what, chosen in (
            (S_END, SPAN_ENDS, np.ones(len(spans), dtype=np.bool_)),
            (S_LAST, LAST_CONTACT, cut_short),
            (S_START, SHIFT_STARTS, starts),
        )
    ]
    return np.sort(np.concatenate([*parts, np.array([NO_MOMENT])]))


@kernel
def set_key(tree: IntArray, root: int, leaf: int, key: int) -> None:
    """Write the entry of an agent into the tournament that begins at ``root``."""
    node = leaf
    tree[root + node] = key
    while node > 1:
        key = min(key, tree[root + (node ^ 1)])
        node >>= 1
        tree[root + node] = key


@kernel
def key_of_move(p: Presence, number: int) -> int:
    """Return a key that stands to those of the agents as a moment of the roster does to what they do."""
    move: int = p.moves[number]
    return move if move == NO_MOMENT else ((move >> p.bits + _WHAT_BITS) << 1 | 1) << p.bits


@kernel
def make_move(p: Presence, number: int) -> None:
    """Do what the roster says; every call taken before that moment has been handed out."""
    move = p.moves[number]
    agent, what = move & (1 << p.bits) - 1, move >> p.bits & (1 << _WHAT_BITS) - 1
    now_us = move >> p.bits + _WHAT_BITS
    person = p.people[agent]
    if what == LAST_CONTACT:
        _take_out(p, person)
    elif what == SHIFT_STARTS:
        span, done_us = person[P_NEXT_SPAN], person[P_DONE]
        person[P_SPAN] = span
        person[P_CAME] = max(now_us, done_us)  # who still finishes has his time counted to that end
        if now_us < p.spans[span, S_LAST]:
            _put_in(p, agent, max(now_us, done_us), done_us <= now_us)
    else:
        span = person[P_NEXT_SPAN]
        person[P_NEXT_SPAN] = span + 1
        if span == person[P_SPAN]:
            _end_span(p, agent, span, now_us)


@kernel
def _put_in(p: Presence, agent: int, free_us: int, has_come: bool) -> None:
    key = (free_us << 1 | has_come) << p.bits | agent
    set_key(p.tree, p.people[agent, P_TREE], p.people[agent, P_LEAF], key)


@kernel
def _take_out(p: Presence, person: IntArray) -> None:
    """Let an agent take nothing more, and remember until when he has something in hand."""
    key = p.tree[person[P_TREE] + person[P_LEAF]]
    if key == NEVER:
        return
    if not key >> p.bits & 1:
        person[P_DONE] = key >> p.bits + 1
    set_key(p.tree, person[P_TREE], person[P_LEAF], NEVER)


@kernel
def _end_span(p: Presence, agent: int, span: int, now_us: int) -> None:
    """Let an agent leave when his hands are empty, and work out when he takes contacts again in this shift."""
    person = p.people[agent]
    _take_out(p, person)
    leaves_us = max(now_us, person[P_DONE])
    person[P_AT_WORK] += leaves_us - person[P_CAME]
    person[P_SPAN] = NONE
    back_us, has_come = leaves_us, True
    while p.spans[span, S_BREAK]:
        planned_us = p.spans[span + 1, S_START]
        if p.planned_end:
            has_come = leaves_us <= planned_us  # else he goes on without a break
            back_us = max(leaves_us, planned_us)
        else:
            back_us += planned_us - p.spans[span, S_END]
        span += 1
        if back_us < p.spans[span, S_END]:
            person[P_SPAN], person[P_CAME] = span, back_us
            if back_us < p.spans[span, S_LAST]:
                _put_in(p, agent, back_us, has_come)
            return
