"""What an order plan means: orders and enquiries of each phase, and the after-sales contacts of the weeks after."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from forecasting.after_sales.kernels import CAUSES, DelayKernel
from forecasting.after_sales.orders import OrdinaryOrders
from forecasting.after_sales.plan import PhaseOrders, contacts_after, plan_phases, with_targets
from forecasting.following import OrderHistory, days_after, order_history, scaled_orders, wave_of
from forecasting.forecast import coming_events, rows_before
from forecasting.history.series import HistoryGrid, grid_of
from forecasting.learning import learn
from scenarios import AfterSales, ContactType, OrderPlan, PlanningError, PromoEvent, Quantity, Scenario
from scenarios.checks import FloatArray
from scenarios.horizon import zone_of


@dataclass(frozen=True, slots=True)
class AfterSalesOutlook:
    """After-sales contacts that the orders of a plan bring.

    Parameters
    ----------
    contact_type
        The type; ``None`` where no type of the scenario says that it follows orders, and the cause is told instead.
    cause
        What of an order is asked about.
    kernel
        Contacts per order and their delay.
    measured, learnt
        Whether contacts per order, and whether the delays, are of the history; else both are assumed.
    by_day
        (E,) contacts by day from the first of the plan's days on, whole weeks.
    to_people
        (E,) the same with the scenario's levers on volume and without those its bot keeps.
    """

    contact_type: str | None
    cause: AfterSales
    kernel: DelayKernel
    measured: bool
    learnt: bool
    by_day: FloatArray
    to_people: FloatArray


@dataclass(frozen=True, slots=True)
class PlanOutlook:
    """What an order plan means.

    Parameters
    ----------
    scenario
        The scenario with the plan's targets in its promotions.
    phases
        Orders and enquiries, in the plan's order.
    first_date
        First date with orders of the plan; the weeks after count from it.
    orders_by_day
        (D,) orders of the plan's phases from that date on.
    after_sales
        One for each type that follows orders; for each cause where no type does.
    """

    scenario: Scenario
    phases: tuple[PhaseOrders, ...]
    first_date: date
    orders_by_day: FloatArray
    after_sales: tuple[AfterSalesOutlook, ...]


def plan_outlook(
    history: pd.DataFrame,
    scenario: Scenario,
    plan: OrderPlan,
    *,
    past_promotions: tuple[PromoEvent, ...] = (),
) -> PlanOutlook:
    """Return what ``plan`` means for ``scenario``, going by ``history``; its arguments are those of ``make_forecast``.

    Targets become uplifts over the ordinary orders of the same hours: those of the history where it has a column
    ``orders``, else ``plan.ordinary_orders_per_day`` spread as ordinary contacts are.

    Raises
    ------
    PlanningError
        As ``make_forecast``; when the plan names a phase or a type the scenario does not have, when a target cannot be
        met, and when nothing says how many orders are ordinary.
    """
    for name in plan.enquiries:
        scenario.type_index(name)
    horizon = scenario.horizon
    before = rows_before(history, scenario)
    contacts = grid_of(before, zone=horizon.zone, interval_min=horizon.interval_min)
    orders = order_history(before, horizon, past_promotions)
    ordinary = _ordinary(orders, contacts, scenario, plan, past_promotions)
    phases = plan_phases(plan, scenario.promo, ordinary)
    aimed = replace(scenario, promo=with_targets(scenario.promo, phases))
    first = min(row.phase.start for row in phases).astimezone(zone_of(horizon.zone)).date()
    known = contacts if orders is None else orders.grid
    by_day = np.sum([row.by_interval for row in phases], axis=0).sum(axis=1)[known.day_of(first) :]
    kernels = _kernels(orders, contacts, aimed, past_promotions)
    after = tuple(_brought(aimed, first, by_day, *row) for row in kernels)
    return PlanOutlook(aimed, phases, first, by_day, after)


def _ordinary(
    orders: OrderHistory | None,
    contacts: HistoryGrid,
    scenario: Scenario,
    plan: OrderPlan,
    past_promotions: Sequence[PromoEvent],
) -> OrdinaryOrders:
    if orders is not None:
        return orders.ordinary(days_after(orders.grid, scenario.horizon))
    if plan.ordinary_orders_per_day is None:
        raise PlanningError(
            "orders_unknown", thing=f"OrderPlan({plan.name})", field="ordinary_orders_per_day", value="-"
        )
    days = days_after(contacts, scenario.horizon)
    return scaled_orders(learn(contacts, past_promotions), days, plan.ordinary_orders_per_day)


def _kernels(
    orders: OrderHistory | None, contacts: HistoryGrid, scenario: Scenario, past_promotions: tuple[PromoEvent, ...]
) -> Iterator[tuple[str | None, AfterSales, DelayKernel, bool, bool]]:
    """Yield type, cause and kernel of all that follows orders, whether it is measured and its delays are learnt."""
    asking = [(kind, kind.after_sales) for kind in scenario.contact_types if kind.after_sales is not None]
    if not asking:
        yield from ((None, cause, DelayKernel(taken.per_order), False, False) for cause, taken in CAUSES.items())
        return
    coming = coming_events(past_promotions, scenario)
    by_day = None if orders is None else orders.by_day(days_after(orders.grid, scenario.horizon), coming)
    for kind, cause in asking:
        if orders is not None and by_day is not None and kind.name in contacts.contact_types:
            wave = wave_of(orders, by_day, contacts, kind.name, cause)
            yield kind.name, cause, wave.kernel, True, wave.learnt
        else:
            share = _share_of_cause(kind, [other for other, same in asking if same is cause])
            yield kind.name, cause, DelayKernel(CAUSES[cause].per_order * share), False, False


def _share_of_cause(kind: ContactType, alike: Sequence[ContactType]) -> float:
    """Return which share of a cause's contacts come as ``kind``: by ordinary contacts, else equal shares."""
    together = sum(other.contacts_per_day for other in alike)
    return kind.contacts_per_day / together if together > 0 else 1.0 / len(alike)


