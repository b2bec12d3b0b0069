"""From what an engine leaves behind to the logs: outcomes, and one row per attempt that was made."""

import numpy as np

from scenarios import NEVER_US, NOBODY, ContactLog, ContactTrace, MessageLog, Outcome
from scenarios.checks import IntArray
from sim.floor.played import Played
from sim.floor.staff import Staff


def outcomes_of(trace: ContactTrace, played: Played) -> tuple[IntArray, IntArray]:
    """Return (E,) outcomes and (E,) ends of all that ended, over the attempts of ``played``.

    Who was never taken ends when his patience does, or when the service closes; a contact the bot keeps ends at once.
    """
    outcome = np.full(len(played.row), int(Outcome.ANSWERED))
    ended_us = played.ended_us.copy()
    entry = np.flatnonzero(ended_us == NOBODY)  # few, as a rule: only of these there is something to find out
    offered_us, limit_us = played.offered_us[entry], played.limit_us[entry]
    contained, is_ticket = offered_us == NOBODY, limit_us == NEVER_US
    untaken = (played.taken_us[entry] == NOBODY) & ~is_ticket
    gives_up_us = offered_us + trace.patience_us[played.row[entry]]
    abandoned = untaken & (gives_up_us <= limit_us)
    closed_out = untaken & ~abandoned
    outcome[entry] = np.select(
        [contained, abandoned, closed_out, is_ticket],
        [Outcome.BOT, Outcome.ABANDONED, Outcome.CLOSED_OUT, Outcome.OPEN],
        Outcome.ANSWERED,
    )
    ended_us[entry] = np.select(
        [contained, abandoned, closed_out], [NOBODY, gives_up_us, np.maximum(offered_us, limit_us + 1)], NOBODY
    )
    ended_us[: trace.roots][trace.contained] = trace.arrival_us[trace.contained]
    return outcome, ended_us


def answered_of(trace: ContactTrace, played: Played) -> IntArray:
    """Return (E,) moments of the answer: the end of the first reply of a chat by messages, else when it was taken."""
    if not len(played.replied_us):
        return played.taken_us
    first = trace.first_round[played.row]
    by_messages = trace.first_round[played.row + 1] > first
    replied_us = played.replied_us[np.minimum(first, len(played.replied_us) - 1)]
    return np.where(by_messages, replied_us, played.taken_us)


def logs_of(trace: ContactTrace, played: Played, staff: Staff) -> tuple[ContactLog, MessageLog]:
    """Return the log of attempts, sorted by root contact and attempt, and that of the rounds of chats by messages."""
    outcome, ended_us = outcomes_of(trace, played)
    offered_us = played.offered_us
    if trace.contained.any():
        offered_us = offered_us.copy()
        offered_us[: trace.roots][trace.contained] = trace.arrival_us[trace.contained]
    # All rows in their order are taken as they are; a copy of every column would cost more than the run of a day.
    pick: slice | IntArray = slice(None)
    row = played.row
    if len(row) > trace.roots:
        pick = np.lexsort((trace.number[row], trace.root[row]))
        row = row[pick]
    group = np.append(staff.group, NOBODY)[played.agent]  # nobody's, the last one, is that of nobody
    for column in (row, ended_us, outcome, group):
        column.flags.writeable = False  # made here and nowhere else written, so nobody has to copy them
    taken = slice(None) if row is trace.root else row
    log = ContactLog(
        row=row,
        root=trace.root[taken],
        attempt=trace.number[taken],
        cause=trace.cause[taken],
        contact_type=trace.contact_type[taken],
        line=played.line[pick],
        offered_us=offered_us[pick],
        taken_us=played.taken_us[pick],
        answered_us=answered_of(trace, played)[pick],
        ended_us=ended_us[pick],
        outcome=outcome[pick],
        agent=played.agent[pick],
        group=group[pick],
        hops=played.hops[pick],
    )
    return log, _messages_of(trace, played, log)


def _messages_of(trace: ContactTrace, played: Played, log: ContactLog) -> MessageLog:
    """Return the rounds that were begun: the first of every session offered, and those whose message was written."""
    if not len(trace.round_work_us):
        return MessageLog(*np.zeros((4, 0), dtype=np.int64))
    rounds = np.where(log.outcome == Outcome.BOT, 0, (trace.first_round[1:] - trace.first_round[:-1])[log.row])
    entry = np.repeat(np.arange(len(log)), rounds)
    number = np.arange(len(entry)) - np.repeat(np.cumsum(rounds) - rounds, rounds)
    place = trace.first_round[log.row][entry] + number
    before_us = played.replied_us[np.maximum(place - 1, 0)]
    first = number == 0
    asked_us = np.where(first, log.offered_us[entry], before_us + trace.think_us[place])
    begun = first | (before_us != NOBODY)
    return MessageLog(entry[begun], number[begun], asked_us[begun], played.replied_us[place][begun])
