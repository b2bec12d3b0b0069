"""Runs of the nightly job: what was started, how far it came, how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from scheduler.store import schema
from scheduler.store.audit import note
from scheduler.store.engine import writing

_TABLE = schema.runs


class RunStatus(StrEnum):
    """State of a run."""

    RUNNING = "running"
    PUBLISHED = "published"
    HELD = "held"  # ended with a draft
    STOPPED = "stopped"  # ended before a draft, as it was asked to
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # killed; found by the next run


@dataclass(frozen=True, slots=True)
class Run:
    """One run; ``manifest`` holds seed, versions, hashes, parameters and timings."""

    id: str
    run_key: str
    scenario: str
    status: RunStatus
    stage: str
    started_at: datetime
    ended_at: datetime | None
    exit_status: int | None
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunBook:
    """The runs of a store."""

    engine: Engine

    def start(self, run_id: str, run_key: str, scenario: str, *, actor: str) -> Run:
        """Note a new run."""
        row = {
            "id": run_id,
            "run_key": run_key,
            "scenario": scenario,
            "status": RunStatus.RUNNING.value,
            "stage": "",
            "started_at": datetime.now(UTC),
            "manifest": {},
        }
        with writing(self.engine) as connection:
            connection.execute(insert(_TABLE).values(row))
            note(connection, actor, "start", f"run {run_id}", run_key=run_key)
        return self.get(run_id)

    def at_stage(self, run_id: str, stage: str) -> None:
        """Note the stage a run has come to."""
        with writing(self.engine) as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == run_id).values(stage=stage))

    def end(
        self,
        run_id: str,
        status: RunStatus,
        *,
        exit_status: int | None = None,
        manifest: Mapping[str, Any] | None = None,
    ) -> None:
        """Note how a run ended."""
        with writing(self.engine) as connection:
            end_run(connection, run_id, status, exit_status=exit_status, manifest=manifest)

    def interrupt_running(self, scenario: str, *, actor: str) -> tuple[str, ...]:
        """Mark runs of ``scenario`` still called running as interrupted; for the holder of the lock: they are dead."""
        with writing(self.engine) as connection:
            running = (_TABLE.c.status == RunStatus.RUNNING.value) & (_TABLE.c.scenario == scenario)
            query = select(_TABLE.c.id).where(running)
            dead = tuple(connection.execute(query).scalars())
            for run_id in dead:
                end_run(connection, run_id, RunStatus.INTERRUPTED)
                note(connection, actor, "interrupted", f"run {run_id}")
        return dead

    def get(self, run_id: str) -> Run:
        """Return a run; ``KeyError`` when there is none."""
        with self.engine.connect() as connection:
            row = connection.execute(select(_TABLE).where(_TABLE.c.id == run_id)).mappings().one_or_none()
        if row is None:
            raise KeyError(run_id)
        return _run(row)

    def published_with(self, run_key: str) -> Run | None:
        """Return the newest published run of the same key, ``None`` when there is none."""
        query = (
            select(_TABLE)
            .where(_TABLE.c.run_key == run_key, _TABLE.c.status == RunStatus.PUBLISHED.value)
            .order_by(_TABLE.c.started_at.desc())
            .limit(1)
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _run(row)

    def latest(self, limit: int = 20) -> tuple[Run, ...]:
        """Return the newest runs, newest first."""
        query = select(_TABLE).order_by(_TABLE.c.started_at.desc(), _TABLE.c.id.desc()).limit(limit)
        with self.engine.connect() as connection:
            return tuple(_run(row) for row in connection.execute(query).mappings())


def end_run(
    connection: Connection,
    run_id: str,
    status: RunStatus,
    *,
    exit_status: int | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> None:
    """Note how a run ended, inside a transaction of the caller."""
    values: dict[str, Any] = {"status": status.value, "ended_at": datetime.now(UTC), "exit_status": exit_status}
    if manifest is not None:
        values["manifest"] = dict(manifest)
    connection.execute(update(_TABLE).where(_TABLE.c.id == run_id).values(values))


def _run(row: Any) -> Run:
    return Run(**dict(row) | {"status": RunStatus(row["status"])})
