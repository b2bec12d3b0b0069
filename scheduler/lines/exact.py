"""Small teams as one constraint programme: rules write their own rows, a known roster is the whole hint."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.lines.budget import ExactBudget
from scheduler.lines.clock import Clock
from scheduler.lines.problem import Cover, Curve, Person, Problem, score
from scheduler.rules import OFF, Cells

SCALE = 1_000
"""Parts of a unit of cost that the programme counts in; prices are rounded down, so that its bound holds."""

PROVEN = 1e-6
"""Share of the cost that a bound may lie below and still prove it."""

Linear = cp_model.LinearExprT


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of the programme: its own deterministic time, wall seconds as a net, and workers.

    More than one worker finds more in the same wall time, but not the same twice.
    """

    deterministic_s: float = math.inf
    wall_s: float = 300.0
    workers: int = 1


def prove(
    problem: Problem, known: tuple[float, IntArray, float], budget: ExactBudget, clock: Clock
) -> tuple[float, IntArray, float]:
    """Return cost, (N, D) lines and bound after the programme has tried to better or prove ``known`` (the same three).

    A team too large for ``budget``, or proven already, is returned as it came.
    """
    cost, lines, bound = known
    choices = sum(int(person.may[:, 1:].sum()) for person in problem.people)
    small = choices <= budget.choices and budget.deterministic_s > 0
    if not small or cost - bound <= PROVEN * abs(cost) or clock.out():
        return known
    found, proven = solve_whole(problem, Effort(budget.deterministic_s, clock.left_s()), lines)
    clock.out()
    bound = max(bound, proven)
    if found is None and proven == math.inf:
        raise RuntimeError("the exact solver finds no roster where there is one: rows and checker disagree")
    if found is None:
        return cost, lines, bound
    judged = score(problem, found)
    if judged.faults:
        raise RuntimeError("the exact solver's roster breaks a hard rule: rows and checker disagree")
    return (judged.total, found, bound) if judged.total < cost else (cost, lines, bound)


def solve_whole(problem: Problem, effort: Effort, hint: IntArray | None = None) -> tuple[IntArray | None, float]:
    """Return (N, D) the best lines found (``None``: none) and a bound that no roster's cost is below.

    Parameters
    ----------
    hint
        (N, D) a legal roster to begin from.
    """
    model = cp_model.CpModel()
    takes = [_takes(model, person) for person in problem.people]
    cost: list[Linear] = []
    for person, mine in zip(problem.people, takes, strict=True):
        cost += _line_rows(model, problem, person, mine)
    cost += _cover_rows(model, problem, takes)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = effort.workers
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = effort.wall_s
    solver.parameters.max_deterministic_time = effort.deterministic_s
    if hint is not None:
        _hint_all(model, takes, hint)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, -math.inf if status != cp_model.INFEASIBLE else math.inf
    lines = np.full((len(problem.people), problem.frame.dates), OFF, dtype=np.int64)
    for number, mine in enumerate(takes):
        for (date, duty), var in mine.items():
            if solver.boolean_value(var):
                lines[number, date] = duty
    return lines, solver.best_objective_bound / SCALE


def _takes(model: cp_model.CpModel, person: Person) -> dict[tuple[int, int], cp_model.IntVar]:
    """Return a variable for every duty of every date that the person can be given."""
    places = np.argwhere(person.may[:, 1:])
    return {(int(date), int(duty)): model.new_bool_var("") for date, duty in places}


def _line_rows(
    model: cp_model.CpModel, problem: Problem, person: Person, takes: dict[tuple[int, int], cp_model.IntVar]
) -> Iterator[Linear]:
    """Add the rows of one person's line and yield what it costs."""
    shapes = takes if problem.shape is None else _shaped(model, problem, takes)
    cells = Cells(model, problem.rule_frame, shapes)
    for date in range(problem.frame.dates):
        worked = cells.of(date, range(len(cells.frame.duties)))
        if person.may[date, 0]:
            model.add_at_most_one(worked)
        else:
            model.add_exactly_one(worked)
        free = _parts(person.own[date, 0])
        yield free * (1 - sum(worked))
    for rule in person.rules:
        rule.rows(cells, person.history)
    for price, units in cells.penalties:
        yield _parts(price) * units
    for (date, duty), var in takes.items():
        yield _parts(person.own[date, duty + 1]) * var


