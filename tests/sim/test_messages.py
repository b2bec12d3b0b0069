"""Chat message by message: one agent, several sessions, one reply at a time."""

import pytest

from scenarios import AgentChoice, Cause, Channel, Group, PlanningError, ReplyOrder, Serve

ALL_DAY = [[(0, 24 * 3600)]]


@pytest.fixture
def desk(scenario, talk):
    """One group that chats by messages."""

    def make(cap=2, kinds=None, choice=AgentChoice.LEAST_LOADED, order=ReplyOrder.FIRST_REPLIES, **more):
        kinds = kinds or [talk()]
        serves = tuple(Serve(kind.name) for kind in kinds)
        return scenario(kinds, [Group("g", (), serves, cap, choice=choice, reply_order=order, **more)])

    return make


def session(at, *rounds, hold=0, **more):
    return {"at": at, "rounds": rounds, "hold": hold} | more


def test_one_agent_answers_the_messages_of_two_buyers_in_turn(desk, trace, staff, play):
    seen = play(desk(), trace(session(0, 10, (20, 5), hold=30), session(4, 6)), staff(ALL_DAY))

    # First replies 0-10 and 10-16; the first buyer writes again at 30, 20 s after his reply, and is answered by 35.
    assert (seen.taken, seen.answered) == ([0, 4], [10, 16])
    assert (seen.asked, seen.replied) == ([0, 30, 4], [10, 35, 16])
    # The session is held for 30 s after its last reply; the other one closes with it.
    assert seen.ended == [65, 16]
    assert (seen.working, seen.busy) == ([21], [65])


def test_first_reply_time_includes_the_wait_for_a_slot(desk, trace, staff, play):
    seen = play(desk(cap=1), trace(session(0, 10, hold=30), session(5, 5)), staff(ALL_DAY))

    assert (seen.taken, seen.waits) == ([0, 40], [10, 40])


def test_a_slot_that_is_not_held_is_free_as_the_last_reply_ends(desk, trace, staff, play):
    seen = play(desk(cap=1), trace(session(0, 10), session(5, 5)), staff(ALL_DAY))

    assert (seen.taken, seen.ended) == ([0, 10], [10, 15])


def test_a_buyer_gives_up_waiting_for_a_slot_but_not_in_a_session(desk, trace, staff, play):
    rows = [session(0, 100, patience=5), session(5, 5, patience=20), session(6, 5, patience=20)]
    seen = play(desk(), trace(*rows), staff(ALL_DAY))

    # The second is in a session by 5 and waits until 105 for the first reply; the third finds no slot.
    assert seen.outcomes == ["ANSWERED", "ANSWERED", "ABANDONED"]
    assert seen.answered == [100, 105, None]
    assert seen.replied == [100, 105, None]


@pytest.mark.parametrize(
    ("order", "replied"),
    [
        (ReplyOrder.FIRST_REPLIES, [10, 30, 15, 20]),  # the new session before the message of 12
        (ReplyOrder.OLDEST, [10, 25, 15, 30]),  # the message of 12 before the session of 13
    ],
)
def test_the_next_unread_message_follows_the_reply_order_of_the_group(order, replied, desk, trace, staff, play):
    rows = [session(0, 10, (2, 10)), session(1, 5), session(13, 5)]
    seen = play(desk(cap=3, order=order), trace(*rows), staff(ALL_DAY))

    assert seen.replied == replied


@pytest.mark.parametrize("order", ReplyOrder)
def test_messages_of_one_moment_are_answered_by_number_of_the_contact(order, desk, trace, staff, play):
    rows = [session(0, 10, (5, 4)), session(0, 4, (1, 4))]
    seen = play(desk(order=order), trace(*rows), staff(ALL_DAY))

    # Replies until 10 and 14; both buyers write at 15.
    assert (seen.asked, seen.replied) == ([0, 15, 0, 15], [10, 19, 14, 23])


def test_what_comes_as_a_reply_ends_is_not_unread_yet(desk, trace, staff, play):
    rows = [session(0, 10, (2, 10)), session(1, 10), session(20, 5)]
    seen = play(desk(cap=3), trace(*rows), staff(ALL_DAY))

    # The reply of 20 is followed by the message of 12, although a session begins at 20 and first replies go first.
    assert seen.replied == [10, 30, 20, 35]


