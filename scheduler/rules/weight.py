"""What a unit of fault costs, and the fault itself."""

from dataclasses import dataclass

import numpy as np

from scenarios import PlanningError
from scenarios.checks import require_not_negative


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule not kept: by how many units (> 0), at which date (index; ``None``: the whole horizon)."""

    date: int | None
    found: float
    allowed: float
    units: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What a unit costs; ``None``: it must not happen (a hard rule)."""

    per_unit: float | None = None

    def __post_init__(self) -> None:
        if self.per_unit is not None:
            require_not_negative("Weight", "per_unit", self.per_unit)

    @property
    def hard(self) -> bool:
        """Whether the rule must be kept."""
        return self.per_unit is None

    def of(self, units: float) -> float:
        """Return the cost of ``units``; ``inf`` for any under a hard rule."""
        if units <= 0:
            return 0.0
        return np.inf if self.per_unit is None else self.per_unit * units


HARD = Weight()


def require_limits(thing: str, least: int | None, most: int | None) -> None:
    """Raise ``PlanningError`` unless 0 <= ``least`` <= ``most``, as far as they are given."""
    for field, value in (("least", least), ("most", most)):
        if value is not None:
            require_not_negative(thing, field, value)
    if least is not None and most is not None and least > most:
        raise PlanningError("least_above_most", thing=thing, field="least", value=least, most=most)
