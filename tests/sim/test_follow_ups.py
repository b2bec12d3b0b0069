"""What follows an answer or a loss: re-contact, escalation, departments, tickets, messages, the same agent again."""

import pytest

from scenarios import AtClosing, Cause, Channel, Group, Route, RouteStep, Serve

HOUR = 3600
ALL_DAY = [[(0, 24 * HOUR)]]
MAIL = 1


def of_group(number, shifts=ALL_DAY):
    return {"shifts": shifts, "group": number}


@pytest.fixture
def desk(scenario, kind):
    """Calls and tickets, one group."""

    def make(**more):
        kinds = [kind("call", **more.pop("call", {})), kind("mail", Channel.TICKET)]
        return scenario(kinds, [Group("g", (), (Serve("call"), Serve("mail", 5)))], **more)

    return make


@pytest.mark.parametrize(("tenure", "offered"), [(1.2, [0]), (1.3, [0, 113])])
def test_who_was_answered_by_a_slow_agent_comes_again(tenure, offered, desk, trace, staff, play):
    again = {"work": 10, "after": 100, "cause": Cause.RECONTACT}
    people = staff({"shifts": ALL_DAY, "tenure": tenure})

    seen = play(desk(), trace({"at": 0, "work": 10, "need": 1.2, "then": again}), people)
    assert seen.offered == offered  # 13 s of work, then 100 s


def test_a_matter_is_escalated_from_level_to_level(scenario, kind, trace, staff, play):
    kinds = [kind("one"), kind("two"), kind("three")]
    groups = [Group(f"of {one.name}", (), (Serve(one.name),)) for one in kinds]
    routes = [Route(one.name, (RouteStep(f"of {one.name}"),)) for one in kinds]
    third = {"work": 30, "cause": Cause.ESCALATION, "kind": 2}
    second = {"work": 20, "after": 5, "cause": Cause.ESCALATION, "kind": 1, "then": third}

    people = staff(*map(of_group, range(3)))
    seen = play(scenario(kinds, groups, routes), trace({"at": 0, "work": 10, "then": second}, (12, 10)), people)
    assert seen.causes == ["FIRST", "ESCALATION", "ESCALATION", "FIRST"]
    assert (seen.offered, seen.ended) == ([0, 15, 35, 12], [10, 35, 65, 22])
    assert (seen.agents, seen.log.attempt.tolist()) == ([0, 1, 2, 0], [0, 1, 2, 0])


def test_a_contact_in_the_wrong_line_is_found_out_there_and_transferred(scenario, kind, trace, staff, play):
    groups = [Group("a", (), (Serve("a"),)), Group("b", (), (Serve("b"),))]
    routes = [Route("a", (RouteStep("a"),)), Route("b", (RouteStep("b"),))]
    right = {"work": 60, "cause": Cause.TRANSFER}
    rows = [{"at": 0, "work": 50, "kind": 1}, {"at": 10, "work": 5, "kind": 0, "line": 1, "then": right}]

    seen = play(scenario([kind("a"), kind("b")], groups, routes), trace(*rows), staff(of_group(0), of_group(1)))
    # It waits for the agent of b until 50, is found out within 5 s, and goes to a at once.
    assert (seen.answered, seen.agents) == ([0, 50, 55], [1, 1, 0])
    assert (seen.log.contact_type.tolist(), seen.log.line.tolist()) == ([1, 0, 0], [1, 1, 0])


def test_a_matter_comes_back_from_another_department(desk, trace, staff, play):
    back = {"work": 20, "after": 600, "cause": Cause.DEPARTMENT}
    seen = play(desk(), trace({"at": 0, "work": 10, "then": back}), staff(ALL_DAY))

    assert (seen.causes, seen.answered) == (["FIRST", "DEPARTMENT"], [0, 610])


def test_a_chat_leaves_a_ticket_behind_when_its_session_closes(scenario, kind, talk, trace, staff, play):
    kinds = [talk(), kind("mail", Channel.TICKET)]
    groups = [Group("chats", (), (Serve("chat"),), 2), Group("back", (), (Serve("mail"),))]
    routes = [Route("chat", (RouteStep("chats"),)), Route("mail", (RouteStep("back"),))]
    case = {"work": 50, "cause": Cause.TICKET, "kind": MAIL, "due_within": 300}
    row = {"at": 0, "rounds": [10], "hold": 20, "then": case}

    seen = play(scenario(kinds, groups, routes), trace(row), staff(ALL_DAY, of_group(1)))
    assert (seen.offered, seen.ended, seen.agents) == ([0, 30], [30, 80], [0, 1])
    assert seen.run.due_us.tolist()[1] == 330_000_000


