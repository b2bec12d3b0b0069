"""A platform's records brought into the two tables that measures read."""

import numpy as np
import pytest

from scenarios import NOBODY, US_PER_S, Cause, Channel, ContactLog, Law, LawKind, MessageLog, Messages, Outcome
from sim.floor.log import logs_of
from sim.measures.protocol import Records
from sim.model import play_readable
from sim.packs.pack import load_pack, measure

HOUR = 3600


def seconds_at(clock, day=0):
    """Seconds of a clock such as "10:10:15" since the horizon's start."""
    hours, minutes, *seconds = map(int, clock.split(":"))
    return day * 24 * HOUR + hours * HOUR + minutes * 60 + sum(seconds)


def column(values):
    return np.array([NOBODY if value is None else round(value * US_PER_S) for value in values], dtype=np.int64)


def some_records(*sessions):
    """Bring a platform's records into the two tables.

    A session is {"start", "taken", "answered", "ended", "buyer", "kind", "outcome", "messages": [(asked, replied)]};
    what is not said is as simple as can be: answered by its first reply, ended by its last.
    """
    rows = []
    for number, session in enumerate(sessions):
        messages = session.get("messages", [])
        replies = [replied for _, replied in messages if replied is not None]
        row = {"start": messages[0][0] if messages else None, "buyer": number, "kind": 0}
        row |= {"answered": min(replies, default=None), "ended": max(replies, default=None), "messages": []} | session
        row = {"taken": row["answered"], "cause": Cause.FIRST} | row
        lost = Outcome.ABANDONED if row["answered"] is None else Outcome.ANSWERED
        rows.append({"outcome": lost} | row)
    count = len(rows)
    zeros = np.zeros(count, dtype=np.int64)
    log = ContactLog(
        row=np.arange(count),
        root=np.array([row["buyer"] for row in rows], dtype=np.int64),
        attempt=zeros,
        cause=np.array([row["cause"] for row in rows], dtype=np.int64),
        contact_type=np.array([row["kind"] for row in rows], dtype=np.int64),
        line=zeros,
        offered_us=column([row["start"] for row in rows]),
        taken_us=column([row["taken"] for row in rows]),
        answered_us=column([row["answered"] for row in rows]),
        ended_us=column([row["ended"] for row in rows]),
        outcome=np.array([row["outcome"] for row in rows], dtype=np.int64),
        agent=zeros,
        group=zeros,
        hops=zeros,
    )
    messages = [(number, *pair) for number, row in enumerate(rows) for pair in row["messages"]]
    turn = MessageLog(
        entry=np.array([number for number, _, _ in messages], dtype=np.int64),
        number=np.zeros(len(messages), dtype=np.int64),
        asked_us=column([asked for _, asked, _ in messages]),
        replied_us=column([replied for _, _, replied in messages]),
    )
    return Records(log, turn)


def value_of(found, key, scope="all", day=None):
    rows = [row.estimate.value for row in found if (row.kpi, row.scope, row.day) == (key, scope, day)]
    assert len(rows) == 1
    return rows[0]


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """Chats, malicious chats, calls and service tickets; open around the clock for two dates."""
    law = Law(LawKind.CONSTANT, 20.0)
    kinds = (
        kind("chat", Channel.CHAT, work_s=law, messages=Messages(1.0, law, law, law)),
        kind("fake", Channel.CHAT, work_s=law, messages=Messages(1.0, law, law, law), topic="malicious"),
        kind("call"),
        kind("service", Channel.TICKET),
    )
    return scenario(kinds, hours=((0, 24), (0, 24)))


@pytest.fixture(scope="module")
def say(shop):
    """Measure sessions by a pack; the value of one measure."""

    def said(pack, key, *sessions, on=None, day=None):
        return value_of(measure(load_pack(pack, on), some_records(*sessions), shop), f"{pack}.{key}", day=day)

    return said


@pytest.fixture(scope="session")
def at():
    """Read a clock, see ``seconds_at``."""
    return seconds_at


@pytest.fixture(scope="session")
def records():
    """Make records, see ``some_records``."""
    return some_records


@pytest.fixture(scope="session")
def value():
    """Find the value of one measure."""
    return value_of


@pytest.fixture(scope="module")
def runs(shop, trace, staff):
    """Three days of chats with one agent who may hold a single session."""
    people = staff([[(0, 48 * HOUR)]])
    days = [
        trace(
            {"at": seconds_at("10:00"), "rounds": [20, (40, 30)]},
            {"at": seconds_at("10:00:10"), "rounds": [20] * number, "patience": 60},
            {"at": seconds_at("10:00", day=1), "rounds": [15]},
        )
        for number in (1, 2, 3)
    ]
    return [Records(*logs_of(day, play_readable(shop, day, people), people)) for day in days]
