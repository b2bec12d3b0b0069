"""A rule about one person's line: one object, three back ends that must agree.

The checker (``faults``) is the authority; the automaton feeds the dynamic programme; ``rows`` writes the same to
CP-SAT. All three count the same *units* (dates, minutes, shifts beyond a limit) and price them by the same weight.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.automaton import Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, Frame, History


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule not kept: by how many units (> 0), at which date (index; ``None``: the whole horizon)."""

    date: int | None
    found: float
    allowed: float
    units: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What a unit costs; ``None``: it must not happen (a hard rule)."""

    per_unit: float | None = None

    @property
    def hard(self) -> bool:
        """Whether the rule must be kept."""
        return self.per_unit is None

    def of(self, units: float) -> float:
        """Return the cost of ``units``; ``inf`` for any under a hard rule."""
        if units <= 0:
            return 0.0
        return np.inf if self.per_unit is None else self.per_unit * units


HARD = Weight()


class LineRule(ABC):
    """A rule about one line; ``key`` names it in breaches and in the catalogue (``rules.<key>``)."""

    key: ClassVar[str]

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
