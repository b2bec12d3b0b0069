"""Ordinary days: the mean of three small models that err in different ways.

1. two levels: level by lead x weekday factor x shape of the weekday (``level.py``, ``profile.py``);
2. the same with the deviations of recent days carried on (``day_effect.py``);
3. the trimmed mean of the last six same weekdays, which no strange day can spoil.

Equal weights: with a few months of history, weights that are learnt follow the noise.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.ordinary.day_effect import day_effects
from forecasting.ordinary.level import Level, fit_level
from forecasting.ordinary.profile import fit_profiles
from scenarios.checks import FloatArray, IntArray

_RECENT_DAYS = 6
_TRIMMED_FROM = 4  # of four or more days the least and the most are left out


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a series' ordinary days are like.

    Parameters
    ----------
    counts
        (D, S) the history it was learnt from, ``nan`` = unknown.
    weekdays
        (D,) Monday 0.
    profiles
        (7, S) ordinary contacts by weekday.
    level
        Level relative to ``profiles``.
    """

    counts: FloatArray
    weekdays: IntArray
    profiles: FloatArray
    level: Level

    def inside(self) -> FloatArray:
        """Return (D, S) the ordinary contacts of the past days, promotions or not, looking to both sides."""
        factor = self.level.weekday[self.weekdays] * self.level.local
        return np.asarray(self.profiles[self.weekdays] * factor[:, None], dtype=np.float64)

    def ahead(self, leads: IntArray, weekdays: IntArray | None = None) -> FloatArray:
        """Return (L, S) the ordinary contacts expected ``leads`` >= 1 days after the last day.

        ``weekdays`` (L,) says like which weekday (Monday 0) each of these days goes; ``None``: like its own.
        """
        weekday = (self.weekdays[-1] + leads) % 7 if weekdays is None else weekdays
        plain = self.profiles[weekday] * (self.level.weekday[weekday] * self.level.at(leads))[:, None]
        known = np.isfinite(self.counts)
        filled = np.where(known, self.counts, 0.0)
        totals = filled.sum(axis=1) / np.maximum((known * self.profiles[self.weekdays]).sum(axis=1), 1e-300)
        fitted = self.profiles[self.weekdays] * totals[:, None]
        moved = plain + day_effects(filled, fitted, known, plain, leads)
        carried = np.where(plain > 0, np.maximum(moved, 0.0), 0.0)
        recent = recent_same_weekday(self.counts, self.weekdays)[weekday]
        return np.asarray((plain + carried + np.where(np.isfinite(recent), recent, plain)) / 3, dtype=np.float64)


def fit_baseline(counts: FloatArray, weekdays: IntArray) -> Baseline:
    """Return the baseline of (D, S) ``counts`` (``nan`` = unknown) on days with (D,) ``weekdays`` (Monday 0)."""
    known = np.isfinite(counts)
    profiles = fit_profiles(counts, weekdays)
    ordinary = (known * profiles[weekdays]).sum(axis=1)
    totals = np.where(ordinary > 0, np.where(known, counts, 0.0).sum(axis=1) / np.maximum(ordinary, 1e-300), np.nan)
    return Baseline(counts, weekdays, profiles, fit_level(totals, weekdays))


def recent_same_weekday(counts: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return (7, S) by weekday the mean of its last six known days; ``nan`` where a cell has none.

    Of four days or more the quietest and the busiest are left out whole: cell by cell the mean of small counts, which
    lean to the right, would come out low.
    """
    means = np.full((7, counts.shape[1]), np.nan)
    known = np.isfinite(counts)
    filled = np.where(known, counts, 0.0)
    for weekday in range(7):
        days = np.flatnonzero(known.any(axis=1) & (weekdays == weekday))[-_RECENT_DAYS:]
        if len(days) >= _TRIMMED_FROM:
            ordinary = filled[days].sum(axis=0) / np.maximum(known[days].sum(axis=0), 1)
            busy = filled[days].sum(axis=1) / np.maximum(known[days] @ ordinary, 1e-300)
            days = days[np.argsort(busy, kind="stable")[1:-1]]
        number = known[days].sum(axis=0)
        means[weekday] = np.where(number > 0, filled[days].sum(axis=0) / np.maximum(number, 1), np.nan)
    return means
