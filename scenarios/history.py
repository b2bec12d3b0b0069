"""The contract of a history table."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scenarios.checks import BoolArray, FloatArray
from scenarios.contact_types import Channel, ContactType
from scenarios.errors import PlanningError

HISTORY_REQUIRED = ("interval_start", "contact_type", "offered")
HISTORY_OPTIONAL = (
    "work_s", "aht_s", "session_s", "rounds", "work_per_message_s",
    "answered", "answered_in_time", "abandoned", "orders",
)  # fmt: skip
SESSION_LIKE = 2.5
"""A chat's handle time of so many times its work is the length of sessions: who has three open types a third of it."""
_COUNTS = ("offered", *HISTORY_OPTIONAL)


def check_history(history: pd.DataFrame, *, place: str = "") -> pd.DataFrame:
    """Return ``history`` sorted by type and time, or raise ``PlanningError`` at the first fault.

    The contract: columns ``interval_start`` (zone-aware), ``contact_type`` (text), ``offered`` (>= 0, not missing) and,
    where known, ``work_s`` or ``aht_s`` (mean work of agents on a contact), ``session_s`` (mean length of a chat's
    sessions, from taking to close), ``rounds`` (mean number of replies in a chat's session) and ``work_per_message_s``
    (mean work of one reply, over all replies), ``answered``, ``answered_in_time`` (within the limit promised),
    ``abandoned``, ``orders`` (>= 0 or missing); no interval stands twice for one type. Columns beyond these are kept as
    they are.

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


def measured_work_s(history: pd.DataFrame, kind: ContactType) -> FloatArray:
    """Return (rows,) the mean work of agents on a contact of ``kind`` in seconds, ``nan`` where it was not measured.

    That is ``work_s``, and where there is no such column ``aht_s``: talk and after-call work, the typing of all replies
    of a session, the handling of a ticket. A row where neither says anything has ``rounds * work_per_message_s``. The
    length of a chat's sessions is another clock and no work: an ``aht_s`` that can only be that one is refused.

    Parameters
    ----------
    history
        Rows of this contact type.

    Raises
    ------
    PlanningError
        When ``aht_s`` of a chat is on average more than ``SESSION_LIKE`` times the work of its type.
    """
    by_message_s = measured(history, "rounds") * measured(history, "work_per_message_s")
    if "work_s" in history.columns or "aht_s" not in history.columns:
        work_s = measured(history, "work_s")
        return np.where(np.isnan(work_s), by_message_s, work_s)
    aht_s = measured(history, "aht_s")
    offered = history["offered"].to_numpy(dtype=np.float64)
    told = np.isfinite(aht_s) & (offered > 0)
    if kind.channel is Channel.CHAT and told.any():
        mean_s = float(np.average(aht_s[told], weights=offered[told]))
        if mean_s > SESSION_LIKE * kind.work_s.mean_s:
            raise PlanningError("session_as_work", contact_type=kind.name, value=round(mean_s),
                                work_s=round(kind.work_s.mean_s))  # fmt: skip
    return np.where(np.isnan(aht_s), by_message_s, aht_s)


def measured(history: pd.DataFrame, column: str) -> FloatArray:
    """Return (rows,) an optional column of a checked ``history``, ``nan`` where nothing was measured."""
    if column not in history.columns:
        return np.full(len(history), np.nan)
    values: FloatArray = history[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


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
