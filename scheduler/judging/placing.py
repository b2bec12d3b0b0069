"""What a grid leaves open: in which group a shift sits, and when its breaks are."""

import numpy as np

from scenarios import US_PER_MIN, Assignment, Break, Reason, Requirement, Roster, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.judging.reading import GridReading, ReadShift
from scheduler.rostering.costs import Demand, demand_of
from scheduler.rostering.coverage import cover_by, coverage
from scheduler.rostering.shifts import breaks_at, places

PASSES = 3
"""Rounds over all open shifts; the second and third see where the others have gone."""


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
        "breaks_placed": sum(shift.breaks is None and row.has_breaks for shift, row in _pairs(loose, rows)),
    }
    notes = tuple(Reason(f"grid.{key}", (("count", count),)) for key, count in counts.items() if count)
    return Roster(tuple(rows)), notes


def _pairs(shifts: list[ReadShift], rows: list[Assignment]) -> list[tuple[ReadShift, Assignment]]:
    by_key = {(row.agent, row.start_us): row for row in rows}
    return [(shift, by_key[shift.agent, shift.start_us]) for shift in shifts]


def _placed(scenario: Scenario, demand: Demand, cover: FloatArray, loose: list[ReadShift]) -> list[Assignment]:
    """Return the loose shifts with groups and breaks; ``cover`` is that of everybody else and grows by theirs."""
    names = tuple(group.name for group in scenario.groups)
    ways = {part.name: np.array(list(places(part)), dtype=np.int64) for part in scenario.shift_templates}
    placed: dict[int, Assignment] = {}
    for _ in range(PASSES):
        for number, shift in enumerate(loose):
            if number in placed:
                cover -= cover_by(scenario.horizon, names, [placed[number]])
            placed[number] = _best(scenario, demand, cover, shift, ways[shift.template])
            cover += cover_by(scenario.horizon, names, [placed[number]])
    return list(placed.values())


def _best(scenario: Scenario, demand: Demand, cover: FloatArray, shift: ReadShift, ways: IntArray) -> Assignment:
    """Return a shift in the group and with the breaks, one of (W, B) ``ways``, in which it is worth most.

    A shift that is shorter than its template, or tells its breaks, is weighed as one without breaks.
    """
    template = scenario.template(shift.template)
    start, end = (np.array(us // US_PER_MIN) for us in (shift.start_us, shift.end_us))
    if shift.breaks is not None or end - start < template.length_min:
        ways = np.zeros((1, 0), dtype=np.int64)
    lengths = np.array([rule.length_min for rule in template.breaks], dtype=np.int64)[: ways.shape[1]]
    groups = np.array([scenario.group_index(group) for group in shift.groups])
    worth = demand.worth(cover, int(start), int(end)).at_work(groups[:, None], start, end, ways, lengths)
    group, way = np.unravel_index(int(np.argmax(worth)), worth.shape)
    breaks = breaks_at(template, shift.start_us, ways[way]) if shift.breaks is None else shift.breaks
    return _assignment(shift, shift.groups[group], breaks)


def _assignment(shift: ReadShift, group: str, breaks: tuple[Break, ...]) -> Assignment:
    return Assignment(shift.agent, shift.date, shift.template, group, shift.start_us, shift.end_us, breaks)
