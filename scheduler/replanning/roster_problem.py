"""A planner's roster as the search of lines sees it, and the way back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from scenarios import Assignment, PlanningError, Requirement, Roster, Scenario
from scenarios.checks import BoolArray, IntArray
from scheduler.judging.changes import rate_yuan
from scheduler.judging.need import short_h
from scheduler.judging.reading import GridReading
from scheduler.judging.swap import Cell
from scheduler.lines.problem import Problem, score
from scheduler.replanning.order import Absence, RepairOrder
from scheduler.rostering import check_rules
from scheduler.rostering.costs import demand_of
from scheduler.rostering.coverage import cover_by
from scheduler.rostering.shifts import is_of_template
from scheduler.rostering.team import as_lines, made_fair, team_of
from scheduler.rostering.terms import MIN_PER_H, date_at
from scheduler.rules import OFF


class RosterProblem:
    """A roster as the search sees it, and the way back.

    Attributes
    ----------
    unrepaired
        The roster with the absences alone.
    start
        (N, D) the roster with the absences as shifts of the search.
    problem
        What the search is given.
    absent, pins
        (N, D) cells that are free now, and cells that stay.
    held
        (N,) people whose rows stay.
    window
        Dates (indices) that may change.
    """

    def __init__(
        self, reading: GridReading, scenario: Scenario, requirement: Requirement, published: Roster, order: RepairOrder
    ) -> None:
        self.reading, self.order = reading, order
        self.scenario, self.requirement, self.published = scenario, requirement, published
        self.names = tuple(agent.name for agent in scenario.agents)
        self.number_of = {name: number for number, name in enumerate(self.names)}
        self.absent = self._absent(order.absences)
        self.window = _window(scenario, published, order)
        self.pins = self._pinned(order.pins)
        kept = [row for row in published.assignments if not self.absent[self._cell(row)]]
        self.unrepaired = Roster(tuple(kept))
        self.rows: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
        for row in kept:
            self.rows[self._cell(row)].append(row)
        foreign = self._foreign()
        serving = _without(requirement, foreign) if foreign else requirement
        team = team_of(scenario, demand_of(scenario, serving))
        self.start = as_lines(team, Roster(tuple(row for row in kept if row not in foreign)))
        self.team = made_fair(team, self.start) if scenario.rules.fairness else team
        self.problem = self._paid_anyway()
        self.held = self._held(foreign)
        self.pins |= self.held[:, None]

    def _cell(self, row: Assignment) -> tuple[int, int]:
        return self.number_of[row.agent], (row.date - self.scenario.horizon.first_date).days

    def _absent(self, absences: Iterable[Absence]) -> BoolArray:
        horizon = self.scenario.horizon
        absent = np.zeros((len(self.names), horizon.dates), dtype=np.bool_)
        for one in absences:
            first, last = ((day - horizon.first_date).days for day in (one.first, one.last))
            if last < 0 or first >= horizon.dates:
                raise _outside(self.scenario, "absences", f"{one.agent} {one.first}..{one.last}")
            absent[self.number_of[one.agent], max(first, 0) : last + 1] = True
        return absent

    def _pinned(self, pins: Iterable[Cell]) -> BoolArray:
        pinned = np.zeros_like(self.absent)
        for cell in pins:
            self.scenario.agent(cell.agent)
            number = (cell.date - self.scenario.horizon.first_date).days
            if not 0 <= number < pinned.shape[1]:
                raise _outside(self.scenario, "pins", f"{cell.agent} {cell.date}")
            if self.absent[self.number_of[cell.agent], number]:
                raise PlanningError("repair_pinned_absent", agent=cell.agent, value=cell.date)
            pinned[self.number_of[cell.agent], number] = True
        return pinned

    def _foreign(self) -> frozenset[Assignment]:
        """Return the shifts of cells that no shift of the search describes; they serve all the same.

        A second shift of the date, or times or a number of breaks that are not those of the template.
        """
        cells = (rows for rows in self.rows.values() if len(rows) > 1 or not is_of_template(self.scenario, rows[0]))
        return frozenset(row for rows in cells for row in rows)

    def _paid_anyway(self) -> Problem:
        """Return the team's problem where a published shift is paid whatever comes instead.

        Otherwise a repair would send people home to save their pay, which nobody has asked for.
        """
        shifts, templates = self.team.shifts, self.scenario.shift_templates
        paid_h = np.append(0.0, np.array([part.paid_min for part in templates])[shifts.template] / MIN_PER_H)
        people = []
        for person, line in zip(self.team.problem.people, self.start, strict=True):
            pay = paid_h * rate_yuan(self.scenario, person.name)
            people.append(replace(person, own=person.own + np.maximum(pay[line + 1][:, None] - pay, 0.0)))
        return replace(self.team.problem, people=tuple(people))

    def _held(self, foreign: Iterable[Assignment]) -> BoolArray:
        """Return (N,) whose rows stay: nothing is built upon what could not be read, or mends what a planner chose."""
        told = {str(fault.facts["agent"]) for fault in self.reading.faults if "agent" in fault.facts}
        told |= {row.agent for row in foreign} | (set(self.names) - set(self.reading.people))
        ill: BoolArray = np.asarray(self.absent.any(axis=1))
        of_team = self.scenario.rules.names_of_team
        broken = {row.agent for row in check_rules(self.scenario, self.unrepaired) if row.rule not in of_team}
        broken |= {self.names[fault.person] for fault in score(self.problem, self.start).faults}
        held: BoolArray = np.array(
            [name in told or (name in broken and not ill[n]) for n, name in enumerate(self.names)]
        )
        return held

    def roster(self, lines: IntArray) -> Roster:
        """Return the roster of (N, D) ``lines``; cells that are as they were keep their shifts to the minute."""
        rows: list[Assignment] = []
        for number, name in enumerate(self.names):
            for day in range(lines.shape[1]):
                shift = int(lines[number, day])
                if shift == self.start[number, day]:
                    rows += self.rows.get((number, day), [])
                elif shift != OFF:
                    rows.append(self.team.shifts.assignment(self.scenario, name, day, shift))
        return Roster(tuple(rows))

    def short_h(self, lines: IntArray) -> float:
        """Return the position-hours that (N, D) ``lines`` leave short."""
        return short_h(self.requirement, self.roster(lines))


def with_leave(scenario: Scenario, absences: Sequence[Absence]) -> Scenario:
    """Return the scenario with the absences as leave."""
    dates: defaultdict[str, set[date]] = defaultdict(set)
    for one in absences:
        dates[scenario.agent(one.agent).name] |= {
            one.first + timedelta(days=number) for number in range((one.last - one.first).days + 1)
        }
    agents = (
        replace(agent, leave=tuple(sorted({*agent.leave, *dates[agent.name]}))) if agent.name in dates else agent
        for agent in scenario.agents
    )
    return replace(scenario, agents=tuple(agents))


def _window(scenario: Scenario, published: Roster, order: RepairOrder) -> range:
    """Return the dates (indices) that may change."""
    horizon = scenario.horizon
    worked = [row.date for row in published.assignments]
    first = order.first or min((one.first for one in order.absences), default=min(worked))
    last = order.last or max(worked)
    if order.freeze_until is not None:
        first = max(first, order.freeze_until)
    window = range(
        max((first - horizon.first_date).days, 0), min((last - horizon.first_date).days + 1, horizon.dates)
    )  # fmt: skip
    if not window:
        raise PlanningError(
            "repair_no_window", value=f"{first}..{last}", first=horizon.first_date,
            last=date_at(horizon, horizon.dates - 1),
        )  # fmt: skip
    return window


def _outside(scenario: Scenario, field: str, value: str) -> PlanningError:
    horizon = scenario.horizon
    return PlanningError(
        "repair_outside", field=field, value=value, first=horizon.first_date, last=date_at(horizon, horizon.dates - 1)
    )  # fmt: skip


def _without(requirement: Requirement, rows: Iterable[Assignment]) -> Requirement:
    """Return what is left to fill beside ``rows``."""
    cover = cover_by(requirement.horizon, requirement.groups, rows)
    return replace(requirement, positions=np.maximum(requirement.positions - cover, 0.0))
