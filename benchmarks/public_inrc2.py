"""Reads the second nurse rostering competition (2014-15): scenario, initial history, weeks and their solutions.

A duty is a kind of shift worked with one skill. The weeks of an instance are one horizon here: what one week leaves to
the next is what the rules remember by themselves. Of a run that reaches the last date no least length is asked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.public_rows import MUST, Row, Sections, one_seat_cover, open_table, read_sections
from scenarios.checks import IntArray
from scheduler.lines import Cover, Curve, Person, Problem
from scheduler.rules import (
    OFF,
    UNKNOWN,
    Count,
    Duty,
    Follows,
    Frame,
    History,
    LineRule,
    Run,
    WeekendCount,
    Weight,
    WholeWeekend,
    Wish,
    Wishes,
    limited,
    whole,
)

HEADER = r"(?P<name>[A-Z_]+)\s*(?:=\s*(?P<value>.*))?"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = len(DAYS)
ANY, NO_SHIFT = "Any", "None"
ASSIGNMENTS, WEEKENDS = "assignments", "weekends"
SHIFT_PRICE, WORK_PRICE, FREE_PRICE, TOTAL_PRICE = 15.0, 30.0, 30.0, 20.0
WEEKEND_PRICE, WHOLE_PRICE, WISH_PRICE, COVER_PRICE = 30.0, 30.0, 10.0, 30.0
"""Weights of the competition's rules, the same in all instances."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Folder, history and weeks: ``Instance(folder, 0, (1, 2, 3, 3))``."""

    folder: Path
    history: int
    weeks: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return the name of the scenario."""
        return self.folder.name

    def path(self, kind: str, number: int | None = None) -> Path:
        """Return the file of a kind: ``Sc``, ``H0`` or ``WD``."""
        return self.folder / (f"{kind}-{self.name}.txt" if number is None else f"{kind}-{self.name}-{number}.txt")


@dataclass(frozen=True, slots=True)
class Names:
    """What the scenario names, in order."""

    shifts: tuple[str, ...]
    skills: tuple[str, ...]

    def duty(self, shift: str, skill: str) -> int:
        """Return the duty of a shift worked with a skill."""
        return self.shifts.index(shift) * len(self.skills) + self.skills.index(skill)


def read_inrc2(instance: Instance) -> Problem:
    """Return an instance as a team problem.

    Raises
    ------
    FormatError
        When a file is not of the format; with file and line.
    """
    scenario = read_sections(instance.path("Sc"), HEADER, "#")
    names = _names(scenario)
    duties = [
        Duty(f"{shift}/{skill}", 0, 480, 480, frozenset({shift, skill}))
        for shift in names.shifts
        for skill in names.skills
    ]
    frame = Frame(tuple(duties), WEEK * len(instance.weeks))
    weeks = [read_sections(instance.path("WD", number), HEADER, "#") for number in instance.weeks]
    nurses = {row.text.split()[0]: row for row in scenario["NURSES"].rows}
    wishes = _wishes(weeks, names, list(nurses))
    histories = _histories(read_sections(instance.path("H0", instance.history), HEADER, "#"), names, list(nurses))
    contracts = _contracts(scenario, names, frame)
    people = []
    for name, row in nurses.items():
        _, contract, count, *skills = row.fields(None, 4, 3 + len(names.skills))
        row.among("contract", contract, list(contracts))
        may, own = open_table(frame)
        held = [row.among("skill", skill, names.skills) for skill in skills]
        may[:, 1:] = np.isin(np.arange(len(duties)) % len(names.skills), held)
        if row.whole("number of skills", count) != len(held):
            raise row.fault("skills", len(held), f"{count} skills")
        wished = Wishes(tuple(wishes[name]), Weight(WISH_PRICE))
        rules = (*contracts[contract], *([wished] if wishes[name] else []))
        people.append(Person(name, rules, may, own, history=histories[name]))
    return Problem(frame, tuple(people), _cover(weeks, names, frame), instance.name)


def read_inrc2_solution(paths: Sequence[Path], problem: Problem) -> IntArray:
    """Return the roster (people x dates) that the solution files of the weeks hold, in order."""
    people = [person.name for person in problem.people]
    duties = [duty.name for duty in problem.frame.duties]
    roster = np.full((len(people), problem.frame.dates), OFF, dtype=np.int64)
    for week, path in enumerate(paths):
        section = read_sections(path, HEADER, "#")["ASSIGNMENTS"]
        count = section.header.whole("assignments", section.value)
        if len(section.rows) < count:
            raise section.header.fault("assignments", len(section.rows), f"{count} rows")
        for row in section.rows[:count]:  # below them solvers leave remarks
            name, day, shift, skill = row.fields(None, 4)
            place = row.among("nurse", name, people), WEEK * week + row.among("day", day, DAYS)
            if roster[place] != OFF:
                raise row.fault("assignment", f"'{row.text}'", "one shift a day")
            roster[place] = row.among("shift and skill", f"{shift}/{skill}", duties)
    return roster


def _names(scenario: Sections) -> Names:
    skills = tuple(row.text for row in scenario["SKILLS"].rows)
    return Names(tuple(row.text.split()[0] for row in scenario["SHIFT_TYPES"].rows), skills)


def _contracts(scenario: Sections, names: Names, frame: Frame) -> dict[str, tuple[LineRule, ...]]:
    """Return the rules of every contract; those about kinds of shifts are everybody's."""
    shifts: list[LineRule] = []
    for row in scenario["SHIFT_TYPES"].rows:
        name, limits = row.fields(None, 2)
        least, most = _pair(row, limits)
        shifts.append(Run(least, most, name, weight=Weight(SHIFT_PRICE), name="consecutive"))
    pairs: list[tuple[str, str]] = []
    for row in scenario["FORBIDDEN_SHIFT_TYPES_SUCCESSIONS"].rows:
        before, _, *after = row.fields(None, 2, 2 + len(names.shifts))
        for name in (before, *after):
            row.among("shift", name, names.shifts)
        pairs.extend((before, name) for name in after)
    contracts = {}
    for row in scenario["CONTRACTS"].rows:
        name, total, work, free, weekends, complete = row.fields(None, 6)
        (work_least, work_most), (free_least, free_most) = _pair(row, work), _pair(row, free)
        rules: list[LineRule] = [
            Follows(tuple(pairs)),
            Count(limited(whole(frame), *_pair(row, total)), weight=Weight(TOTAL_PRICE), name=ASSIGNMENTS),
            *shifts,
            Run(work_least, work_most, weight=Weight(WORK_PRICE), name="consecutive"),
            Run(free_least, free_most, free=True, weight=Weight(FREE_PRICE), name="days_off"),
            WeekendCount(most=row.whole("weekends", weekends), weight=Weight(WEEKEND_PRICE), name=WEEKENDS),
        ]
        if row.whole("complete weekends", complete):
            rules.append(WholeWeekend(weight=Weight(WHOLE_PRICE), name="complete_weekends"))
        contracts[name] = tuple(rules)
    return contracts


