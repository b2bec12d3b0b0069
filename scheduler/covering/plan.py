"""The answer: anonymous shifts with their breaks, what they cost and leave short; judged without a solver."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import linprog

from scenarios.checks import FloatArray, IntArray, frozen_float
from scheduler.covering.choices import Choices, pauses_fit
from scheduler.covering.formulations import Column
from scheduler.covering.problem import CoverProblem


class CoverStatus(StrEnum):
    """How the search ended; a plan there is always."""

    OPTIMAL = "optimal"
    """The gap asked for was reached."""
    FEASIBLE = "feasible"
    """The work allowed was done; equal input gives an equal plan."""
    WALL_CLOCK = "wall_clock"
    """The safety net of wall-clock time cut the work short; the plan may differ from run to run."""


@dataclass(frozen=True, slots=True, order=True)
class PlannedShift:
    """Heads who work the same shift with the same breaks.

    Attributes
    ----------
    start_min, pauses_min
        Start of the shift and of its pauses (breaks, then activities), minutes since midnight of the first day.
    """

    group: str
    kind: str
    start_min: int
    pauses_min: tuple[int, ...]
    heads: int


@dataclass(frozen=True, slots=True)
class CoverPlan:
    """Shifts that cover the demand.

    Attributes
    ----------
    shifts
        Sorted by group, kind, start and breaks.
    status
        How the search ended.
    yuan, bound_yuan
        What the plan costs by the problem's prices, and what every plan costs at least.
    short
        (T,) positions short.
    over
        (T,) people beyond what is wanted.
    """

    shifts: tuple[PlannedShift, ...]
    status: CoverStatus
    yuan: float
    bound_yuan: float
    short: FloatArray
    over: FloatArray

    def __post_init__(self) -> None:
        for field in ("short", "over"):
            values = getattr(self, field)
            object.__setattr__(self, field, frozen_float("CoverPlan", field, values, values.shape))

    @property
    def gap(self) -> float:
        """(yuan - bound) / yuan, as a fraction; 0 for a plan that costs nothing."""
        return max(self.yuan - self.bound_yuan, 0.0) / self.yuan if self.yuan else 0.0

    @property
    def heads(self) -> int:
        """People who come."""
        return sum(row.heads for row in self.shifts)


Heads = dict[Column, int]
"""How many work each shift with breaks."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What shifts cost and leave short: yuan, and (T,) positions short and people beyond."""

    yuan: float
    short: FloatArray
    over: FloatArray


def judge(choices: Choices, heads: Heads) -> Judgement:
    """Return cost and cover of shifts, by the definition and not by any programme's rows."""
    problem = choices.problem
    people = people_at_work(choices, heads)
    short = _short(choices, people)
    over = np.maximum(people.sum(axis=0) - problem.demand.sum(axis=1) + short, 0.0)
    used = [place for (place, _), count in heads.items() if count]
    shifts = sum(float(choices.yuan[place]) * count for (place, _), count in heads.items())
    patterns = {int(choices.pattern[place]) for place in used}
    yuan = (
        shifts
        + problem.prices.under * short.sum()
        + problem.prices.over * over.sum()
        + problem.prices.distinct * len(patterns)
    )
    return Judgement(float(yuan), short, over)


def people_at_work(choices: Choices, heads: Heads) -> FloatArray:
    """Return (G, T) people at work of each group."""
    people = np.zeros((len(choices.problem.groups), choices.problem.slots))
    for (place, pauses), count in heads.items():
        slots = choices.at_work(int(choices.kind[place]), int(choices.start[place]), pauses)
        people[choices.group[place], slots] += count
    return people


def _short(choices: Choices, people: FloatArray) -> FloatArray:
    parts = [_short_of(choices.problem, choices, number, people) for number in range(len(choices.clusters))]
    short: FloatArray = np.sum(parts, axis=0)
    return short


def _short_of(problem: CoverProblem, choices: Choices, number: int, people: FloatArray) -> FloatArray:
    cluster = choices.clusters[number]
    if len(cluster.served):
        lack: FloatArray = (cluster.wanted - cluster.served.astype(np.float64) @ people).max(axis=0)
        return np.maximum(lack, 0.0)
    return np.array([_unserved(problem, cluster.skills, slot, people[:, slot]) for slot in range(problem.slots)])


def _unserved(problem: CoverProblem, skills: tuple[int, ...], slot: int, people: FloatArray) -> float:
    """Return positions short in a slot: the least when people are allotted to skills as well as can be."""
    wanted = problem.demand[slot, list(skills)]
    pairs = [
        (number, place)
        for number, group in enumerate(problem.groups)
        for place, skill in enumerate(skills)
        if problem.skills[skill] in group.skills
    ]
    if not pairs:
        return float(wanted.sum())
    table = np.zeros((len(people) + len(skills), len(pairs)))
    for column, (group_of, place) in enumerate(pairs):
        table[group_of, column] = table[len(people) + place, column] = 1.0
    served = linprog(-np.ones(len(pairs)), A_ub=table, b_ub=np.concatenate([people, wanted]), method="highs")
    return float(wanted.sum() + served.fun)


def faults(choices: Choices, heads: Heads) -> list[str]:
    """Return what in the shifts is not allowed, in a word each; empty when all is well."""
    problem = choices.problem
    found = []
    per_group, per_kind = [0] * len(problem.groups), [0] * len(problem.kinds)
    for (place, pauses), count in heads.items():
        kind, start = int(choices.kind[place]), int(choices.start[place])
        per_group[choices.group[place]] += count
        per_kind[kind] += count
        rows = choices.pauses[kind]
        after = np.array(pauses, dtype=np.int64) - start
        if count < 0 or len(pauses) != len(rows) or ((after < rows[:, 1]) | (after > rows[:, 2])).any():
            found.append("window")
        elif not pauses_fit(pauses, rows[:, 0].tolist(), len(problem.kinds[kind].breaks)):
            found.append("overlap")
    for group, come in zip(problem.groups, per_group, strict=True):
        if come < group.heads_min or (group.heads_max is not None and come > group.heads_max):
            found.append("group")
    names = [kind.name for kind in problem.kinds]
    found += ["kind" for name, most in problem.kind_heads_max if per_kind[names.index(name)] > most]
    return found


def plan_of(choices: Choices, heads: Heads, bound: float, status: CoverStatus) -> CoverPlan:
    """Return heads as a plan."""
    judged = judge(choices, heads)
    problem = choices.problem
    step = problem.slot_min
    rows = sorted(
        PlannedShift(
            problem.groups[choices.group[place]].name,
            problem.kinds[choices.kind[place]].name,
            int(choices.start[place]) * step,
            tuple(pause * step for pause in pauses),
            count,
        )
        for (place, pauses), count in heads.items()
        if count
    )
    return CoverPlan(tuple(rows), status, judged.yuan, min(bound, judged.yuan), judged.short, judged.over)


def heads_of(columns: Iterable[Column], counts: IntArray) -> Heads:
    """Return the columns that somebody works, equal ones together."""
    heads: Heads = {}
    for column, count in zip(columns, counts.tolist(), strict=True):
        if count:
            heads[column] = heads.get(column, 0) + count
    return heads
