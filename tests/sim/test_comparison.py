"""Comparisons on the same days: nothing changed is nothing, and what changed is seen with far fewer days."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f, ttest_rel

from scenarios import (
    Agent,
    Assignment,
    Break,
    Contract,
    DemandUncertainty,
    Effect,
    Law,
    LawKind,
    Lever,
    PlanningError,
    Quantity,
    Roster,
    ServiceTarget,
)
from sim import replicate, staff_always_on
from sim.measures.estimates import RATIO_OF_SUMS, ratio_of_sums
from sim.studies.comparison import MEAN_OF_DAYS, Side, compare, compare_studies, expense_of
from sim.studies.paired import Sample, minus, variance_reduction

KEY = {"replications": 12, "seed": 4, "purpose": "test"}
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def shop(scenario, kind, forecast):
    """Make a side: calls of 4 min, two days of twelve hours, the second half as busy."""
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0))
    contracts = (Contract("c", (), 40.0, 30.0),)
    floor = scenario(
        [calls], hours=((8, 20), (8, 20)), contracts=contracts, targets=(ServiceTarget("quick", ("call",)),)
    )
    volume = np.zeros((floor.horizon.intervals, 1))
    for day, per_interval in zip(floor.horizon.days, (60.0, 30.0), strict=True):
        volume[day.first_interval : day.end_interval] = per_interval
    days = forecast(floor, volume, 240.0, uncertainty=DemandUncertainty((0.1, 0.1)))

    def make(people=16, **changed):
        changed_floor = replace(floor, **changed)
        return Side(changed_floor, days, staff_always_on(changed_floor, {"g": people}))

    return make


def test_a_scenario_compared_with_itself_differs_in_nothing(shop):
    found = compare(shop(), shop(), **KEY)

    assert len(found.differences) > 8
    for row in (*found.differences, found.working_h, found.working_yuan):
        assert (row.difference.value, row.difference.low, row.difference.high) == (0.0, 0.0, 0.0)
        assert row.before == row.after
        assert np.isnan(row.variance_reduction)
    assert found.spent_before == found.spent_after


def test_a_side_on_which_nobody_ever_waits_is_not_known_to_the_last_contact(shop):
    found = compare(shop(60), shop(16), **KEY).find("share_in_time", "call")
    count = found.before.replications

    assert (found.before.value, found.before.high) == (1.0, 1.0)
    assert found.before.low == pytest.approx(0.05 ** (1 / count))


def test_more_people_answer_more_in_time_and_the_interval_says_so(shop):
    found = compare(shop(16), shop(17), **KEY).find("share_in_time", "call")

    assert found.difference.value == pytest.approx(found.after.value - found.before.value)
    assert 0 < found.difference.low < found.difference.value < found.difference.high
    assert found.difference.estimator == "ratio of sums, paired"


@pytest.mark.statistical
def test_two_percent_more_people_are_seen_with_a_fraction_of_the_days_independent_studies_need(
    scenario, kind, forecast
):
    """51 for 50 people on 40 days: an F test that the variance is less than a third, wrong once in a thousand."""
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 120.0))
    floor = scenario([calls], hours=((8, 14),))
    days = forecast(floor, 187.5, 240.0, uncertainty=DemandUncertainty((0.1,)))
    fifty, more = (Side(floor, days, staff_always_on(floor, {"g": people})) for people in (50, 51))

    def shares(side, purpose):
        study = replicate(floor, days, side.people, replications=40, seed=1, purpose=purpose)
        return study.day_share("promise")[:, 0]

    paired = np.var(shares(more, "one") - shares(fifty, "one"), ddof=1)
    independent = np.var(shares(more, "two"), ddof=1) + np.var(shares(fifty, "one"), ddof=1)
    row = compare(fifty, more, replications=40, seed=1, purpose="one").find("share_in_time", "call")
    assert independent / paired > 3 * f.isf(0.001, 39, 39)
    assert row.variance_reduction > 3


def test_ratio_of_sums_and_mean_of_days_are_two_answers_and_say_which(shop):
    sides = [shop(16), shop(18)]
    studies = [(side, replicate(side.scenario, side.forecast, side.people, **KEY)) for side in sides]
    pooled, daily = (
        compare_studies(*studies, estimator=name).find("share_in_time", "call")
        for name in (RATIO_OF_SUMS, MEAN_OF_DAYS)
    )

    shares = [study.day_share("quick").mean(axis=1) for _, study in studies]
    assert (pooled.before.estimator, daily.before.estimator) == (RATIO_OF_SUMS, MEAN_OF_DAYS)
    assert daily.before.value == pytest.approx(shares[0].mean())
    assert daily.difference.value == pytest.approx(np.mean(shares[1] - shares[0]))
    assert abs(daily.before.value - pooled.before.value) > 0.02


def test_the_error_is_divided_among_all_that_is_shown(shop):
    sides = [shop(16), shop(17)]
    studies = [(side, replicate(side.scenario, side.forecast, side.people, **KEY)) for side in sides]
    one = compare_studies(*studies, kpis=["share_in_time"], confidence=0.9)
    many = compare_studies(*studies, confidence=0.9)

    for found in (one, many):
        for row in found.differences:
            assert row.difference.confidence == pytest.approx(1 - 0.1 / len(found.differences))
    rows = [found.find("share_in_time", "call").difference for found in (one, many)]
    assert rows[0].high - rows[0].low < rows[1].high - rows[1].low


def test_shorter_work_saves_hours_and_yuan_with_an_interval_and_the_lever_has_its_price(shop):
    lever = Lever("templates", (Effect(Quantity.WORK, 0.9),), 120.0)
    found = compare(shop(60), shop(60, levers=(lever,)), **KEY)

    saved = found.working_h.difference
    assert saved.high < 0
    assert saved.value == pytest.approx(-0.1 * found.working_h.before.value, rel=0.01)
    assert found.working_yuan.difference.value == pytest.approx(30.0 * saved.value)
    assert (found.spent_before.levers_yuan, found.spent_after.levers_yuan) == (0.0, 120.0)
    assert found.spent_after.total_yuan == pytest.approx(found.spent_after.pay_yuan + 120.0)


def test_a_stop_leaves_the_days_both_sides_have_played(shop):
    told = []
    found = compare(
        shop(), shop(17), progress=lambda *said: told.append(said), stop=lambda: told[-1][1] >= 15, **KEY
    ).find("offered", "call")

    assert told[0] == ("simulate", 0, 24)
    assert found.before.replications == found.after.replications < 12
    assert found.difference.value == 0.0


def test_a_roster_is_paid_by_contract_less_unpaid_breaks_and_staff_by_the_usual_rate(shop):
    side = shop(2)
    contracts = (Contract("day", (), 40.0, 30.0), Contract("night", (), 40.0, 50.0))
    agents = (Agent("a", "day", ()), Agent("b", "night", ()))
    floor = replace(side.scenario, contracts=contracts, agents=agents)
    start = floor.horizon.first_date
    pause = (Break(10 * HOUR_US, 11 * HOUR_US, paid=False), Break(12 * HOUR_US, 13 * HOUR_US, paid=True))
    shifts = (
        Assignment("a", start, "s", "g", 8 * HOUR_US, 16 * HOUR_US, pause),
        Assignment("b", start + timedelta(days=1), "s", "g", 32 * HOUR_US, 36 * HOUR_US),
    )

    rostered = expense_of(Side(floor, side.forecast, Roster(shifts)))
    staffed = expense_of(Side(floor, side.forecast, side.people))
    assert (rostered.paid_h, rostered.pay_yuan) == (11.0, 7 * 30.0 + 4 * 50.0)
    assert staffed.pay_yuan == pytest.approx(40.0 * staffed.paid_h)
    assert rostered.yuan_per_h == pytest.approx(410 / 11)


def test_without_contracts_yuan_are_unknown(shop):
    found = compare(shop(contracts=()), shop(17, contracts=()), **(KEY | {"replications": 2}))

    assert found.working_yuan is None
    assert np.isnan(found.spent_before.pay_yuan)


def test_what_one_side_does_not_know_is_not_compared(shop, scenario, kind, forecast):
    other = scenario([kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0)), kind("chat2")], hours=((8, 20), (8, 20)))
    more = Side(other, forecast(other, 5.0), staff_always_on(other, {"g": 16}))
    found = compare(shop(), more, **(KEY | {"replications": 2}))

    assert {row.scope for row in found.differences} == {"call", "g", "all"}
    with pytest.raises(KeyError):
        found.find("offered", "chat2")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kpis": ["joy"]}, r"Comparison\.kpis is joy; expected one of: offered"),
        ({"estimator": "median"}, r"Comparison\.estimator is median; expected one of: ratio of sums, mean of days"),
    ],
)
def test_an_unknown_measure_or_estimator_is_refused(wrong, message, shop):
    side = shop()
    study = replicate(side.scenario, side.forecast, side.people, **(KEY | {"replications": 1}))

    with pytest.raises(PlanningError, match=message):
        compare_studies((side, study), (side, study), **wrong)


def test_studies_of_other_days_are_not_compared(shop):
    side = shop()
    studies = [
        replicate(side.scenario, side.forecast, side.people, **(KEY | {"replications": 1, "first": first}))
        for first in (0, 1)
    ]
    with pytest.raises(PlanningError, match=r"Comparison\.first is 1; expected one of: 0"):
        compare_studies((side, studies[0]), (side, studies[1]))


values = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=3, max_size=40)


@given(values)
def test_a_paired_mean_is_the_paired_t_test(pairs):
    before, after = np.array(pairs).T
    found = minus(Sample.of_mean(after, "x"), Sample.of_mean(before, "x")).estimate_within(0.95)

    assert found.value == pytest.approx(np.mean(after - before), abs=1e-6)
    if np.ptp(after - before) > 1e-3:
        low, high = ttest_rel(after, before).confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


@given(values)
def test_a_sample_of_a_ratio_has_the_interval_of_the_ratio_of_sums(pairs):
    top, bottom = np.array(pairs).T
    found, expected = Sample.of_ratio(top, bottom + 1.0, "x").estimate(0.95, "share"), ratio_of_sums(top, bottom + 1.0)

    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), rel=1e-9
    )


def test_independent_samples_reduce_nothing_and_opposite_ones_are_worse():
    rng = np.random.default_rng(1)
    one, other = (Sample.of_mean(rng.normal(size=20_000), "x") for _ in range(2))
    mirrored = Sample(one.value, -one.residuals, "x")

    assert variance_reduction(one, other) == pytest.approx(1.0, abs=0.03)
    assert variance_reduction(one, mirrored) == pytest.approx(0.5)
