"""Which times activities can have beside the breaks of a shift, alone and together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations

from scenarios import Activity, Assignment, PlanningError, Roster, Scenario, ShiftTemplate
from scheduler.rostering.shifts import is_of_template


@dataclass(frozen=True, slots=True)
class Alike:
    """People who are alike on the date: their shift, and the activities they take part in."""

    group: str
    template: ShiftTemplate
    start_min: int
    activities: tuple[Activity, ...]
    shifts: tuple[Assignment, ...]


def movable(scenario: Scenario, roster: Roster, on: date) -> tuple[Assignment, ...]:
    """Return the date's shifts whose breaks can move: as their template says, at work, the only one of their person."""
    mine = [row for row in roster.assignments if row.date == on and not scenario.template(row.template).on_call]
    shifts = Counter(row.agent for row in mine)
    return tuple(row for row in mine if shifts[row.agent] == 1 and is_of_template(scenario, row))


def window(one: Alike, activity: Activity, at_min: int | None, slot: int) -> tuple[int, int]:
    """Return the earliest and latest start after the shift's that shift and activity both allow; crossed: none."""
    earliest = max(-(-(activity.from_min - one.start_min) // slot), 1) * slot
    latest = (min(activity.to_min - one.start_min, one.template.length_min) - activity.length_min) // slot * slot
    if at_min is None:
        return earliest, latest
    return max(earliest, at_min - one.start_min), min(latest, at_min - one.start_min)


def _fits(one: Alike, held: Mapping[str, int], slot: int) -> bool:
    """Return whether the shift has room for its breaks in their order and its activities in any.

    In a given order everything as early as it can is the best try.
    """
    pauses = [(rule.length_min, rule.earliest_after_start_min, rule.latest_after_start_min)
              for rule in one.template.breaks]  # fmt: skip
    pauses += [(part.length_min, *window(one, part, held.get(part.name), slot)) for part in one.activities]
    breaks = len(one.template.breaks)
    return any(
        _fit_in_turn([pauses[number] for number in order])
        for order in permutations(range(len(pauses)))
        if [number for number in order if number < breaks] == list(range(breaks))
    )


def _fit_in_turn(pauses: Sequence[tuple[int, int, int]]) -> bool:
    free_from = 0
    for length, earliest, latest in pauses:
        begins = max(free_from, earliest)
        if begins > latest:
            return False
        free_from = begins + length
    return True


def fault_of(slot: int, classes: tuple[Alike, ...], activities: Sequence[Activity]) -> PlanningError | None:
    """Return why the activities have no room, ``None`` where they have."""
    for one in classes:
        for number, activity in enumerate(one.activities, start=1):
            if not _fits(replace(one, activities=one.activities[:number]), {}, slot):
                return PlanningError(
                    "activity_outside", thing=f"Activity({activity.name})", field="agents", value=one.shifts[0].agent,
                    template=one.template.name,
                )  # fmt: skip
    meetings = meetings_of(activities)
    for number, meeting in enumerate(meetings, start=1):
        if next(settlings(slot, classes, meetings[:number], {}), None) is None:
            return PlanningError(
                "never_together", thing=f"Activity({meeting.name})", field="agents", value=len(meeting.agents)
            )
    return None


def meetings_of(activities: Sequence[Activity]) -> tuple[Activity, ...]:
    """Return the activities held together, those that take most time off the queue first."""
    together = [activity for activity in activities if activity.together]
    return tuple(sorted(together, key=lambda one: (-one.length_min * len(one.agents), one.name)))


def settlings(
    slot: int, classes: tuple[Alike, ...], meetings: Sequence[Activity], held: Mapping[str, int]
) -> Iterator[Mapping[str, int]]:
    """Yield every way to settle the times of ``meetings`` beside those that are ``held``."""
    if not meetings:
        yield held
        return
    for at in times_of(slot, classes, meetings[0], held):
        yield from settlings(slot, classes, meetings[1:], {**held, meetings[0].name: at})


def times_of(slot: int, classes: tuple[Alike, ...], meeting: Activity, held: Mapping[str, int]) -> Iterator[int]:
    """Yield the minutes at which all who attend have room for the meeting."""
    mine = [one for one in classes if meeting in one.activities]
    windows = [(one.start_min, window(one, meeting, None, slot)) for one in mine]
    first = max(start + earliest for start, (earliest, _) in windows)
    last = min(start + latest for start, (_, latest) in windows)
    for at in range(first, last + 1, slot):
        if all(_fits(one, {**held, meeting.name: at}, slot) for one in mine):
            yield at
