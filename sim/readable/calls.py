"""The readable calls floor: voice alone, its groups open at once, nobody comes back.

What needs few mechanisms does not pay for all. Patience is looked at when somebody is the first of a line, and an
arrival is no event: between two events nothing changes, so whoever arrives before the next one is served at the end of
the present one, at the time the column says.
"""

import math
from collections import OrderedDict, deque

import numpy as np

from scenarios import NOBODY, ContactTrace, LateBreaks, Scenario
from scenarios.checks import IntArray
from sim.floor.clock import PPM, Calendar, Happening, Kind, in_ppm, scaled_us
from sim.floor.opening import OpenSpans
from sim.floor.played import Played
from sim.floor.routing import Routing, routing_of
from sim.floor.staff import Staff
from sim.readable.attempts import limits_us
from sim.readable.attendance import Attendance

Line = deque[int]
"""Contacts that wait, who came first in front; whoever gives up stays until he is the first."""
IdleLine = OrderedDict[int, None]
"""Free agents, who has stood longest in front."""


def is_calls_only(scenario: Scenario, trace: ContactTrace, staff: Staff) -> bool:
    """Return whether the calls floor can play it; see ``Routing.calls_only``."""
    del staff  # any people will do
    return len(trace) == trace.roots and routing_of(scenario).calls_only


def play_calls(scenario: Scenario, trace: ContactTrace, staff: Staff) -> Played:
    """Play ``trace`` on the calls floor; only for what ``is_calls_only`` allows."""
    routing = routing_of(scenario)
    played = Played.empty(trace.root, 0, len(staff))
    played.offered_us[:] = np.where(trace.contained, NOBODY, trace.arrival_us)
    played.limit_us[:] = limits_us(trace, routing, OpenSpans(scenario.horizon))
    played.line[:] = trace.line
    offered = np.flatnonzero(~trace.contained & (played.limit_us >= trace.arrival_us))
    columns = (trace.arrival_us, played.limit_us, trace.work_us, trace.line)
    floor = CallsFloor(routing, staff, [column[offered] for column in columns], scenario.late_breaks)
    floor.play()
    floor.write(played, offered)
    return played


