"""A covering problem as compiled code takes it."""

from typing import NamedTuple

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.covering.choices import Choices

GROUP, KIND, START, PAUSES = 0, 1, 2, 3
"""Columns of a head; the starts of its pauses follow from the fourth on."""
NO_LIMIT = 1 << 40


class Tables(NamedTuple):
    """A problem of G groups, K kinds, T slots, B pauses at most, C clusters and R rows of sets of skills.

    Attributes
    ----------
    group_first, group_kinds
        (G + 1,) and flat: the kinds of each group.
    allowed, pattern
        (K, T) whether a shift may start there, and the number of the distinct shift (-1: none).
    yuan
        (G, K) price of a head.
    length, pause_count, ordered, pause
        (K,) slots, pauses, pauses that keep their order; (K, B, 3) length, earliest and latest start of each.
    served, wanted, cluster_first
        (R, G), (R, T), and (C + 1,) first row of each cluster.
    limits, kind_most
        (G, 2) least and most heads; (K,) most heads.
    prices
        Under, over, distinct.
    """

    group_first: IntArray
    group_kinds: IntArray
    allowed: BoolArray
    pattern: IntArray
    yuan: FloatArray
    length: IntArray
    pause_count: IntArray
    ordered: IntArray
    pause: IntArray
    served: BoolArray
    wanted: FloatArray
    cluster_first: IntArray
    limits: IntArray
    kind_most: IntArray
    prices: FloatArray


def tables_of(choices: Choices) -> Tables:
    """Return the tables of a problem."""
    problem = choices.problem
    kinds, groups = len(problem.kinds), len(problem.groups)
    names = [kind.name for kind in problem.kinds]
    allowed = np.zeros((kinds, problem.slots), dtype=np.bool_)
    allowed[choices.kind, choices.start] = True
    pattern = np.full((kinds, problem.slots), -1, dtype=np.int64)
    pattern[choices.kind, choices.start] = choices.pattern
    yuan = np.zeros((groups, kinds))
    yuan[choices.group, choices.kind] = choices.yuan
    pause = np.zeros((kinds, max((len(rows) for rows in choices.pauses), default=0), 3), dtype=np.int64)
    for kind, rows in enumerate(choices.pauses):
        pause[kind, : len(rows)] = rows
    kind_most = np.full(kinds, NO_LIMIT)
    for name, most in problem.kind_heads_max:
        kind_most[names.index(name)] = most
    sets = [len(cluster.served) for cluster in choices.clusters]
    return Tables(
        group_first=np.cumsum([0, *(len(group.kinds) for group in problem.groups)]),
        group_kinds=np.array([names.index(name) for group in problem.groups for name in group.kinds], dtype=np.int64),
        allowed=allowed,
        pattern=pattern,
        yuan=yuan,
        length=choices.length,
        pause_count=np.array([len(rows) for rows in choices.pauses], dtype=np.int64),
        ordered=np.array([len(kind.breaks) for kind in problem.kinds], dtype=np.int64),
        pause=pause,
        served=np.concatenate([cluster.served for cluster in choices.clusters]),
        wanted=np.concatenate([cluster.wanted for cluster in choices.clusters]),
        cluster_first=np.cumsum([0, *sets]),
        limits=np.array([(row.heads_min, NO_LIMIT if row.heads_max is None else row.heads_max)
                         for row in problem.groups], dtype=np.int64),
        kind_most=kind_most,
        prices=np.array([problem.prices.under, problem.prices.over, problem.prices.distinct]),
    )  # fmt: skip
