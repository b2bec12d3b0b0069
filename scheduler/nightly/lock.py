"""One run at a time: a lock of the operating system, and a note on who holds it."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scenarios import PlanningError
from scheduler.exchange import write_text

LOCK_NAME, NOTE_NAME = ".nightly.lock", ".nightly.holder.json"


class LockedError(PlanningError):
    """Another run is at work (exit status 40)."""


@contextmanager
def night_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder``, or raise ``LockedError`` at once with the holder's process, host and start.

    The operating system lets go of the lock when its holder ends, however it ends; there is no stale lock to clear.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK_NAME, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise LockedError("locked", place=str(folder), **_holder(folder / NOTE_NAME)) from error
    except OSError as error:
        raise PlanningError("not_writable", place=str(folder), value=error.strerror or type(error).__name__) from error
    try:
        note = {"pid": os.getpid(), "host": platform.node(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        write_text(folder / NOTE_NAME, json.dumps(note))
        yield
    finally:
        (folder / NOTE_NAME).unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> dict[str, object]:
    """Return what the holder has noted about itself; question marks in the moment before it has."""
    unknown: dict[str, object] = {"pid": "?", "host": "?", "since": "?"}
    with suppress(OSError, ValueError):
        unknown.update(json.loads(note.read_text(encoding="utf-8")))
    return unknown
