"""Calls and tickets: one at a time, each takes the whole agent."""

from collections.abc import Callable, Sequence

from scenarios import NOBODY
from sim.floor.clock import PPM, Calendar, Happening, Kind, scaled_us

Finished = Callable[[int, Sequence[int], int], None]
"""What is called when an agent is done with something: the agent, the attempts that ended, the time."""


class Handling:
    """The call or ticket in everybody's hands.

    Parameters
    ----------
    work_us
        Work of every attempt at tenure factor 1.
    pace_ppm
        Tenure factor per agent.
    on_finished
        Called when the work is done.

    Attributes
    ----------
    in_hand
        Per agent the attempt in hand, ``NOBODY`` for none.
    working_us
        Per agent, the time spent so far.
    """

    __slots__ = (
        "_began_us", "_calendar", "_ends", "_left_us", "_on_finished", "_pace_ppm", "in_hand", "working_us",
    )  # fmt: skip

    def __init__(self, calendar: Calendar, work_us: list[int], pace_ppm: list[int], on_finished: Finished) -> None:
        people = len(pace_ppm)
        self._calendar = calendar
        self._left_us = work_us
        self._pace_ppm = pace_ppm
        self._on_finished = on_finished
        self._began_us = [0] * people
        self._ends = [NOBODY] * people  # tick at which the work will be done
        self.in_hand = [NOBODY] * people
        self.working_us = [0] * people

    def begin(self, agent: int, row: int, now_us: int) -> None:
        """Put a call or a ticket into an agent's hands until its work is done."""
        self.in_hand[agent] = row
        self._began_us[agent] = now_us
        end_us = now_us + scaled_us(self._left_us[row], self._pace_ppm[agent])
        self._ends[agent] = self._calendar.plan_at(end_us, Kind.END_OF_WORK, agent, self._finish, agent)

    def put_down(self, agent: int, now_us: int) -> int:
        """Take the ticket out of an agent's hands, its work done so far taken off, and return it."""
        ticket, spent_us = self.in_hand[agent], now_us - self._began_us[agent]
        done_us = spent_us * PPM // self._pace_ppm[agent]
        self._left_us[ticket] = max(1, self._left_us[ticket] - done_us)
        self.in_hand[agent] = self._ends[agent] = NOBODY
        self.working_us[agent] += spent_us
        return ticket

    def _finish(self, event: Happening) -> None:
        agent: int = event.value
        tick = self._calendar.env.now
        if self._ends[agent] != tick:
            return  # the ticket was put down meanwhile
        row, now_us = self.in_hand[agent], tick >> self._calendar.time_bits
        self.in_hand[agent] = self._ends[agent] = NOBODY
        self.working_us[agent] += now_us - self._began_us[agent]
        self._on_finished(agent, (row,), now_us)
