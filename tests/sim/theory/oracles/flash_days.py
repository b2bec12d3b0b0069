"""Rates that change over the day: cases 24-28 of the list of exact values."""

from functools import cache, partial

import numpy as np
from oracles_of_the_floor.cases import Case, Known
from oracles_of_the_floor.changing import QUARTER_S, ForwardEquations, flash_day
from oracles_of_the_floor.floors import DAY_S, a_floor, calls, staff_by_spans, to_us
from oracles_of_the_floor.judging import SEED
from scipy.stats import poisson

from scenarios import US_PER_S, Law, LawKind, Outcome
from sim import load_at_erlangs, staff_always_on
from sim.engine import Engine, simulate

COMPILED = Engine.COMPILED
MINUTES = (120, 480, 720, 735, 750, 765, 960, 1020)
LOAD = (5.538453, 8.307679, 6.769226, 15.782913, 12.990324, 10.521018, 6.153840, 7.385657)
AT_LEAST_14 = {120: 0.001794, 735: 0.707463, 750: 0.425892}
DAY_FIGURES = ("abandoned", "of all offered", "queue at 735")
DAY_OF = {12: (58.467617, 0.031532, 1.723106), (10, 16): (62.162676, 0.033525, 0.723488)}
NUMBER_OF_DAY = {12: "27", (10, 16): "28"}
SINE = {0.1: (99, 105, 119, 129, 124), 0.5: (87, 92, 106, 115, 111), 0.9: (75, 80, 93, 101, 98)}
SINE_TIMES = np.arange(18.0, 23.0)
DAYS = 1000
EACH_DAY = np.ones(DAYS)


@cache
def equations_of(agents, patience_s):
    """Solve the flash day; a pair of ``agents`` changes at minute 660."""
    staffed = agents if isinstance(agents, int) else np.where(np.arange(72) < 44, *agents)
    return ForwardEquations(flash_day(), staffed, 240.0, patience_s)


def the_load(minutes):
    rates = flash_day() / QUARTER_S
    return load_at_erlangs(np.array(minutes) * 60.0, rates, QUARTER_S, Law(LawKind.EXPONENTIAL, 240.0))


def the_sine_load(times):
    """Mean of M_t/M/inf with rate 100 + 20 sin t and service 1 (Feldman, Mandelbaum, Massey and Whitt 2008)."""
    return 100.0 + 10.0 * (np.sin(times) - np.cos(times))


def _day(agents):
    equations = equations_of(agents, 90.0)
    return equations.abandoned, equations.abandoned / flash_day().sum(), equations.queue(735)


KNOWN = [
    Known("24", "room for all, flash day", [f"load at {minute}" for minute in MINUTES], LOAD, lambda: the_load(MINUTES),
          abs=5.1e-7),
    Known("25", "patience like work", [f"P(N >= 14) at {minute}" for minute in AT_LEAST_14],
          tuple(AT_LEAST_14.values()),
          lambda: [poisson.sf(13, the_load([minute])[0]) for minute in AT_LEAST_14], abs=5.1e-7),
    *(Known("26", f"staffing of a sine, risk {alpha}", [f"agents at {time:.0f}" for time in SINE_TIMES], least,
            lambda alpha=alpha: [int(poisson.isf(alpha, mean)) + 1 for mean in the_sine_load(SINE_TIMES)])
      for alpha, least in SINE.items()),
    *(Known(NUMBER_OF_DAY[agents], f"flash day, agents {agents}", DAY_FIGURES, exact, partial(_day, agents), abs=6e-7)
      for agents, exact in DAY_OF.items()),
]  # fmt: skip


def days_of_calls(rng, patience_s):
    """Draw ``DAYS`` flash days, each from the midnight of a date of its own."""
    counts = rng.poisson(flash_day(), (DAYS, 72))
    day, quarter = np.divmod(np.repeat(np.arange(DAYS * 72), counts.ravel()), 72)
    arrival = np.sort(DAY_S * day + QUARTER_S * (quarter + rng.random(len(quarter))))
    return calls(arrival, rng.exponential(240.0, len(arrival)), rng.exponential(patience_s, len(arrival)))


def present(log, minute, *, queue=False):
    """Count on every day who is there, or in the queue, ``minute`` minutes after its midnight."""
    at_us = (np.arange(DAYS) * DAY_S + minute * 60) * US_PER_S
    leaves = np.where(log.outcome == Outcome.ANSWERED, log.answered_us, log.ended_us) if queue else log.ended_us
    came = np.searchsorted(np.sort(log.offered_us), at_us, side="right")
    return came - np.searchsorted(np.sort(leaves), at_us, side="right")


def always_the_same(agents):
    return staff_always_on(a_floor(days=DAYS + 1), {"g": agents})


def one_day(spans):
    """Make staff who work the same spans (minutes) on every day."""
    return staff_by_spans(
        [0] * len(spans),
        [[(day * DAY_S + 60 * a, day * DAY_S + 60 * b) for day in range(DAYS) for a, b in person] for person in spans],
    )


