"""Rules about people's lines: one object each, read by a checker, a dynamic programme and a constraint programme."""

from scheduler.rules.attendance import Attendance, end_to_end, whole_duties
from scheduler.rules.automaton import FORBIDDEN, Automaton
from scheduler.rules.cells import Cells
from scheduler.rules.count import Count
from scheduler.rules.fairness import Fairness, FairShare, FairWeekends
from scheduler.rules.frame import NO_HISTORY, OFF, UNKNOWN, Duty, Frame, History
from scheduler.rules.measure import FREE_DATES, PAID_MIN, SHIFTS, Measure, Unit
from scheduler.rules.pattern import FREE, WORK, Pattern
from scheduler.rules.periods import Period, blocks, each_date, limited, months, weeks, whole
from scheduler.rules.presence import Presence
from scheduler.rules.rolling import RollingCount
from scheduler.rules.rule import LineRule
from scheduler.rules.run import Run
from scheduler.rules.succession import Follows, Rest, Succession
from scheduler.rules.team import Asked, HeadCount, TeamFault, TeamRule, Together
from scheduler.rules.weekend_shape import SameWeekend, WholeWeekend
from scheduler.rules.weekends import WeekendCount, WeekendRun, weekends
from scheduler.rules.weekly_rest import WeeklyRest
from scheduler.rules.weight import HARD, Fault, Weight
from scheduler.rules.wishes import Wish, Wishes, leave

__all__ = [
    "FORBIDDEN",
    "FREE",
    "FREE_DATES",
    "HARD",
    "NO_HISTORY",
    "OFF",
    "PAID_MIN",
    "SHIFTS",
    "UNKNOWN",
    "WORK",
    "Asked",
    "Attendance",
    "Automaton",
    "Cells",
    "Count",
    "Duty",
    "FairShare",
    "FairWeekends",
    "Fairness",
    "Fault",
    "Follows",
    "Frame",
    "HeadCount",
    "History",
    "LineRule",
    "Measure",
    "Pattern",
    "Period",
    "Presence",
    "Rest",
    "RollingCount",
    "Run",
    "SameWeekend",
    "Succession",
    "TeamFault",
    "TeamRule",
    "Together",
    "Unit",
    "WeekendCount",
    "WeekendRun",
    "WeeklyRest",
    "Weight",
    "WholeWeekend",
    "Wish",
    "Wishes",
    "blocks",
    "each_date",
    "end_to_end",
    "leave",
    "limited",
    "months",
    "weekends",
    "weeks",
    "whole",
    "whole_duties",
]
