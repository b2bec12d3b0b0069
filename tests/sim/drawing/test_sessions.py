"""Chats by messages as they are drawn: rounds, their work, what a long think cuts off, how long slots are held."""

import numpy as np
import pytest
from scipy import stats

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    Cause,
    Channel,
    Effect,
    FollowUp,
    FollowUpKind,
    Law,
    LawKind,
    LongThink,
    Quantity,
    Redial,
    Shock,
)

MINUTE = Law(LawKind.EXPONENTIAL, 60.0)
SHORT = Law(LawKind.EXPONENTIAL, 100.0)
EXACT = Law(LawKind.CONSTANT, 90.0)


def rounds_of(trace):
    return np.diff(trace.first_round)


def near(share, count):
    """Five standard errors of a share of so many: error rate below 1e-6."""
    return pytest.approx(share, abs=5 * (share * (1 - share) / count) ** 0.5)


@pytest.mark.statistical
def test_a_session_is_a_geometric_number_of_rounds_with_their_own_laws(drawn_of, chat):
    trace = drawn_of(chat(), work_s=88.0)
    rounds, first = rounds_of(trace), trace.first_round[:-1]
    opening = np.zeros(len(trace.think_us), dtype=np.bool_)
    opening[first] = True
    second = US_PER_S

    # 9,600 sessions, 48,000 rounds; Kolmogorov-Smirnov with error rate 1e-4 each.
    assert rounds.mean() == pytest.approx(5.0, abs=5 * 20**0.5 / trace.roots**0.5)
    assert (rounds == 1).mean() == near(0.2, trace.roots)
    assert stats.kstest(trace.round_work_us[opening] / second, stats.expon(scale=8).cdf).pvalue > 1e-4
    assert stats.kstest(trace.round_work_us[~opening] / second, stats.expon(scale=20).cdf).pvalue > 1e-4
    assert stats.kstest(trace.think_us[~opening] / second, stats.expon(scale=60).cdf).pvalue > 1e-4
    assert (trace.think_us[opening] == 0).all()
    assert (np.add.reduceat(trace.round_work_us, first) == trace.work_us).all()
    assert (trace.hold_us == 120 * second).all()
    inner = np.flatnonzero(~opening[1:] & ~opening[:-1]) + 1
    pairs = np.corrcoef([trace.round_work_us[inner - 1], trace.round_work_us[inner], trace.think_us[inner]])
    assert np.abs(pairs[np.triu_indices(3, 1)]).max() < 5 / len(inner) ** 0.5  # error rate 1e-6


def test_work_and_first_replies_are_scaled_reply_by_reply(drawn_of, chat, horizon):
    grid = horizon(((0, 24),))
    phrases = Shock("phrases", (Effect(Quantity.FIRST_REPLY, 0.5), Effect(Quantity.WORK, 3.0)))
    base = drawn_of(chat(), work_s=88.0, per_interval=5.0)
    scaled = drawn_of(chat(), work_s=176.0, per_interval=5.0, horizon=grid, shocks=(phrases,))
    opening = np.zeros(len(base.think_us), dtype=np.bool_)
    opening[base.first_round[:-1]] = True

    assert (scaled.think_us == base.think_us).all()
    assert np.abs(scaled.round_work_us[opening] - 3 * base.round_work_us[opening]).max() <= 3
    assert np.abs(scaled.round_work_us[~opening] - 6 * base.round_work_us[~opening]).max() <= 6


def test_a_chat_by_slots_has_no_rounds(drawn_of, kind):
    trace = drawn_of(kind("web", Channel.CHAT, redial=Redial(0.5, MINUTE), patience_s=SHORT), per_interval=5.0)

    assert len(trace.think_us) == 0
    assert (trace.hold_us == 0).all()


