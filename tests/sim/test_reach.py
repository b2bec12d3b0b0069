"""What no head-count buys: the share in time when an idle agent is always there."""

import math
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scenarios import (
    Agent,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Effect,
    Forecast,
    Group,
    Law,
    LawKind,
    LongThink,
    Messages,
    Missorted,
    PlanningError,
    Quantity,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
    Shock,
)
from sim import replicate, staff_always_on
from sim.explaining.reach import (
    attempts_expected,
    attempts_per_contact,
    best_share_with_idle_agents,
    fastest_tenure,
    out_of_reach,
    reach_of,
)

RATE = 30.0


def exponential(mean_s):
    return Law(LawKind.EXPONENTIAL, mean_s)


def chat(name, first_s, reply_s=20.0, *, long_think=LongThink.STAYS, **more):
    """A chat of three rounds on average, all laws exponential; buyers think 40 s, sessions close after 60 s."""
    messages = Messages(3.0, exponential(first_s), exponential(reply_s), exponential(40.0), 60.0, long_think)
    return ContactType(name, Channel.CHAT, exponential(first_s + 2 * reply_s), messages=messages, **more)


CALL = ContactType("call", Channel.VOICE, exponential(300.0), exponential(120.0))
TICKET = ContactType("ticket", Channel.TICKET, exponential(600.0), due_within_s=3600.0)
SLOTS = ContactType("slots", Channel.CHAT, exponential(360.0), exponential(60.0))
QUICK, SLOW = chat("quick", 15.0), chat("slow", 55.0)
"""Within 30 s an idle agent has typed .865 and .420 of the first replies."""


@pytest.fixture
def forecast():
    """So many contacts of each type in every interval, with its own work."""

    def make(scenario, *rates):
        shape = (scenario.horizon.intervals, len(rates))
        works = [kind.messages.work_mean_s if kind.messages else kind.work_s.mean_s for kind in scenario.contact_types]
        names = tuple(kind.name for kind in scenario.contact_types)
        law = DemandUncertainty((0.0,) * len(scenario.horizon.days))
        return Forecast(scenario.horizon, names, np.full(shape, rates), np.full(shape, works), law)

    return make


@pytest.fixture
def missed(forecast):
    """Return the targets out of reach of a scenario when nobody is at work."""

    def find(scenario, *rates, staff=None):
        demand = forecast(scenario, *rates)
        return out_of_reach(scenario, demand, staff or staff_always_on(scenario, {}), demand.expected)

    return find


def test_an_idle_agent_types_half_a_minute_too_long_for_some_promises():
    """Replies of 20 s, exponential: 1 - exp(-30 / 20) = .777 are there within 30 s, whoever is on duty."""
    slow = chat("slow", 20.0)

    assert best_share_with_idle_agents(slow, 30.0) == pytest.approx(1 - math.exp(-1.5), abs=1e-12)
    assert best_share_with_idle_agents(slow, 30.0, work_factor=1.5) == pytest.approx(1 - math.exp(-1.0), abs=1e-12)
    assert best_share_with_idle_agents(slow, 0.0) == 0.0


@pytest.mark.parametrize("kind", [CALL, TICKET, SLOTS], ids=lambda kind: kind.name)
def test_whoever_is_taken_at_once_is_answered_at_once(kind):
    assert best_share_with_idle_agents(kind, 0.0) == 1.0


def test_a_reopened_session_begins_with_a_later_reply():
    """Of two thinks exp(-60 / 40) are too long: each opens a session whose first reply takes 20 s on average."""
    reopened = 2 * math.exp(-1.5)
    kind = chat("chat", 10.0, long_think=LongThink.REOPENS)
    expected = (1 - math.exp(-3.0) + reopened * (1 - math.exp(-1.5))) / (1 + reopened)

    assert attempts_per_contact(kind) == pytest.approx(1 + reopened)
    assert best_share_with_idle_agents(kind, 30.0) == pytest.approx(expected)


def test_a_pooled_promise_that_the_calls_make_up_for_is_within_reach(scenario, missed):
    """(20 x .865 + 40 x 1) / 60 = .955 > .9, though chats alone miss it."""
    kinds, together = (QUICK, CALL), (ServiceTarget("all", ("quick", "call"), 30.0, 0.9),)

    assert missed(scenario(kinds, targets=together), 20.0, 40.0) == ()
    (alone,) = missed(scenario(kinds, targets=together), 40.0, 5.0)
    assert (alone.target.name, alone.contact_types) == ("all", ("quick",))
    assert alone.best == pytest.approx((40 * (1 - math.exp(-2.0)) + 5) / 45)


def test_a_small_type_in_a_busy_group_is_named_when_it_is_out_of_reach(scenario, missed):
    targets = (ServiceTarget("calls", ("call",)), ServiceTarget("hard", ("slow",), 30.0, 0.9))
    (found,) = missed(scenario((CALL, SLOW), targets=targets), 100.0, 1.0)

    assert found.target.name == "hard"
    assert found.best == pytest.approx(1 - math.exp(-30 / 55))
    assert found.everywhere


