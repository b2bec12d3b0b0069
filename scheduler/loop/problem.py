"""What to plan: columns, curves of service against people, and the rows that must be kept."""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.loop.columns import DayColumns

_KEPT = 1e-7
"""A row is kept when it misses its right-hand side by less than this share of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Concave, not falling, piecewise linear curves over the people at work, P in each interval.

    Parameters
    ----------
    people
        (T, P, S + 1) knots, rising. Below the first nobody may plan (it is the edge of what is known); beyond the last
        the curve stays level.
    value
        (T, P, S + 1) the curve at the knots; slopes do not rise.
    reach
        (P, G) how much a person of each group counts for each curve; ``None`` where every group has a curve of its own.
    below
        Slope below the first knot, as a multiple of the first slope: large where rounding must not leave what is known.
    """

    people: FloatArray
    value: FloatArray
    reach: FloatArray | None = None
    below: float = 1.0

    def at(self, people: FloatArray) -> FloatArray:
        """Return (T, P) the curves at ``people`` (T, G), extended below the first knot by ``below``."""
        return self._at_counted(people if self.reach is None else people @ self.reach.T)

    def change(self, people: FloatArray, more: float) -> FloatArray:
        """Return (T, P, G) by how much each curve changes when ``more`` people of a group come to ``people`` (T, G)."""
        reach = self.reach_of_groups(people.shape[1])
        counted = people @ reach.T
        here = self._at_counted(counted)
        return np.stack([self._at_counted(counted + more * own) - here for own in reach.T], axis=2)

    def reach_of_groups(self, groups: int) -> FloatArray:
        """Return (P, G) how much a person of each group counts for each curve."""
        return np.eye(groups) if self.reach is None else self.reach

    def _at_counted(self, counted: FloatArray) -> FloatArray:
        """Return (T, P) the curves at (T, P) people counted by their reach."""
        left, widths = self.people[:, :, 0], np.diff(self.people, axis=2)
        slopes = self.slopes
        within = np.clip(counted[:, :, None] - self.people[:, :, :-1], 0.0, widths)
        below = np.minimum(counted - left, 0.0) * slopes[:, :, 0] * self.below
        return np.asarray(self.value[:, :, 0] + (within * slopes).sum(axis=2) + below)

    @property
    def slopes(self) -> FloatArray:
        """(T, P, S) slopes between the knots, 0 where two knots coincide."""
        widths = np.diff(self.people, axis=2)
        return np.diff(self.value, axis=2) / np.where(widths > 0, widths, 1.0) * (widths > 0)


@dataclass(frozen=True, slots=True, eq=False)
class ShareRow:
    """The sum of some curves must reach ``least``.

    Parameters
    ----------
    curves
        Number of the set of curves in the problem.
    weight
        (T, P) factor of each curve, >= 0: 1 for the intervals of an hour and 0 elsewhere, say.
    prices
        What missing ``least`` costs: pieces (amount, price of one) in order of rising price, the last one endless.
        Empty where it must not be missed.
    """

    name: str
    curves: int
    weight: FloatArray
    least: float
    prices: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """``(per_person * people at work).sum() >= least``, with (T, G) ``per_person``."""

    name: str
    per_person: FloatArray
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """No more than ``most`` people work the columns (C,) where ``among``: so many are there who can."""

    among: BoolArray
    most: int


def everybody(columns: DayColumns, most: int) -> Heads:
    """Return the bound on the number of people in all."""
    return Heads(np.ones(len(columns), dtype=np.bool_), most)


@dataclass(frozen=True, slots=True, eq=False)
class PlanProblem:
    """What to plan.

    Parameters
    ----------
    least_people
        (T, G) people at work at least, 0 for none.
    heads
        Bounds on how many people there are.
    pinned
        (C,) people of columns that are not to be planned, -1 for those that are; ``None`` where all are.
    """

    columns: DayColumns
    curves: tuple[Curves, ...]
    rows: tuple[ShareRow, ...]
    cuts: tuple[Cut, ...] = ()
    least_people: FloatArray | None = None
    heads: tuple[Heads, ...] = ()
    pinned: IntArray | None = None

    @property
    def free(self) -> BoolArray:
        """(C,) whether a column is to be planned."""
        return np.ones(len(self.columns), dtype=np.bool_) if self.pinned is None else self.pinned < 0

    def room(self, counts: IntArray) -> BoolArray:
        """Return (C,) whether one more person may work a column beside ``counts``."""
        room = self.free.copy()
        for heads in self.heads:
            if counts[heads.among].sum() >= heads.most:
                room &= ~heads.among
        return room

    def summed(self, per_person: FloatArray, among: IntArray | None = None) -> FloatArray:
        """Return (..., C) the sum of (..., T, G) ``per_person`` over the time a column is at work.

        ``among`` are the columns that are asked about, all by default.
        """
        columns = self.columns
        asked = np.arange(len(columns)) if among is None else among
        found = np.empty((*per_person.shape[:-2], len(asked)))
        for number in range(len(columns.groups)):
            mine = np.flatnonzero(columns.group[asked] == number)
            found[..., mine] = per_person[..., number] @ columns.at_work[:, asked[mine]]
        return found

    def slack(self, counts: IntArray) -> FloatArray:
        """Return (R,) by how much ``counts`` exceeds each share row, cut and least number of people, in that order."""
        people = self.columns.people(counts)
        values = [curves.at(people) for curves in self.curves]
        rows = [float((row.weight * values[row.curves]).sum()) - row.least for row in self.rows]
        cuts = [float((cut.per_person * people).sum()) - cut.least for cut in self.cuts]
        floor = (
            [people[place] - self.least_people[place] for place in self.floor] if self.least_people is not None else []
        )
        return np.array([*rows, *cuts, *floor])

    def missed(self, counts: IntArray) -> FloatArray:
        """Return (R,) by how much ``counts`` misses each row: 0 where it holds up to rounding."""
        slack = self.slack(counts)
        least = np.abs(
            [*(row.least for row in self.rows), *(cut.least for cut in self.cuts), *([1.0] * len(self.floor))]
        )
        return np.where(-slack > _KEPT * np.maximum(1.0, least), -slack, 0.0)

    @property
    def floor(self) -> list[tuple[int, int]]:
        """Intervals and groups in which people are asked for."""
        if self.least_people is None:
            return []
        return [(int(interval), int(group)) for interval, group in np.argwhere(self.least_people > 0)]
