"""What the textbook formula says beside the simulation, and the main reason why they differ."""

import pytest

from scenarios import (
    NEVER,
    AgentChoice,
    Channel,
    ContactType,
    Estimate,
    Group,
    Law,
    LawKind,
    LongThink,
    Messages,
    PlanningError,
    Serve,
)
from sim import erlang_a, erlang_c, message_chat, message_law, slot_chat
from sim.explaining.erlang_beside import ErlangMisses, Stream, WhatCame, erlang_says, why_it_differs
from sim.explaining.reach import best_share_with_idle_agents


def exponential(mean_s):
    return Law(LawKind.EXPONENTIAL, mean_s)


def lognormal(mean_s):
    return Law(LawKind.LOGNORMAL, mean_s, 0.8)


CALL = ContactType("call", Channel.VOICE, exponential(300.0), exponential(120.0))
CLAIM = ContactType("claim", Channel.VOICE, exponential(900.0), exponential(240.0))
PATIENT = ContactType("patient", Channel.VOICE, exponential(180.0), NEVER)
TICKET = ContactType("ticket", Channel.TICKET, exponential(600.0), due_within_s=3600.0)
SLOTS = ContactType("slots", Channel.CHAT, exponential(360.0), exponential(60.0))
CHAT = ContactType(
    "chat", Channel.CHAT, lognormal(86.0), exponential(180.0),
    messages=Messages(5.0, lognormal(6.0), lognormal(20.0), exponential(40.0), 120.0),
)  # fmt: skip


def a_group(cap=1, speeds=(1.0,)):
    kinds = (CALL, CLAIM, PATIENT, SLOTS, CHAT)
    return Group("g", (), tuple(Serve(kind.name) for kind in kinds), cap, speeds, AgentChoice.LEAST_LOADED)


def said_of(group, agents, *streams):
    """Return what the formulas say; streams are (type, contacts an hour, limit)."""
    return erlang_says([Stream(kind, an_hour / 3600, within_s) for kind, an_hour, within_s in streams], group, agents)


def kept(share, half=0.002):
    return Estimate(share, share - half, share + half, 0.95, "ratio of sums", 100)


def reason(came, agents=100, kind=CALL, an_hour=1260, group=None):
    """Return why 105 erlangs of calls differ."""
    return why_it_differs([Stream(kind, an_hour / 3600, 30.0)], group or a_group(), agents, came)


@pytest.mark.parametrize(
    ("an_hour", "promised", "simulated"),
    [(360, 1.000, 0.940), (480, 1.000, 0.904), (600, 0.999, 0.869), (660, 0.996, 0.823), (720, 0.985, 0.716)],
)
def test_erlang_c_on_handle_time_by_cap_promises_what_no_floor_keeps(an_hour, promised, simulated):
    """Twenty agents with five slots: the formula of chats is near what was simulated."""
    said = said_of(a_group(5), 20, (CHAT, an_hour, 30.0))

    assert said.handle_s == pytest.approx(366 / 5)
    assert said.load_erlangs == pytest.approx(an_hour / 3600 * 366 / 5)
    assert said.patient.share_in_time == pytest.approx(promised, abs=0.0005)
    assert said.chats == pytest.approx(simulated, abs=0.025)
    assert reason(WhatCame(kept(simulated)), 20, CHAT, an_hour, a_group(5)) is ErlangMisses.TYPING


@pytest.mark.parametrize(
    ("an_hour", "promised"), [(360, 1.000), (480, 0.984), (600, 0.784), (660, 0.374), (720, 0.0), (840, 0.0)]
)
def test_a_smaller_divisor_only_moves_the_cliff(an_hour, promised):
    """Handle time / 3.5, the cautious planner's habit: from too rosy to hopeless within 120 sessions an hour."""
    handle_s = 366 / 3.5

    assert erlang_c(20, an_hour / 3600 * handle_s, handle_s, 30.0).share_in_time == pytest.approx(promised, abs=0.0005)


def test_calls_get_both_formulas():
    said = said_of(a_group(), 100, (CALL, 1260, 30.0))

    assert said.load_erlangs == pytest.approx(105.0)
    assert said.impatient.share_in_time == pytest.approx(0.8493708551, abs=1e-9)
    assert (said.patient.share_in_time, said.chats) == (0.0, None)


def test_patient_callers_have_one_formula():
    said = said_of(a_group(), 14, (PATIENT, 200, 20.0))

    assert said.patient == said.impatient
    assert said.patient.share_in_time == pytest.approx(0.88835001917947, abs=1e-12)


def test_two_types_of_unequal_work_are_added_up_each_with_its_own():
    """160 calls of 300 s and 120 claims of 900 s an hour are 13.3 + 30 erlangs in contacts of 557 s, by hand."""
    said = said_of(a_group(), 48, (CALL, 160, 30.0), (CLAIM, 120, 60.0))

    load, handle_s = (160 * 300 + 120 * 900) / 3600, (160 * 300 + 120 * 900) / 280
    assert (said.load_erlangs, said.handle_s) == pytest.approx((load, handle_s))
    by_hand = [erlang_c(48, load, handle_s, within_s).share_in_time for within_s in (30.0, 60.0)]
    assert said.patient.share_in_time == pytest.approx((160 * by_hand[0] + 120 * by_hand[1]) / 280)
    patience_s = 280 / (160 / 120 + 120 / 240)  # they give up at the mean rate
    by_hand = [erlang_a(48, load, handle_s, patience_s, within_s).share_in_time for within_s in (30.0, 60.0)]
    assert said.impatient.share_in_time == pytest.approx((160 * by_hand[0] + 120 * by_hand[1]) / 280)


