"""``springtide validate``: measured days played again."""

import csv

import pytest

from scenarios import expected_demand, load_scenario
from scheduler.exits import Exit
from sim import Tallier, draw_trace, simulate, staff_always_on

BUSY = {"contacts_per_day": "300"}
FEW = ("--replications", 40)


@pytest.fixture
def measured(tmp_path):
    """Play one day of a scenario with some people and write it as its shop would have measured it."""

    def write(path, people, columns=("answered_in_time", "abandoned")):
        scenario = load_scenario(path)
        staff = staff_always_on(scenario, {"desk": people})
        trace = draw_trace(scenario, expected_demand(scenario), seed=9, replication=0, purpose="reality")
        counts = Tallier(scenario).tally(trace, simulate(scenario, trace, staff).played, staff)
        count_of = {"offered": "offered", "answered_in_time": "in_time", "abandoned": "abandoned"}
        names = ("offered", *columns)
        rows = [",".join(("interval_start", "contact_type", "aht_s", *names))]
        for hour in range(12, 18):
            figures = (f"{counts.count(count_of[name])[hour, 0]}" for name in names)
            rows.append(",".join((f"2026-11-11 {hour}:00", "phone", "120", *figures)))
        file = tmp_path / "measured.csv"
        file.write_text("\n".join(rows), encoding="utf-8")
        return ("--history", file, "--zone", "Asia/Shanghai")

    return write


@pytest.mark.statistical
def test_days_that_the_model_itself_has_made_pass(call, shop, measured, tmp_path):
    # 1 % of true models fail by design; the seed is fixed.
    path, file = shop(**BUSY), tmp_path / "intervals.csv"
    status, out, err = call("validate", path, *measured(path, 2), "--agents", "desk=2", *FEW, "--out", file)

    assert status is Exit.DONE
    assert "The model plays these days as they were." in out
    assert "times" not in out
    for said in ("answered in time", "gave up", "2026-11-11", "of the intervals lie inside"):
        assert said in out
    assert "playing measured days again" in err
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["interval_start"] for row in rows[:2]] == ["2026-11-11T12:00:00+08:00", "2026-11-11T13:00:00+08:00"]
    assert len(rows) == 12


@pytest.mark.statistical
def test_a_model_with_too_many_people_fails_and_says_what_would_explain_it(call, shop, measured):
    # Two people were there and the model believes in four; a true model fails once in a hundred.
    path = shop(**BUSY)
    arguments = ("validate", path, *measured(path, 2), "--agents", "desk=4", *FEW)

    status, out, _ = call(*arguments)
    assert status is Exit.NOT_PROVEN
    assert "The model does not play these days as they were" in out
    first = next(line for line in out.splitlines() if " times " in line)
    assert first.startswith("work per contact times ")
    assert 1.3 < float(first.split(" times ")[1].split()[0]) <= 2.0
    zh = call("--lang", "zh", *arguments)[1]
    for said in ("实际与仿真对照", "按时应答率", "放弃率", "否", "弄清差距之前请不要据此排班", "若单次处理时长乘以"):
        assert said in zh


@pytest.mark.statistical
def test_a_factor_is_told_with_its_interval_or_that_none_is_enough(call, shop, measured):
    path = shop(**BUSY)
    _, out, _ = call("validate", path, *measured(path, 2), "--agents", "desk=4", *FEW)

    assert "work per contact times" in out
    assert "95 % interval" in out
    _, out, _ = call("validate", path, *measured(path, 1), "--agents", "desk=4", *FEW)
    assert "that is the end of what was searched" in out
    assert "and still not every day would pass" in out
    _, out, _ = call("validate", path, *measured(path, 1), "--agents", "desk=8", *FEW)
    assert "No parameter alone explains these days" in out


