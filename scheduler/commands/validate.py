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
from scheduler.exchange import read_roster, require_table_file, write_table
from scheduler.exchange.words import percent
from scheduler.exits import Exit
from sim import (
    INTERVAL_BAND,
    TOLERANCE,
    DayCheck,
    Measured,
    Staff,
    Validation,
    actuals_of,
    staff_always_on,
    validate,
)

_TELLING = 0.5  # a parameter that leaves more of the gap explains little
_HOURS_TOLD = 5


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
    if options.out is not None:
        require_table_file(options.out)
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
        write_table(_table(found, scenario), options.out)
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
        (f"{row.date}", row.contact_type, text(f"validation.{row.measure}"), f"{row.offered:,.0f}", *_figures(row),
         _verdict(passed=row.passed))
        for row in found.days
    ]  # fmt: skip
    print_table(say("validate.title", scenario=scenario.name), [say(f"validate.{key}") for key in header], lines)
    if found.together:
        tell("validate.intervals", share=percent(found.intervals_inside_share), band=percent(INTERVAL_BAND))
        _show_intervals(found)
    tell("validate.passed_model" if found.passed else "validate.failed")
    if not found.passed and found.days_passed:
        tell("validate.hours")
        for sentence in _worst_hours(found, scenario):
            tell("bullet", sentence=sentence)
    _show_explanations(found)


def _figures(row: DayCheck) -> tuple[str, str, str]:
    """Return measured, simulated, and the band of luck: shares in percent, lengths in seconds."""
    if row.measure is Measured.SESSION:
        values = [f"{max(0.0, value):,.0f} s" for value in (row.actual, row.simulated, row.low, row.high)]
    else:
        values = [percent(min(max(0.0, value), 1.0)) for value in (row.actual, row.simulated, row.low, row.high)]
    return values[0], values[1], f"{values[2]} – {values[3]}"


def _show_intervals(found: Validation) -> None:
    header = ["type", "measure", "intervals_judged", "outside", "outside_max", "passed"]
    lines = [
        (row.contact_type, text(f"validation.{row.measure}"), f"{row.intervals:,}", f"{row.outside:,}",
         f"{row.outside_max:,}", _verdict(passed=row.passed))
        for row in found.together
    ]  # fmt: skip
    print_table(say("validate.intervals_title"), [say(f"validate.{key}") for key in header], lines)


def _show_explanations(found: Validation) -> None:
    """Print what would leave less than half of the gap, and whether any of it is enough."""
    telling = [row for row in found.explanations if row.misfit_left < _TELLING]
    for row in telling:
        tell(
            "validate.explains_within" if row.suffices else "validate.explains",
            parameter=text(f"validation.{row.parameter}"), factor=f"{row.factor:.2f}", low=f"{row.low:.2f}",
            high=f"{row.high:.2f}", left=percent(row.misfit_left),
        )  # fmt: skip
        if row.at_edge:
            tell("validate.at_edge", parameter=text(f"validation.{row.parameter}"))
    if found.explanations and not any(row.suffices for row in telling):
        tell("validate.unexplained")


def _verdict(*, passed: bool) -> str:
    return text(f"export.{'yes' if passed else 'no'}")


def _worst_hours(found: Validation, scenario: Scenario) -> list[str]:
    """Return the clock hours in which measured and simulated differ by most contacts, each with its gap in points."""
    failed = {(check.measure, check.contact_type) for check in found.together if not check.passed}
    gaps: dict[tuple[Measured, str, str], list[float]] = {}
    for row in found.intervals:
        if (row.measure, row.contact_type) not in failed:
            continue
        hour = scenario.horizon.instant(row.interval * scenario.horizon.interval_us).strftime("%m-%d %H:00")
        sums = gaps.setdefault((row.measure, row.contact_type, hour), [0.0, 0.0])
        sums[0] += row.offered * (row.actual - row.simulated)
        sums[1] += row.offered
    worst = sorted(gaps, key=lambda key: -abs(gaps[key][0]))[:_HOURS_TOLD]
    return [
        say(
            "validate.hour",
            hour=hour,
            type=kind,
            measure=text(f"validation.{measure}"),
            points=f"{100.0 * gaps[measure, kind, hour][0] / gaps[measure, kind, hour][1]:+.1f}",
        )
        for measure, kind, hour in worst
    ]


def _table(found: Validation, scenario: Scenario) -> pd.DataFrame:
    grid = scenario.horizon
    return pd.DataFrame(
        [
            {
                "interval_start": grid.instant(row.interval * grid.interval_us).isoformat(),
                "contact_type": row.contact_type, "measure": str(row.measure), "offered": row.offered,
                "actual": row.actual, "simulated": row.simulated, "low": row.low, "high": row.high,
                "inside": row.inside,
            }
            for row in found.intervals
        ]
    )  # fmt: skip
