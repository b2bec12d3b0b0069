"""The contract of a history table."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scenarios.checks import BoolArray
from scenarios.errors import PlanningError

HISTORY_REQUIRED = ("interval_start", "contact_type", "offered")
HISTORY_OPTIONAL = ("aht_s", "answered", "answered_in_time", "abandoned", "orders")
_COUNTS = ("offered", *HISTORY_OPTIONAL)


def check_history(history: pd.DataFrame, *, place: str = "") -> pd.DataFrame:
    """Return ``history`` sorted by type and time, or raise ``PlanningError`` at the first fault.

    The contract: columns ``interval_start`` (zone-aware), ``contact_type`` (text), ``offered`` (>= 0, not missing) and,
    where known, ``aht_s``, ``answered``, ``answered_in_time`` (within the limit promised), ``abandoned``, ``orders``
    (>= 0 or missing); no interval stands twice for one
    type. Columns beyond these are kept as they are.

    Parameters
    ----------
    history
        The table; it is not changed.
    place
        Where it comes from (a file name), put before every message.
    """
    _require_columns(history, place)
    if history.empty:
        raise PlanningError("no_rows", place=place)
    _require_times(history["interval_start"], place)
    for column, key, bad in _faults(history):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise PlanningError(key, place=place, row=row + 1, column=column, value=history[column].iloc[row])
    _require_once(history, place)
    return history.sort_values(["contact_type", "interval_start"], ignore_index=True)


def _require_columns(history: pd.DataFrame, place: str) -> None:
    for column in HISTORY_REQUIRED:
        if column not in history.columns:
            found = ", ".join(map(str, history.columns)) or "-"
            raise PlanningError("missing_column", place=place, column=column, found=found)
    repeated = history.columns[history.columns.duplicated()]
    if len(repeated):
        raise PlanningError("repeated_name", place=place, thing="History", field="columns", value=repeated[0])


def _require_times(times: pd.Series, place: str) -> None:
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        raise PlanningError("naive_time", place=place, thing="History", field="interval_start", value=times.iloc[0])


def _faults(history: pd.DataFrame) -> Iterator[tuple[str, str, BoolArray]]:
    """Yield column, message and (rows,) where the column breaks the contract."""
    yield "interval_start", "bad_moment", history["interval_start"].isna().to_numpy()
    kinds = history["contact_type"]
    known = {kind: not (isinstance(kind, str) and kind) for kind in kinds.unique()}
    yield "contact_type", "bad_name", kinds.map(known).fillna(value=True).to_numpy(dtype=np.bool_)
    for column in (name for name in _COUNTS if name in history.columns):
        yield column, "bad_count", _not_counts(history[column], required=column == "offered")


def _not_counts(column: pd.Series, *, required: bool) -> BoolArray:
    """Return (rows,) where a value is no finite number of at least 0; a missing one is a fault where ``required``."""
    if column.dtype.kind in "if":
        values = column.to_numpy(dtype=np.float64)
    else:
        plain = column.astype(object).where(column.notna(), None)
        values = np.array([_number(value) for value in plain], dtype=np.float64)
    given = np.ones(len(column), dtype=np.bool_) if required else column.notna().to_numpy()
    fault: BoolArray = given & ~(np.isfinite(values) & (values >= 0))
    return fault


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is caught below
    except (TypeError, ValueError):
        return float("nan")


def _require_once(history: pd.DataFrame, place: str) -> None:
    repeated = history.duplicated(["contact_type", "interval_start"]).to_numpy()
    if repeated.any():
        row = int(np.flatnonzero(repeated)[0])
        first = history.iloc[row]
        raise PlanningError(
            "repeated_interval", place=place, row=row + 1, value=first["interval_start"],
            contact_type=first["contact_type"],
        )  # fmt: skip
