"""Contacts before and after the floor: the trace that goes in, the log that comes out."""

import hashlib
from dataclasses import dataclass, fields
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
    REDIAL = 1


@dataclass(frozen=True, slots=True)
class ContactTrace:
    """All root contacts of one replication and everything that is drawn about them before the run.

    Parameters
    ----------
    contact_type
        (N,) index into the scenario's contact types.
    arrival_us
        (N,) arrival at the human queue (after the bot's hand-over), sorted, µs since the horizon's start.
    contained
        (N,) whether the bot keeps the contact; such a contact never reaches the floor.
    due_us
        (N,) time by which a ticket is due, ``NEVER_US`` for live contacts.
    work_us, patience_us
        (A, N) work at tenure factor 1 and patience of attempt a, >= 1; ``NEVER_US`` for endless patience.
    redial_after_us
        (A, N) delay until the next attempt if attempt a is abandoned, ``NOBODY`` when the buyer does not come back; the
        last row holds only ``NOBODY``.
    """

    contact_type: IntArray
    arrival_us: IntArray
    contained: BoolArray
    due_us: IntArray
    work_us: IntArray
    patience_us: IntArray
    redial_after_us: IntArray

    def __post_init__(self) -> None:
        count = len(self.arrival_us)
        attempts = len(self.work_us)
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("contact_type", "arrival_us", "due_us"), (count,))
        shapes |= dict.fromkeys(("work_us", "patience_us", "redial_after_us"), (attempts, count))
        for field, shape in shapes.items():
            object.__setattr__(self, field, frozen_int("ContactTrace", field, getattr(self, field), shape))
        contained = np.array(self.contained, dtype=np.bool_)
        contained.flags.writeable = False
        object.__setattr__(self, "contained", contained)
        if contained.shape != (count,):
            raise PlanningError(
                "wrong_shape", thing="ContactTrace", field="contained", value=contained.shape, expected=(count,)
            )
        if count and (np.diff(self.arrival_us) < 0).any():
            raise PlanningError("not_sorted", thing="ContactTrace", field="arrival_us", value="")
        for field in ("work_us", "patience_us"):
            if count and getattr(self, field).min() < 1:
                raise PlanningError("not_positive", thing="ContactTrace", field=field, value=getattr(self, field).min())
        if count and (self.redial_after_us[-1] != NOBODY).any():
            raise PlanningError("endless_redial", thing="ContactTrace", field="redial_after_us", value=attempts)

    def __len__(self) -> int:
        return len(self.arrival_us)


@dataclass(frozen=True, slots=True)
class ContactLog:
    """One row per attempt, sorted by root contact, then attempt.

    Parameters
    ----------
    root, attempt, cause
        (M,) index of the root contact; number of the attempt, 0 first; ``Cause``.
    contact_type
        (M,) index of the contact type.
    offered_us, answered_us, ended_us
        (M,) joined the queue; first answered (``NOBODY`` = never); left the system (``NOBODY`` = an open ticket).
    outcome
        (M,) ``Outcome``.
    agent, group
        (M,) who answered (a ticket: who finished it), ``NOBODY`` when nobody did.
    hops
        (M,) hand-overs after the first agent.
    """

    root: IntArray
    attempt: IntArray
    cause: IntArray
    contact_type: IntArray
    offered_us: IntArray
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
        digest = hashlib.sha256()
        for field in fields(self):
            digest.update(getattr(self, field.name).tobytes())
        return digest.hexdigest()
