"""Formulas of chat by messages: how many people a promise about first replies needs, before anything is simulated.

A person owns several sessions and is one server over their unread messages. Two formulas, both for ``first_replies``:

* **Sessions per agent**, the rule of thumb. Of an agent's L sessions the L - 1 others keep him typing a share
  (L - 1) x work / holding time of the time; whoever writes then waits for the rest of the reply being typed, and
  everybody waits for his own first reply. Solve for L; people = sessions per second x holding time / L.
* **Two layers**, nearer to the truth when there is much to do. Below, an agent with k sessions is a closed network of
  one server and k buyers (mean value analysis: Reiser and Lavenberg, Journal of the ACM 27, 1980); it says how much he
  types and how fast sessions end. Above, sessions are a birth-death chain with those speeds, spread evenly over the
  agents, and a queue for slots with exponential patience. By rate balance a session that is offered finds an agent with
  k sessions as often as one is left with k.

Left out: first replies that wait for other first replies, and that agents never are loaded quite evenly; both make the
formulas hopeful, the more so the busier the floor.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenarios import Law, Messages
from scenarios.checks import FloatArray, require_not_negative, require_positive, require_share
from sim.formulas.erlang import least_servers, queue_chain
from sim.formulas.laws import survival

_NODES = 64  # Gauss-Legendre nodes on the limit: six digits for lognormal replies
_PARTS = 8  # the wait for a slot is taken as one of so many values within the limit
_NOBODY_WAITS = 1e-9  # slots taken less often than this are left out


@dataclass(frozen=True, slots=True)
class MessageLaw:
    """What the formulas know of a chat by messages.

    Parameters
    ----------
    work_s
        Mean work of all replies of a session.
    away_s
        Mean time of a session in which nothing is asked of the agent: the buyer thinks, or the hold runs.
    late_idle, late_typing
        P(own first reply > limit) with an agent who types nothing; P(rest of the reply being typed + own first reply >
        limit) with one who types.
    in_time_after
        (2, 9) one minus these two, when 0, 1/8 .. 1 of the limit has passed before the session gets its slot.
    within_s
        The limit.
    """

    work_s: float
    away_s: float
    late_idle: float
    late_typing: float
    in_time_after: tuple[tuple[float, ...], ...]
    within_s: float

    @property
    def holding_s(self) -> float:
        """Length of a session whose replies never wait."""
        return self.work_s + self.away_s


@lru_cache(maxsize=4096)
def message_law(messages: Messages, within_s: float, work_factor: float = 1.0) -> MessageLaw:
    """Return what the formulas know of ``messages`` when first replies are due within ``within_s``.

    Parameters
    ----------
    work_factor
        Multiplies the work of every reply: tenure, slow systems.
    """
    return mixed_law((SessionKind(messages, 1.0, work_factor),), messages.first_reply_work_s, work_factor, within_s)


@dataclass(frozen=True, slots=True)
class SessionKind:
    """One kind of session among those the same agents hold.

    Parameters
    ----------
    share
        Of all sessions; the shares of a mix add up to 1.
    work_factor
        Multiplies the work of every reply: tenure, slow systems.
    """

    messages: Messages
    share: float
    work_factor: float = 1.0

    def __post_init__(self) -> None:
        require_share("SessionKind", "share", self.share)
        require_positive("SessionKind", "work_factor", self.work_factor)

    @property
    def work_s(self) -> float:
        """Mean work of all replies of a session."""
        return self.messages.work_mean_s * self.work_factor

    @property
    def away_s(self) -> float:
        """Mean time of a session in which nothing is asked of the agent."""
        return (self.messages.rounds_mean - 1.0) * self.messages.think_s.mean_s + self.messages.silence_close_s

    def longer_than(self, work_s: FloatArray) -> FloatArray:
        """Return the mean number of replies of a session with more than ``work_s`` of work each, elementwise."""
        longer_s = work_s / self.work_factor
        first, later = self.messages.first_reply_work_s, self.messages.reply_work_s
        return survival(first, longer_s) + (self.messages.rounds_mean - 1.0) * survival(later, longer_s)


@lru_cache(maxsize=4096)
def mixed_law(mix: tuple[SessionKind, ...], first: Law, first_factor: float, within_s: float) -> MessageLaw:
    """Return what the formulas know of one sort of first reply with agents who hold sessions of a whole mix.

    Parameters
    ----------
    first, first_factor
        Law of its work, and what multiplies that.

    Notes
    -----
    A message meets a reply being typed with a chance proportional to its length, and of it the rest is left: density
    P(reply > u) / E(reply), summed over the replies of a session (Cox, Renewal Theory, 1962, section 5).
    """
    require_positive("message_law", "within_s", within_s)
    require_positive("message_law", "work_factor", first_factor)

    def in_time(limit_s: FloatArray) -> FloatArray:
        return 1.0 - survival(first, limit_s / first_factor)

    left_s = within_s * (1.0 - np.arange(_PARTS + 1) / _PARTS)
    idle = in_time(left_s)
    typing = np.array([_after_the_rest(mix, in_time, float(left)) for left in left_s])
    return MessageLaw(
        work_s=sum(kind.share * kind.work_s for kind in mix),
        away_s=sum(kind.share * kind.away_s for kind in mix),
        late_idle=float(1.0 - idle[0]),
        late_typing=float(1.0 - typing[0]),
        in_time_after=(tuple(idle.tolist()), tuple(typing.tolist())),
        within_s=within_s,
    )


def _after_the_rest(mix: tuple[SessionKind, ...], in_time: Callable[[FloatArray], FloatArray], limit_s: float) -> float:
    """Return P(rest of the reply being typed + own first reply <= limit), by parts of the rest's distribution."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    rest_s = (nodes + 1.0) / 2 * limit_s
    ends = np.sum([kind.share * kind.longer_than(rest_s) for kind in mix], axis=0)
    total_s = sum(kind.share * kind.work_s for kind in mix)
    return float((ends * in_time(limit_s - rest_s)) @ weights * limit_s / 2) / total_s


