"""Many replications of a horizon, wherever they are computed; the result never depends on where, or by how many."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from typing import TypedDict, TypeVar, Unpack

from scenarios import ContactTrace, Forecast, Roster, Scenario
from scenarios.checks import require_not_negative, require_positive
from scenarios.progress import Progress, silent
from sim.compiled import CompiledFloor
from sim.drawing.sampling import AbsenceLaw, Sampler
from sim.engine import Engine, FloorRun, check_staff
from sim.floor.played import Played
from sim.floor.roster_staff import RosterStaff
from sim.floor.staff import Staff
from sim.measures.cells import Per
from sim.measures.study import Study
from sim.measures.tally import Tallier, Tally
from sim.model import play_readable
from sim.readable.router import Router
from sim.studies.backends import BackendName, backend_of, results
from sim.studies.pools import Task

T = TypeVar("T")

RouterFactory = Callable[[], Router]
"""Makes a router of your own, or is its class: asked once per replication, so that none remembers another's day."""
STAGE = "simulate"
"""Key of the stage under which progress is told."""


class Conduct(TypedDict, total=False):
    """How a study is computed; nothing here changes its numbers.

    Attributes
    ----------
    workers
        Threads or processes, 1 unless told otherwise; a cluster has as many as it has.
    engine
        The compiled one unless told otherwise.
    backend
        ``"threads"``, ``"processes"``, ``"dask"`` or the address of a Dask scheduler (``"tcp://host:8786"``). Without
        it the cluster that the environment variable ``SPRINGTIDE_CLUSTER`` names, if it names one; else threads for the
        compiled engine, which lets them run side by side, and processes for the readable one, which does not.
    progress
        Told the stage ``"simulate"``, the replications done and those asked for.
    stop
        Asked now and then; once it says ``True`` the study of the replications done so far is returned, maybe of none.
    """

    workers: int
    engine: Engine
    backend: str | None
    progress: Progress | None
    stop: Callable[[], bool] | None


class Play(Conduct, total=False):
    """How a study is computed, and who routes.

    Attributes
    ----------
    router
        Makes a router of your own for each replication; all of them play on the readable engine. Processes and clusters
        take it along by pickle. The result depends on it, and on nothing else here.
    """

    router: RouterFactory | None


def replicate(
    scenario: Scenario,
    forecast: Forecast,
    roster_or_staff: Roster | Staff,
    *,
    replications: int,
    seed: int,
    purpose: str,
    first: int = 0,
    per: Per | str = Per.INTERVAL,
    **conduct: Unpack[Play],
) -> Study:
    """Return the counts of ``replications`` independent horizons.

    Parameters
    ----------
    roster_or_staff
        A ``Roster`` draws who stays away anew in every replication; a ``Staff`` comes as it is.
    first
        Number of the first replication: numbers 20 to 39 are the same days whether or not 0 to 19 were ever played.
    seed, purpose
        Key of the streams; days of different purposes are independent.
    per
        How fine to count: ``"interval"``, ``"hour"`` or ``"day"``; the coarser, the less the study holds.
    **conduct
        ``workers``, ``engine``, ``backend``, ``progress`` and ``stop``, see ``Conduct``. The result is the same, number
        by number, whatever they are; a worker that dies is replaced, and an interruption by Ctrl-C leaves nothing
        behind. And ``router``, see ``Play``.

    Raises
    ------
    PlanningError
        When a number is out of range, forecast, people and scenario do not fit each other, or the back end cannot be
        had.
    """
    job = _Job(scenario, forecast, roster_or_staff, seed, purpose, _engine_of(conduct), conduct.get("router"))
    tallies = _in_order(_Counting(job, per), first, replications, conduct)
    return Study.of(scenario, first, tallies, per)


def replicate_runs(
    scenario: Scenario,
    forecast: Forecast,
    roster_or_staff: Roster | Staff,
    *,
    replications: int,
    seed: int,
    purpose: str,
    router: RouterFactory | None = None,
) -> Iterator[FloorRun]:
    """Yield whole runs with their logs, one after the other: the first of those that ``replicate`` would count."""
    engine = _engine_of({"router": router})
    player = _Player(_Job(scenario, forecast, roster_or_staff, seed, purpose, engine, router))
    for number in range(replications):
        yield FloorRun.of(*player.play(number))