def test_who_gave_up_leaves_a_message_a_moment_later(desk, trace, staff, play):
    message = {"work": 40, "cause": Cause.MESSAGE, "kind": MAIL, "due_within": 600}
    seen = play(desk(), trace((0, 100), {"at": 10, "work": 9, "patience": 30, "lost": message}), staff(ALL_DAY))

    assert (seen.outcomes, seen.causes) == (["ANSWERED", "ABANDONED", "ANSWERED"], ["FIRST", "FIRST", "MESSAGE"])
    assert (seen.offered[2], seen.answered[2]) == (40.000001, 100)


def test_who_was_answered_leaves_no_message(desk, trace, staff, play):
    message = {"work": 40, "cause": Cause.MESSAGE, "kind": MAIL, "due_within": 600}
    seen = play(desk(), trace((0, 20), {"at": 10, "work": 9, "patience": 30, "lost": message}), staff(ALL_DAY))

    assert seen.causes == ["FIRST", "FIRST"]


def test_who_still_waits_at_closing_leaves_a_message_then_and_does_not_call_again(desk, trace, staff, play):
    message = {"work": 40, "cause": Cause.MESSAGE, "kind": MAIL, "due_within": 600}
    rows = [{"at": HOUR - 10, "work": 30}, {"at": HOUR - 5, "work": 9, "lost": message},
            {"at": HOUR - 4, "work": 9, "patience": 60, "redial": [50]}]  # fmt: skip

    seen = play(desk(hours=((0, 1), (0, 1))), trace(*rows), staff(ALL_DAY))
    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT", "ANSWERED", "CLOSED_OUT"]
    assert (seen.offered[2], seen.answered[2]) == (HOUR, HOUR + 20)


def test_who_arrives_after_closing_leaves_a_message_at_once(desk, trace, staff, play):
    message = {"work": 40, "cause": Cause.MESSAGE, "kind": MAIL, "due_within": 600}
    seen = play(desk(hours=((0, 1),)), trace({"at": HOUR + 5, "work": 9, "lost": message}), staff(ALL_DAY))

    assert (seen.outcomes, seen.offered) == (["CLOSED_OUT", "ANSWERED"], [HOUR + 5, HOUR + 5])


@pytest.mark.parametrize(
    ("cause", "outcomes"),
    [
        (Cause.RECONTACT, ["ANSWERED"]),
        (Cause.REOPENED, ["ANSWERED"]),
        (Cause.ESCALATION, ["ANSWERED", "CLOSED_OUT"]),
        (Cause.TRANSFER, ["ANSWERED", "CLOSED_OUT"]),
        (Cause.DEPARTMENT, ["ANSWERED", "CLOSED_OUT"]),
    ],
)
def test_while_closed_only_what_the_shop_owes_is_offered(cause, outcomes, desk, trace, staff, play):
    ahead = {"work": 10, "after": 60, "cause": cause}
    row = {"at": HOUR - 30, "work": 10, "then": ahead}

    seen = play(desk(hours=((0, 1),)), trace(row), staff(ALL_DAY))
    assert seen.outcomes == outcomes
    assert seen.ended[1:] == seen.offered[1:]


@pytest.mark.parametrize("cause", [Cause.ESCALATION, Cause.TRANSFER, Cause.DEPARTMENT])
def test_what_the_shop_owes_while_it_is_closed_comes_when_it_opens_next(cause, desk, trace, staff, play):
    row = {"at": HOUR - 30, "work": 10, "then": {"work": 10, "after": 60, "cause": cause}}

    seen = play(desk(hours=((0, 1), (2, 3))), trace(row), staff([[(0, 48 * HOUR)]]))
    assert seen.outcomes == ["ANSWERED", "ANSWERED"]
    assert (seen.offered[1], seen.answered[1]) == (26 * HOUR, 26 * HOUR)


