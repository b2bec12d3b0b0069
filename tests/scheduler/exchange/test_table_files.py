"""Tables of results on disk: whole, readable, and never a formula."""

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from scenarios import PlanningError, UsageError
from scheduler.exchange import require_table_file, table_files, write_table

TABLE = pd.DataFrame({"scope": ["=SUM(A1)", "电话"], "value": [0.25, float("nan")], "replications": [20, 20]})


def test_a_csv_file_is_read_back_and_runs_no_formula(tmp_path):
    path = tmp_path / "new" / "out.csv"
    write_table(TABLE, path)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(path)
    assert back["scope"].tolist() == ["'=SUM(A1)", "电话"]
    assert back["value"].isna().tolist() == [False, True]
    assert back["replications"].tolist() == [20, 20]


def test_a_workbook_holds_numbers_as_numbers_and_nothing_where_nothing_is_known(tmp_path):
    path = tmp_path / "out.xlsx"
    write_table(TABLE, path)

    (sheet,) = CalamineWorkbook.from_path(path).sheet_names
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    assert rows == [["scope", "value", "replications"], ["=SUM(A1)", 0.25, 20.0], ["电话", "", 20.0]]
    assert [one.name for one in tmp_path.iterdir()] == ["out.xlsx"]


@pytest.mark.parametrize("name", ["out.txt", "out", "folder/"])
def test_another_ending_is_refused_before_anything_is_done(name, tmp_path):
    with pytest.raises(UsageError, match=r"expected one of: \.csv, \.xlsx"):
        require_table_file(tmp_path / name)


def test_more_rows_than_a_workbook_holds_are_said_and_not_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(table_files, "_ROWS_MAX", 2)

    with pytest.raises(PlanningError, match=r"out\.xlsx: workbook would have 2 rows; expected at most 1"):
        write_table(TABLE, tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []
