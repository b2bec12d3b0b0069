"""Shift design: the linear relaxation for the bound, annealing for a plan, and branch and bound where a gap is left."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios import PlanningError
from scenarios.checks import FloatArray, require_not_negative, require_positive
from scenarios.progress import Progress, silent
from scheduler.covering.choices import Choices, choices_of
from scheduler.covering.disaggregate import columns_of
from scheduler.covering.formulations import Formulation, explicit, implicit
from scheduler.covering.plan import (
    CoverPlan,
    CoverStatus,
    Heads,
    faults,
    heads_of,
    judge,
    people_at_work,
    plan_of,
)
from scheduler.covering.problem import CoverProblem
from scheduler.covering.programme import Limits
from scheduler.covering.search import Relaxation, annealed, rounded
from scheduler.covering.tables import tables_of

EXPLICIT_COLUMNS = 5000
"""Up to so many shifts with breaks each is a variable; beyond, breaks are counted apart from shifts."""
OVERLAPPING_COLUMNS = 50_000
"""The same where windows of one shift reach into each other: counts would only be a relaxation there."""
_RELAX_SHARE = 0.6
"""The most of the wall-clock time that the relaxation may take: without it there is no bound, but still a plan."""
_THREADS = 2
"""Annealings side by side; which of them run together changes nothing but the time."""
_LEAST_S = 0.01
"""Solvers are never given less time than this."""
_SAFETY_SHARE = 1e-7
"""Bounds are lowered by this share: more than a solver's tolerances can lose."""


@dataclass(frozen=True, slots=True)
class CoverBudget:
    """How much work a search may do; all limits but the last are deterministic.

    Parameters
    ----------
    gap
        The search ends once a plan costs at most this share more than the bound.
    starts, moves
        Annealings, each from its own rounding of the relaxation, and the moves of each.
    nodes
        Nodes of branch and bound after them, 0 for none. Its root alone takes tens of seconds in a large problem.
    wall_s
        Safety net: no step begins after so many seconds, and solvers stop. The plan says so when it bites.
    """

    gap: float = 1e-3
    starts: int = 8
    moves: int = 1_000_000
    nodes: int = 500
    wall_s: float = 60.0

    def __post_init__(self) -> None:
        require_positive("CoverBudget", "wall_s", self.wall_s)
        for field in ("gap", "starts", "moves", "nodes"):
            require_not_negative("CoverBudget", field, getattr(self, field))


def cover(
    problem: CoverProblem, *, seed: int, budget: CoverBudget | None = None, progress: Progress | None = None
) -> CoverPlan:
    """Return the cheapest plan the budget finds, with a proven lower bound of any plan's cost.

    Equal arguments give equal plans as long as the status is not ``WALL_CLOCK``. Positions that nobody can fill are
    short in the plan; they never make a problem impossible.

    Raises
    ------
    PlanningError
        When least heads of a group contradict the limits of kinds or the opening hours.
    """
    search = _Search(choices_of(problem), budget or CoverBudget(), seed, progress or silent)
    search.relax()
    search.anneal()
    search.branch()
    return search.plan()