def replicate_digests(
    scenario: Scenario,
    forecast: Forecast,
    roster_or_staff: Roster | Staff,
    *,
    replications: int,
    seed: int,
    purpose: str,
    first: int = 0,
    **conduct: Unpack[Play],
) -> tuple[str, ...]:
    """Return the SHA-256 of everything that happened in each replication that ``replicate`` would play.

    Two engines, back ends or machines that agree here agree in every moment of every attempt, not only in the counts.
    """
    job = _Job(scenario, forecast, roster_or_staff, seed, purpose, _engine_of(conduct), conduct.get("router"))
    return tuple(_in_order(_Digesting(job), first, replications, conduct))


def digest_of(played: Played) -> str:
    """Return the SHA-256 of all columns an engine wrote, in hexadecimal digits."""
    whole = hashlib.sha256()
    for field in fields(played):
        column = getattr(played, field.name)
        whole.update(f"{field.name}{column.shape}".encode())
        whole.update(column.astype("<i8", copy=False).tobytes())
    return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker needs to play replications."""

    scenario: Scenario
    forecast: Forecast
    people: Roster | Staff
    seed: int
    purpose: str
    engine: Engine
    router: RouterFactory | None = None


def _engine_of(conduct: Play) -> Engine:
    """Return who plays: a router of your own is written in Python, which the compiled engine cannot ask."""
    return Engine.READABLE if conduct.get("router") is not None else conduct.get("engine", Engine.COMPILED)


@dataclass(frozen=True, slots=True)
class _Counting:
    """Play and count."""

    job: _Job
    per: Per | str

    def prepare(self) -> Callable[[int], Tally]:
        """Return what returns the counts of a replication."""
        player, tallier = _Player(self.job), Tallier(self.job.scenario, self.per)
        return lambda number: tallier.tally(*player.play(number))


@dataclass(frozen=True, slots=True)
class _Digesting:
    """Play and take the fingerprint of it."""

    job: _Job

    def prepare(self) -> Callable[[int], str]:
        """Return what returns the digest of a replication."""
        player = _Player(self.job)
        return lambda number: digest_of(player.play(number)[1])


class _Player:
    """Plays single replications; holds what does not change between them."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._sampler = Sampler(job.scenario, job.forecast)
        people = job.people
        self._people = RosterStaff(job.scenario, people) if isinstance(people, Roster) else None
        self._absence = AbsenceLaw(job.scenario, people) if isinstance(people, Roster) else None
        self._floor = CompiledFloor(job.scenario) if job.engine is Engine.COMPILED else None

    def play(self, replication: int) -> tuple[ContactTrace, Played, Staff]:
        """Return one replication: who came, what became of them, who was at work."""
        job = self._job
        staff = self._staff(replication)
        trace = self._sampler.trace(seed=job.seed, replication=replication, purpose=job.purpose)
        check_staff(job.scenario, staff)
        if self._floor is None:
            router = None if job.router is None else job.router()
            return trace, play_readable(job.scenario, trace, staff, router=router), staff
        return trace, self._floor.play(trace, staff), staff

    def _staff(self, replication: int) -> Staff:
        job = self._job
        if isinstance(job.people, Staff):
            return job.people
        if self._absence is None or self._people is None:
            raise RuntimeError("a roster without its law of absence")
        return self._people.present(self._absence.draw(seed=job.seed, replication=replication, purpose=job.purpose))


def _in_order(task: Task[T], first: int, replications: int, conduct: Play) -> list[T]:
    """Return the results of the replications, in order, up to the first that a stop left out."""
    require_not_negative("replicate", "replications", replications)
    require_not_negative("replicate", "first", first)
    workers, told = conduct.get("workers", 1), conduct.get("progress") or silent
    require_positive("replicate", "workers", workers)
    default = BackendName.THREADS if _engine_of(conduct) is Engine.COMPILED else BackendName.PROCESSES
    where = backend_of(conduct.get("backend"), workers, default=default)
    found: list[T | None] = [None] * replications
    computed = results(
        task, range(first, first + replications), where,
        done=lambda count: told(STAGE, count, replications), stop=conduct.get("stop") or _never,
    )  # fmt: skip
    with closing(computed):
        for number, result in computed:
            found[number - first] = result
    return list(_until_missing(found))


def _until_missing(found: list[T | None]) -> Iterator[T]:
    for result in found:
        if result is None:
            return
        yield result


def _never() -> bool:
    return False
