"""Slot chat: sessions share their agent."""

import pytest

from scenarios import AgentChoice, Channel, Group, Serve

ALL_DAY = [[(0, 24 * 3600)]]


@pytest.fixture
def chats(scenario, kind):
    def make(cap=2, speeds=(1.0, 0.5), choice=AgentChoice.LEAST_LOADED):
        group = Group("g", (), (Serve("chat"),), cap, speeds, choice)
        return scenario([kind("chat", Channel.CHAT)], [group])

    return make


def test_two_sessions_of_one_agent_slow_each_other_down(chats, trace, staff, play):
    seen = play(chats(), trace((0, 100), (50, 100)), staff(ALL_DAY))

    # Alone until 50, half speed from then: the first has 50 s left and ends at 150; the second has 50 s left then.
    assert seen.waits == [0, 0]
    assert seen.ended == [150, 200]
    assert seen.busy == [200]


def test_a_short_session_that_joins_ends_before_a_long_one(chats, trace, staff, play):
    seen = play(chats(), trace((0, 100), (10, 20)), staff(ALL_DAY))

    # From 10 both run at half speed: the second needs 40 s, and then the first has 70 s left.
    assert seen.ended == [120, 50]


def test_no_agent_holds_more_sessions_than_the_cap(chats, trace, staff, play):
    seen = play(chats(), trace((0, 100), (0, 100), (0, 100)), staff(ALL_DAY))

    assert seen.answered == [0, 0, 200]


def test_the_agent_with_the_fewest_sessions_takes_the_chat(chats, trace, staff, play):
    seen = play(chats(), trace((0, 100), (1, 100), (2, 10), (3, 10)), staff(ALL_DAY, ALL_DAY))

    assert seen.agents == [0, 1, 0, 1]


def test_the_agent_idle_longest_takes_the_chat_where_the_group_says_so(chats, trace, staff, play):
    floor = chats(cap=3, speeds=(1.0, 1.0, 1.0), choice=AgentChoice.LONGEST_IDLE)
    seen = play(floor, trace((0, 100), (1, 5), (10, 100)), staff(ALL_DAY, ALL_DAY))

    # At 10 agent 0 took his last chat at 0, agent 1 finished his at 6: it is agent 0, sessions or not.
    assert seen.agents == [0, 1, 0]


def test_a_chat_agent_leaves_when_his_last_session_is_closed(chats, trace, staff, play):
    seen = play(chats(), trace((0, 60), (10, 60), (50, 10)), staff([[(0, 40)]]))

    assert seen.outcomes == ["ANSWERED", "ANSWERED", "CLOSED_OUT"]
    assert seen.at_work == [120]


def test_an_agent_who_comes_takes_as_many_waiting_chats_as_he_can(chats, trace, staff, play):
    seen = play(chats(), trace((0, 10), (1, 10), (2, 10)), staff([[(30, 3600)]]))

    assert seen.answered == [30, 30, 50]


def test_speeds_that_are_no_round_fraction_round_up_to_the_next_microsecond(chats, trace, staff, play):
    seen = play(chats(speeds=(1.0, 2 / 3)), trace((0, 1), (0, 1)), staff(ALL_DAY))

    # 2/3 is .666667 in parts per million; 1 s at that speed takes 1.49999925 s, which is over at the next whole µs.
    assert seen.ended == [1.5, 1.5]


def test_a_session_at_a_new_agent_takes_longer_by_the_tenure_factor(chats, trace, staff, play):
    seen = play(chats(), trace((0, 100)), staff({"shifts": ALL_DAY, "tenure": 1.25}))

    assert seen.ended == [125]
