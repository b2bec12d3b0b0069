"""A date of a named roster again: breaks, starts and activities."""

from datetime import date

import numpy as np
import pytest

from scenarios import (
    US_PER_MIN,
    Activity,
    Agent,
    Assignment,
    Break,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanningError,
    Requirement,
    Roster,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ShiftTemplate,
)
from scheduler.covering import replan_day
from scheduler.rostering.rules import check_rules

MONDAY = date(2026, 11, 9)
NINE, SEVENTEEN = 9 * 60, 17 * 60
LUNCH = BreakRule(60, False, 180, 270)


@pytest.fixture
def shop():
    """Three people, 9:00-17:00 on one date, one lunch each, starts at every half hour from 8:00 to 10:00."""
    return Scenario(
        name="shop",
        horizon=Horizon(MONDAY, 1, 30, "Asia/Shanghai", Opening((Hours(8 * 60, 18 * 60),) * 7)),
        contact_types=(ContactType("call", Channel.VOICE, Law(LawKind.EXPONENTIAL, 180.0)),),
        groups=(Group("phone", ("calls",), (Serve("call"),)),),
        routes=(Route("call", (RouteStep("phone"),)),),
        targets=(),
        contracts=(Contract("full", ("day",), 44, 40.0),),
        shift_templates=(ShiftTemplate("day", 480, 480, 600, 30, (LUNCH,)),),
        agents=tuple(Agent(name, "full", ("calls",)) for name in ("An", "Bo", "Cai")),
    )


@pytest.fixture
def roster(shop):
    """All three at nine, all at lunch at twelve."""
    at = [shop.horizon.us_at(MONDAY, minute) for minute in (NINE, SEVENTEEN, 12 * 60, 13 * 60)]
    lunch = Break(at[2], at[3], paid=False)
    return Roster(
        tuple(Assignment(agent.name, MONDAY, "day", "phone", at[0], at[1], (lunch,)) for agent in shop.agents)
    )


def need(shop, **hours):
    positions = np.zeros((shop.horizon.intervals, 1))
    for hour, people in hours.items():
        first = int(hour[1:]) * 2
        positions[first : first + 2] = people
    return Requirement(shop.horizon, ("phone",), positions)


def lunches(shop, outcome):
    midnight = shop.horizon.us_at(MONDAY, 0)
    return sorted((row.breaks[0].start_us - midnight) // US_PER_MIN for row in outcome.roster.assignments)


def test_lunches_part_so_that_somebody_is_always_there(shop, roster):
    outcome = replan_day(shop, need(shop, h12=2, h13=1, h14=3), roster, MONDAY)

    assert lunches(shop, outcome) == [12 * 60, 13 * 60, 13 * 60]
    assert outcome.plan.short.sum() == 0
    assert {row.agent for row in outcome.roster.assignments} == {"An", "Bo", "Cai"}
    assert check_rules(shop, outcome.roster) == check_rules(shop, roster)


def test_breaks_stay_where_moving_them_gains_nothing(shop, roster):
    everywhere = need(shop, h9=1, h14=3)

    assert replan_day(shop, everywhere, roster, MONDAY).roster == roster


def test_a_break_gives_way_to_an_activity_and_the_others_stay(shop, roster):
    talk = Activity("talk", ("Bo",), 60, from_min=12 * 60, to_min=13 * 60)

    outcome = replan_day(shop, need(shop, h9=1), roster, MONDAY, activities=(talk,))

    moved = [row.agent for row, was in zip(outcome.roster.assignments, roster.assignments, strict=True) if row != was]
    assert moved == ["Bo"]


def test_starts_move_within_their_slack_and_not_without(shop, roster):
    early = need(shop, h8=1)

    still = replan_day(shop, early, roster, MONDAY)
    moved = replan_day(shop, early, roster, MONDAY, start_slack_min=60)

    assert {row.start_us for row in still.roster.assignments} == {shop.horizon.us_at(MONDAY, NINE)}
    assert shop.horizon.us_at(MONDAY, 8 * 60) in {row.start_us for row in moved.roster.assignments}
    assert (still.plan.short.sum(), moved.plan.short.sum()) == (4, 0)  # quarter hours


def test_training_falls_where_fewest_are_wanted(shop, roster):
    busy = need(shop, h9=3, h10=2, h11=3, h12=2, h13=1, h14=3, h15=3, h16=3)
    training = Activity("training", ("Bo",), 60, from_min=NINE, to_min=SEVENTEEN)

    outcome = replan_day(shop, busy, roster, MONDAY, activities=(training,))

    (placed,) = outcome.activities
    assert (placed.agent, placed.start_us) == ("Bo", shop.horizon.us_at(MONDAY, 10 * 60))
    assert outcome.plan.short.sum() == 0


def test_a_meeting_has_one_start_for_all_who_attend(shop, roster):
    busy = need(shop, h9=3, h10=3, h11=3, h14=3, h15=3, h16=1)
    meeting = Activity("meeting", ("An", "Cai"), 30, from_min=NINE, to_min=SEVENTEEN, together=True)

    outcome = replan_day(shop, busy, roster, MONDAY, activities=(meeting,))

    assert {row.agent for row in outcome.activities} == {"An", "Cai"}
    (start,) = {row.start_us for row in outcome.activities}
    free = {shop.horizon.us_at(MONDAY, 16 * 60 + quarter) for quarter in (0, 15, 30)}
    lunchtime = {shop.horizon.us_at(MONDAY, minute) for minute in range(12 * 60, 14 * 60)}
    assert start in free | lunchtime
    assert outcome.plan.short.sum() == 0


def test_a_meeting_of_people_who_are_never_there_together_is_an_error(shop, roster):
    late = Activity("meeting", ("An",), 30, from_min=20 * 60)

    with pytest.raises(PlanningError, match=r"Activity\(meeting\).agents names An, whose shift day has no room"):
        replan_day(shop, need(shop, h9=1), roster, MONDAY, activities=(late,))
    with pytest.raises(PlanningError, match=r"Activity\(talk\).agents is Du; expected one of: An, Bo, Cai"):
        replan_day(shop, need(shop, h9=1), roster, MONDAY, activities=(Activity("talk", ("Du",), 30),))
