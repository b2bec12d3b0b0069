"""``springtide lever``: what a measure saves, and what it does to the promises."""

import csv

import pytest

from scenarios import lever_names
from scheduler.exits import Exit

SHORTER = """
schema = 1
name = "shorter"
cost_yuan = 10

[title]
en = "Shorter calls"
zh = "缩短通话"

[about]
en = "A form for each kind of call."
zh = "每类来电一张表单。"

[[changes]]
what = "work"
low = 0.9
likely = 0.7
high = 0.5
"""
LONGER = SHORTER.replace('"shorter"', '"longer"').replace('"work"', '"opening"')
LEVELS = {"low": "11:00-18:00", "likely": "10:00-18:00", "high": "08:00-20:00"}
for level, hours in LEVELS.items():
    LONGER = LONGER.replace(
        next(line for line in LONGER.splitlines() if line.startswith(level)), f'{level} = "{hours}"'
    )
FEW = ("--replications", 8, "--agents", "desk=2")


@pytest.fixture
def shorter(tmp_path):
    path = tmp_path / "shorter.toml"
    path.write_text(SHORTER, encoding="utf-8")
    return path


@pytest.fixture
def longer(tmp_path):
    path = tmp_path / "longer.toml"
    path.write_text(LONGER, encoding="utf-8")
    return path


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["level"]: row for row in csv.DictReader(file)}


def test_without_a_lever_named_all_that_ship_are_listed(call, shop):
    status, out, _ = call("lever", shop())

    assert status is Exit.DONE
    for name in lever_names():
        assert [line.split()[0] for line in out.splitlines() if line.split()[:1] == [name]] == [name]
        assert f"{name}: " in out
    assert "60 % fewer questions is claimed" in out
    assert "002-27" in out
    zh = call("--lang", "zh", "lever", shop())[1]
    assert "自带措施" in zh
    assert "订单节点主动通知" in zh


def test_a_lever_is_shown_at_three_levels_with_intervals_and_written_down(call, shop, shorter, tmp_path):
    file = tmp_path / "saved.csv"
    status, out, err = call("lever", shop(), "--lever", shorter, *FEW, "--out", file)

    assert status is Exit.DONE
    lines = [line for line in out.splitlines() if "Shorter calls" in line]
    assert [line.split()[2] for line in lines] == ["low", "likely", "high"]
    assert all(line.count("–") == 3 for line in lines)
    assert "Same contacts and same people" in out
    assert "Simulate" in err
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(file)
    assert list(rows) == ["low", "likely", "high"]
    for row in rows.values():
        for name in ("hours_saved", "yuan_saved", "share_most_in_60s"):
            assert float(row[f"{name}_low"]) <= float(row[name]) <= float(row[f"{name}_high"])


def test_hours_saved_are_the_work_that_falls_away_and_yuan_are_these_hours_less_the_cost(call, shop, shorter, tmp_path):
    """Sixty calls of two minutes are two hours; hardly anybody gives up with five people."""
    file = tmp_path / "saved.csv"
    call("lever", shop(), "--lever", shorter, "--replications", 8, "--agents", "desk=5", "--out", file)

    saved = {level: float(row["hours_saved"]) for level, row in rows_of(file).items()}
    assert saved["likely"] == pytest.approx(0.3 * 2.0, rel=0.2)
    assert (saved["likely"], saved["high"]) == pytest.approx((3 * saved["low"], 5 * saved["low"]), rel=0.02)
    for level, row in rows_of(file).items():
        assert float(row["yuan_saved"]) == pytest.approx(25.0 * saved[level] - 10.0)


def test_without_contracts_no_yuan_are_told(call, shop, shorter, tmp_path):
    path, file = shop(), tmp_path / "saved.csv"
    service = path.read_text(encoding="utf-8").partition("[[contracts]]")[0]
    nobody = "contracts = []\nshift_templates = []\nagents = []\n"
    path.write_text(f"{nobody}{service}", encoding="utf-8")
    status, out, _ = call("lever", path, "--lever", shorter, *FEW, "--out", file)

    assert status is Exit.DONE
    assert [line.count("–") for line in out.splitlines() if "Shorter calls" in line] == [3, 3, 3]  # one is a dash
    assert "yuan_saved" not in rows_of(file)["likely"]


def test_other_opening_hours_get_demand_and_people_of_their_own(call, shop, longer, tmp_path):
    file = tmp_path / "saved.csv"
    status, out, _ = call("lever", shop(), "--lever", longer, "--replications", 8, "--out", file)

    assert status is Exit.DONE
    assert out.count("as many people at work as the formula asks for") == 1
    rows = rows_of(file)
    assert list(rows) == ["low", "likely", "high"]
    # Ten calls of two minutes an hour, in one, two and six hours more.
    hours = [float(row["hours_saved"]) for row in rows.values()]
    assert hours == pytest.approx([-1 / 3, -2 / 3, -2.0], rel=0.35)
    assert all(abs(float(row["share_most_in_60s"])) < 0.2 for row in rows.values())


def test_yuan_of_longer_hours_are_the_pay_of_the_people_who_fill_them_and_the_cost(call, shop, longer, tmp_path):
    """Two people for one, two and six hours more at 25 yuan; no luck in it, so no interval."""
    file = tmp_path / "saved.csv"
    _, out, _ = call("lever", shop(), "--lever", longer, *FEW, "--out", file)

    rows = rows_of(file)
    assert [float(row["paid_hours_saved"]) for row in rows.values()] == [-2.0, -4.0, -12.0]
    assert [float(row["yuan_saved"]) for row in rows.values()] == [25.0 * hours - 10.0 for hours in (-2, -4, -12)]
    assert "yuan_saved_low" not in rows["low"]
    assert "no pay is saved until the roster is made anew" in out


