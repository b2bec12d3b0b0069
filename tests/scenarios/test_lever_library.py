"""Levers as data: each ships with its range, its source and its cost, and changes what it says and nothing else."""

import re
from dataclasses import replace

import numpy as np
import pytest

from scenarios import (
    Channel,
    FollowUpKind,
    Group,
    Hours,
    Level,
    PlanningError,
    Quantity,
    Setting,
    expected_demand,
    lever_names,
    library_names,
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
    assert set(lever.cost_about) == set(LANGUAGES)  # what the cost is for, or why there is none
    assert lever.cost_about["en"].startswith("none") == (lever.cost_yuan == lever.cost_yuan_per_day == 0.0)


@pytest.mark.parametrize("name", lever_names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_lever_names_the_ends_of_its_range(name, language):
    """A factor as what falls away, in percent; a share in percent; whatever else as it is."""
    lever = load_lever(name)
    said = set(re.findall(r"\d+(?::\d\d)?-?(?:\d\d:\d\d)?", lever.about[language]))
    multiplied = {*Quantity, Setting.ESCALATION, Setting.DEPARTMENT_DELAY}
    shares = {Setting.BOT_OFFERED, Setting.BOT_CONTAINMENT, Setting.SORTING_ERRORS}
    for change in lever.changes:
        if change.what == Setting.AGENT_CHOICE:  # a word, the same at every level
            continue
        for value in (change.low, change.high):
            if change.what in multiplied:
                value = f"{100 * (1 - value):.0f}"
            elif change.what in shares:
                value = f"{100 * value:.0f}"
            assert (value if isinstance(value, str) else f"{value:g}") in said, (change.what, value)


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


UP, DOWN = 1.0, -1.0
CLAIMED = {
    "volume": DOWN, "work": DOWN, "recontact": DOWN, "first_reply": DOWN, "bot_offered_share": UP,
    "bot_containment_share": UP, "missorted_share": DOWN, "escalation_share": DOWN, "department_delay": DOWN,
    "chat_cap_more": UP, "agent_choice": UP, "overflow_after_s": DOWN, "opening": UP,
}  # fmt: skip
"""Which way a lever that ships is to move what it names."""


def follow_ups(scenario, why, read):
    return [read(follow) for kind in scenario.contact_types for follow in kind.follow_ups if follow.kind is why]


def bots(scenario, field):
    return [0.0 if kind.bot is None else getattr(kind.bot, field) for kind in scenario.contact_types]


def waits(scenario):
    """From what wait on each group of each ladder helps, the ladder's order left out."""
    return [sorted((step.group, step.from_wait_s) for step in route.steps if step.group) for route in scenario.routes]


def moved_by(scenario, what):
    """Every number that a quantity or setting can move, in a fixed order."""
    match what:
        case "bot_offered_share":
            return bots(scenario, "offered_share")
        case "bot_containment_share":
            return bots(scenario, "containment_share")
        case "missorted_share":
            return [kind.missorted.share for kind in scenario.contact_types if kind.missorted]
        case "escalation_share":
            return follow_ups(scenario, FollowUpKind.ESCALATION, lambda follow: follow.share)
        case "department_delay":
            return follow_ups(scenario, FollowUpKind.DEPARTMENT, lambda follow: follow.delay_s.mean_s)
        case "chat_cap_more":
            return [group.chat_cap for group in scenario.groups]
        case "agent_choice":
            return [group.choice == "not_typing_first" for group in scenario.groups]
        case "overflow_after_s":
            return [wait for ladder in waits(scenario) for _, wait in ladder]
        case "opening":
            days = scenario.horizon.days
            return [*(-day.opens_us for day in days), *(day.closes_us for day in days)]
    return scenario.factor(Quantity(what)).ravel()


@pytest.mark.parametrize("name", lever_names())
@pytest.mark.parametrize("shop", library_names())
def test_a_lever_moves_every_shop_the_way_it_claims_the_more_the_higher_its_level_or_not_at_all(name, shop):
    scenario, lever = load_scenario(shop), load_lever(name)
    without = lever.removed_from(scenario)
    if not any(row.reached for row in lever.reach(scenario)):
        with pytest.raises(PlanningError, match=shop):
            lever.applied_to(scenario)
        return
    worlds = [without, *(lever.applied_to(scenario, level) for level in Level)]
    for change in lever.changes:
        numbers = np.array([moved_by(world, change.what) for world in worlds], dtype=float)
        assert (np.diff(CLAIMED[change.what] * numbers, axis=0) >= 0).all(), change.what


@pytest.mark.parametrize("name", lever_names())
@pytest.mark.parametrize("shop", library_names())
def test_a_lever_says_it_moves_something_exactly_where_the_scenario_differs(name, shop):
    scenario, lever = load_scenario(shop), load_lever(name)
    without = lever.removed_from(scenario)
    for level in Level:
        rows = lever.reach(scenario, level)
        if any(row.reached for row in rows):
            on = lever.applied_to(scenario, level)
            bare = replace(on, levers=tuple(row for row in on.levers if row.effects or row.name != name))
            assert (bare != without) == any(row.moved for row in rows)


def test_what_a_shop_has_already_is_left_as_it_is_and_said():
    night = load_scenario("double11_x10")  # its bot meets every chat and keeps 40 % of those on orders, 30 % of others
    bot = load_lever("bot")

    assert [row.moved for row in bot.reach(night, Level.LOW)] == [False, False]
    assert [row.moved for row in bot.reach(night, Level.HIGH)] == [False, True]
    kept = [kind.bot.containment_share for kind in bot.applied_to(night, Level.LIKELY).contact_types
            if kind.channel is Channel.CHAT]  # fmt: skip
    assert kept == [0.4, 0.35, 0.35, 0.35]


def test_a_part_of_a_lever_that_finds_nothing_to_move_is_named_with_the_types_it_misses(night):
    shop = load_scenario("shop_x10")
    work, again = load_lever("knowledge_base").reach(shop)

    assert (len(work.reached), work.missed, work.moved) == (8, (), True)
    assert (again.reached, len(again.missed), again.moved) == ((), 8, False)
    first_reply = load_lever("quick_phrases").reach(night)[0]
    assert first_reply.missed == ("web_chat",)  # by slots: there is no first reply apart


@pytest.mark.parametrize("name", ["quick_phrases", "routing_not_typing", "more_authority", "faster_overflow"])
def test_a_lever_that_finds_nothing_at_all_is_refused_with_what_it_needs(name, refused):
    with refused("reaches_nothing") as caught:
        load_lever(name).applied_to(load_scenario("double11_x10"))

    assert f"LeverPlan({name})" in str(caught.value)
    assert "double11_x10" in str(caught.value)


def test_a_step_of_the_cap_ends_at_the_highest_cap_there_is(make_scenario):
    desk = Group("desk", ("talk",), make_scenario().groups[0].serves, chat_cap=58, session_speed=(1.0,) * 58)

    full = load_lever("cap_up").applied_to(make_scenario(groups=(desk,)), Level.HIGH)
    assert full.groups[0].chat_cap == 60


def test_longer_hours_leave_closed_weekdays_dates_of_their_own_and_longer_days_alone(night):
    lever = load_lever("longer_hours")
    shop, bank = (lever.applied_to(load_scenario(name), Level.HIGH) for name in ("shop", "bank_week"))

    assert {(day.closes_us - day.opens_us) / 3.6e9 for day in shop.horizon.days} == {16.0}
    assert bank.horizon.opening.weekly == (Hours(7 * 60, 24 * 60),) * 5 + (None, None)
    assert lever.applied_to(night, Level.HIGH).horizon == night.horizon  # its one date has hours of its own
    late = replace(night.horizon, opening=replace(night.horizon.opening, exceptions=(), weekly=(Hours(0, 1560),) * 7))
    assert lever.applied_to(replace(night, horizon=late, promo=(), shocks=()), Level.HIGH).horizon == late


def test_longer_hours_bring_those_who_come_then_and_nobody_less_before():
    shop = load_scenario("shop")
    longer = load_lever("longer_hours").applied_to(shop, Level.HIGH)
    before, after = (expected_demand(scenario).expected for scenario in (shop, longer))
    were_open = shop.horizon.open_intervals()

    assert after[were_open] == pytest.approx(before[were_open])
    assert after[~were_open & longer.horizon.open_intervals()][:, 0].min() > 0.0


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
    ("chat_cap_more", "2.5", "expected a whole number"),
    ("chat_cap_more", "inf", "is inf"),
    ("bot_offered_share", "1.2", "is 1.2"),
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
