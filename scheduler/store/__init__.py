"""The store: rosters as append-only versions, runs, forecasts with edits and errors, jobs, an audit log.

It lives in SQLite or PostgreSQL.
"""

from scheduler.store.codec import (
    dump_entries,
    dump_forecast,
    dump_plan,
    dump_snapshot,
    load_forecast,
    load_plan,
    load_snapshot,
)
from scheduler.store.edits import EditBook
from scheduler.store.forecasts import ForecastBook, KeptForecast
from scheduler.store.jobs import Job, JobBook, JobState
from scheduler.store.rosters import RosterShelf, RosterState, RosterVersion
from scheduler.store.runs import Run, RunBook, RunStatus
from scheduler.store.store import Store, open_store

__all__ = [
    "EditBook",
    "ForecastBook",
    "Job",
    "JobBook",
    "JobState",
    "KeptForecast",
    "RosterShelf",
    "RosterState",
    "RosterVersion",
    "Run",
    "RunBook",
    "RunStatus",
    "Store",
    "dump_entries",
    "dump_forecast",
    "dump_plan",
    "dump_snapshot",
    "load_forecast",
    "load_plan",
    "load_snapshot",
    "open_store",
]
