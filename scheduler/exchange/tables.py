"""Tables from files: CSV in the encodings that turn up, and spreadsheets; every cell as text, with its row number."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, load_workbook

from scenarios import PlanningError
from scenarios.checks import require_known

SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order: strict UTF-8 accepts GB18030 by chance only where a file holds hardly any Chinese."""
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",;\t|"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")  # no text file holds these: the wrong encoding does
_LONGEST_CELL = 1_000_000  # csv's own limit is 131,072 letters; a longer cell still is a fault worth a message


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Parameters
    ----------
    name
        File name, for messages.
    columns
        Header, stripped of spaces.
    rows
        One tuple per row, as long as the header.
    lines
        Row number of each row in the file, header included, counted from 1.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def place(self, row: int) -> str:
        """Return where a row stands, for messages."""
        return f"{self.name}:{self.lines[row]}"


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything a sheet holds, header or not: the rows that hold anything, each with its number in the file.

    Parameters
    ----------
    name
        File name, for messages.
    rows
        (row number from 1, cells stripped of spaces), all equally long.
    """

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_rows(path: str | Path, *, encoding: str | None = None, sheet: str | None = None) -> Rows:
    """Return the cells of a CSV file or of a spreadsheet's sheet, the first unless it is named.

    Every cell of a merged area holds what the area holds.

    Raises
    ------
    PlanningError
        As ``read_table``, but rows may differ in length; and when there is no such sheet.
    """
    file, octets = _octets(path)
    if file.suffix.lower() in SPREADSHEETS:
        rows = _sheet_rows(file, sheet, fill=True)
    else:
        rows = _csv_rows(file.name, decode(octets, file.name, encoding))
    bare = [(line, [cell.strip() for cell in row]) for line, row in rows]
    filled = [(line, row) for line, row in bare if any(row)]
    if not filled:
        raise PlanningError("empty_file", place=file.name, value="0")
    width = max(len(row) for _, row in filled)
    return Rows(file.name, tuple((line, (*row, *[""] * (width - len(row)))) for line, row in filled))


def read_table(path: str | Path, *, encoding: str | None = None) -> Table:
    """Return the table of a CSV file or of a spreadsheet's first sheet.

    CSV may be UTF-8 with or without mark, UTF-16 with mark, or GB18030.

    Parameters
    ----------
    encoding
        Name of the encoding of a CSV file; ``None`` finds it out.

    Raises
    ------
    PlanningError
        When the file is missing, empty, in no known encoding, no readable spreadsheet, or a row has more cells than the
        header.
    """
    file, octets = _octets(path)
    sheet = file.suffix.lower() in SPREADSHEETS
    return _table(file.name, _sheet_rows(file) if sheet else _csv_rows(file.name, decode(octets, file.name, encoding)))


def _octets(path: str | Path) -> tuple[Path, bytes]:
    file = Path(path)
    try:
        octets = file.read_bytes()
    except FileNotFoundError as error:
        raise PlanningError("no_file", place=str(path), value=file.name) from error
    except OSError as error:
        raise PlanningError("unreadable", place=str(path), value=error.strerror) from error
    if not octets.strip():
        raise PlanningError("empty_file", place=file.name, value="0 B")
    return file, octets


def decode(octets: bytes, name: str, encoding: str | None = None) -> str:
    """Return the text of ``octets``; a ``PlanningError`` when no known encoding fits. ``name`` opens the message."""
    tried = [encoding] if encoding else (["utf-16"] if octets.startswith(_UTF16_MARKS) else list(ENCODINGS))
    for attempt in tried:
        try:
            found = octets.decode(attempt)
        except (UnicodeDecodeError, LookupError):
            continue
        if not _CONTROLS.search(found):
            return found
    known = ", ".join((*ENCODINGS, "utf-16"))
    raise PlanningError("unknown_encoding", place=name, value=octets[:8].hex(" "), known=known)


def _csv_rows(name: str, content: str) -> Iterator[tuple[int, list[str]]]:
    separated = (line for line in content.splitlines() if any(mark in line for mark in _SEPARATORS))
    header = next(separated, "")  # a line above without any is a title
    separator = max(_SEPARATORS, key=header.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    last = 0
    try:
        for row in reader:
            yield last + 1, row
            last = reader.line_num
    except csv.Error as error:
        raise PlanningError("not_a_table", place=f"{name}:{last + 1}", value=error) from error


def _sheet_rows(file: Path, sheet: str | None = None, *, fill: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet; ``fill`` writes what a merged area holds into each of its cells."""
    try:
        with load_workbook(file) as book:
            if sheet is not None:
                require_known(file.name, "sheet", [sheet], book.sheet_names)
            page = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
            cells = page.to_python(skip_empty_area=False)
            merged = (page.merged_cell_ranges or []) if fill else []
    except (CalamineError, OSError) as error:
        raise PlanningError("not_a_table", place=file.name, value=str(error).split("\n")[0]) from error
    for (top, left), (bottom, right) in merged:
        for row in cells[top : bottom + 1]:
            row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])
    for number, row in enumerate(cells, start=1):
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    """Return a spreadsheet cell as a CSV file would hold it."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(name: str, rows: Iterable[tuple[int, list[str]]]) -> Table:
    bare = ((line, [cell.strip() for cell in row]) for line, row in rows)
    filled = [(line, row) for line, row in bare if any(row)]
    if not filled:
        raise PlanningError("empty_file", place=name, value="0")
    header = filled[0][1]
    while not header[-1]:
        header.pop()
    width = len(header)
    for line, row in filled[1:]:
        if any(row[width:]) or len(row) < width:
            raise PlanningError("ragged_row", place=f"{name}:{line}", value=len(row), expected=width)
    body = filled[1:]
    return Table(name, tuple(header), tuple(tuple(row[:width]) for _, row in body), tuple(line for line, _ in body))
