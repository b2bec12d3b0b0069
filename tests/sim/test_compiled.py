"""The compiled floor: its parts as laws, and all of it against the readable one, compiled and as plain Python."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from heapq import heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.compiled.full
from scenarios import (
    NEVER_US,
    AgentChoice,
    AtClosing,
    Cause,
    Channel,
    Group,
    LateBreaks,
    Law,
    LawKind,
    Messages,
    PlanningError,
    ReplyOrder,
    Route,
    RouteStep,
    Serve,
)
from sim import Engine, simulate
from sim.compiled import CompiledFloor
from sim.compiled.events import ROW_BITS, pop_ahead, push_ahead, set_due, set_reach
from sim.compiled.fields import (
    C_BITS,
    C_FIELDS,
    C_TOO_LATE,
    E_FIELDS,
    H_BEFORE,
    H_FIELDS,
    H_TIME,
    K_FIELDS,
    K_POOL,
    NO_TIME,
    NONE,
    R_DUE,
    R_FIELDS,
    R_ROOT,
    STEP_BITS,
)
from sim.compiled.ticket_pools import put_in_pool, take_from_pool
from sim.floor.jit import digest_of, sources
from sim.model import play_full

UNIT_S = 10
"""Days are made on a coarse grid, so that most events fall together with others."""
CALL, VIP, CHAT, EXPERT, QUICK, MAIL, CASE = range(7)
COMPILED = [name for name in sys.modules if name.startswith("sim.compiled.")]


@pytest.fixture
def uncompiled(monkeypatch):
    """Let everything run as the Python functions it is written as."""
    for name in COMPILED:
        for thing, value in list(vars(sys.modules[name]).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(sys.modules[name], thing, value.py_func)
    monkeypatch.setattr(sim.compiled, "play_floor", sim.compiled.full.play_floor)


@pytest.fixture(scope="module")
def shop(scenario, kind, horizon):
    """Make a shop with every mechanism: calls, chats by messages and by slots, tickets, ladders, blending."""

    def make(late_breaks=LateBreaks.WHOLE):
        ten_s = Law(LawKind.CONSTANT, 10.0)
        messages = {"work_s": Law(LawKind.CONSTANT, 20.0), "messages": Messages(2.0, ten_s, ten_s, ten_s)}
        kinds = [
            kind("call", at_closing=AtClosing.SERVED),
            kind("vip", affinity=True),
            kind("chat", Channel.CHAT, beyond_cap=1, affinity=True, **messages),
            kind("expert", Channel.CHAT, slots=2, affinity=True, **messages),
            kind("quick", Channel.CHAT),
            kind("mail", Channel.TICKET),
            kind("case", Channel.TICKET),
        ]
        step, raised = RouteStep, {"raise_priority": 2}
        routes = [
            Route("call", (step("calls"), step("blend", 20.0), step(from_wait_s=30.0, **raised))),
            Route("vip", (step("calls"), step("blend"), step(from_wait_s=50.0, transfer_to="call"))),
            Route("chat", (step("chats"), step("blend", 10.0), step(from_wait_s=40.0, transfer_to="expert"))),
            Route("expert", (step("blend"), step("chats", 10.0))),
            Route("quick", (step("slots"),)),
            Route("mail", (step("calls"), step("desk", 100.0), step(from_wait_s=200.0, transfer_to="case"))),
            Route("case", (step("desk"), step("blend", 60.0), step(from_wait_s=90.0, **raised))),
        ]
        # Open from 23:00 to 01:00, and to the end of the horizon from 01:15 on.
        grid = horizon(((23, 25), (1.25, 24)))
        return scenario(kinds, _groups(), routes, horizon=grid, late_breaks=late_breaks)

    return make


def _groups():
    def serves(*rows):
        return tuple(Serve(name, priority, weight) for name, priority, weight in rows)

    calls = serves(("call", 1, 1.0), ("vip", 0, 1.0), ("mail", 2, 1.0))
    chats = serves(("chat", 1, 1.0), ("expert", 1, 2.0))
    blend = serves(("call", 1, 1.0), ("vip", 0, 1.0), ("chat", 1, 1.0), ("expert", 0, 1.0), ("case", 3, 1.0))
    desk = serves(("mail", 0, 1.0), ("case", 0, 1.0))
    return [
        Group("calls", (), calls, choice=AgentChoice.WEIGHTED, last_contact_min=1.0),
        Group("chats", (), chats, 3, choice=AgentChoice.NOT_TYPING_FIRST, reply_order=ReplyOrder.OLDEST),
        Group("blend", (), blend, 2),
        Group("slots", (), serves(("quick", 0, 1.0)), 2, (1.0, 0.5), choice=AgentChoice.LEAST_LOADED),
        Group("desk", (), desk, choice=AgentChoice.FASTEST),
    ]


def _row(dice, kind, depth):
    """A possible attempt and, up to three deep, those that may follow it."""
    row = {"kind": kind, "patience": dice.choice([10, 20, 50, 90, 7200])}
    if kind in {CHAT, EXPERT}:
        row["rounds"] = [
            (UNIT_S * dice.choice([0, 1, 3]), UNIT_S * dice.choice([1, 1, 2])) for _ in range(dice.randint(1, 4))
        ]
        row["rounds"][0] = (0, row["rounds"][0][1])
        row["hold"] = dice.choice([0, 10, 30])
    else:
        row["work"] = UNIT_S * dice.choice([1, 2, 4, 9])
    if kind in {MAIL, CASE}:
        row |= {"patience": None, "due_within": UNIT_S * dice.choice([5, 20, 20, 90])}
    if depth < 3:
        then = dice.choice([None, Cause.RECONTACT, Cause.ESCALATION, Cause.TICKET])
        if then is not None:
            following = {Cause.RECONTACT: kind, Cause.ESCALATION: dice.choice([VIP, EXPERT]), Cause.TICKET: CASE}[then]
            row["then"] = _row(dice, following, depth + 1) | {"cause": then, "after": dice.choice([0, 10, 600])}
            row["need"] = dice.choice([0, 0, 1.0])
        if kind not in {MAIL, CASE} and dice.random() < 0.6:
            lost = (Cause.REDIAL, kind, 30) if dice.random() < 0.5 else (Cause.MESSAGE, MAIL, 0)
            row["lost"] = _row(dice, lost[1], depth + 1) | {"cause": lost[0], "after": lost[2]}
    return row


@pytest.fixture(scope="module")
def busy_night(trace, staff):
    """Make an hour and a half around the closing at one o'clock, for more contacts than twelve people can serve."""

    def make(seed, contacts):
        dice = random.Random(seed)  # noqa: S311 - a test's dice, no secret
        starts = sorted(23.9 * 3600 + UNIT_S * dice.randint(0, 540) for _ in range(contacts))
        rows = [_row(dice, dice.randint(CALL, CASE), 0) | {"at": at} for at in starts]
        for row in rows:
            row["contained"] = dice.random() < 0.05
        people = []
        for number in range(12):
            now, shifts = 23.8 * 3600 + UNIT_S * dice.randint(0, 60), []
            for _ in range(3):
                shift = []
                for _ in range(dice.randint(1, 3)):
                    length = UNIT_S * dice.randint(6, 120)
                    shift.append((now, now + length))
                    now += length + UNIT_S * dice.choice([0, 3, 6, 30])
                shifts.append(shift)
            tenure, weight = dice.choice([1.0, 0.7, 1.3]), dice.choice([0.5, 1.0, 2.0])
            people.append({"shifts": shifts, "group": number % 5, "tenure": tenure, "weight": weight})
        return trace(*rows), staff(*people)

    return make


