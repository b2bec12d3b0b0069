"""The cheapest ways out on the console: what was done, what it costs, and what the simulation says of it by date."""

from collections.abc import Iterator

from scenarios import Plan, Scenario, TargetStatement
from scenarios.text import current_language, text
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange.words import percent, say_reason
from scheduler.rostering import hours_short_by_date
from scheduler.ways_out import WayOut

_NONE = "–"


def show_way_out(plan: Plan, found: WayOut | None, scenario: Scenario) -> None:
    """Print what ``found`` has made of ``plan``: sentences, their price, and a row per date and promise."""
    if found is None:
        tell("ways_none")
        return
    tell("ways_title", yuan=found.price_yuan)
    for reason in found.made:
        tell("bullet", sentence=say_reason(reason, current_language()))
    header = [text(f"export.{key}") for key in ("date", "target")]
    header += [say(f"ways_{what}_{when}") for what in ("short", "share", "proven") for when in ("before", "after")]
    print_table(say("ways_effect"), header, _rows(plan, found, scenario))


def _rows(plan: Plan, found: WayOut, scenario: Scenario) -> Iterator[tuple[str, ...]]:
    sides = (plan, found.plan)
    short = [hours_short_by_date(scenario.horizon, side.outcome.shortfall) for side in sides]
    said = [
        {} if side.verdict is None else {(row.date, row.target): row for row in side.verdict.statements}
        for side in sides
    ]
    for number, day in enumerate(scenario.horizon.days):
        for target in scenario.targets:
            rows = [side.get((day.date, target.name)) for side in said]
            yield (
                f"{day.date}", target.name, *(f"{hours[number]:.1f}" for hours in short), *map(_share, rows),
                *map(_proven, rows),
            )  # fmt: skip


def _share(row: TargetStatement | None) -> str:
    return _NONE if row is None else percent(row.share_of_days)


def _proven(row: TargetStatement | None) -> str:
    return _NONE if row is None else text(f"export.{'yes' if row.proven else 'no'}")
