"""The level of a series times the weekday's factor times the shape of the weekday."""

from dataclasses import dataclass

import numpy as np

from forecasting.ordinary.days import Days
from forecasting.ordinary.level import Level, fit_level
from forecasting.ordinary.profile import fit_profiles
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class TwoLevel:
    """Days as level x weekday factor x shape.

    Parameters
    ----------
    weekdays
        (D,) like which weekday the past days went.
    profiles
        (7, S) shape of each weekday at the level of the common one.
    level
        Level relative to ``profiles``, and the weekday factors.
    totals, ordinary
        (D,) contacts of the known cells, and what ``profiles`` says of the same cells.
    """

    weekdays: IntArray
    profiles: FloatArray
    level: Level
    totals: FloatArray
    ordinary: FloatArray

    def usual(self, weekdays: IntArray) -> FloatArray:
        """Return (L, S) the contacts of days like ``weekdays`` at level 1."""
        return np.asarray(self.profiles[weekdays] * self.level.weekday[weekdays][:, None], dtype=np.float64)

    def inside(self) -> FloatArray:
        """Return (D, S) the ordinary contacts of the past days, promotions or not, looking to both sides."""
        return self.usual(self.weekdays) * self.level.local[:, None]

    def ahead(self, leads: IntArray, weekdays: IntArray) -> FloatArray:
        """Return (L, S) the contacts expected ``leads`` days after the last day, going like ``weekdays``."""
        return self.usual(weekdays) * self.level.at(leads)[:, None]


def fit_two_level(days: Days) -> TwoLevel:
    """Return the two levels behind the known cells of ``days``."""
    known = np.isfinite(days.counts)
    profiles = fit_profiles(days.counts, days.weekdays)
    ordinary = (known * profiles[days.weekdays]).sum(axis=1)
    totals = np.where(known, days.counts, 0.0).sum(axis=1)
    ratio = np.where(ordinary > 0, totals / np.maximum(ordinary, 1e-300), np.nan)
    return TwoLevel(days.weekdays, profiles, fit_level(ratio, days.weekdays), totals, ordinary)
