"""Agents who can work the same lines: one kind each, compiled to the numbers the line programme needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios import US_PER_MIN, Agent, Contract, Scenario
from scenarios.checks import BoolArray, IntArray
from scheduler.rostering.columns import ShiftColumns
from scheduler.rostering.terms import (
    MIN_PER_H,
    Week,
    date_at,
    groups_of,
    least_paid_min,
    most_paid_min,
    weeks_of,
    windows_of,
    working_days_max,
)

_ROUNDING_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Kind:
    """What the line programme knows of an agent; see ``line.best_line`` for the arrays.

    Attributes
    ----------
    contract
        Index of the contract.
    yuan_per_min
        Pay of a paid minute.
    columns
        (n,) indices of the shift columns the agent may take, sorted by date and start.
    rest_min
        Least minutes between two shifts.
    least_min, most_min, days_most
        (W,) least and most paid minutes and most working dates of each week.
    """

    contract: int
    yuan_per_min: float
    columns: IntArray
    rest_min: int
    least_min: IntArray
    most_min: IntArray
    days_most: IntArray
    sizes: IntArray
    column_table: tuple[IntArray, IntArray, IntArray]
    date_table: tuple[IntArray, IntArray, IntArray, IntArray]

    @property
    def day_first(self) -> IntArray:
        """(D + 1,) place of the first column of each date."""
        return self.date_table[0]


def kinds_of(scenario: Scenario, columns: ShiftColumns) -> tuple[tuple[Kind, ...], IntArray]:
    """Return the kinds of the scenario's agents and (A,) the kind of each agent."""
    kinds: dict[object, int] = {}
    made: list[Kind] = []
    of_agent = []
    for agent in scenario.agents:
        key = (agent.contract, groups_of(scenario, agent), agent.leave, agent.available, agent.worked_days_before,
               agent.last_shift_end)  # fmt: skip
        if key not in kinds:
            kinds[key] = len(made)
            made.append(kind_of(scenario, columns, agent))
        of_agent.append(kinds[key])
    return tuple(made), np.array(of_agent, dtype=np.int64)


