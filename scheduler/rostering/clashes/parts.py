"""What binds one person, piece by piece: each can be left out to see whether a legal line appears.

A *part* is a hard rule (one period and one side at a time), a date of leave, the windows, the contract's list of
shifts, the skills, or the rest after the last shift before the horizon.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from ortools.sat.python import cp_model

from scenarios import Agent, Scenario
from scenarios.checks import BoolArray, FloatArray
from scheduler.lines import best_line, compile_graph
from scheduler.rostering.line_rules import history_of, line_rules
from scheduler.rostering.shifts import Shifts, shifts_of
from scheduler.rostering.team import may_of
from scheduler.rostering.terms import date_at
from scheduler.rules import Cells, Count, LineRule, Period

PERIODS_APART = 8
"""A count over more periods than this stays in one piece: a daily limit is one rule, not fourteen."""


class Bar(StrEnum):
    """What, beside rules, keeps a person from working."""

    LEAVE = "leave"
    WINDOWS = "availability"
    TEMPLATES = "contract_shift"
    SKILLS = "skills"
    LAST_SHIFT = "last_shift"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that binds a person: a rule, or a bar (of leave: which date)."""

    rule: LineRule | None = None
    bar: Bar | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A person with everything that binds him.

    Attributes
    ----------
    shifts
        Those of the scenario without its contracts' lists: any template, any group.
    """

    scenario: Scenario
    agent: Agent
    shifts: Shifts
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, scenario: Scenario, agent: Agent, shifts: Shifts | None = None) -> "Bound":
        """Return ``agent`` with all parts."""
        shifts = shifts or shifts_of(scenario)
        rules = [piece for rule in line_rules(scenario, agent, shifts.shapes) for piece in _pieces(rule)]
        return cls(scenario, agent, shifts, (*map(Part, rules), *_bars(scenario, agent)))

    def possible(self, parts: Sequence[Part] | None = None) -> bool:
        """Return whether a line keeps ``parts`` (all by default), by the dynamic programme."""
        return self._best(self.parts if parts is None else parts, np.zeros(self._shape())) is not None

    def most_paid_min(self, parts: Sequence[Part], period: Period) -> int:
        """Return the most paid minutes in ``period`` of a line that keeps ``parts``; 0 where there is none."""
        price = np.zeros(self._shape())
        price[period.first : period.end, 1:] = [-duty.paid_min for duty in self.shifts.shapes.duties]
        return round(-(self._best(parts, price) or 0.0))

    def _shape(self) -> tuple[int, int]:
        return self.shifts.shapes.dates, self.shifts.shapes.actions

    def _best(self, parts: Sequence[Part], price: FloatArray) -> float | None:
        """Return the least price of a line that keeps ``parts``, ``None`` where there is none."""
        frame, history = self.shifts.shapes, history_of(self.agent)
        rules = [part.rule for part in parts if part.rule is not None]
        graph = compile_graph(
            [rule.automaton(frame) for rule in rules], [rule.start(frame, history) for rule in rules], self.may(parts)
        )
        least = float(best_line(graph, price)[0]) if graph.legal else np.inf
        return least if np.isfinite(least) else None

    def possible_again(self) -> bool:
        """Return the same of all parts by CP-SAT: the second opinion."""
        frame, may = self.shifts.shapes, self.may(self.parts)
        model = cp_model.CpModel()
        takes = {
            (day, duty): model.new_bool_var("")
            for day in range(frame.dates)
            for duty in range(len(frame.duties))
            if may[day, duty + 1]
        }
        for day in range(frame.dates):
            model.add_at_most_one(variable for (other, _), variable in takes.items() if other == day)
        cells = Cells(model, frame, takes)
        for part in self.parts:
            if part.rule is not None:
                part.rule.rows(cells, history_of(self.agent))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = _SECOND_OPINION_S
        return solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}

    def may(self, parts: Sequence[Part]) -> BoolArray:
        """Return (D, shapes + 1) what the bars among ``parts`` leave."""
        bars = {part.bar for part in parts if part.bar is not None}
        leave = tuple(part.day for part in parts if part.bar is Bar.LEAVE and part.day is not None)
        by_shift = may_within(self.scenario, self.shifts, self.agent, bars, leave)
        may = np.zeros((len(by_shift), len(self.shifts.shapes.duties) + 1), dtype=np.bool_)
        may[:, 0] = True
        for shift, shape in enumerate(self.shifts.shape.tolist()):
            may[:, shape + 1] |= by_shift[:, shift + 1]
        return may


def may_within(
    scenario: Scenario, shifts: Shifts, agent: Agent, bars: Collection[Bar], leave: tuple[date, ...]
) -> BoolArray:
    """Return (D, S + 1) what the agent may do of ``shifts`` if only ``bars``, and of leave these dates, hold."""
    contract = scenario.contract_of(agent)
    freed = replace(
        agent,
        leave=leave,
        available=agent.available if Bar.WINDOWS in bars else (),
        last_shift_end=agent.last_shift_end if Bar.LAST_SHIFT in bars else None,
        skills=agent.skills if Bar.SKILLS in bars else scenario.skills,
    )
    if Bar.TEMPLATES not in bars:
        contract = replace(contract, shift_templates=tuple(template.name for template in scenario.shift_templates))
    return may_of(scenario, shifts, freed, contract)


_SECOND_OPINION_S = 10.0  # deterministic seconds: one person's line is decided in hundredths


def smallest(bound: Bound) -> tuple[Part, ...]:
    """Return a smallest set of parts that clash: left out any one of them, a line appears (deletion filter).

    Empty when the person has a line.
    """
    if bound.possible():
        return ()
    kept = list(bound.parts)
    for part in bound.parts:
        without = [other for other in kept if other is not part]
        if not bound.possible(without):
            kept = without
    return tuple(kept)


def _pieces(rule: LineRule) -> Iterator[LineRule]:
    """Yield a hard rule period by period and side by side; soft rules bind nobody."""
    if not rule.weight.hard:
        return
    if not isinstance(rule, Count) or len(rule.periods) > PERIODS_APART:
        yield rule
        return
    for period in rule.periods:
        if period.most is not None:
            yield replace(rule, periods=(replace(period, least=None),))
        if period.least is not None:
            yield replace(rule, periods=(replace(period, most=None),))


def _bars(scenario: Scenario, agent: Agent) -> Iterator[Part]:
    horizon = scenario.horizon
    yield Part(bar=Bar.SKILLS)
    yield Part(bar=Bar.TEMPLATES)
    if agent.last_shift_end is not None:
        yield Part(bar=Bar.LAST_SHIFT)
    for number in range(horizon.dates):
        if date_at(horizon, number) in agent.leave:
            yield Part(bar=Bar.LEAVE, day=date_at(horizon, number))
    if agent.available:
        yield Part(bar=Bar.WINDOWS)
