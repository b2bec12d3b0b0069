"""The flat state of the compiled floor: a few two-dimensional arrays of whole numbers, and what their columns mean.

Everything one run writes is in these arrays, so that runs in different threads share nothing. Columns are named by
constants whose first letter says to which array they belong.
"""

from typing import NamedTuple

from scenarios import NEVER_US, NOBODY, US_PER_S, Cause
from scenarios.checks import BoolArray, IntArray

NONE = NOBODY
"""No row, no agent, no line, no moment."""
NEVER = NEVER_US
"""A time, or the key of an event, that never comes."""
END, CLOSE, SHIFT, WRITES, STEP, JOINS = range(6)
"""Kinds of events in the order in which they happen at one instant."""
KIND_BITS = 3
"""The key of an event is ``time_us << KIND_BITS | kind``."""
NO_TIME = NEVER >> KIND_BITS
"""A moment that never comes and of which a key can be made."""
CALL, CHAT, TICKET = range(3)
"""Channels."""
LONGEST_IDLE, LEAST_LOADED, FASTEST, WEIGHTED, NOT_TYPING_FIRST = range(5)
"""Choices of a group."""
AWAY, ON_DUTY, FINISHING = range(3)
"""An agent is not at his place; is inside a span; has something in hand though the span is over."""
LOOKED_AT = 4
"""So many of the least loaded does ``not_typing_first`` look at."""
DAY_US = 24 * 3600 * US_PER_S
"""Who is served after closing waits no longer."""
MESSAGE = int(Cause.MESSAGE)
REDIAL, REOPENED, RECONTACT = int(Cause.REDIAL), int(Cause.REOPENED), int(Cause.RECONTACT)
"""The buyer's doing: not made while the service is closed."""

# played: (O_FIELDS, E), the first columns of ``Played`` in its order
O_ROW, O_BEFORE, O_OFFERED, O_LIMIT, O_TAKEN, O_ENDED, O_AGENT, O_LINE, O_HOPS, O_FIELDS = range(10)

# rows: (E, R_FIELDS), what the floor knows of an attempt that was made, in two lines of a cache; nothing is read before
# it was written
(
    R_ROOT, R_LINE,  # its root contact, the line it stood in last
    R_IF_ANSWERED, R_DELAY, R_NEED,  # row that follows an answer, how long after, and from which tenure factor on
    R_FIRST_ROUND, R_ROUND_END, R_HOLD,  # chats by messages
    R_LEFT,  # its work at tenure factor 1; of a ticket what is left of it
    R_JOINED,  # when it joined the present line
    R_NEXT, R_PREV,  # neighbours in the line
    R_REACHED,  # steps of the ladder reached, the first one included
    R_DUE,  # tickets: when due
    R_POOL,  # step in whose pool it waits, NONE while it does not
    _,
    R_FIELDS,
) = range(17)  # fmt: skip
R_CHILD, R_SIBLING, R_BACK = R_FIRST_ROUND, R_ROUND_END, R_HOLD
"""Links of the pool's heap: a ticket has no rounds, so their places are free."""

# ahead: (..., H_FIELDS), heap of the later attempts
(
    H_TIME,
    H_WHO,  # root contact and row in one word
    H_BEFORE,  # twice the entry it follows, and 1 where it follows a loss
    H_FIELDS,
) = range(4)

# people: (A, P_FIELDS), a cache line in each row: what every act asks, sessions and standing, work done, presence
(
    P_GROUP, P_PACE, P_TAKING,
    P_HELD,  # call or ticket in hand
    P_SLOTS, P_COUNT,  # slots taken by open sessions, and how many these are
    P_DUE,  # key of his next event: end of work, no close of a session before this, end of a break
    P_PLACE,  # standing in line: which place

    P_STAMP, P_NEXT, P_PREV,  # since which act, neighbours
    P_TAKEN,  # contacts and tickets taken so far
    P_TYPING, P_TYPED,  # place of the session being replied to; end of the reply
    P_WORKING, P_BUSY_SINCE,

    P_BUSY, P_BEGAN,
    P_CLOCK, P_READ,  # chat by slots: work clock, and when it was read
    P_WEIGHT, P_DUTY, P_LAST_US,  # from the last moment on nothing new is taken
    P_CAME,

    P_AT_WORK, P_SPAN, P_SPAN_END,  # present span, or the one before the first; one past the last
    _, _, _, _, _,
    P_FIELDS,
) = range(33)  # fmt: skip

