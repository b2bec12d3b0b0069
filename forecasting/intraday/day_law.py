"""How the hours of a day stray together, learnt from past days, and what the known hours say about the others.

Relative errors of hours b and c covary as ``s_b * s_c * (a + (1 - a) * rho**|b - c|)``: a factor of the whole day and a
busyness that drifts, each hour with a spread of its own, as in ``DemandUncertainty``. Measured covariances of pairs of
hours replace this law as far as the number of past days and the contacts in them support it. What the known hours say
about the rest is the conditional mean under this covariance plus chance (Poisson), so that few contacts say little and
the last hours count more than the first.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray

_ERROR_MOST = 1.0  # an hour at twice its forecast is as far off as is learnt from, or believed
_DAY_SCALES = 3.0  # a day further off than three typical days is an event nobody told us of: pulled in
_PAIR_PSEUDO_DAYS = 200.0  # measured covariances of a pair of hours count half after so many days without chance
_HOUR_PSEUDO_DAYS = 20.0  # a spread needs fewer days than a covariance: it cannot be 0
_SPREAD_LEAST = 0.1  # an hour is never believed to stray less than a third of the mean hour (variance)
_CORRELATIONS = (0.3, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95)
_EIGENVALUE_LEAST = 0.05  # measured covariances need not be possible ones; bounds what is divided by


@dataclass(frozen=True, slots=True)
class DayLaw:
    """Covariance of the relative errors of the hours of a day, chance taken out.

    Parameters
    ----------
    covariance
        (B, B).
    day_variance
        What part of the mean hour's variance the whole day shares.
    """

    covariance: FloatArray
    day_variance: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Contacts of one day by hour: known and came, known and expected, and expected in the rest.

    Parameters
    ----------
    came, expected, rest
        (B,) contacts; an hour may be known in part.
    """

    came: FloatArray
    expected: FloatArray
    rest: FloatArray


@dataclass(frozen=True, slots=True)
class Shift:
    """What the known hours say about the rest.

    Parameters
    ----------
    mean
        (B,) expected relative error of the rest by hour, 0 in hours without rest.
    prior, explained
        Relative variance of the rest's total before the known hours, and the part of it that they take away.
    """

    mean: FloatArray
    prior: float
    explained: float


def fit_day_law(expected: FloatArray, came: FloatArray) -> DayLaw:
    """Return the law of (N, B) ``expected`` contacts and those that ``came``; both 0 where nothing is known."""
    days, hours = expected.shape
    chance, share = _chance(expected), _shares(expected)
    error = _errors(expected, came)
    far = np.sqrt((share * error**2).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-300))
    pulled = np.minimum(1.0, _DAY_SCALES * np.median(far) / np.maximum(far, 1e-300))[:, None]
    weighted = share * error * pulled
    products, weight = weighted.T @ weighted, share.T @ share
    products[np.diag_indices(hours)] -= ((share * pulled) ** 2 * chance).sum(axis=0)
    mean_chance = 1 / np.maximum(expected.mean(axis=0), 1e-6)
    pooled = max(float(np.trace(products)) / max(float(np.trace(weight)), 1e-300), 1e-8)
    measured = np.where(weight > 0, products / np.maximum(weight, 1e-300), 0.0)
    trust = _HOUR_PSEUDO_DAYS * (1 + mean_chance / pooled) ** 2
    own = (days * np.diag(measured) + trust * pooled) / (days + trust)
    variance = np.maximum(own, _SPREAD_LEAST * pooled)
    spread = np.sqrt(variance)
    common, correlation = _shape(measured, weight, spread)
    apart = np.abs(np.subtract.outer(np.arange(hours), np.arange(hours)))
    law = np.outer(spread, spread) * (common + (1 - common) * correlation**apart)
    noisy = 1 + mean_chance / variance  # the more of an hour's error is chance, the more days a covariance needs
    doubt = _PAIR_PSEUDO_DAYS * np.outer(noisy, noisy)
    mixed = (days * measured + doubt * law) / (days + doubt)
    return DayLaw(mixed, common * float(np.average(spread, weights=np.maximum(share.sum(axis=0), 1e-12))) ** 2)


def shift(covariance: FloatArray, evidence: Evidence, promotion: FloatArray | None = None) -> Shift:
    """Return the conditional mean and variance of the rest given the known hours.

    Parameters
    ----------
    covariance
        (B, B) of ``DayLaw``.
    promotion
        (3, B, B) what the error of planned promotions adds to the covariance of known-known, rest-known and rest-rest;
        ``None``: no promotion that day.
    """
    known, rest = np.flatnonzero(evidence.expected > 0), np.flatnonzero(evidence.rest > 0)
    mean = np.zeros(len(covariance))
    if not len(rest):
        return Shift(mean, 0.0, 0.0)
    weight = evidence.rest[rest] / evidence.rest[rest].sum()
    more = np.zeros((3, *covariance.shape)) if promotion is None else promotion
    prior = max(float(weight @ (covariance + more[2])[np.ix_(rest, rest)] @ weight), 0.0)
    if not len(known):
        return Shift(mean, prior, 0.0)
    inside, across = (covariance + more[0])[np.ix_(known, known)], (covariance + more[1])[np.ix_(rest, known)]
    error = _errors(evidence.expected[known], evidence.came[known])
    scale = np.sqrt(np.maximum(np.diag(inside), 0.0) + 1 / evidence.expected[known])
    values, vectors = np.linalg.eigh((inside + np.diag(1 / evidence.expected[known])) / np.outer(scale, scale))
    root = vectors / np.sqrt(np.maximum(values, _EIGENVALUE_LEAST))
    through = (across / scale) @ root
    mean[rest] = through @ (root.T @ (error / scale))
    return Shift(mean, prior, float(((weight @ through) ** 2).sum()))


def _errors(expected: FloatArray, came: FloatArray) -> FloatArray:
    """Return relative errors, 0 where nothing was expected."""
    relative = np.where(expected > 0, (came - expected) / np.maximum(expected, 1e-300), 0.0)
    return np.asarray(np.clip(relative, -_ERROR_MOST, _ERROR_MOST), dtype=np.float64)


def _chance(expected: FloatArray) -> FloatArray:
    """Return the relative variance of counts around ``expected``, 0 where nothing was expected."""
    return np.where(expected > 0, 1 / np.maximum(expected, 1e-300), 0.0)


def _shares(expected: FloatArray) -> FloatArray:
    """Return (N, B) expected contacts over those of the day: busy weeks weigh no more than quiet ones."""
    total = expected.sum(axis=1, keepdims=True)
    return np.where(total > 0, expected / np.maximum(total, 1e-300), 0.0)


def _shape(measured: FloatArray, weight: FloatArray, spread: FloatArray) -> tuple[float, float]:
    """Return the common part and the correlation that fit the (B, B) measured covariances best."""
    scale = np.outer(spread, spread)
    found = measured / scale
    apart = np.abs(np.subtract.outer(np.arange(len(spread)), np.arange(len(spread))))
    counted = np.where(apart > 0, weight * scale, 0.0)
    best = (np.inf, 0.0, 0.0)
    for correlation in _CORRELATIONS:
        drift = correlation**apart
        gap, left = 1 - drift, found - drift
        common = float(np.clip((counted * gap * left).sum() / max(float((counted * gap**2).sum()), 1e-300), 0.0, 1.0))
        best = min(best, (float((counted * (left - common * gap) ** 2).sum()), common, correlation))
    return best[1], best[2]
