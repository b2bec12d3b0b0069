"""Rows of the public roster formats: sections of text files, fields, numbers, and faults that name their line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines import Cover, Curve, Problem
from scheduler.lines.problem import on_duty, unmet_and_idle
from scheduler.rules import Frame

MUST = 1e6
"""Price of a position that must be filled; no other cost of a public instance comes near it."""


class FormatError(ValueError):
    """A file is not of its format: where, what stands there, what was expected."""

    def __init__(self, place: str, what: str, value: object, expected: str) -> None:
        super().__init__(f"{place}: {what} is {value}; expected {expected}; correct the file.")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file and where it stands."""

    text: str
    place: str

    def fault(self, what: str, value: object, expected: str) -> FormatError:
        """Return the error that ``what`` should have been ``expected``."""
        return FormatError(self.place, what, value, expected)

    def fields(self, separator: str | None, least: int, most: int | None = None) -> list[str]:
        """Return the stripped fields, ``least`` to ``most`` of them (``None``: as many as ``least``)."""
        found = [part.strip() for part in self.text.split(separator)]
        if not least <= len(found) <= (most or least):
            raise self.fault("fields", f"'{self.text}'", f"{least} fields" if not most else f"{least} to {most} fields")
        return found

    def whole(self, what: str, text: str, least: int = 0) -> int:
        """Return ``text`` as a whole number of at least ``least``."""
        if not re.fullmatch(r"-?\d+", text) or int(text) < least:
            raise self.fault(what, f"'{text}'", f"a whole number from {least} on")
        return int(text)

    def among(self, what: str, name: str, known: Sequence[str]) -> int:
        """Return the place of ``name`` in ``known``."""
        if name not in known:
            raise self.fault(what, f"'{name}'", f"one of: {', '.join(known)}")
        return known.index(name)


@dataclass(slots=True)
class Section:
    """A header, what stands behind its ``=``, and the rows below it."""

    header: Row
    value: str = ""
    rows: list[Row] = field(default_factory=list)

    def only(self) -> Row:
        """Return the only row."""
        if len(self.rows) != 1:
            raise self.header.fault("rows", len(self.rows), "one row below the header")
        return self.rows[0]


class Sections(dict[str, Section]):
    """The sections of a file by name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def __missing__(self, name: str) -> Section:
        raise FormatError(str(self.path), "the list of sections", ", ".join(self) or "empty", f"a section {name}")


def read_sections(path: Path, header: str, comment: str) -> Sections:
    """Return the sections of the file at ``path``.

    Parameters
    ----------
    header
        Pattern of a header line, with the groups ``name`` and ``value``.
    comment
        Lines that begin so, and empty ones, are left out.
    """
    found = Sections(path)
    section = None
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        text = line.strip().rstrip(";").strip()
        if not text or text.startswith(comment):
            continue
        row = Row(text, f"{path}: line {number}")
        match = re.fullmatch(header, line.strip())
        if match:
            section = found[match["name"]] = Section(row, (match["value"] or "").strip())
        elif section is None:
            raise row.fault("text", f"'{text}'", "a section's header first")
        else:
            section.rows.append(row)
    return found


def text_of(path: Path) -> str:
    """Return the text of the file at ``path``."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(
            str(path), "the file", f"unreadable ({type(error).__name__})", "a text file in UTF-8"
        ) from error


def one_seat_cover(slot_of: IntArray, wanted: IntArray, curves: Iterable[tuple[Curve, Curve]]) -> Cover:
    """Return a cover of slots that each count single duties, whoever holds them.

    Parameters
    ----------
    slot_of
        (D, S) the slot of each duty of each date, -1 for none.
    wanted
        (T,) positions.
    curves
        Of every slot the price of too few and of too many.
    """
    flat = slot_of.reshape(-1)
    first = np.concatenate([[0], np.cumsum(flat >= 0)]).astype(np.int64)
    kinds: dict[tuple[Curve, Curve], int] = {}
    curve_of = np.array([kinds.setdefault(pair, len(kinds)) for pair in curves], dtype=np.int64)
    under, over = zip(*kinds, strict=True) if kinds else ((), ())
    return Cover(wanted[:, None], first, flat[flat >= 0], np.ones((1, 1), dtype=np.bool_), under, over, curve_of)


def open_table(frame: Frame) -> tuple[BoolArray, FloatArray]:
    """Return (D, A) tables in which everything may be given and nothing costs."""
    shape = (frame.dates, frame.actions)
    return np.ones(shape, dtype=np.bool_), np.zeros(shape)


def costs_by_name(problem: Problem, roster: IntArray) -> dict[str, float]:
    """Return what each rule's name costs in a roster, ``cover`` and ``own`` beside them; hard rules in units."""
    under, over = unmet_and_idle(problem.cover, on_duty(problem, roster))
    dates = np.arange(problem.frame.dates)
    costs: dict[str, float] = {"cover": 0.0, "own": 0.0}
    for number, (short, idle) in enumerate(zip(problem.cover.under, problem.cover.over, strict=True)):
        mine = problem.cover.curve_of == number
        costs["cover"] += float(short.of(under[mine]).sum() + idle.of(over[mine]).sum())
    for person, line in zip(problem.people, roster, strict=True):
        costs["own"] += float(person.own[dates, line + 1].sum())
        for rule in person.rules:
            units = sum(fault.units for fault in rule.faults(problem.frame, line, person.history))
            price = 1.0 if rule.weight.per_unit is None else rule.weight.per_unit
            costs[rule.name] = costs.get(rule.name, 0.0) + price * units
    return costs
