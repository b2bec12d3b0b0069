"""Numbers, dates and verdicts in plain words of either language."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dashboard.settings import TEXT
from scenarios import Estimate, Horizon, Reason, Scenario, ServiceTarget, TargetStatement
from scenarios.text import catalogue, fill, text

MINUTE_S = 60
LONG_WAIT_S = 120
"""Waits from here on are told in minutes."""


def phrase(key: str, language: str, **facts: object) -> str:
    """Return the text ``key`` of the pages' catalogue."""
    return text(key, language, folder=TEXT, **facts)


def percent(share: float | None, language: str, digits: int = 1) -> str:
    """Return a share as percent, the only place where it becomes one; a dash where it is undefined."""
    if share is None or math.isnan(share):
        return phrase("unit.none", language)
    return phrase("unit.percent", language, value=100 * share, digits=digits)


def percent_range(low: float | None, high: float | None, language: str, digits: int = 1) -> str:
    """Return the bounds of a share as percent."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return phrase("unit.none", language)
    return phrase("unit.percent_range", language, low=100 * low, high=100 * high, digits=digits)


def points(difference: float | None, language: str) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    if difference is None:
        return phrase("unit.none", language)
    return phrase("unit.points", language, value=100 * difference)


def duration(seconds: float | None, language: str) -> str:
    """Return a wait in seconds, a long one in minutes."""
    if seconds is None or math.isnan(seconds):
        return phrase("unit.none", language)
    if seconds >= LONG_WAIT_S:
        return phrase("unit.minutes", language, value=seconds / MINUTE_S)
    return phrase("unit.seconds", language, value=seconds)


def promised(share: float, language: str) -> str:
    """Return a promised share without needless decimals: 90 %, 92.5 %."""
    return percent(share, language, digits=0 if math.isclose(100 * share, round(100 * share), abs_tol=1e-9) else 1)


def date_text(day: date, language: str) -> str:
    """Return a date with its weekday."""
    words = catalogue(TEXT, language)
    weekday, month = words["day.weekdays"].split()[day.weekday()], words["day.months"].split()[day.month - 1]
    return phrase("day.label", language, weekday=weekday, day=day.day, month=month)


def clock_text(horizon: Horizon, us: int) -> str:
    """Return the local clock at ``us``, ``24:00`` never: midnight is 00:00 as on the wall."""
    return horizon.instant(us).strftime("%H:%M")


def span_text(horizon: Horizon, interval: int, language: str) -> str:
    """Return date and clock of the start of an interval."""
    instant = horizon.instant(interval * horizon.interval_us)
    return phrase("day.moment", language, date=date_text(instant.date(), language), clock=instant.strftime("%H:%M"))


def promise_text(target: ServiceTarget, language: str) -> str:
    """Return a promise in words."""
    return phrase(
        "promo.promise", language, target=target.name, share=promised(target.day_share, language),
        within=duration(target.answer_within_s, language), days=promised(target.share_of_days, language),
    )  # fmt: skip


def facts_text(scenario: Scenario, language: str) -> str:
    """Return a scenario in one line: dates, people, promises."""
    first = scenario.horizon.first_date
    last = first + timedelta(days=scenario.horizon.dates - 1)
    key = "promo.dates_one" if first == last else "promo.dates_many"
    dates = phrase(key, language, first=date_text(first, language), last=date_text(last, language))
    promises = phrase("unit.and", language).join(promise_text(target, language) for target in scenario.targets)
    return phrase("promo.facts", language, dates=dates, agents=len(scenario.agents), promises=promises or "–")


def reason_text(reason: Reason, language: str) -> str:
    """Return why something cannot be."""
    return fill(reason.key, dict(reason.facts), language)


def statement_text(statement: TargetStatement, target: ServiceTarget | None, language: str) -> str:
    """Return what the proof says about one promise on one date; ``target`` is ``None`` when it is not known."""
    hour = f"{statement.worst_hour // 60 % 24:02d}:{statement.worst_hour % 60:02d}"
    facts: dict[str, object] = {
        "target": statement.target,
        "met": statement.days_met,
        "days_simulated": statement.days_simulated,
        "bound": percent(statement.bound, language),
        "share": _with_range(statement.day_share, language),
        "hour": hour,
        "worst": percent(statement.worst_hour_share, language),
        "abandoned": percent(statement.abandoned_share.value, language),
    }
    if target is None:
        return phrase("roster.statement_plain", language, **facts)
    facts |= {
        "promised": promised(target.day_share, language),
        "within": duration(target.answer_within_s, language),
        "days": promised(target.share_of_days, language),
        "confidence": promised(target.confidence, language),
    }
    return phrase(f"roster.{_statement_key(statement, target)}", language, **facts)


def _statement_key(statement: TargetStatement, target: ServiceTarget) -> str:
    if statement.proven:
        return "statement_proven"
    return "statement_beside" if statement.bound >= target.share_of_days else "statement_not_proven"


def _with_range(estimate: Estimate, language: str) -> str:
    value = percent(estimate.value, language)
    return f"{value} ({percent_range(estimate.low, estimate.high, language)})"


def headline(row: Mapping[str, Any], language: str) -> str:
    """Return in one sentence whether a promise is kept on a date; ``row`` is one of ``Side.dates``."""
    day = date_text(date.fromisoformat(row["date"]), language)
    if row["share"] is None:
        return phrase("result.no_contacts", language, date=day, target=row["target"])
    key = "missed" if row["share"] < row["promised"] else "days_short" if row["met"] < row["promised_days"] else "kept"
    return phrase(
        f"result.{key}", language, date=day, target=row["target"], within=duration(row["within_s"], language),
        share=percent(row["share"], language), range=percent_range(row["share_low"], row["share_high"], language),
        promised=promised(row["promised"], language), met=percent(row["met"], language, digits=0),
        days=promised(row["promised_days"], language),
    )  # fmt: skip


def difference_text(row: Mapping[str, Any], language: str) -> str:
    """Return how far the levers moved a share; ``row`` is one of ``TrialOutcome.difference``."""
    if row["share"] is None or row["share_low"] is None:
        return ""
    bounds = phrase("unit.points_range", language, low=100 * row["share_low"], high=100 * row["share_high"])
    return phrase("result.against", language, points=points(row["share"], language), range=bounds)
