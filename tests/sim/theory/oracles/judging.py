"""Simultaneous intervals: all simulated numbers of the family lie inside theirs, but for one family in a hundred.

Bonferroni: each interval has confidence 1 - .01 / FAMILY. The seed was chosen once.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

SEED = 20251111
FAMILY = 250
"""At least as many numbers as all modules compare together; every judgement counts."""
CONFIDENCE = 1 - 0.01 / FAMILY

_compared = 0


@dataclass(frozen=True)
class Judged:
    """A simulated number, the half-width of its interval, and what it should be.

    ``sharp`` is the largest half-width as a share of the exact value: a wide interval would prove nothing.
    """

    found: float
    half: float
    exact: float
    sharp: float

    @property
    def inside(self) -> bool:
        """Whether the exact value is in the interval, and the interval narrow enough to say something."""
        return abs(self.found - self.exact) <= self.half <= self.sharp * abs(self.exact)

    def __str__(self) -> str:
        return f"{self.found:.6g} +- {self.half:.2g} against {self.exact:.6g}"


def judged(case, engine) -> list[Judged]:
    """Play a case on an engine; return each of its figures with its interval, beside the exact value."""
    exact, sharp = case.exact, case.sharp[engine]
    _count(len(exact))
    widths = [sharp] * len(exact) if isinstance(sharp, float) else sharp
    return [Judged(*ratio(tops, bottoms), truth, width)
            for (tops, bottoms), truth, width in zip(case.play(engine), exact, widths, strict=True)]  # fmt: skip


def assert_inside(case, engine):
    """Assert that every figure of a case is inside its interval around the exact value, and the interval narrow."""
    assert [str(each) for each in judged(case, engine) if not each.inside] == [], "outside, or too wide"


def difference_allowed(values, error: float) -> float:
    """Return how far the mean of independent ``values`` may be from a published mean with that standard error."""
    _count(1)
    own = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(norm.ppf((1 + CONFIDENCE) / 2) * np.hypot(own, error))


def _count(comparisons):
    global _compared
    _compared += comparisons
    assert _compared <= FAMILY, "more comparisons than the family was made for"


def compared() -> int:
    """Return how many numbers were compared so far."""
    return _compared


def ratio(tops, bottoms):
    """Return the ratio of sums and the half-width of its interval (delta method, Student's quantile)."""
    count, total = len(tops), np.sum(bottoms)
    value = np.sum(tops) / total
    spread = np.sqrt(np.sum((tops - value * bottoms) ** 2) / (count - 1) * count) / total
    return float(value), float(t.ppf((1 + CONFIDENCE) / 2, count - 1) * spread)
