"""Tables of the store. ``migrations/`` makes them in a database; a test holds the two equal."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC without zone: SQLite forgets zones, so none is ever given to a database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Return ``value`` in UTC without its zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Return the stored time with the zone UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("run_key", String(64), nullable=False, index=True),
    Column("scenario", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("started_at", UtcTime(), nullable=False),
    Column("ended_at", UtcTime()),
    Column("exit_status", Integer),
    Column("manifest", JSON, nullable=False),
)

rosters = Table(
    "rosters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scenario", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("run_id", String(64), ForeignKey("runs.id")),
    Column("created_at", UtcTime(), nullable=False),
    Column("published_at", UtcTime()),
    Column("archived_at", UtcTime()),
    Column("plan", Text, nullable=False),
    Column("forecast", Text),
    UniqueConstraint("scenario", "version", name="uq_rosters_scenario_version"),
)

_PUBLISHED = text("state = 'published'")
Index("uq_rosters_one_published", rosters.c.scenario, unique=True, sqlite_where=_PUBLISHED, postgresql_where=_PUBLISHED)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime(), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("detail", JSON, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(64), nullable=False, index=True),
    Column("parameters", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", UtcTime(), nullable=False),
    Column("started_at", UtcTime()),
    Column("ended_at", UtcTime()),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
    Column("cancel_requested", Boolean, nullable=False),
    Column("pid", Integer),
)

forecasts = Table(
    "forecasts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scenario", String(200), nullable=False, index=True),
    Column("run_id", String(64), ForeignKey("runs.id")),
    Column("made_at", UtcTime(), nullable=False),
    Column("known_until", Date, nullable=False),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date, nullable=False),
    Column("snapshot", Text, nullable=False),
)

forecast_edits = Table(
    "forecast_edits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scenario", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("made_at", UtcTime(), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("undoes", Integer),
    Column("start", UtcTime()),
    Column("end", UtcTime()),
    Column("kind", String(16)),
    Column("value", Float(53)),
    Column("contact_types", JSON(none_as_null=True)),
    UniqueConstraint("scenario", "number", name="uq_forecast_edits_scenario_number"),
)

forecast_errors = Table(
    "forecast_errors",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("forecast_id", Integer, ForeignKey("forecasts.id"), nullable=False),
    Column("recorded_at", UtcTime(), nullable=False),
    Column("date", Date, nullable=False),
    Column("lead_days", Integer, nullable=False),
    Column("scope", String(32), nullable=False),
    Column("contact_type", String(200), nullable=False),
    Column("contacts", Float(53), nullable=False),
    Column("expected", Float(53), nullable=False),
    Column("missed", Float(53), nullable=False),
    Column("model_expected", Float(53), nullable=False),
    Column("model_missed", Float(53), nullable=False),
    Column("cells", Integer, nullable=False),
    Column("inside", Integer, nullable=False),
    Column("day_inside", Float(53)),
    UniqueConstraint("forecast_id", "date", "contact_type", name="uq_forecast_errors_cell"),
)
