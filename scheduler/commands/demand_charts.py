"""Pictures of a forecast: what came in the last weeks, and what may come."""

from datetime import timedelta

import numpy as np
import pandas as pd

from forecasting import Bands, observe
from scenarios import DemandUncertainty, Forecast, Horizon, Scenario
from scenarios.checks import FloatArray
from scheduler.commands.console import say
from scheduler.exchange import Band, Section, Series, line_chart

_PAST_DAYS = 21
_LABELS = 14  # as many dates as can stand side by side


def demand_charts(forecast: Forecast, bands: Bands, history: pd.DataFrame, scenario: Scenario) -> list[Section]:
    """Return a picture per contact type: three weeks of history, then the forecast between its P10 and P90."""
    horizon = forecast.horizon
    came = _past(history, scenario)
    before = np.full((len(came), 1), np.nan)
    charts = []
    days = _labels(horizon, len(came))
    for column, name in enumerate(forecast.contact_types):
        past = np.append(came[:, column], np.full(horizon.intervals, np.nan))
        said, low, high = (
            np.append(before, values[:, column]) for values in (forecast.expected, bands.interval[0], bands.interval[2])
        )
        lines = [Series(say("forecast.expected"), said), Series(say("forecast.came"), past)]
        charts.append(line_chart(name, lines, days, [Band(say("forecast.band"), low, high)]))
    return [Section(say("forecast.charts"), charts=tuple(charts))]


def _past(history: pd.DataFrame, scenario: Scenario) -> FloatArray:
    """Return (P, K) what came in the weeks before the horizon, ``nan`` where unknown or closed."""
    horizon = scenario.horizon
    first = horizon.first_date - timedelta(days=_PAST_DAYS)
    earlier = Horizon(first, _PAST_DAYS, horizon.interval_min, horizon.zone, horizon.opening)
    intervals = earlier.us_of(horizon.start) // horizon.interval_us
    names = tuple(kind.name for kind in scenario.contact_types)
    blank = np.zeros((earlier.intervals, len(names)))
    like = Forecast(earlier, names, blank, blank, DemandUncertainty((0.0,) * len(earlier.days)))
    before = history[history["interval_start"] < pd.Timestamp(horizon.start)]
    return observe(before, like, scenario.contact_types).contacts[:intervals]


def _labels(horizon: Horizon, before: int) -> list[tuple[int, str]]:
    """Return the labels of the axis: evenly many dates, the first date of the forecast among them."""
    days = _PAST_DAYS + horizon.dates
    every = -(-days // _LABELS)
    per_day = 24 * 60 // horizon.interval_min
    labels = []
    for number in range(-(_PAST_DAYS // every) * every, horizon.dates, every):
        day = horizon.first_date + timedelta(days=number)
        labels.append((before + number * per_day, day.strftime("%m-%d")))
    return labels
