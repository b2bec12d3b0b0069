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
        (D, states, actions) the state after each action, ``FORBIDDEN`` where a hard rule ends the line. Where dates do
        not differ the first axis is a broadcast one of stride 0, as that of ``cost`` may be.
    cost
        (D, states, actions) what the step costs under a soft rule; ``None`` for nothing anywhere.
    final
        (states,) what it costs to end in a state, ``inf`` where a hard rule forbids it.
    """

    after: StateArray
    cost: FloatArray | None
    final: FloatArray

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.final)
