"""Anonymous shifts and breaks for the positions of a day: integer covering with a proven bound."""

from scheduler.covering.activities import ActivityPlan, Unplaced, place_activities
from scheduler.covering.day import DayOutcome, Placed, has_room, replan_day
from scheduler.covering.named import Named, Person, give_names
from scheduler.covering.plan import CoverPlan, CoverStatus, PlannedShift
from scheduler.covering.problem import CoverGroup, CoverPrices, CoverProblem, ShiftKind, split_kinds
from scheduler.covering.solve import CoverBudget, cover

__all__ = [
    "ActivityPlan",
    "CoverBudget",
    "CoverGroup",
    "CoverPlan",
    "CoverPrices",
    "CoverProblem",
    "CoverStatus",
    "DayOutcome",
    "Named",
    "Person",
    "Placed",
    "PlannedShift",
    "ShiftKind",
    "Unplaced",
    "cover",
    "give_names",
    "has_room",
    "place_activities",
    "replan_day",
    "split_kinds",
]