def _shaped(
    model: cp_model.CpModel, problem: Problem, takes: dict[tuple[int, int], cp_model.IntVar]
) -> dict[tuple[int, int], cp_model.IntVar]:
    """Return a variable for every duty that rules tell apart, 1 where one of its variants is taken."""
    if problem.shape is None:
        return takes
    variants: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    for (date, duty), var in takes.items():
        variants.setdefault((date, int(problem.shape[duty])), []).append(var)
    shaped = {place: model.new_bool_var("") for place in variants}
    for place, alike in variants.items():
        model.add(sum(alike) == shaped[place])
    return shaped


def _cover_rows(
    model: cp_model.CpModel, problem: Problem, takes: list[dict[tuple[int, int], cp_model.IntVar]]
) -> Iterator[Linear]:
    """Add the rows of every slot and yield what it costs."""
    cover, duties = problem.cover, len(problem.frame.duties)
    at_work: list[list[list[cp_model.IntVar]]] = [[[] for _ in cover.seats] for _ in cover.wanted]
    for person, mine in zip(problem.people, takes, strict=True):
        for (date, duty), var in mine.items():
            for slot in cover.slots_of(date * duties + duty):
                at_work[slot][person.seat].append(var)
    for slot, by_class in enumerate(at_work):
        yield from _slot_rows(model, cover, slot, by_class)


def _slot_rows(
    model: cp_model.CpModel, cover: Cover, slot: int, by_class: list[list[cp_model.IntVar]]
) -> Iterator[Linear]:
    everybody = [var for people in by_class for var in people]
    wanted = int(cover.wanted[slot].sum())
    unmet = model.new_int_var(0, max(wanted, 0), "")
    for skills, classes in cover.subsets:
        hands = [var for people, counts in zip(by_class, classes, strict=True) if counts for var in people]
        model.add(unmet >= int(cover.wanted[slot][skills].sum()) - sum(hands))
    idle = model.new_int_var(0, len(everybody), "")
    model.add(idle == sum(everybody) - wanted + unmet)
    curve = int(cover.curve_of[slot])
    yield from _curve_rows(model, cover.under[curve], unmet, wanted)
    yield from _curve_rows(model, cover.over[curve], idle, len(everybody))


def _curve_rows(model: cp_model.CpModel, curve: Curve, units: cp_model.IntVar, most: int) -> Iterator[Linear]:
    """Yield the price of ``units``, at whole numbers that of the curve."""
    slopes = np.diff(curve.of(np.arange(most + 1.0)))
    rises = np.diff(slopes, prepend=0.0)
    for beyond in np.flatnonzero(rises > 0).tolist():
        above = model.new_int_var(0, most - beyond, "") if beyond else units
        if beyond:
            model.add(above >= units - beyond)
        yield _parts(rises[beyond]) * above


def _parts(price: float) -> int:
    return math.floor(price * SCALE + 1e-6)


def _hint_all(model: cp_model.CpModel, takes: list[dict[tuple[int, int], cp_model.IntVar]], hint: IntArray) -> None:
    """Hint every variable of the model: those of the lines by ``hint``, the rest by solving with these fixed."""
    for mine, line in zip(takes, hint, strict=True):
        for (date, duty), var in mine.items():
            model.add_hint(var, bool(line[date] == duty))
    fixed = cp_model.CpSolver()
    fixed.parameters.num_workers = 1
    fixed.parameters.fix_variables_to_their_hinted_value = True
    if fixed.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        values = fixed.response_proto.solution
        model.proto.solution_hint.vars.clear()
        model.proto.solution_hint.values.clear()
        for index in range(len(model.proto.variables)):
            model.add_hint(model.get_int_var_from_proto_index(index), values[index])
