"""``springtide repair``: a roster that is out already meets absences: few changes, and what they win back."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from scenarios import UsageError
from scenarios.text import current_language
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.desk import GridChoice, cell_of, day_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice
from scheduler.commands.sections import show_section
from scheduler.exchange import repair_sections, write_repair_excel, write_repair_json
from scheduler.exits import Exit
from scheduler.replanning import MOST_CELLS, Absence, RepairOrder, RosterRepair, repair_roster


@dataclass(frozen=True, kw_only=True)
class RepairOptions(ScenarioChoice, GridChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    absent: Annotated[list[str], typer.Option("--absent", help="cli.option.absent", show_default=False)] = field(
        default_factory=list
    )
    first: Annotated[str | None, typer.Option("--from", help="cli.option.repair_from", show_default=False)] = None
    last: Annotated[str | None, typer.Option("--to", help="cli.option.repair_to", show_default=False)] = None
    freeze: Annotated[str | None, typer.Option("--freeze-until", help="cli.option.freeze", show_default=False)] = None
    pin: Annotated[list[str], typer.Option("--pin", help="cli.option.pin", show_default=False)] = field(
        default_factory=list
    )
    changes: Annotated[int, typer.Option("--changes", min=0, help="cli.option.changes")] = MOST_CELLS
    days: Annotated[int, typer.Option("--days", min=2, help="cli.option.effect_days")] = 200
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None
    out: Annotated[Path, typer.Option("--out", help="cli.option.out_repair")] = Path("repair")

    def order(self) -> RepairOrder:
        """Return what has happened and what may be changed."""
        first, last, freeze = (
            None if written is None else day_of(written, option)
            for written, option in ((self.first, "--from"), (self.last, "--to"), (self.freeze, "--freeze-until"))
        )
        return RepairOrder(
            absences=tuple(map(absence_of, self.absent)),
            first=first,
            last=last,
            freeze_until=freeze,
            pins=tuple(map(cell_of, self.pin)),
            most_cells=self.changes,
            seed=self.seed,
        )


def run(options: RepairOptions) -> Exit:
    """Read, repair, write, print; the exit status says whether every rule is kept."""
    order = options.order()
    reading = options.read_roster(options.load_scenario())
    language = current_language()
    with Watch() as watch:
        forecast = demand_of(options, reading.scenario, watch)
        found = repair_roster(
            reading, forecast, order, effect_days=options.days, workers=options.workers, progress=watch.tell
        )  # fmt: skip
    write_repair_excel(found, options.out / "roster.xlsx", language)
    write_repair_json(found, options.out / "repair.json")
    for section in repair_sections(found, language):
        show_section(section)
    tell("files", path=options.out)
    return _exit_of(found)


def absence_of(written: str) -> Absence:
    """Return ``NAME@DATE`` or ``NAME@DATE..DATE``; a ``UsageError`` where it is neither."""
    name, mark, dates = written.rpartition("@")
    if not mark or not name:
        raise UsageError("not_an_absence", value=written)
    first, _, last = dates.partition("..")
    return Absence(name, day_of(first, "--absent"), day_of(last or first, "--absent"))


def _exit_of(found: RosterRepair) -> Exit:
    if found.reading.faults:
        return Exit.INPUT
    return Exit.NO_ROSTER if found.breaches else Exit.DONE
