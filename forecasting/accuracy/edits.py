"""What planners changed in a forecast: a log of entries that is only ever added to.

Entries act in their order on what the model said, and the model's own forecast is kept beside them, so that it can be
told afterwards whether the edits helped. Taking one back is an entry, too; taking that back puts the first in force
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np

from scenarios import Forecast, Horizon, PlanningError
from scenarios.checks import FloatArray, require_known, require_moment, require_not_negative


class EditKind(StrEnum):
    """What an edit does to the contacts of its span and types together."""

    MULTIPLY = "multiply"  # times a factor
    ADD = "add"  # so many more; fewer below 0
    SET = "set"  # exactly so many


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a forecast.

    Parameters
    ----------
    made_at
        When it was entered (aware).
    who, why
        The planner and the reason; neither may be empty.
    start, end
        The span it is about, aware, half-open.
    kind
        What it does.
    value
        The factor (``multiply``), or contacts over the whole span and all its types (``add``, ``set``). They are spread
        like the forecast itself; where that expects nothing, evenly over the open time.
    contact_types
        Empty: all.
    """

    made_at: datetime
    who: str
    why: str
    start: datetime
    end: datetime
    kind: EditKind
    value: float
    contact_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_told(self, "Edit")
        for field in ("start", "end"):
            require_moment("Edit", field, getattr(self, field))
        if not self.start < self.end:
            raise PlanningError(
                "span_inverted", thing="Edit", field="end", value=self.end.isoformat(), start=self.start.isoformat()
            )
        if self.kind is not EditKind.ADD:
            require_not_negative("Edit", "value", self.value)
        elif not np.isfinite(self.value):
            raise PlanningError("not_a_number", thing="Edit", field="value", value=self.value)


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back the entry of the log with the number ``undoes``, counted from 1."""

    made_at: datetime
    who: str
    why: str
    undoes: int

    def __post_init__(self) -> None:
        _require_told(self, "Undo")


Entry = Edit | Undo


def _require_told(entry: Entry, thing: str) -> None:
    """Raise unless the entry says when, who and why."""
    require_moment(thing, "made_at", entry.made_at)
    for field in ("who", "why"):
        if not getattr(entry, field).strip():
            raise PlanningError("not_told", thing=thing, field=field, value='""')


def in_force(log: Sequence[Entry]) -> tuple[int, ...]:
    """Return the numbers (from 1) of the edits of ``log`` that nothing has taken back, in order.

    Raises
    ------
    PlanningError
        When an entry takes back one that does not stand before it.
    """
    taken_back: set[int] = set()
    for number in range(len(log), 0, -1):  # the last word first: what is itself taken back takes nothing back
        entry = log[number - 1]
        if isinstance(entry, Undo):
            if not 1 <= entry.undoes < number:
                raise PlanningError("undoes_nothing", thing="Undo", field="undoes", value=entry.undoes, last=number - 1)
            if number not in taken_back:
                taken_back.add(entry.undoes)
    numbers = range(1, len(log) + 1)
    return tuple(one for one in numbers if one not in taken_back and isinstance(log[one - 1], Edit))


def edits_on(log: Sequence[Entry], horizon: Horizon) -> dict[int, Edit]:
    """Return the edits in force that reach into ``horizon``, by their numbers, in order."""
    found: dict[int, Edit] = {}
    for number in in_force(log):
        edit = log[number - 1]
        if isinstance(edit, Edit) and _shares(edit, horizon).any():
            found[number] = edit
    return found


def apply_edits(forecast: Forecast, log: Sequence[Entry]) -> Forecast:
    """Return ``forecast`` with the edits of ``log`` that are in force, each acting on what those before it left.

    Edits outside the horizon do nothing. The spread of the forecast stays what it was: an edit moves what is expected,
    and nobody has measured yet how sure its author was.

    Raises
    ------
    PlanningError
        When an edit that reaches into the horizon names a type the forecast does not have, or wants contacts where the
        service is closed and none are expected.
    """
    expected = forecast.expected
    for edit in edits_on(log, forecast.horizon).values():
        expected = _edited(expected, edit, forecast)
    return replace(forecast, expected=expected)


def check_edit(edit: Edit, forecast: Forecast) -> None:
    """Raise a ``PlanningError`` unless ``edit`` can act on ``forecast``: the door for edits that are newly entered."""
    if not _shares(edit, forecast.horizon).any():
        start, end = forecast.horizon.start, forecast.horizon.instant(forecast.horizon.end_us)
        raise PlanningError(
            "edit_outside", thing="Edit", field="start", value=edit.start.isoformat(), first=start.isoformat(),
            last=end.isoformat(),
        )  # fmt: skip
    _edited(forecast.expected, edit, forecast)


def _shares(edit: Edit, horizon: Horizon) -> FloatArray:
    """Return (T,) the share of each interval that lies in the span of ``edit``."""
    start_us = np.arange(horizon.intervals, dtype=np.int64) * horizon.interval_us
    first, last = horizon.us_of(edit.start), horizon.us_of(edit.end)
    inside = np.clip(last, start_us, start_us + horizon.interval_us) - np.clip(
        first, start_us, start_us + horizon.interval_us
    )
    return np.asarray(inside / horizon.interval_us, dtype=np.float64)


def _edited(expected: FloatArray, edit: Edit, forecast: Forecast) -> FloatArray:
    """Return (T, K) ``expected`` after ``edit``."""
    require_known("Edit", "contact_types", edit.contact_types, forecast.contact_types)
    chosen = [forecast.column(name) for name in edit.contact_types or forecast.contact_types]
    mine = np.zeros_like(expected)
    mine[:, chosen] = _shares(edit, forecast.horizon)[:, None]
    part = expected * mine
    total = float(part.sum())
    match edit.kind:
        case EditKind.MULTIPLY:
            return np.where(mine > 0, expected + (edit.value - 1) * part, expected)
        case EditKind.ADD:
            wanted = max(0.0, total + edit.value)  # one cannot take away more than is there
        case EditKind.SET:
            wanted = edit.value
    if wanted == total:
        return expected
    if total > 0:
        return np.where(mine > 0, np.maximum(expected + (wanted / total - 1) * part, 0.0), expected)
    even = mine * forecast.horizon.open_intervals()[:, None]
    if not even.any():
        raise PlanningError("edit_closed", thing="Edit", field="start", value=edit.start.isoformat())
    return np.asarray(expected + wanted * even / even.sum(), dtype=np.float64)
