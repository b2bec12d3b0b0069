"""What a lever can set: shares, caps, routing and opening hours of a scenario, each by one function.

A setting is a floor, a ceiling or a step from what is there: a lever never takes back what a shop has already.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from scenarios.checks import require_known, require_not_negative, require_share
from scenarios.contact_types import BotStage, Channel, ContactType, FollowUpKind
from scenarios.faults import wrong_type
from scenarios.horizon import Hours, Opening, clock_to_min
from scenarios.ordinary import day_weight, week_weights
from scenarios.scenario import Scenario
from scenarios.service import CHAT_CAP_MAX, AgentChoice, Group, ReplyOrder, Route

Value = float | str
Names = tuple[str, ...]


class Setting(StrEnum):
    """What a change moves, beside the quantities of ``Quantity``, which it multiplies."""

    BOT_OFFERED = "bot_offered_share"  # at least
    BOT_CONTAINMENT = "bot_containment_share"  # at least
    SORTING_ERRORS = "missorted_share"  # at most
    ESCALATION = "escalation_share"  # multiplied
    DEPARTMENT_DELAY = "department_delay"  # multiplied
    CHAT_CAP_MORE = "chat_cap_more"  # added
    AGENT_CHOICE = "agent_choice"
    REPLY_ORDER = "reply_order"
    OVERFLOW_AFTER_S = "overflow_after_s"  # at the latest
    OPENING = "opening"  # at least these hours, on weekdays that are open


def check_value(what: str, field: str, value: Value) -> None:
    """Raise ``PlanningError`` unless ``value`` is of the kind that a quantity or setting ``what`` takes."""
    if what in _WORDED:
        if not isinstance(value, str):
            raise wrong_type("", value, "text")
        _WORDED[what](field, value)
    elif isinstance(value, str):
        raise wrong_type("", value, "number")
    else:
        require_not_negative("Change", field, value)
        if what in _SHARES:
            require_share("Change", field, value)
        if what == Setting.CHAT_CAP_MORE and not float(value).is_integer():
            raise wrong_type("", value, "whole_number")


def with_setting(scenario: Scenario, setting: Setting, names: Names, value: Value) -> Scenario:
    """Return ``scenario`` with a setting of the contact types ``names``, or of the groups that serve them, changed."""
    return _SETTERS[setting](scenario, names, value)


def _with_types(scenario: Scenario, names: Names, change: Callable[[ContactType], ContactType]) -> Scenario:
    kinds = tuple(change(kind) if kind.name in names else kind for kind in scenario.contact_types)
    return replace(scenario, contact_types=kinds)


def _with_groups(scenario: Scenario, names: Names, change: Callable[[Group], Group]) -> Scenario:
    chats = {kind.name for kind in scenario.contact_types if kind.channel is Channel.CHAT and kind.name in names}
    groups = tuple(
        change(group) if any(serve.contact_type in chats for serve in group.serves) else group
        for group in scenario.groups
    )
    return replace(scenario, groups=groups)


def _bot_offered(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(kind: ContactType) -> ContactType:
        bot = kind.bot or BotStage(0.0, 0.0)
        return replace(kind, bot=replace(bot, offered_share=max(bot.offered_share, float(value))))

    return _with_types(scenario, names, change)


def _bot_containment(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(kind: ContactType) -> ContactType:
        bot = kind.bot or BotStage(1.0, 0.0)
        return replace(kind, bot=replace(bot, containment_share=max(bot.containment_share, float(value))))

    return _with_types(scenario, names, change)


def _sorting_errors(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(kind: ContactType) -> ContactType:
        wrong = kind.missorted
        if wrong is None or wrong.share <= float(value):
            return kind
        return replace(kind, missorted=replace(wrong, share=float(value)))

    return _with_types(scenario, names, change)


def _escalation(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(kind: ContactType) -> ContactType:
        follow_ups = tuple(
            replace(follow, share=follow.share * float(value)) if follow.kind is FollowUpKind.ESCALATION else follow
            for follow in kind.follow_ups
        )
        return replace(kind, follow_ups=follow_ups)

    return _with_types(scenario, names, change)


def _department_delay(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(kind: ContactType) -> ContactType:
        follow_ups = tuple(
            replace(follow, delay_s=replace(follow.delay_s, mean_s=follow.delay_s.mean_s * float(value)))
            if follow.kind is FollowUpKind.DEPARTMENT and follow.delay_s is not None
            else follow
            for follow in kind.follow_ups
        )
        return replace(kind, follow_ups=follow_ups)

    return _with_types(scenario, names, change)


def _chat_cap_more(scenario: Scenario, names: Names, value: Value) -> Scenario:
    def change(group: Group) -> Group:
        return with_cap(group, min(CHAT_CAP_MAX, group.chat_cap + int(value)))

    return _with_groups(scenario, names, change)


def with_cap(group: Group, cap: int) -> Group:
    """Return ``group`` with another chat cap.

    Up to the declared cap the session speeds are the declared ones. Beyond it the agent as a whole gets no faster: each
    of k sessions runs at (declared cap x its speed) / k. That is the cautious reading; a scenario that knows better
    declares it. Chat by messages does not read the speeds.
    """
    known = group.session_speed
    if len(known) == 1 and group.chat_cap > 1:
        return replace(group, chat_cap=cap)
    most = len(known) * known[-1]
    speeds = tuple(known[k - 1] if k <= len(known) else most / k for k in range(1, cap + 1))
    return replace(group, chat_cap=cap, session_speed=speeds)


def _agent_choice(scenario: Scenario, names: Names, value: Value) -> Scenario:
    return _with_groups(scenario, names, lambda group: replace(group, choice=AgentChoice(str(value))))


def _reply_order(scenario: Scenario, names: Names, value: Value) -> Scenario:
    return _with_groups(scenario, names, lambda group: replace(group, reply_order=ReplyOrder(str(value))))


def _overflow_after(scenario: Scenario, names: Names, value: Value) -> Scenario:
    """Groups that help after some waiting help after ``value`` seconds at the latest."""

    def change(route: Route) -> Route:
        steps = tuple(
            replace(step, from_wait_s=min(step.from_wait_s, float(value))) if step.group else step
            for step in route.steps
        )
        return replace(route, steps=tuple(sorted(steps, key=lambda step: step.from_wait_s)))

    routes = tuple(change(route) if route.contact_type in names else route for route in scenario.routes)
    return replace(scenario, routes=routes)


def _opening(scenario: Scenario, _names: Names, value: Value) -> Scenario:
    """Weekdays that are open are so at least during these hours; closed ones and dates of their own stay as they are.

    The contacts of the old hours stay what they were, and the profile goes on at the same scale in the new ones.
    """
    wished = _hours(str(value))
    before = scenario.horizon.opening
    weekly = tuple(
        hours and Hours(min(hours.opens_min, wished.opens_min), max(hours.closes_min, wished.closes_min))
        for hours in before.weekly
    )
    after = Opening(weekly, before.exceptions)
    horizon = replace(scenario.horizon, opening=after)
    if horizon.days == scenario.horizon.days:
        return scenario

    def change(kind: ContactType) -> ContactType:
        weights = week_weights(scenario, kind)
        longer = day_weight(weights, after, kind) / day_weight(weights, before, kind)
        return replace(kind, contacts_per_day=kind.contacts_per_day * longer)

    return replace(scenario, horizon=horizon, contact_types=tuple(map(change, scenario.contact_types)))


def _hours(value: str) -> Hours:
    opens, _, closes = value.partition("-")
    return Hours(clock_to_min(opens), clock_to_min(closes))


_SHARES = (Setting.BOT_OFFERED, Setting.BOT_CONTAINMENT, Setting.SORTING_ERRORS)
_WORDED: Mapping[str, Callable[[str, str], object]] = {
    Setting.AGENT_CHOICE: lambda field, value: require_known("Change", field, [value], tuple(AgentChoice)),
    Setting.REPLY_ORDER: lambda field, value: require_known("Change", field, [value], tuple(ReplyOrder)),
    Setting.OPENING: lambda _, value: _hours(value),
}
_SETTERS: Mapping[Setting, Callable[[Scenario, Names, Value], Scenario]] = {
    Setting.BOT_OFFERED: _bot_offered,
    Setting.BOT_CONTAINMENT: _bot_containment,
    Setting.SORTING_ERRORS: _sorting_errors,
    Setting.ESCALATION: _escalation,
    Setting.DEPARTMENT_DELAY: _department_delay,
    Setting.CHAT_CAP_MORE: _chat_cap_more,
    Setting.AGENT_CHOICE: _agent_choice,
    Setting.REPLY_ORDER: _reply_order,
    Setting.OVERFLOW_AFTER_S: _overflow_after,
    Setting.OPENING: _opening,
}
