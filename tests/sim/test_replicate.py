"""Replications: the same numbers whoever computes them, progress, and stopping."""

import logging
import os
import signal
from dataclasses import replace
from datetime import timedelta
from multiprocessing import active_children

import distributed
import numpy as np
import pytest

from scenarios import (
    Agent,
    Assignment,
    Contract,
    DemandUncertainty,
    Group,
    Law,
    LawKind,
    PlanningError,
    Redial,
    Roster,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
)
from sim import draw_trace, erlang_c, replicate, staff_always_on, staff_from_roster
from sim.engine import Engine
from sim.model import play_readable
from sim.studies.backends import CLUSTER_VARIABLE
from sim.studies.replicate import digest_of, replicate_digests

HOUR_US = 3_600_000_000
DEADLY = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What no process survives; on Windows the only such signal bears the other name."""


@pytest.fixture(scope="module")
def night(scenario, kind, forecast):
    """A small shop with a roster, absence, redial and uncertain days."""
    people = tuple(Agent(f"p{number}", "c", ()) for number in range(9))
    again = Redial(0.5, Law(LawKind.EXPONENTIAL, 300.0))
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0), redial=again)
    floor = scenario(
        [calls], hours=((8, 20), (8, 20)), contracts=(Contract("c", (), 40.0, 30.0),), agents=people, absence_share=0.1
    )
    shifts = [
        Assignment(
            person.name,
            floor.horizon.first_date + timedelta(days=day),
            "s",
            "g",
            (24 * day + 8) * HOUR_US,
            (24 * day + 20) * HOUR_US,
        )
        for person in people
        for day in range(2)
    ]
    return (
        floor,
        forecast(floor, 25.0, 240.0, uncertainty=DemandUncertainty((0.1, 0.1), 0.05, 0.7)),
        Roster(tuple(shifts)),
    )


KEY = {"seed": 3, "purpose": "test"}
ELSEWHERE = [
    {"workers": 2},
    {"workers": 2, "backend": "processes"},
    {"engine": Engine.READABLE},
    {"workers": 2, "engine": Engine.READABLE},
    {"workers": 3, "engine": Engine.READABLE, "backend": "threads"},
]


@pytest.fixture(autouse=True)
def no_cluster_named(monkeypatch):
    monkeypatch.delenv(CLUSTER_VARIABLE, raising=False)


@pytest.mark.slow
@pytest.mark.parametrize("conduct", ELSEWHERE, ids=str)
def test_neither_the_counts_nor_a_single_moment_depend_on_who_computes(conduct, night):
    assert replicate(*night, replications=6, **KEY).equals(replicate(*night, replications=6, **KEY, **conduct))
    here = replicate_digests(*night, replications=6, **KEY)
    assert len(set(here)) == 6
    assert replicate_digests(*night, replications=6, **KEY, **conduct) == here


def test_a_digest_tells_one_moment_from_another(night):
    floor, forecast, roster = night
    trace = draw_trace(floor, forecast, replication=0, **KEY)
    staff = staff_from_roster(floor, roster)
    played = play_readable(floor, trace, staff)
    other = replace(played, ended_us=played.ended_us + (np.arange(len(played.ended_us)) == 7))

    assert digest_of(played) == digest_of(play_readable(floor, trace, staff))
    assert digest_of(played) != digest_of(other)


@pytest.mark.slow
def test_days_of_a_process_that_dies_are_played_by_another(night):
    killed = []

    def kill_one(_stage, done, _total):
        if done and not killed:
            killed.append(active_children()[0])
            os.kill(killed[0].pid, DEADLY)

    whole = replicate(*night, replications=60, **KEY, workers=2, backend="processes", progress=kill_one)
    assert killed
    assert whole.equals(replicate(*night, replications=60, **KEY))


@pytest.mark.slow
def test_an_interruption_leaves_no_process_and_the_next_study_runs(night):
    def interrupted(_stage, done, _total):
        if done:
            raise KeyboardInterrupt

    before = active_children()
    with pytest.raises(KeyboardInterrupt):
        replicate(*night, replications=60, **KEY, workers=2, backend="processes", progress=interrupted)
    assert [child for child in active_children() if child not in before] == []
    assert len(replicate(*night, replications=4, **KEY, workers=2, backend="processes")) == 4


@pytest.mark.slow
def test_a_dask_cluster_plays_the_same_days_even_if_one_of_its_workers_dies(night, monkeypatch):
    here = replicate(*night, replications=80, **KEY)
    quiet = logging.getLogger("distributed")
    monkeypatch.setattr(quiet, "disabled", True)
    with distributed.LocalCluster(processes=True, n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as me:
            workers = list(me.run(os.getpid).values())
        killed = []

        def kill_one(_stage, done, _total):
            if done > 10 and not killed:
                killed.append(workers[0])
                os.kill(workers[0], DEADLY)

        there = replicate(*night, replications=80, **KEY, backend=cluster.scheduler_address, progress=kill_one)
        monkeypatch.setenv(CLUSTER_VARIABLE, cluster.scheduler_address)
        digests = replicate_digests(*night, replications=8, **KEY)
        stopped = replicate(*night, replications=500, **KEY, stop=iter([False] * 3 + [True] * 500).__next__)
        with distributed.Client(cluster) as me:
            alive = list(me.run(os.getpid).values())
    monkeypatch.delenv(CLUSTER_VARIABLE)
    assert killed
    assert killed[0] not in alive
    assert there.equals(here)
    assert digests == replicate_digests(*night, replications=8, **KEY)
    assert len(stopped) < 500
    assert stopped.equals(replicate(*night, replications=len(stopped), **KEY))


def test_a_replication_is_the_same_alone_and_among_others(night):
    whole = replicate(*night, replications=5, seed=3, purpose="test")
    parts = replicate(*night, replications=2, seed=3, purpose="test")
    rest = replicate(*night, replications=3, first=2, seed=3, purpose="test")

    assert parts.concat(rest).equals(whole)


@pytest.mark.parametrize("other", [{"seed": 4}, {"purpose": "proof"}, {"first": 2}])
def test_other_keys_are_other_days(other, night):
    base = replicate(*night, replications=2, seed=3, purpose="test")
    changed = replicate(*night, replications=2, **({"seed": 3, "purpose": "test"} | other))

    assert not np.array_equal(base.offered, changed.offered)


def test_every_attempt_is_answered_abandoned_or_closed_out(night):
    study = replicate(*night, replications=3, seed=3, purpose="test")

    assert (study.offered == study.answered + study.abandoned + study.counts("closed_out")).all()
    assert (study.in_time <= study.answered).all()
    assert study.offered.sum() > 3000
    assert (study.busy_us <= study.at_work_us).all()


def test_more_people_answer_more_in_time_on_average(night):
    floor, forecast, _ = night
    shares = []
    for people in (7, 9, 12):
        study = replicate(
            floor, forecast, staff_always_on(floor, {"g": people}), replications=10, seed=3, purpose="test"
        )
        shares.append(study.in_time.sum() / study.offered.sum())
    assert shares == sorted(shares)


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_told_from_nothing_to_everything(workers, night):
    told = []
    replicate(*night, replications=5, seed=3, purpose="test", workers=workers, progress=lambda *said: told.append(said))

    assert told[0] == ("simulate", 0, 5)
    assert told[-1] == ("simulate", 5, 5)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_study_holds_what_was_done(workers, night):
    asked = []

    def stop():
        asked.append(None)
        return len(asked) > 2

    stopped = replicate(*night, replications=50, seed=3, purpose="test", workers=workers, stop=stop)
    assert 0 < len(stopped) < 50
    assert stopped.equals(replicate(*night, replications=len(stopped), seed=3, purpose="test"))


def test_a_study_stopped_at_once_is_empty(night):
    assert len(replicate(*night, replications=5, seed=3, purpose="test", stop=lambda: True)) == 0


@pytest.mark.parametrize("wrong", [{"replications": -1}, {"first": -1}, {"workers": 0}])
def test_numbers_out_of_range_are_refused(wrong, night):
    with pytest.raises(PlanningError, match=r"replicate\."):
        replicate(*night, **({"replications": 2, "seed": 3, "purpose": "test"} | wrong))


@pytest.mark.statistical
def test_dedicated_teams_do_what_erlang_c_says(scenario, kind, forecast):
    """Billing 100 calls an hour of 4 min, Technical 50 of 8 min, ten people each: two 99 % intervals, error .02."""
    work_s = {"Billing": 240.0, "Technical": 480.0}
    kinds = [kind(name, work_s=Law(LawKind.EXPONENTIAL, mean)) for name, mean in work_s.items()]
    groups = [Group(name, (), (Serve(name),)) for name in work_s]
    routes = [Route(name, (RouteStep(name),)) for name in work_s]
    promise = ServiceTarget("quick", tuple(work_s), answer_within_s=20.0)
    floor = scenario(kinds, groups, routes, hours=((0, 24),), targets=(promise,))
    days = forecast(floor, np.array([25.0, 12.5]), np.array(list(work_s.values())))

    study = replicate(
        floor, days, staff_always_on(floor, dict.fromkeys(work_s, 10)), replications=40, seed=1, purpose="x"
    )
    report = study.report(0.99, intervals=False)
    for name, load in (("Billing", 100 / 15), ("Technical", 50 / 7.5)):
        found = report.find("share_in_time", name)
        assert found.low <= erlang_c(10, load, work_s[name], 20.0).share_in_time <= found.high
