"""Attempts: what has happened to every row of the trace so far, and what follows from it."""

from collections.abc import Sequence

import numpy as np

from scenarios import NEVER_US, NOBODY, SHOP_OWES, US_PER_MIN, Cause, Channel, ContactTrace
from scenarios.checks import IntArray
from sim.floor.opening import OpenSpans
from sim.floor.routing import Routing

WAITS_ON_US = 24 * 60 * US_PER_MIN
"""Whoever is served at closing waits so long for it at most."""
ATTEMPT_COLUMNS = ("offered_us", "limit_us", "taken_us", "ended_us", "agent", "line", "hops")
"""What an engine tells of every attempt, see ``Played``."""
_OWED = frozenset(int(cause) for cause in SHOP_OWES)


def limits_us(trace: ContactTrace, routing: Routing, opening: OpenSpans) -> IntArray:
    """Return (N,) the last µs at which each root contact can be answered, as ``Attempts.offer`` says one by one.

    ``NEVER_US`` for tickets, ``NOBODY`` for those whom the bot keeps; before the arrival where the service is closed.
    """
    line, arrival_us = trace.line[: trace.roots], trace.arrival_us
    is_ticket = np.array([plan.channel is Channel.TICKET for plan in routing.lines])
    waits_on_us = np.array([WAITS_ON_US if plan.served_at_closing else 0 for plan in routing.lines], dtype=np.int64)
    closing_us = opening.closing_us(arrival_us)
    closing_us = closing_us + np.where(closing_us == arrival_us, 0, waits_on_us[line])
    live_us = np.minimum(arrival_us + trace.patience_us[: trace.roots], closing_us - 1)
    return np.where(trace.contained, NOBODY, np.where(is_ticket[line], NEVER_US, live_us))


class Attempts:
    """One entry per possible attempt, as the trace has them; only those that are offered ever happen.

    Attributes
    ----------
    root, line
        Root contact; type in whose line it stands, which a transfer changes.
    if_lost, if_answered
        The row that may follow, ``NOBODY`` for none.
    offered_us, joined_us, limit_us
        When it was offered; when it joined its present line; last µs at which it can be answered.
    taken_us, ended_us, agent, hops
        What happened so far, ``NOBODY`` where nothing did.
    """

    __slots__ = (
        "_cause", "_delay_us", "_due_after_us", "_is_ticket",
        "_need_ppm", "_opening", "_patience_us", "_roots", "_waits_on_us", "agent", "ended_us", "hops", "if_answered",
        "if_lost", "joined_us", "limit_us", "line", "offered_us", "root", "taken_us",
    )  # fmt: skip

    def __init__(self, trace: ContactTrace, routing: Routing, opening: OpenSpans) -> None:
        rows = len(trace)
        self._roots = trace.roots
        self._opening = opening
        self._is_ticket = [line.channel is Channel.TICKET for line in routing.lines]
        self._waits_on_us = [WAITS_ON_US if line.served_at_closing else 0 for line in routing.lines]
        self._cause: list[int] = trace.cause.tolist()
        self._delay_us: list[int] = trace.delay_us.tolist()
        self._due_after_us: list[int] = trace.due_after_us.tolist()
        self._patience_us: list[int] = trace.patience_us.tolist()
        self.if_lost: list[int] = trace.if_lost.tolist()
        self.if_answered: list[int] = trace.if_answered.tolist()
        self._need_ppm: list[int] = trace.need_ppm.tolist()
        self.root: list[int] = trace.root.tolist()
        self.line: list[int] = trace.line.tolist()
        later = [NOBODY] * (rows - trace.roots)
        self.offered_us: list[int] = np.where(trace.contained, NOBODY, trace.arrival_us).tolist() + later
        self.joined_us = self.offered_us.copy()
        self.limit_us: list[int] = limits_us(trace, routing, opening).tolist() + later
        self.taken_us = [NOBODY] * rows
        self.ended_us = [NOBODY] * rows
        self.agent = [NOBODY] * rows
        self.hops = [0] * rows

    def put_off_us(self, row: int, now_us: int) -> int:
        """Return when a later attempt comes in place of now: what the shop owes while closed, at the next opening.

        Now, for all others, and where no opening follows.
        """
        waits = self._cause[row] in _OWED and not self._is_ticket[self.line[row]]
        if not waits or self._opening.closing_at(now_us) > now_us:
            return now_us
        opens_us = self._opening.opening_after(now_us)
        return now_us if opens_us == NEVER_US else opens_us

    def offer(self, row: int, now_us: int) -> bool:
        """Offer a later attempt; return whether it is made, which the buyer's own ones are not while closed."""
        line = self.line[row]
        if self._is_ticket[line]:
            limit_us = NEVER_US
        elif (closes_us := self._opening.closing_at(now_us)) > now_us:
            limit_us = min(now_us + self._patience_us[row], closes_us + self._waits_on_us[line] - 1)
        elif self._cause[row] in _OWED:
            limit_us = now_us - 1
        else:
            return False
        self.offered_us[row] = self.joined_us[row] = now_us
        self.limit_us[row] = limit_us
        return True

    def made(self) -> list[int]:
        """Return the rows of the root contacts, then those of the later attempts in the order of their offers."""
        later = (row for row in range(self._roots, len(self.root)) if self.offered_us[row] != NOBODY)
        return [*range(self._roots), *sorted(later, key=lambda row: (self.offered_us[row], self.root[row], row))]

    def before(self, made: Sequence[int]) -> list[int]:
        """Return which of the rows ``made``, by its place among them, each one follows; ``NOBODY`` for the roots."""
        place = {row: number for number, row in enumerate(made)}
        follows = {
            ahead: place[row]
            for ways in (self.if_lost, self.if_answered)
            for row, ahead in enumerate(ways)
            if ahead != NOBODY and row in place
        }
        return [follows.get(row, NOBODY) for row in made]

    def due_us(self, row: int) -> int:
        """Return when an offered ticket is due."""
        return self.offered_us[row] + self._due_after_us[row]

    def take(self, row: int, agent: int, now_us: int) -> None:
        """Put an attempt into the hands of an agent; of a ticket that was begun before, only they may change."""
        if self.taken_us[row] == NOBODY:
            self.taken_us[row] = now_us
        elif self.agent[row] != agent:
            self.hops[row] += 1
        self.agent[row] = agent

    def transfer(self, row: int, line: int, now_us: int) -> None:
        """Move a waiting attempt to another line, where its wait begins anew; its patience does not."""
        self.line[row] = line
        self.joined_us[row] = now_us
        self.hops[row] += 1

    def comes_after_loss(self, row: int) -> bool:
        """Return whether what follows a loss follows this one, should nobody answer.

        A buyer tries again only if he gave up; a message is left by those too who were closed out.
        """
        gives_up_us = self.offered_us[row] + self._patience_us[row]
        return self._cause[self.if_lost[row]] != Cause.REDIAL or gives_up_us <= self.limit_us[row]

    def comes_after_answer(self, row: int, pace_ppm: int) -> bool:
        """Return whether what follows an answer follows that of somebody of this tenure factor."""
        return self._need_ppm[row] < pace_ppm

    def due_after_loss_us(self, row: int) -> int:
        """Return when the row comes that follows the loss of ``row``."""
        return self.limit_us[row] + self._delay_us[self.if_lost[row]]

    def due_after_answer_us(self, row: int) -> int:
        """Return when the row comes that follows the end of ``row``."""
        return self.ended_us[row] + self._delay_us[self.if_answered[row]]
