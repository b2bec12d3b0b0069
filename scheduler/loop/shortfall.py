"""Where no roster can: a linear certificate, the best roster there is, and what it is short of, hour by hour.

"Most contacts in time" gives up whole hours, "best worst hour" helps nobody; in between lies a penalty that grows with
each hour's shortfall, and that is what the best roster minimises.
"""

from dataclasses import dataclass, replace

import numpy as np

from scenarios import Scenario
from scenarios.checks import FloatArray, IntArray, require_positive
from scheduler.loop.bed import CallBed
from scheduler.loop.columns import DayColumns
from scheduler.loop.days import Layout, Seen
from scheduler.loop.fresh import hour_starts_min
from scheduler.loop.judge import columns_of, day_margin, hour_of_interval, hour_sums
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import Curves, PlanProblem, ShareRow, everybody
from scheduler.loop.voice import VoiceSurrogate

PIECES, GROWTH = 6, 2.5
"""Pieces of the penalty: the first contacts of an hour that are late cost least, each further sixth 2.5 times more."""
PENALTY = 1e3  # one contact late in the first piece, in units of a person's cost: service first, money second
LIMITS = PlanLimits(columns=150, gap=0.01, nodes=20, people=10**9)
_ROUNDS = 3
_RADIUS = 0.15
TRIED_DAYS = Layout(60, 40)


@dataclass(frozen=True, slots=True)
class HourShort:
    """An hour of the best roster: minutes after midnight, mean share in time, people missing on the day promised."""

    start_min: int
    share: float
    contacts_late: float
    people_short: int


@dataclass(frozen=True, slots=True, eq=False)
class Shortfall:
    """What the people can do.

    Parameters
    ----------
    share_most
        No roster of so many people answers more than this share of the decisive day in time, by the formula.
    counts
        (C,) the best roster.
    hours
        Its clock hours.
    share_of_days
        Share of the days it was tried on that keep every promise.
    by_work
        ``share_most`` is bounded by the work of contacts alone, and not by what a formula says of those who wait.
    """

    share_most: float
    counts: IntArray
    hours: tuple[HourShort, ...]
    share_of_days: float
    by_work: bool = False


def shortfall_of(
    bed: CallBed, surrogate: VoiceSurrogate, people_max: int, day_factor: float, *, seed: int
) -> Shortfall:
    """Return the best that ``people_max`` people can do, and what is missing.

    Parameters
    ----------
    day_factor
        Factor of the day that just may fail.
    seed
        Key of the streams of the days it is judged on.
    """
    require_positive("shortfall_of", "people_max", people_max)
    target = bed.scenario.targets[0]
    types = [bed.scenario.type_index(kind) for kind in target.contact_types]
    days = bed.draw(TRIED_DAYS, seed=seed, purpose="shortfall")
    share_most = _certificate(bed, surrogate, people_max, day_factor)
    curves, offered = surrogate.curves_of_formula(day_factor), _offered(surrogate, day_factor)
    best: tuple[float, IntArray, Seen] | None = None
    for _ in range(_ROUNDS):
        planned = solve_plan(_hours_problem(bed, curves, offered, people_max, target.day_share), LIMITS).counts
        if planned is None:
            raise RuntimeError("every shortfall can be paid for, so a plan exists")
        seen = bed.play(planned, days)
        penalty = _penalty(bed, seen.mean(seen.in_time, types), seen.mean(seen.offered, types), target.day_share)
        if best is None or penalty < best[0]:
            best = (penalty, planned, seen)
        people = bed.columns.people(planned)[:, 0]
        offered = seen.mean(seen.offered, types)
        curves = surrogate.calibrated(people, offered, seen.mean(seen.in_time, types), _RADIUS)
    if best is None:
        raise RuntimeError("there was a round")
    missing = surrogate.need(day_factor) - bed.columns.people(best[1])[:, 0]
    return shortfall_seen(bed.scenario, share_most, best[1], missing, best[2])


def shortfall_seen(
    scenario: Scenario, share_most: float, counts: IntArray, missing: FloatArray, seen: Seen, *, by_work: bool = False
) -> Shortfall:
    """Return what ``counts`` was seen to do; ``missing`` (T,) people short of each interval."""
    promised = sorted({number for target in scenario.targets for number in columns_of(scenario, target)})
    hours = hour_of_interval(scenario)
    in_time, offered = (hour_sums(scenario, seen.mean(part, promised)) for part in (seen.in_time, seen.offered))
    told = tuple(
        HourShort(
            start_min=start,
            share=float(in_time[hour] / offered[hour]) if offered[hour] else 1.0,
            contacts_late=float(offered[hour] - in_time[hour]),
            people_short=max(0, int(np.ceil(missing[hours == hour].max() - 1e-6))),
        )
        for hour, start in enumerate(hour_starts_min(scenario).tolist())
    )
    kept = float(seen.weight @ (day_margin(scenario, seen) >= 0.0))
    return Shortfall(share_most, counts, told, kept, by_work)


def _offered(surrogate: VoiceSurrogate, factor: float) -> FloatArray:
    return surrogate.law.expected * factor


def _certificate(bed: CallBed, surrogate: VoiceSurrogate, people_max: int, factor: float) -> float:
    """Return the largest share of the day that the linear programme allows."""
    offered = _offered(surrogate, factor)
    total = float(offered.sum())
    weight = (hour_of_interval(bed.scenario) >= 0).astype(float)[:, None]
    row = ShareRow("day", 0, weight, total, prices=((np.inf, PENALTY),))
    free = free_of_cost(bed.columns)
    problem = PlanProblem(free, (surrogate.curves_of_formula(factor),), (row,), heads=(everybody(free, people_max),))
    bound = solve_plan(problem, PlanLimits(people=0)).bound
    return 1.0 - max(0.0, bound - 1e-6) / PENALTY / total


def free_of_cost(columns: DayColumns) -> DayColumns:
    """Return the columns with people who cost as good as nothing: only what is missed has a price."""
    return replace(columns, cost=np.full(len(columns), 1e-9))


def _hours_problem(bed: CallBed, curves: Curves, offered: FloatArray, people_max: int, share: float) -> PlanProblem:
    hours = hour_of_interval(bed.scenario)
    rows = []
    for hour in range(int(hours.max()) + 1):
        mine = (hours == hour).astype(float)
        contacts = float(mine @ offered)
        rows.append(growing_row(f"hour {hour}", mine[:, None], share * contacts))
    return PlanProblem(bed.columns, (curves,), tuple(rows), heads=(everybody(bed.columns, people_max),))


def growing_row(name: str, weight: FloatArray, least: float) -> ShareRow:
    """Return a row on the first curves that may be missed, each further sixth of ``least`` dearer than the last."""
    pieces = [(least / PIECES, PENALTY * GROWTH**number) for number in range(PIECES)]
    pieces[-1] = (np.inf, pieces[-1][1])
    return ShareRow(name, 0, weight, least, tuple(pieces))


def _penalty(bed: CallBed, in_time: FloatArray, offered: FloatArray, share: float) -> float:
    """Return the penalty of what was seen: late contacts of each hour, weighted by how many of it are late."""
    top, bottom = hour_sums(bed.scenario, in_time), hour_sums(bed.scenario, offered)
    missing = np.maximum(share * bottom - top, 0.0)
    width = share * bottom / PIECES
    return float(
        sum((np.clip(missing - number * width, 0.0, width) * GROWTH**number).sum() for number in range(PIECES))
    )
