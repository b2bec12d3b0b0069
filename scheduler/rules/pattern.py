"""Sequences nobody wants: a late shift before an early one, a night before a free weekend."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import BoolArray, IntArray
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.machine import Machine, MachineRule, coded, explore
from scheduler.rules.weight import HARD, Fault, Weight

FREE = "free"
"""A place of a pattern: no duty."""
WORK = "work"
"""A place of a pattern: any duty."""
Place = str | tuple[str, ...]
"""What fits a place: one of these, or any of several."""


@dataclass(frozen=True, slots=True)
class Pattern(MachineRule):
    """``places`` do not stand on dates in a row; a unit is an occurrence.

    Dates of the history count as the beginning of one; what ends before date 0 or goes beyond the horizon does not.

    Parameters
    ----------
    places
        Of each date ``FREE``, ``WORK``, or the tag or name of duties; or several of these, any of which fits.
    weekdays
        On which weekdays (Monday 0) a pattern may begin; ``None``: on any.
    """

    places: tuple[Place, ...]
    weekdays: frozenset[int] | None = None
    weight: Weight = HARD
    name: str = "pattern"

    key: ClassVar[str] = "pattern"

    def fits(self, frame: Frame) -> BoolArray:
        """Return (P, A) which actions fit each place."""
        working = frame.working(None)
        special = {FREE: ~working, WORK: working}
        several = [(place,) if isinstance(place, str) else place for place in self.places]
        return np.array(
            [
                np.any([special[one] if one in special else frame.working(one) for one in place], axis=0)
                for place in several
            ]
        )

    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield every occurrence, by its last date."""
        fits = self.fits(frame)
        for last in range(frame.dates):
            first = last - len(self.places) + 1
            if self._begins(frame, first) and all(
                fit[line[date] + 1] if date >= 0 else history.read(fit, date)
                for fit, date in zip(fits, range(first, last + 1), strict=True)
            ):
                yield Fault(last, 1, 0, 1)

    def label(self, frame: Frame, history: History) -> int:
        """Return the occurrences under way after the dates before the horizon."""
        fits = self.fits(frame)
        under_way = 0
        for date in range(-len(history.before), 0):
            fitting = [bool(history.read(fit, date)) for fit in fits]
            fitting[0] &= self._begins(frame, date)
            mask = sum(1 << place for place, fit in enumerate(fitting) if fit)
            under_way = _advanced(under_way, mask) & ~(1 << len(self.places))
        return under_way

    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine over the sets of places that an action fits; a label is what is under way."""
        places = len(self.places)
        fits = np.repeat(self.fits(frame)[None], frame.dates, axis=0)  # (D, P, A)
        fits[:, 0] &= np.array([self._begins(frame, date) for date in range(frame.dates)])[:, None]
        masks, symbols = coded((fits * (1 << np.arange(places))[:, None]).sum(axis=1)[:, :, None])

        def step(under_way: int, symbol: int) -> tuple[int, float]:
            then = _advanced(under_way, masks[symbol][0])
            return then & ~(1 << places), then >> places

        return explore(range(0, 1 << places, 2), len(masks), step, lambda _: 0.0, self.weight), symbols

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Leave out, or charge, every occurrence."""
        fits = self.fits(cells.frame)
        for last in range(cells.frame.dates):
            first = last - len(self.places) + 1
            if not self._begins(cells.frame, first):
                continue
            past = [history.read(fit, date) for fit, date in zip(fits, range(first, 0), strict=False)]
            if all(past):
                ahead = zip(fits[len(past) :], range(max(first, 0), last + 1), strict=True)
                found = sum(cells.amount(date, fit) for fit, date in ahead)
                cells.charge(self.weight, found - (len(self.places) - len(past) - 1), 1)

    def _begins(self, frame: Frame, date: int) -> bool:
        return self.weekdays is None or frame.weekday(date) in self.weekdays


def _advanced(under_way: int, fitting: int) -> int:
    """Return the occurrences under way (bit p: p places stand) after a date that fits the places ``fitting``."""
    return ((under_way | 1) & fitting) << 1
