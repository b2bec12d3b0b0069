"""One study, one hash: whoever computes it, and even if a worker dies on the way."""

import hashlib
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import distributed

from benchmarks.lent import lent
from scenarios import PlanningError
from sim import Engine, replicate_digests
from sim.studies.backends import CLUSTER_VARIABLE

REPLICATIONS = 80
KEY: dict[str, Any] = {"replications": REPLICATIONS, "seed": 1, "purpose": "hash"}
_TO_BE_READY = 4  # replications after which both workers have their code
_DIES_AFTER = 10  # replications done when a worker is killed
_DEADLY = getattr(signal, "SIGKILL", signal.SIGTERM)
WAYS: dict[str, dict[str, Any]] = {
    "compiled, one thread": {"workers": 1, "backend": "threads"},
    "compiled, two threads": {"workers": 2, "backend": "threads"},
    "compiled, one process": {"workers": 1, "backend": "processes"},
    "compiled, two processes": {"workers": 2, "backend": "processes"},
    "readable, one process": {"workers": 1, "engine": Engine.READABLE},
    "readable, two processes": {"workers": 2, "engine": Engine.READABLE, "backend": "processes"},
}


def hashes(report: Callable[[str], None]) -> int:
    """Print the hash of a study computed in every way; return how many differ from the first."""
    scenario, forecast, roster = lent("twin_floors.drawn").the_night()
    report(f"{REPLICATIONS} replications of a night with every mechanism: SHA-256 over every column of every attempt")
    found = []
    for name, conduct in WAYS.items():
        found.append(_hash(replicate_digests(scenario, forecast, roster, **KEY, **conduct)))
        report(f"    {name:<48}{found[-1]}")
    name = "Dask, two workers, of which one is killed"
    try:
        with _cluster() as kill_one:
            replicate_digests(scenario, forecast, roster, **KEY | {"replications": _TO_BE_READY})
            found.append(_hash(replicate_digests(scenario, forecast, roster, **KEY, progress=kill_one)))
    except PlanningError as error:  # a machine so busy that the cluster lost both its workers
        found.append(str(error))
    report(f"    {name:<48}{found[-1]}")
    return sum(each != found[0] for each in found)


def _hash(digests: tuple[str, ...]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:32]


@contextmanager
def _cluster() -> Iterator[Callable[[str, int, int], None]]:
    """Start a scheduler with two workers and name it by the setting; yield what kills one of them on the way."""
    killed: list[int] = []
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]  # untyped in its library
        processes=True,
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,  # the death of a worker is meant
    ) as cluster:
        with distributed.Client(cluster) as me:  # type: ignore[no-untyped-call]  # untyped in its library
            workers = list(me.run(os.getpid).values())

        def kill_one(_stage: str, done: int, _total: int) -> None:
            if done > _DIES_AFTER and not killed:
                killed.append(workers[0])
                os.kill(workers[0], _DEADLY)

        os.environ[CLUSTER_VARIABLE] = cluster.scheduler_address
        try:
            yield kill_one
        finally:
            del os.environ[CLUSTER_VARIABLE]
        if not killed:
            raise RuntimeError("the study ended before a worker was killed")
