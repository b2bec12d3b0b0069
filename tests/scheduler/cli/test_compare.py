"""``springtide compare``: two scenarios or two sets of people on the same days."""

import csv

import pytest

from scheduler.exits import Exit

RUNS = ("--replications", 20)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["kpi"], row["scope"]): row for row in csv.DictReader(file)}


def numbers(row, *names):
    return [float(row[name]) for name in names]


def test_a_third_person_on_the_same_days_answers_more_and_costs_his_hours(call, shop, tmp_path):
    path = tmp_path / "differences.csv"
    sides = ("--agents", "desk=2", "--agents-after", "desk=3")
    status, out, _ = call("compare", shop(), *sides, *RUNS, "--out", path)
    rows = rows_of(path)

    assert status is Exit.DONE
    for said in ("What differs", "Answered in time", "Days gained", "Together, yuan", str(path), "of shop and shop"):
        assert said in out
    share = rows["share_in_time", "most_in_60s"]
    before, after, difference, low = numbers(share, "before", "after", "difference", "difference_low")
    assert difference == pytest.approx(after - before)
    assert low > 0.0
    assert numbers(rows["paid_h", "all"], "before", "after", "difference") == [48.0, 72.0, 24.0]
    assert numbers(rows["total_yuan", "all"], "difference", "difference_low", "difference_high") == [24 * 25.0] * 3
    days = rows["days_met_share", "most_in_60s"]
    assert days["date"] == "2026-11-11"
    assert numbers(days, "difference_low")[0] <= numbers(days, "after")[0] - numbers(days, "before")[0]
    assert int(share["replications"]) == 20
    assert float(share["confidence"]) == pytest.approx(1 - 0.05 / 3)  # three rows hold together


def test_a_pair_on_the_same_days_is_told_apart_more_closely_than_two_studies(call, shop, tmp_path):
    path = tmp_path / "differences.csv"
    call("compare", shop(), "--agents", "desk=2", "--agents-after", "desk=3", *RUNS, "--out", path)
    row = rows_of(path)["share_in_time", "most_in_60s"]
    widths = {
        side: float(row[f"{side}_high"]) - float(row[f"{side}_low"]) for side in ("before", "after", "difference")
    }

    assert widths["difference"] < widths["before"] + widths["after"]


def test_a_scenario_compared_with_itself_differs_in_nothing(call, shop, tmp_path):
    path = tmp_path / "differences.csv"
    _, out, _ = call("compare", shop(), shop(name="twin"), *RUNS, "--out", path)

    assert {float(row["difference"]) for row in rows_of(path).values()} == {0.0}
    assert "20 replications of shop and twin" in out


def test_longer_work_is_met_by_the_people_of_the_first_side(call, shop, tmp_path):
    path = tmp_path / "differences.csv"
    slower = shop(name="slower", work_s='{ kind = "exponential", mean_s = 240 }')
    call("compare", shop(), slower, *RUNS, "--kpi", "work_s", "--kpi", "occupancy", "--out", path)
    rows = rows_of(path)

    before, after = numbers(rows["work_s", "phone"], "before", "after")
    assert after == pytest.approx(2 * before, rel=0.05)  # redials aside
    assert numbers(rows["occupancy", "desk"], "difference_low")[0] > 0.0
    assert numbers(rows["paid_h", "all"], "difference") == [0.0]
    assert ("share_in_time", "most_in_60s") not in rows


def test_head_counts_are_priced_alike_and_rosters_by_the_contracts_of_their_side(call, shop, roster, tmp_path):
    path = tmp_path / "differences.csv"
    dearer = shop(name="dearer", cost_per_paid_h_yuan=50)
    call("compare", shop(), dearer, "--agents", "desk=2", *RUNS, "--out", path)
    assert numbers(rows_of(path)["pay_yuan", "all"], "difference") == [0.0]

    call("compare", shop(), dearer, "--roster", roster, *RUNS, "--out", path)
    assert numbers(rows_of(path)["pay_yuan", "all"], "before", "after") == [300.0, 600.0]


def test_two_rosters_are_compared_in_chinese(call, shop, roster, tmp_path):
    fewer = tmp_path / "fewer.csv"
    lines = roster.read_text(encoding="utf-8").splitlines()
    fewer.write_text("\n".join(lines[:-1]), encoding="utf-8")
    status, out, _ = call("--lang", "zh", "compare", shop(), "--roster", roster, "--roster-after", fewer, *RUNS)

    assert status is Exit.DONE
    for said in ("按时应答率", "人力成本（元）", "-75", "逐日达标概率", "转为未达标的天数"):
        assert said in out


@pytest.mark.parametrize(("given", "status", "said"), [
    (("--agents-after", "desk=2", "--roster-after", "r.csv"), Exit.USAGE, "given together"),
    (("--agents-after", "desk"), Exit.USAGE, "NAME=VALUE"),
    (("--kpi", "luck"), Exit.INPUT, "luck"),
    (("nosuch",), Exit.INPUT, "no such scenario"),
    (("--out", "differences.txt"), Exit.USAGE, ".csv, .xlsx"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(call, shop, given, status, said):
    ended, _, err = call("compare", shop(), *given, *RUNS)

    assert ended is status
    assert said in err


def test_other_dates_are_no_comparison(call, shop):
    other = shop(name="other", first_date="2026-11-12")
    status, _, err = call("compare", shop(), other, *RUNS)

    assert status is Exit.INPUT
    assert "expected the dates of the first, 2026-11-11 – 2026-11-11" in err
