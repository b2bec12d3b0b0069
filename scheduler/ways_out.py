"""What the cheapest ways out would bring: they are made, and the same days are planned and simulated again."""

from dataclasses import dataclass, replace

import numpy as np

from scenarios import Forecast, Plan, Reason, Requirement, Scenario
from scenarios.progress import Progress, silent
from scheduler.planning import PlanSettings, make_plan
from scheduler.rostering import build_roster
from scheduler.rostering.clashes.words import way_reason
from scheduler.rostering.explain import cheapest_repairs
from scheduler.staffing import with_absence

STAGE = "ways_out"
PLANS = 3
"""Plans made at most: a plan with more people asks for what it could not ask for before."""
MORE = 1.02
"""Asked for beyond what a plan asked for on dates that failed though nobody was missing, rounded up to whole people."""
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
    found: WayOut | None = None
    for number in range(PLANS):
        progress(STAGE, number, PLANS)
        before = WayOut((), 0.0, scenario, plan) if found is None else found
        repaired = _repaired(before, settings, progress)
        if repaired.made == before.made:
            break
        again = make_plan(repaired.scenario, forecast, settings=settings, progress=progress)
        found = replace(repaired, plan=again)
        if again.verdict is not None and again.verdict.publishable:
            break
    return found


def _repaired(before: WayOut, settings: PlanSettings, progress: Progress) -> WayOut:
    """Return ``before`` with the repairs made of what its plan lacks, not planned again yet."""
    scenario, price_yuan, made = before.scenario, before.price_yuan, list(before.made)
    wanted = with_absence(scenario, _asked(scenario, before.plan))
    roster = before.plan.outcome.roster
    for _ in range(ROUNDS):
        repairs = cheapest_repairs(scenario, wanted, roster)
        if not repairs:
            break
        for repair in repairs:
            scenario = repair.applied_to(scenario)
            made.append(way_reason(repair))
            price_yuan += repair.price_yuan
        roster = build_roster(scenario, wanted, seed=scenario.seed, budget=settings.search, progress=progress).roster
    return WayOut(tuple(made), price_yuan, scenario, before.plan)


def _asked(scenario: Scenario, plan: Plan) -> Requirement:
    """Return the positions to fill: what the plan asked for, more where all of it was there and did not do."""
    asked, verdict = plan.requirement, plan.verdict
    if plan.outcome.roster is None or verdict is None or plan.outcome.shortfall.any():
        return asked
    open_dates = {said.date for said in verdict.statements if not said.proven}
    days = scenario.horizon.day_of_interval()
    failed = np.array([day.date in open_dates for day in scenario.horizon.days])
    more = np.ceil(asked.positions * MORE)
    positions = np.where((failed[days] & (days >= 0))[:, None], more, asked.positions)
    return Requirement(asked.horizon, asked.groups, positions)
