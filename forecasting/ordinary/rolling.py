"""Rolling origins of one series: what the models would have said, and which of them to believe at which lead.

What is said at an origin depends on the days before it alone. It is made once and kept (``Models``), so that a backtest
over many origins does not make it again for each.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import nnls

from forecasting.ordinary.days import Days
from forecasting.ordinary.gbm import lightgbm
from forecasting.ordinary.models import MODELS, Parameters, say
from scenarios.checks import FloatArray, IntArray

LEAD_EDGES = (1, 2, 4, 8, 15)
"""First lead (days) of each stretch with weights of its own: tomorrow, the days after, this week, next week, later."""
LEADS_MOST = 28
_FIRST_ORIGIN = 28
_APART_DAYS = 5  # no divisor of a week: every weekday is met at every lead
_ORIGINS_MOST = 16
_SEARCHED_EVERY_DAYS = 28  # parameters of the day processes are searched for so often,
_SETTLED_DAYS = 112  # and half as often from here on: they hardly change any more
_SPOKEN_LEAST = 0.5
_EQUAL_ORIGINS = 0.05  # the pull towards equal weights, in origins' worth of errors


@dataclass(frozen=True, slots=True)
class Models:
    """Which models of ordinary days are in use, and what they have said.

    Pass the same object to learn from histories that begin alike: what was said of the same past is not said again.

    Parameters
    ----------
    boosted
        Correct the shape of days with LightGBM (``boosted.py``).
    said, parameters
        What was said, and the parameters found, at earlier origins, by what was known there.

    Raises
    ------
    PlanningError
        When ``boosted`` is asked for and the extra ``gbm`` is not installed.
    """

    boosted: bool = False
    said: dict[bytes, FloatArray] = field(default_factory=dict)
    parameters: dict[bytes, Parameters] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.boosted:
            lightgbm()  # said before any work is done


@dataclass(frozen=True, slots=True)
class Record:
    """Forecasts of past days by every model.

    Parameters
    ----------
    said
        (M, N, S) by model of ``MODELS``, forecast day and interval; ``nan`` where a model said nothing.
    came
        (N, S) contacts that came, ``nan`` where unknown.
    leads, origins
        (N,) days ahead, and the origin each was made at.
    """

    said: FloatArray
    came: FloatArray
    leads: IntArray
    origins: IntArray


def parameters_at(days: Days, models: Models) -> Parameters:
    """Return the parameters of the day processes that hold at the end of ``days``: searched for every few weeks."""
    number = len(days.counts)
    every = _SEARCHED_EVERY_DAYS * (2 if number >= _SETTLED_DAYS else 1)
    known = days.until(max(number // every * every, 1))
    key = _digest(known)
    if key not in models.parameters:
        nothing = np.array([1], dtype=np.int64)
        models.parameters[key] = say(known, nothing, known.weekdays[-1:])[1]
    return models.parameters[key]


def record(days: Days, models: Models) -> Record:
    """Return what the models would have said of the last weeks of ``days``, made at origins five days apart."""
    number = len(days.counts)
    grid = range(_FIRST_ORIGIN, number, _APART_DAYS)
    said = [np.empty((len(MODELS), 0, days.counts.shape[1]))]
    came = [np.empty((0, days.counts.shape[1]))]
    leads = [np.empty(0, dtype=np.int64)]
    origins = [np.empty(0, dtype=np.int64)]
    for origin in grid[-_ORIGINS_MOST:]:
        past = days.until(origin)
        if not past.known_days().size:
            continue
        length = min(LEADS_MOST, number - origin)
        said.append(_said_at(past, days.weekdays[origin : origin + length], models))
        came.append(days.counts[origin : origin + length])
        leads.append(np.arange(1, length + 1))
        origins.append(np.full(length, origin))
    return Record(np.concatenate(said, axis=1), np.concatenate(came), np.concatenate(leads), np.concatenate(origins))


def _said_at(past: Days, weekdays: IntArray, models: Models) -> FloatArray:
    """Return (M, L, S) what is said at the end of ``past``, as it was said before where as much was."""
    key = _digest(past)
    if key not in models.said or models.said[key].shape[1] < len(weekdays):
        leads = np.arange(1, len(weekdays) + 1)
        models.said[key] = say(past, leads, weekdays, parameters_at(past, models))[0]
    return models.said[key][:, : len(weekdays)]


def weights_by_lead(tested: Record) -> FloatArray:
    """Return (len(LEAD_EDGES), M) weights of the models by stretch of leads, each row adding up to 1.

    Non-negative least squares of what came on what was said, in units of chance (roots of the forecast), drawn towards
    equal weights: few origins do not choose between models that say nearly the same. A model that spoke on less than
    half of the days that are compared gets no weight yet.
    """
    weights = np.full((len(LEAD_EDGES), len(MODELS)), 1 / len(MODELS))
    stretch = np.searchsorted(LEAD_EDGES, tested.leads, side="right") - 1
    for row in range(len(LEAD_EDGES)):
        mine = (stretch == row) & np.isfinite(tested.came).any(axis=1)
        if not mine.any():
            continue
        said, came = tested.said[:, mine], tested.came[mine]
        speaks = np.isfinite(said).any(axis=2).mean(axis=1) >= _SPOKEN_LEAST
        if not speaks.any():
            continue
        known = np.isfinite(came) & np.isfinite(said[speaks]).all(axis=0)
        if not known.any():
            continue
        unit = np.sqrt(np.maximum(said[speaks].mean(axis=0)[known], 1.0))
        design, target = said[speaks][:, known] / unit, came[known] / unit
        weights[row] = 0.0
        weights[row, speaks] = _least_squares(design, target, len(np.unique(tested.origins[mine][known.any(axis=1)])))
    return weights


def _least_squares(design: FloatArray, target: FloatArray, origins: int) -> FloatArray:
    """Return (m,) weights of the rows of (m, n) ``design``."""
    number = len(design)
    gram, moment = design @ design.T, design @ target
    pull = max(_EQUAL_ORIGINS / origins * float(np.trace(gram)) / number, 1e-12)
    root = np.linalg.cholesky(gram + pull * np.eye(number))
    found, _ = nnls(root.T, np.linalg.solve(root, moment + pull / number))
    total = float(found.sum())
    return np.full(number, 1 / number) if total <= 0 else np.asarray(found / total, dtype=np.float64)


def _digest(days: Days) -> bytes:
    digest = hashlib.blake2b(days.counts.tobytes(), digest_size=16)
    digest.update(days.weekdays.tobytes())
    digest.update(f"{days.first_date} {days.counts.shape}".encode())
    return digest.digest()
