"""Simulated against actual: a true model passes, a wrong one fails and is told what would explain the gap."""

import numpy as np
import pandas as pd
import pytest

from scenarios import (
    Agent,
    Assignment,
    Channel,
    Contract,
    Group,
    Law,
    LawKind,
    PlanningError,
    Redial,
    Roster,
    Serve,
    ShiftTemplate,
)
from sim import Parameter, Tallier, draw_trace, simulate, staff_always_on
from sim.explaining.actuals import Measured, actuals_of, as_measured
from sim.explaining.gaps import factors_tried, with_caps
from sim.explaining.validation import validate

PEOPLE = {"g": 16}
SEED = 7


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """A busy voice line, eight to eight on two dates."""
    return scenario([kind(patience_s=Law(LawKind.EXPONENTIAL, 120.0))], hours=((8, 20), (8, 20)))


@pytest.fixture(scope="module")
def happened(shop, forecast):
    """Return what a history holds after the shop has really run so, with work multiplied by ``work`` (by interval)."""

    def history(work=1.0, seed=1):
        demand = forecast(shop, [45.0], 300.0 * np.broadcast_to(work, (shop.horizon.intervals,))[:, None])
        staff = staff_always_on(shop, PEOPLE)
        trace = draw_trace(shop, demand, seed=seed, replication=0, purpose="reality")
        counts = Tallier(shop).tally(trace, simulate(shop, trace, staff).played, staff)
        starts = [shop.horizon.instant(n * shop.horizon.interval_us) for n in range(shop.horizon.intervals)]
        return pd.DataFrame(
            {
                "interval_start": starts,
                "contact_type": "call",
                "offered": counts.count("offered")[:, 0],
                "aht_s": 300.0,  # what the planner believes, whatever it really was
                "answered_in_time": counts.count("in_time")[:, 0],
                "abandoned": counts.count("abandoned")[:, 0],
            }
        )

    return history


@pytest.mark.statistical
def test_the_model_that_made_the_days_passes(shop, happened):
    # 1 % of true models fail by design; the seed is fixed.
    found = validate(shop, actuals_of(happened(), shop), staff_always_on(shop, PEOPLE), seed=SEED)

    assert found.passed
    assert found.explanations == ()
    assert {(check.measure, check.date.day) for check in found.days} == {
        (measure, day) for measure in (Measured.ANSWERED_IN_TIME, Measured.ABANDONED) for day in (10, 11)
    }
    assert found.intervals_inside_share > 0.75


@pytest.mark.statistical
def test_a_model_with_too_short_work_fails_and_work_is_what_explains_it(shop, happened):
    # Work in reality is 20 % longer than the model believes.
    found = validate(shop, actuals_of(happened(work=1.2), shop), staff_always_on(shop, PEOPLE), seed=SEED)

    assert not found.passed
    best = found.explanations[0]
    assert best.parameter is Parameter.WORK
    assert best.factor == pytest.approx(1.2, abs=0.06)
    assert best.low < 1.2 < best.high
    assert best.misfit_left < 0.1
    assert not best.at_edge
    assert {row.parameter for row in found.explanations} == {Parameter.WORK, Parameter.VOLUME, Parameter.PATIENCE}


@pytest.mark.statistical
def test_errors_of_opposite_sign_that_cancel_over_the_day_fail_by_their_intervals(shop, happened):
    # Work is a fifth longer than believed until 14:00 and as much shorter after; one true model in 200 fails so.
    hours = np.arange(shop.horizon.intervals) % 96 // 4
    work = np.where(hours < 14, 1.2, 0.8)
    found = validate(shop, actuals_of(happened(work), shop), staff_always_on(shop, PEOPLE), seed=SEED, tolerance=0.1)

    assert found.days_passed
    assert not found.passed
    assert found.explanations == ()
    assert {check.measure for check in found.together if not check.passed} == {"answered_in_time", "abandoned"}


@pytest.mark.statistical
def test_true_models_have_no_more_intervals_outside_than_is_said(shop, happened):
    """Of twenty true days of five thousandths each, two or more fail with a chance of one in two hundred."""
    people = staff_always_on(shop, PEOPLE)
    found = [validate(shop, actuals_of(happened(seed=seed), shop), people, seed=seed, tolerance=0.0, replications=60)
             for seed in range(100, 120)]  # fmt: skip

    assert sum(not all(check.passed for check in one.together) for one in found) < 2
    inside = np.mean([one.intervals_inside_share for one in found])
    assert inside == pytest.approx(0.9 * 59 / 61, abs=0.02)  # bands from sixty days, a new day in them


