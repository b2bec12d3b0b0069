"""The day calendar and the promotions of the year, for people: rows of tables, and an ICS file."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
from icalendar import Calendar, Event

from forecasting import CalendarDay, DayKind
from forecasting.calendars.promotions import PromoEntry
from scenarios import PromoPhase
from scenarios.text import text
from scheduler.exchange.files import replacing

_JOIN = {"en": "; ", "zh": "；"}


def is_worth_telling(day: CalendarDay) -> bool:
    """Return whether a date is more than a plain workday or weekend day."""
    named = day.title or day.eve_of or day.back_from
    return named is not None or day.kind is DayKind.MAKE_UP_WORKDAY or bool(day.why)


def day_cells(day: CalendarDay, language: str) -> dict[str, str]:
    """Return the cells of one date: ``date``, ``weekday``, ``kind``, ``name``, ``block``, ``note``."""
    block = "" if day.block is None else f"{day.block_day}/{day.block.days}"
    notes = [
        "" if day.eve_of is None else text("calendar.eve", language, name=day.eve_of.title.told(language)),
        "" if day.back_from is None else text("calendar.back", language, name=day.back_from.title.told(language)),
        day.why,
        text("calendar.provisional", language) if day.provisional else "",
    ]
    return {
        "date": day.date.isoformat(),
        "weekday": text("export.weekdays", language).split(",")[day.date.weekday()],
        "kind": text(f"calendar.{day.kind}", language),
        "name": "" if day.title is None else day.title.told(language),
        "block": block,
        "note": _JOIN[language].join(filter(None, notes)),
    }


def promo_cells(entry: PromoEntry, number: int, language: str) -> dict[str, str]:
    """Return the cells of one phase: ``start``, ``end``, ``name``, ``phase``, ``uplift``, ``note``."""
    phase = entry.event.phases[number]
    known = "calendar.own" if entry.own else "calendar.verified" if entry.verified else "calendar.unverified"
    return {
        "start": f"{phase.start:%Y-%m-%d %H:%M}",
        "end": f"{phase.end:%Y-%m-%d %H:%M}",
        "name": entry.title.told(language),
        "phase": entry.phase_titles[number].told(language),
        "uplift": "" if phase.uplift is None else f"{phase.uplift:g}",
        "note": text(known, language, source=entry.source),
    }


def phases_between(entries: Sequence[PromoEntry], first: date, last: date) -> list[tuple[PromoEntry, int]]:
    """Return the phases (entry, number) that touch the dates from ``first`` to ``last``, in order of starts."""
    found = [
        (entry, number)
        for entry in entries
        for number, phase in enumerate(entry.event.phases)
        if phase.start.date() <= last and (phase.end - timedelta(microseconds=1)).date() >= first
    ]
    return sorted(found, key=lambda pair: pair[0].event.phases[pair[1]].start)


def calendar_table(
    days: Sequence[CalendarDay], phases: Sequence[tuple[PromoEntry, int]], language: str
) -> pd.DataFrame:
    """Return every date as a row: the cells of the day, and the promotions that run on it."""
    rows = []
    for day in days:
        running = [
            f"{entry.title.told(language)} {entry.phase_titles[number].told(language)}"
            for entry, number in phases_between([entry for entry, _ in phases], day.date, day.date)
        ]
        rows.append(day_cells(day, language) | {"promotions": _JOIN[language].join(dict.fromkeys(running))})
    return pd.DataFrame(rows)


def write_calendar_ics(
    path: Path, days: Sequence[CalendarDay], phases: Sequence[tuple[PromoEntry, int]], *, stamp: datetime, language: str
) -> None:
    """Write the dates worth telling as all-day events, and phases of promotions with their times, to an ICS file.

    Blocks are one event each. UIDs depend on date and name only, so a calendar that imports again replaces.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Springtide//{language}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", text("calendar.title_ics", language))
    for day in days:
        if day.block is not None and day.date != max(day.block.first, days[0].date):
            continue
        if is_worth_telling(day) and day.eve_of is None and day.back_from is None:
            calendar.add_component(_day_event(day, stamp, language))
    for entry, number in phases:
        calendar.add_component(_phase_event(entry, entry.event.phases[number], number, stamp, language))
    if phases:
        calendar.add_missing_timezones()
    with replacing(path) as part:
        part.write_bytes(calendar.to_ical())


def _day_event(day: CalendarDay, stamp: datetime, language: str) -> Event:
    cells = day_cells(day, language)
    whole = day.block
    last = day.date if whole is None else whole.last
    name = cells["name"] if whole is None else whole.title.told(language)
    event = _event(f"{day.date}/{name or day.kind}", stamp)
    event.add("dtstart", day.date)
    event.add("dtend", last + timedelta(days=1))  # all-day events end on the day after
    event.add("summary", name if name and day.kind is not DayKind.MAKE_UP_WORKDAY else cells["kind"])
    event.add("transp", "TRANSPARENT")
    if cells["note"]:
        event.add("description", cells["note"])
    return event


def _phase_event(entry: PromoEntry, phase: PromoPhase, number: int, stamp: datetime, language: str) -> Event:
    cells = promo_cells(entry, number, language)
    event = _event(f"{entry.event.name}/{entry.year}/{phase.name}/{number}", stamp)
    event.add("dtstart", phase.start)
    event.add("dtend", phase.end)
    event.add("summary", f"{cells['name']} {cells['phase']}")
    event.add("transp", "TRANSPARENT")
    event.add("description", cells["note"])
    return event


def _event(key: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:24]}@springtide")
    event.add("dtstamp", stamp)
    return event
