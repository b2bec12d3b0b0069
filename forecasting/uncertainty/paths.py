"""Possible futures: sampled rates and counts of a forecast."""

import numpy as np

from scenarios import Forecast
from scenarios.checks import FloatArray, IntArray, require_positive
from scenarios.streams import stream

_PURPOSE = "paths"


def rate_paths(forecast: Forecast, *, replications: int, seed: int, first: int = 0) -> FloatArray:
    """Return (R, T, K) sampled paths of expected contacts (``Forecast.rate_path``).

    Path r depends on ``seed`` and ``first + r`` alone, not on how many are drawn.
    """
    require_positive("rate_paths", "replications", replications)
    paths = np.empty((replications, *forecast.expected.shape))
    for number in range(replications):
        paths[number] = forecast.rate_path(stream(seed, _PURPOSE, first + number, "rates"))
    return paths


def count_paths(forecast: Forecast, *, replications: int, seed: int, first: int = 0) -> IntArray:
    """Return (R, T, K) sampled numbers of contacts: Poisson given the paths of ``rate_paths``."""
    rates = rate_paths(forecast, replications=replications, seed=seed, first=first)
    counts = np.empty(rates.shape, dtype=np.int64)
    for number, rate in enumerate(rates):
        counts[number] = stream(seed, _PURPOSE, first + number, "counts").poisson(rate)
    return counts
