"""Levers as data: each ships with its range, its source and its cost, and changes what it says and nothing else."""

import re
from dataclasses import replace

import pytest

from scenarios import (
    Channel,
    Level,
    PlanningError,
    Quantity,
    lever_names,
    load_lever,
    load_scenario,
    with_cap,
)
from scenarios.text import LANGUAGES

NIGHT = "double11_night_x100"
ROW_KEY = re.compile(r"00[0-4]-\d\d")


@pytest.fixture(scope="module")
def night():
    return load_scenario(NIGHT)


@pytest.mark.parametrize("name", lever_names())
def test_every_lever_that_ships_names_itself_in_both_languages_and_quotes_its_rows(name):
    lever = load_lever(name)

    assert lever.name == name
    assert set(lever.title) == set(lever.about) == set(LANGUAGES)
    assert lever.rows
    assert all(ROW_KEY.fullmatch(row) for row in lever.rows)


@pytest.mark.parametrize("name", lever_names())
@pytest.mark.parametrize("level", list(Level))
def test_a_lever_changes_the_scenario_and_can_be_taken_off_again(name, level, night):
    lever = load_lever(name)
    on = lever.applied_to(night, level)

    assert on.fingerprint() != night.fingerprint()
    assert [other.name for other in on.levers].count(name) == 1
    assert on.levers[-1].cost_yuan == lever.cost_over(night)
    assert name not in [other.name for other in lever.removed_from(on).levers]


def test_a_lever_that_is_on_already_is_replaced_and_not_doubled():
    shop = load_scenario("double11_x10")
    lever = load_lever("order_notices")
    orders = shop.type_index("chat_orders")

    assert lever.applied_to(shop).factor(Quantity.VOLUME)[0, orders] == pytest.approx(0.52)
    assert lever.removed_from(shop).factor(Quantity.VOLUME)[0, orders] == 1.0


@pytest.mark.parametrize("name", ["bot", "order_notices", "templates", "knowledge_base", "quick_phrases", "diversion"])
def test_a_higher_level_never_does_less(name, night):
    lever = load_lever(name)
    for change in lever.changes:
        values = [float(change.value_at(level)) for level in Level]
        assert values in (sorted(values), sorted(values, reverse=True))


def test_longer_hours_move_the_opening_and_leave_exceptions_alone(night):
    longer = load_lever("longer_hours").applied_to(load_scenario("shop"), Level.HIGH)
    same = load_lever("longer_hours").applied_to(night, Level.HIGH)

    day = longer.horizon.days[0]
    assert (day.closes_us - day.opens_us) / 3.6e9 == 16
    assert same.horizon == replace(night.horizon, opening=same.horizon.opening)


def test_more_authority_lowers_the_share_that_goes_up(night):
    before = night.contact_types[night.type_index("phone_orders")].follow_ups[0]
    on = load_lever("more_authority").applied_to(night)
    after = on.contact_types[night.type_index("phone_orders")].follow_ups[0]

    assert after.share == pytest.approx(0.7 * before.share)


def test_beyond_the_declared_cap_an_agent_as_a_whole_gets_no_faster():
    chat = next(group for group in load_scenario("shop").groups if group.name == "chat")
    five = with_cap(chat, 5)

    assert five.session_speed[:3] == chat.session_speed
    assert five.session_speed[4] == pytest.approx(3 * chat.session_speed[2] / 5)


def test_a_lever_for_chats_is_refused_where_nobody_chats():
    bank = load_scenario("bank_week")

    assert not any(kind.channel is Channel.CHAT for kind in bank.contact_types)
    with pytest.raises(PlanningError, match="bank_week"):
        load_lever("bot").applied_to(bank)


def test_an_unknown_lever_is_answered_with_those_there_are():
    with pytest.raises(PlanningError, match="order_notices"):
        load_lever("magic")


def test_a_lever_of_your_own_is_read_from_a_file_and_refused_when_it_changes_nothing_known(tmp_path):
    text = (
        'schema = 1\nname = "mine"\n[title]\nen = "Mine"\nzh = "我的"\n[about]\nen = "x"\nzh = "x"\n'
        '[[changes]]\nwhat = "{what}"\nlow = 0.9\nlikely = 0.8\nhigh = 0.7\n'
    )
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(text.format(what="volume"), encoding="utf-8")
    bad.write_text(text.format(what="luck"), encoding="utf-8")

    shop = load_scenario("shop")
    assert load_lever(good).applied_to(shop, Level.HIGH).factor(Quantity.VOLUME).max() == pytest.approx(0.7)
    with pytest.raises(PlanningError, match=r"luck.*volume"):
        load_lever(bad)


@pytest.mark.parametrize(("what", "value", "said"), [
    ("volume", '"many"', "expected a number"),
    ("volume", "nan", "is nan"),
    ("volume", "-1", "is -1"),
    ("chat_cap", "2.5", "expected a whole number"),
    ("chat_cap", "inf", "is inf"),
    ("agent_choice", '"prettiest"', "longest_idle"),
    ("agent_choice", "3", "expected a text"),
    ("reply_order", '"newest"', "first_replies"),
    ("opening", '"early-late"', "early"),
    ("opening", '"22:00-08:00"', "closes_min"),
])  # fmt: skip
def test_a_value_that_a_lever_cannot_take_is_refused_where_the_file_is_read(tmp_path, what, value, said):
    file = tmp_path / "mine.toml"
    file.write_text(
        'schema = 1\nname = "mine"\n[title]\nen = "Mine"\nzh = "我的"\n[about]\nen = "x"\nzh = "x"\n'
        f'[[changes]]\nwhat = "{what}"\nlow = {value}\nlikely = {value}\nhigh = {value}\n',
        encoding="utf-8",
    )

    with pytest.raises(PlanningError, match=said):
        load_lever(file)
