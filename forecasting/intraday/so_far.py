"""The hours of today that are known: which they are, and whether they can be believed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting.history.series import HistoryGrid, grain_min, grid_of, wall_cells
from scenarios import Forecast, PlanningError, min_to_clock
from scenarios.checks import BoolArray, FloatArray, IntArray
from scenarios.horizon import US_PER_MIN, Horizon, ServiceDay

_OUTAGE_CONTACTS = 10.0  # no contact where ten were expected: once in 22,000 times by chance
_US = pd.Timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SoFar:
    """A service day that is known up to some interval.

    Parameters
    ----------
    index
        Which service day of the horizon.
    now
        First interval of the horizon that is not known yet.
    columns
        (I,) intervals from the midnight that opens the date to each of the day's I intervals, by the wall clock.
    came
        (now - first interval, K) contacts, in the order of the forecast's types.
    silent
        Same shape: no contact came where many were expected. Reported, and not learnt from.
    grid
        History up to now; its last row is the day's date or the one after it.
    """

    index: int
    now: int
    columns: IntArray
    came: FloatArray
    silent: BoolArray
    grid: HistoryGrid


def so_far_of(forecast: Forecast, checked: pd.DataFrame, *, day: date | None, at_min: int | None) -> SoFar:
    """Return what a history (passed by ``check_history``) knows of a service day; later rows are not looked at.

    Parameters
    ----------
    day
        Date of the service day; ``None``: that of the last row.
    at_min
        Minutes after its midnight up to which it is known; ``None``: up to the end of the day's last row.

    Raises
    ------
    PlanningError
        When the day is not in the forecast, is over, has no row, or misses an interval that was open.
    """
    horizon = forecast.horizon
    start_us = np.asarray((checked["interval_start"] - pd.Timestamp(horizon.start)) // _US, dtype=np.int64)
    grain_us = grain_min(checked) * US_PER_MIN
    index = _day_index(horizon, int(start_us.max()), day)
    today = horizon.days[index]
    now_us = _now_us(horizon, today, start_us, grain_us, at_min)
    if now_us >= today.closes_us:
        closes = min_to_clock((today.closes_us - horizon.us_at(today.date, 0)) // US_PER_MIN)
        raise PlanningError("intraday_day_over", value=today.date.isoformat(), closes=closes)
    now = max(now_us // horizon.interval_us, today.first_interval)
    known = start_us < now * horizon.interval_us
    if not known.any():
        raise PlanningError("intraday_no_actuals", value=today.date.isoformat())
    grid = grid_of(checked[known], zone=horizon.zone, interval_min=horizon.interval_min)
    columns = _columns(horizon, today)
    came = _came(grid, today, columns[: now - today.first_interval], forecast)
    expected = forecast.expected[today.first_interval : now]
    _require_whole(forecast, today, expected, came)
    filled = np.nan_to_num(came)
    return SoFar(index, now, columns, filled, _silent(expected, filled), grid)


def _day_index(horizon: Horizon, last_us: int, day: date | None) -> int:
    spans = [number for number, one in enumerate(horizon.days) if one.opens_us <= last_us < one.closes_us]
    if day is None and spans:
        return spans[0]
    wanted = horizon.instant(last_us).date() if day is None else day
    for number, one in enumerate(horizon.days):
        if one.date == wanted:
            return number
    first, last = horizon.days[0].date.isoformat(), horizon.days[-1].date.isoformat()
    raise PlanningError("intraday_other_day", value=wanted.isoformat(), first=first, last=last)


def _now_us(horizon: Horizon, today: ServiceDay, start_us: IntArray, grain_us: int, at_min: int | None) -> int:
    """Return up to when the day is known, µs since the horizon's start."""
    if at_min is not None:
        return max(horizon.us_at(today.date, at_min), today.opens_us)
    mine = start_us[(start_us >= today.opens_us) & (start_us < today.closes_us)]
    if not mine.size:
        raise PlanningError("intraday_no_actuals", value=today.date.isoformat())
    return int(mine.max()) + grain_us


def _columns(horizon: Horizon, today: ServiceDay) -> IntArray:
    numbers = np.arange(today.first_interval, today.end_interval, dtype=np.int64)
    epoch_us = int(horizon.start.timestamp()) * 1_000_000
    dates, slots = wall_cells(epoch_us + numbers * horizon.interval_us, horizon.zone, horizon.interval_min)
    return (dates - today.date.toordinal()) * (24 * 60 // horizon.interval_min) + slots


def _came(grid: HistoryGrid, today: ServiceDay, columns: IntArray, forecast: Forecast) -> FloatArray:
    """Return (I, K) contacts of the known intervals, ``nan`` where the history has none."""
    slots = grid.counts.shape[1]
    rows, cells = grid.day_of(today.date) + columns // slots, columns % slots
    came = np.full((len(columns), len(forecast.contact_types)), np.nan)
    inside = (rows >= 0) & (rows < grid.dates)
    for number, name in enumerate(forecast.contact_types):
        if name not in grid.contact_types:
            raise PlanningError("type_without_history", value=name, known=", ".join(grid.contact_types))
        column = grid.contact_types.index(name)
        came[inside, number] = grid.counts[rows[inside], cells[inside], column]
    return came


def _require_whole(forecast: Forecast, today: ServiceDay, expected: FloatArray, came: FloatArray) -> None:
    """Raise when an interval in which contacts were expected has no row."""
    if len(came) and not np.isfinite(came).any():
        raise PlanningError("intraday_no_actuals", value=today.date.isoformat())
    gaps = np.argwhere(~np.isfinite(came) & (expected > 0))
    if len(gaps):
        interval, column = (int(number) for number in gaps[0])
        moment = forecast.horizon.instant((today.first_interval + interval) * forecast.horizon.interval_us)
        raise PlanningError(
            "intraday_gap", value=forecast.contact_types[column], moment=moment.strftime("%Y-%m-%d %H:%M"),
            missing=len(gaps),
        )  # fmt: skip


def _silent(expected: FloatArray, came: FloatArray) -> BoolArray:
    """Return (I, K) which intervals belong to a run of zeros that chance does not explain.

    The expected contacts are taken at the pace of the other hours where that is lower: a quiet day is no outage.
    """
    silent = np.zeros(came.shape, dtype=np.bool_)
    for column in range(came.shape[1]):
        zero = came[:, column] == 0
        said = expected[:, column]
        heard = float(said[~zero].sum())
        pace = min(float(came[~zero, column].sum()) / heard, 1.0) if heard > 0 else 1.0
        run = np.cumsum(~zero)  # zeros of one run share the number of what came before
        missed = np.bincount(run, np.where(zero, said, 0.0)) * pace
        silent[:, column] = zero & (missed[run] >= _OUTAGE_CONTACTS)
    return silent
