"""Lines of waiting contacts, first come, first served, and the steps of their ladders.

All who stand in a line wait for its steps equally long, in the order of joining. So each step has one event at a time:
that of the first in line who has not reached it.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import (
    C_STEP,
    C_STEP_DUE,
    K_CURSOR,
    K_DUE,
    K_NUMBER,
    K_ROOT,
    K_WAIT,
    KIND_BITS,
    L_HEAD,
    L_STEP,
    L_STEP_END,
    L_TAIL,
    NEVER,
    NONE,
    O_LIMIT,
    R_JOINED,
    R_NEXT,
    R_PREV,
    R_REACHED,
    STEP,
    Floor,
)
from sim.compiled.jit import inlined, kernel


@inlined
def first_waiting(f: Floor, line: int, now_us: int) -> int:
    """Return the first of a live line, after those who gave up have gone from its head."""
    row = f.lines[line, L_HEAD]
    if row != NONE and f.played[O_LIMIT, row] < now_us:
        _drop_gone(f.rows, f.lines, f.steps, f.played, line, now_us)
    return int(f.lines[line, L_HEAD])


@kernel
def _drop_gone(rows: IntArray, lines: IntArray, steps: IntArray, played: IntArray, line: int, now_us: int) -> None:
    row = lines[line, L_HEAD]
    while row != NONE and played[O_LIMIT, row] < now_us:
        _leave(rows, lines, steps, line, row)
        row = lines[line, L_HEAD]


@inlined
def join_line(f: Floor, line: int, row: int, now_us: int) -> None:
    """Let a contact stand behind the others; its ladder begins."""
    _stand_behind(f.rows, f.lines, line, row, now_us)
    for step in range(f.lines[line, L_STEP] + 1, f.lines[line, L_STEP_END]):
        key = now_us + f.steps[step, K_WAIT] << KIND_BITS | STEP
        if f.steps[step, K_CURSOR] == NONE:
            f.steps[step, K_CURSOR] = row
            _await(f.steps, f.clock, step, key, f.trace.root[row])
        elif f.steps[step, K_DUE] == key and f.trace.root[row] < f.steps[step, K_ROOT]:
            _await(f.steps, f.clock, step, key, f.trace.root[row])


@inlined
def _stand_behind(rows: IntArray, lines: IntArray, line: int, row: int, now_us: int) -> None:
    tail = lines[line, L_TAIL]
    rows[row, R_JOINED], rows[row, R_REACHED] = now_us, 1
    rows[row, R_PREV], rows[row, R_NEXT] = tail, NONE
    lines[line, L_TAIL] = row
    if tail == NONE:
        lines[line, L_HEAD] = row
    else:
        rows[tail, R_NEXT] = row


@inlined
def leave_line(f: Floor, line: int, row: int) -> None:
    """Take a contact out of its line."""
    _leave(f.rows, f.lines, f.steps, line, row)


@inlined
def _leave(rows: IntArray, lines: IntArray, steps: IntArray, line: int, row: int) -> None:
    before, behind = rows[row, R_PREV], rows[row, R_NEXT]
    if before == NONE:
        lines[line, L_HEAD] = behind
    else:
        rows[before, R_NEXT] = behind
    if behind == NONE:
        lines[line, L_TAIL] = before
    else:
        rows[behind, R_PREV] = before
    for step in range(lines[line, L_STEP] + 1, lines[line, L_STEP_END]):
        if steps[step, K_CURSOR] == row:
            steps[step, K_CURSOR] = behind


@inlined
def next_to_reach(f: Floor, step: int, now_us: int) -> int:
    """Return who reaches a step next: the first to have joined, of several in one µs the lowest contact."""
    number = f.steps[step, K_NUMBER]
    row = f.steps[step, K_CURSOR]
    while row != NONE and (f.rows[row, R_REACHED] > number or f.played[O_LIMIT, row] < now_us):
        row = f.rows[row, R_NEXT]
    f.steps[step, K_CURSOR] = row
    if row == NONE:
        return NONE
    joined_us, other = f.rows[row, R_JOINED], f.rows[row, R_NEXT]
    while other != NONE and f.rows[other, R_JOINED] == joined_us:
        waits = f.rows[other, R_REACHED] <= number and f.played[O_LIMIT, other] >= now_us
        if waits and f.trace.root[other] < f.trace.root[row]:
            row = other
        other = f.rows[other, R_NEXT]
    return int(row)


@inlined
def await_next(f: Floor, step: int, now_us: int) -> None:
    """Set the event of a step anew."""
    row = next_to_reach(f, step, now_us)
    if row == NONE:
        _await(f.steps, f.clock, step, NEVER, NONE)
    else:
        due_us = f.rows[row, R_JOINED] + f.steps[step, K_WAIT]
        _await(f.steps, f.clock, step, due_us << KIND_BITS | STEP, f.trace.root[row])


@kernel
def _await(steps: IntArray, clock: IntArray, step: int, key: int, root: int) -> None:
    """Set the event of one step, and see which of all steps comes first."""
    steps[step, K_DUE], steps[step, K_ROOT] = key, root
    best = 0
    for other in range(1, len(steps)):
        earlier = steps[other, K_DUE] < steps[best, K_DUE]
        if earlier or (steps[other, K_DUE] == steps[best, K_DUE] and steps[other, K_ROOT] < steps[best, K_ROOT]):
            best = other
    clock[C_STEP], clock[C_STEP_DUE] = best, steps[best, K_DUE]
