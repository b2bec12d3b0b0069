"""What a person wishes or needs on single dates: requests with a price, leave, hours they cannot work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import FloatArray, IntArray, require_not_negative, require_within
from scheduler.rules.automaton import FORBIDDEN, Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.rule import LineRule
from scheduler.rules.weight import HARD, Fault, Weight


@dataclass(frozen=True, slots=True)
class Wish:
    """On ``date``: to be on a duty with ``tag`` (or its name; ``None``: any), or with ``off`` not to be.

    ``price`` says in units what it counts when it is not granted.
    """

    date: int
    tag: str | None = None
    off: bool = False
    price: float = 1.0

    def __post_init__(self) -> None:
        require_within("Wish", "date", self.date, 0, np.inf)
        require_not_negative("Wish", "price", self.price)


@dataclass(frozen=True, slots=True)
class Wishes(LineRule):
    """Every wish is granted; a unit is one point of a wish's price. Hard: leave and availability."""

    wishes: tuple[Wish, ...]
    weight: Weight = HARD
    name: str = "wishes"

    key: ClassVar[str] = "wishes"

    def faults(
        self,
        frame: Frame,
        line: IntArray,
        history: History = NO_HISTORY,  # noqa: ARG002  # as all rules are asked
    ) -> Iterator[Fault]:
        """Yield the wishes that are not granted; found is 1 where a duty is held that should not be."""
        for wish in self._inside(frame):
            duty = line[wish.date]
            held = bool(duty >= 0 and frame.tagged(wish.tag)[duty])
            if held == wish.off and wish.price > 0:
                yield Fault(wish.date, int(held), int(not held), wish.price)

    def automaton(self, frame: Frame) -> Automaton:
        """Return a machine of one state: what each action costs on each date."""
        prices = self._prices(frame)
        if self.weight.per_unit is None:
            after = np.where(prices > 0, FORBIDDEN, 0).astype(np.int32)
            return Automaton(after[:, None], None, np.zeros(1))
        only = np.broadcast_to(np.int32(0), (frame.dates, 1, frame.actions))
        return Automaton(only, prices[:, None] * self.weight.per_unit, np.zeros(1))

    def start(self, frame: Frame, history: History) -> int:  # noqa: ARG002  # as all rules are asked
        """Return the only state."""
        return 0

    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:  # noqa: ARG002  # as all rules are asked
        """Forbid or charge each date's actions that leave wishes ungranted."""
        for date, row in enumerate(self._prices(cells.frame)):
            for price in np.unique(row[row > 0]):
                units = cells.amount(date, row == price)
                if self.weight.per_unit is None:
                    cells.charge(HARD, units, 1)
                else:
                    cells.penalties.append((float(price) * self.weight.per_unit, units))

    def _inside(self, frame: Frame) -> tuple[Wish, ...]:
        """Return the wishes, all of them about dates of ``frame``."""
        for wish in self.wishes:
            require_within(f"Wishes({self.name})", "date", wish.date, 0, frame.dates - 1)
        return self.wishes

    def _prices(self, frame: Frame) -> FloatArray:
        """Return (D, A) the units that each action leaves ungranted."""
        prices = np.zeros((frame.dates, frame.actions))
        for wish in self._inside(frame):
            prices[wish.date] += np.where(frame.working(wish.tag) == wish.off, wish.price, 0.0)
        return prices


def leave(dates: tuple[int, ...], name: str = "leave") -> Wishes:
    """Return the rule that ``dates`` stay free."""
    return Wishes(tuple(Wish(date, off=True) for date in dates), name=name)
