"""The plain floor: one kind of call, one group, first come first served, the longest idle agent.

What needs few mechanisms does not pay for all. The queue is a range of the arrival column, patience is checked only at
its head, and an arrival is no event: between two events nothing changes, so whoever arrives before the next one is
served at the end of the present one, at the time the column says.
"""

from collections import OrderedDict

from scenarios import NOBODY
from sim.attendance import Attendance
from sim.clock import PPM, Calendar, Happening, Kind
from sim.staff import Staff


class PlainFloor:
    """A floor with one kind of call.

    Parameters
    ----------
    arrival_us
        Sorted arrivals; every one falls into an open span.
    limit_us
        Last µs at which a contact can be answered.
    work_us
        Work at tenure factor 1.
    pace_ppm
        Tenure factor per agent in parts per million.

    Attributes
    ----------
    answered_us, ended_us, agent
        What happened to each contact, ``NOBODY`` where nothing did.
    """

    __slots__ = (
        "_arrival_part", "_arrival_us", "_end_part", "_env", "_head", "_idle", "_limit_us", "_pace_ppm", "_time_bits",
        "_work_us", "agent", "answered_us", "attendance", "ended_us",
    )  # fmt: skip

    def __init__(
        self, arrival_us: list[int], limit_us: list[int], work_us: list[int], staff: Staff, pace_ppm: list[int]
    ) -> None:
        count = len(arrival_us)
        calendar = Calendar(max(count, len(staff)), self._go_on)
        self._env = calendar.env
        self._time_bits = calendar.time_bits
        self._end_part = calendar.at(0, Kind.END_OF_WORK, 0)
        self._arrival_part = calendar.at(0, Kind.ARRIVAL, 0)
        self._arrival_us = arrival_us
        self._limit_us = limit_us
        self._work_us = work_us
        self._pace_ppm = pace_ppm
        self._idle: OrderedDict[int, None] = OrderedDict()  # free agents, longest idle first
        self._head = 0  # first contact that nobody has taken or given up on
        self.answered_us = [NOBODY] * count
        self.ended_us = [NOBODY] * count
        self.agent = [NOBODY] * count
        self.attendance = Attendance(calendar, staff, self)

    def run(self) -> None:
        """Play until nothing is left to happen."""
        self._env.run()

    def come(self, agent: int, now_us: int) -> None:
        """Let an agent who is at his place and free take the next contact, or stand in line."""
        arrival_us, limit_us = self._arrival_us, self._limit_us
        head, count = self._head, len(arrival_us)
        # An arrival comes after everything else of its instant: who arrives now is not there yet.
        while head < count and arrival_us[head] < now_us:
            if limit_us[head] >= now_us:
                self._head = head + 1
                self._answer(agent, head, now_us)
                return
            head += 1
        self._head = head
        self._idle[agent] = None

    def _go_on(self, _event: Happening) -> None:
        """Give everybody who arrives before the next event to the agent idle longest, while one is left."""
        idle, arrival_us, peek = self._idle, self._arrival_us, self._env.peek
        bits, part, count = self._time_bits, self._arrival_part, len(arrival_us)
        while idle and (head := self._head) < count:
            now_us = arrival_us[head]
            if now_us << bits | part > peek():
                return
            self._head = head + 1
            agent, _ = idle.popitem(last=False)
            self._answer(agent, head, now_us)

    def stay(self, agent: int, now_us: int) -> None:
        """Nothing changes: he has a contact in hand, and one is all he takes."""

    def retire(self, agent: int) -> bool:
        """Take the agent out of the line; return whether he stood in it."""
        if agent not in self._idle:
            return False
        del self._idle[agent]
        return True

    def _answer(self, agent: int, contact: int, now_us: int) -> None:
        self.answered_us[contact] = now_us
        self.agent[contact] = agent
        duration_us = (self._work_us[contact] * self._pace_ppm[agent] + PPM // 2) // PPM or 1
        self.ended_us[contact] = end_us = now_us + duration_us
        # Calendar.at and Calendar.plan, spelt out: half of all time would go into calling them.
        env = self._env
        tick = end_us << self._time_bits | self._end_part | agent
        env.timeout(tick - env.now, agent).callbacks.append(self._finish)

    def _finish(self, event: Happening) -> None:
        agent = event.value
        now_us = self._env.now >> self._time_bits
        if self.attendance.taking[agent]:
            self.come(agent, now_us)
        else:
            self.attendance.leave(agent, now_us)
        if self._idle:
            self._go_on(event)
