"""Tiny teams exactly: everybody's rules and the cover in one constraint programme, begun from the best roster known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.lines.clock import Clock
from scheduler.lines.cover_rows import cover_rows
from scheduler.lines.problem import Problem, score
from scheduler.rules import OFF, Cells

FINE = 1_000
"""Prices are rounded to thousandths where they are not whole."""
LINEARISED = 2
"""Linear relaxation of everything: without it the bound of a roster stays near 0."""
Takes = dict[tuple[int, int], cp_model.IntVar]


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole problem as one constraint programme; costs are counted in units of ``1 / scale``."""

    model: cp_model.CpModel
    people: tuple[Cells, ...]
    scale: int

    def lines(self, solver: cp_model.CpSolver) -> IntArray:
        """Return (N, D) the roster a solver has found."""
        lines = np.full((len(self.people), self.people[0].frame.dates), OFF, dtype=np.int64)
        for person, cells in enumerate(self.people):
            for (date, duty), unit in cells.takes.items():
                if solver.value(unit):
                    lines[person, date] = duty
        return lines


def programme(problem: Problem) -> Programme:
    """Return ``problem``, whose rules read its own frame, as one programme: the rules write their own rows."""
    model = cp_model.CpModel()
    people = tuple(_cells(model, problem, person) for person in range(len(problem.people)))
    prices, terms = _prices(problem, people)
    _cover(model, problem, people, prices, terms)
    scale = 1 if all(price == round(price) for price in prices) else FINE
    model.minimize(sum(round(price * scale) * term for price, term in zip(prices, terms, strict=True)))
    return Programme(model, people, scale)


def exact_roster(
    problem: Problem, known: tuple[float, IntArray, float], deterministic_s: float, seed: int, clock: Clock
) -> tuple[float, IntArray, float]:
    """Return cost, (N, D) lines and bound after CP-SAT has worked on from ``known`` (the same three).

    Equal arguments give equal rosters: one worker, deterministic time.
    """
    cost, lines, bound = known
    whole = programme(problem)
    for person, cells in enumerate(whole.people):
        for (date, duty), unit in cells.takes.items():
            whole.model.add_hint(unit, bool(lines[person, date] == duty))
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers, parameters.random_seed, parameters.linearization_level = 1, seed, LINEARISED
    parameters.max_deterministic_time, parameters.max_time_in_seconds = deterministic_s, clock.left_s()
    status = solver.solve(whole.model)
    clock.out()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return cost, lines, bound
    found = whole.lines(solver)
    judged = score(problem, found)
    if judged.faults:
        raise RuntimeError("the exact solver's roster breaks a hard rule: rows and checker disagree")
    if whole.scale == 1:
        bound = max(bound, float(np.ceil(solver.best_objective_bound - 1e-6)))
    return (judged.total, found, bound) if judged.total < cost - 1e-6 else (cost, lines, bound)


def _cells(model: cp_model.CpModel, problem: Problem, number: int) -> Cells:
    """Return a person's variables with at most one duty a date and all rules."""
    person, frame = problem.people[number], problem.frame
    takes: Takes = {
        (int(date), int(action) - 1): model.new_bool_var("") for date, action in np.argwhere(person.may) if action > 0
    }
    cells = Cells(model, frame, takes)
    for date in range(frame.dates):
        units = cells.of(date, range(len(frame.duties)))
        (model.add_at_most_one if person.may[date, 0] else model.add_exactly_one)(units)
    for rule in person.rules:
        rule.rows(cells, person.history)
    return cells


def _prices(problem: Problem, people: Sequence[Cells]) -> tuple[list[float], list[cp_model.LinearExprT]]:
    """Return people's own prices and those of soft rules, with what each is paid for."""
    prices: list[float] = []
    terms: list[cp_model.LinearExprT] = []
    for person, cells in zip(problem.people, people, strict=True):
        for date in range(problem.frame.dates):
            free = float(person.own[date, 0])
            prices.append(free)
            terms.append(1)
            for duty in range(len(problem.frame.duties)):
                for unit in cells.of(date, [duty]):
                    prices.append(float(person.own[date, duty + 1]) - free)
                    terms.append(unit)
        for price, units in cells.penalties:
            prices.append(price)
            terms.append(units)
    return prices, terms


def _cover(
    model: cp_model.CpModel,
    problem: Problem,
    people: Sequence[Cells],
    prices: list[float],
    terms: list[cp_model.LinearExprT],
) -> None:
    """Add the rows of the cover and what it costs not to meet them."""
    rows = cover_rows(problem.cover)
    at_work: list[list[cp_model.LinearExprT]] = [[] for _ in rows.wanted]
    duties = len(problem.frame.duties)
    for person, cells in zip(problem.people, people, strict=True):
        for (date, duty), unit in cells.takes.items():
            place = (date * duties + duty) * rows.classes + person.seat
            for row in rows.rows[rows.rows_first[place] : rows.rows_first[place + 1]]:
                at_work[row].append(unit)
    room = len(people) + int(rows.wanted.max(initial=0))
    for slack, price in enumerate(rows.price):
        most = rows.most[slack]
        unit = model.new_int_var(0, room if np.isinf(most) else int(most), "")
        prices.append(float(price))
        terms.append(unit)
        for place in range(rows.slack_first[slack], rows.slack_first[slack + 1]):
            at_work[rows.slack_row[place]].append(int(rows.slack_sign[place]) * unit)
    for row, parts in enumerate(at_work):
        total = sum(parts)
        if rows.equal[row]:
            model.add(total == int(rows.wanted[row]))
        else:
            model.add(total >= int(rows.wanted[row]))
