"""Who is next: the lines in which agents stand until a contact comes."""

from heapq import heappop, heappush
from itertools import chain

from scenarios import NOBODY, AgentChoice, Channel
from sim.floor.clock import PPM
from sim.floor.routing import GroupPlan, LinePlan

LOOKED_AT = 4
"""Agents among whom ``not_typing_first`` looks for one who is not typing."""
BY_WEIGHT = -1
"""Instead of a rank: it is what he has taken so far, by his weight."""
_TAKEN_SCALE = PPM * PPM  # contacts taken times this, by a weight in parts per million, keeps twelve digits
_NUMBER_BITS = 40  # more places in line than any run gives out


def most_open(group: GroupPlan, line: LinePlan) -> int:
    """Return with how many slots open at most an agent of a group has room for one more of a line."""
    return group.chat_cap + line.beyond_cap - line.slots if line.channel is Channel.CHAT else 0


class Lines:
    """Lines of agents with room for more, one per group and number of chat slots open.

    A place in line is one integer, ``(rank, number, agent)``: the rank comes from the group's choice (none, tenure
    factor, or contacts taken by weight), the number is given out in order of standing in, so that among equals the one
    who stands longest is first. Whoever steps out leaves his old place behind; it is dropped when it comes to the
    front.

    Parameters
    ----------
    group, pace_ppm, weight_ppm
        Per agent.
    reply_ends_us
        Per agent, when the reply he is typing ends, ``NOBODY`` when he types none; kept by somebody else.
    """

    __slots__ = (
        "_agent_bits", "_agent_mask", "_group", "_lines", "_number", "_place", "_plans", "_rank", "_reply_ends_us",
        "_slots_open", "_taken", "_weight_ppm",
    )  # fmt: skip

    def __init__(
        self, plans: tuple[GroupPlan, ...], group: list[int], pace_ppm: list[int], weight_ppm: list[int],
        reply_ends_us: list[int],
    ) -> None:  # fmt: skip
        people = len(group)
        self._plans = plans
        self._group = group
        choices = [plans[number].choice for number in group]
        self._rank = [
            pace if choice is AgentChoice.FASTEST else BY_WEIGHT if choice is AgentChoice.WEIGHTED else 0
            for choice, pace in zip(choices, pace_ppm, strict=True)
        ]
        self._weight_ppm = weight_ppm
        self._reply_ends_us = reply_ends_us
        self._agent_bits = max(1, people.bit_length())
        self._agent_mask = (1 << self._agent_bits) - 1
        self._number = 0
        self._place = [NOBODY] * people
        self._slots_open = [0] * people
        self._taken = [0] * people
        self._lines: list[list[list[int]]] = [[[] for _ in range(plan.chat_cap + plan.beyond_cap)] for plan in plans]

    def stand(self, agent: int, slots_open: int) -> None:
        """Let an agent stand in, behind everybody of his rank; not if he has no slot left."""
        lines = self._lines[self._group[agent]]
        if slots_open >= len(lines):
            self._place[agent] = NOBODY
            return
        rank = self._rank[agent]
        if rank == BY_WEIGHT:
            rank = self._taken[agent] * _TAKEN_SCALE // self._weight_ppm[agent]
        self._number += 1
        place = (rank << _NUMBER_BITS | self._number) << self._agent_bits | agent
        self._place[agent] = place
        self._slots_open[agent] = slots_open
        heappush(lines[slots_open], place)

    def step_out(self, agent: int) -> None:
        """Take an agent out of the line, if he stands in one."""
        self._place[agent] = NOBODY

    def take(self, agent: int) -> None:
        """Take an agent out of the line for a contact, which counts for his weight when he stands in again."""
        self._place[agent] = NOBODY
        self._taken[agent] += 1

    def has_room(self, agent: int, most_open: int) -> bool:
        """Return whether an agent stands in line with at most ``most_open`` slots open."""
        return self._place[agent] != NOBODY and self._slots_open[agent] <= most_open

    def first(self, group: int, most_open: int) -> int:
        """Return whom the group's choice takes among those with at most ``most_open`` slots open, or ``NOBODY``."""
        lines, choice = self._lines[group], self._plans[group].choice
        if choice is AgentChoice.NOT_TYPING_FIRST:
            return self._not_typing_first(lines[: most_open + 1])
        best = NOBODY
        for slots_open in range(min(most_open + 1, len(lines))):
            place = self._front(lines[slots_open])
            if place != NOBODY and (best == NOBODY or place < best):
                best = place
                if choice is AgentChoice.LEAST_LOADED:
                    break
        return best & self._agent_mask if best != NOBODY else NOBODY

    def everybody(self, group: int, most_open: int) -> list[tuple[int, int]]:
        """Return (agent, slots open) of all with at most ``most_open`` slots open, who stands longest first."""
        low = (1 << self._agent_bits + _NUMBER_BITS) - 1
        places = sorted(chain.from_iterable(self._lines[group][: most_open + 1]), key=lambda place: place & low)
        agents = [place & self._agent_mask for place in places if self._is_valid(place)]
        return [(agent, self._slots_open[agent]) for agent in agents]

    def _is_valid(self, place: int) -> bool:
        return self._place[place & self._agent_mask] == place

    def _front(self, line: list[int]) -> int:
        places, mask = self._place, self._agent_mask
        while line:
            place = line[0]
            if places[place & mask] == place:
                return place
            heappop(line)
        return NOBODY

    def _not_typing_first(self, lines: list[list[int]]) -> int:
        """Return the first of the four least loaded who is not typing, else the one of them who is done first."""
        looked_at: list[int] = []
        for line in lines:
            mine: list[int] = []
            while len(looked_at) + len(mine) < LOOKED_AT and (place := self._front(line)) != NOBODY:
                mine.append(heappop(line))
                if self._reply_ends_us[place & self._agent_mask] == NOBODY:
                    break
            for place in mine:
                heappush(line, place)
            agents = [place & self._agent_mask for place in mine]
            if agents and self._reply_ends_us[agents[-1]] == NOBODY:
                return agents[-1]
            looked_at += agents
        return min(looked_at, key=self._reply_ends_us.__getitem__) if looked_at else NOBODY
