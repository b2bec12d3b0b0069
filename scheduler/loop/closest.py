"""Too few people for any channels and groups: the roster nearest to one that keeps the promise, and what it lacks.

The proven roster says who is needed when. So many people as there are come as near to it as they can, where each
further sixth that an hour of a group lacks weighs more than the one before; the simulation says what that brings.
"""

from typing import Any

import numpy as np

from scenarios import Channel, Scenario, ServiceTarget
from scenarios.checks import FloatArray, IntArray, require_positive
from scheduler.loop.bed import Bed
from scheduler.loop.call_line import CallLaw
from scheduler.loop.judge import columns_of, hour_of_interval
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import Curves, PlanProblem, ShareRow, everybody
from scheduler.loop.shortfall import LIMITS, PENALTY, TRIED_DAYS, Shortfall, free_of_cost, growing_row, shortfall_seen
from scheduler.loop.skills import servers_each


def closest_of(bed: Bed[Any], wanted: IntArray, people_max: int, day_factor: float, *, seed: int) -> Shortfall:
    """Return the roster of ``people_max`` people nearest to ``wanted`` (C,), and what is missing.

    Parameters
    ----------
    day_factor
        Factor of the day that just may fail.
    seed
        Key of the streams of the days it is tried on.
    """
    require_positive("closest_of", "people_max", people_max)
    needed = bed.columns.people(wanted)
    counts = solve_plan(_nearest(bed, needed, people_max), LIMITS).counts
    if counts is None:
        raise RuntimeError("every shortfall can be paid for, so a plan exists")
    missing = (needed - bed.columns.people(counts)).sum(axis=1)
    seen = bed.play(counts, bed.draw(TRIED_DAYS, seed=seed, purpose="shortfall"))
    most = work_share_most(bed, people_max, day_factor)
    return shortfall_seen(bed.scenario, most, counts, missing, seen, by_work=True)


def _nearest(bed: Bed[Any], needed: FloatArray, people_max: int) -> PlanProblem:
    hours = hour_of_interval(bed.scenario)
    knots = np.stack([np.zeros_like(needed), np.maximum(needed, 1e-6)], axis=2)
    rows = []
    for hour in range(int(hours.max()) + 1):
        for group in np.flatnonzero(needed[hours == hour].sum(axis=0)).tolist():
            weight = np.zeros(needed.shape)
            weight[hours == hour, group] = 1.0
            rows.append(growing_row(f"hour {hour}", weight, float((weight * needed).sum())))
    heads = (everybody(bed.columns, people_max),)
    return PlanProblem(bed.columns, (Curves(knots, knots),), tuple(rows), heads=heads)


def work_share_most(bed: Bed[Any], people_max: int, day_factor: float) -> float:
    """Return the largest share of the work of live contacts that so many people get done on a day, by formula.

    An upper bound: everybody takes everything, nobody waits for anybody, and work is done while it is there. A promise
    of a larger share cannot be kept, by no roster.
    """
    live = [target for target in bed.scenario.targets if _is_live(bed.scenario, target)]
    if not live:
        return 1.0
    laws = [CallLaw.of(bed.scenario, bed.forecast, target) for target in live]
    load = np.sum([law.load for law in laws], axis=0) * day_factor
    groups = range(len(bed.columns.groups))
    counts_for = [[max(servers_each(bed.scenario, target, group) for target in live) for group in groups]]
    enough = np.maximum(load, 1e-6) / laws[0].present
    knots, values = (np.stack([np.zeros_like(part), part], axis=1)[:, None, :] for part in (enough, load))
    free = free_of_cost(bed.columns)
    weight = (hour_of_interval(bed.scenario) >= 0).astype(float)  # what is in hand at closing is finished in any case
    row = ShareRow("work", 0, weight[:, None], float(weight @ load), prices=((np.inf, PENALTY),))
    curves = Curves(knots, values, np.array(counts_for))
    problem = PlanProblem(free, (curves,), (row,), heads=(everybody(free, people_max),))
    bound = solve_plan(problem, PlanLimits(people=0)).bound
    return 1.0 - max(0.0, bound - 1e-6) / PENALTY / max(float(load.sum()), 1e-9)


def _is_live(scenario: Scenario, target: ServiceTarget) -> bool:
    kinds = [scenario.contact_types[number] for number in columns_of(scenario, target)]
    return all(kind.channel is not Channel.TICKET for kind in kinds)
