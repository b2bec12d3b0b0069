"""What is promised and to whom: laws, contact types, groups, routing and service targets."""

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

from scenarios.checks import require_not_negative, require_positive, require_share
from scenarios.errors import PlanningError
from scenarios.shape import FileShape


class Channel(StrEnum):
    """How a contact is handled: one at a time, several at once, or later within a due time."""

    VOICE = "voice"
    CHAT = "chat"
    TICKET = "ticket"


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
class ContactType(FileShape):
    """A kind of contact.

    Parameters
    ----------
    name, channel, topic
        Unique name; channel; what it is about (a label for reports).
    work_s
        Agent work of one contact: talk and after-contact work (voice), the session's work when it is the only one
        open (chat), the handling (ticket).
    patience_s
        How long the buyer waits for an answer before giving up.
    redial, bot
        ``None`` when buyers do not try again, or no bot stands before the humans.
    due_within_s
        Tickets only: time allowed from arrival to the end of handling.
    contacts_per_day
        Mean offered contacts of an ordinary day, bot included; used where no history is given.
    profile
        Name of the intraday profile those contacts follow.
    promo_response
        How strongly promotions lift this type: 1 = as strongly as orders, 0 = not at all.
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

    def __post_init__(self) -> None:
        require_not_negative(f"ContactType({self.name})", "contacts_per_day", self.contacts_per_day)
        require_not_negative(f"ContactType({self.name})", "promo_response", self.promo_response)
        if self.work_s.kind is LawKind.NEVER:
            raise PlanningError("endless_work", thing=f"ContactType({self.name})", field="work_s", value="never")
        if (self.due_within_s is not None) != (self.channel is Channel.TICKET):
            raise PlanningError(
                "due_only_tickets", thing=f"ContactType({self.name})", field="due_within_s", value=self.due_within_s
            )


class AgentChoice(StrEnum):
    """Which free agent of a group takes a contact; ties go to the longest idle, then to the lower number."""

    LONGEST_IDLE = "longest_idle"
    LEAST_LOADED = "least_loaded"
    FASTEST = "fastest"


@dataclass(frozen=True, slots=True)
class Serve(FileShape):
    """A contact type a group serves.

    A freed agent takes, among the waiting heads of the types the group serves, the one with the lowest
    ``priority``; within a priority the one whose wait times ``age_weight`` is largest.
    """

    contact_type: str
    priority: int = 0
    age_weight: float = 1.0

    def __post_init__(self) -> None:
        require_positive(f"Serve({self.contact_type})", "age_weight", self.age_weight)


@dataclass(frozen=True, slots=True)
class Group(FileShape):
    """Agents who do the same work.

    Parameters
    ----------
    skills
        An agent may sit here only with all of these.
    serves
        Contact types taken, see ``Serve``.
    chat_cap
        Most chat sessions of one agent; a call or a ticket takes the whole agent.
    session_speed
        Length ``chat_cap``: speed at which *each* of k open sessions proceeds, k = 1.. (first 1.0, not rising, > 0).
    choice
        Which free agent takes a contact.
    """

    name: str
    skills: tuple[str, ...]
    serves: tuple[Serve, ...]
    chat_cap: int = 1
    session_speed: tuple[float, ...] = (1.0,)
    choice: AgentChoice = AgentChoice.LONGEST_IDLE

    def __post_init__(self) -> None:
        require_positive(f"Group({self.name})", "chat_cap", self.chat_cap)
        speeds = self.session_speed
        falls = all(later <= earlier for earlier, later in itertools.pairwise(speeds))
        if len(speeds) != self.chat_cap or speeds[0] != 1.0 or min(speeds) <= 0 or not falls:
            raise PlanningError(
                "session_speed", thing=f"Group({self.name})", field="session_speed", value=speeds, cap=self.chat_cap
            )

    def rank_of(self, contact_type: str) -> Serve | None:
        """Return how this group serves ``contact_type``, ``None`` when it does not."""
        return next((serve for serve in self.serves if serve.contact_type == contact_type), None)


@dataclass(frozen=True, slots=True)
class RouteStep(FileShape):
    """A group that may take a contact once it has waited ``from_wait_s`` seconds."""

    group: str
    from_wait_s: float = 0.0

    def __post_init__(self) -> None:
        require_not_negative(f"RouteStep({self.group})", "from_wait_s", self.from_wait_s)


@dataclass(frozen=True, slots=True)
class Route(FileShape):
    """Ranked groups of one contact type; the first step is open at once, waits never fall."""

    contact_type: str
    steps: tuple[RouteStep, ...]

    def __post_init__(self) -> None:
        waits = [step.from_wait_s for step in self.steps]
        if not waits or waits[0] != 0.0 or waits != sorted(waits):
            raise PlanningError("route_waits", thing=f"Route({self.contact_type})", field="steps", value=waits)


@dataclass(frozen=True, slots=True)
class ServiceTarget(FileShape):
    """A promise about a day's contacts: "90 % answered within 30 s".

    Parameters
    ----------
    contact_types
        The types counted together; a type belongs to at most one target.
    answer_within_s
        Longest wait that counts as in time.
    day_share
        Share of the day's offered contacts (those that reach a human queue) to be answered in time.
    share_of_days, confidence
        The day must be met on at least this share of days, with this confidence (one-sided).
    hour_share_floor
        Mean share that every clock hour must keep (ratio of sums over days); ``None`` for no floor.
    abandoned_share_max
        Largest mean share of abandoned contacts (ratio of sums over days); ``None`` for no bound.
    """

    name: str
    contact_types: tuple[str, ...]
    answer_within_s: float = 30.0
    day_share: float = 0.9
    share_of_days: float = 0.95
    confidence: float = 0.95
    hour_share_floor: float | None = None
    abandoned_share_max: float | None = None

    def __post_init__(self) -> None:
        thing = f"ServiceTarget({self.name})"
        require_positive(thing, "answer_within_s", self.answer_within_s)
        for field in ("day_share", "share_of_days", "confidence", "hour_share_floor", "abandoned_share_max"):
            value = getattr(self, field)
            if value is not None:
                require_share(thing, field, value)
