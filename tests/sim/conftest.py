"""Builders of small floors: times in whole seconds, one line per fact."""

from datetime import date

import numpy as np
import pytest

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    Cause,
    Channel,
    ContactTrace,
    ContactType,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Messages,
    Opening,
    Outcome,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
)
from sim.compiled import CompiledFloor
from sim.engine import FloorRun, check_fits
from sim.floor.log import logs_of
from sim.floor.staff import Staff
from sim.model import play_full, play_readable


def a_horizon(hours=((0, 24),), interval_min=15, first_date=date(2025, 11, 10), zone="Asia/Shanghai"):
    """Consecutive dates with their opening (from, to) in clock hours; ``None`` is a closed date."""
    open_on = [None if span is None else Hours(round(span[0] * 60), round(span[1] * 60)) for span in hours]
    exceptions = tuple((date.fromordinal(first_date.toordinal() + number), span) for number, span in enumerate(open_on))
    return Horizon(first_date, len(hours), interval_min, zone, Opening((None,) * 7, exceptions))


def a_kind(name="call", channel=Channel.VOICE, **more):
    """A contact type; tickets are due within an hour unless told otherwise."""
    if channel is Channel.TICKET:
        more.setdefault("due_within_s", 3600.0)
    return ContactType(name, channel, more.pop("work_s", Law(LawKind.EXPONENTIAL, 300.0)), **more)


@pytest.fixture(scope="session")
def horizon():
    return a_horizon


@pytest.fixture(scope="session")
def kind():
    return a_kind


def a_talk(name="chat", **more):
    """A type of chat by messages, of two rounds on average; the replies themselves stand in the trace."""
    reply = Law(LawKind.CONSTANT, 10.0)
    talk = Messages(2.0, reply, reply, Law(LawKind.CONSTANT, 30.0))
    return a_kind(name, Channel.CHAT, work_s=Law(LawKind.CONSTANT, 20.0), messages=talk, **more)


@pytest.fixture(scope="session")
def talk():
    return a_talk


@pytest.fixture(scope="session")
def scenario():
    """Make a scenario; by default calls of one type go to one group."""

    def make(kinds=None, groups=None, routes=None, *, hours=((0, 24),), targets=None, **more):
        kinds = kinds or (a_kind(),)
        groups = groups or (Group("g", (), tuple(Serve(kind.name) for kind in kinds)),)
        routes = routes or tuple(Route(kind.name, (RouteStep(groups[0].name),)) for kind in kinds)
        if targets is None:
            targets = (ServiceTarget("promise", tuple(k.name for k in kinds if k.channel is not Channel.TICKET)),)
        grid = more.pop("horizon", None) or a_horizon(hours)
        people = {name: more.pop(name, ()) for name in ("contracts", "shift_templates", "agents")}
        return Scenario("floor", grid, tuple(kinds), tuple(groups), tuple(routes), tuple(targets), **people, **more)

    return make


def _us(seconds):
    return NEVER_US if seconds is None else round(seconds * US_PER_S)


def _redials(row):
    """Turn ``redial``, a list of delays, into a chain of lost attempts that are like the first one."""
    ahead = row.get("lost")
    alike = {name: value for name, value in row.items() if name not in {"at", "redial", "lost", "then", "contained"}}
    for after in reversed(row.get("redial", ())):
        ahead = alike | {"after": after, "cause": Cause.REDIAL, "lost": ahead}
    return row | {"lost": ahead}


def _forest(roots):
    """Return all rows, the roots first and every row before those that follow it."""
    rows = [_redials(row) | {"root": number, "number": 0, "cause": Cause.FIRST} for number, row in enumerate(roots)]
    for row in rows:  # grows on the way
        for name, usual in (("lost", Cause.REDIAL), ("then", Cause.RECONTACT)):
            if row.get(name):
                child = _redials({"kind": row.get("kind", 0), "cause": usual} | row[name])
                row[f"if_{name}"] = len(rows)
                rows.append(child | {"root": row["root"], "number": row["number"] + 1, "parent": name})
    return rows


def _delay_us(row):
    least = 1 if row.get("parent") == "lost" else 0
    return max(least, _us(row.get("after", 0)))


def _due_after_us(row):
    return _us(row["due"] - row["at"]) if "due" in row else _us(row.get("due_within"))


