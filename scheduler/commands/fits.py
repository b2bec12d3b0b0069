"""``springtide fits``: who can fill a gap."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenarios.horizon import clock_to_min
from scenarios.text import current_language
from scheduler.commands.console import Watch
from scheduler.commands.desk import DeskChoice, day_of
from scheduler.commands.sections import show_section
from scheduler.exchange.desk_text import fits_sections
from scheduler.exits import Exit
from scheduler.judging.fits import Gap, who_fits


@dataclass(frozen=True, kw_only=True)
class FitsOptions(DeskChoice):
    """Options of the command."""

    date: Annotated[str, typer.Option("--date", help="cli.option.gap_date", show_default=False)]
    start: Annotated[str, typer.Option("--from", help="cli.option.gap_from", show_default=False)]
    end: Annotated[str, typer.Option("--to", help="cli.option.gap_to", show_default=False)]
    group: Annotated[str, typer.Option("--group", help="cli.option.gap_group", show_default=False)]


def run(options: FitsOptions) -> Exit:
    """List who may work then, best first, and why the others may not."""
    gap = Gap(
        day_of(options.date, "--date"), clock_to_min(options.start), clock_to_min(options.end), options.group
    )  # fmt: skip
    with Watch() as watch:
        desk = options.desk(watch)
        fits, unfits = who_fits(desk.floor, desk.roster, desk.requirement, gap, progress=watch.tell)
    for section in fits_sections(fits, unfits, gap, desk.floor.scenario, current_language()):
        show_section(section)
    return Exit.DONE if fits else Exit.NO_ROSTER
