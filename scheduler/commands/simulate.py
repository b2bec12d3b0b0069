"""``springtide simulate``: a scenario and its people through the queues."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from scenarios import Forecast, Requirement, Roster, Scenario, UsageError
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.formulas import show_formulas
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice, pairs
from scheduler.commands.show import show_pack, show_report
from scheduler.exchange import read_roster
from scheduler.exits import Exit
from scheduler.staffing import first_guess
from sim import (
    Staff,
    load_pack,
    measure_all,
    replicate,
    replicate_runs,
    staff_always_on,
    staff_from_positions,
)

PACK_RUNS = 20
"""Runs a platform's measures are taken from: they need whole logs, and their intervals say how far that carries."""
PURPOSE = "simulate"
"""Streams of this command: days of their own, shared neither with training nor with a proof."""


@dataclass(frozen=True, kw_only=True)
class SimulateOptions(ScenarioChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    roster: Annotated[Path | None, typer.Option("--roster", help="cli.option.roster", show_default=False)] = None
    agents: Annotated[list[str], typer.Option("--agents", help="cli.option.agents", show_default=False)] = field(
        default_factory=list
    )
    replications: Annotated[int, typer.Option("--replications", min=2, help="cli.option.replications")] = 100
    pack: Annotated[list[str], typer.Option("--pack", help="cli.option.pack", show_default=False)] = field(
        default_factory=list
    )
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None


def run(options: SimulateOptions) -> Exit:
    """Simulate and print every KPI with its interval."""
    scenario = options.load_scenario()
    with Watch() as watch:
        forecast = demand_of(options, scenario, watch)
        seed = scenario.seed if options.seed is None else options.seed
        people = people_of(options, scenario, forecast)
        study = replicate(
            scenario, forecast, people, replications=options.replications, purpose=PURPOSE, workers=options.workers,
            seed=seed, progress=watch.tell,
        )  # fmt: skip
    show_report(study.report(intervals=False), scenario)
    show_formulas(scenario, forecast, people, study)
    for name in options.pack:
        pack = load_pack(name, on=scenario.horizon.first_date)
        runs = replicate_runs(scenario, forecast, people, replications=PACK_RUNS, seed=seed, purpose=PURPOSE)
        show_pack(pack, measure_all(pack, runs, scenario))
    tell("simulate_done", replications=len(study), scenario=scenario.name)
    return Exit.DONE


def people_of(options: SimulateOptions, scenario: Scenario, forecast: Forecast) -> Roster | Staff:
    """Return who works: a roster file, constant numbers per group, or as many as the formula asks for."""
    if options.roster is not None and options.agents:
        raise UsageError("one_of_options", options="--roster, --agents")
    if options.roster is not None:
        return read_roster(options.roster, scenario)
    if options.agents:
        return staff_always_on(scenario, head_counts(options.agents))
    tell("formula_people")
    return formula_people(scenario, forecast)


def formula_people(scenario: Scenario, forecast: Forecast) -> Staff:
    """Return as many people in every interval as the formula asks for."""
    guess = first_guess(scenario, forecast)
    return staff_from_positions(Requirement(guess.horizon, guess.groups, np.ceil(guess.positions - 1e-9)))


def head_counts(given: list[str]) -> dict[str, int]:
    """Return ``["group=number"]`` as a table; a ``UsageError`` where it is none."""
    counts = pairs(given, "--agents")
    for group, count in counts.items():
        if not count.isdigit():
            raise UsageError("not_a_pair", option="--agents", value=f"{group}={count}")
    return {group: int(count) for group, count in counts.items()}
