"""Anonymous shifts and breaks for the positions of a day: integer covering with a proven bound."""

from scheduler.covering.plan import CoverPlan, CoverStatus, PlannedShift
from scheduler.covering.problem import CoverGroup, CoverPrices, CoverProblem, ShiftKind, split_kinds
from scheduler.covering.solve import CoverBudget, cover

__all__ = [
    "CoverBudget",
    "CoverGroup",
    "CoverPlan",
    "CoverPrices",
    "CoverProblem",
    "CoverStatus",
    "PlannedShift",
    "ShiftKind",
    "cover",
    "split_kinds",
]
