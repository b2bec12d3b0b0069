"""Chats, by slots and by messages: the floor against Markov chains, and against floors measured elsewhere.

Statistical tests: one family of 99 % for all of ``theory``; the measured tables have tolerances of their own.
"""

import numpy as np
import pytest
from oracles_of_the_floor import chatting, measured
from oracles_of_the_floor.cases import plays
from oracles_of_the_floor.chatting import DESKS, the_chain
from oracles_of_the_floor.judging import assert_inside
from oracles_of_the_floor.sessions import Desk, MessageChat

from scenarios import AgentChoice


@pytest.mark.parametrize("known", chatting.KNOWN, ids=str)
def test_chains_of_sessions_have_the_known_values(known):
    assert known.misses() == []


def test_a_session_of_one_message_with_one_slot_is_erlang_a():
    """One agent, one slot, hardly a second round: the chain of messages is M/M/1+M."""
    chain = MessageChat(Desk(1, 1, 1 / 40, 20.0, 20.0, 40.0, 1.0 + 1e-9, 60.0))

    # M/M/1+M: rate 1/40, service 1/20, leaving 1/60; the queue is a birth-death chain summed by hand.
    weights = np.cumprod([1.0, *(1 / 40 / (1 / 20 + k / 60) for k in range(40))])
    shares = weights / weights.sum()
    assert chain.p_slot == pytest.approx(1 - shares[0], rel=1e-6)
    assert chain.lost == pytest.approx((np.maximum(np.arange(41) - 1, 0) @ shares) / 60 * 40, rel=1e-6)


@pytest.mark.parametrize("name", DESKS)
def test_all_of_a_chain_of_messages_hangs_together(name):
    """Work that is not lost keeps the agents typing; a long limit is kept by all who stay."""
    desk, chain = DESKS[name], the_chain(name)

    assert chain.shares.min() > -1e-15
    work_s = desk.first_s + (desk.rounds - 1) * desk.reply_s
    assert chain.typing == pytest.approx(desk.rate * (1 - chain.lost) * work_s / desk.agents, rel=1e-9)
    assert chain.in_time(1500.0) == pytest.approx(1 - chain.lost, rel=1e-7)
    assert 0 < chain.in_time(10.0) < chain.in_time(30.0) < 1 - chain.lost


@pytest.mark.parametrize("name", [name for name in DESKS if chatting.has_formula(name)])
def test_the_two_layers_of_the_formula_are_near_the_chain(name):
    desk, chain, found = DESKS[name], the_chain(name), chatting.two_layers(name)

    assert found.share_in_time == pytest.approx(chain.in_time(30.0), abs=chatting.FORMULA_WITHIN)
    assert (found.p_slot, found.p_abandon) == pytest.approx((chain.p_slot, chain.lost), abs=chatting.FORMULA_WITHIN)
    assert (found.typing, found.sessions) == pytest.approx((chain.typing, chain.sessions / desk.agents), rel=0.03)


@pytest.mark.statistical
@plays(chatting.SLOTS)
def test_chats_share_their_agents_as_the_chain_of_sessions_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(chatting.BY_MESSAGES)
def test_chats_by_messages_go_as_their_chain_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@pytest.mark.parametrize("choice", [AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST], ids=str)
def test_twenty_agents_keep_their_first_replies_as_measured_elsewhere(choice):
    """Eight hours after an hour of warming up, 20 runs: within .01 up to 600 an hour, .03 above; lost .025."""
    for an_hour, share in zip(measured.AN_HOUR, measured.IN_30_S[choice], strict=True):
        found, lost = measured.shares_of(choice, an_hour)
        assert found == pytest.approx(share, abs=measured.allowed(an_hour))
        if choice is AgentChoice.LEAST_LOADED and an_hour in measured.LOST_OF_FEWEST:
            assert lost == pytest.approx(measured.LOST_OF_FEWEST[an_hour], abs=measured.LOST_WITHIN)


@pytest.mark.statistical
@pytest.mark.parametrize("an_hour", measured.SLOW_TYPISTS)
def test_slow_typists_answer_the_oldest_first_as_measured_elsewhere(an_hour):
    """Theirs are eight runs: each figure with three of its standard errors, and the rounding of a whole second."""
    for value, (mean, error) in zip(measured.slow_typists(an_hour), measured.SLOW_TYPISTS[an_hour], strict=True):
        assert value == pytest.approx(mean, abs=error)
