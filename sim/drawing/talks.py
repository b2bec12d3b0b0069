"""Days of nothing but chat by messages of which nothing follows: a row per session, laid out as they are stored.

The numbers are those of ``sim.drawing.forest``, without the table that possible attempts grow in.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios import NOBODY
from scenarios.checks import IntArray
from sim.drawing.arrivals import FIRST, TURN, born_at, kept_by_bot, place_of
from sim.drawing.draws import geometric, uniforms
from sim.drawing.kinds import (
    K_FOLLOW_UPS,
    K_MESSAGES,
    K_REDIALS,
    K_REOPENS,
    K_SILENCE_US,
    L_FIRST_REPLY,
    L_REPLY,
    L_THINK,
    P_MESSAGE,
    P_MISSORTED,
    P_ROUNDS,
    X_FIRST_REPLY,
    X_ROUNDS,
    X_WORK,
    Kinds,
)
from sim.drawing.matters import NTH, WORK_MAX_US, drawn_us, patience_of
from sim.drawing.rows import ROOT_PATH
from sim.floor.chat_rows import (
    N_FIELDS,
    N_THINK,
    N_WORK,
    ROUND_MOST_US,
    T_ARRIVAL,
    T_FIELDS,
    T_LEFT,
    T_PATIENCE,
    T_ROUND,
)
from sim.floor.jit import inlined, kernel, sources


def is_talk(kinds: Kinds) -> bool:
    """Return whether every contact is a chat by messages that nothing can follow, in the line of its type."""
    facts, shares = kinds.facts, kinds.shares
    follows = facts[:, [K_FOLLOW_UPS, K_REDIALS, K_REOPENS]].any() or shares[:, [P_MESSAGE, P_MISSORTED]].any()
    return bool(facts[:, K_MESSAGES].all() and not follows)


def talks(arrival_us: IntArray, born: IntArray, keys: IntArray, kinds: Kinds) -> tuple[IntArray, Any] | None:
    """Return the sessions (N, ...) and rounds (Q, ...) of a day as ``sim.floor.chat_rows`` has them.

    ``None`` where a round does not fit.
    """
    sessions = np.empty((len(born), T_FIELDS), dtype=np.int64)
    sessions[:, T_ARRIVAL] = arrival_us
    count = _count_rounds(sessions, born, keys, kinds)
    rounds = np.empty((count, N_FIELDS), dtype=np.int32)
    return (sessions, rounds) if _fill_rounds(sessions, rounds, born, keys, kinds) else None


@inlined
def _count(sessions: IntArray, born: IntArray, keys: IntArray, kinds: Kinds) -> int:
    """Write patience and first round of every session; return the rounds of all of them."""
    filled = 0
    for row in range(len(born)):
        kind, interval, ordinal = born_at(born[row])
        spot = (interval, place_of(keys, kind, interval, ordinal))
        first = uniforms(spot[1], ROOT_PATH, FIRST)
        sessions[row, T_ROUND] = filled
        if kept_by_bot(kinds, kind, interval, first[3]):
            sessions[row, T_PATIENCE] = NOBODY
            continue
        sessions[row, T_PATIENCE] = patience_of(kinds, kind, spot, ROOT_PATH, first[2])
        filled += geometric(first[1], kinds.shares[kind, P_ROUNDS] * kinds.factors[X_ROUNDS, interval, kind])
    return filled


@inlined
def _fill(sessions: IntArray, rounds: Any, born: IntArray, keys: IntArray, kinds: Kinds) -> bool:
    """Write the rounds of every session and how long it is open at least; return whether all fitted."""
    for row in range(len(born)):
        kind, interval, ordinal = born_at(born[row])
        place = place_of(keys, kind, interval, ordinal)
        begins = sessions[row, T_ROUND]
        ends = sessions[row + 1, T_ROUND] if row + 1 < len(born) else len(rounds)
        left_us, pair = kinds.facts[kind, K_SILENCE_US], (0.5, 0.5, 0.5, 0.5)
        for turn in range(ends - begins):
            if turn % 2 == 0:  # a block holds two rounds
                pair = uniforms(place, ROOT_PATH, TURN + NTH * (turn // 2))
            own = (pair[2], pair[3]) if turn % 2 else (pair[0], pair[1])
            think_us = drawn_us(kinds, (kind, L_THINK), 1.0, own[1], place, ROOT_PATH, turn) if turn else 0
            factor = kinds.factors[X_WORK, interval, kind]
            if turn == 0:
                factor *= kinds.factors[X_FIRST_REPLY, interval, kind]
            law = (kind, L_REPLY if turn else L_FIRST_REPLY)
            work_us = min(drawn_us(kinds, law, factor, own[0], place, ROOT_PATH, turn), WORK_MAX_US)
            if max(think_us, work_us) > ROUND_MOST_US:
                return False
            rounds[begins + turn, N_THINK], rounds[begins + turn, N_WORK] = think_us, work_us
            left_us += think_us + work_us
        sessions[row, T_LEFT] = left_us
    return True


def _entries(digest: int) -> tuple[Callable[..., int], Callable[..., bool]]:
    """Return what is called from outside, cached anew when ``digest`` changes; no digest is below zero."""

    @kernel
    def count_rounds(sessions: IntArray, born: IntArray, keys: IntArray, kinds: Kinds) -> int:
        return _count(sessions, born, keys, kinds) if digest >= 0 else 0

    @kernel
    def fill_rounds(sessions: IntArray, rounds: Any, born: IntArray, keys: IntArray, kinds: Kinds) -> bool:
        return digest >= 0 and _fill(sessions, rounds, born, keys, kinds)

    return count_rounds, fill_rounds


_count_rounds, _fill_rounds = _entries(sources("drawing"))