@pytest.mark.statistical
def test_hours_whose_errors_cancel_over_the_day_are_named(call, shop, tmp_path):
    """Too few in time until 15:00, too many after: the day agrees, and the hours do not."""
    path = shop(**BUSY, interval_min="15")
    starts = [f"2026-11-11 {hour}:{minute:02}" for hour in range(12, 18) for minute in (0, 15, 30, 45)]
    rows = [f"{start},phone,12,{6 if hour < 12 else 12}" for hour, start in enumerate(starts)]
    file = tmp_path / "crossed.csv"
    file.write_text("\n".join(["interval_start,contact_type,offered,answered_in_time", *rows]), encoding="utf-8")
    arguments = ("validate", path, "--history", file, "--zone", "Asia/Shanghai", "--agents", "desk=2", *FEW)

    status, out, _ = call(*arguments, "--tolerance", 0.25)
    assert status is Exit.NOT_PROVEN
    assert "The days agree, their hours do not" in out
    assert "11-11 12:00, phone: answered in time -" in out
    assert "一天之内正负误差相互抵消" in call("--lang", "zh", *arguments, "--tolerance", 0.25)[1]


def test_the_length_of_sessions_is_no_work_and_is_told_so(call, shop, measured, tmp_path):
    path = shop(**BUSY)
    path.write_text(path.read_text(encoding="utf-8").replace('channel = "voice"', 'channel = "chat"'), encoding="utf-8")
    rows = measured(path, 2)
    rows[1].write_text(rows[1].read_text(encoding="utf-8").replace(",120,", ",600,"), encoding="utf-8")
    arguments = ("validate", path, *rows, "--agents", "desk=2", *FEW, "--tolerance", 1)

    status, _, err = call(*arguments)
    assert status is Exit.INPUT
    assert "aht_s of phone is 600 s" in err
    status, out, _ = call(*arguments, "--column", "session_s=aht_s")
    assert status is Exit.NOT_PROVEN
    line = next(line for line in out.splitlines() if "session length" in line)
    assert "600 s" in line
    assert call(*arguments, "--column", "work_s=aht_s")[0] is Exit.DONE


def test_a_wide_tolerance_lets_a_gap_pass(call, shop, measured):
    path = shop(**BUSY)

    assert call("validate", path, *measured(path, 2), "--agents", "desk=4", *FEW, "--tolerance", 1)[0] is Exit.DONE


def test_a_roster_says_who_was_there(call, shop, measured, roster):
    path = shop(**BUSY, absence_share="0")

    status, out, _ = call("validate", path, *measured(path, 2), "--roster", roster, *FEW)
    assert (status, "The model plays these days" in out) == (Exit.DONE, True)


@pytest.mark.parametrize(("columns", "said"), [((), "answered_in_time, abandoned"), (("abandoned",), "")])
def test_outcomes_must_have_been_measured(call, shop, measured, columns, said):
    path = shop(**BUSY)
    status, _, err = call("validate", path, *measured(path, 2, columns), "--agents", "desk=2", *FEW)

    assert status is (Exit.INPUT if said else Exit.DONE)
    assert said in err


def test_a_history_whose_outcomes_have_gaps_in_every_day_proves_nothing(call, shop, measured, tmp_path):
    path = shop(**BUSY)
    history = measured(path, 2)
    lines = (tmp_path / "measured.csv").read_text(encoding="utf-8").splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:4], "", ""])
    (tmp_path / "measured.csv").write_text("\n".join(lines), encoding="utf-8")

    status, out, err = call("validate", path, *history, "--agents", "desk=2", *FEW)
    assert (status, "The model plays" in out) == (Exit.INPUT, False)
    assert "no day of calls or chats with outcomes throughout" in err


@pytest.mark.parametrize(("people", "said"), [
    ((), "--roster is missing"),
    (("--agents", "desk=2", "--roster", "r.csv"), "given together"),
    (("--agents", "desk"), "NAME=VALUE"),
    (("--agents", "desk=2", "--tolerance", "1.5"), "tolerance"),
])  # fmt: skip
def test_exactly_one_option_says_who_was_there(call, shop, measured, people, said):
    path = shop()
    status, _, err = call("validate", path, *measured(path, 2), *people)

    assert (status, said in err) == (Exit.USAGE, True)
