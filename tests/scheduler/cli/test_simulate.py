"""``springtide simulate``: what a planner reads and what is written, by day and hour; how closely it is known."""

import csv

import pytest
from python_calamine import CalamineWorkbook

from scheduler.exits import Exit
from sim import KPIS

FEW = ("--replications", 8, "--agents", "desk=2")
MAIL = """
[[contact_types]]
name = "mail"
channel = "ticket"
due_within_s = 3600
work_s = { kind = "constant", mean_s = 600 }
contacts_per_day = 6
value_yuan = 7

[[routes]]
contact_type = "mail"
steps = [{ group = "desk" }]
"""


@pytest.fixture
def shop_with_mail(shop):
    path = shop(MAIL)
    served = '{ contact_type = "phone" }, { contact_type = "mail" }'
    path.write_text(path.read_text(encoding="utf-8").replace('{ contact_type = "phone" }', served), encoding="utf-8")
    return path


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def one(rows, **where):
    (found,) = [row for row in rows if all(row[name] == asked for name, asked in where.items())]
    return found


def test_a_file_holds_every_measure_of_every_scope_and_how_it_was_made(call, shop_with_mail, tmp_path):
    path = tmp_path / "kpis.csv"
    status, out, _ = call("simulate", shop_with_mail, *FEW, "--by", "interval", "--out", path)
    rows = rows_of(path)

    assert (status, str(path) in out) == (Exit.DONE, True)
    told = {row["kpi"] for row in rows}
    unknown = {key for key, kind in KPIS.items() if kind.concerns == "messages" or kind.needs_pay}
    assert told == set(KPIS) - unknown | {"days_met_share", "days_met_bound"}
    assert {row["period"] for row in rows} == {"horizon", "day", "hour", "interval"}
    assert {row["scope_kind"] for row in rows} == {"target", "type", "label", "group", "all"}
    whole = one(rows, period="horizon", scope="most_in_60s", kpi="share_in_time")
    assert 0 < float(whole["low"]) < float(whole["value"]) < float(whole["high"]) <= 1
    assert (whole["unit"], whole["estimator"], whole["definitions"]) == ("share", "ratio of sums", "generic-2026-02")
    assert (whole["replications"], whole["confidence"]) == ("8", "0.95")
    hours = [row for row in rows if (row["kpi"], row["scope"], row["period"]) == ("offered", "phone", "hour")]
    assert [row["start"] for row in hours] == [f"2026-11-11 {hour}:00" for hour in range(12, 18)]
    assert sum(float(row["value"]) for row in hours) == pytest.approx(
        float(one(rows, period="day", scope="phone", kpi="offered")["value"])
    )
    nothing = one(rows, period="horizon", scope="phone", kpi="reopened_share")
    assert float(nothing["value"]) == 0.0


def test_a_roster_puts_pay_into_the_table_of_groups(call, shop, roster, tmp_path):
    path = tmp_path / "kpis.xlsx"
    _, out, _ = call("simulate", shop(), "--roster", roster, "--replications", 5, "--by", "horizon", "--out", path)

    assert "Cost, yuan" in out
    assert "300.0 (300.0–300.0)" in out  # four shifts of three hours at 25 yuan
    table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    rows = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    (cost,) = [row["value"] for row in rows if (row["kpi"], row["scope"]) == ("cost_yuan", "desk")]
    assert cost == 300.0
    assert {row["period"] for row in rows} == {"horizon", "day"}  # the days are those of the promises
    assert {row["kpi"] for row in rows if row["period"] == "day"} == {"days_met_share", "days_met_bound"}
    assert "Cost, yuan" not in call("simulate", shop(), *FEW)[1]


def test_the_page_shows_waits_tickets_worth_and_how_likely_a_day_keeps_its_promise(call, shop_with_mail):
    _, out, _ = call("simulate", shop_with_mail, *FEW)

    for said in (
        "90 % waited at most, s", "Tickets open", "Open for more than 24 h", "Worth of the never answered, yuan",
        "Busy share of paid time", "Days met of simulated", "Lower bound",
    ):  # fmt: skip
        assert said in out
    (row,) = [line for line in out.splitlines() if line.split()[:2] == ["most_in_60s", "2026-11-11"]]
    met = int(row.split()[2])
    assert f"{met} / 8" in row
    assert "hour by hour" not in out


@pytest.mark.parametrize(("language", "title"), [("en", "most_in_60s, hour by hour"), ("zh", "most_in_60s：逐小时")])
def test_the_page_shows_the_hours_where_asked(call, shop, language, title):
    _, out, _ = call("--lang", language, "simulate", shop(), *FEW, "--by", "hour")
    hours = [line.split()[1] for line in out.partition(title)[2].splitlines() if line.startswith(" 2026-11-11")]

    assert hours == [f"{hour}:00" for hour in range(12, 18)]


def test_a_platforms_measures_are_written_beside_our_own(call, shop, tmp_path):
    path = tmp_path / "kpis.csv"
    _, out, _ = call("simulate", shop(), *FEW, "--pack", "generic", "--by", "horizon", "--out", path)

    assert "Satisfied buyers (assumed curve)" in out
    row = one(rows_of(path), kpi="generic.satisfaction_share", scope="all", period="horizon")
    assert 0.2 < float(row["value"]) <= 0.95
    assert (row["definitions"], row["replications"]) == ("generic-2020-01-01", "20")


def test_precision_that_is_reached_is_said_with_the_replications_it_took(call, shop):
    given = ("--agents", "desk=2", "--precision", "most_in_60s=0.2", "--least", 5, "--look-ahead", 2)
    status, out, _ = call("simulate", shop(), *given)

    assert status is Exit.DONE
    assert "Precision reached: Answered in time of most_in_60s" in out
    assert "from replication 5 on, and it stayed so until 7." in out
    assert "7 replications of shop" in out


def test_precision_that_is_missed_is_said_plainly(call, shop):
    given = ("--agents", "desk=1", "--precision", "asa_s:phone=0.001", "--least", 4, "--most", 6)
    _, out, _ = call("--lang", "zh", "simulate", shop(), *given)

    assert "未达到精度：phone 的平均应答等待（秒）" in out
    assert "已跑满上限 6 次" in out


@pytest.mark.parametrize(("given", "status", "said"), [
    (("--precision", "0.01"), Exit.USAGE, "[KPI:]SCOPE=WIDTH"),
    (("--precision", "phone=narrow"), Exit.USAGE, "[KPI:]SCOPE=WIDTH"),
    (("--precision", "phone=0"), Exit.INPUT, "half_width"),
    (("--precision", "nobody=0.01"), Exit.INPUT, "nobody"),
    (("--precision", "luck:phone=0.01"), Exit.INPUT, "luck"),
    (("--precision", "phone=0.01", "--least", 9, "--most", 5), Exit.INPUT, "least"),
    (("--by", "minute"), Exit.USAGE, "minute"),
    (("--out", "kpis.txt"), Exit.USAGE, ".csv, .xlsx"),
])  # fmt: skip
def test_what_cannot_be_shown_so_is_refused_before_the_work(call, shop, given, status, said):
    ended, _, err = call("simulate", shop(), "--agents", "desk=2", *given)

    assert ended is status
    assert said in err
    assert "Simulate …" not in err