class _Search:
    """The best plan so far, the bound, and the time left."""

    def __init__(self, choices: Choices, budget: CoverBudget, seed: int, progress: Progress) -> None:
        self.choices, self.budget, self.seed, self.tell = choices, budget, seed, progress
        self.deadline = time.monotonic() + budget.wall_s
        self.bound = 0.0
        self.cut_short = False
        self.best: Heads | None = None
        self.yuan = np.inf
        self.offer({})
        self.formulation = formulation_of(choices)
        self.relaxation = Relaxation([], _worth(choices, self.formulation, None))

    def offer(self, heads: Heads) -> None:
        """Keep ``heads`` if they are allowed and the cheapest so far."""
        if faults(self.choices, heads):
            return
        yuan = judge(self.choices, heads).yuan
        if yuan < self.yuan:
            self.best, self.yuan = heads, yuan

    def left_s(self) -> float:
        """Return the seconds left, at least ``_LEAST_S``, and remember when there are none."""
        left = self.deadline - time.monotonic()
        self.cut_short = self.cut_short or left <= 0
        return max(left, _LEAST_S)

    def done(self) -> bool:
        """Return whether the gap is small enough or the time is up."""
        return self.closed() or self.left_s() <= _LEAST_S

    def closed(self) -> bool:
        """Return whether there is a plan within the gap."""
        return self.best is not None and self.yuan - self.bound <= self.budget.gap * self.yuan

    def relax(self) -> None:
        """Solve the linear relaxation; where the time is too short for it, one with breaks midway stands in."""
        self.tell("cover_relax", 0, 1)
        if not len(self.choices):
            self.bound = self.yuan
            return
        found = self.formulation.programme.relaxed(_RELAX_SHARE * self.left_s())
        if found.impossible:
            raise PlanningError("cover_limits", thing="CoverProblem", field="groups", value=self._least())
        formulation = self.formulation
        if found.values is None:
            self.cut_short = True
            formulation = explicit(self.choices, midway=True)
            least_s = (1 - _RELAX_SHARE) * self.budget.wall_s  # a plan is worth more than its punctuality
            found = formulation.programme.relaxed(max(self.left_s(), least_s))
        else:
            self.bound = max(0.0, found.bound - _SAFETY_SHARE * abs(found.bound))
        if found.values is not None:
            columns = columns_of(formulation, found.values)
            self.relaxation = Relaxation(columns, _worth(self.choices, formulation, found.prices))
        self.tell("cover_relax", 1, 1)

    def anneal(self) -> None:
        """Round and anneal, two starts at a time, until the gap is closed or the starts are used up."""
        tables = tables_of(self.choices)
        searchable = len(self.choices) and all(len(cluster.served) for cluster in self.choices.clusters)

        def one(number: int) -> tuple[Heads, Heads]:
            """Return the rounded start, and what annealing makes of it."""
            rng = np.random.default_rng([self.seed, number])
            start = rounded(self.choices, self.relaxation, rng)
            both = {column: start[0].get(column, 0) + start[1].get(column, 0) for column in {*start[0], *start[1]}}
            if not searchable or not self.budget.moves or faults(self.choices, both):
                return both, both
            return both, annealed(self.choices, tables, start, self.relaxation.worth, self.budget.moves, rng)

        with ThreadPoolExecutor(_THREADS) as threads:
            for first in range(0, self.budget.starts, _THREADS):
                if first and self.done():
                    break
                self.tell("cover_anneal", first, self.budget.starts)
                for plans in threads.map(one, range(first, min(first + _THREADS, self.budget.starts))):
                    for heads in plans:
                        self.offer(heads)
        self.tell("cover_anneal", self.budget.starts, self.budget.starts)

    def branch(self) -> None:
        """Improve plan and bound by branch and bound: GSCIP from the best plan, HiGHS where that brings none."""
        if self.done() or not self.budget.nodes or not len(self.choices):
            return
        self.tell("cover_branch", 0, 1)
        hint = None if self.best is None else hint_of(self.formulation, self.best)
        for solver in (mathopt.SolverType.GSCIP, mathopt.SolverType.HIGHS):
            limits = Limits(self.budget.gap, self.budget.nodes, self.left_s())
            found = self.formulation.programme.solved(solver, limits, self.seed, hint)
            self.left_s()
            self.bound = max(self.bound, found.bound - _SAFETY_SHARE * abs(found.bound))
            if found.values is not None:
                columns = columns_of(self.formulation, _whole(found.values))
                counts = np.array([round(count) for _, count in columns], dtype=np.int64)
                self.offer(heads_of([column for column, _ in columns], counts))
                break
        self.tell("cover_branch", 1, 1)

    def plan(self) -> CoverPlan:
        """Return the best plan."""
        if self.best is None:
            raise PlanningError("cover_limits", thing="CoverProblem", field="groups", value=self._least())
        left = CoverStatus.WALL_CLOCK if self.cut_short else CoverStatus.FEASIBLE
        return plan_of(self.choices, self.best, self.bound, CoverStatus.OPTIMAL if self.closed() else left)

    def _least(self) -> str:
        return ", ".join(f"{group.name} {group.heads_min}" for group in self.choices.problem.groups)


def _worth(choices: Choices, formulation: Formulation, prices: FloatArray | None) -> FloatArray:
    """Return (C, T) what a position of each cluster is worth: by the relaxation's prices, else its full price."""
    if prices is None:
        return np.full((len(choices.clusters), choices.problem.slots), choices.problem.prices.under)
    return np.array([prices[rows].sum(axis=0) for rows in formulation.cover])


def formulation_of(choices: Choices) -> Formulation:
    """Return the explicit programme of a small problem and the implicit one of a large one."""
    few = EXPLICIT_COLUMNS if choices.slides else OVERLAPPING_COLUMNS
    return explicit(choices) if choices.columns <= few else implicit(choices)


def hint_of(formulation: Formulation, heads: Heads) -> FloatArray | None:
    """Return the point of a programme that stands for ``heads``; ``None`` where people are allotted to skills."""
    if not all(len(short) for short in formulation.short):
        return None
    choices = formulation.choices
    values = np.zeros(formulation.programme.width)
    if formulation.columns:
        numbers = {column: number for number, column in enumerate(formulation.columns)}
        for column, count in heads.items():
            values[formulation.heads[numbers[column]]] = count
    else:
        for (place, _), count in heads.items():
            values[formulation.heads[place]] += count
        for pool in formulation.pools:
            mine = dict(zip(pool.places.tolist(), pool.pause.tolist(), strict=True))
            for (place, pauses), count in heads.items():
                if place in mine:
                    values[pool.variables[np.searchsorted(pool.starts, pauses[mine[place]])]] += count
    people = people_at_work(choices, heads)
    for cluster, short in zip(choices.clusters, formulation.short, strict=True):
        values[short] = np.maximum((cluster.wanted - cluster.served.astype(np.float64) @ people).max(axis=0), 0.0)
    if len(formulation.distinct):
        used = [int(choices.pattern[place]) for place, _ in heads]
        values[formulation.distinct[used]] = 1.0
    return values


def _whole(values: FloatArray) -> FloatArray:
    """Return values with what is whole up to the solver's tolerance made whole."""
    near = np.rint(values)
    return np.where(np.abs(values - near) < 1e-4, near, values)
