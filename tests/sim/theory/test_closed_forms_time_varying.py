"""Rates that change over the day: offered load, Poisson counts and forward equations.

Statistical tests: one family of 99 % for all of ``theory``.
"""

from functools import cache

import numpy as np
import pytest
from oracles_of_the_floor.changing import QUARTER_S, ForwardEquations, flash_day
from oracles_of_the_floor.floors import DAY_S, a_floor, calls, staff_by_spans, to_us
from oracles_of_the_floor.judging import SEED, assert_inside
from scipy.stats import poisson

from scenarios import US_PER_S, Law, LawKind, Outcome
from sim import load_at_erlangs, staff_always_on
from sim.engine import simulate

MINUTES = (120, 480, 720, 735, 750, 765, 960, 1020)
LOAD = (5.538453, 8.307679, 6.769226, 15.782913, 12.990324, 10.521018, 6.153840, 7.385657)
AT_LEAST_14 = {120: 0.001794, 735: 0.707463, 750: 0.425892}
TWELVE = (58.467617, 0.031532, 1.723106)  # abandoned, of all offered, largest mean queue
TEN_THEN_SIXTEEN = (62.162676, 0.033525, 0.723488)
SINE = {0.1: (99, 105, 119, 129, 124), 0.5: (87, 92, 106, 115, 111), 0.9: (75, 80, 93, 101, 98)}
SINE_TIMES = np.arange(18.0, 23.0)
DAYS = 1000


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


def test_the_load_of_the_flash_day_has_the_known_values():
    assert the_load(MINUTES) == pytest.approx(LOAD, abs=5.1e-7)


def test_with_patience_like_work_the_count_is_poisson_whoever_is_there():
    for minute, share in AT_LEAST_14.items():
        assert poisson.sf(13, the_load([minute])[0]) == pytest.approx(share, abs=5.1e-7)


def test_the_forward_equations_agree_that_it_is():
    """Patience as long as work: twelve agents or two, the count has the same law."""
    for agents in (2, 12):
        shares = equations_of(agents, 240.0).at(735)
        assert shares[14:].sum() == pytest.approx(AT_LEAST_14[735], abs=5.1e-7)


@pytest.mark.parametrize("alpha", SINE)
def test_staffing_of_a_sine_of_calls_has_the_known_values(alpha):
    least = [int(poisson.isf(alpha, mean)) + 1 for mean in the_sine_load(SINE_TIMES)]

    assert tuple(least) == SINE[alpha]


@pytest.mark.parametrize(("agents", "exact"), [(12, TWELVE), ((10, 16), TEN_THEN_SIXTEEN)], ids=str)
def test_the_forward_equations_have_the_known_values(agents, exact):
    equations = equations_of(agents, 90.0)

    found = (equations.abandoned, equations.abandoned / flash_day().sum(), equations.queue(735))
    assert found == pytest.approx(exact, abs=6e-7)


def test_the_queue_is_longest_just_after_the_flash():
    equations = equations_of(12, 90.0)

    assert max(range(0, 1081, 15), key=equations.queue) == 735


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


EACH_DAY = np.ones(DAYS)


@pytest.mark.statistical
def test_a_floor_with_room_for_all_is_as_busy_as_the_offered_load():
    trace = days_of_calls(np.random.default_rng([SEED, 24]), 90.0)
    log = simulate(a_floor(days=DAYS + 1), trace, always_the_same(60)).log

    assert (log.outcome == Outcome.ANSWERED).all()
    assert_inside([(present(log, minute), EACH_DAY) for minute in MINUTES], LOAD)


@pytest.mark.statistical
def test_with_patience_like_work_breaks_and_shifts_change_nothing_in_the_count():
    """Fourteen people in three shifts with breaks, who finish first: whoever is there leaves at the same rate."""
    trace = days_of_calls(np.random.default_rng([SEED, 25]), 240.0)
    spans = [
        *[[(0, 200 + 5 * k), (230 + 5 * k, 480)] for k in range(4)],
        *[[(360, 600), (630, 900)]] * 5,
        *[[(700, 735 + k), (760, 1200)] for k in range(5)],
    ]
    log = simulate(a_floor(days=DAYS + 1), trace, one_day(spans)).log

    means = [(present(log, minute), EACH_DAY) for minute in (735, 750)]
    assert_inside(means, the_load([735, 750]))
    crowded = [(present(log, minute) >= 14, EACH_DAY) for minute in (735, 750)]
    assert_inside(crowded, [AT_LEAST_14[735], AT_LEAST_14[750]], sharp=0.3)


@pytest.mark.statistical
@pytest.mark.parametrize("agents", [12, (10, 16)], ids=str)
def test_a_day_of_changing_rates_loses_what_the_forward_equations_say(agents):
    trace = days_of_calls(np.random.default_rng([SEED, 27 + (agents != 12)]), 90.0)
    late = [] if agents == 12 else [[(660, 1440)]] * 6
    always = [[(0, 1440)]] * (12 if agents == 12 else 10)
    log = simulate(a_floor(days=DAYS + 1), trace, one_day([*always, *late])).log

    day = log.offered_us // (DAY_S * US_PER_S)
    offered = np.bincount(day, minlength=DAYS)
    abandoned = np.bincount(day, weights=log.outcome == Outcome.ABANDONED, minlength=DAYS)
    pairs = [(abandoned, EACH_DAY), (abandoned, offered), (present(log, 735, queue=True), EACH_DAY)]
    assert_inside(pairs[:2], (TWELVE if agents == 12 else TEN_THEN_SIXTEEN)[:2])
    assert_inside(pairs[2:], (TWELVE if agents == 12 else TEN_THEN_SIXTEEN)[2:], sharp=0.4)


@pytest.mark.statistical
def test_a_sine_of_calls_fills_the_floor_as_the_poisson_law_says():
    """Mean work and patience five minutes, the unit of time; a hundred agents all the time, or any other number."""
    rng, unit_s, rounds, most = np.random.default_rng([SEED, 26]), 300.0, 3000, 120.0
    end = 18.0 + 2 * np.pi * rounds
    at = np.sort(rng.random(rng.poisson(most * end)) * end)
    at = at[rng.random(len(at)) * most < 100.0 + 20.0 * np.sin(at)]
    trace = calls(at * unit_s, rng.exponential(unit_s, len(at)), rng.exponential(unit_s, len(at)))
    floor = a_floor(days=int(end * unit_s // DAY_S) + 2)
    log = simulate(floor, trace, staff_always_on(floor, {"g": 100})).log

    starts, leaves = np.sort(log.offered_us), np.sort(log.ended_us)
    for number, time in enumerate(SINE_TIMES):
        moments = to_us((time + 2 * np.pi * np.arange(rounds - 1)) * unit_s)
        there = np.searchsorted(starts, moments, side="right") - np.searchsorted(leaves, moments, side="right")
        least = SINE[0.5][number]
        exact = [the_sine_load(time), poisson.sf(least - 1, the_sine_load(time))]
        pairs = [(there, np.ones(len(there))), (there >= least, np.ones(len(there)))]
        assert_inside(pairs, exact)
