"""Every way to work one service day: a shift with its breaks, in a group, and what it costs.

The loop decides how many people work each of these columns; who they are is decided later. Breaks belong to a column
because they belong to what is proven: the same shifts with their breaks elsewhere are another roster.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from scenarios import (
    US_PER_MIN,
    Agent,
    Assignment,
    Break,
    BreakRule,
    Contract,
    Group,
    Horizon,
    PlanningError,
    Roster,
    Scenario,
    ShiftTemplate,
)
from scenarios.checks import FloatArray, IntArray, frozen_float, frozen_int, require_within
from sim import Staff

COLUMNS_MAX = 20_000
"""So many columns at most: a linear programme over them takes tenths of a second. Beyond, breaks start more rarely."""
_ANONYMOUS = "anonymous"
_STEP_MAX_MIN = 120
_MIN_PER_H = 60


@dataclass(frozen=True, slots=True, eq=False)
class DayColumns:
    """C ways to work one service day.

    Parameters
    ----------
    date
        Service date of the shifts.
    groups
        G names of the scenario's groups.
    templates
        Per column the name of its shift template.
    group
        (C,) index of the group.
    start_us, end_us
        (C,) from start to end, breaks included, µs since the horizon's start.
    breaks
        Per column its breaks in order.
    kind
        (C,) number of what columns share that differ in their breaks only; who stays away is drawn by it.
    paid_h, cost
        (C,) paid hours; what a person costs, in yuan.
    tenure_factor
        (C,) work takes somebody of the column so many times its usual time: the mean of those who may work it.
    at_work
        (T, C) share of each interval at work, 0 to 1, divided by the tenure factor: people of the usual pace.
    """

    date: date
    groups: tuple[str, ...]
    templates: tuple[str, ...]
    group: IntArray
    start_us: IntArray
    end_us: IntArray
    breaks: tuple[tuple[Break, ...], ...]
    kind: IntArray
    paid_h: FloatArray
    cost: FloatArray
    tenure_factor: FloatArray
    at_work: FloatArray

    def __post_init__(self) -> None:
        shape = (len(self.templates),)
        for field in ("group", "start_us", "end_us", "kind"):
            object.__setattr__(self, field, frozen_int("DayColumns", field, getattr(self, field), shape))
        for field in ("paid_h", "cost", "tenure_factor"):
            object.__setattr__(self, field, frozen_float("DayColumns", field, getattr(self, field), shape))
        at_work = np.asarray(self.at_work)
        object.__setattr__(self, "at_work", frozen_float("DayColumns", "at_work", at_work, (len(at_work), *shape)))

    def __len__(self) -> int:
        return len(self.templates)

    def people(self, counts: IntArray) -> FloatArray:
        """Return (T, G) people at work when ``counts`` (C,) work each column and nobody stays away."""
        found = np.zeros((len(self.at_work), len(self.groups)))
        for number in range(len(self.groups)):
            mine = np.flatnonzero((self.group == number) & (counts != 0))
            found[:, number] = self.at_work[:, mine] @ counts[mine]
        return found

    def staff(self, counts: IntArray) -> Staff:
        """Return ``counts`` (C,) people as the floor sees them, in order of the columns."""
        numbers = np.repeat(np.arange(len(self)), counts).tolist()
        spans = [self.assignment(number, "").work_spans for number in range(len(self)) if counts[number]]
        own = dict(zip(np.flatnonzero(counts).tolist(), spans, strict=True))
        return Staff(
            names=tuple(map(str, range(len(numbers)))),
            group=self.group[numbers],
            tenure_factor=self.tenure_factor[numbers],
            spans=tuple(own[number] for number in numbers),
            shift_ends=tuple((int(self.end_us[number]),) * len(own[number]) for number in numbers),
        )

    def assignment(self, number: int, agent: str) -> Assignment:
        """Return what ``agent`` does who works column ``number``."""
        return Assignment(
            agent, self.date, self.templates[number], self.groups[self.group[number]], int(self.start_us[number]),
            int(self.end_us[number]), self.breaks[number],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One way to work a service day; ``group`` is an index."""

    template: str
    group: int
    start_us: int
    end_us: int
    breaks: tuple[Break, ...]
    paid_h: float
    rate_yuan: float
    tenure_factor: float


def day_columns(scenario: Scenario, day: int = 0, *, columns_max: int = COLUMNS_MAX) -> DayColumns:
    """Return every shift with breaks of a service day, in every group that somebody may work it in.

    Breaks start on the interval grid of the horizon; where that makes too many columns, on a coarser one.

    Raises
    ------
    PlanningError
        When no shift fits into the service day.
    """
    require_within("day_columns", "day", day, 0, len(scenario.horizon.days) - 1)
    step_min = scenario.horizon.interval_min
    while True:
        rows = list(_rows(scenario, day, step_min))
        if len(rows) <= columns_max or step_min >= _STEP_MAX_MIN:
            break
        step_min *= 2
    if not rows:
        raise PlanningError("no_shift_fits", thing="Scenario", field="shift_templates",
                            value=scenario.horizon.days[day].date.isoformat())  # fmt: skip
    return columns_from(scenario, day, rows)


