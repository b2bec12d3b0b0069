"""A forecast day by day, beside what came a week and a year before."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from forecasting import Bands, date_ordinals, dates_of, day_totals
from scenarios import Forecast, Horizon, Scenario
from scenarios.checks import FloatArray
from scheduler.commands.console import say
from scheduler.commands.sections import day_name, figure
from scheduler.exchange import Section
from scheduler.exchange.words import DASH

_WEEK = 7
_YEAR_DAYS = 364  # the same weekday


def days_section(forecast: Forecast, bands: Bands, history: pd.DataFrame, scenario: Scenario) -> Section:
    """Return the forecast day by day and type by type, beside the same weekday before it and a year ago."""
    horizon = forecast.horizon
    week, year = _before(history, scenario)
    names = [*forecast.contact_types, say("all_types")]
    together = len(forecast.contact_types) > 1  # one type and its total would say everything twice
    rows = []
    expected = _totals(forecast)
    for place, day in enumerate(dates_of(horizon)):
        for column, name in enumerate(names if together else names[:1]):
            said = expected[place, column]
            rows.append(
                (
                    day_name(day), name, f"{said:,.0f}", *(f"{band:,.0f}" for band in bands.day[:, place, column]),
                    *_beside(said, week.get(day), column), *_beside(said, year.get(day), column),
                )
            )  # fmt: skip
    header = ("date", "type", "expected", "p10", "p50", "p90", "last_week", "change", "last_year", "change")
    return Section(say("forecast.days"), tuple(say(f"forecast.{name}") for name in header), tuple(rows))


def _totals(forecast: Forecast) -> FloatArray:
    """Return (D, K + 1) the contacts expected of each date, as ``Bands.day`` has them."""
    ordinals = date_ordinals(forecast.horizon)
    days = np.stack([forecast.expected[ordinals == day].sum(axis=0) for day in np.unique(ordinals)])
    return np.asarray(np.append(days, days.sum(axis=1, keepdims=True), axis=1), dtype=np.float64)


def _beside(said: float, came: FloatArray | None, column: int) -> tuple[str, str]:
    """Return what came, and by how much the forecast differs from it."""
    if came is None or np.isnan(came[column]):
        return DASH, DASH
    change = said / came[column] - 1 if came[column] > 0 else float("nan")
    return f"{came[column]:,.0f}", figure(float(change), signed=True)


def _before(history: pd.DataFrame, scenario: Scenario) -> tuple[dict[date, FloatArray], dict[date, FloatArray]]:
    """Return (K + 1,) totals per date to forecast: of its weekday in the last known week, and of 364 days ago."""
    horizon = scenario.horizon
    weeks = -(-horizon.dates // _WEEK)
    past = history[history["interval_start"] < pd.Timestamp(horizon.start)]
    came = _came(past, horizon, weeks * _WEEK, weeks * _WEEK, scenario)
    year = _came(past, horizon, _YEAR_DAYS, horizon.dates, scenario)
    week_ago, year_ago = {}, {}
    for number in range(horizon.dates):
        day = horizon.first_date + timedelta(days=number)
        week_ago[day] = came.get(day - timedelta(days=_WEEK * (number // _WEEK + 1)))
        year_ago[day] = year.get(day - timedelta(days=_YEAR_DAYS))
    return (
        {day: totals for day, totals in week_ago.items() if totals is not None},
        {day: totals for day, totals in year_ago.items() if totals is not None},
    )


def _came(
    past: pd.DataFrame, horizon: Horizon, days_back: int, dates: int, scenario: Scenario
) -> dict[date, FloatArray]:
    """Return (K + 1,) what came per date, of ``dates`` dates from ``days_back`` before the horizon on."""
    first = horizon.first_date - timedelta(days=days_back)
    earlier = Horizon(first, dates, horizon.interval_min, horizon.zone, horizon.opening)
    found = day_totals(past, earlier, scenario.contact_types)
    return {day: np.append(totals, totals.sum()) for day, totals in found.items()}
