"""A published roster meets a change: as little as possible is changed to win back what matters."""

from scheduler.replanning.repair import Repair, Trade, repair, replan

__all__ = ["Repair", "Trade", "repair", "replan"]
