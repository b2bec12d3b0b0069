"""Formulas of chat by messages: what they say by hand, against exact chains, and the laws they obey."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Law, LawKind, Messages, PlanningError
from sim.formulas.message_chat import (
    SessionKind,
    message_chat,
    message_law,
    min_agents_messages,
    mixed_law,
    people_for_messages,
    sessions_per_agent,
)


def exponential(mean_s):
    return Law(LawKind.EXPONENTIAL, mean_s)


def lognormal(mean_s):
    return Law(LawKind.LOGNORMAL, mean_s, 0.8)


SHOP = Messages(5.0, lognormal(6.0), lognormal(20.0), exponential(40.0), 120.0)
"""A quick phrase first, then replies of 20 s; the buyer thinks 40 s and the session is held two minutes."""


@pytest.fixture
def shop():
    return message_law(SHOP, 30.0)


def test_a_session_holds_its_slot_for_replies_thinking_and_silence(shop):
    assert (shop.work_s, shop.away_s, shop.holding_s) == pytest.approx((6 + 4 * 20, 4 * 40 + 120, 366.0))


def test_who_meets_a_typing_agent_waits_for_the_rest_of_the_reply_and_for_his_own():
    """Exponential replies of 20 s forget how long they have lasted: two of them, an Erlang-2 time."""
    law = message_law(Messages(3.0, exponential(20.0), exponential(20.0), exponential(40.0)), 30.0)

    assert law.late_idle == pytest.approx(math.exp(-1.5), abs=1e-12)
    assert law.late_typing == pytest.approx(2.5 * math.exp(-1.5), abs=1e-9)


def test_a_reply_of_known_length_is_met_anywhere_in_it_with_equal_chance():
    """Replies of 40 s, first ones of 10 s, 20 s allowed, two later replies: of 90 s of typing, 10 s belong to the first
    reply (its rest is below 10 s always), and of the 80 s those with at most 10 s left are 20."""
    constant = Messages(3.0, Law(LawKind.CONSTANT, 10.0), Law(LawKind.CONSTANT, 40.0), exponential(40.0))
    law = message_law(constant, 20.0)

    assert law.late_idle == 0.0
    assert law.late_typing == pytest.approx(60 / 90, abs=0.02)  # jumps are met by the quadrature only so well


def test_others_who_keep_the_agent_typing_make_a_share_late():
    """By hand: holding time 80 + 120 + 0 = 200 s, 80 s of it work; another session keeps him typing .4 of the time."""
    law = message_law(Messages(4.0, exponential(20.0), exponential(20.0), exponential(40.0), 0.0), 60.0)
    late_idle, late_typing = math.exp(-3.0), 4.0 * math.exp(-3.0)
    share = 1.0 - late_idle - 0.4 * (late_typing - late_idle)

    assert sessions_per_agent(law, share) == pytest.approx(2.0, abs=1e-8)
    assert people_for_messages(law, 0.1, share, 5) == pytest.approx(0.1 * 200 / 2.0, abs=1e-8)
    assert people_for_messages(law, 0.1, share, 1) == pytest.approx(0.1 * 200, abs=1e-8)


def test_nobody_owns_more_sessions_than_he_can_type_for(shop):
    assert sessions_per_agent(shop, 0.5) == pytest.approx(366 / 86)


def test_no_head_count_meets_what_even_an_idle_agent_is_too_slow_for(shop):
    hopeless = message_law(SHOP, 5.0)

    assert sessions_per_agent(hopeless, 0.9) is None
    assert people_for_messages(hopeless, 1.0, 0.9, 5) is None
    assert min_agents_messages(hopeless, 1.0, 180.0, 0.9, 5) is None
    assert sessions_per_agent(shop, 1.0 - shop.late_idle) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("an_hour", "simulated"),
    [(360, 0.940), (480, 0.904), (600, 0.869), (660, 0.823), (720, 0.716), (840, 0.359)],
)
def test_two_layers_come_near_what_was_simulated_of_twenty_agents(shop, an_hour, simulated):
    """Within .01 while slots are free, .025 when they are not; Erlang C on handle time / 5 promises .88 and more."""
    found = message_chat(shop, 20, 5, an_hour / 3600, 180.0)

    assert found.share_in_time == pytest.approx(simulated, abs=0.01 if an_hour <= 660 else 0.025)


def test_two_layers_lose_as_many_as_were_simulated(shop):
    lost = [message_chat(shop, 20, 5, an_hour / 3600, 180.0).p_abandon for an_hour in (720, 840)]

    assert lost == pytest.approx([0.04, 0.15], abs=0.01)


def test_the_least_agents_meet_the_share_and_one_less_do_not(shop):
    agents = min_agents_messages(shop, 1.0, 180.0, 0.9, 5)

    assert message_chat(shop, agents, 5, 1.0, 180.0).share_in_time >= 0.9
    assert message_chat(shop, agents - 1, 5, 1.0, 180.0).share_in_time < 0.9


def test_slower_people_are_later_and_need_more_colleagues(shop):
    slow = message_law(SHOP, 30.0, 1.5)

    assert slow.work_s == pytest.approx(1.5 * shop.work_s)
    assert slow.late_idle > shop.late_idle
    assert slow.late_typing > shop.late_typing
    assert min_agents_messages(slow, 1.0, 180.0, 0.9, 5) > min_agents_messages(shop, 1.0, 180.0, 0.9, 5)


def test_a_mix_of_one_kind_is_that_kind(shop):
    halves = (SessionKind(SHOP, 0.4), SessionKind(SHOP, 0.6))

    found = mixed_law(halves, SHOP.first_reply_work_s, 1.0, 30.0)
    assert (found.work_s, found.away_s) == pytest.approx((shop.work_s, shop.away_s))
    assert (found.late_idle, found.late_typing) == pytest.approx((shop.late_idle, shop.late_typing))


def test_a_reply_being_typed_belongs_to_a_kind_as_often_as_that_kind_is_typed():
    """Half the sessions have two replies of 10 s, half two of 30 s, all constant: three in four moments of typing
    are of the long ones. With a first reply of 10 s and a limit of 30 s the rest may take 20 s: all of the short ones,
    2/3 of the long ones; .25 + .75 x 2/3 = .75."""
    laws = [Law(LawKind.CONSTANT, work_s) for work_s in (10.0, 30.0)]
    mix = tuple(SessionKind(Messages(2.0, law, law, exponential(40.0)), 0.5) for law in laws)

    found = mixed_law(mix, laws[0], 1.0, 30.0)
    assert found.work_s == pytest.approx((20 + 60) / 2)
    assert found.late_typing == pytest.approx(0.25, abs=0.01)  # a step inside the nodes of the integral
    assert found.late_idle == 0.0


def test_without_chats_the_next_one_meets_an_idle_agent(shop):
    found = message_chat(shop, 3, 5, 0.0, 180.0)

    assert (found.share_in_time, found.typing, found.sessions) == (1.0 - shop.late_idle, 0.0, 0.0)
    assert min_agents_messages(shop, 0.0, 180.0, 0.9, 5) == 1


def test_patient_buyers_beyond_capacity_wait_for_ever(shop):
    found = message_chat(shop, 2, 5, 1.0, math.inf)

    assert (found.share_in_time, found.p_slot, found.sessions) == (0.0, 1.0, 5.0)


@settings(deadline=None)
@given(
    agents=st.integers(1, 60),
    cap=st.integers(1, 8),
    load=st.floats(0.05, 2.0),
    patience_s=st.floats(5.0, 2000.0),
)
def test_two_layers_obey_their_laws_at_every_size(agents, cap, load, patience_s):
    law = message_law(SHOP, 30.0)
    rate = load * agents / law.work_s
    found = message_chat(law, agents, cap, rate, patience_s)
    more = message_chat(law, agents + 1, cap, rate, patience_s)

    assert 0.0 <= found.share_in_time <= 1.0 - law.late_idle + 1e-9
    assert found.share_in_time <= 1.0 - found.p_abandon + 1e-9
    assert 0.0 <= found.p_slot <= 1.0
    assert found.typing <= 1.0 + 1e-9
    assert found.sessions <= cap + 1e-9
    assert more.share_in_time >= found.share_in_time - 1e-9
    assert more.p_abandon <= found.p_abandon + 1e-9


@settings(deadline=None)
@given(share=st.floats(0.3, 0.99), within_s=st.floats(5.0, 120.0))
def test_a_stricter_promise_never_allows_more_sessions(share, within_s):
    law, longer = message_law(SHOP, within_s), message_law(SHOP, within_s * 1.5)
    strict, easy = sessions_per_agent(law, share), sessions_per_agent(law, share * 0.95)

    if strict is not None:
        assert 1.0 <= strict <= easy <= law.holding_s / law.work_s + 1e-12
        assert sessions_per_agent(longer, share) >= strict - 1e-9


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: message_law(SHOP, 0.0),
        lambda _: message_law(SHOP, 30.0, 0.0),
        lambda law: sessions_per_agent(law, 1.5),
        lambda law: people_for_messages(law, -1.0, 0.9, 5),
        lambda law: people_for_messages(law, 1.0, 0.9, 0),
        lambda law: message_chat(law, 0, 5, 1.0, 60.0),
        lambda law: message_chat(law, 1, 0, 1.0, 60.0),
        lambda law: message_chat(law, 1, 5, -1.0, 60.0),
        lambda law: min_agents_messages(law, 1.0, 60.0, 1.5, 5),
    ],
)
def test_impossible_figures_are_refused(wrong, shop):
    with pytest.raises(PlanningError):
        wrong(shop)
