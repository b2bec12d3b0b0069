"""Many days of chat by messages, kept in memory and played again and again with other people.

As ``sim.studies.call_days`` for calls: the days are laid out once, and one compiled loop plays and counts them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios import NOBODY, AgentChoice, ContactTrace, PlanningError, ReplyOrder, Scenario
from scenarios.checks import BoolArray, IntArray
from sim.compiled.chat_fields import (
    C_BY_GROUP,
    C_FIELDS,
    C_IN_TIME,
    H_FIELDS,
    MOMENT_BITS,
    PLACE_BITS,
    ChatDay,
    ChatRules,
    Desk,
    Stored,
)
from sim.compiled.chat_kernels import play_chats
from sim.compiled.fields import (
    C_BITS,
    C_MOVE,
    C_PLANNED_END,
    C_STAMP,
    C_TOO_LATE,
    LEAST_LOADED,
    LONGEST_IDLE,
    NEVER,
    NONE,
    NOT_TYPING_FIRST,
    P_FIELDS,
    V_AGENT,
    V_FIELDS,
    V_KEY,
)
from sim.compiled.fields import C_FIELDS as CLOCK_FIELDS
from sim.compiled.flat import FlatScenario, leaves
from sim.floor.chat_rows import (
    N_FIELDS,
    N_THINK,
    N_WORK,
    ROUND_MOST_US,
    T_ARRIVAL,
    T_FIELDS,
    T_LEFT,
    T_PATIENCE,
    T_ROUND,
)
from sim.floor.jit import kernel, sources
from sim.floor.routing import Routing, routing_of
from sim.floor.staff import Staff
from sim.measures.cells import last_open_interval
from sim.measures.tally import answer_limits_us, reply_limits_us
from sim.readable.attempts import WAITS_ON_US

_CHOICES = {
    AgentChoice.LONGEST_IDLE: LONGEST_IDLE,
    AgentChoice.LEAST_LOADED: LEAST_LOADED,
    AgentChoice.NOT_TYPING_FIRST: NOT_TYPING_FIRST,
}


@dataclass(frozen=True, slots=True, eq=False)
class ChatDays:
    """Days of a scenario of one type of chat by messages and one group, ready to be played with any people."""

    flat: FlatScenario
    rules: ChatRules
    stored: Stored

    def __len__(self) -> int:
        return len(self.stored.first) - 1

    def play(self, staff: Staff, absent: BoolArray, chosen: IntArray | None = None) -> IntArray:
        """Play the days and count.

        Parameters
        ----------
        absent
            (D, M) who of ``staff`` stays away on which day.
        chosen
            (R,) numbers of the days to play; ``None`` for all of them.

        Returns
        -------
        array
            (R, T, 1, 6): offered, in time, abandoned, in time by the one group, rounds, and rounds replied to within
            the limit of a reply, by interval of the session's offer.

        Raises
        ------
        PlanningError
            When a moment is so late that no key of the engine holds it; see ``played_of``.
        """
        days = np.arange(len(self)) if chosen is None else np.ascontiguousarray(chosen, dtype=np.int64)
        spans, moves, people = self.flat.people(staff)
        counts = np.zeros((len(days), len(self.rules.last_open) + 1, C_FIELDS), dtype=np.int64)
        desk = self._desk(spans, moves, people)
        away = np.ascontiguousarray(absent, dtype=np.bool_)
        play_days_of_chats((self.stored, self.rules, desk), (people, moves), away, days, counts)
        if desk.clock[C_TOO_LATE]:
            raise PlanningError("too_late", thing="ContactTrace", field="work_us", value="", years=1)
        counts[:, :, C_BY_GROUP] = counts[:, :, C_IN_TIME]
        return counts[:, :-1, None, :]

    def _desk(self, spans: IntArray, moves: IntArray, people: IntArray) -> Desk:
        size = leaves(len(people))
        clock = np.zeros(CLOCK_FIELDS, dtype=np.int64)
        clock[C_PLANNED_END], clock[C_BITS] = self.flat.planned_end, size.bit_length()
        longest = int(np.diff(self.stored.first).max(initial=0))
        return Desk(
            people=people.copy(),
            open=np.zeros((len(people), H_FIELDS, self.rules.room), dtype=np.int64),
            spans=spans,
            moves=moves.copy(),
            places=np.full((1, self.rules.room + 1, 2), NONE, dtype=np.int64),
            tree=np.full(2 * size, NEVER, dtype=np.int64),
            clock=clock,
            limit=np.empty(longest, dtype=np.int64),
        )


Talk = tuple[IntArray, Any]
"""Sessions and rounds of a day, as ``sim.floor.chat_rows`` has them."""


def chat_days_of(scenario: Scenario, days: Iterable[ContactTrace | Talk | None]) -> ChatDays | None:
    """Return days of drawn sessions laid out for the compiled loop; ``None`` where it cannot play them.

    It can where the scenario has one type, a chat by messages of one slot, and one group whose choice does not look at
    single people, and nobody comes back.

    Parameters
    ----------
    days
        Traces, or what ``Sampler.talks`` returns.
    """
    routing = routing_of(scenario)
    if not _is_plain(routing):
        return None
    stored = _stored(days)
    if stored is None:
        return None
    line, group = routing.lines[0], routing.groups[0]
    flat = FlatScenario(scenario)
    rules = ChatRules(
        choice=_CHOICES[group.choice],
        oldest_first=group.reply_order is ReplyOrder.OLDEST,
        room=group.chat_cap + line.beyond_cap,
        openings=flat.openings,
        waits_on_us=WAITS_ON_US if line.served_at_closing else 0,
        last_open=last_open_interval(scenario.horizon),
        interval_us=scenario.horizon.interval_us,
        within_us=int(answer_limits_us(scenario)[0]),
        reply_within_us=int(reply_limits_us(scenario)[0]),
    )
    return ChatDays(flat, rules, stored)


def _is_plain(routing: Routing) -> bool:
    if len(routing.lines) != 1 or len(routing.groups) != 1:
        return False
    line, group = routing.lines[0], routing.groups[0]
    plain = line.by_messages and line.slots == 1 and not line.affinity and len(line.steps) == 1
    room = group.chat_cap + line.beyond_cap
    return plain and line.steps[0].raise_by == 0 and group.choice in _CHOICES and room <= 1 << PLACE_BITS


def _stored(days: Iterable[ContactTrace | Talk | None]) -> Stored | None:
    """Return the sessions of all days one after the other; ``None`` where one of them cannot be stored."""
    parts: list[Talk] = []
    for day in days:
        part = _talk_of(day) if isinstance(day, ContactTrace) else day
        if part is None or int(part[0][:, T_ARRIVAL].max(initial=0)) >> MOMENT_BITS - 2 > 0:
            return None
        parts.append(part)
    first = np.cumsum([0, *(len(sessions) for sessions, _ in parts)], dtype=np.int64)
    rounds_first = np.cumsum([0, *(len(rounds) for _, rounds in parts)], dtype=np.int64)
    sessions = np.concatenate([*(sessions for sessions, _ in parts), np.zeros((1, T_FIELDS), dtype=np.int64)])
    sessions[:-1, T_ROUND] += np.repeat(rounds_first[:-1], np.diff(first))
    sessions[-1, T_ROUND] = rounds_first[-1]
    rounds = np.concatenate([*(rounds for _, rounds in parts), np.zeros((0, N_FIELDS), dtype=np.int32)])
    return Stored(sessions, rounds, first)


def _talk_of(trace: ContactTrace) -> Talk | None:
    """Return the sessions and rounds of a trace; ``None`` where somebody comes back or a round is too long."""
    longest_us = max(int(column.max(initial=0)) for column in (trace.round_work_us, trace.think_us))
    if len(trace) > trace.roots or longest_us > ROUND_MOST_US:
        return None
    sessions = np.empty((len(trace), T_FIELDS), dtype=np.int64)
    rounds = np.empty((len(trace.round_work_us), N_FIELDS), dtype=np.int32)
    rounds[:, N_THINK], rounds[:, N_WORK] = trace.think_us, trace.round_work_us
    thought_us = np.concatenate([[0], np.cumsum(trace.think_us)])[trace.first_round]
    sessions[:, T_ARRIVAL] = trace.arrival_us
    sessions[:, T_PATIENCE] = np.where(trace.contained, NOBODY, trace.patience_us)
    sessions[:, T_ROUND] = trace.first_round[:-1]
    sessions[:, T_LEFT] = trace.work_us + np.diff(thought_us) + trace.hold_us
    return sessions, rounds


Days = tuple[Stored, ChatRules, Desk]


@kernel
def _gather(people: IntArray, moves: IntArray, absent: BoolArray, desk: Desk) -> None:
    """Set the desk up for a day: everybody has a place, and who stays away has no moment at which he comes."""
    for person in range(len(people)):
        for field in range(P_FIELDS):
            desk.people[person, field] = people[person, field]
    for node in range(len(desk.tree)):
        desk.tree[node] = NEVER
    for place in range(desk.places.shape[1]):
        desk.places[0, place, 0] = desk.places[0, place, 1] = NONE
    desk.clock[C_STAMP] = desk.clock[C_MOVE] = 0
    kept = 0
    for number in range(len(moves)):
        if moves[number, V_KEY] >= NEVER or not absent[moves[number, V_AGENT]]:
            for field in range(V_FIELDS):
                desk.moves[kept, field] = moves[number, field]
            kept += 1


def _entry(digest: int) -> Callable[[Days, Any, BoolArray, IntArray, IntArray], None]:
    @kernel
    def play_days(
        days: Days, everybody: tuple[IntArray, IntArray], absent: BoolArray, chosen: IntArray, counts: IntArray
    ) -> None:
        stored, rules, desk = days
        for number in range(len(chosen)):
            day = chosen[number]
            if digest != NONE:  # always so; the digest has to be used to be part of the cache's key
                _gather(everybody[0], everybody[1], absent[day], desk)
            play_chats(ChatDay(stored, rules, desk, counts[number]), stored.first[day], stored.first[day + 1])

    return play_days


play_days_of_chats = _entry(sources("compiled", "studies"))
"""Play and count the chosen days."""