def _brought(
    scenario: Scenario,
    first: date,
    orders_by_day: FloatArray,
    name: str | None,
    cause: AfterSales,
    kernel: DelayKernel,
    measured: bool,
    learnt: bool,
) -> AfterSalesOutlook:
    by_day = contacts_after(kernel, orders_by_day)
    reaching = np.ones(len(by_day)) if name is None else _reaching_people(scenario, name, first, len(by_day))
    return AfterSalesOutlook(name, cause, kernel, measured, learnt, by_day, by_day * reaching)


def _reaching_people(scenario: Scenario, name: str, first: date, days: int) -> FloatArray:
    """Return (days,) the share of a type's contacts that levers leave and the bot does not keep, day by day."""
    kind = scenario.contact_types[scenario.type_index(name)]
    offered, kept = (0.0, 0.0) if kind.bot is None else (kind.bot.offered_share, kind.bot.containment_share)
    noon = datetime.combine(first, time(12), zone_of(scenario.horizon.zone))
    noons = [noon + timedelta(days=day) for day in range(days)]
    volume, bot = (
        np.array([_lever_factor(scenario, quantity, name, moment) for moment in noons])
        for quantity in (Quantity.VOLUME, Quantity.BOT)
    )
    return np.asarray(volume * (1.0 - np.minimum(1.0, offered * bot) * kept), dtype=np.float64)


def _lever_factor(scenario: Scenario, quantity: Quantity, name: str, moment: datetime) -> float:
    """Return the product of the levers' effects on a type at a moment; one without an end goes on after the horizon."""
    return math.prod(
        effect.factor
        for lever in scenario.levers
        for effect in lever.effects
        if effect.quantity is quantity
        and (not effect.contact_types or name in effect.contact_types)
        and (effect.start is None or effect.start <= moment)
        and (effect.end is None or moment < effect.end)
    )
