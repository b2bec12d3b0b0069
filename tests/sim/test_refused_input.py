"""What cannot be played is refused with a clear error before anything is played."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    Assignment,
    BotStage,
    Break,
    Channel,
    Effect,
    FollowUp,
    FollowUpKind,
    Group,
    Law,
    LawKind,
    LeaveMessage,
    Missorted,
    PlanningError,
    Quantity,
    Redial,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
    Shock,
)
from sim import Engine, Staff, draw_trace, simulate, staff_always_on

pytestmark = pytest.mark.timeout(180)  # a first compilation included; each of these takes a moment

LAW = Law(LawKind.EXPONENTIAL, 60.0)


@pytest.fixture
def refused():
    """Return the key with which something is refused."""

    def key_of(make):
        with pytest.raises(PlanningError) as error:
            make()
        assert error.value.message("zh") != error.value.message("en")
        return error.value.key

    return key_of


@pytest.mark.parametrize("spans", [
    [(10, 5)], [(10, 10)], [(-5, 10)], [(0, 20), (10, 30)], [(20, 30), (0, 10)], [(0, 10), (0, 10)],
], ids=str)  # fmt: skip
def test_spans_inverted_empty_overlapping_or_out_of_order_are_refused(refused, spans):
    ends = tuple(max(end for _, end in spans) for _ in spans)

    assert refused(lambda: Staff(("a",), [0], [1.0], (tuple(spans),), (ends,))) == "span_inverted"


def test_a_span_that_outlasts_its_shift_is_refused(refused):
    assert refused(lambda: Staff(("a",), [0], [1.0], (((0, 10),),), ((9,),))) == "span_inverted"


def test_shifts_and_breaks_inverted_or_outside_are_refused(refused, horizon):
    day = horizon().first_date

    assert refused(lambda: Assignment("a", day, "s", "g", 10, 10)) == "span_inverted"
    assert refused(lambda: Assignment("a", day, "s", "g", 0, 10, (Break(8, 12, paid=True),))) == "break_outside"
    overlapping = (Break(2, 6, paid=True), Break(4, 8, paid=True))
    assert refused(lambda: Assignment("a", day, "s", "g", 0, 10, overlapping)) == "break_outside"


SHARES = {
    "bot offered": lambda share: BotStage(share, 0.5),
    "bot contained": lambda share: BotStage(0.5, share),
    "redial": lambda share: Redial(share, LAW),
    "message": lambda share: LeaveMessage(share, "mail"),
    "missorted": lambda share: Missorted(share, "other", LAW),
    "follow-up": lambda share: FollowUp(FollowUpKind.RECONTACT, share),
    "promise": lambda share: ServiceTarget("t", (), day_share=share),
}


@pytest.mark.parametrize("name", SHARES)
@given(share=st.floats(allow_nan=True, allow_infinity=True).filter(lambda share: not 0.0 <= share <= 1.0))
@settings(max_examples=25)
def test_a_probability_outside_0_and_1_is_refused(name, share):
    with pytest.raises(PlanningError) as error:
        SHARES[name](share)
    assert error.value.key == "share_out_of_range"


def test_an_absence_outside_0_and_1_is_refused_and_a_shock_never_makes_it_more_than_certain(scenario, refused):
    assert refused(lambda: scenario(absence_share=1.2)) == "share_out_of_range"
    wave = Shock("wave", (Effect(Quantity.ABSENCE, 100.0),))
    assert scenario(absence_share=0.5, shocks=(wave,)).absence_at(0) == 1.0


def test_routing_to_a_group_or_a_line_that_is_not_there_is_refused(scenario, kind, refused):
    calls = kind("call")
    nowhere = (Route("call", (RouteStep("nobody"),)),)
    away = (Route("call", (RouteStep("g"), RouteStep(transfer_to="fax", from_wait_s=9.0))),)
    closed = (Group("g", (), (Serve("call"),)), Group("h", (), ()))

    assert refused(lambda: scenario([calls], routes=nowhere)) == "unknown_name"
    assert refused(lambda: scenario([calls], routes=away)) == "unknown_name"
    ends_there = (Route("call", (RouteStep("h"),)),)
    assert refused(lambda: scenario([calls], groups=closed, routes=ends_there)) == "group_does_not_serve"


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("odd", ["contact_type", "line", "group"])
def test_a_type_a_line_or_a_group_the_scenario_lacks_is_refused_before_anything_is_played(
    scenario, trace, staff, refused, engine, odd
):
    day, people = trace((0, 10)), staff([[(0, 100)]])
    if odd == "group":
        people = replace(people, group=np.array([7]))
    else:
        day = replace(day, **{odd: np.array([7])})

    assert refused(lambda: simulate(scenario(), day, people, engine=engine)) == "not_one_of"


@pytest.mark.parametrize("ring", [("a", "a"), ("a", "b"), ("a", "b", "c")], ids=" > ".join)
def test_a_ring_of_transfers_is_refused(scenario, kind, refused, ring):
    ahead = dict(zip(ring, [*ring[1:], ring[0]], strict=True))
    routes = [
        Route(name, (RouteStep("g"), RouteStep(transfer_to=after, from_wait_s=5.0))) for name, after in ahead.items()
    ]
    kinds = [kind(name) for name in ahead]

    assert refused(lambda: scenario(kinds, routes=tuple(routes))) == "endless_transfer"


def test_certain_follow_ups_in_a_ring_are_refused_and_nearly_certain_ones_end_with_the_chain(
    scenario, kind, forecast, refused
):
    def again(share):
        return [kind(follow_ups=(FollowUp(FollowUpKind.RECONTACT, share),), work_s=Law(LawKind.CONSTANT, 1.0))]

    assert refused(lambda: scenario(again(1.0))) == "endless_follow_up"
    floor = scenario(again(0.999), attempts_max=5)
    day = draw_trace(floor, forecast(floor, 1.0), seed=1, replication=0, purpose="odd")
    people = staff_always_on(floor, {"g": 9})
    for engine in Engine:
        run = simulate(floor, day, people, engine=engine)
        assert run.log.attempt.max() == 4


@pytest.mark.parametrize("field", ["if_lost", "if_answered"])
@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_attempts_that_lead_to_themselves_back_or_nowhere_are_refused(trace, refused, field, ahead):
    day = trace({"at": 0, "work": 5, "then": {"work": 5}})

    assert refused(lambda: replace(day, **{field: np.array([-1, ahead])})) == "endless_attempts"


def test_a_chat_that_takes_more_slots_than_the_cap_is_refused_unless_the_cap_is_soft_for_it(
    scenario, kind, trace, staff, play, refused
):
    def floor(beyond_cap):
        big = kind("chat", Channel.CHAT, slots=4, beyond_cap=beyond_cap)
        return scenario([big], [Group("g", (), (Serve("chat"),), 3, (1.0, 1.0, 1.0))])

    assert refused(lambda: floor(0)) == "too_many_slots"
    seen = play(floor(1), trace((0, 10), (0, 10)), staff([[(0, 100)]]))
    assert seen.answered == [0, 10]  # one at a time, beyond the cap
