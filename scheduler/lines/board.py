"""The board a search moves people on, compiled: everyone's line, and what every slot still lacks.

To take a person off, price every action against the others, and put the person back on another line is one round of
every search here.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.flat import Flat, Graphs, Slots


class Board(NamedTuple):
    """What a search changes.

    Attributes
    ----------
    lines
        (N, D) action of every person and date (0 = free, 1 + duty).
    lack
        (T, K) positions still wanted of each skill subset (negative: more at work than wanted).
    at_work
        (T,) people at work.
    """

    lines: IntArray
    lack: IntArray
    at_work: IntArray


class Scratch(NamedTuple):
    """Room for one person's round.

    Attributes
    ----------
    price
        (D, A) what each action costs.
    running
        (T + 1,) running sum over the slots of what one person more costs.
    value
        (states + 1,) of one graph: the least cost, or the weight, of all that can still come.
    mass
        (D, A) price or weight of each class of actions.
    """

    price: FloatArray
    running: FloatArray
    value: FloatArray
    mass: FloatArray


def empty_board(flat: Flat) -> Board:
    """Return a board with everybody free."""
    people, dates = flat.crew.own_row.shape
    return Board(
        np.zeros((people, dates), dtype=np.int64),
        flat.slots.lacking.copy(),
        np.zeros(len(flat.slots.wanted), dtype=np.int64),
    )


def board_of(flat: Flat, lines: IntArray) -> Board:
    """Return a board with everybody on (N, D) ``lines`` of duties, ``OFF`` for free."""
    board = empty_board(flat)
    board.lines[:] = lines + 1
    for person in range(len(lines)):
        seat_line(flat, board, person, 1)
    return board


def scratch_for(flat: Flat) -> Scratch:
    """Return room for the largest graph."""
    shape = flat.crew.own_row.shape[1], flat.crew.own.shape[1]
    return Scratch(
        np.zeros(shape),
        np.zeros(len(flat.slots.wanted) + 1),
        np.zeros(int(flat.graphs.first.max(initial=0)) + 1),
        np.zeros(shape),
    )


@njit(cache=True, nogil=True)
def seat_line(flat: Flat, board: Board, person: int, sign: int) -> None:
    """Add (``sign`` 1) a person's line to the cover or take it off (-1)."""
    slots = flat.slots
    counts = slots.counts_for[flat.crew.seat[person]]
    duties = flat.crew.own.shape[1] - 1
    for date in range(board.lines.shape[1]):
        action = board.lines[person, date]
        if action > 0:
            place = date * duties + action - 1
            for run in range(slots.run_first[place], slots.run_first[place + 1]):
                for slot in range(slots.run_begin[run], slots.run_end[run]):
                    board.at_work[slot] += sign
                    for subset in range(len(counts)):
                        board.lack[slot, subset] -= sign * counts[subset]


@njit(cache=True, nogil=True)
def running_gain(slots: Slots, board: Board, seat: int, running: FloatArray) -> None:
    """Fill (T + 1,) ``running`` with the running sum of what one person more of a class adds to each slot's cost."""
    counts = slots.counts_for[seat]
    total = 0.0
    for slot in range(len(slots.wanted)):
        running[slot] = total
        now, then = 0, 0
        for subset in range(len(counts)):
            lack = board.lack[slot, subset]
            now = max(now, lack)
            then = max(then, lack - counts[subset])
        idle = board.at_work[slot] - slots.wanted[slot]
        under, over = slots.under[slots.curve[slot]], slots.over[slots.curve[slot]]
        total += under[then] - under[now] + over[idle + 1 + then] - over[idle + now]
    running[len(slots.wanted)] = total


@njit(cache=True, nogil=True)
def price_actions(flat: Flat, board: Board, person: int, scratch: Scratch) -> None:
    """Fill ``scratch.price`` with what each action costs a person who is not on the board."""
    running_gain(flat.slots, board, flat.crew.seat[person], scratch.running)
    price_menu(flat, person, scratch)


@njit(cache=True, nogil=True)
def price_menu(flat: Flat, person: int, scratch: Scratch) -> None:
    """Fill ``scratch.price`` with what actions cost a person: his own price, and ``scratch.running`` over its slots."""
    slots, crew, graphs, price, running = flat.slots, flat.crew, flat.graphs, scratch.price, scratch.running
    kind = crew.kind[person]
    duties = price.shape[1] - 1
    for date in range(len(price)):
        own = crew.own[crew.own_row[person, date]]
        for number in range(graphs.menu_size[kind, date]):
            action = graphs.menu[kind, date, number]
            total = own[action]
            if action > 0:
                place = date * duties + action - 1
                for run in range(slots.run_first[place], slots.run_first[place + 1]):
                    total += running[slots.run_end[run]] - running[slots.run_begin[run]]
            price[date, action] = total


