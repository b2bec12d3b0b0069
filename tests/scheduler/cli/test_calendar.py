"""``springtide calendar``, and the calendar of a forecast."""

import csv

import pytest
from icalendar import Calendar

from scheduler.exits import Exit

OWN = """
schema = 1
confirmed_years = [2090]
[[day]]
date = 2090-10-06
kind = "special"
name = "shop birthday"
name_zh = "店庆"
why = "ten years"
"""


def test_days_and_promotions_of_a_span_are_printed_with_what_is_not_sure(call):
    status, out, _ = call("calendar", "2026-09-01..2026-11-30")

    assert status is Exit.DONE
    for said in ("National Day", "7/7", "make-up workday", "eve of National Day", "Double 11", "UNVERIFIED"):
        assert said in out
    assert "PROVISIONAL" not in out
    assert "2026-12" not in out


def test_the_calendar_speaks_chinese(call):
    _, out, _ = call("--lang", "zh", "calendar", "2026")

    for said in ("国庆节", "调休上班日", "七夕节", "双11", "未核实"):
        assert said in out


def test_a_year_without_a_notice_is_told_to_be_provisional_until_it_is_confirmed(call, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")

    _, before, _ = call("calendar", "2090-10-01..2090-10-10")
    _, after, _ = call("calendar", "2090-10-01..2090-10-10", "--overrides", own)

    assert "2090 is PROVISIONAL" in before
    assert "PROVISIONAL" not in after
    assert "shop birthday" in after
    assert "ten years" in after


def test_every_date_is_written_to_a_table(call, tmp_path):
    status, _, _ = call("calendar", "2025..2026", "--out", tmp_path / "days.csv")

    with (tmp_path / "days.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["date"]: row for row in csv.DictReader(file)}
    assert status is Exit.DONE
    assert len(rows) == 730
    assert rows["2026-10-04"]["name"] == "National Day"
    assert rows["2026-11-10"]["promotions"] == "Double 11 peak"
    assert rows["2026-11-13"]["promotions"] == ""


def test_a_calendar_file_has_one_event_for_a_block_and_one_for_a_phase(call, tmp_path):
    call("calendar", "2026-09-01..2026-11-30", "--out", tmp_path / "days.ics")

    read = Calendar.from_ical((tmp_path / "days.ics").read_bytes())
    events = {(str(e["summary"]), e["dtstart"].dt.isoformat()): e for e in read.walk("VEVENT")}
    block = events["National Day", "2026-10-01"]
    assert block["dtend"].dt.isoformat() == "2026-10-08"
    assert ("make-up workday", "2026-10-10") in events
    assert events["Double 11 peak", "2026-11-10T20:00:00+08:00"]["dtend"].dt.isoformat() == "2026-11-12T00:00:00+08:00"
    assert len({str(event["uid"]) for event in events.values()}) == len(events)


def test_another_country_has_its_own_days_and_no_chinese_promotions(call):
    status, out, _ = call("calendar", "2026", "--country", "US")

    assert status is Exit.DONE
    assert "Thanksgiving Day" in out
    assert "Double 11" not in out


def test_this_year_is_told_without_a_span(call):
    status, out, _ = call("calendar", "--country", "GB")

    assert status is Exit.DONE
    assert "Boxing Day" in out


@pytest.mark.parametrize(
    ("arguments", "ended", "said"),
    [
        (("20x6",), Exit.USAGE, "20x6"),
        (("2027..2026",), Exit.USAGE, "2027..2026"),
        (("2200",), Exit.INPUT, "2200"),
        (("--country", "XX"), Exit.INPUT, "XX"),
        (("--overrides", "nope.toml"), Exit.INPUT, "nope.toml"),
        (("--promotions", "nope.toml"), Exit.INPUT, "nope.toml"),
        (("--out", "days.pdf"), Exit.USAGE, ".ics"),
        (("2026", "--country", "DE", "--promotions", "nope.toml"), Exit.USAGE, "--zone"),
    ],
)
def test_what_cannot_be_is_one_line_with_the_remedy(call, arguments, ended, said):
    status, _, err = call("calendar", *arguments)

    assert status is ended
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_forecast_says_whose_calendar_it_knows_and_can_do_without(call, kiosk):
    history = ("--history", kiosk / "history.csv", "--zone", "Asia/Shanghai", "--out", kiosk / "demand.csv")

    known = call("forecast", kiosk / "kiosk.toml", *history, "--backtest-weeks", 0)
    none = call("forecast", kiosk / "kiosk.toml", *history, "--backtest-weeks", 0, "--calendar", "none")
    wrong = call("forecast", kiosk / "kiosk.toml", *history, "--calendar", "XX")

    assert "Calendar of CN" in known[1]
    assert (none[0], "Calendar of" in none[1]) == (Exit.DONE, False)
    assert (wrong[0], "XX" in wrong[2]) == (Exit.INPUT, True)
