"""The level of a series from day to day as a Gaussian process: what is slow, weekly or monthly in it, and what fades.

The covariance of two days at a distance h (open days) is a sum of parts: a slow drift and a passing mood (exponential
in h), a drift of single weekdays, a rhythm of the month (periodic in the share of the month that is over: paydays,
bills), and chance of the day itself. How large each part is, and how long it lasts, is what makes the past most likely
(type-II maximum likelihood: Rasmussen and Williams 2006, section 5.4.1) under weak priors: a part the series does not
show fades by itself.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize

from scenarios.checks import FloatArray, IntArray

PARTS = ("slow", "passing", "weekday", "month")
_LASTING_DAYS = (20.0, 2.0, 60.0)  # where the search for slow, passing and weekday memories starts
_SHARES = (0.3, 0.2, 0.2, 0.1, 0.3)  # of the variance, for slow, passing, weekday, month and chance, at the start
_SPREADS = (1.0, 1.0, 1.0, 1.5, 1.0, 0.8, 0.7, 0.8)  # of the priors on the logarithms: a factor of two to four
_MONTH_SCALE = 0.8  # neighbours within about five days of the month go together
_STEPS_MOST = 20
_VARIANCE_LEAST = 1e-8
_UNKNOWN_VARIANCES = 4.0  # an unknown mean is a constant with this many times the variance seen


@dataclass(frozen=True, slots=True)
class DayAxis:
    """Where days stand.

    Parameters
    ----------
    position
        (D,) number of open days so far: a closed weekend is no distance.
    weekday
        (D,) Monday 0.
    month_phase
        (D,) share of the month that is over, 0 to 1.
    """

    position: FloatArray
    weekday: IntArray
    month_phase: FloatArray

    def at(self, days: IntArray) -> "DayAxis":
        """Return the axis of some of its days."""
        return DayAxis(self.position[days], self.weekday[days], self.month_phase[days])


@dataclass(frozen=True, slots=True)
class DayProcess:
    """A fitted process: its days, the logarithms of its parameters and what they make of the values."""

    axis: DayAxis
    constant: float
    log_parameters: FloatArray
    pull: FloatArray

    def at(self, ahead: DayAxis) -> FloatArray:
        """Return (L,) the expected values on the days of ``ahead``."""
        parts = _parts(_Distances.between(ahead, self.axis), self.log_parameters)
        return np.asarray((sum(parts) + self.constant) @ self.pull, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Distances:
    """Between two sets of days: open days apart, whether the weekday is the same, likeness of the month's phase."""

    apart: IntArray
    same_weekday: FloatArray
    month: FloatArray

    @classmethod
    def between(cls, one: DayAxis, other: DayAxis) -> "_Distances":
        turn = np.sin(np.pi * (one.month_phase[:, None] - other.month_phase[None, :]))
        return cls(
            np.abs(one.position[:, None] - other.position[None, :]).astype(np.int64),
            (one.weekday[:, None] == other.weekday[None, :]).astype(np.float64),
            np.exp(-2 * np.square(turn / _MONTH_SCALE)),
        )


def fit_process(
    values: FloatArray,
    chance: FloatArray,
    axis: DayAxis,
    log_parameters: FloatArray | None = None,
    *,
    unknown_mean: bool = False,
) -> DayProcess:
    """Return the process behind (D,) ``values`` whose counting noise has (D,) variance ``chance``.

    Parameters
    ----------
    log_parameters
        From another fit of the same series: taken as they are instead of being searched for.
    unknown_mean
        The values stray around a constant nobody knows, and not around 0.
    """
    variance = max(float(np.var(values)), _VARIANCE_LEAST)
    constant = _UNKNOWN_VARIANCES * variance if unknown_mean else 0.0
    distances = _Distances.between(axis, axis)
    centre = np.log(np.concatenate([variance * np.array(_SHARES), _LASTING_DAYS]))
    if log_parameters is None:
        found = minimize(
            _unlikelihood, centre, args=(values, chance, distances, centre, constant), jac=True, method="L-BFGS-B",
            options={"maxiter": _STEPS_MOST},
        )  # fmt: skip
        log_parameters = np.asarray(found.x, dtype=np.float64)
    covariance = _covariance(_parts(distances, log_parameters), chance, log_parameters, constant)
    pull = cho_solve(cho_factor(covariance, lower=True), values)
    return DayProcess(axis, constant, log_parameters, np.asarray(pull, dtype=np.float64))


def _parts(distances: _Distances, log_parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    slow, passing, weekday, month = np.exp(log_parameters[:4])
    lags = np.arange(int(distances.apart.max(initial=0)) + 1)  # few whole numbers: exponentials are taken once
    faded = [np.exp(-lags / days) for days in np.exp(log_parameters[5:])]
    return (
        (slow * faded[0])[distances.apart],
        (passing * faded[1])[distances.apart],
        distances.same_weekday * (weekday * faded[2])[distances.apart],
        month * distances.month,
    )


def _covariance(
    parts: tuple[FloatArray, ...], chance: FloatArray, log_parameters: FloatArray, constant: float
) -> FloatArray:
    covariance: FloatArray = sum(parts, start=np.full(parts[0].shape, constant))
    covariance[np.diag_indices(len(chance))] += np.exp(log_parameters[4]) + chance
    return covariance


def _unlikelihood(
    log_parameters: FloatArray,
    values: FloatArray,
    chance: FloatArray,
    distances: _Distances,
    centre: FloatArray,
    constant: float,
) -> tuple[float, FloatArray]:
    """Return the negative log posterior of the parameters and its gradient (Rasmussen and Williams, eq. 5.8, 5.9)."""
    parts = _parts(distances, log_parameters)
    covariance = _covariance(parts, chance, log_parameters, constant)
    factor, _ = cho_factor(covariance, lower=True)
    pull = cho_solve((factor, True), values)
    lower, _ = dpotri(factor, lower=True)
    inner = np.tril(lower) - np.tril(np.outer(pull, pull))  # lower half of a symmetric matrix
    middle = np.diag(inner).copy()
    inner *= 2.0
    inner[np.diag_indices(len(pull))] = middle
    chance_of_day = float(middle.sum()) * float(np.exp(log_parameters[4]))
    of_variances = [*(float(np.vdot(inner, part)) for part in parts), chance_of_day]
    of_memories = [
        float(np.vdot(inner, part * distances.apart)) / np.exp(memory)
        for part, memory in zip(parts[:3], log_parameters[5:], strict=True)
    ]
    off = (log_parameters - centre) / _SPREADS
    gradient = 0.5 * np.concatenate([of_variances, of_memories]) + off / _SPREADS
    value = 0.5 * float(values @ pull) + float(np.log(np.diag(factor)).sum()) + 0.5 * float(off @ off)
    return value, gradient
