"""One date of a named roster again: only breaks move, shift starts where they may, and activities find their place.

People of the same group, shift and duties are one group of the covering problem that must come in just that number, so
the same programmes and the same search serve; afterwards the breaks go back to the names.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from scenarios import (
    US_PER_MIN,
    Assignment,
    Break,
    BreakRule,
    PlanningError,
    Requirement,
    Roster,
    Scenario,
    ShiftTemplate,
)
from scenarios.checks import FloatArray, require_known, require_not_negative, require_positive
from scenarios.horizon import MIN_PER_DAY
from scenarios.progress import Progress, silent
from scheduler.covering.choices import choices_of
from scheduler.covering.plan import CoverPlan, PlannedShift
from scheduler.covering.problem import CoverGroup, CoverPrices, CoverProblem, ShiftKind
from scheduler.covering.solve import CoverBudget, cover, formulation_of
from scheduler.rostering.costs import HARD_SHORT_RATES
from scheduler.rostering.coverage import coverage
from scheduler.rostering.rules import check_rules
from scheduler.rostering.shifts import BREAK_STEP_MIN

IDLE_RATES = 0.002
"""Price of an hour beyond the requirement in hours of the dearest contract: it only breaks ties."""
_DAY_MIN = 2 * MIN_PER_DAY
"""A date's shifts end before the midnight after next."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Paid time away from the queue that some people need on the date, such as training, a meeting or a talk.

    Parameters
    ----------
    agents
        Who takes part; each must work on the date.
    from_min, to_min
        It begins and ends between these, minutes after midnight of the date.
    together
        Whether all take part at the same time (a meeting), or each when it hurts least.
    """

    name: str
    agents: tuple[str, ...]
    length_min: int
    from_min: int = 0
    to_min: int = _DAY_MIN
    together: bool = False

    def __post_init__(self) -> None:
        thing = f"Activity({self.name})"
        require_positive(thing, "length_min", self.length_min)
        require_not_negative(thing, "from_min", self.from_min)
        if not self.agents:
            raise PlanningError("empty", thing=thing, field="agents", value="()")
        if self.from_min + self.length_min > self.to_min:
            raise PlanningError("span_inverted", thing=thing, field="to_min", value=self.to_min, start=self.from_min)


@dataclass(frozen=True, slots=True)
class Placed:
    """An activity of one person, µs since the horizon's start, half-open."""

    name: str
    agent: str
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


@dataclass(frozen=True, slots=True)
class _Class:
    """People who are alike on the date: their shift, and the activities they take part in."""

    group: str
    template: ShiftTemplate
    start_min: int
    activities: tuple[Activity, ...]
    shifts: tuple[Assignment, ...]


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
    of people without activities; where that would break a rule of the roster, they stay. An activity held together is
    tried at every time it can have, in order of the bound, until no other time can be better.

    Raises
    ------
    PlanningError
        When an activity names somebody who does not work on the date, or does not fit into a shift.
    """
    tell = progress or silent
    classes = _classes(scenario, roster, on, activities)
    problem = _problem(scenario, requirement, roster, on, (classes, start_slack_min))
    times = _times(problem.slot_min, classes, activities)
    plan = _best(problem, classes, start_slack_min, times, seed, tell)
    again = _named(scenario, roster, on, classes, plan)
    if start_slack_min and len(check_rules(scenario, again.roster)) > len(check_rules(scenario, roster)):
        return replan_day(scenario, requirement, roster, on, activities=activities, seed=seed, progress=progress)
    return again


def _classes(scenario: Scenario, roster: Roster, on: date, activities: Sequence[Activity]) -> tuple[_Class, ...]:
    mine = [row for row in roster.assignments if _moves(scenario, row, on)]
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
        _Class(group, scenario.template(template), start, tuple(by_name[name] for name in duties), tuple(rows))
        for (group, template, start, duties), rows in sorted(alike.items())
    )


def _moves(scenario: Scenario, row: Assignment, on: date) -> bool:
    """Return whether a shift is one of the date that is at work; those on call have nothing to be placed."""
    return row.date == on and not scenario.template(row.template).on_call


def _problem(
    scenario: Scenario, requirement: Requirement, roster: Roster, on: date, who: tuple[tuple[_Class, ...], int]
) -> CoverProblem:
    """Return the date's covering problem: the positions that people of other dates do not fill."""
    classes, slack = who
    horizon = scenario.horizon
    slot = _slot_min(horizon.interval_min, classes)
    others = Roster(tuple(row for row in roster.assignments if row.date != on))
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
    slot: int, groups: tuple[str, ...], demand: FloatArray, prices: CoverPrices, classes: tuple[_Class, ...],
    slack: int, held: dict[str, int],
) -> CoverProblem:  # fmt: skip
    kinds = tuple(_kind(number, one, slack, held, slot) for number, one in enumerate(classes))
    people = tuple(
        CoverGroup(kind.name, (one.group,), (kind.name,), 0.0, len(one.shifts), len(one.shifts))
        for kind, one in zip(kinds, classes, strict=True)
    )
    return CoverProblem(slot, groups, demand, people, kinds, prices)


def _slot_min(interval_min: int, classes: tuple[_Class, ...]) -> int:
    times = [interval_min, BREAK_STEP_MIN, MIN_PER_DAY]
    for one in classes:
        times += [one.start_min, one.template.length_min, one.template.start_step_min]
        for rule in one.template.breaks:
            times += [rule.length_min, rule.earliest_after_start_min, rule.latest_after_start_min]
        times += [activity.length_min for activity in one.activities]
    return math.gcd(*times)


