"""The process of a job: ``python -m dashboard.worker JOB``; the store's address comes in the environment.

The lock is taken before anything heavy is imported, so that whoever looks sees at once that the process lives.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from dashboard.jobs import error_in_all, hold, said_in_all
from dashboard.settings import STORE_VARIABLE
from scenarios import PlanningError
from scheduler.store import Store, open_store

TELL_EVERY_S = 0.3
"""Progress goes to the store at most this often: a person sees no more, and a write costs milliseconds."""
Work = Callable[[Mapping[str, Any], Store, "Watch"], Any]


class JobCancelled(KeyboardInterrupt):
    """Somebody asked the job to stop."""


class Watch:
    """Tells the store how far a job is, and stops the job when it was asked to stop."""

    def __init__(self, store: Store, job_id: str) -> None:
        self._store = store
        self._job_id = job_id
        self._told_at = -TELL_EVERY_S

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note the progress; raise ``JobCancelled`` when a cancel was asked for."""
        now = time.monotonic()
        if now - self._told_at < TELL_EVERY_S and done < total:
            return
        self._told_at = now
        self._store.jobs.progress(self._job_id, stage, done, total)
        if self._store.jobs.is_cancel_requested(self._job_id):
            raise JobCancelled


def run_job(store: Store, job_id: str, kinds: Mapping[str, Work]) -> None:
    """Do the work of a job and note how it ended; it always ends."""
    job = store.jobs.get(job_id)
    try:
        result = kinds[job.kind](job.parameters, store, Watch(store, job_id))
    except JobCancelled:
        store.jobs.cancelled(job_id)
    except PlanningError as error:
        store.jobs.fail(job_id, error_in_all(error))
    except Exception as error:
        store.jobs.fail(job_id, said_in_all("job.internal", error=f"{type(error).__name__}: {error}"))
        raise  # the traceback goes to the job's log
    else:
        store.jobs.finish(job_id, result)


def main(arguments: list[str]) -> int:
    """Run the job whose number is the only argument; return the exit status."""
    (job_id,) = arguments
    with hold(job_id):
        from dashboard.trial import KIND, run_trial  # heavy: after the lock

        with open_store(os.environ[STORE_VARIABLE]) as store:
            run_job(store, job_id, {KIND: run_trial})
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
