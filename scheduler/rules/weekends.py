"""Weekends: how many are worked, how many on end, whole ones, and on one kind of shift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.cells import Cells, Linear
from scheduler.rules.frame import NO_HISTORY, OFF, Frame, History
from scheduler.rules.machine import Machine, MachineRule, coded, explore
from scheduler.rules.weight import HARD, Fault, Weight, require_limits

SATURDAY_SUNDAY = (5, 6)
OUTSIDE, INSIDE, LAST = 0, 1, 2
"""Where a date stands: not on a weekend; on one, before its last date; on its last date inside the horizon."""


def weekends(frame: Frame, weekdays: Sequence[int] = SATURDAY_SUNDAY) -> tuple[range, ...]:
    """Return the weekends that touch the horizon, each with all its dates, also those outside.

    A weekend is a stretch of dates on end that fall on ``weekdays`` (Monday 0).
    """
    found = []
    date = -6
    while date < frame.dates:
        end = date
        while end - date < 7 and frame.weekday(end) in weekdays:
            end += 1
        if end > max(date, 0):
            found.append(range(date, end))
        date = max(end, date + 1)
    return tuple(found)


def _places(frame: Frame, weekdays: Sequence[int]) -> IntArray:
    """Return (D,) where each date stands."""
    places = np.full(frame.dates, OUTSIDE, dtype=np.int64)
    for weekend in weekends(frame, weekdays):
        inside = weekend[max(0, -weekend.start) : frame.dates - weekend.start]
        places[inside.start : inside.stop] = INSIDE
        places[inside.stop - 1] = LAST
    return places


def symbols_of(frame: Frame, weekdays: Sequence[int], per_action: IntArray) -> IntArray:
    """Return (D, A, 2) where a date stands, and what ``per_action`` says of the action, 0 outside weekends."""
    places = np.broadcast_to(_places(frame, weekdays)[:, None], (frame.dates, frame.actions))
    return np.stack([places, np.where(places == OUTSIDE, 0, per_action)], axis=2)


def _worked(frame: Frame, weekend: range, line: IntArray, history: History) -> bool:
    """Return whether a date of ``weekend`` is worked, as far as the horizon and the history reach."""
    working = frame.working(None)
    return any(
        line[date] != OFF if date >= 0 else history.read(working, date) for date in weekend if date < frame.dates
    )


def _worked_before(frame: Frame, weekdays: Sequence[int], history: History) -> bool:
    """Return whether the weekend that date 0 goes on with has been worked already."""
    first = weekends(frame, weekdays)[:1]
    return any(history.read(frame.working(None), date) for weekend in first for date in weekend if date < 0)


def worked_of(cells: Cells, weekend: range, history: History) -> Linear:
    """Return whether ``weekend`` is worked, as a variable or a constant."""
    working = cells.frame.working(None)
    if any(history.read(working, date) for date in weekend if date < 0):
        return 1
    days = [cells.amount(date, working) for date in weekend if 0 <= date < cells.frame.dates]
    worked = cells.model.new_bool_var("")
    for day in days:
        cells.model.add(worked >= day)
    cells.model.add(worked <= sum(days))
    return worked


@dataclass(frozen=True, slots=True)
class WeekendCount(MachineRule):
    """From ``least`` to ``most`` weekends of the horizon are worked; one that is worked on any date counts.

    ``History.counts[name]`` says how many weekends that ended before the horizon count already; beyond the most they
    are not charged again.
    """

    least: int = 0
    most: int | None = None
    weekdays: tuple[int, ...] = SATURDAY_SUNDAY
    weight: Weight = HARD
    name: str = "weekend_count"

    key: ClassVar[str] = "weekend_count"

    def __post_init__(self) -> None:
        require_limits(f"WeekendCount({self.name})", self.least, self.most)

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the horizon when too many or too few are worked."""
        carried = history.counts.get(self.name, 0)
        found = carried + sum(_worked(frame, weekend, line, history) for weekend in weekends(frame, self.weekdays))
        if self.most is not None:
            allowed = max(self.most, carried + _worked_before(frame, self.weekdays, history))
            if found > allowed:
                yield Fault(None, found, self.most, found - allowed)
        if found < self.least:
            yield Fault(None, found, self.least, self.least - found)

    def label(self, frame: Frame, history: History) -> tuple[int, bool]:
        """Return how many weekends count, and whether the present one is among them."""
        worked = _worked_before(frame, self.weekdays, history)
        return min(history.counts.get(self.name, 0) + worked, self._top()), worked

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over places and work."""
        rows, symbols = coded(symbols_of(frame, self.weekdays, frame.working(None).astype(np.int64)))
        top = self._top()

        def step(label: tuple[int, bool], symbol: int) -> tuple[tuple[int, bool], float]:
            count, among = label
            place, works = rows[symbol]
            units = 0
            if works and not among:
                units = int(self.most is not None and count >= self.most)
                count, among = min(count + 1, top), True
            return (count, among and place == INSIDE), units

        starts = [(count, among) for among in (False, True) for count in range(top + 1)]
        return explore(starts, len(rows), step, lambda label: max(0, self.least - label[0]), self.weight), symbols

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Bound the sum over weekends, or charge what lies outside."""
        carried = history.counts.get(self.name, 0)
        touched = weekends(cells.frame, self.weekdays)
        found = carried + sum(worked_of(cells, weekend, history) for weekend in touched)
        if self.most is not None:
            allowed = max(self.most, carried + _worked_before(cells.frame, self.weekdays, history))
            cells.charge(self.weight, found - allowed, len(touched) + carried - allowed)
        cells.charge(self.weight, self.least - found, self.least - carried)

    def _top(self) -> int:
        return max(self.least, self.most or 0)


