"""Too few people for any channels and groups: the roster nearest to one that keeps the promise, and what it lacks.

The proven roster says who is needed when. So many people as there are come as near to it as they can, where each
further sixth that an hour of a group lacks weighs more than the one before; the simulation says what that brings.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios import Channel, Scenario, ServiceTarget
from scenarios.checks import FloatArray, IntArray, require_positive
from scheduler.loop.bed import Bed
from scheduler.loop.judge import columns_of, hour_of_interval
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import Curves, PlanProblem, ShareRow, everybody
from scheduler.loop.shortfall import LIMITS, PENALTY, TRIED_DAYS, Shortfall, free_of_cost, growing_row, shortfall_seen
from scheduler.loop.skills import servers_each
from scheduler.staffing.guess import human_rates_per_s
from sim import offered_load_erlangs


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
    missing = np.maximum(needed - bed.columns.people(counts), 0.0).sum(axis=1)
    seen = bed.play(counts, bed.draw(TRIED_DAYS, seed=seed, purpose="shortfall"))
    most = contact_share_most(bed, people_max, day_factor)
    return shortfall_seen(bed.scenario, most, counts, missing, seen, by_work=True)


def _nearest(bed: Bed[Any], needed: FloatArray, people_max: int) -> PlanProblem:
    hours = hour_of_interval(bed.scenario)
    knots = np.stack([np.zeros_like(needed), np.maximum(needed, 1e-6)], axis=2)
    rows = []
    for hour in range(int(hours.max()) + 1):
        for group in np.flatnonzero(needed[hours == hour].sum(axis=0)).tolist():
            weight = np.zeros(needed.shape)
            weight[hours == hour, group] = 1.0
            rows.append(growing_row(f"hour {hour} {bed.columns.groups[group]}", weight, float((weight * needed).sum())))
    heads = (everybody(bed.columns, people_max),)
    return PlanProblem(bed.columns, (Curves(knots, knots),), tuple(rows), heads=heads)


def contact_share_most(bed: Bed[Any], people_max: int, day_factor: float) -> float:
    """Return the largest share of the live contacts that so many people answer in time on a day, by formula.

    An upper bound by work alone: everybody takes everything, and of the work that can be there the contacts first that
    take least of it. Promises that all ask for a larger share cannot be kept together, by no roster.
    """
    scenario = bed.scenario
    live = [target for target in scenario.targets if _is_live(scenario, target)]
    kinds = [replace(target, contact_types=(name,)) for target in live for name in target.contact_types]
    types = [scenario.type_index(name) for kind in kinds for name in kind.contact_types]
    per_s = float(human_rates_per_s(scenario, bed.forecast)[:, types].sum())
    total = per_s * scenario.horizon.interval_min * 60.0 * day_factor
    if not total:
        return 1.0
    curves = _most_answered(bed, kinds, day_factor)
    is_open = (hour_of_interval(scenario) >= 0).astype(float)
    late = float((1.0 - is_open) @ curves.value[:, 0, -1])  # what is in hand at closing is finished in any case
    row = ShareRow("contacts", 0, is_open[:, None], max(0.0, total - late), prices=((np.inf, PENALTY),))
    free = free_of_cost(bed.columns)
    problem = PlanProblem(free, (curves,), (row,), heads=(everybody(free, people_max),))
    bound = solve_plan(problem, PlanLimits(people=0)).bound
    return 1.0 - max(0.0, bound - 1e-6) / PENALTY / total


def _most_answered(bed: Bed[Any], kinds: Sequence[ServiceTarget], day_factor: float) -> Curves:
    """Return the most contacts that people answer who take the shortest first; each of ``kinds`` counts one type."""
    scenario, step_us = bed.scenario, bed.scenario.horizon.interval_us
    there = [_there(bed, kind) for kind in kinds]
    load, contacts = (np.stack(part, axis=1) * day_factor for part in zip(*there, strict=True))
    load = np.maximum(load, 1e-6)
    present = np.array([1.0 - scenario.absence_at(number * step_us) for number in range(len(load))])
    shortest = np.argsort(load / np.maximum(contacts, 1e-12), axis=1, kind="stable")
    knots, values = (
        np.pad(np.cumsum(np.take_along_axis(part, shortest, axis=1), axis=1), ((0, 0), (1, 0)))[:, None, :]
        for part in (load / present[:, None], contacts)
    )
    groups = range(len(bed.columns.groups))
    reach = [[max(servers_each(scenario, kind, group) for kind in kinds) for group in groups]]
    return Curves(knots, values, np.array(reach))


def _there(bed: Bed[Any], kind: ServiceTarget) -> tuple[FloatArray, FloatArray]:
    """Return (T,) erlangs of the one type of ``kind`` that can be worked on in each interval, and contacts they are.

    A contact in time begins no later than ``answer_within_s``: what there is to do in an interval is no more than what
    were, if nobody waited, to do in it and so long before.
    """
    (number,) = columns_of(bed.scenario, kind)
    own, span_s = bed.scenario.contact_types[number], bed.scenario.horizon.interval_min * 60.0
    rates = human_rates_per_s(bed.scenario, bed.forecast)[:, number]
    longer = bed.forecast.work_s[:, bed.forecast.column(own.name)] / own.work_s.mean_s
    first = np.arange(len(rates)) - kind.answer_within_s / span_s
    found = []
    for rate, each in ((rates * longer, 1.0), (rates, span_s / own.work_s.mean_s)):
        till = np.append(0.0, np.cumsum(offered_load_erlangs(rate, span_s, own.work_s) * each))
        found.append(till[1:] - np.interp(first, np.arange(len(till)), till))
    return found[0], found[1]


def _is_live(scenario: Scenario, target: ServiceTarget) -> bool:
    kinds = [scenario.contact_types[number] for number in columns_of(scenario, target)]
    return all(kind.channel is not Channel.TICKET for kind in kinds)
