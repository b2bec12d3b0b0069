"""Closed forms of slot chat: agents who share themselves between several sessions."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from scenarios.checks import FloatArray, require_not_negative, require_positive
from sim.formulas.erlang import ErlangA, queue_chain

_QUEUE_MAX = 400  # longest queue of the exact chain; rarer than rounding wherever it is used


@dataclass(frozen=True, slots=True)
class SlotChat(ErlangA):
    """Steady state of slot chat.

    ``p_wait`` is the share of chats that find every slot taken, ``occupancy`` the share of the agents' time with at
    least one session open, ``session_s`` the mean length of a session.
    """

    session_s: float


def slot_chat(
    agents: int, cap: int, speeds: Sequence[float], rate_per_s: float, work_s: float, patience_s: float, within_s: float
) -> SlotChat:
    """Return the steady state of slot chat when open sessions are spread evenly over the agents.

    A birth-death chain on the number of open sessions; exact for one agent, and for several when the pace does not
    depend on the load. Otherwise sessions that close at random leave agents less even than assumed here;
    ``slot_chat_least_loaded`` is the exact chain for a few agents.

    Parameters
    ----------
    agents, cap
        Agents and slots of each, >= 1.
    speeds
        ``cap`` speeds: that of each of k open sessions, k = 1 .. cap.
    rate_per_s
        Chats per second, >= 0.
    work_s
        Mean work (exponential) of a session that is the only one open, > 0.
    patience_s
        Mean patience (exponential), > 0, may be ``inf``.
    within_s
        Limit of the share in time, >= 0.
    """
    _check(agents, cap, speeds, rate_per_s, work_s, within_s)
    if rate_per_s == 0:
        return SlotChat(0.0, 0.0, 0.0, 1.0, 0.0, work_s)
    pace = np.array([0.0, *(k * speed for k, speed in enumerate(speeds, start=1))]) / work_s
    full, over = np.divmod(np.arange(1, agents * cap + 1), agents)
    ends = (agents - over) * pace[full] + over * pace[np.minimum(full + 1, cap)]
    if math.isinf(patience_s) and rate_per_s >= ends[-1]:
        return SlotChat(1.0, 0.0, math.inf, 0.0, 1.0, work_s / speeds[-1])
    chain = queue_chain(rate_per_s, ends, patience_s, within_s)
    open_sessions = np.arange(agents * cap)
    busy = float(np.minimum(open_sessions, agents) @ chain.below) + agents * chain.p_wait
    sessions = float(open_sessions @ chain.below) + agents * cap * chain.p_wait
    session_s = sessions / (rate_per_s * (1.0 - chain.p_abandon))
    return SlotChat(chain.p_wait, chain.p_abandon, chain.mean_wait_s, chain.share_in_time, busy / agents, session_s)


def slot_chat_least_loaded(
    agents: int, cap: int, speeds: Sequence[float], rate_per_s: float, work_s: float, patience_s: float, within_s: float
) -> SlotChat:
    """Return the exact steady state when a chat goes to the agent with the fewest sessions.

    A Markov chain on how many agents have 0, 1, .., ``cap`` sessions open: (agents + cap) over cap states, so for a few
    agents only; an oracle for the simulation and for ``slot_chat``, whose parameters it shares. Patience is finite.
    """
    _check(agents, cap, speeds, rate_per_s, work_s, within_s)
    require_positive("slot_chat_least_loaded", "rate_per_s", rate_per_s)
    require_positive("slot_chat_least_loaded", "patience_s", patience_s)
    states = list(_occupancies(agents, cap))
    pace = [0.0, *(k * speed / work_s for k, speed in enumerate(speeds, start=1))]
    shares = _solve(_moves(states, rate_per_s, pace, 1.0 / patience_s), len(states) + _QUEUE_MAX)
    full, queued = float(shares[len(states) - 1]), shares[len(states) :]
    sessions = np.array([sum(k * count for k, count in enumerate(state)) for state in states])
    busy = np.array([agents - state[0] for state in states])
    p_wait = full + float(queued.sum())
    waiting = float(np.arange(1, _QUEUE_MAX + 1) @ queued)
    lost = waiting / patience_s / rate_per_s
    alone = queue_chain(rate_per_s, np.array([agents * pace[cap]]), patience_s, within_s)
    return SlotChat(
        p_wait=p_wait,
        p_abandon=lost,
        mean_wait_s=waiting / rate_per_s,
        # Once every slot is taken, waiting is that of one server as fast as all agents together.
        share_in_time=1.0 - p_wait * (1.0 - alone.share_in_time) / alone.p_wait,
        occupancy=(float(busy @ shares[: len(states)]) + agents * float(queued.sum())) / agents,
        session_s=(float(sessions @ shares[: len(states)]) + agents * cap * float(queued.sum()))
        / (rate_per_s * (1.0 - lost)),
    )


def _check(agents: int, cap: int, speeds: Sequence[float], rate_per_s: float, work_s: float, within_s: float) -> None:
    require_positive("slot_chat", "agents", agents)
    require_positive("slot_chat", "cap", cap)
    require_not_negative("slot_chat", "rate_per_s", rate_per_s)
    require_positive("slot_chat", "work_s", work_s)
    require_not_negative("slot_chat", "within_s", within_s)
    for speed in speeds[:cap]:
        require_positive("slot_chat", "speeds", speed)


def _occupancies(agents: int, cap: int) -> Iterator[tuple[int, ...]]:
    """Yield how many agents have 0 .. cap sessions open, the state in which all are full last."""
    for bars in itertools.combinations(range(1, agents + cap + 1), cap):
        marks = (0, *bars, agents + cap + 1)
        yield tuple(above - below - 1 for below, above in itertools.pairwise(marks))[::-1]


def _moves(
    states: list[tuple[int, ...]], rate: float, pace: list[float], leave: float
) -> Iterator[tuple[int, int, float]]:
    """Yield (from, to, rate) of every move of the chain; states of the queue follow those of the slots."""
    place = {state: number for number, state in enumerate(states)}
    for number, state in enumerate(states):
        least = next(k for k, count in enumerate(state) if count)
        if least < len(state) - 1:
            yield number, place[_moved(state, least, least + 1)], rate
        for k in range(1, len(state)):
            if state[k]:
                yield number, place[_moved(state, k, k - 1)], state[k] * pace[k]
    last, agents = len(states) - 1, sum(states[0])
    for queue in range(1, _QUEUE_MAX + 1):
        yield last + queue - 1, last + queue, rate
        yield last + queue, last + queue - 1, agents * pace[-1] + queue * leave


def _moved(state: tuple[int, ...], source: int, target: int) -> tuple[int, ...]:
    return tuple(count + (k == target) - (k == source) for k, count in enumerate(state))


def _solve(moves: Iterator[tuple[int, int, float]], count: int) -> FloatArray:
    """Return the (count,) shares of time of a chain: balance equations, the last replaced by the sum."""
    source, target, rate = (np.array(column) for column in zip(*moves, strict=True))
    out = np.bincount(source, weights=rate, minlength=count)
    diagonal = np.arange(count)
    rows = np.concatenate([target, diagonal])
    columns = np.concatenate([source, diagonal])
    values = np.concatenate([rate, -out])
    kept = rows < count - 1
    rows = np.concatenate([rows[kept], np.full(count, count - 1)])
    columns = np.concatenate([columns[kept], diagonal])
    balance = coo_array((np.concatenate([values[kept], np.ones(count)]), (rows, columns)), shape=(count, count))
    one = np.zeros(count)
    one[-1] = 1.0
    return np.asarray(spsolve(balance.tocsc(), one))