def _kind(number: int, one: _Class, slack: int, held: dict[str, int], slot: int) -> ShiftKind:
    """Return the shift of a class; ``held`` gives the minute of activities whose common time is settled."""
    starts = [
        start for start in one.template.start_minutes if abs(start - one.start_min) <= slack and not one.activities
    ]
    rules = tuple(_window(one, activity, held.get(activity.name), slot) for activity in one.activities)
    name = f"{one.group}/{one.template.name}/{number}"
    return ShiftKind(name, one.template.length_min, tuple(sorted({*starts, one.start_min})), one.template.breaks, rules)


def _window(one: _Class, activity: Activity, at_min: int | None, slot: int) -> BreakRule:
    """Return an activity as a pause of the shift; its window is what the shift and the activity both allow."""
    earliest = max(-(-(activity.from_min - one.start_min) // slot), 1) * slot
    latest = (min(activity.to_min - one.start_min, one.template.length_min) - activity.length_min) // slot * slot
    if at_min is not None:
        earliest, latest = max(earliest, at_min - one.start_min), min(latest, at_min - one.start_min)
    if earliest > latest:
        raise PlanningError(
            "activity_outside", thing=f"Activity({activity.name})", field="agents", value=one.shifts[0].agent,
            template=one.template.name,
        )  # fmt: skip
    return BreakRule(activity.length_min, True, earliest, latest)


def _times(slot: int, classes: tuple[_Class, ...], activities: Sequence[Activity]) -> list[dict[str, int]]:
    """Return every way to settle the common times of activities held together (of one that is held so, or none)."""
    found: list[dict[str, int]] = [{}]
    for activity in activities:
        if activity.together:
            windows = [(one, _window(one, activity, None, slot)) for one in classes if activity in one.activities]
            first = max(one.start_min + window.earliest_after_start_min for one, window in windows)
            last = min(one.start_min + window.latest_after_start_min for one, window in windows)
            if first > last:
                raise PlanningError(
                    "never_together", thing=f"Activity({activity.name})", field="agents", value=len(activity.agents)
                )
            found = [{**settled, activity.name: at} for settled in found for at in range(first, last + 1, slot)]
    return found


def _best(
    problem: CoverProblem, classes: tuple[_Class, ...], slack: int, times: list[dict[str, int]], seed: int,
    tell: Progress,
) -> CoverPlan:  # fmt: skip
    """Return the best plan over the common times, those of the lowest bound first."""
    budget = CoverBudget(gap=1e-4, starts=4, moves=100_000, nodes=2000, wall_s=60)
    problems = []
    for number, held in enumerate(times):
        tell("cover_day", number, len(times))
        one = _with_kinds(problem.slot_min, problem.skills, problem.demand, problem.prices, classes, slack, held)
        choices = choices_of(one)
        relaxed = formulation_of(choices).programme.relaxed(budget.wall_s) if len(times) > 1 else None
        if relaxed is None or not relaxed.impossible:
            problems.append((0.0 if relaxed is None else max(relaxed.bound, 0.0), number, one))
    best: CoverPlan | None = None
    bounds = []
    for bound, _, one in sorted(problems, key=lambda row: row[:2]):
        if best is not None and bound >= best.yuan:
            bounds.append(bound)
            break
        plan = cover(one, seed=seed, budget=budget)
        bounds.append(plan.bound_yuan)
        if best is None or plan.yuan < best.yuan:
            best = plan
    if best is None:
        raise PlanningError("never_together", thing="Activity", field="agents", value=len(classes))
    tell("cover_day", len(times), len(times))
    return replace(best, bound_yuan=min(*bounds, best.yuan))


def _named(scenario: Scenario, roster: Roster, on: date, classes: tuple[_Class, ...], plan: CoverPlan) -> DayOutcome:
    """Give the shifts of each class to its people in order."""
    midnight = scenario.horizon.us_at(on, 0)
    rows = [row for row in roster.assignments if not _moves(scenario, row, on)]
    placed: list[Placed] = []
    for number, one in enumerate(classes):
        name = f"{one.group}/{one.template.name}/{number}"
        shifts = [row for row in plan.shifts if row.kind == name for _ in range(row.heads)]
        for before, shift in zip(one.shifts, shifts, strict=True):
            rows.append(_assignment(one, before, shift, midnight))
            placed += [
                Placed(activity.name, before.agent, midnight + at * US_PER_MIN,
                       midnight + (at + activity.length_min) * US_PER_MIN)
                for activity, at in zip(one.activities, shift.pauses_min[len(one.template.breaks) :], strict=True)
            ]  # fmt: skip
    return DayOutcome(Roster(tuple(rows)), tuple(sorted(placed, key=lambda row: (row.name, row.agent))), plan)


def _assignment(one: _Class, before: Assignment, shift: PlannedShift, midnight: int) -> Assignment:
    begins = midnight + shift.start_min * US_PER_MIN
    breaks = tuple(
        Break(midnight + at * US_PER_MIN, midnight + (at + rule.length_min) * US_PER_MIN, rule.paid)
        for at, rule in zip(shift.pauses_min, one.template.breaks, strict=False)
    )
    return replace(before, start_us=begins, end_us=begins + one.template.length_min * US_PER_MIN, breaks=breaks)