def play_with_room_for_all(engine):
    trace = days_of_calls(np.random.default_rng([SEED, 24]), 90.0)
    log = simulate(a_floor(days=DAYS + 1), trace, always_the_same(60), engine=engine).log
    assert (log.outcome == Outcome.ANSWERED).all()
    return [(present(log, minute), EACH_DAY) for minute in MINUTES]


def play_shifts_and_breaks(engine):
    """Fourteen people in three shifts with breaks, who finish first: whoever is there leaves at the same rate."""
    trace = days_of_calls(np.random.default_rng([SEED, 25]), 240.0)
    spans = [
        *[[(0, 200 + 5 * k), (230 + 5 * k, 480)] for k in range(4)],
        *[[(360, 600), (630, 900)]] * 5,
        *[[(700, 735 + k), (760, 1200)] for k in range(5)],
    ]
    log = simulate(a_floor(days=DAYS + 1), trace, one_day(spans), engine=engine).log
    means = [(present(log, minute), EACH_DAY) for minute in (735, 750)]
    return [*means, *((present(log, minute) >= 14, EACH_DAY) for minute in (735, 750))]


def play_a_day(agents, engine):
    trace = days_of_calls(np.random.default_rng([SEED, 27 + (agents != 12)]), 90.0)
    late = [] if agents == 12 else [[(660, 1440)]] * 6
    always = [[(0, 1440)]] * (12 if agents == 12 else 10)
    log = simulate(a_floor(days=DAYS + 1), trace, one_day([*always, *late]), engine=engine).log
    day = log.offered_us // (DAY_S * US_PER_S)
    offered = np.bincount(day, minlength=DAYS)
    abandoned = np.bincount(day, weights=log.outcome == Outcome.ABANDONED, minlength=DAYS)
    return [(abandoned, EACH_DAY), (abandoned, offered), (present(log, 735, queue=True), EACH_DAY)]


def play_a_sine(engine):
    """Mean work and patience five minutes, the unit of time; a hundred agents all the time, or any other number."""
    rng, unit_s, rounds, most = np.random.default_rng([SEED, 26]), 300.0, 3000, 120.0
    end = 18.0 + 2 * np.pi * rounds
    at = np.sort(rng.random(rng.poisson(most * end)) * end)
    at = at[rng.random(len(at)) * most < 100.0 + 20.0 * np.sin(at)]
    trace = calls(at * unit_s, rng.exponential(unit_s, len(at)), rng.exponential(unit_s, len(at)))
    floor = a_floor(days=int(end * unit_s // DAY_S) + 2)
    log = simulate(floor, trace, staff_always_on(floor, {"g": 100}), engine=engine).log
    starts, leaves = np.sort(log.offered_us), np.sort(log.ended_us)
    pairs = []
    for time, least in zip(SINE_TIMES, SINE[0.5], strict=True):
        moments = to_us((time + 2 * np.pi * np.arange(rounds - 1)) * unit_s)
        there = np.searchsorted(starts, moments, side="right") - np.searchsorted(leaves, moments, side="right")
        pairs += [(there, np.ones(len(there))), (there >= least, np.ones(len(there)))]
    return pairs


def _exact_of_the_sine():
    loads = the_sine_load(SINE_TIMES).tolist()
    return [
        value for load, least in zip(loads, SINE[0.5], strict=True) for value in (load, poisson.sf(least - 1, load))
    ]


SHIFTS_FIGURES = ("there at 735", "there at 750", "P(N >= 14) at 735", "P(N >= 14) at 750")
SINE_FIGURES = [f"{what} at {time:.0f}" for time in SINE_TIMES for what in ("there", "P(all busy)")]
ROOM = [
    Case("24", "room for all, flash day", [f"there at {minute}" for minute in MINUTES], LOAD, play_with_room_for_all,
         {COMPILED: 0.1})
]  # fmt: skip
SHIFTS = [
    Case("25", "patience like work, shifts", SHIFTS_FIGURES,
         (*the_load([735, 750]), AT_LEAST_14[735], AT_LEAST_14[750]), play_shifts_and_breaks,
         {COMPILED: (0.1, 0.1, 0.3, 0.3)})
]  # fmt: skip
SINE_OF_CALLS = [Case("26", "sine of calls", SINE_FIGURES, _exact_of_the_sine(), play_a_sine, {COMPILED: 0.1})]
FLASH = [
    Case(NUMBER_OF_DAY[agents], f"flash day, agents {agents}", DAY_FIGURES, exact, partial(play_a_day, agents),
         {COMPILED: (0.1, 0.1, 0.4)})
    for agents, exact in DAY_OF.items()
]  # fmt: skip
CASES = [*ROOM, *SHIFTS, *SINE_OF_CALLS, *FLASH]
