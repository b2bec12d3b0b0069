"""Days on which nothing follows and no message is counted: a row per root contact, and few columns to draw."""

from collections.abc import Callable

import numpy as np

from scenarios import NEVER_US
from scenarios.checks import IntArray
from sim.drawing.arrivals import FIRST, born_at, due_of, kept_by_bot, place_of
from sim.drawing.draws import uniforms
from sim.drawing.kinds import K_FOLLOW_UPS, K_MESSAGES, K_REDIALS, P_MESSAGE, P_MISSORTED, Kinds
from sim.drawing.matters import patience_of, work_of
from sim.drawing.rows import ROOT_PATH
from sim.floor.jit import inlined, kernel, sources

D_TYPE, D_DUE, D_WORK, D_PATIENCE, D_CONTAINED, D_FIELDS = range(6)
"""Rows of the table of drawn columns."""


def is_plain(kinds: Kinds) -> bool:
    """Return whether no contact can be followed by another, be sent to a wrong line or be a chat by messages."""
    facts, shares = kinds.facts, kinds.shares
    return not (facts[:, [K_FOLLOW_UPS, K_MESSAGES, K_REDIALS]].any() or shares[:, [P_MESSAGE, P_MISSORTED]].any())


def plain_columns(born: IntArray, keys: IntArray, kinds: Kinds) -> IntArray:
    """Return (5, N) type, time until due, work and patience of the root contacts, and 1 where the bot keeps one."""
    columns = np.empty((D_FIELDS, len(born)), dtype=np.int64)
    _fill_columns(columns, born, keys, kinds)
    return columns


@inlined
def _fill(columns: IntArray, born: IntArray, keys: IntArray, kinds: Kinds) -> None:
    for row in range(len(born)):
        kind, interval, ordinal = born_at(born[row])
        spot = (interval, place_of(keys, kind, interval, ordinal))
        first = uniforms(spot[1], ROOT_PATH, FIRST)
        contained = kept_by_bot(kinds, kind, interval, first[3])
        columns[D_TYPE, row], columns[D_DUE, row] = kind, due_of(kinds, kind, interval, first[3])
        columns[D_CONTAINED, row] = contained
        columns[D_WORK, row] = 1 if contained else work_of(kinds, kind, spot, ROOT_PATH, first[1])
        columns[D_PATIENCE, row] = NEVER_US if contained else patience_of(kinds, kind, spot, ROOT_PATH, first[2])


def _entry(digest: int) -> Callable[[IntArray, IntArray, IntArray, Kinds], None]:
    @kernel
    def fill_columns(columns: IntArray, born: IntArray, keys: IntArray, kinds: Kinds) -> None:
        if digest >= 0:  # always so; the digest has to be used to be part of the cache's key
            _fill(columns, born, keys, kinds)

    return fill_columns


_fill_columns = _entry(sources("drawing"))
