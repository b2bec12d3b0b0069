"""Why an hour missed its promise: each planted cause is found, and nothing else is blamed."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from scenarios import (
    Agent,
    Assignment,
    BotStage,
    Contract,
    Effect,
    LateBreaks,
    Law,
    LawKind,
    Lever,
    PlanningError,
    Quantity,
    Roster,
    Route,
    RouteStep,
    ServiceTarget,
    ShiftTemplate,
    Shock,
)
from sim.explaining.shortfall import Cause, Situation, shortfall

PEOPLE = 12
HOURS = ((8, 10),)


@pytest.fixture(scope="module")
def plan(scenario, kind, forecast):
    """Two hours, two types of calls, a dozen people, a promise they just keep."""
    patience = Law(LawKind.EXPONENTIAL, 120.0)
    floor = scenario(
        [kind("short", patience_s=patience), kind("long", patience_s=patience)],
        hours=HOURS,
        targets=(ServiceTarget("promise", ("short", "long")),),
        contracts=(Contract("c", ("s",), 44.0, 30.0),),
        shift_templates=(ShiftTemplate("s", 120, 480, 480),),
        agents=tuple(Agent(f"p{number}", "c", ()) for number in range(PEOPLE)),
    )
    return Situation(floor, forecast(floor, [18.0, 9.0], [180.0, 360.0]), everybody(floor))


def everybody(floor):
    """A roster on which everybody works all day."""
    day = floor.horizon.days[0]
    return Roster(
        tuple(Assignment(agent.name, day.date, "s", "g", day.opens_us, day.closes_us) for agent in floor.agents)
    )


def explained(plan, came):
    return shortfall(plan, came, replications=40, seed=3)


def only(rows, cause):
    """Whether every hour blames this cause and gives all others exactly nothing."""
    others = [said.value for row in rows for other, said in row.causes.items() if other is not cause]
    return all(row.main_cause is cause for row in rows) and others == pytest.approx([0.0] * len(others), abs=1e-12)


def test_a_day_that_came_as_planned_has_nothing_to_explain(plan):
    rows = explained(plan, plan)

    assert [row.start_min for row in rows] == [480, 540]
    assert all(said.value == 0.0 for row in rows for said in row.causes.values())
    assert all(row.main_cause is None and row.together == 0.0 for row in rows)


def test_more_contacts_than_planned_are_blamed_on_volume_alone(plan):
    more = replace(plan, forecast=replace(plan.forecast, expected=plan.forecast.expected * 1.3))

    assert only(explained(plan, more), Cause.VOLUME)


def test_longer_work_is_blamed_on_handling_alone(plan):
    longer = replace(plan, forecast=replace(plan.forecast, work_s=plan.forecast.work_s * 1.3))

    assert only(explained(plan, longer), Cause.HANDLING)


def test_as_many_contacts_of_the_long_kind_are_blamed_on_the_mix_alone(plan):
    swapped = replace(plan, forecast=replace(plan.forecast, expected=plan.forecast.expected[:, ::-1].copy()))

    assert only(explained(plan, swapped), Cause.MIX)


def test_an_interval_in_which_nobody_came_has_no_mix_to_blame(plan):
    expected = plan.forecast.expected.copy()
    expected[32:34] = 0.0  # the first half hour of two
    quiet = replace(plan, forecast=replace(plan.forecast, expected=expected))
    rows = explained(plan, quiet)

    assert [row.causes[Cause.MIX].value for row in rows] == [0.0, 0.0]
    assert rows[0].causes[Cause.VOLUME].value < 0.0  # fewer came, more were answered in time


def test_an_hour_without_contacts_explains_nothing(plan):
    expected = plan.forecast.expected.copy()
    expected[36:40] = 0.0
    rows = explained(plan, replace(plan, forecast=replace(plan.forecast, expected=expected)))

    assert (rows[1].offered, rows[1].contacts_short, rows[1].main_cause) == (0.0, 0.0, None)
    assert np.isnan(rows[1].share.value)


def test_situations_of_other_days_or_types_are_refused(plan, scenario, kind, forecast):
    other = scenario([kind("short"), kind("long")], hours=((8, 11),))

    with pytest.raises(PlanningError, match="horizon"):
        explained(plan, replace(plan, scenario=other, forecast=forecast(other, 1.0)))


def test_people_who_stay_away_are_blamed_on_absence_alone(plan):
    away = replace(plan, scenario=replace(plan.scenario, absence_share=0.3))

    assert only(explained(plan, away), Cause.ABSENCE)


def test_people_who_were_not_there_are_blamed_on_absence_alone(plan):
    """A third of a roster was missing: measured, and not drawn by chance."""
    left = Roster(plan.roster.assignments[: PEOPLE * 2 // 3])

    assert only(explained(plan, replace(plan, roster=left)), Cause.ABSENCE)


def test_absence_that_was_planned_for_is_not_blamed(plan):
    """One in four was expected to stay away and exactly one in four did: the plan's promise is kept, but for luck."""
    expected = replace(plan, scenario=replace(plan.scenario, absence_share=0.25))
    came = replace(plan, roster=Roster(plan.roster.assignments[: PEOPLE * 3 // 4]))
    rows = explained(expected, came)
    as_planned = explained(plan, came)

    for row, other in zip(rows, as_planned, strict=True):
        assert abs(row.causes[Cause.ABSENCE].value) < other.causes[Cause.ABSENCE].value / 2


def test_absence_that_a_lever_brings_is_absence_and_no_shock(plan):
    away = Lever("voluntary leave", (Effect(Quantity.ABSENCE, 4.0),))
    planned = replace(plan, scenario=replace(plan.scenario, absence_share=0.1))
    came = replace(planned, scenario=replace(planned.scenario, levers=(away,)))

    assert only(explained(planned, came), Cause.ABSENCE)


@pytest.mark.parametrize(("field", "change"), [
    ("contact_types", lambda floor: {"contact_types": (
        replace(floor.contact_types[0], bot=BotStage(0.5, 0.5)), floor.contact_types[1])}),
    ("groups", lambda floor: {"groups": (replace(floor.groups[0], last_contact_min=5.0),)}),
    ("routes", lambda floor: {"routes": (
        Route("short", (RouteStep("g"), RouteStep(from_wait_s=20.0, raise_priority=1))), floor.routes[1])}),
    ("targets", lambda floor: {"targets": (replace(floor.targets[0], answer_within_s=60.0),)}),
    ("agents", lambda floor: {"agents": (replace(floor.agents[0], tenure_factor=2.0), *floor.agents[1:])}),
    ("late_breaks", lambda _: {"late_breaks": LateBreaks.PLANNED_END}),
    ("attempts_max", lambda _: {"attempts_max": 2}),
])  # fmt: skip
def test_a_difference_that_no_cause_tells_apart_is_refused(plan, field, change):
    other = replace(plan.scenario, **change(plan.scenario))

    with pytest.raises(PlanningError, match=rf"Situation\.{field} differs"):
        explained(plan, replace(plan, scenario=other))


def test_a_shock_is_told_from_the_absence_it_brings(plan):
    noon = datetime(2025, 11, 10, 1, tzinfo=UTC)  # 09:00 in the shop
    slow = Shock("slow", (Effect(Quantity.WORK, 1.6, start=noon), Effect(Quantity.ABSENCE, 1.0)))
    rows = explained(plan, replace(plan, scenario=replace(plan.scenario, shocks=(slow,))))

    assert rows[1].main_cause is Cause.SHOCK
    assert rows[0].main_cause is None
    assert all(row.causes[Cause.ABSENCE].value == 0.0 for row in rows)


def test_causes_and_what_only_acts_together_add_up_to_the_whole_difference(plan):
    worse = replace(
        plan, forecast=replace(plan.forecast, expected=plan.forecast.expected * 1.2, work_s=plan.forecast.work_s * 1.2)
    )
    for row in explained(plan, worse):
        whole = row.planned_share.value - row.share.value
        assert sum(said.value for said in row.causes.values()) + row.together == pytest.approx(whole)
        assert row.contacts_short == pytest.approx(max(0.0, 0.9 - row.share.value) * row.offered)
        assert np.isfinite([said.high - said.low for said in row.causes.values()]).all()
