"""Forecasts as they were given out, and what became of them; rows are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine, func, insert, select

from forecasting import DAY_ERROR_COLUMNS, Snapshot, dates_of
from scenarios import PlanningError
from scheduler.store import schema
from scheduler.store.audit import note
from scheduler.store.codec import dump_snapshot, load_snapshot
from scheduler.store.engine import writing

_TABLE, _ERRORS = schema.forecasts, schema.forecast_errors
_HEADER = [column for column in _TABLE.c if column.name != "snapshot"]


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A kept forecast without its numbers, which ``ForecastBook.snapshot`` reads.

    Parameters
    ----------
    run_id
        The nightly run that made it, ``None`` when made otherwise.
    made_at
        Aware.
    known_until
        Last date of the history behind it.
    first_date, last_date
        The dates it is about.
    """

    id: int
    scenario: str
    run_id: str | None
    made_at: datetime
    known_until: date
    first_date: date
    last_date: date


@dataclass(frozen=True, slots=True)
class ForecastBook:
    """The kept forecasts of all scenarios and their recorded errors."""

    engine: Engine

    def add(self, scenario: str, snapshot: Snapshot, *, run_id: str | None = None, actor: str) -> KeptForecast:
        """Keep a forecast as it is given out."""
        dates = dates_of(snapshot.model.horizon)
        row: dict[str, Any] = {
            "scenario": scenario,
            "run_id": run_id,
            "made_at": snapshot.made_at,
            "known_until": snapshot.known_until,
            "first_date": dates[0],
            "last_date": dates[-1],
        }
        with writing(self.engine) as connection:
            kept = connection.execute(insert(_TABLE).values(row | {"snapshot": dump_snapshot(snapshot)}))
            (key,) = kept.inserted_primary_key or (0,)
            note(connection, actor, "forecast", f"forecast {scenario} {key}", run_id=run_id, edits=len(snapshot.edits))
        return KeptForecast(id=key, **row)

    def scenarios(self) -> tuple[str, ...]:
        """Return the names of the scenarios that have kept forecasts, in order."""
        query = select(_TABLE.c.scenario).distinct().order_by(_TABLE.c.scenario)
        with self.engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def kept(self, scenario: str) -> tuple[KeptForecast, ...]:
        """Return the kept forecasts of ``scenario``, oldest first."""
        query = select(*_HEADER).where(_TABLE.c.scenario == scenario).order_by(_TABLE.c.id)
        with self.engine.connect() as connection:
            return tuple(KeptForecast(**row) for row in connection.execute(query).mappings())

    def last_before(self, scenario: str, days: Sequence[date]) -> dict[date, KeptForecast]:
        """Return for each of ``days`` the last kept forecast that did not know it yet, where there is one."""
        kept = self.kept(scenario)
        found: dict[date, KeptForecast] = {}
        for day in days:
            before = [one for one in kept if one.known_until < day and one.first_date <= day <= one.last_date]
            if before:
                found[day] = max(before, key=lambda one: (one.known_until, one.id))
        return found

    def snapshot(self, forecast_id: int) -> Snapshot:
        """Return a kept forecast whole; an unknown one is a ``PlanningError``."""
        with self.engine.connect() as connection:
            query = select(_TABLE.c.snapshot).where(_TABLE.c.id == forecast_id)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise PlanningError("no_snapshot", value=forecast_id)
        return load_snapshot(row[0])

    def recorded(self, scenario: str) -> dict[int, date]:
        """Return the last date whose errors are recorded of each kept forecast that has any."""
        query = (
            select(_ERRORS.c.forecast_id, func.max(_ERRORS.c.date))
            .join(_TABLE, _TABLE.c.id == _ERRORS.c.forecast_id)
            .where(_TABLE.c.scenario == scenario)
            .group_by(_ERRORS.c.forecast_id)
        )
        with self.engine.connect() as connection:
            return {int(key): last for key, last in connection.execute(query)}

    def record(self, forecast_id: int, errors: pd.DataFrame) -> int:
        """Record ``forecasting.day_errors`` of a kept forecast; return for how many dates.

        Dates that are recorded already keep what was recorded first.
        """
        with writing(self.engine) as connection:
            query = select(_ERRORS.c.date).where(_ERRORS.c.forecast_id == forecast_id).distinct()
            known = set(connection.execute(query).scalars())
            fresh = errors[~errors["date"].isin(known)]
            plain = fresh.astype(object).where(fresh.notna(), None)
            now = datetime.now(UTC)
            rows = [
                {str(name): value for name, value in row.items()} | {"forecast_id": forecast_id, "recorded_at": now}
                for row in plain.to_dict("records")
            ]
            if rows:
                connection.execute(insert(_ERRORS), rows)
        return int(fresh["date"].nunique())

    def errors(self, scenario: str) -> pd.DataFrame:
        """Return what is recorded of ``scenario``: the columns of ``forecasting.day_errors``, by date and lead.

        Of several forecasts that knew the same history (a run that was killed and its repetition) the last one counts.
        """
        query = (
            select(*(_ERRORS.c[name] for name in DAY_ERROR_COLUMNS))
            .join(_TABLE, _TABLE.c.id == _ERRORS.c.forecast_id)
            .where(_TABLE.c.scenario == scenario)
            .order_by(_ERRORS.c.date, _ERRORS.c.lead_days, _ERRORS.c.id)
        )
        with self.engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(query).all()
        table = pd.DataFrame([tuple(row) for row in rows], columns=list(DAY_ERROR_COLUMNS))
        once = table.drop_duplicates(["date", "lead_days", "contact_type"], keep="last", ignore_index=True)
        return once.astype({"day_inside": "float64"})
