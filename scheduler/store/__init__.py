"""The store: rosters as append-only versions, runs, jobs and an audit log, in SQLite or PostgreSQL."""

from scheduler.store.codec import dump_forecast, dump_plan, load_forecast, load_plan
from scheduler.store.jobs import Job, JobBook, JobState
from scheduler.store.rosters import RosterShelf, RosterState, RosterVersion
from scheduler.store.runs import Run, RunBook, RunStatus
from scheduler.store.store import Store, open_store

__all__ = [
    "Job",
    "JobBook",
    "JobState",
    "RosterShelf",
    "RosterState",
    "RosterVersion",
    "Run",
    "RunBook",
    "RunStatus",
    "Store",
    "dump_forecast",
    "dump_plan",
    "load_forecast",
    "load_plan",
    "open_store",
]