def _pair(row: Row, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\((\d+),(\d+)\)", text)
    if not match or int(match[1]) > int(match[2]):
        raise row.fault("limits", f"'{text}'", "a least and a most as in (2,5)")
    return int(match[1]), int(match[2])


def _wishes(weeks: Iterable[Sections], names: Names, nurses: Sequence[str]) -> dict[str, list[Wish]]:
    wishes: dict[str, list[Wish]] = {name: [] for name in nurses}
    for week, sections in enumerate(weeks):
        for row in sections["SHIFT_OFF_REQUESTS"].rows:
            name, shift, day = row.fields(None, 3)
            row.among("nurse", name, nurses)
            if shift != ANY:
                row.among("shift", shift, names.shifts)
            date = WEEK * week + row.among("day", day, DAYS)
            wishes[name].append(Wish(date, None if shift == ANY else shift, off=True))
    return wishes


def _histories(sections: Sections, names: Names, nurses: Sequence[str]) -> dict[str, History]:
    """Return what every nurse brings: the last run on one shift inside the last working run, or the last days off."""
    histories = {}
    for row in sections["NURSE_HISTORY"].rows:
        name, total, weekends, last, on_shift, working, free = row.fields(None, 7)
        row.among("nurse", name, nurses)
        counts = {ASSIGNMENTS: row.whole("assignments", total), WEEKENDS: row.whole("weekends", weekends)}
        dates = {what: row.whole(what, text) for what, text in (("shift", on_shift), ("work", working), ("free", free))}
        if last == NO_SHIFT:
            before = (UNKNOWN, *[OFF] * dates["free"])
        else:
            duty = names.duty(names.shifts[row.among("shift", last, names.shifts)], names.skills[0])
            others = dates["work"] - dates["shift"]
            before = (OFF, *[UNKNOWN] * others, *[duty] * dates["shift"])
        histories[name] = History(before, counts)
    for name in nurses:
        if name not in histories:
            raise sections["NURSE_HISTORY"].header.fault("nurse", "missing", name)
    return histories


def _cover(weeks: Sequence[Sections], names: Names, frame: Frame) -> Cover:
    """Return the wanted people by date, shift and skill: the best number at a price, the least one as a must."""
    duties = len(frame.duties)
    wanted = np.zeros((frame.dates, duties), dtype=np.int64)
    spare = np.zeros((frame.dates, duties), dtype=np.int64)
    for week, sections in enumerate(weeks):
        for row in sections["REQUIREMENTS"].rows:
            shift, skill, *pairs = row.fields(None, 2 + WEEK)
            row.among("shift", shift, names.shifts)
            row.among("skill", skill, names.skills)
            for day, pair in enumerate(pairs):
                least, best = _pair(row, pair)
                place = WEEK * week + day, names.duty(shift, skill)
                wanted[place], spare[place] = best, best - least
    slots = np.arange(wanted.size, dtype=np.int64).reshape(wanted.shape)
    prices = [(Curve(((0.0, COVER_PRICE), (float(few), MUST))), Curve()) for few in spare.reshape(-1)]
    return one_seat_cover(slots, wanted.reshape(-1), prices)