def sessions_per_agent(law: MessageLaw, share: float) -> float | None:
    """Return the mean number of open sessions per agent at which ``share`` of the first replies are in time.

    late = late_idle + (L - 1) (work / holding time) (late_typing - late_idle), solved for L; at most what one person
    can type (L x work = holding time).

    Returns
    -------
    float or None
        At least 1; ``None`` where even an idle agent is too late: no head-count meets the share.
    """
    require_share("sessions_per_agent", "share", share)
    room = 1.0 - share - law.late_idle
    if room < 0.0:
        return None
    most = law.holding_s / law.work_s
    per_other = (law.late_typing - law.late_idle) / most
    return most if room >= (most - 1.0) * per_other else 1.0 + room / per_other


def people_for_messages(law: MessageLaw, rate_per_s: float, share: float, cap: int) -> float | None:
    """Return the people, in fractions, of whom each owns as many sessions as the promise and the cap allow.

    ``None`` where no head-count meets the share. See ``sessions_per_agent``.
    """
    require_not_negative("people_for_messages", "rate_per_s", rate_per_s)
    require_positive("people_for_messages", "cap", cap)
    sessions = sessions_per_agent(law, share)
    return None if sessions is None else rate_per_s * law.holding_s / min(sessions, float(cap))


@dataclass(frozen=True, slots=True)
class MessageChat:
    """Steady state of chat by messages, by the two layers.

    Parameters
    ----------
    share_in_time
        Share of all sessions whose first reply is there within the limit.
    p_slot
        Share that find every slot taken.
    p_abandon
        Share that give up waiting for a slot.
    typing
        Share of the agents' time spent typing.
    sessions
        Mean open sessions per agent.
    """

    share_in_time: float
    p_slot: float
    p_abandon: float
    typing: float
    sessions: float


