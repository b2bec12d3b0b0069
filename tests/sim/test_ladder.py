"""The ladder: what waiting leads to besides further groups: more urgency, another line."""

import pytest

from scenarios import Channel, Group, Route, RouteStep, Serve

ALL_DAY = [[(0, 24 * 3600)]]


def second(shifts=ALL_DAY):
    return {"shifts": shifts, "group": 1}


@pytest.mark.parametrize(
    ("from_wait_s", "answered"),
    [
        (39.0, [60, 70]),  # has waited longer than the step asks, and is the more urgent one
        (40.0, [70, 60]),  # exactly as long does not do
    ],
)
def test_a_contact_becomes_more_urgent_once_it_has_waited_longer(
    from_wait_s, answered, scenario, kind, trace, staff, play
):
    group = Group("g", (), (Serve("a", 1), Serve("b", 0)))
    routes = [Route("a", (RouteStep("g"), RouteStep(raise_priority=2, from_wait_s=from_wait_s))),
              Route("b", (RouteStep("g"),))]  # fmt: skip
    rows = [{"at": 0, "work": 60}, {"at": 20, "work": 10}, {"at": 30, "work": 10, "kind": 1}]

    seen = play(scenario([kind("a"), kind("b")], [group], routes), trace(*rows), staff(ALL_DAY))
    assert seen.answered[1:] == answered


@pytest.fixture
def transfers(scenario, kind):
    """Type a goes to the first group, and after 30 s into the line of b, which belongs to the second group."""

    def make(**more):
        kinds = [kind("a", **more), kind("b", **more)]
        groups = [Group("first", (), (Serve("a"),)), Group("second", (), (Serve("b"),))]
        routes = [Route("a", (RouteStep("first"), RouteStep(transfer_to="b", from_wait_s=30.0))),
                  Route("b", (RouteStep("second"),))]  # fmt: skip
        return scenario(kinds, groups, routes)

    return make


def test_who_has_waited_too_long_is_moved_to_another_line(transfers, trace, staff, play):
    seen = play(transfers(), trace((0, 100), (10, 20)), staff(ALL_DAY, second()))

    assert (seen.answered, seen.agents, seen.hops) == ([0, 40], [0, 1], [0, 1])
    assert (seen.log.line.tolist(), seen.log.contact_type.tolist()) == ([0, 1], [0, 0])


def test_who_is_moved_stands_behind_those_who_wait_there(transfers, trace, staff, play):
    rows = [(0, 100), {"at": 5, "work": 60, "kind": 1}, (10, 20), {"at": 20, "work": 10, "kind": 1}]
    seen = play(transfers(), trace(*rows), staff(ALL_DAY, second()))

    # He joins the second line at 40, behind the caller of 20, who is answered at 65.
    assert seen.answered == [0, 5, 75, 65]


def test_who_is_moved_keeps_his_patience(transfers, trace, staff, play):
    seen = play(transfers(), trace((0, 100), {"at": 10, "work": 20, "patience": 50}), staff(ALL_DAY))

    assert (seen.outcomes[1], seen.ended[1], seen.hops[1]) == ("ABANDONED", 60, 1)


def test_who_is_moved_does_not_hold_up_the_line_he_left(transfers, trace, staff, play):
    seen = play(transfers(), trace((0, 100), (10, 20), (80, 5)), staff(ALL_DAY))

    assert (seen.outcomes, seen.answered) == (["ANSWERED", "CLOSED_OUT", "ANSWERED"], [0, None, 100])


def test_everybody_who_has_waited_so_long_is_moved_not_only_the_first(transfers, trace, staff, play):
    seen = play(transfers(), trace((0, 100), (10, 20), (10, 20)), staff(ALL_DAY, second(), second()))

    assert (seen.answered, seen.hops) == ([0, 40, 40], [0, 1, 1])


def test_a_waiting_ticket_is_moved_and_one_in_hand_is_not(transfers, trace, staff, play):
    rows = [{"at": 0, "work": 100, "due": 900}, {"at": 10, "work": 20, "due": 900}]
    seen = play(transfers(channel=Channel.TICKET), trace(*rows), staff(ALL_DAY, second()))

    assert (seen.answered, seen.agents, seen.hops) == ([0, 40], [0, 1], [0, 1])
    assert seen.log.line.tolist() == [0, 1]


def test_a_ticket_becomes_more_urgent_step_by_step(scenario, kind, trace, staff, play):
    kinds = [kind("a", Channel.TICKET), kind("b", Channel.TICKET)]
    group = Group("g", (), (Serve("a", 2), Serve("b", 0)))
    raised = [RouteStep(raise_priority=2, from_wait_s=20.0), RouteStep(raise_priority=1, from_wait_s=60.0)]
    routes = [Route("a", (RouteStep("g"), *raised)), Route("b", (RouteStep("g"),))]
    # All wait for the agent, who comes at 50: due at 700, 600, 500.
    rows = [{"at": 0, "work": 30, "due": 700}, {"at": 0, "work": 30, "due": 600},
            {"at": 0, "work": 30, "due": 500, "kind": 1}, {"at": 55, "work": 10, "due": 400, "kind": 1}]  # fmt: skip

    seen = play(scenario(kinds, [group], routes), trace(*rows), staff([[(50, 900)]]))
    # At 50 all have priority 0, so the due time decides; from 60 on type a goes before type b.
    assert seen.answered == [110, 80, 50, 140]
