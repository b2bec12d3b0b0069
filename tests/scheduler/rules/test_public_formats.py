"""The readers of public roster formats: tiny files of each, scored by hand, and faults that name file and line."""

import sys
from pathlib import Path

import numpy as np
import pytest

from scheduler.lines import score

sys.path.append(str(Path(__file__).resolve().parents[3]))  # benchmarks are files of the checkout, not of a package
from benchmarks.public_curtois import read_curtois
from benchmarks.public_inrc1 import read_inrc1, read_inrc1_solution
from benchmarks.public_inrc2 import Instance, read_inrc2, read_inrc2_solution
from benchmarks.public_rows import MUST, FormatError, costs_by_name

CURTOIS = """
SECTION_HORIZON
7

SECTION_SHIFTS
E,480,
L,480,E

SECTION_STAFF
# two people, the second without late shifts
Ann,E=7|L=2,2400,960,3,2,2,1
Bo,E=7|L=0,2400,0,5,1,1,1

SECTION_DAYS_OFF
Ann,0

SECTION_SHIFT_ON_REQUESTS
Ann,1,L,4

SECTION_SHIFT_OFF_REQUESTS
Bo,2,E,3

SECTION_COVER
1,E,1,100,1
1,L,1,100,1
2,E,0,100,7
"""
INRC1 = """////
SCHEDULING_PERIOD;
tiny, 2026-01-05, 2026-01-11;
SKILLS = 1;
Nurse;
SHIFT_TYPES = 2;
D, Day shift, 08:30:00, 16:30:00, 1, Nurse;
N, Night, 22:30:00, 06:30:00, 1, Nurse;
CONTRACTS = 1;
0, full, LIMITS, SaturdaySunday, (1|7), (0|0), (1|99), (0|0), (1|2), 1, 0;
PATTERNS = 1;
0, 20, 2 (N|Any) (D|Any);
EMPLOYEES 2;
0, Ann, 0, 1, Nurse;
1, Bo, 0, 1, Trainee;
DAY_OF_WEEK_COVER = 1;
Monday, N, 1;
DATE_SPECIFIC_COVER = 1;
2026-01-06, D, 1;
DAY_OFF_REQUESTS = 1;
0, 2026-01-05, 4;
DAY_ON_REQUESTS = 0;
SHIFT_OFF_REQUESTS = 0;
SHIFT_ON_REQUESTS = 1;
1, 2026-01-07, N, 6;
""".replace("LIMITS", "(1|1), (1|10|3), (0|1|0), (0|1|9), (0|1|1), (0|1|9), (1|5|2), (0|0|8), (0|0|2), (0|0|0)")
SOLUTION = """<Solution>
  <Assignment><Date>2026-01-05</Date><Employee>0</Employee><ShiftType>N</ShiftType></Assignment>
  <Assignment><Date>2026-01-06</Date><Employee>0</Employee><ShiftType>D</ShiftType></Assignment>
  <Assignment><Date>2026-01-08</Date><Employee>0</Employee><ShiftType>D</ShiftType></Assignment>
  <Assignment><Date>2026-01-10</Date><Employee>0</Employee><ShiftType>D</ShiftType></Assignment>
  <Assignment><Date>2026-01-06</Date><Employee>1</Employee><ShiftType>D</ShiftType></Assignment>
</Solution>
"""
SCENARIO = """SCENARIO = tiny
WEEKS = 1
SKILLS = 2
Lead
Nurse
SHIFT_TYPES = 2
Early (2,5)
Night (1,2)
FORBIDDEN_SHIFT_TYPES_SUCCESSIONS
Early 0
Night 1 Early
CONTRACTS = 1
Full (3,4) (2,3) (2,3) 0 1
NURSES = 1
Ann Full 2 Lead Nurse
"""
HISTORY = "HISTORY\n0 tiny\nNURSE_HISTORY\nAnn 0 0 Night 2 2 0\n"
WEEK = """WEEK_DATA
tiny
REQUIREMENTS
Early Nurse (0,1) (0,0) (0,0) (0,0) (0,0) (0,0) (0,0)
Night Lead (1,2) (0,0) (0,0) (0,0) (0,0) (0,0) (0,0)
SHIFT_OFF_REQUESTS = 1
Ann Any Sat
"""
ASSIGNED = "SOLUTION\n0 tiny\nASSIGNMENTS = 2\nAnn Mon Night Lead\nAnn Sat Early Nurse\n\nCost: 1\n"


