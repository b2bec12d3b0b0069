"""What was forecast when: a forecast as it was given out, with the spread it claimed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

import numpy as np

from forecasting.accuracy.edits import Edit, apply_edits
from forecasting.uncertainty.paths import count_paths
from scenarios import Forecast, Horizon
from scenarios.checks import FloatArray, IntArray, frozen_float, require_moment

QUANTILES = (0.1, 0.5, 0.9)
"""P10, P50 and P90."""
_PATHS = 400  # the 80 % interval of a day is then known to about 2 points of coverage
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """P10, P50 and P90 of the contacts that may come.

    Parameters
    ----------
    interval
        (3, T, K) per interval and type.
    day
        (3, D, K + 1) per date and type; the last column is all types together.
    """

    interval: FloatArray
    day: FloatArray

    def __post_init__(self) -> None:
        for name in ("interval", "day"):
            values = getattr(self, name)
            object.__setattr__(self, name, frozen_float("Bands", name, values, np.shape(values)))


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A forecast as it was given out.

    Parameters
    ----------
    made_at
        When (aware).
    known_until
        Last date of the history behind it; leads count from it.
    model
        What the model said, before edits.
    edits
        The planners' edits on it, in their order.
    bands
        Of the forecast with its edits.
    versions
        Of the program and what it stands on.
    """

    made_at: datetime
    known_until: date
    model: Forecast
    edits: tuple[Edit, ...]
    bands: Bands
    versions: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def __post_init__(self) -> None:
        require_moment("Snapshot", "made_at", self.made_at)

    @property
    def forecast(self) -> Forecast:
        """The forecast that was given out: the model's with the edits."""
        return apply_edits(self.model, self.edits)


def snapshot_of(
    model: Forecast,
    *,
    made_at: datetime,
    known_until: date,
    seed: int,
    edits: tuple[Edit, ...] = (),
    versions: Mapping[str, str] = _NOTHING,
) -> Snapshot:
    """Return the snapshot of a forecast; ``seed`` draws the paths its bands are taken from."""
    bands = bands_of(apply_edits(model, edits), seed=seed)
    return Snapshot(made_at, known_until, model, edits, bands, versions)


def bands_of(forecast: Forecast, *, seed: int, paths: int = _PATHS) -> Bands:
    """Return P10, P50 and P90 of ``paths`` sampled counts (``forecasting.count_paths``).

    Quantiles are numbers of contacts that occur, so that a count on the edge of a band lies inside it.
    """
    counts = count_paths(forecast, replications=paths, seed=seed)
    ordinals = date_ordinals(forecast.horizon)
    dates = np.unique(ordinals)
    days = np.stack([counts[:, ordinals == day].sum(axis=1) for day in dates], axis=1)
    days = np.concatenate([days, days.sum(axis=2, keepdims=True)], axis=2)
    interval, day = (np.quantile(values, QUANTILES, axis=0, method="inverted_cdf") for values in (counts, days))
    return Bands(interval.astype(np.float64), day.astype(np.float64))


def date_ordinals(horizon: Horizon) -> IntArray:
    """Return (T,) the ordinal of the date each interval counts for: its service day's; when closed, the calendar's."""
    closed = np.array([start.date().toordinal() for start in horizon.interval_starts()], dtype=np.int64)
    service = np.array([day.date.toordinal() for day in horizon.days], dtype=np.int64)
    days = horizon.day_of_interval()
    return np.where(days >= 0, service[days], closed)


def dates_of(horizon: Horizon) -> tuple[date, ...]:
    """Return the dates of ``date_ordinals``, each once, in order: the second axis of ``Bands.day``."""
    return tuple(date.fromordinal(int(day)) for day in np.unique(date_ordinals(horizon)))


def day_before(horizon: Horizon) -> date:
    """Return the last date before ``horizon``: what a forecast knew at most."""
    return horizon.first_date - timedelta(days=1)
