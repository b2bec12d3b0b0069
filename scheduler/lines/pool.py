"""Lines found so far, each once, as columns of linear programmes."""

from dataclasses import dataclass, field

import numpy as np

from scenarios.checks import IntArray
from scheduler.lines.cover_rows import CoverRows
from scheduler.lines.flat import Flat


@dataclass(slots=True)
class Pool:
    """Columns by number.

    Attributes
    ----------
    person, line, cost, rows
        Of every column: whose, (D,) duties, cost without cover, cover rows it counts in.
    of_person
        Numbers of everybody's columns.
    """

    flat: Flat
    cover: CoverRows
    person: list[int] = field(default_factory=list)
    line: list[IntArray] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    rows: list[IntArray] = field(default_factory=list)
    of_person: list[list[int]] = field(default_factory=list)
    _known: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_person = [[] for _ in self.flat.crew.kind]

    def number(self, person: int, line: IntArray, cost: float) -> int:
        """Return the number of a line, adding it where it is new."""
        key = (person, line.tobytes())
        known = self._known.get(key)
        if known is not None:
            return known
        column = self._known[key] = len(self.person)
        duties = self.flat.crew.own.shape[1] - 1
        self.person.append(person)
        self.line.append(line.copy())
        self.cost.append(cost)
        self.rows.append(self.cover.rows_of(line, int(self.flat.crew.seat[person]), duties))
        self.of_person[person].append(column)
        return column

    def still_wanted(self, columns: list[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return (R,) what the rows want beyond what ``columns`` give them."""
        wanted = self.cover.wanted.copy()
        for column in columns:
            wanted[self.rows[column]] -= 1.0
        return wanted
