"""What holds on every floor, whatever comes: read off the logs of random days with every mechanism on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NOBODY,
    SHOP_OWES,
    AgentChoice,
    AtClosing,
    BotStage,
    Cause,
    Channel,
    DemandUncertainty,
    FollowUp,
    FollowUpKind,
    Group,
    LateBreaks,
    Law,
    LawKind,
    LeaveMessage,
    LongThink,
    Messages,
    Missorted,
    Outcome,
    Redial,
    Route,
    RouteStep,
    Serve,
)
from sim import Staff, draw_trace
from sim.compiled import CompiledFloor
from sim.engine import FloorRun
from sim.floor.clock import in_ppm, scaled_us
from sim.model import play_full

CALL, HARD, CHAT, MAIL = range(4)
HOUR_US = 3_600_000_000
LAST_CONTACT_MIN = 5.0
AFTER_A_LOSS = (Cause.REDIAL, Cause.MESSAGE)


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """Calls in two grades, chats by messages, mails; a group of each and one that does everything."""
    short, soon = Law(LawKind.EXPONENTIAL, 90.0), Law(LawKind.EXPONENTIAL, 200.0)
    again = FollowUp(FollowUpKind.RECONTACT, 0.2, delay_s=soon, by_tenure=True)
    talk = Messages(3.0, Law(LawKind.CONSTANT, 10.0), Law(LawKind.EXPONENTIAL, 40.0), Law(LawKind.EXPONENTIAL, 60.0),
                    120.0, LongThink.REOPENS)  # fmt: skip
    kinds = [
        kind("call", patience_s=short, redial=Redial(0.6, soon, 2), missorted=Missorted(0.1, "hard", short),
             follow_ups=(again, FollowUp(FollowUpKind.ESCALATION, 0.2, "hard"))),
        kind("hard", patience_s=short, message=LeaveMessage(0.5, "mail"), affinity=True, at_closing=AtClosing.SERVED,
             follow_ups=(FollowUp(FollowUpKind.DEPARTMENT, 0.3, delay_s=soon),)),
        kind("chat", Channel.CHAT, work_s=Law(LawKind.EXPONENTIAL, 90.0), patience_s=short, messages=talk,
             bot=BotStage(0.5, 0.4, 15.0), slots=2, beyond_cap=1,
             follow_ups=(FollowUp(FollowUpKind.TICKET, 0.2, "mail"),)),
        kind("mail", Channel.TICKET, due_within_s=7200.0),
    ]  # fmt: skip
    groups = [
        Group("calls", (), (Serve("call"), Serve("hard", 1, 2.0), Serve("mail", 9)), last_contact_min=LAST_CONTACT_MIN),
        Group("chats", (), (Serve("chat"),), 5, choice=AgentChoice.NOT_TYPING_FIRST),
        Group("all", (), (Serve("call", 1), Serve("hard"), Serve("chat", 1), Serve("mail", 9)), 3,
              choice=AgentChoice.WEIGHTED),
    ]  # fmt: skip
    routes = [
        Route("call", (RouteStep("calls"), RouteStep("all", 10.0), RouteStep(transfer_to="hard", from_wait_s=60.0))),
        Route("hard", (RouteStep("all"), RouteStep(raise_priority=3, from_wait_s=30.0), RouteStep("calls", 40.0))),
        Route("chat", (RouteStep("chats"), RouteStep("all", 20.0))),
        Route("mail", (RouteStep("all"), RouteStep("calls", 900.0))),
    ]
    return scenario(kinds, groups, routes, hours=((0, 3), (8, 10)), late_breaks=LateBreaks.PLANNED_END)


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
@settings(max_examples=60, deadline=None)
def test_every_law_of_the_floor_holds_on_random_days(day, shop, forecast):
    seed, people, volume = day
    staff = staff_of(people)
    law = DemandUncertainty((0.2, 0.2), 0.1, 0.5)
    trace = draw_trace(shop, forecast(shop, volume, uncertainty=law), seed=seed, replication=0, purpose="laws")
    played = play_full(shop, trace, staff)
    run = FloorRun.of(trace, played, staff)

    assert CompiledFloor(shop).play(trace, staff).equals(played)
    every_attempt_has_one_outcome(run.log, trace)
    attempts_follow_what_they_come_from(run.log, trace, staff, shop.horizon)
    answers_come_in_time_and_in_order(run.log, trace)
    agents_hold_what_they_may(run.log, staff, shop)
    agents_begin_only_at_work(run, staff)
    one_reply_at_a_time(run, trace, staff)


def every_attempt_has_one_outcome(log, trace):
    assert sorted(set(log.root.tolist())) == list(range(trace.roots))
    keys = list(zip(log.root.tolist(), log.attempt.tolist(), strict=True))
    assert keys == sorted(set(keys))
    answered = log.outcome == Outcome.ANSWERED
    assert (log.agent[answered] != NOBODY).all()
    live = log.contact_type != MAIL
    assert (log.taken_us[live & ~answered] == NOBODY).all()
    assert ((log.outcome == Outcome.OPEN) == ((log.ended_us == NOBODY) & ~live)).all()
    assert set(log.outcome[~live].tolist()) <= {Outcome.ANSWERED, Outcome.OPEN}


def when_open(horizon, times_us):
    """The next moment at which the service is open; the time itself where it is, or is never again."""
    days = [(day.opens_us, day.closes_us) for day in horizon.days]
    later = [min((max(time, opens) for opens, closes in days if time < closes), default=time) for time in times_us]
    return np.array(later, dtype=np.int64)


def attempts_follow_what_they_come_from(log, trace, staff, horizon):
    later = np.flatnonzero(log.attempt > 0)
    before = later - 1
    assert (log.root[before] == log.root[later]).all()
    assert (log.attempt[before] + 1 == log.attempt[later]).all()
    lost = np.isin(log.cause[later], AFTER_A_LOSS)
    ahead = np.where(lost, trace.if_lost[log.row[before]], trace.if_answered[log.row[before]])
    assert (ahead == log.row[later]).all()
    redials = log.cause[later] == Cause.REDIAL
    assert (log.outcome[before][redials] == Outcome.ABANDONED).all()
    assert np.isin(log.outcome[before][lost], (Outcome.ABANDONED, Outcome.CLOSED_OUT)).all()
    assert (log.outcome[before][~lost] == Outcome.ANSWERED).all()
    # A message follows at the moment of closing, everything else its delay after the end of the attempt before.
    delay_us = trace.delay_us[log.row[later]]
    delay_us = np.where(log.outcome[before] == Outcome.CLOSED_OUT, 0, delay_us)
    due_us = log.ended_us[before] + delay_us
    owed = np.isin(log.cause[later], SHOP_OWES) & (log.contact_type[later] != MAIL)
    assert (log.offered_us[later] == np.where(owed, when_open(horizon, due_us), due_us)).all()
    pace_ppm = np.array([in_ppm(factor) for factor in staff.tenure_factor], dtype=np.int64)
    needed = trace.need_ppm[log.row[before]][~lost]
    assert (pace_ppm[log.agent[before][~lost]] > needed).all()


def answers_come_in_time_and_in_order(log, trace):
    live = log.contact_type != MAIL
    patience = trace.patience_us[log.row]
    taken = (log.taken_us != NOBODY) & live
    assert (log.taken_us[taken] >= log.offered_us[taken]).all()
    assert (log.taken_us[taken] - log.offered_us[taken] <= patience[taken]).all()
    gone = log.outcome == Outcome.ABANDONED
    assert (log.ended_us[gone] - log.offered_us[gone] == patience[gone]).all()
    for line in (CALL, CHAT):  # the other type of calls knows affinity, which jumps the line
        mine = taken & (log.line == line) & (log.hops == 0)
        order = np.lexsort((log.root[mine], log.offered_us[mine]))
        assert (np.diff(log.taken_us[mine][order]) >= 0).all(), "first come, first served"


def agents_hold_what_they_may(log, staff, shop):
    """Calls and chats as intervals of their agent: never a call beside anything, never more slots than he has."""
    held = (log.taken_us != NOBODY) & (log.contact_type != MAIL)
    for agent in range(len(staff)):
        mine = held & (log.agent == agent)
        chat = log.contact_type[mine] == CHAT
        slots = shop.groups[staff.group[agent]].chat_cap + shop.contact_types[CHAT].beyond_cap
        weight = np.where(chat, shop.contact_types[CHAT].slots, slots)
        moments = np.concatenate([log.ended_us[mine], log.taken_us[mine]])
        change = np.concatenate([-weight, weight])
        # Ends come before beginnings of the same moment.
        order = np.lexsort((change, moments))
        assert np.cumsum(change[order]).max(initial=0) <= slots


def agents_begin_only_at_work(run, staff):
    """A live contact is begun inside the shift, and not in its last minutes; who works is busy, who is busy at work."""
    log, played = run.log, run.played
    begun = (log.taken_us != NOBODY) & (log.contact_type != MAIL)
    for agent in range(len(staff)):
        starts = log.taken_us[begun & (log.agent == agent)]
        first, last = staff.spans[agent][0][0], staff.spans[agent][-1][1]
        if staff.group[agent] == 0:
            last -= int(LAST_CONTACT_MIN) * 60_000_000 + 1
        assert ((starts >= first) & (starts <= last)).all()
    assert (played.working_us <= played.busy_us).all()
    assert (played.busy_us <= played.at_work_us).all()


def one_reply_at_a_time(run, trace, staff):
    """Replies of an agent never overlap, and none is begun before its message; a session closes after its hold."""
    log, messages = run.log, run.messages
    given = messages.replied_us != NOBODY
    entry, replied_us = messages.entry[given], messages.replied_us[given]
    place = trace.first_round[log.row[entry]] + messages.number[given]
    agent = log.agent[entry]
    pace_ppm = [in_ppm(factor) for factor in staff.tenure_factor]
    work_us = [scaled_us(int(trace.round_work_us[one]), pace_ppm[who]) for one, who in zip(place, agent, strict=True)]
    begun_us = replied_us - np.array(work_us, dtype=np.int64)
    assert (begun_us >= messages.asked_us[given]).all()
    assert (begun_us >= log.taken_us[entry]).all()
    order = np.lexsort((replied_us, agent))
    same = agent[order][1:] == agent[order][:-1]
    assert (begun_us[order][1:] >= replied_us[order][:-1])[same].all()
    last = np.flatnonzero(place + 1 == trace.first_round[log.row[entry] + 1])
    assert (log.ended_us[entry[last]] == replied_us[last] + trace.hold_us[log.row[entry[last]]]).all()
