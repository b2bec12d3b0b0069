"""``springtide simulate``: a scenario and its people through the queues."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from scenarios import Forecast, Requirement, Roster, Scenario, UsageError
from scenarios.text import text
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.formulas import show_formulas
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice, pairs
from scheduler.commands.shock import with_shocks
from scheduler.commands.show_service import show_dates, show_hours, show_pack, show_report
from scheduler.exchange import (
    figure_rows,
    figure_table,
    pack_rows,
    promise_rows,
    read_roster,
    require_table_file,
    write_table,
)
from scheduler.exchange.words import DASH
from scheduler.exits import Exit
from scheduler.staffing import first_guess
from sim import (
    Period,
    Precision,
    SequentialStudy,
    Staff,
    day_promises,
    figures,
    load_pack,
    measure_all,
    pay_of,
    replicate,
    replicate_runs,
    replicate_until,
    staff_always_on,
    staff_from_positions,
)
from sim.studies.replicate import Conduct
from sim.studies.stopping import LEAST, LOOK_AHEAD, MOST

PACK_RUNS = 20
"""Runs a platform's measures are taken from: they need whole logs, and their intervals say how far that carries."""
PURPOSE = "simulate"
"""Streams of this command: days of their own, shared neither with training nor with a proof."""


@dataclass(frozen=True, kw_only=True)
class FloorOptions(ScenarioChoice, DemandChoice, WorkerChoice):
    """What every command asks that plays a scenario with people: demand, people, how many days, which ones."""

    roster: Annotated[Path | None, typer.Option("--roster", help="cli.option.roster", show_default=False)] = None
    agents: Annotated[list[str], typer.Option("--agents", help="cli.option.agents", show_default=False)] = field(
        default_factory=list
    )
    replications: Annotated[int, typer.Option("--replications", min=2, help="cli.option.replications")] = 100
    shock: Annotated[list[str], typer.Option("--shock", help="cli.option.shock", show_default=False)] = field(
        default_factory=list
    )
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None

    def with_shocks(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` with the shocks asked for; who works is planned without them."""
        return with_shocks(scenario, self.shock, roster=self.roster is not None)

    def seed_of(self, scenario: Scenario) -> int:
        """Return the seed that was given, else the scenario's."""
        return scenario.seed if self.seed is None else self.seed


@dataclass(frozen=True, kw_only=True)
class SimulateOptions(FloorOptions):
    """Options of the command."""

    pack: Annotated[list[str], typer.Option("--pack", help="cli.option.pack", show_default=False)] = field(
        default_factory=list
    )
    by: Annotated[Period, typer.Option("--by", help="cli.option.by")] = Period.DAY
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_simulate", show_default=False)] = None
    precision: Annotated[str | None, typer.Option("--precision", help="cli.option.precision", show_default=False)] = (
        None
    )
    least: Annotated[int, typer.Option("--least", min=2, help="cli.option.least")] = LEAST
    look_ahead: Annotated[int, typer.Option("--look-ahead", min=0, help="cli.option.look_ahead")] = LOOK_AHEAD
    most: Annotated[int, typer.Option("--most", min=2, help="cli.option.most")] = MOST


def run(options: SimulateOptions) -> Exit:
    """Simulate, print the measures with their intervals, and write all of them where asked."""
    if options.out is not None:
        require_table_file(options.out)
    precision = precision_of(options)
    planned = options.load_scenario()
    packs = [load_pack(name, on=planned.horizon.first_date) for name in options.pack]
    scenario = options.with_shocks(planned)
    with Watch() as watch:
        forecast = demand_of(options, scenario, watch)
        seed = options.seed_of(scenario)
        people = people_of(options, planned, forecast)
        conduct: Conduct = {"workers": options.workers, "progress": watch.tell}
        found = None
        if precision is None:
            study = replicate(
                scenario, forecast, people, replications=options.replications, purpose=PURPOSE, seed=seed, **conduct
            )
        else:
            found = replicate_until(scenario, forecast, people, precision, purpose=PURPOSE, seed=seed, **conduct)
            study = found.study
    pay = pay_of(scenario, people) if isinstance(people, Roster) else None
    report, promises = study.report(intervals=False, pay=pay), day_promises(study)
    show_report(report, scenario)
    if options.by is not Period.HORIZON:
        show_dates(report, promises)
    if options.by in (Period.HOUR, Period.INTERVAL):
        show_hours(study)
    show_formulas(scenario, forecast, people, study)
    rows = [*figure_rows(figures(study, options.by, pay), scenario), *promise_rows(promises)] if options.out else []
    for pack in packs:
        runs = replicate_runs(scenario, forecast, people, replications=PACK_RUNS, seed=seed, purpose=PURPOSE)
        kpis = measure_all(pack, runs, scenario)
        show_pack(pack, kpis)
        rows += pack_rows(pack, kpis)
    if options.out is not None:
        write_table(figure_table(rows), options.out)
        tell("files", path=options.out)
    if precision is not None and found is not None:
        _tell_precision(precision, found)
    tell("simulate_done", replications=len(study), scenario=scenario.name)
    return Exit.DONE


def precision_of(options: SimulateOptions) -> Precision | None:
    """Return what ``--precision [KPI:]SCOPE=WIDTH`` asks for; a ``UsageError`` where it is not written so."""
    if options.precision is None:
        return None
    whom, mark, width = options.precision.rpartition("=")
    kpi, colon, scope = whom.partition(":")
    half_width = number_of(width)
    if not mark or not whom or half_width is None:
        raise UsageError("not_a_precision", option="--precision", value=options.precision)
    if not colon:
        kpi, scope = "share_in_time", whom
    return Precision(kpi, scope, half_width, least=options.least, look_ahead=options.look_ahead, most=options.most)


def number_of(written: str) -> float | None:
    """Return the number that is written there, ``None`` where there is none."""
    try:
        return float(written)
    except ValueError:
        return None


def _tell_precision(asked: Precision, found: SequentialStudy) -> None:
    tell(
        "precision_reached" if found.reached else "precision_missed",
        kpi=text(f"kpis.{asked.kpi}"),
        scope=asked.scope,
        wanted=f"{found.wanted:g}",
        half_width=f"{found.half_width:.3g}",
        replications=len(found.study),
        narrow_from=found.narrow_from or DASH,
    )


def people_of(options: FloorOptions, scenario: Scenario, forecast: Forecast) -> Roster | Staff:
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
        if not (count.isascii() and count.isdecimal()):
            raise UsageError("not_a_pair", option="--agents", value=f"{group}={count}")
    return {group: int(count) for group, count in counts.items()}
