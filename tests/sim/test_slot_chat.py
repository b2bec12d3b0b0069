"""Chains of sessions against exact values and against each other."""

import math

import pytest

from scenarios import PlanningError
from sim import erlang_a, slot_chat, slot_chat_least_loaded

SPEEDS = tuple(1 / (1 + 0.2 * k) for k in range(3))


@pytest.mark.parametrize("form", [slot_chat, slot_chat_least_loaded])
def test_one_agent_with_three_slots_has_the_known_steady_state(form):
    found = form(1, 3, SPEEDS, 1.5 / 360, 360, 60, 30)

    assert (found.p_wait, found.p_abandon, found.session_s) == pytest.approx(
        (0.2283021850, 0.1727515441, 442.9407990), rel=1e-9
    )


def test_four_agents_with_three_slots_have_the_known_steady_state():
    found = slot_chat_least_loaded(4, 3, SPEEDS, 0.02, 360, 60, 30)

    assert (found.p_wait, found.p_abandon, found.session_s) == pytest.approx(
        (0.1571520913, 0.0784228191, 458.3747249), rel=1e-9
    )


def test_sessions_spread_evenly_are_close_to_the_exact_chain_and_on_the_hopeful_side():
    even = slot_chat(4, 3, SPEEDS, 0.02, 360, 60, 30)
    exact = slot_chat_least_loaded(4, 3, SPEEDS, 0.02, 360, 60, 30)

    assert exact.share_in_time < even.share_in_time < exact.share_in_time + 0.005
    assert exact.p_wait * 0.97 < even.p_wait < exact.p_wait


def test_without_slow_down_slots_are_servers_of_erlang_a():
    servers = erlang_a(12, 0.02 * 360, 360, 60, 30)
    for form in (slot_chat, slot_chat_least_loaded):
        found = form(4, 3, (1.0, 1.0, 1.0), 0.02, 360, 60, 30)
        assert (found.p_wait, found.p_abandon, found.mean_wait_s, found.share_in_time) == pytest.approx(
            (servers.p_wait, servers.p_abandon, servers.mean_wait_s, servers.share_in_time), rel=1e-10
        )
        assert found.session_s == pytest.approx(360, rel=1e-10)


def test_one_slot_each_with_endless_patience_is_erlang_c():
    found = slot_chat(14, 1, (1.0,), 10 / 180, 180, math.inf, 30)

    assert found.p_wait == pytest.approx(0.17413193359505, abs=1e-12)
    assert found.share_in_time == pytest.approx(0.910597684322, abs=1e-12)


def test_patient_chats_beyond_capacity_wait_for_ever():
    found = slot_chat(2, 2, (1.0, 0.5), 1.0, 60, math.inf, 30)

    assert (found.share_in_time, found.mean_wait_s, found.session_s) == (0.0, math.inf, 120.0)


def test_without_chats_nobody_waits():
    assert slot_chat(2, 2, (1.0, 0.5), 0.0, 60, 60, 30).share_in_time == 1.0


@pytest.mark.parametrize(
    "wrong", [(0, 1, (1.0,), 1.0, 60), (1, 0, (), 1.0, 60), (1, 1, (0.0,), 1.0, 60), (1, 1, (1.0,), 1.0, 0)]
)
def test_impossible_figures_are_refused(wrong):
    with pytest.raises(PlanningError):
        slot_chat(*wrong, 60, 30)
