"""The forecasting room: history and promotion plan in, expected contacts and their strays out."""

from forecasting.accuracy.backtest import METHODS, SCOPES, TOTAL, Backtest, Span, backtest
from forecasting.accuracy.drivers import Driver, Parts, drivers, phase_lifts, sentences, take_apart
from forecasting.accuracy.edits import Edit, EditKind, Entry, Undo, apply_edits, check_edit, edits_on, in_force
from forecasting.accuracy.ledger import (
    DAY_ERROR_COLUMNS,
    Days,
    DayScope,
    Observed,
    accuracy_table,
    dates_over,
    day_errors,
    day_totals,
    due_cells,
    edit_gains,
    lead_name,
    observe,
)
from forecasting.accuracy.snapshots import Bands, Snapshot, bands_of, date_ordinals, dates_of, day_before, snapshot_of
from forecasting.accuracy.work_backtest import QUANTITIES, WORK_METHODS, WorkBacktest, backtest_work
from forecasting.calendars.days import CalendarDay, DayCalendar, DayKind, calendar_of_zone, load_calendar
from forecasting.calendars.special import special_days
from forecasting.choice import ModelWeight, model_weights
from forecasting.cleaning import examine_history
from forecasting.forecast import expected_work, forecast_and_lesson, make_forecast
from forecasting.forecaster import Forecaster
from forecasting.history.findings import Finding, FindingKind, Treatment
from forecasting.history.quality import Examination, examine
from forecasting.history.series import HistoryGrid, fill_quiet_intervals, grain_min, regularise
from forecasting.intraday import IntradayUpdate, TypeUpdate, UpdateReason, day_lessons, update_forecast
from forecasting.learning import Lesson
from forecasting.ordinary.rolling import Models
from forecasting.outlook import AfterSalesOutlook, PlanOutlook, plan_outlook
from forecasting.uncertainty.paths import count_paths, rate_paths
from forecasting.work import TENURE_REQUIRED, TenureFactor, WorkContent, tenure_factors, work_content

__all__ = [
    "DAY_ERROR_COLUMNS",
    "METHODS",
    "QUANTITIES",
    "SCOPES",
    "TENURE_REQUIRED",
    "TOTAL",
    "WORK_METHODS",
    "AfterSalesOutlook",
    "Backtest",
    "Bands",
    "CalendarDay",
    "DayCalendar",
    "DayKind",
    "DayScope",
    "Days",
    "Driver",
    "Edit",
    "EditKind",
    "Entry",
    "Examination",
    "Finding",
    "FindingKind",
    "Forecaster",
    "HistoryGrid",
    "IntradayUpdate",
    "Lesson",
    "ModelWeight",
    "Models",
    "Observed",
    "Parts",
    "PlanOutlook",
    "Snapshot",
    "Span",
    "TenureFactor",
    "Treatment",
    "TypeUpdate",
    "Undo",
    "UpdateReason",
    "WorkBacktest",
    "WorkContent",
    "accuracy_table",
    "apply_edits",
    "backtest",
    "backtest_work",
    "bands_of",
    "calendar_of_zone",
    "check_edit",
    "count_paths",
    "date_ordinals",
    "dates_of",
    "dates_over",
    "day_before",
    "day_errors",
    "day_lessons",
    "day_totals",
    "drivers",
    "due_cells",
    "edit_gains",
    "edits_on",
    "examine",
    "examine_history",
    "expected_work",
    "fill_quiet_intervals",
    "forecast_and_lesson",
    "grain_min",
    "in_force",
    "lead_name",
    "load_calendar",
    "make_forecast",
    "model_weights",
    "observe",
    "phase_lifts",
    "plan_outlook",
    "rate_paths",
    "regularise",
    "sentences",
    "snapshot_of",
    "special_days",
    "take_apart",
    "tenure_factors",
    "update_forecast",
    "work_content",
]
