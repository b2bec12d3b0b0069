"""Rosters as planners keep them: read whole, with every cell that cannot be read told by its place."""

from datetime import date, datetime, timedelta

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Assignment, Break, PlanningError, Roster
from scheduler.exchange.grid_cells import CellError, Words, read_cell
from scheduler.exchange.roster_grid import GridWords, cell_text, read_grid

HOUR_US = 3_600_000_000
WORDS = Words({"long": "long", "night": "night"}, {"hotline": "hotline", "电话": "hotline"}, {"早": "9:00-17:00"})


@pytest.fixture
def grid(tmp_path, shop):
    """Write rows as CSV in an encoding and read them back as a grid of the corner shop."""

    def read(*rows, encoding="utf-8", **more):
        path = tmp_path / "grid.csv"
        path.write_text("\n".join(rows), encoding=encoding)
        return read_grid(path, shop, **more)

    return read


def told(reading):
    return [
        (s.agent, s.date.day, s.template, s.groups, s.start_us // HOUR_US, s.end_us // HOUR_US) for s in reading.shifts
    ]


def faults(reading):
    return [(error.key, error.place) for error in reading.faults]


def notes(reading):
    return {reason.key.removeprefix("grid."): dict(reason.facts)["names"] for reason in reading.notes}


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("9:00-18:00", 540, 1080), ("09-18", 540, 1080), ("９：００－１８：００", 540, 1080), ("9.30~18.00", 570, 1080),
        ("0900-1730", 540, 1050), ("9点-17点半", 540, 1050), ("9点30分至18点", 570, 1080), ("18:00-26:00", 1080, 1560),
        ("22:00-6:00", 1320, 1800), ("22:00-次日6:00", 1320, 1800), ("22:00-06:00+1", 1320, 1800),
        ("9am-5:30pm", 540, 1050), ("12:00 PM - 9:00 PM", 720, 1260), ("早", 540, 1020), ("9月18日", 540, 1080),
        ("2026-09-18 00:00:00", 540, 1080), ("早班 9:00—18:00", 540, 1080), ("次日0:00-8:00", 1440, 1920),
    ],
)  # fmt: skip
def test_times_are_read_as_planners_write_them(written, start, end):
    (shift,) = read_cell(written, WORDS).shifts

    assert (shift.start_min, shift.end_min) == (start, end)


@pytest.mark.parametrize("written", ["", "休", " 休 ", "OFF", "休息（周）", "-", "轮休", "Day off", "ｏｆｆ"])
def test_free_cells_may_be_asked_to_come(written):
    cell = read_cell(written, WORDS)

    assert (cell.leave, cell.shifts) == (False, ())


@pytest.mark.parametrize("written", ["年假", "假", "调休", "补休", "病假（半月）", "Annual leave", "PTO"])
def test_leave_is_no_free_day(written):
    assert read_cell(written, WORDS).leave


def test_group_and_breaks_stand_beside_the_times_in_any_order():
    for written in ("long 9:00-17:00 @hotline (12:00-13:00)", "电话 9-17（休12-13）", "9:00-17:00/电话(12:00-13:00)"):
        (shift,) = read_cell(written, WORDS).shifts
        assert (shift.start_min, shift.end_min, shift.group, shift.breaks) == (540, 1020, "hotline", ((720, 780),))


def test_two_shifts_of_a_cell_are_two_shifts_and_a_break_after_midnight_stays_in_its_shift():
    assert [(s.start_min, s.end_min) for s in read_cell("9-13/17-21", WORDS).shifts] == [(540, 780), (1020, 1260)]
    assert read_cell("18:00-26:00 (0:30-1:00)", WORDS).shifts[0].breaks == ((1470, 1500),)


@pytest.mark.parametrize(
    ("written", "key"),
    [("晚", "grid_cell"), ("8", "grid_cell"), ("9:00", "grid_cell"), ("9:75-18:00", "grid_clock"),
     ("99-18", "grid_clock"), ("9-17 (18-19)", "grid_break"), ("?", "grid_cell")],
)  # fmt: skip
def test_what_means_nothing_is_a_fault(written, key):
    with pytest.raises(CellError) as caught:
        read_cell(written, WORDS)

    assert caught.value.key == key


