"""The counting loop: once over the attempts that were made, in the order in which they were.

Compiled and free of Python, so that a day of 200,000 attempts is counted in milliseconds and in threads. What each
count means stands in ``tally``; the names here are their places in one matrix (T, K, F).
"""

from collections.abc import Callable
from typing import NamedTuple

from scenarios import NEVER_US, NOBODY, Cause
from scenarios.checks import BoolArray, IntArray
from sim.compiled.chats import scaled
from sim.floor.jit import inlined, kernel, sources
from sim.floor.prefetch import fetch
from sim.measures.waits import bin_of

CELL_COUNTS = (
    "offered", "in_time", "answered", "abandoned", "closed_out", "bot_contained", "overdue", "settled", "finished",
    "rounds", "replied", "replies_in_time", "backlog", "overdue_open", "aged_24h", "aged_48h", "aged_72h",
    "wait_us", "reply_us",
)  # fmt: skip
"""Counts per cell of time and contact type, in the order of the matrix; what ends in ``_us`` is a sum of times."""
DAY_COUNTS = (
    "redials", "messages_left", "reopened", "recontacts", "escalations", "transfers", "departments", "cases",
    "handled", "hops", "transferred", "matters", "matters_answered", "matters_first", "matters_once",
    "matters_first_line", "matters_resolved", "matters_retransferred",
    "watched_24h", "watched_48h", "watched_72h", "responded_24h", "responded_48h", "responded_72h",
    "closed_24h", "closed_48h", "closed_72h", "reply_capped_us", "work_us", "session_us", "close_us",
)  # fmt: skip
"""Counts kept per service day and contact type only; the first eight are the causes of later attempts, in order."""
FIELDS = len(CELL_COUNTS) + len(DAY_COUNTS)
(
    OFFERED, IN_TIME, ANSWERED, ABANDONED, CLOSED_OUT, BOT_CONTAINED, OVERDUE, SETTLED, FINISHED,
    ROUNDS, REPLIED, REPLIES_IN_TIME, BACKLOG, OVERDUE_OPEN, AGED, _, _, WAIT_US, REPLY_US,
    FOLLOWED, _, _, _, _, _, _, _, HANDLED, HOPS, TRANSFERRED, MATTERS, MATTERS_ANSWERED, MATTERS_FIRST, MATTERS_ONCE,
    MATTERS_FIRST_LINE, MATTERS_RESOLVED, MATTERS_RETRANSFERRED, WATCHED, _, _, RESPONDED, _, _, CLOSED, _, _,
    REPLY_CAPPED_US, WORK_US, SESSION_US, CLOSE_US,
) = range(FIELDS)  # fmt: skip
AGES_H = (24, 48, 72)
"""Ages of open tickets that reports tell apart: the one, two and three days that shops promise for complaints."""
REPLY_CAP_S = 600
"""Longest reply that a platform's mean counts; a message without a reply counts as this, too."""

_AGES_US = (AGES_H[0] * 3_600_000_000, AGES_H[1] * 3_600_000_000, AGES_H[2] * 3_600_000_000)
_CAP_US = REPLY_CAP_S * 1_000_000
_AGAIN = 1 << Cause.RECONTACT | 1 << Cause.REOPENED
_ONWARD = 1 << Cause.ESCALATION | 1 << Cause.TRANSFER | 1 << Cause.DEPARTMENT | 1 << Cause.TICKET
_TRANSFER = int(Cause.TRANSFER)

_AHEAD = 16
"""So many attempts ahead rows are asked for: those of later attempts are far from each other."""
_ANSWERED, _ASKED_AGAIN, _MOVE, _MOVES, _SEEN, _LAST = 1, 2, 4, 12, 4, 16
"""A matter in one word: whether it was answered, and asked about again; moves up to two; from the bits ``_SEEN`` and
``_LAST`` on the causes of its later attempts, and its last attempt."""


class Attempts(NamedTuple):
    """What the trace says of its rows, and what became of the E attempts that were made.

    Parameters
    ----------
    table
        The trace's table, or one of no rows where the columns are columns of their own.
    contact_type, due_after, work, patience, cause, root, first_round, round_end
        (M,) columns of the trace; where the rounds of a row end.
    contained, arrival
        (N,) columns of the trace.
    round_work, think, replied
        (Q,) of each round.
    row, before, offered, limit, taken, ended, agent, hops
        (E,) columns of ``Played``.
    pace, group
        (P,) tenure factor of each person in parts per million; group.
    """

    table: IntArray
    contact_type: IntArray
    due_after: IntArray
    work: IntArray
    patience: IntArray
    cause: IntArray
    root: IntArray
    first_round: IntArray
    round_end: IntArray
    contained: BoolArray
    arrival: IntArray
    round_work: IntArray
    think: IntArray
    replied: IntArray
    row: IntArray
    before: IntArray
    offered: IntArray
    limit: IntArray
    taken: IntArray
    ended: IntArray
    agent: IntArray
    hops: IntArray
    pace: IntArray
    group: IntArray


