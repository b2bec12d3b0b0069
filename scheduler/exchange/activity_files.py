"""A roster with activities as files: the grid back with the activities in its comments, everything for programs."""

import json
from pathlib import Path
from typing import Any

import xlsxwriter

from scenarios import Horizon
from scheduler.covering import ActivityPlan, Placed, Unplaced
from scheduler.exchange.activity_text import activity_remarks, activity_sections
from scheduler.exchange.files import replacing, write_text
from scheduler.exchange.grid_book import GridBook
from scheduler.exchange.judgement_json import breaches_table, faults_table, notes_table, plain_of
from scheduler.exchange.table_files import TEXT_STAYS_TEXT

SCHEMA = 1
_COLOURS = ("changed", "breach", "fault", "leave")


def write_activities_excel(found: ActivityPlan, path: Path, language: str) -> None:
    """Write the workbook in ``language``: the grid, which reads back with ``read_grid``; findings; colours.

    Moved breaks stand in the cells, which are blue then; activities stand in their comments, for the rules know breaks
    alone.
    """
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": found.scenario.name})
        remarks = activity_remarks(found)
        pages = GridBook(book, found.reading, found.published, language, found.scenario, remarks)
        pages.grid("sheet_activities", found.roster, found.breaches)
        pages.findings(activity_sections(found, language))
        pages.legend(_COLOURS)


def write_activities_json(found: ActivityPlan, path: Path) -> None:
    """Write everything that is said; sentences in every language, undefined numbers as ``null``."""
    write_text(path, json.dumps(activities_table(found), ensure_ascii=False, indent=2) + "\n")


def activities_table(found: ActivityPlan) -> dict[str, Any]:
    """Return a roster with activities as JSON holds it."""
    horizon = found.scenario.horizon
    plain = {
        name: plain_of(getattr(found, name), horizon)
        for name in ("dates", "changes", "short_before_h", "short_after_h", "effects", "open_dates")
    }
    return {
        "schema": SCHEMA,
        "scenario": found.scenario.name,
        "roster_fingerprint": found.roster.fingerprint(),
        "faults": faults_table(found.reading.faults),
        "notes": notes_table(found.notes),
        "placed": [_placed(one, horizon) for one in found.placed],
        "unplaced": [_unplaced(one) for one in found.unplaced],
        **plain,
        "breaches": breaches_table(found.breaches, horizon),
        "shifts": [plain_of(row, horizon) for row in found.roster.assignments],
    }


def _placed(one: Placed, horizon: Horizon) -> dict[str, Any]:
    return {
        "activity": one.name,
        "agent": one.agent,
        "date": one.date.isoformat(),
        "start": horizon.instant(one.start_us).isoformat(),
        "end": horizon.instant(one.end_us).isoformat(),
    }


def _unplaced(one: Unplaced) -> dict[str, Any]:
    (why,) = notes_table((one.why,))
    return {"activity": one.name, "date": one.date.isoformat(), "agents": list(one.agents), **why}
