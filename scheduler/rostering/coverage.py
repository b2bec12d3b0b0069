"""How many agents are at work in each interval."""

from collections.abc import Sequence

from scenarios import Horizon, Roster
from scenarios.checks import FloatArray, require_known
from sim import people_by_interval


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
    return people_by_interval(horizon, len(groups), spans)
