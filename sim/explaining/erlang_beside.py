"""The textbook formula beside the simulation: what it promises, and why something else happens.

Erlang's formulas are fed as a careful spreadsheet would feed them: with all contacts a group is the first to be offered
in one interval, each with its own work. Chats held at the same time share a person (handle time / sessions at once).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from scenarios import Channel, ContactType, Estimate, Group, Law, LawKind, Messages, PlanningError, Quantity
from scenarios.checks import FloatArray, require_not_negative, require_positive
from sim.explaining.reach import attempts_per_contact, first_replies
from sim.formulas.erlang import ErlangA, erlang_a, erlang_c
from sim.formulas.message_chat import MessageChat, MessageLaw, SessionKind, message_chat, mixed_law
from sim.formulas.slot_chat import slot_chat

AGREES_WITHIN = 0.01
"""Formula and simulation agree when they differ by no more than this and the simulation's own interval."""


class ErlangMisses(StrEnum):
    """The main reason why the simulation differs from Erlang C."""

    TYPING = "typing"  # chat by messages: handle time / cap takes slots for people, but one person types one reply
    SHARING = "sharing"  # chat by slots: sessions slow each other down, and a person is not several servers
    GIVING_UP = "giving_up"  # Erlang C lets everybody wait for ever
    RETURNING = "returning"  # more contacts than planned, or fewer: buyers who try again, or did not get through
    UNEVEN = "uneven"  # days are busier or quieter than expected, and busy ones lose more than quiet ones win
    ABSENCE = "absence"  # some of those planned stay away
    BLENDED = "blended"  # calls and chats in one group: a call needs a person without chats
    STEADY = "steady"  # a constant rate, one pool of alike people, no breaks, no help from other groups


@dataclass(frozen=True, slots=True)
class Stream:
    """What one live contact type brings to a group in an interval.

    Parameters
    ----------
    rate_per_s
        Contacts per second, >= 0.
    work_factor
        Of the type's work: forecast, effects, tenure of those at work.
    answer_within_s
        Its limit.
    first_reply_factor
        Chat by messages: of the first reply, besides.

    Raises
    ------
    PlanningError
        For tickets: nobody waits for them.
    """

    kind: ContactType
    rate_per_s: float
    answer_within_s: float
    work_factor: float = 1.0
    first_reply_factor: float = 1.0

    def __post_init__(self) -> None:
        if self.kind.channel is Channel.TICKET:
            raise PlanningError("only_live", thing="Stream", field="kind", value=self.kind.name)
        require_not_negative("Stream", "rate_per_s", self.rate_per_s)
        for field in ("answer_within_s", "work_factor", "first_reply_factor"):
            require_positive("Stream", field, getattr(self, field))

    @property
    def messages(self) -> Messages | None:
        """Of a chat by messages, the first reply as long as the effects on it say."""
        messages, factor = self.kind.messages, self.first_reply_factor
        if messages is None or factor == 1.0:
            return messages
        first = messages.first_reply_work_s
        return replace(messages, first_reply_work_s=replace(first, mean_s=first.mean_s * factor))

    @property
    def first_replies(self) -> list[tuple[float, tuple[Law, float]]]:
        """Of a chat by messages: the share of its attempts that begin with a reply of so much work, times a factor."""
        each = attempts_per_contact(self.kind)
        return [
            (reply.attempts / each, (reply.law, self.work_factor * self._lengthened(reply.quantities)))
            for reply in first_replies(self.kind)
            if reply.law is not None and reply.attempts > 0
        ]

    def _lengthened(self, quantities: Sequence[Quantity]) -> float:
        return self.first_reply_factor if Quantity.FIRST_REPLY in quantities else 1.0

    def handle_s(self, group: Group) -> float:
        """Return a person's time per contact, as a spreadsheet has it.

        Of a call talk and after-contact work; of a chat the length of a session / the sessions at once. By messages it
        is the length when no reply waits, by slots that of an agent with all slots taken.
        """
        if self.kind.channel is not Channel.CHAT:
            return self.kind.work_s.mean_s * self.work_factor
        messages = self.messages
        if messages is not None:
            session = SessionKind(messages, 1.0, self.work_factor)
            return (session.work_s + session.away_s) * self.kind.slots / group.chat_cap
        slowest = _speeds(group)[_sessions(group, self.kind.slots) - 1]
        return self.kind.work_s.mean_s * self.work_factor / slowest * self.kind.slots / group.chat_cap


