"""Breaks that need not move: what a planner has told people already stays where moving it gains nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from scenarios import US_PER_MIN, Assignment, Roster, Scenario
from scenarios.checks import FloatArray
from scheduler.covering.problem import CoverProblem
from scheduler.covering.room import movable

_Span = tuple[int, int]
_NOTHING = 1e-9  # positions: rounding of sums


def with_old_breaks(
    scenario: Scenario,
    problem: CoverProblem,
    before: Roster,
    planned: tuple[Roster, Mapping[str, list[_Span]]],
    on: date,
) -> Roster:
    """Return the planned roster with breaks back where they were ``before``, person by person, where it costs nothing.

    Hours at work stay the same, so positions short decide.

    Parameters
    ----------
    problem
        The date's positions; everybody in it fills one skill, which bears the name of the group.
    planned
        The roster with its new breaks, and when people have activities (µs).
    """
    after, activities = planned
    midnight, slot_us = scenario.horizon.us_at(on, 0), problem.slot_min * US_PER_MIN
    busy: defaultdict[str, list[_Span]] = defaultdict(list, activities)
    rows = {row.agent: row for row in movable(scenario, after, on)}
    people = {name: np.zeros(problem.slots) for name in problem.skills}
    for row in rows.values():
        people[row.group] += _at_work(row, busy[row.agent], midnight, slot_us, problem.slots)
    for old in movable(scenario, before, on):
        row = rows[old.agent]
        again = replace(row, breaks=old.breaks)
        if (
            row.breaks == old.breaks
            or row.start_us != old.start_us
            or not _legal(again, scenario, busy[old.agent], slot_us)
        ):
            continue
        wanted = problem.demand[:, problem.skills.index(row.group)]
        now = people[row.group]
        then = now - _at_work(row, busy[row.agent], midnight, slot_us, problem.slots)
        then += _at_work(again, busy[row.agent], midnight, slot_us, problem.slots)
        if np.maximum(wanted - then, 0.0).sum() <= np.maximum(wanted - now, 0.0).sum() + _NOTHING:
            rows[old.agent], people[row.group] = again, then
    return Roster((*(row for row in after.assignments if row.agent not in rows or row.date != on), *rows.values()))


def _legal(row: Assignment, scenario: Scenario, busy: Sequence[_Span], slot_us: int) -> bool:
    """Return whether the breaks of a shift are its template's, on the grid, and meet none of the spans ``busy``."""
    rules = scenario.template(row.template).breaks
    return all(
        rule.earliest_after_start_min * US_PER_MIN
        <= pause.start_us - row.start_us
        <= rule.latest_after_start_min * US_PER_MIN
        and pause.end_us - pause.start_us == rule.length_min * US_PER_MIN
        and pause.paid == rule.paid
        and (pause.start_us - row.start_us) % slot_us == 0
        and all(pause.end_us <= start or end <= pause.start_us for start, end in busy)
        for rule, pause in zip(rules, row.breaks, strict=True)
    )


def _at_work(row: Assignment, busy: Sequence[_Span], midnight: int, slot_us: int, slots: int) -> FloatArray:
    """Return (T,) 1 in the slots of the date in which a shift is at the queue."""
    work = np.zeros(slots)
    work[(row.start_us - midnight) // slot_us : (row.end_us - midnight) // slot_us] = 1.0
    for start, end in (*((pause.start_us, pause.end_us) for pause in row.breaks), *busy):
        work[(start - midnight) // slot_us : (end - midnight) // slot_us] = 0.0
    return work
