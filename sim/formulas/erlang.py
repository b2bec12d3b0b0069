"""Closed forms of queues with one kind of call: first guess of a requirement, and oracle of the simulation."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from scenarios import PlanningError
from scenarios.checks import FloatArray, require_not_negative, require_positive, require_share

SERVERS_MAX = 1_000_000
"""No search for servers goes beyond; a larger need is a wrong input, or no number is enough."""
_NODES = 128  # Gauss-Legendre nodes on [0, within]: the integrand is smooth, 64 give 1e-12 at 5,000 servers already
_HALVINGS = 12  # the edges of the integral need not be sharp
_TAIL_LOG = 50.0  # queue lengths rarer than exp(-50) against the commonest are left out


@dataclass(frozen=True, slots=True)
class ErlangA:
    """Steady state of a queue.

    Parameters
    ----------
    p_wait
        Share of contacts that find nobody free.
    p_abandon
        Share that give up.
    mean_wait_s
        Mean wait of all contacts, those who give up included.
    share_in_time
        Share of all contacts that are answered within the limit.
    occupancy
        Busy share of the servers' time.
    """

    p_wait: float
    p_abandon: float
    mean_wait_s: float
    share_in_time: float
    occupancy: float


def erlang_b(servers: int, load: float) -> float:
    """Return the share of contacts lost by M/G/c/c (Erlang 1917).

    Parameters
    ----------
    servers
        c >= 0.
    load
        Offered load in erlangs, >= 0.
    """
    require_not_negative("erlang_b", "servers", servers)
    require_not_negative("erlang_b", "load", load)
    if load == 0:
        return 0.0 if servers else 1.0
    inverse = 1.0
    for number in range(1, servers + 1):
        inverse = 1.0 + inverse * number / load
        if math.isinf(inverse):
            return 0.0
    return 1.0 / inverse


def erlang_c(servers: int, load: float, aht_s: float, within_s: float) -> ErlangA:
    """Return the steady state of M/M/c, in which nobody gives up (Erlang 1917).

    Parameters
    ----------
    servers
        c >= 1.
    load
        Offered load in erlangs, >= 0. From ``servers`` on there is no steady state: everybody waits for ever.
    aht_s
        Mean work of a contact, > 0.
    within_s
        Limit of the share in time, >= 0.
    """
    _check("erlang_c", servers, load, aht_s, within_s)
    if load >= servers:
        return ErlangA(1.0, 0.0, math.inf, 0.0, 1.0)
    blocked = erlang_b(servers, load)
    p_wait = blocked / (1.0 - load / servers * (1.0 - blocked))
    drain_per_s = (servers - load) / aht_s
    share = 1.0 - p_wait * math.exp(-drain_per_s * within_s)
    return ErlangA(p_wait, 0.0, p_wait / drain_per_s, share, load / servers)


def erlang_a(servers: int, load: float, aht_s: float, patience_s: float, within_s: float) -> ErlangA:
    """Return the steady state of M/M/c+M, in which buyers give up after an exponential patience (Palm 1957).

    The queue is a birth-death chain; the share in time integrates the density of the virtual wait
    (Zeltyn and Mandelbaum, Queueing Systems 51, 2005, section 4).

    Parameters
    ----------
    servers
        c >= 1.
    load
        Offered load in erlangs, >= 0.
    aht_s, patience_s
        Mean work and mean patience, > 0; endless patience (``inf``) gives Erlang C.
    within_s
        Limit of the share in time, >= 0.
    """
    _check("erlang_a", servers, load, aht_s, within_s)
    if math.isinf(patience_s):
        return erlang_c(servers, load, aht_s, within_s)
    require_positive("erlang_a", "patience_s", patience_s)
    if load == 0:
        return ErlangA(0.0, 0.0, 0.0, 1.0, 0.0)
    chain = queue_chain(load / aht_s, np.arange(1, servers + 1) / aht_s, patience_s, within_s)
    busy = float(np.arange(servers) @ chain.below) + servers * chain.p_wait
    return ErlangA(chain.p_wait, chain.p_abandon, chain.mean_wait_s, chain.share_in_time, busy / servers)


@dataclass(frozen=True, slots=True)
class QueueChain:
    """Steady state of a birth-death chain with places for n contacts and a queue behind them.

    Parameters
    ----------
    below
        (n,) shares of time with 0 .. n - 1 contacts in the system.
    p_wait, p_abandon, mean_wait_s, share_in_time
        As in ``ErlangA``.
    """

    below: FloatArray
    p_wait: float
    p_abandon: float
    mean_wait_s: float
    share_in_time: float


def queue_chain(rate: float, ends: FloatArray, patience_s: float, within_s: float) -> QueueChain:
    """Return the steady state of a chain.

    Parameters
    ----------
    rate
        Arrivals per second, > 0.
    ends
        (n,) contacts finished per second when 1 .. n places are taken; with a queue as with n.
    patience_s
        Mean of the exponential patience; ``inf`` only where ``rate`` is below ``ends[-1]``.
    within_s
        Limit of the share in time.
    """
    places, leave = len(ends), 1.0 / patience_s
    start = np.concatenate([[0.0], np.cumsum(math.log(rate) - np.log(ends))])
    tail = start[-1] + _tail_logs(rate, float(ends[-1]), leave)
    top = max(start.max(), tail.max(initial=-math.inf))
    total_log = top + math.log(np.exp(start - top).sum() + np.exp(tail - top).sum())
    below, queued = np.exp(start[:-1] - total_log), np.exp(tail - total_log)
    p_free = float(below.sum())
    p_wait = min(1.0, float(np.exp(start[-1] - total_log) + queued.sum()))
    waiting = float(np.arange(1, len(queued) + 1) @ queued)
    density_log = math.log(rate) + float(start[places - 1]) - total_log
    in_time = p_free + _served_within(density_log, rate, leave, float(ends[-1]), within_s)
    return QueueChain(below, p_wait, waiting * leave / rate, waiting / rate, min(1.0, in_time))


def min_agents_c(load: float, aht_s: float, within_s: float, share: float) -> int:
    """Return the least servers with which Erlang C answers ``share`` of the contacts within ``within_s``.

    Raises
    ------
    PlanningError
        As ``least_servers`` does.
    """
    require_share("min_agents_c", "share", share)
    return least_servers(lambda servers: erlang_c(servers, load, aht_s, within_s).share_in_time >= share, load)


def min_agents_a(
    load: float, aht_s: float, patience_s: float, within_s: float, share: float, abandoned_max: float = 1.0
) -> int:
    """Return the least servers with which Erlang A answers ``share`` in time and loses at most ``abandoned_max``.

    Raises
    ------
    PlanningError
        As ``least_servers`` does.
    """
    require_share("min_agents_a", "share", share)
    require_share("min_agents_a", "abandoned_max", abandoned_max)

    def meets(servers: int) -> bool:
        found = erlang_a(servers, load, aht_s, patience_s, within_s)
        return found.share_in_time >= share and found.p_abandon <= abandoned_max

    return least_servers(meets, load)


def _check(thing: str, servers: int, load: float, aht_s: float, within_s: float) -> None:
    require_positive(thing, "servers", servers)
    require_not_negative(thing, "load", load)
    require_positive(thing, "aht_s", aht_s)
    require_not_negative(thing, "within_s", within_s)


def _tail_logs(rate: float, serve: float, leave: float) -> FloatArray:
    """Return logs of the shares of time with 1, 2, ... contacts waiting, relative to the time with none waiting."""
    if leave == 0.0:
        kept = math.ceil(_TAIL_LOG / math.log(serve / rate))
        return np.asarray(np.arange(1, kept + 1) * math.log(rate / serve))
    mode = max(0.0, (rate - serve) / leave)
    kept = math.ceil(mode + math.sqrt(2 * _TAIL_LOG * (rate / leave + 1.0)) + _TAIL_LOG)
    return np.asarray(np.cumsum(math.log(rate) - np.log(serve + leave * np.arange(1, kept + 1))))


def _served_within(density_log: float, rate: float, leave: float, serve: float, within_s: float) -> float:
    """Return the share that waits, at most ``within_s``, and is served: the density of the wait times the patience."""

    def exponent(wait_s: float) -> float:
        # rate times the integral of P(patience > u) from 0 to the wait, less the service and the patience left.
        gone = -math.expm1(-leave * wait_s) / leave if leave else wait_s
        return rate * gone - (serve + leave) * wait_s

    # The exponent is concave; the nodes go where it is within _TAIL_LOG of its top.
    top_s = math.log(rate / (serve + leave)) / leave if leave and rate > serve + leave else 0.0
    top_s = min(top_s, within_s)
    least = exponent(top_s) - _TAIL_LOG
    low_s, high_s = _crossing(exponent, top_s, 0.0, least), _crossing(exponent, top_s, within_s, least)
    nodes, weights = _legendre()
    waits = low_s + (high_s - low_s) / 2 * (nodes + 1.0)
    gone = -np.expm1(-leave * waits) / leave if leave else waits
    values = np.exp(density_log + rate * gone - (serve + leave) * waits)
    return float(values @ weights * (high_s - low_s) / 2)


def _crossing(exponent: Callable[[float], float], inside: float, outside: float, least: float) -> float:
    """Return where, from ``inside`` towards ``outside``, the exponent falls below ``least``; ``outside`` if nowhere."""
    if exponent(outside) >= least:
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if exponent(middle) >= least else (inside, middle)
    return outside


@cache
def _legendre() -> tuple[FloatArray, FloatArray]:
    return np.polynomial.legendre.leggauss(_NODES)


def least_servers(meets: Callable[[int], bool], start: float) -> int:
    """Return the least number that ``meets``, which once met stays met: gallop from ``start``, then halve.

    Raises
    ------
    PlanningError
        When not even ``SERVERS_MAX`` do: such an answer would be taken for a head-count.
    """
    low, high = 0, max(1, math.floor(start))
    while not meets(high):
        if high >= SERVERS_MAX:
            raise PlanningError("no_head_count", thing="least_servers", field="servers", value=f"> {SERVERS_MAX}")
        low, high = high, min(SERVERS_MAX, high + max(1, high // 4))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return high