def test_slow_people_and_slow_systems_make_the_load_larger():
    slow = erlang_says([Stream(CALL, 0.1, 30.0, work_factor=1.5)], a_group(), 50)

    assert (slow.handle_s, slow.load_erlangs) == pytest.approx((450.0, 45.0))


def test_chats_by_slots_are_as_long_as_those_of_a_full_agent():
    said = said_of(a_group(3, (1.0, 0.8, 0.6)), 4, (SLOTS, 72, 30.0))

    assert said.handle_s == pytest.approx(360 / 0.6 / 3)
    expected = slot_chat(4, 3, (1.0, 0.8, 0.6), 0.02, 360.0, 60.0, 30.0)
    assert said.chats == pytest.approx(expected.share_in_time)


def test_a_session_of_two_slots_takes_twice_the_person():
    """Of three slots one such session fits; alone with its agent it goes at full speed."""
    wide = ContactType("wide", Channel.CHAT, exponential(360.0), exponential(60.0), slots=2)
    said = erlang_says([Stream(wide, 0.02, 30.0)], a_group(3, (1.0, 0.8, 0.6)), 20)

    assert said.handle_s == pytest.approx(360 * 2 / 3)
    assert said.chats == pytest.approx(slot_chat(20, 1, (1.0,), 0.02, 360.0, 60.0, 30.0).share_in_time)


def test_a_quick_phrase_shortens_the_first_reply_alone():
    """3 s instead of 6 s of 366 s; more first replies are in time."""
    usual, quick = (
        erlang_says([Stream(CHAT, 0.15, 30.0, first_reply_factor=factor)], a_group(5), 20) for factor in (1.0, 0.5)
    )

    assert usual.handle_s - quick.handle_s == pytest.approx(3.0 / 5)
    assert quick.chats > usual.chats


def test_the_formula_of_chats_by_messages_is_that_of_two_layers():
    said = said_of(a_group(5), 20, (CHAT, 600, 30.0))
    expected = message_chat(message_law(CHAT.messages, 30.0), 20, 5, 600 / 3600, 180.0).share_in_time

    assert said.chats == pytest.approx(expected)
    two_limits = said_of(a_group(5), 20, (CHAT, 300, 30.0), (CHAT, 300, 60.0)).chats
    later = message_chat(message_law(CHAT.messages, 60.0), 20, 5, 600 / 3600, 180.0).share_in_time
    assert two_limits == pytest.approx((expected + later) / 2)


def test_sessions_that_reopen_count_with_their_first_replies():
    """With agents enough the formula says what idle agents keep."""
    messages = Messages(5.0, lognormal(6.0), lognormal(20.0), exponential(40.0), 60.0, LongThink.REOPENS)
    kind = ContactType("chat", Channel.CHAT, lognormal(86.0), exponential(180.0), messages=messages)

    assert said_of(a_group(5), 2000, (kind, 60, 30.0)).chats == pytest.approx(
        best_share_with_idle_agents(kind, 30.0), abs=0.0005
    )


def test_no_formula_of_chats_fits_a_group_with_calls():
    said = said_of(a_group(5), 30, (CHAT, 360, 30.0), (CALL, 200, 30.0))

    assert said.chats is None
    assert said.load_erlangs == pytest.approx((360 * 366 / 5 + 200 * 300) / 3600)


def test_a_formula_that_is_right_needs_no_excuse():
    assert reason(WhatCame(kept(0.005))) is None
    assert reason(WhatCame(kept(0.849)), an_hour=900, agents=120) is not None


def test_endless_waiting_is_named_where_patience_makes_the_difference():
    """Erlang C says nobody of 105 erlangs is in time with 100 people, Erlang A .849."""
    assert reason(WhatCame(kept(0.85))) is ErlangMisses.GIVING_UP


def test_buyers_who_come_again_are_named_where_they_make_the_difference():
    """Patient callers of 90 erlangs are in time with 100 people for .92; with 8 % more calls for .55."""
    more = erlang_c(100, 90 * 1.08, 180.0, 30.0).share_in_time
    came = WhatCame(kept(more), offered_factor=1.08)

    assert reason(came, kind=PATIENT, an_hour=1800) is ErlangMisses.RETURNING


def test_uneven_days_are_named_where_they_make_the_difference():
    quiet, busy = (erlang_c(100, 90 * factor, 180.0, 30.0).share_in_time for factor in (0.9, 1.1))
    came = WhatCame(kept(0.45 * quiet + 0.55 * busy), busyness=(0.9, 1.1))

    assert reason(came, kind=PATIENT, an_hour=1800) is ErlangMisses.UNEVEN


def test_absence_is_named_where_it_makes_the_difference():
    came = WhatCame(kept(erlang_c(95, 90, 180.0, 30.0).share_in_time), present_share=0.95)

    assert reason(came, kind=PATIENT, an_hour=1800) is ErlangMisses.ABSENCE


def test_what_no_step_explains_is_said_to_be_beyond_the_formulas():
    far = WhatCame(kept(0.3), offered_factor=1.01)

    assert reason(far, kind=PATIENT, an_hour=1800) is ErlangMisses.STEADY
    both = [Stream(CHAT, 0.1, 30.0), Stream(CALL, 0.05, 30.0)]
    assert why_it_differs(both, a_group(5), 40, WhatCame(kept(0.7))) is ErlangMisses.BLENDED


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Stream(TICKET, 0.01, 30.0),
        lambda: Stream(CALL, -0.01, 30.0),
        lambda: Stream(CALL, 0.01, 30.0, work_factor=0.0),
        lambda: erlang_says([Stream(CALL, 0.01, 30.0)], a_group(), 0),
        lambda: erlang_says([Stream(CALL, 0.0, 30.0)], a_group(), 3),
    ],
)
def test_impossible_questions_are_refused(wrong):
    with pytest.raises(PlanningError):
        wrong()
