"""The compiled engine: the floor of ``docs/simulation.md`` on flat arrays of whole numbers."""

from scenarios import ContactTrace, Scenario
from sim.compiled.calls import calls_plan_of
from sim.compiled.flat import FlatScenario, played_of
from sim.compiled.full import play_floor
from sim.floor.played import Played
from sim.floor.staff import Staff

__all__ = ["CompiledFloor"]


class CompiledFloor:
    """A scenario ready to be played any number of times; threads may share it.

    Parameters
    ----------
    scenario
        What every run has in common.
    """

    __slots__ = ("_calls", "_flat")

    def __init__(self, scenario: Scenario) -> None:
        self._calls = calls_plan_of(scenario)
        self._flat = FlatScenario(scenario)

    def play(self, trace: ContactTrace, staff: Staff) -> Played:
        """Play a trace with the people at work, on the plain form for calls where that can play it."""
        played = None if self._calls is None else self._calls.play(trace, staff)
        return self.play_full(trace, staff) if played is None else played

    def play_full(self, trace: ContactTrace, staff: Staff) -> Played:
        """Play a trace on the form that knows every mechanism."""
        floor = self._flat.floor(trace, staff)
        play_floor(floor)
        return played_of(floor)
