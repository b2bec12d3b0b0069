"""Tickets: equal allowances make "due first" first come, first served, and one agent an M/M/1 queue.

Statistical tests: one family of 99 % for all of ``theory``.
"""

import math

import numpy as np
import pytest
from oracles_of_the_floor.floors import DAY_S, Run, a_floor, a_kind, joined, to_us, trace_of
from oracles_of_the_floor.judging import SEED, assert_inside

from scenarios import US_PER_S, Channel
from sim.engine import Engine

A_DAY, SERVED_A_DAY = 40.0, 48.0
DECADE = 3650


def longer_than(days):
    """P(ticket takes longer) of M/M/1: exponential with the spare rate."""
    return math.exp(-(SERVED_A_DAY - A_DAY) * days)


def test_the_formula_of_overdue_tickets_has_the_known_values():
    assert longer_than(1) == pytest.approx(3.3546e-4, rel=1e-5)
    assert longer_than(2) == pytest.approx(1.1254e-7, rel=5e-5)


@pytest.mark.statistical
@pytest.mark.parametrize("engine", list(Engine), ids=str)
def test_tickets_of_one_agent_are_late_as_often_as_the_formula_says(engine):
    """Mean 3 h; longer than six hours, half a day and a day."""
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

    exact = [DAY_S / (SERVED_A_DAY - A_DAY), longer_than(0.25), longer_than(0.5), longer_than(1)]
    pairs = joined(runs)
    if engine is Engine.COMPILED:
        assert_inside(pairs[:3], exact[:3], sharp=0.15)
        assert_inside(pairs[3:], exact[3:], sharp=0.9)  # one in three thousand, and they come in swarms
    else:
        assert_inside(pairs[:2], exact[:2], sharp=0.6)