class CallsFloor:
    """A floor on which there are but calls.

    Agents who are free stand in the line of their group, contacts for whom nobody is free in the line of their type.

    Parameters
    ----------
    columns
        Of all contacts that can be answered: arrivals, last µs for an answer, work at tenure factor 1, line.
    """

    __slots__ = (
        "_agent", "_arrival_ticks", "_arrival_us", "_attendance", "_busy_until_us", "_calendar", "_end_part",
        "_ended_us", "_env", "_idle", "_ladder", "_limit_us", "_next", "_pace_ppm", "_taken_us", "_taking",
        "_time_bits", "_waiting", "_wanted", "_work_us",
    )  # fmt: skip

    def __init__(self, routing: Routing, staff: Staff, columns: list[IntArray], late_breaks: LateBreaks) -> None:
        lists: list[list[int]] = [column.tolist() for column in columns]
        self._arrival_us, self._limit_us, self._work_us, line = lists
        count = len(line)
        self._taken_us, self._ended_us, self._agent = ([NOBODY] * count for _ in range(3))
        self._pace_ppm = [in_ppm(factor) for factor in staff.tenure_factor.tolist()]
        self._busy_until_us = [0] * len(staff)
        self._form_lines(routing, staff.group.tolist(), line)
        calendar = self._calendar = Calendar(max(count, len(staff)), self._go_on)
        self._env, self._time_bits = calendar.env, calendar.time_bits
        self._end_part = calendar.at(0, Kind.END_OF_WORK, 0)
        bits, part = calendar.time_bits, calendar.at(0, Kind.ARRIVAL, 0)
        self._arrival_ticks = [now_us << bits | part for now_us in self._arrival_us] + [math.inf]
        self._next = 0  # first contact that has not arrived
        last_contact_us = [routing.groups[group].last_contact_us for group in staff.group.tolist()]
        self._attendance = Attendance(calendar, staff, self, last_contact_us, late_breaks)
        self._taking = self._attendance.taking

    def _form_lines(self, routing: Routing, groups: list[int], lines: list[int]) -> None:
        """Let everybody know where to stand and where to look, so that no step of the play looks anything up."""
        waiting: list[Line] = [deque() for _ in routing.lines]
        idle: list[IdleLine] = [OrderedDict() for _ in routing.groups]
        ladders = [[idle[group] for group in line.groups] for line in routing.lines]
        wanted = [
            [(waiting[wanted.line], wanted.priority, wanted.age_weight) for wanted in plan.live]
            for plan in routing.groups
        ]
        self._waiting = [waiting[line] for line in lines]  # per contact
        self._ladder = [ladders[line] for line in lines]
        self._idle = [idle[group] for group in groups]  # per agent
        self._wanted = [wanted[group] for group in groups]

    def play(self) -> None:
        """Play until nothing is left to happen."""
        self._go_on(None)
        self._env.run()

    def write(self, played: Played, offered: IntArray) -> None:
        """Write what happened into the columns of ``played``; the contacts are its rows ``offered``."""
        played.taken_us[offered], played.ended_us[offered] = self._taken_us, self._ended_us
        played.agent[offered] = self._agent
        taken = played.agent != NOBODY
        np.add.at(played.busy_us, played.agent[taken], (played.ended_us - played.taken_us)[taken])
        played.working_us[:] = played.busy_us
        played.at_work_us[:] = self._attendance.at_work_us

    def come(self, agent: int, now_us: int) -> None:
        """Let an agent who is at his place and free take the next contact, or stand in line."""
        limit_us, arrival_us = self._limit_us, self._arrival_us
        chosen, best = None, (0, 0)
        for line, priority, age_weight in self._wanted[agent]:
            while line and limit_us[line[0]] < now_us:
                line.popleft()
            if line:
                rank = (priority, (arrival_us[line[0]] - now_us) * age_weight)
                if chosen is None or rank < best:
                    chosen, best = line, rank
        if chosen is None:
            self._idle[agent][agent] = None
        else:
            self._answer(agent, chosen.popleft(), now_us)

    def _go_on(self, _event: Happening | None) -> None:
        """Give everybody who arrives before the next event to who is idle longest in the first group with somebody."""
        ticks, ladder = self._arrival_ticks, self._ladder
        next_tick, contact = self._env.peek(), self._next
        while ticks[contact] < next_tick:
            for idle in ladder[contact]:
                if idle:
                    agent, _ = idle.popitem(last=False)
                    done_tick = self._answer(agent, contact, self._arrival_us[contact])
                    if done_tick < next_tick:
                        next_tick = done_tick
                    break
            else:
                self._waiting[contact].append(contact)
            contact += 1
        self._next = contact

    def stay(self, agent: int, now_us: int) -> None:
        """Nothing changes: he has a contact in hand, and one is all he takes."""

    def retire(self, agent: int) -> bool:
        """Take the agent out of the line; return whether his hands are empty."""
        self._idle[agent].pop(agent, None)
        return self._busy_until_us[agent] <= self._calendar.now_us

    def _answer(self, agent: int, contact: int, now_us: int) -> int:
        """Let an agent take a contact; return the tick at which he will be done."""
        duration_us, pace_ppm = self._work_us[contact], self._pace_ppm[agent]
        if pace_ppm != PPM:
            duration_us = scaled_us(duration_us, pace_ppm)
        end_us = now_us + duration_us
        self._taken_us[contact], self._ended_us[contact], self._agent[contact] = now_us, end_us, agent
        self._busy_until_us[agent] = end_us
        # Calendar.at and Calendar.plan, spelt out: a good part of all time would go into calling them.
        env, tick = self._env, end_us << self._time_bits | self._end_part | agent
        env.timeout(tick - env.now, agent).callbacks.append(self._finish)
        return tick

    def _finish(self, event: Happening) -> None:
        agent = event.value
        if self._taking[agent]:
            self.come(agent, self._env.now >> self._time_bits)
        else:
            self._attendance.leave(agent, self._env.now >> self._time_bits)
        self._go_on(event)
