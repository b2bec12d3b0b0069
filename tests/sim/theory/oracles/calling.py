"""Calls, one at a time: cases 1-15, 20, 23 and 30 of the list of exact values."""

import math
from functools import partial
from itertools import pairwise

import numpy as np
from oracles_of_the_floor.cases import Case, Known
from oracles_of_the_floor.floors import Run, a_floor, a_kind, calls, days_for, to_us, trace_of
from oracles_of_the_floor.judging import SEED
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
from sim import erlang_a, erlang_b, erlang_c, min_agents_a, min_agents_c
from sim.engine import Engine

WAITS = ("P(wait)", "mean wait s", "in 30 s")
LOSSES = ("P(wait)", "P(abandon)", "mean wait s", "in 30 s")
COMPILED, READABLE = Engine.COMPILED, Engine.READABLE
ERLANG_B = {(10, 7): 0.07874088296957, (100, 95): 0.04880420617868}
ERLANG_C = {
    # number: agents, erlangs, work s; P(wait), mean wait, in 30 s, and in 20 s where it is given
    "2": ((14, 10.0, 180.0), (0.17413193359505, 7.835937011777, 0.910597684322), 0.88835001917947),
    "3": ((100, 90.0, 300.0), (0.216940480906366, 6.508214427191, 0.920192057117), 0.888619043292),
    "4": ((110, 105.0, 300.0), (0.524420205232, 31.465212313942, 0.681923066954), None),
}
ERLANG_A = {
    # number: agents, erlangs, work s, patience s; P(wait), P(abandon), mean wait, in 30 s, occupancy
    "5": ((10, 10.0, 180.0, 60.0), (0.4234176749, 0.1575268715, 9.4516122895, 0.7629279343, 0.8424731285)),
    "6": ((50, 48.0, 240.0, 90.0), (0.3168936835, 0.0514875991, 4.6338839164, 0.9159621380, 0.9105719049)),
    "7": ((100, 90.0, 300.0, 180.0), (0.1427094703, 0.0105329031, 1.8959225649, 0.9770295308, 0.8905203872)),
    "8": ((100, 105.0, 300.0, 120.0), (0.5577490312, 0.0761866130, 9.1423935560, 0.8493708551, 0.9700040564)),
    "9": ((400, 420.0, 300.0, 120.0), (0.6888123201, 0.0557760787, 6.6931294490, 0.9389963886, 0.9914351173)),
}
PATIENCE = {
    # 100 agents, 105 erlangs, work 300 s: P(wait), P(abandon), mean wait, in 30 s
    "constant": (0.81376068, 0.05964933, 29.911474, 0.47094702),
    "erlang": (0.70574118, 0.066626938, 18.684755, 0.68816989),
    "lognormal": (0.58902729, 0.074166168, 10.056924, 0.85055508),
}
NUMBER_OF_PATIENCE = {"constant": "10", "erlang": "11", "lognormal": "12"}
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
NUMBER_OF_PRIORITY = {10: "14", 100: "15"}
CLASSES = ("wait urgent s", "wait normal s", "wait patient s")
POOLS = ("A abandon", "B abandon", "utilisation 1", "utilisation 2")
N_DESIGN = (0.031182002191, 0.113442492180, 0.808705691133, 0.804521414115)
LEVELS = {
    # agents, erlangs: P(wait), mean wait, in 30 s
    (30, 24.0): (0.17286206, 6.914482, 0.91834575),
    (12, 8.4): (0.18388863, 12.259242, 0.88274745),
    (5, 2.1): (0.07116447, 5.889473, 0.95047421),
}
LEVEL_FIGURES = [f"{name}, level {level}" for level in (1, 2, 3) for name in WAITS]
EXACT_OF_LEVELS = [value for level in LEVELS.values() for value in level]
LOADS = (5, 10, 20, 50, 100, 200, 430)
LEAST_AGENTS = {"C": (9, 15, 26, 58, 109, 211, 443), "A, patience 90 s": (8, 13, 23, 51, 97, 186, 390)}


def length(full, engine, part=30):
    """Return the number of calls: a part of them for the readable engine."""
    return full if engine is COMPILED else full // part


def _erlang_c_digits(key, within_20_s):
    found = erlang_c(*key, 30.0)
    return (found.p_wait, found.mean_wait_s, found.share_in_time,
            *([] if within_20_s is None else [erlang_c(*key, 20.0).share_in_time]))  # fmt: skip


def _erlang_a_digits(key):
    found = erlang_a(*key, 30.0)
    return found.p_wait, found.p_abandon, found.mean_wait_s, found.share_in_time, found.occupancy


