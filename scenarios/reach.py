"""What levers and shocks find in a scenario: whom they concern, and whether there is anything to move.

A factor on re-contacts moves nothing where nobody comes again. Levers and shocks say so instead of printing a change
of nought.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scenarios.contact_types import Channel, ContactType, FollowUpKind, LawKind
from scenarios.errors import PlanningError
from scenarios.lever_settings import Setting, Value
from scenarios.promo import Quantity
from scenarios.scenario import Scenario
from scenarios.service import AgentChoice
from scenarios.shape import FileShape
from scenarios.text import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeChoice(FileShape):
    """Which contact types a row of a lever or shock concerns: all conditions that are given must hold.

    Parameters
    ----------
    contact_types, channels, topics
        Those named, of these channels, of these topics; empty for any.
    """

    contact_types: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    topics: tuple[str, ...] = ()

    def chooses(self, kind: ContactType) -> bool:
        """Return whether the row concerns ``kind``."""
        return (
            (not self.contact_types or kind.name in self.contact_types)
            and (not self.channels or kind.channel in self.channels)
            and (not self.topics or kind.topic in self.topics)
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What one row of a lever or shock finds in a scenario.

    Parameters
    ----------
    what
        The quantity or setting it is to move.
    reached
        Contact types that have what it moves.
    missed
        Contact types it is meant for that have none of it (no re-contacts, no bot, ...).
    moved
        Whether anything differs afterwards; ``False`` with types reached: it is there already, or its time is outside
        the opening hours.
    """

    what: str
    reached: tuple[str, ...]
    missed: tuple[str, ...]
    moved: bool


def reached_and_missed(
    scenario: Scenario, row: TypeChoice, what: str, value: Value
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the chosen types that have what a quantity or setting ``what`` moves, and those that have not."""
    chosen = [kind for kind in scenario.contact_types if row.chooses(kind)]
    has = [_has(scenario, what, kind, value) for kind in chosen]
    reached = tuple(kind.name for kind, there in zip(chosen, has, strict=True) if there)
    return reached, tuple(kind.name for kind, there in zip(chosen, has, strict=True) if not there)


def require_reach(thing: str, scenario: Scenario, rows: Iterable[Reach]) -> None:
    """Raise ``PlanningError`` when no row finds any contact type that has what it moves."""
    known = list(rows)
    if not any(row.reached for row in known):
        what = known[0].what if known else ""
        raise PlanningError(
            "reaches_nothing", thing=thing, field=what, value=scenario.name, expected=Term(f"needs.{what or 'work'}")
        )


def _has(scenario: Scenario, what: str, kind: ContactType, value: Value) -> bool:
    if what == Quantity.ABSENCE:
        return scenario.absence_share > 0.0
    if what == Setting.OVERFLOW_AFTER_S:
        steps = next(route.steps for route in scenario.routes if route.contact_type == kind.name)
        return any(step.group and step.from_wait_s > 0.0 for step in steps)
    if what == Setting.AGENT_CHOICE and value == AgentChoice.NOT_TYPING_FIRST:
        return kind.messages is not None  # in chat by slots nobody counts as typing
    return _HAS.get(what, _anything)(kind)


def _anything(_kind: ContactType) -> bool:
    return True


def _chats(kind: ContactType) -> bool:
    return kind.channel is Channel.CHAT


def _by_messages(kind: ContactType) -> bool:
    return kind.messages is not None


def _goes_on(why: FollowUpKind) -> Callable[[ContactType], bool]:
    return lambda kind: any(follow.kind is why and follow.share > 0.0 for follow in kind.follow_ups)


def _waits_on_others(kind: ContactType) -> bool:
    return any(follow.kind is FollowUpKind.DEPARTMENT and follow.delay_s is not None for follow in kind.follow_ups)


_HAS: Mapping[str, Callable[[ContactType], bool]] = {
    Quantity.PATIENCE: lambda kind: kind.channel is not Channel.TICKET and kind.patience_s.kind is not LawKind.NEVER,
    Quantity.BOT: lambda kind: kind.bot is not None and kind.bot.offered_share * kind.bot.containment_share > 0.0,
    Quantity.RECONTACT: _goes_on(FollowUpKind.RECONTACT),
    Quantity.FIRST_REPLY: _by_messages,
    Setting.SORTING_ERRORS: lambda kind: kind.missorted is not None and kind.missorted.share > 0.0,
    Setting.ESCALATION: _goes_on(FollowUpKind.ESCALATION),
    Setting.DEPARTMENT_DELAY: _waits_on_others,
    Setting.CHAT_CAP_MORE: _chats,
    Setting.AGENT_CHOICE: _chats,
    Setting.REPLY_ORDER: _by_messages,
}
