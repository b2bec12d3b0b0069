"""The forecasting room: history and promotion plan in, expected contacts and their strays out."""

from forecasting.accuracy.backtest import METHODS, SCOPES, TOTAL, Backtest, backtest
from forecasting.calendars.days import CalendarDay, DayCalendar, DayKind, calendar_of_zone, load_calendar
from forecasting.forecast import make_forecast
from forecasting.forecaster import Forecaster
from forecasting.history.series import HistoryGrid, fill_quiet_intervals, grain_min, regularise
from forecasting.uncertainty.paths import count_paths, rate_paths

__all__ = [
    "METHODS",
    "SCOPES",
    "TOTAL",
    "Backtest",
    "CalendarDay",
    "DayCalendar",
    "DayKind",
    "Forecaster",
    "HistoryGrid",
    "backtest",
    "calendar_of_zone",
    "count_paths",
    "fill_quiet_intervals",
    "grain_min",
    "load_calendar",
    "make_forecast",
    "rate_paths",
    "regularise",
]
