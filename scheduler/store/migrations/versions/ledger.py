"""Forecasts as they were given out, planners' edits, and what became of them; rows are only ever added.

Revision ID: ledger
Revises: foundation
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger"
down_revision = "foundation"
branch_labels = None
depends_on = None

_KEPT = ("forecasts", "forecast_edits", "forecast_errors")


def upgrade() -> None:
    """Make the tables, and have the database itself refuse to change or remove their rows."""
    op.create_table(
        "forecasts",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id")),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("known_until", sa.Date(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
    )
    op.create_index("ix_forecasts_scenario", "forecasts", ["scenario"])
    op.create_table(
        "forecast_edits",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.Column("start", sa.DateTime()),
        sa.Column("end", sa.DateTime()),
        sa.Column("kind", sa.String(16)),
        sa.Column("value", sa.Float(53)),
        sa.Column("contact_types", sa.JSON()),
        sa.UniqueConstraint("scenario", "number", name="uq_forecast_edits_scenario_number"),
    )
    _make_errors()
    guard = {"sqlite": _guard_sqlite, "postgresql": _guard_postgresql}
    guard[op.get_bind().dialect.name]()


def _make_errors() -> None:
    op.create_table(
        "forecast_errors",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("forecast_id", sa.Integer(), sa.ForeignKey("forecasts.id"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("contact_type", sa.String(200), nullable=False),
        sa.Column("contacts", sa.Float(53), nullable=False),
        sa.Column("expected", sa.Float(53), nullable=False),
        sa.Column("missed", sa.Float(53), nullable=False),
        sa.Column("model_expected", sa.Float(53), nullable=False),
        sa.Column("model_missed", sa.Float(53), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("day_inside", sa.Float(53)),
        sa.UniqueConstraint("forecast_id", "date", "contact_type", name="uq_forecast_errors_cell"),
    )


def _guard_sqlite() -> None:
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'a row of {table} is never changed or removed'); END"
            )


def _guard_postgresql() -> None:
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION springtide_refuse()"
        )
