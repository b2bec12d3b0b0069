"""What an order plan means, on the terminal: orders and enquiries by phase, after-sales contacts by week."""

from datetime import datetime

import numpy as np
import pandas as pd

from forecasting import AfterSalesOutlook, PlanOutlook, plan_outlook
from scenarios import Forecast, OrderPlan, PromoEvent, Scenario, load_order_plan
from scenarios.text import current_language
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange.words import DASH, moment

WEEKS_SHOWN = 6
"""Weeks with a column of their own; what comes later stands in one."""
_DAYS_PER_WEEK = 7


def read_outlook(
    source: str, history: pd.DataFrame, scenario: Scenario, past: tuple[PromoEvent, ...]
) -> tuple[OrderPlan, PlanOutlook]:
    """Return the order plan of a library name or file, and what it means for ``scenario``."""
    plan = load_order_plan(source)
    return plan, plan_outlook(history, scenario, plan, past_promotions=past)


def show_outlook(plan: OrderPlan, outlook: PlanOutlook, forecast: Forecast) -> None:
    """Print the phases beside the forecast made with them, the weeks after, and what the hand formula leaves out."""
    _show_phases(plan, outlook, forecast)
    _show_weeks(outlook)
    _tell_left_out(outlook)
    if any(row.contact_type is None for row in outlook.after_sales):
        tell("plan.name_types")


def _show_phases(plan: OrderPlan, outlook: PlanOutlook, forecast: Forecast) -> None:
    names = tuple(plan.enquiries)
    header = [say(f"plan.{key}") for key in ("phase", "start", "orders", "ordinary", "uplift", "enquiries")]
    header += [say(f"plan.{key}", name=name) for name in names for key in ("by_formula", "by_forecast")]
    lines = []
    for row in outlook.phases:
        line = [f"{row.event} / {row.phase.name}", moment(row.phase.start), f"{row.orders:,.0f}",
                f"{row.ordinary_orders:,.0f}", f"{row.phase.uplift or 0.0:.2f}", _count(row.enquiries)]  # fmt: skip
        for name in names:
            formula = None if row.enquiries is None else row.enquiries * plan.enquiries[name]
            line += [_count(formula), _count(_forecast_between(forecast, name, row.phase.start, row.phase.end))]
        lines.append(line)
    print_table(say("plan.phases", title=plan.title.get(current_language(), plan.name)), header, lines)


def _show_weeks(outlook: PlanOutlook) -> None:
    weeks = [say("plan.week", number=number + 1) for number in range(WEEKS_SHOWN)]
    header = [say(f"plan.{key}") for key in ("who", "source", "per_100", "delay")]
    header += [*weeks, say("plan.later"), say("plan.all"), say("plan.to_people")]
    lines = []
    for row in outlook.after_sales:
        by_week = row.by_day.reshape(-1, _DAYS_PER_WEEK).sum(axis=1)
        shown = [*by_week[:WEEKS_SHOWN], by_week[WEEKS_SHOWN:].sum(), by_week.sum()]
        lines.append(
            [
                row.contact_type or say(f"plan.cause.{row.cause}"),
                say(f"plan.source_{_source(row)}"),
                f"{100 * row.kernel.contacts_per_order:.2f}",
                f"{row.kernel.mean_days:.1f}",
                *(f"{contacts:,.0f}" for contacts in shown),
                DASH if row.contact_type is None else f"{row.to_people.sum():,.0f}",
            ]
        )
    print_table(say("plan.weeks", first=outlook.first_date.isoformat()), header, lines)


def _source(row: AfterSalesOutlook) -> str:
    if not row.measured:
        return "assumed"
    return "measured" if row.learnt else "share_measured"


def _tell_left_out(outlook: PlanOutlook) -> None:
    """Tell what evenly spread enquiries of the phases alone do not hold."""
    spread = np.sum([row.enquiries_by_interval() for row in outlook.phases], axis=0)
    after = sum(float(row.by_day.sum()) for row in outlook.after_sales)
    if not spread.any():
        tell("plan.no_formula", after=f"{after:,.0f}")
        return
    mean = float(spread[spread > 0].mean())
    tell(
        "plan.left_out", enquiries=f"{spread.sum():,.0f}", after=f"{after:,.0f}", peak=f"{spread.max():,.0f}",
        minutes=outlook.scenario.horizon.interval_min, times=f"{spread.max() / mean:.1f}",
    )  # fmt: skip


def _forecast_between(forecast: Forecast, name: str, start: datetime, end: datetime) -> float:
    """Return the contacts of a type that the forecast has between two moments."""
    horizon = forecast.horizon
    edges = np.arange(horizon.intervals + 1, dtype=np.float64) * horizon.interval_us
    inside = np.diff(np.clip(edges, float(horizon.us_of(start)), float(horizon.us_of(end))))
    return float(inside @ forecast.expected[:, forecast.column(name)]) / horizon.interval_us


def _count(number: float | None) -> str:
    return DASH if number is None else f"{number:,.0f}"
