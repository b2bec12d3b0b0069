"""Tickets that wait: earliest due first, in pools that groups share."""

from heapq import heappop, heappush

from scenarios import NOBODY
from sim.attempts import Attempts
from sim.routing import GroupPlan, Step

Pool = tuple[int, int]
"""Contact type and waiting time from which the pool's groups may take it."""


class TicketPools:
    """Waiting tickets by (type, step of the route); a ticket stands in the pool of every step it has reached."""

    __slots__ = ("_attempts", "_pools", "_reached", "_steps", "_waiting")

    def __init__(self, attempts: Attempts, steps: tuple[tuple[Step, ...], ...]) -> None:
        self._attempts = attempts
        self._steps = steps
        self._pools: dict[Pool, list[tuple[int, int]]] = {
            (kind, step.from_wait_us): [] for kind, route in enumerate(steps) for step in route
        }
        self._reached: dict[int, int] = {}  # steps open to a ticket, where more than the first one
        self._waiting: set[int] = set()

    def open_groups(self, ticket: int) -> list[int]:
        """Return the groups that may take the ticket now, best first."""
        return [group for step in self._open_steps(ticket) for group in step.groups]

    def put(self, ticket: int) -> None:
        """Let the ticket wait in the pool of every step it has reached."""
        self._waiting.add(ticket)
        kind = self._attempts.kind[ticket]
        for step in self._open_steps(ticket):
            heappush(self._pools[kind, step.from_wait_us], (self._attempts.due_us[ticket], ticket))

    def reach(self, ticket: int, step: int) -> bool:
        """Open a further step to the ticket; return whether it is waiting now."""
        self._reached[ticket] = step + 1
        if ticket not in self._waiting:
            return False
        self._waiting.discard(ticket)
        return True

    def take(self, plan: GroupPlan) -> int:
        """Return the ticket that an agent of a group takes next, ``NOBODY`` when none waits for him."""
        for pools in plan.tickets:
            heads = [head for head in map(self._head, pools) if head is not None]
            if heads:
                ticket = min(heads)[1]
                self._waiting.discard(ticket)
                return ticket
        return NOBODY

    def _head(self, pool: Pool) -> tuple[int, int] | None:
        heap = self._pools[pool]
        while heap and heap[0][1] not in self._waiting:
            heappop(heap)
        return heap[0] if heap else None

    def _open_steps(self, ticket: int) -> tuple[Step, ...]:
        return self._steps[self._attempts.kind[ticket]][: self._reached.get(ticket, 1)]
