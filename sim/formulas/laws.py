"""What is known of a law of durations without drawing from it."""

import math

import numpy as np
from scipy.special import gammainc, gammaincc, ndtr

from scenarios import Law, LawKind
from scenarios.checks import FloatArray


def survival(law: Law, at_s: FloatArray) -> FloatArray:
    """Return P(duration > ``at_s``), elementwise; 1 below zero."""
    at = np.maximum(at_s, 0.0)
    match law.kind:
        case LawKind.EXPONENTIAL:
            return np.asarray(np.exp(-at / law.mean_s))
        case LawKind.LOGNORMAL:
            return np.asarray(ndtr(-_log_score(law, at)))
        case LawKind.GAMMA:
            shape = 1 / law.cv**2
            return np.asarray(gammaincc(shape, at * shape / law.mean_s))
        case LawKind.CONSTANT:
            return np.asarray(at_s < law.mean_s, dtype=np.float64)
        case _:
            return np.ones_like(at)


def mean_up_to(law: Law, limit_s: FloatArray) -> FloatArray:
    """Return E[min(duration, limit)], the integral of P(duration > u) from 0 to the limit (>= 0), elementwise."""
    mean = law.mean_s
    match law.kind:
        case LawKind.EXPONENTIAL:
            return np.asarray(-mean * np.expm1(-limit_s / mean))
        case LawKind.LOGNORMAL:
            score = _log_score(law, limit_s)
            return np.asarray(mean * ndtr(score - math.sqrt(math.log1p(law.cv**2))) + limit_s * ndtr(-score))
        case LawKind.GAMMA:
            shape = 1 / law.cv**2
            scaled = limit_s * shape / mean
            return np.asarray(mean * gammainc(shape + 1, scaled) + limit_s * gammaincc(shape, scaled))
        case LawKind.CONSTANT:
            return np.minimum(limit_s, mean)
        case _:
            return limit_s


def _log_score(law: Law, at_s: FloatArray) -> FloatArray:
    """Return how many standard deviations of the logarithm ``at_s`` lies above the median."""
    spread = math.sqrt(math.log1p(law.cv**2))
    with np.errstate(divide="ignore"):
        return np.asarray((np.log(at_s / law.mean_s) + spread**2 / 2) / spread)
