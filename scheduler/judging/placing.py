"""What a grid leaves open: in which group a shift sits, and when its breaks are."""

from dataclasses import dataclass

import numpy as np

from scenarios import US_PER_MIN, Assignment, Break, Reason, Requirement, Roster, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.judging.reading import GridReading, ReadShift
from scheduler.rostering.columns import break_choices
from scheduler.rostering.costs import Demand, demand_of
from scheduler.rostering.coverage import coverage
from scheduler.rostering.prices import ShiftTable, add_shift, place_breaks, worth_before, worth_within

PASSES = 3
"""Rounds over all open shifts; the second and third see where the others have gone."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A shift in one of its groups: where it stands in the table, and how many breaks it has."""

    shift: int
    column: int
    group: str


def completed(reading: GridReading, requirement: Requirement) -> tuple[Roster, tuple[Reason, ...]]:
    """Return the roster of a grid, its open groups and breaks placed where they hurt least, and what was placed.

    One shift after the other goes where the others leave it most worth against ``requirement``, three times over: every
    step is exact, the whole a local optimum. Without a choice of breaks (a shift shorter than its template) there are
    none, which the rules then say.

    Parameters
    ----------
    requirement
        Positions wanted at work, raised for absence.
    """
    scenario = reading.scenario
    demand = demand_of(scenario, requirement)
    fixed = [shift for shift in reading.shifts if shift.breaks is not None and len(shift.groups) == 1]
    told = Roster(tuple(_assignment(shift, shift.groups[0], shift.breaks or ()) for shift in fixed))
    loose = [shift for shift in reading.shifts if shift not in fixed]
    rows = list(told.assignments)
    if loose:
        cover = coverage(scenario.horizon, tuple(group.name for group in scenario.groups), told)
        rows += _placed(scenario, demand, cover, loose)
    counts = {
        "groups_chosen": sum(len(shift.groups) > 1 for shift in loose),
        "breaks_placed": sum(shift.breaks is None and bool(row.breaks) for shift, row in _pairs(loose, rows)),
    }
    notes = tuple(Reason(f"grid.{key}", (("count", count),)) for key, count in counts.items() if count)
    return Roster(tuple(rows)), notes


def _pairs(shifts: list[ReadShift], rows: list[Assignment]) -> list[tuple[ReadShift, Assignment]]:
    by_key = {(row.agent, row.start_us): row for row in rows}
    return [(shift, by_key[shift.agent, shift.start_us]) for shift in shifts]


def _placed(scenario: Scenario, demand: Demand, cover: FloatArray, loose: list[ReadShift]) -> list[Assignment]:
    """Return the loose shifts with groups and breaks; ``cover`` is that of everybody else and grows by theirs."""
    table, options = _table(scenario, loose, demand.interval_min)
    pauses = np.full((len(loose), max(1, int(np.diff(table.break_first).max(initial=0)))), -1, dtype=np.int64)
    chosen: list[_Option | None] = [None] * len(loose)
    for _ in range(PASSES):
        for number, mine in enumerate(options):
            before = chosen[number]
            if before is not None:
                add_shift(table, cover, before.column, pauses[number], -1.0)
            best = _best(table, worth_before(cover, demand.need, demand.mild, demand.prices), mine, pauses[number])
            chosen[number] = best
            add_shift(table, cover, best.column, pauses[number], 1.0)
    placed = []
    for shift, option, starts in zip(loose, chosen, pauses, strict=True):
        if option is None:
            raise RuntimeError("every shift has at least one group")
        rules = scenario.template(shift.template).breaks
        found = tuple(
            Break(int(start) * US_PER_MIN, (int(start) + rule.length_min) * US_PER_MIN, rule.paid)
            for start, rule in zip(starts, rules, strict=False)
            if start >= 0
        )
        placed.append(_assignment(shift, option.group, found if shift.breaks is None else shift.breaks))
    return placed


def _best(table: ShiftTable, worth: FloatArray, options: list[_Option], pauses: IntArray) -> _Option:
    """Return the option worth most, its breaks written into ``pauses``."""
    values = []
    for option in options:
        start, end = table.start_min[option.column], table.end_min[option.column]
        group = table.group[option.column]
        missed = place_breaks(table, worth, option.column, pauses)
        values.append(worth_within(worth, group, start, end, table.interval_min) - missed)
    best = options[int(np.argmax(values))]
    place_breaks(table, worth, best.column, pauses)
    return best


def _table(scenario: Scenario, loose: list[ReadShift], interval_min: int) -> tuple[ShiftTable, list[list[_Option]]]:
    """Return the shifts as the kernels take them, one column per shift and possible group.

    A shift that is shorter than its template, or tells its breaks, stands in the table as one without breaks.
    """
    templates = [template.name for template in scenario.shift_templates]
    breaks = break_choices(scenario.shift_templates)
    no_breaks = len(templates)  # a template of its own, behind the others
    rows: list[tuple[int, ...]] = []
    options: list[list[_Option]] = []
    for number, shift in enumerate(loose):
        template = scenario.template(shift.template)
        start, end = shift.start_us // US_PER_MIN, shift.end_us // US_PER_MIN
        places_breaks = shift.breaks is None and end - start >= template.length_min
        kind = templates.index(shift.template) if places_breaks else no_breaks
        options.append([])
        for group in shift.groups:
            options[-1].append(_Option(number, len(rows), group))
            rows.append((kind, scenario.group_index(group), start, end, template.paid_min))
    kind_of, group_of, start_min, end_min, paid = (np.ascontiguousarray(part) for part in np.array(rows).T)
    first = np.append(breaks.first, breaks.first[-1])
    table = ShiftTable(
        interval_min, kind_of, group_of, start_min, end_min, paid,
        first, breaks.length_min, breaks.first_start, breaks.after_min,
    )  # fmt: skip
    return table, options


def _assignment(shift: ReadShift, group: str, breaks: tuple[Break, ...]) -> Assignment:
    return Assignment(shift.agent, shift.date, shift.template, group, shift.start_us, shift.end_us, breaks)
