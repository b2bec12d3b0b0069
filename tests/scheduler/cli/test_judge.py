"""``springtide judge``, ``swap``, ``fits`` and ``why``: a roster from elsewhere, at the command line."""

import json

import pytest

from scenarios.text import use_language
from scheduler.exits import Exit

FEW = ("--proof-days", 60, "--effect-days", 10)
BUSY = {"contacts_per_day": "200"}


@pytest.fixture
def grid(tmp_path):
    """Write a planner's grid of four people."""

    def write(*cells, encoding="gbk"):
        path = tmp_path / "排班.csv"
        rows = ["姓名,11月11日", *(f"agent-{number:02d},{cell}" for number, cell in enumerate(cells, start=1))]
        path.write_text("\n".join(rows), encoding=encoding)
        return path

    return write


def test_a_good_roster_is_proven_and_written(call, shop, grid, tmp_path):
    out_folder = tmp_path / "judged"
    status, out, _ = call(
        "judge", shop(), "--roster", grid("12-15", "12-15", "15-18", "15-18"), *FEW, "--out", out_folder
    )

    assert status is Exit.DONE
    assert "Every promise is proven on all 1 dates." in out
    assert (out_folder / "judgement.xlsx").stat().st_size > 4000
    assert json.loads((out_folder / "judgement.json").read_text(encoding="utf-8"))["status"] == "proven"


def test_a_thin_roster_is_not_proven_and_says_where_it_breaks_and_what_helps(call, shop, grid, tmp_path):
    thin = grid("12-15", "12-15", "15-18", "休")
    arguments = ("judge", shop(**BUSY), "--roster", thin, *FEW, "--out", tmp_path / "j")
    status, zh, _ = call("--lang", "zh", *arguments)
    assert status is Exit.NOT_PROVEN
    shift = "late 15:00-18:00 desk"
    for said in ("1 天中有 1 天未通过验证", "最先出问题的时段", f"agent-04 2026-11-11 加一班：{shift}", "加价"):
        assert said in zh

    use_language("en")
    alone = call(*arguments, "--no-repairs")[1]
    assert "1 of 1 dates are not proven" in alone
    assert "What breaks first" in alone
    assert "Cheapest repairs" not in alone


def test_faults_and_broken_rules_have_statuses_of_their_own(call, shop, grid, tmp_path):
    folder = ("--out", tmp_path / "j", *FEW, "--no-repairs")
    status, out, _ = call("judge", shop(), "--roster", grid("12-15", "晚", "15-18", "15-18"), *folder)
    assert status is Exit.INPUT
    assert "排班.csv:B3" in out

    named = ("--shift-name", "晚=15:00-18:00")
    assert call("judge", shop(), "--roster", grid("12-15", "晚", "12-15", "15-18"), *named, *folder)[0] is Exit.DONE
    status, out, _ = call("judge", shop(), "--roster", grid("12-15/15-18", "12-15", "15-18", ""), *folder)
    assert status is Exit.NO_ROSTER
    assert "2 shifts on one date" in out or "agent-01" in out


def test_a_swap_is_allowed_or_refused_by_the_status(call, shop, roster):
    scenario = shop()
    asked = ("--roster", roster, "--days", 10)
    status, out, _ = call("swap", scenario, "agent-01@2026-11-11", "agent-02@2026-11-11", *asked)
    assert status is Exit.DONE
    assert "It may be done" in out

    assert call("swap", scenario, "agent-01", "agent-02@2026-11-11", *asked)[0] is Exit.USAGE
    assert call("swap", scenario, "agent-01@11.11", "agent-02@2026-11-11", *asked)[0] is Exit.USAGE
    assert call("swap", scenario, "nobody@2026-11-11", "agent-02@2026-11-11", *asked)[0] is Exit.INPUT


def test_who_fits_a_gap_and_why_a_shift_is_there(call, shop, grid):
    scenario, file = shop(**BUSY), grid("12-15", "12-15", "15-18", "休")
    gap = ("--date", "2026-11-11", "--from", "15:00", "--to", "18:00", "--group", "desk")
    status, out, _ = call("fits", scenario, "--roster", file, *gap, "--days", 10)
    assert status is Exit.DONE
    assert "agent-04 works late 15:00-18:00 desk on 2026-11-11" in out
    assert "agent-03 is at work then already." in out

    status, out, _ = call("why", scenario, "agent-03@2026-11-11", "--roster", file, "--days", 10)
    assert status is Exit.DONE
    for said in ("What the hours lack without it", "15:00", "What else could be done", "agent-03 does not work late"):
        assert said in out
    assert call("why", scenario, "agent-04@2026-11-11", "--roster", file, "--days", 10)[0] is Exit.INPUT
