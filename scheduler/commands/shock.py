"""Shocks named on the command line: put on the scenario, and told."""

from scenarios import PlanningError, Quantity, Scenario, ShockPlan, shocks_at
from scenarios.text import current_language, text
from scheduler.commands.console import tell


def with_shocks(scenario: Scenario, given: list[str], *, roster: bool) -> Scenario:
    """Return ``scenario`` with the shocks of ``--shock`` and tell them, with what of them finds nothing to move.

    Parameters
    ----------
    given
        Texts such as ``outage@2026-11-10T20:00``.
    roster
        Whether the people are those of a roster; nobody else can stay away.
    """
    changed = scenario
    if not roster:
        for known in scenario.shocks:
            if any(effect.quantity is Quantity.ABSENCE for effect in known.effects):
                tell("shock.nobody_away", name=known.name)
    for shock, moment in shocks_at(scenario, given):
        try:
            changed = shock.applied_to(changed, moment)
        except PlanningError as error:
            raise error.at("--shock") from error
        name = shock.title[current_language()]
        tell("shock.plays", name=name, moment=f"{moment:%Y-%m-%d %H:%M}", about=shock.about[current_language()])
        for row in shock.reach(scenario, moment):
            if not row.reached:
                tell("reach.nothing", name=name, what=text(f"what.{row.what}"), needs=text(f"needs.{row.what}"))
        if not roster and _keeps_away(shock):
            tell("shock.nobody_away", name=name)
    return changed


def _keeps_away(shock: ShockPlan) -> bool:
    return any(row.what == Quantity.ABSENCE for row in shock.effects)
