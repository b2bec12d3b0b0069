"""What one weekend looks like: worked wholly or not at all, and on one kind of shift."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.cells import Cells, Linear
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.machine import Machine, MachineRule, coded, explore
from scheduler.rules.weekends import LAST, OUTSIDE, SATURDAY_SUNDAY, symbols_of, weekends
from scheduler.rules.weight import HARD, Fault, Weight

Kinds = tuple[int, ...]
"""Of each date of a weekend: 0 for free, else the kind of its duty."""


class WeekendShape(MachineRule):
    """A rule about each weekend by itself, judged by its dates inside the horizon."""

    weekdays: tuple[int, ...]

    @abstractmethod
    def kinds(self, frame: Frame) -> IntArray:
        """Return (A,) the kind of each action."""

    @abstractmethod
    def units(self, kinds: Kinds) -> int:
        """Return the units of fault of a weekend."""

    def folded(self, seen: Kinds) -> Kinds:
        """Return what the first dates of a weekend leave to be remembered."""
        return seen

    def faults(
        self,
        frame: Frame,
        line: IntArray,
        history: History = NO_HISTORY,  # noqa: ARG002  # as all rules are asked
    ) -> Iterator[Fault]:
        """Yield the weekends at fault, by their first date."""
        of_action = self.kinds(frame)
        for weekend in weekends(frame, self.weekdays):
            dates = [date for date in weekend if 0 <= date < frame.dates]
            units = self.units(tuple(int(of_action[line[date] + 1]) for date in dates))
            if units:
                yield Fault(dates[0], units, 0, units)

    def label(self, frame: Frame, history: History) -> Kinds:  # noqa: ARG002  # as all rules are asked
        """Return an empty weekend."""
        return ()

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over places and kinds; a label is the present weekend so far."""
        rows, symbols = coded(symbols_of(frame, self.weekdays, self.kinds(frame)))
        empty: Kinds = ()

        def step(seen: Kinds, symbol: int) -> tuple[Kinds, float]:
            place, kind = rows[symbol]
            if place == OUTSIDE:
                return seen, 0
            seen = (*seen, kind)
            if place == LAST:
                return empty, self.units(seen)
            return self.folded(seen) if len(seen) < len(self.weekdays) else empty, 0  # no calendar has longer weekends

        return explore([empty], len(rows), step, lambda _: 0.0, self.weight), symbols


@dataclass(frozen=True, slots=True)
class WholeWeekend(WeekendShape):
    """A weekend is worked on all of its dates or on none.

    Units: the free dates of a weekend that is worked in part; and if work does not stand together, its dates once more
    (the scale of the first nurse rostering competition; 1 for a Saturday or Sunday alone).
    """

    weekdays: tuple[int, ...] = SATURDAY_SUNDAY
    weight: Weight = HARD
    name: str = "whole_weekend"

    key: ClassVar[str] = "whole_weekend"

    def kinds(self, frame: Frame) -> IntArray:
        """Return 1 for every duty."""
        return frame.working(None).astype(np.int64)

    def units(self, kinds: Kinds) -> int:
        """Return the free dates, and the dates once more for a gap."""
        if not any(kinds):
            return 0
        first, last = kinds.index(1), len(kinds) - kinds[::-1].index(1)
        gap = 0 in kinds[first:last]
        return kinds.count(0) + len(kinds) * gap

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:  # noqa: ARG002  # as all rules are asked
        """Leave out, or charge, every way to work a weekend in part."""
        working = cells.frame.working(None)
        for weekend in weekends(cells.frame, self.weekdays):
            dates = [cells.amount(date, working) for date in weekend if 0 <= date < cells.frame.dates]
            for kinds in product((0, 1), repeat=len(dates)):
                units = self.units(kinds)
                if units:
                    fit = sum(day if kind else 1 - day for day, kind in zip(dates, kinds, strict=True))
                    cells.charge(self.weight, fit - (len(dates) - 1), 1, units)


@dataclass(frozen=True, slots=True)
class SameWeekend(WeekendShape):
    """A weekend worked on all of its dates is worked on one kind of shift.

    Units: the dates of the weekend for every kind beyond the first (as the first nurse rostering competition counts).

    Parameters
    ----------
    shifts
        Tags or names that make up one kind each, the first that a duty bears; ``()``: every duty is its own kind.
    """

    shifts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = SATURDAY_SUNDAY
    weight: Weight = HARD
    name: str = "same_weekend"

    key: ClassVar[str] = "same_weekend"

    def kinds(self, frame: Frame) -> IntArray:
        """Return the number of the kind of each action, from 1; duties of no kind are each their own."""
        kinds = np.arange(frame.actions) + len(self.shifts)
        for number, shift in reversed(tuple(enumerate(self.shifts, start=1))):
            kinds[frame.working(shift)] = number
        kinds[0] = 0
        return kinds

    def folded(self, seen: Kinds) -> Kinds:
        """Return no more than a free date: it excuses the weekend."""
        return (0,) if 0 in seen else seen

    def units(self, kinds: Kinds) -> int:
        """Return the dates for every kind beyond the first."""
        return 0 if 0 in kinds else len(kinds) * (len(set(kinds)) - 1)

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:  # noqa: ARG002  # as all rules are asked
        """Count the kinds of each weekend, and let a free date excuse them."""
        of_action = self.kinds(cells.frame)
        working = cells.frame.working(None)
        for weekend in weekends(cells.frame, self.weekdays):
            dates = [date for date in weekend if 0 <= date < cells.frame.dates]
            found: list[Linear] = []
            for kind in np.unique(of_action[1:]):
                on_kind = [cells.amount(date, of_action == kind) for date in dates]
                used = cells.model.new_bool_var("")
                for day in on_kind:
                    cells.model.add(used >= day)
                found.append(used)
            free = sum(1 - cells.amount(date, working) for date in dates)
            most = min(len(dates), len(found)) - 1
            cells.charge(self.weight, sum(found) - 1 - most * free, most, len(dates))
