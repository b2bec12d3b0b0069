"""Annealing by whole lines: each person in turn draws a line from all legal ones, the cheaper the likelier.

A line that costs ``c`` beside everybody else's is drawn with weight ``exp(-c / T)`` from *all* legal lines at once: the
weights are summed up backwards through the person's graph and a line is drawn forwards (forward filtering, backward
sampling; Carter and Kohn 1994), as exactly as a best line is found and for the same work. With one person redrawn
after the other this is Gibbs sampling (Geman and Geman 1984) whose variables are people's whole months; while the
temperature ``T`` falls it settles where nobody's line can be bettered, by a road that best responses do not find.
"""

import numpy as np
from numba import njit

from scenarios.checks import IntArray
from scheduler.lines.board import Board, Scratch, board_cost, cheapest_line, price_actions, seat_line
from scheduler.lines.draw import SeedArray, below, share
from scheduler.lines.flat import Flat, Graphs


@njit(cache=True, nogil=True)
def respond_all(flat: Flat, board: Board, order: IntArray, placed: bool, scratch: Scratch) -> float:
    """Give everybody in ``order`` the best line against the others; return the cost, ``inf`` when somebody has none.

    ``placed`` says whether they are on the board. Who has no line is left free.
    """
    found = True
    for person in order:
        if placed:
            seat_line(flat, board, person, -1)
        price_actions(flat, board, person, scratch)
        cost = cheapest_line(flat.graphs, flat.crew.kind[person], flat.crew.start[person], scratch, board.lines[person])
        if cost == np.inf:
            board.lines[person] = 0
            found = False
        seat_line(flat, board, person, 1)
    return board_cost(flat, board) if found else np.inf


@njit(cache=True, nogil=True)
def anneal(
    flat: Flat, board: Board, order: IntArray, lines: int, heat: tuple[float, float], seed: SeedArray, scratch: Scratch
) -> float:
    """Draw ``lines`` lines, person after person, while the temperature falls from ``heat[0]`` to ``heat[1]``.

    ``order`` names the people to draw for; it is shuffled round after round. Returns the cost of the board.
    """
    cooling = (heat[1] / heat[0]) ** (1.0 / max(lines, 1))
    temperature = heat[0]
    for number in range(lines):
        place = number % len(order)
        if place == 0:
            _shuffle(order, seed)
        person = order[place]
        seat_line(flat, board, person, -1)
        price_actions(flat, board, person, scratch)
        draw_line(
            flat.graphs, flat.crew.kind[person], flat.crew.start[person], temperature, scratch, seed,
            board.lines[person],
        )  # fmt: skip
        seat_line(flat, board, person, 1)
        temperature *= cooling
    return board_cost(flat, board)


@njit(cache=True, nogil=True)
def _shuffle(order: IntArray, seed: SeedArray) -> None:
    for last in range(len(order) - 1, 0, -1):
        other = below(seed, last + 1)
        order[last], order[other] = order[other], order[last]


@njit(cache=True, nogil=True)
def draw_line(
    graphs: Graphs, kind: int, start: int, temperature: float, scratch: Scratch, seed: SeedArray, line: IntArray
) -> None:
    """Write a line drawn with weight ``exp(-cost / temperature)``; leave ``line`` where all weights vanish.

    ``scratch.price`` is turned into weights.
    """
    value, mass = scratch.value, scratch.mass
    dates = len(line)
    first = graphs.first[kind]
    soft = len(graphs.step) > 0
    value[first[dates + 1]] = 0.0
    for end in range(first[dates + 1] - first[dates]):
        value[first[dates] + end] = np.exp(-graphs.final[graphs.ends_at[kind] + end] / temperature)
    for date in range(dates - 1, -1, -1):
        _weigh(graphs, kind, date, temperature, scratch)
        classes = graphs.classes[kind, date]
        edge = graphs.edges_at[kind] + graphs.edge_first[kind, date]
        largest = 0.0
        for state in range(first[date], first[date + 1]):
            total = 0.0
            for group in range(classes):
                weight = mass[date, group] * value[graphs.after[edge]]
                if soft and graphs.step[edge] != 0.0:
                    weight *= np.exp(-graphs.step[edge] / temperature)
                total += weight
                edge += 1
            value[state] = total
            largest = max(largest, total)
        if largest > 0.0 and (largest < 1e-100 or largest > 1e100):
            for state in range(first[date], first[date + 1]):
                value[state] /= largest
    if value[start] > 0.0:
        _draw_forward(graphs, kind, start, temperature, scratch, seed, line)


@njit(cache=True, nogil=True)
def _weigh(graphs: Graphs, kind: int, date: int, temperature: float, scratch: Scratch) -> None:
    """Turn a date's prices into weights, the cheapest action's 1, and sum them up by class."""
    price, mass = scratch.price[date], scratch.mass[date]
    least = np.inf
    size = graphs.menu_size[kind, date]
    for number in range(size):
        least = min(least, price[graphs.menu[kind, date, number]])
    mass[: graphs.classes[kind, date]] = 0.0
    for number in range(size):
        action = graphs.menu[kind, date, number]
        weight = np.exp((least - price[action]) / temperature) if price[action] < np.inf else 0.0
        price[action] = weight
        mass[graphs.class_of[kind, date, action]] += weight


@njit(cache=True, nogil=True)
def _draw_forward(
    graphs: Graphs, kind: int, start: int, temperature: float, scratch: Scratch, seed: SeedArray, line: IntArray
) -> None:
    """Walk from the start, at each date drawing a class by the weight of all that follows, and an action of it."""
    value, mass = scratch.value, scratch.mass
    soft = len(graphs.step) > 0
    state = start
    for date in range(len(line)):
        classes = graphs.classes[kind, date]
        edge = graphs.edges_at[kind] + graphs.edge_first[kind, date] + (state - graphs.first[kind, date]) * classes
        total = 0.0
        for group in range(classes):
            weight = mass[date, group] * value[graphs.after[edge + group]]
            if soft:
                weight *= np.exp(-graphs.step[edge + group] / temperature)
            total += weight
        left = share(seed) * total
        chosen = -1
        for group in range(classes):
            weight = mass[date, group] * value[graphs.after[edge + group]]
            if soft:
                weight *= np.exp(-graphs.step[edge + group] / temperature)
            if weight > 0.0:
                chosen = group
                left -= weight
                if left <= 0.0:
                    break
        line[date] = _drawn_action(graphs, kind, date, chosen, scratch, seed)
        state = graphs.after[edge + chosen]


@njit(cache=True, nogil=True)
def _drawn_action(graphs: Graphs, kind: int, date: int, group: int, scratch: Scratch, seed: SeedArray) -> int:
    """Draw an action of a class by its weight."""
    weights = scratch.price[date]
    left = share(seed) * scratch.mass[date, group]
    action = -1
    for number in range(graphs.menu_size[kind, date]):
        candidate = graphs.menu[kind, date, number]
        if graphs.class_of[kind, date, candidate] == group and weights[candidate] > 0.0:
            action = candidate
            left -= weights[candidate]
            if left <= 0.0:
                break
    return action
