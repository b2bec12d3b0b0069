"""Reads the shift scheduling instances of Curtois and Qu (2014) from their text files.

Days count from 0, a Monday. Runs that touch an edge of the horizon are not held to a least length, and nothing is
carried in.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.public_rows import Row, Sections, one_seat_cover, open_table, read_sections
from scheduler.lines import Cover, Curve, Person, Problem
from scheduler.rules import (
    PAID_MIN,
    Count,
    Duty,
    Follows,
    Frame,
    LineRule,
    Measure,
    Run,
    WeekendCount,
    limited,
    whole,
)

HEADER = r"SECTION_(?P<name>[A-Z_]+)(?P<value>)"


def read_curtois(path: Path) -> Problem:
    """Return the instance in the file at ``path``.

    Raises
    ------
    FormatError
        When the file is not of the format; with file and line.
    """
    sections = read_sections(path, HEADER, "#")
    horizon = sections["HORIZON"].only()
    frame, follows = _frame(sections, horizon.whole("days", horizon.text, 1))
    people = _people(sections, frame, follows)
    return Problem(frame, people, _cover(sections, frame), path.stem)


def _frame(sections: Sections, days: int) -> tuple[Frame, Follows]:
    """Return the frame, and the successions that are forbidden."""
    duties, pairs = [], []
    rows = sections["SHIFTS"].rows
    names = [row.text.split(",")[0].strip() for row in rows]
    for row in rows:
        name, length, forbidden = row.fields(",", 3)
        minutes = row.whole("length", length, 1)
        duties.append(Duty(name, 0, minutes, minutes))
        for other in filter(None, forbidden.split("|")):
            row.among("shift", other, names)
            pairs.append((name, other))
    return Frame(tuple(duties), days), Follows(tuple(pairs))


def _people(sections: Sections, frame: Frame, follows: Follows) -> tuple[Person, ...]:
    shifts = [duty.name for duty in frame.duties]
    rows = {row.text.split(",")[0].strip(): row for row in sections["STAFF"].rows}
    names = list(rows)
    may = {name: open_table(frame)[0] for name in names}
    own = {name: open_table(frame)[1] for name in names}
    shared: dict[tuple[LineRule, ...], tuple[LineRule, ...]] = {}
    rules = {}
    for name, row in rows.items():
        _, caps, *limits = row.fields(",", 8)
        most_of = _caps(row, caps, shifts)
        for number, most in most_of.items():
            may[name][:, number + 1] = most > 0
        made = _rules(row, frame, follows, most_of, limits)
        rules[name] = shared.setdefault(made, made)
    for row in sections["DAYS_OFF"].rows:
        name, *days = row.fields(",", 2, frame.dates + 1)
        row.among("employee", name, names)
        for day in days:
            may[name][_day(row, day, frame), 1:] = False
    for kind in ("SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS"):
        for row in sections[kind].rows:
            name, day, shift, weight = row.fields(",", 4)
            row.among("employee", name, names)
            action = row.among("shift", shift, shifts) + 1
            wanted = np.arange(frame.actions) == action
            refused = ~wanted if kind == "SHIFT_ON_REQUESTS" else wanted
            own[name][_day(row, day, frame), refused] += row.whole("weight", weight)
    return tuple(Person(name, rules[name], may[name], own[name]) for name in names)


def _caps(row: Row, caps: str, shifts: list[str]) -> Mapping[int, int]:
    """Return the most shifts of each kind that are limited."""
    most_of = {}
    for part in caps.split("|"):
        shift, equals, most = part.partition("=")
        if not equals:
            raise row.fault("most shifts", f"'{part}'", "SHIFT=NUMBER")
        most_of[row.among("shift", shift, shifts)] = row.whole("most shifts", most)
    return most_of


def _rules(
    row: Row, frame: Frame, follows: Follows, most_of: Mapping[int, int], limits: list[str]
) -> tuple[LineRule, ...]:
    minutes_most, minutes_least, run_most, run_least, free_least, weekends_most = (
        row.whole("limit", text) for text in limits
    )
    horizon = whole(frame)
    capped = [
        Count(
            limited(horizon, most=most), Measure(tag=frame.duties[shift].name), name=f"most_{frame.duties[shift].name}"
        )
        for shift, most in most_of.items()
        if 0 < most < frame.dates
    ]
    return (
        follows,
        Count(limited(horizon, minutes_least, minutes_most), PAID_MIN, name="minutes"),
        Run(max(run_least, 1), run_most, name="working_days"),
        Run(max(free_least, 1), free=True, name="days_off"),
        WeekendCount(most=weekends_most),
        *capped,
    )


def _cover(sections: Sections, frame: Frame) -> Cover:
    shifts = [duty.name for duty in frame.duties]
    slot_of = np.full((frame.dates, len(shifts)), -1, dtype=np.int64)
    wanted: list[int] = []
    curves = []
    for row in sections["COVER"].rows:
        day, shift, requirement, under, over = row.fields(",", 5)
        place = _day(row, day, frame), row.among("shift", shift, shifts)
        if slot_of[place] >= 0:
            raise row.fault("cover", f"'{row.text}'", "each day and shift once")
        slot_of[place] = len(wanted)
        wanted.append(row.whole("requirement", requirement))
        prices = [Curve(((0.0, float(row.whole("weight", text))),)) for text in (under, over)]
        curves.append((prices[0], prices[1]))
    return one_seat_cover(slot_of, np.array(wanted, dtype=np.int64), curves)


def _day(row: Row, text: str, frame: Frame) -> int:
    day = row.whole("day", text)
    if day >= frame.dates:
        raise row.fault("day", day, f"a day from 0 to {frame.dates - 1}")
    return day
