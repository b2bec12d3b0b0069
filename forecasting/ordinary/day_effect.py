"""What recent days were like: a few shapes of deviation that fade from one day to the next."""

import numpy as np
from scipy.linalg import eigh

from scenarios.checks import BoolArray, FloatArray, IntArray

_SHAPES = 4  # beyond four shapes, measured gains vanish
_WINDOW_DAYS = 90  # a quarter: the shapes of deviation change with the season
_DAYS_LEAST = 15
_PSEUDO_DAYS = 5.0  # shrinks the memory of short series towards none
_MEMORY_MOST = 0.98
_SCALE_LEAST = 0.05  # intervals below a twentieth of the mean one are not blown up


def day_effects(
    filled: FloatArray, fitted: FloatArray, known: BoolArray, expected: FloatArray, leads: IntArray
) -> FloatArray:
    """Return (L, S) how far the contacts ``leads`` days ahead will be off ``expected``, going by recent days.

    Deviations are divided by the root of what was fitted, so that intervals of all sizes vary alike, and put as a few
    shapes (singular vectors) with scores; each score is carried on by its own day-to-day correlation.

    Parameters
    ----------
    filled, fitted
        (D, S) contacts (0 where unknown) and what the two-level model says of the same days.
    known
        (D, S) whether a cell is known.
    expected
        (L, S) contacts ahead without these deviations.
    leads
        (L,) days after the last day, >= 1.
    """
    least = _SCALE_LEAST * float(fitted[known].mean()) if known.any() else 0.0
    window = slice(max(0, len(filled) - _WINDOW_DAYS), None)
    scale = np.sqrt(fitted + max(least, 1e-300))
    deviation = np.where(known, (filled - fitted) / scale, 0.0)[window]
    whole = np.flatnonzero(known[window].sum(axis=1) >= 0.9 * known.sum(axis=1).max(initial=0))
    if len(whole) < _DAYS_LEAST:
        return np.zeros(expected.shape)
    shapes = _main_shapes(deviation[whole])
    scores = deviation[whole] @ shapes.T
    energy = np.maximum((scores[:-1] ** 2).sum(axis=0), 1e-300)
    trust = len(whole) / (len(whole) + _PSEUDO_DAYS)
    memory = np.clip((scores[1:] * scores[:-1]).sum(axis=0) / energy * trust, 0.0, _MEMORY_MOST)
    age = len(deviation) - 1 - whole[-1]
    carried = (memory ** (leads[:, None] + age) * scores[-1]) @ shapes
    return np.asarray(carried * np.sqrt(expected + least), dtype=np.float64)


def _main_shapes(deviation: FloatArray) -> FloatArray:
    """Return the first right singular vectors of (n, S) ``deviation`` (fewer where it has no more).

    Through the eigenvectors of the days' products: n is at most a quarter's days however fine the grid is.
    """
    days = len(deviation)
    energy, vectors = eigh(deviation @ deviation.T, subset_by_index=(days - _SHAPES, days - 1))
    real = energy > 1e-12 * max(float(energy[-1]), 1e-300)
    return np.asarray((deviation.T @ vectors[:, real] / np.sqrt(energy[real])).T, dtype=np.float64)
