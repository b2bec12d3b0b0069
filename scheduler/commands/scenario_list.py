"""``springtide scenarios``: the scenarios that ship, or one of them in figures."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenarios import assumptions_of, expected_demand, library_names, load_scenario, title_of
from scenarios.text import current_language, text
from scheduler.commands.console import print_table, say
from scheduler.exchange.words import percent
from scheduler.exits import Exit


@dataclass(frozen=True, kw_only=True)
class ScenariosOptions:
    """Options of the command."""

    name: Annotated[str | None, typer.Argument(help="cli.option.scenario_name", show_default=False)] = None


def run(options: ScenariosOptions) -> Exit:
    """List the library, or show one scenario."""
    if options.name is None:
        rows = [(name, title_of(name, current_language())) for name in library_names()]
        print_table(say("scenarios.title"), [say("scenarios.name"), say("scenarios.about")], rows)
        return Exit.DONE
    _show(options.name)
    return Exit.DONE


def _show(name: str) -> None:
    scenario = load_scenario(name)
    horizon = scenario.horizon
    rows = [
        (say("scenarios.dates"), f"{horizon.days[0].date} – {horizon.days[-1].date} ({len(horizon.days)})"),
        (say("scenarios.grid"), f"{horizon.interval_min} min, {horizon.zone}"),
        (say("scenarios.people"), f"{len(scenario.agents)}"),
        (say("scenarios.groups"), ", ".join(group.name for group in scenario.groups)),
        (say("scenarios.contacts"), f"{expected_demand(scenario).expected.sum():,.0f}"),
        (say("scenarios.absence"), percent(scenario.absence_share)),
        (say("scenarios.seed"), f"{scenario.seed}"),
    ]
    print_table(f"{scenario.name}: {title_of(name, current_language())}", ["", ""], rows)
    promises = [
        (row.name, f"{percent(row.day_share)} / {row.answer_within_s:g} s", percent(row.share_of_days))
        for row in scenario.targets
    ]
    print_table(
        say("scenarios.promises"), [text("export.target"), say("scenarios.in_time"), say("scenarios.days")], promises
    )
    assumed = assumptions_of(name, current_language())
    if assumed:
        print_table(say("scenarios.assumed"), [say("scenarios.figure"), say("scenarios.why")], assumed)
