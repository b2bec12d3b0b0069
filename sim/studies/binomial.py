"""Exact bounds of a probability from successes and trials.

The bounds are those of Clopper and Pearson (1934): with k of n independent trials successful, the lower bound is the
probability at which k or more would be seen with just the probability ``error``, the upper bound the one at which k or
fewer would be.
"""

import numpy as np
from scipy.stats import beta

from scenarios import Estimate
from scenarios.checks import require_within

EXACT_BINOMIAL = "exact binomial"
"""Name of the estimator."""


def binomial_lower_bound(successes: int, trials: int, error: float) -> float:
    """Return the exact one-sided lower bound of a probability, wrong with at most ``error``.

    Raises
    ------
    PlanningError
        When there are more successes than trials, or fewer than none.
    """
    require_within("binomial", "successes", successes, 0, trials)
    return float(beta.ppf(error, successes, trials - successes + 1)) if successes else 0.0


def binomial_upper_bound(successes: int, trials: int, error: float) -> float:
    """Return the exact one-sided upper bound of a probability, wrong with at most ``error``."""
    return 1.0 - binomial_lower_bound(trials - successes, trials, error)


def binomial_interval(successes: int, trials: int, confidence: float) -> Estimate:
    """Return the share of successes with its exact two-sided interval; ``nan`` as its value without a trial."""
    error = (1.0 - confidence) / 2
    low, high = (bound(successes, trials, error) for bound in (binomial_lower_bound, binomial_upper_bound))
    return Estimate(successes / trials if trials else np.nan, low, high, confidence, EXACT_BINOMIAL, trials)
