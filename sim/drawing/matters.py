"""The matter of an attempt: how long the buyer waits, how much work it is, message by message, and what may follow."""

from scenarios import NEVER_US, NOBODY, Cause
from sim.drawing.arrivals import GAMMA_COLUMN, SORTING, TURN
from sim.drawing.draws import Uniforms, Words, duration_us, geometric, uniforms
from sim.drawing.kinds import (
    F_BY_TENURE,
    F_CAUSE,
    K_MESSAGES,
    K_REOPENS,
    K_SILENCE_US,
    K_TICKET,
    L_FIRST_REPLY,
    L_MISSORTED,
    L_PATIENCE,
    L_REPLY,
    L_THINK,
    L_WORK,
    P_ROUNDS,
    X_FIRST_REPLY,
    X_PATIENCE,
    X_RECONTACT,
    X_ROUNDS,
    X_SLOW,
    X_WORK,
    Kinds,
)
from sim.drawing.rows import (
    G_ROUNDS,
    ROOT_PATH,
    S_BEGINS,
    S_LIKE,
    S_MATTER,
    T_THINK,
    T_WORK,
    Forest,
    State,
)
from sim.floor.jit import inlined
from sim.floor.trace_rows import A_FIRST_ROUND, A_HOLD, A_LINE, A_ROUND_END, A_TYPE, A_WORK

TENURE_COUNTED_MAX = 3.0
"""A tenure factor above counts as this where it makes follow-ups likelier (see ``scenarios.FollowUp``)."""
WORK_MAX_US = 9 * 10**11
"""No work is longer (ten days): times a factor of 10 in parts per million it still is a whole number of 64 bits."""
NTH = 2**32
"""Columns of the n-th round lie this far apart, further than any number of tries of a gamma law."""
Rest = tuple[int, int]
"""The round with which a session that was cut goes on, 0 for none, and how long after its close in µs."""
Spot = tuple[int, Words]
"""Interval and place of a root contact."""
_PPM = 1e6
_RECONTACT = int(Cause.RECONTACT)


@inlined
def rounds_of(forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, uniform: float) -> int:
    """Return the rounds of the whole session a row is of, or of the row it is like; 0 for what is not by messages."""
    kind, like = forest.rows[row, A_TYPE], state[S_LIKE]
    if not kinds.facts[kind, K_MESSAGES]:
        return 0
    if like != NOBODY:
        return int(forest.rows[like, A_ROUND_END] - forest.rows[like, A_FIRST_ROUND])
    return geometric(uniform, kinds.shares[kind, P_ROUNDS] * kinds.factors[X_ROUNDS, spot[0], kind])


@inlined
def patience_of(kinds: Kinds, kind: int, spot: Spot, path: int, uniform: float) -> int:
    """Return how long a contact waits; a ticket waits for ever."""
    if kinds.facts[kind, K_TICKET]:
        return NEVER_US
    return drawn_us(kinds, (kind, L_PATIENCE), kinds.factors[X_PATIENCE, spot[0], kind], uniform, spot[1], path, 0)


@inlined
def work_of(kinds: Kinds, kind: int, spot: Spot, matter: int, uniform: float) -> int:
    """Return the work of a contact that is not a chat by messages."""
    work_us = drawn_us(kinds, (kind, L_WORK), kinds.factors[X_WORK, spot[0], kind], uniform, spot[1], matter, 0)
    return min(work_us, WORK_MAX_US)


@inlined
def carry(forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, drawn: tuple[float, int]) -> Rest:
    """Write the work of a row, for a chat by messages its rounds; return what is left of a session that was cut.

    Parameters
    ----------
    drawn
        The uniform of its work; the rounds of its whole session.
    """
    rows, kind, rest = forest.rows, forest.rows[row, A_TYPE], (0, 0)
    rows[row, A_HOLD] = kinds.facts[kind, K_SILENCE_US]
    if rows[row, A_LINE] != kind:
        rows[row, A_HOLD] = 0
        rows[row, A_WORK] = _found_out(forest, kind, spot, kinds)
    elif kinds.facts[kind, K_MESSAGES]:
        rows[row, A_WORK], rest = _converse(forest, kind, state, spot, kinds, drawn[1])
    else:
        rows[row, A_WORK] = work_of(kinds, kind, spot, state[S_MATTER], drawn[0])
    return rest


