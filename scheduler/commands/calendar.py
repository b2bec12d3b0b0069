"""``springtide calendar``: days off, make-up workdays and promotions of a year, as a table or a file."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from forecasting import CalendarDay, DayCalendar, load_calendar
from forecasting.calendars.days import COUNTRY_OF_ZONE
from forecasting.calendars.promotions import PromoEntry, promo_calendar, shipped_version
from scenarios import UsageError
from scenarios.text import current_language
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange.day_calendars import (
    calendar_table,
    day_cells,
    is_worth_telling,
    phases_between,
    promo_cells,
    write_calendar_ics,
)
from scheduler.exchange.table_files import write_table
from scheduler.exits import Exit

ENDINGS = (".csv", ".xlsx", ".ics")
_CHINA = "CN"
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, kw_only=True)
class CalendarOptions:
    """Options of the command."""

    span: Annotated[str | None, typer.Argument(help="cli.option.span", show_default=False)] = None
    country: Annotated[str, typer.Option("--country", help="cli.option.country")] = _CHINA
    overrides: Annotated[Path | None, typer.Option("--overrides", help="cli.option.overrides", show_default=False)] = (
        None
    )
    promotions: Annotated[
        Path | None, typer.Option("--promotions", help="cli.option.own_promotions", show_default=False)
    ] = None
    zone: Annotated[str | None, typer.Option("--zone", help="cli.option.promo_zone", show_default=False)] = None
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_calendar", show_default=False)] = None


def run(options: CalendarOptions) -> Exit:
    """Print what is worth telling; write every date where a file is asked for."""
    if options.out is not None and options.out.suffix.lower() not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise UsageError("not_one_of", thing="springtide", field="--out", value=options.out.name, known=known)
    first, last = _span(options.span)
    calendar = load_calendar(options.country, options.overrides)
    days = calendar.days(first, last)
    phases = _phases(options, calendar, first, last)
    _print_days(calendar, days)
    if phases:
        _print_phases(phases)
    if options.out is not None:
        _write(options.out, days, phases)
    return Exit.DONE


def _span(text: str | None) -> tuple[date, date]:
    """Return first and last date of ``2026``, ``2026..2027`` or ``2026-10-01..2026-11-30``; this year without text."""
    if text is None:
        year = datetime.now(UTC).astimezone().year
        return date(year, 1, 1), date(year, 12, 31)
    start, _, end = text.partition("..")
    try:
        first, last = _edge(start, "-01-01"), _edge(end or start, "-12-31")
    except ValueError as error:
        raise UsageError("not_a_span", value=text) from error
    if last < first:
        raise UsageError("not_a_span", value=text)
    return first, last


def _edge(text: str, rest_of_year: str) -> date:
    return date.fromisoformat(f"{text}{rest_of_year}" if _YEAR.fullmatch(text) else text)


def _phases(options: CalendarOptions, calendar: DayCalendar, first: date, last: date) -> list[tuple[PromoEntry, int]]:
    """Return the promotions of the dates: the planner's, and in China those that ship."""
    if options.promotions is None and not calendar.country.startswith(_CHINA):
        return []
    zones = {country: zone for zone, country in COUNTRY_OF_ZONE.items()}
    zone = options.zone or zones.get(calendar.country)
    if zone is None:
        raise UsageError("zone_needed", value=calendar.country)
    return phases_between(promo_calendar(zone, options.promotions, last), first, last)


def _print_days(calendar: DayCalendar, days: tuple[CalendarDay, ...]) -> None:
    language = current_language()
    told = [day_cells(day, language) for day in days if is_worth_telling(day)]
    header = ("date", "weekday", "kind", "name", "block", "note")
    title = say("calendar.days_title", country=calendar.country, first=days[0].date, last=days[-1].date)
    print_table(title, [say(f"calendar.{key}") for key in header], [tuple(row.values()) for row in told])
    for year in sorted({day.date.year for day in days if day.provisional}):
        tell("calendar.provisional_year", year=year)


def _print_phases(phases: list[tuple[PromoEntry, int]]) -> None:
    language = current_language()
    told = [promo_cells(entry, number, language) for entry, number in phases]
    header = ("start", "end", "event", "phase", "uplift", "note")
    print_table(
        say("calendar.promotions_title"), [say(f"calendar.{key}") for key in header],
        [tuple(row.values()) for row in told],
    )  # fmt: skip
    if any(not entry.verified for entry, _ in phases):
        tell("calendar.unverified_told", version=shipped_version())


def _write(path: Path, days: tuple[CalendarDay, ...], phases: list[tuple[PromoEntry, int]]) -> None:
    language = current_language()
    if path.suffix.lower() == ".ics":
        write_calendar_ics(path, days, phases, stamp=datetime.now(UTC), language=language)
    else:
        write_table(calendar_table(days, phases, language), path)
    tell("files", path=path)
