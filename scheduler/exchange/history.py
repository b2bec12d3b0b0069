"""History files to the table that forecasting reads."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from scenarios import HISTORY_OPTIONAL, HISTORY_REQUIRED, PlanningError, check_history
from scenarios.checks import require_known
from scheduler.exchange.moments import read_moments
from scheduler.exchange.tables import Table, read_table

_NOTHING: Mapping[str, str] = MappingProxyType({})


def read_history(
    path: str | Path,
    *,
    zone: str | None = None,
    columns: Mapping[str, str] = _NOTHING,
    types: Mapping[str, str] = _NOTHING,
    default_type: str | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Return the history of a CSV file or spreadsheet, checked by ``check_history``; messages name file and row.

    Parameters
    ----------
    zone
        IANA name of the zone of times without an offset; ``None`` when all have one.
    columns
        Name in the contract -> name in the file (``{"offered": "count"}``); others are looked up under their own name,
        but for columns of the file that are named here.
    types
        Name in the file -> contact type; others keep their name.
    default_type
        Contact type of every row of a file that has no such column.
    encoding
        Encoding of a CSV file; ``None`` finds it out.

    Raises
    ------
    PlanningError
        At the first fault: file, column, time without a zone, repeated interval, bad count.
    """
    table = read_table(path, encoding=encoding)
    frame = _mapped(table, columns)
    if "contact_type" not in frame.columns and default_type is not None:
        frame["contact_type"] = default_type
    elif "contact_type" not in frame.columns:
        raise _missing(table, "contact_type")
    else:
        frame["contact_type"] = frame["contact_type"].map(lambda name: types.get(name, name)).astype(object)
    if table.rows:
        frame["interval_start"] = _times(table, frame, zone)
    try:
        checked = check_history(_numbers(frame), place=table.name)
    except PlanningError as error:
        raise _with_line(error, table) from error
    counts = [name for name in ("offered", *HISTORY_OPTIONAL) if name in checked.columns]
    return checked.astype(dict.fromkeys(counts, "float64"))


def _mapped(table: Table, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns of the contract that the file has, as text, under the contract's names."""
    known = (*HISTORY_REQUIRED, *HISTORY_OPTIONAL)
    require_known("History", "columns", columns, known)
    found: dict[str, int] = {}
    for name in known:
        wanted = columns.get(name, name)
        if name not in columns and name in columns.values():
            continue  # it goes by another name
        if wanted in table.columns:
            if table.columns.count(wanted) > 1:
                raise PlanningError("repeated_name", place=table.name, thing="History", field="columns", value=wanted)
            found[name] = table.columns.index(wanted)
        elif name in columns:
            raise PlanningError(
                "no_such_column", place=table.name, field=name, value=wanted, known=", ".join(table.columns)
            )
    for name in HISTORY_REQUIRED:
        if name not in found and name != "contact_type":
            raise _missing(table, name)
    return pd.DataFrame(
        {name: pd.Series([row[place] for row in table.rows], dtype=object) for name, place in found.items()}
    )


def _missing(table: Table, column: str) -> PlanningError:
    return PlanningError("missing_column", place=table.name, column=column, found=", ".join(table.columns))


def _times(table: Table, frame: pd.DataFrame, zone: str | None) -> pd.Series:
    written = frame["interval_start"]
    times = read_moments(written, frame["contact_type"], zone)
    missing = times.isna().to_numpy()
    if missing.any():
        row = int(missing.argmax())
        if zone is None and read_moments(written.iloc[[row]], frame["contact_type"].iloc[[row]], "UTC").notna().all():
            raise PlanningError(
                "naive_time", place=table.place(row), thing="History", field="interval_start", value=written.iloc[row]
            )
        raise PlanningError("not_a_moment", place=table.place(row), value=written.iloc[row] or "-", zone=zone or "-")
    return times


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with empty cells of optional columns missing; other cells stay text, for the check to judge."""
    emptied = {name: frame[name].replace("", None) for name in HISTORY_OPTIONAL if name in frame.columns}
    return frame.assign(**emptied)


def _with_line(error: PlanningError, table: Table) -> PlanningError:
    """Return ``error`` with the row as the file counts it: the check counts rows of the table from 1."""
    row = error.facts.get("row")
    if not isinstance(row, int):
        return error
    return PlanningError(error.key, place=table.place(row - 1), **error.facts | {"row": table.lines[row - 1]})