def test_who_waits_at_closing_may_be_served_by_those_still_at_work(desk, trace, staff, play):
    floor = desk(call={"at_closing": AtClosing.SERVED}, hours=((0, 1),))
    rows = [(HOUR - 10, 100), (HOUR - 5, 10), {"at": HOUR - 4, "work": 10, "patience": 20}]

    seen = play(floor, trace(*rows), staff(ALL_DAY))
    assert (seen.outcomes, seen.answered[1]) == (["ANSWERED", "ANSWERED", "ABANDONED"], HOUR + 90)


def test_who_is_served_at_closing_waits_for_a_day_at_most(desk, trace, staff, play):
    floor = desk(call={"at_closing": AtClosing.SERVED}, hours=((0, 1),))
    seen = play(floor, trace((HOUR - 10, 100)), staff())

    assert (seen.outcomes, seen.ended) == (["CLOSED_OUT"], [25 * HOUR])


def test_who_comes_after_closing_is_not_served_even_where_waiting_buyers_are(desk, trace, staff, play):
    floor = desk(call={"at_closing": AtClosing.SERVED}, hours=((0, 1),))
    seen = play(floor, trace((HOUR, 100)), staff(ALL_DAY))

    assert (seen.outcomes, seen.ended) == (["CLOSED_OUT"], [HOUR])


# ---- affinity -------------------------------------------------------------------------------------------------------


AGAIN = {"work": 10, "after": 100, "cause": Cause.RECONTACT}


def rows_of_two(busy_until=0):
    """Somebody answered by the second agent who comes again at 120; perhaps that agent is busy then."""
    rows = [(0, 15), {"at": 10, "work": 10, "then": AGAIN}]
    return [*rows, *([(110, 2), (111, busy_until - 111)] if busy_until else [])]


@pytest.mark.parametrize(("affinity", "agent"), [(True, 1), (False, 0)])
def test_a_buyer_comes_back_to_the_agent_who_knows_the_matter(affinity, agent, desk, trace, staff, play):
    seen = play(desk(call={"affinity": affinity}), trace(*rows_of_two()), staff(ALL_DAY, ALL_DAY))

    # The first agent stands in line since 15, the second since 20.
    assert (seen.agents, seen.answered[2]) == ([0, 1, agent], 120)


def test_a_buyer_does_not_wait_for_the_agent_who_knows_the_matter(desk, trace, staff, play):
    seen = play(desk(call={"affinity": True}), trace(*rows_of_two(200)), staff(ALL_DAY, ALL_DAY))

    assert (seen.agents[2], seen.answered[2]) == (0, 120)


def test_who_finished_the_ticket_knows_the_matter(desk, trace, staff, play):
    case = {"work": 50, "cause": Cause.TICKET, "kind": MAIL, "due_within": 300,
            "then": {"work": 10, "after": 100, "cause": Cause.DEPARTMENT, "kind": 0}}  # fmt: skip
    rows = [{"at": 0, "work": 10, "then": case}, (5, 100), (150, 5)]
    people = staff([[(0, 10), (100, 900)]], ALL_DAY, [[(5, 900)]])

    seen = play(desk(call={"affinity": True}), trace(*rows), people)
    # The call is answered by the first agent, the ticket by the third, who then takes the call of 150 as well, so that
    # the others stand longer in line than he does when the matter comes back at 160.
    assert seen.agents[:3] == [0, 2, 2]


def test_affinity_overtakes_a_waiting_line(scenario, kind, trace, staff, play):
    groups = [Group("calls", (), (Serve("call"),)), Group("all", (), (Serve("call"), Serve("other")))]
    routes = [Route("call", (RouteStep("calls"), RouteStep("all", 500.0))), Route("other", (RouteStep("all"),))]
    again = {"work": 10, "after": 100, "cause": Cause.RECONTACT, "kind": 0}
    rows = [{"at": 0, "work": 10, "kind": 1, "then": again}, (1, 300), (50, 10)]

    floor = scenario([kind("call", affinity=True), kind("other")], groups, routes)
    seen = play(floor, trace(*rows), staff(of_group(0), of_group(1)))
    # The caller of 50 may go to the second group from 550 on only; who comes back at 110 goes there at once.
    assert (seen.answered, seen.agents) == ([0, 110, 1, 301], [1, 1, 0, 0])
