"""Who waits: the lines of live contacts, first come, first served."""

from collections import deque

from scenarios import NOBODY
from sim.floor.routing import GroupPlan, LinePlan, Wanted
from sim.readable.attempts import Attempts


class WaitingLines:
    """One line per contact type. Whoever gives up stays where he stands and is dropped when he comes to the front."""

    __slots__ = ("_attempts", "_lines", "_raises")

    def __init__(self, attempts: Attempts, plans: tuple[LinePlan, ...]) -> None:
        self._attempts = attempts
        self._lines: list[deque[int]] = [deque() for _ in plans]
        self._raises = [
            tuple((step.from_wait_us, step.raise_by) for step in plan.steps if step.raise_by) for plan in plans
        ]

    def join(self, row: int) -> None:
        """Let an attempt stand in at the end of its line."""
        self._lines[self._attempts.line[row]].append(row)

    def first(self, line: int, now_us: int) -> int:
        """Return who is the first of a line, ``NOBODY`` when nobody waits."""
        waiting, limit_us = self._lines[line], self._attempts.limit_us
        while waiting:
            if limit_us[waiting[0]] >= now_us:
                return waiting[0]
            waiting.popleft()
        return NOBODY

    def step_out(self, row: int) -> None:
        """Take an attempt out of its line, wherever it stands."""
        self._lines[self._attempts.line[row]].remove(row)

    def take(self, plan: GroupPlan, most_open: list[int], slots_open: int, now_us: int) -> int:
        """Take out the contact that an agent takes next, ``NOBODY`` when none waits that he may and can take.

        Parameters
        ----------
        most_open
            Per line, with how many slots open at most an agent of the group has room for it.
        slots_open
            Slots the agent has open.
        """
        best, best_priority, best_score = NOBODY, 0, 0
        for wanted in plan.live:
            line = wanted.line
            if slots_open > most_open[line] or not self._lines[line] or (row := self.first(line, now_us)) == NOBODY:
                continue
            wait_us = now_us - self._attempts.joined_us[row]
            if wait_us <= wanted.from_wait_us:
                continue
            priority, score = self._priority(wanted, wait_us), wait_us * wanted.age_weight
            if best == NOBODY or (priority, -score) < (best_priority, -best_score):
                best, best_priority, best_score = line, priority, score
        return self._lines[best].popleft() if best != NOBODY else NOBODY

    def _priority(self, wanted: Wanted, wait_us: int) -> int:
        raises = self._raises[wanted.line]
        if not raises:
            return wanted.priority
        return wanted.priority - sum(raise_by for from_us, raise_by in raises if wait_us > from_us)
