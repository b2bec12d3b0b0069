"""What was usual around a day: the yardstick that strange counts are held against.

It must not be bent by what it is to find. So it is made of the nearest days of the same weekday, three before and three
after where there are as many, without the least and the most of each interval.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from scenarios.checks import BoolArray, FloatArray, IntArray

CHANCE = 1e-7
"""Probability below which so few contacts are no chance: a year of five-minute intervals has 1e5 of them."""
_NEAR = 6
_TRIMMED_FROM = 4
_ALIKE_LEAST = 2
_INTERVAL_VARIANCE_LEAST = 0.1  # busyness strays by a third at least before anything is called improbable
_DAY_VARIANCE_LEAST = 0.05
_VARIANCE_MOST = 1.0
_COUNTED_FROM = 5.0  # relative strays are measured where chance is under a half
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What is usual for every interval of one type.

    Parameters
    ----------
    near
        (D, 6) rows of the days alike, -1 where there are fewer.
    around
        (D, 6, S) their counts, ``nan`` = unknown.
    usual
        (D, S) the trimmed mean of ``around``; ``nan`` where fewer than two say anything.
    interval_variance, day_variance
        Squared coefficients of variation of interval and day around the usual beside chance, robust, with floors.
    """

    near: IntArray
    around: FloatArray
    usual: FloatArray
    interval_variance: float
    day_variance: float

    def day_ratio(self, found: float, usual: float) -> tuple[float, float]:
        """Return how busy a day was that ``found`` so many contacts where so many are ``usual``, and its worth.

        A gamma prior of mean 1 and the day's variance, updated by the counts: ratio and shape of the posterior.
        """
        prior = 1 / self.day_variance
        return (prior + found) / (prior + usual), prior + found


def yardstick(
    counts: FloatArray, weekdays: IntArray, *, unlike: BoolArray | None = None, mixed: bool = False
) -> Yardstick:
    """Return what is usual for (D, S) ``counts`` (``nan`` = unknown) on days with (D,) ``weekdays``.

    Parameters
    ----------
    unlike
        (D, S) cells that are no measure for others: promotions, days found strange before.
    mixed
        Whether days of other weekdays stand in where a weekday has too few.
    """
    measure = counts if unlike is None else np.where(unlike, np.nan, counts)
    useful, known = (np.asarray(np.isfinite(values).any(axis=1), dtype=np.bool_) for values in (measure, counts))
    near = _nearest(useful, known, weekdays, mixed=mixed)
    around = np.where((near >= 0)[:, :, None], measure[near], np.nan)
    usual = _trimmed(around)
    return Yardstick(near, around, usual, *_variances(counts, usual))


def unlikely(found: float, usual: float, variance: float, chance: float = CHANCE) -> bool:
    """Return whether so few contacts are less likely than ``chance`` where so many are ``usual``.

    P(X <= found) of a negative binomial with that mean, and ``variance`` as squared coefficient of variation beside
    Poisson's: the regularised incomplete beta function of its shape and ``found`` + 1.
    """
    shape = 1 / variance
    return bool(betainc(shape, np.floor(found) + 1, shape / (shape + max(usual, 1e-12))) <= chance)


def _nearest(measure: BoolArray, known: BoolArray, weekdays: IntArray, *, mixed: bool) -> IntArray:
    near = np.full((len(known), _NEAR), -1, dtype=np.int64)
    for weekday in range(7):
        mine, own = np.flatnonzero(known & (weekdays == weekday)), np.flatnonzero(measure & (weekdays == weekday))
        if mixed and len(own) <= _ALIKE_LEAST:
            own = np.flatnonzero(measure)
        if len(own) and len(mine):
            near[mine] = _around(mine, own)
    return near


def _around(days: IntArray, others: IntArray) -> IntArray:
    """Return (n, 6) for each of ``days`` the nearest of ``others`` but itself, as many before as after if possible."""
    place = np.searchsorted(others, days)
    itself = (place < len(others)) & (others[np.minimum(place, len(others) - 1)] == days)
    window = np.minimum(_NEAR, len(others) - itself)
    first = np.clip(place - _NEAR // 2, 0, len(others) - itself - window)
    step = first[:, None] + np.arange(_NEAR)
    beyond = np.arange(_NEAR) >= window[:, None]
    step = step + (itself[:, None] & (step >= place[:, None]))
    return np.where(beyond, -1, others[np.minimum(step, len(others) - 1)])


def _trimmed(around: FloatArray) -> FloatArray:
    known = np.isfinite(around)
    number = known.sum(axis=1)
    total = np.where(known, around, 0.0).sum(axis=1)
    least = np.where(known, around, np.inf).min(axis=1)
    most = np.where(known, around, -np.inf).max(axis=1)
    trim = number >= _TRIMMED_FROM
    total = np.where(trim, total - np.where(trim, least, 0.0) - np.where(trim, most, 0.0), total)
    kept = np.where(trim, number - 2, number)
    return np.where(number >= _ALIKE_LEAST, np.maximum(total, 0.0) / np.maximum(kept, 1), np.nan)


def _variances(counts: FloatArray, usual: FloatArray) -> tuple[float, float]:
    both = np.isfinite(counts) & np.isfinite(usual)
    found, expected = np.where(both, counts, 0.0), np.where(both, usual, 0.0)
    total, ordinary = found.sum(axis=1), expected.sum(axis=1)
    some = (ordinary >= _COUNTED_FROM) & (total > 0)
    log_ratio = np.log(total[some] / ordinary[some])
    day = _spread(log_ratio) - (float(np.median(1 / ordinary[some])) if some.any() else 0.0)
    mean = expected * np.where(some, total / np.maximum(ordinary, 1e-300), 0.0)[:, None]
    told = mean >= _COUNTED_FROM
    interval = _spread(found[told] / mean[told] - 1) - (float(np.median(1 / mean[told])) if told.any() else 0.0)
    return (
        float(np.clip(interval, _INTERVAL_VARIANCE_LEAST, _VARIANCE_MOST)),
        float(np.clip(day, _DAY_VARIANCE_LEAST, _VARIANCE_MOST)),
    )


def _spread(values: FloatArray) -> float:
    """Return a variance that a strange minority does not move."""
    return float((_MAD_TO_SD * np.median(np.abs(values - np.median(values)))) ** 2) if len(values) else 0.0
