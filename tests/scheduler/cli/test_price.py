"""``springtide price`` at the command line: what is told and written, and how it ends."""

import json

import pytest

from scenarios.text import use_language
from scheduler.exits import Exit


def test_a_day_that_can_be_kept_is_priced_told_and_written(call, shop, tmp_path):
    out_folder = tmp_path / "priced"
    status, out, err = call("price", shop(), "--shares", "0.8", "--out", out_folder)

    assert status is Exit.DONE
    told = (
        "As promised: ",
        "Price of the target",
        "One more person, hour by hour",
        "2026-11-11 17:00",
        str(out_folder),
    )
    assert [said for said in told if said not in out] == []
    assert "What the people cannot do" not in out
    assert "Router and cap: no group chats by messages" in out
    assert "Price of the target …" in err
    table = json.loads((out_folder / "price.json").read_text(encoding="utf-8"))
    assert [point["day_share"] for point in table["points"]] == [0.8]
    assert table["own"]["cost_yuan"] == table["points"][0]["cost_yuan"] == 25.0 * 3 * table["own"]["people"]
    assert table["own"]["bound"] >= 0.7
    assert table["short"] is None
    assert (out_folder / "price.xlsx").stat().st_size > 4000


def test_one_person_is_too_few_and_the_hours_say_why(call, shop, tmp_path):
    asked = ("price", shop(), "--date", "2026-11-11", "--shares", "0.8", "--people-max", 1)
    status, zh, _ = call("--lang", "zh", *asked, "--out", tmp_path / "priced")

    assert status is Exit.NO_ROSTER
    for said in ("人手不够", "做不到：按公式，1 人不管怎么排", "缺人", "逐小时多一个人的价值"):
        assert said in zh
    use_language("en")
    short = json.loads((tmp_path / "priced" / "price.json").read_text(encoding="utf-8"))["short"]
    assert short["people"] == 1
    assert short["share_most"] < 0.8
    assert len(short["hours"]) == 6


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (("--shares", "0.8;0.9"), Exit.USAGE),
        (("--shares", "90"), Exit.INPUT),
        (("--caps", "3,2.5"), Exit.USAGE),
        (("--caps", "0"), Exit.USAGE),
        (("--date", "11.11"), Exit.USAGE),
        (("--date", "2026-11-12"), Exit.INPUT),
    ],
)
def test_what_cannot_be_priced_ends_with_its_status(call, shop, tmp_path, asked, status):
    ended, _, err = call("price", shop(), *asked, "--out", tmp_path / "priced")

    assert ended is status
    assert asked[0] in err
    assert not (tmp_path / "priced").exists()
