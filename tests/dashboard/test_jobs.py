"""A job outlives clicks and refreshes, can be cancelled, and always ends."""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard import jobs, worker
from dashboard.levers import Levers
from dashboard.trial import KIND, Source, TrialOrder, run_trial
from scenarios import PlanningError
from scheduler.store import JobState

PATIENCE_S = 90
"""A started job is waited for at most this long; on an idle machine it takes about six seconds."""


def wait_until(store, job_id, holds):
    """Look at a job, as the page does, until ``holds`` or patience ends."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        job = jobs.look(store, job_id)
        if holds(job):
            return job
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {job}; it said: {jobs.log_of(job_id).read_text()}")


@pytest.fixture
def forget_children(monkeypatch):
    """Look at jobs as a server that was started after they were."""
    monkeypatch.setattr(jobs, "_children", {})


# ---- the worker's part, in this process ----


def worked(store, work):
    job = store.jobs.add("kind", {})
    worker.run_job(store, job.id, {"kind": work})
    return store.jobs.get(job.id)


def test_what_the_work_returns_is_the_result(store):
    job = worked(store, lambda *_: {"answer": 42})

    assert (job.state, job.result) == (JobState.DONE, {"answer": 42})


def test_progress_is_seen_in_the_store(store):
    seen = []

    def work(parameters, store, watch):
        watch("simulate", 3, 10)
        (job,) = store.jobs.latest("kind")
        seen.append((job.stage, job.done, job.total))

    worked(store, work)
    assert seen == [("simulate", 3, 10)]


def test_progress_is_not_written_more_often_than_a_person_sees(store):
    written = []

    def work(parameters, store, watch):
        for done in range(1, 100):
            watch("simulate", done, 100)
        written.append(store.jobs.latest("kind")[0].done)
        watch("simulate", 100, 100)
        written.append(store.jobs.latest("kind")[0].done)

    worked(store, work)
    assert written == [1, 100]


def test_a_cancel_is_granted_at_the_next_look(store):
    def work(parameters, store, watch):
        store.jobs.request_cancel(store.jobs.latest("kind")[0].id)
        watch("simulate", 1, 10)
        raise AssertionError("the work went on")

    assert worked(store, work).state is JobState.CANCELLED


def test_wrong_input_fails_the_job_with_its_message_in_both_languages(store):
    def work(parameters, store, watch):
        raise PlanningError("no_rows", place="history.csv")

    job = worked(store, work)
    assert job.state is JobState.FAILED
    assert jobs.reason(job, "en") == "history.csv: " + PlanningError("no_rows").message("en")
    assert "历史数据" in jobs.reason(job, "zh")


def test_a_fault_of_ours_fails_the_job_and_reaches_the_log(store):
    def work(parameters, store, watch):
        raise RuntimeError("a broken invariant")

    job = store.jobs.add("kind", {})
    with pytest.raises(RuntimeError, match="a broken invariant"):
        worker.run_job(store, job.id, {"kind": work})
    ended = store.jobs.get(job.id)
    assert ended.state is JobState.FAILED
    assert "RuntimeError: a broken invariant" in jobs.reason(ended, "en")


def test_a_reason_from_elsewhere_is_shown_as_it_is(store):
    job = store.jobs.add("kind", {})
    store.jobs.fail(job.id, "plain words")

    assert jobs.reason(store.jobs.get(job.id), "zh") == "plain words"


def test_a_wrong_file_fails_its_job_with_place_and_remedy(store):
    order = TrialOrder(Source("mine.toml", 'schema = 1\nextends = "quiet_day"\nabsense_share = 0.1\n'))
    job = store.jobs.add(KIND, order.parameters())
    worker.run_job(store, job.id, {KIND: run_trial})

    ended = store.jobs.get(job.id)
    assert ended.state is JobState.FAILED
    assert jobs.reason(ended, "en").startswith("mine.toml: Scenario.absense_share is not a known key")


# ---- the pages' part ----


def test_time_left_follows_from_the_pace_so_far(store):
    now = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
    job = replace(store.jobs.add("kind", {}), started_at=now - timedelta(seconds=10), done=20, total=60)

    assert jobs.seconds_left(job, now) == pytest.approx(20.0)
    assert jobs.seconds_left(replace(job, done=0), now) is None


def test_an_unknown_job_is_none(store):
    assert jobs.look(store, "no such job") is None
    assert jobs.latest(store, KIND) is None


def test_a_job_whose_process_left_no_trace_has_failed(store, monkeypatch, forget_children):
    monkeypatch.setattr(jobs, "STARTING_S", 0)
    job = store.jobs.add(KIND, {"host": jobs.platform.node()})
    store.jobs.start(job.id, pid=os.getpid())  # a process number says nothing: it may belong to another by now

    assert jobs.look(store, job.id).state is JobState.FAILED
    assert "ended without a result" in jobs.reason(jobs.look(store, job.id), "en")


def test_a_job_that_is_still_starting_is_left_alone(store, forget_children):
    job = store.jobs.add(KIND, {"host": jobs.platform.node()})

    assert jobs.look(store, job.id).state is JobState.QUEUED


def test_jobs_of_another_machine_are_not_judged(store, monkeypatch, forget_children):
    monkeypatch.setattr(jobs, "STARTING_S", 0)
    job = store.jobs.add(KIND, {"host": "another machine"})

    assert jobs.look(store, job.id).state is JobState.QUEUED


def test_an_open_job_is_found_before_newer_ones_that_ended(store):
    going_on = store.jobs.add(KIND, {"host": "another machine"})
    ended = store.jobs.add(KIND, {"host": "another machine"})
    store.jobs.finish(ended.id, {})

    assert jobs.latest(store, KIND).id == going_on.id
    store.jobs.cancelled(going_on.id)
    assert jobs.latest(store, KIND).id == ended.id


# ---- both, with a real process ----


def test_a_started_job_is_found_by_another_server_and_ends_with_a_result(store, source, monkeypatch):
    order = TrialOrder(source, Levers(orders_factor=1.5), replications=10)
    started = jobs.start_job(store, KIND, order.parameters())
    monkeypatch.setattr(jobs, "_children", {})  # a server that did not start it looks from here on

    assert started.state is JobState.RUNNING
    assert jobs.latest(store, KIND).id == started.id
    job = wait_until(store, started.id, lambda job: job.state.ended)
    assert job.state is JobState.DONE, jobs.reason(job, "en")
    assert (job.done, job.total) == (20, 20)
    assert job.result["scenario"] == "tiny"
    assert job.result["difference"][0]["share"] < 0


def test_a_running_job_can_be_cancelled(store, source):
    order = TrialOrder(source, replications=800)
    job = jobs.start_job(store, KIND, order.parameters())
    wait_until(store, job.id, lambda job: job.total > 0)

    store.jobs.request_cancel(job.id)
    ended = wait_until(store, job.id, lambda job: job.state.ended)
    assert ended.state is JobState.CANCELLED
    assert 0 <= ended.done < ended.total


def test_a_killed_process_fails_its_job_with_a_reason(store, source):
    job = jobs.start_job(store, KIND, TrialOrder(source, replications=1000).parameters())
    os.kill(job.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    ended = wait_until(store, job.id, lambda job: job.state.ended)
    assert ended.state is JobState.FAILED
    assert "without a result" in jobs.reason(ended, "en")
    assert "没有给出结果" in jobs.reason(ended, "zh")


def test_the_stores_address_is_not_an_argument_of_the_process(store, source, monkeypatch):
    commands = []
    real = jobs.subprocess.Popen

    def spy(command, **options):
        commands.append(command)
        return real([sys.executable, "-c", "pass"], **options)

    monkeypatch.setattr(jobs.subprocess, "Popen", spy)
    job = jobs.start_job(store, KIND, {})
    assert not any("sqlite" in part for part in commands[0])
    assert json.loads(wait_until(store, job.id, lambda job: job.state.ended).error)
