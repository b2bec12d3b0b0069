"""Measured work of contacts as rows of a model: when, how much, and how many contacts say so."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from forecasting.history.series import utc_us, wall_cells
from scenarios import measured
from scenarios.checks import BoolArray, FloatArray, IntArray

HOURS = 24
CELLS = 7 * HOURS
_SLOT_MIN = 60
_OUTLIER_SDS = 6.0  # farther than so many deviations above what is usual is a session somebody forgot to close
_NOISE_GROUPS = 8
_MAD_TO_SD = 1.4826  # of a normal law
_NOISE_LEAST, _CONTACT_CV2 = 1e-4, 0.5  # a hundredth; a contact's own squared cv where rows are too few [assumed]
_NOISE_ROWS = 60


@dataclass(frozen=True, slots=True)
class Cells:
    """N rows that were measured, in order of time.

    Parameters
    ----------
    start_us
        (N,) starts of their intervals, µs since the epoch.
    day
        (N,) ordinals of their local dates.
    cell
        (N,) hour of the local week, Monday's first is 0.
    contacts
        (N,) contacts each is the mean of, > 0.
    value
        (N,) the mean, > 0.
    """

    start_us: IntArray
    day: IntArray
    cell: IntArray
    contacts: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.value)

    def chosen(self, rows: BoolArray) -> "Cells":
        """Return some of the rows."""
        return Cells(self.start_us[rows], self.day[rows], self.cell[rows], self.contacts[rows], self.value[rows])


def cells_of(history: pd.DataFrame, values: FloatArray, zone: str) -> Cells:
    """Return the rows of one contact type whose (rows,) ``values`` were measured.

    A mean is one of the contacts answered where the history counts them, else of those offered. A value of 0 says that
    nothing was measured.
    """
    answered = measured(history, "answered")
    contacts = np.where(np.isnan(answered), history["offered"].to_numpy(dtype=np.float64), answered)
    start_us = utc_us(pd.DatetimeIndex(history["interval_start"]))
    day, cell = week_cells(start_us, zone)
    told = np.isfinite(values) & (values > 0) & (contacts > 0)
    return Cells(start_us, day, cell, contacts, values).chosen(told)


def week_cells(start_us: IntArray, zone: str) -> tuple[IntArray, IntArray]:
    """Return for instants (µs since the epoch) the ordinal of the local date and the hour of the local week."""
    day, hour = wall_cells(start_us, zone, _SLOT_MIN)
    return day, (day - 1) % 7 * HOURS + hour  # ordinal 1 was a Monday


@dataclass(frozen=True, slots=True)
class Noise:
    """How far a row strays from what is usual: its squared cv is ``floor + per_contact / contacts``."""

    floor: float
    per_contact: float

    def of(self, contacts: FloatArray) -> FloatArray:
        """Return the squared cv of rows of so many contacts."""
        return self.floor + self.per_contact / contacts


def noise_of(ratio: FloatArray, contacts: FloatArray, *, robust: bool = False) -> Noise:
    """Return the noise of rows whose (N,) ``ratio`` to what is usual is known.

    The spread is measured in groups of rows with about as many contacts, and split by what falls with them.

    Parameters
    ----------
    robust
        By medians, which no outlier moves, and which miss the long tails that work of few contacts has.
    """
    if len(ratio) < _NOISE_ROWS:
        return Noise(_NOISE_LEAST, _CONTACT_CV2)
    groups = np.array_split(np.argsort(contacts, kind="stable"), _NOISE_GROUPS)
    away = np.abs(ratio - 1.0)
    squares = np.array(
        [(_MAD_TO_SD * np.median(away[group])) ** 2 if robust else np.mean(away[group] ** 2) for group in groups]
    )
    thin = np.array([np.mean(1.0 / contacts[group]) for group in groups])
    weights = 1.0 / np.maximum(squares, 1e-8)  # the relative error is the same in every group
    design = np.column_stack([np.ones_like(thin), thin]) * weights[:, None]
    floor, per_contact = nnls(design, squares * weights)[0]
    return Noise(max(float(floor), _NOISE_LEAST), float(per_contact))


def without_outliers(cells: Cells, usual: FloatArray) -> tuple[Cells, Noise]:
    """Return the rows with means that only a forgotten session explains cut down, and the noise of the rest.

    Cut twice: first by medians, then by the mean and the spread of what is left. Medians alone would take the long
    tail of single contacts for outliers, and its loss for less work.

    Parameters
    ----------
    usual
        (N,) what each row would usually be, by medians.
    """
    noise = noise_of(cells.value / usual, cells.contacts, robust=True)
    kept = _cut(cells, usual, noise)
    mean = usual * np.average(kept / usual, weights=cells.contacts)
    noise = noise_of(kept / mean, cells.contacts)
    value = _cut(cells, mean, noise)
    return Cells(cells.start_us, cells.day, cells.cell, cells.contacts, value), noise


def _cut(cells: Cells, usual: FloatArray, noise: Noise) -> FloatArray:
    """Return (N,) values, none farther above what is usual than so many deviations."""
    return np.minimum(cells.value, usual * (1.0 + _OUTLIER_SDS * np.sqrt(noise.of(cells.contacts))))


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """Return the median of ``values`` by weight."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])
