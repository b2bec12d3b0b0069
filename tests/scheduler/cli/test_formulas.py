"""What ``springtide simulate`` says beside the simulation: formulas, what is out of reach, and who is missing."""

import re

import pytest

from scheduler.exits import Exit
from sim import erlang_c

BUSY = {"contacts_per_day": "300"}
FEW = ("--replications", 40)


def table(out):
    """Return the rows of the printed table by group, each a dictionary by its heads."""
    head, _, *rows = out.partition("The formula beside the simulation")[2].splitlines()[2:]
    names = re.split(r"\s{2,}", head.strip())
    cells = [re.split(r"\s{2,}", row.strip()) for row in rows[: rows.index(next(r for r in rows if not r.strip()))]]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cells}


def share(cell):
    """Return percent as a number."""
    return float(cell.removesuffix(" %"))


def test_simulate_puts_both_erlang_formulas_beside_the_simulation(call, shop):
    status, out, _ = call("simulate", shop(**BUSY), *FEW, "--agents", "desk=3")

    assert status is Exit.DONE
    row = table(out)["desk"]
    assert (row["Group"], row["People"], row["Load (people)"], row["Chat formula says"]) == ("desk", "3", "1.7", "–")
    patient, impatient, simulated, reachable = (
        share(row[name]) for name in ("Erlang C says", "Erlang A says", "Simulated", "Best with idle agents")
    )
    # 50 calls an hour of 120 s are 1.67 erlangs: three people keep 30.0 % waiting (Erlang C), 15.4 % beyond 60 s.
    assert patient == pytest.approx(84.6, abs=0.05)
    assert patient < impatient <= reachable == 100.0
    assert simulated == pytest.approx(impatient, abs=6.0)
    assert "Erlang C lets everybody wait for ever" in out
    zh = call("--lang", "zh", "simulate", shop(**BUSY), *FEW, "--agents", "desk=3")[1]
    assert "公式与仿真对照（各组最忙时段）" in zh
    assert "Erlang C 假设顾客永远等下去" in zh


TALK = """
[contact_types.messages]
rounds_mean = 2
first_reply_work_s = { kind = "constant", mean_s = 40 }
reply_work_s = { kind = "constant", mean_s = 40 }
think_s = { kind = "constant", mean_s = 30 }
"""


def test_simulate_says_that_a_promise_is_out_of_reach_for_any_head_count(call, shop):
    """A first reply of 40 s is never there within 30 s."""
    path = shop(answer_within_s="30")
    text = path.read_text(encoding="utf-8").replace('channel = "voice"', 'channel = "chat"')
    text = text.replace('{ kind = "exponential", mean_s = 120 }', '{ kind = "constant", mean_s = 80 }', 1)
    path.write_text(text.replace("[[groups]]", f"{TALK}\n[[groups]]"), encoding="utf-8")

    status, out, _ = call("simulate", path, *FEW, "--agents", "desk=3")
    assert status is Exit.DONE
    assert "No head-count meets most_in_60s" in out
    assert "one person types one reply at a time" in out
    zh = call("--lang", "zh", "simulate", path, *FEW, "--agents", "desk=3")[1]
    assert "加多少人也达不到 most_in_60s" in zh


def test_an_open_hour_without_anybody_is_named(call, shop, roster):
    """Two early shifts end at 15:00; without the late ones nobody is there until 18:00."""
    _, out, _ = call("simulate", shop(), *FEW, "--agents", "desk=0")
    assert table(out)["desk"]["People"] == "0"
    assert table(out)["desk"]["Erlang C says"] == "–"
    assert "phone: open for 6 h with nobody at work who may take them at once (11-11 12:00–18:00)" in out

    early = [line for line in roster.read_text(encoding="utf-8").splitlines() if ",late," not in line]
    roster.write_text("\n".join(early), encoding="utf-8")
    _, out, _ = call("simulate", shop(), *FEW, "--roster", roster)
    assert "phone: open for 3 h with nobody at work who may take them at once (11-11 15:00–18:00)" in out
    zh = call("--lang", "zh", "simulate", shop(), *FEW, "--roster", roster)[1]
    assert "phone：开放时间内有 3 小时没有可立即接待的人在岗（11-11 15:00–18:00）" in zh


def test_slow_systems_stand_in_the_load_that_erlang_is_given(call, shop):
    """50 calls an hour of 120 s are 1.67 erlangs, of 300 s 4.17: more than three people can do."""
    slow = '[[shocks]]\nname = "slow"\neffects = [{ quantity = "work", factor = 2.5 }]\n'
    _, out, _ = call("simulate", shop(slow, **BUSY), *FEW, "--agents", "desk=3")

    assert table(out)["desk"]["Load (people)"] == "4.2"
    assert table(out)["desk"]["Erlang C says"] == "0.0 %"


CLAIMS = """
[[contact_types]]
name = "claims"
channel = "voice"
work_s = { kind = "exponential", mean_s = 900 }
patience_s = { kind = "exponential", mean_s = 180 }
contacts_per_day = 60

[[routes]]
contact_type = "claims"
steps = [{ group = "desk" }]
"""


def test_long_and_short_calls_of_one_group_are_added_up_each_with_its_own_work(call, shop):
    """50 x 120 s + 10 x 900 s an hour are 4.17 erlangs, in 60 calls of 250 s."""
    path = shop(CLAIMS, **BUSY)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('serves = [{ contact_type = "phone" }]', 'serves = [{ contact_type = "phone" }, '
                     '{ contact_type = "claims" }]'),
        encoding="utf-8",
    )  # fmt: skip
    _, out, _ = call("simulate", path, *FEW, "--agents", "desk=6")

    row, load = table(out)["desk"], 250 / 60
    assert row["Load (people)"] == "4.2"
    in_time = [erlang_c(6, load, 250.0, within_s).share_in_time for within_s in (60.0, 30.0)]
    assert share(row["Erlang C says"]) == pytest.approx(100 * (50 * in_time[0] + 10 * in_time[1]) / 60, abs=0.05)
