"""The forest of possible attempts: every root contact, and every later attempt that its draws allow."""

from collections.abc import Callable

from scenarios import NEVER_US, NOBODY, Cause
from scenarios.checks import IntArray
from sim.drawing.arrivals import AFTER, FIRST, SORTING, WAIT, born_at, due_of, kept_by_bot, place_of
from sim.drawing.draws import Uniforms, uniforms
from sim.drawing.kinds import (
    F_AT_ONCE,
    F_CAUSE,
    F_TO,
    K_DUE_US,
    K_FOLLOW_UPS,
    K_MESSAGE_TO,
    K_MISSORTED_INTO,
    K_REDIALS,
    K_SILENCE_US,
    K_TICKET,
    L_FOLLOW_UP,
    L_REDIAL,
    P_MESSAGE,
    P_MISSORTED,
    P_REDIAL,
    Kinds,
)
from sim.drawing.matters import Rest, Spot, carry, drawn_us, follow_up, patience_of, rounds_of
from sim.drawing.rows import (
    CHILDREN_MAX,
    G_NEXT,
    G_ROUNDS,
    G_ROWS,
    ROOT_PATH,
    S_BEGINS,
    S_LIKE,
    S_MATTER,
    S_PATH,
    S_REDIALS,
    T_THINK,
    T_WORK,
    Forest,
    State,
    append,
    empty_forest,
    sow,
    state_of,
    with_more_room,
)
from sim.floor.jit import inlined, kernel, sources
from sim.floor.trace_rows import (
    A_ANSWERED_DELAY,
    A_CAUSE,
    A_DUE,
    A_FIRST_ROUND,
    A_HOLD,
    A_IF_ANSWERED,
    A_LINE,
    A_NEED,
    A_NUMBER,
    A_PATIENCE,
    A_ROOT,
    A_ROUND_END,
    A_TYPE,
    A_WORK,
)

_REDIAL, _MESSAGE, _REOPENED = int(Cause.REDIAL), int(Cause.MESSAGE), int(Cause.REOPENED)
_NOT_DRAWN = (0.5, 0.5, 0.5, 0.5)
Blocks = tuple[Uniforms, Uniforms, Uniforms]
_ESCALATION, _TRANSFER = int(Cause.ESCALATION), int(Cause.TRANSFER)


def grown_forest(
    born: IntArray, keys: IntArray, kinds: Kinds, attempts_max: int, room: tuple[int, int] = (0, 0)
) -> Forest:
    """Return the forest of the root contacts ``born``, with no more attempts of one matter than ``attempts_max``.

    Rows are taken in order, the roots first; what may follow a row is put behind all others, so that every row leads
    onwards only.

    Parameters
    ----------
    room
        Rows and rounds for which there is room at first; with enough of it nothing has to be moved on the way.
    """
    forest = empty_forest(len(born), *room)
    _grow_on(forest, born, keys, kinds, attempts_max)
    while forest.grown[G_NEXT] < forest.grown[G_ROWS]:
        forest = with_more_room(forest)
        _grow_on(forest, born, keys, kinds, attempts_max)
    return forest


@inlined
def _grow(forest: Forest, born: IntArray, keys: IntArray, kinds: Kinds, attempts_max: int) -> None:
    """Look at one row after another until none is left or there might be no room for what follows."""
    rows, grown = forest.rows, forest.grown
    rows_room = min(len(rows) - 1, forest.states.shape[1] + len(born))
    rounds_room = forest.turns.shape[1]
    while grown[G_NEXT] < grown[G_ROWS]:
        row = grown[G_NEXT]
        is_root, state = row < len(born), state_of(forest, row)
        kind, interval, ordinal = born_at(born[row if is_root else rows[row, A_ROOT]])
        spot = (interval, place_of(keys, kind, interval, ordinal))
        if is_root:
            sow(forest, row, kind)
        rows[row, A_FIRST_ROUND] = grown[G_ROUNDS]
        drawn = _blocks(rows, row, state, spot, kinds, attempts_max)
        rounds = rounds_of(forest, row, state, spot, kinds, drawn[0][1])
        if grown[G_ROWS] + CHILDREN_MAX > rows_room or grown[G_ROUNDS] + max(1, rounds) > rounds_room:
            return
        grown[G_NEXT] = row + 1
        if is_root and _meets_bot_and_diversion(rows, row, spot, kinds, drawn[0]):
            forest.contained[row] = 1
        else:
            _settle(forest, row, state, spot, kinds, (drawn, rounds, attempts_max))
        rows[row, A_ROUND_END] = grown[G_ROUNDS]
    rows[grown[G_ROWS], A_FIRST_ROUND] = grown[G_ROUNDS]


