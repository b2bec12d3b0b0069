"""The files of a plan, for people and for programs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from scenarios import Forecast, Plan, Scenario
from scenarios.progress import Progress, silent
from scenarios.text import LANGUAGES
from scheduler.exchange import write_brief, write_csv, write_excel, write_forecast, write_ics, write_json

STAGE = "export"


def write_outputs(
    plan: Plan,
    scenario: Scenario,
    forecast: Forecast,
    folder: Path,
    *,
    version: int,
    stamp: datetime,
    language: str,
    progress: Progress = silent,
) -> tuple[Path, ...]:
    """Write every file of ``plan`` into ``folder`` and return their paths: each is there whole or not at all.

    ``roster.xlsx`` in ``language``, ``brief.zh.html`` and ``brief.en.html``, ``roster.csv``, ``plan.json``,
    ``forecast.csv`` and the calendars in ``ics/``.
    """
    briefs = {spoken: folder / f"brief.{spoken}.html" for spoken in LANGUAGES}
    grid, table, whole, demand = (folder / name for name in ("roster.xlsx", "roster.csv", "plan.json", "forecast.csv"))
    steps: list[Callable[[], None]] = [
        partial(write_excel, plan, scenario, grid, language, version=version),
        *(
            partial(write_brief, plan, scenario, path, spoken, forecast=forecast, version=version)
            for spoken, path in briefs.items()
        ),
        partial(write_csv, plan, table),
        partial(write_json, plan, whole),
        partial(write_forecast, forecast, demand),
    ]
    total = len(steps) + 1
    for done, step in enumerate(steps):
        progress(STAGE, done, total)
        step()
    progress(STAGE, len(steps), total)
    calendars = write_ics(plan, scenario, folder / "ics", version=version, stamp=stamp, language=language)
    progress(STAGE, total, total)
    return (grid, *briefs.values(), table, whole, demand, *calendars)
