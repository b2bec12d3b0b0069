"""Where work is computed: each number once, whoever computes it, and nothing left behind."""

import socket
import sys
import threading
from concurrent.futures import BrokenExecutor, Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import PlanningError
from sim.studies.backends import CLUSTER_VARIABLE, DEATHS_MAX, Backend, BackendName, backend_of, results
from sim.studies.pools import THREAD_NAME, Here, _compute


class Squares:
    """Squares numbers; remembers how often it was prepared, and what was asked of it."""

    def __init__(self, fails_at=None):
        self.prepared = 0
        self.seen = []
        self.fails_at = fails_at

    def prepare(self):
        self.prepared += 1

        def play(number):
            self.seen.append(number)
            if number == self.fails_at:
                raise OverflowError(number)
            return number * number

        return play


@pytest.fixture(autouse=True)
def no_cluster_named(monkeypatch):
    monkeypatch.delenv(CLUSTER_VARIABLE, raising=False)


def threads(workers):
    return Backend(BackendName.THREADS, workers)


def run(task, numbers, backend, *, stop=lambda: False, done=None):
    return list(results(task, numbers, backend, done=done or [].append, stop=stop))


def threads_alive():
    return [thread for thread in threading.enumerate() if thread.name.startswith(THREAD_NAME)]


@settings(max_examples=25)
@given(first=st.integers(0, 50), count=st.integers(0, 200), workers=st.integers(1, 4))
def test_every_number_comes_out_once_with_its_own_result(first, count, workers):
    numbers = range(first, first + count)

    found = run(Squares(), numbers, threads(workers))
    assert sorted(found) == [(number, number * number) for number in numbers]


def test_a_task_is_prepared_at_most_once_per_worker():
    task = Squares()
    run(task, range(200), threads(3))

    assert 1 <= task.prepared <= 3


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_done_rises_from_nothing_to_everything(workers):
    told = []
    run(Squares(), range(50), threads(workers), done=told.append)

    assert told[0] == 0
    assert told[-1] == 50
    assert told == sorted(set(told))


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_begun_after_a_stop_and_what_was_begun_comes_out(workers):
    task, told = Squares(), []
    found = run(task, range(1000), threads(workers), stop=lambda: len(told) > 5, done=told.append)

    assert 0 < len(found) < 1000
    assert sorted(number for number, _ in found) == sorted(task.seen) == list(range(len(found)))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_number_fails_the_study_and_leaves_no_thread(workers):
    with pytest.raises(OverflowError, match="7"):
        run(Squares(fails_at=7), range(100), threads(workers))

    assert threads_alive() == []


def test_an_interruption_leaves_no_thread_and_does_not_wait_for_the_rest():
    task = Squares()

    def interrupted(count):
        if count > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(task, range(10_000), threads(2), done=interrupted)
    assert threads_alive() == []
    assert len(task.seen) < 1000


def test_a_worker_opens_no_pool_of_its_own():
    class Nested:
        def prepare(self):
            return lambda _number: type(threads(4).opened(Squares()))

    assert {pool for _, pool in run(Nested(), range(4), threads(2))} == {Here}


class Mortal:
    """A pool that loses the chunks it is given while ``lives`` last."""

    lanes, window, losses = 2, 4, (BrokenExecutor,)

    def __init__(self, task, losing, *, at_submission):
        self.play = task.prepare()
        self.losing = losing
        self.at_submission = at_submission
        self.closed = None

    def submit(self, chunk):
        future = Future()
        if self.losing and 3 in chunk:
            if self.at_submission:
                raise BrokenExecutor
            future.set_exception(BrokenExecutor())
        else:
            future.set_result([self.play(number) for number in chunk])
        return future

    def check(self):
        raise AssertionError("everything is ready at once")

    def close(self, *, abandon):
        self.closed = abandon


class Grave:
    """A back end whose first pools die."""

    def __init__(self, deaths, *, at_submission):
        self.deaths = deaths
        self.at_submission = at_submission
        self.pools = []

    def opened(self, task):
        self.pools.append(Mortal(task, len(self.pools) < self.deaths, at_submission=self.at_submission))
        return self.pools[-1]


@pytest.mark.parametrize("at_submission", [False, True])
def test_what_a_dead_worker_had_is_computed_again_by_another(at_submission):
    grave = Grave(DEATHS_MAX, at_submission=at_submission)
    found = run(Squares(), range(100), grave)

    assert sorted(found) == [(number, number * number) for number in range(100)]
    assert [pool.closed for pool in grave.pools] == [True] * DEATHS_MAX + [False]


def test_numbers_that_kill_every_worker_are_given_up():
    grave = Grave(DEATHS_MAX + 1, at_submission=False)

    with pytest.raises(PlanningError, match=r"replicate\.workers is 2, and 4 times one of them died"):
        run(Squares(), range(100), grave)
    assert all(pool.closed for pool in grave.pools)


def test_without_a_word_the_default_is_taken_unless_a_cluster_is_named(monkeypatch):
    assert backend_of(None, 2, default=BackendName.PROCESSES) == Backend(BackendName.PROCESSES, 2)
    monkeypatch.setenv(CLUSTER_VARIABLE, " tcp://there:8786 ")
    assert backend_of(None, 2, default=BackendName.THREADS).address == "tcp://there:8786"
    assert backend_of("dask", 2, default=BackendName.THREADS).address == "tcp://there:8786"
    assert backend_of("threads", 2, default=BackendName.THREADS).address is None


def test_an_address_is_a_cluster():
    assert backend_of("tls://there:1", 1, default=BackendName.THREADS) == Backend(BackendName.DASK, 1, "tls://there:1")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("gpu", r"replicate\.backend is gpu; expected one of: threads, processes, dask, tcp://host:8786"),
        ("dask", r"replicate\.backend is dask and no cluster is named; .* set SPRINGTIDE_CLUSTER"),
    ],
)
def test_a_back_end_that_does_not_exist_is_refused(asked, message):
    with pytest.raises(PlanningError, match=message):
        backend_of(asked, 1, default=BackendName.THREADS)


def test_a_cluster_without_its_packages_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(PlanningError, match=r"install springtide\[dask\]"):
        Backend(BackendName.DASK, 1, "tcp://127.0.0.1:1").opened(Squares())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "tcp://nowhere", "tcp://"])
def test_a_cluster_that_does_not_answer_is_refused(address):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    with pytest.raises(PlanningError, match=r"replicate\.backend is tcp://.*does not answer"):
        Backend(BackendName.DASK, 1, address.format(port=port)).opened(Squares())


def test_a_worker_of_another_release_refuses_the_work():
    with pytest.raises(PlanningError, match=r"has a worker with springtide .*; expected springtide 0\.0\.1"):
        _compute("springtide 0.0.1", "a task of another release", b"", range(1))
