"""A team as one constraint programme: what the search of lines is measured against."""

from collections.abc import Iterator

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.lines import Cover, Problem
from scheduler.rules import OFF, Cells


def solve_whole(problem: Problem, wall_s: float, workers: int = 2) -> tuple[IntArray | None, float]:
    """Return (N, D) lines (``None``: none found) and the solver's bound.

    Rules write their own rows. Every price must be one piece; costs are counted in whole units.
    """
    model = cp_model.CpModel()
    frame, cover = problem.frame, problem.cover
    dates, duties = frame.dates, range(len(frame.duties))
    takes = [
        {(d, s): model.new_bool_var("") for d in range(dates) for s in duties if person.may[d, s + 1]}
        for person in problem.people
    ]
    cost: list[cp_model.LinearExprT] = []
    at_work: list[list[list[cp_model.IntVar]]] = [[[] for _ in cover.seats] for _ in cover.wanted]
    for person, mine in zip(problem.people, takes, strict=True):
        cells = Cells(model, frame, mine)
        for date in range(dates):
            model.add_at_most_one(cells.of(date, duties))
        for rule in person.rules:
            rule.rows(cells, person.history)
        cost += [int(price) * units for price, units in cells.penalties]
        for (date, duty), var in mine.items():
            cost.append(int(person.own[date, duty + 1]) * var)
            for slot in cover.slots_of(date * len(duties) + duty):
                at_work[slot][person.seat].append(var)
    cost += _cover_rows(model, cover, at_work)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = wall_s
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, solver.best_objective_bound
    lines = np.full((len(problem.people), dates), OFF, dtype=np.int64)
    for number, mine in enumerate(takes):
        for (date, duty), var in mine.items():
            if solver.value(var):
                lines[number, date] = duty
    return lines, solver.best_objective_bound


def _cover_rows(
    model: cp_model.CpModel, cover: Cover, at_work: list[list[list[cp_model.IntVar]]]
) -> Iterator[cp_model.LinearExprT]:
    """Add the rows of every slot and yield its price."""
    for slot, by_class in enumerate(at_work):
        curve = int(cover.curve_of[slot])
        (_, under), (_, over) = cover.under[curve].pieces[0], cover.over[curve].pieces[0]
        everybody = [var for people in by_class for var in people]
        wanted = int(cover.wanted[slot].sum())
        if not everybody:
            continue
        unmet = model.new_int_var(0, max(wanted, 0), "")
        for skills, classes in cover.subsets:
            hands = [var for people, counts in zip(by_class, classes, strict=True) if counts for var in people]
            model.add(unmet >= int(cover.wanted[slot][skills].sum()) - sum(hands))
        yield int(under) * unmet + int(over) * (sum(everybody) - wanted + unmet)
