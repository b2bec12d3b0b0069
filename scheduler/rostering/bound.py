"""A lower bound of any roster's cost from prices on coverage (Lagrangian relaxation of the cover rows).

At fixed prices everybody's best line is found alone, exactly and with all rules about lines; what the prices ask for
the need is added. Any prices give a valid bound; the aggregate programme's are good ones.
"""

import numpy as np

from scenarios.checks import FloatArray
from scheduler.rostering.board import Team

SAFETY_SHARE = 1e-7
"""Bounds are lowered by this share of their terms: more than the sums of floats can lose."""


def line_bound(team: Team, prices: FloatArray) -> float:
    """Return the bound at (T, G) ``prices`` of a position for one interval, each at least 0, yuan.

    ``inf`` when some agent has no legal line at all.
    """
    worth = np.zeros((len(prices) + 1, prices.shape[1]))
    worth[1:] = np.cumsum(prices, axis=0)
    counts = np.bincount(team.kind_of, minlength=len(team.kinds))
    of_people = [
        count * team.line_of(kind, team.costs_of(kind, worth))[0]
        for count, kind in zip(counts, team.kinds, strict=True)
    ]
    pieces = team.pieces
    per_step = prices * pieces.step
    of_need = per_step * pieces.ceiling - (np.maximum(per_step - pieces.price, 0.0) * pieces.width).sum(axis=0)
    safety = SAFETY_SHARE * (np.abs(of_people).sum() + np.abs(of_need).sum())
    return float(np.sum(of_people) + of_need.sum() - safety)
