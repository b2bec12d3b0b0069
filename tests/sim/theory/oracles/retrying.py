"""Buyers who try again: cases 16-19 of the list of exact values.

A call that finds everybody busy leaves at once: its patience is 1 µs. Redials "for ever" end after a bound that nearly
nobody reaches, which is checked.
"""

import numpy as np
from oracles_of_the_floor.cases import Case, Known
from oracles_of_the_floor.floors import Run, a_floor, calls_that_redial, days_for, joined
from oracles_of_the_floor.judging import SEED
from oracles_of_the_floor.networks import Redials, Retrials
from oracles_of_the_floor.queues import classical_retrial

from scenarios import NOBODY
from sim.engine import Engine

COMPILED, READABLE = Engine.COMPILED, Engine.READABLE
UNIT_S = 300.0
"""Length of a mean service, the unit of time of the chains without a queue."""
ATTEMPTS = 50
"""Bound where a share of the callers loses heart at every attempt anyway."""
ORBIT_OF_ONE = 1.8  # rate .6, service 1, retrials 1
TEN_FIGURES = ("all busy", "orbit", "busy agents", "attempts", "blocked")
TEN = (0.262007228904, 6.862353691579, 8.0, 11.431176846, 0.300159545432)
PERSISTENT = (0.303429357123, 5.465162244133, 8.328893804829)
REDIAL_FIGURES = ("attempts a call", "P(abandon)", "lost for good", "orbit")
REDIALS = (1.20991525596, 0.28915972272, 0.13994350397, 2.75513773443)


def _orbits_of_one():
    return classical_retrial(0.6, 1.0, 1.0), Retrials(1, 0.6, 1.0, 1.0).orbit


def _ten():
    chain = Retrials(10, 8.0, 1.0, 0.5)
    return chain.all_busy, chain.orbit, chain.busy, chain.attempts, chain.blocked


def _persistent():
    chain = Retrials(10, 9.5, 1.0, 0.5, persistence=0.7)
    return chain.all_busy, chain.orbit, chain.busy


def _redials():
    chain = Redials(10, 10.5 / 240, 240.0, 60.0, 0.6, 300.0)
    return chain.attempts_per_call, chain.abandoned, chain.lost, chain.orbit


KNOWN = [
    Known("16", "retrials, one agent", ("orbit, formula", "orbit, chain"), (ORBIT_OF_ONE,) * 2, _orbits_of_one,
          rel=1e-10),
    Known("17", "retrials, ten agents", TEN_FIGURES, TEN, _ten, rel=1e-9),
    Known("18", "retrials, some lose heart", TEN_FIGURES[:3], PERSISTENT, _persistent, rel=1e-10),
    Known("19", "the impatient redial", REDIAL_FIGURES, REDIALS, _redials, rel=1e-10),
]  # fmt: skip


def orbit_run(seed, agents, rate, *, share, retry, count, attempts=ATTEMPTS, engine=COMPILED):
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


def play_one(engine):
    runs = [
        orbit_run([SEED, 16, number], 1, 0.6, share=1.0, retry=1.0, count=12_000, attempts=80, engine=engine)
        for number in range(8 if engine is COMPILED else 2)
    ]
    return joined([[run.mean(~run.answered, run.log.attempt == 0), in_orbit(run)] for run in runs])


def play_ten(engine):
    runs = [
        orbit_run([SEED, 17, number], 10, 8.0, share=1.0, retry=0.5, count=30_000, attempts=20, engine=engine)
        for number in range(14)
    ]
    return joined([
        [
            run.mean(~run.answered, run.log.attempt == 0), in_orbit(run), run.over_time(run.in_hand_s),
            run.over_time(UNIT_S), run.mean(~run.answered),
        ]
        for run in runs
    ])  # fmt: skip


def play_persistent(engine):
    runs = [
        orbit_run([SEED, 18, number], 10, 9.5, share=0.7, retry=0.5, count=100_000, engine=engine)
        for number in range(4)
    ]
    return joined([
        [run.mean(~run.answered, run.log.attempt == 0), in_orbit(run), run.over_time(run.in_hand_s)] for run in runs
    ])  # fmt: skip


def play_redials(engine):
    rng, count = np.random.default_rng([SEED, 19]), 400_000 if engine is COMPILED else 40_000
    arrival = np.cumsum(rng.exponential(240.0 / 10.5, count))
    trace = calls_that_redial(rng, arrival, 240.0, 60.0, share=0.6, delay_s=300.0, attempts=ATTEMPTS)
    run = Run(a_floor(days=days_for(arrival)), {"g": 10}, trace, engine=engine)
    calls_made = run.per_window(1.0, run.log.attempt == 0)
    lost_for_good = ~run.answered & (trace.if_lost[run.log.row] == NOBODY)
    return [
        (run.per_window(1.0), calls_made), run.mean(~run.answered), (run.per_window(1.0, lost_for_good), calls_made),
        in_orbit(run),
    ]  # fmt: skip


ONE_AGENT = [
    Case("16", "retrials, one agent", ("busy", "orbit"), (0.6, ORBIT_OF_ONE), play_one, {COMPILED: 0.2, READABLE: 0.6},
         slow=True)
]  # fmt: skip
TEN_AGENTS = [Case("17", "retrials, ten agents", TEN_FIGURES, TEN, play_ten, {COMPILED: 0.1}, slow=True)]
LOSING_HEART = [Case("18", "retrials, some lose heart", TEN_FIGURES[:3], PERSISTENT, play_persistent, {COMPILED: 0.1})]
IMPATIENT = [Case("19", "the impatient redial", REDIAL_FIGURES, REDIALS, play_redials, {COMPILED: 0.1, READABLE: 0.3})]
CASES = [*ONE_AGENT, *TEN_AGENTS, *LOSING_HEART, *IMPATIENT]