def test_the_slots_are_not_held_where_something_follows_at_once(drawn_of, chat, kind):
    ways = (
        FollowUp(FollowUpKind.ESCALATION, 0.3, "senior"),
        FollowUp(FollowUpKind.TRANSFER, 0.2, "senior", EXACT),
        FollowUp(FollowUpKind.TICKET, 0.2, "mail"),
        FollowUp(FollowUpKind.TRANSFER, 0.1, "senior", by_tenure=True),
    )
    kinds = (chat(follow_ups=ways), chat("senior"), kind("mail", Channel.TICKET))
    trace = drawn_of(*kinds, per_interval=20.0)
    ahead = trace.if_answered[: trace.roots]
    at_once = (ahead != NOBODY) & (trace.cause[ahead] == Cause.ESCALATION)

    assert 0 < at_once.sum() < trace.roots
    assert (trace.hold_us[: trace.roots] == np.where(at_once, 0, 120 * US_PER_S)).all()
    short = drawn_of(*kinds, per_interval=20.0, attempts_max=1)
    assert (short.hold_us == 120 * US_PER_S).all()  # nothing may follow


def test_a_redial_without_room_for_what_follows_holds_its_slot(drawn_of, chat):
    up = FollowUp(FollowUpKind.ESCALATION, 0.9, "senior")
    kinds = (chat(patience_s=SHORT, redial=Redial(1.0, MINUTE), follow_ups=(up,)), chat("senior"))
    trace = drawn_of(*kinds, per_interval=5.0, attempts_max=2)
    redial = trace.cause == Cause.REDIAL

    assert (trace.if_answered[redial] == NOBODY).all()
    assert (trace.hold_us[redial] == 120 * US_PER_S).all()
    assert (trace.hold_us[: trace.roots] == 0).any()


def sessions(trace):
    """Rounds of every root session, the parts that were cut off put together again; the rows of its parts."""
    whole, parts = [], []
    for root in range(trace.roots):
        rows = [root]
        while (ahead := trace.if_answered[rows[-1]]) != NOBODY and trace.cause[ahead] == Cause.REOPENED:
            rows.append(int(ahead))
        work, think = [], []
        for place, row in enumerate(rows):
            span = slice(trace.first_round[row], trace.first_round[row + 1])
            work += trace.round_work_us[span].tolist()
            thinks = trace.think_us[span].tolist()
            if place:
                assert thinks[0] == 0
                thinks[0] = int(trace.delay_us[row] + trace.hold_us[rows[place - 1]])
            think += thinks
        whole.append((work, think))
        parts.append(rows)
    return whole, parts


def test_a_session_cut_by_silence_is_the_same_session_in_parts(drawn_of, chat):
    one = drawn_of(chat(rounds=8.0), per_interval=5.0, work_s=148.0)
    cut = drawn_of(
        chat(rounds=8.0, long_think=LongThink.REOPENS), per_interval=5.0, work_s=148.0, attempts_max=50
    )  # fmt: skip
    whole, parts = sessions(cut)

    assert sessions(one)[0] == whole
    assert max(map(len, parts)) > 3
    assert cut.think_us.max() <= 120 * US_PER_S
    assert (cut.hold_us == 120 * US_PER_S).all()
    later = cut.cause == Cause.REOPENED
    assert (cut.delay_us[later] >= 1).all()
    assert (cut.patience_us == NEVER_US).all()


def test_what_follows_an_answer_follows_the_last_part_of_a_cut_session(drawn_of, chat):
    up = FollowUp(FollowUpKind.ESCALATION, 0.5, "senior")
    whole = drawn_of(chat(follow_ups=(up,)), chat("senior"), per_interval=5.0, attempts_max=50)
    cut = drawn_of(
        chat(follow_ups=(up,), long_think=LongThink.REOPENS), chat("senior"), per_interval=5.0, attempts_max=50
    )  # fmt: skip
    last = [rows[-1] for rows in sessions(cut)[1]]
    follows = cut.if_answered[last] != NOBODY

    assert (follows == (whole.if_answered[: whole.roots] != NOBODY)).all()
    assert set(cut.cause[cut.if_answered[last][follows]].tolist()) == {Cause.ESCALATION}
    assert (
        cut.work_us[cut.if_answered[last][follows]] == whole.work_us[whole.if_answered[: whole.roots][follows]]
    ).all()
