import pytest

from scheduler.store import JobState, RunStatus


def test_a_run_is_followed_from_start_to_end(store):
    store.runs.start("r1", "key", "shop", actor="nightly")
    store.runs.at_stage("r1", "forecast")
    assert store.runs.get("r1").stage == "forecast"

    store.runs.end("r1", RunStatus.HELD, exit_status=10, manifest={"seed": 1})
    run = store.runs.get("r1")

    assert (run.status, run.exit_status, run.manifest["seed"]) == (RunStatus.HELD, 10, 1)
    assert run.ended_at >= run.started_at


def test_only_published_runs_answer_for_their_key(store):
    for name, status in (("r1", RunStatus.HELD), ("r2", RunStatus.PUBLISHED), ("r3", RunStatus.FAILED)):
        store.runs.start(name, "key", "shop", actor="nightly")
        store.runs.end(name, status)

    assert store.runs.published_with("key").id == "r2"
    assert store.runs.published_with("other") is None
    assert {run.id for run in store.runs.latest()} == {"r1", "r2", "r3"}


def test_runs_of_the_dead_are_marked_and_noted(store):
    store.runs.start("r1", "key", "shop", actor="nightly")
    store.runs.start("r2", "key", "shop", actor="nightly")
    store.runs.end("r2", RunStatus.HELD)
    store.runs.start("r3", "key", "another shop", actor="nightly")

    assert store.runs.interrupt_running("shop", actor="nightly") == ("r1",)
    assert store.runs.get("r1").status is RunStatus.INTERRUPTED
    assert store.runs.get("r3").status is RunStatus.RUNNING
    assert [entry.action for entry in store.audit.entries("run r1")] == ["start", "interrupted"]


def test_an_unknown_run_or_job_is_a_key_error(store):
    for ask in (store.runs.get, store.jobs.get):
        with pytest.raises(KeyError):
            ask("nobody")


def test_a_job_is_found_again_with_its_progress_and_result(store):
    job = store.jobs.add("promo", {"scenario": "618", "levers": ["notices"]})
    assert (job.state, job.total, job.result) == (JobState.QUEUED, 0, None)

    store.jobs.start(job.id, pid=42)
    store.jobs.progress(job.id, "simulate", 3, 10)
    running = store.jobs.get(job.id)
    assert (running.state, running.stage, running.done, running.total, running.pid) == (
        JobState.RUNNING, "simulate", 3, 10, 42,
    )  # fmt: skip

    store.jobs.finish(job.id, {"share": 0.93})
    done = store.jobs.get(job.id)
    assert (done.state, done.result, done.state.ended) == (JobState.DONE, {"share": 0.93}, True)
    assert done.parameters == {"scenario": "618", "levers": ["notices"]}


def test_a_job_sees_that_it_shall_stop(store):
    job = store.jobs.add("promo", {})
    assert not store.jobs.is_cancel_requested(job.id)

    store.jobs.request_cancel(job.id)
    assert store.jobs.is_cancel_requested(job.id)

    store.jobs.cancelled(job.id)
    assert store.jobs.get(job.id).state is JobState.CANCELLED


def test_a_job_that_has_ended_keeps_its_end(store):
    job = store.jobs.add("promo", {})
    store.jobs.fail(job.id, "no history")
    store.jobs.finish(job.id, {"late": True})
    store.jobs.progress(job.id, "late", 1, 1)

    ended = store.jobs.get(job.id)
    assert (ended.state, ended.error, ended.result, ended.stage) == (JobState.FAILED, "no history", None, "")


def test_the_newest_jobs_come_first_and_by_kind(store):
    ids = [store.jobs.add(kind, {}).id for kind in ("promo", "roster", "promo")]

    assert [job.id for job in store.jobs.latest("promo")] == [ids[2], ids[0]]
    assert [job.id for job in store.jobs.latest(limit=2)] == [ids[2], ids[1]]


def test_the_audit_log_tells_who_did_what_in_order(store, shop_plan):
    draft = store.rosters.add_draft("shop", shop_plan, actor="night")
    store.publish(draft.id, actor="day")

    told = [(entry.actor, entry.action, entry.subject) for entry in store.audit.entries()]
    assert told == [("night", "draft", "roster shop v1"), ("day", "publish", "roster shop v1")]
    assert store.audit.entries()[1].detail == {"proven": True}
