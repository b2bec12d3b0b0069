"""Slot chat: an agent's open sessions share him, on an integer clock of their own."""

from bisect import insort

from scenarios import NOBODY
from sim.clock import PPM, Calendar, Handler, Kind


class Sessions:
    """Open sessions of every agent.

    With k sessions open each proceeds at ``speed_ppm[k]`` parts per million. The agent's *work clock* advances by that
    speed every µs; a session of w µs closes at the first µs at which the clock has advanced by ``w * 1,000,000`` since
    it was opened. Everything is whole numbers, so it does not matter how often the clock is read in between.

    Parameters
    ----------
    speed_ppm
        Speeds per agent.
    on_alarm
        Called back when the next session of an agent may be over.

    Attributes
    ----------
    open
        Per agent (closing reading of the work clock, attempt), next to close first.
    """

    __slots__ = ("_alarm", "_calendar", "_clock", "_on_alarm", "_read_us", "_speed_ppm", "open")

    def __init__(self, calendar: Calendar, speed_ppm: list[tuple[int, ...]], on_alarm: Handler) -> None:
        people = len(speed_ppm)
        self._calendar = calendar
        self._speed_ppm = speed_ppm
        self._on_alarm = on_alarm
        self._clock = [0] * people
        self._read_us = [0] * people
        self._alarm = [NOBODY] * people
        self.open: list[list[tuple[int, int]]] = [[] for _ in range(people)]

    def add(self, agent: int, attempt: int, work_us: int, now_us: int) -> None:
        """Open a session that takes ``work_us`` when it is the only one."""
        mine = self.open[agent]
        self._advance(agent, now_us)
        insort(mine, (self._clock[agent] + work_us * PPM, attempt))
        self._arm(agent, now_us)

    def close_due(self, agent: int, now_us: int) -> list[int]:
        """Close the sessions that are over at an alarm and return them; none when sessions opened since slowed it."""
        if self._alarm[agent] != self._calendar.env.now:
            return []  # an alarm set before an earlier one
        self._alarm[agent] = NOBODY
        self._advance(agent, now_us)
        mine, reading = self.open[agent], self._clock[agent]
        over = 0
        while over < len(mine) and mine[over][0] <= reading:
            over += 1
        closed = [attempt for _, attempt in mine[:over]]
        del mine[:over]
        self._arm(agent, now_us)
        return closed

    def _advance(self, agent: int, now_us: int) -> None:
        mine = self.open[agent]
        if mine:
            self._clock[agent] += (now_us - self._read_us[agent]) * self._speed_ppm[agent][len(mine)]
        else:
            self._clock[agent] = 0
        self._read_us[agent] = now_us

    def _arm(self, agent: int, now_us: int) -> None:
        """Set the alarm for the next close. One set too early does no harm: it finds nothing over and is set again."""
        mine = self.open[agent]
        if not mine:
            return
        left = mine[0][0] - self._clock[agent]
        end_us = now_us - -left // self._speed_ppm[agent][len(mine)]
        tick = self._calendar.at(end_us, Kind.SESSION_CLOSE, agent)
        alarm = self._alarm[agent]
        if alarm < 0 or tick < alarm:
            self._alarm[agent] = self._calendar.plan(tick, self._on_alarm, agent)
