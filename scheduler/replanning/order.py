"""What has happened to a roster, and what may be changed because of it."""

from dataclasses import dataclass
from datetime import date

from scenarios import PlanningError
from scenarios.checks import require_not_negative
from scheduler.judging.swap import Cell

MOST_CELLS = 16
"""Cells of others that may change where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody who cannot come from ``first`` through ``last``."""

    agent: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PlanningError(
                "span_inverted", thing=f"Absence({self.agent})", field="last", value=self.last, start=self.first
            )


@dataclass(frozen=True, slots=True)
class RepairOrder:
    """What has happened, and what may be changed because of it.

    Parameters
    ----------
    absences
        Counted as leave: the shifts of these dates fall away.
    first, last
        Dates that may change. Without ``first``: from the first date of absence, else of the roster; without ``last``:
        to the last date on which anybody works.
    freeze_until
        Dates before it stay as they are, whatever ``first`` is.
    pins
        Cells that stay as they are: human edits win.
    most_cells
        Cells of people who are not absent that may change, >= 0.
    seed
        Of the search; ``None``: the scenario's.
    """

    absences: tuple[Absence, ...] = ()
    first: date | None = None
    last: date | None = None
    freeze_until: date | None = None
    pins: tuple[Cell, ...] = ()
    most_cells: int = MOST_CELLS
    seed: int | None = None

    def __post_init__(self) -> None:
        require_not_negative("RepairOrder", "most_cells", self.most_cells)
