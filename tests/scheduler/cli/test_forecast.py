"""Forecast, backtest, edits and accuracy, called as from a shell."""

import csv
import re
import sys
from datetime import datetime, timedelta

import pytest

from forecasting import METHODS, ModelWeight
from scheduler.commands.sections import mean_weights, weights_section
from scheduler.exits import Exit
from scheduler.nightly import load_site
from scheduler.store import open_store

from ..conftest import OWN_DAY

CHANGE = "2026-11-11T14:00..16:00 phone x1.5 second live stream"


def table(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture
def history(kiosk):
    return ("--history", kiosk / "history.csv", "--zone", "Asia/Shanghai")


@pytest.fixture
def forecast(call, kiosk, history):
    """Run the forecast command with options of the test's; return what came of it and the rows it wrote."""

    def run(*options, lang="en"):
        out = kiosk / "forecast.csv"
        ended = call("--lang", lang, "forecast", kiosk / "kiosk.toml", *history, "--out", out, *options)
        rows = table(out) if out.is_file() else []
        return *ended, rows

    return run


def add_days(folder, days=1, contacts=12):
    """Let the planned date, and those after it, come."""
    first = datetime(2026, 11, 11)
    moments = [first + timedelta(days=day, hours=hour) for day in range(days) for hour in range(12, 18)]
    with (folder / "history.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"\n{start:%Y-%m-%d %H:%M},phone,{contacts}" for start in moments)


def page(path):
    """The page at ``path``, which must fetch nothing from outside."""
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\(", html)
    assert set(re.findall(r"https?://[^\"'\s<]+", html)) <= {"http://www.w3.org/2000/svg"}
    return html


def test_the_forecast_is_told_by_date_with_its_spread_beside_last_week(forecast):
    status, out, _, rows = forecast()

    assert status is Exit.DONE
    (day,) = [line for line in out.splitlines() if line.strip().startswith("2026-11-11 Wed")]
    cells = re.findall(r"\S+", day)
    expected, p10, p50, p90 = (float(cell) for cell in cells[3:7])
    assert p10 < p50 < p90
    assert abs(expected - p50) < p90 - p10
    assert cells[7].isdigit()  # what came a week before
    assert cells[-1] == "–"  # no year of history
    assert all(float(row["p10"]) <= float(row["p50"]) <= float(row["p90"]) for row in rows)


def test_an_edit_of_the_line_changes_its_hours_and_is_printed_with_who_and_why(forecast):
    _, _, _, before = forecast()
    _, out, _, after = forecast("--edit", CHANGE, "--who", "李娜")

    ratio = [
        float(new["expected"]) / float(old["expected"])
        for old, new in zip(before, after, strict=True)
        if float(old["expected"])
    ]
    assert ratio == pytest.approx([1, 1, 1.5, 1.5, 1, 1])
    assert all(word in out for word in ("李娜", "second live stream", "x1.5", "2026-11-11T14:00..16:00"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("2026-11-11 phone x1.5", "expected START..END TYPE CHANGE WHY"),
        ("2026-11-11 fax x1.5 a typo", "fax"),
        ("2026-10-11 phone x1.5 the month before", "reaches into the forecast"),
    ],
)
def test_an_edit_that_cannot_act_is_one_line_and_nothing_is_written(forecast, change, said):
    status, _, err, rows = forecast("--edit", change)

    assert status in {Exit.USAGE, Exit.INPUT}
    assert said in err
    assert rows == []


def test_the_page_of_a_forecast_shows_history_band_and_errors(forecast, kiosk):
    _, out, _, _ = forecast("--plots", kiosk / "pictures", "--edit", CHANGE, lang="zh")
    html = page(kiosk / "pictures" / "forecast.html")

    assert str(kiosk / "pictures" / "forecast.html") in out
    for said in (
        'lang="zh-CN"',
        "最近三周与预测",
        "P10 至 P90",
        "逐日预测",
        "预测修改记录",
        "second live stream",
        "<svg",
    ):
        assert said in html


def test_weights_of_models_are_told_by_type_and_lead():
    rows = [ModelWeight(kind, lead, model, share) for kind in ("phone", "chat") for lead in ("d1", "d2_3")
            for model, share in (("two_level", 0.7), ("recent", 0.3))]  # fmt: skip
    section, brief = weights_section(rows), weights_section(mean_weights(rows))

    assert section.header[2:] == ("level x weekday x hours", "recent weeks")
    assert section.rows[:2] == (
        ("phone", "1 day ahead", "70.0 %", "30.0 %"), ("phone", "2-3 days ahead", "70.0 %", "30.0 %"),
    )  # fmt: skip
    assert [row[1:] for row in brief.rows] == [row[1:] for row in section.rows[:2]]


def test_a_backtest_needs_no_scenario_and_prints_every_method(call, kiosk, history):
    status, out, _ = call(
        "backtest", *history, "--opening", "12:00-18:00", "--lead-days", 7, "--interval-min", 60,
        "--out", kiosk / "errors.csv", "--plots", kiosk / "errors.html",
    )  # fmt: skip

    assert status is Exit.DONE
    for said in ("Springtide", "same day last week", "mean of 8 weeks", "Bias", "7 days ahead, scored by 60 min"):
        assert said in out
    rows = table(kiosk / "errors.csv")
    assert {row["method"] for row in rows} == set(METHODS)
    assert "<table>" in page(kiosk / "errors.html")


@pytest.mark.parametrize(("lang", "said"), [("en", "LightGBM corrects"), ("zh", "LightGBM 修正")])
def test_a_forecast_with_lightgbm_says_how_much_of_it_was_used(forecast, lang, said):
    status, out, _, rows = forecast("--boosted", lang=lang)

    assert status is Exit.DONE
    assert said in out
    assert "phone 0.0 %" in out  # a history of weeks is too short to learn it from
    assert len(rows) == 24
    assert "LightGBM" not in forecast(lang=lang)[1]


@pytest.mark.parametrize("command", ["forecast", "backtest"])
def test_lightgbm_is_asked_for_in_vain_where_it_is_not_installed(call, kiosk, history, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    scenario = (kiosk / "kiosk.toml",) if command == "forecast" else ()

    status, _, err = call(command, *scenario, *history, "--boosted")

    assert status is Exit.INPUT
    assert "pip install springtide[gbm]" in err


def test_a_backtest_with_lightgbm_scores_the_same_methods(call, history):
    status, out, _ = call("backtest", *history, "--lead-days", 7, "--interval-min", 60, "--boosted")

    assert (status, "Springtide alone" in out) == (Exit.DONE, True)


def test_a_backtest_takes_zone_and_hours_of_a_scenario(call, kiosk):
    status, out, _ = call(
        "backtest", "--history", kiosk / "history.csv", "--zone", "Asia/Shanghai", "--scenario", kiosk / "kiosk.toml",
        "--interval-min", 60,
    )  # fmt: skip

    assert (status, "Springtide alone" in out) == (Exit.DONE, True)


def test_a_backtest_tells_the_special_days_of_a_calendar_apart(call, kiosk, history):
    (kiosk / "own.toml").write_text(OWN_DAY.format(date="2026-11-05"), encoding="utf-8")
    options = ("backtest", *history, "--interval-min", 60, "--lead-days", 7, "--out", kiosk / "errors.csv")
    scopes = {}
    for calendar in (kiosk / "own.toml", "none"):
        call(*options, "--calendar", calendar)
        scopes[str(calendar)] = {row["scope"] for row in table(kiosk / "errors.csv")}

    assert scopes[str(kiosk / "own.toml")] - scopes["none"] == {"event_days"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--zone is missing"),
        (("--zone", "Asia/Shanghai", "--opening", "9 to 5"), "--opening"),
        (("--zone", "Asia/Shanghai", "--out", "errors.pdf"), "errors.pdf"),
    ],
)
def test_a_backtest_called_wrongly_is_told(call, kiosk, options, said):
    status, _, err = call("backtest", "--history", kiosk / "history.csv", *options)

    assert status is Exit.USAGE
    assert said in err


def test_edits_of_a_site_are_logged_listed_and_taken_back(call, kiosk):
    site = kiosk / "site.toml"
    _, none, _ = call("edits", site)
    _, added, _ = call("edits", site, "--edit", CHANGE, "--who", "李娜")
    status, undone, _ = call("edits", site, "--undo", 1, "--why", "called off", "--who", "王强")

    assert "Nobody has changed" in none
    assert "in force" in added
    assert status is Exit.DONE
    assert all(word in undone for word in ("taken back", "takes back 1", "王强", "called off"))
    with open_store(load_site(site).store_url) as store:
        assert len(store.edits.log("kiosk")) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--edit", "2026-11-11 fax x2 a typo", "--who", "a"), "fax"),
        (("--undo", 1, "--who", "a"), "--why is missing"),
        (("--undo", 1, "--why", "b", "--who", "a"), "number of an earlier entry"),
    ],
)
def test_entries_that_cannot_be_logged_are_told(call, kiosk, options, said):
    status, _, err = call("edits", kiosk / "site.toml", *options)

    assert status in {Exit.USAGE, Exit.INPUT}
    assert said in err


def test_accuracy_of_a_file_tells_errors_and_causes(call, forecast, kiosk, history):
    forecast()
    add_days(kiosk, contacts=15)
    options = ("--scenario", kiosk / "kiosk.toml", "--forecast", kiosk / "forecast.csv", *history)
    status, out, _ = call("accuracy", *options, "--out", kiosk / "ledger.xlsx", "--plots", kiosk / "ledger.html")

    assert status is Exit.DONE
    assert re.search(r"2026-11-11: the whole day ran higher than forecast, \d+ contacts", out)
    for said in ("by contact type", "by lead", "1 day ahead", "What drove the miss", "level of the day"):
        assert said in out
    assert (kiosk / "ledger.xlsx").is_file()
    assert "What came, and the band it was given" in page(kiosk / "ledger.html")


@pytest.mark.parametrize(("calendar", "kind"), [("own.toml", "holidays"), ("none", "ordinary days")])
def test_accuracy_of_a_file_knows_the_holidays_of_a_calendar(
    call, forecast, kiosk, history, monkeypatch, calendar, kind
):
    monkeypatch.chdir(kiosk)
    (kiosk / "own.toml").write_text(OWN_DAY.format(date="2026-11-11"), encoding="utf-8")
    forecast()
    add_days(kiosk, contacts=15)
    options = ("--scenario", kiosk / "kiosk.toml", "--forecast", kiosk / "forecast.csv", *history)
    _, out, _ = call("accuracy", *options, "--calendar", calendar.replace("own", str(kiosk / "own")))

    by_kind = out[out.index("by kind of day") : out.index("by date")]
    assert re.search(rf"^\s*{kind} ", by_kind, re.MULTILINE)
    assert ("of the miss" in out, "the holiday brought more" in out) == (True, kind == "holidays")


def test_accuracy_of_a_site_tells_what_its_nights_forecast_and_what_edits_were_worth(call, kiosk):
    site = kiosk / "site.toml"
    call("edits", site, "--edit", CHANGE, "--who", "李娜")
    call("nightly", "--config", site, "--until", "forecast")
    before, _, err = call("accuracy", site)
    add_days(kiosk, days=2)
    call("nightly", "--config", site, "--until", "forecast", "--date", "2026-11-12")
    status, out, _ = call("accuracy", site)

    assert (before, "expected what came then" in err) == (Exit.INPUT, True)
    assert status is Exit.DONE
    for said in ("What each edit was worth", "李娜", "second live stream", "WAPE without edits", "2026-11-11 Wed"):
        assert said in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "both missing"),
        (("site.toml", "--forecast", "f.csv"), "both given"),
        (("--forecast", "f.csv"), "--scenario is missing"),
    ],
)
def test_accuracy_called_wrongly_is_told(call, kiosk, monkeypatch, options, said):
    monkeypatch.chdir(kiosk)
    status, _, err = call("accuracy", *options)

    assert status is Exit.USAGE
    assert said in err


def test_accuracy_of_a_site_without_nights_says_what_to_do(call, kiosk):
    status, _, err = call("accuracy", kiosk / "site.toml")

    assert status is Exit.INPUT
    assert "run the nightly job first" in err


def test_accuracy_of_dates_that_have_not_come_is_told(call, forecast, kiosk, history):
    forecast()
    options = ("--scenario", kiosk / "kiosk.toml", "--forecast", kiosk / "forecast.csv", *history)
    status, _, err = call("accuracy", *options)

    assert status is Exit.INPUT
    assert "give the history of these dates" in err
