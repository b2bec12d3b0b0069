"""Levers change what they name and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.levers import Levers, bot_shares, chat_cap_of, notices_coverage_of, notices_types
from scenarios import Lever, PlanningError, Quantity, expected_demand, load_scenario, with_cap

shares = st.none() | st.floats(0, 1)


def test_levers_that_are_not_moved_leave_the_scenario_equal(tiny):
    assert Levers().applied_to(tiny) == tiny
    assert Levers().forecast_for(tiny, expected_demand(tiny)).fingerprint() == expected_demand(tiny).fingerprint()


def test_contacts_follow_orders_as_strongly_as_their_promo_response(tiny):
    forecast = expected_demand(tiny)
    doubled = Levers(orders_factor=2.0).forecast_for(tiny, forecast)

    ratio = doubled.expected[18:24] / forecast.expected[18:24]
    assert ratio[:, 0] == pytest.approx(2.0)
    assert ratio[:, 1] == pytest.approx(1.5)


def test_orders_multiply_the_promotions_own_orders():
    night = load_scenario("double11_x10")
    forecast = expected_demand(night)
    more = Levers(orders_factor=1.5).forecast_for(night, forecast)

    orders, product = (forecast.column(f"phone_{topic}") for topic in ("orders", "product"))
    peak = int(np.argmax(forecast.expected[:, orders]))
    order_ratio = forecast.expected[peak, orders] / _ordinary(night, peak, orders)
    assert more.expected[peak, orders] / forecast.expected[peak, orders] == pytest.approx(1.5)
    response = night.contact_types[product].promo_response
    planned, changed = (1 + response * (ratio - 1) for ratio in (order_ratio, 1.5 * order_ratio))
    assert more.expected[peak, product] / forecast.expected[peak, product] == pytest.approx(changed / planned)


def _ordinary(night, interval, column):
    from dataclasses import replace

    return expected_demand(replace(night, promo=())).expected[interval, column]


def test_the_bot_lever_moves_the_types_that_have_a_bot():
    night = load_scenario("double11_x10")
    moved = Levers(bot_containment_share=0.7).applied_to(night)

    assert {kind.bot.containment_share for kind in moved.contact_types if kind.bot} == {0.7}
    assert [kind.bot is None for kind in moved.contact_types] == [kind.bot is None for kind in night.contact_types]
    assert bot_shares(moved)[0] == pytest.approx(bot_shares(night)[0])


def test_without_any_bot_the_lever_puts_one_before_the_chats(tiny):
    moved = Levers(bot_offered_share=1.0, bot_containment_share=0.4).applied_to(tiny)

    assert [kind.bot is not None for kind in moved.contact_types] == [False, True]


def test_notices_save_sixty_percent_of_the_contacts_about_covered_orders(tiny):
    moved = Levers(notices_coverage=0.5).applied_to(tiny)

    assert notices_types(tiny) == ("call",)
    assert moved.factor(Quantity.VOLUME)[20] == pytest.approx([0.7, 1.0])
    assert notices_coverage_of(moved) == pytest.approx(0.5)


def test_notices_that_are_declared_can_be_switched_off():
    night = load_scenario("double11_x10")
    assert notices_coverage_of(night) == pytest.approx(0.8)

    without = Levers(notices_coverage=0.0).applied_to(night)
    assert without.levers == ()
    assert (without.factor(Quantity.VOLUME) >= night.factor(Quantity.VOLUME)).all()


def test_other_levers_of_the_scenario_stay(tiny):
    from dataclasses import replace

    other = replace(tiny, levers=(Lever("templates", ()),))
    assert [lever.name for lever in Levers(notices_coverage=0.3).applied_to(other).levers] == [
        "templates", "order_notices"
    ]  # fmt: skip


def test_beyond_the_declared_cap_an_agent_gets_no_faster(tiny):
    chat = tiny.groups[1]

    assert chat_cap_of(tiny) == 3
    assert with_cap(chat, 2).session_speed == (1.0, 0.8)
    speeds = with_cap(chat, 6).session_speed
    assert [k * speed for k, speed in enumerate(speeds, 1)][3:] == pytest.approx([1.8, 1.8, 1.8])
    assert [group.chat_cap for group in Levers(chat_cap=6).applied_to(tiny).groups] == [1, 6]


@given(
    orders=st.floats(0.1, 10), offered=shares, kept=shares, notices=shares, absence=shares,
    cap=st.none() | st.integers(1, 20),
)  # fmt: skip
def test_every_setting_in_range_gives_a_scenario_that_passes_its_checks(orders, offered, kept, notices, absence, cap):
    night = load_scenario("double11")
    levers = Levers(orders, offered, kept, notices, cap, absence)

    changed = levers.applied_to(night)
    assert changed.horizon == night.horizon
    assert (changed.factor(Quantity.VOLUME) >= 0).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [("orders_factor", 0.0), ("bot_offered_share", 1.2), ("notices_coverage", -0.1), ("chat_cap", 0),
     ("absence_share", 2.0)],
)  # fmt: skip
def test_a_setting_out_of_range_is_told_by_name(field, value):
    with pytest.raises(PlanningError, match=rf"Levers\.{field} is"):
        Levers(**{field: value})
