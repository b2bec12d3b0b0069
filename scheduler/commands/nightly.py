"""``springtide nightly``: all of it in one go, published as a new version."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scenarios import load_scenario
from scenarios.text import fill
from scheduler.commands.console import Watch, tell
from scheduler.commands.show import show_errors, show_plan
from scheduler.exits import Exit
from scheduler.nightly import NightEnd, SiteConfig, load_site, run_night


@dataclass(frozen=True, kw_only=True)
class NightlyOptions:
    """Options of the command."""

    config: Annotated[Path, typer.Option("--config", help="cli.option.config", show_default=False)]
    date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="cli.option.date", show_default=False),
    ] = None
    until: Annotated[str | None, typer.Option("--until", help="cli.option.until", show_default=False)] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.option.dry_run")] = False


def run(options: NightlyOptions) -> Exit:
    """Run the night and tell how it ended."""
    first_date = None if options.date is None else options.date.date()
    site = load_site(options.config)
    with Watch() as watch:
        end = run_night(site, first_date=first_date, until=options.until, dry_run=options.dry_run, progress=watch.tell)
    show_night(end, site)
    return end.exit


def show_night(end: NightEnd, site: SiteConfig) -> None:
    """Print the end of a night: errors of the forecast, the plan, what became of it, where the files lie."""
    scenario = load_scenario(site.scenario_source)
    if end.forecast_errors:
        show_errors(end.forecast_errors)
    if end.plan is not None:
        show_plan(end.plan, scenario)
    if end.repeated:
        tell("repeated", run=end.run_id)
    elif end.version is not None:
        key = "nightly.notice_published" if end.published else "nightly.notice_held"
        facts = {"scenario": scenario.name, "version": end.version, "exit_status": int(end.exit)}
        tell("bullet", sentence=fill(key, facts))
    else:
        tell("nothing_published")
    if end.folder is not None:
        tell("files", path=end.folder)
