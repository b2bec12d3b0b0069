"""Tickets: earliest due first, interrupted by live contacts, carried over the night."""

import pytest

from scenarios import Channel, Group, Route, RouteStep, Serve

HOUR = 3600
ALL_DAY = [[(0, 24 * HOUR)]]
CALL, TICKET = 0, 1


@pytest.fixture
def desk(scenario, kind):
    """One group that takes calls first and tickets in between."""

    def make(**more):
        kinds = [kind("call"), kind("ticket", Channel.TICKET)]
        return scenario(kinds, [Group("g", (), (Serve("call"), Serve("ticket", 5)))], **more)

    return make


def ticket(at, work, due):
    return {"at": at, "work": work, "kind": TICKET, "due": due}


def test_a_call_interrupts_a_ticket_which_goes_on_afterwards(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 999), (30, 50)), staff(ALL_DAY))

    assert seen.answered == [0, 30]
    # 30 s were done before the call, so 70 s remain when it ends at 80.
    assert seen.ended == [150, 80]
    assert seen.outcomes == ["ANSWERED", "ANSWERED"]
    assert seen.hops == [0, 0]
    assert seen.busy == [150]


def test_an_interrupted_ticket_moves_on_to_an_agent_who_is_free(desk, scenario, kind, trace, staff, play):
    kinds = [kind("call"), kind("ticket", Channel.TICKET)]
    groups = [Group("both", (), (Serve("call"), Serve("ticket", 5))), Group("back", (), (Serve("ticket"),))]
    routes = [Route("call", (RouteStep("both"),)), Route("ticket", (RouteStep("both"), RouteStep("back")))]
    people = staff(ALL_DAY, {"shifts": [[(20, 500)]], "group": 1, "tenure": 2.0})

    seen = play(scenario(kinds, groups, routes), trace(ticket(0, 100, 999), (30, 50)), people)
    # The 70 s that remain take the slower agent 140 s.
    assert (seen.ended, seen.agents) == ([170, 80], [1, 0])
    assert seen.hops == [1, 0]


def test_the_ticket_due_earliest_comes_first(desk, trace, staff, play):
    rows = [ticket(0, 10, 500), ticket(1, 10, 900), ticket(2, 10, 300), ticket(3, 10, 600)]
    seen = play(desk(), trace(*rows), staff(ALL_DAY))

    assert seen.answered == [0, 30, 10, 20]


def test_of_two_tickets_in_hand_the_one_due_last_is_interrupted(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 900), ticket(0, 100, 300), (50, 10)), staff(ALL_DAY, ALL_DAY))

    assert seen.agents[2] == seen.agents[0]
    assert seen.ended == [110, 100, 60]


def test_a_waiting_call_goes_before_a_waiting_ticket(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(5, 10, 30), (6, 10)), staff([[(20, 500)]]))

    assert seen.answered == [30, 20]


def test_an_interrupted_ticket_goes_back_in_order_of_its_due_time(desk, trace, staff, play):
    rows = [ticket(0, 100, 900), (30, 10), ticket(35, 10, 200)]
    seen = play(desk(), trace(*rows), staff(ALL_DAY))

    assert seen.ended == [120, 40, 50]


def test_a_backlog_is_carried_over_the_night(desk, trace, staff, play):
    floor = desk(hours=((8, 9), (8, 9)))
    next_day = 32 * HOUR
    people = staff([[(8 * HOUR, 9 * HOUR)], [(next_day, next_day + HOUR)]])

    seen = play(floor, trace(ticket(8 * HOUR, HOUR + 60, 40 * HOUR), ticket(8 * HOUR + 1, 60, 41 * HOUR)), people)
    assert seen.answered == [8 * HOUR, next_day]


def test_a_ticket_that_arrives_at_night_waits_for_the_morning(desk, trace, staff, play):
    seen = play(desk(hours=((8, 9),)), trace(ticket(3 * HOUR, 60, 24 * HOUR)), staff([[(8 * HOUR, 9 * HOUR)]]))

    assert (seen.answered, seen.outcomes) == ([8 * HOUR], ["ANSWERED"])


def test_a_ticket_nobody_finishes_within_the_horizon_is_open(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 999), (30, 50)), staff([[(0, 40)]]))

    # Begun, interrupted at 30, and nobody came back to it.
    assert (seen.outcomes[0], seen.answered[0], seen.ended[0]) == ("OPEN", 0, None)


def test_a_ticket_in_hand_when_the_shift_ends_is_finished_and_not_interrupted(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 999), (60, 50)), staff([[(0, 50)]]))

    assert (seen.ended[0], seen.outcomes) == (100, ["ANSWERED", "CLOSED_OUT"])


def test_a_ticket_may_be_interrupted_again_once_the_next_shift_has_begun(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 999), (20, 60), (75, 10)), staff([[(10, 30)], [(70, 500)]]))

    # The call is interrupted by nobody; the ticket goes on after it.
    assert seen.answered == [10, 20, 80]


def test_a_ticket_in_hand_as_the_next_shift_begins_may_be_interrupted_then(desk, trace, staff, play):
    seen = play(desk(), trace(ticket(0, 100, 999), (70, 10)), staff([[(0, 50)], [(60, 500)]]))

    assert (seen.answered, seen.ended) == ([0, 70], [110, 80])


def test_a_chat_interrupts_a_ticket_too(scenario, kind, trace, staff, play):
    kinds = [kind("chat", Channel.CHAT), kind("ticket", Channel.TICKET)]
    group = Group("g", (), (Serve("chat"), Serve("ticket", 5)), 2, (1.0, 0.5))

    seen = play(scenario(kinds, [group]), trace(ticket(0, 100, 999), (40, 20), (50, 20)), staff(ALL_DAY))
    # Sessions: 10 s alone, 20 s for the last 10 s of the first, 10 s alone.
    assert seen.ended == [140, 70, 80]


def test_a_group_open_to_a_ticket_later_takes_it_then(scenario, kind, trace, staff, play):
    kinds = [kind("ticket", Channel.TICKET)]
    groups = [Group("first", (), (Serve("ticket"),)), Group("later", (), (Serve("ticket"),))]
    routes = [Route("ticket", (RouteStep("first"), RouteStep("later", 60.0)))]
    rows = [{"at": 0, "work": 500, "due": 1000}, {"at": 10, "work": 10, "due": 1000}]

    seen = play(scenario(kinds, groups, routes), trace(*rows), staff(ALL_DAY, {"shifts": ALL_DAY, "group": 1}))
    assert seen.answered == [0, 70]
    assert seen.agents == [0, 1]
