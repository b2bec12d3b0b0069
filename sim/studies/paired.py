"""The statistics of a paired difference: two estimates over the same replications, and how surely they differ.

An estimate is kept with its *residuals*: what each replication contributes to its error, so that the variance of the
estimate is that of the residuals over their number. Of a mean these are the deviations from it, of a ratio of sums
those of the delta method (Cochran, Sampling Techniques, section 6.3). The residuals of a difference are the differences
of the residuals, whose common part falls out (Law, Simulation Modeling and Analysis, sections 10.2 and 11.2).
"""

from dataclasses import dataclass

import numpy as np

from scenarios import Estimate
from scenarios.checks import FloatArray
from sim.measures.estimates import estimate_of, student_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """An estimate over R replications.

    Parameters
    ----------
    value
        The estimate, ``nan`` where it is undefined.
    residuals
        (R,) contributions to its error, their mean 0.
    estimator
        Its name.
    informed
        Replications in which there was anything to take a share of; ``None`` for all.
    """

    value: float
    residuals: FloatArray
    estimator: str
    informed: int | None = None

    @classmethod
    def of_mean(cls, values: FloatArray, estimator: str) -> "Sample":
        """Return the mean of (R,) values."""
        mean = float(values.mean()) if len(values) else np.nan
        return cls(mean, values - mean, estimator)

    @classmethod
    def of_ratio(cls, numerator: FloatArray, denominator: FloatArray, estimator: str) -> "Sample":
        """Return the ratio of the sums of (R,) numerators and (R,) denominators."""
        total = float(denominator.sum())
        if total <= 0:
            return cls(np.nan, np.full(len(numerator), np.nan), estimator)
        ratio = float(numerator.sum()) / total
        residuals = (numerator - ratio * denominator) * (len(denominator) / total)
        return cls(ratio, residuals, estimator, int(np.count_nonzero(denominator)))

    @property
    def variance(self) -> float:
        """Of the estimate; ``nan`` with fewer than two replications."""
        count = len(self.residuals)
        return float(self.residuals.var(ddof=1)) / count if count > 1 else np.nan

    def half_width(self, confidence: float) -> float:
        """Of Student's interval; ``nan`` with fewer than two replications."""
        count = len(self.residuals)
        return float(np.sqrt(self.variance)) * student_quantile(count, confidence) if count > 1 else np.nan

    def estimate(self, confidence: float, unit: str) -> Estimate:
        """Return the estimate with its interval; of a share that is alike everywhere see ``estimate_of``."""
        half = self.half_width(confidence)
        count, informed = len(self.residuals), self.informed
        return estimate_of(self.value, half, confidence, self.estimator, count, unit=unit, informed=informed)

    def estimate_within(self, confidence: float, most: float = np.inf) -> Estimate:
        """Return a difference with Student's interval, kept within ± ``most``.

        An interval without width says that not one replication differed.
        """
        half = self.half_width(confidence)
        low, high = (float(np.clip(self.value + side * half, -most, most)) for side in (-1, 1))
        return Estimate(self.value, low, high, confidence, self.estimator, len(self.residuals))


def minus(after: Sample, before: Sample) -> Sample:
    """Return the difference of two estimates over the same replications."""
    return Sample(after.value - before.value, after.residuals - before.residuals, f"{after.estimator}, paired")


def variance_reduction(after: Sample, before: Sample) -> float:
    """Return the variance of the difference of two independent estimates over that of the paired one.

    ``nan`` where the two never differ.
    """
    paired = minus(after, before).variance
    return (after.variance + before.variance) / paired if paired > 0 else np.nan
