"""The shape of a day: how a weekday's contacts spread over its intervals."""

import numpy as np

from scenarios.checks import FloatArray, IntArray

_HALF_LIFE_DAYS = 56.0  # eight weeks, as for the weekday factors
_POOLINGS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Pseudo-days of the shape common to all weekdays; which fits is found on the series itself."""
_CHOSEN_FROM_DAYS = 3  # with fewer days of a weekday nothing can be left out and predicted
_POOLING_UNTRIED = 1.0


def fit_profiles(counts: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return (7, S) the ordinary contacts of each interval by weekday, at the level of the common shape.

    Each weekday's shape is the recency-weighted mean of its days, shrunk to the shape common to all; the strength is
    the one under which days left out are predicted best (small series need much, busy ones hardly any).

    Parameters
    ----------
    counts
        (D, S) contacts, ``nan`` = unknown.
    weekdays
        (D,) Monday 0.
    """
    known = np.isfinite(counts)
    filled = np.where(known, counts, 0.0)
    weight = 0.5 ** (np.arange(len(counts))[::-1] / _HALF_LIFE_DAYS)
    common = weight @ filled / np.maximum(weight @ known, 1e-300)
    scale = filled.sum(axis=1) / np.maximum(known @ common, 1e-300)
    level = np.where(scale > 0, scale, 1.0)[:, None]
    profiles = np.tile(common, (7, 1))
    for weekday in np.unique(weekdays[known.any(axis=1)]):
        mine = known.any(axis=1) & (weekdays == weekday)
        profiles[weekday] = _shrunk(filled[mine] / level[mine], weight[mine, None] * known[mine], common)
        profiles[weekday] *= common.sum() / max(profiles[weekday].sum(), 1e-300)
    return profiles


def _shrunk(shapes: FloatArray, weights: FloatArray, common: FloatArray) -> FloatArray:
    total, mass = (shapes * weights).sum(axis=0), weights.sum(axis=0)
    pooling = _POOLING_UNTRIED
    if len(shapes) >= _CHOSEN_FROM_DAYS:
        misses = [_left_out_error(shapes, weights, common, candidate) for candidate in _POOLINGS]
        pooling = _POOLINGS[int(np.argmin(misses))]
    return np.asarray((total + pooling * common) / (mass + pooling), dtype=np.float64)


def _left_out_error(shapes: FloatArray, weights: FloatArray, common: FloatArray, pooling: float) -> float:
    """Return how far each day lies from the shape learnt on the other days of its weekday."""
    own = shapes * weights
    others = (own.sum(axis=0) - own + pooling * common) / (weights.sum(axis=0) - weights + pooling)
    return float((np.abs(shapes - others) * weights).sum())
