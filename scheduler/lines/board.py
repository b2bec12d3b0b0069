"""The board a search moves people on, compiled: everyone's line and state, what every slot lacks and what it pays.

``gain`` and ``loss`` hold what one person more or less of each class costs in each slot, kept up to date by every
change, so that to judge a move is to add a few numbers up.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.best import sweep
from scheduler.lines.flat import Flat, Graphs, Slots


class Board(NamedTuple):
    """What a search changes.

    Attributes
    ----------
    lines
        (N, D) action of every person and date (0 = free, 1 + duty).
    states
        (N, D + 1) state of every person's graph before each date and at the end.
    lack
        (T, K) positions still wanted of each skill subset (negative: more at work than wanted).
    at_work
        (T,) people at work.
    gain, loss
        (T, C) what one person more, or less, of each class adds to the cost.
    """

    lines: IntArray
    states: IntArray
    lack: IntArray
    at_work: IntArray
    gain: FloatArray
    loss: FloatArray


def empty_board(flat: Flat) -> Board:
    """Return a board with nobody at work and nobody's line set."""
    people, dates = flat.crew.own_row.shape
    slots = flat.slots
    shape = (len(slots.wanted), len(slots.counts_for))
    board = Board(
        np.zeros((people, dates), dtype=np.int64),
        np.zeros((people, dates + 1), dtype=np.int64),
        slots.lacking.copy(),
        np.zeros(shape[0], dtype=np.int64),
        np.zeros(shape),
        np.zeros(shape),
    )
    reprice_all(slots, board)
    return board


@njit(cache=True, nogil=True)
def reprice_all(slots: Slots, board: Board) -> None:
    """Set ``gain`` and ``loss`` of every slot."""
    for slot in range(len(slots.wanted)):
        reprice(slots, board, slot)


@njit(cache=True, nogil=True)
def reprice(slots: Slots, board: Board, slot: int) -> None:
    """Set ``gain`` and ``loss`` of one slot from what it lacks."""
    lack = board.lack[slot]
    under, over = slots.under[slots.curve[slot]], slots.over[slots.curve[slot]]
    idle = board.at_work[slot] - slots.wanted[slot]
    unmet = 0
    for subset in range(len(lack)):
        unmet = max(unmet, lack[subset])
    now = under[unmet] + over[idle + unmet]
    for seat in range(len(slots.counts_for)):
        more, less = 0, 0
        for subset in range(len(lack)):
            counts = slots.counts_for[seat, subset]
            more = max(more, lack[subset] - counts)
            less = max(less, lack[subset] + counts)
        board.gain[slot, seat] = under[more] + over[idle + 1 + more] - now
        board.loss[slot, seat] = np.inf
        if board.at_work[slot] > 0 and less < len(under) and idle - 1 + less >= 0:
            board.loss[slot, seat] = under[less] + over[idle - 1 + less] - now


@njit(cache=True, nogil=True)
def seat_duty(slots: Slots, board: Board, place: int, seat: int, sign: int) -> float:
    """Add (``sign`` 1) or take off (-1) a person on a date's duty; return what it adds to the cost."""
    total = 0.0
    for number in range(slots.covered_first[place], slots.covered_first[place + 1]):
        slot = slots.covered[number]
        total += board.gain[slot, seat] if sign > 0 else board.loss[slot, seat]
        for subset in range(board.lack.shape[1]):
            board.lack[slot, subset] -= sign * slots.counts_for[seat, subset]
        board.at_work[slot] += sign
        reprice(slots, board, slot)
    return total


@njit(cache=True, nogil=True)
def seat_line(flat: Flat, board: Board, person: int, sign: int) -> float:
    """Add or take off a person's whole line; return what it adds to the price of cover."""
    dates = board.lines.shape[1]
    duties = flat.crew.own.shape[1] - 1
    total = 0.0
    for date in range(dates):
        action = board.lines[person, date]
        if action > 0:
            total += seat_duty(flat.slots, board, date * duties + action - 1, flat.crew.seat[person], sign)
    return total


@njit(cache=True, nogil=True)
def prices_for(flat: Flat, board: Board, person: int, price: FloatArray) -> None:
    """Fill (D, A) ``price`` with what each action costs a person who is not on the board."""
    dates, actions = price.shape
    slots, crew = flat.slots, flat.crew
    seat = crew.seat[person]
    for date in range(dates):
        own = crew.own[crew.own_row[person, date]]
        classes = flat.graphs.class_of[crew.kind[person], date]
        price[date, 0] = own[0]
        for action in range(1, actions):
            total = own[action]
            if classes[action] >= 0 and total < np.inf:
                place = date * (actions - 1) + action - 1
                for number in range(slots.covered_first[place], slots.covered_first[place + 1]):
                    total += board.gain[slots.covered[number], seat]
            else:
                total = np.inf
            price[date, action] = total


@njit(cache=True, nogil=True)
def best_for(flat: Flat, person: int, price: FloatArray, value: FloatArray) -> tuple[float, IntArray]:
    """Return the least cost of a legal line of a person against (D, A) prices and (D,) its duties."""
    graphs = flat.graphs
    kind = flat.crew.kind[person]
    edges = slice(graphs.edges_at[kind], graphs.edges_at[kind + 1])
    step = graphs.step[edges] if len(graphs.step) > 0 else graphs.step
    return sweep(
        graphs.first[kind], graphs.class_of[kind], graphs.edge_first[kind], graphs.after[edges], step,
        graphs.final[graphs.ends_at[kind] : graphs.ends_at[kind + 1]], flat.crew.start[person], price, value,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def walk(graphs: Graphs, kind: int, states: IntArray, line: IntArray, first: int) -> float:
    """Fill (D + 1,) ``states`` along (D,) ``line`` from date ``first`` on; return the soft rules' cost of that part.

    ``inf`` when the line is not legal.
    """
    dates = len(line)
    offset = graphs.edges_at[kind]
    nowhere = graphs.first[kind, dates + 1]
    state = states[first]
    total = 0.0
    for date in range(first, dates):
        group = graphs.class_of[kind, date, line[date]]
        if group < 0 or state == nowhere:
            return np.inf
        place = (state - graphs.first[kind, date]) * graphs.classes[kind, date] + group
        edge = offset + graphs.edge_first[kind, date] + place
        state = graphs.after[edge]
        if len(graphs.step) > 0:
            total += graphs.step[edge]
        states[date + 1] = state
    if state == nowhere:
        return np.inf
    return total + graphs.final[graphs.ends_at[kind] + state - graphs.first[kind, dates]]
