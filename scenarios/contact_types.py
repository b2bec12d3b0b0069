"""Kinds of contacts: how much work they are, how long buyers wait, and what may follow from them."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from scenarios.checks import require_not_negative, require_positive, require_share
from scenarios.errors import PlanningError
from scenarios.shape import FileShape

_WORK_TOLERANCE_S = 1.0  # how far the stated work of a session may be off the sum of its replies


class Channel(StrEnum):
    """How a contact is handled: one at a time, several at once, or later within a due time."""

    VOICE = "voice"
    CHAT = "chat"
    TICKET = "ticket"


class Grade(StrEnum):
    """How hard a question is; a label for reports and for targets of their own."""

    SIMPLE = "simple"
    GENERAL = "general"
    COMPLEX = "complex"


class LawKind(StrEnum):
    """Family of a random duration."""

    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    GAMMA = "gamma"
    CONSTANT = "constant"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Law(FileShape):
    """Law of a duration.

    Parameters
    ----------
    kind
        ``never`` is an endless duration (a buyer who waits for ever).
    mean_s
        Mean in seconds, > 0; ignored by ``never``.
    cv
        Coefficient of variation (standard deviation / mean), > 0; used by ``lognormal`` and ``gamma``.
    """

    kind: LawKind
    mean_s: float = math.inf
    cv: float = 1.0

    def __post_init__(self) -> None:
        if self.kind is not LawKind.NEVER:
            require_positive("Law", "mean_s", self.mean_s)
            require_positive("Law", "cv", self.cv)


NEVER = Law(LawKind.NEVER)


@dataclass(frozen=True, slots=True)
class BotStage(FileShape):
    """The bot before the humans: offered a share of contacts, it keeps some and hands the rest over after a delay."""

    offered_share: float
    containment_share: float
    hand_over_delay_s: float = 0.0

    def __post_init__(self) -> None:
        require_share("BotStage", "offered_share", self.offered_share)
        require_share("BotStage", "containment_share", self.containment_share)
        require_not_negative("BotStage", "hand_over_delay_s", self.hand_over_delay_s)


@dataclass(frozen=True, slots=True)
class Redial(FileShape):
    """A buyer who gave up tries again: with what probability, after which delay, and at most how often."""

    share: float
    delay_s: Law
    attempts_max: int = 3

    def __post_init__(self) -> None:
        require_share("Redial", "share", self.share)
        require_positive("Redial", "attempts_max", self.attempts_max)


@dataclass(frozen=True, slots=True)
class LeaveMessage(FileShape):
    """A buyer whom nobody answered, because of patience or of closing, leaves a message: a ticket of type ``to``."""

    share: float
    to: str

    def __post_init__(self) -> None:
        require_share("LeaveMessage", "share", self.share)


class LongThink(StrEnum):
    """What happens when a buyer thinks longer than the silence time-out."""

    STAYS = "stays"  # the session stays open: the time-out runs from the last reply only
    REOPENS = "reopens"  # the session closes, and the next message opens a new one


@dataclass(frozen=True, slots=True)
class Messages(FileShape):
    """A chat session message by message: rounds of an agent's reply and the buyer's time to think.

    Parameters
    ----------
    rounds_mean
        Mean number of rounds, geometric on 1, 2, ...; >= 1.
    first_reply_work_s, reply_work_s
        Work of the first reply (a quick phrase is short) and of every later one.
    think_s
        From a reply to the buyer's next message; after every reply but the last.
    silence_close_s
        The session keeps its slot for so long after the last reply.
    long_think
        What a think time beyond ``silence_close_s`` does.
    """

    rounds_mean: float
    first_reply_work_s: Law
    reply_work_s: Law
    think_s: Law
    silence_close_s: float = 120.0
    long_think: LongThink = LongThink.STAYS

    def __post_init__(self) -> None:
        if not self.rounds_mean >= 1.0:
            raise PlanningError("below_one", thing="Messages", field="rounds_mean", value=self.rounds_mean)
        require_positive("Messages", "rounds_mean", self.rounds_mean)
        require_not_negative("Messages", "silence_close_s", self.silence_close_s)
        for field in ("first_reply_work_s", "reply_work_s", "think_s"):
            if getattr(self, field).kind is LawKind.NEVER:
                raise PlanningError("endless_work", thing="Messages", field=field, value="never")

    @property
    def work_mean_s(self) -> float:
        """Mean work of a whole session in seconds."""
        return self.first_reply_work_s.mean_s + (self.rounds_mean - 1.0) * self.reply_work_s.mean_s


class FollowUpKind(StrEnum):
    """Why an answered contact goes on."""

    RECONTACT = "recontact"  # not solved the first time: the buyer asks again
    ESCALATION = "escalation"  # handed to the next level
    TRANSFER = "transfer"  # handed to colleagues of another kind
    DEPARTMENT = "department"  # waits on another department and comes back
    TICKET = "ticket"  # leaves a case behind that is worked on later


@dataclass(frozen=True, slots=True)
class FollowUp(FileShape):
    """What may follow an answered contact.

    Parameters
    ----------
    kind
        Why it goes on.
    share
        Probability after an answered attempt. The shares of one type are exclusive: together at most 1.
    to
        Contact type of the attempt that follows; empty for the same type.
    delay_s
        From the end of the attempt to the next; ``None`` for at once.
    by_tenure
        The share is multiplied by the tenure factor of the agent who answered (a factor above 3 counts as 3): who is
        slower is also asked again more often.
    """

    kind: FollowUpKind
    share: float
    to: str = ""
    delay_s: Law | None = None
    by_tenure: bool = False

    def __post_init__(self) -> None:
        require_share("FollowUp", "share", self.share)


@dataclass(frozen=True, slots=True)
class Missorted(FileShape):
    """The diversion sends a share of the contacts to the line of type ``into``; found out there, they are transferred.

    Parameters
    ----------
    share
        1 minus the accuracy of the classifier.
    work_s
        Work of the agent who finds out.
    """

    share: float
    into: str
    work_s: Law

    def __post_init__(self) -> None:
        require_share("Missorted", "share", self.share)
        if self.work_s.kind is LawKind.NEVER:
            raise PlanningError("endless_work", thing="Missorted", field="work_s", value="never")


class AtClosing(StrEnum):
    """What becomes of those who wait when the service closes."""

    LOST = "lost"  # closed out at once
    SERVED = "served"  # served by whoever is still at work, while their patience lasts


class AfterSales(StrEnum):
    """What of an order a type asks about; each comes with a delay of its own after the order."""

    ORDER_STATUS = "order_status"  # where is my order
    RETURNS = "returns"
    REFUNDS = "refunds"
    COMPLAINTS = "complaints"


@dataclass(frozen=True, slots=True)
class ContactType(FileShape):
    """A kind of contact: everything that is routed, promised or counted alike.

    Parameters
    ----------
    name, channel, topic
        Unique name; channel; what it is about (a label for reports).
    work_s
        Agent work of one contact: talk and after-contact work (voice), the session's work when it is the only one
        open (slot chat), the handling (ticket). With ``messages`` its mean is that of all replies of a session.
    patience_s
        How long the buyer waits for an answer (a chat: for a slot) before giving up.
    redial, message, bot, messages, missorted
        ``None`` when buyers do not try again, leave no message, no bot stands before the humans, a chat is played by
        slots, the diversion makes no mistakes.
    due_within_s
        Tickets only: time allowed from arrival to the end of handling.
    contacts_per_day
        Mean offered contacts of an ordinary day, bot included; used where no history is given.
    profile
        Name of the intraday profile those contacts follow.
    promo_response
        How strongly promotions lift this type: 1 = as strongly as orders, 0 = not at all.
    follow_ups
        What may follow an answered contact.
    slots
        Chat slots a session takes of an agent's ``chat_cap``.
    beyond_cap
        Sessions of this type may be opened up to so many slots beyond the cap: the cap is soft for them.
    affinity
        A later attempt of the same matter goes to the agent who answered before, if he has room at once.
    at_closing
        What becomes of those who wait when the service closes.
    value_yuan
        What an answered contact is worth on average (for sales: conversion times margin); lost when nobody answers.
    grade, language, customer
        Labels for reports: how hard, in which language (empty: the shop's own), which class of buyer ("vip",
        "urgent"; empty: any).
    after_sales
        What of an order it asks about: forecast from the orders of the days before, where the history has a column
        ``orders``. ``None``: forecast from its own past, and lifted by promotions while they run.
    """

    name: str
    channel: Channel
    work_s: Law
    patience_s: Law = NEVER
    topic: str = ""
    redial: Redial | None = None
    bot: BotStage | None = None
    due_within_s: float | None = None
    contacts_per_day: float = 0.0
    profile: str = ""
    promo_response: float = 1.0
    messages: Messages | None = None
    message: LeaveMessage | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    missorted: Missorted | None = None
    slots: int = 1
    beyond_cap: int = 0
    affinity: bool = False
    at_closing: AtClosing = AtClosing.LOST
    value_yuan: float = 0.0
    grade: Grade = Grade.GENERAL
    language: str = ""
    customer: str = ""
    after_sales: AfterSales | None = None

    def __post_init__(self) -> None:
        thing = f"ContactType({self.name})"
        for field in ("contacts_per_day", "promo_response", "beyond_cap", "value_yuan"):
            require_not_negative(thing, field, getattr(self, field))
        require_positive(thing, "slots", self.slots)
        if self.work_s.kind is LawKind.NEVER:
            raise PlanningError("endless_work", thing=thing, field="work_s", value="never")
        if (self.due_within_s is not None) != (self.channel is Channel.TICKET):
            raise PlanningError("due_only_tickets", thing=thing, field="due_within_s", value=self.due_within_s)
        self._check_messages(thing)
        together = sum(follow.share for follow in self.follow_ups)
        if together > 1.0 + 1e-9:
            raise PlanningError("share_out_of_range", thing=thing, field="follow_ups.share", value=together)
        if self.channel is Channel.TICKET:
            for field in ("redial", "message"):
                if getattr(self, field) is not None:
                    raise PlanningError("only_live", thing=thing, field=field, value=getattr(self, field))

    @property
    def work_mean_s(self) -> float:
        """Mean work of a contact as it is drawn, in seconds: with ``messages`` that of all replies of a session."""
        return self.work_s.mean_s if self.messages is None else self.messages.work_mean_s

    def with_rounds(self, rounds_mean: float) -> "ContactType":
        """Return the type with sessions of ``rounds_mean`` rounds, and the work that goes with them.

        A type that is not played message by message is returned as it is.
        """
        if self.messages is None or self.messages.rounds_mean == rounds_mean:
            return self
        messages = replace(self.messages, rounds_mean=rounds_mean)
        return replace(self, messages=messages, work_s=replace(self.work_s, mean_s=messages.work_mean_s))

    def _check_messages(self, thing: str) -> None:
        if self.messages is None:
            return
        if self.channel is not Channel.CHAT:
            raise PlanningError("only_chat", thing=thing, field="messages", value=self.channel)
        mean_s = self.messages.work_mean_s
        if abs(self.work_s.mean_s - mean_s) > _WORK_TOLERANCE_S:
            raise PlanningError(
                "work_of_messages", thing=thing, field="work_s.mean_s", value=self.work_s.mean_s, expected=mean_s
            )
