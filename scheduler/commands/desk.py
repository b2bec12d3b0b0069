"""What the commands about a roster from elsewhere share: the roster, its demand, the need."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from scenarios import Requirement, Roster, Scenario, UsageError
from scenarios.text import current_language
from scheduler.commands.console import Watch
from scheduler.commands.demand import demand_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice, pairs
from scheduler.commands.sections import show_section
from scheduler.exchange import GridWords, faults_section, notes_section, read_shifts
from scheduler.judging.effects import Floor
from scheduler.judging.need import Need
from scheduler.judging.placing import completed
from scheduler.judging.reading import GridReading
from scheduler.judging.swap import Cell


@dataclass(frozen=True, kw_only=True)
class GridChoice:
    """Which roster, and the planner's words in it."""

    roster: Annotated[Path, typer.Option("--roster", help="cli.option.roster_grid", show_default=False)]
    sheet: Annotated[str | None, typer.Option("--sheet", help="cli.option.sheet", show_default=False)] = None
    shift_name: Annotated[list[str], typer.Option("--shift-name", help="cli.option.shift_name", show_default=False)] = (
        field(default_factory=list)
    )
    group_name: Annotated[list[str], typer.Option("--group-name", help="cli.option.group_name", show_default=False)] = (
        field(default_factory=list)
    )
    contract: Annotated[str, typer.Option("--contract", help="cli.option.contract", show_default=False)] = ""

    def read_roster(self, scenario: Scenario) -> GridReading:
        """Return the roster file as it was read."""
        words = GridWords(
            shifts=pairs(self.shift_name, "--shift-name"),
            groups=pairs(self.group_name, "--group-name"),
            contract=self.contract,
        )
        return read_shifts(self.roster, scenario, words=words, sheet=self.sheet)


@dataclass(frozen=True, slots=True)
class OnDesk:
    """A roster with what is needed to weigh changes of it."""

    floor: Floor
    roster: Roster
    requirement: Requirement


@dataclass(frozen=True, kw_only=True)
class DeskChoice(ScenarioChoice, GridChoice, DemandChoice, WorkerChoice):
    """A roster on which changes are weighed."""

    days: Annotated[int, typer.Option("--days", min=2, help="cli.option.effect_days")] = 200

    def desk(self, watch: Watch) -> OnDesk:
        """Return the roster, completed against the need; what could not be read is printed."""
        reading = self.read_roster(self.load_scenario())
        language = current_language()
        for section in (faults_section(reading.faults, language), notes_section(reading.notes, language)):
            if section.rows or section.sentences:
                show_section(section)
        forecast = demand_of(self, reading.scenario, watch)
        floor = Floor(reading.scenario, forecast, self.days, self.workers)
        need = Need.of(floor, progress=watch.tell)
        roster, _ = completed(reading, need.requirement)
        return OnDesk(floor, roster, need.requirement)


def cell_of(written: str) -> Cell:
    """Return ``NAME@DATE``; a ``UsageError`` where it is none."""
    name, mark, day = written.rpartition("@")
    if not mark or not name:
        raise UsageError("not_a_cell", value=written)
    return Cell(name, day_of(day, "NAME@DATE"))


def day_of(written: str, option: str) -> date:
    """Return the date ``written`` says; a ``UsageError`` where it is none."""
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise UsageError("not_a_date", thing="springtide", field=option, value=written) from error
