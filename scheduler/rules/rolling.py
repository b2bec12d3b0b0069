"""Least and most of something in every window of N dates on end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import IntArray, require_within
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.machine import Machine, MachineRule, explore
from scheduler.rules.measure import SHIFTS, Measure
from scheduler.rules.weight import HARD, Fault, Weight, require_limits

Past = tuple[int | None, ...]
"""What each of the last N - 1 dates added, oldest first; ``None``: before all that is known."""


@dataclass(frozen=True, slots=True)
class RollingCount(MachineRule):
    """What ``measure`` counts in any ``length`` dates on end stays between least and most; a unit is 1 outside.

    Windows that end inside the horizon are judged: against the most with what is known of them, against the least only
    when all of their dates are known. Where history alone fills a window beyond the most, its oldest dates are
    forgotten, so that what is past does not make the future impossible.
    """

    length: int
    least: int | None = None
    most: int | None = None
    measure: Measure = SHIFTS
    weight: Weight = HARD
    name: str = "rolling_count"

    key: ClassVar[str] = "rolling_count"

    def __post_init__(self) -> None:
        require_within(f"RollingCount({self.name})", "length", self.length, 1, np.inf)
        require_limits(f"RollingCount({self.name})", self.least, self.most)

    def past(self, frame: Frame, history: History) -> Past:
        """Return what the last N - 1 dates before the horizon add."""
        amounts = self.measure.per_action(frame)
        past = [history.read(amounts, date) for date in range(1 - self.length, 0)]
        if self.most is not None:
            for date in range(len(past)):
                if sum(amount or 0 for amount in past) > self.most and past[date]:
                    past[date] = 0
        return tuple(past)

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the windows outside the limits, by their last date."""
        amounts = self.measure.per_action(frame)
        known = [*self.past(frame, history), *(int(amounts[duty + 1]) for duty in line)]
        for last in range(frame.dates):
            window = known[last : last + self.length]
            found = sum(amount for amount in window if amount is not None)
            if self.most is not None and found > self.most:
                yield Fault(last, found, self.most, found - self.most)
            if self.least is not None and None not in window and found < self.least:
                yield Fault(last, found, self.least, self.least - found)

    def label(self, frame: Frame, history: History) -> Past:
        """Return what the last N - 1 dates added."""
        return self.past(frame, history)

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over amounts; a label is what the last N - 1 dates added."""
        amounts = self.measure.per_action(frame)
        values, symbols = np.unique(amounts, return_inverse=True)

        def step(past: Past, symbol: int) -> tuple[Past, float]:
            window = (*past, int(values[symbol]))
            found = sum(amount for amount in window if amount is not None)
            units = 0 if self.most is None else max(0, found - self.most)
            if self.least is not None and None not in window:
                units += max(0, self.least - found)
            return window[1:], units

        unknown: Past = (None,) * (self.length - 1)
        machine = explore([unknown], len(values), step, lambda _: 0.0, self.weight)
        return machine, symbols.reshape(1, -1)

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Bound every window's sum, or charge what lies outside."""
        amounts = self.measure.per_action(cells.frame)
        past = self.past(cells.frame, history)
        ahead = [cells.amount(date, amounts) for date in range(cells.frame.dates)]
        for last in range(cells.frame.dates):
            window = [*past, *ahead][last : last + self.length]
            found = sum(amount for amount in window if amount is not None)
            if self.most is not None:
                cells.charge(self.weight, found - self.most, self.length * int(amounts.max()) - self.most)
            if self.least is not None and not any(amount is None for amount in window):
                cells.charge(self.weight, self.least - found, self.least)
