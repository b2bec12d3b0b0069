"""Runs, rosters, audit log and jobs; published rows are guarded by the database itself.

Revision ID: foundation
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "foundation"
down_revision = None
branch_labels = None
depends_on = None

_FROZEN = ("scenario", "version", "proven", "run_id", "created_at", "plan", "forecast")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("run_key", sa.String(64), nullable=False),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("exit_status", sa.Integer()),
        sa.Column("manifest", sa.JSON(), nullable=False),
    )
    op.create_index("ix_runs_run_key", "runs", ["run_key"])
    _make_rosters()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    _make_jobs()
    guard = {"sqlite": _guard_sqlite, "postgresql": _guard_postgresql}
    guard[op.get_bind().dialect.name]()


def _make_rosters() -> None:
    op.create_table(
        "rosters",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id")),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime()),
        sa.Column("archived_at", sa.DateTime()),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("forecast", sa.Text()),
        sa.UniqueConstraint("scenario", "version", name="uq_rosters_scenario_version"),
    )
    published = sa.text("state = 'published'")
    op.create_index(
        "uq_rosters_one_published", "rosters", ["scenario"], unique=True,
        sqlite_where=published, postgresql_where=published,
    )  # fmt: skip


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("pid", sa.Integer()),
    )
    op.create_index("ix_jobs_kind", "jobs", ["kind"])


def _guard_sqlite() -> None:
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _FROZEN)
    told = "is never changed or removed"
    op.execute(
        f"CREATE TRIGGER rosters_frozen BEFORE UPDATE ON rosters WHEN OLD.state <> 'draft' AND ({changed}) "
        f"BEGIN SELECT RAISE(ABORT, 'a published roster {told}'); END"
    )
    op.execute(
        "CREATE TRIGGER rosters_kept BEFORE DELETE ON rosters WHEN OLD.state <> 'draft' "
        f"BEGIN SELECT RAISE(ABORT, 'a published roster {told}'); END"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            f"BEGIN SELECT RAISE(ABORT, 'an entry of the audit log {told}'); END"
        )


def _guard_postgresql() -> None:
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FROZEN)
    op.execute(
        "CREATE FUNCTION springtide_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'this row of % is never changed or removed', TG_TABLE_NAME; END $$"
    )
    refuse = "FOR EACH ROW {when} EXECUTE FUNCTION springtide_refuse()"
    op.execute(
        "CREATE TRIGGER rosters_frozen BEFORE UPDATE ON rosters "
        + refuse.format(when=f"WHEN (OLD.state <> 'draft' AND ({changed}))")
    )
    op.execute(
        "CREATE TRIGGER rosters_kept BEFORE DELETE ON rosters " + refuse.format(when="WHEN (OLD.state <> 'draft')")
    )
    op.execute("CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit " + refuse.format(when=""))
