"""Whole counts near fractional ones, by the prices of the rows: add, swap, drop.

Curves are concave, so what one more person brings and what one person less takes away can be told for all columns at
once from one step up and one step down each curve; a swap reckoned as the sum of both is never worse than reckoned.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.loop.problem import PlanProblem

_WHOLE = 1e-6
_SWAPS = 60
_COLUMNS = 300
_PAIRS = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where counts stand.

    Parameters
    ----------
    slack
        (R,) by how much each row is exceeded.
    brings, takes
        (R, C) what one more of a column brings to each row, and one less takes from it.
    """

    slack: FloatArray
    brings: FloatArray
    takes: FloatArray


def round_off(problem: PlanProblem, fractional: FloatArray, reduced: FloatArray, price: FloatArray) -> IntArray:
    """Return whole counts near ``fractional`` ones.

    Rounded down first; then the column is added that takes most of what is missed for its cost, until nothing is
    missed or nothing helps; then single people are swapped or dropped as long as that saves money at the prices of the
    rows, and at last as long as it saves money at all.

    Parameters
    ----------
    reduced
        (C,) reduced costs: only columns of small ones are added.
    price
        (R,) yuan that one unit of each row is worth to the linear programme.
    """
    counts = np.floor(fractional + _WHOLE).astype(np.int64)
    order = np.argsort(reduced, kind="stable")
    tried = np.sort(order[problem.free[order]][:_COLUMNS])
    _fill(problem, counts, tried, price)
    for worth in (price, np.zeros_like(price)):
        for _ in range(_SWAPS):
            if not _swap(problem, counts, tried, worth):
                break
    return counts


def _fill(problem: PlanProblem, counts: IntArray, tried: IntArray, price: FloatArray) -> None:
    cost = problem.columns.cost[tried]
    while (room := problem.room(counts)[tried]).any():
        standing = standing_of(problem, counts, tried, tried[:0])
        missed = problem.missed(counts)
        if not missed.any():
            return
        # A row without a price is one the linear programme kept by itself; rounded down it may be missed all the same.
        worth = np.maximum(price, price[price > 0].min(initial=1.0)) * (missed > 0)
        gain = np.where(room, worth @ np.minimum(standing.brings, missed[:, None]) / cost, 0.0)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            return
        counts[tried[best]] += 1


def _swap(problem: PlanProblem, counts: IntArray, tried: IntArray, price: FloatArray) -> bool:
    """Do the one best swap or drop; return whether there was one."""
    used = np.flatnonzero(np.where(problem.free, counts, 0))
    standing = standing_of(problem, counts, tried, used)
    cost = problem.columns.cost
    left = standing.slack[:, None] - standing.takes
    least = np.minimum(0.0, standing.slack) - _WHOLE  # no row that holds may be missed, none missed any further
    saved = cost[used] - price @ standing.takes
    gained = price @ standing.brings - cost[tried]
    value = np.concatenate([saved[:, None], saved[:, None] + gained[None, :]], axis=1)
    for flat in np.argsort(-value, axis=None, kind="stable")[:_PAIRS].tolist():
        out, into = divmod(flat, value.shape[1])
        if value[out, into] <= _WHOLE:
            return False
        brings = standing.brings[:, into - 1] if into else 0.0
        if (left[:, out] + brings >= least).all():
            counts[used[out]] -= 1
            if not into:
                return True
            if problem.room(counts)[tried[into - 1]]:
                counts[tried[into - 1]] += 1
                return True
            counts[used[out]] += 1
    return False


def standing_of(
    problem: PlanProblem, counts: IntArray, come: IntArray | None = None, go: IntArray | None = None
) -> Standing:
    """Return where ``counts`` stand, for columns that may ``come`` and ``go``: all of them by default."""
    people = problem.columns.people(counts)
    floors = np.zeros((len(problem.floor), *people.shape))
    for number, place in enumerate(problem.floor):
        floors[number][place] = 1.0
    cuts = [cut.per_person for cut in problem.cuts]
    brings, takes = (
        problem.summed(np.array([*_changes(problem, people, step), *cuts, *floors]).reshape(-1, *people.shape), among)
        for step, among in ((1.0, come), (-1.0, go))
    )
    return Standing(problem.slack(counts), brings, takes)


def _changes(problem: PlanProblem, people: FloatArray, step: float) -> list[FloatArray]:
    """Return of each share row (T, G) by how much it changes with a person more or less, always as a gain of more."""
    changes = [step * curves.change(people, step) for curves in problem.curves]
    return [(row.weight[:, :, None] * changes[row.curves]).sum(axis=1) for row in problem.rows]
