"""One date of a named roster as counts of columns, some of which may change.

People whose contract owes them hours of the week keep the shifts the search gave them: sending them home saves nothing.
Those who are paid by the hour alone may stay at home, come, or work another shift.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from scenarios import US_PER_H, US_PER_MIN, Agent, Assignment, Break, Forecast, Roster, Scenario, ServiceDay
from scenarios.checks import BoolArray, IntArray
from scheduler.loop.columns import ColumnRow, DayColumns, columns_from
from scheduler.loop.day import day_alone
from scheduler.loop.problem import Heads
from scheduler.rostering.shifts import breaks_at, shifts_of
from scheduler.rostering.terms import MIN_PER_H, groups_of

_SUBSETS_OF = 6
"""Groups up to which every subset is counted; beyond, single groups and all together."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedDay:
    """A service day of a roster.

    Parameters
    ----------
    number
        Of the service day in the horizon.
    scenario, forecast
        The day alone.
    columns
        Ways to work it: those of the roster first, then all that people paid by the hour could work.
    counts
        (C,) people of each column in the roster.
    rows
        Per column the shifts of the roster it stands for, in the horizon's own time.
    movable
        (C,) whether more or fewer people may work the column.
    heads
        How many people paid by the hour there are for the groups of every subset.
    offset_us
        Start of the day's date, µs since the horizon's start.
    """

    number: int
    scenario: Scenario
    forecast: Forecast
    columns: DayColumns
    counts: IntArray
    rows: tuple[tuple[Assignment, ...], ...]
    movable: BoolArray
    heads: tuple[Heads, ...]
    offset_us: int

    @property
    def pinned(self) -> IntArray:
        """(C,) people of columns that stay as they are, -1 for those that may change."""
        return np.where(self.movable, -1, self.counts)

    def assignment(self, column: int, agent: str) -> Assignment:
        """Return what ``agent`` does who works ``column``, in the horizon's own time."""
        row = self.columns.assignment(column, agent)
        breaks = tuple(Break(p.start_us + self.offset_us, p.end_us + self.offset_us, p.paid) for p in row.breaks)
        return replace(
            row, start_us=row.start_us + self.offset_us, end_us=row.end_us + self.offset_us, breaks=breaks
        )  # fmt: skip


def by_the_hour(scenario: Scenario, agent: Agent) -> bool:
    """Return whether a contract owes somebody no hours: then a shift less saves its pay."""
    return scenario.contract_of(agent).week_paid_h_min == 0


def may_come(scenario: Scenario, agent: Agent, template: str, group: str) -> bool:
    """Return whether somebody is paid by the hour and may work a template in a group."""
    able = group in groups_of(scenario, agent) and template in scenario.contract_of(agent).shift_templates
    return able and by_the_hour(scenario, agent)


def named_day(scenario: Scenario, forecast: Forecast, roster: Roster, number: int) -> NamedDay | None:
    """Return service day ``number`` of a roster; ``None`` where nobody paid by the hour could come, or nobody calls."""
    opened = scenario.horizon.days[number]
    alone, law = day_alone(scenario, forecast, number)
    offset_us = scenario.horizon.us_at(opened.date, 0)
    own: dict[tuple[ColumnRow, bool], list[Assignment]] = {}
    for row in roster.assignments:
        if row.start_us < opened.closes_us and row.end_us > opened.opens_us:
            agent = scenario.agent(row.agent)
            inside = row.date == opened.date and row.start_us >= opened.opens_us and row.end_us <= opened.closes_us
            free = inside and by_the_hour(scenario, agent) and not scenario.template(row.template).on_call
            key = _column(scenario, row, offset_us), free
            own.setdefault(key, []).append(row)
    more = list(_callable(scenario, opened, offset_us))
    if not more or not law.expected.any():
        return None
    columns = columns_from(alone, 0, [row for row, _ in own] + more)
    movable = np.array([free for _, free in own] + [True] * len(more))
    return NamedDay(
        number=number,
        scenario=alone,
        forecast=law,
        columns=columns,
        counts=np.array([len(rows) for rows in own.values()] + [0] * len(more), dtype=np.int64),
        rows=(*map(tuple, own.values()), *[()] * len(more)),
        movable=movable,
        heads=tuple(_heads(scenario, opened, columns.group, movable, _fixed(own))),
        offset_us=offset_us,
    )


