"""What is drawn about contacts of each type, as numbers that compiled code reads.

Columns are named by constants whose first letter says to which array they belong.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from scenarios import (
    NEVER,
    NEVER_US,
    NOBODY,
    US_PER_S,
    Cause,
    Channel,
    ContactType,
    FollowUp,
    FollowUpKind,
    Forecast,
    Law,
    LawKind,
    LongThink,
    Quantity,
    Scenario,
)
from scenarios.checks import FloatArray, IntArray
from sim.drawing.draws import LAW_CODES, LONGEST_US, spread_of

# laws: (K, 7 + F), those from L_FOLLOW_UP on are the delays of the follow-ups, in order
L_WORK, L_PATIENCE, L_REDIAL, L_FIRST_REPLY, L_REPLY, L_THINK, L_MISSORTED, L_FOLLOW_UP = range(8)

# shares: (K, 6)
P_REDIAL, P_MESSAGE, P_MISSORTED, P_OFFERED, P_CONTAINED, P_ROUNDS, P_FIELDS = range(7)  # the last is a mean number

# facts: (K, 10)
(
    K_TICKET, K_MESSAGES, K_REDIALS, K_MESSAGE_TO, K_MISSORTED_INTO, K_DUE_US, K_SILENCE_US, K_REOPENS, K_HAND_OVER_US,
    K_FOLLOW_UPS, K_FIELDS,
) = range(11)  # fmt: skip

# follow_ups: (K, F, 4)
F_CAUSE, F_TO, F_BY_TENURE, F_AT_ONCE, F_FIELDS = range(5)

# factors: (7, T, K)
(
    X_WORK,  # mean work of the forecast over that of the type, times the effects on work
    X_FIRST_REPLY,  # beside work
    X_PATIENCE,
    X_RECONTACT,
    X_BOT,
    X_SLOW,  # the effects on work alone
    X_ROUNDS,  # mean rounds of the forecast over those of the type
) = range(7)

_Entry = TypeVar("_Entry")
CAUSES = {
    FollowUpKind.RECONTACT: Cause.RECONTACT,
    FollowUpKind.ESCALATION: Cause.ESCALATION,
    FollowUpKind.TRANSFER: Cause.TRANSFER,
    FollowUpKind.DEPARTMENT: Cause.DEPARTMENT,
    FollowUpKind.TICKET: Cause.TICKET,
}
"""Cause of the attempt that a follow-up is."""


class Kinds(NamedTuple):
    """Arrays over K types, F follow-ups at most and T intervals.

    Parameters
    ----------
    law_codes, law_means_us, law_spreads
        (K, 7 + F) what ``sim.drawing.draws.duration_us`` calls a law.
    shares
        (K, 6) shares, and the mean number of rounds.
    facts
        (K, 10) whole numbers; ``NOBODY`` for no type.
    follow_ups, follow_shares
        (K, F, 4) whole numbers and (K, F) shares; unused follow-ups have share 0.
    factors
        (7, T, K) what multiplies a type's figures in an interval.
    """

    law_codes: IntArray
    law_means_us: FloatArray
    law_spreads: FloatArray
    shares: FloatArray
    facts: IntArray
    follow_ups: IntArray
    follow_shares: FloatArray
    factors: FloatArray


def kinds_of(scenario: Scenario, forecast: Forecast) -> Kinds:
    """Return the numbers of every contact type of ``scenario``, its work and rounds as ``forecast`` has them."""
    kinds = scenario.contact_types
    most = max(1, *(len(kind.follow_ups) for kind in kinds))
    laws = [_laws(kind, most) for kind in kinds]
    return Kinds(
        law_codes=np.array([[LAW_CODES[law.kind] for law in row] for row in laws], dtype=np.int64),
        law_means_us=np.array([[law.mean_s * US_PER_S for law in row] for row in laws]),
        law_spreads=np.array([[spread_of(law.kind, law.cv) for law in row] for row in laws]),
        shares=np.array([_shares(kind) for kind in kinds]),
        facts=np.array([_facts(scenario, kind) for kind in kinds], dtype=np.int64),
        follow_ups=np.array(
            [_padded(_follow_ups(scenario, kind), most, (0,) * F_FIELDS) for kind in kinds], dtype=np.int64
        ),
        follow_shares=np.array([_padded([follow.share for follow in kind.follow_ups], most, 0.0) for kind in kinds]),
        factors=_factors(scenario, forecast),
    )


def _laws(kind: ContactType, most: int) -> list[Law]:
    delays = [follow.delay_s or NEVER for follow in kind.follow_ups]
    messages, redial, missorted = kind.messages, kind.redial, kind.missorted
    return [
        kind.work_s,
        kind.patience_s,
        redial.delay_s if redial else NEVER,
        messages.first_reply_work_s if messages else NEVER,
        messages.reply_work_s if messages else NEVER,
        messages.think_s if messages else NEVER,
        missorted.work_s if missorted else NEVER,
        *delays,
        *[NEVER] * (most - len(delays)),
    ]


def _shares(kind: ContactType) -> list[float]:
    return [
        kind.redial.share if kind.redial else 0.0,
        kind.message.share if kind.message else 0.0,
        kind.missorted.share if kind.missorted else 0.0,
        kind.bot.offered_share if kind.bot else 0.0,
        kind.bot.containment_share if kind.bot else 0.0,
        kind.messages.rounds_mean if kind.messages else 0.0,
    ]


def _facts(scenario: Scenario, kind: ContactType) -> list[int]:
    messages = kind.messages
    return [
        kind.channel is Channel.TICKET,
        messages is not None,
        kind.redial.attempts_max if kind.redial and kind.redial.delay_s.kind is not LawKind.NEVER else 0,
        scenario.type_index(kind.message.to) if kind.message else NOBODY,
        scenario.type_index(kind.missorted.into) if kind.missorted else NOBODY,
        NEVER_US if kind.due_within_s is None else _whole_us(kind.due_within_s),
        _whole_us(messages.silence_close_s) if messages else 0,
        messages is not None and messages.long_think is LongThink.REOPENS,
        _whole_us(kind.bot.hand_over_delay_s) if kind.bot else 0,
        len(kind.follow_ups),
    ]


def _whole_us(seconds: float) -> int:
    return round(min(seconds * US_PER_S, LONGEST_US))


def _follow_ups(scenario: Scenario, kind: ContactType) -> list[tuple[int, ...]]:
    def target(follow: FollowUp) -> int:
        return scenario.type_index(follow.to or kind.name)

    return [(CAUSES[f.kind], target(f), f.by_tenure, f.delay_s is None) for f in kind.follow_ups]


def _padded(rows: Sequence[_Entry], most: int, nothing: _Entry) -> list[_Entry]:
    return [*rows, *[nothing] * (most - len(rows))]


def _factors(scenario: Scenario, forecast: Forecast) -> FloatArray:
    kinds = scenario.contact_types
    slow = scenario.factor(Quantity.WORK)
    return np.stack([
        np.stack([forecast.work_factor(kind) for kind in kinds], axis=1) * slow,
        scenario.factor(Quantity.FIRST_REPLY),
        scenario.factor(Quantity.PATIENCE),
        scenario.factor(Quantity.RECONTACT),
        scenario.factor(Quantity.BOT),
        slow,
        np.stack([forecast.rounds_of(kind) / (kind.messages.rounds_mean if kind.messages else 1.0) for kind in kinds],
                 axis=1),
    ])  # fmt: skip
