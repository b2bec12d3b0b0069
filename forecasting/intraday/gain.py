"""Whether an update pays: past days are updated as today is, each with what the days before it taught.

The gain is the regression of the rest's errors on the shifts that would have been told, through zero, pulled towards 0
by a few days on which the update said nothing; so it is 0 where past updates did not help. The same days say how
far the rest then still strayed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from forecasting.intraday.day_law import DayLaw, Evidence, fit_day_law, shift
from scenarios.checks import FloatArray

DAYS_LEAST = 10
"""Past days before the first is updated; with fewer in all, a forecast is left as it is."""
_PSEUDO_DAYS = 3.0  # three days on which the update did not help
_REFIT_DAYS = 7  # the law moves little within a week
_ERROR_MOST = 0.5  # a rest at half again its forecast is an event; it does not decide about ordinary days
_SPREAD_PSEUDO_DAYS = 10.0  # ten days as the law says, beside those measured
_SPREAD_LEAST = 0.05
_BAND = 0.8


@dataclass(frozen=True, slots=True)
class Gain:
    """What past updates at this time of the day were worth.

    Parameters
    ----------
    law
        Learnt from all past days.
    gain
        In [0, 1]: how much of the shift that the law tells is taken.
    spread
        Measured variance of the rest after an update over the law's.
    days
        Past days that were updated.
    """

    law: DayLaw
    gain: float
    spread: float
    days: int

    def left(self, prior: float, explained: float) -> float:
        """Return the relative variance of the rest's total after the update, from those of ``Shift``."""
        return self.spread * max(prior - taken(self.gain) * explained, 0.0)


def learn_gain(expected: FloatArray, came: FloatArray, cut: int, per_hour: int) -> Gain | None:
    """Return what an update after ``cut`` intervals is worth; ``None``: too few past days to say.

    Parameters
    ----------
    expected, came
        (N, W) past days by interval, in order; both 0 where nothing is known. W is a number of whole hours.
    cut
        Intervals known, counted from the midnight of the service day.
    per_hour
        Intervals of an hour.
    """
    hourly, hourly_came = by_hour(expected, per_hour), by_hour(came, per_hour)
    if len(expected) <= DAYS_LEAST:
        return None
    rows = _replayed(expected, came, cut, per_hour)
    if not rows:
        return None
    across, squares, missed, told, chance, prior, explained = np.array(rows).T
    pulled = float(squares.sum() + _PSEUDO_DAYS * squares.mean())
    gain = float(np.clip(across.sum() / pulled, 0.0, 1.0)) if pulled > 0 else 0.0
    spread = _spread(missed - gain * told, chance, np.maximum(prior - taken(gain) * explained, 0.0))
    return Gain(fit_day_law(hourly, hourly_came), gain, spread, len(rows))


def taken(gain: float) -> float:
    """Return what part of the explained variance is gone when only ``gain`` of the best shift is taken."""
    return 2 * gain - gain**2


def _replayed(expected: FloatArray, came: FloatArray, cut: int, per_hour: int) -> list[tuple[float, ...]]:
    """Return seven figures per past day that can be updated.

    Shift times error and shift squared (means over contacts), relative error of the total, its shift, its chance, and
    the law's two variances.
    """
    hourly, hourly_came = by_hour(expected, per_hour), by_hour(came, per_hour)
    law = fit_day_law(hourly[:DAYS_LEAST], hourly_came[:DAYS_LEAST])
    rows: list[tuple[float, ...]] = []
    for day in range(DAYS_LEAST, len(expected)):
        if day % _REFIT_DAYS == 0:
            law = fit_day_law(hourly[:day], hourly_came[:day])
        evidence = evidence_of(expected[day], came[day], cut, per_hour)
        rest, total = evidence.rest, float(evidence.rest.sum())
        if total <= 0 or not (evidence.expected > 0).any():
            continue
        told = shift(law.covariance, evidence)
        later = hourly_came[day] - evidence.came
        change = np.clip(told.mean, -_ERROR_MOST, _ERROR_MOST)
        # Below one contact an hour's relative error is no error but chance: it is taken against one.
        error = np.clip((later - rest) / np.maximum(rest, 1.0), -_ERROR_MOST, _ERROR_MOST)
        weight = rest / total
        rows.append((float(weight @ (change * error)), float(weight @ change**2), float(later.sum()) / total - 1,
                     float(weight @ told.mean), 1 / total, told.prior, told.explained))  # fmt: skip
    return rows


def evidence_of(expected: FloatArray, came: FloatArray, cut: int, per_hour: int) -> Evidence:
    """Return what (W,) ``expected`` and ``came`` contacts of a day say when ``cut`` intervals are known."""
    known = np.arange(len(expected)) < cut
    parts = (np.where(known, came, 0.0), np.where(known, expected, 0.0), np.where(known, 0.0, expected))
    return Evidence(*(by_hour(part[None], per_hour)[0] for part in parts))


def by_hour(intervals: FloatArray, per_hour: int) -> FloatArray:
    """Return (N, W) contacts per interval as (N, W / ``per_hour``) per hour."""
    days, width = intervals.shape
    return np.asarray(intervals.reshape(days, width // per_hour, per_hour).sum(axis=2), dtype=np.float64)


def _spread(error: FloatArray, chance: FloatArray, told: FloatArray) -> float:
    """Return by what the variances the law told are to be multiplied, from (N,) errors of totals.

    Taken where four days in five lie, so that bands of that share hold and a few days that were events do not widen
    those of all others.
    """
    mean_told, mean_chance = float(told.mean()), float(chance.mean())
    if mean_told <= 0:
        return 1.0
    scale = (float(np.quantile(np.abs(error) / np.sqrt(told + chance), _BAND)) / float(ndtri((1 + _BAND) / 2))) ** 2
    measured = (scale * (mean_told + mean_chance) - mean_chance) / mean_told
    return max((len(error) * measured + _SPREAD_PSEUDO_DAYS) / (len(error) + _SPREAD_PSEUDO_DAYS), _SPREAD_LEAST)
