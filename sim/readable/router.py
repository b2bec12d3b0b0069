"""A router of your own: what it is shown, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scenarios import NOBODY, ContactTrace, PlanningError
from sim.floor.staff import Staff
from sim.readable.attempts import Attempts
from sim.readable.lines import Lines


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact that looks for an agent of a group.

    Parameters
    ----------
    row, root, attempt
        Row of the trace; its root contact; how many attempts came before.
    contact_type, line
        Index of its type; index of the type in whose line it stands.
    group
        Index of the group that is asked.
    offered_us, joined_us
        When it was offered; when it joined its present line.
    """

    row: int
    root: int
    attempt: int
    contact_type: int
    line: int
    group: int
    offered_us: int
    joined_us: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent with room for the contact.

    Parameters
    ----------
    agent
        Index into the staff.
    slots_open
        Chat slots open, 0 for empty hands.
    tenure_factor
        Work takes this many times the contact's work.
    typing
        Whether the agent types a reply.
    """

    agent: int
    slots_open: int
    tenure_factor: float
    typing: bool


class Router(Protocol):
    """Picks the agent, in place of the ``choice`` of the groups; plays on the readable engine.

    It is asked whenever a contact looks for somebody in a group and finds at least one. All the rest (which group
    comes when, whom an agent who becomes free takes, affinity, interruption) stays as the scenario says.
    """

    def choose(self, contact: Waiting, candidates: Sequence[Candidate], now_us: int) -> int:
        """Return the ``agent`` of one of ``candidates``, who stand in order of standing in line."""


class Asking:
    """Asks a router: shows it who waits and who could take him.

    Parameters
    ----------
    reply_ends_us
        Per agent, when the reply he is typing ends, ``NOBODY`` when he types none.
    """

    __slots__ = ("_agents", "_attempts", "_reply_ends_us", "_router", "_staff", "_trace")

    def __init__(
        self, router: Router, trace: ContactTrace, staff: Staff, attempts: Attempts, agents: Lines,
        reply_ends_us: list[int],
    ) -> None:  # fmt: skip
        self._router = router
        self._trace = trace
        self._staff = staff
        self._attempts = attempts
        self._agents = agents
        self._reply_ends_us = reply_ends_us

    def first(self, group: int, most_open: int, row: int, now_us: int) -> int:
        """Return whom the router takes among those of a group with at most ``most_open`` slots open, or ``NOBODY``.

        Raises
        ------
        PlanningError
            When the router names somebody else.
        """
        candidates = tuple(self._shown(agent, open_) for agent, open_ in self._agents.everybody(group, most_open))
        if not candidates:
            return NOBODY
        agent = self._router.choose(self._asked_for(row, group), candidates, now_us)
        known = [candidate.agent for candidate in candidates]
        if agent not in known:
            thing, names = type(self._router).__name__, ", ".join(map(str, known))
            raise PlanningError("not_one_of", thing=thing, field="choose", value=agent, known=names)
        return agent

    def _shown(self, agent: int, slots_open: int) -> Candidate:
        tenure_factor = float(self._staff.tenure_factor[agent])
        return Candidate(agent, slots_open, tenure_factor, typing=self._reply_ends_us[agent] != NOBODY)

    def _asked_for(self, row: int, group: int) -> Waiting:
        trace, attempts = self._trace, self._attempts
        return Waiting(
            row=row,
            root=attempts.root[row],
            attempt=int(trace.number[row]),
            contact_type=int(trace.contact_type[row]),
            line=attempts.line[row],
            group=group,
            offered_us=attempts.offered_us[row],
            joined_us=attempts.joined_us[row],
        )
