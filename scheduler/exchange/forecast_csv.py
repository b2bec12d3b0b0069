"""Forecasts as a CSV table, out and in."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import Bands
from scenarios import DemandUncertainty, Forecast, PlanningError, Scenario
from scheduler.exchange.files import write_text
from scheduler.exchange.moments import read_moments
from scheduler.exchange.tables import Table, read_table
from scheduler.exchange.words import plain_cell, safe_cell

COLUMNS = ("interval_start", "contact_type", "expected", "work_s", "day_cv", "busyness_cv", "busyness_correlation")
ROUNDS = "rounds"
"""A further column of forecasts that know how many rounds the sessions of some chats have; empty for other types."""
BAND_COLUMNS = ("p10", "p50", "p90")
"""Written where bands are given, and read by people: ``read_forecast`` leaves them aside."""


def write_forecast(forecast: Forecast, path: Path, bands: Bands | None = None) -> None:
    """Write one row per interval and contact type; ``read_forecast`` gives back the very same numbers.

    ``day_cv`` is that of the service day, 0 in closed intervals; the two columns of busyness say the same in every row.
    """
    law = forecast.uncertainty
    spread = np.append(np.array(law.day_cv), 0.0)[forecast.horizon.day_of_interval()]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    named = COLUMNS if forecast.rounds is None else (*COLUMNS, ROUNDS)
    writer.writerow(named if bands is None else (*named, *BAND_COLUMNS))
    for interval, start in enumerate(forecast.horizon.interval_starts()):
        for column, kind in enumerate(forecast.contact_types):
            numbers = (forecast.expected[interval, column], forecast.work_s[interval, column], spread[interval])
            row = (*map(float, numbers), law.busyness_cv, law.busyness_correlation)
            rounds = () if forecast.rounds is None else (_cell(float(forecast.rounds[interval, column])),)
            band = () if bands is None else bands.interval[:, interval, column].astype(int)
            writer.writerow((start.isoformat(), safe_cell(kind), *map(repr, row), *rounds, *band))
    write_text(path, out.getvalue(), encoding="utf-8-sig")


def _cell(rounds: float) -> str:
    return "" if math.isnan(rounds) else repr(rounds)


def read_forecast(path: str | Path, scenario: Scenario) -> Forecast:
    """Return the forecast of a table with the columns of ``write_forecast``, for the horizon and types of ``scenario``.

    Raises
    ------
    PlanningError
        When a column is missing, a number is none, or the rows are not those of the scenario's intervals and types.
    """
    table = read_table(path)
    for name in COLUMNS:
        if name not in table.columns:
            raise PlanningError("roster_column", place=table.name, column=name, found=", ".join(table.columns))
    frame = _frame(table, scenario.horizon.zone)
    horizon, types = scenario.horizon, tuple(kind.name for kind in scenario.contact_types)
    wanted = pd.MultiIndex.from_product([pd.DatetimeIndex(horizon.interval_starts()).tz_convert("UTC"), types])
    found = pd.MultiIndex.from_arrays([frame["interval_start"].dt.tz_convert("UTC"), frame["contact_type"]])
    if len(found) != len(wanted) or not found.isin(wanted).all() or found.has_duplicates:
        raise PlanningError(
            "other_forecast", place=table.name, value=len(found), expected=len(wanted), scenario=scenario.name
        )
    frame = frame.set_index(found).loc[wanted]
    shape = (horizon.intervals, len(types))
    spread = frame["day_cv"].to_numpy().reshape(shape)[:, 0]
    law = DemandUncertainty(
        tuple(float(spread[day.first_interval]) for day in horizon.days),
        float(frame["busyness_cv"].iloc[0]),
        float(frame["busyness_correlation"].iloc[0]),
        day_law=scenario.uncertainty.day_law,
    )
    expected, work_s, rounds = (frame[name].to_numpy().reshape(shape) for name in ("expected", "work_s", ROUNDS))
    return Forecast(horizon, types, expected, work_s, law, rounds)


def _frame(table: Table, zone: str) -> pd.DataFrame:
    frame = pd.DataFrame(table.rows, columns=list(table.columns), dtype=object)
    written = frame[ROUNDS] if ROUNDS in frame.columns else pd.Series("", index=frame.index)
    frame = frame[list(COLUMNS)]
    frame["contact_type"] = frame["contact_type"].map(plain_cell)
    times = read_moments(frame["interval_start"], frame["contact_type"], zone)
    numbers = frame[list(COLUMNS[2:])].apply(pd.to_numeric, errors="coerce")
    rounds = pd.to_numeric(written, errors="coerce").astype("float64")
    unread = times.isna() | numbers.isna().any(axis=1) | (rounds.isna() & (written != ""))
    for row in np.flatnonzero(unread.to_numpy())[:1]:
        raise PlanningError("bad_forecast_row", place=table.place(int(row)), value=", ".join(table.rows[int(row)]))
    read: pd.DataFrame = numbers.assign(interval_start=times, contact_type=frame["contact_type"], rounds=rounds)
    return read
