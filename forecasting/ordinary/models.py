"""The small models of ordinary days. They err in different ways, so that together they err less.

``two_level``
    level by lead x weekday factor x shape of the weekday (``two_level.py``);
``rhythm``
    the same with the level as a Gaussian process that knows the month (``day_process.py``);
``shapes``
    whole days as a few shapes that come and go (``day_shapes.py``);
``recent``
    the last weeks' same weekdays without their strangest values;
``last_year``
    ``two_level`` moved as the same weeks moved a year before; needs more than thirteen months.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.ordinary.day_process import DayAxis, fit_process
from forecasting.ordinary.day_shapes import shapes_ahead, weekday_means
from forecasting.ordinary.days import Days
from forecasting.ordinary.pulled_in import roots_pulled_in
from forecasting.ordinary.two_level import TwoLevel, fit_two_level
from scenarios.checks import FloatArray, IntArray

MODELS = ("two_level", "rhythm", "shapes", "recent", "last_year")
_RECENT_HALF_LIFE_DAYS = 14.0
_WINDOW_DAYS = 420  # a year and the weeks ahead of it: what is older says nothing more
_YEAR_DAYS = 364  # keeps the weekday
_YEAR_LEAST_DAYS = 400
_YEAR_BELIEF = 0.7  # a season comes back, but not to the letter [assumed]
_YEAR_CLIP = 2.0
_LEVEL_DAYS = 180  # open days the process of the level is learnt from: half a year
_LEVEL_LEAST = 15
_WHOLE = 0.9
_CLIP_SCALES, _CLIP_LEAST = 2.5, 0.02


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the day processes that were searched for once and serve for a while; ``None``: search."""

    level: FloatArray | None = None
    shapes: tuple[FloatArray, ...] | None = None


def say(
    days: Days, leads: IntArray, weekdays: IntArray, parameters: Parameters | None = None
) -> tuple[FloatArray, Parameters]:
    """Return (M, L, S) what each of ``MODELS`` expects, ``nan`` where it says nothing, and the parameters used.

    Parameters
    ----------
    leads, weekdays
        (L,) days after the last one, and like which weekday each of them goes.
    parameters
        Of an earlier call on the same series; ``None`` searches for them.
    """
    said = np.full((len(MODELS), len(leads), days.counts.shape[1]), np.nan)
    two_level = fit_two_level(days)
    said[0] = two_level.ahead(leads, weekdays)
    given = parameters or Parameters()
    axis, ahead = days.axis(leads, weekdays)
    level, of_level = _level_ahead(two_level, days, axis, ahead, given.level)
    if level is not None:
        said[1] = two_level.usual(weekdays) * level[:, None]
    recent = slice(max(len(days.counts) - _WINDOW_DAYS, 0), None)
    roots = roots_pulled_in(days.counts[recent], days.weekdays[recent])
    shapes = shapes_ahead(roots, days.counts[recent], axis.at(np.arange(len(days.counts))[recent]), ahead, given.shapes)
    if shapes is not None:
        said[2] = shapes[0]
    said[3] = weekday_means(np.square(roots), days.weekdays[recent], _RECENT_HALF_LIFE_DAYS)[weekdays]
    if len(days.counts) >= _YEAR_LEAST_DAYS:
        said[4] = said[0] * _year_before(two_level.level.local, leads)[:, None]
    of_shapes = None if shapes is None else tuple(shapes[1])
    return said, Parameters(of_level, of_shapes)


def _level_ahead(
    two_level: TwoLevel, days: Days, axis: DayAxis, ahead: DayAxis, given: FloatArray | None
) -> tuple[FloatArray | None, FloatArray | None]:
    """Return (L,) the level ahead by a process of its logarithm, and the parameters of that process."""
    cells = np.isfinite(days.counts).sum(axis=1)
    whole = np.flatnonzero((cells >= _WHOLE * cells.max(initial=1)) & (two_level.totals > 0))[-_LEVEL_DAYS:]
    if len(whole) < _LEVEL_LEAST:
        return None, None
    expected = two_level.ordinary[whole] * two_level.level.weekday[days.weekdays[whole]]
    logs = np.log(two_level.totals[whole] / np.maximum(expected, 1e-300))
    around = np.log(np.maximum(two_level.level.local[whole], 1e-300))
    off = logs - around
    clip = max(_CLIP_SCALES * 1.4826 * float(np.median(np.abs(off))), _CLIP_LEAST)
    pulled = around + np.clip(off, -clip, clip)
    middle = float(pulled.mean())
    process = fit_process(pulled - middle, 1 / two_level.totals[whole], axis.at(whole), given, unknown_mean=True)
    fitted = np.exp(process.at(axis.at(whole)))
    unbiased = float(np.exp(pulled - middle).mean() / fitted.mean())  # a mean of logarithms is below that of contacts
    return np.exp(middle + process.at(ahead)) * unbiased, process.log_parameters


def _year_before(local: FloatArray, leads: IntArray) -> FloatArray:
    """Return (L,) how the level moved over the same days of the year before, believed by 70 %."""
    then = np.minimum(len(local) - 1 - _YEAR_DAYS + leads, len(local) - 1)
    moved = local[then] / max(float(local[len(local) - 1 - _YEAR_DAYS]), 1e-300)
    return np.asarray(np.clip(moved, 1 / _YEAR_CLIP, _YEAR_CLIP) ** _YEAR_BELIEF, dtype=np.float64)
