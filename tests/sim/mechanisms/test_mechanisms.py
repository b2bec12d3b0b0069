"""What service reports ask for: every row is played, counted, or left out with a reason."""

import dataclasses
import re
from enum import Enum
from pathlib import Path

import pytest
from asked_for.families import FAMILIES

import scenarios
import sim
from scenarios import lever_names, library_names
from sim import KPIS, pack_names

DOCS = Path(__file__).resolve().parents[3] / "docs"
TESTS = Path(__file__).resolve().parents[2]
EXCEPTIONS_MOST = 10
OF_ROSTERS = {
    "ContactType.promo_response": "scenarios/test_sample.py",
    "Contract.call_in": "scheduler/rostering/test_terms.py",
    "Requirement.positions": "scheduler/test_requirement_by_skill.py",
    "RosterOutcome.status": "scheduler/test_planning.py",
    "Verdict.statements": "scheduler/test_planning.py",
    "TargetStatement.share_of_days": "scheduler/test_planning.py",
}
"""What is read before the floor is played, or told after many were: the field, and where it is tested."""

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
    """Row key -> whether only a part of it is not simulated, and why."""
    section = page("simulation.md").split("## Asked for and not simulated")[1].split("\n## ")[0]
    found = re.findall(r"^- (\d{3}-\d\d)(, in part:)? (.+)$", section, re.MULTILINE)
    return {row: (bool(part), reason) for row, part, reason in found}


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


def in_play(reference):
    """Whether a reference is one that the small shop must show to do something."""
    kind, _, _ = reference.rpartition(":")
    return kind in ("kpi", "measure") or (not kind and reference not in OF_ROSTERS)


def shown():
    """Every reference that some family switches on, or moves by switching."""
    return {name for family in FAMILIES for name in (*family.switches, *family.moves)}


def test_every_row_has_its_place_unless_the_whole_of_it_is_left_out():
    whole = {row for row, (part, _) in left_out().items() if not part}

    assert sorted([*placed(), *whole]) == sorted(ROWS)
    assert left_out().keys() - whole <= placed().keys()


def test_what_is_left_out_is_little_and_says_why():
    assert len(left_out()) <= EXCEPTIONS_MOST
    assert all(len(reason.split()) > 6 for _, reason in left_out().values())


@pytest.mark.parametrize("row", sorted(placed()))
def test_every_place_a_row_is_given_exists(row):
    assert placed()[row]
    assert [reference for reference in placed()[row] if not exists(reference)] == []


@pytest.mark.parametrize("row", sorted(placed()))
def test_every_place_on_the_floor_is_shown_to_do_something(row):
    assert [reference for reference in placed()[row] if in_play(reference) and reference not in shown()] == []


@pytest.mark.parametrize("reference", OF_ROSTERS)
def test_what_only_rosters_read_is_tested_where_the_list_says(reference):
    assert reference.partition(".")[2] in (TESTS / OF_ROSTERS[reference]).read_text(encoding="utf-8")
    assert any(reference in references for references in placed().values())
