"""Tickets, case 29 of the list of exact values: equal allowances make "due first" first come, first served.

One agent is then an M/M/1 queue.
"""

import math

import numpy as np
from oracles_of_the_floor.cases import Case, Known
from oracles_of_the_floor.floors import DAY_S, Run, a_floor, a_kind, joined, to_us, trace_of
from oracles_of_the_floor.judging import SEED

from scenarios import US_PER_S, Channel
from sim.engine import Engine

A_DAY, SERVED_A_DAY = 40.0, 48.0
DECADE = 3650
FIGURES = ("mean s", "P(> 6 h)", "P(> 12 h)", "P(> 24 h)")


def longer_than(days):
    """P(ticket takes longer) of M/M/1: exponential with the spare rate."""
    return math.exp(-(SERVED_A_DAY - A_DAY) * days)


def play(engine):
    """Play ten years, forty times; the overdue are those who take longer than a day, or it is an error."""
    runs, floor = [], a_floor([a_kind("case", Channel.TICKET)], days=DECADE + 2)
    for number in range(40 if engine is Engine.COMPILED else 1):
        rng = np.random.default_rng([SEED, 29, number])
        arrival = np.cumsum(rng.exponential(DAY_S / A_DAY, int(A_DAY * DECADE)))
        arrival = arrival[arrival < DECADE * DAY_S]
        work = rng.exponential(DAY_S / SERVED_A_DAY, len(arrival))
        trace = trace_of(to_us(arrival), work_us=to_us(work), due_after_us=np.full(len(arrival), DAY_S * US_PER_S))
        run = Run(floor, {"g": 1}, trace, engine=engine)
        took_s = (run.log.ended_us - run.log.offered_us) / US_PER_S
        overdue = run.log.ended_us > run.floor.due_us
        assert np.array_equal(overdue, took_s > DAY_S)
        runs.append([run.mean(took_s), run.mean(took_s > DAY_S / 4), run.mean(took_s > DAY_S / 2), run.mean(overdue)])
    return joined(runs)


def play_a_decade(engine):
    """Play one: too short for what is rarer than once a week."""
    return play(engine)[:2]


EXACT = (DAY_S / (SERVED_A_DAY - A_DAY), longer_than(0.25), longer_than(0.5), longer_than(1))
KNOWN = [
    Known("29", "tickets of one agent", ("P(> 24 h)",), (3.3546e-4,), lambda: [longer_than(1)], rel=1e-5),
    Known("29", "tickets of one agent", ("P(> 48 h)",), (1.1254e-7,), lambda: [longer_than(2)], rel=5e-5),
]
CASES = [
    # One in three thousand takes longer than a day, and they come in swarms.
    Case("29", "tickets of one agent", FIGURES, EXACT, play, {Engine.COMPILED: (0.15, 0.15, 0.15, 0.9)}),
    Case("29", "tickets of one agent", FIGURES[:2], EXACT[:2], play_a_decade, {Engine.READABLE: 0.6}),
]
