"""The nightly run: inputs in, a proven roster published, or the last one left in force."""

from scheduler.nightly.config import HistoryFeed, PlanOptions, SiteConfig, load_site
from scheduler.nightly.ending import NightEnd, exit_of
from scheduler.nightly.inputs import NightInputs, compare_forecasts, findings_of, forecast_of, read_inputs
from scheduler.nightly.ledger import days_of
from scheduler.nightly.lock import LockedError, night_lock
from scheduler.nightly.night import STAGES, run_night
from scheduler.nightly.outputs import write_outputs

__all__ = [
    "STAGES",
    "HistoryFeed",
    "LockedError",
    "NightEnd",
    "NightInputs",
    "PlanOptions",
    "SiteConfig",
    "compare_forecasts",
    "days_of",
    "exit_of",
    "findings_of",
    "forecast_of",
    "load_site",
    "night_lock",
    "read_inputs",
    "run_night",
    "write_outputs",
]
