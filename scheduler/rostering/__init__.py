"""Rosters: from positions wanted to named people on legal shifts, with the rules as the authority."""

from scheduler.lines.budget import SearchBudget
from scheduler.rostering.build import appraise, build_roster
from scheduler.rostering.coverage import coverage, hours_short_by_date
from scheduler.rostering.rules import RULE_KEYS, check_person, check_rules, tell_breach

__all__ = [
    "RULE_KEYS",
    "SearchBudget",
    "appraise",
    "build_roster",
    "check_person",
    "check_rules",
    "coverage",
    "hours_short_by_date",
    "tell_breach",
]
