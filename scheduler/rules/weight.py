"""What a unit of fault costs, and the fault itself."""

from dataclasses import dataclass

import numpy as np


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
