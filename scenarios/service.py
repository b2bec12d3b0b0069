"""What is promised and to whom: groups, routing and service targets."""

import itertools
from dataclasses import dataclass
from enum import StrEnum

from scenarios.checks import require_not_negative, require_positive, require_share, require_within
from scenarios.errors import PlanningError
from scenarios.shape import FileShape

AGE_WEIGHT_MAX = 100.0
CHAT_CAP_MAX = 60
"""Bounds far beyond any contact centre; within them the engine's whole numbers never overflow."""


class AgentChoice(StrEnum):
    """Which free agent of a group takes a contact; ties go to who stands longest in line."""

    LONGEST_IDLE = "longest_idle"
    LEAST_LOADED = "least_loaded"
    FASTEST = "fastest"
    WEIGHTED = "weighted"  # who has taken least for his weight
    NOT_TYPING_FIRST = "not_typing_first"  # among the four least loaded, one who is not typing


class ReplyOrder(StrEnum):
    """Which unread message of his sessions an agent answers next."""

    FIRST_REPLIES = "first_replies"  # first replies by the start of their session, then the oldest message
    OLDEST = "oldest"


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
        thing = f"Serve({self.contact_type})"
        require_positive(thing, "age_weight", self.age_weight)
        if self.age_weight > AGE_WEIGHT_MAX:
            raise PlanningError(
                "out_of_range", thing=thing, field="age_weight", value=self.age_weight, least=0, most=AGE_WEIGHT_MAX
            )


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
        Chat slots of one agent; a call or a ticket takes the whole agent.
    session_speed
        Slot chat: speed at which *each* of k open sessions proceeds, k = 1.. (first 1.0, not rising, > 0); length
        ``chat_cap``, beyond it the last speed stays. Chat by messages does not read it.
    choice
        Which free agent takes a contact.
    reply_order
        Chat by messages: which unread message is answered next.
    last_contact_min
        No new contact is taken in the last minutes of a shift.
    """

    name: str
    skills: tuple[str, ...]
    serves: tuple[Serve, ...]
    chat_cap: int = 1
    session_speed: tuple[float, ...] = (1.0,)
    choice: AgentChoice = AgentChoice.LONGEST_IDLE
    reply_order: ReplyOrder = ReplyOrder.FIRST_REPLIES
    last_contact_min: float = 0.0

    def __post_init__(self) -> None:
        require_within(f"Group({self.name})", "chat_cap", self.chat_cap, 1, CHAT_CAP_MAX)
        require_not_negative(f"Group({self.name})", "last_contact_min", self.last_contact_min)
        speeds = self.session_speed
        falls = all(later <= earlier for earlier, later in itertools.pairwise(speeds))
        if len(speeds) not in {1, self.chat_cap} or speeds[0] != 1.0 or min(speeds) <= 0 or not falls:
            raise PlanningError(
                "session_speed", thing=f"Group({self.name})", field="session_speed", value=speeds, cap=self.chat_cap
            )

    def rank_of(self, contact_type: str) -> Serve | None:
        """Return how this group serves ``contact_type``, ``None`` when it does not."""
        return next((serve for serve in self.serves if serve.contact_type == contact_type), None)


@dataclass(frozen=True, slots=True)
class RouteStep(FileShape):
    """What happens once a contact has waited ``from_wait_s`` seconds; exactly one of three things.

    Parameters
    ----------
    group
        This group may take it from now on.
    raise_priority
        Its priority number falls by so much: it becomes more urgent.
    transfer_to
        It is moved to the line of this contact type and waits there from the start of that type's route.
    """

    group: str = ""
    from_wait_s: float = 0.0
    raise_priority: int = 0
    transfer_to: str = ""

    def __post_init__(self) -> None:
        thing = f"RouteStep({self.group or self.transfer_to or self.raise_priority})"
        require_not_negative(thing, "from_wait_s", self.from_wait_s)
        if sum(map(bool, (self.group, self.raise_priority, self.transfer_to))) != 1:
            raise PlanningError("one_of_three", thing="RouteStep", field="group", value=self.group)
        require_not_negative(thing, "raise_priority", self.raise_priority)


@dataclass(frozen=True, slots=True)
class Route(FileShape):
    """Ladder of one contact type: its groups in order, each from a least wait on, and what else waiting does.

    The first step is a group that is open at once; waits never fall; nothing follows a transfer.
    """

    contact_type: str
    steps: tuple[RouteStep, ...]

    def __post_init__(self) -> None:
        thing = f"Route({self.contact_type})"
        waits = [step.from_wait_s for step in self.steps]
        if not waits or waits[0] != 0.0 or waits != sorted(waits):
            raise PlanningError("route_waits", thing=thing, field="steps", value=waits)
        if not self.steps[0].group:
            raise PlanningError("route_starts_with_group", thing=thing, field="steps", value=self.steps[0])
        for step in self.steps:
            if step.transfer_to and (step is not self.steps[-1] or step.from_wait_s == 0.0):
                raise PlanningError("transfer_is_last", thing=thing, field="steps", value=step.transfer_to)

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group of the ladder, in order."""
        return tuple(step.group for step in self.steps if step.group)

    @property
    def transfer_to(self) -> str:
        """The contact type whose line a long wait leads to, empty for none."""
        return self.steps[-1].transfer_to


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
    reply_within_s
        Chat by messages: limit within which every reply counts as in time; ``None`` for ``answer_within_s``.
    """

    name: str
    contact_types: tuple[str, ...]
    answer_within_s: float = 30.0
    day_share: float = 0.9
    share_of_days: float = 0.95
    confidence: float = 0.95
    hour_share_floor: float | None = None
    abandoned_share_max: float | None = None
    reply_within_s: float | None = None

    def __post_init__(self) -> None:
        thing = f"ServiceTarget({self.name})"
        require_positive(thing, "answer_within_s", self.answer_within_s)
        if self.reply_within_s is not None:
            require_positive(thing, "reply_within_s", self.reply_within_s)
        for field in ("day_share", "share_of_days", "confidence", "hour_share_floor", "abandoned_share_max"):
            value = getattr(self, field)
            if value is not None:
                require_share(thing, field, value)
