"""Whole days as a few shapes that come and go: levels that move the day, and mornings or evenings that do so alone.

The roots of the counts, less their usual value of the weekday, are put as scores on a few shapes (singular vectors).
Each score goes from day to day as a Gaussian process of its own (``day_process.py``).
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import eigh

from forecasting.ordinary.day_process import DayAxis, fit_process
from scenarios.checks import BoolArray, FloatArray, IntArray

_SHAPES = 3  # a fourth gains nothing measurable
_WINDOW_DAYS = 160  # open days a shape is learnt from: five months and more
_HALF_LIVES_DAYS = (14.0, 56.0)  # of the usual weekday: habits change within weeks, and over a season
_DAYS_LEAST = 15
_WHOLE = 0.9  # a day with less of its cells is not put as scores
_CHANCE = 0.25  # variance of the root of a Poisson count


def weekday_means(values: FloatArray, weekdays: IntArray, half_life_days: float) -> FloatArray:
    """Return (7, S) by weekday the mean of (D, S) ``values`` (``nan`` = unknown), old days fading; ``nan`` if none."""
    known = np.isfinite(values)
    weight = 0.5 ** (np.arange(len(values))[::-1] / half_life_days)
    means = np.full((7, values.shape[1]), np.nan)
    for weekday in np.unique(weekdays[known.any(axis=1)]):
        mine = weekdays == weekday
        mass = weight[mine] @ known[mine]
        total = weight[mine] @ np.where(known[mine], values[mine], 0.0)
        means[weekday] = np.where(mass > 0, total / np.maximum(mass, 1e-300), np.nan)
    return means


def shapes_ahead(
    roots: FloatArray, counts: FloatArray, axis: DayAxis, ahead: DayAxis, parameters: Sequence[FloatArray] | None
) -> tuple[FloatArray, list[FloatArray]] | None:
    """Return (L, S) expected counts on the days of ``ahead``, and the parameters of the processes.

    ``None`` when fewer than fifteen days are whole.

    Parameters
    ----------
    roots, counts
        (D, S) roots without their strangest values, and the counts themselves, ``nan`` = unknown.
    axis
        Where the D days stand.
    parameters
        Those of an earlier fit; ``None`` searches for them.
    """
    usual = np.mean([weekday_means(roots, axis.weekday, days) for days in _HALF_LIVES_DAYS], axis=0)
    known = np.isfinite(roots)
    cells = known.sum(axis=1)
    whole = np.flatnonzero(cells >= _WHOLE * cells.max(initial=1))[-_WINDOW_DAYS:]
    if len(whole) < _DAYS_LEAST:
        return None
    off = np.where(known, roots - usual[axis.weekday], 0.0)[whole]
    shapes = _main_shapes(off)
    scores = off @ shapes.T
    days = axis.at(whole)
    found: list[FloatArray] = []
    carried, fitted = usual[ahead.weekday], usual[axis.weekday[whole]]
    for number, shape in enumerate(shapes):
        given = parameters[number] if parameters is not None and number < len(parameters) else None
        process = fit_process(scores[:, number], np.full(len(whole), _CHANCE), days, given)
        found.append(process.log_parameters)
        carried = carried + process.at(ahead)[:, None] * shape
        fitted = fitted + process.at(days)[:, None] * shape
    return np.square(np.maximum(carried, 0.0)) * _unbiased(counts[whole], fitted, known[whole]), found


def _unbiased(counts: FloatArray, fitted_roots: FloatArray, known: BoolArray) -> float:
    """Return what makes squares of mean roots, which are below mean counts, add up to the counts."""
    fitted = float(np.where(known, np.square(np.maximum(fitted_roots, 0.0)), 0.0).sum())
    return float(np.where(known, counts, 0.0).sum()) / max(fitted, 1e-300)


def _main_shapes(off: FloatArray) -> FloatArray:
    """Return the first right singular vectors of (n, S) ``off`` (fewer where it has no more).

    Through the eigenvectors of the smaller product, with signs fixed: the largest entry of a shape is positive.
    """
    size = off.shape[1]
    energy, vectors = eigh(off.T @ off, subset_by_index=(max(size - _SHAPES, 0), size - 1))
    shapes = vectors[:, energy > 1e-12 * max(float(energy[-1]), 1e-300)].T[::-1]
    peak = np.take_along_axis(shapes, np.abs(shapes).argmax(axis=1, keepdims=True), axis=1)
    return np.asarray(shapes * np.sign(peak), dtype=np.float64)
