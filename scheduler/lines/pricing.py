"""Everybody's best line against prices of cover: one exact sweep each, compiled."""

import numpy as np
from numba import njit

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines.board import Scratch, cheapest_line
from scheduler.lines.flat import Flat


@njit(cache=True, nogil=True)
def price_people(
    flat: Flat, people: IntArray, worth: FloatArray, closed: BoolArray, scratch: Scratch
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return the least cost of each of ``people`` less what the cover pays, the lines, and their cost without cover.

    Parameters
    ----------
    people
        (n,) numbers of people.
    worth
        (D * S, C) what the cover pays for one person of each class on each date's duty.
    closed
        (N, D, A) actions that are not to be, beside those people may not do anyway.
    scratch
        Room for one sweep.

    Returns
    -------
    tuple
        (n,) cost less worth (``inf``: no line is left), (n, D) duties, (n,) cost.
    """
    dates, actions = closed.shape[1:]
    crew = flat.crew
    reduced = np.empty(len(people))
    lines = np.empty((len(people), dates), dtype=np.int64)
    cost = np.empty(len(people))
    price = scratch.price
    line = np.zeros(dates, dtype=np.int64)
    for number, person in enumerate(people):
        seat = crew.seat[person]
        for date in range(dates):
            own = crew.own[crew.own_row[person, date]]
            for action in range(actions):
                total = own[action]
                if closed[person, date, action]:
                    total = np.inf
                elif action > 0:
                    total -= worth[date * (actions - 1) + action - 1, seat]
                price[date, action] = total
        reduced[number] = cheapest_line(flat.graphs, crew.kind[person], crew.start[person], scratch, line)
        lines[number] = line - 1
        cost[number] = reduced[number]
        for date in range(dates):
            if line[date] > 0:
                cost[number] += worth[date * (actions - 1) + line[date] - 1, seat]
    return reduced, lines, cost
