"""Chat by messages: an agent is one server over the unread messages of his sessions."""

from heapq import heappop, heappush

from scenarios import NOBODY, ContactTrace, ReplyOrder
from sim.floor.clock import Calendar, Happening, Kind, scaled_us
from sim.readable.attempts import Attempts
from sim.readable.handling import Finished

Message = tuple[bool, int, int, int]
"""Whether it goes behind all first replies, when it was written, root contact, attempt."""


class Conversations:
    """Everybody's sessions, message by message.

    Parameters
    ----------
    pace_ppm, reply_order
        Per agent.
    on_closed
        Called when sessions of an agent close.

    Attributes
    ----------
    reply_ends_us
        Per agent, when the reply he is typing ends, ``NOBODY`` when he types none.
    replied_us
        Per round of the trace, when the reply was there, ``NOBODY`` where none was given so far.
    working_us
        Per agent, the time spent typing so far.
    """

    __slots__ = (
        "_attempts",
        "_calendar",
        "_closing",
        "_first_round",
        "_hold_us",
        "_oldest_first",
        "_on_closed",
        "_pace_ppm",
        "_round",
        "_think_us",
        "_typing",
        "_unread",
        "_work_us",
        "replied_us",
        "reply_ends_us",
        "working_us",
    )  # fmt: skip

    def __init__(
        self, calendar: Calendar, trace: ContactTrace, attempts: Attempts, pace_ppm: list[int],
        reply_order: list[ReplyOrder], on_closed: Finished,
    ) -> None:  # fmt: skip
        people = len(pace_ppm)
        self._calendar = calendar
        self._attempts = attempts
        self._pace_ppm = pace_ppm
        self._oldest_first = [order is ReplyOrder.OLDEST for order in reply_order]
        self._on_closed = on_closed
        self._first_round: list[int] = trace.first_round.tolist()
        self._work_us: list[int] = trace.round_work_us.tolist()
        self._think_us: list[int] = trace.think_us.tolist()
        self._hold_us: list[int] = trace.hold_us.tolist()
        self._round = self._first_round[:-1]  # the round each attempt stands at
        self._unread: list[list[Message]] = [[] for _ in range(people)]
        self._typing = [NOBODY] * people  # attempt that gets the reply
        self._closing: list[list[tuple[int, int]]] = [[] for _ in range(people)]
        self.reply_ends_us = [NOBODY] * people
        self.replied_us = [NOBODY] * len(self._work_us)
        self.working_us = [0] * people

    def open(self, agent: int, row: int, now_us: int) -> None:
        """Open a session; its first message was there when it was offered."""
        self._read(agent, (False, self._attempts.offered_us[row], self._attempts.root[row], row), now_us)

    def _write(self, event: Happening) -> None:
        """The buyer's next message."""
        agent, row = event.value
        now_us = self._calendar.now_us
        self._read(agent, (not self._oldest_first[agent], now_us, self._attempts.root[row], row), now_us)

    def _read(self, agent: int, message: Message, now_us: int) -> None:
        heappush(self._unread[agent], message)
        if self._typing[agent] == NOBODY:
            self._type(agent, now_us)

    def _type(self, agent: int, now_us: int) -> None:
        """Begin the reply to the next unread message."""
        row = self._typing[agent] = heappop(self._unread[agent])[-1]
        duration_us = scaled_us(self._work_us[self._round[row]], self._pace_ppm[agent])
        self.working_us[agent] += duration_us
        ends_us = self.reply_ends_us[agent] = now_us + duration_us
        self._calendar.plan_at(ends_us, Kind.END_OF_WORK, agent, self._send, agent)

    def _send(self, event: Happening) -> None:
        """Finish a reply: the buyer thinks, or the session is over but for its hold."""
        agent: int = event.value
        row, now_us = self._typing[agent], self.reply_ends_us[agent]
        self._typing[agent] = self.reply_ends_us[agent] = NOBODY
        self.replied_us[self._round[row]] = now_us
        self._round[row] += 1
        if self._round[row] < self._first_round[row + 1]:
            asks_us = now_us + self._think_us[self._round[row]]
            self._calendar.plan_at(asks_us, Kind.MESSAGE, self._attempts.root[row], self._write, (agent, row))
        else:
            closes_us = now_us + self._hold_us[row]
            heappush(self._closing[agent], (closes_us, row))
            self._calendar.plan_at(closes_us, Kind.SESSION_CLOSE, agent, self._close, agent)
        if self._unread[agent]:
            self._type(agent, now_us)

    def _close(self, event: Happening) -> None:
        """Close all sessions of an agent that are over by now, before he takes anything new."""
        agent: int = event.value
        now_us, closing = self._calendar.now_us, self._closing[agent]
        over = []
        while closing and closing[0][0] <= now_us:
            over.append(heappop(closing)[1])
        if over:
            self._on_closed(agent, over, now_us)
