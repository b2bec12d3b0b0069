"""The forest of possible attempts: what may follow a loss or an answer, how often, and what it carries."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from scenarios import (
    NEVER,
    NEVER_US,
    NOBODY,
    US_PER_S,
    BotStage,
    Cause,
    Channel,
    Effect,
    FollowUp,
    FollowUpKind,
    Law,
    LawKind,
    LeaveMessage,
    LongThink,
    Messages,
    Missorted,
    Quantity,
    Redial,
    Shock,
)
from sim import draw_trace

MINUTE = Law(LawKind.EXPONENTIAL, 60.0)
SHORT = Law(LawKind.EXPONENTIAL, 100.0)
EXACT = Law(LawKind.CONSTANT, 90.0)
PPM = 1_000_000


def rounds_of(trace):
    return np.diff(trace.first_round)


def near(share, count):
    """Five standard errors of a share of so many: error rate below 1e-6."""
    return pytest.approx(share, abs=5 * (share * (1 - share) / count) ** 0.5)


def test_a_buyer_can_come_back_as_often_as_his_type_allows_with_the_same_matter(drawn_of, kind):
    trace = drawn_of(kind("call", patience_s=SHORT, redial=Redial(1.0, EXACT, 2)), per_interval=5.0)
    roots = trace.roots
    first, second = trace.if_lost[:roots], trace.if_lost[trace.if_lost[:roots]]

    assert len(trace) == 3 * roots
    assert (trace.if_lost[second] == NOBODY).all()
    assert (trace.cause[roots:] == Cause.REDIAL).all()
    assert (trace.delay_us[roots:] == 90 * US_PER_S).all()
    for row in (first, second):
        assert (trace.work_us[row] == trace.work_us[:roots]).all()  # what the buyer wants stays the same
        assert (trace.root[row] == np.arange(roots)).all()
        assert not (trace.patience_us[row] == trace.patience_us[:roots]).any()
    assert trace.number[second].tolist() == [2] * roots


def test_no_chain_is_longer_than_the_scenario_allows(drawn_of, kind):
    call = kind("call", patience_s=SHORT, redial=Redial(1.0, MINUTE, 9))
    for most in (1, 4):
        trace = drawn_of(call, per_interval=5.0, attempts_max=most)
        assert len(trace) == most * trace.roots
        assert trace.number.max() == most - 1


@pytest.mark.statistical
def test_who_does_not_redial_may_leave_a_message(drawn_of, kind):
    mail = kind("mail", Channel.TICKET, work_s=EXACT)
    trace = drawn_of(
        kind("call", patience_s=SHORT, redial=Redial(0.4, MINUTE), message=LeaveMessage(0.5, "mail")), mail,
        work_s=90.0, attempts_max=2,
    )  # fmt: skip
    roots = trace.roots
    causes = np.where(trace.if_lost[:roots] == NOBODY, -1, trace.cause[trace.if_lost[:roots]])

    # About 9,600 contacts.
    assert (causes == Cause.REDIAL).mean() == near(0.4, roots)
    assert (causes == Cause.MESSAGE).mean() == near(0.3, roots)
    message = np.flatnonzero(trace.cause == Cause.MESSAGE)
    assert set(trace.contact_type[message].tolist()) == set(trace.line[message].tolist()) == {1}
    assert set(trace.delay_us[message].tolist()) == {1}
    assert set(trace.due_after_us[message].tolist()) == {3600 * US_PER_S}
    assert set(trace.work_us[message].tolist()) == {90 * US_PER_S}
    assert set(trace.patience_us[message].tolist()) == {NEVER_US}


def test_who_waits_for_ever_never_redials_but_may_leave_a_message_at_closing(drawn_of, kind):
    mail = kind("mail", Channel.TICKET)
    call = kind("call", redial=Redial(1.0, MINUTE), message=LeaveMessage(1.0, "mail"))
    trace = drawn_of(call, mail, per_interval=5.0)

    assert set(trace.cause[trace.roots :].tolist()) == {Cause.MESSAGE}
    assert len(trace) == 2 * trace.roots


def test_a_redial_that_never_comes_is_none(drawn_of, kind):
    trace = drawn_of(kind("call", patience_s=SHORT, redial=Redial(1.0, NEVER)), per_interval=5.0)

    assert len(trace) == trace.roots


@pytest.mark.statistical
def test_at_most_one_thing_follows_an_answer_each_with_its_share(drawn_of, kind):
    ways = (
        FollowUp(FollowUpKind.ESCALATION, 0.1, "senior"),
        FollowUp(FollowUpKind.DEPARTMENT, 0.2, "", EXACT),
        FollowUp(FollowUpKind.RECONTACT, 0.1, "", EXACT, by_tenure=True),
    )
    trace = drawn_of(kind("call", follow_ups=ways), kind("senior"), attempts_max=2)
    roots = trace.roots
    ahead = trace.if_answered[:roots]
    cause = np.where(ahead == NOBODY, -1, trace.cause[ahead])

    assert (cause == Cause.ESCALATION).mean() == near(0.1, roots)
    assert (cause == Cause.DEPARTMENT).mean() == near(0.2, roots)
    assert (trace.need_ppm[:roots][(cause == Cause.ESCALATION) | (cause == Cause.DEPARTMENT)] == 0).all()
    for tenure in (0.5, 1.0, 1.3, 3.0, 9.0):
        comes = (cause == Cause.RECONTACT) & (trace.need_ppm[:roots] < tenure * PPM)
        assert comes.mean() == near(0.1 * min(tenure, 3.0), roots)
    senior = trace.cause == Cause.ESCALATION
    assert set(trace.contact_type[senior].tolist()) == {1}
    assert set(trace.delay_us[senior].tolist()) == {0}
    assert set(trace.delay_us[trace.cause == Cause.DEPARTMENT].tolist()) == {90 * US_PER_S}
    assert (trace.work_us[ahead[ahead != NOBODY]] != trace.work_us[:roots][ahead != NOBODY]).all()


@pytest.mark.statistical
def test_several_follow_ups_by_tenure_share_what_the_tenure_factor_brings(drawn_of, kind):
    ways = (
        FollowUp(FollowUpKind.RECONTACT, 0.05, "", EXACT, by_tenure=True),
        FollowUp(FollowUpKind.ESCALATION, 0.0, "senior", by_tenure=True),
        FollowUp(FollowUpKind.TICKET, 0.15, "mail", by_tenure=True),
    )
    trace = drawn_of(kind("call", follow_ups=ways), kind("senior"), kind("mail", Channel.TICKET), attempts_max=2)
    roots = trace.roots
    cause = np.where(trace.if_answered[:roots] == NOBODY, -1, trace.cause[trace.if_answered[:roots]])

    for tenure in (1.0, 2.5):
        comes = trace.need_ppm[:roots] < tenure * PPM
        assert ((cause == Cause.RECONTACT) & comes).mean() == near(0.05 * tenure, roots)
        assert ((cause == Cause.TICKET) & comes).mean() == near(0.15 * tenure, roots)
    assert (cause != Cause.ESCALATION).all()


@pytest.mark.statistical
def test_effects_on_recontacts_are_those_of_the_interval_of_the_root_contact(drawn_of, kind, horizon):
    grid = horizon(((0, 24),))
    noon_us = grid.end_us // 2
    better = Shock("knowledge base", (Effect(Quantity.RECONTACT, 0.5, start=grid.instant(noon_us)),))
    again = FollowUp(FollowUpKind.RECONTACT, 0.3, "", EXACT)
    trace = drawn_of(kind("call", follow_ups=(again,)), horizon=grid, shocks=(better,), attempts_max=3)

    later = trace.arrival_us[trace.root] >= noon_us
    for number in (0, 1):
        for half, share in ((later, 0.15), (~later, 0.3)):
            which = half & (trace.number == number)
            assert (trace.if_answered[which] != NOBODY).mean() == near(share, which.sum())


def test_shares_that_effects_lift_above_one_stop_there(drawn_of, kind):
    more = Shock("broken app", (Effect(Quantity.RECONTACT, 50.0),))
    again = FollowUp(FollowUpKind.RECONTACT, 0.3, "", EXACT)
    trace = drawn_of(kind("call", follow_ups=(again,)), shocks=(more,), attempts_max=4, per_interval=5.0)

    assert len(trace) == 4 * trace.roots


def test_a_follow_up_that_never_comes_back_is_none(drawn_of, kind):
    away = FollowUp(FollowUpKind.DEPARTMENT, 0.9, "", NEVER)
    trace = drawn_of(kind("call", follow_ups=(away,)), per_interval=5.0)

    assert len(trace) == trace.roots


def test_what_follows_an_answer_does_not_depend_on_how_often_the_buyer_had_to_try(drawn_of, kind):
    ways = (FollowUp(FollowUpKind.DEPARTMENT, 0.5, "", MINUTE),)
    trace = drawn_of(kind("call", patience_s=SHORT, redial=Redial(0.7, MINUTE), follow_ups=ways), per_interval=20.0)
    redial = np.flatnonzero(trace.cause == Cause.REDIAL)
    before = np.full(len(trace), NOBODY)
    before[trace.if_lost[trace.if_lost != NOBODY]] = np.flatnonzero(trace.if_lost != NOBODY)
    ends = trace.number[redial] == 5
    ahead, like = trace.if_answered[redial], trace.if_answered[before[redial]]

    assert (ahead[ends] == NOBODY).all()
    assert ((ahead == NOBODY) == (like == NOBODY))[~ends].all()
    both = ~ends & (ahead != NOBODY)
    for column in (trace.cause, trace.delay_us, trace.work_us, trace.contact_type):
        assert (column[ahead[both]] == column[like[both]]).all()
    assert both.sum() > 100


@pytest.mark.statistical
def test_a_wrong_line_costs_its_work_and_then_the_contact_is_the_same(drawn_of, chat, kind):
    wrong = Missorted(0.3, "other", Law(LawKind.EXPONENTIAL, 15.0))
    ways = (FollowUp(FollowUpKind.DEPARTMENT, 0.5, "", MINUTE),)
    for make in (chat, lambda name="call", **more: kind(name, **more)):
        more = {"patience_s": SHORT, "redial": Redial(0.5, MINUTE), "follow_ups": ways}
        right = drawn_of(make(**more), make("other"), attempts_max=2)
        trace = drawn_of(make(missorted=wrong, **more), make("other"), attempts_max=3)
        roots, lines = trace.roots, trace.line[: trace.roots]
        lost = np.flatnonzero(lines == 1)
        found = trace.if_answered[lost]

        assert len(lost) / roots == near(0.3, roots)
        assert (trace.contact_type[:roots] == 0).all()
        assert stats.kstest(trace.work_us[lost] / US_PER_S, stats.expon(scale=15).cdf).pvalue > 1e-4
        assert (trace.hold_us[lost] == 0).all()
        assert (trace.need_ppm[lost] == 0).all()
        assert set(rounds_of(trace)[lost].tolist()) == {1 if make is chat else 0}
        assert set(trace.cause[found].tolist()) == {Cause.TRANSFER}
        assert set(trace.delay_us[found].tolist()) == {0}
        assert (trace.line[found] == 0).all()
        assert (trace.work_us[found] == right.work_us[lost]).all()
        assert (rounds_of(trace)[found] == rounds_of(right)[lost]).all()
        assert ((trace.if_answered[found] != NOBODY) == (right.if_answered[lost] != NOBODY)).all()
        again = trace.if_lost[lost]
        again = again[again != NOBODY]
        assert (trace.line[again] == 1).all()  # who tries again is sent to the wrong line again


def test_what_the_bot_keeps_has_no_rounds_and_nothing_follows(drawn_of, chat):
    again = FollowUp(FollowUpKind.RECONTACT, 0.9, "", MINUTE)
    trace = drawn_of(chat(bot=BotStage(1.0, 0.5), follow_ups=(again,), patience_s=SHORT, redial=Redial(0.9, MINUTE)),
                     per_interval=5.0)  # fmt: skip
    kept = np.flatnonzero(trace.contained)

    assert len(kept) > 100
    assert (trace.if_lost[kept] == NOBODY).all()
    assert (trace.if_answered[kept] == NOBODY).all()
    assert (rounds_of(trace)[kept] == 0).all()
    assert (rounds_of(trace)[~np.isin(trace.root, kept)] > 0).all()


def test_work_that_no_whole_number_can_carry_is_cut(drawn_of, kind, chat):
    absurd = Law(LawKind.CONSTANT, 1e300)
    call = drawn_of(kind("call", work_s=absurd, patience_s=absurd), work_s=1e300, per_interval=1.0)
    assert call.work_us.max() == 9 * 10**11
    assert call.patience_us.max() == 10**15


def test_a_forest_that_outgrows_its_room_is_the_same_forest(drawn_of, chat):
    long = chat(rounds=60.0, patience_s=SHORT, redial=Redial(0.9, MINUTE, 9))
    for per_interval in (0.1, 3.0):
        trace = drawn_of(long, per_interval=per_interval, work_s=1188.0, attempts_max=9)
        rounds = rounds_of(trace)
        assert len(trace) > 4 * trace.roots
        assert rounds[trace.roots :].tolist() == rounds[trace.root[trace.roots :]].tolist()


LAWS = st.builds(
    Law, st.sampled_from([kind for kind in LawKind if kind is not LawKind.NEVER]), st.floats(1, 500), st.floats(0.2, 2)
)
SHARES = st.floats(0, 1)


@st.composite
def contact_types(draw, kind):
    """Up to five types that lead to each other in every way a scenario allows."""
    channels = [*draw(st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=4)), Channel.TICKET]
    by_messages = [channel is Channel.CHAT and draw(st.booleans()) for channel in channels]
    names = [f"k{number}" for number in range(len(channels))]
    way = st.builds(FollowUp, st.sampled_from(FollowUpKind), st.floats(0, 0.5), st.sampled_from(names),
                    st.none() | LAWS, st.booleans())  # fmt: skip
    made = []
    for name, channel, messages in zip(names, channels, by_messages, strict=True):
        alike = [n for n, c, m in zip(names, channels, by_messages, strict=True) if (c, m) == (channel, messages)]
        more = {"follow_ups": tuple(draw(st.lists(way, max_size=2))), "patience_s": draw(LAWS | st.just(NEVER))}
        more["bot"] = draw(st.none() | st.builds(BotStage, SHARES, SHARES, st.floats(0, 5000)))
        more["missorted"] = draw(st.none() | st.builds(Missorted, SHARES, st.sampled_from(alike), LAWS))
        if channel is not Channel.TICKET:
            more["redial"] = draw(st.none() | st.builds(Redial, SHARES, LAWS, st.integers(1, 4)))
            more["message"] = draw(st.none() | st.builds(LeaveMessage, SHARES, st.just(names[-1])))
        if messages:
            session = draw(
                st.builds(Messages, st.floats(1, 6), LAWS, LAWS, LAWS, st.floats(0, 200), st.sampled_from(LongThink))
            )
            more |= {"messages": session, "work_s": Law(LawKind.LOGNORMAL, session.work_mean_s)}
        made.append(kind(name, channel, **({"work_s": draw(LAWS)} | more)))
    return tuple(made)


@given(data=st.data(), attempts_max=st.integers(1, 6), seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_forest_of_any_scenario_keeps_its_rules(data, attempts_max, seed, scenario, forecast, kind, each_alone):
    kinds = data.draw(contact_types(kind))
    floor = scenario(kinds, *each_alone(kinds), attempts_max=attempts_max)
    trace = draw_trace(floor, forecast(floor, 2.0, 100.0), seed=seed, replication=0, purpose="test")
    ticket = np.array([kind.channel is Channel.TICKET for kind in kinds])
    silence_us = np.array([kind.messages.silence_close_s if kind.messages else 0.0 for kind in kinds]) * US_PER_S
    rows, types = np.arange(len(trace)), trace.contact_type
    ahead = np.concatenate([trace.if_lost[trace.if_lost != NOBODY], trace.if_answered[trace.if_answered != NOBODY]])

    assert sorted(ahead.tolist()) == rows[trace.roots :].tolist()  # every later row follows exactly one other
    for follows in (trace.if_lost, trace.if_answered):
        leads = follows != NOBODY
        assert (trace.root[follows[leads]] == trace.root[leads]).all()
        assert (trace.number[follows[leads]] == trace.number[leads] + 1).all()
        assert not trace.contained[trace.root[leads]].any()
    assert trace.number.max(initial=0) < attempts_max
    assert (trace.delay_us[trace.if_lost[trace.if_lost != NOBODY]] >= 1).all()
    assert (trace.if_lost[ticket[types]] == NOBODY).all()
    assert (trace.patience_us[ticket[types]] == NEVER_US).all()
    assert ((trace.due_after_us == NEVER_US) == ~ticket[types]).all()
    assert (trace.due_after_us[ticket[types]] <= 3600 * US_PER_S).all()
    assert ((trace.need_ppm == 0) | (trace.if_answered != NOBODY)).all()
    assert (trace.need_ppm < 3 * PPM).all()
    wrong = trace.line != types
    assert set(trace.cause[wrong].tolist()) <= {Cause.FIRST, Cause.REDIAL}
    chats = np.array([kind.messages is not None for kind in kinds])[types] & ~np.isin(
        rows, np.flatnonzero(trace.contained)
    )
    rounds = rounds_of(trace)
    assert ((rounds > 0) == chats).all()
    sums = np.concatenate([[0], np.cumsum(trace.round_work_us)])
    assert (np.diff(sums[trace.first_round])[chats] == trace.work_us[chats]).all()
    assert (trace.think_us[trace.first_round[:-1][chats]] == 0).all()
    assert np.isin(trace.hold_us, [0, *np.rint(silence_us)]).all()
    cut = trace.cause == Cause.REOPENED
    assert (trace.delay_us[cut] >= 1).all()
