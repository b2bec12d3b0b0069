"""One date of a named roster again: only breaks move, shift starts where they may, and activities find their place.

People of the same group, shift and duties are one group of the covering problem that must come in just that number, so
the same programmes and the same search serve; afterwards the breaks go back to the names.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from scenarios import (
    US_PER_MIN,
    Activity,
    Assignment,
    Break,
    BreakRule,
    Requirement,
    Roster,
    Scenario,
)
from scenarios.checks import FloatArray, require_known
from scenarios.horizon import MIN_PER_DAY
from scenarios.progress import Progress, silent
from scheduler.covering.choices import choices_of
from scheduler.covering.keeping import with_old_breaks
from scheduler.covering.plan import CoverPlan, CoverStatus, PlannedShift
from scheduler.covering.problem import CoverGroup, CoverPrices, CoverProblem, ShiftKind
from scheduler.covering.room import Alike, fault_of, meetings_of, movable, settlings, times_of, window
from scheduler.covering.solve import CoverBudget, cover, formulation_of
from scheduler.rostering.costs import HARD_SHORT_RATES
from scheduler.rostering.coverage import coverage
from scheduler.rostering.rules import check_rules
from scheduler.rostering.shifts import BREAK_STEP_MIN

_GAP = 1e-4
IDLE_RATES = 0.002
"""Price of an hour beyond the requirement in hours of the dearest contract: it only breaks ties."""
_DAY_MIN = 2 * MIN_PER_DAY
"""A date's shifts end before the midnight after next."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An activity of one person in the shift of a date, µs since the horizon's start, half-open."""

    name: str
    agent: str
    date: date
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """The date again.

    Attributes
    ----------
    roster
        The whole roster with the date's shifts as they are now.
    activities
        Where the activities lie.
    plan
        The covering plan behind it: cost by requirement, bound and status. Its groups are the classes of people.
    """

    roster: Roster
    activities: tuple[Placed, ...]
    plan: CoverPlan


def replan_day(
    scenario: Scenario,
    requirement: Requirement,
    roster: Roster,
    on: date,
    *,
    activities: Sequence[Activity] = (),
    start_slack_min: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
) -> DayOutcome:
    """Return the date with its breaks, activities and (within the slack) starts where they hurt least.

    Nobody gains or loses a shift. Starts move by at most ``start_slack_min``, only to starts of the template, and only
    of people without activities; where that would break a rule of the roster, they stay. Breaks whose move gains
    nothing stay where they were, and so do shifts that are not ``movable``. An activity held together is tried at every
    time it can have, in order of the bound, until no other time can be better; of several, one is settled after the
    other, and the bound is that of the first step.

    Parameters
    ----------
    activities
        Placed whatever their ``dates`` say.

    Raises
    ------
    PlanningError
        When an activity names somebody who does not work on the date, or does not fit into a shift.
    """
    tell = progress or silent
    classes = _classes(scenario, roster, on, activities)
    fault = fault_of(_slot_min(scenario.horizon.interval_min, classes), classes, activities)
    if fault is not None:
        raise fault
    problem = _problem(scenario, requirement, roster, on, (classes, start_slack_min))
    plan = _best(problem, classes, start_slack_min, meetings_of(activities), seed, tell)
    again = _named(scenario, roster, on, classes, plan)
    again = replace(again, roster=with_old_breaks(scenario, problem, roster, (again.roster, _busy(again)), on))
    if start_slack_min and len(check_rules(scenario, again.roster)) > len(check_rules(scenario, roster)):
        return replan_day(scenario, requirement, roster, on, activities=activities, seed=seed, progress=progress)
    return again


def has_room(scenario: Scenario, roster: Roster, on: date, activities: Sequence[Activity]) -> bool:
    """Return whether all activities can be placed on the date, whatever they do to the service.

    Raises
    ------
    PlanningError
        When an activity names somebody who has no ``movable`` shift on the date.
    """
    classes = _classes(scenario, roster, on, activities)
    return fault_of(_slot_min(scenario.horizon.interval_min, classes), classes, activities) is None


def _classes(scenario: Scenario, roster: Roster, on: date, activities: Sequence[Activity]) -> tuple[Alike, ...]:
    mine = movable(scenario, roster, on)
    for activity in activities:
        require_known(f"Activity({activity.name})", "agents", activity.agents, tuple(row.agent for row in mine))
    midnight = scenario.horizon.us_at(on, 0)
    alike: dict[tuple[str, str, int, tuple[str, ...]], list[Assignment]] = {}
    for row in mine:
        duties = tuple(sorted(activity.name for activity in activities if row.agent in activity.agents))
        key = (row.group, row.template, (row.start_us - midnight) // US_PER_MIN, duties)
        alike.setdefault(key, []).append(row)
    by_name = {activity.name: activity for activity in activities}
    return tuple(
        Alike(group, scenario.template(template), start, tuple(by_name[name] for name in duties), tuple(rows))
        for (group, template, start, duties), rows in sorted(alike.items())
    )


def _problem(
    scenario: Scenario, requirement: Requirement, roster: Roster, on: date, who: tuple[tuple[Alike, ...], int]
) -> CoverProblem:
    """Return the date's covering problem: the positions that people of other dates do not fill."""
    classes, slack = who
    horizon = scenario.horizon
    slot = _slot_min(horizon.interval_min, classes)
    others = _others(roster, classes)
    groups = tuple(group.name for group in scenario.groups)
    missing = np.zeros((horizon.intervals, len(groups)))
    for number, name in enumerate(requirement.groups):
        missing[:, groups.index(name)] = requirement.positions[:, number]
    missing = np.maximum(missing - coverage(horizon, groups, others), 0.0)
    at_us = horizon.us_at(on, 0) + np.arange(_DAY_MIN // slot) * slot * US_PER_MIN
    interval = at_us // horizon.interval_us
    known = (interval >= 0) & (interval < horizon.intervals)
    demand = np.zeros((len(at_us), len(groups)))
    demand[known] = missing[interval[known]]
    rate = max((contract.cost_per_paid_h_yuan for contract in scenario.contracts), default=0.0) or 1.0
    prices = CoverPrices(rate * HARD_SHORT_RATES * slot / 60, rate * IDLE_RATES * slot / 60)
    return _with_kinds(slot, groups, demand, prices, classes, slack, {})


def _with_kinds(
    slot: int, groups: tuple[str, ...], demand: FloatArray, prices: CoverPrices, classes: tuple[Alike, ...],
    slack: int, held: Mapping[str, int],
) -> CoverProblem:  # fmt: skip
    kinds = tuple(_kind(number, one, slack, held, slot) for number, one in enumerate(classes))
    people = tuple(
        CoverGroup(kind.name, (one.group,), (kind.name,), 0.0, len(one.shifts), len(one.shifts))
        for kind, one in zip(kinds, classes, strict=True)
    )
    return CoverProblem(slot, groups, demand, people, kinds, prices)


def _slot_min(interval_min: int, classes: tuple[Alike, ...]) -> int:
    times = [interval_min, BREAK_STEP_MIN, MIN_PER_DAY]
    for one in classes:
        times += [one.start_min, one.template.length_min, one.template.start_step_min]
        for rule in one.template.breaks:
            times += [rule.length_min, rule.earliest_after_start_min, rule.latest_after_start_min]
        times += [activity.length_min for activity in one.activities]
    return math.gcd(*times)


def _others(roster: Roster, classes: tuple[Alike, ...]) -> Roster:
    """Return the shifts that stay as they are."""
    mine = {(row.agent, row.start_us) for one in classes for row in one.shifts}
    return Roster(tuple(row for row in roster.assignments if (row.agent, row.start_us) not in mine))


def _kind(number: int, one: Alike, slack: int, held: Mapping[str, int], slot: int) -> ShiftKind:
    """Return the shift of a class; ``held`` gives the minute of activities whose common time is settled."""
    starts = [
        start for start in one.template.start_minutes if abs(start - one.start_min) <= slack and not one.activities
    ]
    rules = tuple(
        BreakRule(activity.length_min, True, *window(one, activity, held.get(activity.name), slot))
        for activity in one.activities
    )
    name = f"{one.group}/{one.template.name}/{number}"
    return ShiftKind(name, one.template.length_min, tuple(sorted({*starts, one.start_min})), one.template.breaks, rules)


def _best(
    problem: CoverProblem, classes: tuple[Alike, ...], slack: int, meetings: Sequence[Activity], seed: int,
    tell: Progress,
) -> CoverPlan:  # fmt: skip
    """Return the best plan, the times of meetings settled one after the other; later ones stay free until then."""
    held, plan = _cheapest(problem, classes, slack, [{}], seed, tell) if not meetings else ({}, None)
    bound = None if plan is None else plan.bound_yuan
    for number, meeting in enumerate(meetings):
        ways: list[Mapping[str, int]] = [
            {**held, meeting.name: at}
            for at in times_of(problem.slot_min, classes, meeting, held)
            if any(settlings(problem.slot_min, classes, meetings[number + 1 :], {**held, meeting.name: at}))
        ]
        held, plan = _cheapest(problem, classes, slack, ways, seed, tell)
        bound = plan.bound_yuan if bound is None else bound
    if plan is None or bound is None:
        raise RuntimeError("nothing was solved")
    bound = min(bound, plan.yuan)
    proven = plan.status is not CoverStatus.OPTIMAL or len(meetings) < 2 or plan.yuan - bound <= _GAP * plan.yuan
    return replace(plan, bound_yuan=bound, status=plan.status if proven else CoverStatus.FEASIBLE)


def _cheapest(
    problem: CoverProblem, classes: tuple[Alike, ...], slack: int, ways: Sequence[Mapping[str, int]], seed: int,
    tell: Progress,
) -> tuple[Mapping[str, int], CoverPlan]:  # fmt: skip
    """Return the best of ``ways`` to settle common times and its plan, those of the lowest bound tried first."""
    budget = CoverBudget(gap=_GAP, starts=4, moves=100_000, nodes=2000, wall_s=60)
    problems = []
    for number, held in enumerate(ways):
        tell("cover_day", number, len(ways))
        one = _with_kinds(problem.slot_min, problem.skills, problem.demand, problem.prices, classes, slack, held)
        relaxed = formulation_of(choices_of(one)).programme.relaxed(budget.wall_s) if len(ways) > 1 else None
        problems.append((0.0 if relaxed is None else max(relaxed.bound, 0.0), number, one))
    best: tuple[Mapping[str, int], CoverPlan] | None = None
    bounds = []
    for bound, number, one in sorted(problems, key=lambda row: row[:2]):
        if best is not None and bound >= best[1].yuan:
            bounds.append(bound)
            break
        plan = cover(one, seed=seed, budget=budget)
        bounds.append(plan.bound_yuan)
        if best is None or plan.yuan < best[1].yuan:
            best = ways[number], plan
    tell("cover_day", len(ways), len(ways))
    if best is None:
        raise RuntimeError("no way to settle the times, though there was room")
    return best[0], replace(best[1], bound_yuan=min(*bounds, best[1].yuan))


def _named(scenario: Scenario, roster: Roster, on: date, classes: tuple[Alike, ...], plan: CoverPlan) -> DayOutcome:
    """Give the shifts of each class to its people, their own breaks again to those who can keep them."""
    midnight = scenario.horizon.us_at(on, 0)
    rows = list(_others(roster, classes).assignments)
    placed: list[Placed] = []
    for number, one in enumerate(classes):
        name = f"{one.group}/{one.template.name}/{number}"
        shifts = [row for row in plan.shifts if row.kind == name for _ in range(row.heads)]
        for before, shift in _paired(one, shifts, midnight):
            rows.append(_assignment(one, before, shift, midnight))
            placed += [
                Placed(activity.name, before.agent, on, midnight + at * US_PER_MIN,
                       midnight + (at + activity.length_min) * US_PER_MIN)
                for activity, at in zip(one.activities, shift.pauses_min[len(one.template.breaks) :], strict=True)
            ]  # fmt: skip
    return DayOutcome(Roster(tuple(rows)), tuple(sorted(placed, key=lambda row: (row.name, row.agent))), plan)


def _busy(outcome: DayOutcome) -> dict[str, list[tuple[int, int]]]:
    """Return when each person has an activity, µs."""
    busy: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in outcome.activities:
        busy[one.agent].append((one.start_us, one.end_us))
    return busy


def _paired(one: Alike, shifts: list[PlannedShift], midnight: int) -> list[tuple[Assignment, PlannedShift]]:
    """Return people with their shifts: those whose breaks can stay first, the others in order."""
    left, pairs, moved = list(shifts), [], []
    for before in one.shifts:
        breaks = tuple((pause.start_us - midnight) // US_PER_MIN for pause in before.breaks)
        same = (row for row in left if (row.start_min, row.pauses_min[: len(breaks)]) == (one.start_min, breaks))
        shift = next(same, None)
        if shift is None:
            moved.append(before)
        else:
            left.remove(shift)
            pairs.append((before, shift))
    return [*pairs, *zip(moved, left, strict=True)]


def _assignment(one: Alike, before: Assignment, shift: PlannedShift, midnight: int) -> Assignment:
    begins = midnight + shift.start_min * US_PER_MIN
    breaks = tuple(
        Break(midnight + at * US_PER_MIN, midnight + (at + rule.length_min) * US_PER_MIN, rule.paid)
        for at, rule in zip(shift.pauses_min, one.template.breaks, strict=False)
    )
    return replace(before, start_us=begins, end_us=begins + one.template.length_min * US_PER_MIN, breaks=breaks)