# ---- what comes next ----------------------------------------------------------------------------------------------

moments = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 40))
lookups = settings(max_examples=60, deadline=None)


def in_form(form, *functions):
    """Return functions compiled, or as they are written."""
    return [function if form == "compiled" else getattr(function, "py_func", function) for function in functions]


@pytest.mark.parametrize("form", ["compiled", "python"])
@given(acts=st.lists(st.one_of(moments, st.none()), max_size=60))
@lookups
def test_later_attempts_come_by_time_then_contact(form, acts):
    push, pop = in_form(form, push_ahead, pop_ahead)
    ahead, clock = np.full((61, H_FIELDS), NO_TIME, dtype=np.int64), np.zeros(C_FIELDS, dtype=np.int64)
    known = []
    for number, act in enumerate(acts):
        if act is not None:
            time_us, root, row = act
            push(ahead, clock, time_us, root << ROW_BITS | row, number)
            heappush(known, (time_us, root << ROW_BITS | row, number))
        elif known:
            first = heappop(known)
            assert ahead[0, :H_BEFORE].tolist() == list(first[:2])
            assert acts[ahead[0, H_BEFORE]] == acts[first[2]]  # of two alike either may come first
            pop(ahead, clock)
        assert (ahead[0, H_TIME] == NO_TIME) == (not known)


