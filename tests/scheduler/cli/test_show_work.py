"""``springtide forecast`` about work content."""

import csv

import numpy as np
import pandas as pd
import pytest

from scheduler.exits import Exit


@pytest.fixture
def long_history(kiosk):
    """A history of four months for the kiosk: every contact takes 90 s, 120 s in the last fortnight."""
    with (kiosk / "history.csv").open(encoding="utf-8-sig", newline="") as file:
        kinds = sorted({row["contact_type"] for row in csv.DictReader(file)})
    start = pd.date_range("2026-07-01", "2026-11-10 23:30", freq="30min")
    start = start[(start.hour >= 12) & (start.hour < 18)]
    work_s = np.where(start >= pd.Timestamp("2026-10-28"), 120.0, 90.0)
    offered = 2.0 + np.arange(len(start)) % 3
    rows = {"interval_start": start, "offered": offered, "work_s": work_s, "rounds": 3.0}
    path = kiosk / "long.csv"
    pd.concat([pd.DataFrame(rows | {"contact_type": kind}) for kind in kinds]).to_csv(path, index=False)
    return path


def test_forecast_prints_work_rounds_and_how_wrong_it_was(call, kiosk, long_history):
    status, out, _ = call(
        "forecast", kiosk / "kiosk.toml", "--history", long_history, "--zone", "Asia/Shanghai", "--out", kiosk / "d.csv"
    )

    assert status is Exit.DONE
    (row,) = [line.split() for line in out[out.index("Work content") :].splitlines() if line.split()[2:3] == ["3.0"]]
    assert float(row[1]) == pytest.approx(120.0, abs=3.0)
    assert float(row[3]) == pytest.approx(40.0, abs=1.0)
    assert "rounds" in (kiosk / "d.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_history_too_short_to_look_back_still_has_its_work_printed(call, kiosk):
    history = ("--history", kiosk / "history.csv", "--zone", "Asia/Shanghai")
    status, out, _ = call("forecast", kiosk / "kiosk.toml", *history, "--out", kiosk / "d.csv", "--backtest-weeks", 0)

    assert status is Exit.DONE
    assert "Work content" in out


def test_tenure_is_printed_by_grade_and_a_wrong_table_is_told(call, kiosk):
    table = kiosk / "people.csv"
    table.write_text("grade,contact_type,work_s,contacts\nold,a,100,30000\nnew,a,130,30000\n", encoding="utf-8")
    arguments = (
        "forecast", kiosk / "kiosk.toml", "--history", kiosk / "history.csv", "--zone", "Asia/Shanghai",
        "--out", kiosk / "d.csv", "--backtest-weeks", 0, "--tenure", table,
    )  # fmt: skip
    status, out, _ = call(*arguments)

    assert status is Exit.DONE
    told = {line.split()[0]: line.split()[1:3] for line in out.splitlines() if line.split()[:1] in (["old"], ["new"])}
    assert told == {"old": ["0.87", "0.87"], "new": ["1.13", "1.13"]}

    table.write_text("grade,contact_type,work_s\nold,a,100\n", encoding="utf-8")
    status, _, err = call(*arguments)
    assert status is Exit.INPUT
    assert "people.csv" in err
    assert "contacts" in err
