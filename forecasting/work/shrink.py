"""Measured effects shrunk towards their mean, by how much they differ beside how badly each is known."""

import numpy as np

from scenarios.checks import FloatArray

_ROUNDS = 20  # of the fixed point for the variance between effects; it settles after a few


def shrunk(values: FloatArray, variances: FloatArray, mean: float | None = None) -> FloatArray:
    """Return (n,) effects shrunk to their mean by empirical Bayes.

    The variance ``t`` between true effects is that for which the weighted squares, with weights 1 / (v + t), are as
    many as they should be (Paule and Mandel, 1982); an effect keeps ``t / (t + v)`` of its distance from the mean
    (James and Stein, 1961; Morris, 1983).

    Parameters
    ----------
    values
        (n,) measured effects.
    variances
        (n,) of their errors, > 0; ``inf`` for one that was not measured at all.
    mean
        What they are shrunk to; ``None``: their own weighted mean.
    """
    known = np.isfinite(variances)
    if not known.any():
        return np.full(len(values), 1.0 if mean is None else mean)
    value, variance = values[known], variances[known]
    centre, between = _between(value, variance, mean)
    keeps = between / (between + variances)
    return np.where(known, centre + keeps * (np.where(known, values, centre) - centre), centre)


def _between(values: FloatArray, variances: FloatArray, mean: float | None) -> tuple[float, float]:
    """Return the mean of the effects and the variance between them; 0 where their errors explain all differences."""
    free = len(values) - (1 if mean is None else 0)
    between = 0.0
    centre = _centre(values, variances, mean)
    for _ in range(_ROUNDS):
        weights = 1.0 / (variances + between)
        centre = _centre(values, variances + between, mean)
        squares = float(weights @ (values - centre) ** 2)
        slope = float(weights**2 @ (values - centre) ** 2)
        if slope <= 0 or (between == 0.0 and squares <= free):
            break
        between = max(between + (squares - free) / slope, 0.0)
    return centre, between


def _centre(values: FloatArray, variances: FloatArray, mean: float | None) -> float:
    return float(np.average(values, weights=1.0 / variances)) if mean is None else mean
