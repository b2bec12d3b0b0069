import json
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import (
    Assignment,
    DemandUncertainty,
    Forecast,
    Horizon,
    Hours,
    Opening,
    Plan,
    PlanningError,
    Provenance,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
)
from scheduler.store import dump_forecast, dump_plan, load_forecast, load_plan

OPENING = Opening((Hours(540, 1560), None, *(Hours(0, 1440),) * 5), ((date(2026, 11, 11), Hours(60, 1500)),))
FACTS = st.one_of(st.text(max_size=8), st.integers(-9, 9), st.booleans(), st.dates(), st.none(), st.floats(-9, 9))


@st.composite
def forecasts(draw):
    dates = draw(st.integers(2, 4))  # the second date of the week is closed
    horizon = Horizon(date(2026, 10, 5), dates, 60, "Europe/Paris", OPENING)
    shape = (horizon.intervals, draw(st.integers(1, 3)))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    law = DemandUncertainty((draw(st.floats(0, 2)),) * len(horizon.days), draw(st.floats(0, 1)), 0.5)
    rounds = np.where(rng.random(shape) < draw(st.floats(0, 1)), np.nan, 1.0 + rng.gamma(1.0, 4.0, shape))
    return Forecast(horizon, tuple("abc"[: shape[1]]), rng.gamma(1.0, 1e3, shape), rng.random(shape) / 3, law, rounds)


@st.composite
def plans(draw):
    forecast = draw(forecasts())
    rows = draw(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.integers(0, 9)), unique=True, max_size=6))
    roster = Roster(
        tuple(Assignment(name, date(2026, 10, 5), "t", "g", hour * 10**9, (hour + 1) * 10**9) for name, hour in rows)
    )
    requirement = Requirement(forecast.horizon, forecast.contact_types, forecast.expected)
    cost = draw(st.floats(allow_nan=False))
    outcome = RosterOutcome(RosterStatus.OPTIMAL, roster, cost, cost, forecast.work_s)
    facts = tuple(draw(st.dictionaries(st.text(max_size=4), FACTS, max_size=3)).items())
    return Plan(requirement, outcome, None, None, Provenance(1, (), ()), (Reason("reasons.x", facts),))


def same(one, other):
    """Equal by text: arrays and nan make ``==`` useless."""
    return dump_plan(one) == dump_plan(other)


@given(plans())
def test_any_plan_comes_back_as_it_was(plan):
    back = load_plan(dump_plan(plan))

    assert same(back, plan)
    assert back.outcome.roster == plan.outcome.roster
    assert back.notes == plan.notes
    assert back.requirement.horizon == plan.requirement.horizon
    np.testing.assert_array_equal(back.requirement.positions, plan.requirement.positions)


@given(forecasts())
def test_any_forecast_comes_back_bit_for_bit(forecast):
    assert load_forecast(dump_forecast(forecast)).fingerprint() == forecast.fingerprint()


@pytest.mark.parametrize("kind", [{}, {"proven": False}, {"breached": True}, {"without_roster": True}])
def test_a_plan_keeps_verdict_report_and_reasons(make_shop_plan, kind):
    plan = make_shop_plan(**kind)
    back = load_plan(dump_plan(plan))

    assert same(back, plan)
    assert back.verdict == plan.verdict
    assert back.outcome.reasons == plan.outcome.reasons
    assert (back.report is None) == (plan.report is None)


def test_an_undefined_number_stays_undefined(make_shop_plan):
    outcome = load_plan(dump_plan(make_shop_plan(without_roster=True))).outcome

    assert math.isnan(outcome.objective)
    assert outcome.bound == math.inf


def test_arrays_that_come_back_are_read_only(shop_plan):
    positions = load_plan(dump_plan(shop_plan)).requirement.positions

    with pytest.raises(ValueError, match="read-only"):
        positions[0, 0] = 1.0


def test_equal_plans_give_equal_text(make_shop_plan):
    assert dump_plan(make_shop_plan()) == dump_plan(make_shop_plan())


def without(key):
    def cut(table):
        del table[key]
        return table

    return cut


@pytest.mark.parametrize("spoil", [
    without("requirement"), without("codec"), lambda table: table | {"codec": 99}, lambda table: [table],
    lambda table: table | {"provenance": {"seed": "x"}}, lambda table: table | {"kind": "forecast"},
])  # fmt: skip
def test_text_that_is_no_plan_is_refused(shop_plan, spoil):
    written = json.dumps(spoil(json.loads(dump_plan(shop_plan))))

    with pytest.raises(PlanningError, match="expected a plan"):
        load_plan(written)


def test_text_that_is_no_json_is_refused():
    for load in (load_plan, load_forecast):
        with pytest.raises(PlanningError, match="expected a plan"):
            load("{")


def test_a_forecast_with_a_part_missing_is_refused(shop_forecast):
    table = json.loads(dump_forecast(shop_forecast))
    del table["work_s"]

    with pytest.raises(PlanningError, match="expected a plan or forecast"):
        load_forecast(json.dumps(table))