@pytest.fixture
def tiny2(tmp_path):
    """A folder of the second competition."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, text in (("Sc-tiny", SCENARIO), ("H0-tiny-0", HISTORY), ("WD-tiny-3", WEEK), ("Sol", ASSIGNED)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return Instance(folder, 0, (3,))


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_curtois_roster_is_scored_by_requests_cover_and_rules(tmp_path):
    problem = read_curtois(written(tmp_path / "tiny.txt", CURTOIS))
    # Ann: early on day 1 instead of late, free else; Bo: early on days 1 and 2
    roster = np.full((2, 7), -1)
    roster[0, 1], roster[1, 1], roster[1, 2] = 0, 0, 0
    scored = score(problem, roster)

    assert scored.own == 4 + 3
    assert scored.cover == 1 + 100 + 7  # one early too many, no late, one on the day that wants nobody
    # minutes below the least; the single shift is a run too short
    assert sorted(fault.rule.name for fault in scored.faults) == ["minutes", "working_days"]


def test_curtois_days_off_and_shifts_nobody_may_have_cannot_be_given(tmp_path):
    problem = read_curtois(written(tmp_path / "tiny.txt", CURTOIS))

    assert problem.people[0].may[0].tolist() == [True, False, False]
    assert problem.people[1].may[3].tolist() == [True, True, False]


def test_an_inrc1_solution_gets_what_the_rules_ask(tmp_path):
    period = read_inrc1(written(tmp_path / "tiny.txt", INRC1))
    roster = read_inrc1_solution(written(tmp_path / "solution.xml", SOLUTION), period)
    costs = costs_by_name(period.problem(), roster)

    assert costs == {
        "cover": 3 * MUST,  # two on Tuesday instead of one, nobody wanted on Thursday and Saturday
        "own": 2.0,  # Bo works without the skill
        "MaxNumAssignments": 10.0,  # Ann works four shifts
        "MinConsecutiveFreeDays": 4 * 5.0,  # single days off: Ann on Wednesday, Friday and at the end, Bo on Monday
        "CompleteWeekends": 7.0,
        "pattern_0": 20.0,
        "wishes": 4.0 + 6.0,
    }


def test_an_inrc2_solution_is_scored_with_its_history(tiny2):
    problem = read_inrc2(tiny2)
    roster = read_inrc2_solution([tiny2.folder / "Sol.txt"], problem)
    costs = costs_by_name(problem, roster)

    assert costs == {
        "cover": 30.0 + 30.0,  # one early and the second night
        "own": 0.0,
        "succession": 0.0,
        "assignments": 20.0,
        # the third night on end; and Saturday alone: short as early, and as work
        "consecutive": 15.0 + 15.0 + 30.0,
        "days_off": 30.0,  # four days off, three are the most
        "weekends": 30.0,
        "complete_weekends": 30.0,
        "wishes": 10.0,
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SECTION_COVER", "SECTION_CUVER", "expected a section COVER"),
        ("E,480,\n", "E,long,\n", r"line 6: length is 'long'; expected a whole number from 1 on"),
        ("L,480,E", "L,480,X", r"line 7: shift is 'X'; expected one of: E, L"),
        ("Ann,1,L,4", "Ann,9,L,4", r"day is 9; expected a day from 0 to 6"),
        ("Bo,2,E,3", "Cy,2,E,3", r"employee is 'Cy'; expected one of: Ann, Bo"),
        ("1,E,1,100,1", "1,E,1,100", r"fields is '1,E,1,100'; expected 5 fields"),
        ("2,E,0,100,7", "1,E,0,100,7", "expected each day and shift once"),
        ("\nSECTION_HORIZON", "7\nSECTION_HORIZON", "line 1: .*expected a section's header first"),
    ],
)
def test_a_curtois_file_that_cannot_be_read_names_line_and_remedy(tmp_path, old, new, message):
    path = written(tmp_path / "bad.txt", CURTOIS.replace(old, new, 1))

    with pytest.raises(FormatError, match=message) as caught:
        read_curtois(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2026-01-11;", "2026-13-11;", "expected a date like"),
        ("(1|10|3)", "(1|10)", r"contract is '\(1\|10\)'; expected 3 numbers"),
        ("0, Ann, 0,", "0, Ann, 5,", r"contract is '5'; expected one of: 0"),
        ("(N|Any) (D|Any)", "(X|Any)", r"shift is 'X'"),
        ("08:30:00", "8.30", "expected a time like"),
        ("Monday, N", "Funday, N", r"day is 'Funday'"),
        ("2 (N|Any) (D|Any)", "2", r"expected number, weight, length and \(shift\|day\) places"),
    ],
)
def test_an_inrc1_file_that_cannot_be_read_names_line_and_remedy(tmp_path, old, new, message):
    with pytest.raises(FormatError, match=message):
        read_inrc1(written(tmp_path / "bad.txt", INRC1.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<Solution>", "<Solution", "expected an XML file"),
        ("<Employee>1", "<Employee>7", r"Employee is '7'"),
        ("2026-01-10", "2026-02-10", r"Date is 2026-02-10; expected a date from"),
        ("2026-01-08", "2026-01-06", "0 on 2026-01-06; expected one shift a day"),
        ("<ShiftType>N</ShiftType>", "", r"ShiftType is missing in Assignment"),
    ],
)
def test_an_inrc1_solution_that_cannot_be_read_says_why(tmp_path, old, new, message):
    period = read_inrc1(written(tmp_path / "tiny.txt", INRC1))

    with pytest.raises(FormatError, match=message):
        read_inrc1_solution(written(tmp_path / "bad.xml", SOLUTION.replace(old, new, 1)), period)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("Sc-tiny", "(2,5)", "(5,2)", "expected a least and a most"),
        ("Sc-tiny", "Ann Full 2", "Ann Half 2", r"contract is 'Half'"),
        ("Sc-tiny", "Ann Full 2", "Ann Full 1", r"skills is 2; expected 1 skills"),
        ("H0-tiny-0", "Ann", "Bo", r"nurse is 'Bo'"),
        ("H0-tiny-0", "Ann 0 0 Night 2 2 0\n", "", r"nurse is missing; expected Ann"),
        ("WD-tiny-3", "Early Nurse (0,1)", "Early Nurse", "expected 9 fields"),
        ("WD-tiny-3", "Any Sat", "Any Day", r"day is 'Day'"),
    ],
)
def test_an_inrc2_file_that_cannot_be_read_names_line_and_remedy(tiny2, name, old, new, message):
    path = tiny2.folder / f"{name}.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FormatError, match=message):
        read_inrc2(tiny2)


def test_an_inrc2_solution_with_too_few_rows_is_refused(tiny2):
    path = written(tiny2.folder / "Sol.txt", ASSIGNED.replace("= 2", "= 5"))

    with pytest.raises(FormatError, match=r"assignments is 3; expected 5 rows"):
        read_inrc2_solution([path], read_inrc2(tiny2))


def test_a_missing_file_is_told_as_such(tmp_path):
    with pytest.raises(FormatError, match="expected a text file in UTF-8"):
        read_curtois(tmp_path / "nowhere.txt")
