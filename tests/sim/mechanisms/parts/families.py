"""Families of rows: a mechanism of the vocabulary, and what is told differently once it is switched on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from asked_for.shop import CHAT, Shop, exponential

from scenarios import (
    AgentChoice,
    BotStage,
    Channel,
    FollowUp,
    FollowUpKind,
    Grade,
    LeaveMessage,
    Missorted,
    ReplyOrder,
    RouteStep,
    Serve,
    ServiceTarget,
)

UP, DOWN = 1, -1
HOUR_S = 3600


@dataclass(frozen=True)
class Family:
    """A mechanism switched on.

    Parameters
    ----------
    switches
        Places of the vocabulary that ``on`` changes, as the page names them.
    scope
        Whom it is told of.
    moves
        What must move, and in which direction: measures of the page, or one of ``shop.OTHERS``.
    on, off
        The shop with the mechanism and without it, made from the small one.
    """

    switches: tuple[str, ...]
    scope: str
    moves: Mapping[str, int]
    on: Callable[[Shop], Shop]
    off: Callable[[Shop], Shop] = lambda shop: shop

    def __str__(self) -> str:
        return ", ".join(self.switches) or ", ".join(self.moves)


def following(kind, share=0.3, **more):
    """Return the change after which answered calls go on."""
    return lambda shop: shop.with_kind("call", follow_ups=(FollowUp(kind, share, **more),))


def again(share=0.3, **more):
    return following(FollowUpKind.RECONTACT, share, delay_s=exponential(1200), **more)


def serving(name, **changes):
    """Return the change after which the desk serves a type otherwise."""

    def change(shop):
        serves = tuple(replace(serve, **changes) if serve.contact_type == name else serve
                       for serve in shop.groups["desk"].serves)  # fmt: skip
        return shop.with_group("desk", serves=serves)

    return change


def crowded(shop):
    """Many more calls than the desk can take."""
    return shop.with_offered(call=14.0, order=14.0)


def behind(shop):
    """Four days with more cases than can be worked on: the backlog grows from day to day."""
    return replace(shop, days=4).with_offered(case=18.0, call=4.0, order=4.0)


FAMILIES = [
    # Channels and kinds of contacts
    Family(("ContactType.channel",), "call", {"kpi:share_in_time": UP, "kpi:asa_s": DOWN},
           lambda shop: shop,
           lambda shop: shop.with_kind("case", channel=Channel.VOICE, due_within_s=None)),
    Family(("ContactType.work_s",), "call", {"kpi:work_s": UP, "kpi:asa_s": UP, "kpi:session_s": UP},
           lambda shop: shop.with_kind("call", work_s=exponential(300))),
    Family(("ContactType.due_within_s",), "case", {"kpi:overdue_share": UP},
           lambda shop: shop.with_kind("case", due_within_s=1.0 * HOUR_S)),
    Family(("ContactType.value_yuan",), "call", {"kpi:value_lost_yuan": UP},
           lambda shop: shop.with_kind("call", value_yuan=30.0)),
    Family(("ContactType.customer", "Serve.priority"), "customer=vip", {"kpi:share_in_time": UP, "kpi:asa_s": DOWN},
           lambda shop: crowded(shop).with_type("vip", "call", 0, customer="vip").with_offered(vip=2.0),
           lambda shop: crowded(shop).with_type("vip", "call", 1, customer="vip").with_offered(vip=2.0)),
    Family(("ContactType.language",), "language=yue", {"kpi:share_in_time": UP},
           lambda shop: crowded(shop).with_type("cantonese", "call", 0, language="yue").with_offered(cantonese=2.0)
           .with_route("cantonese", RouteStep("helpers"), RouteStep("desk", 20.0)),
           lambda shop: crowded(shop).with_type("cantonese", "call", 1, language="yue").with_offered(cantonese=2.0)),
    Family(("ContactType.grade", "ServiceTarget.contact_types"), "hard", {"kpi:share_in_time": UP},
           lambda shop: replace(crowded(shop).with_kind("order", grade=Grade.COMPLEX),
                                targets=(ServiceTarget("hard", ("order",), 90.0),)),
           lambda shop: replace(crowded(shop), targets=(ServiceTarget("hard", ("order",), 30.0),))),
    Family(("ServiceTarget.day_share",), "promise", {"days kept": DOWN},
           lambda shop: replace(shop, targets=(ServiceTarget("promise", ("call", "order"), day_share=0.9),)),
           lambda shop: replace(shop, targets=(ServiceTarget("promise", ("call", "order"), day_share=0.5),))),
    Family(("ContactType.affinity",), "call", {"by the same agent": UP},
           lambda shop: again()(shop).with_kind("call", affinity=True), again()),
    # What follows
    Family(("FollowUpKind.RECONTACT", "FollowUp.kind", "FollowUp.share", "ContactTrace.if_answered"), "call",
           {"kpi:recontact_share": UP, "kpi:first_contact_resolution_share": DOWN,
            "kpi:one_time_resolution_share": DOWN, "kpi:time_to_close_s": UP, "kpi:offered_share": UP}, again()),
    Family(("Scenario.attempts_max",), "call", {"kpi:recontact_share": UP},
           lambda shop: again(0.6)(replace(shop, attempts_max=8)),
           lambda shop: again(0.6)(replace(shop, attempts_max=2))),
    Family(("FollowUp.by_tenure", "Agent.tenure_factor"), "call", {"kpi:recontact_share": UP},
           lambda shop: again(by_tenure=True)(replace(shop, slow=7)), again(by_tenure=True)),
    Family(("FollowUpKind.ESCALATION",), "call",
           {"kpi:escalation_share": UP, "kpi:first_line_resolution_share": DOWN},
           following(FollowUpKind.ESCALATION, to="order")),
    Family(("FollowUpKind.TRANSFER",), "call",
           {"kpi:first_contact_resolution_share": DOWN, "kpi:repeated_transfer_share": UP},
           lambda shop: following(FollowUpKind.TRANSFER, to="order")(shop).with_kind(
               "order", follow_ups=(FollowUp(FollowUpKind.TRANSFER, 0.3, "call"),))),
    Family(("FollowUpKind.DEPARTMENT",), "call", {"kpi:department_share": UP, "kpi:time_to_close_s": UP},
           following(FollowUpKind.DEPARTMENT, delay_s=exponential(HOUR_S))),
    Family(("FollowUp.delay_s",), "call", {"kpi:time_to_close_s": UP},
           following(FollowUpKind.DEPARTMENT, delay_s=exponential(2 * HOUR_S)),
           following(FollowUpKind.DEPARTMENT, delay_s=exponential(HOUR_S))),
    Family(("FollowUpKind.TICKET",), "call", {"kpi:case_share": UP, "kpi:time_to_close_s": UP},
           following(FollowUpKind.TICKET, to="case")),
    Family(("LeaveMessage.to",), "call", {"kpi:message_share": UP},
           lambda shop: crowded(shop).with_kind("call", message=LeaveMessage(0.8, "case")), crowded),
    # Bot, diversion, routes
    Family(("BotStage.offered_share", "BotStage.containment_share"), "call",
           {"kpi:bot_contained_share": UP, "kpi:asa_s": DOWN},
           lambda shop: shop.with_kind("call", bot=BotStage(1.0, 0.4))),
    Family(("Missorted.share", "Missorted.into"), "call",
           {"kpi:first_contact_resolution_share": DOWN, "kpi:time_to_close_s": UP},
           lambda shop: shop.with_kind("call", missorted=Missorted(0.3, "order", exponential(30)))),
    Family(("RouteStep.group", "RouteStep.from_wait_s", "Route.steps"), "call",
           {"kpi:share_in_time": UP, "kpi:asa_s": DOWN, "kpi:value_lost_yuan": DOWN},
           lambda shop: crowded(shop).with_kind("call", value_yuan=30.0)
           .with_route("call", RouteStep("desk"), RouteStep("helpers", 10.0)),
           lambda shop: crowded(shop).with_kind("call", value_yuan=30.0)),
    Family(("RouteStep.raise_priority",), "call", {"kpi:asa_s": DOWN},
           lambda shop: crowded(shop).with_route("call", RouteStep("desk"), RouteStep("", 15.0, raise_priority=1)),
           crowded),
    Family(("RouteStep.transfer_to",), "call", {"kpi:transfer_share": UP},
           lambda shop: crowded(shop).with_route("call", RouteStep("desk"), RouteStep("", 20.0, transfer_to="order")),
           crowded),
    Family(("Serve.age_weight",), "call", {"kpi:asa_s": DOWN},
           lambda shop: serving("call", age_weight=3.0)(crowded(shop)), crowded),
    Family(("Group.serves",), "call", {"kpi:share_in_time": UP, "kpi:asa_s": DOWN},
           lambda shop: crowded(shop).with_group("chats", serves=(*shop.groups["chats"].serves, Serve("call", 2)))
           .with_route("call", RouteStep("desk"), RouteStep("chats")),
           lambda shop: crowded(shop)),
    Family(("Group.choice",), "call", {"kpi:work_s": DOWN},
           lambda shop: replace(shop, slow=4).with_group("desk", choice=AgentChoice.FASTEST),
           lambda shop: replace(shop, slow=4)),
    Family(("AgentChoice.WEIGHTED", "Agent.weight"), "call", {"of the first agent": UP},
           lambda shop: replace(shop, weights=(3.0, 1.0, 1.0)).with_group("desk", choice=AgentChoice.WEIGHTED),
           lambda shop: shop.with_group("desk", choice=AgentChoice.WEIGHTED)),
    # Chat by messages
    Family(("Messages.first_reply_work_s",), "chat",
           {"kpi:share_in_time": UP, "kpi:mean_reply_s": DOWN, "kpi:reply_within_share": UP},
           lambda shop: shop.with_kind("chat", messages=replace(CHAT, first_reply_work_s=exponential(4)),
                                       work_s=exponential(94))),
    Family(("ReplyOrder.FIRST_REPLIES",), "chat", {"kpi:share_in_time": UP},
           lambda shop: shop.with_offered(chat=26.0),
           lambda shop: shop.with_offered(chat=26.0).with_group("chats", reply_order=ReplyOrder.OLDEST)),
    # People and demand
    Family((), "desk", {"kpi:occupancy": DOWN, "kpi:online_h": UP, "kpi:cost_yuan": UP, "kpi:handled_per_person": DOWN},
           lambda shop: shop.with_people(desk=9)),
    Family((), "case",
           {"kpi:backlog": DOWN, "kpi:aged_24h_share": DOWN, "kpi:responded_24h_share": UP, "kpi:closed_48h_share": UP,
            "kpi:resolution_share": UP, "kpi:overdue_share": DOWN},
           lambda shop: behind(shop).with_people(desk=10), behind),
    Family(("Forecast.expected",), "all", {"kpi:peak_finished_per_hour": UP},
           lambda shop: shop.with_offered(chat=24.0)),
    Family((), "all", {"measure:Satisfaction": UP}, lambda shop: crowded(shop).with_people(desk=12), crowded),
]  # fmt: skip
