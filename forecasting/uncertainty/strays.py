"""How far reality strays from the forecast: measured by forecasting the history's own past again.

Independent errors per interval cover a day's total far too rarely, because the errors of one day go together. So the
strays are a factor for the day, whose spread grows with the lead, and a busyness that drifts from interval to interval
(``DemandUncertainty``). Chance (Poisson) is taken out first: the sampling of contacts puts it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import toeplitz
from scipy.optimize import isotonic_regression

from forecasting.ordinary.baseline import Baseline
from forecasting.ordinary.rolling import LEADS_MOST
from scenarios.checks import BoolArray, FloatArray, IntArray

LEAD_EDGES = (1, 4, 15)
"""First lead (days) of each stretch with a spread of its own: days 1-3, 4-14, later."""
_DAYS_LEAST = 10  # residual days below which a spread is not believed
_ORIGINS_LEAST = 4  # with fewer such origins all are taken
_YOUNG_DAYS = 84.0  # with three months known, half of an error's variance is rhythm not yet seen [assumed]
_LOG_CLIP = 1.5  # a day at 4.5 times its forecast is no stray but an event nobody told us of
_CORRELATION_MOST = 0.98
_CENTRAL_SHARE, _CENTRAL_SCORE = 0.8, 1.2816  # 80 % of a normal law lie within 1.28 standard deviations


@dataclass(frozen=True, slots=True)
class Strays:
    """Measured strays of one or more types.

    Parameters
    ----------
    day_variance
        (len(LEAD_EDGES),) variance of the log of the day factor by lead, rising; ``None``: too few days to say.
    busyness_variance, busyness_correlation
        Squared coefficient of variation of the interval factor, and its correlation from one interval to the next.
    """

    day_variance: tuple[float, ...] | None
    busyness_variance: float
    busyness_correlation: float

    def day_cv(self, lead: int) -> float:
        """Return the coefficient of variation of the day factor ``lead`` >= 1 days ahead."""
        if self.day_variance is None:
            raise RuntimeError("asked for a spread that was not measured")
        stretch = int(np.searchsorted(LEAD_EDGES, lead, side="right")) - 1
        return float(np.sqrt(np.expm1(self.day_variance[stretch])))


@dataclass(frozen=True, slots=True)
class _Residuals:
    """Of one type: (N,) lead, log error of the day, its chance variance; sums over intervals; contacts."""

    lead: IntArray
    log_error: FloatArray
    chance: FloatArray
    spread: float
    correlation: float
    within_day: float
    volume: float


def measure(baselines: Sequence[Baseline]) -> Strays:
    """Return the strays of the series behind ``baselines``: what each would have said of its own past, and what came.

    The types' variances are averaged, weighted by their volume: each type keeps about its own spread; types whose
    errors do not go together make their sum look a little too uncertain.
    """
    kinds = [_residuals(baseline) for baseline in baselines]
    told = [residuals for residuals in kinds if len(residuals.lead) >= _DAYS_LEAST and residuals.volume > 0]
    if not told:
        return Strays(None, 0.0, 0.0)
    weights = np.array([residuals.volume for residuals in told])
    weights = weights / weights.sum()
    days = np.array([_day_variance(residuals) for residuals in told])
    rising = isotonic_regression(weights @ days, weights=np.diff((*LEAD_EDGES, LEADS_MOST + 1))).x
    spread = float(weights @ [residuals.spread for residuals in told])
    correlation = float(weights @ [residuals.spread * residuals.correlation for residuals in told])
    return Strays(tuple(map(float, rising)), spread, correlation / spread if spread > 0 else 0.0)


def _residuals(baseline: Baseline) -> _Residuals:
    """Return the errors of forecasts made when at least half of today's history was known, as they would be today."""
    tested, days = baseline.tested, len(baseline.days.counts)
    grown = tested.origins >= days / 2
    if np.unique(tested.origins[grown]).size < _ORIGINS_LEAST:
        grown = np.ones(len(tested.origins), dtype=np.bool_)
    young = (1 + _YOUNG_DAYS / days) / (1 + _YOUNG_DAYS / np.maximum(tested.origins[grown], 1))
    forecast = baseline.past_forecasts()[grown]
    return _compare(forecast, tested.came[grown], tested.leads[grown], np.sqrt(young))


def _compare(forecast: FloatArray, actual: FloatArray, lead: IntArray, shrink: FloatArray) -> _Residuals:
    known = np.isfinite(actual) & (forecast > 0)
    expected, found = np.where(known, forecast, 0.0), np.where(known, actual, 0.0)
    total = expected.sum(axis=1)
    scored = total >= 0.5 * forecast.sum(axis=1)  # a day of which most is hidden says little
    scored &= total > 0
    expected, found, total = expected[scored], found[scored], total[scored]
    log_error = np.clip(np.log((found.sum(axis=1) + 0.5) / (total + 0.5)), -_LOG_CLIP, _LOG_CLIP)
    spread, correlation = _busyness(expected * (found.sum(axis=1) / total)[:, None], found)
    within = variance_of_day_mean(expected.sum(axis=0), spread, correlation)
    return _Residuals(
        lead[scored],
        log_error * shrink[scored],
        1 / (total + 0.5),
        spread,
        correlation,
        within,
        float(found.sum()),
    )


def _busyness(expected: FloatArray, found: FloatArray) -> tuple[float, float]:
    """Return variance and lag-one correlation of the interval factor by moments.

    With mean m and factor variance v a count has variance ``m + m**2 * v``; chance does not reach the neighbour. Ratios
    of sums, so that small intervals cannot drown the others.
    """
    miss = found - expected
    squares = float((expected**2).sum())
    neighbours = float((expected[:, 1:] * expected[:, :-1]).sum())
    if squares <= 0 or neighbours <= 0:
        return 0.0, 0.0
    variance = max(float((miss**2 - expected).sum()) / squares, 0.0)
    covariance = float((miss[:, 1:] * miss[:, :-1]).sum()) / neighbours
    if variance == 0.0:
        return 0.0, 0.0
    return variance, float(np.clip(covariance / variance, 0.0, _CORRELATION_MOST))


def variance_of_day_mean(shape: FloatArray, variance: float, correlation: float) -> float:
    """Return how much of the relative variance of a total the drifting busyness makes by itself.

    Parameters
    ----------
    shape
        (S,) expected contacts of the intervals that make up the total.
    variance, correlation
        Squared coefficient of variation of the interval factor, and its correlation from one interval to the next.
    """
    if variance == 0.0:
        return 0.0
    share = shape / shape.sum()
    return variance * float(share @ toeplitz(correlation ** np.arange(len(share))) @ share)


def _day_variance(residuals: _Residuals) -> FloatArray:
    """Return (len(LEAD_EDGES),) variance of the log day factor; a stretch with few days takes that of all.

    Days that nobody foresaw have heavy tails: a variance of squares would make every ordinary band too wide. The
    variance is that of the normal law whose central 80 % hold 80 % of the errors, less what chance explains.
    """
    stretch = np.searchsorted(LEAD_EDGES, residuals.lead, side="right") - 1
    parts = [stretch == number for number in range(len(LEAD_EDGES))]
    every = np.ones(len(stretch), dtype=np.bool_)
    return np.array([_central_variance(residuals, part if part.sum() >= _DAYS_LEAST else every) for part in parts])


def _central_variance(residuals: _Residuals, days: BoolArray) -> float:
    central = float(np.quantile(np.abs(residuals.log_error[days]), _CENTRAL_SHARE))
    chance = float(residuals.chance[days].mean())
    return max((central / _CENTRAL_SCORE) ** 2 - chance - residuals.within_day, 0.0)
