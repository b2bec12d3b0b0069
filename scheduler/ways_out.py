"""What the cheapest ways out would bring: they are made, and the same days are planned and simulated again."""

from dataclasses import dataclass

import numpy as np

from scenarios import Forecast, Plan, Reason, Requirement, Scenario
from scenarios.progress import Progress, silent
from scheduler.planning import PlanSettings, make_plan
from scheduler.rostering import build_roster
from scheduler.rostering.clashes.repairs import Repair
from scheduler.rostering.clashes.team import TeamRepair
from scheduler.rostering.clashes.words import way_reason
from scheduler.rostering.explain import cheapest_repairs
from scheduler.staffing import with_absence

STAGE = "ways_out"
PLANS = 3
"""Plans made at most: a plan with more people asks for what it could not ask for before."""
MORE = 1.02
"""Asked for, of what a plan asked for, on dates that failed though nobody was missing; rounded up to whole people."""
ROUNDS = 12
"""Times that what is still lacking is asked for at most: each round mends the worst."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Repairs that were made, and the plan they allow.

    Parameters
    ----------
    made
        The repairs as sentences, in the order in which they were made.
    price_yuan
        What they cost together, as ``docs/clashes.md`` prices them.
    scenario, plan
        What they make of the scenario, and the plan of that: beside the plan without them it tells their effect.
    """

    made: tuple[Reason, ...]
    price_yuan: float
    scenario: Scenario
    plan: Plan


def try_ways_out(
    scenario: Scenario,
    forecast: Forecast,
    plan: Plan,
    *,
    settings: PlanSettings | None = None,
    progress: Progress = silent,
) -> WayOut | None:
    """Return the cheapest ways out of what ``plan`` lacks, made and planned again; ``None`` where none is known.

    The repairs are verified by another roster search before anything is simulated, and asked for again where the plan
    that they allow still lacks people.

    Parameters
    ----------
    plan
        What ``make_plan`` found for ``scenario`` and ``forecast``.
    """
    settings = settings or PlanSettings()
    made: list[Reason] = []
    price_yuan, repaired, again = 0.0, scenario, plan
    for number in range(PLANS):
        progress(STAGE, number, PLANS)
        steps = _steps(repaired, again, settings, progress)
        if not steps:
            break
        for step in steps:
            repaired = step.applied_to(repaired)
            made.append(way_reason(step))
            price_yuan += step.price_yuan
        again = make_plan(repaired, forecast, settings=settings, progress=progress)
        if again.verdict is not None and again.verdict.publishable:
            break
    return WayOut(tuple(made), price_yuan, repaired, again) if made else None


def _steps(scenario: Scenario, plan: Plan, settings: PlanSettings, progress: Progress) -> list[Repair | TeamRepair]:
    """Return repairs of what a plan lacks; where they mend nothing of that, of what it should have asked for."""
    for asked in (plan.requirement, _more(scenario, plan)):
        wanted, roster, repaired = with_absence(scenario, asked), plan.outcome.roster, scenario
        steps: list[Repair | TeamRepair] = []
        for _ in range(ROUNDS):
            repairs = cheapest_repairs(repaired, wanted, roster)
            if not repairs:
                break
            for repair in repairs:
                repaired = repair.applied_to(repaired)
            steps += repairs
            budget = settings.search
            roster = build_roster(repaired, wanted, seed=repaired.seed, budget=budget, progress=progress).roster
        if steps:
            return steps
    return []


def _more(scenario: Scenario, plan: Plan) -> Requirement:
    """Return a little more than a plan asked for, on the dates that are not proven."""
    asked, verdict = plan.requirement, plan.verdict
    open_dates = set() if verdict is None else {said.date for said in verdict.statements if not said.proven}
    days = scenario.horizon.day_of_interval()
    failed = np.array([day.date in open_dates for day in scenario.horizon.days])
    more = np.where((failed[days] & (days >= 0))[:, None], np.ceil(asked.positions * MORE), asked.positions)
    return Requirement(asked.horizon, asked.groups, more)
