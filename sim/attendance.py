"""Who is at his place: shifts, breaks, "finish, then leave", late breaks kept whole."""

from typing import Protocol

from sim.clock import Calendar, Happening, Kind
from sim.staff import Staff


class Floor(Protocol):
    """What attendance asks of a floor."""

    def come(self, agent: int, now_us: int) -> None:
        """Let an agent who has come to his place take what he can, or stand in line."""

    def stay(self, agent: int, now_us: int) -> None:
        """Let an agent who was still finishing when his next shift began take more again."""

    def retire(self, agent: int) -> bool:
        """Give the agent no more contacts; return whether his hands are empty, so that he can go at once."""


class Attendance:
    """The shift process: plays everybody's work spans.

    Each person's spans are played in order. At the end of a span the agent takes no more contacts and leaves as soon as
    his hands are empty. If another span of the same shift follows, he is on a break of its full length, counted
    from when he really left; if that carries him past the end of the next span, that span is skipped. The start of a
    shift is never moved.

    Attributes
    ----------
    taking
        Per agent, whether he is at his place and may take new contacts.
    at_work_us
        Per agent, the time between coming and leaving so far.
    """

    __slots__ = (
        "_calendar", "_came_us", "_changes", "_floor", "_here", "_next", "_span", "_staff", "at_work_us", "taking",
    )  # fmt: skip

    def __init__(self, calendar: Calendar, staff: Staff, floor: Floor) -> None:
        people = len(staff)
        self._calendar = calendar
        self._staff = staff
        self._floor = floor
        self._span = [-1] * people
        self._came_us = [0] * people
        self._here = [False] * people
        self.taking = [False] * people
        self.at_work_us = [0] * people
        self._changes = self._all_changes()
        self._next = 0
        self._await_change()

    def leave(self, agent: int, now_us: int) -> None:
        """Let an agent whose span is over and whose hands are empty go: into his break, or home."""
        self.at_work_us[agent] += now_us - self._came_us[agent]
        self._here[agent] = False
        self._pause(agent, now_us)

    def _all_changes(self) -> list[tuple[int, int, int, bool]]:
        """Return (tick, agent, span, comes) of every shift start and span end; a person's end goes before his start."""
        rows = []
        for agent, (spans, ends) in enumerate(zip(self._staff.spans, self._staff.shift_ends, strict=True)):
            for number, (start_us, end_us) in enumerate(spans):
                if number == 0 or ends[number - 1] != ends[number]:
                    rows.append((self._calendar.at(start_us, Kind.SHIFT_CHANGE, agent), agent, number, True))
                rows.append((self._calendar.at(end_us, Kind.SHIFT_CHANGE, agent), agent, number, False))
        return sorted(rows, key=lambda row: (row[0], row[2]))

    def _await_change(self) -> None:
        if self._next < len(self._changes):
            tick, *change = self._changes[self._next]
            self._next += 1
            self._calendar.plan(tick, self._change, (tick >> self._calendar.time_bits, *change))

    def _change(self, event: Happening) -> None:
        now_us, agent, number, comes = event.value
        self._await_change()
        if comes:
            self._start_shift(agent, number, now_us)
        elif self.taking[agent] and self._span[agent] == number:
            self.taking[agent] = False
            if self._floor.retire(agent):
                self.leave(agent, now_us)

    def _start_shift(self, agent: int, number: int, now_us: int) -> None:
        self._span[agent] = number
        if self._here[agent]:
            self.taking[agent] = True
            self._floor.stay(agent, now_us)
        else:
            self._come(agent, now_us)

    def _come(self, agent: int, now_us: int) -> None:
        self._here[agent] = True
        self._came_us[agent] = now_us
        self.taking[agent] = True
        self._floor.come(agent, now_us)

    def _pause(self, agent: int, now_us: int) -> None:
        """Start the break that follows the agent's span, if one does."""
        number = self._span[agent]
        spans, ends = self._staff.spans[agent], self._staff.shift_ends[agent]
        if number + 1 < len(spans) and ends[number + 1] == ends[number]:
            back_us = now_us + spans[number + 1][0] - spans[number][1]
            tick = self._calendar.at(back_us, Kind.SHIFT_CHANGE, agent)
            self._calendar.plan(tick, self._end_break, (agent, number + 1, back_us))

    def _end_break(self, event: Happening) -> None:
        agent, number, now_us = event.value
        if self.taking[agent] or self._span[agent] != number - 1:
            return  # his next shift has begun meanwhile
        self._span[agent] = number
        if now_us >= self._staff.spans[agent][number][1]:
            self._pause(agent, now_us)
        else:
            self._come(agent, now_us)
