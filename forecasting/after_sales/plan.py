"""From the order plan: the uplift its targets mean, enquiries by interval, and the contacts of the weeks after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.after_sales.kernels import LAGS, DelayKernel
from forecasting.after_sales.orders import OrdinaryOrders
from forecasting.events.timeline import Stretch, overlap_us, planned
from scenarios import OrderPlan, PlanKind, PlanningError, PromoEvent, PromoPhase
from scenarios.checks import FloatArray, require_known, require_unique

DAYS_PER_WEEK = 7
_TRIED = (2.0, 3.0)  # orders are linear in an uplift above 1: two points give the line


@dataclass(frozen=True, slots=True)
class PhaseOrders:
    """What an order plan means for one phase.

    Parameters
    ----------
    event, phase
        The phase, its uplift as the plan's target asks.
    orders, ordinary_orders
        Target of the plan, and orders of the same hours without promotion.
    enquiries
        Pre-sale contacts by the hand formula; ``None`` where the plan has no rates for it.
    by_interval
        (N, S) orders of the phase in the intervals of ``OrdinaryOrders``.
    """

    event: str
    phase: PromoPhase
    orders: float
    ordinary_orders: float
    enquiries: float | None
    by_interval: FloatArray

    def enquiries_by_interval(self) -> FloatArray:
        """Return (N, S) the enquiries of the hand formula, spread as the phase's orders are."""
        return self.by_interval * ((self.enquiries or 0.0) / max(float(self.by_interval.sum()), 1e-300))


def plan_phases(plan: OrderPlan, events: Sequence[PromoEvent], ordinary: OrdinaryOrders) -> tuple[PhaseOrders, ...]:
    """Return what ``plan`` means for the phases of ``events`` that it names, in its order.

    Raises
    ------
    PlanningError
        When it names a phase that ``events`` do not have, or a target that no uplift meets.
    """
    asked = [f"{target.event}/{target.name}" for target in plan.phases]
    named = [(f"{event.name}/{phase.name}", event, phase) for event in events for phase in event.phases]
    require_known(f"OrderPlan({plan.name})", "phases", asked, [name for name, _, _ in named])
    require_unique("Scenario", "promo", [name for name, _, _ in named if name in asked])
    found = {name: (event, phase) for name, event, phase in named}
    rows: list[PhaseOrders] = []
    for target in plan.phases:
        event, phase = found[f"{target.event}/{target.name}"]
        orders = plan.orders_of(target)
        lifted = _to_target(event, phase, orders, ordinary)
        inside = _inside(event, lifted, ordinary)
        by_interval = inside * ordinary.lifted(_alone(event, lifted, ordinary.zone))
        usual = float((inside * ordinary.counts).sum())
        rows.append(PhaseOrders(event.name, lifted, orders, usual, plan.enquiries_of(target), by_interval))
    return tuple(rows)


def with_targets(events: Sequence[PromoEvent], rows: Sequence[PhaseOrders]) -> tuple[PromoEvent, ...]:
    """Return ``events`` with the uplift of ``rows`` in the phases they are of."""
    lifted = {(row.event, row.phase.name, row.phase.start): row.phase for row in rows}
    return tuple(
        replace(
            event,
            phases=tuple(lifted.get((event.name, phase.name, phase.start), phase) for phase in event.phases),
        )
        for event in events
    )


def contacts_after(kernel: DelayKernel, orders_by_day: FloatArray) -> FloatArray:
    """Return (E,) the contacts that (D,) ``orders_by_day`` bring on each day from the first of these days on.

    E is a number of whole weeks and holds all of them. Weekdays are left out of it: a week has each once.
    """
    weeks = -(-(len(orders_by_day) + LAGS - 1) // DAYS_PER_WEEK)
    quiet = np.zeros(weeks * DAYS_PER_WEEK - len(orders_by_day))
    return kernel.contacts(np.concatenate([np.zeros(LAGS - 1), orders_by_day, quiet]))


def _to_target(event: PromoEvent, phase: PromoPhase, orders: float, ordinary: OrdinaryOrders) -> PromoPhase:
    """Return ``phase`` with the uplift under which it has ``orders``, spread by its burst or by what was learnt."""
    low, high = (_orders_at(event, phase, uplift, ordinary) for uplift in _TRIED)
    per_uplift = (high - low) / (_TRIED[1] - _TRIED[0])
    if per_uplift <= 0:
        raise PlanningError("phase_without_orders", thing=f"PromoEvent({event.name})", field=f"phases[{phase.name}]")
    uplift = _TRIED[0] + (orders - low) / per_uplift
    if uplift <= 1:  # a burst needs an excess: below the ordinary rate a phase runs level
        uplift = orders / _orders_at(event, phase, 1.0, ordinary)
    if uplift <= 0:
        raise PlanningError("not_positive", thing=f"PromoEvent({event.name})", field=f"phases[{phase.name}].orders",
                            value=orders)  # fmt: skip
    return replace(phase, uplift=uplift, plan=PlanKind.TARGET)


def _orders_at(event: PromoEvent, phase: PromoPhase, uplift: float, ordinary: OrdinaryOrders) -> float:
    lifted = replace(phase, uplift=uplift, plan=PlanKind.TARGET)
    return float((_inside(event, lifted, ordinary) * ordinary.lifted(_alone(event, lifted, ordinary.zone))).sum())


def _alone(event: PromoEvent, phase: PromoPhase, zone: str | None) -> tuple[Stretch, ...]:
    return tuple(piece for piece in planned((PromoEvent(event.name, (phase,)),), zone=zone) if not piece.aftermath)


def _inside(event: PromoEvent, phase: PromoPhase, ordinary: OrdinaryOrders) -> FloatArray:
    """Return (N, S) the share of each interval that lies inside ``phase``."""
    (stretch,) = _alone(event, phase, ordinary.zone)
    return overlap_us(stretch, ordinary.start_us, ordinary.interval_us) / ordinary.interval_us
