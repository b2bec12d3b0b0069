"""Ceilings: the same number interval after interval at the top of a day, because no more could get in."""

import numpy as np
from scipy.special import gammaln, xlogy

from scenarios.checks import BoolArray, FloatArray

_LOG_CHANCE = np.log(1e-9)  # of equal counts in a row; a year has 1e5 places where such a run may begin
_LEAST_COUNT = 5.0
_LEAST_RUN = 4
_AT_TOP = 0.7  # of all such runs: equal numbers below the top come from spread totals, not from a ceiling
_MINORITY = 0.2


def ceilings(counts: FloatArray, asked: BoolArray) -> list[BoolArray]:
    """Return the (D, S) cells of each run of equal counts at the day's top that is no chance.

    The likeliest value of a Poisson count of mean m has the chance m**m exp(-m) / m!; the second and later of n equal
    ones have at most that chance each. Histories in which equal runs stand at any height, or everywhere, have none.
    """
    known = asked & np.isfinite(counts)
    value = np.where(known, counts, -1.0)
    same = np.zeros_like(known)
    same[:, 1:] = (value[:, 1:] == value[:, :-1]) & (value[:, 1:] >= _LEAST_COUNT)
    label = np.cumsum(~same.ravel())
    length = np.bincount(label)
    start = np.flatnonzero(~same.ravel())
    height = np.concatenate(([0.0], value.ravel()[start]))
    likeliest = xlogy(height, height) - height - gammaln(height + 1)
    rare = (length >= _LEAST_RUN) & ((length - 1) * np.where(height >= _LEAST_COUNT, likeliest, 0.0) <= _LOG_CHANCE)
    runs = np.flatnonzero(rare)
    top = value.max(axis=1)
    slots = counts.shape[1]
    at_top = [run for run in runs if height[run] >= top[start[run - 1] // slots]]
    covered = sum(int(length[run]) for run in runs)
    if not at_top or len(at_top) < _AT_TOP * len(runs) or covered > _MINORITY * known.sum():
        return []
    found: list[BoolArray] = []
    for run in at_top:
        cells = np.zeros(counts.size, dtype=np.bool_)
        cells[start[run - 1] : start[run - 1] + length[run]] = True
        found.append(cells.reshape(counts.shape))
    return found