@dataclass(frozen=True, slots=True)
class WeekendRun(MachineRule):
    """Worked weekends on end come in runs from ``least`` to ``most``; a unit is one weekend too many or too few.

    ``History.counts[name]`` says how many weekends on end were worked before the first that ends in the horizon.

    Parameters
    ----------
    first_judged, last_judged
        Whether a run that the horizon cuts at its begin (no count in the history) or at its end is held to the least.
    """

    least: int = 1
    most: int | None = None
    weekdays: tuple[int, ...] = SATURDAY_SUNDAY
    first_judged: bool = False
    last_judged: bool = False
    weight: Weight = HARD
    name: str = "weekend_run"

    key: ClassVar[str] = "weekend_run"

    def __post_init__(self) -> None:
        require_limits(f"WeekendRun({self.name})", self.least, self.most)

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the runs that are too long or too short, by the last date of their last weekend."""
        run = carried = history.counts.get(self.name, 0)
        known = self.first_judged or self.name in history.counts
        end = 0
        for weekend in weekends(frame, self.weekdays):
            if _worked(frame, weekend, line, history):
                run += 1
                end = min(weekend.stop, frame.dates) - 1
                continue
            yield from self._run(run, carried, known, end)
            run, carried, known = 0, 0, True
        if self.last_judged:
            yield from self._run(run, carried, known, end)
        else:
            yield from self._run(run, carried, False, end)

    def _run(self, run: int, carried: int, held: bool, end: int) -> Iterator[Fault]:
        if self.most is not None and run > max(self.most, carried):
            yield Fault(end, run, self.most, run - max(self.most, carried))
        if held and 0 < run < self.least:
            yield Fault(end, run, self.least, self.least - run)

    def label(self, frame: Frame, history: History) -> tuple[int, bool, bool]:
        """Return weekends on end, whether the present one is worked, and whether the begin of the run is unknown."""
        known = self.first_judged or self.name in history.counts
        run = min(history.counts.get(self.name, 0), self._top())
        return run, _worked_before(frame, self.weekdays, history), not known

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over places and work."""
        rows, symbols = coded(symbols_of(frame, self.weekdays, frame.working(None).astype(np.int64)))

        def step(label: tuple[int, bool, bool], symbol: int) -> tuple[tuple[int, bool, bool], float]:
            return self._step(label, *rows[symbol])

        def ending(label: tuple[int, bool, bool]) -> float:
            return self._short(label[0], label[2]) if self.last_judged else 0.0

        flags = [(worked, unknown) for worked in (False, True) for unknown in (False, True)]
        starts = [(run, *flag) for flag in flags for run in range(self._top() + 1)]
        return explore(starts, len(rows), step, ending, self.weight), symbols

    def _top(self) -> int:
        return max(self.least, self.most or 0)

    def _short(self, run: int, unknown: bool) -> int:
        return max(0, self.least - run) if run and not unknown else 0

    def _step(self, label: tuple[int, bool, bool], place: int, works: int) -> tuple[tuple[int, bool, bool], float]:
        """Return the label after a date, and the weekends too many or too few that it settles."""
        run, worked, unknown = label
        if place == OUTSIDE:
            return label, 0
        worked = worked or bool(works)
        if place == INSIDE:
            return (run, worked, unknown), 0
        if not worked:
            return (0, False, False), self._short(run, unknown)
        over = self.most is not None and run >= self.most
        return (min(run + 1, self._top()), False, unknown), int(over)

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Bound windows of one weekend more than the most; forbid or charge each way to be too short."""
        carried = history.counts.get(self.name, 0)
        known = self.first_judged or self.name in history.counts
        ahead = [worked_of(cells, weekend, history) for weekend in weekends(cells.frame, self.weekdays)]
        if self.most is not None:
            line = [*[1] * min(carried, self.most), *ahead]
            for last in range(self.most, len(line)):
                cells.charge(self.weight, sum(line[last - self.most : last + 1]) - self.most, 1)
        cells.short_runs(self.weight, ahead, self.least, carried if known else None, self.last_judged)
