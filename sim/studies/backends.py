"""Who computes: one task for many numbers, here, in threads, in processes, or on a Dask cluster.

Every back end answers the same loop, so that what comes out, how it is cancelled and what becomes of a worker that dies
do not depend on it. Each result bears its number: in which order, where and how often it was computed is nobody's
business but this module's.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from scenarios import PlanningError
from sim.studies.pools import Cluster, Here, Pool, Processes, Task, Threads, inside_worker

T = TypeVar("T")

CLUSTER_VARIABLE = "SPRINGTIDE_CLUSTER"
"""Environment variable with the address of a Dask scheduler, for example ``tcp://host:8786``."""
DEATHS_MAX = 3
"""Rounds in which workers may die before it is taken for the work's fault, as Dask does it."""
_ROUNDS_PER_LANE = 20  # how often a lane comes back for more: often enough for progress and an even end
_CHUNK_MAX = 8
_LISTEN_S = 0.5  # how long a stop may go unheard


class BackendName(StrEnum):
    """Where a study is computed; the numbers do not depend on it."""

    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Backend:
    """Where, and by how many.

    Parameters
    ----------
    workers
        Threads or processes; a cluster has as many as it has.
    address
        Of the scheduler of a cluster; ``None`` for the other back ends.
    """

    name: BackendName
    workers: int = 1
    address: str | None = None

    def opened(self, task: Task[T]) -> Pool[T]:
        """Return the pool that computes ``task``; a cluster that does not answer is a ``PlanningError``."""
        if self.address is not None and not inside_worker():
            return Cluster(task, self.address)
        if self.workers == 1 or inside_worker():
            return Here(task)
        return Threads(task, self.workers) if self.name is BackendName.THREADS else Processes(task, self.workers)


def backend_of(asked: str | None, workers: int, *, default: BackendName) -> Backend:
    """Return the back end that was asked for.

    Parameters
    ----------
    asked
        ``"threads"``, ``"processes"``, ``"dask"`` (the cluster that ``SPRINGTIDE_CLUSTER`` names) or the address of a
        Dask scheduler; ``None`` for the cluster if one is named there, else ``default``.

    Raises
    ------
    PlanningError
        When there is no such back end, or no cluster is named.
    """
    named = os.environ.get(CLUSTER_VARIABLE, "").strip()
    if asked is None:
        return Backend(BackendName.DASK, workers, named) if named else Backend(default, workers)
    if "://" in asked:
        return Backend(BackendName.DASK, workers, asked)
    if asked == BackendName.DASK:
        if not named:
            raise PlanningError("no_cluster_named", thing="replicate", field="backend", value=asked)
        return Backend(BackendName.DASK, workers, named)
    if asked not in (BackendName.THREADS, BackendName.PROCESSES):
        known = ", ".join([*BackendName, "tcp://host:8786"])
        raise PlanningError("not_one_of", thing="replicate", field="backend", value=asked, known=known)
    return Backend(BackendName(asked), workers)


def results(
    task: Task[T], numbers: range, backend: Backend, *, done: Callable[[int], None], stop: Callable[[], bool]
) -> Generator[tuple[int, T], None, None]:
    """Yield ``(number, result)`` for every number, in the order in which they are ready.

    Parameters
    ----------
    done
        Told how many numbers are behind us, whenever that has changed, 0 first.
    stop
        Asked now and then; once it says ``True`` nothing new is begun, and what is in work is still yielded.

    Raises
    ------
    PlanningError
        When the cluster is gone, or workers died over the same numbers again and again.
    """
    pool = backend.opened(task)
    waiting = deque(_chunks(numbers, pool.lanes))
    finished = deaths = 0
    done(0)
    try:
        while waiting:
            lost: list[range] = []
            for chunk, part in _round(pool, waiting, stop):
                if part is None:
                    lost.append(chunk)
                    continue
                yield from zip(chunk, part, strict=True)
                finished += len(chunk)
                done(finished)
            waiting.extendleft(reversed(lost))
            if lost:
                deaths += 1
                pool = _after_a_death(pool, backend, task, deaths)
    except BaseException:
        pool.close(abandon=True)
        raise
    pool.close(abandon=False)


def _round(pool: Pool[T], waiting: deque[range], stop: Callable[[], bool]) -> Iterator[tuple[range, list[T] | None]]:
    """Yield each chunk with its results, ``None`` where its worker was lost, after which no other is begun."""
    running: dict[Future[list[T]], range] = {}
    broken = False
    while running or (waiting and not broken):
        if stop():
            waiting.clear()
            for future in [future for future in running if future.cancel()]:
                del running[future]
        while waiting and not broken and len(running) < pool.window:
            chunk = waiting.popleft()
            try:
                running[pool.submit(chunk)] = chunk
            except pool.losses:
                broken = True
                yield chunk, None
        ready, _ = wait(running, timeout=_LISTEN_S, return_when=FIRST_COMPLETED)
        if running and not ready:
            pool.check()
        for future in ready:
            chunk = running.pop(future)
            try:
                part: list[T] | None = future.result()
            except pool.losses:
                broken, part = True, None
            yield chunk, part


def _after_a_death(pool: Pool[T], backend: Backend, task: Task[T], deaths: int) -> Pool[T]:
    """Return a pool of living workers; too many deaths are a ``PlanningError``."""
    pool.close(abandon=True)
    if deaths > DEATHS_MAX:
        raise PlanningError("workers_died", thing="replicate", field="workers", value=pool.lanes, times=deaths)
    return backend.opened(task)


def _chunks(numbers: range, lanes: int) -> list[range]:
    size = max(1, min(_CHUNK_MAX, len(numbers) // (lanes * _ROUNDS_PER_LANE))) if lanes > 1 else 1
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]
