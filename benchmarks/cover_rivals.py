"""Rivals of shift design on the frozen day: counts per fixed pattern by CP-SAT, as in pyworkforce, and CP-SAT on all.

Written here after the idea of pyworkforce's ``MinAbsDifference`` and ``MinRequiredResources`` (one skill, breaks as
holes in a pattern): the package itself fixes its solver's settings and knows no prices. Each skill is solved alone with
its single-skilled group; breaks lie in the middle of their windows, the choice with which those models end best.
"""

import time
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scheduler.covering.choices import Choices
from scheduler.covering.disaggregate import columns_of
from scheduler.covering.formulations import Column, implicit
from scheduler.covering.plan import Heads, heads_of
from scheduler.covering.programme import Limits

SEED = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rival found: heads (``None``: nothing), its bound where that is one of the whole, CPU-seconds."""

    heads: Heads | None
    bound: float
    cpu_s: float


def patterns_of(choices: Choices, group: int) -> list[Column]:
    """Return every start of every kind of a group, with breaks in the middle of their windows."""
    columns = []
    for place in np.flatnonzero(choices.group == group).tolist():
        middles = [(earliest + latest) // 2 for _, earliest, latest in choices.pauses[choices.kind[place]].tolist()]
        columns.append((place, tuple(int(choices.start[place]) + after for after in middles)))
    return columns


def counted(choices: Choices, *, required: bool, limit_s: float) -> Answer:
    """Return heads per pattern: those that meet the need at least cost, or with the least absolute difference to it."""
    begun = time.process_time()
    heads: Heads = {}
    for skill, name in enumerate(choices.problem.skills):
        group = next(number for number, row in enumerate(choices.problem.groups) if row.skills == (name,))
        columns = patterns_of(choices, group)
        need = np.ceil(choices.problem.demand[:, skill]).astype(np.int64)
        counts = _counts(choices, columns, need, required=required, limit_s=limit_s)
        if counts is None:
            return Answer(None, -np.inf, time.process_time() - begun)
        heads |= heads_of(columns, counts)
    return Answer(heads, -np.inf, time.process_time() - begun)


def _counts(
    choices: Choices, columns: list[Column], need: IntArray, *, required: bool, limit_s: float
) -> IntArray | None:
    model = cp_model.CpModel()
    most = int(need.max())
    counts = [model.new_int_var(0, most, "") for _ in columns]
    at_work: list[list[cp_model.IntVar]] = [[] for _ in need]
    for variable, (place, pauses) in zip(counts, columns, strict=True):
        for slot in choices.at_work(int(choices.kind[place]), int(choices.start[place]), pauses):
            at_work[slot].append(variable)
    if required:
        for people, wanted in zip(at_work, need.tolist(), strict=True):
            model.add(sum(people) >= wanted)
        prices = [round(100 * float(choices.yuan[place])) for place, _ in columns]
        model.minimize(cp_model.LinearExpr.weighted_sum(counts, prices))
    else:
        apart = []
        for people, wanted in zip(at_work, need.tolist(), strict=True):
            away = model.new_int_var(0, most * len(columns), "")
            model.add(away >= sum(people) - wanted)
            model.add(away >= wanted - sum(people))
            apart.append(away)
        model.minimize(sum(apart))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = limit_s
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return np.array([solver.value(variable) for variable in counts], dtype=np.int64)


def cp_sat(choices: Choices, limit_s: float) -> Answer:
    """Return what CP-SAT finds on the whole programme with counts of breaks, all groups and skills together."""
    begun = time.process_time()
    formulation = implicit(choices)
    limits = Limits(gap=1e-4, nodes=None, wall_s=limit_s)
    found = formulation.programme.solved(mathopt.SolverType.CP_SAT, limits, SEED)
    if found.values is None:
        return Answer(None, found.bound, time.process_time() - begun)
    columns = columns_of(formulation, np.rint(found.values))
    counts = np.array([round(count) for _, count in columns], dtype=np.int64)
    return Answer(heads_of([column for column, _ in columns], counts), found.bound, time.process_time() - begun)
