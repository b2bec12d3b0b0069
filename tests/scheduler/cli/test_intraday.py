"""``springtide intraday``: the first hours of a day and what they do to the rest."""

import pytest

from scenarios import load_scenario
from scheduler.exchange import read_forecast
from scheduler.exits import Exit

DAY = "2026-11-11"


@pytest.fixture
def morning(kiosk, call):
    """A kiosk with its forecast, and the options of an update; today's hours are written at twice the plan."""
    asked = ("--history", kiosk / "history.csv", "--zone", "Asia/Shanghai")
    assert call("forecast", kiosk / "kiosk.toml", *asked, "--backtest-weeks", 0, "--out", kiosk / "plan.csv")[0] == 0
    return ("intraday", kiosk / "kiosk.toml", *asked, "--forecast", kiosk / "plan.csv", "--out", kiosk / "now.csv")


@pytest.fixture
def today(kiosk):
    """Write today's hours, calls by hour from 12:00 on, and return the file."""

    def write(*calls, day=DAY, first=12):
        rows = [f"{day} {first + number:02d}:00,phone,{count}" for number, count in enumerate(calls)]
        path = kiosk / "today.csv"
        path.write_text("\n".join(["interval_start,contact_type,offered", *rows]), encoding="utf-8")
        return path

    return write


def test_what_came_and_what_is_left_are_printed_and_the_forecast_is_written(call, kiosk, morning, today):
    status, out, _ = call(*morning, "--so-far", today(20, 22, 19))

    assert status == Exit.DONE
    assert "Known until 2026-11-11 15:00" in out
    assert "P90 now" in out
    scenario = load_scenario(str(kiosk / "kiosk.toml"))
    before, after = (read_forecast(kiosk / name, scenario) for name in ("plan.csv", "now.csv"))
    assert after.expected[12:15, 0].tolist() == [20, 22, 19]
    assert after.expected[15:18].sum() >= before.expected[15:18].sum()
    assert after.work_s.tolist() == before.work_s.tolist()


def test_the_history_itself_may_hold_the_first_hours(call, kiosk, morning, today):
    call(*morning, "--so-far", today(20, 22, 19))
    apart = (kiosk / "now.csv").read_text(encoding="utf-8-sig")
    rows = today(20, 22, 19, 25).read_text(encoding="utf-8").splitlines()[1:]
    file = kiosk / "history.csv"
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *rows]), encoding="utf-8")

    assert call(*morning, "--at", "15:00")[0] == Exit.DONE
    assert (kiosk / "now.csv").read_text(encoding="utf-8-sig") == apart


def test_a_simulation_takes_the_updated_forecast(call, kiosk, morning, today):
    call(*morning, "--so-far", today(20, 22, 19))

    status, out, _ = call(
        "simulate", kiosk / "kiosk.toml", "--forecast", kiosk / "now.csv", "--agents", "desk=3", "--replications", 4
    )

    assert status == Exit.DONE
    assert "phone" in out


@pytest.mark.parametrize(
    ("out", "chart", "forecast"),
    [
        ("day", "day/intraday.html", "day/forecast.csv"),
        ("day.svg", "day.svg", "day.csv"),
        ("d.html", "d.html", "d.csv"),
    ],
)
def test_a_chart_is_drawn_where_asked(call, kiosk, morning, today, out, chart, forecast):
    status, said, _ = call(*morning[:-1], kiosk / out, "--so-far", today(20, 22, 19))

    assert status == Exit.DONE
    drawn = (kiosk / chart).read_text(encoding="utf-8")
    assert drawn.count("<svg") == 1
    assert "expected now" in drawn
    assert "<script" not in drawn
    assert (kiosk / forecast).is_file()
    assert chart.rpartition("/")[2] in said


def test_the_update_speaks_chinese(call, kiosk, morning, today):
    status, out, _ = call("--lang", "zh", *morning[:-1], kiosk / "day", "--so-far", today(20, 22, 19))

    assert status == Exit.DONE
    assert "已知到 2026-11-11 15:00" in out
    assert "实际" in (kiosk / "day" / "intraday.html").read_text(encoding="utf-8")


def test_hours_without_a_call_are_told(call, morning, today):
    status, out, _ = call(*morning, "--so-far", today(20, 0, 0, 22))

    assert status == Exit.DONE
    assert "phone: no contact from 13:00 to 15:00" in out


@pytest.mark.parametrize(
    ("calls", "more", "status", "said"),
    [
        ((20, 22), ("--at", "16:00"), Exit.INPUT, "miss 2 open intervals, the first at 2026-11-11 14:00"),
        ((20, 22), ("--at", "noon"), Exit.INPUT, "noon"),
        ((20, 22), ("--date", "2026-11-12"), Exit.INPUT, "from 2026-11-11 to 2026-11-11"),
        ((20,) * 6, (), Exit.INPUT, "is over at 18:00"),
        ((20, 22), ("--out", "now.pdf"), Exit.USAGE, ".csv, .html, .svg"),
    ],
)
def test_what_cannot_be_updated_is_refused_in_one_line(call, morning, today, calls, more, status, said):
    found, _, err = call(*morning, "--so-far", today(*calls), *more)

    assert found == status
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_day_without_actuals_is_refused(call, morning, today):
    assert "2026-11-12" in call(*morning, "--so-far", today(3, day="2026-11-12"))[2]
    status, _, err = call(*morning, "--date", DAY)

    assert status == Exit.INPUT
    assert "no actuals of 2026-11-11" in err