def test_hours_that_the_shop_has_already_are_not_shortened_and_said_to_be_there(call, shop, longer, tmp_path):
    path = tmp_path / "longer.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("11:00-18:00", "13:00-17:00"), encoding="utf-8")
    file = tmp_path / "saved.csv"
    status, out, _ = call("lever", shop(), "--lever", path, *FEW, "--out", file)

    assert status is Exit.DONE
    assert next(line for line in out.splitlines() if " low " in line).count("there already") == 1
    assert "opening hours is there already (low)" in out
    low = rows_of(file)["low"]
    assert (low["there_already"], low["hours_saved"], low["yuan_saved"]) == ("yes", "", "")


def test_added_hours_in_which_nobody_is_expected_are_told(call, shop, longer):
    weights = [int(12 <= hour < 18) for hour in range(24)]
    path = shop(f'[[profiles]]\nname = "day"\nhour_weights = {weights}')
    text = path.read_text(encoding="utf-8").replace('name = "phone"', 'name = "phone"\nprofile = "day"', 1)
    path.write_text(text, encoding="utf-8")
    status, out, _ = call("lever", path, "--lever", longer, *FEW)

    assert status is Exit.DONE
    assert "(low, likely, high): nobody is expected in the added hours" in out


def test_a_roster_stays_as_it_is_when_the_service_opens_longer(call, shop, longer, roster, tmp_path):
    """Nobody is at work in the new hours, so the promise is broken there."""
    file = tmp_path / "saved.csv"
    call("lever", shop(), "--lever", longer, "--replications", 8, "--roster", roster, "--out", file)

    assert [float(row["share_most_in_60s"]) < -0.05 for row in rows_of(file).values()] == [True] * 3
    assert [float(row["paid_hours_saved"]) for row in rows_of(file).values()] == [0.0] * 3


def test_a_forecast_file_cannot_tell_what_comes_in_other_opening_hours(call, kiosk, longer):
    history = ("--history", kiosk / "history.csv", "--zone", "Asia/Shanghai")
    call("forecast", kiosk / "kiosk.toml", *history, "--out", kiosk / "demand.csv", "--backtest-weeks", 0)
    arguments = ("lever", kiosk / "kiosk.toml", "--lever", longer, *FEW)

    status, _, err = call(*arguments, "--forecast", kiosk / "demand.csv")
    assert (status, "changes the opening hours" in err) == (Exit.INPUT, True)
    status, _, err = call(*arguments, *history)  # the history never shows the new hours either, and says so
    assert (status, "phone" in err) == (Exit.INPUT, True)


def test_an_unknown_lever_or_one_that_reaches_nothing_ends_with_thirty(call, shop, tmp_path):
    status, out, err = call("lever", shop(), "--lever", "magic")
    assert (status, out) == (Exit.INPUT, "")
    assert "order_notices" in err

    status, _, err = call("lever", shop(), "--lever", "bot", *FEW)
    assert (status, "LeverPlan(bot)" in err) == (Exit.INPUT, True)
    assert "contact types it is meant for" in err
    assert "没有" in call("--lang", "zh", "lever", tmp_path / "nowhere.toml")[2]


def test_in_chinese_the_table_is_chinese(call, shop, shorter):
    _, out, _ = call("--lang", "zh", "lever", shop(), "--lever", shorter, *FEW)

    for said in (
        "缩短通话",
        "偏低",
        "一般",
        "偏高",
        "节省作业工时",
        "节省计薪工时",
        "节省金额（元）",
        "按时应答率的变化",
    ):
        assert said in out
    assert "Saved" not in out


def test_a_part_of_a_lever_that_finds_nothing_to_move_is_told_and_the_list_says_so(call, shop):
    _, out, _ = call("lever", shop(), "--lever", "knowledge_base", *FEW)
    assert "Knowledge base: share of those who come again is not reached here" in out

    _, out, _ = call("lever", shop())
    reaches = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert " a part " in reaches["knowledge_base"]
    assert " nothing " in reaches["bot"]
    assert " all of it " in reaches["longer_hours"]


def test_a_lever_that_finds_nothing_is_refused_before_anything_is_played(call, shop, shorter):
    status, out, err = call("lever", shop(), "--lever", shorter, "--lever", "quick_phrases", *FEW)

    assert (status, out) == (Exit.INPUT, "")
    assert "Simulate" not in err
    assert "LeverPlan(quick_phrases)" in err


def test_a_lever_is_priced_on_a_day_with_a_shock(call, shop, shorter, slower, tmp_path):
    """Calls twice as long: a share of their work is twice as many hours."""
    file = tmp_path / "saved.csv"
    arguments = ("lever", shop(), "--lever", shorter, "--replications", 8, "--agents", "desk=9", "--out", file)
    call(*arguments)
    plain = float(rows_of(file)["likely"]["hours_saved"])
    _, out, _ = call(*arguments, "--shock", f"{slower}@2026-11-11T12:00")

    assert "Slower, from 2026-11-11 12:00 on." in out
    assert float(rows_of(file)["likely"]["hours_saved"]) == pytest.approx(2 * plain, rel=0.05)
