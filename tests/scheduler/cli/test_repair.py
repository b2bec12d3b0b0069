"""``springtide repair`` at the command line."""

import json

import pytest

from scheduler.exits import Exit

DAY = "2026-11-11"
BUSY = {"contacts_per_day": "200"}


@pytest.fixture
def repair(call, shop, tmp_path):
    """Repair a planner's grid of four people, one of them free."""

    def run(*more, before=(), cells=("12-15", "12-15", "15-18", "休")):
        grid = tmp_path / "排班.csv"
        rows = ["姓名,11月11日", *(f"agent-{number:02d},{cell}" for number, cell in enumerate(cells, start=1))]
        grid.write_text("\n".join(rows), encoding="gbk")
        return call(
            *before, "repair", shop(**BUSY), "--roster", grid, "--days", 5, "--out", tmp_path / "repaired", *more
        )  # fmt: skip

    return run


def test_a_colleague_takes_over_and_both_files_are_written(repair, tmp_path):
    status, zh, _ = repair("--absent", f"agent-03@{DAY}", before=("--lang", "zh"))

    assert status is Exit.DONE
    for said in (
        f"agent-03 {DAY}：取消 late 15:00-18:00 desk",
        f"agent-04 {DAY} 加一班：late 15:00-18:00 desk",
        "上限 16 格",
    ):
        assert said in zh
    told = json.loads((tmp_path / "repaired" / "repair.json").read_text(encoding="utf-8"))
    assert "agent-03" not in {row["agent"] for row in told["shifts"]}
    assert (tmp_path / "repaired" / "roster.xlsx").stat().st_size > 4000


def test_a_pin_and_an_empty_budget_leave_the_roster_alone(repair):
    absent = ("--absent", f"agent-03@{DAY}..{DAY}", "--from", DAY, "--to", DAY, "--freeze-until", DAY)
    pins = [part for number in (1, 2, 4) for part in ("--pin", f"agent-0{number}@{DAY}")]
    for more in (pins, ["--changes", 0]):
        status, out, _ = repair(*absent, *more, "--seed", 3)
        assert status is Exit.DONE
        assert "No change within the budget and the rules serves better." in out


def test_statuses_tell_faults_broken_rules_and_wrong_calls(repair):
    absent = ("--absent", f"agent-03@{DAY}")
    assert repair(*absent, cells=("12-15", "12-15", "15-18", "晚"))[0] is Exit.INPUT
    assert repair(*absent, cells=("12-15/15-18", "12-15", "15-18", "休"))[0] is Exit.NO_ROSTER
    assert repair("--absent", "agent-03")[0] is Exit.USAGE
    assert repair("--absent", "agent-03@11.11")[0] is Exit.USAGE
    assert repair("--pin", "agent-03")[0] is Exit.USAGE
    status, _, errors = repair(*absent, "--freeze-until", "2026-12-01")
    assert status is Exit.INPUT
    assert "--freeze-until" in errors
