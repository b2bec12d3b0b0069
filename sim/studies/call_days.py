"""Many days of calls, kept in memory and played again and again with other people.

A search for a roster plays the same days with one roster after another. What differs between two plays is who comes, so
the days are laid out once, one after the other, and one compiled loop plays them all and counts what promises need: no
day pays for a call from Python, a log or a sort. The numbers are those of the engine, contact by contact.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from scenarios import NOBODY, ContactTrace, Scenario
from scenarios.checks import BoolArray, IntArray
from sim.compiled.call_kernels import Contacts, Queues, Rules, serve_one_queue, serve_queues
from sim.compiled.calls import CallsPlan, calls_plan_of, overflows
from sim.compiled.presence import NEVER, NO_MOMENT, P_FIELDS, Presence, presence_of
from sim.floor.jit import inlined, kernel, sources
from sim.floor.staff import Staff
from sim.measures.cells import last_open_interval
from sim.measures.tally import answer_limits_us

C_OFFERED, C_IN_TIME, C_ABANDONED, C_BY_GROUP = range(4)
"""Columns of the counts; from the last one on, those in time by the group that answered."""
_READ = ("arrival_us", "patience_us", "work_us", "line", "contained")
_OFTEN_ZERO = ("line", "contained")


class StoredContacts(NamedTuple):
    """Contacts of D days one after the other: the columns that are read, and (D + 1,) where each day begins.

    ``line`` and ``contained`` are shorter, and the same for every day, where they hold nothing but zeros.
    """

    arrival_us: IntArray
    patience_us: IntArray
    work_us: IntArray
    line: IntArray
    contained: BoolArray
    first: IntArray


class Grid(NamedTuple):
    """How contacts are counted: (T,) last open interval up to each, (K,) limits in time, length of an interval."""

    last_open: IntArray
    within_us: IntArray
    interval_us: int


class Room(NamedTuple):
    """What a day writes: four columns of contacts, queues, and the people."""

    written: IntArray
    queues: Queues
    people: Presence


@dataclass(frozen=True, slots=True, eq=False)
class CallDays:
    """Days of a scenario that has but calls, ready to be played with any people.

    Parameters
    ----------
    plan
        The scenario as the compiled calls floor reads it.
    contacts, grid
        Who comes, and how it is counted.
    groups
        Number of groups.
    """

    plan: CallsPlan
    contacts: StoredContacts
    grid: Grid
    groups: int

    def __len__(self) -> int:
        return len(self.contacts.first) - 1

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
            (R, T, K, 3 + G): offered, in time, abandoned, and in time by the group that answered.

        Raises
        ------
        RuntimeError
            When moments are so late (years) that they do not fit the keys of the engine.
        """
        days = np.arange(len(self)) if chosen is None else np.ascontiguousarray(chosen, dtype=np.int64)
        intervals, kinds = len(self.grid.last_open), len(self.grid.within_us)
        counts = np.zeros((len(days), intervals * kinds, C_BY_GROUP + self.groups), dtype=np.int64)
        plan = self.plan
        everybody = presence_of(staff, self.groups, plan.last_contact_us, planned_end=plan.planned_end)
        if everybody is None:
            raise RuntimeError("the roster has moments that no key of the engine holds")
        play = play_days_of_one_queue if kinds == self.groups == 1 else play_days_of_queues
        room = self._room(days, everybody)
        away = np.ascontiguousarray(absent, dtype=np.bool_)
        if not play((self.contacts, plan.rules, self.grid), (everybody, staff.group), away, days, room, counts):
            raise RuntimeError("a day has moments that no key of the engine holds")
        return counts.reshape(len(days), intervals, kinds, C_BY_GROUP + self.groups)

    def _room(self, days: IntArray, everybody: Presence) -> Room:
        sizes = np.diff(self.contacts.first)
        longest = int(sizes[days].max()) if len(days) else 0
        lines = len(self.grid.within_us)
        nobody = np.full((2, lines), NOBODY, dtype=np.int64)
        queues = Queues(nobody[0], nobody[1], np.empty(longest, dtype=np.int64))
        people = everybody._replace(
            tree=everybody.tree.copy(), people=everybody.people.copy(), moves=everybody.moves.copy()
        )
        return Room(np.empty((4, longest), dtype=np.int64), queues, people)


def call_days_of(scenario: Scenario, traces: Iterable[ContactTrace]) -> CallDays | None:
    """Return days of drawn contacts laid out for the compiled loop; ``None`` where it cannot play them.

    It can where the scenario has but calls, its groups open at once, and nobody comes back. Of a trace only what is
    read is kept, so that a generator of many days needs the memory of few.
    """
    plan = calls_plan_of(scenario)
    if plan is None:
        return None
    columns: dict[str, list[Any]] = {name: [] for name in _READ}
    for trace in traces:
        if len(trace) > trace.roots or overflows(trace):
            return None
        for name, parts in columns.items():
            column = getattr(trace, name)
            parts.append(column.copy() if name not in _OFTEN_ZERO or column.any() else column[:0])
    sizes = [len(part) for part in columns[_READ[0]]]
    contacts = StoredContacts(
        **{name: _joined(columns.pop(name), sizes) for name in _READ}, first=np.cumsum([0, *sizes], dtype=np.int64)
    )
    grid = Grid(last_open_interval(scenario.horizon), answer_limits_us(scenario), scenario.horizon.interval_us)
    return CallDays(plan, contacts, grid, len(scenario.groups))


