"""How many agents are at work in each interval."""

from collections.abc import Iterable, Sequence

import numpy as np

from scenarios import Assignment, Horizon, Roster
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
    return cover_by(horizon, groups, roster.assignments)


def cover_by(horizon: Horizon, groups: Sequence[str], rows: Iterable[Assignment]) -> FloatArray:
    """Return (T, G) the coverage by single shifts, whose groups are known."""
    column = {name: number for number, name in enumerate(groups)}
    spans = [(start, end, column[row.group]) for row in rows for start, end in row.work_spans]
    return people_by_interval(horizon, len(groups), spans)


def hours_short_by_date(horizon: Horizon, shortfall: FloatArray) -> FloatArray:
    """Return (D,) the hours of positions short on each service day.

    Parameters
    ----------
    shortfall
        (T, G) positions short.
    """
    day = horizon.day_of_interval()
    hours = shortfall.sum(axis=1) * horizon.interval_min / 60
    return np.array([float(hours[day == number].sum()) for number in range(len(horizon.days))])
