"""A team as one constraint programme: what the search of lines is measured against."""

from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.lines import Problem
from scheduler.lines.exact import programme


def solve_whole(problem: Problem, wall_s: float, workers: int = 2) -> tuple[IntArray | None, float]:
    """Return (N, D) lines (``None``: none found) and the solver's bound, by CP-SAT as it comes."""
    whole = programme(problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = wall_s
    found = solver.solve(whole.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return whole.lines(solver) if found else None, solver.best_objective_bound / whole.scale
