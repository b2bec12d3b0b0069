"""``springtide swap``: may two people change these shifts."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenarios.text import current_language
from scheduler.commands.console import Watch
from scheduler.commands.desk import DeskChoice, cell_of
from scheduler.commands.sections import show_section
from scheduler.exchange.desk_text import swap_sections
from scheduler.exits import Exit
from scheduler.judging.swap import check_swap


@dataclass(frozen=True, kw_only=True)
class SwapOptions(DeskChoice):
    """Options of the command."""

    one: Annotated[str, typer.Argument(help="cli.option.swap_one", show_default=False)]
    other: Annotated[str, typer.Argument(help="cli.option.swap_other", show_default=False)]


def run(options: SwapOptions) -> Exit:
    """Say what the swap breaks, and what it does to the service; the exit status says whether it may be."""
    with Watch() as watch:
        desk = options.desk(watch)
        cells = [cell_of(written) for written in (options.one, options.other)]
        check = check_swap(desk.floor, desk.roster, desk.requirement, cells, progress=watch.tell)
    for section in swap_sections(check, desk.floor.scenario, current_language()):
        show_section(section)
    if not check.legality.legal:
        return Exit.NO_ROSTER
    return Exit.DONE if check.allowed else Exit.NOT_PROVEN