@pytest.mark.statistical
def test_a_factor_at_the_end_of_the_search_says_so(shop, happened):
    """Work is three times as long: no factor that was tried is enough, and the best is the last."""
    found = validate(shop, actuals_of(happened(work=3.0), shop), staff_always_on(shop, PEOPLE), seed=SEED,
                     replications=20)  # fmt: skip
    by_parameter = {row.parameter: row for row in found.explanations}

    assert by_parameter[Parameter.WORK].at_edge
    assert by_parameter[Parameter.WORK].factor == pytest.approx(2.0, rel=0.02)
    assert not by_parameter[Parameter.WORK].suffices


@pytest.mark.statistical
def test_absence_explains_a_day_on_which_more_stayed_away_than_believed(scenario, kind, forecast):
    """One in seven is believed to stay away, more than one in four did; only a roster can be asked about absence."""
    floor = scenario(
        [kind(patience_s=Law(LawKind.EXPONENTIAL, 120.0))], hours=((8, 14),), absence_share=0.15,
        contracts=(Contract("c", ("s",), 44.0, 30.0),), shift_templates=(ShiftTemplate("s", 360, 480, 480),),
        agents=tuple(Agent(f"p{number:03}", "c", ()) for number in range(120)),
    )  # fmt: skip
    day = floor.horizon.days[0]
    rows = tuple(Assignment(agent.name, day.date, "s", "g", day.opens_us, day.closes_us) for agent in floor.agents)
    demand, there = forecast(floor, [300.0], 300.0), staff_always_on(floor, {"g": 87})
    trace = draw_trace(floor, demand, seed=1, replication=0, purpose="reality")
    counts = Tallier(floor).tally(trace, simulate(floor, trace, there).played, there)
    starts = [floor.horizon.instant(n * floor.horizon.interval_us) for n in range(floor.horizon.intervals)]
    history = pd.DataFrame({
        "interval_start": starts, "contact_type": "call", "offered": counts.count("offered")[:, 0],
        "answered_in_time": counts.count("in_time")[:, 0], "abandoned": counts.count("abandoned")[:, 0],
    })  # fmt: skip
    found = validate(floor, actuals_of(history, floor), Roster(rows), seed=SEED, replications=40)

    assert not found.passed
    absence = next(row for row in found.explanations if row.parameter is Parameter.ABSENCE)
    assert 1.5 < absence.factor < 2.0
    assert absence.misfit_left < 0.5


def test_a_gap_within_the_tolerance_passes_even_where_it_is_no_luck(shop, happened):
    actuals = actuals_of(happened(work=1.2), shop)

    assert validate(shop, actuals, staff_always_on(shop, PEOPLE), seed=SEED, tolerance=1.0, replications=20).passed


def test_the_contacts_that_were_measured_already_hold_bot_and_redials(kind, scenario):
    again = kind(redial=Redial(0.5, Law(LawKind.EXPONENTIAL, 60.0)))

    assert as_measured(scenario([again])).contact_types[0].redial is None


def test_the_caps_that_are_tried_are_whole_and_hold_a_session(kind, scenario):
    wide = kind("chat", Channel.CHAT, slots=2)
    floor = scenario([wide], [Group("g", (), (Serve("chat"),), 4, session_speed=(1.0, 0.8, 0.6, 0.5))])

    assert factors_tried(floor, Parameter.CHAT_CAP) == [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
    assert [with_caps(floor, factor)[0].groups[0].chat_cap for factor in (0.1, 0.75, 2.0)] == [2, 3, 8]


def test_a_history_without_outcomes_or_of_other_days_is_refused(shop, happened):
    history = happened()

    with pytest.raises(PlanningError, match="answered_in_time"):
        actuals_of(history.drop(columns=["answered_in_time", "abandoned"]), shop)
    with pytest.raises(PlanningError, match="2025-11-10"):
        actuals_of(history.assign(interval_start=history["interval_start"] + pd.Timedelta(days=400)), shop)


def test_intervals_of_a_finer_history_are_added_up(shop, happened):
    history = happened()
    halves = pd.concat([history, history.assign(interval_start=history["interval_start"] + pd.Timedelta(minutes=7))])
    both, once = actuals_of(halves, shop), actuals_of(history, shop)

    assert np.array_equal(both.offered, 2 * once.offered)
    assert np.nanmax(np.abs(both.work_s - once.work_s)) < 1e-9