@dataclass(frozen=True, slots=True)
class ErlangSays:
    """What the formulas say of a group in an interval; shares in time are those of all its contacts together.

    Parameters
    ----------
    handle_s
        Mean time of a person per contact, see ``Stream.handle_s``.
    load_erlangs
        Contacts per second times that: people needed to keep up.
    patient
        Erlang C (nobody gives up).
    impatient
        Erlang A (exponential patience of the types' mean); Erlang C where patience is endless.
    chats
        Share in time by the formula of chats, ``message_chat`` or ``slot_chat``; ``None`` where the group takes calls
        too, or chats of both sorts: no formula fits.
    """

    handle_s: float
    load_erlangs: float
    patient: ErlangA
    impatient: ErlangA
    chats: float | None

    @property
    def nearest(self) -> float:
        """Share in time by the formula that leaves out least."""
        return self.impatient.share_in_time if self.chats is None else self.chats


def erlang_says(streams: Sequence[Stream], group: Group, agents: int) -> ErlangSays:
    """Return the steady state that the formulas promise a group in an interval.

    It is what a spreadsheet says; put it beside the simulation, never in its place. The load is the sum of every type's
    contacts times its own time of a person; contacts of all types wait in one queue.

    Parameters
    ----------
    streams
        The live types the group is the first to be offered; at least one of them with contacts.
    agents
        People of the group at work, >= 1.
    """
    require_positive("erlang_says", "agents", agents)
    rate = sum(stream.rate_per_s for stream in streams)
    require_positive("erlang_says", "rate_per_s", rate)
    load = sum(stream.rate_per_s * stream.handle_s(group) for stream in streams)
    handle_s, patience_s = load / rate, _patience_s(streams)
    return ErlangSays(
        handle_s=handle_s,
        load_erlangs=load,
        patient=_mixed(streams, lambda within_s: erlang_c(agents, load, handle_s, within_s)),
        impatient=_mixed(streams, lambda within_s: erlang_a(agents, load, handle_s, patience_s, within_s)),
        chats=_chats(streams, group, agents, patience_s),
    )


@dataclass(frozen=True, slots=True)
class WhatCame:
    """What the simulation met and a formula of the plan does not know.

    Parameters
    ----------
    simulated
        Share in time, with its interval.
    offered_factor
        Contacts offered / contacts planned.
    busyness
        Equally likely factors of a day's contacts.
    present_share
        Of those planned at work, how many come.
    """

    simulated: Estimate
    offered_factor: float = 1.0
    busyness: tuple[float, ...] = (1.0,)
    present_share: float = 1.0


def why_it_differs(streams: Sequence[Stream], group: Group, agents: int, came: WhatCame) -> ErlangMisses | None:
    """Return the main reason why the simulated share differs from that of Erlang C; ``None`` where it does not.

    The formula is made truer, and the step that brings it nearest to the simulation is the main reason: the formula
    that knows patience, or chats; from there the contacts that really came, uneven days, or absence. Where more is left
    than any step explains, it is what no formula knows.
    """
    said, simulated = erlang_says(streams, group, agents), came.simulated
    low, high = (
        edge if math.isfinite(edge) else simulated.value for edge in (simulated.low, simulated.high)
    )  # of a single replication there is no interval
    usual, nearest = said.patient.share_in_time, said.nearest
    if low - AGREES_WITHIN <= usual <= high + AGREES_WITHIN:
        return None

    def away(share: float) -> float:
        return abs(share - simulated.value)

    truer: Mapping[ErlangMisses, float] = {
        ErlangMisses.RETURNING: _nearest(streams, group, agents, [came.offered_factor]),
        ErlangMisses.UNEVEN: _nearest(streams, group, agents, came.busyness),
        ErlangMisses.ABSENCE: _nearest(streams, group, max(1, round(agents * came.present_share)), [1.0]),
    }
    gained = {
        _by_formula(streams): away(usual) - away(nearest),
        **{reason: away(nearest) - away(share) for reason, share in truer.items()},
    }
    left = away(nearest) - max(0.0, *(gained[reason] for reason in truer))
    reason, most = max(gained.items(), key=lambda pair: pair[1])
    if most >= left:
        return reason
    return ErlangMisses.BLENDED if len({_sort(stream) for stream in streams}) > 1 else ErlangMisses.STEADY


