"""``springtide why``: why this shift for this person on this date."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenarios.text import current_language
from scheduler.commands.console import Watch
from scheduler.commands.desk import DeskChoice, cell_of
from scheduler.commands.sections import show_section
from scheduler.exchange.desk_text import why_sections
from scheduler.exits import Exit
from scheduler.judging.why import why


@dataclass(frozen=True, kw_only=True)
class WhyOptions(DeskChoice):
    """Options of the command."""

    cell: Annotated[str, typer.Argument(help="cli.option.cell", show_default=False)]


def run(options: WhyOptions) -> Exit:
    """Say what the hours lack without the shift, what else the person could do, and which rules forbid the rest."""
    cell = cell_of(options.cell)
    with Watch() as watch:
        desk = options.desk(watch)
        found = why(desk.floor, desk.roster, desk.requirement, cell.agent, cell.date, progress=watch.tell)
    for section in why_sections(found, desk.floor.scenario, current_language()):
        show_section(section)
    return Exit.DONE
