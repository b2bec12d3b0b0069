"""Annealing, compiled: one shift, break or group of one head at a time is changed, and kept when it pays.

Positions short are priced low at first, a margin above what the linear relaxation says a position is worth, and at
their full price in the end: so that holes and people too many can meet.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.covering.moves import below, draw, propose
from scheduler.covering.tables import GROUP, KIND, PAUSES, START, Tables

SHARE_MORE, SHARE_LESS = 0.005, 0.005
"""How often somebody is added, and taken away; all other moves change a head."""
_MOVES_PER_HEAT = 1000


class State(NamedTuple):
    """What the moves change: people at work and what follows from them, and room to weigh a move.

    Attributes
    ----------
    people, short
        (G, T) at work; (T, C) positions short.
    per_group, per_kind, in_use
        Heads of each group, kind and distinct shift.
    fresh, minus, plus, touched, mark
        Of the move at hand: positions short after it, slots at work taken and given, the slots it touches.
    """

    people: FloatArray
    short: FloatArray
    per_group: IntArray
    per_kind: IntArray
    in_use: IntArray
    fresh: FloatArray
    minus: IntArray
    plus: IntArray
    touched: IntArray
    mark: BoolArray


@njit(cache=True, nogil=True)
def copy_head(source: IntArray, target: IntArray) -> None:
    """Copy a head number by number: a few of them are copied faster so than as a slice."""
    for place in range(len(source)):
        target[place] = source[place]


@njit(cache=True, nogil=True)
def short_at(people: FloatArray, slot: int, tables: Tables, into: FloatArray) -> None:
    """Write positions short of each cluster in a slot into the slot's row of (T, C) ``into``."""
    first, wanted, served = tables.cluster_first, tables.wanted, tables.served
    for cluster in range(len(first) - 1):
        worst = 0.0
        for row in range(first[cluster], first[cluster + 1]):
            lack = wanted[row, slot]
            for group in range(people.shape[0]):
                if served[row, group]:
                    lack -= people[group, slot]
            worst = max(worst, lack)
        into[slot, cluster] = worst


@njit(cache=True, nogil=True)
def add_head(
    head: IntArray, tables: Tables, sign: int, change: IntArray, touched: IntArray, mark: BoolArray, n: int
) -> int:
    """Add a head's slots at work to ``change`` and list the slots in ``touched``; return how many are listed."""
    slots = len(change)
    kind, start = head[KIND], head[START]
    for within in range(tables.length[kind]):
        slot = start + within
        if slot >= slots:  # far cheaper than a remainder
            slot -= slots
        change[slot] += sign
        if not mark[slot]:
            mark[slot] = True
            touched[n] = slot
            n += 1
    for number in range(tables.pause_count[kind]):
        for within in range(tables.pause[kind, number, 0]):
            slot = head[PAUSES + number] + within
            if slot >= slots:
                slot -= slots
            change[slot] -= sign
    return n


@njit(cache=True, nogil=True)
def limits_hold(old: IntArray, head: IntArray, per_group: IntArray, per_kind: IntArray, tables: Tables) -> bool:
    """Return whether taking ``old`` away and adding ``head`` (group -1: nobody) keeps least and most heads."""
    if head[GROUP] >= 0:
        more = per_group[head[GROUP]] + 1
        if head[GROUP] != old[GROUP] and more > tables.limits[head[GROUP], 1]:
            return False
        if (old[GROUP] < 0 or head[KIND] != old[KIND]) and per_kind[head[KIND]] + 1 > tables.kind_most[head[KIND]]:
            return False
    leaves = old[GROUP] >= 0 and head[GROUP] != old[GROUP]
    return not (leaves and per_group[old[GROUP]] - 1 < tables.limits[old[GROUP], 0])


@njit(cache=True, nogil=True)
def pattern_price(old: IntArray, head: IntArray, in_use: IntArray, tables: Tables) -> float:
    """Return what the change costs in distinct shifts."""
    price = tables.prices[2]
    if price == 0.0:
        return 0.0
    before = tables.pattern[old[KIND], old[START]] if old[GROUP] >= 0 else -1
    after = tables.pattern[head[KIND], head[START]] if head[GROUP] >= 0 else -1
    if before == after:
        return 0.0
    cost = 0.0
    if before >= 0 and in_use[before] == 1:
        cost -= price
    if after >= 0 and in_use[after] == 0:
        cost += price
    return cost


@njit(cache=True, nogil=True)
def weigh(old: IntArray, head: IntArray, price: FloatArray, state: State, tables: Tables) -> tuple[float, float, int]:
    """Apply the change from ``old`` to ``head`` to the people at work (group -1: nobody).

    Returns
    -------
    tuple of float, float, int
        Change of the cost at ``price`` (C, T) of positions short and at the true price, and how many slots are touched.
    """
    cost = pattern_price(old, head, state.in_use, tables)
    n = 0
    if old[GROUP] >= 0:
        n = add_head(old, tables, -1, state.minus, state.touched, state.mark, n)
        cost -= tables.yuan[old[GROUP], old[KIND]]
    if head[GROUP] >= 0:
        n = add_head(head, tables, 1, state.plus, state.touched, state.mark, n)
        cost += tables.yuan[head[GROUP], head[KIND]]
    true_cost = cost
    people, plus, minus, touched, fresh, short = (
        state.people, state.plus, state.minus, state.touched, state.fresh, state.short
    )  # fmt: skip
    before, after = old[GROUP], head[GROUP]
    for place in range(n):
        slot = touched[place]
        by = plus[slot] + minus[slot]
        if by == 0 and before == after:
            continue
        if before >= 0:
            people[before, slot] += minus[slot]
        if after >= 0:
            people[after, slot] += plus[slot]
        short_at(people, slot, tables, fresh)
        over = float(by)
        for cluster in range(price.shape[0]):
            more = fresh[slot, cluster] - short[slot, cluster]
            over += more
            cost += more * price[cluster, slot]
            true_cost += more * tables.prices[0]
        cost += over * tables.prices[1]
        true_cost += over * tables.prices[1]
    return cost, true_cost, n


