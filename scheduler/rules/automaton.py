"""A rule as a machine that reads a line date by date: what the dynamic programme is compiled from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.checks import FloatArray

FORBIDDEN = -1
"""In ``Automaton.after``: no legal line goes on like this."""

StateArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Automaton:
    """A deterministic machine over actions (0 = free, 1 + duty), one step a date.

    Attributes
    ----------
    after
        (D, states, actions) the state after each action, ``FORBIDDEN`` where a hard rule ends the line. The first axis
        is 1 long where dates do not differ.
    cost
        (D, states, actions) what the step costs under a soft rule; ``None`` for nothing anywhere.
    final
        (states,) what it costs to end in a state, ``inf`` where a hard rule forbids it.
    """

    after: StateArray
    cost: FloatArray | None
    final: FloatArray

    def after_on(self, date: int) -> StateArray:
        """Return (states, actions) the states after a date."""
        return self.after[date % len(self.after)]

    def cost_on(self, date: int) -> FloatArray:
        """Return (states, actions) what a date's steps cost."""
        return np.zeros(self.after.shape[1:]) if self.cost is None else self.cost[date % len(self.cost)]

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.final)