def _joined(parts: list[Any], sizes: list[int]) -> Any:
    """Return parts one after the other, an empty one as zeros; zeros for the longest day where all are empty."""
    if not any(map(len, parts)):
        return np.zeros(max(sizes, default=0), dtype=parts[0].dtype if parts else np.int64)
    whole = (part if len(part) else np.zeros(size, dtype=part.dtype) for part, size in zip(parts, sizes, strict=True))
    return np.concatenate(list(whole))


Days = tuple[StoredContacts, Rules, Grid]
People = tuple[Presence, IntArray]


@inlined
def _contacts_of(stored: StoredContacts, day: int, written: IntArray) -> Contacts:
    """Return the contacts of one day, and where to write what becomes of them."""
    start, end = stored.first[day], stored.first[day + 1]
    size, total = end - start, len(stored.arrival_us)
    line = start if len(stored.line) == total else 0
    contained = start if len(stored.contained) == total else 0
    return Contacts(
        stored.arrival_us[start:end], stored.patience_us[start:end], stored.work_us[start:end],
        stored.line[line : line + size], stored.contained[contained : contained + size],
        written[0, :size], written[1, :size], written[2, :size], written[3, :size],
    )  # fmt: skip


@kernel
def _gather(everybody: Presence, absent: BoolArray, room: Presence) -> None:
    """Set up the people of a day: everybody has a place, and who stays away has no moment at which he comes."""
    for person in range(len(everybody.people)):
        for field in range(P_FIELDS):
            room.people[person, field] = everybody.people[person, field]
    for node in range(len(room.tree)):
        room.tree[node] = NEVER
    mask, kept = (1 << everybody.bits) - 1, 0
    for number in range(len(everybody.moves)):
        move = everybody.moves[number]
        if move == NO_MOMENT or not absent[move & mask]:
            room.moves[kept] = move
            kept += 1


@kernel
def _count(c: Contacts, grid: Grid, group: IntArray, counts: IntArray) -> None:
    """Count the contacts of a day in (T K, 3 + G)."""
    kinds = len(grid.within_us)
    last = len(grid.last_open) - 1
    for row in range(len(c.arrival_us)):
        if c.contained[row]:
            continue
        now_us, line = c.arrival_us[row], c.line[row]
        if now_us // grid.interval_us > last:
            continue
        cell = grid.last_open[now_us // grid.interval_us] * kinds + line
        counts[cell, C_OFFERED] += 1
        taken_us = c.taken_us[row]
        if taken_us == NOBODY:
            counts[cell, C_ABANDONED] += now_us + c.patience_us[row] <= c.limit_us[row]
        elif taken_us - now_us <= grid.within_us[line]:
            counts[cell, C_IN_TIME] += 1
            counts[cell, C_BY_GROUP + group[c.agent[row]]] += 1


def _entries(
    digest: int,
) -> tuple[
    Callable[[Days, People, BoolArray, IntArray, Room, IntArray], bool],
    Callable[[Days, People, BoolArray, IntArray, Room, IntArray], bool],
]:
    """Return the kernels that are called from outside, kept for these sources; no digest is below zero."""

    @kernel
    def of_one_queue(
        days: Days, people: People, absent: BoolArray, chosen: IntArray, room: Room, counts: IntArray
    ) -> bool:
        stored, rules, grid = days
        for number in range(len(chosen)):
            day = chosen[number]
            _gather(people[0], absent[day], room.people)
            contacts = _contacts_of(stored, day, room.written)
            if digest == NOBODY or not serve_one_queue(contacts, room.people, rules):
                return False
            _count(contacts, grid, people[1], counts[number])
        return True

    @kernel
    def of_queues(
        days: Days, people: People, absent: BoolArray, chosen: IntArray, room: Room, counts: IntArray
    ) -> bool:
        stored, rules, grid = days
        for number in range(len(chosen)):
            day = chosen[number]
            _gather(people[0], absent[day], room.people)
            contacts = _contacts_of(stored, day, room.written)
            if digest == NOBODY or not serve_queues(contacts, room.people, rules, room.queues):
                return False
            _count(contacts, grid, people[1], counts[number])
        return True

    return of_one_queue, of_queues


play_days_of_one_queue, play_days_of_queues = _entries(sources("compiled", "studies"))
"""Play and count the chosen days of one line and group, or of several; return whether all moments fitted the keys."""
