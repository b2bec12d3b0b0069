"""Calls, one at a time: formulas against known digits, and the floor against the formulas.

Statistical tests: one family of 99 % for all of ``theory``, see ``oracles/judging.py``.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from oracles_of_the_floor.floors import Run, a_floor, a_kind, calls, days_for, to_us, trace_of
from oracles_of_the_floor.judging import SEED, assert_inside
from oracles_of_the_floor.networks import TwoPools
from oracles_of_the_floor.queues import (
    ConstantPatience,
    Erlang2Patience,
    LognormalPatience,
    cobham,
    mmcg,
    pollaczek_khinchine,
)

from scenarios import NOBODY, Cause, FollowUp, FollowUpKind, Group, Route, RouteStep, Serve
from sim import erlang_c
from sim.engine import Engine

ERLANG_A = {
    # agents, erlangs, work s, patience s: P(wait), P(abandon), mean wait, answered in 30 s / offered, occupancy
    (10, 10.0, 180.0, 60.0): (0.4234176749, 0.1575268715, 9.4516122895, 0.7629279343, 0.8424731285),
    (50, 48.0, 240.0, 90.0): (0.3168936835, 0.0514875991, 4.6338839164, 0.9159621380, 0.9105719049),
    (100, 90.0, 300.0, 180.0): (0.1427094703, 0.0105329031, 1.8959225649, 0.9770295308, 0.8905203872),
    (100, 105.0, 300.0, 120.0): (0.5577490312, 0.0761866130, 9.1423935560, 0.8493708551, 0.9700040564),
    (400, 420.0, 300.0, 120.0): (0.6888123201, 0.0557760787, 6.6931294490, 0.9389963886, 0.9914351173),
}
ERLANG_C = {
    # agents, erlangs, work s: P(wait), mean wait, in 30 s
    (14, 10.0, 180.0): (0.17413193359505, 7.835937011777, 0.910597684322),
    (100, 90.0, 300.0): (0.216940480906366, 6.508214427191, 0.920192057117),
}
PATIENCE = {
    # 100 agents, 105 erlangs, work 300 s: P(wait), P(abandon), mean wait, in 30 s
    "constant": (0.81376068, 0.05964933, 29.911474, 0.47094702),
    "erlang": (0.70574118, 0.066626938, 18.684755, 0.68816989),
    "lognormal": (0.58902729, 0.074166168, 10.056924, 0.85055508),
}
LAW_OF_PATIENCE = {
    "constant": ConstantPatience(60.0),
    "erlang": Erlang2Patience(120.0),
    "lognormal": LognormalPatience(120.0, 1.5),
}
SPREAD = math.sqrt(math.log1p(1.5**2))
DRAW_PATIENCE = {
    "constant": lambda _, count: np.full(count, 60.0),
    "erlang": lambda rng, count: rng.gamma(2.0, 60.0, count),
    "lognormal": lambda rng, count: rng.lognormal(math.log(120.0) - SPREAD**2 / 2, SPREAD, count),
}
WAIT_OF_ONE_AGENT_S = {"lognormal": 442.2845050643, "constant": 308.571428571, "exponential": 617.142857143}
CV_OF_WORK = {"lognormal": math.sqrt(math.expm1(0.6**2)), "constant": 0.0, "exponential": 1.0}
WAIT_BY_PRIORITY_S = {
    10: (23.60228909, 42.91325289, 364.76264955),
    100: (0.76567228555, 1.39213142828, 11.83311714035),
}
N_DESIGN = (0.031182002191, 0.113442492180, 0.808705691133, 0.804521414115)  # lost A, lost B, utilisation of the pools
LEVELS = {
    # agents, erlangs: P(wait), mean wait, in 30 s
    (30, 24.0): (0.17286206, 6.914482, 0.91834575),
    (12, 8.4): (0.18388863, 12.259242, 0.88274745),
    (5, 2.1): (0.07116447, 5.889473, 0.95047421),
}
BOTH = pytest.mark.parametrize("engine", list(Engine), ids=str)


def length(full, engine, part=30):
    """Return the number of calls: a part of them for the readable engine."""
    return full if engine is Engine.COMPILED else full // part


@pytest.mark.parametrize("law", PATIENCE)
def test_the_integrals_of_general_patience_have_the_known_values(law):
    assert mmcg(100, 105.0, 300.0, LAW_OF_PATIENCE[law], 30.0) == pytest.approx(PATIENCE[law], rel=6e-8)


@pytest.mark.parametrize("law", WAIT_OF_ONE_AGENT_S)
def test_the_formula_of_one_server_has_the_known_values(law):
    assert pollaczek_khinchine(0.003, 240.0, CV_OF_WORK[law]) == pytest.approx(WAIT_OF_ONE_AGENT_S[law], rel=1e-11)


@pytest.mark.parametrize("agents", WAIT_BY_PRIORITY_S)
def test_the_formula_of_priorities_has_the_known_values(agents):
    rates = agents * np.array([0.0005, 0.001, 0.0015])

    assert cobham(agents, rates, 300.0) == pytest.approx(WAIT_BY_PRIORITY_S[agents], rel=2e-10)


def test_without_priorities_all_wait_alike():
    assert erlang_c(10, 9.0, 300.0, 30.0).mean_wait_s == pytest.approx(200.61945723, rel=1e-10)


def test_the_chain_of_two_pools_has_the_known_values():
    pools = TwoPools((8, 6), (8.0, 4.0), (0.5, 1.0))

    assert (*pools.lost, *pools.busy) == pytest.approx(N_DESIGN, abs=1e-11)


@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_each_level_of_an_escalation_is_a_queue_of_its_own(level):
    """What leaves M/M/c is Poisson again (Burke 1956), so each level is Erlang C (Jackson 1957)."""
    agents, load = level
    found = erlang_c(agents, load, 240.0, 30.0)

    assert (found.p_wait, found.mean_wait_s, found.share_in_time) == pytest.approx(LEVELS[level], rel=1e-7)


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("case", "engine"), [*((case, Engine.COMPILED) for case in ERLANG_A), ((10, 10.0, 180.0, 60.0), Engine.READABLE)],
    ids=str,
)  # fmt: skip
def test_impatient_callers_wait_and_leave_as_erlang_a_says(case, engine):
    agents, load, work_s, patience_s = case
    rng, count = np.random.default_rng([SEED, agents, int(load)]), length(1_500_000, engine)
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    trace = calls(arrival, rng.exponential(work_s, count), rng.exponential(patience_s, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, trace, engine=engine)

    pairs = [
        run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.wait_s), run.mean(run.in_time()),
        run.over_time(run.in_hand_s, servers=agents),
    ]  # fmt: skip
    assert_inside(pairs, ERLANG_A[case], sharp=0.15 if engine is Engine.COMPILED else 0.5)


@pytest.mark.statistical
@pytest.mark.parametrize("case", ERLANG_C, ids=str)
def test_patient_callers_wait_as_erlang_c_says(case):
    agents, load, work_s = case
    rng, count = np.random.default_rng([SEED, agents, int(load), 1]), 2_500_000
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, calls(arrival, rng.exponential(work_s, count)))

    pairs = [run.mean(run.wait_s > 0), run.mean(run.wait_s), run.mean(run.in_time())]
    assert_inside(pairs, ERLANG_C[case], sharp=0.2)


@pytest.mark.statistical
@pytest.mark.parametrize("law", PATIENCE)
def test_patience_of_any_law_loses_what_the_integrals_say(law):
    rng, count = np.random.default_rng([SEED, len(law), 10]), 2_000_000
    arrival = np.cumsum(rng.exponential(300.0 / 105.0, count))
    trace = calls(arrival, rng.exponential(300.0, count), DRAW_PATIENCE[law](rng, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": 100}, trace)

    pairs = [run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.wait_s), run.mean(run.in_time())]
    assert_inside(pairs, PATIENCE[law])


@pytest.mark.statistical
@pytest.mark.parametrize("law", WAIT_OF_ONE_AGENT_S)
def test_one_agent_keeps_callers_waiting_as_pollaczek_and_khinchine_say(law):
    rng, count = np.random.default_rng([SEED, len(law), 13]), 900_000
    arrival = np.cumsum(rng.exponential(1 / 0.003, count))
    work = {
        "lognormal": lambda: rng.lognormal(math.log(240.0) - 0.6**2 / 2, 0.6, count),
        "constant": lambda: np.full(count, 240.0),
        "exponential": lambda: rng.exponential(240.0, count),
    }[law]()
    run = Run(a_floor(days=days_for(arrival)), {"g": 1}, calls(arrival, work))

    assert_inside([run.mean(run.wait_s)], [WAIT_OF_ONE_AGENT_S[law]])


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("agents", "engine"), [(10, Engine.COMPILED), (100, Engine.COMPILED), (10, Engine.READABLE)], ids=str
)
def test_urgent_callers_overtake_as_cobham_says(agents, engine):
    rng, count = np.random.default_rng([SEED, agents, 14]), length(2_500_000, engine)
    arrival = np.cumsum(rng.exponential(1 / (0.003 * agents), count))
    types = rng.choice(3, count, p=np.array([1, 2, 3]) / 6)
    kinds = [a_kind(name) for name in ("urgent", "normal", "patient")]
    group = Group("g", (), tuple(Serve(each.name, number) for number, each in enumerate(kinds)))
    floor = a_floor(kinds, [group], days=days_for(arrival))
    run = Run(floor, {"g": agents}, calls(arrival, rng.exponential(300.0, count), kind=types), engine=engine)

    pairs = [run.mean(run.wait_s, run.log.contact_type == k) for k in range(3)]
    assert_inside(pairs, WAIT_BY_PRIORITY_S[agents], sharp=0.3 if engine is Engine.COMPILED else 0.6)


@pytest.mark.statistical
@BOTH
def test_overflow_between_two_pools_loses_what_the_markov_chain_says(engine):
    """A: pool one (8 agents), else pool two (6), which takes B first; rates 8 and 4, service 1, leaving .5 and 1."""
    rng, count, unit_s = np.random.default_rng([SEED, 20]), length(1_500_000, engine), 300.0
    arrival = np.cumsum(rng.exponential(unit_s / 12, count))
    is_b = rng.random(count) < 4 / 12
    patience = rng.exponential(1.0, count) * np.where(is_b, 1.0, 2.0) * unit_s
    groups = [Group("one", (), (Serve("A"),)), Group("two", (), (Serve("B", 0), Serve("A", 1)))]
    routes = [Route("A", (RouteStep("one"), RouteStep("two"))), Route("B", (RouteStep("two"),))]
    floor = a_floor([a_kind("A"), a_kind("B")], groups, routes, days=days_for(arrival))
    trace = calls(arrival, rng.exponential(unit_s, count), patience, is_b.astype(np.int64))
    run = Run(floor, {"one": 8, "two": 6}, trace, engine=engine)

    kind, group = run.log.contact_type, run.log.group
    pairs = [
        run.mean(~run.answered, kind == 0), run.mean(~run.answered, kind == 1),
        run.over_time(run.in_hand_s, group == 0, 8), run.over_time(run.in_hand_s, group == 1, 6),
    ]  # fmt: skip
    assert_inside(pairs, N_DESIGN, sharp=0.1 if engine is Engine.COMPILED else 0.5)


def an_escalation(rng, arrival, shares):
    """Make calls of which a share goes on to each next level, with work of 240 s at every level."""
    roots = [np.arange(len(arrival))]
    for share in shares:
        roots.append(roots[-1][rng.random(len(roots[-1])) < share])
    number = np.repeat(np.arange(len(roots)), [len(root) for root in roots])
    if_answered = np.full(len(number), NOBODY)
    start = 0
    for root, follows in pairwise(roots):
        end = start + len(root)
        if_answered[start:end][np.isin(root, follows)] = end + np.arange(len(follows))
        start = end
    return trace_of(
        to_us(arrival), root=np.concatenate(roots), number=number, contact_type=number, if_answered=if_answered,
        cause=np.where(number > 0, Cause.ESCALATION, Cause.FIRST).astype(np.int64),
        work_us=to_us(rng.exponential(240.0, len(number))),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.statistical
@BOTH
def test_three_levels_of_escalation_wait_like_three_queues(engine):
    rng, count = np.random.default_rng([SEED, 23]), length(2_000_000, engine, part=12)
    arrival = np.cumsum(rng.exponential(1 / 0.1, count))
    shares, names = (0.35, 0.25), ("first", "second", "third")
    follow_ups = [(FollowUp(FollowUpKind.ESCALATION, share, to),) for share, to in zip(shares, names[1:], strict=True)]
    kinds = [a_kind(name, follow_ups=ups) for name, ups in zip(names, [*follow_ups, ()], strict=True)]
    groups = [Group(f"{name} level", (), (Serve(name),)) for name in names]
    routes = [Route(name, (RouteStep(f"{name} level"),)) for name in names]
    floor = a_floor(kinds, groups, routes, days=days_for(arrival))
    people = {group.name: agents for group, (agents, _) in zip(groups, LEVELS, strict=True)}
    run = Run(floor, people, an_escalation(rng, arrival, shares), engine=engine)

    pairs = [
        run.mean(values, run.log.contact_type == level)
        for level in range(3)
        for values in (run.wait_s > 0, run.wait_s, run.in_time())
    ]
    exact = [value for level in LEVELS.values() for value in level]
    assert_inside(pairs, exact, sharp=0.25 if engine is Engine.COMPILED else 0.9)
