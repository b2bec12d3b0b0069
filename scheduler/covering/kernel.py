"""Annealing, compiled: one shift, break or group of one head at a time is changed, and kept when it pays.

Positions short are priced low at first, a margin above what the linear relaxation says a position is worth, and at
their full price in the end: so that holes and people too many can meet.
"""

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray
from scheduler.covering.moves import draw, propose
from scheduler.covering.tables import COUNT, GROUP, KIND, LENGTH, PAUSE, PAUSES, START, Tables

SHARE_MORE, SHARE_LESS = 0.005, 0.005
"""How often somebody is added, and taken away; all other moves change a head."""
TAKEN, GIVEN, TOUCHED, MARK = 0, 1, 2, 3
"""Rows of (4, T) ``slots``, what a move does: heads taken and given, the slots it touches, whether it touches them."""
_MOVES_PER_HEAT = 1000

# Compiled functions take arrays and no tuples of them: an array taken out of a tuple is counted by the memory manager,
# which would cost more than half of a move's time. So numbers of each slot share one array, the board (T, R + 3 C):
# what each of the R sets lacks; then of each of the C clusters positions short now, after the move at hand, and their
# price. The groups (G + 1, R + K) hold what the group serves of each set, and what it costs in each kind.


@njit(cache=True, nogil=True)
def copy_head(source: IntArray, target: IntArray) -> None:
    """Copy a head number by number: a few of them are copied faster so than as a slice."""
    for place in range(len(source)):
        target[place] = source[place]


@njit(cache=True, nogil=True)
def add_head(head: IntArray, shape: IntArray, row: int, slots: IntArray, n: int) -> int:
    """Note a head's slots at work in a row of ``slots`` and list those it touches; return how many are listed."""
    kind, start, size = head[KIND], head[START], slots.shape[1]
    sign = 1 if row == GIVEN else -1
    for within in range(shape[kind, LENGTH]):
        slot = start + within
        if slot >= size:  # far cheaper than a remainder
            slot -= size
        slots[row, slot] += sign
        if slots[MARK, slot] == 0:
            slots[MARK, slot] = 1
            slots[TOUCHED, n] = slot
            n += 1
    for number in range(shape[kind, COUNT]):
        for within in range(shape[kind, PAUSE + 3 * number]):
            slot = head[PAUSES + number] + within
            if slot >= size:
                slot -= size
            slots[row, slot] -= sign
    return n


@njit(cache=True, nogil=True)
def limits_hold(
    old: IntArray, head: IntArray, per_group: IntArray, per_kind: IntArray, limits: IntArray, kind_most: IntArray
) -> bool:
    """Return whether taking ``old`` away and adding ``head`` (group -1: nobody) keeps least and most heads."""
    if head[GROUP] >= 0:
        if head[GROUP] != old[GROUP] and per_group[head[GROUP]] + 1 > limits[head[GROUP], 1]:
            return False
        if (old[GROUP] < 0 or head[KIND] != old[KIND]) and per_kind[head[KIND]] + 1 > kind_most[head[KIND]]:
            return False
    leaves = old[GROUP] >= 0 and head[GROUP] != old[GROUP]
    return not (leaves and per_group[old[GROUP]] - 1 < limits[old[GROUP], 0])


@njit(cache=True, nogil=True)
def distinct_price(old: IntArray, head: IntArray, in_use: IntArray, where: IntArray, price: float) -> float:
    """Return what the change costs in distinct shifts."""
    before = where[old[KIND], old[START]] if old[GROUP] >= 0 else -1
    after = where[head[KIND], head[START]] if head[GROUP] >= 0 else -1
    if price == 0.0 or before == after:
        return 0.0
    cost = 0.0
    if before >= 0 and in_use[before] == 1:
        cost -= price
    if after >= 0 and in_use[after] == 0:
        cost += price
    return cost


@njit(cache=True, nogil=True)
def weigh(
    old: IntArray, head: IntArray, shape: IntArray, groups: FloatArray, first: IntArray, prices: FloatArray,
    board: FloatArray, slots: IntArray,
) -> tuple[float, float, int]:  # fmt: skip
    """Return what the change from ``old`` to ``head`` (group -1: nobody) costs, distinct shifts apart.

    Returns
    -------
    tuple of float, float, int
        Change of the cost at the board's price of positions short, at their true price, and how many slots it touches.
    """
    clusters = len(first) - 1
    sets = first[clusters]
    before, after = old[GROUP], head[GROUP]
    cost = 0.0
    n = 0
    if before >= 0:
        n = add_head(old, shape, TAKEN, slots, n)
        cost -= groups[before, sets + old[KIND]]
    if after >= 0:
        n = add_head(head, shape, GIVEN, slots, n)
        cost += groups[after, sets + head[KIND]]
    true_cost = cost
    for place in range(n):
        slot = slots[TOUCHED, place]
        taken, given = slots[TAKEN, slot], slots[GIVEN, slot]
        if taken + given == 0 and before == after:
            continue
        over = float(taken + given)
        for cluster in range(clusters):
            worst = 0.0
            for row in range(first[cluster], first[cluster + 1]):  # group -1 is the last row of groups: nothing
                worst = max(worst, board[slot, row] - taken * groups[before, row] - given * groups[after, row])
            more = worst - board[slot, sets + cluster]
            board[slot, sets + clusters + cluster] = worst
            over += more
            cost += more * board[slot, sets + 2 * clusters + cluster]
            true_cost += more * prices[0]
        cost += over * prices[1]
        true_cost += over * prices[1]
    return cost, true_cost, n


