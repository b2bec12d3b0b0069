"""Stored days of chat by messages count what the full floor does; what they cannot play they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NOBODY,
    AgentChoice,
    AtClosing,
    BotStage,
    Channel,
    Group,
    LateBreaks,
    Law,
    LawKind,
    ReplyOrder,
    Route,
    RouteStep,
    Serve,
)
from sim.compiled import CompiledFloor
from sim.drawing.sampling import Sampler
from sim.measures.tally import Tallier
from sim.studies.chat_days import chat_days_of

STEP_S = 60
"""Everything happens in steps of a minute, so that most events fall together with others."""
OPENS = 8 * 60
"""Opening, in steps after midnight."""
CHOICES = (AgentChoice.LONGEST_IDLE, AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST)


@st.composite
def shifts(draw):
    """Return shifts of one person, each a list of spans: of any length, touching or not, in and out of hours."""
    now, days = draw(st.integers(OPENS - 20, OPENS + 40)), [[]]
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.integers(1, 30))
        days[-1].append((now * STEP_S, (now + length) * STEP_S))
        now += length + draw(st.integers(0, 5))
        if draw(st.booleans()):
            days.append([])
    return [spans for spans in days if spans]


@st.composite
def floors(draw, talk, scenario):
    """Return a scenario of one type of chat by messages and one group."""
    kind = talk(beyond_cap=draw(st.integers(0, 2)), at_closing=draw(st.sampled_from(AtClosing)))
    group = Group(
        "g", (), (Serve("chat"),), draw(st.integers(1, 4)), choice=draw(st.sampled_from(CHOICES)),
        reply_order=draw(st.sampled_from(ReplyOrder)), last_contact_min=draw(st.sampled_from((0, 0, 5, 20))),
    )  # fmt: skip
    hours = draw(st.sampled_from((((8, 9),), ((8, 9), (8, 10)), ((0, 24),))))
    return scenario([kind], (group,), hours=hours, late_breaks=draw(st.sampled_from(LateBreaks)))


@st.composite
def sessions(draw):
    steps = st.integers(1, 4).map(lambda count: count * STEP_S)
    thoughts = st.integers(0, 3).map(lambda count: count * STEP_S)
    return {
        "at": draw(st.integers(OPENS - 5, OPENS + 70)) * STEP_S,
        "rounds": [draw(steps), *draw(st.lists(st.tuples(thoughts, steps), max_size=3))],
        "hold": draw(st.sampled_from((0, STEP_S, 3 * STEP_S))),
        "patience": draw(st.sampled_from((None, 1, STEP_S, 4 * STEP_S))),
        "contained": draw(st.sampled_from((False, False, False, True))),
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_stored_days_count_what_the_full_floor_counts(data, talk, scenario, trace, staff):
    floor = data.draw(floors(talk, scenario))
    days = data.draw(st.lists(st.lists(sessions(), max_size=25), min_size=1, max_size=3))
    traces = [trace(*sorted(rows, key=lambda row: row["at"])) for rows in days]
    person = st.fixed_dictionaries({"shifts": shifts(), "tenure": st.sampled_from((1.0, 1.0, 1.5, 0.5))})
    people = staff(*data.draw(st.lists(person, min_size=1, max_size=5)))
    absent = np.array(data.draw(st.lists(st.lists(st.booleans(), min_size=len(people), max_size=len(people)),
                                         min_size=len(days), max_size=len(days))))  # fmt: skip
    counts = chat_days_of(floor, traces).play(people, absent)

    for number, seen in enumerate(counts):
        assert_counts(seen, floor, traces[number], _without(people, absent[number]))


def assert_counts(seen, floor, contacts, people):
    tally = Tallier(floor).tally(contacts, CompiledFloor(floor).play_full(contacts, people), people)
    for column, name in enumerate(("offered", "in_time", "abandoned", "in_time")):
        assert np.array_equal(seen[:, :, column], tally.count(name)), name
    assert seen[:, :, 4].sum() == tally.count("rounds").sum()
    assert seen[:, :, 5].sum() == tally.count("replies_in_time").sum()


def _without(people, absent):
    return people.without(dict.fromkeys(np.flatnonzero(absent).tolist(), ((), ())))


@pytest.mark.parametrize("choice", CHOICES)
def test_a_busy_day_counts_the_same_whichever_days_are_chosen(choice, talk, scenario, trace, staff):
    rng = np.random.default_rng(5)
    floor = scenario([talk()], (Group("g", (), (Serve("chat"),), 5, choice=choice),), hours=((8, 12),))
    traces = [
        trace(*(
            {"at": at, "hold": 120, "patience": int(rng.integers(20, 300)),
             "rounds": [6, *((int(rng.integers(80)), int(rng.integers(1, 40))) for _ in range(rng.integers(9)))]}
            for at in np.sort(rng.integers(8 * 3600, 12 * 3600, 900)).tolist()
        ))
        for _ in range(2)
    ]  # fmt: skip
    people = staff(*([[(first, first + 3600), (first + 4500, first + 7200)]]
                     for first in rng.integers(8 * 4, 11 * 4, 16) * 900))  # fmt: skip
    absent = rng.random((2, 16)) < 0.1
    days = chat_days_of(floor, traces)
    counts = days.play(people, absent)

    assert 0.3 < counts[..., 1].sum() / counts[..., 0].sum() < 0.9  # some replies are late
    assert counts[..., 2].sum() > 20  # and some buyers give up
    assert np.array_equal(days.play(people, absent, np.array([1, 1, 0])), counts[[1, 1, 0]])
    for number, seen in enumerate(counts):
        assert_counts(seen, floor, traces[number], _without(people, absent[number]))


@pytest.mark.parametrize(
    "unlike",
    [
        lambda talk, _: {"kinds": [talk(slots=2)], "groups": (Group("g", (), (Serve("chat"),), 4),)},
        lambda talk, _: {"kinds": [talk(affinity=True)]},
        lambda talk, _: {"kinds": [talk()], "groups": (Group("g", (), (Serve("chat"),), choice=AgentChoice.WEIGHTED),)},
        lambda talk, kind: {"kinds": [talk(), kind("mail", Channel.TICKET)]},
        lambda _, kind: {"kinds": [kind("chat", Channel.CHAT)]},
        lambda talk, _: {
            "kinds": [talk()],
            "routes": [Route("chat", (RouteStep("g"), RouteStep(from_wait_s=20.0, raise_priority=1)))],
        },
    ],
)
def test_scenarios_with_more_than_plain_chat_are_left_to_the_full_floor(unlike, talk, kind, scenario):
    assert chat_days_of(scenario(**unlike(talk, kind)), []) is None


def test_days_with_later_attempts_or_endless_thoughts_are_left_to_the_full_floor(talk, scenario, trace):
    floor = scenario([talk()])

    assert chat_days_of(floor, [trace({"at": 0, "rounds": [5], "patience": 5, "redial": [10]})]) is None
    assert chat_days_of(floor, [trace({"at": 0, "rounds": [5, (3600, 5)]})]) is None
    assert len(chat_days_of(floor, [trace({"at": 0, "rounds": [5, (60, 5)]})])) == 1


def test_days_drawn_as_they_are_stored_are_those_drawn_as_traces(talk, kind, scenario, forecast):
    floor = scenario([talk(bot=BotStage(0.5, 0.3, 20.0), patience_s=Law(LawKind.EXPONENTIAL, 60.0))], hours=((8, 12),))
    sampler = Sampler(floor, forecast(floor, 40.0, work_s=25.0))
    key = {"seed": 3, "purpose": "days"}
    traces = [sampler.trace(replication=number, **key) for number in range(3)]
    days = [chat_days_of(floor, rows) for rows in (traces, [sampler.talks(replication=n, **key) for n in range(3)])]

    assert sum(int(trace.contained.sum()) for trace in traces) > 20
    left, right = (np.where(_kept(day), day.stored.sessions, 0) for day in days)
    assert np.array_equal(left, right)
    assert np.array_equal(days[0].stored.rounds, days[1].stored.rounds)
    calls = scenario([kind()])
    assert Sampler(calls, forecast(calls, 5.0)).talks(replication=0, **key) is None


def _kept(day):
    """Return for each session whether the bot did not keep it: of those it kept only the arrival is stored alike."""
    return day.stored.sessions[:, 1:2] != NOBODY
