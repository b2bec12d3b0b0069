"""``--shock``: what happens to a shop of one's own, played on the people who were planned without it."""

import re

import pytest

from scheduler.exits import Exit

PLAY = ("--replications", 8)


def first_row(out):
    """The promise's row of the table of shares: offered, in time, gave up."""
    row = next(line for line in out.splitlines() if line.strip().startswith("most_in_60s"))
    return [float(number.replace(",", "")) for number in re.findall(r"([\d,.]+)(?: %)? \(", row)]


def test_an_outage_is_told_and_takes_the_contacts_of_its_interval(call, shop):
    """On a grid of an hour the hour from 13:00 is lost, ten of sixty contacts, and the next brings five more."""
    arguments = ("simulate", shop(), "--agents", "desk=9", *PLAY)
    plain = first_row(call(*arguments)[1])
    status, out, _ = call(*arguments, "--shock", "outage@2026-11-11T13:20")

    assert status is Exit.DONE
    assert "The service system is down, from 2026-11-11 13:20 on. For half an hour nobody gets through" in out
    assert first_row(out)[0] < plain[0] - 3


def test_shocks_add_up(call, shop, slower):
    arguments = ("simulate", shop(), "--agents", "desk=3", *PLAY)
    one = first_row(call(*arguments, "--shock", f"{slower}@2026-11-11")[1])
    both = first_row(call(*arguments, "--shock", f"{slower}@2026-11-11", "--shock", f"{slower}@2026-11-11")[1])

    assert both[1] < one[1] < first_row(call(*arguments)[1])[1]


def test_people_are_planned_without_the_shock(call, shop, slower):
    """The formula asks for more people only where the scenario itself says that work is longer."""
    known = shop(
        '[[shocks]]\nname = "slower"\neffects = [{ quantity = "work", factor = 2.0 }]',
        name="known",
        contacts_per_day=600,
    )
    shocked = first_row(call("simulate", shop(contacts_per_day=600), *PLAY, "--shock", f"{slower}@2026-11-11")[1])

    assert shocked[1] < first_row(call("simulate", known, *PLAY)[1])[1] - 5


def test_a_sick_wave_keeps_people_of_a_roster_away_and_nobody_else(call, shop, roster):
    arguments = ("simulate", shop(absence_share=0.2), *PLAY)
    wave = ("--shock", "sick_wave@2026-11-11")

    assert "give --roster to play absence" in call(*arguments, "--agents", "desk=2", *wave)[1]
    out = call(*arguments, "--roster", roster, *wave)[1]
    assert "give --roster" not in out
    assert first_row(out)[1] == 0.0  # five times a fifth: nobody came


def test_a_sick_wave_of_the_scenario_itself_is_told_not_to_move_people_who_are_always_there(call, shop):
    path = shop('[[shocks]]\nname = "flu"\neffects = [{ quantity = "absence", factor = 2.0 }]')
    assert (
        "flu: people who are always at work never stay away" in call("simulate", path, "--agents", "desk=2", *PLAY)[1]
    )


@pytest.mark.parametrize(("given", "status", "said"), [
    ("outage", Exit.USAGE, "NAME@MOMENT"),
    ("meteor@2026-11-11T13:00", Exit.INPUT, "slow_back_end"),
    ("outage@2026-11-12T13:00", Exit.INPUT, "opening hours"),
    ("bot_down@2026-11-11T13:00", Exit.INPUT, "a bot that keeps contacts"),
])  # fmt: skip
def test_a_shock_that_cannot_be_played_is_refused_before_anything_is(call, shop, given, status, said):
    found, out, err = call("simulate", shop(), *PLAY, "--shock", given)

    assert (found, out) == (status, "")
    assert said in err


def test_in_chinese_a_shock_is_told_in_chinese(call, shop):
    out = call("--lang", "zh", "simulate", shop(), *PLAY, "--shock", "outage@2026-11-11T13:00")[1]

    assert "客服系统宕机，自 2026-11-11 13:00 起。" in out


def test_what_a_shock_does_not_reach_is_told(call, shop):
    """Tickets and buyers who come again are no part of the kiosk: the outage's other effects still play."""
    path = shop()
    text = path.read_text(encoding="utf-8").replace(
        '{ kind = "exponential", mean_s = 120 }\ncontacts', '{ kind = "never" }\ncontacts'
    )
    path.write_text(text, encoding="utf-8")
    status, out, _ = call("simulate", path, "--agents", "desk=3", *PLAY, "--shock", "outage@2026-11-11T13:00")

    assert status is Exit.DONE
    assert "patience is not reached here; it needs buyers who give up" in out