def columns_from(scenario: Scenario, day: int, rows: Sequence[ColumnRow]) -> DayColumns:
    """Return the columns of a service day (its number) in the order of ``rows``."""
    kinds: dict[tuple[str, int, int], int] = {}
    for row in rows:
        kinds.setdefault((row.template, row.group, row.start_us), len(kinds))
    tenure = np.array([row.tenure_factor for row in rows])
    return DayColumns(
        date=scenario.horizon.days[day].date,
        groups=tuple(group.name for group in scenario.groups),
        templates=tuple(row.template for row in rows),
        group=np.array([row.group for row in rows]),
        start_us=np.array([row.start_us for row in rows]),
        end_us=np.array([row.end_us for row in rows]),
        breaks=tuple(row.breaks for row in rows),
        kind=np.array([kinds[row.template, row.group, row.start_us] for row in rows]),
        paid_h=np.array([row.paid_h for row in rows]),
        cost=np.array([row.paid_h * row.rate_yuan for row in rows]),
        tenure_factor=tenure,
        at_work=_at_work(scenario.horizon, rows) / tenure,
    )


def anonymous_roster(scenario: Scenario, columns: DayColumns, counts: IntArray) -> tuple[Scenario, Roster]:
    """Return the scenario with an anonymous person for everybody who is counted, and their roster.

    The people stand in the scenario in the order of ``DayColumns.staff``.
    """
    agents: list[Agent] = []
    rows: list[Assignment] = []
    width = len(str(int(counts.sum())))
    for number in np.repeat(np.arange(len(columns)), counts).tolist():
        group = scenario.groups[columns.group[number]]
        pace = float(columns.tenure_factor[number])
        agents.append(Agent(f"{len(agents):0{width}}", _ANONYMOUS, group.skills, pace))
        rows.append(columns.assignment(number, agents[-1].name))
    everything = Contract(_ANONYMOUS, tuple(template.name for template in scenario.shift_templates), 168.0, 1.0)
    unnamed = replace(scenario, agents=tuple(agents), contracts=(everything,), wishes=(), activities=())
    return unnamed, Roster(tuple(rows))


def _rows(scenario: Scenario, day: int, step_min: int) -> Iterator[ColumnRow]:
    horizon, service_day = scenario.horizon, scenario.horizon.days[day]
    for number, group in enumerate(scenario.groups):
        for template in scenario.shift_templates:
            workers = _workers(scenario, template, group)
            if workers is None or template.on_call:
                continue
            rate_yuan, tenure = workers
            for start_min in template.start_minutes:
                start_us = horizon.us_at(service_day.date, start_min)
                end_us = start_us + template.length_min * US_PER_MIN
                if start_us < service_day.opens_us or end_us > service_day.closes_us:
                    continue
                for breaks in _breaks(template.breaks, start_us, step_min):
                    paid_h = template.paid_min / _MIN_PER_H
                    yield ColumnRow(template.name, number, start_us, end_us, breaks, paid_h, rate_yuan, tenure)


def _breaks(rules: Sequence[BreakRule], start_us: int, step_min: int) -> Iterator[tuple[Break, ...]]:
    """Yield every way to place the breaks of a shift, none into another."""
    windows = [
        [
            Break(start_us + at * US_PER_MIN, start_us + (at + rule.length_min) * US_PER_MIN, rule.paid)
            for at in range(rule.earliest_after_start_min, rule.latest_after_start_min + 1, step_min)
        ]
        for rule in rules
    ]
    for places in itertools.product(*windows):
        if all(earlier.end_us <= later.start_us for earlier, later in itertools.pairwise(places)):
            yield places


def _workers(scenario: Scenario, template: ShiftTemplate, group: Group) -> tuple[float, float] | None:
    """Return the least pay for an hour of a shift in a group, and the mean tenure factor of those who work for it.

    ``None`` when nobody may work it there. A scenario without people is one whose people are not hired yet: then
    everybody its contracts allow may.
    """
    able = [agent for agent in scenario.agents if set(group.skills) <= set(agent.skills)]
    hired = {agent.contract for agent in able} if scenario.agents else {row.name for row in scenario.contracts}
    contracts = [row for row in scenario.contracts if row.name in hired and template.name in row.shift_templates]
    if not contracts:
        return None
    rate_yuan = min(row.cost_per_paid_h_yuan for row in contracts)
    cheapest = {row.name for row in contracts if row.cost_per_paid_h_yuan == rate_yuan}
    factors = [agent.tenure_factor for agent in able if agent.contract in cheapest]
    return rate_yuan, float(np.mean(factors)) if factors else 1.0


def _at_work(horizon: Horizon, rows: Sequence[ColumnRow]) -> FloatArray:
    """Return (T, C) the share of each interval at work."""
    edges = np.arange(horizon.intervals + 1) * horizon.interval_us
    found = np.zeros((horizon.intervals, len(rows)))
    for number, row in enumerate(rows):
        found[:, number] = _inside(edges, row.start_us, row.end_us)
        for pause in row.breaks:
            found[:, number] -= _inside(edges, pause.start_us, pause.end_us)
    return found / horizon.interval_us


def _inside(edges: IntArray, start_us: int, end_us: int) -> FloatArray:
    """Return (T,) µs of each interval between two moments."""
    return np.diff(np.clip(edges, start_us, end_us)).astype(np.float64)