ZH = (
    "十一月排班表（2026年11月）,,,,",
    "姓名,组别,10日,11日,备注",
    ",,周二,周三,",
    "张伟,hotline,9:00-17:00,休,",
    "=HYPERLINK(1),电话组,night,18:00-次日2:00,新人",
    "@ann/b,,年假,早班 10:00-15:00,",
    "早班：10:00-15:00,,,,",
    "合计,,2,2,",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_chinese_grid_is_read_in_every_encoding(grid, encoding):
    reading = grid(*ZH, encoding=encoding, words=GridWords(groups={"电话组": "hotline"}))

    assert told(reading) == [
        ("张伟", 10, "long", ("hotline",), 9, 17),
        ("=HYPERLINK(1)", 10, "night", ("hotline",), 18, 26),
        ("=HYPERLINK(1)", 11, "night", ("hotline",), 42, 50),
        ("@ann/b", 11, "10:00-15:00", ("online",), 34, 39),
    ]
    assert faults(reading) == []
    assert reading.people == ("张伟", "=HYPERLINK(1)", "@ann/b")
    assert notes(reading) == {
        "columns_left": "备注", "rows_left": "7: 早班：10:00-15:00, 8: 合计", "own_shifts": "10:00-15:00 (1)",
        "leave_added": "@ann/b (1)",
    }  # fmt: skip
    assert reading.scenario.agent("@ann/b").leave == (date(2026, 11, 10),)
    assert "10:00-15:00" in reading.scenario.contracts[0].shift_templates


def test_an_english_workbook_with_merged_headers_and_dates_as_dates(tmp_path, shop):
    path = tmp_path / "grid.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, day = book.add_worksheet("rota"), book.add_format({"num_format": "d mmm"})
        sheet.merge_range("A1:D1", "Rota")
        sheet.merge_range("A2:A3", "Agent")
        sheet.merge_range("B2:B3", "Team")
        sheet.merge_range("C2:D2", "November 2026")
        for column, number in ((2, 10), (3, 11)):
            sheet.write_datetime(2, column, datetime(2026, 11, number), day)
        sheet.merge_range("B4:B5", "hotline")
        sheet.write_string("A4", "张伟")
        sheet.merge_range("C4:D4", "annual leave")
        sheet.write_string("A5", "=HYPERLINK(1)")
        sheet.write_datetime("C5", datetime(2026, 9, 17), day)  # 9-17 was typed
        sheet.write_string("D5", "off")
    reading = read_grid(path, shop)

    assert told(reading) == [("=HYPERLINK(1)", 10, "long", ("hotline",), 9, 17)]
    assert reading.scenario.agent("张伟").leave == (date(2026, 11, 10), date(2026, 11, 11))
    assert notes(reading)["dates_taken"] == "C5"
    assert notes(reading)["people_missing"] == "@ann/b"
    with pytest.raises(PlanningError) as caught:
        read_grid(path, shop, sheet="plan")
    assert caught.value.key == "unknown_name"


@pytest.mark.parametrize(
    "header",
    ["2026/11/10,2026-11-11", "11/10,11/11", "10/11,11/11", "11.10(周二),11.11(周三)", "11月10日,11月11日", "10,11",
     "Tue 10 Nov,Wed 11 Nov", "November 10,November 11", "2026年11月10日 星期二,2026年11月11日 星期三"],
)  # fmt: skip
def test_dates_are_read_as_planners_write_them(grid, header):
    reading = grid(f"姓名,{header}", "张伟,9-17,18-26")

    assert [shift.date.day for shift in reading.shifts] == [10, 11]


def test_every_fault_is_told_by_its_cell_and_everything_else_is_read(grid):
    reading = grid(
        "姓名,11/9,11/10,11/11,11/12",
        "张伟,9-17,早,18-26,9-17",
        "李雷,,9-17,,",
        ",,9-17,,",
        "@ann/b,,long,18-26 (9-10),",
        "张伟,,9-17,,",
        "=HYPERLINK(1),,18:00-次日9:00,8:00-16:00,",
    )

    assert faults(reading) == [
        ("grid_cell", "grid.csv:C2"),
        ("grid_unknown_person", "grid.csv:3"),
        ("grid_no_person", "grid.csv:4"),
        ("grid_needs_times", "grid.csv:C5"),
        ("grid_break", "grid.csv:D5"),
        ("grid_repeated_person", "grid.csv:6"),
        ("grid_overlap", "grid.csv:D7"),
    ]
    assert [(shift.agent, shift.date.day) for shift in reading.shifts] == [("张伟", 11), ("=HYPERLINK(1)", 10)]
    assert notes(reading)["dates_outside"] == "11/9, 11/12"
    for error in reading.faults:
        assert error.place in error.message("zh")
        assert (
            error.message("en").isascii()
            or "张伟" in error.message("en")
            or "早" in error.message("en")
            or "休" in error.message("en")
            or "李雷" in error.message("en")
        )


def test_names_of_the_planner_and_new_people_are_taken_as_told(grid):
    words = GridWords(shifts={"早": "9:00-17:00", "晚班": "night"}, contract="full")
    reading = grid("姓名,技能,11/10,11/11", "李雷,phone、chat,早,晚班", "韩梅,,早,", words=words)

    assert told(reading) == [
        ("李雷", 10, "long", ("hotline", "online"), 9, 17),
        ("李雷", 11, "night", ("hotline", "online"), 42, 50),
    ]
    assert reading.scenario.agent("李雷").skills == ("phone", "chat")
    assert faults(reading) == [("grid_no_skills", "grid.csv:3")]
    assert notes(reading)["people_added"] == "李雷"


@pytest.mark.parametrize(
    ("rows", "key"),
    [(("姓名,组别", "张伟,hotline"), "grid_no_dates"), (("姓名,11/10,11/11,11/10", "张伟,9-17,,"), "grid_no_dates"),
     (("谁,11/10", "小明,9-17"), "grid_no_names")],
)  # fmt: skip
def test_a_table_that_is_no_grid_is_refused(grid, rows, key):
    with pytest.raises(PlanningError) as caught:
        grid(*rows)

    assert caught.value.key == key


@st.composite
def rosters(draw):
    """Rosters of the corner shop: templates and shifts of their own times, with breaks and groups."""
    rows = []
    for agent, groups in (("张伟", ("hotline", "online")), ("=HYPERLINK(1)", ("hotline",)), ("@ann/b", ("online",))):
        for day in range(2):
            kind = draw(st.sampled_from(["off", "long", "night", "own"]))
            if kind == "off":
                continue
            start = 18 if kind == "night" else draw(st.integers(9, 16))
            length = 8 if kind != "own" else draw(st.integers(9, 10))
            start_us = (24 * day + start) * HOUR_US
            end_us = start_us + length * HOUR_US
            after = draw(st.integers(36, 60)) * 5 * 60_000_000
            pauses = () if kind == "night" else (Break(start_us + after, start_us + after + HOUR_US, paid=False),)
            name = f"{start:02d}:00-{start + length:02d}:00 b60" if kind == "own" else kind
            group = draw(st.sampled_from(groups))
            row = Assignment(agent, date(2026, 11, 10) + timedelta(days=day), name, group, start_us, end_us, pauses)
            if not rows or rows[-1].agent != agent or rows[-1].end_us <= start_us:
                rows.append(row)
    return Roster(tuple(rows))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(roster=rosters())
def test_a_roster_written_as_a_grid_is_read_back_as_it_was(tmp_path, shop, roster):
    cells = {(row.agent, row.date): cell_text(row, shop.horizon) for row in roster.assignments}
    days = [date(2026, 11, 10), date(2026, 11, 11)]
    path = tmp_path / "grid.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(
            [["姓名", *map(str, days)], *[[a.name, *(cells.get((a.name, d), "休") for d in days)] for a in shop.agents]]
        ):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)
    reading = read_grid(path, shop)

    assert reading.faults == ()
    back = Roster(
        tuple(
            Assignment(s.agent, s.date, s.template, s.groups[0], s.start_us, s.end_us, s.breaks or ())
            for s in reading.shifts
        )
    )
    assert back == roster
