"""Rules about people's lines: one object each, read by a checker, a dynamic programme and a constraint programme."""

from scheduler.rules.automaton import FORBIDDEN, Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.frame import NO_HISTORY, OFF, UNKNOWN, Duty, Frame, History
from scheduler.rules.rule import HARD, Fault, LineRule, Weight

__all__ = [
    "FORBIDDEN",
    "HARD",
    "NO_HISTORY",
    "OFF",
    "UNKNOWN",
    "Automaton",
    "Cells",
    "Duty",
    "Fault",
    "Frame",
    "History",
    "LineRule",
    "Weight",
]