class Day(NamedTuple):
    """What is counted by, and the counts.

    Parameters
    ----------
    within, reply_within, is_ticket
        (K,) limit of the first answer, limit of a reply, 1 for tickets.
    last_open, day_of
        (T,) the last open interval up to each; service day of each.
    interval_us
        Length of an interval.
    table, waits, by_group
        (T K, F) counts, a cell for each interval and type; (D + 1, K, BINS) waits; (G,) handled. All zero at first.
    cell, matters
        (E,) cell in which each attempt counts, ``NOBODY`` where it does not; (N,) matters. Room to work in.
    """

    within: IntArray
    reply_within: IntArray
    is_ticket: IntArray
    last_open: IntArray
    day_of: IntArray
    interval_us: int
    table: IntArray
    waits: IntArray
    by_group: IntArray
    cell: IntArray
    matters: IntArray


@inlined
def _cell(d: Day, kind: int, moment_us: int) -> int:
    """Return the cell in which a moment counts: what is live while the service is closed, in the last open interval."""
    interval = moment_us // d.interval_us
    return int((interval if d.is_ticket[kind] else d.last_open[interval]) * len(d.is_ticket) + kind)


@inlined
def _count(a: Attempts, d: Day) -> None:
    horizon_us, last = len(d.last_open) * d.interval_us, len(a.row) - 1
    for entry in range(last + 1):
        if len(a.table):
            fetch(a.table, a.row[min(entry + _AHEAD, last)])
        row, offered_us, before = a.row[entry], a.offered[entry], a.before[entry]
        kind = a.contact_type[row]
        d.cell[entry] = NOBODY
        if offered_us == NOBODY:
            if a.arrival[entry] < horizon_us:
                d.table[_cell(d, kind, a.arrival[entry]), BOT_CONTAINED] += 1
        # What is offered after the horizon, and what follows it, is not seen.
        elif offered_us < horizon_us and (before == NOBODY or d.cell[before] != NOBODY):
            cell = _cell(d, kind, offered_us)
            d.cell[entry] = cell
            _count_attempt(a, d, entry, cell, kind)
            if a.first_round[row] < a.round_end[row]:
                _count_rounds(a, d, entry, cell, kind)
            if d.is_ticket[kind]:
                _count_ticket(a, d, entry, cell, kind)
            _count_step(a, d, entry, cell, kind)
    _add_up_states(d)
    _count_matters(a, d)


