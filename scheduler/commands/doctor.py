"""``springtide doctor``: what is there, what is missing, and what to do about it."""

import importlib.util
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Annotated

import typer

from scenarios import PlanningError
from scenarios.horizon import zone_of
from scheduler.commands.console import print_table, say, tell
from scheduler.exits import Exit
from scheduler.store import open_store

OLDEST_PYTHON = (3, 11)
ROOM_LEAST_BYTES = 500_000_000
"""A hundred nights of a shop of 450 people take about this much."""
ZONE_TO_TRY = "Asia/Shanghai"
_NAME = re.compile(r"[\w.-]+")
EXTRAS = {"dashboard": "streamlit", "postgres": "psycopg", "gbm": "lightgbm", "dask": "dask"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, what was found, and whether a command can do without."""

    what: str
    found: str
    fine: bool
    needed: bool = True


@dataclass(frozen=True, kw_only=True)
class DoctorOptions:
    """Options of the command."""

    folder: Annotated[Path, typer.Option("--folder", help="cli.option.folder")] = Path()


def run(options: DoctorOptions) -> Exit:
    """Look at everything and print it; 30 when something needed is missing."""
    findings = list(examine(options.folder))
    marks = {True: say("doctor.fine"), False: say("doctor.missing")}
    rows = [(row.what, marks[True] if row.fine else marks[False] if row.needed else say("doctor.optional"), row.found)
            for row in findings]  # fmt: skip
    print_table(say("doctor.title"), [say("doctor.what"), say("doctor.state"), say("doctor.found")], rows)
    broken = [row.what for row in findings if row.needed and not row.fine]
    tell("doctor.all_fine" if not broken else "doctor.broken", names=", ".join(broken))
    return Exit.INPUT if broken else Exit.DONE


def examine(folder: Path) -> Iterator[Finding]:
    """Yield what was found."""
    said = platform.python_version()
    yield Finding("Python", said, sys.version_info >= OLDEST_PYTHON)
    yield Finding(say("doctor.system"), f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU", fine=True)
    yield from _packages()
    for extra, module in EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        yield Finding(f"springtide[{extra}]", version(module) if there else "–", there, needed=False)
    yield _tried(say("doctor.zones"), ZONE_TO_TRY, lambda: zone_of(ZONE_TO_TRY))
    yield _tried(say("doctor.folder"), str(folder.resolve()), lambda: _write_to(folder))
    yield _tried(say("doctor.store"), "SQLite", lambda: open_store("sqlite://").close())
    room = shutil.disk_usage(folder).free if folder.is_dir() else 0
    yield Finding(say("doctor.room"), f"{room / 1e9:.1f} GB", room >= ROOM_LEAST_BYTES)
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    yield Finding(say("doctor.output"), encoding or "–", encoding in {"utf8", "gb18030", "gbk"}, needed=False)


def _packages() -> Iterator[Finding]:
    """Yield the packages the distribution asks for without extras."""
    try:
        wanted = requires("springtide") or []
    except PackageNotFoundError:
        wanted = ["springtide"]
    core = [line for line in wanted if "extra ==" not in line]
    for name in ("springtide", *(match[0] for match in map(_NAME.match, core) if match)):
        try:
            yield Finding(name, version(name), fine=True)
        except PackageNotFoundError:
            yield Finding(name, "–", fine=False)


def _tried(what: str, found: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except (PlanningError, OSError) as error:
        return Finding(what, str(error).partition("\n")[0], fine=False)
    return Finding(what, found, fine=True)


def _write_to(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"springtide")
