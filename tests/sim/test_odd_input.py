"""What is odd has a defined result, on both engines, and never hangs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NOBODY,
    Agent,
    Assignment,
    AtClosing,
    Channel,
    Contract,
    Group,
    Outcome,
    PlanningError,
    Roster,
    Route,
    RouteStep,
    Serve,
    ShiftTemplate,
)
from sim import Engine, Tallier, draw_absence, replicate, simulate, staff_always_on, staff_from_roster
from sim.compiled import CompiledFloor
from sim.engine import FloorRun
from sim.model import play_full

pytestmark = pytest.mark.timeout(180)  # a first compilation included; each of these takes a moment

DAY_S = 24 * 3600
US = 1e-6
CALL, CHAT, MAIL = range(3)


@pytest.fixture
def shop(scenario, kind):
    """Calls, chats by slots and mails, all served by one group, from eight to nine."""

    def make(**more):
        kinds = [kind("call"), kind("chat", Channel.CHAT), kind("mail", Channel.TICKET, due_within_s=600.0)]
        return scenario(kinds, hours=((8, 9),), **more)

    return make


def test_without_anybody_buyers_give_up_or_are_closed_out_and_tickets_stay_open(shop, trace, staff, play):
    day = trace(
        {"at": 8 * 3600, "work": 10, "patience": 30},
        {"at": 8 * 3600, "work": 10, "kind": CHAT},
        {"at": 8 * 3600, "work": 10, "kind": MAIL, "due_within": 60},
    )
    seen = play(shop(), day, staff())

    assert seen.outcomes == ["ABANDONED", "CLOSED_OUT", "OPEN"]
    assert seen.ended == [8 * 3600 + 30, 9 * 3600, None]


def test_a_day_on_which_nobody_comes_leaves_an_empty_log_and_idle_people(shop, trace, staff, play):
    seen = play(shop(), trace(), staff([[(8 * 3600, 9 * 3600)]]))

    assert len(seen.log) == 0
    assert (seen.busy, seen.working, seen.at_work) == ([0], [0], [3600])


def test_neither_contacts_nor_people_is_a_day_too(shop, trace, staff, play):
    seen = play(shop(), trace(), staff())

    assert (len(seen.log), seen.busy) == (0, [])


def test_a_study_of_days_without_contacts_has_no_shares(shop, forecast):
    floor = shop()
    study = replicate(
        floor, forecast(floor, 0.0), staff_always_on(floor, {"g": 1}), replications=2, seed=1, purpose="odd"
    )

    assert study.offered.sum() == 0
    assert study.day_share("promise").tolist() == [[1.0], [1.0]]  # no promise was broken
    shares = [row.estimate.value for row in study.report(intervals=False).kpis if row.kpi == "share_in_time"]
    assert np.isnan(shares).all()


def test_endless_patience_on_a_line_served_at_closing_ends_a_day_later(scenario, kind, trace, staff, play):
    floor = scenario([kind(at_closing=AtClosing.SERVED)], hours=((8, 9),))
    seen = play(floor, trace({"at": 8.5 * 3600, "work": 10}), staff())

    assert seen.outcomes == ["CLOSED_OUT"]
    assert seen.ended == [9 * 3600 + DAY_S]


def test_people_of_a_group_nobody_is_routed_to_stay_idle(scenario, kind, trace, staff, play):
    groups = [Group("g", (), (Serve("call"),)), Group("spare", (), (Serve("call"),)), Group("empty", (), ())]
    floor = scenario([kind("call")], groups, [Route("call", (RouteStep("g"),))])
    people = staff({"shifts": [[(0, 100)]]}, {"shifts": [[(0, 100)]], "group": 1}, {"shifts": [[(0, 100)]], "group": 2})
    seen = play(floor, trace((0, 10), (0, 10)), people)

    assert seen.agents == [0, 0]
    assert seen.busy == [20, 0, 0]


def test_somebody_at_work_for_a_microsecond_takes_who_comes_at_that_moment_and_finishes(scenario, trace, staff, play):
    day = trace((5, 10), (5 + US, 10), (6, 10))
    seen = play(scenario(hours=((0, 1),)), day, staff([[(5, 5 + US)]]))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT", "CLOSED_OUT"]
    assert seen.ended[0] == 15
    assert seen.at_work == [10]


def test_everything_at_one_moment_is_played_in_the_order_of_the_rules(shop, trace, staff, play):
    """At nine sharp: one call ends, people come and go, the service closes, and everybody else arrives."""
    nine = 9 * 3600
    leaving, coming = [[(8 * 3600, nine)]], [[(nine, nine + 100)]]
    calls = [{"at": nine, "work": 10} for _ in range(20)]
    mails = [{"at": nine, "work": 10, "kind": MAIL, "due_within": 0} for _ in range(4)]
    day = trace({"at": nine - 10, "work": 10}, {"at": nine - 5, "work": 1}, *calls, *mails)
    seen = play(shop(), day, staff(leaving, coming))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"] + ["CLOSED_OUT"] * 20 + ["ANSWERED"] * 4
    assert seen.ended[0] == nine
    assert [seen.ended[row] for row in range(1, 22)] == [nine] * 21
    assert [seen.ended[row] - nine for row in range(22, 26)] == [10, 20, 30, 40]


def test_as_many_people_as_contacts_at_one_moment_take_one_each(scenario, trace, staff, play):
    people = staff(*[[[(10, 100)]]] * 30)
    seen = play(scenario(), trace(*[{"at": 10, "work": 5, "patience": US}] * 40), people)

    assert seen.outcomes == ["ANSWERED"] * 30 + ["ABANDONED"] * 10
    assert sorted(seen.agents[:30]) == list(range(30))
    assert set(seen.ended[30:]) == {10 + US}


def test_a_shift_beyond_the_horizon_is_worked_to_its_end(scenario, trace, staff, play):
    late = [[(23 * 3600, 30 * 3600)]]
    seen = play(scenario(), trace((24 * 3600 - 1, 10), {"at": 25 * 3600, "work": 10}), staff(late))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]  # the second finds the service closed
    assert seen.at_work == [7 * 3600]
    assert (seen.ended[0], seen.busy) == (24 * 3600 + 9, [10])


def test_a_shift_that_begins_after_the_horizon_leaves_the_day_as_it_is(scenario, trace, staff, play):
    seen = play(scenario(), trace((10, 10)), staff([[(40 * 3600, 41 * 3600)]]))

    assert seen.outcomes == ["CLOSED_OUT"]
    assert seen.busy == [0]


@pytest.mark.parametrize("column", [CALL, CHAT, MAIL])
def test_work_of_a_whole_day_is_finished_and_then_the_person_goes(shop, trace, staff, play, column):
    day = trace({"at": 8.9 * 3600, "work": DAY_S, "kind": column, **({"due_within": 60} if column == MAIL else {})})
    seen = play(shop(), day, staff([[(8 * 3600, 9 * 3600)]]))

    assert seen.outcomes == ["ANSWERED"]
    assert seen.ended == [8.9 * 3600 + DAY_S]
    assert seen.at_work == [0.9 * 3600 + DAY_S]


def test_counts_of_a_day_that_outlasts_its_horizon_hold_what_was_offered_within(shop, trace, staff):
    floor, people = shop(), staff([[(8 * 3600, 9 * 3600)]])
    day = trace({"at": 8.9 * 3600, "work": DAY_S}, {"at": 40 * 3600, "work": 5, "kind": MAIL, "due_within": 60})
    for engine in Engine:
        counts = Tallier(floor).tally(day, simulate(floor, day, people, engine=engine).played, people)
        assert counts.count("offered").sum() == 1  # the mail of the day after is not seen
        assert counts.count("busy_us").tolist() == [DAY_S * 10**6]


def test_a_call_that_lasts_for_years_is_refused_by_the_compiled_floor(shop, trace, staff):
    day = trace({"at": 8.5 * 3600, "work": 1e8})
    with pytest.raises(PlanningError, match="years"):
        CompiledFloor(shop()).play(day, staff(*[[[(8 * 3600, 9 * 3600)]]] * 4000))


def test_endless_patience_in_a_ladder_that_transfers_ends_at_closing_in_the_other_line(
    scenario, kind, trace, staff, play
):
    routes = [
        Route("call", (RouteStep("g"), RouteStep(transfer_to="hard", from_wait_s=60.0))),
        Route("hard", (RouteStep("g"),)),
    ]
    floor = scenario([kind("call"), kind("hard")], routes=tuple(routes), hours=((8, 9),))
    seen = play(floor, trace({"at": 8 * 3600, "work": 10}), staff())

    assert (seen.outcomes, seen.ended, seen.hops) == (["CLOSED_OUT"], [9 * 3600], [1])
    assert seen.log.line.tolist() == [1]


def test_a_roster_from_which_everybody_stays_away_is_a_floor_without_people(scenario, kind, trace):
    floor = scenario(
        [kind("call")], absence_share=1.0, contracts=(Contract("c", ("s",), 44.0, 30.0),),
        shift_templates=(ShiftTemplate("s", 60, 480, 480),), agents=(Agent("a", "c", ()),),
    )  # fmt: skip
    day = floor.horizon.days[0]
    roster = Roster((Assignment("a", day.date, "s", "g", 0, 3600 * 10**6),))
    absent = draw_absence(floor, roster, seed=1, replication=0, purpose="odd")
    nobody = staff_from_roster(floor, roster, absent=absent)

    assert (absent, nobody.scheduled_us().sum()) == (frozenset({0}), 0)
    for engine in Engine:
        assert simulate(floor, trace((0, 10)), nobody, engine=engine).log.ended_us.tolist() == [DAY_S * 10**6]


# --- any odd day: it ends, and both engines agree -----------------------------------------------------------------


def odd_rows(start):
    """Contacts of every kind at few moments, whose work and patience are a microsecond, a second or a day and more."""
    lengths = st.sampled_from([US, 1, 60, DAY_S])
    return st.lists(
        st.fixed_dictionaries({
            "at": st.sampled_from([0, start, start + US, start + 1, start + 3599, start + 3600, DAY_S, 2 * DAY_S]),
            "kind": st.sampled_from([CALL, CHAT, MAIL]),
            "work": lengths,
            "patience": st.one_of(st.none(), lengths),
        }),
        max_size=12,
    )  # fmt: skip


def odd_people(start):
    shifts = [
        [[(start, start + US)]],
        [[(start, start + 3600)]],
        [[(start, start + 1), (start + 1, start + 2)], [(start + 2, start + 3)]],
        [[(0, US), (start + 3599, 2 * DAY_S)]],
        [[(3 * DAY_S, 4 * DAY_S)]],
    ]
    return st.lists(
        st.fixed_dictionaries({"shifts": st.sampled_from(shifts), "tenure": st.sampled_from([0.01, 1.0, 10.0])}),
        max_size=4,
    )


@given(rows=odd_rows(8 * 3600), people=odd_people(8 * 3600))
@settings(max_examples=200, deadline=None)
def test_any_odd_day_ends_and_both_engines_agree_on_it(odd_floor, trace, staff, rows, people):
    rows = [row | ({"due_within": 60, "patience": None} if row["kind"] == MAIL else {}) for row in rows]
    day, team = trace(*sorted(rows, key=lambda row: row["at"])), staff(*people)
    played = play_full(odd_floor, day, team)

    assert CompiledFloor(odd_floor).play(day, team).equals(played)
    log = FloorRun.of(day, played, team).log
    assert log.root.tolist() == list(range(len(rows)))
    assert ((log.ended_us == NOBODY) == (log.outcome == Outcome.OPEN)).all()


@pytest.fixture(scope="module")
def odd_floor(scenario, kind):
    """Calls that are moved to the chats' neighbours, chats served after closing, mails; one group for all of them."""
    kinds = [
        kind("call"), kind("chat", Channel.CHAT, at_closing=AtClosing.SERVED),
        kind("mail", Channel.TICKET, due_within_s=60.0), kind("hard", at_closing=AtClosing.SERVED),
    ]  # fmt: skip
    routes = [
        Route("call", (RouteStep("g"), RouteStep(raise_priority=1, from_wait_s=US),
                       RouteStep(transfer_to="hard", from_wait_s=1.0))),
        *(Route(name, (RouteStep("g"),)) for name in ("chat", "mail", "hard")),
    ]  # fmt: skip
    groups = [Group("g", (), tuple(Serve(one.name) for one in kinds), 2, (1.0, 0.5))]
    return scenario(kinds, groups, routes, hours=((8, 9),))
