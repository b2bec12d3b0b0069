"""``springtide edits``: what planners change in the forecasts of a site, with who and why; and taking it back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from forecasting import Entry, Undo
from scenarios import Scenario, UsageError, load_scenario
from scenarios.checks import require_known
from scheduler.commands.console import tell
from scheduler.commands.parameters import EditChoice
from scheduler.commands.sections import edits_section, show_section
from scheduler.exits import Exit
from scheduler.nightly import load_site
from scheduler.store import open_store


@dataclass(frozen=True, kw_only=True)
class EditsOptions(EditChoice):
    """Options of the command."""

    site: Annotated[Path, typer.Argument(help="cli.option.site", show_default=False)]
    undo: Annotated[list[int], typer.Option("--undo", min=1, help="cli.option.undo", show_default=False)] = field(
        default_factory=list
    )
    why: Annotated[str | None, typer.Option("--why", help="cli.option.why", show_default=False)] = None


def run(options: EditsOptions) -> Exit:
    """Add to the log what is given, and print it."""
    site = load_site(options.site)
    scenario = load_scenario(site.scenario_source)
    entries = _entries(options, scenario)
    with open_store(site.store_url) as store:
        numbers = store.edits.add(scenario.name, entries)
        log = store.edits.log(scenario.name)
    if numbers:
        tell("edits.added", count=len(numbers), scenario=scenario.name)
    if not log:
        tell("edits.none", scenario=scenario.name)
    show_section(edits_section(log, scenario.horizon.zone))
    return Exit.DONE


def _entries(options: EditsOptions, scenario: Scenario) -> tuple[Entry, ...]:
    """Return the entries asked for; a contact type must be one of the scenario's, an undo must say why."""
    edits = options.load_edits(scenario.horizon.zone)
    known = [kind.name for kind in scenario.contact_types]
    for edit in edits:
        require_known("Edit", "contact_types", edit.contact_types, known)
    if options.undo and options.why is None:
        raise UsageError("option_needed", option="--why")
    now = datetime.now(UTC).replace(microsecond=0)
    undone = [Undo(now, options.author(), options.why or "", number) for number in options.undo]
    return (*edits, *undone)
