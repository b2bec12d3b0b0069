"""Simulated against actual: a true model passes, a wrong one fails and is told what would explain the gap."""

import numpy as np
import pandas as pd
import pytest

from scenarios import Law, LawKind, PlanningError, Quantity, Redial
from sim import Tallier, draw_trace, simulate, staff_always_on
from sim.actuals import Measured, actuals_of, as_measured
from sim.validation import validate

PEOPLE = {"g": 16}
SEED = 7


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """A busy voice line, eight to eight on two dates."""
    return scenario([kind(patience_s=Law(LawKind.EXPONENTIAL, 120.0))], hours=((8, 20), (8, 20)))


@pytest.fixture(scope="module")
def happened(shop, forecast):
    """Return what a history holds after the shop has really run so, with work multiplied by ``work``."""

    def history(work=1.0, seed=1):
        demand = forecast(shop, [45.0], 300.0 * work)
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
        (measure, day) for measure in Measured for day in (10, 11)
    }
    assert found.intervals_inside_share > 0.75


@pytest.mark.statistical
def test_a_model_with_too_short_work_fails_and_work_is_what_explains_it(shop, happened):
    # Work in reality is 20 % longer than the model believes.
    found = validate(shop, actuals_of(happened(work=1.2), shop), staff_always_on(shop, PEOPLE), seed=SEED)

    assert not found.passed
    best = found.explanations[0]
    assert best.quantity is Quantity.WORK
    assert best.factor == pytest.approx(1.2, abs=0.06)
    assert best.misfit_left < 0.1


def test_a_gap_within_the_tolerance_passes_even_where_it_is_no_luck(shop, happened):
    actuals = actuals_of(happened(work=1.2), shop)

    assert validate(shop, actuals, staff_always_on(shop, PEOPLE), seed=SEED, tolerance=1.0, replications=20).passed


def test_the_contacts_that_were_measured_already_hold_bot_and_redials(kind, scenario):
    again = kind(redial=Redial(0.5, Law(LawKind.EXPONENTIAL, 60.0)))

    assert as_measured(scenario([again])).contact_types[0].redial is None


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
