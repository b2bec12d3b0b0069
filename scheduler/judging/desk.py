"""A roster on the desk: cover, the worth of a shift, and whether a change is legal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np

from scenarios import US_PER_MIN, Agent, Assignment, Requirement, Roster, RuleBreach, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.judging.changes import Change, ChangeKind, rate_yuan
from scheduler.rostering import check_rules
from scheduler.rostering.columns import ShiftColumns, assignment_of, shift_columns
from scheduler.rostering.costs import demand_of
from scheduler.rostering.prices import ShiftTable, add_span, column_costs, place_breaks, worth_before
from scheduler.rostering.terms import MIN_PER_H, groups_of

Weight = tuple[int, float]
"""Number of breaches of a rule, and by how much they miss it together."""


@dataclass(frozen=True, slots=True)
class Legality:
    """What a change does to the rules: breaches that are new or worse, and breaches that are gone or milder."""

    broken: tuple[RuleBreach, ...]
    cured: tuple[RuleBreach, ...]

    @property
    def legal(self) -> bool:
        """Whether no rule is broken that was not, nor further than it was."""
        return not self.broken


class Desk:
    """A roster that is being changed, beside the positions it should fill.

    Parameters
    ----------
    requirement
        Positions wanted at work, raised for absence.
    """

    def __init__(self, scenario: Scenario, roster: Roster, requirement: Requirement) -> None:
        self.scenario = scenario
        self.demand = demand_of(scenario, requirement)
        self.rows: dict[str, tuple[Assignment, ...]] = _by_agent(roster.assignments)
        self._alone: dict[str, Scenario] = {}
        self._breaches: dict[str, tuple[RuleBreach, ...]] = {}
        self._names = tuple(group.name for group in scenario.groups)
        self.cover = self.cover_of(roster.assignments)

    @cached_property
    def columns(self) -> ShiftTable:
        """Every shift the scenario's templates allow, as the kernels take them."""
        columns, breaks = self._columns, self._columns.breaks
        return ShiftTable(
            self.demand.interval_min, columns.template, columns.group, columns.start_min, columns.end_min,
            columns.paid_min, breaks.first, breaks.length_min, breaks.first_start, breaks.after_min,
        )  # fmt: skip

    @cached_property
    def _columns(self) -> ShiftColumns:
        return shift_columns(self.scenario)

    @property
    def roster(self) -> Roster:
        """The roster as it stands."""
        return Roster(tuple(row for rows in self.rows.values() for row in rows))

    def ask(self, requirement: Requirement) -> None:
        """Ask for other positions from now on."""
        self.demand = demand_of(self.scenario, requirement)

    def cover_of(self, rows: Iterable[Assignment]) -> FloatArray:
        """Return (T, G) people at work through ``rows``."""
        cover = np.zeros_like(self.demand.need)
        for row in rows:
            group = self._names.index(row.group)
            for start, end in row.work_spans:
                add_span(cover, group, start // US_PER_MIN, end // US_PER_MIN, self.demand.interval_min, 1.0)
        return cover

    def on(self, agent: str, day: date) -> tuple[Assignment, ...]:
        """Return somebody's shifts of a date."""
        return tuple(row for row in self.rows.get(agent, ()) if row.date == day)

    def apply(self, change: Change) -> None:
        """Make a change."""
        for agent in change.agents:
            self.rows[agent] = self._after(agent, change)
            self._breaches.pop(agent, None)
        self.cover += self.cover_of(change.added) - self.cover_of(change.removed)

    def short_yuan(self, change: Change | None = None) -> float:
        """Return the price of all positions short, as it is or after ``change``."""
        if change is None:
            return self.demand.short_yuan(self.cover)
        return self.demand.short_yuan(self.cover + self.cover_of(change.added) - self.cover_of(change.removed))

    def price_yuan(self, change: Change) -> float:
        """Return what a change costs: pay, and the price of positions it leaves short or fills."""
        return change.yuan(self.scenario) + self.short_yuan(change) - self.short_yuan()

    def breaches_of(self, agent: str) -> tuple[RuleBreach, ...]:
        """Return the rules somebody's shifts break."""
        if agent not in self._breaches:
            self._breaches[agent] = self._check(agent, self.rows.get(agent, ()))
        return self._breaches[agent]

    def legality(self, change: Change) -> Legality:
        """Return what a change does to the rules of everybody it touches."""
        broken: list[RuleBreach] = []
        cured: list[RuleBreach] = []
        for agent in change.agents:
            before, after = self.breaches_of(agent), self._check(agent, self._after(agent, change))
            weights = [_weights(found) for found in (before, after)]
            worse = {rule for rule, weight in weights[1].items() if _beyond(weight, weights[0].get(rule, (0, 0.0)))}
            milder = {rule for rule, weight in weights[0].items() if _beyond(weight, weights[1].get(rule, (0, 0.0)))}
            broken += [row for row in after if row.rule in worse and row not in before]
            cured += [row for row in before if row.rule in milder - worse and row not in after]
        return Legality(tuple(broken), tuple(cured))

    def options(self, agent: Agent, day: date) -> IntArray:
        """Return the columns of a date that somebody's contract and skills allow, by start."""
        number = (day - self.scenario.horizon.first_date).days
        names = self.scenario.contract_of(agent).shift_templates
        groups = [self._names.index(group) for group in groups_of(self.scenario, agent)]
        templates = [place for place, template in enumerate(self.scenario.shift_templates) if template.name in names]
        columns = self._columns
        mine = (columns.date == number) & np.isin(columns.template, templates) & np.isin(columns.group, groups)
        return np.flatnonzero(mine).astype(np.int64)

    def priced(self, agent: Agent, day: date, instead_of: Sequence[Assignment] = ()) -> Iterator[tuple[float, Change]]:
        """Yield every shift somebody could work on a date instead of ``instead_of``, the cheapest first.

        The price is that of ``price_yuan``; rules are not asked.
        """
        mine = self.options(agent, day)
        without = self.cover - self.cover_of(instead_of)
        demand = self.demand
        worth = worth_before(without, demand.need, demand.mild, demand.prices)
        rate = rate_yuan(self.scenario, agent.name) / MIN_PER_H
        costs = column_costs(self.columns, worth, mine, rate, self._columns.breaks.most)
        kept = self.price_yuan(Change(ChangeKind.DROP, tuple(instead_of), ())) if instead_of else 0.0
        for place in np.argsort(costs, kind="stable"):
            row = self._shift(agent.name, int(mine[place]), worth)
            if row not in instead_of:
                yield float(costs[place]) + kept, Change(_kind(instead_of, row), tuple(instead_of), (row,))

    def _shift(self, agent: str, column: int, worth: FloatArray) -> Assignment:
        pauses = np.full(max(1, self._columns.breaks.most), -1, dtype=np.int64)
        place_breaks(self.columns, worth, column, pauses)
        return assignment_of(self.scenario, self._columns, agent, column, pauses)

    def _after(self, agent: str, change: Change) -> tuple[Assignment, ...]:
        rows = [row for row in self.rows.get(agent, ()) if row not in change.removed]
        return tuple(
            sorted([*rows, *(row for row in change.added if row.agent == agent)], key=lambda row: row.start_us)
        )

    def _check(self, agent: str, rows: tuple[Assignment, ...]) -> tuple[RuleBreach, ...]:
        """Return the breaches of one person's shifts; shifts that overlap break the rule of one shift a date."""
        if agent not in self._alone:
            self._alone[agent] = replace(self.scenario, agents=(self.scenario.agent(agent),))
        overlap = next((b for a, b in pairwise(rows) if b.start_us < a.end_us), None)
        if overlap is not None:
            return (RuleBreach("one_shift_per_date", agent, overlap.date, 2, 1),)
        return check_rules(self._alone[agent], Roster(rows))


def _kind(instead_of: Sequence[Assignment], row: Assignment) -> ChangeKind:
    if not instead_of:
        return ChangeKind.ADD
    (before, *_) = instead_of
    if (before.start_us, before.end_us) != (row.start_us, row.end_us):
        return ChangeKind.MOVE
    return ChangeKind.BREAKS if before.group == row.group else ChangeKind.REGROUP


def _weights(breaches: Iterable[RuleBreach]) -> dict[str, Weight]:
    found: dict[str, Weight] = {}
    for row in breaches:
        count, beyond = found.get(row.rule, (0, 0.0))
        found[row.rule] = (count + 1, beyond + abs(row.found - row.allowed))
    return found


def _beyond(one: Weight, other: Weight) -> bool:
    """Return whether ``one`` is a worse breach than ``other``: more of them, or further off."""
    return one[0] > other[0] or one[1] > other[1] + 1e-9


def _by_agent(rows: Iterable[Assignment]) -> dict[str, tuple[Assignment, ...]]:
    found: defaultdict[str, list[Assignment]] = defaultdict(list)
    for row in rows:
        found[row.agent].append(row)
    return {agent: tuple(mine) for agent, mine in found.items()}
