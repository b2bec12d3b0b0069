"""Both dispatchers against the slow reference in conftest.py, on random days with as many ties as possible."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NEVER_US,
    NOBODY,
    AgentChoice,
    Channel,
    ContactTrace,
    Group,
    Law,
    LawKind,
    Redial,
    Route,
    RouteStep,
    Serve,
)
from sim import Staff, simulate
from sim.model import answer_limits_us, is_plain, play_full, play_plain

UNIT_US = 10_000_000
CLOSES = 30  # units: the service closes after five minutes
ROUTED = (0.0, 20.0, 50.0)


def rows_of(log):
    names = ("root", "attempt", "contact_type", "offered_us", "answered_us", "ended_us", "outcome", "agent", "hops")
    return [tuple(int(value) for value in row) for row in zip(*(getattr(log, name) for name in names), strict=True)]


units = st.integers(0, CLOSES + 4)


@st.composite
def people(draw, groups):
    """Up to five people; shifts on a coarse grid, so that everything happens at once as often as possible."""
    spans, ends, rows = [], [], draw(st.integers(1, 5))
    for _ in range(rows):
        start = draw(st.integers(0, 15))
        lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
        mine, now = [], start
        for number, length in enumerate(lengths):
            if number % 2 == 0:
                mine.append((now, now + length))
            now += length
        cut = draw(st.integers(0, len(mine)))  # spans before it are one shift, the others another
        mine_ends = [mine[cut - 1][1] if number < cut else mine[-1][1] for number in range(len(mine))]
        spans.append(tuple((a * UNIT_US, b * UNIT_US) for a, b in mine))
        ends.append(tuple(end * UNIT_US for end in mine_ends))
    tenure = draw(st.lists(st.sampled_from([1.0, 0.5, 1.3]), min_size=rows, max_size=rows))
    group = draw(st.lists(st.integers(0, groups - 1), min_size=rows, max_size=rows))
    names = tuple(f"a{number}" for number in range(rows))
    return Staff(names, np.array(group), np.array(tenure), tuple(spans), tuple(ends))


@st.composite
def contacts(draw, channels, *, redial=True):
    count = draw(st.integers(0, 14))

    def column(strategy):
        return np.array(draw(st.lists(strategy, min_size=count, max_size=count)), dtype=np.int64)

    kind = column(st.integers(0, len(channels) - 1))
    arrival = np.sort(column(units)) * UNIT_US
    ticket = np.array([channels[number] is Channel.TICKET for number in kind], dtype=np.bool_)
    # Odd microseconds beside whole units: ties and near-ties both.
    work = np.stack([column(st.integers(1, 9)) * UNIT_US + column(st.sampled_from([0, 0, 1])) for _ in range(2)])
    patience = np.stack(
        [column(st.sampled_from([0, 1, 2, 5, 40])) * UNIT_US + 1 - column(st.integers(0, 1)) for _ in range(2)]
    )
    again = np.where(redial & ~ticket, column(st.sampled_from([NOBODY, UNIT_US, 3 * UNIT_US])), NOBODY)
    return ContactTrace(
        contact_type=kind,
        arrival_us=arrival,
        contained=column(st.sampled_from([0, 0, 0, 1])).astype(np.bool_) & ~ticket,
        due_us=np.where(ticket, arrival + column(st.integers(1, 20)) * UNIT_US, NEVER_US),
        work_us=work,
        patience_us=np.where(ticket, NEVER_US, np.maximum(1, patience)),
        redial_after_us=np.stack([again, np.full(count, NOBODY)]),
    )


@st.composite
def full_floors(draw, kind, scenario, horizon):
    channels = draw(st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=3))
    kinds = [kind(f"k{number}", channel) for number, channel in enumerate(channels)]
    names = ["g0", "g1"][: draw(st.integers(1, 2))]
    groups = []
    for name in names:
        cap = draw(st.integers(1, 3))
        serves = tuple(
            Serve(k.name, draw(st.integers(0, 1)), draw(st.sampled_from([1.0, 2.5]))) for k in kinds
        )  # fmt: skip
        groups.append(Group(name, (), serves, cap, (1.0, 0.75, 0.6)[:cap], draw(st.sampled_from(list(AgentChoice)))))
    routes = []
    for k in kinds:
        order = draw(st.permutations(names))
        waits = [0.0, draw(st.sampled_from(ROUTED))]
        routes.append(Route(k.name, tuple(RouteStep(n, w) for n, w in zip(order, waits, strict=False))))
    floor = scenario(kinds, groups, routes, horizon=horizon(((0, 1 / 12),), interval_min=5))
    return floor, draw(contacts(channels)), draw(people(len(names)))


@given(data=st.data())
@settings(max_examples=250, deadline=None)
def test_the_model_agrees_with_a_slow_reference_on_every_attempt(data, kind, scenario, horizon, reference_rows):
    floor, trace, staff = data.draw(full_floors(kind, scenario, horizon))

    assert rows_of(simulate(floor, trace, staff).log) == reference_rows(floor, trace, staff)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_the_plain_floor_leaves_the_same_log_as_the_full_one(data, kind, scenario, horizon):
    floor = scenario([kind()], horizon=horizon(((0, 1 / 12),), interval_min=5))
    trace, staff = data.draw(contacts([Channel.VOICE], redial=False)), data.draw(people(1))
    limits = answer_limits_us(floor, trace)
    pace = [round(factor * 1_000_000) for factor in staff.tenure_factor.tolist()]

    assert is_plain(floor, trace, staff)
    plain = play_plain(floor, trace, limits, staff, pace)
    full = play_full(floor, trace, limits, staff, pace)
    assert plain.log.fingerprint() == full.log.fingerprint()
    assert plain.busy_us.tolist() == full.busy_us.tolist()
    assert plain.at_work_us.tolist() == full.at_work_us.tolist()


def test_what_needs_more_than_the_plain_floor_goes_to_the_full_one(kind, scenario, trace, staff):
    one, day = trace((0, 60)), staff([[(0, 3600)]])
    again = Redial(0.5, Law(LawKind.EXPONENTIAL, 60.0))
    calls = scenario([kind(redial=again)])

    assert is_plain(calls, one, day)
    assert not is_plain(calls, trace({"at": 0, "work": 60, "redial": [5]}), day)
    assert not is_plain(scenario([kind("chat", Channel.CHAT)]), one, day)
    assert not is_plain(scenario([kind(), kind("other")]), trace((0, 60), {"at": 1, "work": 2, "kind": 1}), day)


@pytest.mark.parametrize("play", [play_plain, play_full])
def test_both_floors_play_a_day_without_contacts(play, scenario, trace, staff):
    floor, nothing, day = scenario(), trace(), staff([[(0, 60), (90, 120)]])

    run = play(floor, nothing, answer_limits_us(floor, nothing), day, [1_000_000])
    assert len(run.log) == 0
    assert run.at_work_us.tolist() == [90_000_000]