def kind_of(scenario: Scenario, columns: ShiftColumns, agent: Agent) -> Kind:
    """Return the kind of one agent."""
    contract = scenario.contract_of(agent)
    weeks = weeks_of(scenario.horizon)
    least = [least_paid_min(scenario, agent, week) for week in weeks]
    days_most = [working_days_max(contract, week) for week in weeks]
    mine = np.flatnonzero(_may_take(scenario, columns, agent, contract))
    day_first = np.searchsorted(columns.date[mine], np.arange(scenario.horizon.dates + 1)).astype(np.int64)
    start, ready = columns.start_min[mine], columns.end_min[mine] + _rest_min(contract)
    ready_after, ready_first, ready_off = _ready_classes(start, ready, day_first)
    paid = columns.paid_min[mine]
    most = most_paid_min(contract)
    sizes, unit_min = _sizes(contract, agent, paid, (least, most, days_most), weeks)
    class_min, paid_class = np.unique(paid if unit_min else np.zeros_like(paid), return_inverse=True)
    return Kind(
        contract=scenario.contracts.index(contract),
        yuan_per_min=contract.cost_per_paid_h_yuan / MIN_PER_H,
        columns=mine,
        rest_min=_rest_min(contract),
        least_min=np.array(least, dtype=np.int64),
        most_min=np.full(len(weeks), most, dtype=np.int64),
        days_most=np.array(days_most, dtype=np.int64),
        sizes=np.array([*sizes[:3], ready_first.shape[1], *sizes[3:]], dtype=np.int64),
        column_table=(paid_class.astype(np.int64), class_min // max(unit_min, 1), ready_after),
        date_table=(day_first, ready_first, ready_off, _week_rows(weeks, least, most, days_most, unit_min)),
    )


def _may_take(scenario: Scenario, columns: ShiftColumns, agent: Agent, contract: Contract) -> BoolArray:
    """Return (C,) whether skills, contract, leave, windows and the last rest let the agent work a column."""
    horizon = scenario.horizon
    allowed = groups_of(scenario, agent)
    may = np.array([group.name in allowed for group in scenario.groups])[columns.group]
    may &= np.array([kind.name in contract.shift_templates for kind in scenario.shift_templates])[columns.template]
    on_leave = np.array([date_at(horizon, number) in agent.leave for number in range(horizon.dates)])
    may &= ~on_leave[columns.date]
    windows = windows_of(horizon, agent)
    if windows is not None:
        inside = np.zeros(len(columns), dtype=np.bool_)
        for start, end in windows:
            inside |= (columns.start_min * US_PER_MIN >= start) & (columns.end_min * US_PER_MIN <= end)
        may &= inside
    if agent.last_shift_end is not None:
        ready_us = horizon.us_of(agent.last_shift_end) + _rest_min(contract) * US_PER_MIN
        may &= columns.start_min * US_PER_MIN >= ready_us
    allowed_columns: BoolArray = may
    return allowed_columns


def _rest_min(contract: Contract) -> int:
    return math.ceil(contract.rest_h_min * MIN_PER_H - _ROUNDING_SLACK)


def _sizes(
    contract: Contract,
    agent: Agent,
    paid: IntArray,
    limits: tuple[Sequence[int], int, Sequence[int]],
    weeks: Sequence[Week],
) -> tuple[tuple[int, int, int, int, int], int]:
    """Return the numbers of states (runs, days, units), longest run, run at the start; and the minutes of a unit.

    A limit that can never bind is not counted: its dimension is 1 (units: 0 minutes).
    """
    least, most, days_most = limits
    shortest, longest = (int(paid.min()), int(paid.max())) if paid.size else (1, 1)
    by_hours = most // max(shortest, 1)
    lengths = [week.end - week.first for week in weeks]
    possible = [min(by_hours, length) for length in lengths]
    days_bind = any(count > limit for count, limit in zip(possible, days_most, strict=True))
    worked = sum(min(count, limit) for count, limit in zip(possible, days_most, strict=True))
    run_most, run_start = contract.consecutive_days_max, agent.worked_days_before
    runs_bind = run_start + worked > run_most
    hours_bind = any(least) or longest * max(lengths) > most
    unit_min = math.gcd(*np.unique(paid).tolist()) if hours_bind and paid.size else 0
    runs = max(run_most, min(run_start, run_most)) + 1 if runs_bind else 1
    days = max(days_most) + 1 if days_bind else 1
    units = most // unit_min + 1 if unit_min else 1
    return (runs, days, units, run_most, min(run_start, run_most)), unit_min


def _week_rows(
    weeks: Sequence[Week], least: Sequence[int], most: int, days_most: Sequence[int], unit_min: int
) -> IntArray:
    """Return (D, 4) end of the week, least and most units, most working dates of every date."""
    rows = []
    for week, floor, days in zip(weeks, least, days_most, strict=True):
        least_units, most_units = (-(-floor // unit_min), most // unit_min) if unit_min else (floor, 0)
        rows += [(date == week.end - 1, least_units, most_units, days) for date in range(week.first, week.end)]
    return np.array(rows, dtype=np.int64)


def _ready_classes(start: IntArray, ready: IntArray, day_first: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return (n,) class after each column, (D, E) first column a class may take, (D, E) class after a free date.

    The class of a date stands for the first start that rest allows; class 0 hinders nothing. Starts between two
    possible ones are rounded up, which changes nothing and keeps the classes few.
    """
    dates = len(day_first) - 1
    starts = [np.unique(start[day_first[d] :]) for d in range(dates + 1)]  # possible starts from date d on
    classes: list[IntArray] = [np.zeros(1, dtype=np.int64)]
    after = np.zeros(len(start), dtype=np.int64)
    off: list[IntArray] = []
    for day in range(dates):
        later = starts[day + 1]
        mine = slice(day_first[day], day_first[day + 1])
        found = _rounded(later, np.concatenate([ready[mine], classes[day]]))
        classes.append(np.unique(np.append(found, _rounded(later, np.zeros(1, dtype=np.int64)))))
        places = np.searchsorted(classes[day + 1], found)
        after[mine] = places[: len(ready[mine])]
        off.append(places[len(ready[mine]) :])
    width = max(len(part) for part in classes)
    first = np.repeat(day_first[1:, None], width, axis=1)
    free = np.zeros((dates, width), dtype=np.int64)
    for day in range(dates):
        mine = slice(day_first[day], day_first[day + 1])
        first[day, : len(classes[day])] = day_first[day] + np.searchsorted(start[mine], classes[day])
        free[day, : len(off[day])] = off[day]
    return after, first.astype(np.int64), free


def _rounded(starts: IntArray, ready: IntArray) -> IntArray:
    """Return each of ``ready`` rounded up to the next possible start, or to the time after the last one."""
    never = starts[-1] + 1 if starts.size else 0
    places = np.searchsorted(starts, ready)
    rounded: IntArray = np.append(starts, never)[places].astype(np.int64)
    return rounded
