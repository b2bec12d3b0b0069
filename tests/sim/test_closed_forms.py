"""The SimPy model against exact values of queueing theory.

Every compared number lies inside its interval; the intervals hold for the whole family at once: error rate .01 in all,
.01 / FAMILY each (Bonferroni), Student's quantile over windows of one long run. The seed was chosen once.
"""

from datetime import date

import numpy as np
import pytest

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    AgentChoice,
    Channel,
    ContactTrace,
    Group,
    Horizon,
    Hours,
    Opening,
    Outcome,
    Route,
    RouteStep,
    Serve,
)
from sim import simulate, staff_always_on
from sim.estimates import ratios_of_sums

SEED = 20251111
WINDOWS = 40
DAY_S = 86_400
ERLANG_A = {
    # agents, erlangs, work s, patience s: P(wait), P(abandon), mean wait, answered in 30 s / offered, occupancy
    (10, 10.0, 180.0, 60.0): (0.4234176749, 0.1575268715, 9.4516122895, 0.7629279343, 0.8424731285),
    (50, 48.0, 240.0, 90.0): (0.3168936835, 0.0514875991, 4.6338839164, 0.9159621380, 0.9105719048),
    (100, 90.0, 300.0, 180.0): (0.1427094703, 0.0105329031, 1.8959225649, 0.9770295308, 0.8905203872),
    (100, 105.0, 300.0, 120.0): (0.5577490311, 0.0761866130, 9.1423935560, 0.8493708551, 0.9700040564),
    (400, 420.0, 300.0, 120.0): (0.6888123201, 0.0557760787, 6.6931294490, 0.9389963886, 0.9914351173),
}
ERLANG_C = {(100, 90.0, 300.0): (0.216940480906366, 6.508214427191, 0.920192057117)}  # P(wait), mean wait, in 30 s
WAIT_OF_ONE_AGENT_S = {"lognormal": 442.2845050643, "constant": 308.571428571, "exponential": 617.142857143}
WAIT_BY_PRIORITY_S = {
    10: (23.60228909, 42.91325289, 364.76264955),
    100: (0.76567228555, 1.39213142828, 11.83311714035),
}
N_DESIGN = (0.031182002191, 0.113442492180, 0.808705691133, 0.804521414115)  # lost A, lost B, utilisation of the pools
SLOT_CHAT = {
    # agents, chats/s: every slot taken, lost, mean length of a session s
    (1, 1.5 / 360): (0.2283021850, 0.1727515441, 442.9407990),
    (4, 0.02): (0.1571520913, 0.0784228191, 458.3747249),
}
FLASH_DAY = (58.467617 / 1854.2299, 1.723106)  # abandoned / offered; mean queue at minute 735

FAMILY = sum(
    len(values)
    for table in (ERLANG_A, ERLANG_C, WAIT_BY_PRIORITY_S, SLOT_CHAT)
    for values in table.values()
) + len(WAIT_OF_ONE_AGENT_S) + len(N_DESIGN) + len(FLASH_DAY)  # fmt: skip
CONFIDENCE = 1 - 0.01 / FAMILY

pytestmark = pytest.mark.statistical


def always_open(days, interval_min=60):
    return Horizon(date(2000, 1, 1), days, interval_min, "UTC", Opening((Hours(0, 1440),) * 7))


def to_us(seconds):
    return np.maximum(1, np.rint(np.asarray(seconds) * US_PER_S).astype(np.int64))


def the_trace(arrival_s, work_s, patience_s=None, kind=None):
    count = len(arrival_s)
    patience = np.full(count, NEVER_US) if patience_s is None else to_us(patience_s)
    return ContactTrace(
        contact_type=np.zeros(count, dtype=np.int64) if kind is None else kind,
        arrival_us=to_us(arrival_s),
        contained=np.zeros(count, dtype=np.bool_),
        due_us=np.full(count, NEVER_US),
        work_us=to_us(work_s)[None],
        patience_us=patience[None],
        redial_after_us=np.full((1, count), NOBODY),
    )


