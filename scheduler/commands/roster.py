"""``springtide roster``: requirement, named roster, rule check and simulated verdict."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Annotated

import typer

from scenarios import Forecast, Plan, Scenario
from scenarios.text import current_language
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice
from scheduler.commands.show import show_plan
from scheduler.commands.show_ways import show_way_out
from scheduler.exits import Exit
from scheduler.nightly import PlanOptions, exit_of, write_outputs
from scheduler.planning import make_plan
from scheduler.ways_out import try_ways_out

FIRST_VERSION = 1
"""Calendars need a version number; files written outside the store begin to count anew."""
WAYS_OUT = "ways-out"
"""Folder, beside the files of a plan, of the plan after the cheapest ways out."""


@dataclass(frozen=True, kw_only=True)
class RosterOptions(ScenarioChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    out: Annotated[Path, typer.Option("--out", help="cli.option.out_roster")] = Path("roster")
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="cli.option.rounds")] = PlanOptions().roster_rounds
    proof_days: Annotated[int, typer.Option("--proof-days", min=1, help="cli.option.proof_days")] = (
        PlanOptions().proof_days
    )
    time_budget: Annotated[
        float | None, typer.Option("--time-budget", min=1.0, help="cli.option.time_budget", show_default=False)
    ] = None
    ways_out: Annotated[bool, typer.Option("--ways-out", help="cli.option.ways_out")] = False
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None


def run(options: RosterOptions) -> Exit:
    """Plan, write, print; the exit status says what the plan came to."""
    scenario = options.load_scenario()
    if options.seed is not None:
        scenario = replace(scenario, seed=options.seed)
    effort = PlanOptions(
        workers=options.workers,
        roster_rounds=options.rounds,
        proof_days=options.proof_days,
        time_budget_s=options.time_budget,
    )
    with Watch() as watch:
        forecast = demand_of(options, scenario, watch)
        plan = make_plan(scenario, forecast, settings=effort.settings(), progress=watch.tell)
        status, found = exit_of(plan), None
        wanting = options.ways_out and status is not Exit.DONE
        if wanting:
            found = try_ways_out(scenario, forecast, plan, settings=effort.settings(), progress=watch.tell)
        _write(options.out, scenario, forecast, plan, watch)
        if found is None:
            rmtree(options.out / WAYS_OUT, ignore_errors=True)  # of an earlier run: it would look current
        else:
            _write(options.out / WAYS_OUT, found.scenario, forecast, found.plan, watch)
    show_plan(plan, scenario)
    if wanting:
        show_way_out(plan, found, scenario)
    tell("files", path=options.out)
    return status


def _write(out: Path, scenario: Scenario, forecast: Forecast, plan: Plan, watch: Watch) -> None:
    write_outputs(
        plan, scenario, forecast, out, version=FIRST_VERSION, stamp=datetime.now(UTC), language=current_language(),
        progress=watch.tell,
    )  # fmt: skip
