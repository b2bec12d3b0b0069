"""Who is free: the lines in which agents stand until a contact comes."""

from heapq import heappop, heappush

from scenarios import NOBODY, AgentChoice
from sim.routing import GroupPlan

_LINE_BITS = 40  # more places in line than any run gives out


class Lines:
    """Two lines per group, of agents with empty hands and of agents with sessions open and room for more.

    A place in line is one integer, ``(rank, number, agent)``: the rank comes from the group's choice (none, open
    sessions, or tenure factor), the number is given out in order of standing in, so that among equals the one who
    stands longest is first. Whoever steps out leaves his old place behind; it is dropped when it comes to the front.
    """

    __slots__ = (
        "_agent_bits",
        "_agent_mask",
        "_empty",
        "_group",
        "_load_counts",
        "_number",
        "_open",
        "_place",
        "_rank",
    )

    def __init__(self, plans: tuple[GroupPlan, ...], group: list[int], pace_ppm: list[int]) -> None:
        self._group = group
        self._agent_bits = max(1, len(group).bit_length())
        self._agent_mask = (1 << self._agent_bits) - 1
        choices = [plans[number].choice for number in group]
        self._load_counts = [choice is AgentChoice.LEAST_LOADED for choice in choices]
        self._rank = [
            pace if choice is AgentChoice.FASTEST else 0 for choice, pace in zip(choices, pace_ppm, strict=True)
        ]
        self._number = 0
        self._place = [NOBODY] * len(group)
        self._empty: list[list[int]] = [[] for _ in plans]
        self._open: list[list[int]] = [[] for _ in plans]

    def stand(self, agent: int, sessions: int) -> None:
        """Let an agent with ``sessions`` open stand in, behind everybody of his rank."""
        self._number += 1
        rank = self._rank[agent] + (sessions if self._load_counts[agent] else 0)
        place = (rank << _LINE_BITS | self._number) << self._agent_bits | agent
        self._place[agent] = place
        heappush((self._open if sessions else self._empty)[self._group[agent]], place)

    def step_out(self, agent: int) -> None:
        """Take an agent out of the line, if he stands in one."""
        self._place[agent] = NOBODY

    def first(self, group: int, *, with_sessions: bool) -> int:
        """Return the first agent of a group, ``NOBODY`` when nobody is free.

        ``with_sessions`` also looks at agents with sessions open: a chat may join them, a call may not.
        """
        place = self._front(self._empty[group])
        if with_sessions:
            other = self._front(self._open[group])
            if place < 0 or 0 <= other < place:
                place = other
        return place & self._agent_mask if place >= 0 else NOBODY

    def _front(self, line: list[int]) -> int:
        places, mask = self._place, self._agent_mask
        while line:
            place = line[0]
            if places[place & mask] == place:
                return place
            heappop(line)
        return NOBODY