# sessions: (A, S_FIELDS, S), the open sessions of each agent without gaps
(
    S_KEY,  # by messages: orders unread messages, NEVER for none; by slots: closing reading of the work clock
    S_LEFT,  # by messages: least time from the start of the next reply (while typing: its end) to the close
    S_ROUND,  # next round, and one past the last
    S_ROUND_END,
    S_ENTRY,
    S_ROOT,
    S_FIELDS,
) = range(7)

# spans: (spans of all people, N_FIELDS)
N_START, N_END, N_SHIFT_END, N_LAST_US, N_FIELDS = range(5)

# moves: (moves, V_FIELDS), what the roster says in advance, sorted
V_KEY, V_AGENT, V_WHAT, V_SPAN, V_FIELDS = range(5)
SPAN_ENDS, LAST_MOMENT, SHIFT_STARTS = range(3)

# lines: (K, L_FIELDS)
(
    L_CHANNEL, L_BY_MESSAGES, L_SLOTS, L_BEYOND, L_AFFINITY, L_SERVED, L_STEP, L_STEP_END, L_HEAD, L_TAIL, L_FIELDS,
) = range(11)  # fmt: skip

# steps: (steps of all lines, K_FIELDS)
(
    K_LINE, K_NUMBER, K_WAIT, K_RAISED, K_TRANSFER, K_GROUP, K_GROUP_END,  # raised in all; groups stand in ``ladder``
    K_CURSOR,  # first of the line who may not have reached it
    K_POOL,  # tickets that wait and have reached it as their last step: the heap's first
    K_FIELDS,
) = range(10)  # fmt: skip

# groups: (G, G_FIELDS)
(
    G_CHOICE, G_OLDEST, G_BY_SLOTS, G_CAP, G_ROOM, G_LIVE, G_LIVE_END, G_TICKETS, G_TICKETS_END, G_FIELDS,
) = range(10)  # fmt: skip

# wants: (lines served by all groups, W_FIELDS)
W_LINE, W_PRIORITY, W_AGE, W_WAIT, W_STEP, W_FIELDS = range(6)

# places: (G, slots + 1, 2), first and last agent who stands with so many slots open; in the last place stand those who
# work on a ticket and can be interrupted
FIRST, LAST = range(2)

# reaches: (2 P, E_FIELDS), tournament of the next events of P steps: entry 1 is the first of all
E_KEY, E_TIE, E_FIELDS = range(3)  # tie: root contact and step in one word
STEP_BITS = 16
"""Root contact and step share a word: fewer than 65,536 steps."""

# clock: (C_FIELDS,)
(
    C_STAMP,  # acts so far
    C_MADE,  # attempts so far: the root contacts and the later ones that were made
    C_AHEAD,  # later attempts ahead
    C_OPENING,  # present or next opening
    C_AFFINITY,  # whether any line has affinity
    C_PLANNED_END,  # whether late breaks end when planned
    C_BITS, C_TOO_LATE,  # bits of an agent's number; whether a moment was too late for the tournament
    C_ARRIVAL, C_MOVE,  # next root contact, next move
    C_FIELDS,
) = range(11)  # fmt: skip


class Columns(NamedTuple):
    """What the floor reads of a trace: the table of its rows (``sim.floor.trace_rows``), columns of other lengths."""

    rows: IntArray
    arrival_us: IntArray
    contained: BoolArray
    round_work_us: IntArray
    think_us: IntArray


class Floor(NamedTuple):
    """All arrays of one run, C-contiguous, of int64 but for one column of the trace.

    An attempt is named by its entry: root contact n has entry n, and every later attempt that is made takes the next
    one. Its row of the trace stands in ``O_ROW``. So what is alive at one time lies close together, however many
    attempts would have been possible. Beside the arrays whose columns are named above:

    Parameters
    ----------
    replied
        (Q,) end of the reply of each round.
    answered_by
        (N,) 1 + the agent of the last answered attempt of each root contact; kept up where some line has affinity.
    ladder
        Groups of all steps, in order.
    tree
        (2 P,) tournament of the next events of P >= A agents, event and agent in one word: entry 1 is the first of all.
    speeds
        (G, ...) speed of each of k open sessions in parts per million.
    openings
        (openings + 1, 2) when the service opens and closes; the last one never.
    """

    trace: Columns
    played: IntArray
    replied: IntArray
    answered_by: IntArray
    rows: IntArray
    people: IntArray
    sessions: IntArray
    spans: IntArray
    moves: IntArray
    lines: IntArray
    steps: IntArray
    ladder: IntArray
    groups: IntArray
    wants: IntArray
    places: IntArray
    speeds: IntArray
    openings: IntArray
    tree: IntArray
    reaches: IntArray
    ahead: IntArray
    clock: IntArray
