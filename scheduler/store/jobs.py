"""Jobs the dashboard has started: found again after a refresh, watched, cancelled."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, insert, select, update

from scheduler.store import schema
from scheduler.store.engine import writing

_TABLE = schema.jobs


class JobState(StrEnum):
    """State of a job; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work in a process of its own.

    Parameters
    ----------
    parameters, result
        What JSON can hold; ``result`` is ``None`` until done.
    stage, done, total
        How far it is; ``total`` 0 before it has said anything.
    error
        One line, when failed.
    pid
        Process that works on it, ``None`` before it has started.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    state: JobState
    stage: str
    done: int
    total: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    result: Any
    error: str | None
    cancel_requested: bool
    pid: int | None


@dataclass(frozen=True, slots=True)
class JobBook:
    """The jobs of a store. A job that has ended stays as it ended."""

    engine: Engine

    def add(self, kind: str, parameters: Mapping[str, Any]) -> Job:
        """Queue a job and return it."""
        row = {
            "id": uuid.uuid4().hex,
            "kind": kind,
            "parameters": dict(parameters),
            "state": JobState.QUEUED.value,
            "stage": "",
            "done": 0,
            "total": 0,
            "created_at": datetime.now(UTC),
            "cancel_requested": False,
        }
        with writing(self.engine) as connection:
            connection.execute(insert(_TABLE).values(row))
        return self.get(str(row["id"]))

    def start(self, job_id: str, pid: int) -> None:
        """Note that process ``pid`` has taken up the job."""
        self._change(job_id, state=JobState.RUNNING.value, pid=pid, started_at=datetime.now(UTC))

    def progress(self, job_id: str, stage: str, done: int, total: int) -> None:
        """Note how far the job is."""
        self._change(job_id, stage=stage, done=done, total=total)

    def finish(self, job_id: str, result: Any) -> None:
        """End the job with what it found."""
        self._change(job_id, state=JobState.DONE.value, result=result, ended_at=datetime.now(UTC))

    def fail(self, job_id: str, error: str) -> None:
        """End the job with what went wrong."""
        self._change(job_id, state=JobState.FAILED.value, error=error, ended_at=datetime.now(UTC))

    def cancelled(self, job_id: str) -> None:
        """End the job as cancelled."""
        self._change(job_id, state=JobState.CANCELLED.value, ended_at=datetime.now(UTC))

    def request_cancel(self, job_id: str) -> None:
        """Ask the job to stop; it sees the request at its next look."""
        self._change(job_id, cancel_requested=True)

    def is_cancel_requested(self, job_id: str) -> bool:
        """Return whether the job was asked to stop."""
        return self.get(job_id).cancel_requested

    def get(self, job_id: str) -> Job:
        """Return a job; ``KeyError`` when there is none."""
        with self.engine.connect() as connection:
            row = connection.execute(select(_TABLE).where(_TABLE.c.id == job_id)).mappings().one_or_none()
        if row is None:
            raise KeyError(job_id)
        return _job(row)

    def latest(self, kind: str | None = None, limit: int = 20) -> tuple[Job, ...]:
        """Return the newest jobs, of one kind or all, newest first."""
        query = select(_TABLE).order_by(_TABLE.c.created_at.desc()).limit(limit)
        if kind is not None:
            query = query.where(_TABLE.c.kind == kind)
        with self.engine.connect() as connection:
            return tuple(_job(row) for row in connection.execute(query).mappings())

    def _change(self, job_id: str, **values: object) -> None:
        """Change an open job; one that has ended keeps its end."""
        with writing(self.engine) as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == job_id, _TABLE.c.state.in_(_OPEN)).values(values))


def _job(row: Any) -> Job:
    return Job(**dict(row) | {"state": JobState(row["state"])})
