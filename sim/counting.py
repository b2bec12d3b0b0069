"""The counting loops: straight over the engine's columns, one loop per matter of interest.

Compiled and free of Python, so that a day of 200,000 attempts is counted in milliseconds and in threads. What each
count means stands in ``tally``; the names here are their places in one matrix (T, K, F). Every loop takes its columns
out of the tuples once: to hand arrays on within a loop would cost more than all the counting.
"""

from typing import TypeAlias

import numpy as np
from numba import njit

from scenarios import NEVER_US, NOBODY, Cause
from scenarios.checks import BoolArray, IntArray
from sim.clock import PPM
from sim.compiled.prefetch import fetch
from sim.trace_rows import COUNTED
from sim.waits import bin_of

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

_AHEAD = 16
"""So many attempts before it is looked at is the row of one asked for."""
_AGES_US = (AGES_H[0] * 3_600_000_000, AGES_H[1] * 3_600_000_000, AGES_H[2] * 3_600_000_000)
_CAP_US = REPLY_CAP_S * 1_000_000
_AGAIN = 1 << Cause.RECONTACT | 1 << Cause.REOPENED
_ONWARD = 1 << Cause.ESCALATION | 1 << Cause.TRANSFER | 1 << Cause.DEPARTMENT | 1 << Cause.TICKET
_TRANSFER = int(Cause.TRANSFER)

Trace: TypeAlias = tuple[IntArray, ...]
"""Of each attempt: contact type, due after, work, patience, cause, first round, one past the last round; of each round:
work, think time."""
Entries: TypeAlias = tuple[IntArray, ...]
"""Of each attempt: before, offered, limit, taken, ended, agent, hops; of each round: replied."""
People: TypeAlias = tuple[IntArray, ...]
"""Tenure factor in parts per million, group."""
Kinds: TypeAlias = tuple[IntArray, ...]
"""Per type: limit of the first answer, limit of a reply, 1 for tickets."""
Counts: TypeAlias = tuple[IntArray, ...]
"""Counts (T, K, F); waits (D + 1, K, BINS); handled by group (G,); day of each interval (T,)."""


@njit(cache=True, nogil=True)
def gather(table: IntArray, rows: IntArray, columns: IntArray) -> None:
    """Write the columns ``COUNTED`` of the attempts' rows, from the table of a trace.

    Every row is looked at once, and asked for before: most of the later ones are far from each other.
    """
    for entry in range(len(rows)):
        fetch(table, rows[min(entry + _AHEAD, len(rows) - 1)])
        for number, column in enumerate(COUNTED):
            columns[number, entry] = table[rows[entry], column]