def _levels_digits():
    found = [erlang_c(agents, load, 240.0, 30.0) for agents, load in LEVELS]
    return [value for level in found for value in (level.p_wait, level.mean_wait_s, level.share_in_time)]


def _pools_digits():
    pools = TwoPools((8, 6), (8.0, 4.0), (0.5, 1.0))
    return *pools.lost, *pools.busy


def _least_agents_digits(formula):
    if formula == "C":
        return [min_agents_c(load, 240.0, 30.0, 0.9) for load in LOADS]
    return [min_agents_a(load, 240.0, 90.0, 30.0, 0.9) for load in LOADS]


KNOWN = [
    Known("1", "Erlang B", [f"{agents} agents, {load} E" for agents, load in ERLANG_B], tuple(ERLANG_B.values()),
          lambda: [erlang_b(*key) for key in ERLANG_B], abs=1e-14),
    *(Known(number, f"Erlang C, {key[0]} agents", (*WAITS, *([] if in_20_s is None else ["in 20 s"])),
            (*exact, *([] if in_20_s is None else [in_20_s])), partial(_erlang_c_digits, key, in_20_s), abs=1e-11)
      for number, (key, exact, in_20_s) in ERLANG_C.items()),
    *(Known(number, f"Erlang A, {key[0]} agents", (*LOSSES, "occupancy"), exact, partial(_erlang_a_digits, key),
            abs=1.01e-10)
      for number, (key, exact) in ERLANG_A.items()),
    *(Known(NUMBER_OF_PATIENCE[law], f"patience {law}", LOSSES, exact,
            partial(mmcg, 100, 105.0, 300.0, LAW_OF_PATIENCE[law], 30.0), rel=6e-8)
      for law, exact in PATIENCE.items()),
    Known("13", "one agent, by law of work", [f"wait {law} s" for law in WAIT_OF_ONE_AGENT_S],
          tuple(WAIT_OF_ONE_AGENT_S.values()),
          lambda: [pollaczek_khinchine(0.003, 240.0, CV_OF_WORK[law]) for law in WAIT_OF_ONE_AGENT_S], rel=1e-11),
    *(Known(NUMBER_OF_PRIORITY[agents], f"priorities, {agents} agents", CLASSES, exact,
            partial(cobham, agents, agents * np.array([0.0005, 0.001, 0.0015]), 300.0), rel=2e-10)
      for agents, exact in WAIT_BY_PRIORITY_S.items()),
    Known("14", "the same without priorities", ["wait of all s"], [200.61945723],
          lambda: [erlang_c(10, 9.0, 300.0, 30.0).mean_wait_s], rel=1e-10),
    Known("20", "two pools", POOLS, N_DESIGN, _pools_digits, abs=1e-11),
    Known("23", "escalation", LEVEL_FIGURES, EXACT_OF_LEVELS, _levels_digits, rel=1e-7),
    *(Known("30", f"least agents, Erlang {formula}", [f"{load} E" for load in LOADS], least,
            partial(_least_agents_digits, formula))
      for formula, least in LEAST_AGENTS.items()),
]  # fmt: skip


def play_without_queue(key, engine):
    """Play callers who find everybody busy and are gone: a patience of 1 µs."""
    agents, load = key
    rng, count = np.random.default_rng([SEED, agents, load, 1]), length(1_000_000, engine)
    arrival = np.cumsum(rng.exponential(300.0 / load, count))
    trace = calls(arrival, rng.exponential(300.0, count), np.zeros(count))
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, trace, engine=engine)
    return [run.mean(~run.answered)]


def play_impatient(key, engine):
    agents, load, work_s, patience_s = key
    rng, count = np.random.default_rng([SEED, agents, int(load)]), length(1_500_000, engine)
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    trace = calls(arrival, rng.exponential(work_s, count), rng.exponential(patience_s, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, trace, engine=engine)
    return [
        run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.wait_s), run.mean(run.in_time()),
        run.over_time(run.in_hand_s, servers=agents),
    ]  # fmt: skip


