"""Length of runs: consecutive working dates, days off in a row, nights on end."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from scenarios.checks import BoolArray, IntArray
from scheduler.rules.automaton import Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.machine import Machine, explore
from scheduler.rules.rule import LineRule
from scheduler.rules.weight import HARD, Fault, Weight, require_limits


@dataclass(frozen=True, slots=True)
class Run(LineRule):
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

    def automaton(self, frame: Frame) -> Automaton:
        """Return the machine whose state is how long the present run has lasted, as far as limits care."""
        return self._machine().over(self.within(frame).astype(int)[None, :], frame.dates)

    def start(self, frame: Frame, history: History) -> int:
        """Return the state of the run that history leaves."""
        carried, known = self.carried(frame, history)
        return self._machine().number[_clamped(carried, self.least, self.most), not known]

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

    def _machine(self) -> Machine:
        return _run(self.least, self.most, self.last_judged, self.weight)


def _clamped(length: int, least: int, most: int | None) -> int:
    return min(length, max(least, most or 0))


@lru_cache(maxsize=256)
def _run(least: int, most: int | None, last_judged: bool, weight: Weight) -> Machine:
    """Return the machine over 0 = outside, 1 = inside a run; labels are (length, whether its beginning is unknown)."""

    def short(length: int, open_ended: bool) -> int:
        return max(0, least - length) if length and not open_ended else 0

    def step(run: tuple[int, bool], symbol: int) -> tuple[tuple[int, bool], float]:
        length, open_ended = run
        if not symbol:
            return (0, False), short(length, open_ended)
        over = 0 if most is None else max(0, length + 1 - max(most, length))
        return (_clamped(length + 1, least, most), open_ended), over

    def ending(run: tuple[int, bool]) -> float:
        return short(*run) if last_judged else 0.0

    lengths = range(max(least, most or 0) + 1)
    return explore([(length, unknown) for unknown in (False, True) for length in lengths], 2, step, ending, weight)
