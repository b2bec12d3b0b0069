"""``springtide dashboard``: the pages, on this machine only, as a process of their own."""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from scenarios import PlanningError
from scheduler.commands.console import tell
from scheduler.exits import Exit

STORE_VARIABLE = "SPRINGTIDE_STORE"
USUAL_STORES = (
    Path("springtide.sqlite"),
    Path("output", "springtide.sqlite"),
    Path("demo-output", "output", "springtide.sqlite"),
)
"""Looked for in this order in the current folder when no store is named."""
NEEDED = ("streamlit", "dashboard")


@dataclass(frozen=True, kw_only=True)
class DashboardOptions:
    """Options of the command."""

    store: Annotated[str | None, typer.Option("--store", help="cli.option.store", show_default=False)] = None
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="cli.option.port")] = 8501


def run(options: DashboardOptions) -> Exit:
    """Start the pages and wait until they end."""
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise PlanningError("no_dashboard", value="streamlit")
    store = options.store or os.environ.get(STORE_VARIABLE) or usual_store(Path.cwd())
    command = [sys.executable, "-m", "dashboard", "--port", str(options.port), *(["--store", store] if store else [])]
    tell("dashboard_at", port=options.port)
    ended = subprocess.run(command, check=False)  # noqa: S603 - our own module with checked arguments
    return Exit.DONE if ended.returncode == 0 else Exit.INTERNAL


def usual_store(folder: Path) -> str | None:
    """Return the address of the first usual store in ``folder``, ``None`` when there is none."""
    found = (folder / store for store in USUAL_STORES if (folder / store).is_file())
    return next((f"sqlite:///{path.as_posix()}" for path in found), None)
