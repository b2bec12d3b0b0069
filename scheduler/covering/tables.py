"""A covering problem as compiled code takes it."""

from typing import NamedTuple

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.covering.choices import Choices

GROUP, KIND, START, PAUSES = 0, 1, 2, 3
"""Columns of a head; the starts of its pauses follow from the fourth on."""
LENGTH, COUNT, ORDERED, PAUSE = 0, 1, 2, 3
"""Columns of a shape; a pause takes three, from the fourth on: length, earliest and latest start."""
NO_LIMIT = 1 << 40


class Tables(NamedTuple):
    """A problem of G groups, K kinds, T slots, B pauses at most, C clusters and R rows of sets of skills.

    Attributes
    ----------
    kinds_of
        (G, 1 + most) number of kinds of each group, and which.
    shape
        (K, 3 + 3 B) slots, pauses, pauses that keep their order; length, earliest and latest start of each pause.
    where
        (K, T) number of the distinct shift that starts there, -1 where none may.
    groups, cluster_first
        (G + 1, R + K) 1 where the group has a skill of the set, then the price of a head in each kind; the last row is
        nobody. (C + 1,) first set of each cluster.
    limits, kind_most
        (G, 2) least and most heads; (K,) most heads.
    prices
        Under, over, distinct.
    """

    kinds_of: IntArray
    shape: IntArray
    where: IntArray
    groups: FloatArray
    cluster_first: IntArray
    limits: IntArray
    kind_most: IntArray
    prices: FloatArray


def tables_of(choices: Choices) -> Tables:
    """Return the tables of a problem."""
    problem = choices.problem
    kinds, groups = len(problem.kinds), len(problem.groups)
    names = [kind.name for kind in problem.kinds]
    where = np.full((kinds, problem.slots), -1, dtype=np.int64)
    where[choices.kind, choices.start] = choices.pattern
    yuan = np.zeros((groups, kinds))
    yuan[choices.group, choices.kind] = choices.yuan
    shape = np.zeros((kinds, PAUSE + 3 * max((len(rows) for rows in choices.pauses), default=0)), dtype=np.int64)
    for kind, rows in enumerate(choices.pauses):
        shape[kind, :PAUSE] = choices.length[kind], len(rows), len(problem.kinds[kind].breaks)
        shape[kind, PAUSE : PAUSE + rows.size] = rows.reshape(-1)
    kinds_of = np.zeros((groups, 1 + max(len(group.kinds) for group in problem.groups)), dtype=np.int64)
    for number, group in enumerate(problem.groups):
        kinds_of[number, 0] = len(group.kinds)
        kinds_of[number, 1 : 1 + len(group.kinds)] = [names.index(name) for name in group.kinds]
    kind_most = np.full(kinds, NO_LIMIT)
    for name, most in problem.kind_heads_max:
        kind_most[names.index(name)] = most
    served = np.concatenate([cluster.served for cluster in choices.clusters])
    sets = [len(cluster.served) for cluster in choices.clusters]
    return Tables(
        kinds_of=kinds_of,
        shape=shape,
        where=where,
        groups=np.concatenate([np.concatenate([served.T, yuan], axis=1), np.zeros((1, len(served) + kinds))]),
        cluster_first=np.cumsum([0, *sets]),
        limits=np.array([(row.heads_min, NO_LIMIT if row.heads_max is None else row.heads_max)
                         for row in problem.groups], dtype=np.int64),
        kind_most=kind_most,
        prices=np.array([problem.prices.under, problem.prices.over, problem.prices.distinct]),
    )  # fmt: skip
