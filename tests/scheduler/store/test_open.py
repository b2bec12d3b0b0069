import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import scheduler
from scenarios import PlanningError
from scheduler.store import open_store, schema


def test_migrations_make_exactly_the_tables_the_program_knows(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_a_store_opened_again_keeps_what_it_holds(url, shop_plan):
    with open_store(url) as store:
        store.rosters.add_draft("shop", shop_plan, actor="planner")
    with open_store(url) as store:
        assert len(store.rosters.versions("shop")) == 1


def test_a_store_in_memory_works(shop_plan):
    with open_store("sqlite://") as store:
        assert store.rosters.add_draft("shop", shop_plan, actor="planner").version == 1


def test_sqlite_keeps_a_log_ahead_and_its_foreign_keys(store):
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar() == 30_000


def test_many_may_open_a_new_store_at_once(url):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(url), range(8)))

    for store in stores:
        assert store.runs.latest() == ()
        store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no address", "expected a database address"),
        ("oracle+nothing://x", "not installed"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(url, said):
    with pytest.raises(PlanningError, match=said):
        open_store(url)


def test_a_password_in_an_address_is_never_told():
    with pytest.raises(PlanningError) as caught:
        open_store("postgresql://nobody:secret@127.0.0.1:1/none")

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database at all, but long enough to be read as one" * 40, encoding="utf-8")

    with pytest.raises(PlanningError, match="does not answer"):
        open_store(f"sqlite:///{file.as_posix()}")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(PlanningError, match="cannot be written"):
        open_store(f"sqlite:///{(tmp_path / 'file' / 'x.sqlite').as_posix()}")


def test_a_store_of_a_newer_release_is_refused(url):
    with open_store(url) as store, store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'tomorrow'"))

    with pytest.raises(PlanningError, match="install the release that made it"):
        open_store(url)


def test_migrations_are_found_wherever_the_package_lies(tmp_path):
    """As in a wheel: a copy of the rooms, away from the checkout and its configuration."""
    root = Path(scheduler.__file__).parents[1]
    for room in ("scenarios", "scheduler", "sim", "forecasting"):
        shutil.copytree(root / room, tmp_path / "site" / room, ignore=shutil.ignore_patterns("__pycache__"))
    script = (
        "from scheduler.store import open_store; import scheduler; print(scheduler.__file__); open_store('sqlite://')"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path / "site", capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