def test_the_fastest_of_all_who_may_serve_a_type_decides(scenario, missed):
    """Somebody who types twice as fast stands in the second group of the ladder: .983 instead of .865 are in reach."""
    kinds, target = (QUICK,), (ServiceTarget("chats", ("quick",), 30.0, 0.9),)
    groups = tuple(Group(name, (), (Serve("quick"),), 3) for name in ("first", "second"))
    route = (Route("quick", (RouteStep("first"), RouteStep("second", 20.0))),)
    shop = scenario(kinds, groups, route, targets=target)
    staff = replace(staff_always_on(shop, {"first": 1, "second": 1}), tenure_factor=np.array([1.0, 0.5]))

    assert fastest_tenure(shop, staff, 0) == 0.5
    assert missed(shop, 20.0, staff=staff) == ()
    assert [found.target.name for found in missed(shop, 20.0)] == ["chats"]


def test_a_team_of_slow_people_is_judged_by_its_own_pace(scenario, missed):
    """First replies of 12 s are in time for .918, but for .846 of those who take 1.33 times as long."""
    kinds, target = (chat("chat", 12.0),), (ServiceTarget("chats", ("chat",), 30.0, 0.9),)
    people = {"contracts": (Contract("c", (), 40.0, 30.0),), "agents": (Agent("a", "c", (), tenure_factor=1.33),)}

    assert missed(scenario(kinds, targets=target), 20.0) == ()
    (found,) = missed(scenario(kinds, targets=target, **people), 20.0)
    assert found.best == pytest.approx(1 - math.exp(-30 / 12 / 1.33))


def test_slow_systems_put_a_promise_out_of_reach_on_their_dates_alone(scenario, missed):
    noon = datetime(2025, 11, 11, tzinfo=ZoneInfo("Asia/Shanghai"))
    shock = Shock("slow", (Effect(Quantity.WORK, 2.0, start=noon),))
    quick = Shock("phrases", (Effect(Quantity.FIRST_REPLY, 0.5),))
    shop = scenario(
        (chat("chat", 12.0),), hours=((9, 21), (9, 21)), shocks=(shock,),
        targets=(ServiceTarget("chats", ("chat",), 30.0, 0.9),),
    )  # fmt: skip
    (found,) = missed(shop, 20.0)

    assert (found.dates, found.everywhere) == ((date(2025, 11, 11),), False)
    assert found.best == pytest.approx(1 - math.exp(-30 / 24))
    assert missed(replace(shop, shocks=(shock, quick)), 20.0) == ()


@pytest.mark.statistical
def test_a_floor_with_far_too_many_people_keeps_just_what_is_said_to_be_in_reach(scenario, forecast):
    # Reopenings, mistakes of the diversion, and slow systems; sure to three standard errors, the seed is fixed.
    astray = Missorted(0.2, "other", exponential(25.0))
    kinds = (chat("chat", 15.0, long_think=LongThink.REOPENS, missorted=astray), chat("other", 20.0))
    shop = scenario(
        kinds, targets=(ServiceTarget("chats", ("chat", "other"), 30.0, 0.99),),
        shocks=(Shock("slow", (Effect(Quantity.WORK, 1.5),)),),
    )  # fmt: skip
    demand, staff = forecast(shop, RATE, RATE), staff_always_on(shop, {group.name: 400 for group in shop.groups})
    study = replicate(shop, demand, staff, replications=10, seed=3, purpose="reach")
    kept = study.report(intervals=False).find("share_in_time", "chats")
    (found,) = out_of_reach(shop, demand, staff, demand.expected)

    assert kept.value == pytest.approx(found.best, abs=0.011)
    assert kept.high - kept.low < 0.02


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: best_share_with_idle_agents(CALL, -1.0),
        lambda: best_share_with_idle_agents(CALL, 30.0, work_factor=0.0),
    ],
)
def test_impossible_questions_are_refused(wrong):
    with pytest.raises(PlanningError):
        wrong()


def test_more_rounds_than_usual_reopen_more_sessions(scenario, forecast):
    """Each further round is thought about for longer than 60 s with e^-1.5; its first reply is a later one."""
    kind = chat("talk", 15.0, long_think=LongThink.REOPENS)
    floor = scenario([kind])
    usual = forecast(floor, RATE)
    rounds = np.where(np.arange(len(usual.work_s)) % 2, 3.0, 7.0)[:, None]
    longer = replace(usual, rounds=rounds, work_s=15.0 + (rounds - 1.0) * 20.0)
    fewer, more = 2.0 * math.exp(-1.5), 6.0 * math.exp(-1.5)
    first, later = 1.0 - math.exp(-2.0), 1.0 - math.exp(-1.5)

    assert attempts_expected(longer, kind)[:2] == pytest.approx([1.0 + more, 1.0 + fewer])
    assert reach_of(floor, longer, 0, 1.0, 30.0)[:2] == pytest.approx(
        [(first + more * later) / (1.0 + more), (first + fewer * later) / (1.0 + fewer)], abs=1e-9
    )
    assert reach_of(floor, usual, 0, 1.0, 30.0)[0] == reach_of(floor, longer, 0, 1.0, 30.0)[1]
