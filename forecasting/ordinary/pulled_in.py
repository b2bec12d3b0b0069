"""Cells without their strangest values: what an unheard-of day may teach is bounded."""

import numpy as np

from scenarios.checks import FloatArray, IntArray

_NEAR = 9  # same weekdays around a day that say what is usual: two months
_CLIP_SCALES = 2.5
_SCALE_LEAST = 0.5  # of the root of a count: that of Poisson chance


def roots_pulled_in(counts: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return (D, S) roots of ``counts`` (``nan`` = unknown), none far from those of the same weekday's nearby days.

    Roots of counts vary alike whatever their size (by chance: with standard deviation 1/2). A cell further than
    2.5 robust standard deviations from the median of the nine same weekdays around it is moved there.
    """
    roots = np.sqrt(np.maximum(counts, 0.0))
    usual = np.full_like(roots, np.nan)
    for weekday in range(7):
        days = np.flatnonzero((weekdays == weekday) & np.isfinite(roots).any(axis=1))
        if not days.size:
            continue
        near = min(_NEAR, len(days))
        middles = median_known(np.lib.stride_tricks.sliding_window_view(roots[days], near, axis=0), axis=2)
        usual[days] = middles[np.clip(np.arange(len(days)) - near // 2, 0, len(middles) - 1)]
    off = roots - usual
    scale = np.maximum(1.4826 * np.nan_to_num(median_known(np.abs(off), axis=0)), _SCALE_LEAST)  # MAD to sd of a normal
    return np.asarray(usual + np.clip(off, -_CLIP_SCALES * scale, _CLIP_SCALES * scale), dtype=np.float64)


def median_known(values: FloatArray, axis: int) -> FloatArray:
    """Return the median of the known values along ``axis``; ``nan`` where there is none."""
    ordered = np.sort(values, axis=axis)  # nan comes last
    known = np.isfinite(values).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(known - 1, 0) // 2, axis=axis)
    high = np.take_along_axis(ordered, np.minimum(known // 2, values.shape[axis] - 1), axis=axis)
    return np.asarray(np.where(known > 0, (low + high) / 2, np.nan).squeeze(axis), dtype=np.float64)
