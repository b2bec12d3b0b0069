"""``springtide validate``: whether the model plays the days that really were."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from scenarios import Roster, Scenario, UsageError
from scenarios.text import text
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.parameters import HistoryChoice, ScenarioChoice
from scheduler.commands.simulate import head_counts
from scheduler.exchange import read_roster
from scheduler.exchange.words import percent
from scheduler.exits import Exit
from sim import TOLERANCE, Staff, Validation, actuals_of, staff_always_on, validate


@dataclass(frozen=True, kw_only=True)
class ValidateOptions(ScenarioChoice, HistoryChoice):
    """Options of the command."""

    roster: Annotated[Path | None, typer.Option("--roster", help="cli.option.roster", show_default=False)] = None
    agents: Annotated[list[str], typer.Option("--agents", help="cli.option.agents", show_default=False)] = field(
        default_factory=list
    )
    replications: Annotated[int, typer.Option("--replications", min=2, help="cli.option.replications")] = 100
    tolerance: Annotated[float, typer.Option("--tolerance", min=0.0, max=1.0, help="cli.option.tolerance")] = TOLERANCE
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_validate", show_default=False)] = None


def run(options: ValidateOptions) -> Exit:
    """Print every measured day beside its simulation; a model that fails ends with "not proven"."""
    scenario = options.load_scenario()
    people = _people(options, scenario)
    history, _ = options.load_history(scenario)
    with Watch() as watch:
        found = validate(
            scenario, actuals_of(history, scenario), people, replications=options.replications, seed=scenario.seed,
            tolerance=options.tolerance, progress=watch.tell,
        )  # fmt: skip
    _show(found, scenario)
    if options.out is not None:
        _table(found, scenario).to_csv(options.out, index=False, encoding="utf-8-sig")
        tell("files", path=options.out)
    return Exit.DONE if found.passed else Exit.NOT_PROVEN


def _people(options: ValidateOptions, scenario: Scenario) -> Roster | Staff:
    """Return who was there; exactly one of the two options says it."""
    if options.roster is not None and options.agents:
        raise UsageError("one_of_options", options="--roster, --agents")
    if options.roster is not None:
        return read_roster(options.roster, scenario)
    if not options.agents:
        raise UsageError("option_needed", option="--roster")
    return staff_always_on(scenario, head_counts(options.agents))


def _show(found: Validation, scenario: Scenario) -> None:
    header = ["date", "type", "measure", "offered", "actual", "simulated", "band", "passed"]
    lines = [
        (
            f"{row.date}",
            row.contact_type,
            text(f"validation.{row.measure}"),
            f"{row.offered:,.0f}",
            percent(row.actual),
            percent(row.simulated),
            f"{percent(max(0.0, row.low))} – {percent(min(1.0, row.high))}",
            text(f"export.{'yes' if row.passed else 'no'}"),
        )
        for row in found.days
    ]
    print_table(say("validate.title", scenario=scenario.name), [say(f"validate.{key}") for key in header], lines)
    tell("validate.intervals", share=percent(found.intervals_inside_share))
    tell("validate.passed_model" if found.passed else "validate.failed")
    for row in found.explanations:
        quantity = text(f"validation.{row.quantity}")
        tell("validate.explains", quantity=quantity, factor=f"{row.factor:.2f}", left=percent(row.misfit_left))


def _table(found: Validation, scenario: Scenario) -> pd.DataFrame:
    grid = scenario.horizon
    return pd.DataFrame(
        [
            {
                "interval_start": grid.instant(row.interval * grid.interval_us).isoformat(),
                "contact_type": row.contact_type, "measure": str(row.measure), "offered": row.offered,
                "actual": row.actual, "simulated": row.simulated, "low": row.low, "high": row.high,
            }
            for row in found.intervals
        ]
    )  # fmt: skip