def test_a_buyer_who_does_not_think_is_answered_behind_those_who_wait(desk, trace, staff, play):
    rows = [session(0, 10, (0, 10)), session(5, 10)]
    seen = play(desk(order=ReplyOrder.OLDEST), trace(*rows), staff(ALL_DAY))

    assert seen.replied == [10, 30, 20]


def test_replies_take_longer_by_the_tenure_factor_and_thinking_does_not(desk, trace, staff, play):
    seen = play(desk(), trace(session(0, 10, (20, 5))), staff({"shifts": ALL_DAY, "tenure": 1.5}))

    assert seen.replied == [15, 42.5]


def test_open_sessions_are_finished_after_the_shift_and_nothing_new_is_taken(desk, trace, staff, play):
    seen = play(desk(), trace(session(0, 10, (20, 5), hold=10), session(20, 5)), staff([[(0, 12)]]))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]
    assert (seen.ended[0], seen.at_work) == (45, [45])


def test_sessions_that_close_together_leave_before_anybody_is_taken(desk, talk, trace, staff, play):
    kinds = [talk("small"), talk("large", slots=2)]
    rows = [session(0, 10, hold=10), session(0, 5, hold=5), session(1, 5, kind=1)]
    seen = play(desk(kinds=kinds), trace(*rows), staff(ALL_DAY))

    # Replies until 10 and 15, so both sessions close at 20: then both slots are there.
    assert (seen.ended[:2], seen.taken[2]) == ([20, 20], 20)


def test_a_session_of_two_slots_needs_both_while_a_small_one_still_fits(desk, talk, trace, staff, play):
    kinds = [talk("small"), talk("large", slots=2)]
    rows = [session(0, 10, hold=50, kind=1), session(1, 5, kind=1), session(2, 5)]
    seen = play(desk(cap=3, kinds=kinds), trace(*rows), staff(ALL_DAY))

    assert seen.taken == [0, 60, 2]


def test_the_cap_is_soft_for_some_types_only(desk, talk, trace, staff, play):
    kinds = [talk("normal"), talk("vip", beyond_cap=1)]
    rows = [session(0, 10, hold=50), session(1, 5, hold=10, kind=1), session(2, 5), session(3, 5, kind=1)]
    seen = play(desk(cap=1, kinds=kinds), trace(*rows), staff(ALL_DAY))

    # The first vip joins beyond the cap, until 25; there is room for one only, and for a normal session at 60.
    assert seen.taken == [0, 1, 60, 25]


def test_a_buyer_who_thinks_too_long_opens_a_new_session(desk, trace, staff, play):
    later = {"rounds": [5], "after": 50, "cause": Cause.REOPENED}
    seen = play(desk(), trace(session(0, 10, hold=20, then=later)), staff(ALL_DAY))

    # Closed in silence at 30; the message comes 50 s later, with a first reply of its own.
    assert seen.causes == ["FIRST", "REOPENED"]
    assert (seen.offered, seen.answered) == ([0, 80], [10, 85])


def test_a_session_that_is_over_as_the_service_has_closed_is_not_reopened(scenario, talk, trace, staff, play):
    later = {"rounds": [5], "after": 50, "cause": Cause.REOPENED}
    rows = trace(session(3590, 5, hold=20, then=later))
    seen = play(scenario([talk()], hours=((0, 1),)), rows, staff(ALL_DAY))

    assert seen.causes == ["FIRST"]


def test_a_chat_by_messages_interrupts_a_ticket(scenario, kind, talk, trace, staff, play):
    kinds = [talk(), kind("mail", Channel.TICKET)]
    group = Group("g", (), (Serve("chat"), Serve("mail", 5)), 2)
    seen = play(scenario(kinds, [group]), trace({"at": 0, "work": 30, "kind": 1, "due": 900}, session(10, 5)),
                staff(ALL_DAY))  # fmt: skip

    assert (seen.ended, seen.working) == ([35, 15], [35])


def test_a_chat_without_a_message_is_refused_unless_the_bot_keeps_it(desk, trace, staff, play):
    kept = {"at": 0, "work": 10, "contained": True}
    assert play(desk(), trace(kept, session(1, 10)), staff(ALL_DAY)).outcomes == ["BOT", "ANSWERED"]

    with pytest.raises(PlanningError, match=r"ContactTrace\.rounds\[1\] is 0"):
        play(desk(), trace(kept, {"at": 1, "work": 10}), staff(ALL_DAY))
