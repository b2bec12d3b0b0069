"""An instance of the first nurse rostering competition (2010), as it was written and as a team problem.

Runs are held to their least length at both edges of the horizon, nothing is carried in, and every shift must have
exactly the people it asks for. The night shift before a free weekend, two free days after a night and the working
weekends in four weeks are in the files but were never scored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from benchmarks.public_rows import MUST, one_seat_cover, open_table
from scheduler.lines import Cover, Curve, Person, Problem
from scheduler.rules import (
    FREE,
    WORK,
    Count,
    Duty,
    Frame,
    LineRule,
    Pattern,
    Run,
    SameWeekend,
    WeekendRun,
    Weight,
    WholeWeekend,
    Wish,
    Wishes,
    limited,
    whole,
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ANY = "Any"
NONE = "None"
LIMITS = (
    "MaxNumAssignments",
    "MinNumAssignments",
    "MaxConsecutiveWorkingDays",
    "MinConsecutiveWorkingDays",
    "MaxConsecutiveFreeDays",
    "MinConsecutiveFreeDays",
    "MaxConsecutiveWorkingWeekends",
    "MinConsecutiveWorkingWeekends",
    "MaxWorkingWeekendsInFourWeeks",
)
"""Limits of a contract in the order of the text; the last is not scored."""
HABITS = (
    "CompleteWeekends",
    "IdenticalShiftTypesDuringWeekend",
    "NoNightShiftBeforeFreeWeekend",
    "TwoFreeDaysAfterNightShifts",
    "AlternativeSkillCategory",
)
"""What a contract asks beside its limits, in the order of the text; the middle two are not scored."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift."""

    name: str
    start_min: int
    end_min: int
    skills: frozenset[str]


@dataclass(slots=True)
class Contract:
    """What a contract asks: (value, weight) of each limit that is on, weight of each habit that is on, patterns."""

    weekend: str
    limits: dict[str, tuple[int, float]]
    habits: dict[str, float]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A pattern: its weight and per place (shift, day)."""

    weight: float
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wished:
    """A request: on a date for a shift (``None``: any), or with ``off`` against it."""

    day: date
    shift: str | None
    off: bool
    weight: float


@dataclass(slots=True)
class Period:
    """A whole instance as it was written."""

    name: str
    first: date
    last: date
    shifts: tuple[Shift, ...]
    contracts: dict[str, Contract]
    patterns: dict[str, Unwanted]
    people: dict[str, tuple[str, frozenset[str]]]
    """Contract and skills of each."""
    weekly: dict[tuple[int, str], int]
    dated: dict[tuple[date, str], int]
    wishes: dict[str, list[Wished]] = field(default_factory=dict)

    def problem(self) -> Problem:
        """Return the instance as a team problem; soft rules are named as in the file."""
        frame = Frame(
            tuple(Duty(shift.name, shift.start_min, shift.end_min, 480) for shift in self.shifts),
            (self.last - self.first).days + 1,
            self.first.weekday(),
        )
        rules = {name: _rules(self, contract, frame) for name, contract in self.contracts.items()}
        people = tuple(self._person(name, rules, frame) for name in self.people)
        return Problem(frame, people, self._cover(frame), self.name)

    def _person(self, name: str, rules: dict[str, tuple[LineRule, ...]], frame: Frame) -> Person:
        contract, skills = self.people[name]
        may, own = open_table(frame)
        for number, shift in enumerate(self.shifts):
            if not shift.skills <= skills:
                own[:, number + 1] += self.contracts[contract].habits.get("AlternativeSkillCategory", 0.0)
        wishes = Wishes(
            tuple(
                Wish((wished.day - self.first).days, wished.shift, wished.off, wished.weight)
                for wished in self.wishes.get(name, [])
            ),
            Weight(1.0),
        )
        return Person(name, (*rules[contract], *([wishes] if wishes.wishes else [])), may, own)

    def _cover(self, frame: Frame) -> Cover:
        wanted = np.zeros((frame.dates, len(self.shifts)), dtype=np.int64)
        for number, shift in enumerate(self.shifts):
            for day in range(frame.dates):
                usual = self.weekly.get((frame.weekday(day), shift.name), 0)
                wanted[day, number] = self.dated.get(
                    (date.fromordinal(self.first.toordinal() + day), shift.name), usual
                )
        must = Curve(((0.0, MUST),))
        slots = np.arange(wanted.size, dtype=np.int64).reshape(wanted.shape)
        return one_seat_cover(slots, wanted.reshape(-1), [(must, must)] * wanted.size)


def _rules(period: Period, contract: Contract, frame: Frame) -> tuple[LineRule, ...]:
    weekend = _weekdays(contract.weekend)
    made: list[LineRule] = []
    for name, (value, weight) in contract.limits.items():
        made.extend(_limit(name, value, Weight(weight), frame, weekend))
    for name, price in contract.habits.items():
        if name == "CompleteWeekends":
            made.append(WholeWeekend(weekend, Weight(price), name))
        elif name == "IdenticalShiftTypesDuringWeekend":
            made.append(SameWeekend((), weekend, Weight(price), name))
    made.extend(_pattern(period.patterns[pattern], pattern) for pattern in contract.patterns)
    return tuple(made)


def _limit(name: str, value: int, weight: Weight, frame: Frame, weekend: tuple[int, ...]) -> Iterator[LineRule]:
    if name.endswith("NumAssignments"):
        least, most = (value, None) if name.startswith("Min") else (None, value)
        yield Count(limited(whole(frame), least, most), weight=weight, name=name)
        return
    least, most = (value, None) if name.startswith("Min") else (1, value)
    if name.endswith("Days"):
        free = name.endswith("FreeDays")
        yield Run(least, most, None, free, first_judged=True, last_judged=True, weight=weight, name=name)
    elif name.endswith("WorkingWeekends"):
        yield WeekendRun(least, most, weekend, first_judged=True, last_judged=True, weight=weight, name=name)


def _pattern(unwanted: Unwanted, name: str) -> Pattern:
    kinds = {ANY: WORK, NONE: FREE}
    day = unwanted.places[0][1]
    weekdays = None if day == ANY else frozenset({DAYS.index(day)})
    places = tuple(kinds.get(shift, shift) for shift, _ in unwanted.places)
    return Pattern(places, weekdays, Weight(unwanted.weight), f"pattern_{name}")


def _weekdays(weekend: str) -> tuple[int, ...]:
    return tuple(DAYS.index(day) for day in re.findall("|".join(DAYS), weekend))
