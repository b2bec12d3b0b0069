"""The log of planners' edits of each scenario's forecasts; entries are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, insert, select

from forecasting import Edit, EditKind, Entry, Undo, in_force
from scheduler.store import schema
from scheduler.store.audit import note
from scheduler.store.engine import writing

_TABLE = schema.forecast_edits


@dataclass(frozen=True, slots=True)
class EditBook:
    """The edits of a store."""

    engine: Engine

    def add(self, scenario: str, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Add ``entries`` to the log of ``scenario``, all or none, and return their numbers, counted from 1.

        Raises
        ------
        PlanningError
            When one takes back an entry that does not stand before it.
        """
        numbers = []
        with writing(self.engine) as connection:
            query = select(func.max(_TABLE.c.number)).where(_TABLE.c.scenario == scenario)
            last = connection.execute(query).scalar() or 0
            in_force((*self._log(connection, scenario), *entries))
            for number, entry in enumerate(entries, start=last + 1):
                connection.execute(insert(_TABLE).values(_row(entry) | {"scenario": scenario, "number": number}))
                action = "undo" if isinstance(entry, Undo) else "edit"
                note(connection, entry.who, action, f"forecast {scenario}", number=number, why=entry.why)
                numbers.append(number)
        return tuple(numbers)

    def log(self, scenario: str) -> tuple[Entry, ...]:
        """Return all entries of ``scenario`` in order; that of number n stands at n - 1."""
        with self.engine.connect() as connection:
            return self._log(connection, scenario)

    def _log(self, connection: Any, scenario: str) -> tuple[Entry, ...]:
        query = select(_TABLE).where(_TABLE.c.scenario == scenario).order_by(_TABLE.c.number)
        return tuple(_entry(row) for row in connection.execute(query).mappings())


def _row(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"made_at": entry.made_at, "who": entry.who, "why": entry.why}
    if isinstance(entry, Undo):
        return said | {"undoes": entry.undoes}
    return said | {
        "start": entry.start,
        "end": entry.end,
        "kind": entry.kind.value,
        "value": entry.value,
        "contact_types": list(entry.contact_types),
    }


def _entry(row: Any) -> Entry:
    if row["undoes"] is not None:
        return Undo(row["made_at"], row["who"], row["why"], row["undoes"])
    return Edit(
        row["made_at"], row["who"], row["why"], row["start"], row["end"], EditKind(row["kind"]), row["value"],
        tuple(row["contact_types"]),
    )  # fmt: skip