@inlined
def _blocks(rows: IntArray, row: int, state: State, spot: Spot, kinds: Kinds, attempts_max: int) -> Blocks:
    """Return the blocks ``FIRST``, ``WAIT`` and ``AFTER`` of a row, those it has a use for.

    They are drawn side by side and not where they are needed, because a processor then works on all at once.
    """
    kind, place = rows[row, A_TYPE], spot[1]
    first = waits = after = _NOT_DRAWN
    own_matter, may_go_on = state[S_LIKE] == NOBODY, rows[row, A_NUMBER] + 1 < attempts_max
    if own_matter:
        first = uniforms(place, state[S_MATTER], FIRST)
    if not kinds.facts[kind, K_TICKET]:
        may_lead_on = kinds.facts[kind, K_REDIALS] > 0 or kinds.shares[kind, P_MESSAGE] > 0.0
        if state[S_PATH] != ROOT_PATH or (may_go_on and may_lead_on):
            waits = uniforms(place, state[S_PATH], WAIT)
    if own_matter and may_go_on and kinds.facts[kind, K_FOLLOW_UPS] > 0:
        after = uniforms(place, state[S_MATTER], AFTER)
    return first, waits, after


@inlined
def _meets_bot_and_diversion(rows: IntArray, row: int, spot: Spot, kinds: Kinds, first: Uniforms) -> bool:
    """Write the line of a root contact and when it is due; return whether the bot keeps it."""
    kind, (interval, place) = rows[row, A_TYPE], spot
    rows[row, A_DUE] = due_of(kinds, kind, interval, first[3])
    if kept_by_bot(kinds, kind, interval, first[3]):
        return True
    share = kinds.shares[kind, P_MISSORTED]
    if share > 0.0 and uniforms(place, ROOT_PATH, SORTING)[0] < share:
        rows[row, A_LINE] = kinds.facts[kind, K_MISSORTED_INTO]
    return False


@inlined
def _settle(forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, drawn: tuple[Blocks, int, int]) -> None:
    """Write everything of a row that humans meet, and append what may follow it.

    Parameters
    ----------
    drawn
        Its blocks, the rounds of its session, ``attempts_max``.
    """
    rows, kind, ((first, waits, after), rounds, attempts_max) = forest.rows, forest.rows[row, A_TYPE], drawn
    may_go_on = rows[row, A_NUMBER] + 1 < attempts_max
    own = first[2] if state[S_PATH] == ROOT_PATH else waits[0]
    rows[row, A_PATIENCE] = patience_of(kinds, kind, spot, state[S_PATH], own)
    if rows[row, A_NUMBER] > 0:
        rows[row, A_DUE] = kinds.facts[kind, K_DUE_US]
    if state[S_LIKE] != NOBODY:
        _repeat(forest, row, state, kinds, may_go_on)
    else:
        rest = carry(forest, row, state, spot, kinds, (first[1], rounds))
        if may_go_on:
            _if_answered(forest, row, state, spot, kinds, (rest, after))
    if may_go_on and not kinds.facts[kind, K_TICKET]:
        _if_lost(forest, row, state, spot, kinds, waits)


@inlined
def _if_answered(
    forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, drawn: tuple[Rest, Uniforms]
) -> None:
    """Append what may follow an answer."""
    rows, (rest, after) = forest.rows, drawn
    kind, path, matter = rows[row, A_TYPE], 2 * state[S_PATH] + 1, state[S_MATTER]
    if rows[row, A_LINE] != kind:
        append(forest, row, 1, (_TRANSFER, kind, kind, 0), (path, matter, 0, 0, NOBODY))
    elif rest[0] > 0:
        append(forest, row, 1, (_REOPENED, kind, kind, rest[1]), (path, matter, 0, rest[0], NOBODY))
    elif kinds.facts[kind, K_FOLLOW_UPS] > 0:
        which, need_ppm = follow_up(kinds, kind, spot[0], after)
        if which != NOBODY:
            _follow(forest, row, state, spot, kinds, (which, need_ppm, after[2]))


