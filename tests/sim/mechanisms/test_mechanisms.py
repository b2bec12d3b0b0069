"""What service reports ask for: every row is played, counted, or left out with a reason."""

import dataclasses
import re
from enum import Enum
from pathlib import Path

import pytest

import scenarios
import sim
from scenarios import lever_names, library_names
from sim import KPIS, pack_names

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXCEPTIONS_MOST = 10

# Rows of five service reports that name a mechanism or a measure: report, then row numbers.
ASKED = {
    "000": "01 03 04 07 09 10 11 13 14 16 18 19 20 21 22 23 24 25 26 27 28 29 30 34 36 37 38 41",
    "001": "04 05 10 11 14 15 16 17 18 21 22 23 24 25 30 31 32 34",
    "002": "07 08 10 13 15 16 19 20 24 26 28 31",
    "003": "01 02 05 06 11 12 20",
    "004": "04 05 09 10 11 12 13 20 27 29 32 35 38 39 40 43 44 47 48 49 50 51 52 56 57 58 59",
}
ROWS = [f"{report}-{row}" for report, rows in ASKED.items() for row in rows.split()]


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def placed():
    """Row key -> what the page says is in its place."""
    rows = re.findall(r"^\| (\d{3}-\d\d) \| [^|]+ \| ([^|]+) \|$", page("mechanisms.md"), re.MULTILINE)
    return {key: re.findall(r"`([^`]+)`", where) for key, where in rows}


def left_out():
    """Row key -> why it is not simulated."""
    section = page("simulation.md").split("## Asked for and not simulated")[1].split("\n## ")[0]
    return dict(re.findall(r"^- (\d{3}-\d\d) (.+)$", section, re.MULTILINE))


def exists(reference):
    """Whether a reference of the page leads to something."""
    kind, _, name = reference.rpartition(":")
    if kind == "measure":
        return hasattr(sim, name)
    if kind:
        return name in {"kpi": KPIS, "pack": pack_names(), "lever": lever_names(), "scenario": library_names()}[kind]
    thing, _, part = reference.partition(".")
    found = getattr(scenarios, thing)
    if issubclass(found, Enum):
        return part in found.__members__
    return part in {field.name for field in dataclasses.fields(found)}


def test_every_row_is_in_its_place_or_left_out_and_no_row_is_both():
    assert sorted([*placed(), *left_out()]) == sorted(ROWS)


def test_what_is_left_out_is_little_and_says_why():
    assert len(left_out()) <= EXCEPTIONS_MOST
    assert all(len(reason.split()) > 6 for reason in left_out().values())


@pytest.mark.parametrize("row", sorted(placed()))
def test_every_place_a_row_is_given_exists(row):
    assert placed()[row]
    assert [reference for reference in placed()[row] if not exists(reference)] == []