class Run:
    """A long run cut into windows; the first tenth warms up and does not count."""

    def __init__(self, scenario, agents, trace):
        self.log = simulate(scenario, trace, staff_always_on(scenario, agents)).log
        self.span_s = scenario.horizon.end_us / US_PER_S
        last_s = trace.arrival_us[-1] / US_PER_S
        self.warm_s, self.window_s = last_s / 10, last_s * 0.9 / WINDOWS
        place = (self.log.offered_us / US_PER_S - self.warm_s) // self.window_s
        self.window = place.astype(np.int64)
        self.counted = (place >= 0) & (place < WINDOWS)
        self.answered = self.log.outcome == Outcome.ANSWERED
        end_us = np.where(self.answered, self.log.answered_us, self.log.ended_us)
        self.wait_s = (end_us - self.log.offered_us) / US_PER_S
        self.in_time = self.answered & (self.wait_s <= 30)

    def per_window(self, values, which=True):
        chosen = self.counted & which
        return np.bincount(
            self.window[chosen], weights=np.broadcast_to(values, chosen.shape)[chosen], minlength=WINDOWS
        )

    def mean(self, values, which=True):
        return self.per_window(values, which), self.per_window(1.0, which)

    def used(self, agents, which=True):
        """Work of the contacts of each window against the agents' time in it."""
        work_s = np.where(self.answered, self.log.ended_us - self.log.answered_us, 0) / US_PER_S
        return self.per_window(work_s, which), np.full(WINDOWS, agents * self.window_s)


def assert_inside(pairs, exact):
    tops, bottoms = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
    values, halves = ratios_of_sums(tops, bottoms, CONFIDENCE)
    assert len(values) == len(exact)
    misses = [
        f"{value:.6g} +- {half:.2g} against {truth:.6g}"
        for value, half, truth in zip(values, halves, exact, strict=True)
        if not abs(value - truth) <= half
    ]
    assert misses == []
    assert (halves <= 0.4 * np.abs(exact)).all(), "too short a run proves nothing"


def days_for(arrival_s):
    return int(arrival_s[-1] // DAY_S) + 2


@pytest.mark.parametrize("case", ERLANG_A, ids=str)
def test_impatient_callers_wait_and_leave_as_erlang_a_says(case, scenario):
    agents, load, work_s, patience_s = case
    rng, count = np.random.default_rng([SEED, agents, int(load)]), 300_000
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    trace = the_trace(arrival, rng.exponential(work_s, count), rng.exponential(patience_s, count))
    run = Run(scenario(horizon=always_open(days_for(arrival))), {"g": agents}, trace)

    pairs = [
        run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.wait_s), run.mean(run.in_time), run.used(agents)
    ]  # fmt: skip
    assert_inside(pairs, ERLANG_A[case])


@pytest.mark.parametrize("case", ERLANG_C, ids=str)
def test_patient_callers_wait_as_erlang_c_says(case, scenario):
    agents, load, work_s = case
    rng, count = np.random.default_rng([SEED, agents, int(load), 1]), 800_000
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    run = Run(
        scenario(horizon=always_open(days_for(arrival))), {"g": agents},
        the_trace(arrival, rng.exponential(work_s, count)),
    )  # fmt: skip

    assert_inside([run.mean(run.wait_s > 0), run.mean(run.wait_s), run.mean(run.in_time)], ERLANG_C[case])


@pytest.mark.parametrize("law", WAIT_OF_ONE_AGENT_S)
def test_one_agent_keeps_callers_waiting_as_pollaczek_and_khinchine_say(law, scenario):
    rng, count = np.random.default_rng([SEED, len(law)]), 300_000
    arrival = np.cumsum(rng.exponential(1 / 0.003, count))
    work = {
        "lognormal": lambda: rng.lognormal(np.log(240) - 0.6**2 / 2, 0.6, count),
        "constant": lambda: np.full(count, 240.0),
        "exponential": lambda: rng.exponential(240.0, count),
    }[law]()
    run = Run(scenario(horizon=always_open(days_for(arrival))), {"g": 1}, the_trace(arrival, work))

    assert_inside([run.mean(run.wait_s)], [WAIT_OF_ONE_AGENT_S[law]])


@pytest.mark.parametrize("agents", WAIT_BY_PRIORITY_S)
def test_urgent_callers_overtake_as_cobham_says(agents, scenario, kind):
    rng, count = np.random.default_rng([SEED, agents, 3]), 500_000
    arrival = np.cumsum(rng.exponential(1 / (0.003 * agents), count))
    types = rng.choice(3, count, p=np.array([1, 2, 3]) / 6)
    kinds = [kind(name) for name in ("urgent", "normal", "patient")]
    group = Group("g", (), tuple(Serve(each.name, number) for number, each in enumerate(kinds)))
    floor = scenario(kinds, [group], horizon=always_open(days_for(arrival)))
    run = Run(floor, {"g": agents}, the_trace(arrival, rng.exponential(300.0, count), kind=types))

    assert_inside([run.mean(run.wait_s, run.log.contact_type == k) for k in range(3)], WAIT_BY_PRIORITY_S[agents])


