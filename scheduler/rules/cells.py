"""One person's line as variables of CP-SAT: what the rules write their rows on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scheduler.rules.frame import Frame


@dataclass(slots=True)
class Cells:
    """One person's dates and duties in a constraint programme.

    Attributes
    ----------
    takes
        (date, duty) -> its variable; a pair that is missing cannot be worked. At most one a date is held by whoever
        makes the cells.
    penalties
        Filled by the rules: (price of one unit, whole number of units).
    """

    model: cp_model.CpModel
    frame: Frame
    takes: Mapping[tuple[int, int], cp_model.IntVar]
    penalties: list[tuple[float, cp_model.LinearExprT]] = field(default_factory=list)

    def of(self, date: int, duties: Iterable[int]) -> list[cp_model.IntVar]:
        """Return the variables of ``duties`` on ``date``, those that cannot be worked left out."""
        return [self.takes[date, duty] for duty in duties if (date, duty) in self.takes]
