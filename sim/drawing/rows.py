"""The table that a forest of attempts grows in: its columns, its room, and how a row is added.

Columns are named by constants whose first letter says to which array they belong.
"""

from typing import NamedTuple

import numpy as np

from scenarios import NEVER_US, NOBODY
from scenarios.checks import IntArray
from sim.compiled.jit import inlined

COLUMNS = (
    "root", "number", "cause", "contact_type", "line", "delay_us", "due_after_us", "work_us", "patience_us",
    "if_lost", "if_answered", "need_ppm", "hold_us", "first_round",
)  # fmt: skip
"""Columns of ``ContactTrace`` in the order of ``Forest.rows``."""
(
    R_ROOT, R_NUMBER, R_CAUSE, R_TYPE, R_LINE, R_DELAY, R_DUE, R_WORK, R_PATIENCE,
    R_IF_LOST, R_IF_ANSWERED, R_NEED, R_HOLD, R_FIRST_ROUND,
) = range(14)  # fmt: skip

# states: (5, room) of the rows behind the roots
(
    S_PATH,  # way from the root contact: after a loss twice that of the row before, after an answer one more
    S_MATTER,  # the path by which work, rounds and what follows an answer are drawn
    S_REDIALS,  # redials in a row so far
    S_BEGINS,  # the round of the session with which it begins
    S_LIKE,  # the earlier row whose matter it repeats, NOBODY for none
    S_FIELDS,
) = range(6)

State = tuple[int, int, int, int, int]
"""What the S_ columns say of one row."""

# turns: (2, room for rounds)
T_WORK, T_THINK, T_FIELDS = range(3)

ROOT_PATH = 1
"""Path of a root contact."""
CHILDREN_MAX = 2
"""Rows that may follow a row: one when it is lost, one when it is answered."""


class Forest(NamedTuple):
    """Room for rows and rounds, filled from the left.

    Parameters
    ----------
    rows
        (14, room + 1) the ``COLUMNS`` of the trace.
    states
        (5, room - N) what is remembered of a row behind the roots while the forest grows.
    turns
        (2, room for rounds) work and think time of every round.
    contained
        (N,) 1 for a root contact that the bot keeps, else 0.
    grown
        (3,) the next row to look at, the numbers of rows and of rounds so far.
    """

    rows: IntArray
    states: IntArray
    turns: IntArray
    contained: IntArray
    grown: IntArray


# grown
G_NEXT, G_ROWS, G_ROUNDS = range(3)


def empty_forest(roots: int, room: int, rounds_room: int) -> Forest:
    """Return a forest of so many root contacts, not looked at yet, with room for so many rows and rounds."""
    room = max(room, roots)
    return Forest(
        np.empty((len(COLUMNS), room + 1), dtype=np.int64),
        np.empty((S_FIELDS, room - roots), dtype=np.int64),
        np.empty((T_FIELDS, rounds_room), dtype=np.int64),
        np.zeros(roots, dtype=np.int64),
        np.array([0, roots, 0], dtype=np.int64),
    )


def with_more_room(forest: Forest) -> Forest:
    """Return the same forest with twice the room, and some more."""
    return Forest(_wider(forest.rows), _wider(forest.states), _wider(forest.turns), *forest[3:])


def _wider(table: IntArray) -> IntArray:
    wider = np.empty((len(table), 2 * table.shape[1] + CHILDREN_MAX), dtype=np.int64)
    wider[:, : table.shape[1]] = table
    return wider


@inlined
def state_of(forest: Forest, row: int) -> State:
    """Return what is remembered of a row; of all roots the same."""
    states, place = forest.states, row - len(forest.contained)
    if place < 0:
        return ROOT_PATH, ROOT_PATH, 0, 0, NOBODY
    return (
        states[S_PATH, place], states[S_MATTER, place], states[S_REDIALS, place], states[S_BEGINS, place],
        states[S_LIKE, place],
    )  # fmt: skip


@inlined
def sow(forest: Forest, row: int, kind: int) -> None:
    """Write what all root contacts of a type have in common; work and patience are those of one the bot keeps."""
    rows = forest.rows
    rows[R_ROOT, row], rows[R_NUMBER, row], rows[R_CAUSE, row], rows[R_DELAY, row] = row, 0, 0, 0
    rows[R_TYPE, row], rows[R_LINE, row] = kind, kind
    rows[R_WORK, row], rows[R_PATIENCE, row], rows[R_HOLD, row], rows[R_NEED, row] = 1, NEVER_US, 0, 0
    rows[R_IF_LOST, row], rows[R_IF_ANSWERED, row] = NOBODY, NOBODY


@inlined
def append(forest: Forest, row: int, answered: int, what: tuple[int, int, int, int], state: State) -> None:
    """Append the attempt that follows ``row``.

    Parameters
    ----------
    answered
        1 when it follows an answer, 0 when it follows a loss.
    what
        Cause, type, line and delay.
    state
        What is to be remembered of it.
    """
    rows, states, new = forest.rows, forest.states, forest.grown[G_ROWS]
    rows[R_IF_ANSWERED if answered else R_IF_LOST, row] = new
    rows[R_ROOT, new], rows[R_NUMBER, new] = rows[R_ROOT, row], rows[R_NUMBER, row] + 1
    rows[R_CAUSE, new], rows[R_TYPE, new], rows[R_LINE, new], rows[R_DELAY, new] = what
    rows[R_IF_LOST, new], rows[R_IF_ANSWERED, new], rows[R_NEED, new] = NOBODY, NOBODY, 0
    place = new - len(forest.contained)
    states[S_PATH, place], states[S_MATTER, place], states[S_REDIALS, place] = state[0], state[1], state[2]
    states[S_BEGINS, place], states[S_LIKE, place] = state[3], state[4]
    forest.grown[G_ROWS] = new + 1
