"""The loops of the compiled calls floor: one over contacts for a single queue, one over what comes next for several."""

from collections.abc import Callable
from typing import NamedTuple

from scenarios.checks import BoolArray, IntArray
from sim.compiled.chats import scaled
from sim.compiled.presence import (
    LAST_MOMENT_BITS,
    NEVER,
    NO_MOMENT,
    NONE,
    P_BUSY,
    P_LEAF,
    P_PACE,
    P_TREE,
    Presence,
    key_of_move,
    make_move,
    set_key,
)
from sim.floor.jit import kernel, sources

# wants: (lines served by all groups, W_FIELDS)
W_LINE, W_PRIORITY, W_AGE, W_FIELDS = range(4)


class Contacts(NamedTuple):
    """What is read and written of every contact, (N,) each.

    Parameters
    ----------
    arrival_us, patience_us, work_us, line, contained
        Columns of the trace.
    limit_us, taken_us, ended_us, agent
        Columns of ``Played``.
    """

    arrival_us: IntArray
    patience_us: IntArray
    work_us: IntArray
    line: IntArray
    contained: BoolArray
    limit_us: IntArray
    taken_us: IntArray
    ended_us: IntArray
    agent: IntArray


class Rules(NamedTuple):
    """What the scenario says, int64 arrays that no run writes.

    Parameters
    ----------
    openings
        (openings + 1, 2) when the service opens and closes; the last one never.
    waits_on_us
        (K,) how long after closing a line is served.
    ladder, ladder_first
        Groups of all lines, in order; (K + 1,) where those of each line begin.
    wants, wants_first
        (..., W_FIELDS) lines of all groups, in order of the scenario; (G + 1,) where those of each group begin.
    serves
        (G,) lines of each group as bits.
    """

    openings: IntArray
    waits_on_us: IntArray
    ladder: IntArray
    ladder_first: IntArray
    wants: IntArray
    wants_first: IntArray
    serves: IntArray


class Queues(NamedTuple):
    """Who waits in line: (K,) first and last contact of each; (N,) who stands behind whom."""

    first: IntArray
    last: IntArray
    behind: IntArray


@kernel
def serve_one_queue(c: Contacts, p: Presence, r: Rules) -> bool:
    """Play calls of one line to one group; return whether all moments fitted the keys.

    First come, first served: when a contact is looked at, all before it have their agent or are gone.
    """
    mask, opening, move = (1 << p.bits) - 1, 0, 0
    move_key = key_of_move(p, move)
    for row in range(len(c.arrival_us)):
        now_us = c.arrival_us[row]
        opening = _opening_at(r, opening, now_us)
        limit_us = _receive(c, r, row, opening)
        if limit_us < now_us:
            continue
        arrival_key = (now_us << 1 | 1) << p.bits | mask
        while move_key <= max(p.tree[1], arrival_key):
            make_move(p, move)
            move += 1
            move_key = key_of_move(p, move)
        free_us = p.tree[1] >> p.bits + 1
        if free_us <= limit_us and not _take(c, p, row, p.tree[1], max(now_us, free_us)):
            return False
    while move_key != NO_MOMENT:
        make_move(p, move)
        move += 1
        move_key = key_of_move(p, move)
    return True


@kernel
def serve_queues(c: Contacts, p: Presence, r: Rules, q: Queues) -> bool:
    """Play calls of several lines to several groups; return whether all moments fitted the keys.

    An agent looks at the lines when he becomes free; while no line of his group has somebody in it, that needs no
    event. ``waiting`` has a bit for every line in which somebody may still wait.
    """
    mask, opening, move, row, waiting = (1 << p.bits) - 1, 0, 0, 0, 0
    move_key = key_of_move(p, move)
    while waiting >= 0:
        agent_key, group = NEVER, NONE
        if waiting:
            agent_key, group = _next_agent(p, r, waiting)
        arrival_key = NEVER
        if row < len(c.arrival_us):
            arrival_key = (c.arrival_us[row] << 1 | 1) << p.bits | mask
        if move_key <= min(agent_key, arrival_key):
            make_move(p, move)
            move += 1
            move_key = key_of_move(p, move)
        elif arrival_key < agent_key:
            opening = _opening_at(r, opening, c.arrival_us[row])
            if _receive(c, r, row, opening) >= c.arrival_us[row]:
                waiting = _offer(c, p, r, q, row, waiting)
            row += 1
        elif agent_key < NEVER:
            waiting = _look(c, p, r, q, group, waiting)
        else:
            return True
    return False


@kernel
def _opening_at(r: Rules, opening: int, now_us: int) -> int:
    """Return the present opening, or the next one."""
    while r.openings[opening, 1] <= now_us:
        opening += 1
    return opening


