"""The table that a forest of attempts grows in: its columns, its room, and how a row is added.

Columns are named by constants whose first letter says to which array they belong.
"""

from typing import NamedTuple

import numpy as np

from scenarios import NEVER_US, NOBODY
from scenarios.checks import IntArray
from sim.floor.jit import inlined
from sim.floor.memory import empty
from sim.floor.trace_rows import (
    A_ANSWERED_DELAY,
    A_CAUSE,
    A_FIELDS,
    A_HOLD,
    A_IF_ANSWERED,
    A_IF_LOST,
    A_LINE,
    A_LOST_DELAY,
    A_NEED,
    A_NUMBER,
    A_PATIENCE,
    A_ROOT,
    A_TYPE,
    A_WORK,
)

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
        (room + 1, ...) the table of the trace, see ``sim.floor.trace_rows``.
    delays_us
        (room + 1,) from the end of the attempt before to each row.
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
    delays_us: IntArray
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
        empty(room + 1, A_FIELDS),
        empty(room + 1),
        empty(S_FIELDS, room - roots),
        empty(T_FIELDS, rounds_room),
        np.zeros(roots, dtype=np.int64),
        np.array([0, roots, 0], dtype=np.int64),
    )


def with_more_room(forest: Forest) -> Forest:
    """Return the same forest with twice the room, and some more."""
    rows = empty(2 * len(forest.rows) + CHILDREN_MAX, A_FIELDS)
    rows[: len(forest.rows)] = forest.rows
    delays_us = np.resize(forest.delays_us, len(rows))
    return Forest(rows, delays_us, _wider(forest.states), _wider(forest.turns), *forest[4:])


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
    rows[row, A_ROOT], rows[row, A_NUMBER], rows[row, A_CAUSE], forest.delays_us[row] = row, 0, 0, 0
    rows[row, A_TYPE], rows[row, A_LINE] = kind, kind
    rows[row, A_WORK], rows[row, A_PATIENCE], rows[row, A_HOLD], rows[row, A_NEED] = 1, NEVER_US, 0, 0
    rows[row, A_IF_LOST], rows[row, A_IF_ANSWERED] = NOBODY, NOBODY


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
    if answered:
        rows[row, A_IF_ANSWERED], rows[row, A_ANSWERED_DELAY] = new, what[3]
    else:
        rows[row, A_IF_LOST], rows[row, A_LOST_DELAY] = new, what[3]
    rows[new, A_ROOT], rows[new, A_NUMBER] = rows[row, A_ROOT], rows[row, A_NUMBER] + 1
    rows[new, A_CAUSE], rows[new, A_TYPE], rows[new, A_LINE], forest.delays_us[new] = what
    rows[new, A_IF_LOST], rows[new, A_IF_ANSWERED], rows[new, A_NEED] = NOBODY, NOBODY, 0
    place = new - len(forest.contained)
    states[S_PATH, place], states[S_MATTER, place], states[S_REDIALS, place] = state[0], state[1], state[2]
    states[S_BEGINS, place], states[S_LIKE, place] = state[3], state[4]
    forest.grown[G_ROWS] = new + 1
