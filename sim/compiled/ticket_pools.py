"""Pools of waiting tickets, due first, first out.

A ticket waits in the pool of the last step of the ladder it has reached. A pool is a pairing heap (Fredman, Sedgewick,
Sleator and Tarjan 1986) whose links stand in the tickets' rows, so pools need no room of their own, however long they
grow.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import (
    K_POOL,
    NONE,
    R_BACK,
    R_CHILD,
    R_DUE,
    R_POOL,
    R_ROOT,
    R_SIBLING,
)
from sim.floor.jit import inlined, kernel


@inlined
def due_before(rows: IntArray, ticket: int, other: int) -> bool:
    """Return whether a ticket is due before another; ties go to the lower contact."""
    due, other_due = rows[ticket, R_DUE], rows[other, R_DUE]
    return bool(due < other_due or (due == other_due and rows[ticket, R_ROOT] < rows[other, R_ROOT]))


@inlined
def put_in_pool(rows: IntArray, steps: IntArray, step: int, ticket: int) -> None:
    """Let a ticket wait in the pool of a step."""
    rows[ticket, R_POOL] = step
    rows[ticket, R_CHILD] = rows[ticket, R_SIBLING] = rows[ticket, R_BACK] = NONE
    steps[step, K_POOL] = _meld(rows, steps[step, K_POOL], ticket)


@kernel
def take_from_pool(rows: IntArray, steps: IntArray, ticket: int) -> None:
    """Take a ticket out of the pool it waits in."""
    step = rows[ticket, R_POOL]
    rows[ticket, R_POOL] = NONE
    below = _merge_pairs(rows, rows[ticket, R_CHILD])
    if steps[step, K_POOL] == ticket:
        steps[step, K_POOL] = below
        return
    back, sibling = rows[ticket, R_BACK], rows[ticket, R_SIBLING]
    if rows[back, R_CHILD] == ticket:
        rows[back, R_CHILD] = sibling
    else:
        rows[back, R_SIBLING] = sibling
    if sibling != NONE:
        rows[sibling, R_BACK] = back
    steps[step, K_POOL] = _meld(rows, steps[step, K_POOL], below)


@inlined
def _meld(rows: IntArray, one: int, other: int) -> int:
    """Make one heap of two and return its first; neither has siblings."""
    if one == NONE:
        return other
    if other == NONE:
        return one
    if due_before(rows, other, one):
        one, other = other, one
    child = rows[one, R_CHILD]
    rows[other, R_SIBLING], rows[other, R_BACK] = child, one
    if child != NONE:
        rows[child, R_BACK] = other
    rows[one, R_CHILD] = other
    return one


@inlined
def _merge_pairs(rows: IntArray, child: int) -> int:
    """Make one heap of a list of siblings: pairs from the left, then all of them from the right."""
    pairs = NONE  # a list linked by R_SIBLING, the last pair first
    while child != NONE:
        other = rows[child, R_SIBLING]
        rest = NONE if other == NONE else rows[other, R_SIBLING]
        rows[child, R_SIBLING] = NONE
        if other != NONE:
            rows[other, R_SIBLING] = NONE
        pair = _meld(rows, child, other)
        rows[pair, R_SIBLING] = pairs
        pairs, child = pair, rest
    first = NONE
    while pairs != NONE:
        rest = rows[pairs, R_SIBLING]
        rows[pairs, R_SIBLING] = NONE
        first = _meld(rows, first, pairs)
        pairs = rest
    if first != NONE:
        rows[first, R_BACK] = NONE
    return first
