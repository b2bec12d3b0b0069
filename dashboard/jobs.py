"""Long work outside the pages: a process of its own, its progress in the store.

A job belongs to nobody's browser. A click never ends it, a refresh finds it again, and a cancel is a wish it grants at
its next look. That its process is alive is read from a file lock the process holds: the lock goes with the process,
however it ends, and unlike a process number it is never given to somebody else.
"""

import getpass
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dashboard.settings import STORE_VARIABLE, TEXT
from scenarios import PlanningError
from scenarios.text import LANGUAGES, fill
from scheduler.store import Job, Store

STARTING_S = 60
"""A job without a lock may still be starting for this long; imports take 2 to 10 s on a slow disk."""
NEWEST = 5
"""Jobs looked through for one that goes on; each brings its result, up to a megabyte, along."""
LOG_TAIL_CHARS = 300
"""How much of a dead worker's last words is shown."""
_HOST = "host"
_children: dict[str, subprocess.Popen[bytes]] = {}
_children_guard = threading.Lock()


def start_job(store: Store, kind: str, parameters: Mapping[str, Any]) -> Job:
    """Queue a job and start its process; return at once."""
    job = store.jobs.add(kind, {**parameters, _HOST: platform.node()})
    address = store.engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, STORE_VARIABLE: address}  # not an argument: those can be read by anybody
    command = [sys.executable, "-m", "dashboard.worker", job.id]
    with log_of(job.id).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module with a job number we made
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_apart()
        )
    with _children_guard:
        _children[job.id] = process
    store.jobs.start(job.id, process.pid)
    return store.jobs.get(job.id)


def look(store: Store, job_id: str) -> Job | None:
    """Return a job as it is now, ``None`` when there is none; one whose process is gone has failed."""
    try:
        job = store.jobs.get(job_id)
        if job.state.ended or job.parameters.get(_HOST) != platform.node() or _alive(job):
            return job
        store.jobs.fail(job_id, said_in_all("job.process_gone", log=_last_words(job_id)))  # ended meanwhile: it stays
        return store.jobs.get(job_id)
    except KeyError:
        return None


def latest(store: Store, kind: str) -> Job | None:
    """Return the newest job of a kind as it is now: an open one before any that has ended."""
    newest = store.jobs.latest(kind, limit=NEWEST)
    jobs = [job for job in (look(store, known.id) for known in newest) if job is not None]
    running = [job for job in jobs if not job.state.ended]
    return next(iter(running or jobs), None)


def hold(job_id: str) -> FileLock:
    """Return the lock that says the job's process is alive."""
    return FileLock(_folder() / f"{job_id}.lock")


def log_of(job_id: str) -> Path:
    """Return the file that takes what the job's process prints."""
    return _folder() / f"{job_id}.log"


def said_in_all(key: str, **facts: object) -> str:
    """Return the text ``key`` of the pages in every language, as one line that ``reason`` reads."""
    return json.dumps({name: fill(key, facts, name, TEXT) for name in LANGUAGES}, ensure_ascii=False)


def error_in_all(error: PlanningError) -> str:
    """Return the message of ``error`` in every language, as one line that ``reason`` reads."""
    return json.dumps({name: error.message(name) for name in LANGUAGES}, ensure_ascii=False)


def reason(job: Job, language: str) -> str:
    """Return why a job failed, in ``language``."""
    try:
        return str(json.loads(job.error or "{}")[language])
    except (json.JSONDecodeError, KeyError, TypeError):
        return job.error or ""


def seconds_left(job: Job, now: datetime | None = None) -> float | None:
    """Return how long the job will still take if it goes on as it has, ``None`` before that can be said."""
    if job.started_at is None or job.done <= 0 or job.total <= 0:
        return None
    spent = ((now or datetime.now(UTC)) - job.started_at).total_seconds()
    return max(0.0, spent / job.done * (job.total - job.done))


def _alive(job: Job) -> bool:
    with _children_guard:
        child = _children.get(job.id)
    if child is not None:
        return child.poll() is None
    try:
        with hold(job.id).acquire(timeout=0):
            pass
    except Timeout:
        return True
    return datetime.now(UTC) - job.created_at < timedelta(seconds=STARTING_S)


def _last_words(job_id: str) -> str:
    try:
        lines = log_of(job_id).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "-"
    return lines[-1][-LOG_TAIL_CHARS:] if lines else "-"


def _folder() -> Path:
    """Return the folder for locks and logs, this user's alone."""
    folder = Path(tempfile.gettempdir()) / f"springtide-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _apart() -> dict[str, Any]:
    """Return what makes a process outlive the pages' server and not hear its Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
