"""Who is at his place: shifts, breaks, "finish, then leave", late breaks, the last moment for new contacts."""

from collections.abc import Sequence
from typing import Protocol

from scenarios import LateBreaks
from sim.floor.clock import Calendar, Happening, Kind
from sim.floor.staff import Staff

_SPAN_ENDS, _LAST_CONTACT, _SHIFT_STARTS = range(3)  # in the order in which they happen to one person at one instant


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
    his hands are empty. If another span of the same shift follows, he is on a break until it begins; what a break
    becomes that begins late is a matter of ``late_breaks``. The start of a shift is never moved.

    Parameters
    ----------
    last_contact_us
        Per agent, in how many last µs of a shift he takes no new contact.

    Attributes
    ----------
    taking
        Per agent, whether he is at his place and may take new contacts.
    at_work_us
        Per agent, the time between coming and leaving so far.
    """

    __slots__ = (
        "_breaks_end_as_planned", "_calendar", "_came_us", "_changes", "_floor", "_here", "_last_us", "_next",
        "_on_span", "_span", "_staff", "at_work_us", "taking",
    )  # fmt: skip

    def __init__(
        self, calendar: Calendar, staff: Staff, floor: Floor, last_contact_us: Sequence[int], late_breaks: LateBreaks
    ) -> None:
        people = len(staff)
        self._calendar = calendar
        self._staff = staff
        self._floor = floor
        self._breaks_end_as_planned = late_breaks is LateBreaks.PLANNED_END
        self._last_us = [
            [end_us - before_us for end_us in ends]
            for ends, before_us in zip(staff.shift_ends, last_contact_us, strict=True)
        ]
        self._span = [-1] * people
        self._on_span = [False] * people  # at his place, and his span is not over
        self._here = [False] * people  # at his place, be it to finish only
        self._came_us = [0] * people
        self.taking = [False] * people
        self.at_work_us = [0] * people
        self._changes = self._all_changes()
        self._next = 0
        self._await_change()

    def leave(self, agent: int, now_us: int) -> None:
        """Let an agent whose hands are empty go, if his span is over: into his break, or home."""
        if self._on_span[agent]:
            return
        if self._breaks_end_as_planned and self._is_back_already(agent, now_us):
            self._begin_taking(agent, now_us)
            if self.taking[agent]:
                self._floor.come(agent, now_us)
            return
        self.at_work_us[agent] += now_us - self._came_us[agent]
        self._here[agent] = False
        self._pause(agent, now_us)

    def _all_changes(self) -> list[tuple[int, int, int, int]]:
        """Return (tick, what, span, agent) of every shift start, last moment for contacts and span end, in order."""
        rows = []
        for agent, (spans, ends) in enumerate(zip(self._staff.spans, self._staff.shift_ends, strict=True)):
            for number, (start_us, end_us) in enumerate(spans):
                moments = [(end_us, _SPAN_ENDS)]
                if number == 0 or ends[number - 1] != ends[number]:
                    moments.append((start_us, _SHIFT_STARTS))
                if start_us < self._last_us[agent][number] < end_us:
                    moments.append((self._last_us[agent][number], _LAST_CONTACT))
                rows += [
                    (self._calendar.at(time_us, Kind.SHIFT_CHANGE, agent), what, number, agent)
                    for time_us, what in moments
                ]
        return sorted(rows)

    def _await_change(self) -> None:
        if self._next < len(self._changes):
            tick, *change = self._changes[self._next]
            self._next += 1
            self._calendar.plan(tick, self._change, (tick >> self._calendar.time_bits, *change))

    def _change(self, event: Happening) -> None:
        now_us, what, number, agent = event.value
        self._await_change()
        if what == _SHIFT_STARTS:
            self._start_shift(agent, number, now_us)
        elif self._on_span[agent] and self._span[agent] == number:
            self._on_span[agent] = what == _LAST_CONTACT
            self.taking[agent] = False
            if self._floor.retire(agent):
                self.leave(agent, now_us)

    def _start_shift(self, agent: int, number: int, now_us: int) -> None:
        self._span[agent] = number
        if not self._here[agent]:
            self._come(agent, now_us)
            return
        self._begin_taking(agent, now_us)
        if self.taking[agent]:
            self._floor.stay(agent, now_us)

    def _come(self, agent: int, now_us: int) -> None:
        self._here[agent] = True
        self._came_us[agent] = now_us
        self._begin_taking(agent, now_us)
        if self.taking[agent]:
            self._floor.come(agent, now_us)

    def _begin_taking(self, agent: int, now_us: int) -> None:
        self._on_span[agent] = True
        self.taking[agent] = now_us < self._last_us[agent][self._span[agent]]

    def _pause(self, agent: int, now_us: int) -> None:
        """Start the break that follows the agent's span, if one does."""
        number = self._span[agent]
        if self._breaks_on(agent, number):
            spans = self._staff.spans[agent]
            next_us = spans[number + 1][0]
            back_us = next_us if self._breaks_end_as_planned else now_us + next_us - spans[number][1]
            self._calendar.plan_at(back_us, Kind.SHIFT_CHANGE, agent, self._end_break, (agent, number + 1, back_us))

    def _end_break(self, event: Happening) -> None:
        agent, number, now_us = event.value
        if self._span[agent] != number - 1:
            return  # his next shift has begun meanwhile
        self._span[agent] = number
        if now_us >= self._staff.spans[agent][number][1]:
            self._pause(agent, now_us)
        else:
            self._come(agent, now_us)

    def _breaks_on(self, agent: int, number: int) -> bool:
        """Return whether a break, and with it another span of the same shift, follows a span."""
        ends = self._staff.shift_ends[agent]
        return number + 1 < len(ends) and ends[number + 1] == ends[number]

    def _is_back_already(self, agent: int, now_us: int) -> bool:
        """Move on past the breaks whose planned end is over; return whether a span is running then."""
        spans = self._staff.spans[agent]
        while self._breaks_on(agent, self._span[agent]) and spans[self._span[agent] + 1][0] < now_us:
            self._span[agent] += 1
            if now_us < spans[self._span[agent]][1]:
                return True
        return False