@njit(cache=True, nogil=True)
def settle(
    old: IntArray, head: IntArray, kept: bool, n: int, groups: FloatArray, first: IntArray, board: FloatArray,
    slots: IntArray,
) -> None:  # fmt: skip
    """Book the weighed change on the board if it is kept, and clear the room it was weighed in."""
    clusters = len(first) - 1
    sets = first[clusters]
    before, after = old[GROUP], head[GROUP]
    for place in range(n):
        slot = slots[TOUCHED, place]
        taken, given = slots[TAKEN, slot], slots[GIVEN, slot]
        if kept and (taken + given != 0 or before != after):
            for row in range(sets):
                board[slot, row] -= taken * groups[before, row] + given * groups[after, row]
            for cluster in range(clusters):
                board[slot, sets + cluster] = board[slot, sets + clusters + cluster]
        slots[TAKEN, slot] = slots[GIVEN, slot] = slots[MARK, slot] = 0


@njit(cache=True, nogil=True)
def tally(head: IntArray, by: int, where: IntArray, per_group: IntArray, per_kind: IntArray, in_use: IntArray) -> None:
    """Count a head in or out."""
    if head[GROUP] >= 0:
        per_group[head[GROUP]] += by
        per_kind[head[KIND]] += by
        in_use[where[head[KIND], head[START]]] += by


@njit(cache=True, nogil=True)
def board_of(lack: FloatArray, first: IntArray) -> FloatArray:
    """Return the board at the beginning, from (T, R) what each set lacks."""
    clusters = len(first) - 1
    sets = first[clusters]
    board = np.zeros((len(lack), sets + 3 * clusters))
    board[:, :sets] = lack
    for slot in range(len(lack)):
        for cluster in range(clusters):
            for row in range(first[cluster], first[cluster + 1]):
                board[slot, sets + cluster] = max(board[slot, sets + cluster], lack[slot, row])
    return board


@njit(cache=True, nogil=True)
def anneal(
    heads: IntArray, count: int, lack: FloatArray, in_use: IntArray, worth: FloatArray, schedule: FloatArray,
    rng: np.random.Generator, tables: Tables,
) -> tuple[float, IntArray]:  # fmt: skip
    """Anneal the first ``count`` rows of ``heads`` in place; return the change of the true cost and the best heads met.

    Parameters
    ----------
    heads
        (N, 3 + B) group, kind, start, pauses; rows beyond ``count`` are room for more.
    lack
        (T, R) positions of each set less people at work, those who are not among ``heads`` included.
    in_use
        (patterns,) heads of each distinct shift, likewise; changed in place.
    worth
        (T, C) price of a position in the linear relaxation.
    schedule
        Moves, first and last temperature, first and last margin of the price of positions short.
    """
    moves = int(schedule[0])
    shape, where, kinds_of = tables.shape, tables.where, tables.kinds_of
    groups, first = tables.groups, tables.cluster_first
    limits, kind_most, prices = tables.limits, tables.kind_most, tables.prices
    per_group = np.bincount(heads[:count, GROUP], minlength=len(limits))
    per_kind = np.bincount(heads[:count, KIND], minlength=len(kind_most))
    board, slots = board_of(lack, first), np.zeros((4, len(lack)), dtype=np.int64)
    nobody = np.full(heads.shape[1], -1, dtype=np.int64)
    head, old = nobody.copy(), nobody.copy()
    best, best_heads, true, heat = 0.0, heads[:count].copy(), 0.0, 0.0
    for move in range(moves):
        if move % _MOVES_PER_HEAT == 0:
            heat, margin = _at(schedule, move / moves)
            board[:, board.shape[1] - worth.shape[1] :] = np.minimum(prices[0], worth + margin)
        row = -1
        u = rng.random()
        old[GROUP] = head[GROUP] = -1
        if u < SHARE_MORE or count == 0:
            if count == len(heads) or not draw(head, nobody, shape, where, kinds_of, rng):
                continue
        else:
            row = int(rng.random() * count)
            copy_head(heads[row], old)
            if u >= SHARE_MORE + SHARE_LESS:
                copy_head(old, head)
                if not propose(old, head, shape, where, kinds_of, rng):
                    continue
        if not limits_hold(old, head, per_group, per_kind, limits, kind_most):
            continue
        cost, true_cost, n = weigh(old, head, shape, groups, first, prices, board, slots)
        distinct = distinct_price(old, head, in_use, where, prices[2])
        kept = cost + distinct <= 0.0 or rng.random() < np.exp(-(cost + distinct) / heat)
        settle(old, head, kept, n, groups, first, board, slots)
        if kept:
            tally(old, -1, where, per_group, per_kind, in_use)
            tally(head, 1, where, per_group, per_kind, in_use)
            count = _placed(heads, count, row, head)
            true += true_cost + distinct
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


@njit(cache=True, nogil=True)
def _at(schedule: FloatArray, done: float) -> tuple[float, float]:
    """Return temperature and margin once a share of the moves is done: both fall or rise by equal factors."""
    heat = schedule[1] * (schedule[2] / schedule[1]) ** done
    return heat, schedule[3] * (schedule[4] / schedule[3]) ** done
