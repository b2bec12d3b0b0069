"""Shifts as calendar files: one for everybody, one per person."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from icalendar import Calendar, Event

from scenarios import Assignment, Horizon, Plan, Scenario
from scenarios.text import text
from scheduler.exchange.files import replacing
from scheduler.exchange.words import break_names

ALL_NAME = "everyone.ics"
_PLAIN = re.compile(r"[^\w.-]+")
_NAME_MAX = 60  # file systems allow 255 bytes; a Chinese letter takes three


def write_ics(
    plan: Plan, scenario: Scenario, folder: Path, *, version: int, stamp: datetime, language: str
) -> tuple[Path, ...]:
    """Write ``everyone.ics`` and one calendar per person with a shift; return the paths, the combined one first.

    A shift keeps its UID (scenario, person, date, number on the date) from version to version, and its SEQUENCE is the
    roster's version, so calendars replace what they hold.

    Parameters
    ----------
    version
        Number of the roster version.
    stamp
        Aware time that the events bear as their making.
    """
    roster, horizon = plan.outcome.roster, plan.requirement.horizon
    shifts: dict[str, list[tuple[Event, str]]] = {}
    for row, number in _numbered(() if roster is None else roster.assignments):
        event = _event(row, number, scenario.name, horizon, language)
        event.add("dtstamp", stamp)
        event.add("sequence", version)
        shifts.setdefault(row.agent, []).append((event, row.agent))
    everyone = [pair for pairs in shifts.values() for pair in pairs]
    written = [_write(folder / ALL_NAME, everyone, scenario.name, language, named=True)]
    for agent, pairs in shifts.items():
        written.append(
            _write(folder / f"{file_name(agent)}.ics", pairs, f"{scenario.name} {agent}", language, named=False)
        )
    return tuple(written)


def file_name(agent: str) -> str:
    """Return a file name that every system allows: letters of any script, and a mark where some were lost."""
    plain = _PLAIN.sub("_", agent).strip("._")[:_NAME_MAX]
    mark = hashlib.sha256(agent.encode()).hexdigest()[:6]
    return plain if plain and plain == agent and agent.lower() not in _RESERVED else f"{plain}-{mark}"


_RESERVED = {
    "everyone",
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}
"""Names that Windows keeps for devices, and ours."""


def _numbered(rows: Iterable[Assignment]) -> Iterable[tuple[Assignment, int]]:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.agent, row.date.isoformat())
        seen[key] = seen.get(key, 0) + 1
        yield row, seen[key]


def _event(row: Assignment, number: int, scenario: str, horizon: Horizon, language: str) -> Event:
    event = Event()
    who = hashlib.sha256(f"{scenario}/{row.agent}".encode()).hexdigest()[:20]
    event.add("uid", f"{who}-{row.date:%Y%m%d}-{number}@springtide")
    event.add("dtstart", horizon.instant(row.start_us))
    event.add("dtend", horizon.instant(row.end_us))
    event.add("summary", text("export.ics_summary", language, template=row.template, group=row.group))
    if row.has_breaks:
        event.add("description", text("export.ics_breaks", language, breaks=break_names(row, horizon)))
    return event


def _write(path: Path, pairs: list[tuple[Event, str]], name: str, language: str, *, named: bool) -> Path:
    calendar = Calendar()
    calendar.add("prodid", f"-//Springtide//{language}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for event, agent in pairs:
        shown = event.copy(recursive=True)
        if named:
            shown["summary"] = f"{agent}: {event['summary']}"
        calendar.add_component(shown)
    if pairs:
        calendar.add_missing_timezones()
    with replacing(path) as part:
        part.write_bytes(calendar.to_ical())
    return path
