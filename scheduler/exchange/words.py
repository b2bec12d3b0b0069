"""How figures, times and shifts are written for people."""

import math
from datetime import date, datetime, time, timedelta

from scenarios import Assignment, Estimate, Horizon, Reason, RuleBreach, min_to_clock
from scenarios.horizon import US_PER_MIN
from scenarios.text import fill, text
from scheduler.rostering import tell_breach

DASH = "–"
_DANGEROUS = ("=", "+", "-", "@", "'", "\t", "\r")
"""A spreadsheet takes such text for a formula; the apostrophe is here so that ``safe_cell`` can be undone."""


def safe_cell(content: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe is put before a dangerous first letter."""
    return f"'{content}" if content.startswith(_DANGEROUS) else content


def plain_cell(content: str) -> str:
    """Return what ``safe_cell`` was given."""
    return content[1:] if content.startswith("'") and content[1:].startswith(_DANGEROUS) else content


def percent(share: float) -> str:
    """Return ``0.934`` as ``93.4 %``; a dash where it is undefined."""
    return DASH if math.isnan(share) else f"{share * 100:.1f} %"


def percent_with_interval(estimate: Estimate) -> str:
    """Return a share with its interval, ``93.4 % (93.1-93.7)``."""
    if math.isnan(estimate.value):
        return DASH
    return f"{percent(estimate.value)} ({estimate.low * 100:.1f}–{estimate.high * 100:.1f})"


def clock(assignment: Assignment, us: int, horizon: Horizon) -> str:
    """Return the wall clock at ``us`` as seen from the shift's date."""
    return clock_on(assignment.date, us, horizon)


def clock_on(day: date, us: int, horizon: Horizon) -> str:
    """Return the wall clock at ``us`` as seen from ``day``: two hours past its midnight is 26:00."""
    local = horizon.instant(us)
    days = (local.date() - day).days
    return min_to_clock(days * 24 * 60 + local.hour * 60 + local.minute)


def shift_name(assignment: Assignment, horizon: Horizon) -> str:
    """Return the name of a shift as a roster grid shows it, ``long 09:00-17:00``."""
    return f"{assignment.template} {shift_times(assignment, horizon)}"


def shift_times(assignment: Assignment, horizon: Horizon) -> str:
    """Return the times of a shift, ``09:00-17:00``."""
    return "-".join(clock(assignment, us, horizon) for us in (assignment.start_us, assignment.end_us))


def break_names(assignment: Assignment, horizon: Horizon) -> str:
    """Return the breaks of a shift, ``12:00-13:00, 15:00-15:15``."""
    return ", ".join(
        f"{clock(assignment, pause.start_us, horizon)}-{clock(assignment, pause.end_us, horizon)}"
        for pause in assignment.breaks
    )


def hours(us: int) -> float:
    """Return µs as hours."""
    return us / (60 * US_PER_MIN)


def moment(when: datetime) -> str:
    """Return a local time to the minute."""
    return when.strftime("%Y-%m-%d %H:%M")


def local_start(day: date, start_min: int) -> str:
    """Return the local time so many minutes after a date's midnight: hour 25:00 begins at 01:00 of the next date."""
    return moment(datetime.combine(day, time()) + timedelta(minutes=start_min))


def weekday(day: int, language: str) -> str:
    """Return the short name of a weekday, Monday 0."""
    return text("export.weekdays", language).split(",")[day]


def say_reason(reason: Reason, language: str) -> str:
    """Return a reason as a sentence."""
    return fill(reason.key, dict(reason.facts), language)


def say_breach(breach: RuleBreach, language: str) -> str:
    """Return a broken rule as a sentence."""
    return tell_breach(breach, breach.date, language)
