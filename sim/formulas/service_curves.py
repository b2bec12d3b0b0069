"""Service against servers: one load, all numbers of servers at once."""

from functools import cache

import numpy as np

from scenarios.checks import FloatArray, IntArray, require_not_negative, require_positive

_NODES = 48  # Gauss-Legendre nodes on each side of the limit: within 1e-8 of ``erlang_a`` from 1 to 2,000 servers
_TAIL_LOG = 45.0  # waits less likely than exp(-45) against the likeliest are left out
_HALVINGS = 40


def erlang_a_curve(
    servers: IntArray, load: float, aht_s: float, patience_s: float, within_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return the shares in time and lost of M/M/n+M for every n of ``servers``, as ``erlang_a`` does for one.

    Parameters
    ----------
    servers
        (N,) numbers of servers, >= 1.
    load
        Offered load in erlangs, >= 0.
    aht_s, patience_s
        Mean work and mean patience, > 0; endless patience is Erlang C.
    within_s
        Limit of the share in time, >= 0.

    Notes
    -----
    With E the inverse of Erlang's blocking with n - 1 servers and J the integral of exp(rate * G(x) - n x / aht) over
    x >= 0, where G(x) is the mean patience cut at x, a contact is taken at once with probability E / (E + rate J)
    (Zeltyn and Mandelbaum, Queueing Systems 51, 2005, section 4).
    """
    require_not_negative("erlang_a_curve", "load", load)
    require_not_negative("erlang_a_curve", "within_s", within_s)
    for field, value in (("servers", float(servers.min())), ("aht_s", aht_s)):
        require_positive("erlang_a_curve", field, value)
    if load == 0:
        return np.ones(len(servers)), np.zeros(len(servers))
    idle = _inverse_blocking(servers, load)
    rate, serve = load / aht_s, servers / aht_s
    leave = 0.0 if np.isinf(patience_s) else 1.0 / patience_s
    if leave == 0.0:
        return _without_patience(idle, rate, serve, within_s)
    top_s = np.log(np.maximum(rate / serve, 1.0)) / leave
    top_log = rate * -np.expm1(-leave * top_s) / leave - serve * top_s
    last_s = _last_s(rate, serve, leave, top_s, top_log)
    soon_s = np.minimum(within_s, last_s)
    soon, served = _integrals(rate, serve, leave, top_log, np.zeros_like(soon_s), soon_s)
    late, _ = _integrals(rate, serve, leave, top_log, soon_s, last_s)
    scaled = np.exp(-top_log)  # everything is divided by exp(top_log), which may be huge
    total = idle * scaled + rate * (soon + late)
    in_time = (idle * scaled + rate * served) / total
    lost = (scaled + (rate - serve) * (soon + late)) / total
    return np.clip(in_time, 0.0, 1.0), np.clip(lost, 0.0, 1.0)


def _inverse_blocking(servers: IntArray, load: float) -> FloatArray:
    """Return 1 / Erlang B with one server less, at most 1e280: there nobody ever waits."""
    most = int(servers.max())
    found = np.ones(most + 1)
    value = 1.0
    for number in range(1, most):
        value = min(1.0 + value * number / load, 1e280)
        found[number + 1] = value
    return found[servers]


def _without_patience(
    idle: FloatArray, rate: float, serve: FloatArray, within_s: float
) -> tuple[FloatArray, FloatArray]:
    drain = serve - rate
    steady = drain > 0
    mean = np.where(steady, 1.0 / np.where(steady, drain, 1.0), 0.0)
    waits = np.where(steady, rate * mean / (idle + rate * mean), 1.0)
    in_time = np.where(steady, 1.0 - waits * np.exp(-np.maximum(drain, 0.0) * within_s), 0.0)
    return in_time, np.zeros(len(serve))


def _last_s(rate: float, serve: FloatArray, leave: float, top_s: FloatArray, top_log: FloatArray) -> FloatArray:
    """Return a wait beyond which nothing counts: the exponent, concave, has fallen by ``_TAIL_LOG``."""
    low, high = top_s, top_s + 1.0

    def exponent(wait_s: FloatArray) -> FloatArray:
        return np.asarray(rate * -np.expm1(-leave * wait_s) / leave - serve * wait_s)

    while (short := exponent(high) > top_log - _TAIL_LOG).any():
        high = np.where(short, top_s + 2.0 * (high - top_s), high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = exponent(middle) > top_log - _TAIL_LOG
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return high


def _integrals(
    rate: float, serve: FloatArray, leave: float, top_log: FloatArray, start_s: FloatArray, end_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return (N,) integrals from ``start_s`` to ``end_s`` of the density of the wait, and of it times the patience."""
    nodes, weights = _legendre()
    half = (end_s - start_s)[:, None] / 2
    waits = start_s[:, None] + half * (nodes + 1.0)
    patient = np.exp(-leave * waits)
    density = np.exp(rate * (1.0 - patient) / leave - serve[:, None] * waits - top_log[:, None]) * half
    return np.asarray(density @ weights), np.asarray((density * patient) @ weights)


@cache
def _legendre() -> tuple[FloatArray, FloatArray]:
    return np.polynomial.legendre.leggauss(_NODES)
