"""What an engine leaves behind: one entry per attempt that was made, and what everybody did."""

from dataclasses import dataclass, fields

import numpy as np

from scenarios import NOBODY
from scenarios.checks import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """Columns written by an engine, over E attempts, the Q rounds of the trace and the P people.

    The first N entries are the root contacts, in the order of the trace. The later attempts that were made follow in
    the order in which they were: by moment, then root contact, then row.

    Parameters
    ----------
    row
        (E,) row of the trace.
    before
        (E,) entry of the attempt that it follows, ``NOBODY`` for root contacts.
    offered_us
        (E,) when the attempt joined; ``NOBODY`` for a root contact that the bot keeps.
    limit_us
        (E,) last µs at which it could be answered (patience, closing); ``NEVER_US`` for tickets. Where ``offered_us``
        is ``NOBODY`` it means nothing and is ``NOBODY``.
    taken_us, ended_us
        (E,) when an agent took it first; when he was done (a session: when it closed). ``NOBODY`` = never.
    agent
        (E,) who took it (a ticket: who had it last), ``NOBODY`` for nobody.
    line
        (E,) type in whose line it stood last; the trace's ``line`` where it was never transferred.
    hops
        (E,) hand-overs of a ticket after the first agent, transfers from line to line while waiting.
    replied_us
        (Q,) end of the reply of each round, ``NOBODY`` where none was given.
    busy_us, working_us, at_work_us
        (P,) time with something in hand (an open session counts); time talking, handling or typing; time between
        coming and leaving, breaks left out. In slot chat an open session is work.
    """

    row: IntArray
    before: IntArray
    offered_us: IntArray
    limit_us: IntArray
    taken_us: IntArray
    ended_us: IntArray
    agent: IntArray
    line: IntArray
    hops: IntArray
    replied_us: IntArray
    busy_us: IntArray
    working_us: IntArray
    at_work_us: IntArray

    @classmethod
    def empty(cls, row: IntArray, rounds: int, people: int) -> "Played":
        """Return columns for the attempts of ``row`` in which nothing has happened yet, for an engine to write into."""
        lengths = {"replied_us": rounds, "busy_us": people, "working_us": people, "at_work_us": people}
        zero = {"hops", "busy_us", "working_us", "at_work_us"}
        columns = {
            field.name: np.full(lengths.get(field.name, len(row)), 0 if field.name in zero else NOBODY, dtype=np.int64)
            for field in fields(cls)
        }
        return cls(**columns | {"row": row})

    def seal(self) -> "Played":
        """Make all columns read-only and return them: nothing happens any more."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False
        return self

    def equals(self, other: "Played") -> bool:
        """Return whether every number is the same."""
        return all(np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
