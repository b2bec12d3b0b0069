"""What the target costs: the loop closed at several day shares, each point proven."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios import Scenario
from scenarios.progress import Progress, silent
from scheduler.loop.closing import LoopOutcome

STAGE = "target_price"
"""Key of the stage under which progress is told."""
_KNEE_LEAST = 3
"""A knee lies between a first and a last point."""


@dataclass(frozen=True, slots=True, eq=False)
class PricePoint:
    """A day share and the cheapest roster proven at it; ``outcome`` of a dearer share where that one was cheaper."""

    day_share: float
    outcome: LoopOutcome


def price_curve(
    scenario: Scenario,
    close: Callable[[Scenario], LoopOutcome],
    day_shares: Sequence[float],
    *,
    progress: Progress = silent,
) -> tuple[PricePoint, ...]:
    """Return a point for each of ``day_shares``, in rising order, costs never falling.

    A roster proven at a higher share is proven at every lower one by the same days, so where the loop found a dearer
    one there, it stands in.

    Parameters
    ----------
    close
        Runs the loop on the scenario with every promise at another day share.
    """
    points: list[PricePoint] = []
    for number, share in enumerate(sorted(set(day_shares), reverse=True)):
        progress(STAGE, number, len(set(day_shares)))
        outcome = close(promised_at(scenario, share))
        above = points[-1].outcome if points else None
        if above is not None and above.proven and (not outcome.proven or outcome.cost > above.cost):
            outcome = above
        points.append(PricePoint(share, outcome))
    progress(STAGE, len(points), len(points))
    return tuple(reversed(points))


def promised_at(scenario: Scenario, day_share: float) -> Scenario:
    """Return the scenario with every promise at another share of the day."""
    return replace(scenario, targets=tuple(replace(target, day_share=day_share) for target in scenario.targets))


def knee_of(points: Sequence[PricePoint]) -> PricePoint | None:
    """Return the point after which service becomes dear: the one furthest below the line from the first to the last.

    ``None`` with fewer than three points.
    """
    if len(points) < _KNEE_LEAST:
        return None
    shares = np.array([point.day_share for point in points])
    costs = np.array([point.outcome.cost for point in points])
    line = np.interp(shares, shares[[0, -1]], costs[[0, -1]])
    below = line - costs
    return points[int(np.argmax(below))] if below.max() > 0 else None
