"""What an engine leaves behind: one entry per possible attempt of the trace, and what everybody did."""

from dataclasses import dataclass, fields

import numpy as np

from scenarios import NOBODY
from scenarios.checks import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """Columns written by an engine, over the M rows and Q rounds of the trace and the P people.

    Parameters
    ----------
    offered_us
        (M,) when the attempt joined; ``NOBODY`` where it was never made.
    limit_us
        (M,) last µs at which it could be answered (patience, closing); ``NEVER_US`` for tickets. Where ``offered_us``
        is ``NOBODY`` it means nothing and is ``NOBODY``.
    taken_us, ended_us
        (M,) when an agent took it first; when he was done (a session: when it closed). ``NOBODY`` = never.
    agent
        (M,) who took it (a ticket: who had it last), ``NOBODY`` for nobody.
    line
        (M,) type in whose line it stood last; the trace's ``line`` where it was never transferred.
    hops
        (M,) hand-overs of a ticket after the first agent, transfers from line to line while waiting.
    replied_us
        (Q,) end of the reply of each round, ``NOBODY`` where none was given.
    busy_us, working_us, at_work_us
        (P,) time with something in hand (an open session counts); time talking, handling or typing; time between
        coming and leaving, breaks left out. In slot chat an open session is work.
    """

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
    def empty(cls, rows: int, rounds: int, people: int) -> "Played":
        """Return columns in which nothing has happened yet, for an engine to write into."""
        lengths = {"replied_us": rounds, "busy_us": people, "working_us": people, "at_work_us": people}
        zero = {"hops", "busy_us", "working_us", "at_work_us"}
        return cls(
            **{
                field.name: np.full(lengths.get(field.name, rows), 0 if field.name in zero else NOBODY, dtype=np.int64)
                for field in fields(cls)
            }
        )

    def seal(self) -> "Played":
        """Make all columns read-only and return them: nothing happens any more."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False
        return self

    def equals(self, other: "Played") -> bool:
        """Return whether every number is the same."""
        return all(np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
