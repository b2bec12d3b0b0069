import zipfile

import pytest
from python_calamine import load_workbook

from scheduler.exchange import write_excel

SHEETS = {"zh": ["排班表", "在岗与需求", "验证结论", "说明"], "en": ["Roster", "Coverage", "Verdict", "Legend"]}


@pytest.fixture
def sheets(tmp_path, shop):
    def write_and_read(plan, language="en"):
        write_excel(plan, shop, tmp_path / "roster.xlsx", language, version=3)
        with load_workbook(tmp_path / "roster.xlsx") as book:
            return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    return write_and_read


def test_the_grid_holds_people_by_dates_with_named_shifts(sheets, shop_plan):
    header, *rows = sheets(shop_plan)["Roster"]

    assert header == ["Person", "2026-11-10 Tue", "2026-11-11 Wed", "Shifts", "Paid hours"]
    assert rows == [
        ["张伟", "long 09:00-17:00", "night 18:00-26:00", 2.0, 15.0],
        ["=HYPERLINK(1)", "night 18:00-26:00", "", 1.0, 8.0],
        ["@ann/b", "night 18:00-26:00", "", 1.0, 8.0],
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_language_has_its_sheets(sheets, shop_plan, language):
    assert list(sheets(shop_plan, language)) == SHEETS[language]


def test_coverage_stands_beside_the_requirement_in_open_intervals(sheets, shop_plan, shop):
    header, *rows = sheets(shop_plan)["Coverage"]

    assert header[1:4] == ["hotline · required", "hotline · at work", "hotline · difference"]
    assert len(rows) == int(shop.horizon.open_intervals().sum())
    by_time = {row[0]: row[1:4] for row in rows}
    assert by_time["2026-11-10 09:00"] == [1.0, 1.0, 0.0]
    assert by_time["2026-11-10 13:00"] == [1.0, 0.0, -1.0]


def test_the_verdict_has_a_row_for_every_date(sheets, make_shop_plan):
    rows = sheets(make_shop_plan(proven=False, breached=True))["Verdict"]

    assert [row[:5] for row in rows[1:3]] == [
        ["2026-11-10", "all_in_30s", "yes", 300.0, 297.0],
        ["2026-11-11", "all_in_30s", "no", 300.0, 280.0],
    ]
    told = [row[0] for row in rows[3:]]
    assert any("8.0 h of rest" in sentence for sentence in told)
    assert any("time budget" in sentence for sentence in told)


def test_the_legend_lists_every_shift_once_with_its_breaks(sheets, shop_plan):
    rows = sheets(shop_plan)["Legend"]

    assert rows[1:4] == [
        ["long 09:00-17:00", "hotline", "13:00-14:00", 1.0],
        ["night 18:00-26:00", "hotline", "", 1.0],
        ["night 18:00-26:00", "online", "", 2.0],
    ]


def test_a_plan_without_a_roster_tells_its_reasons(sheets, make_shop_plan):
    book = sheets(make_shop_plan(without_roster=True))

    assert [row[1:3] for row in book["Roster"][1:]] == [["", ""]] * 3
    assert any("张伟 has no legal line" in str(row[0]) for row in book["Verdict"])


def test_the_workbook_holds_no_formula_and_no_link(sheets, shop_plan, tmp_path):
    sheets(shop_plan)
    with zipfile.ZipFile(tmp_path / "roster.xlsx") as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]

    assert len(pages) == 4
    assert not [page for page in pages if b"<f>" in page or b"hyperlink" in page.lower()]
