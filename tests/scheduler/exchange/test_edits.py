"""Planners' edits as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import Edit, EditKind
from scenarios import PlanningError, UsageError
from scheduler.exchange import parse_edit, read_edits, write_change, write_span

SHANGHAI = "Asia/Shanghai"
ZONE = ZoneInfo(SHANGHAI)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def parse(written, zone=SHANGHAI):
    return parse_edit(written, zone=zone, who="李娜", made_at=NOW)


def local(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_an_edit_in_one_line():
    assert parse("2026-11-10T20:00..22:00 chat x1.2 second live stream at eight") == Edit(
        NOW, "李娜", "second live stream at eight", local(10, 20), local(10, 22), EditKind.MULTIPLY, 1.2, ("chat",)
    )


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("2026-11-10", local(10, 0), local(11, 0)),
        ("2026-11-10..2026-11-12", local(10, 0), local(13, 0)),
        ("2026-11-10T20:30..26:00", local(10, 20, 30), local(11, 2)),
        ("2026/11/10T20:00..2026-11-11T02:00", local(10, 20), local(11, 2)),
        ("2026-11-10T12:00Z..2026-11-10T14:00+00:00", local(10, 20), local(10, 22)),
    ],
)
def test_spans_are_dates_clocks_or_moments(span, start, end):
    edit = parse(f"{span} * +50 why")

    assert (edit.start, edit.end, edit.contact_types) == (start, end, ())


@pytest.mark.parametrize(
    ("change", "kind", "value"),
    [("x0.8", "multiply", 0.8), ("×2", "multiply", 2), ("*2", "multiply", 2), ("+50", "add", 50), ("-7.5", "add", -7.5),
     ("−3", "add", -3), ("=0", "set", 0)],
)  # fmt: skip
def test_changes_have_a_sign_and_a_number(change, kind, value):
    edit = parse(f"2026-11-10 phone,chat {change} why")

    assert (edit.kind, edit.value, edit.contact_types) == (EditKind(kind), value, ("phone", "chat"))


@pytest.mark.parametrize(
    "written",
    ["", "2026-11-10", "2026-11-10 chat x1.2", "tomorrow chat x1.2 why", "2026-11-10 chat 1.2 why",
     "2026-11-10 chat xx why", "2026-11-10T20:00 chat x1.2 why", "2026-11-10T20:00..soon chat x1.2 why",
     "2026-13-10 chat x1.2 why"],
)  # fmt: skip
def test_what_is_no_edit_is_told_with_an_example(written):
    with pytest.raises(UsageError, match=r"x1\.2 second live stream"):
        parse(written)


@given(st.text(max_size=40))
def test_any_text_is_an_edit_or_a_planning_error(written):
    try:
        found = parse(written)
    except PlanningError as error:
        found = error

    assert getattr(found, "who", None) == "李娜" or found.message("zh") != found.message("en")


@given(st.integers(0, 47), st.integers(1, 40), st.sampled_from(EditKind), st.integers(0, 10**6).map(lambda n: n / 100))
def test_an_edit_that_is_written_reads_back(start_half_h, half_hours, kind, value):
    start = datetime(2026, 11, 10, start_half_h // 2, start_half_h % 2 * 30, tzinfo=ZONE)
    end = datetime.fromtimestamp(start.timestamp() + half_hours * 1800, ZONE)
    edit = Edit(NOW, "李娜", "why not", start, end, kind, float(f"{value:g}"), ("chat",))

    assert parse(f"{write_span(edit, SHANGHAI)} chat {write_change(edit)} why not") == edit


def test_a_table_of_edits_names_its_authors(tmp_path):
    file = tmp_path / "edits.csv"
    file.write_text(
        "span,contact_type,change,why,who\n2026-11-10,,x1.1,coupons,\n2026-11-11,chat,'+50,live stream,王强\n", "utf-8"
    )
    first, second = read_edits(file, zone=SHANGHAI, who="李娜", made_at=NOW)

    assert (first.who, first.contact_types, first.why) == ("李娜", (), "coupons")
    assert (second.who, second.kind, second.value) == ("王强", EditKind.ADD, 50.0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("span,contact_type,why\n", "lacks the column change"),
        ("span,contact_type,change,why\n2026-11-10,,x1,a\n2026-11-10,,lots,a\n", r"edits\.csv:3: row reads .*lots"),
        ("span,contact_type,change,why\n2026-11-10T09:00..08:00,,x1,a\n", r"edits\.csv:2: Edit\.end"),
    ],
)
def test_a_table_that_holds_no_edits_is_told_with_its_row(tmp_path, rows, said):
    file = tmp_path / "edits.csv"
    file.write_text(rows, "utf-8")

    with pytest.raises(PlanningError, match=said):
        read_edits(file, zone=SHANGHAI, who="李娜", made_at=NOW)
