"""What may follow a duty: rest between shifts, and pairs that must not stand side by side."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.automaton import FORBIDDEN, Automaton
from scheduler.rules.cells import Cells, Linear
from scheduler.rules.frame import DAY_MIN, NO_HISTORY, OFF, UNKNOWN, Frame, History
from scheduler.rules.machine import over_dates
from scheduler.rules.rule import LineRule
from scheduler.rules.weight import HARD, Fault, Weight


class Succession(LineRule):
    """A rule about two consecutive shifts. State: the last shift, as far as it says anything about the next."""

    @abstractmethod
    def short(self, frame: Frame, apart: int) -> IntArray:
        """Return (1 or D, S, S) units of fault when duty j of a date comes ``apart`` dates after duty i, next to it.

        The first axis is one where dates do not differ.
        """

    @property
    @abstractmethod
    def allowed(self) -> int:
        """Return what a fault gives as allowed."""

    @abstractmethod
    def found(self, units: int) -> int:
        """Return what a fault of ``units`` gives as found."""

    @abstractmethod
    def reach(self, frame: Frame) -> int:
        """Return the most dates two consecutive shifts may lie apart and still be at fault."""

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the shifts that must not follow the one before them."""
        last, duty_before = _last(history)
        tables = [self.short(frame, apart) for apart in range(1, self.reach(frame) + 1)]
        for date, duty in enumerate(int(duty) for duty in line):
            if duty == OFF:
                continue
            apart = date - last
            if duty_before is not None and apart <= len(tables):
                table = tables[apart - 1]
                units = int(table[date % len(table), duty_before, duty])
                if units > 0:
                    yield Fault(date, self.found(units), self.allowed, units)
            last, duty_before = date, duty

    def automaton(self, frame: Frame) -> Automaton:
        """Return the machine; shifts that still forbid and charge the same share a state."""
        units, names = _states(self, frame)
        states, dates, duties = units.shape
        after = np.empty((dates, states, duties + 1), dtype=np.int32)
        longer_ago = np.minimum(np.arange(len(names)) + duties, len(names) - 1)
        after[:, :, 0] = names[longer_ago][np.unique(names, return_index=True)[1]]
        after[:, :, 1:] = names[:duties]
        charged = units.swapaxes(0, 1)
        if self.weight.per_unit is None:
            after[:, :, 1:][charged > 0] = FORBIDDEN
            return over_dates(after, None, np.zeros(states), frame.dates)
        cost = np.zeros(after.shape)
        cost[:, :, 1:] = charged * self.weight.per_unit
        return over_dates(after, cost, np.zeros(states), frame.dates)

    def start(self, frame: Frame, history: History) -> int:
        """Return the state that the last shift before the horizon leaves."""
        names = _states(self, frame)[1]
        last, duty = _last(history)
        if duty is None or -last > self.reach(frame):
            return int(names[-1])
        return int(names[(-last - 1) * len(frame.duties) + duty])

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Forbid or charge pairs, those of duties alike in one row."""
        frame = cells.frame
        last, duty_before = _last(history)
        for apart in range(1, self.reach(frame) + 1):
            table = self.short(frame, apart)
            for date in range(frame.dates):
                units = table[date % len(table)]
                if date >= apart:
                    self._pairs(cells, date, apart, units)
                elif date - apart == last and duty_before is not None:
                    between = _between(cells, 0, date)
                    for worth in np.unique(units[duty_before][units[duty_before] > 0]):
                        follows = cells.of(date, np.flatnonzero(units[duty_before] == worth).tolist())
                        cells.charge(self.weight, sum(follows) - between, min(len(follows), 1), int(worth))

    def _pairs(self, cells: Cells, date: int, apart: int, units: IntArray) -> None:
        between = _between(cells, date - apart + 1, date)
        alike, which = np.unique(units, axis=0, return_inverse=True)
        for number, row in enumerate(alike):
            for worth in np.unique(row[row > 0]):
                follow = (row > 0) if self.weight.hard else (row == worth)
                before = (units[:, follow] > 0).all(axis=1) if self.weight.hard else which.reshape(-1) == number
                befores = cells.of(date - apart, np.flatnonzero(before).tolist())
                follows = cells.of(date, np.flatnonzero(follow).tolist())
                if befores and follows:
                    cells.charge(self.weight, sum(befores) + sum(follows) - between - 1, 1, int(worth))
                if self.weight.hard:
                    break


@dataclass(frozen=True, slots=True)
class Rest(Succession):
    """At least ``least_min`` minutes lie between the end of a shift and the start of the next; a unit is a minute."""

    least_min: int
    weight: Weight = HARD
    name: str = "rest"

    key: ClassVar[str] = "rest"

    def reach(self, frame: Frame) -> int:
        """Return how many dates the longest duty and the rest after it reach."""
        latest = max((duty.end_min for duty in frame.duties), default=0) + self.least_min
        earliest = min((duty.start_min for duty in frame.duties), default=0)
        usual = Frame(frame.duties, frame.dates).starts_min()
        moved = np.append(frame.starts_min() - usual, 0)  # by clocks put forward and back
        return max(-(-(latest - earliest + int(np.ptp(moved))) // DAY_MIN) - 1, 0)

    def short(self, frame: Frame, apart: int) -> IntArray:
        """Return the minutes that are missing."""
        starts, ends = frame.starts_min(), frame.ends_min()
        if frame.midnight_min is None and frame.clock_min is None:
            starts, ends = starts[:1] + apart * DAY_MIN, ends[:1]
        else:
            eves = ends[:1] - DAY_MIN * np.arange(apart, 0, -1)[:, None]
            ends = np.concatenate([eves, ends])[: frame.dates]
        return np.asarray(np.maximum(self.least_min - (starts[:, None, :] - ends[:, :, None]), 0), dtype=np.int64)

    @property
    def allowed(self) -> int:
        """Return the minutes of rest that are asked."""
        return self.least_min

    def found(self, units: int) -> int:
        """Return the minutes of rest there are."""
        return self.least_min - units


@dataclass(frozen=True, slots=True)
class Follows(Succession):
    """On the date after a duty of a pair's first tag (or name) comes none of its second; a unit is a pair."""

    pairs: tuple[tuple[str, str], ...]
    weight: Weight = HARD
    name: str = "succession"

    key: ClassVar[str] = "succession"

    def reach(self, frame: Frame) -> int:  # noqa: ARG002  # as all successions are asked
        """Return 1: only neighbouring dates are a pair."""
        return 1

    def short(self, frame: Frame, apart: int) -> IntArray:  # noqa: ARG002  # as all successions are asked
        """Return 1 for every pair that is listed."""
        table = np.zeros((len(frame.duties), len(frame.duties)), dtype=np.int64)
        for before, after in self.pairs:
            table |= np.outer(frame.tagged(before), frame.tagged(after))
        return table[None]

    @property
    def allowed(self) -> int:
        """Return 0: none of the pairs."""
        return 0

    def found(self, units: int) -> int:
        """Return the pairs there are."""
        return units