@inlined
def _found_out(forest: Forest, kind: int, spot: Spot, kinds: Kinds) -> int:
    """Return the work of who finds out that the line is wrong; in a chat by messages it is a round."""
    uniform, factor = uniforms(spot[1], ROOT_PATH, SORTING)[1], kinds.factors[X_SLOW, spot[0], kind]
    work_us = min(drawn_us(kinds, (kind, L_MISSORTED), factor, uniform, spot[1], ROOT_PATH, 0), WORK_MAX_US)
    if kinds.facts[kind, K_MESSAGES]:
        forest.turns[T_WORK, forest.grown[G_ROUNDS]], forest.turns[T_THINK, forest.grown[G_ROUNDS]] = work_us, 0
        forest.grown[G_ROUNDS] += 1
    return work_us


@inlined
def _converse(forest: Forest, kind: int, state: State, spot: Spot, kinds: Kinds, rounds: int) -> tuple[int, Rest]:
    """Write the rounds of a session from where the row begins; return their work, and what is left after a cut."""
    (interval, place), turns, filled = spot, forest.turns, forest.grown[G_ROUNDS]
    matter, begins = state[S_MATTER], state[S_BEGINS]
    silence_us, reopens = kinds.facts[kind, K_SILENCE_US], kinds.facts[kind, K_REOPENS] == 1
    total_us, rest, pair = 0, (0, 0), (0.5, 0.5, 0.5, 0.5)
    for turn in range(begins, rounds):
        if turn == begins or turn % 2 == 0:  # a block holds two rounds
            pair = uniforms(place, matter, TURN + NTH * (turn // 2))
        own = (pair[2], pair[3]) if turn % 2 else (pair[0], pair[1])
        think_us = 0
        if turn > begins:
            think_us = drawn_us(kinds, (kind, L_THINK), 1.0, own[1], place, matter, turn)
            if reopens and think_us > silence_us:
                rest = (turn, think_us - silence_us)
                break
        factor = kinds.factors[X_WORK, interval, kind] * (1.0 if turn else kinds.factors[X_FIRST_REPLY, interval, kind])
        law = (kind, L_REPLY if turn else L_FIRST_REPLY)
        work_us = min(drawn_us(kinds, law, factor, own[0], place, matter, turn), WORK_MAX_US)
        turns[T_WORK, filled], turns[T_THINK, filled] = work_us, think_us
        total_us += work_us
        filled += 1
    forest.grown[G_ROUNDS] = filled
    return total_us, rest


@inlined
def drawn_us(
    kinds: Kinds, law: tuple[int, int], factor: float, uniform: float, place: Words, path: int, turn: int
) -> int:
    """Return a duration by a ``law`` (type, number of its law), in round ``turn`` of a session."""
    what = kinds.law_codes[law], kinds.law_means_us[law], kinds.law_spreads[law]
    return duration_us(what, factor, uniform, place, path, GAMMA_COLUMN + law[1] + NTH * turn)


@inlined
def follow_up(kinds: Kinds, kind: int, interval: int, after: Uniforms) -> tuple[int, int]:
    """Return which follow-up an answer leads to, ``NOBODY`` for none, and the tenure factor (ppm) it needs.

    Of one uniform the fixed shares take the first part, those by tenure together the next: with shares S in all, one of
    them happens when (u - fixed) / S < tenure factor. Which one, a second uniform says in proportion to their shares.
    """
    fixed, by_tenure = 0.0, 0.0
    for which in range(kinds.follow_shares.shape[1]):
        share = _share(kinds, kind, interval, which)
        if kinds.follow_ups[kind, which, F_BY_TENURE]:
            by_tenure += share
        else:
            fixed += share
            if after[0] < fixed:
                return which, 0
    if by_tenure == 0.0 or after[0] - fixed >= by_tenure * TENURE_COUNTED_MAX:
        return NOBODY, 0
    left, found = after[1] * by_tenure, NOBODY
    for which in range(kinds.follow_shares.shape[1]):
        share = _share(kinds, kind, interval, which)
        if kinds.follow_ups[kind, which, F_BY_TENURE] and share > 0.0 and left >= 0.0:
            found = which
            left -= share
    return found, int((after[0] - fixed) / by_tenure * _PPM)


@inlined
def _share(kinds: Kinds, kind: int, interval: int, which: int) -> float:
    share = kinds.follow_shares[kind, which]
    if kinds.follow_ups[kind, which, F_CAUSE] == _RECONTACT:
        share *= kinds.factors[X_RECONTACT, interval, kind]
    return float(min(share, 1.0))