@njit(cache=True, nogil=True)
def settle(old: IntArray, head: IntArray, kept: bool, n: int, state: State) -> None:
    """Book the weighed change, or take it back."""
    people, plus, minus, touched, mark = state.people, state.plus, state.minus, state.touched, state.mark
    fresh, short = state.fresh, state.short
    before, after = old[GROUP], head[GROUP]
    for place in range(n):
        slot = touched[place]
        if plus[slot] + minus[slot] != 0 or before != after:
            if kept:
                for cluster in range(short.shape[1]):
                    short[slot, cluster] = fresh[slot, cluster]
            else:
                if before >= 0:
                    people[before, slot] -= minus[slot]
                if after >= 0:
                    people[after, slot] -= plus[slot]
        minus[slot] = 0
        plus[slot] = 0
        mark[slot] = False


@njit(cache=True, nogil=True)
def tally(head: IntArray, by: int, state: State, tables: Tables) -> None:
    """Count a head in or out."""
    if head[GROUP] >= 0:
        state.per_group[head[GROUP]] += by
        state.per_kind[head[KIND]] += by
        state.in_use[tables.pattern[head[KIND], head[START]]] += by


@njit(cache=True, nogil=True)
def state_of(heads: IntArray, people: FloatArray, in_use: IntArray, tables: Tables) -> State:
    """Return the state at the beginning."""
    slots, clusters = people.shape[1], len(tables.cluster_first) - 1
    state = State(
        people, np.zeros((slots, clusters)),
        np.zeros(len(tables.limits), dtype=np.int64), np.zeros(len(tables.kind_most), dtype=np.int64), in_use,
        np.zeros((slots, clusters)), np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.int64),
        np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.bool_),
    )  # fmt: skip
    for slot in range(slots):
        short_at(people, slot, tables, state.short)
    for row in range(len(heads)):
        state.per_group[heads[row, GROUP]] += 1
        state.per_kind[heads[row, KIND]] += 1
    return state


@njit(cache=True, nogil=True)
def anneal(
    heads: IntArray, count: int, people: FloatArray, in_use: IntArray, worth: FloatArray, schedule: FloatArray,
    rng: np.random.Generator, tables: Tables,
) -> tuple[float, IntArray]:  # fmt: skip
    """Anneal the first ``count`` rows of ``heads`` in place; return the change of the true cost and the best heads met.

    Parameters
    ----------
    heads
        (N, 3 + B) group, kind, start, pauses; rows beyond ``count`` are room for more.
    people
        (G, T) at work, those who are not among ``heads`` included; changed in place.
    in_use
        (patterns,) heads of each distinct shift, likewise; changed in place.
    worth
        (C, T) price of a position in the linear relaxation.
    schedule
        Moves, first and last temperature, first and last margin of the price of positions short.
    """
    moves = int(schedule[0])
    state = state_of(heads[:count], people, in_use, tables)
    nobody = np.full(heads.shape[1], -1, dtype=np.int64)
    head, old = nobody.copy(), nobody.copy()
    best, best_heads, true, heat = 0.0, heads[:count].copy(), 0.0, 0.0
    price = worth.copy()
    for move in range(moves):
        if move % _MOVES_PER_HEAT == 0:
            heat = schedule[1] * (schedule[2] / schedule[1]) ** (move / moves)
            margin = schedule[3] * (schedule[4] / schedule[3]) ** (move / moves)
            price = np.minimum(tables.prices[0], worth + margin)
        row = -1
        u = rng.random()
        old[GROUP] = head[GROUP] = -1
        if u < SHARE_MORE or count == 0:
            if count == len(heads) or not draw(head, nobody, tables, rng):
                continue
        else:
            row = below(rng, count)
            copy_head(heads[row], old)
            if u >= SHARE_MORE + SHARE_LESS:
                copy_head(old, head)
                if not propose(old, head, tables, rng):
                    continue
        if not limits_hold(old, head, state.per_group, state.per_kind, tables):
            continue
        cost, true_cost, n = weigh(old, head, price, state, tables)
        kept = cost <= 0.0 or rng.random() < np.exp(-cost / heat)
        settle(old, head, kept, n, state)
        if kept:
            tally(old, -1, state, tables)
            tally(head, 1, state, tables)
            count = _placed(heads, count, row, head)
            true += true_cost
            if true < best - 1e-9 and 2 * move >= moves:
                best, best_heads = true, heads[:count].copy()
    return best, best_heads


@njit(cache=True, nogil=True)
def _placed(heads: IntArray, count: int, row: int, head: IntArray) -> int:
    """Write ``head`` over a row (-1: a new one; group -1: the row goes) and return how many rows there are."""
    if head[GROUP] < 0:
        copy_head(heads[count - 1], heads[row])
        return count - 1
    if row < 0:
        copy_head(head, heads[count])
        return count + 1
    copy_head(head, heads[row])
    return count