@kernel
def _receive(c: Contacts, r: Rules, row: int, opening: int) -> int:
    """Write down that nobody has taken a contact yet; return the last µs at which somebody can, ``NONE`` for never."""
    now_us = c.arrival_us[row]
    if c.contained[row]:
        limit_us = NONE
    elif r.openings[opening, 0] > now_us:
        limit_us = now_us - 1
    else:
        closes_us = r.openings[opening, 1] + r.waits_on_us[c.line[row]]
        limit_us = min(now_us + c.patience_us[row], closes_us - 1)
    c.limit_us[row] = limit_us
    c.taken_us[row] = c.ended_us[row] = c.agent[row] = NONE
    return limit_us


@kernel
def _take(c: Contacts, p: Presence, row: int, key: int, now_us: int) -> bool:
    """Let the agent of an entry take a contact; return whether the end of his work fits the keys."""
    agent = key & (1 << p.bits) - 1
    duration_us = scaled(c.work_us[row], p.people[agent, P_PACE])
    ends_us = now_us + duration_us
    if ends_us >> LAST_MOMENT_BITS - p.bits:
        return False
    p.people[agent, P_BUSY] += duration_us
    c.taken_us[row], c.ended_us[row], c.agent[row] = now_us, ends_us, agent
    set_key(p.tree, p.people[agent, P_TREE], p.people[agent, P_LEAF], ends_us << p.bits + 1 | agent)
    return True


@kernel
def _next_agent(p: Presence, r: Rules, waiting: int) -> tuple[int, int]:
    """Return the entry of who becomes free first of all groups for whom somebody waits, and his group."""
    best, chosen = NEVER, NONE
    for group in range(len(p.roots)):
        key = p.tree[p.roots[group] + 1]
        if key < best and r.serves[group] & waiting:
            best, chosen = key, group
    return best, chosen


@kernel
def _offer(c: Contacts, p: Presence, r: Rules, q: Queues, row: int, waiting: int) -> int:
    """Offer a contact to the groups of its ladder, or let it wait; return the lines with somebody in them.

    While somebody waits in its line, nobody of its groups is free.
    """
    line: int = c.line[row]
    now_us = c.arrival_us[row]
    if waiting >> line & 1:
        q.behind[q.last[line]] = row
    else:
        for place in range(r.ladder_first[line], r.ladder_first[line + 1]):
            key = p.tree[p.roots[r.ladder[place]] + 1]
            if key >> p.bits + 1 <= now_us:
                return waiting if _take(c, p, row, key, now_us) else NONE
        q.first[line] = row
    q.last[line] = row
    q.behind[row] = NONE
    return waiting | 1 << line


@kernel
def _look(c: Contacts, p: Presence, r: Rules, q: Queues, group: int, waiting: int) -> int:
    """Let the first agent of a group, who becomes free now, take whom he should; return as ``_offer`` does."""
    key = p.tree[p.roots[group] + 1]
    now_us = key >> p.bits + 1
    chosen, lowest, oldest = NONE, 0, 0
    for place in range(r.wants_first[group], r.wants_first[group + 1]):
        line, priority = r.wants[place, W_LINE], r.wants[place, W_PRIORITY]
        if not waiting >> line & 1:
            continue
        row = q.first[line]
        while row != NONE and c.limit_us[row] < now_us:
            row = q.behind[row]
        q.first[line] = row
        if row == NONE:
            waiting ^= 1 << line
            continue
        age = (now_us - c.arrival_us[row]) * r.wants[place, W_AGE]
        if chosen == NONE or priority < lowest or (priority == lowest and age > oldest):
            chosen, lowest, oldest = line, priority, age
    if chosen == NONE:
        return waiting
    row = q.first[chosen]
    if not _take(c, p, row, key, now_us):
        return NONE
    q.first[chosen] = q.behind[row]
    return waiting ^ 1 << chosen if q.first[chosen] == NONE else waiting


def _entries(
    digest: int,
) -> tuple[Callable[[Contacts, Presence, Rules], bool], Callable[[Contacts, Presence, Rules, Queues], bool]]:
    """Return the kernels that are called from outside, kept for these sources; no digest is below zero."""

    @kernel
    def one_queue(c: Contacts, p: Presence, r: Rules) -> bool:
        return digest != NONE and serve_one_queue(c, p, r)

    @kernel
    def queues(c: Contacts, p: Presence, r: Rules, q: Queues) -> bool:
        return digest != NONE and serve_queues(c, p, r, q)

    return one_queue, queues


play_one_queue, play_queues = _entries(sources("compiled"))
"""Play calls of one line to one group, or of several to several; return whether all moments fitted the keys."""
