"""What a study says, as tables on the terminal."""

import math
from collections.abc import Iterable, Sequence

from scenarios import Channel, Estimate, Kpi, Scenario, ServiceReport, min_to_clock
from scenarios.text import text
from scheduler.commands.console import print_table, say
from scheduler.exchange.words import DASH, percent, percent_with_interval
from sim import KPIS, DayPromise, Pack, Study, measure_title, pack_title

_WAITS = ("wait_p50_s", "wait_p80_s", "wait_p90_s", "wait_p95_s", "offered_90_within_s")
_REPLIES = ("rounds", "reply_within_share", "mean_reply_s", "first_contact_resolution_share")
"""What else is shown where chats are played by messages."""
_TICKETS = ("backlog", "overdue_open", "aged_24h_share", "aged_48h_share", "aged_72h_share", "closure_share")
"""What else is shown where there are tickets."""
_VALUE = ("value_yuan", "value_lost_yuan")
"""What else is shown where contacts have a worth."""
_PEOPLE = ("occupancy", "working_share", "utilisation", "online_h", "paid_h", "cost_yuan", "cost_per_contact_yuan")
_BY_DATE = ("offered", "abandoned_share", "asa_s", "wait_p90_s", "backlog")
_BY_HOUR = ("offered", "share_in_time", "abandoned_share", "asa_s", "reply_within_share", "mean_reply_s", "backlog")
_SCOPES_BY_DATE = 4  # as many columns as a terminal holds


def show_report(report: ServiceReport, scenario: Scenario) -> None:
    """Print the KPIs of a first page with their intervals per promise, contact type and group, and of every date."""
    names = _names(scenario)
    whole = {(row.kpi, row.scope): row for row in report.kpis if row.day is None and row.interval is None}
    headlines = [key for key, one in KPIS.items() if one.headline and one.scope == "type"]
    parts: list[Sequence[str]] = [headlines[:4], headlines[4:], _WAITS]
    if any(kind.messages is not None for kind in scenario.contact_types):
        parts.append(_REPLIES)
    if any(kind.channel is Channel.TICKET for kind in scenario.contact_types):
        parts.append(_TICKETS)
    if any(kind.value_yuan for kind in scenario.contact_types):
        parts.append(_VALUE)
    for part in parts:
        lines = [(name, *(figure(whole.get((key, name))) for key in part)) for name in names]
        known = [line for line in lines if set(line[1:]) != {DASH}]
        print_table(say("report_title"), [say("whom"), *(text(f"kpis.{key}") for key in part)], known)
    told = [key for key in _PEOPLE if any(kpi == key for kpi, _ in whole)]
    groups = [(group.name, *(figure(whole.get((key, group.name))) for key in told)) for group in scenario.groups]
    print_table(say("groups_title"), [text("export.group"), *(text(f"kpis.{key}") for key in told)], groups)
    days = sorted({row.day for row in report.kpis if row.day is not None})
    by_day = {(row.scope, row.day): row for row in report.kpis if row.kpi == "share_in_time" and row.interval is None}
    shown = names[:_SCOPES_BY_DATE]
    lines = [(f"{day}", *(figure(by_day.get((name, day))) for name in shown)) for day in days]
    print_table(text("kpis.share_in_time"), [text("export.date"), *shown], lines)


def show_dates(report: ServiceReport, promises: Iterable[DayPromise]) -> None:
    """Print, per promise and date, how likely the date keeps the promise, with its exact bound, beside its figures."""
    by_day = {(row.kpi, row.scope, row.day): row for row in report.kpis if row.day is not None and row.interval is None}
    rows = list(promises)
    told = [key for key in _BY_DATE if any((key, row.target, row.date) in by_day for row in rows)]
    lines = [
        (
            row.target,
            f"{row.date}",
            f"{row.days_met} / {row.days_simulated}",
            percent_with_interval(row.share_of_days),
            percent(row.lower_bound),
            *(figure(by_day.get((key, row.target, row.date))) for key in told),
        )
        for row in rows
    ]
    header = [text(f"export.{key}") for key in ("target", "date", "days_met_of", "share_of_days", "bound")]
    if lines:
        print_table(say("dates_title"), [*header, *(text(f"kpis.{key}") for key in told)], lines)


def show_hours(study: Study) -> None:
    """Print every open clock hour of each promise, or of each contact type where nothing is promised."""
    names = dict.fromkeys(target.name for target in study.targets) or dict.fromkeys(study.contact_types)
    for name in names:
        columns: dict[str, list[str]] = {}
        concerned = [key for key in _BY_HOUR if study.concerns(key, name)]
        for key in concerned:
            told = study.hour_figures(key, name)
            columns.setdefault("date", [f"{row.date}" for row in told])
            columns.setdefault("hour", [min_to_clock(row.start_min) for row in told])
            columns[key] = [said(row.estimate, KPIS[key].unit) for row in told]
        header = [text("export.date"), say("explain.hour"), *(text(f"kpis.{key}") for key in concerned)]
        print_table(say("hours_title", name=name), header, zip(*columns.values(), strict=True))


def show_pack(pack: Pack, kpis: Iterable[Kpi]) -> None:
    """Print what a platform would measure, over all contact types, with the date of its rules."""
    titles = {f"{pack.name}.{one.key}": (measure_title(pack, one), one.unit) for one in pack.measures}
    lines = []
    for row in kpis:
        if row.scope == "all" and row.day is None:
            title, unit = titles[row.kpi]
            lines.append((title, said(row.estimate, unit)))
    rules = say("pack_title", pack=pack_title(pack.name), date=f"{pack.valid_from}")
    print_table(rules, [say("pack_measure"), say("pack_value")], lines)


def show_types(report: ServiceReport, scenario: Scenario) -> None:
    """Print the share in time of every promise and contact type."""
    whole = {row.scope: row for row in report.kpis
             if row.kpi == "share_in_time" and row.day is None and row.interval is None}  # fmt: skip
    lines = [(name, figure(whole.get(name))) for name in _names(scenario)]
    print_table(text("export.by_type"), [say("whom"), text("export.share_in_time")], lines)


def figure(row: Kpi | None) -> str:
    """Return an estimate with its interval, in the unit of its definition; a dash where there is none."""
    return DASH if row is None else said(row.estimate, KPIS[row.kpi].unit)


def said(estimate: Estimate, unit: str) -> str:
    """Return an estimate with its interval in a unit; a dash where it is undefined."""
    if estimate.value != estimate.value:  # nan: undefined
        return DASH
    if unit == "share":
        return percent_with_interval(estimate)
    high = (
        f"{estimate.high:,.1f}" if math.isfinite(estimate.high) else "∞"
    )  # nobody knows how long the longest waits are
    return f"{estimate.value:,.1f} ({estimate.low:,.1f}–{high})"


def _names(scenario: Scenario) -> list[str]:
    """Return promises, then contact types that bear no promise's name."""
    names = (*(target.name for target in scenario.targets), *(kind.name for kind in scenario.contact_types))
    return list(dict.fromkeys(names))
