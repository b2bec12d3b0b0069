"""``springtide backtest``: what the forecast would have said on past dates, against what came and against rivals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from forecasting import Models, Span, backtest
from scenarios import Opening, PlanningError, Scenario, UsageError, load_scenario
from scenarios.load import read_hours
from scheduler.commands.console import Watch, say, tell
from scheduler.commands.parameters import BoostChoice, CalendarChoice, HistoryChoice, PlotChoice
from scheduler.commands.sections import errors_sections, show_section, write_sections
from scheduler.exchange import require_table_file, write_table
from scheduler.exits import Exit


@dataclass(frozen=True, kw_only=True)
class BacktestOptions(HistoryChoice, CalendarChoice, BoostChoice, PlotChoice):
    """Options of the command."""

    scenario: Annotated[
        str | None, typer.Option("--scenario", help="cli.option.scenario_hours", show_default=False)
    ] = None
    opening: Annotated[str | None, typer.Option("--opening", help="cli.option.opening", show_default=False)] = None
    lead_days: Annotated[int, typer.Option("--lead-days", min=1, help="cli.option.lead_days")] = 28
    interval_min: Annotated[
        int | None, typer.Option("--interval-min", min=5, max=60, help="cli.option.interval_min", show_default=False)
    ] = None
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_backtest", show_default=False)] = None


def run(options: BacktestOptions) -> Exit:
    """Forecast from every origin, print the errors, write them."""
    if options.out is not None:
        require_table_file(options.out)
    scenario = None if options.scenario is None else load_scenario(options.scenario)
    zone = _zone(options, scenario)
    opening = _opening(options, scenario)
    models = Models(boosted=options.boosted)
    history, past = options.load_in(zone)
    with Watch() as watch:
        span = Span(lead_days=options.lead_days, interval_min=options.interval_min)
        found = backtest(
            history, zone=zone, opening=opening, past_promotions=past, calendar=options.calendar_in(zone), span=span,
            models=models, progress=watch.tell,
        )  # fmt: skip
    sections = errors_sections(found.table)
    for section in sections:
        show_section(section)
    tell(
        "backtest.done", origins=len(found.origins), first=found.origins[0], last=found.origins[-1],
        days=found.lead_days, minutes=found.interval_min,
    )  # fmt: skip
    if options.out is not None:
        write_table(found.table, options.out)
        tell("files", path=options.out)
    if options.plots is not None:
        write_sections(say("backtest.page"), sections, options.plots, name="backtest")
    return Exit.DONE


def _zone(options: BacktestOptions, scenario: Scenario | None) -> str:
    """Return the zone of the clock on the wall: the one named, else the scenario's."""
    if options.zone is not None:
        return options.zone
    if scenario is None:
        raise UsageError("option_needed", option="--zone")
    return scenario.horizon.zone


def _opening(options: BacktestOptions, scenario: Scenario | None) -> Opening | None:
    """Return the opening hours to score: those named for all days, else the scenario's, else all hours."""
    if options.opening is None:
        return None if scenario is None else scenario.horizon.opening
    try:
        hours = read_hours(options.opening, "--opening")
    except PlanningError as error:
        raise UsageError(error.key, place=error.place, **error.facts) from error
    return Opening((hours,) * 7)
