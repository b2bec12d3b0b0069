"""The pools behind the back ends: each takes chunks of numbers and returns futures of their results."""

import hashlib
import io
import pickle
import signal
import socket
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np
from cloudpickle import CloudPickler
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray

from scenarios import PlanningError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

CONNECT_S = 10.0
"""How long a cluster may take to answer, and to show a first worker."""
THREAD_NAME = "replications"
_AHEAD = 2  # chunks a lane has or is promised at once: it never waits for the next, and little is lost by a stop
_IDLE_S = 60  # processes stay this long for the next study: starting them costs seconds
_ON_THE_WAY_S = 1.0  # a chunk is with a process, or in its queue, long before
_TASKS_KEPT = 2  # prepared tasks a process keeps: comparisons alternate between two
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


class Task(Protocol[T_co]):
    """Something to be done for many numbers; it can be pickled, and one thread at a time uses what it prepares."""

    def prepare(self) -> Callable[[int], T_co]:
        """Return what does it for one number."""


class Pool(Protocol[T]):
    """Computes chunks of numbers.

    Attributes
    ----------
    lanes
        How many it computes at once.
    window
        How many it should be given at once.
    losses
        Exceptions of a future which mean that the worker is gone and the chunk is to be computed again.
    """

    lanes: int
    window: int
    losses: tuple[type[BaseException], ...]

    def submit(self, chunk: range) -> Future[list[T]]:
        """Return the future of the results of ``chunk``, in its order."""

    def check(self) -> None:
        """Raise ``PlanningError`` when nobody is left who could compute."""

    def close(self, *, abandon: bool) -> None:
        """End; ``abandon`` gives up what is in work, and leaves no thread or process behind."""


class Here:
    """No pool at all: the calling thread computes."""

    lanes = window = 1
    losses: tuple[type[BaseException], ...] = ()

    def __init__(self, task: Task[Any]) -> None:
        self._play = task.prepare()

    def submit(self, chunk: range) -> Future[list[Any]]:
        """Compute ``chunk`` now."""
        future: Future[list[Any]] = Future()
        future.set_result([self._play(number) for number in chunk])
        return future

    def check(self) -> None:
        """Do nothing: who asks is there."""

    def close(self, *, abandon: bool) -> None:
        """Do nothing: nothing was opened."""


class Threads:
    """Threads of this process, for work that releases the interpreter's lock."""

    losses: tuple[type[BaseException], ...] = ()

    def __init__(self, task: Task[Any], workers: int) -> None:
        self.lanes, self.window = workers, _AHEAD * workers
        self._task = task
        self._shelf = _Shelf()
        self._abandoned = threading.Event()
        self._executor: Executor = ThreadPoolExecutor(workers, thread_name_prefix=THREAD_NAME)

    def submit(self, chunk: range) -> Future[list[Any]]:
        """Compute ``chunk`` in the next free thread."""
        return self._executor.submit(self._compute, chunk)

    def check(self) -> None:
        """Do nothing: threads do not die."""

    def close(self, *, abandon: bool) -> None:
        """Wait for the threads; abandoned ones end after the number they are at."""
        if abandon:
            self._abandoned.set()
        self._executor.shutdown(wait=True, cancel_futures=abandon)

    def _compute(self, chunk: range) -> list[Any]:
        with _worker(), self._shelf.borrowed("", self._task.prepare) as play:
            return [play(number) for number in chunk if not self._abandoned.is_set()]


class Processes:
    """Local processes (joblib's loky), kept for a while for the next study."""

    losses: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, task: Task[Any], workers: int) -> None:
        self.lanes, self.window = workers, _AHEAD * workers
        self._order = _order_of(task)
        # A process that has grown is replaced by a new one before its next chunk: nothing is lost, nobody need be told.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
        self._given: list[Future[list[Any]]] = []
        self._executor = get_reusable_executor(workers, timeout=_IDLE_S, initializer=_deaf, env=_ONE_THREAD)

    def submit(self, chunk: range) -> Future[list[Any]]:
        """Compute ``chunk`` in the next free process."""
        future: Future[list[Any]] = self._executor.submit(_compute, *self._order, chunk)
        self._given = [other for other in self._given if not other.done()] + [future]
        return future

    def check(self) -> None:
        """Do nothing: the executor notices a death by itself."""

    def close(self, *, abandon: bool) -> None:
        """Leave the processes for the next study, or kill them."""
        if not abandon:
            return
        # Killed between the arrival of a chunk and its way to a process, the executor's own thread would fail.
        until_s = time.monotonic() + _ON_THE_WAY_S
        while time.monotonic() < until_s and not all(one.running() or one.done() for one in self._given):
            time.sleep(0.001)
        self._executor.shutdown(wait=True, kill_workers=True)