@pytest.mark.parametrize("form", ["compiled", "python"])
@given(people=st.integers(1, 9), acts=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6)), max_size=40))
@lookups
def test_the_first_agent_is_the_lowest_of_those_with_the_earliest_event(form, people, acts):
    [put] = in_form(form, set_due)
    clock, bits = np.zeros(C_FIELDS, dtype=np.int64), 4
    clock[C_BITS] = bits
    tree, known = np.full(2 << (people - 1).bit_length(), NEVER_US, dtype=np.int64), [NEVER_US] * people
    for agent, key in acts:
        put(tree, clock, agent % people, key)
        known[agent % people] = key
        assert divmod(int(tree[1]), 1 << bits) == (min(known), known.index(min(known)))
    assert not clock[C_TOO_LATE]


@pytest.mark.parametrize("form", ["compiled", "python"])
def test_a_moment_that_does_not_fit_beside_an_agent_is_noted_and_never_comes(form):
    [put] = in_form(form, set_due)
    clock, tree = np.zeros(C_FIELDS, dtype=np.int64), np.full(4, NEVER_US, dtype=np.int64)
    clock[C_BITS] = 4
    put(tree, clock, 1, NEVER_US)
    assert not clock[C_TOO_LATE]
    put(tree, clock, 1, NEVER_US >> 4)
    assert (tree[1], clock[C_TOO_LATE]) == (NEVER_US, 1)


@pytest.mark.parametrize("form", ["compiled", "python"])
@given(
    steps=st.integers(1, 9),
    acts=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6), st.integers(0, 3)), max_size=40),
)
@lookups
def test_the_first_step_has_the_earliest_event_then_the_lowest_contact_then_number(form, steps, acts):
    [put] = in_form(form, set_reach)
    reaches = np.full((2 << (steps - 1).bit_length(), E_FIELDS), NEVER_US, dtype=np.int64)
    known = [(NEVER_US, NEVER_US)] * steps
    for step, key, root in acts:
        put(reaches, step % steps, key, root)
        known[step % steps] = (key, root << STEP_BITS | step % steps)
        assert tuple(reaches[1].tolist()) == min(known)


@pytest.mark.parametrize("form", ["compiled", "python"])
@given(acts=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 4)), max_size=80))
@lookups
def test_a_pool_gives_the_ticket_due_first_whoever_was_taken_out_before(form, acts):
    put, take = in_form(form, put_in_pool, take_from_pool)
    rows, steps = np.zeros((12, R_FIELDS), dtype=np.int64), np.full((1, K_FIELDS), NONE, dtype=np.int64)
    rows[:, R_ROOT], waiting = np.arange(12)[::-1], {}
    for ticket, due_us in acts:
        if ticket in waiting:
            take(rows, steps, ticket)
            del waiting[ticket]
        else:
            rows[ticket, R_DUE] = due_us
            put(rows, steps, 0, ticket)
            waiting[ticket] = (due_us, rows[ticket, R_ROOT])
        assert steps[0, K_POOL] == min(waiting, key=waiting.get, default=NONE)


