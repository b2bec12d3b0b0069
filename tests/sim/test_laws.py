"""What holds on every floor, whatever comes: read off the log of random days with every mechanism on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NOBODY,
    AgentChoice,
    BotStage,
    Channel,
    DemandUncertainty,
    Group,
    Law,
    LawKind,
    Outcome,
    Redial,
    Route,
    RouteStep,
    Serve,
)
from sim import Staff, draw_trace, simulate, tally

CALL, CHAT, MAIL = 0, 1, 2
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """Calls, chats and mails; a group of each and one that does everything."""
    short = Law(LawKind.EXPONENTIAL, 90.0)
    kinds = [
        kind("call", patience_s=short, redial=Redial(0.6, Law(LawKind.EXPONENTIAL, 200.0), 2)),
        kind("chat", Channel.CHAT, work_s=Law(LawKind.LOGNORMAL, 300.0, 0.8), patience_s=short,
             bot=BotStage(0.5, 0.4, 15.0)),
        kind("mail", Channel.TICKET, due_within_s=7200.0),
    ]  # fmt: skip
    speeds = (1.0, 0.8, 0.7)
    groups = [
        Group("calls", (), (Serve("call"), Serve("mail", 9))),
        Group("chats", (), (Serve("chat"),), 3, speeds, AgentChoice.LEAST_LOADED),
        Group("all", (), (Serve("call"), Serve("chat", 1), Serve("mail", 9)), 3, speeds, AgentChoice.FASTEST),
    ]
    routes = [
        Route("call", (RouteStep("calls"), RouteStep("all", 10.0))),
        Route("chat", (RouteStep("chats"), RouteStep("all", 20.0))),
        Route("mail", (RouteStep("all"), RouteStep("calls", 900.0))),
    ]
    return scenario(kinds, groups, routes, hours=((0, 3), (8, 10)))


@st.composite
def days(draw):
    """A seed, people per group with shifts and breaks of whole ten minutes, and how much comes."""
    people = []
    for group, most in enumerate((6, 4, 5)):
        for _ in range(draw(st.integers(0, most))):
            start = draw(st.integers(0, 6))
            marks = start + np.cumsum([draw(st.integers(1, 6)) for _ in range(draw(st.sampled_from([1, 3, 5])) + 1)])
            spans = tuple(
                (int(a) * HOUR_US // 6, int(b) * HOUR_US // 6) for a, b in zip(marks[::2], marks[1::2], strict=True)
            )
            people.append((group, draw(st.sampled_from([1.0, 1.3])), spans))
    return draw(st.integers(0, 10**6)), people, draw(st.sampled_from([5.0, 15.0, 30.0]))


def staff_of(people):
    return Staff(
        names=tuple(f"a{number}" for number in range(len(people))),
        group=np.array([group for group, _, _ in people], dtype=np.int64),
        tenure_factor=np.array([tenure for _, tenure, _ in people]),
        spans=tuple(spans for _, _, spans in people),
        shift_ends=tuple((spans[-1][1],) * len(spans) for _, _, spans in people),
    )


@given(day=days())
@settings(max_examples=100, deadline=None)
def test_every_law_of_the_floor_holds_on_random_days(day, shop, forecast):
    seed, people, volume = day
    staff = staff_of(people)
    law = DemandUncertainty((0.2, 0.2), 0.1, 0.5)
    trace = draw_trace(shop, forecast(shop, volume, uncertainty=law), seed=seed, replication=0, purpose="laws")
    run = simulate(shop, trace, staff)
    log = run.log

    assert simulate(shop, trace, staff).log.fingerprint() == log.fingerprint()
    every_attempt_has_one_outcome(log, trace)
    answers_come_in_time_and_in_order(log, trace)
    agents_hold_what_they_may(log, staff, shop)
    agents_begin_only_at_work(log, run, staff)
    counts_add_up(tally(shop, run, staff), log)


def every_attempt_has_one_outcome(log, trace):
    assert sorted(set(log.root.tolist())) == list(range(len(trace)))
    keys = list(zip(log.root.tolist(), log.attempt.tolist(), strict=True))
    assert keys == sorted(set(keys))
    answered = log.outcome == Outcome.ANSWERED
    assert (log.agent[answered] != NOBODY).all()
    live = log.contact_type != MAIL
    assert (log.answered_us[live & ~answered] == NOBODY).all()
    assert ((log.outcome == Outcome.OPEN) == ((log.ended_us == NOBODY) & ~live)).all()
    assert set(log.outcome[~live].tolist()) <= {Outcome.ANSWERED, Outcome.OPEN}
    # Whoever came back had given up before, and came back at the drawn time.
    again = np.flatnonzero(log.attempt > 0)
    assert (log.outcome[again - 1] == Outcome.ABANDONED).all()
    delay = trace.redial_after_us[log.attempt[again] - 1, log.root[again]]
    assert (log.offered_us[again] == log.ended_us[again - 1] + delay).all()


def answers_come_in_time_and_in_order(log, trace):
    live = log.contact_type != MAIL
    patience = trace.patience_us[log.attempt, log.root]
    answered = (log.answered_us != NOBODY) & live
    assert (log.answered_us[answered] >= log.offered_us[answered]).all()
    assert (log.answered_us[answered] - log.offered_us[answered] <= patience[answered]).all()
    gone = log.outcome == Outcome.ABANDONED
    assert (log.ended_us[gone] - log.offered_us[gone] == patience[gone]).all()
    for kind in (CALL, CHAT):
        mine = answered & (log.contact_type == kind)
        order = np.lexsort((log.root[mine], log.offered_us[mine]))
        assert (np.diff(log.answered_us[mine][order]) >= 0).all(), "first come, first served"


def agents_hold_what_they_may(log, staff, shop):
    """Calls and chats as intervals of their agent: never a call beside anything, never more chats than the cap."""
    held = (log.answered_us != NOBODY) & (log.contact_type != MAIL)
    for agent in range(len(staff)):
        mine = held & (log.agent == agent)
        cap = shop.groups[staff.group[agent]].chat_cap
        weight = np.where(log.contact_type[mine] == CALL, cap, 1)
        moments = np.concatenate([log.ended_us[mine], log.answered_us[mine]])
        change = np.concatenate([-weight, weight])
        # Ends come before beginnings of the same moment.
        order = np.lexsort((change, moments))
        assert np.cumsum(change[order]).max(initial=0) <= cap


def agents_begin_only_at_work(log, run, staff):
    """A live contact is begun inside the shift; at work is never less than busy."""
    begun = (log.answered_us != NOBODY) & (log.contact_type != MAIL)
    for agent in range(len(staff)):
        starts = log.answered_us[begun & (log.agent == agent)]
        first, last = staff.spans[agent][0][0], staff.spans[agent][-1][1]
        assert ((starts >= first) & (starts <= last)).all()
    assert (run.busy_us <= run.at_work_us).all()


def counts_add_up(counts, log):
    total = counts.answered + counts.abandoned + counts.closed_out
    assert (counts.offered[:, :MAIL] == total[:, :MAIL]).all()
    assert counts.offered.sum() + counts.bot_contained.sum() == len(log)
    open_tickets = (log.outcome == Outcome.OPEN) & (log.answered_us == NOBODY)
    assert counts.offered[:, MAIL].sum() == counts.answered[:, MAIL].sum() + open_tickets.sum()
    assert (counts.in_time <= counts.answered).all()
    assert (counts.overdue <= counts.settled).all()
