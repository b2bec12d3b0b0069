"""Planners' edits as people write them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from forecasting import Edit, EditKind
from scenarios import PlanningError, UsageError, min_to_clock
from scenarios.horizon import MIN_PER_DAY, clock_to_min, zone_of
from scheduler.exchange.moments import read_moments
from scheduler.exchange.tables import Table, read_table
from scheduler.exchange.words import plain_cell

COLUMNS = ("span", "contact_type", "change", "why")
ALL_TYPES = "*"
_CHANGE = re.compile(r"^(?P<sign>[x×*=+\-−])\s*(?P<number>\d+(?:\.\d+)?)$")
_KINDS = {"x": EditKind.MULTIPLY, "×": EditKind.MULTIPLY, "*": EditKind.MULTIPLY, "=": EditKind.SET}
_MINUS = ("-", "−")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}$")


def parse_edit(written: str, *, zone: str, who: str, made_at: datetime) -> Edit:
    """Return the edit of a text ``SPAN TYPE CHANGE WHY``.

    ``SPAN`` is a date, or ``START..END`` of moments or dates; an end may be a clock of the start's date (``26:00``),
    and a date as end is included. ``TYPE`` is a contact type, several joined by commas, or ``*``. ``CHANGE`` is
    ``x1.2``, ``+50``, ``-50`` or ``=500``, contacts over the whole span. The rest says why.

    Raises
    ------
    UsageError
        When the text has no such form.
    PlanningError
        When it has, and the edit is none (see ``Edit``).
    """
    parts = written.split(maxsplit=3)
    if len(parts) < len(COLUMNS):
        raise UsageError("not_an_edit", value=written)
    try:
        return _edit(parts, zone=zone, who=who, made_at=made_at)
    except _FormError as error:
        raise UsageError("not_an_edit", value=written) from error


def read_edits(path: str | Path, *, zone: str, who: str, made_at: datetime) -> tuple[Edit, ...]:
    """Return the edits of a table with the columns ``span``, ``contact_type``, ``change``, ``why`` and maybe ``who``.

    Cells are as in ``parse_edit``.

    Raises
    ------
    PlanningError
        When a column is missing, or a row is no edit; the message names file and row.
    """
    table = read_table(path)
    for name in COLUMNS:
        if name not in table.columns:
            raise PlanningError("roster_column", place=table.name, column=name, found=", ".join(table.columns))
    return tuple(_rows(table, zone, who, made_at))


def write_change(edit: Edit) -> str:
    """Return the change of an edit as ``parse_edit`` reads it."""
    sign = {EditKind.MULTIPLY: "x", EditKind.SET: "=", EditKind.ADD: "+" if edit.value >= 0 else "-"}[edit.kind]
    return f"{sign}{abs(edit.value):g}"


def write_span(edit: Edit, zone: str) -> str:
    """Return the span of an edit as ``parse_edit`` reads it, an end within 36 hours as a clock."""
    start, end = (moment.astimezone(zone_of(zone)).replace(tzinfo=None) for moment in (edit.start, edit.end))
    minutes = (end - datetime.combine(start.date(), time())) // timedelta(minutes=1)
    until = min_to_clock(minutes) if minutes <= 1.5 * MIN_PER_DAY else end.isoformat(timespec="minutes")
    return f"{start.isoformat(timespec='minutes')}..{until}"


class _FormError(Exception):
    """A text has not the form of an edit."""


def _rows(table: Table, zone: str, who: str, made_at: datetime) -> Iterable[Edit]:
    places = [table.columns.index(name) for name in COLUMNS]
    author = table.columns.index("who") if "who" in table.columns else None
    for number, row in enumerate(table.rows):
        parts = [plain_cell(row[place]) for place in places]
        said_by = who if author is None or not row[author] else plain_cell(row[author])
        try:
            yield _edit(parts, zone=zone, who=said_by, made_at=made_at)
        except _FormError as error:
            raise PlanningError("bad_edit_row", place=table.place(number), value=", ".join(parts)) from error
        except PlanningError as error:
            raise error.at(table.place(number)) from error


def _edit(parts: list[str], *, zone: str, who: str, made_at: datetime) -> Edit:
    span, types, change, why = parts
    found = _CHANGE.match(change)
    if found is None:
        raise _FormError
    value = float(found["number"])
    kind = _KINDS.get(found["sign"], EditKind.ADD)
    if found["sign"] in _MINUS:
        value = -value
    start, end = _span(span, zone)
    names = () if types in ("", ALL_TYPES) else tuple(name.strip() for name in types.split(","))
    return Edit(made_at, who, why, start, end, kind, value, names)


def _span(written: str, zone: str) -> tuple[datetime, datetime]:
    first, mark, last = written.partition("..")
    start = _moment(first, zone)
    if not mark:
        if not _DATE.match(first):
            raise _FormError
        return start, _at(start.date(), MIN_PER_DAY, zone)
    if _CLOCK.match(last):
        return start, _at(start.date(), clock_to_min(last), zone)
    end = _moment(last, zone)
    return start, _at(end.date(), MIN_PER_DAY, zone) if _DATE.match(last) else end


def _moment(written: str, zone: str) -> datetime:
    whole = f"{written} 00:00" if _DATE.match(written) else written
    (found,) = read_moments(pd.Series([whole], dtype=object), pd.Series([""]), zone)
    if pd.isna(found):
        raise _FormError
    moment: datetime = found.to_pydatetime()
    return moment


def _at(day: date, minute: int, zone: str) -> datetime:
    """Return the moment at which the wall clock of ``day`` shows ``minute``."""
    return (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone_of(zone))