def test_the_digest_of_the_sources_changes_with_any_of_them(tmp_path):
    files = [tmp_path / name for name in ("one.py", "other.py")]
    for file in files:
        file.write_text("work_us = 1\n", encoding="utf-8")
    before = digest_of(*files)
    files[1].write_text("work_us = 2\n", encoding="utf-8")

    assert digest_of(*files) != before
    assert sources("compiled") == sources("compiled") != sources("drawing")


# ---- the whole floor ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late_breaks", LateBreaks)
@pytest.mark.parametrize("seed", range(10))
def test_a_busy_night_leaves_the_numbers_of_the_readable_floor(seed, late_breaks, shop, busy_night):
    scenario = shop(late_breaks)
    trace, staff = busy_night(seed, 400)

    assert CompiledFloor(scenario).play_full(trace, staff).equals(play_full(scenario, trace, staff))


@pytest.mark.parametrize("late_breaks", LateBreaks)
@pytest.mark.parametrize("seed", [100, 101])
def test_plain_python_leaves_the_same_numbers(seed, late_breaks, shop, busy_night, uncompiled):
    scenario = shop(late_breaks)
    trace, staff = busy_night(seed, 250)

    assert CompiledFloor(scenario).play_full(trace, staff).equals(play_full(scenario, trace, staff))


def test_a_busy_night_has_everything_that_is_asked_of_it(shop, busy_night):
    trace, staff = busy_night(0, 400)
    played = CompiledFloor(shop()).play_full(trace, staff)
    made, taken = played.offered_us >= 0, played.taken_us >= 0
    cause, line = trace.cause[played.row], trace.line[played.row]
    after_one = 25 * 3600 * 10**6

    assert {Cause(cause) for cause in np.unique(cause[made])} >= {
        Cause.FIRST, Cause.REDIAL, Cause.MESSAGE, Cause.RECONTACT, Cause.ESCALATION, Cause.TICKET,
    }  # fmt: skip
    assert set(np.unique(line[taken])) == set(range(7))
    assert (played.line != line)[taken].any()
    assert ((played.taken_us > after_one) & (line == CALL) & (played.offered_us < after_one)).any()
    assert (made & (played.limit_us < played.offered_us)).any()
    assert (played.hops[line >= MAIL] > 0).any()


def test_threads_may_share_a_floor(shop, busy_night):
    floor = CompiledFloor(shop())
    nights = [busy_night(seed, 300) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda night: floor.play(*night), nights))

    assert all(floor.play(*night).equals(played) for night, played in zip(nights, together, strict=True))


def test_nobody_at_work_and_nobody_who_comes_is_a_night_too(shop, busy_night, trace, staff):
    floor = CompiledFloor(shop())
    contacts, people = busy_night(1, 50)

    assert (floor.play_full(contacts, staff()).taken_us == NONE).all()
    assert floor.play_full(trace(), people).busy_us.sum() == 0
    assert len(floor.play_full(trace(), staff()).taken_us) == 0


@pytest.mark.parametrize("engine", list(Engine))
def test_a_session_without_a_message_is_refused(engine, shop, trace, staff):
    silent = trace({"at": 23.5 * 3600, "work": 10, "kind": CHAT})

    with pytest.raises(PlanningError, match=r"rounds\[0\]"):
        simulate(shop(), silent, staff([[(0, 24 * 3600)]]), engine=engine)


def test_an_agent_run_forward_alone_answers_when_he_would_have(shop, trace, staff):
    """Two sessions of one agent: replies of 10 s, the buyers think 5 s, the slots are kept 60 s."""
    rounds = [10, (5, 10), (5, 10)]
    rows = [{"at": 23.5 * 3600 + at, "kind": CHAT, "rounds": rounds, "hold": 60} for at in (0, 1)]
    agent = {"shifts": [[(23 * 3600, 25 * 3600)]], "group": 1}
    played = CompiledFloor(shop()).play(trace(*rows), staff(agent))
    since = played.offered_us[0]

    assert ((played.replied_us - since) / 1e6).tolist() == [10, 30, 50, 20, 40, 60]
    assert ((played.ended_us - since) / 1e6).tolist() == [110, 120]
    assert (played.working_us[0] / 1e6, played.busy_us[0] / 1e6) == (60, 120)