def _by_formula(streams: Sequence[Stream]) -> ErlangMisses:
    """Return what the nearest formula knows and Erlang C does not."""
    sorts = {_sort(stream) for stream in streams}
    return sorts.pop() if len(sorts) == 1 else ErlangMisses.GIVING_UP


def _sort(stream: Stream) -> ErlangMisses:
    """Return how contacts of a stream are handled, by what Erlang C gets wrong about it."""
    if stream.kind.channel is Channel.VOICE:
        return ErlangMisses.GIVING_UP
    return ErlangMisses.SHARING if stream.kind.messages is None else ErlangMisses.TYPING


def _nearest(streams: Sequence[Stream], group: Group, agents: int, factors: Sequence[float]) -> float:
    """Return the share by the nearest formula, contacts times equally likely ``factors``, each day as busy as it is."""
    shares = [
        erlang_says([replace(row, rate_per_s=row.rate_per_s * one) for row in streams], group, agents).nearest
        for one in factors
    ]
    return float(np.average(shares, weights=factors))


def _mixed(streams: Sequence[Stream], formula: Callable[[float], ErlangA]) -> ErlangA:
    """Return a formula's steady state, its share in time over all streams, each within its own limit."""
    said = {within_s: formula(within_s) for within_s in dict.fromkeys(row.answer_within_s for row in streams)}
    share = np.average(
        [said[row.answer_within_s].share_in_time for row in streams], weights=[row.rate_per_s for row in streams]
    )
    return replace(next(iter(said.values())), share_in_time=float(share))


def _patience_s(streams: Sequence[Stream]) -> float:
    """Return the patience whose rate of giving up is the mean one; endless where nobody gives up."""
    leave = [
        0.0 if row.kind.patience_s.kind is LawKind.NEVER else row.rate_per_s / row.kind.patience_s.mean_s
        for row in streams
    ]
    return sum(row.rate_per_s for row in streams) / sum(leave) if sum(leave) > 0 else math.inf


def _chats(streams: Sequence[Stream], group: Group, agents: int, patience_s: float) -> float | None:
    """Return the share in time by the formula of chats, ``None`` where there are calls or two sorts of chats."""
    rates = np.array([row.rate_per_s for row in streams])
    shares, rate = rates / rates.sum(), float(rates.sum())
    sessions = _sessions(group, float(shares @ [row.kind.slots for row in streams]))
    sorts = {_sort(row) for row in streams}
    if sorts == {ErlangMisses.TYPING}:
        said = _by_messages(streams, shares, lambda law: message_chat(law, agents, sessions, rate, patience_s))
    elif sorts == {ErlangMisses.SHARING}:
        work_s = float(shares @ [row.kind.work_s.mean_s * row.work_factor for row in streams])
        speeds = _speeds(group)[:sessions]
        said = [
            slot_chat(agents, sessions, speeds, rate, work_s, patience_s, row.answer_within_s).share_in_time
            for row in streams
        ]
    else:
        return None
    return float(shares @ said)


def _by_messages(
    streams: Sequence[Stream], shares: FloatArray, formula: Callable[[MessageLaw], MessageChat]
) -> list[float]:
    """Return each stream's share in time, reopenings and those astray included, among agents who hold them all."""
    mix = tuple(
        SessionKind(row.messages, float(share), row.work_factor)
        for row, share in zip(streams, shares, strict=True)
        if row.messages is not None
    )
    return [
        sum(
            part * formula(mixed_law(mix, law, factor, row.answer_within_s)).share_in_time
            for part, (law, factor) in row.first_replies
        )
        for row in streams
    ]


def _sessions(group: Group, slots: float) -> int:
    """Return how many sessions of so many slots a person holds at once."""
    return max(1, int(group.chat_cap / slots + 1e-9))


def _speeds(group: Group) -> tuple[float, ...]:
    """Return (chat_cap,) the speed of each of k sessions."""
    speeds = group.session_speed
    return speeds if len(speeds) == group.chat_cap else speeds * group.chat_cap