def play_patient(key, engine):
    agents, load, work_s = key
    rng, count = np.random.default_rng([SEED, agents, int(load), 1]), 2_500_000
    arrival = np.cumsum(rng.exponential(work_s / load, count))
    trace = calls(arrival, rng.exponential(work_s, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": agents}, trace, engine=engine)
    return [run.mean(run.wait_s > 0), run.mean(run.wait_s), run.mean(run.in_time())]


def play_patience(law, engine):
    rng, count = np.random.default_rng([SEED, len(law), 10]), 2_000_000
    arrival = np.cumsum(rng.exponential(300.0 / 105.0, count))
    trace = calls(arrival, rng.exponential(300.0, count), DRAW_PATIENCE[law](rng, count))
    run = Run(a_floor(days=days_for(arrival)), {"g": 100}, trace, engine=engine)
    return [run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.wait_s), run.mean(run.in_time())]


def play_one_agent(law, engine):
    rng, count = np.random.default_rng([SEED, len(law), 13]), 900_000
    arrival = np.cumsum(rng.exponential(1 / 0.003, count))
    work = {
        "lognormal": lambda: rng.lognormal(math.log(240.0) - 0.6**2 / 2, 0.6, count),
        "constant": lambda: np.full(count, 240.0),
        "exponential": lambda: rng.exponential(240.0, count),
    }[law]()
    run = Run(a_floor(days=days_for(arrival)), {"g": 1}, calls(arrival, work), engine=engine)
    return [run.mean(run.wait_s)]


def play_priorities(agents, engine):
    rng, count = np.random.default_rng([SEED, agents, 14]), length(2_500_000, engine)
    arrival = np.cumsum(rng.exponential(1 / (0.003 * agents), count))
    types = rng.choice(3, count, p=np.array([1, 2, 3]) / 6)
    kinds = [a_kind(name) for name in ("urgent", "normal", "patient")]
    group = Group("g", (), tuple(Serve(each.name, number) for number, each in enumerate(kinds)))
    floor = a_floor(kinds, [group], days=days_for(arrival))
    run = Run(floor, {"g": agents}, calls(arrival, rng.exponential(300.0, count), kind=types), engine=engine)
    return [run.mean(run.wait_s, run.log.contact_type == k) for k in range(3)]


def play_two_pools(engine):
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
    return [
        run.mean(~run.answered, kind == 0), run.mean(~run.answered, kind == 1),
        run.over_time(run.in_hand_s, group == 0, 8), run.over_time(run.in_hand_s, group == 1, 6),
    ]  # fmt: skip


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


def play_levels(engine):
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
    return [
        run.mean(values, run.log.contact_type == level)
        for level in range(3)
        for values in (run.wait_s > 0, run.wait_s, run.in_time())
    ]


BLOCKED = [
    Case("1", f"Erlang B, {key[0]} agents", ["blocked"], [lost], partial(play_without_queue, key), {COMPILED: 0.1})
    for key, lost in ERLANG_B.items()
]
PATIENT = [
    Case(number, f"Erlang C, {key[0]} agents", WAITS, exact, partial(play_patient, key),
         {COMPILED: 0.2 if number != "4" else 0.35})
    for number, (key, exact, _) in ERLANG_C.items()
]  # fmt: skip
IMPATIENT = [
    Case(number, f"Erlang A, {key[0]} agents", (*LOSSES, "occupancy"), exact, partial(play_impatient, key),
         {COMPILED: 0.15} | ({READABLE: 0.5} if number == "5" else {}))
    for number, (key, exact) in ERLANG_A.items()
]  # fmt: skip
ANY_PATIENCE = [
    Case(NUMBER_OF_PATIENCE[law], f"patience {law}", LOSSES, exact, partial(play_patience, law), {COMPILED: 0.1})
    for law, exact in PATIENCE.items()
]
ONE_AGENT = [
    Case("13", f"one agent, work {law}", ["mean wait s"], [wait_s], partial(play_one_agent, law), {COMPILED: 0.1})
    for law, wait_s in WAIT_OF_ONE_AGENT_S.items()
]
PRIORITIES = [
    Case(NUMBER_OF_PRIORITY[agents], f"priorities, {agents} agents", CLASSES, exact, partial(play_priorities, agents),
         {COMPILED: 0.3} | ({READABLE: 0.6} if agents == 10 else {}))
    for agents, exact in WAIT_BY_PRIORITY_S.items()
]  # fmt: skip
TWO_POOLS = [Case("20", "two pools", POOLS, N_DESIGN, play_two_pools, {COMPILED: 0.1, READABLE: 0.5})]
ESCALATION = [
    Case("23", "escalation", LEVEL_FIGURES, EXACT_OF_LEVELS, play_levels, {COMPILED: 0.25, READABLE: 0.9}, slow=True)
]
CASES = [*BLOCKED, *PATIENT, *IMPATIENT, *ANY_PATIENCE, *ONE_AGENT, *PRIORITIES, *TWO_POOLS, *ESCALATION]
