"""Length of runs: consecutive working dates, days off in a row, nights on end."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

import numpy as np

from scenarios.checks import BoolArray, IntArray
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.machine import Machine, MachineRule, explore
from scheduler.rules.weight import HARD, Fault, Weight, require_limits


@dataclass(frozen=True, slots=True)
class Run(MachineRule):
    """Dates on end that are worked (on a duty with ``tag``), or free, come in runs from ``least`` to ``most``.

    A unit is one date too many or too few. A run that history begins goes on: dates beyond the most that lie before
    the horizon are not charged again.

    Parameters
    ----------
    free
        Runs of free dates instead of working ones.
    first_judged
        Whether a run that begins on date 0 with nothing known before it is held to the least.
    last_judged
        Whether a run that reaches the last date is held to the least.
    """

    least: int = 1
    most: int | None = None
    tag: str | None = None
    free: bool = False
    first_judged: bool = False
    last_judged: bool = False
    weight: Weight = HARD
    name: str = "run"

    key: ClassVar[str] = "run"

    def __post_init__(self) -> None:
        require_limits(f"Run({self.name})", self.least, self.most)

    def within(self, frame: Frame) -> BoolArray:
        """Return (A,) the actions that continue a run."""
        return ~frame.working(None) if self.free else frame.working(self.tag)

    def carried(self, frame: Frame, history: History) -> tuple[int, bool]:
        """Return how many dates before the horizon the run has lasted, and whether its beginning is known."""
        inside = self.within(frame).astype(int)
        length = 0
        while history.read(inside, -1 - length):
            length += 1
        return length, length < len(history.before) or (length == 0 and self.first_judged)

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the runs that are too long or too short, by their last date."""
        inside = self.within(frame)
        carried, known = self.carried(frame, history)
        if carried and known and not inside[line[0] + 1] and carried < self.least:
            yield Fault(0, carried, self.least, self.least - carried)
        end = 0
        for runs, dates in groupby(inside[line + 1]):
            start, end = end, end + sum(1 for _ in dates)
            if not runs:
                continue
            before = carried if start == 0 else 0
            length = before + end - start
            if self.most is not None and length > max(self.most, before):
                yield Fault(end - 1, length, self.most, length - max(self.most, before))
            judged = (start > 0 or known) and (end < frame.dates or self.last_judged)
            if judged and length < self.least:
                yield Fault(end - 1, length, self.least, self.least - length)

    def label(self, frame: Frame, history: History) -> tuple[int, bool]:
        """Return how long the run has lasted, as far as limits care, and whether its beginning is unknown."""
        carried, known = self.carried(frame, history)
        return min(carried, self._top()), not known

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over 0 = outside, 1 = inside a run."""
        lengths = range(self._top() + 1)
        starts = [(length, unknown) for unknown in (False, True) for length in lengths]
        machine = explore(starts, 2, self._step, self._ending, self.weight)
        return machine, self.within(frame).astype(np.int64)[None, :]

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Bound windows of one date more than the most; forbid or charge each way to be too short."""
        inside = self.within(cells.frame).astype(int)
        carried, known = self.carried(cells.frame, history)
        ahead = [cells.amount(date, inside) for date in range(cells.frame.dates)]
        if self.most is not None:
            line = [*[1] * min(carried, self.most), *ahead]
            for last in range(self.most, len(line)):
                cells.charge(self.weight, sum(line[last - self.most : last + 1]) - self.most, 1)
        cells.short_runs(self.weight, ahead, self.least, carried if known else None, self.last_judged)

    def _top(self) -> int:
        return max(self.least, self.most or 0)

    def _short(self, length: int, unknown: bool) -> int:
        return max(0, self.least - length) if length and not unknown else 0

    def _step(self, run: tuple[int, bool], symbol: int) -> tuple[tuple[int, bool], float]:
        length, unknown = run
        if not symbol:
            return (0, False), self._short(length, unknown)
        over = self.most is not None and length >= self.most
        return (min(length + 1, self._top()), unknown), int(over)

    def _ending(self, run: tuple[int, bool]) -> float:
        return self._short(*run) if self.last_judged else 0.0