def _last(history: History) -> tuple[int, int | None]:
    """Return date and duty of the last shift before the horizon; ``None`` where there is none or it is not known."""
    for ago, duty in enumerate(reversed(history.before), start=1):
        if duty != OFF:
            return -ago, None if duty == UNKNOWN else int(duty)
    return 0, None


def _between(cells: Cells, first: int, end: int) -> Linear:
    """Return on how many dates from ``first`` to ``end`` (excluded) there is a shift."""
    working = cells.frame.working(None)
    return sum(cells.amount(date, working) for date in range(first, end))


@lru_cache(maxsize=64)
def _states(rule: Succession, frame: Frame) -> tuple[IntArray, IntArray]:
    """Return (states, 1 or D, S) units of fault of the next shift; and the state of each (dates ago, duty).

    The second is flat, (reach * S + 1,): last the state after which anything may follow.
    """
    reach, duties = rule.reach(frame), len(frame.duties)
    tables = [rule.short(frame, apart) for apart in range(1, reach + 1)]
    dates = max((len(table) for table in tables), default=1)
    units = np.zeros((reach * duties + 1, dates, duties), dtype=np.int64)
    for ago, table in enumerate(tables):
        units[ago * duties : (ago + 1) * duties] = table.swapaxes(0, 1)
    future = [units]  # what the state says if so many free dates come first
    for ago in range(1, reach):
        later = np.zeros_like(units)
        later[: -ago * duties] = units[ago * duties :]
        future.append(later)
    told = np.concatenate([rows.reshape(len(units), -1) for rows in future], axis=1)
    _, first, names = np.unique(told, axis=0, return_index=True, return_inverse=True)
    return units[first], names.reshape(-1)
