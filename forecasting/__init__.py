"""The forecasting room: history and promotion plan in, expected contacts and their strays out."""

from forecasting.accuracy.backtest import METHODS, SCOPES, TOTAL, Backtest, backtest
from forecasting.accuracy.work_backtest import QUANTITIES, WORK_METHODS, WorkBacktest, backtest_work
from forecasting.calendars.days import CalendarDay, DayCalendar, DayKind, calendar_of_zone, load_calendar
from forecasting.cleaning import examine_history
from forecasting.forecast import expected_work, make_forecast
from forecasting.forecaster import Forecaster
from forecasting.history.findings import Finding, FindingKind, Treatment
from forecasting.history.quality import Examination, examine
from forecasting.history.series import HistoryGrid, fill_quiet_intervals, grain_min, regularise
from forecasting.intraday import IntradayUpdate, TypeUpdate, UpdateReason, day_lessons, update_forecast
from forecasting.outlook import AfterSalesOutlook, PlanOutlook, plan_outlook
from forecasting.uncertainty.paths import count_paths, rate_paths
from forecasting.work import TENURE_REQUIRED, TenureFactor, WorkContent, tenure_factors, work_content

__all__ = [
    "METHODS",
    "QUANTITIES",
    "SCOPES",
    "TENURE_REQUIRED",
    "TOTAL",
    "WORK_METHODS",
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
    "IntradayUpdate",
    "PlanOutlook",
    "TenureFactor",
    "Treatment",
    "TypeUpdate",
    "UpdateReason",
    "WorkBacktest",
    "WorkContent",
    "backtest",
    "backtest_work",
    "calendar_of_zone",
    "count_paths",
    "day_lessons",
    "examine",
    "examine_history",
    "expected_work",
    "fill_quiet_intervals",
    "grain_min",
    "load_calendar",
    "make_forecast",
    "plan_outlook",
    "rate_paths",
    "regularise",
    "tenure_factors",
    "update_forecast",
    "work_content",
]
