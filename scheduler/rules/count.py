"""Least and most of something in fixed periods: hours a week, nights a month, shifts in all, minutes of overtime."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import ClassVar

import numpy as np

from scenarios.checks import FloatArray, IntArray, require_within
from scenarios.errors import PlanningError
from scheduler.rules.automaton import FORBIDDEN, Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.measure import SHIFTS, Measure
from scheduler.rules.periods import Period
from scheduler.rules.rule import LineRule
from scheduler.rules.weight import HARD, Fault, Weight

Part = tuple[Measure, frozenset[int] | None]
"""A measure and the dates on which it counts; ``None``: all."""
Limits = tuple[int | None, int | None, bool]
"""Least and most of a date's period, and whether it ends with the date."""


@dataclass(frozen=True, slots=True)
class Count(LineRule):
    """What ``measure`` counts in a period stays between the period's least and most; a unit is 1 below or above.

    The period that date 0 lies in goes on from ``History.counts[name]``, or from the dates before as far as they are
    known. What history alone has used beyond the most is not charged again.

    Parameters
    ----------
    periods
        In order, apart.
    dates
        Only these dates count (rest days, public holidays); ``None``: all.
    also
        Further measures, each on its own dates, that count on top.
    grain
        Amounts that come with a history are multiples of it; 0: of what duties add. Only soft or doubly limited counts
        need it.
    """

    periods: tuple[Period, ...]
    measure: Measure = SHIFTS
    weight: Weight = HARD
    name: str = "count"
    dates: frozenset[int] | None = None
    also: tuple[Part, ...] = ()
    grain: int = 0

    key: ClassVar[str] = "count"

    def __post_init__(self) -> None:
        for before, period in pairwise(self.periods):
            require_within(f"Count({self.name})", "periods", period.first, before.end, np.inf)

    def carried(self, frame: Frame, history: History) -> int:
        """Return what the period of date 0 has used up before the horizon."""
        opening = next((period for period in self.periods if period.first <= 0 < period.end), None)
        if opening is None:
            return 0
        if self.name in history.counts:
            return history.counts[self.name]
        return sum(
            history.read(measure.per_action(frame), date) or 0
            for measure, dates in self._parts()
            for date in range(opening.first, 0)
            if dates is None or date in dates
        )

    def table(self, frame: Frame) -> IntArray:
        """Return (D, A) what each action adds on each date."""
        table = np.zeros((frame.dates, frame.actions), dtype=np.int64)
        for measure, dates in self._parts():
            counted = [date for date in range(frame.dates) if dates is None or date in dates]
            table[counted] += measure.per_action(frame)
        return table

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield the periods below their least or above their most, by their first date inside the horizon."""
        table = self.table(frame)
        for period in self.periods:
            carried = self.carried(frame, history) if period.first <= 0 < period.end else 0
            inside = range(max(period.first, 0), min(period.end, frame.dates))
            found = carried + sum(int(table[date, line[date] + 1]) for date in inside)
            if period.most is not None and found > max(period.most, carried):
                yield Fault(inside.start, found, period.most, found - max(period.most, carried))
            if period.least is not None and period.end <= frame.dates and found < period.least:
                yield Fault(inside.start, found, period.least, period.least - found)

    def automaton(self, frame: Frame) -> Automaton:
        """Return the machine whose state is what the period has counted so far, in grains, as far as limits care."""
        amounts, symbols = np.unique(self._added(frame), return_inverse=True)
        symbols = symbols.reshape(frame.dates, frame.actions)
        states = self._top(self._grain(frame)) + 1
        after = np.empty((frame.dates, states, frame.actions), dtype=np.int32)
        cost = np.zeros(after.shape if not self.weight.hard else 0)
        steps: dict[Limits, tuple[IntArray, FloatArray]] = {}
        for date, limits in enumerate(self._limits(frame)):
            if limits not in steps:
                steps[limits] = self._step(amounts, self._grain(frame), limits)
            following, price = steps[limits]
            after[date] = following[:, symbols[date]]
            if not self.weight.hard:
                cost[date] = price[:, symbols[date]]
        return Automaton(after, cost if cost.any() else None, np.zeros(states))

    def start(self, frame: Frame, history: History) -> int:
        """Return the state that leaves what history leaves of the limits.

        Raises
        ------
        PlanningError
            When no whole number of grains says the same as the history's amount.
        """
        carried = self.carried(frame, history)
        if not carried:
            return 0
        grain = self._grain(frame)
        top = self._top(grain)
        if carried % grain == 0:
            return min(carried // grain, top)
        opening = next(period for period in self.periods if period.first <= 0 < period.end)
        says = set()
        if self.weight.hard and opening.most is not None:
            says.add(min(opening.most // grain - max(opening.most - carried, 0) // grain, top))
        if self.weight.hard and opening.least is not None:
            says.add(max(-(-opening.least // grain) - max(-(-(opening.least - carried) // grain), 0), 0))
        if len(says) != 1:
            raise PlanningError(
                "carried_off_grain", thing="History", field="counts", value=carried, rule=self.name, grain=grain
            )
        return says.pop()

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Bound every period's sum, or charge what lies outside."""
        table = self.table(cells.frame)
        for period in self.periods:
            carried = self.carried(cells.frame, history) if period.first <= 0 < period.end else 0
            inside = range(max(period.first, 0), max(min(period.end, cells.frame.dates), 0))
            found = carried + sum(cells.amount(date, table[date]) for date in inside)
            most_found = carried + int(table[inside.start : inside.stop].max(axis=1, initial=0).sum())
            if period.most is not None:
                allowed = max(period.most, carried)
                cells.charge(self.weight, found - allowed, most_found - allowed)
            if period.least is not None and period.end <= cells.frame.dates:
                cells.charge(self.weight, period.least - found, period.least - carried)

    def _limits(self, frame: Frame) -> list[Limits]:
        """Return of every date the limits of its period, and whether the period ends with it."""
        limits: list[Limits] = [(None, None, False)] * frame.dates
        for period in self.periods:
            for date in range(max(period.first, 0), min(period.end, frame.dates)):
                limits[date] = period.least, period.most, date == period.end - 1
        return limits

    def _step(self, amounts: IntArray, grain: int, limits: Limits) -> tuple[IntArray, FloatArray]:
        """Return (states, amounts) the state after each amount, and its price."""
        least, most, ends = limits
        states = np.arange(self._top(grain) + 1)
        total = states[:, None] * grain + amounts
        units = np.zeros(total.shape, dtype=np.int64)
        if most is not None:
            units += np.maximum(total - most, 0) - np.maximum(states * grain - most, 0)[:, None]
        if least is not None and ends:
            units += np.maximum(least - total, 0)
        after = np.where(ends, 0, np.minimum(total // grain, states[-1]))
        if self.weight.per_unit is None:
            return np.where(units > 0, FORBIDDEN, after), np.zeros(total.shape)
        return after, np.asarray(units * self.weight.per_unit, dtype=np.float64)

    def _parts(self) -> tuple[Part, ...]:
        return ((self.measure, self.dates), *self.also)

    def _added(self, frame: Frame) -> IntArray:
        """Return (D, A) what each action adds on the dates of periods."""
        limited = np.zeros(frame.dates, dtype=np.bool_)
        for period in self.periods:
            limited[max(period.first, 0) : max(period.end, 0)] = True
        return np.where(limited[:, None], self.table(frame), 0)

    def _grain(self, frame: Frame) -> int:
        amounts = [int(amount) for measure, _ in self._parts() for amount in measure.per_action(frame)]
        return gcd(self.grain, *amounts) or 1

    def _top(self, grain: int) -> int:
        """Return the count beyond which nothing differs, in grains."""
        most = (period.most or 0 for period in self.periods)
        least = (period.least or 0 for period in self.periods)
        upper = max((value // grain if self.weight.hard else -(-value // grain) for value in most), default=0)
        return max(upper, max((-(-value // grain) for value in least), default=0))
