"""Sections of tables and sentences as sheets of a workbook."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from scheduler.exchange.files import replacing
from scheduler.exchange.pages import Section
from scheduler.exchange.table_files import TEXT_STAYS_TEXT

_FIRST_WIDTH, _SECOND_WIDTH, _WIDTH = 20, 60, 16  # letters


def write_sections_excel(sections: Sequence[Section], path: Path, *, title: str, sheet: str) -> None:
    """Write a workbook named ``title`` with one sheet, which holds the sections."""
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": title})
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        fill_sheet(book.add_worksheet(sheet), sections, bold, wrap)


def fill_sheet(sheet: Any, sections: Sequence[Section], bold: Any, wrap: Any) -> None:
    """Write sections one below the other: title, table, sentences."""
    sheet.set_column(0, 0, _FIRST_WIDTH)
    sheet.set_column(1, 1, _SECOND_WIDTH)
    sheet.set_column(2, 12, _WIDTH)
    line = 0
    for section in sections:
        sheet.write_string(line, 0, section.title, bold)
        line += 1
        for column, name in enumerate(section.header if section.rows else ()):
            sheet.write_string(line, column, name, bold)
        line += bool(section.rows)
        for row in section.rows:
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell, wrap)
            line += 1
        for sentence in section.sentences:
            sheet.write_string(line, 0, sentence)
            line += 1
        line += 1