def test_overflow_between_two_pools_loses_what_the_markov_chain_says(scenario, kind):
    """A: pool 1 (8 agents), else pool 2 (6), which takes B first; rates 8 and 4, service 1, leaving .5 and 1."""
    rng, count, unit_s = np.random.default_rng([SEED, 20]), 300_000, 300.0
    arrival = np.cumsum(rng.exponential(unit_s / 12, count))
    is_b = rng.random(count) < 4 / 12
    patience = rng.exponential(1.0, count) * np.where(is_b, 1.0, 2.0) * unit_s
    groups = [Group("one", (), (Serve("A"),)), Group("two", (), (Serve("B", 0), Serve("A", 1)))]
    routes = [Route("A", (RouteStep("one"), RouteStep("two"))), Route("B", (RouteStep("two"),))]
    floor = scenario([kind("A"), kind("B")], groups, routes, horizon=always_open(days_for(arrival)))
    trace = the_trace(arrival, rng.exponential(unit_s, count), patience, is_b.astype(np.int64))
    run = Run(floor, {"one": 8, "two": 6}, trace)

    pairs = [
        run.mean(~run.answered, run.log.contact_type == 0), run.mean(~run.answered, run.log.contact_type == 1),
        run.used(8, run.log.group == 0), run.used(6, run.log.group == 1),
    ]  # fmt: skip
    assert_inside(pairs, N_DESIGN)


@pytest.mark.parametrize("case", SLOT_CHAT, ids=str)
def test_chats_share_their_agents_as_the_chain_of_sessions_says(case, scenario, kind):
    """Three slots; each of k sessions proceeds at 1 / (1 + .2 (k - 1)); work 360 s, patience 60 s, fewest sessions."""
    agents, rate = case
    rng, count = np.random.default_rng([SEED, agents, 21]), 150_000
    arrival = np.cumsum(rng.exponential(1 / rate, count))
    speeds = tuple(1 / (1 + 0.2 * k) for k in range(3))
    group = Group("g", (), (Serve("chat"),), 3, speeds, AgentChoice.LEAST_LOADED)
    floor = scenario([kind("chat", Channel.CHAT)], [group], horizon=always_open(days_for(arrival)))
    trace = the_trace(arrival, rng.exponential(360.0, count), rng.exponential(60.0, count))
    run = Run(floor, {"g": agents}, trace)

    session_s = (run.log.ended_us - run.log.answered_us) / US_PER_S
    assert_inside(
        [run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(session_s, run.answered)], SLOT_CHAT[case]
    )


def test_a_day_of_changing_rates_loses_what_the_forward_equations_say(scenario):
    """Twelve agents, work 240 s, patience 90 s, empty at 08:00, closed at 02:00; rates per quarter in 60/13ths."""
    hours = {8: 3, 9: 4.5, 10: 6.75, 11: 6.75, 12: 5, 13: 4.25, 14: 5, 15: 6.75, 16: 6.75, 17: 5.25, 18: 4.5, 19: 5.5}
    late = [13, 10.5, 8.5, 7.25, *np.repeat([6.5, 5.5, 5], 4).tolist(), 9, 7.5, 6, 6, *[2.5] * 4]
    weights = [*np.repeat(list(hours.values()), 4).tolist(), *late]
    rates = np.round(60 / 13 * np.array(weights), 4)
    floor = scenario(hours=((0, 18),))
    staff = staff_always_on(floor, {"g": 12})
    rng, days = np.random.default_rng([SEED, 27]), 500
    at_us = 735 * 60 * US_PER_S
    abandoned, offered, queued = np.zeros(days), np.zeros(days), np.zeros(days)
    for day in range(days):
        quarter = np.repeat(np.arange(72), rng.poisson(rates))
        arrival = np.sort(900 * (quarter + rng.random(len(quarter))))
        count = len(arrival)
        log = simulate(floor, the_trace(arrival, rng.exponential(240, count), rng.exponential(90, count)), staff).log
        leaves_queue_us = np.where(log.outcome == Outcome.ANSWERED, log.answered_us, log.ended_us)
        offered[day], abandoned[day] = count, (log.outcome == Outcome.ABANDONED).sum()
        queued[day] = ((log.offered_us <= at_us) & (leaves_queue_us > at_us)).sum()

    assert_inside([(abandoned, offered), (queued, np.ones(days))], FLASH_DAY)
