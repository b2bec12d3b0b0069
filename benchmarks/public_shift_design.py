"""Reader of the public minimum shift design instances (MiniZinc data, ``.dzn``), as problems of the covering engine.

A week that repeats, one kind of work, shift types with windows of start and length; what counts is minutes too many and
too few, and a slot's length for every distinct shift (Musliu, Schaerf, Slany, European Journal of Operational Research
153 (2004)).
"""

import re
from pathlib import Path

import numpy as np

from scenarios import PlanningError
from scheduler.covering import CoverGroup, CoverPrices, CoverProblem, ShiftKind

_ENTRY = re.compile(r"\s*(\w+)\s*=\s*(\[[^\]]*\]|[^;\[\]]+?)\s*;")
_NEEDED = ("interval", "days", "demand", "shiftTypes", "minStart", "maxStart", "minLength", "maxLength")
_WEIGHTS = ("weightUnderCover", "weightOverCover", "weightShiftInstances")
_MIN_PER_DAY = 1440


def read_shift_design(path: Path) -> CoverProblem:
    """Return the instance in the file at ``path``; a file that is none is a ``PlanningError`` that names the place."""
    entries = _entries(path)
    for name in (*_NEEDED, *_WEIGHTS):
        if name not in entries:
            raise _wrong(path, name, "missing", "a value")
    slot_min, days = _count(path, entries, "interval"), _count(path, entries, "days")
    types = _count(path, entries, "shiftTypes")
    if _MIN_PER_DAY % slot_min:
        raise _wrong(path, "interval", slot_min, f"a divisor of {_MIN_PER_DAY}")
    per_day = _MIN_PER_DAY // slot_min
    demand = _list(path, entries, "demand", days * per_day)
    windows = [_list(path, entries, name, types) for name in _NEEDED[4:]]
    kinds = []
    for number, (first, last, shortest, longest) in enumerate(zip(*windows, strict=True), 1):
        if not (0 <= first <= last < 2 * per_day and 0 < shortest <= longest <= days * per_day):
            raise _wrong(path, f"type {number}", (first, last, shortest, longest), "windows in order, within the week")
        starts = tuple(slot * slot_min for slot in range(first, last + 1))
        kinds += [ShiftKind(f"{number}/{slots}", slots * slot_min, starts) for slots in range(shortest, longest + 1)]
    under, over, distinct = (float(_number(path, entries, name)) for name in _WEIGHTS)
    return CoverProblem(
        slot_min=slot_min,
        skills=("work",),
        demand=np.array(demand, dtype=np.float64)[:, None],
        groups=(CoverGroup("people", ("work",), tuple(kind.name for kind in kinds), 0.0),),
        kinds=tuple(kinds),
        prices=CoverPrices(under * slot_min, over * slot_min, distinct),
        days=days,
        cyclic=True,
    )


def _entries(path: Path) -> dict[str, str]:
    text = re.sub(r"%.*", "", path.read_text(encoding="utf-8"))
    entries: dict[str, str] = {}
    place = 0
    while text[place:].strip():
        found = _ENTRY.match(text, place)
        if found is None:
            line = text.count("\n", 0, place + len(text[place:]) - len(text[place:].lstrip())) + 1
            raise _wrong(path, f"line {line}", text[place:].strip().partition("\n")[0][:30], "name = value;")
        entries[found[1]] = found[2]
        place = found.end()
    return entries


def _number(path: Path, entries: dict[str, str], name: str) -> float:
    try:
        value = float(entries[name])
    except ValueError:
        raise _wrong(path, name, entries[name], "a number") from None
    if not value >= 0:
        raise _wrong(path, name, entries[name], "a number of at least 0")
    return value


def _count(path: Path, entries: dict[str, str], name: str) -> int:
    value = _number(path, entries, name)
    if value < 1 or value != int(value):
        raise _wrong(path, name, entries[name], "a whole number of at least 1")
    return int(value)


def _list(path: Path, entries: dict[str, str], name: str, length: int) -> list[int]:
    words = entries[name].strip("[] \n").replace(",", " ").split()
    if len(words) != length or not all(word.isdigit() for word in words):
        raise _wrong(path, name, f"{len(words)} entries", f"{length} whole numbers of at least 0")
    return [int(word) for word in words]


def _wrong(path: Path, field: str, value: object, expected: str) -> PlanningError:
    return PlanningError(
        "not_readable", place=str(path), thing="ShiftDesign", field=field, value=value, expected=expected
    )
