"""The loop from a forecast to a verdict, on a day small enough to play in seconds."""

import copy
import dataclasses
from datetime import date

import numpy as np
import pytest

from scenarios import (
    Assignment,
    DemandUncertainty,
    Forecast,
    Requirement,
    Roster,
    RosterStatus,
    Verdict,
    VerdictStatus,
    scenario_from,
)
from scheduler.planning import PlanSettings, make_plan
from scheduler.proof import Look, ProofSchedule, prove
from scheduler.rostering import SearchBudget, check_rules
from scheduler.staffing import PURPOSE, Training, with_absence

TABLE = {
    "schema": 1,
    "name": "one_day",
    "horizon": {
        "first_date": date(2026, 11, 10), "dates": 1, "interval_min": 30, "zone": "Asia/Shanghai",
        "opening": {"weekly": "09:00-17:00"},
    },
    "contact_types": [
        {
            "name": "call", "channel": "voice", "work_s": {"kind": "exponential", "mean_s": 240.0},
            "patience_s": {"kind": "exponential", "mean_s": 90.0},
        }
    ],
    "groups": [{"name": "phone", "skills": ["phone"], "serves": [{"contact_type": "call"}]}],
    "routes": [{"contact_type": "call", "steps": [{"group": "phone"}]}],
    "targets": [
        {
            "name": "calls", "contact_types": ["call"], "answer_within_s": 30, "day_share": 0.9,
            "hour_share_floor": 0.7, "abandoned_share_max": 0.1,
        }
    ],
    "contracts": [
        {"name": "day", "shift_templates": ["whole", "half"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 30.0}
    ],
    "shift_templates": [
        {"name": "whole", "length_min": 480, "earliest_start": "09:00", "latest_start": "09:00"},
        {"name": "half", "length_min": 240, "earliest_start": "09:00", "latest_start": "13:00"},
    ],
    "teams": [{"name": "team", "count": 12, "contract": "day", "skills": ["phone"]}],
    "absence_share": 0.03,
}  # fmt: skip
SETTINGS = PlanSettings(
    training=Training(contacts_per_round=20_000),
    roster_rounds=2,
    proof=ProofSchedule((Look(120, 0.8), Look(300, 0.2)), (0.7, 0.3)),
    search=SearchBudget(polish_lines=500),
)


def scenario_with(**changes):
    return scenario_from(copy.deepcopy(TABLE) | changes, place="test")


def forecast_for(scenario, per_hour=60.0, day_cv=0.05):
    expected = scenario.horizon.open_intervals()[:, None] * per_hour / 2
    work_s = np.full_like(expected, 240.0)
    return Forecast(scenario.horizon, ("call",), expected, work_s, DemandUncertainty((day_cv,)))


@pytest.fixture(scope="module")
def plan():
    scenario = scenario_with()
    return make_plan(scenario, forecast_for(scenario), settings=SETTINGS)


@pytest.mark.slow
def test_a_day_within_reach_is_rostered_and_proven(plan):
    assert plan.outcome.roster is not None
    assert check_rules(scenario_with(), plan.outcome.roster) == ()
    assert plan.verdict.status is VerdictStatus.PROVEN
    assert plan.verdict.publishable
    (said,) = plan.verdict.statements
    assert said.bound >= 0.95
    assert said.days_met <= said.days_simulated
    assert said.day_share.low <= said.day_share.value <= said.day_share.high


@pytest.mark.slow
def test_the_same_input_gives_the_same_plan_with_one_process_or_two(plan):
    scenario = scenario_with()
    again = make_plan(scenario, forecast_for(scenario), settings=dataclasses.replace(SETTINGS, workers=2))
    assert again.outcome.roster.fingerprint() == plan.outcome.roster.fingerprint()
    assert again.verdict == plan.verdict
    assert again.provenance == plan.provenance


@pytest.mark.slow
def test_too_few_people_end_in_a_draft_that_says_how_far_it_falls_short():
    scenario = scenario_with(teams=[{"name": "team", "count": 2, "contract": "day", "skills": ["phone"]}])
    plan = make_plan(scenario, forecast_for(scenario), settings=SETTINGS)
    assert plan.outcome.status is not RosterStatus.INFEASIBLE
    assert plan.outcome.shortfall.sum() > 0
    assert plan.outcome.reasons
    assert plan.verdict.status is VerdictStatus.NOT_PROVEN
    assert plan.verdict.statements[0].share_of_days < 0.5


@pytest.mark.slow
def test_a_used_up_time_budget_still_returns_the_best_plan_and_says_so():
    scenario = scenario_with()
    settings = dataclasses.replace(SETTINGS, time_budget_s=0.0)
    plan = make_plan(scenario, forecast_for(scenario), settings=settings)
    assert plan.outcome.roster is not None
    assert [note.key for note in plan.notes] == ["reasons.time_budget"]


def test_progress_names_every_stage():
    scenario = scenario_with()
    seen = set()
    quick = dataclasses.replace(SETTINGS, proof=ProofSchedule((Look(10, 1.0),), (1.0,)), roster_rounds=1)
    make_plan(scenario, forecast_for(scenario), settings=quick, progress=lambda *step: seen.add(step[0]))
    assert {"requirement", "roster", "simulate"} <= seen


def test_positions_are_raised_so_that_the_required_ones_come_on_average():
    scenario = scenario_with(absence_share=0.2)
    needed = Requirement(scenario.horizon, ("phone",), np.full((scenario.horizon.intervals, 1), 4.0))
    np.testing.assert_allclose(with_absence(scenario, needed).positions, 5.0)


def test_proof_days_are_never_training_days():
    assert not PURPOSE.startswith("proof")


def test_a_broken_rule_forbids_publication_whatever_the_simulation_says():
    scenario = scenario_with()
    hour_us = 3_600_000_000
    too_long = tuple(
        Assignment(f"team-{n:02d}", date(2026, 11, 10), "whole", "phone", 9 * hour_us, 18 * hour_us)
        for n in range(1, 13)
    )
    verdict, study = prove(scenario, forecast_for(scenario, 30.0), Roster(too_long), schedule=SETTINGS.proof)
    assert verdict.breaches
    assert verdict.status is VerdictStatus.RULES_BROKEN
    assert not verdict.publishable
    assert len(study) == SETTINGS.proof.looks[0].days


def test_a_hopeless_roster_is_not_given_a_second_look():
    scenario = scenario_with()
    alone = Roster((Assignment("team-01", date(2026, 11, 10), "whole", "phone", 32_400_000_000, 61_200_000_000),))
    verdict, study = prove(scenario, forecast_for(scenario, 120.0), alone, schedule=SETTINGS.proof)
    assert verdict.status is VerdictStatus.NOT_PROVEN
    assert len(study) == SETTINGS.proof.looks[0].days


def test_a_missed_hour_floor_refutes_a_day_that_meets_its_share():
    # Nobody comes in the last hour: the day keeps its 90 % on paper, the hour is given up.
    target = TABLE["targets"][0] | {"day_share": 0.5, "hour_share_floor": 0.8}
    scenario = scenario_with(targets=[target], absence_share=0.0)
    gone_by_four = Roster(
        tuple(
            Assignment(f"team-{n:02d}", date(2026, 11, 10), "whole", "phone", 32_400_000_000, 57_600_000_000)
            for n in range(1, 13)
        )
    )
    verdict, _ = prove(scenario, forecast_for(scenario), gone_by_four, schedule=SETTINGS.proof)
    (said,) = verdict.statements
    assert said.bound >= 0.95
    assert said.worst_hour == 16 * 60
    assert said.worst_hour_share < 0.8
    assert not said.proven


def test_a_verdict_without_statements_proves_nothing():
    assert not Verdict((), (), False, 1, 0.0, "").publishable
