"""The flat state of a day of stored chats: what the columns of its arrays mean, and the arrays together."""

from typing import Any, NamedTuple

from scenarios.checks import IntArray

# open sessions: (A, H_FIELDS, room)
(
    H_KEY,  # moment of the unread message, place in the lowest bits; FAR for none
    H_LEFT,  # least time from the start of the next reply (while typing: its end) to the close; once replied, the close
    H_ROUND,  # next round, and one past the last
    H_ROUND_END,
    H_CELL,  # where the session counts; as ~cell until its first reply
    H_FIELDS,
) = range(6)
C_OFFERED, C_IN_TIME, C_ABANDONED, C_BY_GROUP, C_ROUNDS, C_REPLIES_IN_TIME, C_FIELDS = range(7)
"""Columns of the counts, all in the cell of the session's offer; with one group its answers in time stand twice."""

PLACE_BITS = 6
"""At most 64 sessions at once."""
PLACE_MASK = (1 << PLACE_BITS) - 1
MOMENT_BITS = 50
"""Moments have at most so many bits (35 years), so that a place and a rank beside them fit into a word."""
BEFORE_ALL = 1 << MOMENT_BITS
"""First replies come first: their moments count from so much earlier."""
FAR = 1 << MOMENT_BITS + 2


class Stored(NamedTuple):
    """Sessions of D days one after the other, their rounds, and (D + 1,) where the sessions of each day begin."""

    sessions: IntArray
    rounds: Any  # of four bytes a number
    first: IntArray


class ChatRules(NamedTuple):
    """What the kernel reads of the scenario.

    Parameters
    ----------
    choice, oldest_first
        Who takes a session; whether the oldest message is answered next, else first replies come first.
    room
        Sessions of one agent at most.
    openings
        (openings + 1, 2) when the service opens and closes; the last one never.
    waits_on_us
        How long after closing somebody still waits.
    last_open
        (T,) the last open interval up to each.
    interval_us, within_us, reply_within_us
        Length of an interval; limits of the first reply and of every reply.
    """

    choice: int
    oldest_first: bool
    room: int
    openings: IntArray
    waits_on_us: int
    last_open: IntArray
    interval_us: int
    within_us: int
    reply_within_us: int


class Desk(NamedTuple):
    """What a day writes: people and what they have open, who stands in line, what comes next, when buyers give up.

    ``people``, ``spans``, ``moves``, ``places``, ``tree`` and ``clock`` are those of ``sim.compiled.fields.Floor``.
    """

    people: IntArray
    open: IntArray
    spans: IntArray
    moves: IntArray
    places: IntArray
    tree: IntArray
    clock: IntArray
    limit: IntArray


class ChatDay(NamedTuple):
    """All that a day reads and writes, and the counts (T + 1, C_FIELDS), the last for what comes after the day."""

    stored: Stored
    rules: ChatRules
    desk: Desk
    counts: IntArray
