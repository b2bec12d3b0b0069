"""Offered load of rates that change: the mean number of busy servers if nobody ever had to wait."""

import numpy as np

from scenarios import Law
from scenarios.checks import FloatArray, require_positive
from sim.formulas.laws import mean_up_to

_NODES = 3  # Gauss-Legendre nodes per interval: the load is smooth inside one


def offered_load_erlangs(rate_per_s: FloatArray, interval_s: float, work: Law) -> FloatArray:
    """Return (T,) the mean load of M_t/G/infinity in each interval, the system empty at the start.

    The load lags behind the rates by about a contact's work (Eick, Massey and Whitt, Operations Research 41, 1993,
    theorem 1: m(t) is the integral of rate(t - u) P(work > u) over u).

    Parameters
    ----------
    rate_per_s
        (T,) contacts per second, constant within an interval.
    interval_s
        Length of an interval.
    work
        Law of a contact's work.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    offsets = (nodes + 1.0) / 2 * interval_s
    times = np.arange(len(rate_per_s))[:, None] * interval_s + offsets[None, :]
    loads = load_at_erlangs(times.ravel(), rate_per_s, interval_s, work).reshape(times.shape)
    return np.asarray(loads @ weights / 2)


def load_at_erlangs(times_s: FloatArray, rate_per_s: FloatArray, interval_s: float, work: Law) -> FloatArray:
    """Return the load of M_t/G/infinity at ``times_s`` seconds after the start of the first interval."""
    require_positive("load_at_erlangs", "interval_s", interval_s)
    edges = np.arange(len(rate_per_s) + 1) * interval_s
    since = np.maximum(np.asarray(times_s)[:, None] - edges[None, :], 0.0)
    lasting = mean_up_to(work, since)
    return np.asarray((lasting[:, :-1] - lasting[:, 1:]) @ np.asarray(rate_per_s, dtype=np.float64))
