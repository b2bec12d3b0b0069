import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import PlanningError
from scheduler.exchange import read_roster, write_csv, write_json
from scheduler.exchange.words import plain_cell, safe_cell
from scheduler.store import dump_plan, load_plan

HEADER = "agent,date,template,group,start,end,breaks"


@pytest.fixture
def read(tmp_path, shop):
    def write_and_read(*rows, header=HEADER):
        file = tmp_path / "roster.csv"
        file.write_text("\n".join([header, *rows]), encoding="utf-8")
        return read_roster(file, shop)

    return write_and_read


def test_a_roster_written_reads_back_the_same(tmp_path, shop, shop_plan, shop_roster):
    write_csv(shop_plan, tmp_path / "roster.csv")

    assert read_roster(tmp_path / "roster.csv", shop) == shop_roster


def test_no_cell_of_the_file_begins_like_a_formula(tmp_path, shop_plan):
    write_csv(shop_plan, tmp_path / "roster.csv")
    with (tmp_path / "roster.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]

    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@given(st.text())
def test_a_cell_made_safe_is_no_formula_and_can_be_undone(content):
    safe = safe_cell(content)

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain_cell(safe) == content


def test_a_plan_without_a_roster_writes_the_header_alone(tmp_path, make_shop_plan):
    write_csv(make_shop_plan(without_roster=True), tmp_path / "roster.csv")

    assert (tmp_path / "roster.csv").read_text(encoding="utf-8-sig").splitlines() == [f"{HEADER},paid_h"]


def test_a_plan_as_json_reads_back(tmp_path, shop_plan):
    write_json(shop_plan, tmp_path / "plan.json")

    assert dump_plan(load_plan((tmp_path / "plan.json").read_text(encoding="utf-8"))) == dump_plan(shop_plan)


def test_times_without_an_offset_are_local_and_breaks_may_be_left_out(read, shop_roster):
    roster = read(
        "张伟,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00",
        header="agent,date,template,group,start,end",
    )

    assert roster.assignments[0].start_us == shop_roster.assignments[-2].start_us
    assert roster.assignments[0].breaks == ()


@pytest.mark.parametrize(("row", "said"), [
    ("李雷,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00,", "李雷"),
    ("张伟,2026-11-10,huge,hotline,2026-11-10 09:00,2026-11-10 17:00,", "huge"),
    ("张伟,2026-11-10,long,mail,2026-11-10 09:00,2026-11-10 17:00,", "mail"),
    ("'@ann/b,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00,", "asks for phone"),
    ("张伟,10.11.2026,long,hotline,2026-11-10 09:00,2026-11-10 17:00,", "10.11.2026"),
    ("张伟,2026-11-10,long,hotline,noon,2026-11-10 17:00,", "noon"),
    ("张伟,2026-11-10,long,hotline,2026-11-10 17:00,2026-11-10 09:00,", "expected an end after the start"),
    ("张伟,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00,12:00-13:00", "12:00-13:00"),
    ("张伟,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00,a/b/paid", "a/b/paid"),
])  # fmt: skip
def test_a_fault_is_told_with_its_row(read, row, said):
    with pytest.raises(PlanningError, match=r"roster\.csv:2: ") as caught:
        read(row)
    assert said in str(caught.value)


def test_shifts_that_overlap_are_told(read):
    with pytest.raises(PlanningError, match=r"roster\.csv: .*expected shifts that do not overlap"):
        read(
            "张伟,2026-11-10,long,hotline,2026-11-10 09:00,2026-11-10 17:00,",
            "张伟,2026-11-10,long,online,2026-11-10 16:00,2026-11-10 23:00,",
        )


def test_a_missing_column_is_told(read):
    with pytest.raises(PlanningError, match="lacks the column group"):
        read("张伟,2026-11-10,long,2026-11-10 09:00,2026-11-10 17:00", header="agent,date,template,start,end")
