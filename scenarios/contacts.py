"""Contacts before and after the floor: the trace that goes in, the log that comes out."""

import hashlib
from dataclasses import InitVar, dataclass, fields
from enum import IntEnum

import numpy as np

from scenarios.checks import BoolArray, IntArray, frozen_int
from scenarios.errors import PlanningError

NEVER_US = 2**62
"""A time that never comes, in µs."""
NOBODY = -1
"""No agent, no group, no moment."""


class Outcome(IntEnum):
    """How an attempt ended."""

    ANSWERED = 0
    ABANDONED = 1
    CLOSED_OUT = 2  # still waiting for a first answer when the service closed
    OPEN = 3  # a ticket not finished when the horizon ended
    BOT = 4  # contained by the bot, no human met it


class Cause(IntEnum):
    """Why an attempt was made."""

    FIRST = 0
    REDIAL = 1  # gave up and tries again
    MESSAGE = 2  # left a message because nobody answered
    REOPENED = 3  # the session had closed in silence, the buyer writes on
    RECONTACT = 4  # not solved the first time
    ESCALATION = 5
    TRANSFER = 6  # answered, and handed to the right colleagues
    DEPARTMENT = 7  # back from another department
    TICKET = 8  # a case left behind by a live contact


ROW_COLUMNS = (
    "root", "number", "cause", "contact_type", "line", "due_after_us", "work_us", "patience_us", "if_lost",
    "if_answered", "need_ppm", "hold_us", "first_round",
)  # fmt: skip
"""Columns of a ``ContactTrace`` over its rows, in the order in which its ``table`` has them."""
SHOP_OWES = (Cause.MESSAGE, Cause.ESCALATION, Cause.TRANSFER, Cause.DEPARTMENT, Cause.TICKET)
"""Attempts that the shop makes, not the buyer: made even when the service is closed at that moment."""


@dataclass(frozen=True, slots=True)
class ContactTrace:
    """All contacts of one replication and everything that is drawn about them before the run.

    One row per *possible* attempt, M in all. The first N rows are the root contacts in order of arrival; every later
    row belongs to one root and is reached from one earlier row, when that attempt is lost or answered. Which rows
    really happen is decided by the floor, which draws nothing.

    Parameters
    ----------
    arrival_us
        (N,) arrival of the root contacts at the human queue (after the bot's hand-over), sorted, µs since the
        horizon's start.
    contained
        (N,) whether the bot keeps the contact; such a contact never reaches the floor.
    root, number, cause
        (M,) root contact of the row (row i itself for i < N); how many attempts come before it; ``Cause``.
    contact_type
        (M,) index into the scenario's contact types: what it is, and under which it is counted.
    line
        (M,) index of the type whose route it follows: another one where the diversion was wrong.
    delay_us
        (M,) from the end of the attempt before to this one, >= 0; 0 for root contacts; after a lost attempt >= 1.
    due_after_us
        (M,) time from its offer by which a ticket is due (may be less than the type's where the bot took some of it),
        ``NEVER_US`` for live rows.
    work_us, patience_us
        (M,) work at tenure factor 1, >= 1 (a chat by messages: the sum over its rounds); patience, >= 1, ``NEVER_US``
        for endless.
    if_lost
        (M,) the row that follows when nobody answers (a redial after giving up; a message after giving up or closing),
        ``NOBODY`` for none.
    if_answered, need_ppm
        (M,) the row that follows when it was answered, ``NOBODY`` for none; it follows only if the tenure factor of
        the agent, in parts per million, is more than ``need_ppm`` (0: always).
    first_round
        (M + 1,) where the rounds of each row begin in the two columns below; rows without messages have none.
    round_work_us, think_us
        (Q,) work of each reply at tenure factor 1, >= 1; time from the reply before to the buyer's message, >= 0, and
        0 for the first round of a row.
    hold_us
        (M,) a session by messages keeps its slot so long after its last reply.
    """

    arrival_us: IntArray
    contained: BoolArray
    root: IntArray
    number: IntArray
    cause: IntArray
    contact_type: IntArray
    line: IntArray
    delay_us: IntArray
    due_after_us: IntArray
    work_us: IntArray
    patience_us: IntArray
    if_lost: IntArray
    if_answered: IntArray
    need_ppm: IntArray
    first_round: IntArray
    round_work_us: IntArray
    think_us: IntArray
    hold_us: IntArray
    table: IntArray | None = None
    checked: InitVar[bool] = False

    def __post_init__(self, checked: bool) -> None:
        count, rows, rounds = len(self.arrival_us), len(self.root), len(self.round_work_us)
        lengths = {"arrival_us": count, "first_round": rows + 1, "round_work_us": rounds, "think_us": rounds}
        for field in fields(self):
            if field.name not in ("contained", "table"):
                values, length = getattr(self, field.name), lengths.get(field.name, rows)
                object.__setattr__(self, field.name, frozen_int("ContactTrace", field.name, values, (length,)))
        contained = np.array(self.contained, dtype=np.bool_)
        contained.flags.writeable = False
        object.__setattr__(self, "contained", contained)
        if contained.shape != (count,):
            raise PlanningError(
                "wrong_shape", thing="ContactTrace", field="contained", value=contained.shape, expected=(count,)
            )
        if not checked:
            self._check_times()
            self._check_rows()

    def _check_times(self) -> None:
        if (np.diff(self.arrival_us) < 0).any():
            raise PlanningError("not_sorted", thing="ContactTrace", field="arrival_us", value="")
        for field, least in (("work_us", 1), ("patience_us", 1), ("round_work_us", 1), ("arrival_us", 0),
                             ("delay_us", 0), ("think_us", 0), ("hold_us", 0), ("need_ppm", 0)):  # fmt: skip
            values = getattr(self, field)
            if len(values) and values.min() < least:
                key = "not_positive" if least else "negative"
                raise PlanningError(key, thing="ContactTrace", field=field, value=int(values.min()))

    def _check_rows(self) -> None:
        rows = np.arange(len(self))
        if (np.diff(self.first_round) < 0).any() or self.first_round[0] != 0:
            raise PlanningError("not_sorted", thing="ContactTrace", field="first_round", value="")
        if self.first_round[-1] != len(self.round_work_us):
            raise PlanningError(
                "wrong_shape", thing="ContactTrace", field="round_work_us", value=len(self.round_work_us),
                expected=int(self.first_round[-1]),
            )  # fmt: skip
        if len(self) and not 0 <= self.root.min() <= self.root.max() < max(self.roots, 1):
            known = f"0 .. {self.roots - 1}"
            raise PlanningError("not_one_of", thing="ContactTrace", field="root", value=self.root.max(), known=known)
        for field in ("if_lost", "if_answered"):
            ahead = getattr(self, field)
            leads = ahead != NOBODY
            wrong = leads & ((ahead <= rows) | (ahead >= len(self)) | (ahead < self.roots))
            if wrong.any():
                raise PlanningError("endless_attempts", thing="ContactTrace", field=field, value=int(rows[wrong][0]))

    def __len__(self) -> int:
        return len(self.root)

    @property
    def roots(self) -> int:
        """Number of root contacts."""
        return len(self.arrival_us)