@njit(cache=True, nogil=True)
def place_attempts(
    played: Entries, contact_type: IntArray, is_ticket: IntArray, interval_us: int, last_open: IntArray
) -> IntArray:
    """Return the interval in which each attempt counts, ``NOBODY`` for those the bot keeps.

    What is live while the service is closed counts in the last open interval.
    """
    offered = played[1]
    places = np.empty(len(offered), dtype=np.int64)
    last = len(last_open) - 1
    for entry in range(len(offered)):
        if offered[entry] == NOBODY:
            places[entry] = NOBODY
        else:
            interval = min(offered[entry] // interval_us, last)
            places[entry] = interval if is_ticket[contact_type[entry]] else last_open[interval]
    return places


@njit(cache=True, nogil=True)
def count_attempts(
    places: IntArray, trace: Trace, played: Entries, people: People, kinds: Kinds, interval_us: int, counts: Counts
) -> None:
    """Count every attempt that was made: how it ended, how long it waited, what work it took."""
    contact_type, _, works, patience, _, first_round, round_end, _, _ = trace
    _, offered, limit, taken, ended, agents, hops, replied = played
    pace, group = people
    within, _, is_ticket = kinds
    table, waits, by_group, day_of = counts
    for entry in range(len(places)):
        place, kind = places[entry], contact_type[entry]
        if place == NOBODY:
            continue
        by_messages = round_end[entry] > first_round[entry]
        answered = replied[first_round[entry]] if by_messages else taken[entry]
        table[place, kind, OFFERED] += 1
        table[place, kind, HOPS] += hops[entry]
        if answered != NOBODY:
            wait = answered - offered[entry]
            table[place, kind, ANSWERED] += 1
            table[place, kind, WAIT_US] += wait
            table[place, kind, IN_TIME] += wait <= within[kind]
            waits[day_of[place], kind, bin_of(wait)] += 1
        if taken[entry] == NOBODY:
            if not is_ticket[kind]:
                gave_up = offered[entry] + patience[entry] <= limit[entry]
                table[place, kind, ABANDONED if gave_up else CLOSED_OUT] += 1
        elif ended[entry] != NOBODY:
            agent = agents[entry]
            table[place, kind, HANDLED] += 1
            table[place, kind, SESSION_US] += ended[entry] - taken[entry]
            by_group[group[agent]] += 1
            if not by_messages:
                table[place, kind, WORK_US] += scaled(works[entry], pace[agent])
            if ended[entry] // interval_us < len(table):
                table[ended[entry] // interval_us, kind, FINISHED] += 1


@njit(cache=True, nogil=True)
def count_rounds(
    places: IntArray, trace: Trace, played: Entries, people: People, limits: IntArray, grid: tuple[int, IntArray],
    table: IntArray,
) -> None:  # fmt: skip
    """Count the rounds of chats by messages in the intervals of the buyers' messages, their work in that of the offer.

    Parameters
    ----------
    limits
        (K,) limit of a reply.
    grid
        Length of an interval; (T,) the last open interval.
    """
    contact_type, _, _, _, _, first_round, round_end, round_work, think = trace
    _, offered, _, _, _, agents, _, replied = played
    pace = people[0]
    interval_us, last_open = grid
    for entry in range(len(places)):
        first, end = first_round[entry], round_end[entry]
        if places[entry] == NOBODY or first == end:
            continue
        asked, work, kind = offered[entry], 0, contact_type[entry]
        for number in range(first, end):
            if number > first:
                asked = replied[number - 1] + think[number]
            place = last_open[min(asked // interval_us, len(last_open) - 1)]
            table[place, kind, ROUNDS] += 1
            if replied[number] == NOBODY:
                table[place, kind, REPLY_CAPPED_US] += _CAP_US
                break
            took = replied[number] - asked
            table[place, kind, REPLIED] += 1
            table[place, kind, REPLY_US] += took
            table[place, kind, REPLIES_IN_TIME] += took <= limits[kind]
            table[place, kind, REPLY_CAPPED_US] += min(took, _CAP_US)
            work += scaled(round_work[number], pace[agents[entry]])
        table[places[entry], kind, WORK_US] += work


@njit(cache=True, nogil=True)
def count_tickets(
    places: IntArray, trace: Trace, played: Entries, is_ticket: IntArray, interval_us: int, table: IntArray
) -> None:
    """Count how tickets stand against their due time and their age; states are those at the end of each interval."""
    contact_type, due_after = trace[0], trace[1]
    _, offered, _, taken, ended, _, _, _ = played
    end_us = len(table) * interval_us
    for entry in range(len(places)):
        place, kind = places[entry], contact_type[entry]
        if place == NOBODY or not is_ticket[kind]:
            continue
        due = NEVER_US if due_after[entry] == NEVER_US else offered[entry] + due_after[entry]
        done = ended[entry] != NOBODY
        late = ended[entry] > due if done else due <= end_us
        table[place, kind, OVERDUE] += late
        table[place, kind, SETTLED] += done or late
        # What is open is noted where it begins and where it ends, and summed up below.
        stop = min((ended[entry] - 1) // interval_us, len(table)) if done else len(table)
        for field in range(BACKLOG, AGED + len(_AGES_US)):
            since = offered[entry] if field == BACKLOG else max(due, offered[entry])
            if field >= AGED:
                since = offered[entry] + _AGES_US[field - AGED]
            start = since // interval_us
            if start < stop:
                table[start, kind, field] += 1
                if stop < len(table):
                    table[stop, kind, field] -= 1
        for number in range(len(_AGES_US)):
            if offered[entry] + _AGES_US[number] <= end_us:
                in_time_us = offered[entry] + _AGES_US[number]
                table[place, kind, WATCHED + number] += 1
                table[place, kind, RESPONDED + number] += taken[entry] != NOBODY and taken[entry] <= in_time_us
                table[place, kind, CLOSED + number] += done and ended[entry] <= in_time_us
    for interval in range(1, len(table)):
        for kind in range(len(is_ticket)):
            for field in range(BACKLOG, AGED + len(_AGES_US)):
                table[interval, kind, field] += table[interval - 1, kind, field]


@njit(cache=True, nogil=True)
def followers(before: IntArray) -> IntArray:
    """Return (E,) the attempt that follows each one, ``NOBODY`` for none."""
    after = np.full(len(before), NOBODY, dtype=np.int64)
    for entry in range(len(before)):
        if before[entry] != NOBODY:
            after[before[entry]] = entry
    return after


@njit(cache=True, nogil=True)
def count_matters(
    places: IntArray, trace: Trace, played: Entries, roots: int, is_ticket: IntArray, table: IntArray
) -> None:
    """Walk the attempts of every root contact; count what followed which, and the matter under its root.

    Parameters
    ----------
    roots
        Number of root contacts, which are the first attempts.
    """
    contact_type, causes = trace[0], trace[4]
    before, offered, _, taken, ended, _, hops, _ = played
    after = followers(before)
    for root in range(roots):
        if places[root] == NOBODY:
            continue
        entry, answers, after_first, seen, moves = root, 0, 0, 0, 0
        while True:
            place, kind, ahead = places[entry], contact_type[entry], after[entry]
            after_first += answers > 0
            answers += taken[entry] != NOBODY and ended[entry] != NOBODY
            cause = causes[ahead] if ahead != NOBODY else 0
            moved = 0 if is_ticket[kind] else hops[entry]
            table[place, kind, TRANSFERRED] += moved > 0 or cause == _TRANSFER
            moves += moved + (cause == _TRANSFER)
            if cause == 0:
                break
            table[place, kind, FOLLOWED + cause - 1] += 1
            seen |= 1 << cause
            entry = ahead
        place, kind = places[root], contact_type[root]
        table[place, kind, MATTERS] += 1
        table[place, kind, MATTERS_RETRANSFERRED] += moves > 1
        if answers > 0:
            table[place, kind, MATTERS_ANSWERED] += 1
            table[place, kind, MATTERS_FIRST] += after_first == 0
            table[place, kind, MATTERS_ONCE] += seen & _AGAIN == 0
            table[place, kind, MATTERS_FIRST_LINE] += seen & _ONWARD == 0
        if taken[entry] != NOBODY and ended[entry] != NOBODY:
            table[place, kind, MATTERS_RESOLVED] += 1
            table[place, kind, CLOSE_US] += ended[entry] - offered[root]


@njit(cache=True, nogil=True)
def count_contained(
    arrivals_us: IntArray, contained: BoolArray, contact_type: IntArray, is_ticket: IntArray, interval_us: int,
    last_open: IntArray, table: IntArray,
) -> None:  # fmt: skip
    """Count the contacts the bot kept."""
    for root in range(len(contained)):
        if contained[root]:
            kind, interval = contact_type[root], min(arrivals_us[root] // interval_us, len(last_open) - 1)
            table[interval if is_ticket[kind] else last_open[interval], kind, BOT_CONTAINED] += 1


@njit(cache=True, nogil=True)
def scaled(work_us: int, factor_ppm: int) -> int:
    """Return work times a tenure factor as the floor rounds it."""
    return max(1, (work_us * factor_ppm + PPM // 2) // PPM)
