"""Ways out that are made: who is missing comes, who had no line gets one, and the simulation says what it brings."""

import copy
from datetime import date

import numpy as np
import pytest

from scenarios import DemandUncertainty, Forecast, RosterStatus, Scenario, scenario_from
from scheduler.planning import PlanSettings, make_plan
from scheduler.proof import Look, ProofSchedule
from scheduler.rostering import SearchBudget, check_rules
from scheduler.staffing import Training
from scheduler.ways_out import try_ways_out

SCENARIO = {
    "schema": 1, "name": "short_shop",
    "horizon": {
        "first_date": date(2026, 11, 10), "dates": 1, "interval_min": 60, "zone": "Asia/Shanghai",
        "opening": {"weekly": "09:00-13:00"},
    },
    "contact_types": [
        {
            "name": "call", "channel": "voice", "work_s": {"kind": "exponential", "mean_s": 240.0},
            "patience_s": {"kind": "exponential", "mean_s": 90.0},
        }
    ],
    "groups": [{"name": "phone", "skills": ["phone"], "serves": [{"contact_type": "call"}]}],
    "routes": [{"contact_type": "call", "steps": [{"group": "phone"}]}],
    "targets": [{"name": "calls", "contact_types": ["call"], "answer_within_s": 30, "day_share": 0.8}],
    "contracts": [
        {"name": "staff", "shift_templates": ["half"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 40.0},
        {
            "name": "pool", "shift_templates": ["half"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 30.0,
            "call_in": True,
        },
    ],
    "shift_templates": [{"name": "half", "length_min": 240, "earliest_start": "09:00", "latest_start": "09:00"}],
    "teams": [{"name": "staff", "count": 2, "contract": "staff", "skills": ["phone"]}],
}  # fmt: skip
SETTINGS = PlanSettings(
    training=Training(contacts_per_round=10_000), roster_rounds=2, proof=ProofSchedule((Look(300, 1.0),), (0.6, 0.4)),
    search=SearchBudget(polish_lines=100), trimming=None,
)  # fmt: skip


def shop(**changes: object) -> Scenario:
    return scenario_from(copy.deepcopy(SCENARIO) | changes, place="test")


def forecast_of(scenario: Scenario, per_hour: float) -> Forecast:
    expected = np.full((scenario.horizon.intervals, 1), per_hour) * scenario.horizon.open_intervals()[:, None]
    return Forecast(
        scenario.horizon,
        ("call",),
        expected,
        np.full_like(expected, 240.0),
        DemandUncertainty((0.05,) * len(scenario.horizon.days)),
    )


def test_people_on_call_come_for_hours_that_nobody_could_fill_and_the_promise_is_proven() -> None:
    scenario = shop()
    forecast = forecast_of(scenario, per_hour=60.0)
    plan = make_plan(scenario, forecast, settings=SETTINGS)
    assert plan.outcome.shortfall.sum() > 0
    found = try_ways_out(scenario, forecast, plan, settings=SETTINGS)
    assert found is not None
    came = [agent for agent in found.scenario.agents if agent.contract == "pool"]
    assert found.price_yuan == pytest.approx(4 * 30.0 * len(came))
    assert found.plan.outcome.shortfall.sum() < plan.outcome.shortfall.sum()
    assert found.plan.verdict is not None
    assert plan.verdict is not None
    assert found.plan.verdict.publishable
    assert not plan.verdict.publishable


def test_who_has_no_legal_line_gets_one() -> None:
    week = SCENARIO["horizon"] | {"first_date": date(2026, 11, 9), "dates": 7}
    staff, pool = SCENARIO["contracts"]
    scenario = shop(horizon=week, contracts=[staff | {"week_paid_h_min": 32.0}, pool])  # seven half days are 28 h
    forecast = forecast_of(scenario, per_hour=10.0)
    plan = make_plan(scenario, forecast, settings=SETTINGS)
    assert plan.outcome.status is RosterStatus.INFEASIBLE
    found = try_ways_out(scenario, forecast, plan, settings=SETTINGS)
    assert found is not None
    roster = found.plan.outcome.roster
    assert roster is not None
    assert check_rules(found.scenario, roster) == ()
    assert {reason.key for reason in found.made} == {"clash.priced"}


def test_where_no_exception_helps_none_is_made_up() -> None:
    only_staff = SCENARIO["contracts"][:1]
    scenario = shop(contracts=only_staff)
    forecast = forecast_of(scenario, per_hour=60.0)
    plan = make_plan(scenario, forecast, settings=SETTINGS)
    assert try_ways_out(scenario, forecast, plan, settings=SETTINGS) is None
