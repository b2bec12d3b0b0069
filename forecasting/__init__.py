"""The forecasting room: history and promotion plan in, expected contacts and their strays out."""

from forecasting.accuracy.backtest import METHODS, SCOPES, TOTAL, Backtest, backtest
from forecasting.calendars.days import CalendarDay, DayCalendar, DayKind, calendar_of_zone, load_calendar
from forecasting.cleaning import examine_history
from forecasting.forecast import make_forecast
from forecasting.forecaster import Forecaster
from forecasting.history.findings import Finding, FindingKind, Treatment
from forecasting.history.quality import Examination, examine
from forecasting.history.series import HistoryGrid, fill_quiet_intervals, grain_min, regularise
from forecasting.outlook import AfterSalesOutlook, PlanOutlook, plan_outlook
from forecasting.uncertainty.paths import count_paths, rate_paths

__all__ = [
    "METHODS",
    "SCOPES",
    "TOTAL",
    "AfterSalesOutlook",
    "Backtest",
    "CalendarDay",
    "DayCalendar",
    "DayKind",
    "Examination",
    "Finding",
    "FindingKind",
    "Forecaster",
    "HistoryGrid",
    "PlanOutlook",
    "Treatment",
    "backtest",
    "calendar_of_zone",
    "count_paths",
    "examine",
    "examine_history",
    "fill_quiet_intervals",
    "grain_min",
    "load_calendar",
    "make_forecast",
    "plan_outlook",
    "rate_paths",
    "regularise",
]
