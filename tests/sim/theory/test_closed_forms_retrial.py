"""Buyers who try again: Markov chains against known digits, and the floor against the chains.

A call that finds everybody busy leaves at once: its patience is 1 µs. Redials "for ever" end after a
bound that nearly nobody reaches, which is checked. Statistical tests: one family of 99 % for all of ``theory``.
"""

import numpy as np
import pytest
from oracles_of_the_floor.floors import Run, a_floor, calls_that_redial, days_for, joined
from oracles_of_the_floor.judging import SEED, assert_inside
from oracles_of_the_floor.networks import Redials, Retrials
from oracles_of_the_floor.queues import classical_retrial

from scenarios import NOBODY
from sim.engine import Engine

UNIT_S = 300.0
"""Length of a mean service, the unit of time of the chains without a queue."""
ATTEMPTS = 50
"""Bound where a share of the callers loses heart at every attempt anyway."""
ONE = 1.8  # mean number in orbit: rate .6, service 1, retrials 1
TEN = (0.262007228904, 6.862353691579, 8.0, 11.431176846, 0.300159545432)  # busy, orbit, busy agents, attempts, blocked
PERSISTENT = (0.303429357123, 5.465162244133, 8.328893804829)  # all busy, orbit, busy agents
REDIALS = (1.20991525596, 0.28915972272, 0.13994350397, 2.75513773443)  # attempts, abandoned, finally lost, orbit


def test_the_orbit_of_one_server_is_known_by_formula_and_by_chain():
    assert classical_retrial(0.6, 1.0, 1.0) == pytest.approx(ONE, rel=1e-14)
    assert Retrials(1, 0.6, 1.0, 1.0).orbit == pytest.approx(ONE, rel=1e-10)


def test_the_chain_of_ten_servers_has_the_known_values():
    chain = Retrials(10, 8.0, 1.0, 0.5)

    found = (chain.all_busy, chain.orbit, chain.busy, chain.attempts, chain.blocked)
    assert found == pytest.approx(TEN, rel=1e-9)


def test_the_chain_of_callers_who_lose_heart_has_the_known_values():
    chain = Retrials(10, 9.5, 1.0, 0.5, persistence=0.7)

    assert (chain.all_busy, chain.orbit, chain.busy) == pytest.approx(PERSISTENT, rel=1e-10)


def test_the_chain_of_impatient_callers_who_redial_has_the_known_values():
    chain = Redials(10, 10.5 / 240, 240.0, 60.0, 0.6, 300.0)

    found = (chain.attempts_per_call, chain.abandoned, chain.lost, chain.orbit)
    assert found == pytest.approx(REDIALS, rel=1e-10)


def orbit_run(seed, agents, rate, *, share, retry, count, attempts=ATTEMPTS, engine=Engine.COMPILED):
    """Play calls without a queue; rates per mean service."""
    rng = np.random.default_rng(seed)
    arrival = np.cumsum(rng.exponential(UNIT_S / rate, count))
    trace = calls_that_redial(
        rng, arrival, UNIT_S, None, share=share, delay_s=UNIT_S / retry, attempts=attempts
    )  # fmt: skip
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, trace, engine=engine, windows=10)
    assert (run.log.attempt == attempts - 1).sum() <= 2e-4 * count, "the bound on attempts is felt"
    return run


def in_orbit(run):
    """Time between attempts, counted where the later attempt is made: the mean number in orbit by Little's law."""
    return run.over_time(run.trace.delay_us[run.log.row] / 1e6)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("engine", list(Engine), ids=str)
def test_callers_of_one_agent_retry_until_they_are_served(engine):
    runs = [
        orbit_run([SEED, 16, number], 1, 0.6, share=1.0, retry=1.0, count=12_000, attempts=80, engine=engine)
        for number in range(8 if engine is Engine.COMPILED else 2)
    ]

    pairs = joined([[run.mean(~run.answered, run.log.attempt == 0), in_orbit(run)] for run in runs])
    assert_inside(pairs, [0.6, ONE], sharp=0.2 if engine is Engine.COMPILED else 0.6)


@pytest.mark.slow
@pytest.mark.statistical
def test_callers_of_ten_agents_retry_as_often_as_the_chain_says():
    runs = [
        orbit_run([SEED, 17, number], 10, 8.0, share=1.0, retry=0.5, count=30_000, attempts=20) for number in range(14)
    ]

    pairs = joined([
        [
            run.mean(~run.answered, run.log.attempt == 0), in_orbit(run), run.over_time(run.in_hand_s),
            run.over_time(UNIT_S), run.mean(~run.answered),
        ]
        for run in runs
    ])  # fmt: skip
    assert_inside(pairs, TEN)


@pytest.mark.statistical
def test_callers_who_lose_heart_leave_more_room_for_the_others():
    runs = [orbit_run([SEED, 18, number], 10, 9.5, share=0.7, retry=0.5, count=100_000) for number in range(4)]

    pairs = joined([
        [run.mean(~run.answered, run.log.attempt == 0), in_orbit(run), run.over_time(run.in_hand_s)] for run in runs
    ])  # fmt: skip
    assert_inside(pairs, PERSISTENT)


@pytest.mark.statistical
@pytest.mark.parametrize("engine", list(Engine), ids=str)
def test_impatient_callers_redial_as_the_chain_says(engine):
    rng, count = np.random.default_rng([SEED, 19]), 400_000 if engine is Engine.COMPILED else 40_000
    arrival = np.cumsum(rng.exponential(240.0 / 10.5, count))
    trace = calls_that_redial(rng, arrival, 240.0, 60.0, share=0.6, delay_s=300.0, attempts=ATTEMPTS)
    run = Run(a_floor(days=days_for(arrival)), {"g": 10}, trace, engine=engine)

    first = run.log.attempt == 0
    calls_made = run.per_window(1.0, first)
    lost_for_good = ~run.answered & (trace.if_lost[run.log.row] == NOBODY)
    pairs = [
        (run.per_window(1.0), calls_made), run.mean(~run.answered), (run.per_window(1.0, lost_for_good), calls_made),
        in_orbit(run),
    ]  # fmt: skip
    assert_inside(pairs, REDIALS, sharp=0.1 if engine is Engine.COMPILED else 0.3)
