"""Builders of small floors: times in whole seconds, one line per fact."""

from datetime import date

import numpy as np
import pytest

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
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
    Opening,
    Outcome,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
)
from sim import Staff, simulate


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


@pytest.fixture(scope="session")
def trace():
    """Make a trace from rows (arrival_s, work_s) with optional patience_s, kind, due_s, redial_s, contained."""

    def make(*rows):
        rows = [row if isinstance(row, dict) else {"at": row[0], "work": row[1]} for row in rows]
        attempts = 1 + max((len(row.get("redial", ())) for row in rows), default=0)
        work = np.ones((attempts, len(rows)), dtype=np.int64)
        patience = np.full((attempts, len(rows)), NEVER_US, dtype=np.int64)
        redial = np.full((attempts, len(rows)), NOBODY, dtype=np.int64)
        for number, row in enumerate(rows):
            work[:, number] = round(row["work"] * US_PER_S)
            if "patience" in row:
                patience[:, number] = round(row["patience"] * US_PER_S)
            for attempt, delay in enumerate(row.get("redial", ())):
                redial[attempt, number] = round(delay * US_PER_S)
        due = [round(row["due"] * US_PER_S) if "due" in row else NEVER_US for row in rows]
        return ContactTrace(
            contact_type=np.array([row.get("kind", 0) for row in rows], dtype=np.int64),
            arrival_us=np.array([round(row["at"] * US_PER_S) for row in rows], dtype=np.int64),
            contained=np.array([row.get("contained", False) for row in rows], dtype=np.bool_),
            due_us=np.array(due, dtype=np.int64),
            work_us=work,
            patience_us=patience,
            redial_after_us=redial,
        )

    return make


@pytest.fixture(scope="session")
def staff():
    """Make staff from rows {"shifts": [[(start_s, end_s), ...], ...], "group": 0, "tenure": 1.0}.

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
        )

    return make


class Seen:
    """What a run shows, in seconds."""

    def __init__(self, run):
        self.run = run
        self.log = run.log

    def _seconds(self, column):
        return [None if value == NOBODY else value / US_PER_S for value in column.tolist()]

    @property
    def answered(self):
        return self._seconds(self.log.answered_us)

    @property
    def ended(self):
        return self._seconds(self.log.ended_us)

    @property
    def agents(self):
        return self.log.agent.tolist()

    @property
    def outcomes(self):
        return [Outcome(value).name for value in self.log.outcome.tolist()]

    @property
    def waits(self):
        waits_us = self.log.answered_us - self.log.offered_us
        return self._seconds(np.where(self.log.answered_us == NOBODY, NOBODY, waits_us))


@pytest.fixture(scope="session")
def play():
    """Play a trace and show what happened."""
    return lambda scenario, trace, staff: Seen(simulate(scenario, trace, staff))


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
