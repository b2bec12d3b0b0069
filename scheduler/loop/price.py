"""What the target costs: the loop closed at several day shares, each point proven."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios import Scenario
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.closing import LoopOutcome, LoopSettings, close_loop
from scheduler.loop.steps import Surrogate


@dataclass(frozen=True, slots=True, eq=False)
class PricePoint:
    """A day share and the cheapest roster proven at it; ``outcome`` of a dearer share where that one was cheaper."""

    day_share: float
    outcome: LoopOutcome


def price_curve(
    scenario: Scenario,
    make: Callable[[Scenario], tuple[Bed[Any], Surrogate]],
    day_shares: Sequence[float],
    *,
    seed: int,
    settings: LoopSettings | None = None,
    progress: Progress = silent,
) -> tuple[PricePoint, ...]:
    """Return a point for each of ``day_shares``, in rising order, costs never falling.

    A roster proven at a higher share is proven at every lower one by the same days, so where the loop found a dearer
    one there, it stands in.

    Parameters
    ----------
    make
        Returns bed and surrogate of the scenario with its targets at another day share.
    """
    points: list[PricePoint] = []
    for share in sorted(day_shares, reverse=True):
        targets = tuple(replace(target, day_share=share) for target in scenario.targets)
        bed, surrogate = make(replace(scenario, targets=targets))
        outcome = close_loop(bed, surrogate, seed=seed, settings=settings, progress=progress)
        above = points[-1].outcome if points else None
        if above is not None and above.proven and (not outcome.proven or outcome.cost > above.cost):
            outcome = above
        points.append(PricePoint(share, outcome))
    return tuple(reversed(points))


def knee_of(points: Sequence[PricePoint]) -> PricePoint:
    """Return the point after which service becomes dear: the one furthest below the line from the first to the last."""
    shares = np.array([point.day_share for point in points])
    costs = np.array([point.outcome.cost for point in points])
    line = np.interp(shares, shares[[0, -1]], costs[[0, -1]])
    return points[int(np.argmax(line - costs))]
