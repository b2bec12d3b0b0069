"""A rule about one person's line: one object, three back ends that must agree.

The checker (``faults``) is the authority; the automaton feeds the dynamic programme; ``rows`` writes the same to
CP-SAT. All three count the same *units* (dates, minutes, shifts beyond a limit) and price them by the same weight.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from scenarios.checks import IntArray
from scheduler.rules.automaton import Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History
from scheduler.rules.weight import Fault, Weight


class LineRule(ABC):
    """A rule about one line; ``key`` says of which kind, ``name`` which of that kind, in breaches and in a history.

    Rules are frozen and hashable: people under equal rules share an automaton.
    """

    key: ClassVar[str]

    @property
    @abstractmethod
    def name(self) -> str:
        """Return the rule's name."""

    @property
    @abstractmethod
    def weight(self) -> Weight:
        """Return what a unit costs."""

    @abstractmethod
    def faults(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> Iterator[Fault]:
        """Yield every fault of (D,) ``line``."""

    @abstractmethod
    def automaton(self, frame: Frame) -> Automaton:
        """Return the machine that reads lines on ``frame``."""

    @abstractmethod
    def start(self, frame: Frame, history: History) -> int:
        """Return the machine's state before date 0."""

    @abstractmethod
    def rows(self, cells: Cells, history: History = NO_HISTORY) -> None:
        """Add the rule to a constraint programme: rows when hard, priced units in ``cells.penalties`` when soft."""

    def penalty(self, frame: Frame, line: IntArray, history: History = NO_HISTORY) -> float:
        """Return what the faults of ``line`` cost; ``inf`` when a hard rule is broken."""
        return sum(self.weight.of(fault.units) for fault in self.faults(frame, line, history))