class Cluster:
    """The workers of a Dask scheduler that runs already; who dies there is replaced by whoever lives.

    The task travels with every chunk: what is laid down in the memory of one worker dies with it.
    """

    def __init__(self, task: Task[Any], address: str) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise PlanningError("no_dask", thing="replicate", field="backend", value=address) from error
        self.losses: tuple[type[BaseException], ...] = (
            distributed.KilledWorker, distributed.comm.CommClosedError, CancelledError,
        )  # fmt: skip
        self._address = address
        if not _answers(address):
            raise self._unreachable()
        try:
            self._client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise self._unreachable() from error
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as error:
            self._client.close()
            raise self._unreachable() from error
        self.lanes = sum(self._client.ncores().values())
        self.window = _AHEAD * self.lanes
        self._order = _order_of(task)
        # Two studies may ask for the same numbers: their results are not to be shared by name.
        self._executor: Executor = self._client.get_executor(pure=False)

    def submit(self, chunk: range) -> Future[list[Any]]:
        """Compute ``chunk`` on the next free worker."""
        return self._executor.submit(_compute, *self._order, chunk)

    def check(self) -> None:
        """Raise ``PlanningError`` when no worker has been there for a while."""
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except (OSError, TimeoutError) as error:
            raise self._unreachable() from error

    def close(self, *, abandon: bool) -> None:  # noqa: ARG002  # what is in work there ends by itself
        """Part from the cluster, which goes on."""
        self._executor.shutdown(wait=False)
        self._client.close()

    def _unreachable(self) -> PlanningError:
        return PlanningError("cluster_unreachable", thing="replicate", field="backend", value=self._address)


class _Shelf:
    """Prepared tasks that nobody uses at the moment."""

    def __init__(self) -> None:
        self._idle: OrderedDict[str, list[Callable[[int], Any]]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def borrowed(self, token: str, prepare: Callable[[], Callable[[int], Any]]) -> Iterator[Callable[[int], Any]]:
        """Lend what ``prepare`` returns, made anew only when all that were made are in use."""
        with self._lock:
            shelved = self._idle.setdefault(token, [])
            self._idle.move_to_end(token)
            play = shelved.pop() if shelved else None
            while len(self._idle) > _TASKS_KEPT:
                self._idle.popitem(last=False)
        play = play or prepare()
        yield play
        with self._lock:
            if token in self._idle:
                self._idle[token].append(play)


def _answers(address: str) -> bool:
    """Return whether somebody listens at ``tcp://host:port``: a client that finds nobody takes long to give up."""
    place = urlsplit(address)
    try:
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=CONNECT_S):
            return True
    except (OSError, ValueError):
        return False


_SHELF = _Shelf()
_HERE = threading.local()


def inside_worker() -> bool:
    """Return whether the caller is a worker itself, and should not open a pool of its own."""
    return getattr(_HERE, "works", False)


@contextmanager
def _worker() -> Iterator[None]:
    _HERE.works = True
    try:
        yield
    finally:
        _HERE.works = False


class _Packer(CloudPickler):  # type: ignore[misc]  # joblib tells no types
    """Packs arrays that are not to be written to so that they arrive as such, and classes that no worker could import.

    A compiled function has one form for each kind of argument; arrays that lost this mark would make a worker compile
    everything anew. A router of your own may stand in a script or a notebook.
    """

    def reducer_override(self, value: Any) -> Any:
        """Return how a read-only array is to be made again; leave all else to its own ways."""
        if type(value) is np.ndarray and not value.flags.writeable:
            return _sealed, (value.copy(),)
        return super().reducer_override(value)


def _sealed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _release() -> str:
    """Return what decides about the last digit: our release, and those of the packages that do arithmetic for us."""
    return ", ".join(f"{name} {version(name)}" for name in ("springtide", "numpy", "numba"))


def _order_of(task: Task[Any]) -> tuple[str, str, bytes]:
    """Return the task as it travels: its release, its token, its bytes."""
    buffer = io.BytesIO()
    _Packer(buffer).dump(task)
    packed = buffer.getvalue()
    return _release(), hashlib.sha256(packed).hexdigest(), packed


def _compute(release: str, token: str, packed: bytes, chunk: range) -> list[Any]:
    """Compute ``chunk`` in a process that may never have heard of the task."""

    def prepare() -> Callable[[int], Any]:
        if release != _release():
            raise PlanningError("other_release", thing="replicate", field="backend", value=_release(), expected=release)
        task: Task[Any] = pickle.loads(packed)  # noqa: S301  # made by _order_of, of the process that asks
        return task.prepare()

    with _worker(), _SHELF.borrowed(token, prepare) as play:
        return [play(number) for number in chunk]


def _deaf() -> None:
    """Leave Ctrl-C to the process that asked for the work: it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
