"""Results as tables on the terminal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from forecasting import TOTAL
from scenarios import Horizon, Plan, Scenario
from scenarios.text import current_language, text
from scheduler.commands.console import print_table, say, tell
from scheduler.commands.sections import errors_section, show_section
from scheduler.commands.show_service import show_types
from scheduler.exchange import summarise
from scheduler.exchange.words import (
    DASH,
    moment,
    percent,
    percent_with_interval,
    say_breach,
    say_reason,
)

_SENTENCES_MAX = 20
"""Rules broken and reasons printed; the files hold all."""


def show_errors(rows: Iterable[Mapping[Any, Any]]) -> None:
    """Print the errors of the forecast beside its rivals': a row per type, and for all types one per scope."""
    section = errors_section(row for row in rows if row.get("contact_type", TOTAL) == TOTAL or row["scope"] == "all")
    if not section.rows:
        tell("no_backtest")
        return
    show_section(section)


def show_plan(plan: Plan, scenario: Scenario) -> None:
    """Print what a plan comes to: figures, the verdict of every date, service per contact type, what is broken."""
    language = current_language()
    figures = summarise(plan, scenario)
    horizon = plan.requirement.horizon
    rows = [
        (text("export.people"), f"{figures.people}"),
        (say("shifts_and_hours"), f"{figures.shifts} / {figures.paid_h:,.0f}"),
        (text("export.cost"), f"{figures.cost_yuan:,.0f}"),
        (text("export.peak"), f"{figures.peak_positions:,.0f} ({moment(_start(horizon, figures.peak_at))})"),
        (say("roster_status"), say(f"roster.{plan.outcome.status}")),
        (text("export.gap"), percent(figures.gap)),
        (text("export.breaches"), DASH if figures.breaches is None else f"{figures.breaches}"),
        (say("verdict"), text(f"export.status_{figures.status}")),
    ]
    print_table(say("plan_title", scenario=scenario.name), ["", ""], rows)
    _show_statements(plan)
    if plan.report is not None:
        show_types(plan.report, scenario)
    told = [say_breach(row, language) for row in (plan.verdict.breaches if plan.verdict else ())]
    told += [say_reason(reason, language) for reason in (*plan.outcome.reasons, *plan.notes)]
    for sentence in told[:_SENTENCES_MAX]:
        tell("bullet", sentence=sentence)
    if len(told) > _SENTENCES_MAX:
        tell("more", count=len(told) - _SENTENCES_MAX)


def _show_statements(plan: Plan) -> None:
    statements = () if plan.verdict is None else plan.verdict.statements
    header = ["date", "target", "proven", "days_met_of", "share_of_days", "bound", "day_share", "worst_hour_share"]
    lines = [
        (
            f"{row.date}",
            row.target,
            text(f"export.{'yes' if row.proven else 'no'}"),
            f"{row.days_met} / {row.days_simulated}",
            percent(row.share_of_days),
            percent(row.bound),
            percent_with_interval(row.day_share),
            percent(row.worst_hour_share),
        )
        for row in statements
    ]
    if lines:
        print_table(text("export.by_date"), [text(f"export.{key}") for key in header], lines)
        tell("joint", answer=text(f"export.{'yes' if plan.verdict and plan.verdict.joint_proven else 'no'}"))


def _start(horizon: Horizon, interval: int) -> datetime:
    return horizon.instant(interval * horizon.interval_us)
