"""The store as one thing: open it, and it is up to date."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine

from scenarios import Plan
from scheduler.store.audit import AuditLog
from scheduler.store.edits import EditBook
from scheduler.store.engine import make_engine
from scheduler.store.forecasts import ForecastBook
from scheduler.store.jobs import JobBook
from scheduler.store.rosters import RosterShelf, RosterVersion
from scheduler.store.runs import RunBook


@dataclass(frozen=True, slots=True)
class Store:
    """Rosters, runs, forecasts and their edits, jobs and audit log of one database.

    It is a context manager that lets go of the database at the end.
    """

    engine: Engine
    rosters: RosterShelf = field(init=False)
    runs: RunBook = field(init=False)
    forecasts: ForecastBook = field(init=False)
    edits: EditBook = field(init=False)
    jobs: JobBook = field(init=False)
    audit: AuditLog = field(init=False)

    def __post_init__(self) -> None:
        books = {
            "rosters": RosterShelf, "runs": RunBook, "forecasts": ForecastBook, "edits": EditBook, "jobs": JobBook,
            "audit": AuditLog,
        }  # fmt: skip
        for name, kind in books.items():
            object.__setattr__(self, name, kind(self.engine))

    def publish(self, version_id: int, *, actor: str, manifest: dict[str, Any] | None = None) -> RosterVersion:
        """Publish a draft; see ``RosterShelf.publish``."""
        return self.rosters.publish(version_id, actor=actor, manifest=manifest)

    def latest_published(self, scenario: str) -> tuple[RosterVersion, Plan] | None:
        """Return the version in force with its plan, ``None`` before the first publication."""
        version = self.rosters.latest_published(scenario)
        return None if version is None else (version, self.rosters.plan(version.id))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str) -> Store:
    """Return the store at ``url``, its tables made or brought up to date.

    Parameters
    ----------
    url
        ``sqlite:///path/to/file.sqlite`` (the folder is made when missing) or ``postgresql://user@host/name``.

    Raises
    ------
    PlanningError
        When the address is not one, its driver is not installed, the database cannot be reached, or a newer release
        wrote it.
    """
    return Store(make_engine(url))
