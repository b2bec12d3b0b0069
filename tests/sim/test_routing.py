"""Routing: ranked groups with least waits, priorities, age weights, blending, redial."""

import pytest

from scenarios import Channel, Group, Route, RouteStep, Serve

ALL_DAY = [[(0, 24 * 3600)]]


def second(shifts=ALL_DAY):
    return {"shifts": shifts, "group": 1}


@pytest.fixture
def overflow(scenario, kind):
    """Calls go to the first group, from 30 s of waiting on to the second one too."""
    groups = [Group("first", (), (Serve("call"),)), Group("second", (), (Serve("call"),))]
    return scenario([kind()], groups, [Route("call", (RouteStep("first"), RouteStep("second", 30.0)))])


def test_a_call_overflows_to_the_next_group_at_its_waiting_time(overflow, trace, staff, play):
    seen = play(overflow, trace((0, 100), (10, 100)), staff(ALL_DAY, second()))

    assert (seen.answered, seen.agents) == ([0, 40], [0, 1])


def test_an_agent_of_the_next_group_who_is_freed_early_leaves_the_call_alone(overflow, trace, staff, play):
    seen = play(overflow, trace((0, 100), (10, 100)), staff(ALL_DAY, second([[(20, 500)]])))

    assert seen.answered == [0, 40]


def test_an_agent_of_the_next_group_who_is_freed_late_takes_the_oldest_call(overflow, trace, staff, play):
    seen = play(overflow, trace((0, 100), (10, 100), (11, 100)), staff(ALL_DAY, second([[(70, 500)]])))

    assert (seen.answered, seen.agents) == ([0, 70, 100], [0, 1, 0])


def test_a_call_that_gave_up_does_not_overflow(overflow, trace, staff, play):
    seen = play(overflow, trace((0, 100), {"at": 10, "work": 9, "patience": 29}), staff(ALL_DAY, second()))

    assert seen.outcomes == ["ANSWERED", "ABANDONED"]


def test_the_first_group_of_the_route_is_asked_first(scenario, kind, trace, staff, play):
    groups = [Group("a", (), (Serve("call"),)), Group("b", (), (Serve("call"),))]
    floor = scenario([kind()], groups, [Route("call", (RouteStep("b"), RouteStep("a")))])

    seen = play(floor, trace((0, 100), (1, 100)), staff(ALL_DAY, second()))
    assert seen.agents == [1, 0]


@pytest.mark.parametrize(
    ("serves", "answered"),
    [
        ((Serve("a", 1), Serve("b", 0)), [60, 50]),  # priority decides
        ((Serve("a"), Serve("b")), [50, 60]),  # the longer wait decides
        ((Serve("a"), Serve("b", 0, 2.0)), [60, 50]),  # 40 s against twice 30 s
    ],
)
def test_a_freed_agent_takes_the_most_urgent_then_the_longest_weighted_wait(
    serves, answered, scenario, kind, trace, staff, play
):
    floor = scenario([kind("a"), kind("b")], [Group("g", (), serves)])
    rows = [{"at": 0, "work": 50}, {"at": 10, "work": 10}, {"at": 20, "work": 10, "kind": 1}]

    assert play(floor, trace(*rows), staff(ALL_DAY)).answered[1:] == answered


def test_a_call_takes_the_whole_agent(scenario, kind, trace, staff, play):
    kinds = [kind("call"), kind("chat", Channel.CHAT)]
    group = Group("g", (), (Serve("call"), Serve("chat")), 3, (1.0, 1.0, 1.0))
    rows = [{"at": 0, "work": 50}, {"at": 10, "work": 10, "kind": 1}]

    assert play(scenario(kinds, [group]), trace(*rows), staff(ALL_DAY)).answered == [0, 50]


def test_a_call_waits_until_an_agent_has_closed_all_sessions_while_chats_join_them(scenario, kind, trace, staff, play):
    kinds = [kind("call"), kind("chat", Channel.CHAT)]
    group = Group("g", (), (Serve("call"), Serve("chat", 1)), 2, (1.0, 1.0))
    rows = [{"at": 0, "work": 50, "kind": 1}, {"at": 10, "work": 10}, {"at": 20, "work": 60, "kind": 1}]

    assert play(scenario(kinds, [group]), trace(*rows), staff(ALL_DAY)).answered == [0, 80, 20]


def test_a_buyer_who_gave_up_comes_back_after_the_drawn_delay(scenario, trace, staff, play):
    again = {"at": 10, "work": 20, "patience": 30, "redial": [45]}
    seen = play(scenario(), trace((0, 60), again), staff(ALL_DAY))

    # Gives up at 40, calls again at 85 and is answered at once.
    assert seen.outcomes == ["ANSWERED", "ABANDONED", "ANSWERED"]
    log = seen.log
    assert (log.root.tolist(), log.attempt.tolist(), log.cause.tolist()) == ([0, 1, 1], [0, 0, 1], [0, 0, 1])
    assert seen.answered == [0, None, 85]


def test_a_buyer_who_gives_up_every_time_stops_after_the_last_attempt(scenario, trace, staff, play):
    again = {"at": 10, "work": 20, "patience": 30, "redial": [10, 10]}
    seen = play(scenario(), trace((0, 600), again), staff(ALL_DAY))

    assert seen.outcomes == ["ANSWERED", "ABANDONED", "ABANDONED", "ABANDONED"]
    assert seen.ended[1:] == [40, 80, 120]


def test_nobody_calls_again_once_the_service_is_closed(scenario, trace, staff, play):
    again = {"at": 3590, "work": 20, "patience": 5, "redial": [10]}
    seen = play(scenario(hours=((0, 1),)), trace((3500, 200), again), staff(ALL_DAY))

    assert seen.outcomes == ["ANSWERED", "ABANDONED"]


def test_who_was_answered_does_not_call_again(scenario, trace, staff, play):
    seen = play(scenario(), trace({"at": 0, "work": 20, "patience": 5, "redial": [10]}), staff(ALL_DAY))

    assert seen.outcomes == ["ANSWERED"]


def test_a_returning_buyer_stands_in_the_queue_like_everybody_else(scenario, trace, staff, play):
    again = {"at": 10, "work": 20, "patience": 100, "redial": [10]}
    rows = [(0, 130), again, (115, 30)]

    seen = play(scenario(), trace(*rows), staff(ALL_DAY))
    # He gives up at 110 and is back at 120, behind the caller of 115; what he was worth waiting for is the same.
    assert seen.answered == [0, None, 160, 130]
