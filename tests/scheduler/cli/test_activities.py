"""``springtide activities`` at the command line."""

import pytest

from scheduler.exits import Exit

DAY = "2026-11-11"
MEETING = f"""
[[activities]]
name = "briefing"
teams = ["agent"]
length_min = 15
from = "12:00"
to = "18:00"
dates = [{DAY}]
"""


@pytest.fixture
def activities(call, shop, roster, tmp_path):
    """Place the activities of a shop in the roster of two early and two late shifts."""

    def run(*more, before=(), table=MEETING):
        out = tmp_path / "placed"
        return call(*before, "activities", shop(table), "--roster", roster, "--days", 5, "--out", out, *more)

    return run


def test_everybody_gets_the_briefing_and_both_files_are_written(activities, tmp_path):
    status, zh, _ = activities(before=("--lang", "zh"))

    assert status is Exit.DONE
    assert "共安排 4 人次活动，合计 1.0 小时" in zh
    assert {path.name for path in (tmp_path / "placed").iterdir()} == {"roster.xlsx", "activities.json"}


def test_statuses_tell_what_has_no_place_and_wrong_calls(activities):
    status, out, _ = activities(table=MEETING + "together = true\n")
    assert status is Exit.NO_ROSTER  # early and late shifts never meet
    assert "no time in the window at which all are at work" in out
    assert activities("--date", "11.11")[0] is Exit.USAGE
    status, _, errors = activities("--date", "2026-12-01")
    assert status is Exit.INPUT
    assert f"expected dates from {DAY} to {DAY}" in errors
    status, _, errors = activities(table=MEETING.replace("agent", "night shift"))
    assert status is Exit.INPUT
    assert "Activity(briefing).teams is night shift; expected one of: agent" in errors
