"""A published roster meets a change: as little as possible is changed to win back what matters."""

from scheduler.replanning.order import MOST_CELLS, Absence, RepairOrder
from scheduler.replanning.repair import Repair, Trade, repair, replan
from scheduler.replanning.roster import CurvePoint, RosterRepair, repair_roster

__all__ = [
    "MOST_CELLS",
    "Absence",
    "CurvePoint",
    "Repair",
    "RepairOrder",
    "RosterRepair",
    "Trade",
    "repair",
    "repair_roster",
    "replan",
]
