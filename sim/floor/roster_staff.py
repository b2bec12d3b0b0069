"""The people of a roster, and of the same roster on days on which some stay away."""

from collections import defaultdict

import numpy as np

from scenarios import Assignment, Roster, Scenario
from scenarios.checks import require_known
from sim.floor.staff import Span, Staff

Person = tuple[str, str]
"""Who, and in which group."""


class RosterStaff:
    """A roster as the floor sees its people, prepared once for many days.

    Raises
    ------
    PlanningError
        When the roster names an agent or a group the scenario does not know.
    """

    def __init__(self, scenario: Scenario, roster: Roster) -> None:
        known = {agent.name: agent for agent in scenario.agents}
        groups = {group.name: number for number, group in enumerate(scenario.groups)}
        require_known("Roster", "assignments.agent", set(roster.agents) - known.keys(), tuple(known))
        require_known("Roster", "assignments.group", {row.group for row in roster.assignments}, tuple(groups))
        self._shifts: defaultdict[Person, list[int]] = defaultdict(list)
        for number, row in enumerate(roster.assignments):
            self._shifts[row.agent, row.group].append(number)
        self._assignments = roster.assignments
        self._place = {person: place for place, person in enumerate(self._shifts)}
        everybody = [self._spans(numbers) for numbers in self._shifts.values()]
        self._everybody = Staff(
            names=tuple(name for name, _ in self._shifts),
            group=np.array([groups[group] for _, group in self._shifts], dtype=np.int64),
            tenure_factor=np.array([known[name].tenure_factor for name, _ in self._shifts]),
            spans=tuple(spans for spans, _ in everybody),
            shift_ends=tuple(ends for _, ends in everybody),
            weight=np.array([known[name].weight for name, _ in self._shifts]),
        )

    def present(self, absent: frozenset[int]) -> Staff:
        """Return everybody; whoever stays away for a shift has no spans of it.

        Parameters
        ----------
        absent
            Indices of the roster's assignments whose people stay away for the whole shift.
        """
        rows = [self._assignments[number] for number in absent]
        people = {(row.agent, row.group) for row in rows}
        left = {
            self._place[person]: self._spans([number for number in self._shifts[person] if number not in absent])
            for person in people
        }
        return self._everybody.without(left) if left else self._everybody

    def _spans(self, numbers: list[int]) -> tuple[tuple[Span, ...], tuple[int, ...]]:
        rows: list[Assignment] = [self._assignments[number] for number in numbers]
        spans = tuple(span for row in rows for span in row.work_spans)
        return spans, tuple(row.end_us for row in rows for _ in row.work_spans)


def staff_from_roster(scenario: Scenario, roster: Roster, *, absent: frozenset[int] = frozenset()) -> Staff:
    """Return the people of ``roster``; see ``RosterStaff``."""
    return RosterStaff(scenario, roster).present(absent)
