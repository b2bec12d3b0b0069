"""Every shift that could be worked, as columns of numbers, and every place its breaks could take."""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from scenarios import US_PER_MIN, Assignment, Break, Scenario, ShiftTemplate
from scenarios.checks import IntArray
from scheduler.rostering.terms import date_at

BREAK_STEP_MIN = 15
"""Breaks start on this grid, counted from the opening of their window: what a floor manager can still call out."""


@dataclass(frozen=True, slots=True)
class BreakChoices:
    """Possible starts of the breaks of every template, flat.

    Attributes
    ----------
    first
        (templates + 1,) first break of each template.
    length_min
        (breaks,) length.
    first_start
        (breaks + 1,) first possible start of each break.
    after_min
        (starts,) minutes after the shift's start, rising within a break.
    most
        Largest number of breaks of one template.
    """

    first: IntArray
    length_min: IntArray
    first_start: IntArray
    after_min: IntArray
    most: int


@dataclass(frozen=True, slots=True)
class ShiftColumns:
    """Shifts of the horizon, sorted by date and start; times in minutes since the horizon's start.

    Attributes
    ----------
    date, template, group, start_min, end_min, paid_min
        (C,) int64; ``date``, ``template`` and ``group`` are indices.
    breaks
        Where the breaks of each template can lie.
    """

    date: IntArray
    template: IntArray
    group: IntArray
    start_min: IntArray
    end_min: IntArray
    paid_min: IntArray
    breaks: BreakChoices

    def __len__(self) -> int:
        return len(self.date)

    def grid_min(self, interval_min: int) -> int:
        """Return the grid (minutes) on which every shift and break starts and ends, a divisor of the interval."""
        spans = (self.start_min, self.end_min, self.breaks.length_min, self.breaks.after_min)
        return math.gcd(interval_min, *(int(value) for part in spans for value in np.unique(part)))


def shift_columns(scenario: Scenario) -> ShiftColumns:
    """Return one column per date, template, start and group whose shift meets at least one open interval."""
    horizon = scenario.horizon
    days = np.array([(day.opens_us, day.closes_us) for day in horizon.days]) // US_PER_MIN
    rows: list[tuple[int, ...]] = []
    for number, (kind, template) in product(range(horizon.dates), enumerate(scenario.shift_templates)):
        for minute in template.start_minutes:
            start = horizon.us_at(date_at(horizon, number), minute) // US_PER_MIN
            end = start + template.length_min
            if ((days[:, 0] < end) & (start < days[:, 1])).any():
                rows.extend(
                    (number, start, kind, group, end, template.paid_min) for group in range(len(scenario.groups))
                )
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 6)
    date, start_min, template_of, group_of, end_min, paid = (np.ascontiguousarray(part) for part in table.T)
    breaks = break_choices(scenario.shift_templates)
    return ShiftColumns(date, template_of, group_of, start_min, end_min, paid, breaks)


def break_choices(templates: tuple[ShiftTemplate, ...]) -> BreakChoices:
    """Return the possible starts of all breaks.

    The grid of ``BREAK_STEP_MIN``, the end of the window, and the earliest start that the breaks before it leave free:
    with the last two the breaks of a checked template always find room.
    """
    first, lengths, first_start, after = [0], [], [0], []
    for template in templates:
        free_from = 0
        for rule in template.breaks:
            earliest = max(free_from, rule.earliest_after_start_min)
            starts = range(rule.earliest_after_start_min, rule.latest_after_start_min + 1, BREAK_STEP_MIN)
            after += sorted({*starts, earliest, rule.latest_after_start_min})
            first_start.append(len(after))
            lengths.append(rule.length_min)
            free_from = earliest + rule.length_min
        first.append(len(lengths))
    arrays = [np.array(part, dtype=np.int64) for part in (first, lengths, first_start, after)]
    most = max((len(template.breaks) for template in templates), default=0)
    return BreakChoices(arrays[0], arrays[1], arrays[2], arrays[3], most)


def assignment_of(scenario: Scenario, columns: ShiftColumns, agent: str, column: int, pauses: IntArray) -> Assignment:
    """Return the named shift of ``column`` with breaks that start at ``pauses`` (minutes since the start)."""
    template = scenario.shift_templates[columns.template[column]]
    breaks = tuple(
        Break(int(start) * US_PER_MIN, (int(start) + rule.length_min) * US_PER_MIN, rule.paid)
        for start, rule in zip(pauses, template.breaks, strict=False)
    )
    return Assignment(
        agent=agent,
        date=date_at(scenario.horizon, int(columns.date[column])),
        template=template.name,
        group=scenario.groups[columns.group[column]].name,
        start_us=int(columns.start_min[column]) * US_PER_MIN,
        end_us=int(columns.end_min[column]) * US_PER_MIN,
        breaks=breaks,
    )
