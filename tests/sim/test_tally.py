"""Counting: every count against a plain recount of the logs, and by worked examples."""

import math
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.measures.counting
import sim.measures.tally
from scenarios import (
    NOBODY,
    US_PER_S,
    Cause,
    Channel,
    ContactLog,
    Group,
    Law,
    LawKind,
    MessageLog,
    Messages,
    Outcome,
    PlanningError,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
)
from sim.floor.log import logs_of
from sim.floor.played import Played
from sim.floor.staff import staff_always_on
from sim.measures.cells import Per, cells_of
from sim.measures.counting import AGES_H, CELL_COUNTS, DAY_COUNTS, REPLY_CAP_S
from sim.measures.tally import GROUP_COUNTS, STATES, Tallier, tally
from sim.model import play_readable

HOUR = 3600
CALL, CHAT, MAIL = range(3)
OPEN = ((8, 22), (8, 22), None, (8, 12))
FOLLOWING = {
    Cause.REDIAL: "redials", Cause.MESSAGE: "messages_left", Cause.REOPENED: "reopened",
    Cause.RECONTACT: "recontacts", Cause.ESCALATION: "escalations", Cause.TRANSFER: "transfers",
    Cause.DEPARTMENT: "departments", Cause.TICKET: "cases",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """Calls, chats by messages and mail, two groups, four dates of which one is closed."""
    talk = Law(LawKind.CONSTANT, 20.0)
    kinds = (
        kind("call", redial=None),
        kind("chat", Channel.CHAT, messages=Messages(1.0, talk, talk, talk), work_s=talk),
        kind("mail", Channel.TICKET, due_within_s=7200.0),
    )
    groups = (
        Group("phones", (), (Serve("call"), Serve("mail", 3))),
        Group("desk", (), (Serve("chat"), Serve("mail", 3)), chat_cap=3),
    )
    routes = (
        Route("call", (RouteStep("phones"),)),
        Route("chat", (RouteStep("desk"),)),
        Route("mail", (RouteStep("phones"), RouteStep("desk", 600.0))),
    )
    promise = ServiceTarget("promise", ("call", "chat"), answer_within_s=20.0, reply_within_s=45.0)
    return scenario(kinds, groups, routes, hours=OPEN, targets=(promise,))


def later_rows(depth):
    """What may follow: nothing, or an attempt of any type that something may follow again."""
    if not depth:
        return st.none()
    return st.none() | st.builds(
        lambda row, after, lost, then: row | {"after": after, "lost": lost, "then": then},
        some_rows(), st.integers(1, 9000), later_rows(depth - 1), later_rows(depth - 1),
    )  # fmt: skip


def some_rows():
    """One attempt, whatever follows it."""
    call = st.fixed_dictionaries(
        {"kind": st.just(CALL), "work": st.integers(1, 900), "patience": st.integers(1, 400) | st.none()}
    )
    chat = st.fixed_dictionaries(
        {
            "kind": st.just(CHAT),
            "rounds": st.lists(st.tuples(st.integers(0, 300), st.integers(1, 900)), min_size=1, max_size=4).map(
                lambda turns: [(0, turns[0][1]), *turns[1:]]
            ),
            "patience": st.integers(1, 400) | st.none(),
            "hold": st.sampled_from([0, 60]),
        }
    )
    mail = st.fixed_dictionaries(
        {"kind": st.just(MAIL), "work": st.integers(1, 40_000), "due_within": st.integers(1, 90_000)}
    )
    causes = st.sampled_from([cause for cause in Cause if cause is not Cause.FIRST])
    return st.builds(lambda row, cause: row | {"cause": cause}, call | chat | mail, causes)


def a_day():
    """Root contacts at any time of the four dates, some kept by the bot."""
    root = st.builds(
        lambda row, at, contained, lost, then: row
        | {"at": at, "contained": contained, "lost": lost, "then": then},
        some_rows(), st.integers(0, 96 * HOUR - 1), st.sampled_from([False, False, False, True]),
        later_rows(2), later_rows(2),
    )  # fmt: skip
    return st.lists(root, max_size=12).map(lambda rows: sorted(rows, key=lambda row: row["at"]))


def within_horizon(log, messages, end_us):
    """The logs without what was offered after the horizon, and without what follows that."""
    seen, last_root = [], None
    for root, attempt, offered in zip(log.root, log.attempt, log.offered_us, strict=True):
        seen.append(offered < end_us and (attempt == 0 or seen[-1]))
        assert attempt == 0 or root == last_root
        last_root = root
    seen = np.array(seen, dtype=bool)
    chosen = seen[messages.entry]
    entry = (np.cumsum(seen) - 1)[messages.entry[chosen]]
    columns = {field.name: getattr(messages, field.name)[chosen] for field in fields(messages)}
    kept = ContactLog(**{field.name: getattr(log, field.name)[seen] for field in fields(log)})
    return kept, MessageLog(**columns | {"entry": entry})


def recount(scenario, run_logs, trace, played, staff):
    """Count everything again from the logs, row by row, in plain Python."""
    log, messages = within_horizon(*run_logs, scenario.horizon.end_us)
    grid, found = scenario.horizon, Counter()
    day_of, is_open = grid.day_of_interval(), grid.open_intervals()
    tenure = staff.tenure_factor

    def place(us, kind):
        number = min(int(us) // grid.interval_us, grid.intervals - 1)
        while kind != MAIL and number > 0 and not is_open[number]:
            number -= 1
        return number

    def add(name, us, kind, much=1):
        number = place(us, kind)
        if name in DAY_COUNTS:
            number = int(day_of[number]) if day_of[number] >= 0 else len(grid.days)
        found[name, number, kind] += int(much)

    within = {CALL: 20, CHAT: 20, MAIL: 30}
    rows = {int(row): number for number, row in enumerate(log.row)}
    for i in range(len(log)):
        kind, offered, ended = int(log.contact_type[i]), log.offered_us[i], log.ended_us[i]
        outcome, row = log.outcome[i], int(log.row[i])
        if outcome == Outcome.BOT:
            add("bot_contained", offered, kind)
            continue
        add("offered", offered, kind)
        add("hops", offered, kind, log.hops[i])
        if log.answered_us[i] != NOBODY:
            wait = log.answered_us[i] - offered
            add("answered", offered, kind)
            add("wait_us", offered, kind, wait)
            add("in_time", offered, kind, wait <= within[kind] * US_PER_S)
        add("abandoned", offered, kind, outcome == Outcome.ABANDONED)
        add("closed_out", offered, kind, outcome == Outcome.CLOSED_OUT)
        if log.taken_us[i] != NOBODY and ended != NOBODY:
            add("handled", offered, kind)
            add("session_us", offered, kind, ended - log.taken_us[i])
            if kind != CHAT:
                add("work_us", offered, kind, math.floor(int(trace.work_us[row]) * tenure[log.agent[i]] + 0.5))
            if ended < grid.end_us:
                found["finished", int(ended) // grid.interval_us, kind] += 1
        for ahead in (trace.if_lost[row], trace.if_answered[row]):
            if ahead in rows:
                add(FOLLOWING[Cause(trace.cause[ahead])], offered, kind)
        moved = (kind != MAIL and log.hops[i] > 0) or any(
            ahead in rows and trace.cause[ahead] == Cause.TRANSFER
            for ahead in (trace.if_lost[row], trace.if_answered[row])
        )
        add("transferred", offered, kind, moved)
        if kind == MAIL:
            recount_ticket(found, add, grid, log, i, offered + trace.due_after_us[row])
    recount_rounds(add, log, messages, trace, tenure)
    recount_matters(add, log)
    return found


def recount_rounds(add, log, messages, trace, tenure):
    for j in range(len(messages)):
        i = int(messages.entry[j])
        asked, replied, kind = messages.asked_us[j], messages.replied_us[j], CHAT
        add("rounds", asked, kind)
        if replied == NOBODY:
            add("reply_capped_us", asked, kind, REPLY_CAP_S * US_PER_S)
            continue
        took = replied - asked
        add("replied", asked, kind)
        add("reply_us", asked, kind, took)
        add("replies_in_time", asked, kind, took <= 45 * US_PER_S)
        add("reply_capped_us", asked, kind, min(took, REPLY_CAP_S * US_PER_S))
        work = int(trace.round_work_us[trace.first_round[log.row[i]] + messages.number[j]])
        add("work_us", log.offered_us[i], kind, math.floor(work * tenure[log.agent[i]] + 0.5))


def recount_ticket(found, add, grid, log, i, due):
    offered, taken, ended = log.offered_us[i], log.taken_us[i], log.ended_us[i]
    done = ended != NOBODY
    late = ended > due if done else due <= grid.end_us
    add("overdue", offered, MAIL, late)
    add("settled", offered, MAIL, late or done)
    for number in range(grid.intervals):
        end = (number + 1) * grid.interval_us
        if offered < end and (not done or ended > end):
            found["backlog", number, MAIL] += 1
            found["overdue_open", number, MAIL] += int(due < end)
            for age in AGES_H:
                found[f"aged_{age}h", number, MAIL] += int(offered + age * HOUR * US_PER_S < end)
    for age in AGES_H:
        limit = offered + age * HOUR * US_PER_S
        if limit <= grid.end_us:
            add(f"watched_{age}h", offered, MAIL)
            add(f"responded_{age}h", offered, MAIL, taken != NOBODY and taken <= limit)
            add(f"closed_{age}h", offered, MAIL, done and ended <= limit)


def recount_matters(add, log):
    by_root = {}
    for i in range(len(log)):
        if log.outcome[i] != Outcome.BOT:
            by_root.setdefault(int(log.root[i]), []).append(i)
    for rows in by_root.values():
        at, kind = log.offered_us[rows[0]], int(log.contact_type[rows[0]])
        handled = [log.taken_us[i] != NOBODY and log.ended_us[i] != NOBODY for i in rows]
        causes = {Cause(log.cause[i]) for i in rows[1:]}
        moves = sum(log.hops[i] for i in rows if log.contact_type[i] != MAIL)
        moves += sum(log.cause[i] == Cause.TRANSFER for i in rows[1:])
        add("matters", at, kind)
        add("matters_retransferred", at, kind, moves > 1)
        if any(handled):
            onward = {Cause.ESCALATION, Cause.TRANSFER, Cause.DEPARTMENT, Cause.TICKET}
            add("matters_answered", at, kind)
            add("matters_first", at, kind, handled.index(True) == len(rows) - 1)
            add("matters_once", at, kind, not causes & {Cause.RECONTACT, Cause.REOPENED})
            add("matters_first_line", at, kind, not causes & onward)
        if handled[-1]:
            add("matters_resolved", at, kind)
            add("close_us", at, kind, log.ended_us[rows[-1]] - at)


STAFF = [
    {"shifts": [[(8 * HOUR, 20 * HOUR)], [(32 * HOUR, 46 * HOUR)]], "group": 0},
    {"shifts": [[(9 * HOUR, 22 * HOUR)], [(80 * HOUR, 84 * HOUR)]], "group": 1, "tenure": 1.5},
]


@given(rows=a_day())
@settings(max_examples=60, deadline=None)
def test_every_count_is_what_a_recount_of_the_logs_gives(rows, shop, trace, staff):
    day, people = trace(*rows), staff(*STAFF)
    played = play_readable(shop, day, people)
    found = tally(shop, day, played, people)
    expected = recount(shop, logs_of(day, played, people), day, played, people)

    for name in (*CELL_COUNTS, *DAY_COUNTS):
        counts = found.count(name)
        if name.endswith("_us"):  # kept to the millisecond
            expected = {
                key: (value + 500) // 1000 * 1000 if key[0] == name else value for key, value in expected.items()
            }
        assert {(name, *key): value for key, value in np.ndenumerate(counts) if value} == {
            key: value for key, value in expected.items() if key[0] == name and value
        }
    assert found.waits.sum() == found.count("answered").sum()


@given(rows=a_day())
@settings(max_examples=25, deadline=None)
def test_coarser_counts_are_sums_of_the_finer_and_states_their_ends(rows, shop, trace, staff):
    day, people = trace(*rows), staff(*STAFF)
    played = play_readable(shop, day, people)
    fine = Tallier(shop).tally(day, played, people)
    for per in (Per.HOUR, Per.DAY):
        coarse, cells = Tallier(shop, per).tally(day, played, people), cells_of(shop.horizon, per)
        for name in CELL_COUNTS:
            counts = fine.count(name)
            if name in STATES:
                expected = counts[cells.last_interval]
            else:
                own = [cells.of_interval == cell for cell in range(len(cells))]
                expected = np.array([counts[which].sum(axis=0) for which in own])
            assert (coarse.count(name) == expected).all(), name
        assert all((coarse.count(name) == fine.count(name)).all() for name in (*DAY_COUNTS, *GROUP_COUNTS))


def test_hours_and_days_have_a_cell_for_what_lies_outside(shop):
    days, hours = cells_of(shop.horizon, Per.DAY), cells_of(shop.horizon, Per.HOUR)

    assert days.day.tolist() == [0, 1, 2, -1]
    assert (len(hours), hours.day[-1]) == (14 + 14 + 4 + 1, -1)
    assert hours.hour_min[:3].tolist() == [8 * 60, 9 * 60, 10 * 60]
    assert set(hours.minutes[:-1].tolist()) == {60}
    assert days.minutes.sum() == shop.horizon.intervals * 15


def test_a_group_is_counted_over_the_whole_horizon(shop, trace, staff):
    people = staff(*STAFF)
    day = trace({"at": 9 * HOUR, "work": 100}, {"at": 9 * HOUR + 1, "kind": CHAT, "rounds": [40, (10, 20)], "hold": 30})
    found = tally(shop, day, play_readable(shop, day, people), people)

    assert found.count("handled_by_group").tolist() == [1, 1]
    assert found.count("people").tolist() == [1, 1]
    # The chat: typing 60 and 30 s at a tenure factor of 1.5, a think time of 10 s between them, 30 s of silence.
    assert (found.count("busy_us") / US_PER_S).tolist() == [100, 130]
    assert (found.count("working_us") / US_PER_S).tolist() == [100, 90]
    assert (found.count("paid_us") / (HOUR * US_PER_S)).tolist() == [26, 17]
    paid = Tallier(shop).tally(day, play_readable(shop, day, people), people, np.array([1, 2]))
    assert paid.count("paid_us").tolist() == [1, 2]


def test_nobody_and_nothing_make_a_tally_of_zeros(shop, trace):
    empty = Played.empty(np.zeros(0, dtype=np.int64), 0, 0)
    found = tally(shop, trace(), empty, staff_always_on(shop, {}))

    assert not any(found.count(name).any() for name in (*CELL_COUNTS, *DAY_COUNTS, *GROUP_COUNTS))
    assert found.equals(tally(shop, trace(), empty, staff_always_on(shop, {})))


def test_counts_are_kept_small_and_read_only(shop, trace, staff):
    people = staff(*STAFF)
    day = trace(*[{"at": 9 * HOUR + number, "work": 1, "patience": 5} for number in range(200)])
    found = tally(shop, day, play_readable(shop, day, people), people)

    assert found.packed("offered").dtype == np.int16  # 200 in one interval
    assert found.packed("rounds").dtype == np.int8
    assert not found.packed("offered").flags.writeable
    # 384 intervals of three types: 17 counts of a byte or two, two sums of four; much less than whole words.
    assert found.nbytes < 384 * 3 * 30 + 5 * 3 * 31 * 4 + 5 * 3 * 168 + 200


def test_an_unknown_fineness_is_refused(shop):
    with pytest.raises(PlanningError, match=r"Tallier\.per is minute; expected one of: interval, hour, day"):
        Tallier(shop, "minute")


@given(rows=a_day())
@settings(max_examples=12, deadline=None)
def test_compiled_counts_are_those_of_the_python_they_are_written_as(rows, shop, trace, staff):
    day, people = trace(*rows), staff(*STAFF)
    played = play_readable(shop, day, people)
    compiled = tally(shop, day, played, people)

    with pytest.MonkeyPatch.context() as uncompiled:
        for module in (sim.measures.counting, sim.measures.tally):
            for name, value in list(vars(module).items()):
                if hasattr(value, "py_func"):
                    uncompiled.setattr(module, name, value.py_func)
        assert tally(shop, day, played, people).equals(compiled)
