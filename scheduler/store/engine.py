"""Making an engine and bringing its database up to date."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from scenarios import PlanningError

BUSY_TIMEOUT_S = 30
"""How long a writer waits for another writer before it gives up; a publication takes well under a second."""
_WRITE = "springtide_write"
_MIGRATION_LOCK = 5_417_301_127  # any number of our own: PostgreSQL's advisory locks are told apart by it


def make_engine(url: str) -> Engine:
    """Return an engine for ``url`` with its tables up to date; a ``PlanningError`` when it cannot be opened."""
    address = _address(url)
    try:
        engine = create_engine(address)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise PlanningError("store_driver", place=_shown(address), value=address.drivername) from error
    if address.get_backend_name() == "sqlite":
        _prepare_sqlite(engine)
    try:
        _upgrade(engine, address)
    except DBAPIError as error:
        engine.dispose()
        raise PlanningError("store_unreachable", place=_shown(address), value=str(error.orig).split("\n")[0]) from error
    return engine


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """Open one transaction that will write: it takes SQLite's write lock at once, so it never fails half-way."""
    return engine.execution_options(**{_WRITE: True}).begin()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise PlanningError("store_url", place=url, value=url) from error
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    file = _file_of(address)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlanningError("not_writable", place=str(file.parent), value=error.strerror) from error
    return address


def _file_of(address: URL) -> Path | None:
    """Return the SQLite file, ``None`` for a database in memory or elsewhere."""
    in_memory = address.database in {None, "", ":memory:"}
    return None if address.get_backend_name() != "sqlite" or in_memory else Path(str(address.database))


def _shown(address: URL) -> str:
    return address.render_as_string(hide_password=True)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is below
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # a published roster survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(engine: Engine, address: URL) -> None:
    """Run the migrations the database lacks; processes that open it together take turns."""
    config = Config()
    config.set_main_option("script_location", (Path(__file__).parent / "migrations").as_posix().replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if _revision(engine) == script.get_current_head():
        return
    with _turn(address), writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
            raise PlanningError("store_newer", place=_shown(address), value=found)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _turn(address: URL) -> AbstractContextManager[object]:
    file = _file_of(address)
    return nullcontext() if file is None else FileLock(f"{file}.migration.lock", timeout=BUSY_TIMEOUT_S)