@dataclass(frozen=True, slots=True)
class ContactLog:
    """One row per attempt that was made, sorted by root contact, then attempt.

    Parameters
    ----------
    row
        (L,) row of the trace.
    root, attempt, cause
        (L,) index of the root contact; number of the attempt, 0 first; ``Cause``.
    contact_type, line
        (L,) index of the contact type; index of the type in whose line it stood last.
    offered_us, taken_us, answered_us, ended_us
        (L,) joined the queue; an agent took it (a chat: got a slot); first answered, for a chat by messages the end of
        the first reply, else as ``taken_us``; left the system. ``NOBODY`` = never; an open ticket has no end.
    outcome
        (L,) ``Outcome``.
    agent, group
        (L,) who answered (a ticket: who had it last), ``NOBODY`` when nobody did.
    hops
        (L,) hand-overs of a ticket after the first agent, transfers from line to line while waiting.
    """

    row: IntArray
    root: IntArray
    attempt: IntArray
    cause: IntArray
    contact_type: IntArray
    line: IntArray
    offered_us: IntArray
    taken_us: IntArray
    answered_us: IntArray
    ended_us: IntArray
    outcome: IntArray
    agent: IntArray
    group: IntArray
    hops: IntArray

    def __post_init__(self) -> None:
        shape = (len(self.root),)
        for field in fields(self):
            object.__setattr__(self, field.name, frozen_int("ContactLog", field.name, getattr(self, field.name), shape))

    def __len__(self) -> int:
        return len(self.root)

    def fingerprint(self) -> str:
        """Return the SHA-256 over every column: equal logs, equal hash."""
        return _fingerprint(self)


@dataclass(frozen=True, slots=True)
class MessageLog:
    """One row per round of a chat by messages that was begun, in order of the log, then of the round.

    Parameters
    ----------
    entry
        (Q,) row of the ``ContactLog``.
    number
        (Q,) number of the round, 0 the first.
    asked_us, replied_us
        (Q,) the buyer's message (the first: the start of the session, its offer); the end of the reply, ``NOBODY`` when
        the buyer gave up before it.
    """

    entry: IntArray
    number: IntArray
    asked_us: IntArray
    replied_us: IntArray

    def __post_init__(self) -> None:
        shape = (len(self.entry),)
        for field in fields(self):
            object.__setattr__(self, field.name, frozen_int("MessageLog", field.name, getattr(self, field.name), shape))

    def __len__(self) -> int:
        return len(self.entry)

    def fingerprint(self) -> str:
        """Return the SHA-256 over every column: equal logs, equal hash."""
        return _fingerprint(self)


def _fingerprint(log: ContactLog | MessageLog) -> str:
    digest = hashlib.sha256()
    for field in fields(log):
        digest.update(getattr(log, field.name).tobytes())
    return digest.hexdigest()
