"""What a planner's grid says once it is read: shifts that may still lack group and breaks, faults, notes."""

from dataclasses import dataclass
from datetime import date

from scenarios import Break, PlanningError, Reason, Scenario


@dataclass(frozen=True, slots=True)
class ReadShift:
    """A shift as a grid tells it.

    Parameters
    ----------
    groups
        Where the person may sit: one group where the grid says it, else all the skills allow.
    start_us, end_us
        µs since the horizon's start.
    breaks
        ``None`` where the grid tells none.
    place
        File and cell.
    """

    agent: str
    date: date
    template: str
    groups: tuple[str, ...]
    start_us: int
    end_us: int
    breaks: tuple[Break, ...] | None
    place: str


@dataclass(frozen=True, slots=True)
class GridReading:
    """A grid, read whole: what can be used, and everything that cannot.

    Parameters
    ----------
    scenario
        The scenario with what the grid adds to it: people, shift templates of single shifts, leave.
    people
        Names in the order of the grid's rows.
    faults
        Rows and cells that could not be read, each with its place; they are not in ``shifts``.
    notes
        What was assumed or left aside, for the planner to see.
    """

    scenario: Scenario
    people: tuple[str, ...]
    shifts: tuple[ReadShift, ...]
    faults: tuple[PlanningError, ...]
    notes: tuple[Reason, ...]
