"""Least-cost counts for concave curves of service."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.checks import FloatArray
from scheduler.loop.bed import CallBed
from scheduler.loop.call_line import hull
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import Curves, Cut, PlanProblem, ShareRow, everybody
from scheduler.loop.voice import VoiceSurrogate

ROUND_ALWAYS, WHOLE_ALWAYS = PlanLimits(people=0), PlanLimits(people=1000)


def open_weight(bed: CallBed) -> FloatArray:
    return bed.scenario.horizon.open_intervals().astype(float)[:, None]


def straight(bed: CallBed, most: float = 3.0) -> Curves:
    """Curves on which every person brings one contact, up to ``most``."""
    knots = np.tile([0.0, most], (bed.scenario.horizon.intervals, 1, 1))
    return Curves(knots, knots.copy())


@pytest.mark.parametrize("limits", [ROUND_ALWAYS, WHOLE_ALWAYS])
def test_three_people_all_day_are_six_short_shifts(bed: CallBed, limits: PlanLimits):
    # 24 quarters with three people each and no other way to reach 72: six shifts of three hours, 18 paid hours.
    row = ShareRow("day", 0, open_weight(bed), 72.0)
    planned = solve_plan(PlanProblem(bed.columns, (straight(bed),), (row,)), limits)
    assert planned.counts is not None
    assert planned.cost == pytest.approx(18.0)
    assert planned.bound == pytest.approx(18.0)
    assert set(np.array(bed.columns.templates)[planned.counts > 0]) == {"short"}


def test_more_people_than_allowed_cannot_be_asked_for(bed: CallBed):
    row = ShareRow("day", 0, open_weight(bed), 72.0)
    problem = PlanProblem(bed.columns, (straight(bed),), (row,), heads=(everybody(bed.columns, 5),))
    assert solve_plan(problem).counts is None


def test_what_may_be_missed_is_paid_for(bed: CallBed):
    row = ShareRow("day", 0, open_weight(bed), 72.0, prices=((np.inf, 10.0),))
    planned = solve_plan(
        PlanProblem(bed.columns, (straight(bed),), (row,), heads=(everybody(bed.columns, 5),)), WHOLE_ALWAYS
    )
    assert planned.counts is not None
    assert planned.counts.sum() == 5
    # The longer shifts bring fourteen quarters each, but only five of the day's hours have both of their ends.
    assert planned.missed[0] == pytest.approx(72.0 - min(5 * 14, 72 - planned.missed[0]), abs=2.0)


@pytest.mark.parametrize("limits", [ROUND_ALWAYS, WHOLE_ALWAYS])
def test_cuts_and_least_people_are_kept(bed: CallBed, limits: PlanLimits):
    weight = open_weight(bed)
    least = np.zeros_like(weight)
    least[4 * 10] = 2.0  # 10:00
    problem = PlanProblem(
        bed.columns, (straight(bed),), (ShareRow("day", 0, weight, 10.0),), (Cut("cut", weight, 40.0),), least
    )
    planned = solve_plan(problem, limits)
    assert planned.counts is not None
    assert not problem.missed(planned.counts).any()
    assert bed.columns.people(planned.counts)[40, 0] >= 2.0


def test_rounding_keeps_the_rows_of_the_formula_at_little_more_than_the_bound(surrogate: VoiceSurrogate, bed: CallBed):
    problem = surrogate.first(0.93)
    planned = solve_plan(problem, ROUND_ALWAYS)
    whole = solve_plan(problem, WHOLE_ALWAYS)
    assert planned.counts is not None
    assert not problem.missed(planned.counts).any()
    assert planned.bound <= whole.cost <= planned.cost <= 1.25 * planned.bound


def test_the_hull_is_the_least_concave_curve_above():
    knots = np.arange(5.0)
    top = hull(knots, np.array([0.0, 0.1, 0.9, 0.95, 0.94]))
    assert top == pytest.approx([0.0, 0.45, 0.9, 0.95, 0.95])
    assert (np.diff(top, 2) <= 1e-12).all()


def test_same_problem_same_counts(surrogate: VoiceSurrogate):
    one, other = (solve_plan(replace(surrogate.first(0.93)), WHOLE_ALWAYS).counts for _ in range(2))
    assert np.array_equal(one, other)
