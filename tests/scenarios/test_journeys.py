"""Every way a contact can take leads to a type there is, in a line it can stand in, and comes to an end."""

from dataclasses import replace

import pytest

from scenarios import (
    Channel,
    ContactType,
    FollowUp,
    FollowUpKind,
    Group,
    Law,
    LawKind,
    LeaveMessage,
    Messages,
    Missorted,
    Route,
    RouteStep,
    Serve,
)

LAW = Law(LawKind.EXPONENTIAL, 60.0)
TALK = Messages(3.0, LAW, LAW, LAW)


def voice(name="call", **more):
    return ContactType(name, Channel.VOICE, LAW, **more)


def chat(name="chat", **more):
    return ContactType(name, Channel.CHAT, LAW, **more)


def written(name="written", **more):
    return ContactType(name, Channel.CHAT, Law(LawKind.LOGNORMAL, TALK.work_mean_s), messages=TALK, **more)


def ticket(name="mail", **more):
    return ContactType(name, Channel.TICKET, LAW, due_within_s=3600.0, **more)


@pytest.fixture
def floor(make_scenario):
    """A scenario of these types, each alone in a group of its own; some groups and ladders may be others."""

    def make(*kinds, groups=(), routes=()):
        alone = {kind.name: Group(kind.name, ("talk",), (Serve(kind.name),)) for kind in kinds}
        alone |= {group.name: group for group in groups}
        ladders = {kind.name: Route(kind.name, (RouteStep(kind.name),)) for kind in kinds}
        ladders |= {route.contact_type: route for route in routes}
        plain = tuple(replace(kind, profile="") for kind in kinds)
        return make_scenario(
            contact_types=plain, groups=tuple(alone.values()), routes=tuple(ladders.values()), targets=()
        )  # fmt: skip

    return make


def moved(name, to, after_s=60.0):
    return Route(name, (RouteStep(name), RouteStep(transfer_to=to, from_wait_s=after_s)))


def leads(*ways):
    return tuple(FollowUp(FollowUpKind.ESCALATION, share, to) for to, share in ways)


def test_follow_ups_messages_and_diversions_may_lead_to_any_fitting_type(floor):
    scenario = floor(
        voice(follow_ups=leads(("mail", 0.5), ("", 0.5)), message=LeaveMessage(0.5, "mail")),
        voice("other", missorted=Missorted(0.1, "call", LAW)),
        written(missorted=Missorted(0.1, "second", LAW), follow_ups=leads(("call", 1.0))),
        written("second"),
        ticket(),
    )

    assert scenario.contact_types[0].message.to == "mail"


@pytest.mark.parametrize(
    "kinds",
    [
        (voice(follow_ups=leads(("nowhere", 0.5))),),
        (voice(message=LeaveMessage(0.5, "nowhere")),),
        (voice(missorted=Missorted(0.5, "nowhere", LAW)),),
    ],
)
def test_a_way_to_a_type_there_is_not_is_refused(floor, refused, kinds):
    with refused("unknown_name"):
        floor(*kinds)


def test_a_message_is_a_ticket(floor, refused):
    with refused("message_is_ticket"):
        floor(voice(message=LeaveMessage(0.5, "other")), voice("other"))


@pytest.mark.parametrize("other", [chat("other"), ticket("other"), written("other")])
def test_a_contact_stands_only_in_lines_of_its_own_kind(floor, refused, other):
    with refused("other_channel"):
        floor(voice(missorted=Missorted(0.1, "other", LAW)), other)
    with refused("other_channel"):
        floor(voice(), other, routes=(moved("call", "other"),))


def test_a_chat_by_slots_never_stands_in_a_line_by_messages(floor, refused):
    for one, two in ((chat(), written("other")), (written("chat"), chat("other"))):
        with refused("other_channel"):
            floor(one, two, routes=(moved("chat", "other"),))


def test_a_ladder_may_lead_through_several_lines_but_not_round(floor, refused):
    kinds = (voice("a"), voice("b"), voice("c"))
    onwards = (moved("a", "b"), moved("b", "c"))

    assert floor(*kinds, routes=onwards).routes[0].transfer_to == "b"
    with refused("endless_transfer"):
        floor(*kinds, routes=(*onwards, moved("c", "a")))
    with refused("endless_transfer"):
        floor(*kinds, routes=(moved("a", "a"),))


def test_a_transfer_leads_to_a_type_there_is(floor, refused):
    with refused("unknown_name"):
        floor(voice("a"), routes=(moved("a", "b"),))


def test_follow_ups_that_are_certain_come_to_an_end(floor, refused):
    assert floor(voice("a", follow_ups=leads(("b", 1.0))), voice("b", follow_ups=leads(("a", 0.9))))
    with refused("endless_follow_up"):
        floor(voice("a", follow_ups=leads(("b", 1.0))), voice("b", follow_ups=leads(("a", 1.0))))
    with refused("endless_follow_up"):
        floor(voice("a", follow_ups=leads(("", 1.0))))


def test_a_group_takes_one_kind_of_chat(floor, refused):
    both = Group("both", ("talk",), (Serve("chat"), Serve("written")))
    together = tuple(Route(name, (RouteStep("both"),)) for name in ("chat", "written"))
    with refused("two_chat_models"):
        floor(chat(), written(), groups=(both,), routes=together)
    # Serving both is fine while no ladder leads both here.
    assert floor(chat(), written(), groups=(both,), routes=together[:1])


def test_a_group_of_chats_by_slots_has_a_speed_for_every_slot(floor, refused):
    led = (Route("chat", (RouteStep("wide"),)),)

    def wide(*speeds):
        return (Group("wide", ("talk",), (Serve("chat"), Serve("written")), 3, speeds or (1.0,)),)

    assert floor(chat(), written(), groups=wide(1.0, 0.9, 0.8), routes=led)
    with refused("session_speed"):
        floor(chat(), written(), groups=wide(), routes=led)
    by_messages = (Route("written", (RouteStep("wide"),)),)
    assert floor(written(), chat(), groups=wide(), routes=by_messages)


def test_a_session_fits_into_an_agent_of_every_group_it_is_led_to(floor, refused):
    with refused("too_many_slots"):
        floor(written(slots=2))
    assert floor(written(slots=2, beyond_cap=1))
