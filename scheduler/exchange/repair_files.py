"""A repaired roster as files: the grid back with changed cells marked, and everything for programs."""

import json
from pathlib import Path
from typing import Any

import xlsxwriter

from scheduler.exchange.files import replacing, write_text
from scheduler.exchange.grid_book import GridBook
from scheduler.exchange.judgement_json import breaches_table, faults_table, notes_table, plain_of
from scheduler.exchange.repair_text import repair_sections
from scheduler.exchange.table_files import TEXT_STAYS_TEXT
from scheduler.replanning import RosterRepair

SCHEMA = 1
_COLOURS = ("changed", "breach", "fault", "leave")


def write_repair_excel(found: RosterRepair, path: Path, language: str) -> None:
    """Write the workbook in ``language``: the repaired grid, which reads back with ``read_grid``; findings; colours."""
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": found.scenario.name})
        pages = GridBook(book, found.reading, found.published, language, found.scenario)
        pages.grid("sheet_repaired", found.repaired, found.breaches)
        pages.findings(repair_sections(found, language))
        pages.legend(_COLOURS)


def write_repair_json(found: RosterRepair, path: Path) -> None:
    """Write everything a repair says; sentences in every language, undefined numbers as ``null``."""
    write_text(path, json.dumps(repair_table(found), ensure_ascii=False, indent=2) + "\n")


def repair_table(found: RosterRepair) -> dict[str, Any]:
    """Return a repair as JSON holds it."""
    horizon = found.scenario.horizon
    plain = {
        name: plain_of(getattr(found, name), horizon)
        for name in ("order", "first", "last", "freed", "changes", "cells", "yuan", "short_before_h", "short_after_h",
                     "curve", "lost", "won", "held", "unmended")
    }  # fmt: skip
    return {
        "schema": SCHEMA,
        "scenario": found.scenario.name,
        "roster_fingerprint": found.repaired.fingerprint(),
        "faults": faults_table(found.reading.faults),
        "notes": notes_table(found.notes),
        **plain,
        "breaches": breaches_table(found.breaches, horizon),
        "shifts": [plain_of(row, horizon) for row in found.repaired.assignments],
    }
