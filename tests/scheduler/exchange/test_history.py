import codecs
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import assume, given
from hypothesis import strategies as st

from scenarios import PlanningError
from scheduler.exchange import read_history

HEADER = "interval_start,contact_type,offered"
PLAIN = f"{HEADER}\n2026-11-10T00:00+08:00,电话,12\n2026-11-10T00:30+08:00,电话,7\n"
ENCODINGS = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16": lambda text: text.encode("utf-16"),
}


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, **options):
        file = tmp_path / "history.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_history(file, **options)

    return write_and_read


def is_utf8(octets):
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return not octets.isascii()


def refused(read, content, key, **options):
    with pytest.raises(PlanningError) as caught:
        read(content, **options)
    assert caught.value.key == key
    return caught.value


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_that_turns_up_reads_the_same(read, encoding):
    history = read(ENCODINGS[encoding](PLAIN))

    assert list(history["contact_type"]) == ["电话", "电话"]
    assert list(history["offered"]) == [12.0, 7.0]
    assert history["interval_start"].iloc[0] == datetime(2026, 11, 9, 16, tzinfo=UTC)


@given(
    names=st.lists(st.text("abc电话客服售前售后咨询—“”", min_size=1, max_size=6), min_size=1, max_size=4, unique=True),
    counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=5),
    encoding=st.sampled_from(sorted(ENCODINGS)),
)
def test_any_history_comes_back_from_any_encoding(tmp_path_factory, names, counts, encoding):
    starts = pd.date_range("2026-11-10", periods=len(counts), freq="30min", tz="Asia/Shanghai")
    rows = [
        f"{start.isoformat()},{name},{count}" for name in names for start, count in zip(starts, counts, strict=True)
    ]
    file = tmp_path_factory.mktemp("any") / "history.csv"
    octets = ENCODINGS[encoding]("\n".join([HEADER, *rows]))
    # A few characters alone are bytes that both encodings allow: 前 in GB18030 is ǰ in UTF-8. Then it must be named.
    assume(encoding != "gb18030" or not is_utf8(octets))
    file.write_bytes(octets)

    history = read_history(file, zone="Asia/Shanghai")

    for name in names:
        mine = history[history["contact_type"] == name]
        assert mine["offered"].tolist() == counts
        assert mine["interval_start"].tolist() == list(starts)


@pytest.mark.parametrize("written", [
    "2026-11-10 00:30", "2026-11-10 00:30:00", "2026/11/10 0:30", "2026-11-10T00:30:00", "2026年11月10日 0:30",
    "2026-11-09T16:30:00Z", "2026-11-10 00:30+0800", "2026-11-09 17:30:00.000+01:00", "2026年11月10日 0时30分",
])  # fmt: skip
def test_times_are_read_as_people_write_them(read, written):
    history = read(f"{HEADER}\n{written},phone,1\n", zone="Asia/Shanghai")

    assert history["interval_start"].iloc[0] == datetime(2026, 11, 9, 16, 30, tzinfo=UTC)
    assert str(history["interval_start"].dt.tz) == "Asia/Shanghai"


def test_columns_and_contact_types_are_mapped(read):
    content = "ts,series,count\n2026-11-10 09:00,hot line,3\n2026-11-10 09:00,web,4\n"
    columns = {"interval_start": "ts", "contact_type": "series", "offered": "count"}

    history = read(content, zone="Asia/Shanghai", columns=columns, types={"hot line": "voice"})

    assert dict(zip(history["contact_type"], history["offered"], strict=True)) == {"voice": 3.0, "web": 4.0}


def test_a_column_that_goes_by_another_name_is_not_read_under_its_own(read):
    history = read(f"{HEADER},aht_s\n2026-11-10 09:00Z,chat,3,366\n", columns={"session_s": "aht_s"})

    assert history["session_s"].tolist() == [366.0]
    assert "aht_s" not in history.columns