@inlined
def _follow(forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, drawn: tuple[int, int, float]) -> None:
    """Append a follow-up: which of the type, the tenure factor it needs, and the uniform of its delay."""
    rows, matter, (which, need_ppm, uniform) = forest.rows, state[S_MATTER], drawn
    kind = rows[row, A_TYPE]
    cause, to = kinds.follow_ups[kind, which, F_CAUSE], kinds.follow_ups[kind, which, F_TO]
    delay_us = 0
    if not kinds.follow_ups[kind, which, F_AT_ONCE]:
        delay_us = drawn_us(kinds, (kind, L_FOLLOW_UP + which), 1.0, uniform, spot[1], matter, 0)
    elif need_ppm == 0 and cause in (_ESCALATION, _TRANSFER):
        rows[row, A_HOLD] = 0
    if delay_us < NEVER_US:
        rows[row, A_NEED] = need_ppm
        append(forest, row, 1, (cause, to, to, delay_us), (2 * state[S_PATH] + 1, 2 * matter + 1, 0, 0, NOBODY))


@inlined
def _if_lost(forest: Forest, row: int, state: State, spot: Spot, kinds: Kinds, waits: Uniforms) -> None:
    """Append what may follow when nobody answers a live contact: a redial, else a message."""
    rows, path, kind = forest.rows, state[S_PATH], forest.rows[row, A_TYPE]
    may_redial = state[S_REDIALS] < kinds.facts[kind, K_REDIALS] and rows[row, A_PATIENCE] < NEVER_US
    if may_redial and waits[1] < kinds.shares[kind, P_REDIAL]:
        delay_us = drawn_us(kinds, (kind, L_REDIAL), 1.0, waits[3], spot[1], path, 0)
        alike = (2 * path, state[S_MATTER], state[S_REDIALS] + 1, state[S_BEGINS], row)
        append(forest, row, 0, (_REDIAL, kind, rows[row, A_LINE], delay_us), alike)
    elif waits[2] < kinds.shares[kind, P_MESSAGE]:
        to = kinds.facts[kind, K_MESSAGE_TO]
        append(forest, row, 0, (_MESSAGE, to, to, 1), (2 * path, 2 * state[S_MATTER], 0, 0, NOBODY))


@inlined
def _repeat(forest: Forest, row: int, state: State, kinds: Kinds, may_go_on: bool) -> None:
    """Copy the matter of the row that this one is like, and what follows its answer."""
    rows, turns, like, filled = forest.rows, forest.turns, state[S_LIKE], forest.grown[G_ROUNDS]
    rows[row, A_WORK], rows[row, A_HOLD] = rows[like, A_WORK], rows[like, A_HOLD]
    for place in range(rows[like, A_FIRST_ROUND], rows[like, A_ROUND_END]):
        turns[T_WORK, filled], turns[T_THINK, filled] = turns[T_WORK, place], turns[T_THINK, place]
        filled += 1
    forest.grown[G_ROUNDS] = filled
    ahead = rows[like, A_IF_ANSWERED]
    if ahead != NOBODY and may_go_on:
        rows[row, A_NEED] = rows[like, A_NEED]
        what = (rows[ahead, A_CAUSE], rows[ahead, A_TYPE], rows[ahead, A_LINE], rows[like, A_ANSWERED_DELAY])
        of_ahead = state_of(forest, ahead)
        append(forest, row, 1, what, (2 * state[S_PATH] + 1, of_ahead[S_MATTER], 0, of_ahead[S_BEGINS], ahead))
    elif ahead != NOBODY and rows[row, A_LINE] == rows[row, A_TYPE]:
        rows[row, A_HOLD] = kinds.facts[rows[row, A_TYPE], K_SILENCE_US]


def _entry(digest: int) -> Callable[[Forest, IntArray, IntArray, Kinds, int], None]:
    @kernel
    def grow_on(forest: Forest, born: IntArray, keys: IntArray, kinds: Kinds, attempts_max: int) -> None:
        if digest >= 0:  # always so; the digest has to be used to be part of the cache's key
            _grow(forest, born, keys, kinds, attempts_max)

    return grow_on


_grow_on = _entry(sources("drawing"))
"""Grow on where the forest stands, see ``grown_forest``."""
