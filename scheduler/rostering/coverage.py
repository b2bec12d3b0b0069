"""How many agents are at work in each interval."""

from collections.abc import Sequence

import numpy as np

from scenarios import Horizon, Roster
from scenarios.checks import FloatArray, IntArray, require_known


def coverage(horizon: Horizon, groups: Sequence[str], roster: Roster) -> FloatArray:
    """Return (T, G) the mean number of agents at work in each interval and group; presence counts by its share.

    Parameters
    ----------
    groups
        G names, the order of the second axis; an assignment to another group is a ``PlanningError``.
    """
    require_known("Roster", "group", sorted({row.group for row in roster.assignments}), groups)
    column = {name: number for number, name in enumerate(groups)}
    spans = [(start, end, column[row.group]) for row in roster.assignments for start, end in row.work_spans]
    cover = np.zeros((horizon.intervals, len(groups)))
    if not spans:
        return cover
    starts, ends, places = np.array(spans, dtype=np.int64).T
    for number in range(len(groups)):
        mine = places == number
        cover[:, number] = _work_before(horizon, starts[mine]) - _work_before(horizon, ends[mine])
    return cover


def _work_before(horizon: Horizon, instants: IntArray) -> FloatArray:
    """Return (T,) the summed share of each interval that lies after each of ``instants``."""
    clipped = np.clip(instants, 0, horizon.end_us)
    whole, rest = np.divmod(clipped, horizon.interval_us)
    begun = np.bincount(whole, minlength=horizon.intervals + 1)[: horizon.intervals]
    share = np.bincount(whole, weights=rest / horizon.interval_us, minlength=horizon.intervals + 1)[: horizon.intervals]
    present: FloatArray = np.cumsum(begun, dtype=np.float64) - share
    return present
