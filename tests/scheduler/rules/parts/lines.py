"""Lines written as one letter a date: E early, L late, N night, H half a day, - free."""

import numpy as np
from drawn_rules.agreeing import Case, disagreements

from scheduler.rules import NO_HISTORY, OFF, UNKNOWN, Duty, Frame, History

DUTIES = (
    Duty("E", 480, 1020, 480, frozenset({"day"})),
    Duty("L", 840, 1380, 480, frozenset({"day", "late"})),
    Duty("N", 1320, 1800, 450, frozenset({"night"})),
    Duty("H", 540, 780, 240, frozenset({"day"})),
)
LETTERS = {duty.name: number for number, duty in enumerate(DUTIES)} | {"-": OFF, "?": UNKNOWN}


def read(text):
    return np.array([LETTERS[letter] for letter in text.replace(" ", "")], dtype=np.int64)


def frame_of(text, first_weekday=0):
    return Frame(DUTIES, len(text.replace(" ", "")), first_weekday)


def before(text, **counts):
    return History(tuple(int(duty) for duty in read(text)), counts)


def faults(rule, text, history=NO_HISTORY, first_weekday=0):
    """Return (date, found, allowed, units) of every fault, once all readings of the rule agree on the line."""
    frame = frame_of(text, first_weekday)
    line = read(text)
    assert disagreements(Case(frame, (rule,), history, line, False)) == []
    return [(fault.date, fault.found, fault.allowed, fault.units) for fault in rule.faults(frame, line, history)]
