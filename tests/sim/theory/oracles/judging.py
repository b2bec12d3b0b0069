"""Simultaneous intervals: all simulated numbers of the family lie inside theirs, but for one family in a hundred.

Bonferroni: each interval has confidence 1 - .01 / FAMILY. The seed was chosen once.
"""

import numpy as np
from scipy.stats import norm, t

SEED = 20251111
FAMILY = 250
"""At least as many numbers as all modules compare together; ``assert_inside`` counts."""
CONFIDENCE = 1 - 0.01 / FAMILY

_compared = 0


def assert_inside(pairs, exact, *, sharp=0.1):
    """Assert that every ratio of sums is inside its interval around the exact value, and the interval is narrow.

    Parameters
    ----------
    pairs
        (tops, bottoms) over independent windows, one pair for each exact value.
    sharp
        Largest half-width as a share of the exact value: a wide interval would prove nothing.
    """
    assert len(pairs) == len(exact)
    _count(len(exact))
    found = [ratio(tops, bottoms) for tops, bottoms in pairs]
    shown = [
        f"{value:.6g} +- {half:.2g} against {truth:.6g}"
        for (value, half), truth in zip(found, exact, strict=True)
        if not (abs(value - truth) <= half <= sharp * abs(truth))
    ]
    assert not shown, "outside, or too wide: " + "; ".join(shown)


def assert_agrees(values, published, error):
    """Assert that the mean of independent ``values`` differs from a published mean by no more than chance allows.

    ``error`` is the standard error of the published mean.
    """
    _count(1)
    own = np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(np.mean(values) - published) <= norm.ppf((1 + CONFIDENCE) / 2) * np.hypot(own, error)


def _count(comparisons):
    global _compared
    _compared += comparisons
    assert _compared <= FAMILY, "more comparisons than the family was made for"


def ratio(tops, bottoms):
    """Return the ratio of sums and the half-width of its interval (delta method, Student's quantile)."""
    count, total = len(tops), np.sum(bottoms)
    value = np.sum(tops) / total
    spread = np.sqrt(np.sum((tops - value * bottoms) ** 2) / (count - 1) * count) / total
    return float(value), float(t.ppf((1 + CONFIDENCE) / 2, count - 1) * spread)
