"""Many replications of a horizon, in one process or several; the result never depends on how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from joblib import Parallel, delayed

from scenarios import Forecast, Roster, Scenario
from scenarios.checks import require_not_negative, require_positive
from scenarios.progress import Progress, silent
from sim.kpis import Tallier, Tally
from sim.model import simulate
from sim.sampling import AbsenceLaw, Sampler
from sim.staff import Staff, staff_from_roster
from sim.study import Study

STAGE = "simulate"
"""Key of the stage under which progress is told."""
_WAVES = 20  # how often progress is told and the stop asked for when work is spread over processes
_CHUNK_MAX = 8


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to play replications."""

    scenario: Scenario
    forecast: Forecast
    people: Roster | Staff
    seed: int
    purpose: str


class Conduct(TypedDict, total=False):
    """How a study is computed; nothing here changes its numbers.

    Attributes
    ----------
    workers
        Processes, 1 unless told otherwise.
    progress
        Told the stage ``"simulate"``, the replications done and those asked for.
    stop
        Asked now and then; once it says ``True`` the study of the replications done so far is returned, maybe of none.
    """

    workers: int
    progress: Progress | None
    stop: Callable[[], bool] | None


def replicate(
    scenario: Scenario,
    forecast: Forecast,
    roster_or_staff: Roster | Staff,
    *,
    replications: int,
    seed: int,
    purpose: str,
    first: int = 0,
    **conduct: Unpack[Conduct],
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
    **conduct
        ``workers``, ``progress`` and ``stop``, see ``Conduct``. The result is the same, number by number, whatever the
        number of workers; an interruption by Ctrl-C leaves nothing behind.

    Raises
    ------
    PlanningError
        When a number is out of range, or forecast and scenario do not fit each other.
    """
    require_not_negative("replicate", "replications", replications)
    require_not_negative("replicate", "first", first)
    workers = conduct.get("workers", 1)
    require_positive("replicate", "workers", workers)
    job = _Job(scenario, forecast, roster_or_staff, seed, purpose)
    tell, asked = conduct.get("progress") or silent, conduct.get("stop") or _never
    numbers = range(first, first + replications)
    play = _in_one_process if workers == 1 else _in_processes
    return Study.of(scenario, first, play(job, numbers, workers, tell, asked))


def _in_one_process(job: _Job, numbers: range, _workers: int, tell: Progress, asked: Callable[[], bool]) -> list[Tally]:
    player = _Player(job)
    tallies: list[Tally] = []
    tell(STAGE, 0, len(numbers))
    for number in numbers:
        if asked():
            break
        tallies.append(player.play(number))
        tell(STAGE, len(tallies), len(numbers))
    return tallies


def _in_processes(job: _Job, numbers: range, workers: int, tell: Progress, asked: Callable[[], bool]) -> list[Tally]:
    size = max(1, min(_CHUNK_MAX, len(numbers) // (workers * _WAVES)))
    chunks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    tallies: list[Tally] = []
    tell(STAGE, 0, len(numbers))
    # Arrays travel with the task: memory-mapped files would have to be cleaned up after an interruption.
    with Parallel(n_jobs=workers, max_nbytes=None) as pool:
        for start in range(0, len(chunks), workers):
            if asked():
                break
            wave: Sequence[list[Tally]] = pool(delayed(_play)(job, chunk) for chunk in chunks[start : start + workers])
            tallies.extend(row for part in wave for row in part)
            tell(STAGE, len(tallies), len(numbers))
    return tallies


def _play(job: _Job, numbers: range) -> list[Tally]:
    player = _Player(job)
    return [player.play(number) for number in numbers]


class _Player:
    """Plays single replications; holds what does not change between them."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._sampler = Sampler(job.scenario, job.forecast)
        self._tallier = Tallier(job.scenario)
        people = job.people
        self._absence = AbsenceLaw(job.scenario, people) if isinstance(people, Roster) else None

    def play(self, replication: int) -> Tally:
        """Return the counts of one replication."""
        job = self._job
        staff = self._staff(replication)
        trace = self._sampler.trace(seed=job.seed, replication=replication, purpose=job.purpose)
        return self._tallier.tally(simulate(job.scenario, trace, staff), staff)

    def _staff(self, replication: int) -> Staff:
        job = self._job
        if isinstance(job.people, Staff):
            return job.people
        if self._absence is None:
            raise RuntimeError("a roster without its law of absence")
        absent = self._absence.draw(seed=job.seed, replication=replication, purpose=job.purpose)
        return staff_from_roster(job.scenario, job.people, absent=absent)


def _never() -> bool:
    return False
