"""Unpopular work is spread over people, what they have had before included."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.rules.cells import Cells, Linear
from scheduler.rules.count import Count, Part
from scheduler.rules.frame import NO_HISTORY, Frame
from scheduler.rules.periods import limited, whole
from scheduler.rules.rule import LineRule
from scheduler.rules.team import People, TeamFault, TeamRule
from scheduler.rules.weekends import SATURDAY_SUNDAY, WeekendCount, weekends, worked_of
from scheduler.rules.weight import Weight

LEVELS = 3
"""Points above the mean whose growing price a line's rules keep; each further one costs as much as the last."""


class FairShare(TeamRule):
    """The further a member's points are above the members' mean, the dearer the next one.

    The mean is rounded up to whole points; e points above it are 1 + 2 + ... + e units. Such a rule cannot be hard:
    nobody knows that a fair roster exists.
    """

    members: People
    before: tuple[int, ...]

    @abstractmethod
    def gained(self, frame: Frame, roster: IntArray) -> IntArray:
        """Return the points of every row of ``roster``."""

    @abstractmethod
    def capped(self, frame: Frame, most: int) -> LineRule:
        """Return the rule that a line gains no more than ``most`` points, at the price of a unit."""

    @abstractmethod
    def table(self, frame: Frame) -> IntArray:
        """Return (D, A) the points of every action by itself."""

    @abstractmethod
    def total(self, cells: Cells) -> Linear:
        """Return the points of a person in a constraint programme."""

    def points(self, frame: Frame, roster: IntArray) -> IntArray:
        """Return the points of every member, those before included."""
        return np.asarray(np.array(self._before()) + self.gained(frame, roster[list(self.members)]), dtype=np.int64)

    def faults(self, frame: Frame, roster: IntArray) -> Iterator[TeamFault]:
        """Yield the members above the mean."""
        points = self.points(frame, roster)
        mean = _mean(points)
        for member, found in zip(self.members, points.tolist(), strict=True):
            if found > mean:
                above = found - mean
                yield TeamFault(None, found, mean, above * (above + 1) // 2, people=(member,))

    def marginal(self, frame: Frame, roster: IntArray, person: int) -> FloatArray:
        """Return what points cost by the steps above the mean that ``person`` stands at now.

        Points of several dates add up to more than their marginals; ``line_rules`` says it exactly for one person.
        """
        added = np.zeros((frame.dates, frame.actions))
        if person in self.members:
            points = self.points(frame, roster)
            above = int(points[self.members.index(person)]) - _mean(points)
            added += self.table(frame) * (above + 1 if above > 0 else 0)
        return added

    def line_rules(self, frame: Frame, roster: IntArray, person: int, levels: int = LEVELS) -> tuple[LineRule, ...]:
        """Return the rule as rules of the line of ``person``, the mean being that of ``roster``."""
        place = self.members.index(person)
        room = _mean(self.points(frame, roster)) - self._before()[place]
        return tuple(self.capped(frame, max(room + level, 0)) for level in range(levels))

    def rows(self, people: Sequence[Cells]) -> None:
        """Let the mean be a whole number and charge each step above it."""
        frame, model = people[0].frame, people[0].model
        most = int(self.table(frame).max(axis=1, initial=0).sum()) + max(self._before())
        total = [begun + self.total(people[one]) for one, begun in zip(self.members, self._before(), strict=True)]
        mean = model.new_int_var(0, most, "")
        model.add(len(total) * mean >= sum(total))
        model.add(len(total) * mean <= sum(total) + len(total) - 1)
        for points in total:
            for level in range(most):
                people[0].charge(self.weight, points - mean - level, most)

    def _before(self) -> tuple[int, ...]:
        return self.before or (0,) * len(self.members)


@dataclass(frozen=True, slots=True)
class Fairness(FairShare):
    """Points by dates: nights, unpopular shifts by tag, work on public holidays.

    Parameters
    ----------
    parts
        What gives points, and on which dates (``None``: on all), added up.
    before
        Points each member brings; ``()``: none.
    """

    members: People
    parts: tuple[Part, ...]
    weight: Weight
    before: tuple[int, ...] = ()
    name: str = "fairness"

    key: ClassVar[str] = "fairness"

    def gained(self, frame: Frame, roster: IntArray) -> IntArray:
        """Return the sum over dates."""
        return np.asarray(self.table(frame)[np.arange(frame.dates), roster + 1].sum(axis=1), dtype=np.int64)

    def capped(self, frame: Frame, most: int) -> Count:
        """Return a count over the whole horizon."""
        (measure, dates), *also = self.parts
        return Count(limited(whole(frame), most=most), measure, self.weight, self.name, dates, tuple(also))

    def table(self, frame: Frame) -> IntArray:
        """Return what every action brings on every date."""
        return self.capped(frame, 0).table(frame)

    def total(self, cells: Cells) -> Linear:
        """Return the sum over dates."""
        table = self.table(cells.frame)
        return sum(cells.amount(date, table[date]) for date in range(cells.frame.dates))


@dataclass(frozen=True, slots=True)
class FairWeekends(FairShare):
    """A point is a weekend that is worked, on any of its dates."""

    members: People
    weight: Weight
    weekdays: tuple[int, ...] = SATURDAY_SUNDAY
    before: tuple[int, ...] = ()
    name: str = "fairness"

    key: ClassVar[str] = "fair_weekends"

    def gained(self, frame: Frame, roster: IntArray) -> IntArray:
        """Return the weekends that are worked."""
        dates = [[date for date in weekend if 0 <= date < frame.dates] for weekend in weekends(frame, self.weekdays)]
        worked = [(roster[:, inside] >= 0).any(axis=1) for inside in dates]
        return np.sum(worked, axis=0, dtype=np.int64) if worked else np.zeros(len(roster), dtype=np.int64)

    def capped(self, frame: Frame, most: int) -> WeekendCount:  # noqa: ARG002  # as all shares are asked
        """Return a count of weekends."""
        return WeekendCount(most=most, weekdays=self.weekdays, weight=self.weight, name=self.name)

    def table(self, frame: Frame) -> IntArray:
        """Return 1 for every duty on a date of a weekend."""
        table = np.zeros((frame.dates, frame.actions), dtype=np.int64)
        table[list(frame.dates_on(self.weekdays)), 1:] = 1
        return table

    def total(self, cells: Cells) -> Linear:
        """Return the sum over weekends."""
        return sum(worked_of(cells, weekend, NO_HISTORY) for weekend in weekends(cells.frame, self.weekdays))


def _mean(points: IntArray) -> int:
    return -(-int(points.sum()) // max(len(points), 1))
