"""The calls floors, readable and compiled, leave the numbers of the full floor; what they cannot play they refuse."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim.compiled.call_kernels
import sim.compiled.calls
import sim.compiled.presence
from scenarios import (
    NEVER_US,
    US_PER_S,
    AgentChoice,
    AtClosing,
    Channel,
    Group,
    LateBreaks,
    PlanningError,
    Route,
    RouteStep,
    Serve,
)
from sim.compiled.calls import calls_plan_of
from sim.model import play_full
from sim.readable.calls import is_calls_only, play_calls

STEP_S = 300
"""Everything happens in steps of five minutes, so that most events fall together with others."""
OPENS = 8 * 12
"""Opening, in steps after midnight."""
CHOICES = (AgentChoice.LONGEST_IDLE, AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST)
NAMES = ("a", "b", "c")
MODULES = (sim.compiled.calls, sim.compiled.call_kernels, sim.compiled.presence)


@pytest.fixture
def uncompiled(monkeypatch):
    """Let the kernels run as the Python functions they are written as."""
    for module, (name, value) in itertools.chain.from_iterable(
        itertools.product([module], list(vars(module).items())) for module in MODULES
    ):
        if hasattr(value, "py_func"):
            monkeypatch.setattr(module, name, value.py_func)


@st.composite
def shifts(draw):
    """Return shifts of one person, each a list of spans: of any length, touching or not, in and out of hours."""
    now, days = draw(st.integers(OPENS - 6, OPENS + 12)), [[]]
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.integers(1, 8))
        days[-1].append((now * STEP_S, (now + length) * STEP_S))
        now += length + draw(st.integers(0, 3))
        if draw(st.booleans()):
            days.append([])
    return [spans for spans in days if spans]


@st.composite
def floors(draw, kind, scenario):
    """Return a scenario of one to three types of call and as many groups at most."""
    names = NAMES[: draw(st.integers(1, 3))]
    closing = st.sampled_from(AtClosing)
    kinds = [kind(name, at_closing=draw(closing)) for name in names]
    served = draw(st.lists(st.sets(st.sampled_from(names), min_size=1), min_size=1, max_size=3))
    served[0] |= set(names).difference(*served)  # everybody is served by somebody
    rank = st.tuples(st.integers(0, 2), st.sampled_from((0.5, 1.0, 2.0)))
    groups = [
        Group(
            f"g{number}", (), tuple(Serve(name, *draw(rank)) for name in sorted(mine)),
            choice=draw(st.sampled_from(CHOICES)), last_contact_min=draw(st.sampled_from((0, 0, 5, 20))),
        )
        for number, mine in enumerate(served)
    ]  # fmt: skip
    ways = {name: [f"g{number}" for number, mine in enumerate(served) if name in mine] for name in names}
    routes = [Route(name, tuple(map(RouteStep, draw(st.permutations(ways[name]))))) for name in names]
    hours = draw(st.sampled_from((((8, 10),), ((8, 10), (8, 11)), ((0, 24), (0, 24)))))
    return scenario(kinds, tuple(groups), routes, hours=hours, late_breaks=draw(st.sampled_from(LateBreaks)))


@st.composite
def runs(draw, kind, scenario, trace, staff):
    """Return (scenario, trace, staff)."""
    floor = draw(floors(kind, scenario))
    whom = st.fixed_dictionaries({
        "at": st.integers(OPENS - 2, OPENS + 26).map(lambda step: step * STEP_S),
        "work": st.integers(1, 6).map(lambda steps: steps * STEP_S),
        "patience": st.sampled_from((None, 1, STEP_S, 2 * STEP_S, 5 * STEP_S)),
        "kind": st.integers(0, len(floor.contact_types) - 1),
        "contained": st.sampled_from((False, False, False, True)),
    })  # fmt: skip
    rows = sorted(draw(st.lists(whom, max_size=40)), key=lambda row: row["at"])
    person = st.fixed_dictionaries({
        "shifts": shifts(),
        "group": st.integers(0, len(floor.groups) - 1),
        "tenure": st.sampled_from((1.0, 1.0, 1.5, 0.5)),
    })  # fmt: skip
    return floor, trace(*rows), staff(*draw(st.lists(person, max_size=6)))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_calls_floors_leave_the_numbers_of_the_full_floor(data, kind, scenario, trace, staff):
    run = data.draw(runs(kind, scenario, trace, staff))
    floor, contacts, people = run
    full = play_full(*run)

    assert is_calls_only(*run)
    assert play_calls(*run).equals(full)
    assert calls_plan_of(floor).play(contacts, people).equals(full)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_kernels_say_the_same_when_they_run_as_python(data, uncompiled, kind, scenario, trace, staff):
    run = data.draw(runs(kind, scenario, trace, staff))
    floor, contacts, people = run

    assert calls_plan_of(floor).play(contacts, people).equals(play_calls(*run))


@pytest.mark.parametrize("seed", range(4))
def test_a_long_day_of_three_types_is_the_same_on_every_floor(seed, kind, scenario, trace, staff):
    rng = np.random.default_rng(seed)
    floor = scenario(
        [kind(name) for name in NAMES],
        (
            Group("ga", (), (Serve("a"),)),
            Group("gb", (), (Serve("b"), Serve("a", 1))),
            Group("gf", (), (Serve("c"), Serve("a", 1), Serve("b", 1, 2.0)), last_contact_min=10),
        ),
        (Route("a", (RouteStep("ga"), RouteStep("gb"), RouteStep("gf"))),
         Route("b", (RouteStep("gb"), RouteStep("gf"))), Route("c", (RouteStep("gf"),))),
        hours=((8, 20),),
    )  # fmt: skip
    rows = [
        {"at": at * 20, "work": int(rng.integers(1, 40)) * 20, "patience": int(rng.integers(1, 12)) * 20,
         "kind": int(rng.integers(3))}
        for at in np.sort(rng.integers(8 * 180, 20 * 180, 3000)).tolist()
    ]  # fmt: skip
    people = staff(*(
        {"shifts": [[(first, first + 7200), (first + 9000, first + 18000)]], "group": number % 3}
        for number, first in enumerate((rng.integers(8 * 4, 16 * 4, 90) * 900).tolist())
    ))  # fmt: skip
    full = play_full(floor, trace(*rows), people)

    assert play_calls(floor, trace(*rows), people).equals(full)
    assert calls_plan_of(floor).play(trace(*rows), people).equals(full)
    assert 0.2 < np.mean(full.taken_us == full.offered_us) < 0.95  # some wait, some do not
    assert np.mean(full.taken_us < 0) > 0.01  # and some give up


def _one_step_later(kind, **more):
    return {"kinds": [kind()], "routes": [Route("call", (RouteStep("g"), RouteStep(**more)))]}


@pytest.mark.parametrize(
    "unlike",
    [
        lambda kind: {"kinds": [kind(), kind("chat", Channel.CHAT)]},
        lambda kind: {"kinds": [kind(), kind("mail", Channel.TICKET)]},
        lambda _: {"groups": [Group("g", (), (Serve("call"),), choice=AgentChoice.FASTEST)]},
        lambda _: {"groups": [Group("g", (), (Serve("call"),), choice=AgentChoice.WEIGHTED)]},
        lambda kind: _one_step_later(kind, from_wait_s=20.0, raise_priority=1),
        lambda kind: (
            _one_step_later(kind, group="h", from_wait_s=20.0)
            | {"groups": [Group(name, (), (Serve("call"),)) for name in ("g", "h")]}
        ),
    ],
)
def test_scenarios_with_more_than_plain_calls_are_left_to_the_full_floor(unlike, kind, scenario, trace, staff):
    floor = scenario(**unlike(kind))

    assert calls_plan_of(floor) is None
    assert not is_calls_only(floor, trace(), staff())


def test_contacts_who_may_come_back_are_left_to_the_full_floor(scenario, trace, staff):
    floor, people = scenario(), staff([[(0, 3600)]])
    contacts = trace({"at": 0, "work": 60, "patience": 10, "redial": [60]})

    assert calls_plan_of(floor).play(contacts, people) is None
    assert not is_calls_only(floor, contacts, people)


def test_calls_longer_than_any_whole_number_are_left_to_the_full_floor(scenario, trace, staff):
    plan, people = calls_plan_of(scenario()), staff({"shifts": [[(0, 3600)]], "tenure": 1.5})

    assert plan.play(trace((0, NEVER_US / US_PER_S / 4)), people) is None


def test_people_on_duty_in_the_far_future_are_left_to_the_full_floor(scenario, trace, staff):
    assert calls_plan_of(scenario()).play(trace((0, 60)), staff([[(0, 2**59 / US_PER_S)]])) is None


@pytest.mark.parametrize("groups", [1, 2])
def test_a_call_that_ends_beyond_the_keys_is_left_to_the_full_floor(
    groups, uncompiled, monkeypatch, scenario, trace, staff
):
    monkeypatch.setattr(sim.compiled.call_kernels, "LAST_MOMENT_BITS", 40)
    floor = scenario(groups=[Group(name, (), (Serve("call"),)) for name in ("g", "h")[:groups]])
    plan, people = calls_plan_of(floor), staff([[(0, 3600)]])

    assert plan.play(trace((0, 60)), people) is not None
    assert plan.play(trace((0, 2**39 / US_PER_S)), people) is None
    assert plan.play(trace((0, 60), (10, 2**39 / US_PER_S)), people) is None


def test_age_weights_whose_products_do_not_fit_are_left_to_the_full_floor(scenario, horizon):
    groups = [Group("g", (), (Serve("call", 0, 100.0),))]

    assert calls_plan_of(scenario(groups=groups)) is not None
    assert calls_plan_of(scenario(groups=groups, hours=((0, 24),) * 60)) is None


def test_columns_in_which_nothing_happens_are_those_of_the_trace(scenario, trace, staff):
    contacts = trace((0, 60), (10, 60))
    played = calls_plan_of(scenario()).play(contacts, staff([[(0, 3600)]]))

    assert played.offered_us is contacts.arrival_us
    assert played.line is contacts.line
    with pytest.raises(ValueError, match="read-only"):
        played.line[0] = 1


def test_nobody_at_work_and_nobody_calling_end_at_once(scenario, trace, staff):
    plan = calls_plan_of(scenario())

    assert plan.play(trace((0, 60)), staff()).taken_us.tolist() == [-1]
    assert plan.play(trace(), staff([[(0, 3600)]])).at_work_us.tolist() == [3600 * US_PER_S]
    with pytest.raises(PlanningError):
        staff([[(60, 60)]])