def message_chat(law: MessageLaw, agents: int, cap: int, rate_per_s: float, patience_s: float) -> MessageChat:
    """Return the steady state of chat by messages when a session goes to the agent with the fewest.

    Parameters
    ----------
    agents, cap
        Agents and slots of each, >= 1.
    rate_per_s
        Sessions per second, >= 0.
    patience_s
        Mean patience (exponential) of buyers who wait for a slot, > 0, may be ``inf``.
    """
    for field, value in (("agents", agents), ("cap", cap)):
        require_positive("message_chat", field, value)
    require_not_negative("message_chat", "rate_per_s", rate_per_s)
    if rate_per_s == 0:
        return MessageChat(1.0 - law.late_idle, 0.0, 0.0, 0.0, 0.0)
    typing = _typing_by_sessions(law, cap)
    pace = typing / law.work_s  # sessions that end per second, of an agent with k of them
    full, over = np.divmod(np.arange(1, agents * cap + 1), agents)
    one_more = np.minimum(full + 1, cap)
    ends = (agents - over) * pace[full] + over * pace[one_more]
    if math.isinf(patience_s) and rate_per_s >= ends[-1]:
        return MessageChat(0.0, 1.0, 0.0, float(typing[cap]), float(cap))
    chain = queue_chain(rate_per_s, ends, patience_s, law.within_s)
    first = _in_time(law, typing)[:, 0]
    # Rate balance: a session that gets a slot at once finds k as often as one ends and leaves k.
    at_once = (
        (agents - over) * pace[full] * first[np.maximum(full - 1, 0)] + over * pace[one_more] * first[full]
    ) / ends
    taken = np.arange(agents * cap)
    return MessageChat(
        share_in_time=float(at_once @ chain.below) + _after_a_slot(law, typing, rate_per_s, ends, patience_s),
        p_slot=chain.p_wait,
        p_abandon=chain.p_abandon,
        typing=rate_per_s * (1.0 - chain.p_abandon) * law.work_s / agents,
        sessions=float(taken @ chain.below) / agents + cap * chain.p_wait,
    )


def min_agents_messages(law: MessageLaw, rate_per_s: float, patience_s: float, share: float, cap: int) -> int | None:
    """Return the least agents with whom ``message_chat`` promises ``share``; ``None`` where no head-count meets it.

    Raises
    ------
    PlanningError
        As ``least_servers`` does.
    """
    require_share("min_agents_messages", "share", share)
    if sessions_per_agent(law, share) is None:
        return None
    if rate_per_s == 0:
        return 1
    return least_servers(
        lambda agents: message_chat(law, agents, cap, rate_per_s, patience_s).share_in_time >= share,
        rate_per_s * law.work_s,
    )


def _typing_by_sessions(law: MessageLaw, cap: int) -> FloatArray:
    """Return (cap + 1,) the share of time an agent with 0 .. cap sessions types: mean value analysis, one server."""
    typing, waiting = [0.0], 0.0
    for sessions in range(1, cap + 1):
        at_agent_s = law.work_s * (1.0 + waiting)
        per_s = sessions / (at_agent_s + law.away_s)
        waiting = per_s * at_agent_s
        typing.append(per_s * law.work_s)
    return np.array(typing)


def _in_time(law: MessageLaw, typing: FloatArray) -> FloatArray:
    """Return (sessions, parts) the chance of a reply in time with an agent who types so much."""
    idle, busy = np.array(law.in_time_after)
    return np.asarray(idle + typing[:, None] * (busy - idle))


def _after_a_slot(law: MessageLaw, typing: FloatArray, rate_per_s: float, ends: FloatArray, patience_s: float) -> float:
    """Return the share that waits for a slot and still has its reply in time: they join an agent with one slot free."""
    waits_s = law.within_s * np.arange(_PARTS + 1) / _PARTS
    slots = [queue_chain(rate_per_s, ends, patience_s, float(wait_s)) for wait_s in waits_s]
    if slots[0].p_wait < _NOBODY_WAITS:
        return 0.0
    got = np.diff([slot.share_in_time for slot in slots])
    in_time = _in_time(law, typing)[-2]
    return float(got @ (in_time[1:] + in_time[:-1]) / 2)
