"""What can be promised at all, and what the textbook formula promises beside what the simulation shows."""

import math
from dataclasses import dataclass
from enum import StrEnum

from scenarios import Channel, ContactType, Group, LawKind, PlanningError
from scenarios.checks import require_not_negative, require_positive
from sim.erlang import ErlangA, erlang_a, erlang_c
from sim.message_chat import message_law


def best_share_with_idle_agents(kind: ContactType, answer_within_s: float, *, tenure_factor: float = 1.0) -> float:
    """Return the share answered in time when an idle agent is always there: no head-count promises more.

    Calls, tickets and chats by slots are answered when they are taken: 1. A chat by messages is answered at the end of
    its first reply, which takes time to type: P(work of the first reply <= limit).

    Parameters
    ----------
    tenure_factor
        Of the agents who answer.
    """
    if kind.messages is None:
        require_not_negative("best_share_with_idle_agents", "answer_within_s", answer_within_s)
        return 1.0
    return 1.0 - message_law(kind.messages, answer_within_s, tenure_factor).late_idle


class ErlangMisses(StrEnum):
    """The first reason why the simulation differs from Erlang's formulas, most important first."""

    TYPING = "typing"  # chat by messages: handle time / cap takes slots for people, but one person types one reply
    SHARING = "sharing"  # chat by slots: sessions slow each other down, and a person is not several servers
    GIVING_UP = "giving_up"  # calls: Erlang C lets everybody wait for ever; patience is rarely exponential
    STEADY = "steady"  # calls: a constant rate, one pool of alike people, no breaks


@dataclass(frozen=True, slots=True)
class ErlangSays:
    """What the formulas say of one contact type in one group.

    Parameters
    ----------
    handle_s
        Handle time put into the formula: talk and after-contact work; for chats the length of a session / the cap.
    load_erlangs
        Contacts per second times that.
    patient
        Erlang C (nobody gives up).
    impatient
        Erlang A (exponential patience of the type's mean); Erlang C where patience is endless.
    misses
        Why the simulation differs.
    """

    handle_s: float
    load_erlangs: float
    patient: ErlangA
    impatient: ErlangA
    misses: ErlangMisses


def erlang_says(kind: ContactType, group: Group, agents: int, rate_per_s: float, answer_within_s: float) -> ErlangSays:
    """Return the steady state that Erlang C and A promise: the usual calculation, chats as handle time / cap.

    It is what a spreadsheet says; put it beside the simulation, never in its place.

    Parameters
    ----------
    agents
        People of the group on duty, >= 1.
    rate_per_s
        Contacts per second, >= 0.

    Raises
    ------
    PlanningError
        For tickets: nobody waits for them.
    """
    if kind.channel is Channel.TICKET:
        raise PlanningError("only_live", thing="erlang_says", field="kind", value=kind.name)
    require_positive("erlang_says", "agents", agents)
    require_not_negative("erlang_says", "rate_per_s", rate_per_s)
    handle_s = _handle_s(kind, group, answer_within_s)
    load = rate_per_s * handle_s
    patience_s = math.inf if kind.patience_s.kind is LawKind.NEVER else kind.patience_s.mean_s
    return ErlangSays(
        handle_s=handle_s,
        load_erlangs=load,
        patient=erlang_c(agents, load, handle_s, answer_within_s),
        impatient=erlang_a(agents, load, handle_s, patience_s, answer_within_s),
        misses=_misses(kind),
    )


def _handle_s(kind: ContactType, group: Group, answer_within_s: float) -> float:
    """Return the handle time as a spreadsheet has it; of a chat the length of a session / the sessions at once.

    By messages the length when no reply waits, by slots that of an agent with all slots taken.
    """
    if kind.messages is not None:
        return message_law(kind.messages, answer_within_s).holding_s * kind.slots / group.chat_cap
    if kind.channel is Channel.CHAT:
        return kind.work_s.mean_s / group.session_speed[-1] * kind.slots / group.chat_cap
    return kind.work_s.mean_s


def _misses(kind: ContactType) -> ErlangMisses:
    if kind.messages is not None:
        return ErlangMisses.TYPING
    if kind.channel is Channel.CHAT:
        return ErlangMisses.SHARING
    return ErlangMisses.STEADY if kind.patience_s.kind is LawKind.NEVER else ErlangMisses.GIVING_UP
