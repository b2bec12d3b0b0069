"""Reads the first nurse rostering competition (2010): instances as text and as XML, solutions as XML."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from benchmarks.public_inrc1_period import DAYS, HABITS, LIMITS, Contract, Period, Shift, Unwanted, Wished
from benchmarks.public_rows import Row, Sections, read_sections, text_of
from scenarios.checks import IntArray
from scheduler.rules import OFF

HEADER = r"(?P<name>[A-Z_]+)\s*=?\s*(?P<value>\d*);"
REQUESTS = (("DAY_OFF", True, False), ("DAY_ON", False, False), ("SHIFT_OFF", True, True), ("SHIFT_ON", False, True))
"""Kind of request, whether to be off, whether a shift is named."""


def read_inrc1(path: Path) -> Period:
    """Return the instance in the text or XML file at ``path``; ``problem()`` makes a team problem of it.

    Raises
    ------
    FormatError
        When the file is not of the format; with the file, and the line of a text.
    """
    return _Xml(path).period() if path.suffix == ".xml" else _Text(path).period()


def read_inrc1_solution(path: Path, period: Period) -> IntArray:
    """Return the roster (people x dates) in the XML file at ``path``, a solution of ``period``."""
    solution = _Xml(path)
    names, shifts = list(period.people), [shift.name for shift in period.shifts]
    dates = (period.last - period.first).days + 1
    roster = np.full((len(names), dates), OFF, dtype=np.int64)
    for row in solution.all("Assignment"):
        day, name = solution.day(row, "Date"), solution.text(row, "Employee")
        number = (day - period.first).days
        if not 0 <= number < dates:
            raise solution.row.fault("Date", day, f"a date from {period.first} to {period.last}")
        place = solution.row.among("Employee", name, names), number
        if roster[place] != OFF:
            raise solution.row.fault("Assignment", f"{name} on {day}", "one shift a day")
        roster[place] = solution.row.among("ShiftType", solution.text(row, "ShiftType"), shifts)
    return roster


class _Text:
    """The sections of a text file."""

    def __init__(self, path: Path) -> None:
        self.sections: Sections = read_sections(path, HEADER, "/")

    def period(self) -> Period:
        """Return what the file says."""
        name, first, last = self.sections["SCHEDULING_PERIOD"].only().fields(",", 3)
        place = self.sections["SCHEDULING_PERIOD"].only()
        shifts = tuple(self._shift(row) for row in self.sections["SHIFT_TYPES"].rows)
        period = Period(name, _day(place, first), _day(place, last), shifts, {}, {}, {}, {}, {})
        names = [shift.name for shift in shifts]
        period.patterns.update(self._pattern(row, names) for row in self.sections["PATTERNS"].rows)
        period.contracts.update(self._contract(row, period) for row in self.sections["CONTRACTS"].rows)
        period.people.update(self._person(row, period) for row in self.sections["EMPLOYEES"].rows)
        for row in self.sections["DAY_OF_WEEK_COVER"].rows:
            day, shift, number = row.fields(",", 3)
            row.among("shift", shift, names)
            period.weekly[row.among("day", day, DAYS), shift] = row.whole("cover", number)
        for row in self.sections["DATE_SPECIFIC_COVER"].rows:
            day, shift, number = row.fields(",", 3)
            row.among("shift", shift, names)
            period.dated[_day(row, day), shift] = row.whole("cover", number)
        for kind, off, named in REQUESTS:
            for row in self.sections[f"{kind}_REQUESTS"].rows:
                person, day, *rest = row.fields(",", 4 if named else 3)
                row.among("employee", person, list(period.people))
                wanted = names[row.among("shift", rest[0], names)] if named else None
                wished = Wished(_day(row, day), wanted, off, row.whole("weight", rest[-1]))
                period.wishes.setdefault(person, []).append(wished)
        return period

    def _shift(self, row: Row) -> Shift:
        name, _, start, end, _, skills = row.fields(",", 6)
        return _shift(row, name, start, end, skills.split())

    def _pattern(self, row: Row, shifts: Sequence[str]) -> tuple[str, Unwanted]:
        name, weight, rest = row.fields(",", 3)
        places = re.findall(r"\((\w+)\|(\w+)\)", rest)
        if not places:
            raise row.fault("pattern", f"'{row.text}'", "number, weight, length and (shift|day) places")
        return name, _unwanted(row, row.whole("weight", weight), places, shifts)

    def _contract(self, row: Row, period: Period) -> tuple[str, Contract]:
        fields = row.fields(",", 19, 20)
        name, limits, weekend, habits = fields[0], fields[3:12], fields[12], fields[13:18]
        listed = fields[19].split() if len(fields) > 19 else []
        for pattern in listed:
            row.among("pattern", pattern, list(period.patterns))
        contract = Contract(weekend, {}, {}, tuple(listed))
        for key, text in zip(LIMITS, limits, strict=True):
            on, weight, value = self._numbers(row, text, 3)
            if on:
                contract.limits[key] = value, float(weight)
        for key, text in zip(HABITS, habits, strict=True):
            on, weight = self._numbers(row, text, 2)
            if on:
                contract.habits[key] = float(weight)
        return name, contract

    def _numbers(self, row: Row, text: str, count: int) -> list[int]:
        if not re.fullmatch(r"\(\d+(\|\d+)*\)", text) or text.count("|") != count - 1:
            raise row.fault("contract", f"'{text}'", f"{count} numbers as in (1|10{'|5' * (count - 2)})")
        return [int(number) for number in text[1:-1].split("|")]

    def _person(self, row: Row, period: Period) -> tuple[str, tuple[str, frozenset[str]]]:
        name, _, contract, _, skills = row.fields(",", 5)
        row.among("contract", contract, list(period.contracts))
        return name, (contract, frozenset(skills.split()))


class _Xml:
    """The elements of an XML file; faults name the file."""

    def __init__(self, path: Path) -> None:
        self.row = Row(path.name, str(path))
        try:
            self.root = ElementTree.fromstring(text_of(path).encode())  # noqa: S314  # a benchmark's own files
        except ElementTree.ParseError as error:
            raise self.row.fault("text", str(error), "an XML file") from error

    def all(self, tag: str) -> list[ElementTree.Element]:
        """Return all elements called ``tag``."""
        return list(self.root.iter(tag))

    def text(self, element: ElementTree.Element, tag: str) -> str:
        """Return the text of the child ``tag``."""
        found = element.findtext(tag)
        if not found:
            raise self.row.fault(tag, f"missing in {element.tag}", "a text")
        return found.strip()

    def day(self, element: ElementTree.Element, tag: str) -> date:
        """Return the date in the child ``tag``."""
        return _day(self.row, self.text(element, tag))

    def period(self) -> Period:
        """Return what the file says."""
        shifts = tuple(
            _shift(
                self.row, row.get("ID", ""), self.text(row, "StartTime"), self.text(row, "EndTime"), self._skills(row)
            )
            for row in self.all("Shift")
            if row.get("ID")
        )
        first, last = self.day(self.root, "StartDate"), self.day(self.root, "EndDate")
        period = Period(self.root.get("ID", ""), first, last, shifts, {}, {}, {}, {}, {})
        names = [shift.name for shift in shifts]
        for row in self.all("Pattern"):
            places = [(self.text(place, "ShiftType"), self.text(place, "Day")) for place in row.iter("PatternEntry")]
            if places:
                weight = self.row.whole("weight", row.get("weight", ""))
                period.patterns[row.get("ID", "")] = _unwanted(self.row, weight, places, names)
        for row in self.all("Contract"):
            period.contracts[row.get("ID", "")] = self._contract(row, period)
        for row in self.all("Employee"):
            contract = self.text(row, "ContractID")
            self.row.among("ContractID", contract, list(period.contracts))
            period.people[row.get("ID", "")] = contract, frozenset(self._skills(row))
        self._cover(period, names)
        for kind, off, named in REQUESTS:
            for row in self.all(kind.title().replace("_", "")):
                shift = self.text(row, "ShiftTypeID") if named else None
                weight = self.row.whole("weight", row.get("weight", ""))
                wished = Wished(self.day(row, "Date"), shift, off, weight)
                period.wishes.setdefault(self.text(row, "EmployeeID"), []).append(wished)
        return period

    def _cover(self, period: Period, shifts: Sequence[str]) -> None:
        for row in self.all("DayOfWeekCover"):
            day = self.row.among("Day", self.text(row, "Day"), DAYS)
            period.weekly.update({(day, shift): number for shift, number in self._wanted(row, shifts)})
        for row in self.all("DateSpecificCover"):
            dated = self.day(row, "Date")
            period.dated.update({(dated, shift): number for shift, number in self._wanted(row, shifts)})

    def _wanted(self, row: ElementTree.Element, shifts: Sequence[str]) -> Iterator[tuple[str, int]]:
        for cover in row.iter("Cover"):
            shift = self.text(cover, "Shift")
            self.row.among("Shift", shift, shifts)
            yield shift, self.row.whole("Preferred", self.text(cover, "Preferred"))

    def _contract(self, row: ElementTree.Element, period: Period) -> Contract:
        contract = Contract(self.text(row, "WeekendDefinition"), {}, {}, ())
        for key in LIMITS:
            limit = row.find(key)
            if limit is not None and limit.get("on") == "1":
                value = self.row.whole(key, (limit.text or "").strip())
                contract.limits[key] = value, float(self.row.whole("weight", limit.get("weight", "")))
        for key in HABITS:
            habit = row.find(key)
            if habit is not None and (habit.text or "").strip() == "true":
                contract.habits[key] = float(self.row.whole("weight", habit.get("weight", "")))
        unwanted = row.find("UnwantedPatterns")
        listed = [] if unwanted is None else [(one.text or "").strip() for one in unwanted.iter("Pattern")]
        for pattern in listed:
            self.row.among("Pattern", pattern, list(period.patterns))
        contract.patterns = tuple(listed)
        return contract

    def _skills(self, row: ElementTree.Element) -> list[str]:
        return [(skill.text or "").strip() for skill in row.iter("Skill")]


def _shift(row: Row, name: str, start: str, end: str, skills: Sequence[str]) -> Shift:
    minutes = []
    for clock in (start, end):
        if not re.fullmatch(r"\d\d:\d\d:\d\d", clock):
            raise row.fault("time", f"'{clock}'", "a time like 06:30:00")
        minutes.append(int(clock[:2]) * 60 + int(clock[3:5]))
    begins, ends = minutes
    return Shift(name, begins, ends if ends > begins else ends + 1440, frozenset(skills))


def _unwanted(row: Row, weight: int, places: Sequence[tuple[str, str]], shifts: Sequence[str]) -> Unwanted:
    for shift, day in places:
        row.among("shift", shift, ["Any", "None", *shifts])
        row.among("day", day, ["Any", *DAYS])
    return Unwanted(float(weight), tuple(places))


def _day(row: Row, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise row.fault("date", f"'{text}'", "a date like 2010-01-31") from error
