"""Quantile loss of any method, its quantiles taken from its own earlier errors.

A method that only says one number gets its quantiles from the errors of its forecasts made before, pooled by the
stretch of leads, on the scale of roots (where counts of all sizes vary alike): so all methods are asked the same way.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray

LEVELS = tuple(round(0.05 * step, 2) for step in range(1, 20))
_ERRORS_LEAST = 40  # fewer errors have no tails


class QuantileLoss:
    """Gathers the errors of methods origin by origin, and scores each origin by the errors known on its morning.

    Parameters
    ----------
    lead_edges
        First lead (days) of each stretch that is pooled.
    """

    def __init__(self, lead_edges: Sequence[int]) -> None:
        self._edges = tuple(lead_edges)
        self._errors: dict[tuple[str, int, int], list[tuple[int, FloatArray]]] = {}

    def score(
        self, origin: int, forecasts: Mapping[str, FloatArray], actual: FloatArray, scored: BoolArray
    ) -> dict[str, FloatArray]:
        """Return per method (L, S, K) twice the mean pinball loss over ``LEVELS``, and keep the errors of this origin.

        ``nan`` where nothing is scored or too few errors are known yet. Twice the mean pinball loss over many levels
        tends to the CRPS (Gneiting and Raftery 2007).

        Parameters
        ----------
        origin
            Row of the first forecast day; errors of days before it are known.
        forecasts
            By method (L, S, K) contacts expected ``1 .. L`` days ahead.
        actual, scored
            (L, S, K) what came, and which cells count.
        """
        leads = np.arange(1, len(actual) + 1)
        stretch = np.searchsorted(self._edges, leads, side="right") - 1
        losses = {method: np.full(actual.shape, np.nan) for method in forecasts}
        for method, forecast in forecasts.items():
            for row in np.unique(stretch):
                days = np.flatnonzero(stretch == row)
                for kind in range(actual.shape[2]):
                    key = (method, int(row), kind)
                    said, came = forecast[days, :, kind], actual[days, :, kind]
                    counts = scored[days, :, kind]
                    losses[method][days, :, kind] = np.where(counts, self._losses(key, origin, said, came), np.nan)
                    self._keep(key, origin + days, said, came, counts)
        return losses

    def _losses(self, key: tuple[str, int, int], origin: int, said: FloatArray, came: FloatArray) -> FloatArray:
        known = [errors for day, errors in self._errors.get(key, []) if day < origin]
        pooled = np.concatenate(known) if known else np.empty(0)
        if len(pooled) < _ERRORS_LEAST:
            return np.full(said.shape, np.nan)
        roots = np.sqrt(np.maximum(said, 0.0))
        total = np.zeros(said.shape)
        for level, error in zip(LEVELS, np.quantile(pooled, LEVELS), strict=True):
            miss = came - np.square(np.maximum(roots + error, 0.0))
            total += np.maximum(level * miss, (level - 1) * miss)
        return 2 * total / len(LEVELS)

    def _keep(self, key: tuple[str, int, int], days: IntArray, said: FloatArray, came: FloatArray,
              counts: BoolArray) -> None:  # fmt: skip
        kept = self._errors.setdefault(key, [])
        for number, day in enumerate(days.tolist()):
            cells = counts[number]
            if cells.any():
                kept.append((day, np.sqrt(came[number, cells]) - np.sqrt(np.maximum(said[number, cells], 0.0))))
