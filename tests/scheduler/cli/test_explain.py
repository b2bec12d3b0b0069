"""``springtide explain``: the hours that missed, and what each is blamed on."""

import csv

import pytest

from scheduler.exits import Exit

SLOW = """
[[shocks]]
name = "slow"
effects = [{ quantity = "work", factor = 20.0, start = 2026-11-11T15:00:00 }]
"""
FEW = ("--replications", 12)


def hours_in(out):
    """Return the rows of the printed table by the clock of their hour."""
    return {line.split()[1]: line for line in out.splitlines() if line.split()[:1] == ["2026-11-11"]}


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def came(tmp_path):
    """Write what came on the day: contacts per hour from 12:00 on, and maybe their handling time."""

    def write(counts, aht_s=None):
        rows = ["interval_start,contact_type,offered" + ("" if aht_s is None else ",aht_s")]
        for hour, count in zip(range(12, 18), counts, strict=True):
            rows.append(f"2026-11-11 {hour}:00,phone,{count}" + ("" if aht_s is None else f",{aht_s}"))
        path = tmp_path / "came.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        return ("--actuals", path, "--zone", "Asia/Shanghai")

    return write


def test_hours_hit_by_a_shock_are_shown_with_what_is_short_and_what_to_do(call, shop, roster, tmp_path):
    file = tmp_path / "hours.csv"
    status, out, err = call("explain", shop(SLOW), "--roster", roster, *FEW, "--out", file)

    assert status is Exit.DONE
    assert {"15:00", "16:00", "17:00"} <= set(hours_in(out)) <= {"12:00", "15:00", "16:00", "17:00"}
    for hour in ("15:00", "16:00", "17:00"):
        assert "what happened" in hours_in(out)[hour]
    assert "once it is over, expect the buyers who gave up to come back" in out
    assert "explaining" in err
    assert str(file) in out


def test_the_file_holds_every_open_hour_with_every_cause_and_opens_in_a_spreadsheet(call, shop, roster, tmp_path):
    file = tmp_path / "hours.csv"
    call("explain", shop(SLOW), "--roster", roster, *FEW, "--out", file)

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(file)
    assert [row["hour"] for row in rows] == [f"2026-11-11 {hour}:00" for hour in range(12, 18)]
    for row in rows:
        causes = [float(row[cause]) for cause in ("volume", "mix", "handling", "absence", "shock", "together")]
        assert sum(causes) == pytest.approx(float(row["planned_share"]) - float(row["share"]))
        assert causes[:4] == pytest.approx([0.0] * 4, abs=1e-12)
        assert float(row["share_low"]) <= float(row["share"]) <= float(row["share_high"])
    assert float(rows[4]["people_short"]) > 0.0


@pytest.mark.parametrize(("counts", "aht_s", "cause", "advice"), [
    ((10, 10, 10, 80, 80, 80), None, "volume", "call part-timers for these hours"),
    ((10, 10, 10, 10, 10, 10), 900, "handling time", "look at what became slower"),
])  # fmt: skip
def test_a_day_that_came_otherwise_is_told_from_the_plan(call, shop, roster, came, counts, aht_s, cause, advice):
    status, out, _ = call("explain", shop(), "--roster", roster, *came(counts, aht_s), *FEW)

    assert status is Exit.DONE
    assert cause in hours_in(out)["16:00"]
    assert advice in out


def test_what_was_measured_already_holds_what_the_shock_did(call, shop, roster, came, tmp_path):
    """A burst that tripled the calls stands in the counts; it must not triple them once more."""
    burst = '[[shocks]]\nname = "burst"\neffects = [{ quantity = "volume", factor = 3.0 }]'
    file = tmp_path / "hours.csv"
    call("explain", shop(burst), "--roster", roster, *came([30] * 6), *FEW, "--out", file)

    offered = [float(row["offered"]) for row in rows_of(file)]
    assert sum(offered) == pytest.approx(180, rel=0.15)


def test_a_day_that_kept_every_promise_leaves_nothing_to_explain(call, shop, roster, tmp_path):
    path, file = shop(day_share="0.1"), tmp_path / "hours.csv"

    status, out, _ = call("explain", path, "--roster", roster, *FEW, "--out", file)

    assert (status, out.splitlines()[1]) == (Exit.DONE, "Every hour kept its promise; there is nothing to explain.")
    assert [float(row["contacts_short"]) + float(row["people_short"]) for row in rows_of(file)] == [0.0] * 6
    assert "没有需要解释的缺口" in call("--lang", "zh", "explain", path, "--roster", roster, *FEW)[1]


def test_people_who_were_not_there_are_blamed_on_absence(call, shop, roster, came, tmp_path):
    """Of two late shifts one stayed away: the roster of the day has it no more, and nobody else is drawn absent."""
    there, file = tmp_path / "there.csv", tmp_path / "hours.csv"
    lines = roster.read_text(encoding="utf-8").splitlines()
    there.write_text("\n".join(line for line in lines if "agent-04" not in line), encoding="utf-8")
    busy, rosters = shop(contacts_per_day="240"), ("--roster", there, "--planned-roster", roster)

    status, out, _ = call("explain", busy, *rosters, *came([40] * 6), *FEW, "--out", file)

    assert status is Exit.DONE
    for hour in ("15:00", "16:00", "17:00"):
        assert " absence " in hours_in(out)[hour]
    assert "Absence: call in who is on call" in out
    rows = rows_of(file)
    short = [float(row["people_short"]) for row in rows]
    assert short[3:] == [one + 1.0 for one in short[:3]]  # the same calls in every hour, one person fewer
    absence = [float(row["absence"]) for row in rows]
    assert max(absence[:3]) < 0.05 < min(absence[3:])


def test_who_was_really_there_is_not_drawn_absent_once_more(call, shop, roster, tmp_path):
    """Half are believed to stay away; they all came, and fewer are short than was planned for."""
    file = tmp_path / "hours.csv"
    path = shop(absence_share="0.5", contacts_per_day="120")
    call("explain", path, "--roster", roster, "--planned-roster", roster, *FEW, "--out", file)

    assert all(float(row["absence"]) < 0.0 for row in rows_of(file))
    assert all(float(row["share"]) > float(row["planned_share"]) for row in rows_of(file))


def test_in_chinese_the_table_and_the_advice_are_chinese(call, shop, roster):
    _, out, _ = call("--lang", "zh", "explain", shop(SLOW), "--roster", roster, *FEW)

    for said in ("未达标的时段", "按时应答率", "少接", "缺人", "突发状况", "请延长在岗时间"):
        assert said in out
    assert "what happened" not in out


def test_explain_needs_a_roster_and_actuals_of_its_own_dates(call, shop, roster, came, tmp_path):
    path = shop()
    arguments = came([1] * 6)
    (tmp_path / "came.csv").write_text(
        "interval_start,contact_type,offered\n2027-01-01 12:00,phone,3\n", encoding="utf-8"
    )

    assert call("explain", path)[0] is Exit.USAGE
    status, _, err = call("explain", path, "--roster", roster, *arguments)
    assert (status, "2026-11-11" in err) == (Exit.INPUT, True)
