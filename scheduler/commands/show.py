"""Results as tables on the terminal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from forecasting import METHODS
from scenarios import Estimate, Horizon, Kpi, Plan, Scenario, ServiceReport
from scenarios.text import current_language, text
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange import summarise
from scheduler.exchange.words import (
    DASH,
    moment,
    percent,
    percent_with_interval,
    say_breach,
    say_reason,
)
from sim import KPIS, Pack, measure_title, pack_title

_REPLIES = ("rounds", "reply_within_share", "mean_reply_s", "first_contact_resolution_share")
"""What else is shown where chats are played by messages."""
_SENTENCES_MAX = 20
"""Rules broken and reasons printed; the files hold all."""


def show_errors(rows: Iterable[Mapping[Any, Any]]) -> None:
    """Print the errors of the forecast beside its rivals', a row per scope and contact type."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((str(row.get("contact_type", "*")), str(row["scope"])), {})[str(row["method"])] = row["wape"]
    if not found:
        tell("no_backtest")
        return
    header = [say("contact_type"), say("scope.title"), *(say(f"method.{method}") for method in METHODS)]
    lines = [
        (say("all_types") if kind == "*" else kind, say(f"scope.{scope}"), *(_wape(wapes.get(m)) for m in METHODS))
        for (kind, scope), wapes in found.items()
    ]
    print_table(say("errors_title"), header, lines)


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
        _show_types(plan.report, scenario)
    told = [say_breach(row, language) for row in (plan.verdict.breaches if plan.verdict else ())]
    told += [say_reason(reason, language) for reason in (*plan.outcome.reasons, *plan.notes)]
    for sentence in told[:_SENTENCES_MAX]:
        tell("bullet", sentence=sentence)
    if len(told) > _SENTENCES_MAX:
        tell("more", count=len(told) - _SENTENCES_MAX)


def show_report(report: ServiceReport, scenario: Scenario) -> None:
    """Print the first KPIs with their intervals per promise, contact type and group, and every date's share in time."""
    names = [target.name for target in scenario.targets] + [kind.name for kind in scenario.contact_types]
    whole = {(row.kpi, row.scope): row for row in report.kpis if row.day is None and row.interval is None}
    by_messages = any(kind.messages is not None for kind in scenario.contact_types)
    headlines = [key for key, one in KPIS.items() if one.headline and one.scope == "type"]
    parts = [headlines[:4], headlines[4:]] + ([list(_REPLIES)] if by_messages else [])
    for part in parts:
        lines = [(name, *(_figure(whole.get((key, name))) for key in part)) for name in dict.fromkeys(names)]
        print_table(say("report_title"), [say("whom"), *(text(f"kpis.{key}") for key in part)], lines)
    groups = [(group.name, _figure(whole.get(("occupancy", group.name)))) for group in scenario.groups]
    print_table(say("groups_title"), [text("export.group"), text("kpis.occupancy")], groups)
    days = sorted({row.day for row in report.kpis if row.day is not None})
    by_day = {(row.scope, row.day): row for row in report.kpis if row.kpi == "share_in_time" and row.interval is None}
    lines = [(f"{day}", *(_figure(by_day.get((name, day))) for name in dict.fromkeys(names[:4]))) for day in days]
    print_table(text("kpis.share_in_time"), [text("export.date"), *dict.fromkeys(names[:4])], lines)


def show_pack(pack: Pack, kpis: Iterable[Kpi]) -> None:
    """Print what a platform would measure, over all contact types, with the date of its rules."""
    titles = {f"{pack.name}.{one.key}": (measure_title(pack, one), one.unit) for one in pack.measures}
    lines = []
    for row in kpis:
        if row.scope == "all" and row.day is None:
            title, unit = titles[row.kpi]
            lines.append((title, _said(row.estimate, unit)))
    rules = say("pack_title", pack=pack_title(pack.name), date=f"{pack.valid_from}")
    print_table(rules, [say("pack_measure"), say("pack_value")], lines)


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


def _show_types(report: ServiceReport, scenario: Scenario) -> None:
    whole = {row.scope: row for row in report.kpis
             if row.kpi == "share_in_time" and row.day is None and row.interval is None}  # fmt: skip
    names = [*(target.name for target in scenario.targets), *(kind.name for kind in scenario.contact_types)]
    lines = [(name, _figure(whole.get(name))) for name in dict.fromkeys(names)]
    print_table(text("export.by_type"), [say("whom"), text("export.share_in_time")], lines)


def _figure(row: Kpi | None) -> str:
    """Return an estimate with its interval, in the unit of its definition."""
    if row is None or row.estimate.value != row.estimate.value:  # nan: undefined
        return DASH
    return _said(row.estimate, KPIS[row.kpi].unit)


def _said(said: Estimate, unit: str) -> str:
    if said.value != said.value:  # nan: undefined
        return DASH
    if unit == "share":
        return percent_with_interval(said)
    return f"{said.value:,.1f} ({said.low:,.1f}–{said.high:,.1f})"


def _wape(value: object) -> str:
    return percent(value) if isinstance(value, float) else DASH


def _start(horizon: Horizon, interval: int) -> datetime:
    return horizon.instant(interval * horizon.interval_us)
