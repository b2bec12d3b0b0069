"""A long rest in every week: so many hours free at a stretch, in each fixed week or in any seven dates."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray, require_within
from scheduler.rules.cells import Cells
from scheduler.rules.frame import DAY_MIN, NO_HISTORY, OFF, UNKNOWN, Frame, History
from scheduler.rules.machine import Machine, MachineRule, coded, explore
from scheduler.rules.weight import HARD, Fault, Weight

Span = tuple[int, int]
"""First minute and end of a shift; end 0 where there is none."""
Label = tuple[int, int]
"""Since which minute of today nobody works; the last date whose window has had its rest (today 0, yesterday -1)."""


@dataclass(frozen=True, slots=True)
class WeeklyRest(MachineRule):
    """Every window of ``length`` dates holds ``least_min`` minutes on end without a shift; a unit is a window without.

    A window runs from midnight to midnight; a shift that spills into it takes its time there. Windows that end inside
    the horizon are judged, as far as all their dates are known; of a shift before the horizon whose duty is not known
    the whole date counts as worked.

    Parameters
    ----------
    every
        Dates from one window's begin to the next one's: 1 for any seven dates on end, 7 for fixed weeks.
    first
        A date on which a window begins; it may lie before the horizon.
    """

    least_min: int = 35 * 60
    length: int = 7
    every: int = 1
    first: int = 0
    weight: Weight = HARD
    name: str = "weekly_rest"

    key: ClassVar[str] = "weekly_rest"

    def __post_init__(self) -> None:
        require_within(f"WeeklyRest({self.name})", "length", self.length, 1, np.inf)
        require_within(f"WeeklyRest({self.name})", "every", self.every, 1, np.inf)
        require_within(f"WeeklyRest({self.name})", "least_min", self.least_min, 1, self.length * DAY_MIN)

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the windows without a long rest, by their last date; found is their longest rest in minutes."""
        shifts = [*_before(frame, history), *_of_line(frame, line)]
        for window in self._windows(frame, history):
            first, end = frame.midnight(window.start), frame.midnight(window.stop)
            free_from, longest = first, 0
            for start, stop in shifts:
                if start < end:
                    longest = max(longest, min(start, end) - free_from)
                    free_from = max(free_from, stop)
            longest = max(longest, end - free_from)
            if longest < self.least_min:
                yield Fault(window.stop - 1, longest, self.least_min, 1)

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Choose for every window a rest that no shift touches."""
        frame = cells.frame
        starts, ends = frame.starts_min(), frame.ends_min()
        before = _before(frame, history)
        free_at: dict[int, cp_model.IntVar] = {}

        def free(start: int) -> cp_model.IntVar:
            """Return a variable that may be 1 only if nobody works in the long rest from ``start``."""
            if start not in free_at:
                chosen = free_at[start] = cells.model.new_bool_var("")
                if any(first < start + self.least_min and end > start for first, end in before):
                    cells.model.add(chosen == 0)
                for date in range(frame.dates):
                    touching = np.flatnonzero((starts[date] < start + self.least_min) & (ends[date] > start))
                    if len(touching):
                        cells.model.add(chosen + sum(cells.of(date, touching.tolist())) <= 1)
            return free_at[start]

        for window in self._windows(frame, history):
            first, end = frame.midnight(window.start), frame.midnight(window.stop)
            begins = {first, *(stop for _, stop in before), *(int(stop) for stop in ends.reshape(-1))}
            rests = [free(begin) for begin in sorted(begins) if first <= begin <= end - self.least_min]
            cells.charge(self.weight, 1 - sum(rests), 1)

    def label(self, frame: Frame, history: History) -> Label:
        """Return since when nobody works, and which windows have had their rest, after the dates before the horizon."""
        label = (0, -1)  # windows that begin before what is known are not judged
        usual = (DAY_MIN,) * (self._reach() + 1)
        for duty in history.before:
            label = _stepped(self, label, (*_span(frame, int(duty)), 0, *usual))[0]
        return _alike(label, self._thresholds(frame))

    def _reach(self) -> int:
        """Return how many dates back a long rest that ends today may begin."""
        return self.least_min // DAY_MIN + 1

    def _thresholds(self, frame: Frame) -> list[int]:
        """Return the minutes between which it makes no difference since when nobody works.

        Only starts of shifts and midnights are ever compared with them. Empty where clocks move: then all differ.
        """
        if frame.midnight_min is not None or frame.clock_min is not None:
            return []
        minutes = {DAY_MIN, *(duty.start_min for duty in frame.duties)}
        days = range(self._reach() + 2)
        return sorted({minute + day * DAY_MIN - self.least_min for minute in minutes for day in days})

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over shifts, the ends of windows and the lengths of dates."""
        dates = range(frame.dates)
        since_midnight = np.array([frame.midnight(date) for date in dates])[:, None]
        spans = np.zeros((frame.dates, frame.actions, 2), dtype=np.int64)
        spans[:, 1:] = np.stack([frame.starts_min() - since_midnight, frame.ends_min() - since_midnight], axis=2)
        ends = np.array([(date + 1 - self.length - self.first) % self.every == 0 for date in dates])
        midnights = np.array([frame.midnight(date) for date in range(-self._reach(), frame.dates + 1)])
        lengths = np.lib.stride_tricks.sliding_window_view(np.diff(midnights), self._reach() + 1)[:, ::-1]
        of_date = np.column_stack([ends, lengths])
        of_date = np.broadcast_to(of_date[:, None], (*spans.shape[:2], of_date.shape[1]))
        rows, symbols = coded(np.concatenate([spans, of_date], axis=2))
        thresholds = self._thresholds(frame)
        ago = range(self.least_min // DAY_MIN + 3)
        last_ends = {0, DAY_MIN, *(duty.end_min for duty in frame.duties)}  # those a history may end with
        free_froms = {max(end - days * DAY_MIN, -self.least_min) for end in last_ends for days in ago}
        starts = [
            _alike((free_from, rested), thresholds) for free_from in free_froms for rested in range(-self.length, 0)
        ]

        def step(label: Label, symbol: int) -> tuple[Label, float]:
            following, missed = _stepped(self, label, rows[symbol])
            return _alike(following, thresholds), missed

        return explore(sorted(set(starts)), len(rows), step, lambda _: 0.0, self.weight), symbols

    def _windows(self, frame: Frame, history: History) -> list[range]:
        known = -len(history.before)
        firsts = range(known + (self.first - known) % self.every, frame.dates - self.length + 1, self.every)
        return [range(first, first + self.length) for first in firsts if first + self.length > 0]


def _span(frame: Frame, duty: int) -> Span:
    """Return the minutes of a duty on its date; a duty that is not known fills the date."""
    if duty == OFF:
        return 0, 0
    if duty == UNKNOWN:
        return 0, DAY_MIN
    return frame.duties[duty].start_min, frame.duties[duty].end_min


def _before(frame: Frame, history: History) -> list[Span]:
    """Return the shifts before the horizon, in minutes since midnight of date 0."""
    worked = [(date, int(duty)) for date, duty in enumerate(history.before, -len(history.before)) if duty != OFF]
    spans = [(frame.midnight(date), _span(frame, duty)) for date, duty in worked]
    return [(midnight + start, midnight + end) for midnight, (start, end) in spans]


def _of_line(frame: Frame, line: IntArray) -> list[Span]:
    """Return the shifts of a line, in minutes since midnight of date 0."""
    dates = np.flatnonzero(line != OFF)
    starts, ends = frame.starts_min()[dates, line[dates]], frame.ends_min()[dates, line[dates]]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _alike(label: Label, thresholds: list[int]) -> Label:
    """Return the label that stands for all between the same thresholds."""
    place = bisect_left(thresholds, label[0])
    return (thresholds[place], label[1]) if place < len(thresholds) else label


def _stepped(rule: WeeklyRest, label: Label, row: tuple[int, ...]) -> tuple[Label, int]:
    """Return the label after a date, and whether a window ends on it without its rest.

    ``row``: start and end of the shift, whether a window ends on the date, minutes of the date and of those before it.
    """
    free_from, rested = label
    start, end, ends, today, *earlier = row

    def rest_until(minute: int) -> int:
        """Return ``rested`` when nobody works until ``minute`` of today."""
        if minute - free_from < rule.least_min:
            return rested
        left, date = minute - rule.least_min, 0
        while left < 0:
            left += earlier[-date]
            date -= 1
        return max(rested, date)

    if end:
        rested = rest_until(start)
        free_from = max(free_from, end)
    rested = rest_until(today)
    missed = ends and rested <= -rule.length
    return (max(free_from - today, -rule.least_min), max(rested - 1, -rule.length)), int(missed)
