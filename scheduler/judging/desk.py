"""A roster on the desk: cover, the worth of a shift, and whether a change is legal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np

from scenarios import US_PER_MIN, Agent, Assignment, Requirement, Roster, RuleBreach, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.judging.changes import Change, ChangeKind, kind_of, rate_yuan
from scheduler.rostering import check_person
from scheduler.rostering.costs import demand_of
from scheduler.rostering.coverage import cover_by
from scheduler.rostering.shifts import Shifts, moments_us, shifts_of
from scheduler.rostering.team import fits
from scheduler.rostering.team_rules import team_breaches
from scheduler.rostering.terms import MIN_PER_H

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
        self._breaches: dict[str, tuple[RuleBreach, ...]] = {}
        self._names = tuple(group.name for group in scenario.groups)
        self.cover = self.cover_of(roster.assignments)

    @cached_property
    def shifts(self) -> Shifts:
        """Every shift the scenario's templates allow."""
        return shifts_of(self.scenario)

    @cached_property
    def _moments_min(self) -> tuple[IntArray, IntArray]:
        """(D, S) start and end of every shift of every date, minutes since the horizon's start."""
        start_us, end_us = moments_us(self.scenario, self.shifts)
        return start_us // US_PER_MIN, end_us // US_PER_MIN

    @cached_property
    def _pause_min(self) -> IntArray:
        """(S, B) lengths of the breaks of every shift, 0 for none."""
        lengths = np.zeros((len(self.scenario.shift_templates), self.shifts.pauses.shape[1]), dtype=np.int64)
        for number, template in enumerate(self.scenario.shift_templates):
            lengths[number, : len(template.breaks)] = [rule.length_min for rule in template.breaks]
        table: IntArray = lengths[self.shifts.template]
        return table

    @property
    def roster(self) -> Roster:
        """The roster as it stands."""
        return Roster(tuple(row for rows in self.rows.values() for row in rows))

    def ask(self, requirement: Requirement) -> None:
        """Ask for other positions from now on."""
        self.demand = demand_of(self.scenario, requirement)

    def cover_of(self, rows: Iterable[Assignment]) -> FloatArray:
        """Return (T, G) people at work through ``rows``."""
        return cover_by(self.scenario.horizon, self._names, rows)

    def on(self, agent: str, day: date) -> tuple[Assignment, ...]:
        """Return somebody's shifts of a date."""
        return tuple(row for row in self.rows.get(agent, ()) if row.date == day)

    def apply(self, change: Change) -> None:
        """Make a change."""
        for agent in change.agents:
            self.rows[agent] = self._after(agent, change)
            self._breaches.pop(agent, None)
        self.cover += self.cover_of(change.added) - self.cover_of(change.removed)

    def restore(self, rows: dict[str, tuple[Assignment, ...]]) -> None:
        """Go back to the shifts by agent that ``rows`` was at some time before."""
        self.rows = dict(rows)
        self._breaches.clear()
        self.cover = self.cover_of(self.roster.assignments)

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
        """Return what a change does to the rules of everybody it touches, and of the team."""
        broken: list[RuleBreach] = []
        cured: list[RuleBreach] = []
        rows = {agent: self._after(agent, change) for agent in change.agents}
        pairs = [(self.breaches_of(agent), self._check(agent, rows[agent])) for agent in change.agents]
        pairs.append((self._team_check(self.rows), self._team_check(self.rows | rows)))
        for before, after in pairs:
            weights = [_weights(found) for found in (before, after)]
            worse = {rule for rule, weight in weights[1].items() if _beyond(weight, weights[0].get(rule, (0, 0.0)))}
            milder = {rule for rule, weight in weights[0].items() if _beyond(weight, weights[1].get(rule, (0, 0.0)))}
            broken += [row for row in after if row.rule in worse and row not in before]
            cured += [row for row in before if row.rule in milder - worse and row not in after]
        return Legality(tuple(broken), tuple(cured))

    def options(self, agent: Agent, day: date) -> IntArray:
        """Return the shifts of a date that somebody's contract and skills allow."""
        allowed = fits(self.scenario, self.shifts, agent, self.scenario.contract_of(agent))
        return np.flatnonzero(self.shifts.offered[self._number(day)] & allowed).astype(np.int64)

    def priced(self, agent: Agent, day: date, instead_of: Sequence[Assignment] = ()) -> Iterator[tuple[float, Change]]:
        """Yield every shift somebody could work on a date instead of ``instead_of``, the cheapest first.

        The price is that of ``price_yuan``; rules are not asked.
        """
        mine, number = self.options(agent, day), self._number(day)
        if not mine.size:
            return
        costs = self._costs(mine, number, self.cover - self.cover_of(instead_of), rate_yuan(self.scenario, agent.name))
        kept = self.price_yuan(Change(ChangeKind.DROP, tuple(instead_of), ())) if instead_of else 0.0
        told: set[tuple[int, int]] = set()  # shape and group: only with the breaks that cost least
        for place in np.argsort(costs, kind="stable"):
            shift = int(mine[place])
            alike = (int(self.shifts.shape[shift]), int(self.shifts.group[shift]))
            if alike in told:
                continue
            told.add(alike)
            row = self.shifts.assignment(self.scenario, agent.name, number, shift)
            if row not in instead_of:
                yield float(costs[place]) + kept, Change(kind_of(instead_of, (row,)), tuple(instead_of), (row,))

    def _costs(self, mine: IntArray, number: int, cover: FloatArray, rate_yuan: float) -> FloatArray:
        """Return pay less worth of the shifts ``mine`` of a date (index), beside ``cover``."""
        start_min, end_min = (part[number, mine] for part in self._moments_min)
        worth = self.demand.worth(cover, int(start_min.min()), int(end_min.max()))
        group, pauses = self.shifts.group[mine], self.shifts.pauses[mine]
        paid_min = np.array([template.paid_min for template in self.scenario.shift_templates])
        pay = paid_min[self.shifts.template[mine]] * (rate_yuan / MIN_PER_H)
        costs: FloatArray = pay - worth.at_work(group, start_min, end_min, pauses, self._pause_min[mine])
        return costs

    def _number(self, day: date) -> int:
        return (day - self.scenario.horizon.first_date).days

    def _after(self, agent: str, change: Change) -> tuple[Assignment, ...]:
        rows = [row for row in self.rows.get(agent, ()) if row not in change.removed]
        return tuple(
            sorted([*rows, *(row for row in change.added if row.agent == agent)], key=lambda row: row.start_us)
        )

    def _check(self, agent: str, rows: tuple[Assignment, ...]) -> tuple[RuleBreach, ...]:
        """Return the breaches of one person's shifts; shifts that overlap break the rule of one shift a date."""
        overlap = next((b for a, b in pairwise(rows) if b.start_us < a.end_us), None)
        if overlap is not None:
            return (RuleBreach("one_shift_per_date", agent, overlap.date, 2, 1),)
        return check_person(self.scenario, agent, rows)

    def _team_check(self, rows: Mapping[str, tuple[Assignment, ...]]) -> tuple[RuleBreach, ...]:
        """Return the breaches of the team's rules; shifts that overlap are told of the person, not of the team."""
        overlap = any(b.start_us < a.end_us for own in rows.values() for a, b in pairwise(own))
        if overlap or not self.scenario.rules.names_of_team:
            return ()
        return tuple(team_breaches(self.scenario, Roster(tuple(row for own in rows.values() for row in own))))


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
