"""``springtide explain``: hour by hour, who waited too long, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from scenarios import Forecast, Quantity, Scenario
from scenarios.text import text
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice
from scheduler.exchange import read_roster, require_table_file, write_table
from scheduler.exchange.words import percent, percent_with_interval
from scheduler.exits import Exit
from scheduler.judging.need import people_short
from scheduler.staffing import first_guess
from sim import Cause, HourShortfall, Situation, actuals_of, demand_as_it_was, shortfall, without_effects


@dataclass(frozen=True, kw_only=True)
class ExplainOptions(ScenarioChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    roster: Annotated[Path, typer.Option("--roster", help="cli.option.roster_came", show_default=False)]
    planned_roster: Annotated[
        Path | None, typer.Option("--planned-roster", help="cli.option.planned_roster", show_default=False)
    ] = None
    actuals: Annotated[Path | None, typer.Option("--actuals", help="cli.option.actuals", show_default=False)] = None
    replications: Annotated[int, typer.Option("--replications", min=2, help="cli.option.replications")] = 60
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_explain", show_default=False)] = None


def run(options: ExplainOptions) -> Exit:
    """Print every hour that missed its promise with its causes; the file holds all hours."""
    if options.out is not None:
        require_table_file(options.out)
    scenario = options.load_scenario()
    with Watch() as watch:
        planned = demand_of(options, scenario, watch)
        plan, came = _situations(options, scenario, planned)
        rows = shortfall(
            plan, came, replications=options.replications, seed=scenario.seed,
            workers=options.workers, progress=watch.tell,
        )  # fmt: skip
    people = people_short(came.scenario, first_guess(came.scenario, came.forecast), came.roster)
    _show(scenario, rows, people)
    if options.out is not None:
        write_table(_table(scenario, rows, people), options.out)
        tell("files", path=options.out)
    return Exit.DONE


def _situations(options: ExplainOptions, scenario: Scenario, planned: Forecast) -> tuple[Situation, Situation]:
    """Return the plan, which knows of no shock, and the days as they came.

    As they came they are with shocks, or as they were measured; and with the planned people less those whom chance
    keeps away, or, where both rosters are given, with exactly those who were there.
    """
    roster = read_roster(options.roster, scenario)
    intended, calm = roster, replace(scenario, shocks=())
    if options.planned_roster is not None:
        intended = read_roster(options.planned_roster, scenario)
        scenario = replace(without_effects(scenario, Quantity.ABSENCE), absence_share=0.0)
    if options.actuals is None:
        return Situation(calm, planned, intended), Situation(scenario, planned, roster)
    measured = actuals_of(options.read(options.actuals), scenario, outcomes=False)
    held = [Quantity.VOLUME]  # what measured contacts hold already: levers and shocks must not act on them again
    if not np.isnan(measured.work_s).all():
        held.append(Quantity.WORK)
    plan = _put_in(Situation(calm, planned, intended), held)
    came = _put_in(Situation(scenario, planned, roster), held)
    return plan, replace(came, forecast=demand_as_it_was(measured, came.forecast))


def _put_in(situation: Situation, quantities: list[Quantity]) -> Situation:
    """Return the situation with the scenario's effects on volume and maybe work put into the forecast."""
    scenario, demand = situation.scenario, situation.forecast
    demand = replace(demand, expected=demand.expected * scenario.factor(Quantity.VOLUME))
    if Quantity.WORK in quantities:
        demand = replace(demand, work_s=demand.work_s * scenario.factor(Quantity.WORK))
    return replace(situation, scenario=without_effects(scenario, *quantities), forecast=demand)


def _show(scenario: Scenario, rows: Sequence[HourShortfall], people: dict[tuple[str, int], float]) -> None:
    short = [row for row in rows if row.contacts_short > 0]
    header = ["hour", "target", "share", "planned", "contacts_short", "people_short", "cause"]
    lines = [
        (
            _clock(scenario, row),
            row.target,
            percent_with_interval(row.share),
            percent(row.planned_share.value),
            f"{row.contacts_short:,.0f}",
            f"{people[row.target, row.start_min]:,.0f}",
            _why(row),
        )
        for row in short
    ]
    if not lines:
        tell("explain.none")
        return
    print_table(say("explain.title"), [say(f"explain.{key}") for key in header], lines)
    tell("explain.people_note")
    for cause in dict.fromkeys(row.main_cause for row in short):
        if cause is not None:
            tell("bullet", sentence=text(f"causes.do_{cause}"))


def _why(row: HourShortfall) -> str:
    """Return the causes that surely lowered the share, largest first, in points."""
    sure = [(said.value, cause) for cause, said in row.causes.items() if said.low > 0]
    named = [f"{text(f'causes.{cause}')} {percent(value)}" for value, cause in sorted(sure, reverse=True)]
    return ", ".join(named) or text("causes.none")


def _table(scenario: Scenario, rows: Sequence[HourShortfall], people: dict[tuple[str, int], float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "hour": _clock(scenario, row), "target": row.target, "offered": row.offered, "share": row.share.value,
                "share_low": row.share.low, "share_high": row.share.high, "planned_share": row.planned_share.value,
                "contacts_short": row.contacts_short, "people_short": people[row.target, row.start_min],
                **{str(cause): row.causes[cause].value for cause in Cause}, "together": row.together,
            }
            for row in rows
        ]
    )  # fmt: skip


def _clock(scenario: Scenario, row: HourShortfall) -> str:
    return scenario.horizon.instant(row.start_min * 60_000_000).strftime("%Y-%m-%d %H:%M")
