"""Where a contact may go after it was answered, lost, missorted or waited too long; checked for ends."""

from collections.abc import Mapping, Sequence

from scenarios.checks import require_known
from scenarios.contact_types import Channel, ContactType
from scenarios.errors import PlanningError
from scenarios.service import Group, Route

_CERTAIN = 1.0 - 1e-9


def check_journeys(kinds: Sequence[ContactType], groups: Sequence[Group], routes: Sequence[Route]) -> None:
    """Raise ``PlanningError`` unless every way a contact can take leads to a known type and comes to an end."""
    known = {kind.name: kind for kind in kinds}
    for kind in kinds:
        _check_ways(kind, known)
    _require_ends(
        "endless_transfer", {route.contact_type: [route.transfer_to] for route in routes if route.transfer_to}
    )
    certain = {
        kind.name: [follow.to or kind.name for follow in kind.follow_ups if follow.share >= _CERTAIN] for kind in kinds
    }
    _require_ends("endless_follow_up", {name: ways for name, ways in certain.items() if ways})
    for route in routes:
        if route.transfer_to:
            _require_alike(f"Route({route.contact_type})", "steps.transfer_to", known[route.contact_type],
                           known[route.transfer_to])  # fmt: skip
    for group in groups:
        _check_group(group, known, routes)


def _check_ways(kind: ContactType, known: Mapping[str, ContactType]) -> None:
    thing = f"ContactType({kind.name})"
    names = tuple(known)
    require_known(thing, "follow_ups.to", [follow.to for follow in kind.follow_ups if follow.to], names)
    if kind.message is not None:
        require_known(thing, "message.to", [kind.message.to], names)
        if known[kind.message.to].channel is not Channel.TICKET:
            raise PlanningError("message_is_ticket", thing=thing, field="message.to", value=kind.message.to)
    if kind.missorted is not None:
        require_known(thing, "missorted.into", [kind.missorted.into], names)
        _require_alike(thing, "missorted.into", kind, known[kind.missorted.into])


def _require_alike(thing: str, field: str, kind: ContactType, other: ContactType) -> None:
    """A contact can stand only in a line of its own channel, and by messages only beside others by messages."""
    if kind.channel is not other.channel or (kind.messages is None) != (other.messages is None):
        raise PlanningError("other_channel", thing=thing, field=field, value=other.name)


def _require_ends(key: str, ways: Mapping[str, Sequence[str]]) -> None:
    """Raise unless following ``ways`` from any type ends: no type may be reached again from itself."""
    for start in ways:
        seen: list[str] = []
        ahead = list(ways[start])
        while ahead:
            name = ahead.pop()
            if name == start:
                raise PlanningError(
                    key, thing=f"ContactType({start})", field="route", value=" > ".join([start, *seen, start])
                )
            if name not in seen:
                seen.append(name)
                ahead.extend(ways.get(name, ()))


def _check_group(group: Group, known: Mapping[str, ContactType], routes: Sequence[Route]) -> None:
    thing = f"Group({group.name})"
    led_here = {route.contact_type for route in routes if group.name in route.groups}
    chats = [known[name] for name in led_here if known[name].channel is Channel.CHAT]
    by_slots = [kind.name for kind in chats if kind.messages is None]
    if by_slots and len(by_slots) < len(chats):
        raise PlanningError("two_chat_models", thing=thing, field="serves", value=sorted(by_slots)[0])
    if by_slots and len(group.session_speed) != group.chat_cap:
        raise PlanningError(
            "session_speed", thing=thing, field="session_speed", value=group.session_speed, cap=group.chat_cap
        )
    for kind in chats:
        if kind.slots > group.chat_cap + kind.beyond_cap:
            raise PlanningError("too_many_slots", thing=thing, field="chat_cap", value=group.chat_cap, other=kind.name)
