"""Tables of results as files for people: CSV that a spreadsheet opens, or a workbook."""

import math
from pathlib import Path

import pandas as pd
import xlsxwriter

from scenarios import PlanningError, UsageError
from scheduler.exchange.files import replacing
from scheduler.exchange.words import safe_cell

ENDINGS = (".csv", ".xlsx")
TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Settings of a workbook: a name that begins like a formula is never run."""
_ROWS_MAX = 1_048_576
_WIDTH = 16  # letters


def require_table_file(path: Path) -> None:
    """Raise ``UsageError`` unless ``write_table`` knows the ending; to be asked before long work begins."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError("not_one_of", thing="springtide", field="--out", value=path.name, known=", ".join(ENDINGS))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table to a CSV file or a workbook, as the ending says, whole or not at all.

    Undefined numbers are empty cells. A CSV file bears the mark by which spreadsheets know UTF-8.

    Raises
    ------
    UsageError
        When the ending is neither ``.csv`` nor ``.xlsx``.
    PlanningError
        When the file cannot be written, or a workbook has not so many rows.
    """
    require_table_file(path)
    if path.suffix.lower() == ".csv":
        safe = table.map(lambda cell: safe_cell(cell) if isinstance(cell, str) else cell)
        with replacing(path) as part:
            safe.to_csv(part, index=False, encoding="utf-8-sig")
        return
    if len(table) >= _ROWS_MAX:
        raise PlanningError("too_many_rows", place=str(path), value=len(table), most=_ROWS_MAX - 1)
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT | {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.set_column(0, len(table.columns) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(table.itertuples(index=False), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell)
                elif math.isfinite(cell):
                    sheet.write_number(line, column, cell)
