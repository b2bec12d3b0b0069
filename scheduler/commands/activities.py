"""``springtide activities``: training and meetings find their times in a planner's roster, breaks make room."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from scenarios.text import current_language
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.desk import GridChoice, day_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice
from scheduler.commands.sections import show_section
from scheduler.covering import ActivityPlan, place_activities
from scheduler.exchange import activity_sections, write_activities_excel, write_activities_json
from scheduler.exits import Exit


@dataclass(frozen=True, kw_only=True)
class ActivitiesOptions(ScenarioChoice, GridChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    date: Annotated[list[str], typer.Option("--date", help="cli.option.activity_date", show_default=False)] = field(
        default_factory=list
    )
    days: Annotated[int, typer.Option("--days", min=2, help="cli.option.activity_days")] = 200
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None
    out: Annotated[Path, typer.Option("--out", help="cli.option.out_activities")] = Path("activities")


def run(options: ActivitiesOptions) -> Exit:
    """Read, place, write, print; the exit status says whether everything found its place."""
    dates = [day_of(written, "--date") for written in options.date]
    reading = options.read_roster(options.load_scenario())
    language = current_language()
    with Watch() as watch:
        forecast = demand_of(options, reading.scenario, watch)
        found = place_activities(
            reading, forecast, dates=dates, effect_days=options.days, seed=options.seed, workers=options.workers,
            progress=watch.tell,
        )  # fmt: skip
    write_activities_excel(found, options.out / "roster.xlsx", language)
    write_activities_json(found, options.out / "activities.json")
    for section in activity_sections(found, language):
        show_section(section)
    tell("files", path=options.out)
    return _exit_of(found)


def _exit_of(found: ActivityPlan) -> Exit:
    if found.reading.faults:
        return Exit.INPUT
    return Exit.NO_ROSTER if found.unplaced or found.breaches else Exit.DONE
