"""Planted clashes on generated teams: each named, and its cheapest repair checked by building the roster again."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.planted_clashes import PLANTS, VICTIM, Plant, sound_team
from scenarios import Requirement, RosterOutcome, Scenario
from scenarios.text import fill
from scheduler.lines.budget import SearchBudget
from scheduler.rostering.build import build_roster
from scheduler.rostering.clashes.parts import Bound
from scheduler.rostering.clashes.repairs import PersonClash, clash_of
from scheduler.rostering.clashes.words import person_reason

SIZES = (20, 50, 100, 200)
"""The plants take turns on teams of these sizes."""
SEED = 6
LEGAL_IS_ENOUGH = SearchBudget(polish_lines=1, bound_passes=1, passes=1, chains=1)


class Clashes:
    """Every plant found, told, repaired, and its team rostered again."""

    name, room = "clashes", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "clashes_planted": (len(PLANTS), len(PLANTS)),
        "clashes_named": (len(PLANTS), len(PLANTS)),
        "clashes_repaired": (len(PLANTS), len(PLANTS)),
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print each clash as it is told; count those named rightly and those repaired."""
        del reference  # the teams are made here
        named = repaired = 0
        worst = 0.0
        for number, plant in enumerate(PLANTS):
            size = SIZES[number % len(SIZES)]
            scenario = plant.made(sound_team(size))
            begun = time.process_time()
            bound = Bound.of(scenario, scenario.agent(VICTIM))
            clash = clash_of(bound)
            seconds = time.process_time() - begun
            worst = max(worst, seconds)
            right, mended = (
                clash is not None and is_named(plant, clash),
                clash is not None and is_mended(scenario, clash),
            )
            named, repaired = named + right, repaired + mended
            report(f"  {plant.name} ({plant.family}), {size} people, {seconds:.2f} CPU-s"
                   f"{'' if right else ', NOT NAMED'}{'' if mended else ', NOT REPAIRED'}")  # fmt: skip
            if clash is not None:
                reason = person_reason(bound, clash)
                report(f"    {fill(reason.key, dict(reason.facts), 'en')}")
        planted = float(len(PLANTS))
        return {
            "clashes_planted": planted, "clashes_named": float(named), "clashes_repaired": float(repaired),
            "clash_seconds_worst": worst,
        }  # fmt: skip


def is_named(plant: Plant, clash: PersonClash) -> bool:
    """Return whether the clash holds every rule and bar that was planted."""
    found = {part.rule.name if part.rule else str(part.bar) for part in clash.parts}
    return plant.named <= found


def is_mended(scenario: Scenario, clash: PersonClash) -> bool:
    """Return whether the team had no legal roster and has one once the clash's repairs are made."""
    mended = scenario
    for repair in clash.chain:
        mended = repair.applied_to(mended)
    return _rostered(scenario).roster is None and _rostered(mended).roster is not None


def _rostered(scenario: Scenario) -> RosterOutcome:
    groups = tuple(group.name for group in scenario.groups)
    nobody = Requirement(scenario.horizon, groups, np.zeros((scenario.horizon.intervals, len(groups))))
    return build_roster(scenario, nobody, seed=SEED, budget=LEGAL_IS_ENOUGH)


PART = Clashes()
