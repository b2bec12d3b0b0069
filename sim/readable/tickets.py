"""Tickets: those that wait, earliest due first, and those in hand that a live contact may interrupt."""

from heapq import heappop, heappush

from scenarios import NOBODY
from sim.floor.routing import GroupPlan, LinePlan, Step
from sim.readable.attempts import Attempts


class Tickets:
    """Waiting tickets stand in one pool per line and steps reached, so that all of a pool are treated alike.

    Whatever leaves a pool by another way than its front stays in it as a shadow, and is dropped when it comes there.
    """

    __slots__ = ("_attempts", "_in_hand", "_in_pool", "_pools", "_reached", "_steps")

    def __init__(self, attempts: Attempts, plans: tuple[LinePlan, ...], groups: int) -> None:
        self._attempts = attempts
        self._steps = [plan.steps for plan in plans]
        self._pools: list[list[list[tuple[int, int, int]]]] = [[[] for _ in plan.steps] for plan in plans]
        self._reached: dict[int, int] = {}  # steps beyond the first that a ticket has reached in its present line
        self._in_pool: dict[int, tuple[int, int]] = {}  # (line, steps reached) of a waiting ticket
        self._in_hand: list[list[tuple[int, int, int]]] = [[] for _ in range(groups)]

    # ---- waiting --------------------------------------------------------------------------------------------------

    def open_steps(self, ticket: int) -> tuple[Step, ...]:
        """Return the steps a ticket has reached, in order."""
        return self._steps[self._attempts.line[ticket]][: self._reached.get(ticket, 0) + 1]

    def wait(self, ticket: int) -> None:
        """Let a ticket wait."""
        line, reached = self._attempts.line[ticket], self._reached.get(ticket, 0)
        self._in_pool[ticket] = line, reached
        due_us = self._attempts.due_us(ticket)
        heappush(self._pools[line][reached], (due_us, self._attempts.root[ticket], ticket))

    def reach(self, ticket: int, step: int) -> bool:
        """Let a ticket reach a further step; return whether it waits, and take it out of its pool if it does."""
        self._reached[ticket] = step
        return self._in_pool.pop(ticket, None) is not None

    def waits(self, ticket: int) -> bool:
        """Return whether a ticket waits."""
        return ticket in self._in_pool

    def step_out(self, ticket: int) -> None:
        """Take a waiting ticket out; wherever it waits next, it stands before the first step."""
        del self._in_pool[ticket]
        self._reached.pop(ticket, None)

    def take(self, plan: GroupPlan) -> int:
        """Take out the ticket that an agent of a group takes next, ``NOBODY`` when none waits for him."""
        best: tuple[int, int, int, int] | None = None
        for wanted in plan.tickets:
            priority = wanted.priority
            for reached, (step, pool) in enumerate(
                zip(self._steps[wanted.line], self._pools[wanted.line], strict=True)
            ):
                priority -= step.raise_by
                if step.from_wait_us >= wanted.from_wait_us and self._has(pool, wanted.line, reached):
                    head = (priority, *pool[0])
                    best = head if best is None else min(best, head)
        if best is None:
            return NOBODY
        ticket = best[-1]
        line, reached = self._in_pool.pop(ticket)
        heappop(self._pools[line][reached])
        return ticket

    def _has(self, pool: list[tuple[int, int, int]], line: int, reached: int) -> bool:
        """Drop shadows from the front of a pool; return whether somebody waits there."""
        place = line, reached
        while pool and self._in_pool.get(pool[0][-1]) != place:
            heappop(pool)
        return bool(pool)

    # ---- in hand --------------------------------------------------------------------------------------------------

    def hold(self, ticket: int, agent: int, group: int) -> None:
        """Note that an agent of a group has a ticket in hand and takes contacts."""
        heappush(self._in_hand[group], (-self._attempts.due_us(ticket), agent, ticket))

    def interruptible(self, group: int, in_hand: list[int], taking: list[bool]) -> int:
        """Return the agent of a group whose ticket is due last, ``NOBODY`` when none works on one.

        Parameters
        ----------
        in_hand, taking
            Per agent, the call or ticket in hand; whether he takes contacts.
        """
        heap = self._in_hand[group]
        while heap:
            _, agent, ticket = heap[0]
            if in_hand[agent] == ticket and taking[agent]:
                return agent
            heappop(heap)
        return NOBODY
