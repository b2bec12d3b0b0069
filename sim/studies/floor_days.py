"""Days of any scenario, kept in memory and played again and again with other people on the full floor.

What ``CallDays`` and ``ChatDays`` cannot play: calls among chats and tickets, later attempts, ladders of routing. The
counts are those of a study, at a study's pace.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from scenarios import ContactTrace, Scenario
from scenarios.checks import BoolArray, IntArray
from sim.compiled import CompiledFloor
from sim.floor.staff import Staff
from sim.measures.tally import Tallier

_COUNTS = ("offered", "in_time", "abandoned", "rounds", "replies_in_time")
_COUNTS_OF_ONE = ("offered", "in_time", "abandoned", "in_time", "rounds", "replies_in_time")
"""Columns of the counts; with one group its answers in time stand twice, with several nobody asks whose they are."""


@dataclass(frozen=True, slots=True, eq=False)
class FloorDays:
    """Days of a scenario, ready to be played with any people."""

    scenario: Scenario
    traces: tuple[ContactTrace, ...]
    floor: CompiledFloor = field(init=False)
    tallier: Tallier = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "floor", CompiledFloor(self.scenario))
        object.__setattr__(self, "tallier", Tallier(self.scenario))

    @classmethod
    def of(cls, scenario: Scenario, traces: Iterable[ContactTrace]) -> "FloorDays":
        """Return the days of ``traces``."""
        return cls(scenario, tuple(traces))

    def __len__(self) -> int:
        return len(self.traces)

    def play(self, staff: Staff, absent: BoolArray, chosen: IntArray | None = None) -> IntArray:
        """Play the days and count, as ``ChatDays.play`` does.

        Returns
        -------
        array
            (R, T, K, 6): offered, in time, abandoned, in time by the group, which is left out where there are several;
            rounds and replies in time by interval of the buyer's message.
        """
        days = range(len(self)) if chosen is None else chosen.tolist()
        names = _COUNTS_OF_ONE if len(self.scenario.groups) == 1 else _COUNTS
        shape = (self.scenario.horizon.intervals, len(self.scenario.contact_types), len(names))
        counts = np.zeros((len(days), *shape), dtype=np.int64)
        for number, day in enumerate(days):
            present = staff.without(dict.fromkeys(np.flatnonzero(absent[day]).tolist(), ((), ())))
            tally = self.tallier.tally(self.traces[day], self.floor.play(self.traces[day], present), present)
            for column, name in enumerate(names):
                counts[number, :, :, column] = tally.count(name)
        return counts
