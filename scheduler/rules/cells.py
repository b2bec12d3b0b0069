"""One person's line as variables of CP-SAT: what the rules write their rows on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scenarios.checks import BoolArray, IntArray
from scheduler.rules.frame import Frame
from scheduler.rules.weight import Weight

Linear = cp_model.LinearExpr | int
"""A sum of variables, or a number where none is left."""


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
    penalties: list[tuple[float, Linear]] = field(default_factory=list)

    def of(self, date: int, duties: Iterable[int]) -> list[cp_model.IntVar]:
        """Return the variables of ``duties`` on ``date``, those that cannot be worked left out."""
        return [self.takes[date, duty] for duty in duties if (date, duty) in self.takes]

    def amount(self, date: int, per_action: IntArray | BoolArray) -> Linear:
        """Return what the date adds where each action (A,), free first, adds ``per_action``."""
        base = int(per_action[0])
        terms = [
            (int(value) - base) * self.takes[date, duty]
            for duty, value in enumerate(per_action[1:])
            if int(value) != base and (date, duty) in self.takes
        ]
        return sum(terms) + base

    def charge(self, weight: Weight, units: Linear, most: int, worth: int = 1) -> None:
        """Let every unit of ``units`` above 0 be a fault worth ``worth`` units: forbidden, or priced.

        ``most`` bounds ``units`` from above.
        """
        if most <= 0:
            return
        if weight.per_unit is None:
            self.model.add(units <= 0)
            return
        above = self.model.new_int_var(0, most, "")
        self.model.add(above >= units)
        self.penalties.append((weight.per_unit * worth, above))

    def short_runs(
        self,
        weight: Weight,
        ahead: Sequence[Linear],
        least: int,
        carried: int | None,
        last_judged: bool,
    ) -> None:
        """Charge every run of ones in ``ahead`` (0 or 1 each) that is shorter than ``least`` by what it lacks.

        ``carried`` ones stand before the first place; ``None``: nothing is known before it, and a run from there is
        held to nothing. A run that reaches the end is held to it with ``last_judged``.
        """
        for first in range(max(len(ahead), 1)):
            if first == 0 and carried is None:
                continue
            before = (carried or 0) if first == 0 else 0
            for length in range(0 if before else 1, least - before):
                end = first + length
                if end > len(ahead) or (end == len(ahead) and not last_judged):
                    break
                around = (1 - ahead[first - 1] if first else 1) + (1 - ahead[end] if end < len(ahead) else 1)
                self.charge(weight, sum(ahead[first:end]) + around - (length + 1), 1, least - before - length)
