"""Measured days are played as they were measured: attempts, work, people; a true model passes in every case."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scenarios import AgentChoice, Channel, Group, Law, LawKind, LongThink, Messages, Serve
from sim import Parameter, Staff, Tallier, actuals_of, draw_trace, simulate, staff_always_on, validate
from sim.explaining.replay import Replay

SEED = 7


def seconds(mean_s):
    return Law(LawKind.EXPONENTIAL, mean_s)


def history(floor, demand, people, columns=("answered_in_time", "abandoned")):
    """Return what a history holds after the floor has really run so."""
    trace = draw_trace(floor, demand, seed=1, replication=0, purpose="reality")
    counts = Tallier(floor).tally(trace, simulate(floor, trace, people).played, people)
    handled = counts.count("handled").sum(axis=0)[0]
    known = {
        "answered_in_time": counts.count("in_time")[:, 0],
        "abandoned": counts.count("abandoned")[:, 0],
        "work_s": counts.count("work_us").sum(axis=0)[0] / 1e6 / handled,
        "session_s": counts.count("session_us").sum(axis=0)[0] / 1e6 / handled,
    }
    starts = [floor.horizon.instant(n * floor.horizon.interval_us) for n in range(floor.horizon.intervals)]
    rows = {"interval_start": starts, "contact_type": floor.contact_types[0].name}
    return pd.DataFrame(rows | {"offered": counts.count("offered")[:, 0]} | {name: known[name] for name in columns})


@pytest.fixture(scope="module")
def chat(scenario, kind):
    """A quick phrase of 8 s first, replies of 20 s; buyers think a minute, and a minute of silence closes a session."""
    talk = Messages(5.0, seconds(8.0), seconds(20.0), seconds(60.0), 60.0, LongThink.REOPENS)
    group = Group("g", (), (Serve("chat"),), 5, choice=AgentChoice.LEAST_LOADED)
    chats = kind("chat", Channel.CHAT, work_s=seconds(88.0), patience_s=seconds(200.0), messages=talk)
    return scenario([chats], [group], hours=((8, 16),))


@pytest.fixture(scope="module")
def agents(chat):
    return staff_always_on(chat, {"g": 8})


@pytest.mark.statistical
def test_a_true_model_passes_though_sessions_reopen(chat, agents, forecast):
    # 1 % of true models fail by design; the seed is fixed. More than half of the attempts are sessions reopened.
    rows = history(chat, forecast(chat, 40.0, 88.0), agents, ("answered_in_time", "abandoned", "work_s", "session_s"))
    found = validate(chat, actuals_of(rows, chat), agents, seed=SEED, replications=40)

    assert rows["offered"].sum() > 2 * 40.0 * 32
    assert found.passed
    assert len(found.days) == 3


@pytest.mark.statistical
def test_longer_work_of_sessions_that_reopen_fails_and_work_is_blamed(chat, agents, forecast):
    rows = history(chat, forecast(chat, 40.0, 88.0 * 1.2), agents)
    found = validate(chat, actuals_of(rows, chat), agents, seed=SEED, replications=40)

    assert not found.passed
    best = found.explanations[0]
    assert best.parameter is Parameter.WORK
    assert best.low < 1.2 < best.high
    assert best.high - best.low < 0.4
    assert not best.at_edge


@pytest.mark.parametrize("attempts_max", [1, 2, 6])
def test_as_many_attempts_are_played_as_were_measured(chat, forecast, attempts_max):
    floor = replace(chat, attempts_max=attempts_max)
    plenty = staff_always_on(floor, {"g": 60})
    rows = history(floor, forecast(floor, 40.0, 88.0), plenty)
    played = Replay(floor, actuals_of(rows, floor), plenty, SEED).study(40).offered.mean(axis=0).sum()

    assert played == pytest.approx(rows["offered"].sum(), rel=0.02)


@pytest.mark.statistical
def test_who_gave_up_is_not_reopened_and_a_true_model_of_a_crowded_day_passes(chat, forecast):
    few = staff_always_on(chat, {"g": 5})
    rows = history(chat, forecast(chat, 60.0, 88.0), few)
    found = validate(chat, actuals_of(rows, chat), few, seed=SEED, replications=40)

    assert rows["abandoned"].sum() > 0.08 * rows["offered"].sum()
    assert found.passed


def test_measured_work_holds_the_tenure_of_the_people_already(scenario, kind, forecast):
    """People who take half as long again were measured at 450 s; they must not take half as long again once more."""
    floor = scenario([kind()], hours=((8, 20),))
    slow: Staff = replace(staff_always_on(floor, {"g": 30}), tenure_factor=np.full(30, 1.5))
    rows = history(floor, forecast(floor, 30.0, 300.0), slow, ("answered_in_time", "work_s"))
    study = Replay(floor, actuals_of(rows, floor), slow, SEED).study(40)

    assert rows["work_s"].iloc[0] == pytest.approx(450.0, rel=0.1)
    played_s = study.counts("work_us").sum() / 1e6 / study.counts("handled").sum()
    assert played_s == pytest.approx(rows["work_s"].iloc[0], rel=0.02)


@pytest.mark.statistical
def test_sessions_longer_than_the_model_believes_fail_by_their_length(chat, agents, forecast):
    floor = replace(chat, contact_types=(replace(chat.contact_types[0], messages=replace(
        chat.contact_types[0].messages, think_s=seconds(75.0), long_think=LongThink.STAYS)),))  # fmt: skip
    believed = replace(floor, contact_types=(replace(floor.contact_types[0], messages=replace(
        floor.contact_types[0].messages, think_s=seconds(60.0))),))  # fmt: skip
    rows = history(floor, forecast(floor, 20.0, 88.0), agents, ("session_s",))

    assert validate(floor, actuals_of(rows, floor), agents, seed=SEED, replications=40).passed
    found = validate(believed, actuals_of(rows, floor), agents, seed=SEED, replications=40)
    assert [(check.measure, check.passed) for check in found.days] == [("session_s", False)]
    assert found.days[0].actual > 1.1 * found.days[0].simulated