@inlined
def _count_attempt(a: Attempts, d: Day, entry: int, cell: int, kind: int) -> None:
    """Count how an attempt ended, how long it waited, what work it took."""
    row, offered_us, taken_us, ended_us = a.row[entry], a.offered[entry], a.taken[entry], a.ended[entry]
    by_messages = a.first_round[row] < a.round_end[row]
    answered_us = a.replied[a.first_round[row]] if by_messages else taken_us
    d.table[cell, OFFERED] += 1
    d.table[cell, HOPS] += a.hops[entry]
    if answered_us != NOBODY:
        wait_us = answered_us - offered_us
        d.table[cell, ANSWERED] += 1
        d.table[cell, WAIT_US] += wait_us
        d.table[cell, IN_TIME] += wait_us <= d.within[kind]
        d.waits[d.day_of[cell // len(d.is_ticket)], kind, bin_of(wait_us)] += 1
    if taken_us == NOBODY:
        if not d.is_ticket[kind]:
            gave_up = offered_us + a.patience[row] <= a.limit[entry]
            d.table[cell, ABANDONED if gave_up else CLOSED_OUT] += 1
    elif ended_us != NOBODY:
        agent = a.agent[entry]
        d.table[cell, HANDLED] += 1
        d.table[cell, SESSION_US] += ended_us - taken_us
        d.by_group[a.group[agent]] += 1
        if not by_messages:
            d.table[cell, WORK_US] += scaled(a.work[row], a.pace[agent])
        ended = ended_us // d.interval_us
        if ended < len(d.last_open):
            d.table[ended * len(d.is_ticket) + kind, FINISHED] += 1


@inlined
def _count_rounds(a: Attempts, d: Day, entry: int, cell: int, kind: int) -> None:
    """Count the rounds of a chat by messages where the buyer's messages fall, their work where its offer does."""
    row, asked_us, work_us, last = a.row[entry], a.offered[entry], 0, len(d.last_open) - 1
    first = a.first_round[row]
    for number in range(first, a.round_end[row]):
        if number > first:
            asked_us = a.replied[number - 1] + a.think[number]
        at = d.last_open[min(asked_us // d.interval_us, last)] * len(d.is_ticket) + kind
        d.table[at, ROUNDS] += 1
        if a.replied[number] == NOBODY:
            d.table[at, REPLY_CAPPED_US] += _CAP_US
            break
        took_us = a.replied[number] - asked_us
        d.table[at, REPLIED] += 1
        d.table[at, REPLY_US] += took_us
        d.table[at, REPLIES_IN_TIME] += took_us <= d.reply_within[kind]
        d.table[at, REPLY_CAPPED_US] += min(took_us, _CAP_US)
        work_us += scaled(a.round_work[number], a.pace[a.agent[entry]])
    d.table[cell, WORK_US] += work_us


@inlined
def _count_ticket(a: Attempts, d: Day, entry: int, cell: int, kind: int) -> None:
    """Count how a ticket stands against its due time and its age; ``_add_up_states`` makes states of it."""
    offered_us, ended_us, due_after_us = a.offered[entry], a.ended[entry], a.due_after[a.row[entry]]
    intervals, types = len(d.last_open), len(d.is_ticket)
    end_us = intervals * d.interval_us
    due_us = NEVER_US if due_after_us == NEVER_US else offered_us + due_after_us
    done = ended_us != NOBODY
    late = ended_us > due_us if done else due_us <= end_us
    d.table[cell, OVERDUE] += late
    d.table[cell, SETTLED] += done or late
    # What is open is noted where it begins and where it ends.
    stop = min((ended_us - 1) // d.interval_us, intervals) if done else intervals
    for field in range(BACKLOG, AGED + len(_AGES_US)):
        since_us = offered_us if field == BACKLOG else max(due_us, offered_us)
        if field >= AGED:
            since_us = offered_us + _AGES_US[field - AGED]
        start = since_us // d.interval_us
        if start < stop:
            d.table[start * types + kind, field] += 1
            if stop < intervals:
                d.table[stop * types + kind, field] -= 1
    for number in range(len(_AGES_US)):
        in_time_us = offered_us + _AGES_US[number]
        if in_time_us <= end_us:
            d.table[cell, WATCHED + number] += 1
            d.table[cell, RESPONDED + number] += a.taken[entry] != NOBODY and a.taken[entry] <= in_time_us
            d.table[cell, CLOSED + number] += done and ended_us <= in_time_us


@inlined
def _add_up_states(d: Day) -> None:
    """Make states at the end of each interval of what began and ended in it."""
    types = len(d.is_ticket)
    for cell in range(types, len(d.table)):
        if d.is_ticket[cell % types]:
            for field in range(BACKLOG, AGED + len(_AGES_US)):
                d.table[cell, field] += d.table[cell - types, field]


@inlined
def _count_step(a: Attempts, d: Day, entry: int, cell: int, kind: int) -> None:
    """Count an attempt as a step of its matter: what it follows, and whether it was moved to another line."""
    moves = 0 if d.is_ticket[kind] else a.hops[entry]
    d.table[cell, TRANSFERRED] += moves > 0
    before, root, known, seen = a.before[entry], entry, 0, 0
    if before != NOBODY:
        root, cause = a.root[a.row[entry]], a.cause[a.row[entry]]
        known = d.matters[root]
        known |= (known & _ANSWERED) * _ASKED_AGAIN
        seen = known >> _SEEN & (1 << _LAST - _SEEN) - 1 | 1 << cause
        d.table[d.cell[before], FOLLOWED + cause - 1] += 1
        if cause == _TRANSFER:
            moves += 1
            if d.is_ticket[d.cell[before] % len(d.is_ticket)] or a.hops[before] == 0:
                d.table[d.cell[before], TRANSFERRED] += 1
    answered = a.taken[entry] != NOBODY and a.ended[entry] != NOBODY
    moved = min(2, (known & _MOVES) // _MOVE + moves)
    d.matters[root] = (
        entry << _LAST | seen << _SEEN | moved * _MOVE | known & _ASKED_AGAIN | known & _ANSWERED | answered
    )


@inlined
def _count_matters(a: Attempts, d: Day) -> None:
    """Count each matter under its root contact."""
    for root in range(len(a.contained)):
        cell, matter = d.cell[root], d.matters[root]
        if cell == NOBODY:
            continue
        d.table[cell, MATTERS] += 1
        d.table[cell, MATTERS_RETRANSFERRED] += matter & _MOVES == 2 * _MOVE
        if matter & _ANSWERED:
            seen = matter >> _SEEN & (1 << _LAST - _SEEN) - 1
            d.table[cell, MATTERS_ANSWERED] += 1
            d.table[cell, MATTERS_FIRST] += matter & _ASKED_AGAIN == 0
            d.table[cell, MATTERS_ONCE] += seen & _AGAIN == 0
            d.table[cell, MATTERS_FIRST_LINE] += seen & _ONWARD == 0
        last = matter >> _LAST
        if a.taken[last] != NOBODY and a.ended[last] != NOBODY:
            d.table[cell, MATTERS_RESOLVED] += 1
            d.table[cell, CLOSE_US] += a.ended[last] - a.offered[root]


def _entry(digest: int) -> Callable[[Attempts, Day], None]:
    @kernel
    def count(a: Attempts, d: Day) -> None:
        if digest >= 0:  # always so; the digest has to be used to be part of the cache's key
            _count(a, d)

    return count


count = _entry(sources("compiled", "measures"))
"""Count everything; the counts are added to what stands in ``Day``."""
