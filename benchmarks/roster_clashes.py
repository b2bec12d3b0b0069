"""Planted clashes on generated teams: each named, and its cheapest repair checked by building the roster again."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.planted_clashes import PLANTS, VICTIM, Plant, sound_team
from benchmarks.planted_team_clashes import TEAM_PLANTS, TeamPlant
from scenarios import Reason, Requirement, RosterOutcome, Scenario
from scenarios.text import fill
from scheduler.lines.budget import SearchBudget
from scheduler.rostering.build import build_roster
from scheduler.rostering.clashes.parts import Bound
from scheduler.rostering.clashes.repairs import PersonClash, clash_of
from scheduler.rostering.clashes.team import TeamClash, team_clash
from scheduler.rostering.clashes.words import person_reason
from scheduler.rostering.costs import demand_of
from scheduler.rostering.team import team_of

SIZES = (20, 50, 100, 200)
"""The plants take turns on teams of these sizes."""
SEED = 6
PLANTED = len(PLANTS) + len(TEAM_PLANTS)
SMALL = SearchBudget(polish_lines=300, bound_passes=5, passes=2)


class Clashes:
    """Every plant found, told, repaired, and its team rostered again."""

    name, room = "clashes", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "clashes_planted": (PLANTED, PLANTED),
        "clashes_named": (PLANTED, PLANTED),
        "clashes_repaired": (PLANTED, PLANTED),
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print each clash as it is told; count those named rightly and those repaired."""
        del reference  # the teams are made here
        ends = [_of_person(plant, SIZES[number % len(SIZES)], report) for number, plant in enumerate(PLANTS)]
        ends += [_of_team(plant, SIZES[number % len(SIZES)], report) for number, plant in enumerate(TEAM_PLANTS)]
        return {
            "clashes_planted": float(len(ends)),
            "clashes_named": float(sum(end.named for end in ends)),
            "clashes_repaired": float(sum(end.repaired for end in ends)),
            "clash_seconds_worst": max(end.seconds for end in ends),
        }


@dataclass(frozen=True, slots=True)
class End:
    """How one plant ended; CPU seconds to find and word the clash with its ways out."""

    named: bool
    repaired: bool
    seconds: float

    def line(self, name: str, family: str, size: int) -> str:
        """Return what is printed of it."""
        marks = ("" if self.named else ", NOT NAMED") + ("" if self.repaired else ", NOT REPAIRED")
        return f"  {name} ({family}), {size} people, {self.seconds:.2f} CPU-s{marks}"


def _of_person(plant: Plant, size: int, report: Callable[[str], None]) -> End:
    scenario = plant.made(sound_team(size))
    begun = time.process_time()
    bound = Bound.of(scenario, scenario.agent(VICTIM))
    clash = clash_of(bound)
    told = "" if clash is None else _said(person_reason(bound, clash))
    seconds = time.process_time() - begun
    end = End(clash is not None and is_named(plant, clash), clash is not None and is_mended(scenario, clash), seconds)
    report(end.line(plant.name, plant.family, size))
    report(f"    {told}")
    return end


def _of_team(plant: TeamPlant, size: int, report: Callable[[str], None]) -> End:
    scenario, requirement = plant.case(size)
    team = team_of(scenario, demand_of(scenario, requirement))
    interval, group = np.argwhere(requirement.positions > 0)[0].tolist()
    begun = time.process_time()
    clash = team_clash(team, group, interval)
    seconds = time.process_time() - begun
    repaired = clash is not None and is_filled(scenario, requirement, clash)
    end = End(clash is not None and plant.named(clash), repaired, seconds)
    report(end.line(plant.name, plant.family, size))
    for reason in _rostered(scenario, requirement).reasons:
        report(f"    {_said(reason)}")
    return end


def _said(reason: Reason) -> str:
    return fill(reason.key, dict(reason.facts), "en")


def is_named(plant: Plant, clash: PersonClash) -> bool:
    """Return whether the clash holds every rule and bar that was planted."""
    found = {part.rule.name if part.rule else str(part.bar) for part in clash.parts}
    return plant.named <= found


def is_mended(scenario: Scenario, clash: PersonClash) -> bool:
    """Return whether the team had no legal roster and has one once the clash's repairs are made."""
    mended = scenario
    for repair in clash.chain:
        mended = repair.applied_to(mended)
    return (
        _rostered(scenario, _nobody(scenario)).roster is None and _rostered(mended, _nobody(mended)).roster is not None
    )


def is_filled(scenario: Scenario, requirement: Requirement, clash: TeamClash) -> bool:
    """Return whether the roster is short before and not once the cheapest way out is taken."""
    if not clash.ways:
        return False
    before, after = (_rostered(part, requirement) for part in (scenario, clash.ways[0].applied_to(scenario)))
    return after.roster is not None and before.shortfall.max() > 0 and after.shortfall.max() == 0


def _nobody(scenario: Scenario) -> Requirement:
    groups = tuple(group.name for group in scenario.groups)
    return Requirement(scenario.horizon, groups, np.zeros((scenario.horizon.intervals, len(groups))))


def _rostered(scenario: Scenario, requirement: Requirement) -> RosterOutcome:
    return build_roster(scenario, requirement, seed=SEED, budget=SMALL)


PART = Clashes()
