"""The level of handling work from day to day: it drifts with processes and people, and a day strays for itself.

A local level (Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989, section 2.2): the level
moves by independent steps, each day shows it with an error of its own. Both variances are measured, so that a steady
process is averaged over months and one that has just changed is followed in days.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from scenarios.checks import FloatArray

_LAG_MOST = 28
_SPAN = 28  # days over which slopes are taken, and carried on
_LEVEL_LEAST = 0.2  # of the last level: no trend makes work vanish
_STEP_CV = 0.004
"""How far a level drifts in a day where a history is too short to say: 2 % in a month [assumed]."""
_STRAY_CV = 0.02
"""How far a day's work strays for itself, beyond the luck of its contacts, where a history cannot say [assumed]."""
_ASSUMED_PAIRS = 10.0
"""Each of the assumptions counts as much as so many pairs of days."""
_LEAST = 1e-4  # of the assumptions; 0 would never again believe a new day


@dataclass(frozen=True, slots=True)
class Level:
    """Level after the last day.

    Parameters
    ----------
    path
        (D,) smoothed level of every day of the history.
    last, variance
        The level after the last day and the variance of its error.
    step
        Variance that a day's step adds.
    stray
        Variance by which a day strays for itself.
    slope
        What the level is expected to change by in a day.
    missed
        Variance by which levels expected four weeks ahead missed those that came; ``nan`` in a short history.
    """

    path: FloatArray
    last: float
    variance: float
    step: float
    stray: float
    slope: float
    missed: float

    def ahead(self, leads: FloatArray) -> FloatArray:
        """Return the level expected ``leads`` days ahead; no trend is carried on for more than four weeks."""
        found: FloatArray = np.maximum(self.last + self.slope * np.minimum(leads, _SPAN), _LEVEL_LEAST * self.last)
        return found

    def cv(self, leads: FloatArray) -> FloatArray:
        """Return how far the mean work of a day ``leads`` days ahead strays from what is expected of it.

        A level that wanders for weeks in one direction misses by more than steps that are independent would make it.
        """
        grows = np.fmax(self.step, (self.missed - self.variance) / _SPAN)
        found: FloatArray = np.sqrt(self.variance + grows * leads + self.stray) / self.last
        return found


def fit_level(days: FloatArray, luck: FloatArray) -> Level:
    """Return the level of (D,) relative work per day, ``nan`` where unknown; at least one is known.

    Parameters
    ----------
    luck
        (D,) variance of each day's mean by the luck of its contacts.
    """
    step, stray = _variances(days, luck)
    first = float(np.nanmedian(days))
    ahead, ahead_variance, found, found_variance = np.empty((4, len(days)))
    level, variance = first, 1.0  # knows nothing: a hundred per cent
    for number, (value, noise) in enumerate(zip(days.tolist(), (luck + stray).tolist(), strict=True)):
        variance += step
        ahead[number], ahead_variance[number] = level, variance
        if value == value:  # a day without contacts is nan
            gain = variance / (variance + noise)
            level += gain * (value - level)
            variance *= 1.0 - gain
        found[number], found_variance[number] = level, variance
    path = found.copy()
    for number in range(len(days) - 2, -1, -1):  # Rauch, Tung and Striebel, 1965
        gain = found_variance[number] / ahead_variance[number + 1]
        path[number] += gain * (path[number + 1] - ahead[number + 1])
    return Level(path, level, variance, step, stray, *_slope(found, path))


def _slope(found: FloatArray, path: FloatArray) -> tuple[float, float]:
    """Return the slope of the last four weeks times what slopes were worth before, and ``Level.missed``.

    On every past day the slope until then is held against the one that followed. The share that was kept, by least
    squares, is shrunk to none by its own error: most levels wander, and their slopes say nothing.
    """
    if len(found) < 3 * _SPAN:
        return 0.0, math.nan
    days = np.arange(_SPAN, len(found) - _SPAN)
    before, after = found[days] - found[days - _SPAN], path[days + _SPAN] - found[days]
    squares = float(before @ before)
    kept = max(float(before @ after) / squares, 0.0) if squares > 0 else 0.0
    missed = float(np.mean((after - kept * before) ** 2))
    error = missed * _SPAN / squares if squares > 0 else math.inf  # days nearer than a span say the same
    worth = min(kept * kept**2 / (kept**2 + error), 1.0) if kept > 0 else 0.0
    return worth * float(found[-1] - found[-1 - _SPAN]) / _SPAN, missed


def _variances(days: FloatArray, luck: FloatArray) -> tuple[float, float]:
    """Return the variances of a step and of a day by the variogram: days k apart differ by ``2 stray + k step``.

    Non-negative least squares on relative squares, a lag counting as the pairs of it that do not overlap; the
    assumptions are two further rows.
    """
    rows, found, trust = [[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], [_ASSUMED_PAIRS, _ASSUMED_PAIRS]
    for lag in range(1, min(_LAG_MOST, len(days) - 1) + 1):
        square = (days[lag:] - days[:-lag]) ** 2 - luck[lag:] - luck[:-lag]
        known = np.isfinite(square)
        if known.any():
            # A day of few contacts says little.
            weight = 1.0 / (luck[lag:] + luck[:-lag] + 2.0 * _STRAY_CV**2)[known] ** 2
            stray, step = 2.0 * _STRAY_CV**2, lag * _STEP_CV**2
            rows.append([stray / (stray + step), step / (stray + step)])
            found.append(float(np.average(square[known], weights=weight)) / (stray + step))
            trust.append(float(weight.sum() / weight.max()) / lag)
    weights = np.sqrt(np.array(trust))
    times = nnls(np.array(rows) * weights[:, None], np.array(found) * weights)[0]
    return max(float(times[1]), _LEAST) * _STEP_CV**2, max(float(times[0]), _LEAST) * _STRAY_CV**2
