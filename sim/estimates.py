"""Estimates over independent replications, each with its interval and the name of its estimator."""

import numpy as np
from scipy.special import stdtrit

from scenarios import Estimate
from scenarios.checks import FloatArray, IntArray

RATIO_OF_SUMS = "ratio of sums"
MEAN_OF_REPLICATIONS = "mean of replications"
CONFIDENCE = 0.95


def ratio_of_sums(
    numerator: FloatArray | IntArray, denominator: FloatArray | IntArray, confidence: float = CONFIDENCE
) -> Estimate:
    """Return sum(numerator) / sum(denominator) over replications, with its interval.

    The variance is that of the ratio estimator by the delta method (Law, Simulation Modeling and Analysis, section 9.5;
    Cochran, Sampling Techniques, section 6.3), the quantile Student's with R - 1 degrees of freedom.

    Parameters
    ----------
    numerator, denominator
        (R,) sums of each replication.

    Returns
    -------
    Estimate
        ``nan`` throughout when the denominators are all zero; an undefined interval with fewer than two replications.
    """
    values, halves = ratios_of_sums(numerator[:, None], denominator[:, None], confidence)
    return estimate_of(values[0], halves[0], confidence, RATIO_OF_SUMS, len(numerator))


def ratios_of_sums(
    numerators: FloatArray | IntArray, denominators: FloatArray | IntArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return (C,) ratios of sums and (C,) half-widths of their intervals, from (R, C) sums of each replication."""
    replications = len(numerators)
    tops, bottoms = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    totals = bottoms.sum(axis=0)
    known = totals > 0
    safe = np.where(known, totals, 1.0)
    ratios = np.where(known, tops.sum(axis=0) / safe, np.nan)
    if replications < 2:
        return ratios, np.full_like(ratios, np.nan)
    residuals = tops - np.where(known, ratios, 0.0) * bottoms
    spread = np.sqrt((residuals**2).sum(axis=0) / (replications - 1) * replications) / safe
    return ratios, np.where(known, student_quantile(replications, confidence) * spread, np.nan)


def means(values: FloatArray | IntArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Return (C,) means over replications and (C,) half-widths of their intervals, from (R, C) values."""
    replications = len(values)
    if replications == 0:
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    centre = values.mean(axis=0)
    if replications < 2:
        return centre, np.full_like(centre, np.nan)
    spread = values.std(axis=0, ddof=1) / np.sqrt(replications)
    return centre, student_quantile(replications, confidence) * spread


def estimate_of(
    value: float, half: float, confidence: float, estimator: str, replications: int, *, unit: str = "share"
) -> Estimate:
    """Return the estimate ``value`` ± ``half``, kept within what its unit allows (a share within 0 and 1)."""
    centre, away, most = float(value), float(half), 1.0 if unit == "share" else np.inf
    low, high = (min(max(centre + side * away, 0.0), most) for side in (-1, 1))
    return Estimate(centre, low, high, confidence, estimator, replications)


def student_quantile(replications: int, confidence: float) -> float:
    """Return Student's two-sided quantile with ``replications`` - 1 degrees of freedom."""
    return float(stdtrit(replications - 1, (1 + confidence) / 2))