def test_a_file_of_one_series_takes_the_default_type(read):
    history = read("interval_start,offered\n2026-11-10 09:00,3\n", zone="Asia/Shanghai", default_type="voice")

    assert history["contact_type"].tolist() == ["voice"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_found(read, separator):
    assert read(PLAIN.replace(",", separator))["offered"].tolist() == [12.0, 7.0]


def test_optional_columns_may_have_gaps(read):
    content = f"{HEADER},aht_s,abandoned\n2026-11-10 09:00Z,a,3,,1\n2026-11-10 09:30Z,a,0,181.5,\n"

    history = read(content)

    assert history["aht_s"].tolist()[1] == 181.5
    assert np.isnan(history["aht_s"].iloc[0])
    assert np.isnan(history["abandoned"].iloc[1])


def test_a_spreadsheet_reads_as_its_csv_does(tmp_path):
    file = tmp_path / "历史.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for row in range(2):
            sheet.write_datetime(row + 1, 0, datetime(2026, 11, 10, 9, 30 * row), moment)
            sheet.write_row(row + 1, 1, ["电话", 7 + row])

    history = read_history(file, zone="Asia/Shanghai")

    assert history["offered"].tolist() == [7.0, 8.0]
    assert history["interval_start"].iloc[1] == datetime(2026, 11, 10, 1, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_read_twice_and_in_order(read):
    rows = [f"2026-11-01 01:{minute},a,{count}" for count, minute in enumerate(("00", "30", "00", "30"))]

    history = read("\n".join([HEADER, *rows]), zone="America/New_York")

    assert history["offered"].tolist() == [0, 1, 2, 3]
    assert (history["interval_start"].diff().dropna() == pd.Timedelta(minutes=30)).all()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PlanningError, match=r"nowhere\.csv does not exist"):
        read_history(tmp_path / "nowhere.csv")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(PlanningError, match="cannot be read"):
        read_history(tmp_path)


@pytest.mark.parametrize("content", [b"", b" \n\n ", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_an_empty_file_is_told(read, content):
    refused(read, content, "empty_file")


def test_a_header_alone_is_told(read):
    refused(read, HEADER + "\n", "no_rows", zone="Asia/Shanghai")


@pytest.mark.parametrize("content", [b"caf\xe9,1\n", b"\x00\x01\x02binary", b"\xff\xfe\x00\xd8\x00\xd8"])
def test_bytes_in_no_known_encoding_are_told(read, content):
    assert "utf-8" in str(refused(read, content, "unknown_encoding"))


def test_a_named_encoding_is_used_alone(read):
    assert read(PLAIN.replace("电话", "café").encode("latin-1"), encoding="latin-1")["contact_type"][0] == "café"
    assert read(PLAIN.replace("电话", "前").encode("gb18030"), encoding="gb18030")["contact_type"][0] == "前"
    refused(read, PLAIN, "unknown_encoding", encoding="klingon")


@pytest.mark.parametrize("column", ["interval_start", "contact_type", "offered"])
def test_a_missing_column_is_told_with_those_there_are(read, column):
    said = str(refused(read, PLAIN.replace(column, "other", 1), "missing_column"))

    assert "other" in said
    assert f"--column {column}=NAME" in said


def test_a_mapping_to_a_column_that_is_not_there_is_told(read):
    assert "cnt" in str(refused(read, PLAIN, "no_such_column", columns={"offered": "cnt"}))


def test_a_mapping_of_an_unknown_name_is_told(read):
    refused(read, PLAIN, "unknown_name", columns={"calls": "offered"})


def test_a_column_that_stands_twice_is_told(read):
    refused(read, "interval_start,contact_type,offered,offered\n2026-11-10 09:00Z,a,1,2\n", "repeated_name")


def test_times_without_a_zone_are_told_with_the_row_and_the_remedy(read):
    said = str(refused(read, f"{HEADER}\n\n2026-11-10 09:00,a,1\n", "naive_time"))

    assert said.startswith("history.csv:3: ")
    assert "--zone" in said


@pytest.mark.parametrize("written", ["noon", "2026-13-01 00:00", "2026-11-10 24:30", "2026-11-10 09:61", "", "45000"])
def test_what_is_no_time_is_told_with_its_row(read, written):
    fault = refused(read, f"{HEADER}\n2026-11-10 09:00,a,1\n{written},a,1\n", "not_a_moment", zone="Asia/Shanghai")

    assert fault.place == "history.csv:3"


def test_a_time_that_the_clock_skips_is_told(read):
    refused(read, f"{HEADER}\n2026-03-08 02:30,a,1\n", "not_a_moment", zone="America/New_York")


def test_a_repeated_interval_is_told_with_its_row(read):
    content = f"{HEADER}\n2026-11-10 09:00,a,1\n2026-11-10 09:00,b,1\n\n2026-11-10 09:00,a,2\n"

    assert refused(read, content, "repeated_interval", zone="Asia/Shanghai").place == "history.csv:5"


@pytest.mark.parametrize("count", ["-1", "many", "", "inf", "nan", "1,5"])
def test_a_count_that_is_none_is_told_with_its_row(read, count):
    fault = refused(read, f'{HEADER}\n2026-11-10 09:00Z,a,1\n2026-11-10 09:30Z,a,"{count}"\n', "bad_count")

    assert (fault.place, fault.facts["row"]) == ("history.csv:3", 3)


def test_a_row_with_too_many_cells_is_told(read):
    assert refused(read, f"{HEADER}\n2026-11-10 09:00Z,a,1,9\n", "ragged_row").place == "history.csv:2"


def test_an_open_quote_is_told(read):
    refused(read, f'{HEADER}\n2026-11-10 09:00Z,"a,1\n', "not_a_table")


def test_a_spreadsheet_that_is_none_is_told(tmp_path):
    file = tmp_path / "history.xlsx"
    file.write_bytes(b"PK but not a workbook")

    with pytest.raises(PlanningError, match="not readable as a table"):
        read_history(file)


def test_an_unknown_zone_is_told(read):
    refused(read, f"{HEADER}\n2026-11-10 09:00,a,1\n", "unknown_zone", zone="Asia/Atlantis")
