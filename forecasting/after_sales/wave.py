"""The after-sales wave of one contact type: orders, convolved with the delay after which their buyers ask.

contacts of a day = (orders of the days before, through a delay kernel) x weekday factor x recent calibration; within
the day they follow the type's own profile. The kernel is a sum of gamma bumps with weights that are not negative
(Lawson and Hanson's NNLS), so that neither a delay nor a number of contacts can come out negative.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from forecasting.after_sales.kernels import BUMP_MEANS_DAYS, CAUSES, LAGS, DelayKernel, bumps
from forecasting.ordinary.profile import fit_profiles
from scenarios import AfterSales
from scenarios.checks import FloatArray, IntArray

LEARNT_FROM_DAYS = 40
"""Days with orders and contacts from which on the delays are learnt; before, those of the cause are taken."""
_SPAN_OF_MEAN = 3.0  # a delay is told from a level by a history three times its mean
_BEFORE_DAYS = 28  # orders before the history ran at the median of its first four weeks
_SETTLING_SHARE = 0.25  # of a history shorter than the kernel, what the orders before it decide is left out
_HALF_LIFE_DAYS = 365.0  # a year: parcels, rules and goods change, and a year holds each promotion once
_WEEKDAY_PSEUDO_DAYS = 0.3  # as for ordinary days
_RECENT_DAYS = 28
_RECENT_TRUST = 0.5  # half of what the last four weeks stray is taken for a change that stays: the rest is chance
_KNOWN_LEAST = 0.5  # a day of which less is known tells nothing of its total
_PASSES = 5  # kernel and weekday factors in turn: the fifth pass changes the fourth by under a thousandth


@dataclass(frozen=True, slots=True)
class Wave:
    """What orders bring in contacts of one type.

    Parameters
    ----------
    kernel
        Contacts per order by days since the order, as calibrated on the last weeks.
    weekday
        (7,) factor of each weekday, Monday first.
    shape
        (7, S) share of a day's contacts by weekday and interval.
    orders
        (LAGS - 1,) orders of the last days, which are still to bring theirs.
    learnt
        Whether the delays were measured; else those of the cause.
    """

    kernel: DelayKernel
    weekday: FloatArray
    shape: FloatArray
    orders: FloatArray
    learnt: bool

    def ahead(self, orders: FloatArray, weekdays: IntArray) -> FloatArray:
        """Return (L, S) contacts of the L days after the last one, which have ``orders`` (L,).

        ``weekdays`` (L,) says like which weekday (Monday 0) each of these days goes.
        """
        totals = self.kernel.contacts(np.concatenate([self.orders, orders])) * self.weekday[weekdays]
        return np.asarray(totals[:, None] * self.shape[weekdays], dtype=np.float64)


def fit_wave(orders: FloatArray, counts: FloatArray, weekdays: IntArray, cause: AfterSales) -> Wave:
    """Return the wave of a type that asks about ``cause``.

    Parameters
    ----------
    orders
        (D,) orders of each day, all known.
    counts
        (D, S) contacts, promotions and all; ``nan`` = unknown.
    weekdays
        (D,) like which weekday (Monday 0) each day goes.
    """
    profiles = fit_profiles(counts, weekdays)
    shape = profiles / np.maximum(profiles.sum(axis=1, keepdims=True), 1e-300)
    known = np.isfinite(counts)
    known_share = (known * shape[weekdays]).sum(axis=1)
    told = np.where(known_share >= _KNOWN_LEAST, known_share, 0.0)
    totals = np.where(told > 0, np.where(known, counts, 0.0).sum(axis=1) / np.maximum(known_share, 1e-300), 0.0)
    before = np.full(LAGS - 1, np.median(orders[:_BEFORE_DAYS]))
    led = np.concatenate([before, orders])
    learnt = int(np.count_nonzero(told)) >= LEARNT_FROM_DAYS
    fitted = _Totals(led, totals, told, weekdays).fit(_basis(cause, len(orders) if learnt else 0))
    calibrated = DelayKernel(fitted.kernel.per_order * fitted.recent())
    return Wave(calibrated, fitted.weekday, shape, led[-(LAGS - 1) :], learnt)


def _basis(cause: AfterSales, days: int) -> FloatArray:
    """Return (B, LAGS) the delays a kernel is put together from: those that so many days can tell, and the cause's."""
    means = [mean for mean in BUMP_MEANS_DAYS if mean * _SPAN_OF_MEAN <= days]
    return np.vstack([bumps(means), CAUSES[cause].per_order])


class _Totals:
    """Day totals and the orders behind them; fitted by kernel and weekday factors in turn."""

    def __init__(self, orders: FloatArray, totals: FloatArray, told: FloatArray, weekdays: IntArray) -> None:
        settled = np.arange(len(totals)) >= min(LAGS // 2, int(len(totals) * _SETTLING_SHARE))
        age = np.arange(len(totals))[::-1]
        self._orders, self._totals, self._weekdays = orders, totals, weekdays
        self._weight = told * settled * 0.5 ** (age / _HALF_LIFE_DAYS)
        self._told = told
        self.weekday = np.ones(7)
        self.kernel = DelayKernel(np.zeros(LAGS))

    def fit(self, basis: FloatArray) -> "_Totals":
        """Fit the kernel on (B, LAGS) ``basis`` and the weekday factors."""
        inputs = np.stack([DelayKernel(delay).contacts(self._orders) for delay in basis], axis=1)
        expected = np.full(len(self._totals), max(float(self._totals.mean()), 1.0))
        for _ in range(_PASSES):
            # Chance and busy days both make a large day stray more: squares are weighted by 1 / expected.
            root = np.sqrt(self._weight / np.maximum(expected, 1.0))
            lifted = inputs * self.weekday[self._weekdays][:, None]
            weights, _ = nnls(lifted * root[:, None], self._totals * root)
            brought = inputs @ weights
            self.weekday = self._weekday_factors(brought)
            expected = brought * self.weekday[self._weekdays]
        self.kernel = DelayKernel(weights @ basis)
        return self

    def recent(self) -> float:
        """Return by what the kernel is calibrated: contacts of the last weeks over those expected, half believed."""
        last = slice(-_RECENT_DAYS, None)
        expected = self.kernel.contacts(self._orders) * self.weekday[self._weekdays]
        came = float(self._told[last] @ self._totals[last])
        said = float(self._told[last] @ expected[last])
        return 1.0 + _RECENT_TRUST * (came / said - 1.0) if said > 0 else 1.0

    def _weekday_factors(self, brought: FloatArray) -> FloatArray:
        """Return (7,) contacts of each weekday over those its orders bring, slightly shrunk to 1; their mean is 1."""
        mass = np.bincount(self._weekdays, self._weight * brought, 7)
        came = np.bincount(self._weekdays, self._weight * self._totals, 7)
        pseudo = _WEEKDAY_PSEUDO_DAYS * float(brought.mean())
        factors = (came + pseudo) / np.maximum(mass + pseudo, 1e-300) if pseudo > 0 else np.ones(7)
        return np.asarray(factors / factors.mean(), dtype=np.float64)
