"""Shocks as data: told from a moment on, played on any shop, and refused where they would move nothing."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scenarios import (
    PlanningError,
    PromoEvent,
    PromoPhase,
    Quantity,
    UsageError,
    expected_demand,
    load_scenario,
    load_shock,
    order_uplift,
    shock_names,
    shocks_at,
)
from scenarios.text import LANGUAGES

ZONE = ZoneInfo("Asia/Shanghai")
THREE = datetime(2026, 11, 10, 15, tzinfo=ZONE)
ROW_KEY = re.compile(r"00[0-4]-\d\d")
ASKED = {
    "outage", "slow_back_end", "stock_out", "coupon_failure", "courier_delay", "live_stream_burst", "bot_down",
    "mass_complaint", "sick_wave",
}  # fmt: skip
MINE = """
schema = 1
name = "mine"
title = { en = "Mine", zh = "我的" }
about = { en = "x", zh = "x" }
assumed = { en = "x", zh = "x" }
effects = [{ what = "volume", factor = 2.0, from_min = 60, until_min = 120, channels = ["voice"] }]
"""


@pytest.fixture
def mine(tmp_path):
    def write(old="", new=""):
        path = tmp_path / "mine.toml"
        path.write_text(MINE.replace(old, new), encoding="utf-8")
        return path

    return write


def at(scenario, hour, minute=0, day=10):
    """Index of the interval that begins then."""
    return scenario.horizon.us_at(date(2026, 11, day), hour * 60 + minute) // scenario.horizon.interval_us


def test_the_shocks_that_are_asked_for_ship():
    assert set(shock_names()) == ASKED


@pytest.mark.parametrize("name", shock_names())
def test_every_shock_names_itself_in_both_languages_and_says_why_its_figures_have_their_size(name):
    shock = load_shock(name)

    assert shock.name == name
    assert set(shock.title) == set(shock.about) == set(shock.assumed) == set(LANGUAGES)
    assert all(ROW_KEY.fullmatch(row) for row in shock.rows)


@pytest.mark.parametrize("name", shock_names())
def test_every_shock_can_be_played_on_the_night_with_every_mechanism_and_all_of_it_is_reached(name):
    night = load_scenario("double11_night_x100")
    on = load_shock(name).applied_to(night, datetime(2026, 11, 10, 20, tzinfo=ZONE))

    assert [shock.name for shock in on.shocks] == ["slow_back_end", name]
    assert all(
        row.reached and row.moved for row in load_shock(name).reach(night, datetime(2026, 11, 10, 20, tzinfo=ZONE))
    )


@pytest.mark.parametrize("name", shock_names())
def test_the_scenario_of_a_shock_is_a_shop_with_that_shock(name):
    scenario = load_scenario(name)

    assert [shock.name for shock in scenario.shocks] == [name]
    assert (f"shocks[{name}].effects", load_shock(name).assumed["en"]) in scenario.assumptions


def test_an_outage_stops_half_an_hour_and_fills_the_next(make_scenario):
    shop = make_scenario()
    volume = load_shock("outage").applied_to(shop, THREE).factor(Quantity.VOLUME)

    assert volume[at(shop, 14, 30) : at(shop, 17), 0].tolist() == [1.0, 0.0, 1.5, 1.5, 1.0]
    assert volume[: at(shop, 14, 30)].min() == volume[at(shop, 17) :].max() == 1.0


def test_a_shock_begins_with_the_interval_that_holds_its_moment(make_scenario):
    shop = make_scenario()
    later = datetime(2026, 11, 10, 15, 20, tzinfo=ZONE)

    assert load_shock("outage").applied_to(shop, later) == load_shock("outage").applied_to(shop, THREE)


def test_a_stream_lifts_contacts_as_a_promotion_of_the_same_orders_would():
    """Five times the orders for two hours, halved every half hour: on a grid of 30 min the two are the same."""
    shop = load_scenario("shop_x10")
    start, end = (datetime(2026, 10, 15, hour, tzinfo=ZONE) for hour in (19, 21))
    on = load_shock("live_stream_burst").applied_to(shop, start)
    promo = PromoEvent("stream", (PromoPhase("stream", start, end, 5.0, 30.0),))
    orders = order_uplift([promo], shop.horizon.start, shop.horizon.intervals, 30)

    for name in ("phone_orders", "phone_product", "mail"):
        number = shop.type_index(name)
        response = shop.contact_types[number].promo_response
        assert on.factor(Quantity.VOLUME)[:, number] == pytest.approx(1 + response * (orders - 1), abs=1e-3)


def test_absence_rises_until_the_horizon_ends(make_scenario):
    shop = make_scenario(absence_share=0.04)
    sick = load_shock("sick_wave").applied_to(shop, datetime(2026, 11, 10, tzinfo=ZONE))

    assert [sick.absence_at(shop.horizon.us_at(date(2026, 11, day), 600)) for day in (9, 10, 11)] == pytest.approx(
        [0.04, 0.2, 0.2]
    )


def test_demand_that_was_planned_knows_nothing_of_a_shock():
    shop = load_scenario("shop")
    on = load_shock("outage").applied_to(shop, datetime(2026, 10, 14, 15, tzinfo=ZONE))

    assert np.array_equal(expected_demand(on).expected, expected_demand(shop).expected)


def test_a_shock_of_your_own_is_read_from_a_file(make_scenario, mine):
    shop = make_scenario()
    volume = load_shock(mine()).applied_to(shop, THREE).factor(Quantity.VOLUME)

    assert volume[at(shop, 16) : at(shop, 17)].tolist() == [[2.0, 1.0, 1.0]] * 2
    assert volume.sum() == volume.size + 2


@pytest.mark.parametrize("moment", ["2026-11-08T10:00", "2026-11-10T21:00", "2026-11-11T20:00"])
def test_a_shock_outside_the_opening_hours_is_refused_with_the_hours(moment, make_scenario, mine, refused):
    with refused("shock_outside"):
        load_shock(mine()).applied_to(make_scenario(), datetime.fromisoformat(moment).replace(tzinfo=ZONE))


def test_a_shock_that_finds_nothing_to_move_is_refused_with_what_it_needs(make_scenario, refused):
    with refused("reaches_nothing") as caught:
        load_shock("bot_down").applied_to(make_scenario(), THREE)

    assert "a bot that keeps contacts" in str(caught.value)


@pytest.mark.parametrize(("old", "new", "key"), [
    ('what = "volume"', 'what = "luck"', "unknown_name"),
    ("factor = 2.0", "factor = -2.0", "negative"),
    ("from_min = 60", "from_min = -60", "negative"),
    ("until_min = 120", "until_min = 60", "span_inverted"),
    ("factor = 2.0", "factors = 2.0", "missing_key"),
    ("effects =", "effect =", "missing_key"),
])  # fmt: skip
def test_a_file_that_is_no_shock_is_refused_with_its_key(old, new, key, mine, refused):
    with refused(key, place="mine.toml"):
        load_shock(mine(old, new))


def test_an_unknown_shock_is_answered_with_those_there_are():
    with pytest.raises(PlanningError, match="slow_back_end"):
        load_shock("meteor")


def test_a_moment_is_local_to_the_shop_unless_it_says_otherwise(make_scenario):
    shop = make_scenario()
    given = ["outage@2026-11-10T15:00", "outage@2026-11-10T07:00+00:00", "sick_wave@2026-11-10"]
    (_, local), (_, offset), (_, midnight) = shocks_at(shop, given)

    assert local == offset == THREE
    assert midnight == datetime(2026, 11, 10, tzinfo=ZONE)


@pytest.mark.parametrize("text", ["outage", "outage@", "outage@tonight", "@"])
def test_a_shock_without_a_moment_is_a_wrong_call(text, make_scenario):
    with pytest.raises(UsageError, match="NAME@MOMENT"):
        shocks_at(make_scenario(), [text])


SHOP_WITH = 'schema = 1\nextends = "shop"\nname = "mine"\n[[shocks]]\n{row}\n'


def scenario_with(tmp_path, row):
    path = tmp_path / "shop_mine.toml"
    path.write_text(SHOP_WITH.format(row=row), encoding="utf-8")
    return load_scenario(path)


def test_a_scenario_file_takes_a_shock_that_ships_by_its_name_and_a_moment(tmp_path):
    scenario = scenario_with(tmp_path, 'name = "outage"\nat = 2026-10-14T15:00:00')
    by_hand = load_shock("outage").applied_to(load_scenario("shop"), datetime(2026, 10, 14, 15, tzinfo=ZONE))

    assert scenario.shocks == by_hand.shocks


@pytest.mark.parametrize(("row", "said"), [
    ('name = "meteor"\nat = 2026-10-14T15:00:00', "outage"),
    ("at = 2026-10-14T15:00:00", "shocks.name"),
    ('name = "outage"\nat = "noon"', "2026-11-10T20:00:00"),
    ('name = "outage"\nat = 2026-10-14T15:00:00\neffects = []', "name, at"),
    ('name = "outage"\nat = 2027-10-14T15:00:00', "opening hours"),
    ('name = "bot_down"\nat = 2026-10-14T15:00:00', "bot"),
])  # fmt: skip
def test_a_row_that_is_no_shock_is_refused_with_the_file(tmp_path, row, said):
    with pytest.raises(PlanningError, match=said) as caught:
        scenario_with(tmp_path, row)

    assert caught.value.place.startswith("shop_mine.toml")
