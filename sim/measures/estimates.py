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
    """Return sum(numerator) / sum(denominator), a share, over replications, with its interval.

    The variance is that of the ratio estimator by the delta method (Law, Simulation Modeling and Analysis, section 9.5;
    Cochran, Sampling Techniques, section 6.3), the quantile Student's with R - 1 degrees of freedom.

    Parameters
    ----------
    numerator, denominator
        (R,) sums of each replication.

    Returns
    -------
    Estimate
        ``nan`` throughout when the denominators are all zero; an undefined interval with fewer than two replications;
        where all replications are alike, 0 or 1, the interval of ``estimate_of``.
    """
    values, halves = ratios_of_sums(numerator[:, None], denominator[:, None], confidence)
    informed = int(np.count_nonzero(denominator))
    return estimate_of(values[0], halves[0], confidence, RATIO_OF_SUMS, len(numerator), informed=informed)


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
    value: float,
    half: float,
    confidence: float,
    estimator: str,
    replications: int,
    *,
    unit: str = "share",
    informed: int | None = None,
) -> Estimate:
    """Return the estimate ``value`` ± ``half``, kept within what its unit allows (a share within 0 and 1).

    A share of exactly 0 or 1 was so in every replication. Their spread is 0 and says nothing about the next one, so the
    half-width is then ``half_width_of_alike``. Every share told with an interval comes from here.

    Parameters
    ----------
    informed
        Replications in which there was anything to take a share of; ``None`` for all.
    """
    centre, away, most = float(value), float(half), 1.0 if unit == "share" else np.inf
    if unit == "share" and centre in (0.0, 1.0) and replications > 1:
        away = float(half_width_of_alike(replications if informed is None else informed, confidence))
    low, high = (min(max(centre + side * away, 0.0), most) for side in (-1, 1))
    return Estimate(centre, low, high, confidence, estimator, replications)


def half_width_of_alike(replications: int | IntArray, confidence: float) -> FloatArray:
    """Return the exact one-sided bound on how often a replication differs when none of n did, elementwise.

    1 - (1 - confidence)^(1/n), about 3/n at 95 % (Clopper and Pearson 1934). It bounds a share too, however much a
    replication that differs may be off.
    """
    return np.asarray(1.0 - (1.0 - confidence) ** (1.0 / np.maximum(replications, 1)))


def student_quantile(replications: int, confidence: float) -> float:
    """Return Student's two-sided quantile with ``replications`` - 1 degrees of freedom."""
    return float(stdtrit(replications - 1, (1 + confidence) / 2))
