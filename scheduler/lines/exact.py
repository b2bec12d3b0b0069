"""Tiny teams exactly: everybody's rules and the cover in one constraint programme, begun from the best roster known."""

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.lines.clock import Clock
from scheduler.lines.cover_rows import CoverRows, cover_rows
from scheduler.lines.problem import Problem, score
from scheduler.rules import Cells

FINE = 1_000
"""Prices are rounded to thousandths where they are not whole."""
LINEARISED = 2
"""Linear relaxation of everything: without it the bound of a roster stays near 0."""
Takes = dict[tuple[int, int], cp_model.IntVar]


def exact_roster(
    problem: Problem,
    known: tuple[float, IntArray, float],
    deterministic_s: float,
    seed: int,
    clock: Clock,
) -> tuple[float, IntArray, float]:
    """Return cost, (N, D) lines and bound after CP-SAT has worked on from ``known`` (the same three).

    Equal arguments give equal rosters: one worker, deterministic time.
    """
    cost, lines, bound = known
    model = cp_model.CpModel()
    people = [_cells(model, problem, person) for person in range(len(problem.people))]
    prices, terms = _prices(problem, people)
    rows = cover_rows(problem.cover)
    _cover(model, problem, rows, people, prices, terms)
    whole = all(price == round(price) for price in prices)
    scale = 1 if whole else FINE
    model.minimize(sum(round(price * scale) * term for price, term in zip(prices, terms, strict=True)))
    for person, cells in enumerate(people):
        for (date, duty), unit in cells.takes.items():
            model.add_hint(unit, bool(lines[person, date] == duty))
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers, parameters.random_seed, parameters.linearization_level = 1, seed, LINEARISED
    parameters.max_deterministic_time, parameters.max_time_in_seconds = deterministic_s, clock.left_s()
    status = solver.solve(model)
    clock.out()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return cost, lines, bound
    found = np.full_like(lines, -1)
    for person, cells in enumerate(people):
        for (date, duty), unit in cells.takes.items():
            if solver.value(unit):
                found[person, date] = duty
    judged = score(problem, found)
    if judged.faults:
        raise RuntimeError("the exact solver's roster breaks a hard rule: rows and checker disagree")
    if whole:
        bound = max(bound, np.ceil(solver.best_objective_bound - 1e-6))
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


def _prices(problem: Problem, people: list[Cells]) -> tuple[list[float], list[cp_model.LinearExprT]]:
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
    rows: CoverRows,
    people: list[Cells],
    prices: list[float],
    terms: list[cp_model.LinearExprT],
) -> None:
    """Add the rows of the cover and what it costs not to meet them."""
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
