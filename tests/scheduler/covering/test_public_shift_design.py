"""The reader of public shift-design files."""

import pytest

from benchmarks.public_shift_design import read_shift_design
from scenarios import PlanningError
from scheduler.covering import CoverBudget, CoverStatus, cover

WHOLE = """% two types, one day of six slots of four hours
interval = 240;
days = 1;
demand = [1, 2, 2, 1, 0, 0];
shiftTypes = 2;
minStart = [0, 1]; maxStart = [0, 1];
minLength = [4, 2];
maxLength = [4, 2];
minDuties = 3; maxDuties = 5; avgMinutes = 2310;
weightUnderCover = 1; weightOverCover = 1; weightDutiesPerWeek = 1000; weightShiftInstances = 240;
"""


@pytest.fixture
def written(tmp_path):
    """Write a file and return its path."""

    def write(text):
        path = tmp_path / "example.dzn"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_instance_becomes_a_week_of_priced_shifts(written):
    problem = read_shift_design(written(WHOLE))

    assert [(kind.name, kind.length_min, kind.starts_min) for kind in problem.kinds] == [
        ("1/4", 960, (0,)), ("2/2", 480, (240,)),
    ]  # fmt: skip
    assert (problem.prices.under, problem.prices.over, problem.prices.distinct) == (240.0, 240.0, 240.0)
    assert problem.cyclic


def test_two_distinct_shifts_that_meet_the_need_cost_their_slots_only(written):
    plan = cover(read_shift_design(written(WHOLE)), seed=1, budget=CoverBudget(gap=1e-6, starts=1, moves=1000))

    assert (plan.status, plan.yuan) == (CoverStatus.OPTIMAL, 480.0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days = 1;", "", r"example\.dzn: ShiftDesign\.days is missing; expected a value"),
        ("interval = 240", "interval = 7", r"ShiftDesign\.interval is 7; expected a divisor of 1440"),
        ("[1, 2, 2, 1, 0, 0]", "[1, 2]", r"ShiftDesign\.demand is 2 entries; expected 6 whole numbers"),
        ("[1, 2, 2, 1, 0, 0]", "[1, 2, x, 1, 0, 0]", r"ShiftDesign\.demand is 6 entries"),
        ("shiftTypes = 2;", "shiftTypes two;", r"ShiftDesign\.line 5 is shiftTypes two;"),
        ("weightOverCover = 1", "weightOverCover = -1", r"ShiftDesign\.weightOverCover is -1; expected a number"),
        ("maxStart = [0, 1]", "maxStart = [0, 0]", r"ShiftDesign\.type 2 is \(1, 0, 2, 2\)"),
    ],
)
def test_a_broken_file_is_told_with_its_place(written, old, new, message):
    with pytest.raises(PlanningError, match=message):
        read_shift_design(written(WHOLE.replace(old, new)))