def a_trace(*rows):
    """Make a trace from rows (arrival_s, work_s), or dictionaries of which each names what it needs.

    ``at, work, patience, kind, line, contained`` are what they say; ``due`` (a moment) or ``due_within`` belong to
    tickets; ``rounds`` lists the replies of a chat by messages, each its work or (think, work), ``hold`` how long its
    slot is kept. ``redial`` lists the delays of a buyer who tries again. ``lost`` and ``then`` are the rows that
    follow when nobody answered, and after an answer: with ``after`` (the delay), ``cause``, and for ``then`` in the
    row before it ``need`` (the tenure factor that must be exceeded).
    """
    rows = [dict(row) if isinstance(row, dict) else {"at": row[0], "work": row[1]} for row in rows]
    count, rows = len(rows), _forest(rows)
    rounds = [[(0, turn) if not isinstance(turn, tuple) else turn for turn in row.get("rounds", ())] for row in rows]
    turns = [turn for row in rounds for turn in row]
    sums = [sum(work for _, work in row) for row in rounds]

    def column(value):
        return np.array([value(row) for row in rows], dtype=np.int64)

    return ContactTrace(
        arrival_us=np.array([_us(row["at"]) for row in rows[:count]], dtype=np.int64),
        contained=np.array([row.get("contained", False) for row in rows[:count]], dtype=np.bool_),
        root=column(lambda row: row["root"]),
        number=column(lambda row: row["number"]),
        cause=column(lambda row: row["cause"]),
        contact_type=column(lambda row: row.get("kind", 0)),
        line=column(lambda row: row.get("line", row.get("kind", 0))),
        delay_us=column(_delay_us),
        due_after_us=column(_due_after_us),
        work_us=np.array([_us(row.get("work", s)) for row, s in zip(rows, sums, strict=True)], dtype=np.int64),
        patience_us=column(lambda row: _us(row.get("patience"))),
        if_lost=column(lambda row: row.get("if_lost", NOBODY)),
        if_answered=column(lambda row: row.get("if_then", NOBODY)),
        need_ppm=column(lambda row: round(row.get("need", 0) * 1_000_000)),
        first_round=np.cumsum([0, *map(len, rounds)]),
        round_work_us=np.array([_us(work) for _, work in turns], dtype=np.int64),
        think_us=np.array([_us(think) for think, _ in turns], dtype=np.int64),
        hold_us=column(lambda row: _us(row.get("hold", 0))),
    )


@pytest.fixture(scope="session")
def trace():
    """Make a trace, see ``a_trace``."""
    return a_trace


@pytest.fixture(scope="session")
def staff():
    """Make staff from rows {"shifts": [[(start_s, end_s), ...], ...], "group": 0, "tenure": 1.0, "weight": 1.0}.

    A shift is a list of spans at work; what lies between them is a break.
    """

    def make(*rows):
        rows = [row if isinstance(row, dict) else {"shifts": row} for row in rows]
        spans, ends = [], []
        for row in rows:
            pairs = [(span, shift[-1][1]) for shift in row["shifts"] for span in shift]
            spans.append(tuple((round(a * US_PER_S), round(b * US_PER_S)) for (a, b), _ in pairs))
            ends.append(tuple(round(end * US_PER_S) for _, end in pairs))
        return Staff(
            names=tuple(f"a{number}" for number in range(len(rows))),
            group=np.array([row.get("group", 0) for row in rows], dtype=np.int64),
            tenure_factor=np.array([row.get("tenure", 1.0) for row in rows]),
            spans=tuple(spans),
            shift_ends=tuple(ends),
            weight=np.array([row.get("weight", 1.0) for row in rows]),
        )

    return make


class Seen:
    """What a run shows, in seconds; one entry per attempt of the log."""

    def __init__(self, trace, played, staff):
        self.trace, self.played, self.staff = trace, played, staff
        self.log, self.messages = logs_of(trace, played, staff)

    @staticmethod
    def _seconds(column):
        return [None if value == NOBODY else value / US_PER_S for value in column.tolist()]

    @property
    def run(self):
        return FloorRun.of(self.trace, self.played, self.staff)

    @property
    def offered(self):
        return self._seconds(self.log.offered_us)

    @property
    def taken(self):
        return self._seconds(self.log.taken_us)

    @property
    def answered(self):
        return self._seconds(self.log.answered_us)

    @property
    def ended(self):
        return self._seconds(self.log.ended_us)

    @property
    def replied(self):
        return self._seconds(self.messages.replied_us)

    @property
    def asked(self):
        return self._seconds(self.messages.asked_us)

    @property
    def agents(self):
        return self.log.agent.tolist()

    @property
    def hops(self):
        return self.log.hops.tolist()

    @property
    def outcomes(self):
        return [Outcome(value).name for value in self.log.outcome.tolist()]

    @property
    def causes(self):
        return [Cause(value).name for value in self.log.cause.tolist()]

    @property
    def waits(self):
        waits_us = self.log.answered_us - self.log.offered_us
        return self._seconds(np.where(self.log.answered_us == NOBODY, NOBODY, waits_us))

    @property
    def busy(self):
        return self._seconds(self.played.busy_us)

    @property
    def working(self):
        return self._seconds(self.played.working_us)

    @property
    def at_work(self):
        return self._seconds(self.played.at_work_us)


ENGINES = {
    "readable": play_readable,
    "readable_full": play_full,
    "compiled": lambda scenario, trace, staff: CompiledFloor(scenario).play(trace, staff),
    "compiled_full": lambda scenario, trace, staff: CompiledFloor(scenario).play_full(trace, staff),
}


@pytest.fixture(scope="session", params=ENGINES)
def play(request):
    """Play a trace and show what happened, by both engines, each in its plain form for calls and in its full one."""
    engine = ENGINES[request.param]

    def run(scenario, trace, staff):
        check_fits(scenario, trace, staff)
        return Seen(trace, engine(scenario, trace, staff), staff)

    return run


@pytest.fixture(scope="session")
def forecast():
    """Make a forecast with a constant number of contacts per open interval and type."""

    def make(scenario, per_interval, work_s=300.0, *, uncertainty=None):
        grid = scenario.horizon
        shape = (grid.intervals, len(scenario.contact_types))
        expected = np.where(grid.open_intervals()[:, None], np.broadcast_to(per_interval, shape), 0.0)
        law = uncertainty or DemandUncertainty((0.0,) * len(grid.days))
        names = tuple(kind.name for kind in scenario.contact_types)
        return Forecast(grid, names, expected, np.broadcast_to(work_s, shape), law)

    return make
