"""Slot chat: an agent's open sessions share him, on an integer clock of their own."""

from bisect import insort

from scenarios import NOBODY
from sim.floor.clock import PPM, Calendar, Happening, Kind, scaled_us
from sim.readable.handling import Finished


class Sessions:
    """Open sessions of every agent.

    With k sessions open each proceeds at ``speed_ppm[k]`` parts per million. The agent's *work clock* advances by that
    speed every µs; a session of w µs closes at the first µs at which the clock has advanced by ``w * 1,000,000`` since
    it was opened. Everything is whole numbers, so it does not matter how often the clock is read in between.

    Parameters
    ----------
    work_us
        Work of every attempt at tenure factor 1.
    pace_ppm, speed_ppm
        Per agent; of the speeds the one of each number of sessions he may have open.
    on_closed
        Called when sessions of an agent close.
    """

    __slots__ = (
        "_alarm", "_calendar", "_clock", "_on_closed", "_open", "_pace_ppm", "_read_us", "_speed_ppm", "_work_us",
        "working_us",
    )  # fmt: skip

    def __init__(
        self, calendar: Calendar, work_us: list[int], pace_ppm: list[int], speed_ppm: list[tuple[int, ...]],
        on_closed: Finished,
    ) -> None:  # fmt: skip
        people = len(pace_ppm)
        self._calendar = calendar
        self._work_us = work_us
        self._pace_ppm = pace_ppm
        self._speed_ppm = speed_ppm
        self._on_closed = on_closed
        self._clock = [0] * people
        self._read_us = [0] * people
        self._alarm = [NOBODY] * people
        self._open: list[list[tuple[int, int]]] = [[] for _ in range(people)]  # (closing reading, attempt), sorted
        self.working_us = [0] * people

    def open(self, agent: int, row: int, now_us: int) -> None:
        """Open a session."""
        self._advance(agent, now_us)
        work_us = scaled_us(self._work_us[row], self._pace_ppm[agent])
        insort(self._open[agent], (self._clock[agent] + work_us * PPM, row))
        self._arm(agent, now_us)

    def _ring(self, event: Happening) -> None:
        """Close the sessions that are over at an alarm; none when sessions opened since slowed them."""
        agent: int = event.value
        now_us = self._calendar.now_us
        if self._alarm[agent] != now_us:
            return  # an alarm set before an earlier one
        self._alarm[agent] = NOBODY
        self._advance(agent, now_us)
        mine, reading = self._open[agent], self._clock[agent]
        over = 0
        while over < len(mine) and mine[over][0] <= reading:
            over += 1
        closed = [row for _, row in mine[:over]]
        del mine[:over]
        self._arm(agent, now_us)
        if closed:
            self._on_closed(agent, closed, now_us)

    def _advance(self, agent: int, now_us: int) -> None:
        sessions = len(self._open[agent])
        if sessions:
            since_us = now_us - self._read_us[agent]
            self._clock[agent] += since_us * self._speed_ppm[agent][sessions]
            self.working_us[agent] += since_us
        else:
            self._clock[agent] = 0
        self._read_us[agent] = now_us

    def _arm(self, agent: int, now_us: int) -> None:
        """Set the alarm for the next close. One set too early does no harm: it finds nothing over and is set again."""
        mine = self._open[agent]
        if not mine:
            return
        left = mine[0][0] - self._clock[agent]
        end_us = now_us - -left // self._speed_ppm[agent][len(mine)]
        alarm = self._alarm[agent]
        if alarm == NOBODY or end_us < alarm:
            self._alarm[agent] = end_us
            self._calendar.plan_at(end_us, Kind.SESSION_CLOSE, agent, self._ring, agent)
