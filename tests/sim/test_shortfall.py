"""Why an hour missed its promise: each planted cause is found, and nothing else is blamed."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from scenarios import (
    Agent,
    Assignment,
    Contract,
    Effect,
    Law,
    LawKind,
    PlanningError,
    Quantity,
    Roster,
    ServiceTarget,
    ShiftTemplate,
    Shock,
)
from sim.shortfall import Cause, Situation, shortfall

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
    return Situation(floor, forecast(floor, [18.0, 9.0], [180.0, 360.0]))


@pytest.fixture(scope="module")
def roster(plan):
    day = plan.scenario.horizon.days[0]
    return Roster(
        tuple(Assignment(agent.name, day.date, "s", "g", day.opens_us, day.closes_us) for agent in plan.scenario.agents)
    )


def explained(plan, came, roster):
    return shortfall(plan, came, roster, replications=40, seed=3)


def only(rows, cause):
    """Whether every hour blames this cause and gives all others exactly nothing."""
    others = [said.value for row in rows for other, said in row.causes.items() if other is not cause]
    return all(row.main_cause is cause for row in rows) and others == pytest.approx([0.0] * len(others), abs=1e-12)


def test_a_day_that_came_as_planned_has_nothing_to_explain(plan, roster):
    rows = explained(plan, plan, roster)

    assert [row.start_min for row in rows] == [480, 540]
    assert all(said.value == 0.0 for row in rows for said in row.causes.values())
    assert all(row.main_cause is None and row.together == 0.0 for row in rows)


def test_more_contacts_than_planned_are_blamed_on_volume_alone(plan, roster):
    more = replace(plan, forecast=replace(plan.forecast, expected=plan.forecast.expected * 1.3))

    assert only(explained(plan, more, roster), Cause.VOLUME)


def test_longer_work_is_blamed_on_handling_alone(plan, roster):
    longer = replace(plan, forecast=replace(plan.forecast, work_s=plan.forecast.work_s * 1.3))

    assert only(explained(plan, longer, roster), Cause.HANDLING)


def test_as_many_contacts_of_the_long_kind_are_blamed_on_the_mix_alone(plan, roster):
    swapped = replace(plan, forecast=replace(plan.forecast, expected=plan.forecast.expected[:, ::-1].copy()))

    assert only(explained(plan, swapped, roster), Cause.MIX)


def test_an_interval_in_which_nobody_came_has_no_mix_to_blame(plan, roster):
    expected = plan.forecast.expected.copy()
    expected[32:34] = 0.0  # the first half hour of two
    quiet = replace(plan, forecast=replace(plan.forecast, expected=expected))
    rows = explained(plan, quiet, roster)

    assert [row.causes[Cause.MIX].value for row in rows] == [0.0, 0.0]
    assert rows[0].causes[Cause.VOLUME].value < 0.0  # fewer came, more were answered in time


def test_an_hour_without_contacts_explains_nothing(plan, roster):
    expected = plan.forecast.expected.copy()
    expected[36:40] = 0.0
    rows = explained(plan, replace(plan, forecast=replace(plan.forecast, expected=expected)), roster)

    assert (rows[1].offered, rows[1].contacts_short, rows[1].main_cause) == (0.0, 0.0, None)
    assert np.isnan(rows[1].share.value)


def test_situations_of_other_days_or_types_are_refused(plan, roster, scenario, kind, forecast):
    other = scenario([kind("short"), kind("long")], hours=((8, 11),))

    with pytest.raises(PlanningError, match="horizon"):
        explained(plan, Situation(other, forecast(other, 1.0)), roster)


def test_people_who_stay_away_are_blamed_on_absence_alone(plan, roster):
    away = replace(plan, scenario=replace(plan.scenario, absence_share=0.3))

    assert only(explained(plan, away, roster), Cause.ABSENCE)


def test_a_shock_is_told_from_the_absence_it_brings(plan, roster):
    noon = datetime(2025, 11, 10, 1, tzinfo=UTC)  # 09:00 in the shop
    slow = Shock("slow", (Effect(Quantity.WORK, 1.6, start=noon), Effect(Quantity.ABSENCE, 1.0)))
    rows = explained(plan, replace(plan, scenario=replace(plan.scenario, shocks=(slow,))), roster)

    assert rows[1].main_cause is Cause.SHOCK
    assert rows[0].main_cause is None
    assert all(row.causes[Cause.ABSENCE].value == 0.0 for row in rows)


def test_causes_and_what_only_acts_together_add_up_to_the_whole_difference(plan, roster):
    worse = replace(
        plan, forecast=replace(plan.forecast, expected=plan.forecast.expected * 1.2, work_s=plan.forecast.work_s * 1.2)
    )
    for row in explained(plan, worse, roster):
        whole = row.planned_share.value - row.share.value
        assert sum(said.value for said in row.causes.values()) + row.together == pytest.approx(whole)
        assert row.contacts_short == pytest.approx(max(0.0, 0.9 - row.share.value) * row.offered)
        assert np.isfinite([said.high - said.low for said in row.causes.values()]).all()
