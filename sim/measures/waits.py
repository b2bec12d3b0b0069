"""Distribution of waiting times: counts in bins, and quantiles read from them."""

import math

import numpy as np

from scenarios.checks import FloatArray, IntArray
from sim.floor.jit import inlined

UNIT_US = 125_000
"""Width of the finest bins: an eighth of a second."""
PER_OCTAVE = 8
"""Bins per doubling of the wait: each is at most an eighth as wide as the wait it begins with."""
OCTAVES = 20
BINS = PER_OCTAVE * (1 + OCTAVES)
"""Bins in all; the last also holds everything above its start, which is after about eleven days."""


@inlined
def bin_of(wait_us: int) -> int:
    """Return the bin of a wait, >= 0: bins of equal width up to two seconds, then eight of equal width per doubling."""
    units = wait_us // UNIT_US
    if units < PER_OCTAVE:
        return max(units, 0)
    fraction, exponent = math.frexp(float(units))
    place = (exponent - 3) * PER_OCTAVE + int(fraction * 2 * PER_OCTAVE) - PER_OCTAVE
    return min(place, BINS - 1)


def edges_s() -> FloatArray:
    """Return (BINS + 1,) the edges of the bins in seconds."""
    first = np.arange(PER_OCTAVE)
    later = [(PER_OCTAVE + first) * 2**octave for octave in range(OCTAVES)]
    units = np.concatenate([first, *later, [PER_OCTAVE * 2**OCTAVES]])
    return units * (UNIT_US / 1e6)


def quantiles_of(
    counts: IntArray, totals: FloatArray | IntArray, probability: float, half_width: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the quantile of pooled waits and its interval, place by place.

    The quantile is read from the pooled distribution, straight within a bin; its interval holds every wait at which the
    distribution comes within ``half_width`` of ``probability`` (Woodruff, Journal of the American Statistical
    Association 47, 1952, 635-646).

    Parameters
    ----------
    counts
        (P, BINS) waits of all replications together at each of P places.
    totals
        (P,) what the probability is a share of: the waits themselves, or all that were offered, of whom those never
        answered wait for ever.
    half_width
        (P,) half-width of the interval of the share at the quantile; ``nan`` for none.

    Returns
    -------
    value, low, high
        (P,) seconds each; ``nan`` where nothing is known, ``inf`` where the share is never reached.
    """
    edges = edges_s()
    shares = np.cumsum(counts, axis=1) / np.where(totals > 0, totals, 1)[:, None]
    wanted = np.stack([np.full(len(counts), probability), probability - half_width, probability + half_width])
    found = np.full(wanted.shape, np.nan)
    for place in np.flatnonzero(np.asarray(totals) > 0).tolist():
        found[:, place] = [_inverse(shares[place], edges, float(share)) for share in wanted[:, place]]
    return found[0], found[1], found[2]


def share_within(counts: IntArray, wait_s: FloatArray) -> FloatArray:
    """Return (R, P) how many of (R, P, BINS) waits are no longer than (P,) ``wait_s``, straight within a bin."""
    edges = edges_s()
    reached = np.concatenate([np.zeros((*counts.shape[:2], 1)), np.cumsum(counts, axis=2)], axis=2)
    known = np.where(np.isfinite(wait_s), wait_s, edges[-1])
    place = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, BINS - 1)
    part = np.clip((known - edges[place]) / (edges[place + 1] - edges[place]), 0.0, 1.0)
    column = np.arange(counts.shape[1])
    low: FloatArray = reached[:, column, place]
    return low + part * (reached[:, column, place + 1] - low)


def _inverse(shares: FloatArray, edges: FloatArray, wanted: float) -> float:
    """Return the wait within which the share ``wanted`` lies, from (BINS,) shares up to the end of each bin."""
    if math.isnan(wanted):
        return math.nan
    if wanted <= 0.0:
        return float(edges[int(np.argmax(shares > 0))])
    if wanted > shares[-1] + 1e-12:
        return math.inf
    place = min(int(np.searchsorted(shares, wanted - 1e-12)), BINS - 1)
    before = shares[place - 1] if place else 0.0
    part = (wanted - before) / (shares[place] - before)
    return float(edges[place] + min(max(part, 0.0), 1.0) * (edges[place + 1] - edges[place]))