def _column(scenario: Scenario, row: Assignment, offset_us: int) -> ColumnRow:
    """Return the column of a shift in the time of its day; what lies before the date is cut off."""
    agent = scenario.agent(row.agent)
    begin = max(row.start_us, offset_us)
    breaks = tuple(
        Break(max(pause.start_us, begin) - offset_us, pause.end_us - offset_us, pause.paid)
        for pause in row.breaks
        if pause.end_us > begin
    )
    return ColumnRow(
        template=row.template, group=scenario.group_index(row.group), start_us=begin - offset_us,
        end_us=row.end_us - offset_us, breaks=breaks, paid_h=row.paid_us / US_PER_H,
        rate_yuan=scenario.contract_of(agent).cost_per_paid_h_yuan, tenure_factor=agent.tenure_factor,
    )  # fmt: skip


def _callable(scenario: Scenario, opened: ServiceDay, offset_us: int) -> Iterator[ColumnRow]:
    """Yield every shift of the roster's own menu that somebody paid by the hour could work on a date."""
    shifts = shifts_of(scenario)
    date = (opened.date - scenario.horizon.first_date).days
    terms: dict[tuple[int, int], tuple[float, float] | None] = {}
    for shift in np.flatnonzero(shifts.offered[date]).tolist():
        kind, group = int(shifts.template[shift]), int(shifts.group[shift])
        if (kind, group) not in terms:
            terms[kind, group] = _terms(scenario, scenario.shift_templates[kind].name, scenario.groups[group].name)
        found = terms[kind, group]
        template = scenario.shift_templates[kind]
        start_us = scenario.horizon.us_at(opened.date, shifts.shapes.duties[shifts.shape[shift]].start_min)
        end_us = start_us + template.length_min * US_PER_MIN
        if template.on_call or found is None or start_us < opened.opens_us or end_us > opened.closes_us:
            continue
        breaks = breaks_at(template, start_us - offset_us, shifts.pauses[shift])
        paid_h = template.paid_min / MIN_PER_H
        yield ColumnRow(
            template.name, group, start_us - offset_us, end_us - offset_us, breaks, paid_h, *found
        )  # fmt: skip


def _fixed(own: Mapping[tuple[ColumnRow, bool], Sequence[Assignment]]) -> frozenset[str]:
    """Return who has a shift that stays as it is."""
    return frozenset(row.agent for (_, movable), rows in own.items() if not movable for row in rows)


def _heads(
    scenario: Scenario, opened: ServiceDay, group: IntArray, movable: BoolArray, taken: frozenset[str]
) -> Iterator[Heads]:
    """Yield how many people paid by the hour are free and sit in some of the groups of a subset."""
    here = [
        agent
        for agent in scenario.agents
        if by_the_hour(scenario, agent) and opened.date not in agent.leave and agent.name not in taken
    ]
    seats = [{scenario.group_index(name) for name in groups_of(scenario, agent)} for agent in here]
    groups = range(len(scenario.groups))
    sizes = groups if len(groups) <= _SUBSETS_OF else (0, len(groups) - 1)
    for size in sizes:
        for chosen in combinations(groups, size + 1):
            able = sum(not own.isdisjoint(chosen) for own in seats)
            yield Heads(movable & np.isin(group, chosen), able)


def _terms(scenario: Scenario, template: str, group: str) -> tuple[float, float] | None:
    """Return the mean pay of an hour and tenure factor of those paid by the hour who may work a template in a group."""
    able = [agent for agent in scenario.agents if may_come(scenario, agent, template, group)]
    if not able:
        return None
    rates = [scenario.contract_of(agent).cost_per_paid_h_yuan for agent in able]
    return float(np.mean(rates)), float(np.mean([agent.tenure_factor for agent in able]))