@njit(cache=True, nogil=True)
def cheapest_line(graphs: Graphs, kind: int, start: int, scratch: Scratch, line: IntArray) -> float:
    """Write the cheapest legal line against ``scratch.price`` (``inf`` forbids) and return its cost (``inf``: none)."""
    price, value, least = scratch.price, scratch.value, scratch.mass
    dates = len(price)
    first, offset = graphs.first[kind], graphs.edges_at[kind]
    value[first[dates + 1]] = np.inf
    for end in range(first[dates + 1] - first[dates]):
        value[first[dates] + end] = graphs.final[graphs.ends_at[kind] + end]
    soft = len(graphs.step) > 0
    for date in range(dates - 1, -1, -1):
        classes = graphs.classes[kind, date]
        least[date, :classes] = np.inf
        for number in range(graphs.menu_size[kind, date]):
            action = graphs.menu[kind, date, number]
            group = graphs.class_of[kind, date, action]
            least[date, group] = min(least[date, group], price[date, action])
        edge = offset + graphs.edge_first[kind, date]
        for state in range(first[date], first[date + 1]):
            best = np.inf
            for group in range(classes):
                total = least[date, group] + value[graphs.after[edge]]
                if soft:
                    total += graphs.step[edge]
                best = min(best, total)
                edge += 1
            value[state] = best
    if value[start] < np.inf:
        _trace(graphs, kind, start, scratch, line)
    return float(value[start])


@njit(cache=True, nogil=True)
def _trace(graphs: Graphs, kind: int, start: int, scratch: Scratch, line: IntArray) -> None:
    """Write the line along which the values were reached."""
    price, value, least = scratch.price, scratch.value, scratch.mass
    state = start
    for date in range(len(price)):
        classes = graphs.classes[kind, date]
        edge = graphs.edges_at[kind] + graphs.edge_first[kind, date] + (state - graphs.first[kind, date]) * classes
        best, chosen = np.inf, 0
        for group in range(classes):
            total = least[date, group] + value[graphs.after[edge + group]]
            if len(graphs.step) > 0:
                total += graphs.step[edge + group]
            if total < best:
                best, chosen = total, group
        for number in range(graphs.menu_size[kind, date]):
            action = graphs.menu[kind, date, number]
            if graphs.class_of[kind, date, action] == chosen and price[date, action] == least[date, chosen]:
                line[date] = action
                break
        state = graphs.after[edge + chosen]


@njit(cache=True, nogil=True)
def rule_cost(graphs: Graphs, kind: int, start: int, line: IntArray) -> float:
    """Return what soft rules cost along (D,) ``line`` of actions; ``inf`` when it is not legal."""
    dates = len(line)
    nowhere = graphs.first[kind, dates + 1]
    state = start
    total = 0.0
    for date in range(dates):
        group = graphs.class_of[kind, date, line[date]]
        if group < 0 or state == nowhere:
            return np.inf
        place = (state - graphs.first[kind, date]) * graphs.classes[kind, date] + group
        edge = graphs.edges_at[kind] + graphs.edge_first[kind, date] + place
        state = graphs.after[edge]
        if len(graphs.step) > 0:
            total += graphs.step[edge]
    if state == nowhere:
        return np.inf
    return total + float(graphs.final[graphs.ends_at[kind] + state - graphs.first[kind, dates]])


@njit(cache=True, nogil=True)
def own_cost(flat: Flat, person: int, line: IntArray) -> float:
    """Return what (D,) ``line`` costs beside the cover: own prices and soft rules; ``inf`` when it is not legal."""
    crew = flat.crew
    total = rule_cost(flat.graphs, crew.kind[person], crew.start[person], line)
    for date in range(len(line)):
        total += crew.own[crew.own_row[person, date], line[date]]
    return total


@njit(cache=True, nogil=True)
def board_cost(flat: Flat, board: Board) -> float:
    """Return what the board costs in all."""
    slots = flat.slots
    total = 0.0
    for slot in range(len(slots.wanted)):
        unmet = 0
        for subset in range(board.lack.shape[1]):
            unmet = max(unmet, board.lack[slot, subset])
        idle = board.at_work[slot] - slots.wanted[slot] + unmet
        total += slots.under[slots.curve[slot], unmet] + slots.over[slots.curve[slot], idle]
    for person in range(len(board.lines)):
        total += own_cost(flat, person, board.lines[person])
    return total
