"""From a target to an uplift, to enquiries by interval, to the weeks after."""

import numpy as np
import pytest

from forecasting.after_sales.kernels import LAGS, DelayKernel
from forecasting.after_sales.orders import OrdinaryOrders
from forecasting.after_sales.plan import contacts_after, plan_phases, with_targets
from forecasting.events.curves import NOTHING_SEEN
from forecasting.events.timeline import US_PER_H, planned, timeline
from scenarios import OrderPlan, PhasePlan, PlanningError

HALF_H = US_PER_H // 2
RATES = {"through_service_share": 0.2, "conversion_share": 0.4}


def ordinary_around(event, days=4):
    """Ordinary orders of days from the midnight before ``event``: more by day than by night."""
    start = timeline([event])[0].start_us
    midnight = start - (start + 8 * US_PER_H) % (24 * US_PER_H)  # Shanghai
    start_us = midnight + np.arange(days * 48, dtype=np.int64).reshape(days, 48) * HALF_H
    counts = np.tile(np.where(np.arange(48) < 16, 5.0, 50.0), (days, 1))
    return OrdinaryOrders(start_us, HALF_H, counts, NOTHING_SEEN)


def plan_of(orders, **more):
    phases = (PhasePlan(event="sale", name="peak", orders=orders),)
    return OrderPlan(schema=1, name="p", title={}, phases=phases, **(RATES | more))


@pytest.mark.parametrize("burst", [{}, {"burst_half_life_min": 60.0}])
@pytest.mark.parametrize("orders", [900.0, 5_000.0, 80_000.0])
def test_a_phase_has_as_many_orders_as_the_plan_says_however_they_spread(make_event, orders, burst):
    """20:00 to 02:00 over a night whose ordinary orders fall at midnight: 420 ordinary ones."""
    event = make_event("2026-11-10 20:00", 6, **burst)
    ordinary = ordinary_around(event)

    (row,) = plan_phases(plan_of(orders), (event,), ordinary)

    (aimed,) = with_targets((event,), (row,))
    lifted = ordinary.lifted([piece for piece in planned((aimed,)) if not piece.aftermath])
    assert row.ordinary_orders == pytest.approx(8 * 50 + 4 * 5)
    assert (lifted - ordinary.counts).sum() == pytest.approx(orders - 420)
    assert row.by_interval.sum() == pytest.approx(orders)


def test_a_target_below_ordinary_runs_level(make_event):
    event = make_event("2026-11-10 20:00", 2, burst_half_life_min=30.0)

    (row,) = plan_phases(plan_of(100.0), (event,), ordinary_around(event))

    assert row.phase.uplift == pytest.approx(0.5)
    assert row.by_interval.sum() == pytest.approx(100.0)


def test_enquiries_follow_the_orders_of_the_phase(make_event):
    """The opening's first half hour has more than its even share of the 2,500 enquiries."""
    event = make_event("2026-11-10 20:00", 4, burst_half_life_min=60.0)

    (row,) = plan_phases(plan_of(5_000.0), (event,), ordinary_around(event))

    spread = row.enquiries_by_interval()
    assert row.enquiries == 2_500
    assert spread.sum() == pytest.approx(2_500)
    assert spread[0, 40] > 1.5 * 2_500 / 8
    assert spread[0, 40] == pytest.approx(0.5 * row.by_interval[0, 40])


def test_a_phase_without_target_keeps_its_uplift(make_event):
    aimed, other = make_event("2026-11-10 20:00", 2), make_event("2026-11-11 20:00", 2, name="other", uplift=3.0)
    rows = plan_phases(plan_of(1_000.0), (aimed, other), ordinary_around(aimed))

    assert with_targets((aimed, other), rows)[1] == other


@pytest.mark.parametrize(("orders", "hours", "key"), [(0.0, 2, "not_positive"), (100.0, None, "phase_without_orders")])
def test_a_target_that_cannot_be_met_is_refused(make_event, orders, hours, key):
    event = make_event("2026-11-10 20:00", hours or 2)
    ordinary = ordinary_around(event)
    if hours is None:
        ordinary = OrdinaryOrders(ordinary.start_us, HALF_H, np.zeros_like(ordinary.counts), NOTHING_SEEN)

    with pytest.raises(PlanningError) as refused:
        plan_phases(plan_of(orders), (event,), ordinary)
    assert refused.value.key == key


def test_a_plan_for_a_phase_that_is_not_there_or_is_there_twice_is_refused(make_event):
    event = make_event("2026-11-10 20:00", 2)
    twice = (event, make_event("2026-11-11 20:00", 2))

    for events, key in (((make_event("2026-11-10 20:00", 2, name="other"),), "unknown_name"), (twice, "repeated_name")):
        with pytest.raises(PlanningError) as refused:
            plan_phases(plan_of(1_000.0), events, ordinary_around(event))
        assert refused.value.key == key


def test_contacts_of_the_weeks_after_are_all_there_in_whole_weeks():
    kernel = DelayKernel(np.concatenate([np.zeros(10), [0.05], np.zeros(LAGS - 11)]))

    by_day = contacts_after(kernel, np.array([1_000.0, 200.0]))

    assert len(by_day) % 7 == 0
    assert by_day[10:12].tolist() == pytest.approx([50, 10])
    assert by_day.sum() == pytest.approx(60)
