"""Lines of waiting contacts, first come, first served, and the steps of their ladders.

All who stand in a line wait for its steps equally long, in the order of joining. So each step has one event at a time:
that of the first in line who has not reached it.
"""

from scenarios.checks import IntArray
from sim.compiled.events import set_reach
from sim.compiled.fields import (
    E_KEY,
    E_TIE,
    K_CURSOR,
    K_NUMBER,
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
    R_ROOT,
    STEP,
    STEP_BITS,
    Floor,
)
from sim.floor.jit import inlined, kernel


@inlined
def first_waiting(f: Floor, line: int, now_us: int) -> int:
    """Return the first of a live line, after those who gave up have gone from its head."""
    entry = f.lines[line, L_HEAD]
    if entry != NONE and f.played[O_LIMIT, entry] < now_us:
        _drop_gone(f.rows, f.lines, f.steps, f.played, line, now_us)
    return int(f.lines[line, L_HEAD])


@kernel
def _drop_gone(rows: IntArray, lines: IntArray, steps: IntArray, played: IntArray, line: int, now_us: int) -> None:
    entry = lines[line, L_HEAD]
    while entry != NONE and played[O_LIMIT, entry] < now_us:
        _leave(rows, lines, steps, line, entry)
        entry = lines[line, L_HEAD]


@inlined
def join_line(f: Floor, line: int, entry: int, now_us: int) -> None:
    """Let a contact stand behind the others; its ladder begins."""
    _stand_behind(f.rows, f.lines, line, entry, now_us)
    root = f.rows[entry, R_ROOT]
    for step in range(f.lines[line, L_STEP] + 1, f.lines[line, L_STEP_END]):
        key = now_us + f.steps[step, K_WAIT] << KIND_BITS | STEP
        if f.steps[step, K_CURSOR] == NONE:
            f.steps[step, K_CURSOR] = entry
            set_reach(f.reaches, step, key, root)
        else:
            due, tie = reach_of(f.reaches, step)
            if due == key and root < tie >> STEP_BITS:
                set_reach(f.reaches, step, key, root)


@inlined
def _stand_behind(rows: IntArray, lines: IntArray, line: int, entry: int, now_us: int) -> None:
    tail = lines[line, L_TAIL]
    rows[entry, R_JOINED], rows[entry, R_REACHED] = now_us, 1
    rows[entry, R_PREV], rows[entry, R_NEXT] = tail, NONE
    lines[line, L_TAIL] = entry
    if tail == NONE:
        lines[line, L_HEAD] = entry
    else:
        rows[tail, R_NEXT] = entry


@inlined
def leave_line(f: Floor, line: int, entry: int) -> None:
    """Take a contact out of its line."""
    _leave(f.rows, f.lines, f.steps, line, entry)


@inlined
def _leave(rows: IntArray, lines: IntArray, steps: IntArray, line: int, entry: int) -> None:
    before, behind = rows[entry, R_PREV], rows[entry, R_NEXT]
    if before == NONE:
        lines[line, L_HEAD] = behind
    else:
        rows[before, R_NEXT] = behind
    if behind == NONE:
        lines[line, L_TAIL] = before
    else:
        rows[behind, R_PREV] = before
    for step in range(lines[line, L_STEP] + 1, lines[line, L_STEP_END]):
        if steps[step, K_CURSOR] == entry:
            steps[step, K_CURSOR] = behind


@inlined
def next_to_reach(f: Floor, step: int, now_us: int) -> int:
    """Return who reaches a step next: the first to have joined, of several in one µs the lowest contact."""
    number = f.steps[step, K_NUMBER]
    entry = f.steps[step, K_CURSOR]
    while entry != NONE and (f.rows[entry, R_REACHED] > number or f.played[O_LIMIT, entry] < now_us):
        entry = f.rows[entry, R_NEXT]
    f.steps[step, K_CURSOR] = entry
    if entry == NONE:
        return NONE
    joined_us, other = f.rows[entry, R_JOINED], f.rows[entry, R_NEXT]
    while other != NONE and f.rows[other, R_JOINED] == joined_us:
        waits = f.rows[other, R_REACHED] <= number and f.played[O_LIMIT, other] >= now_us
        if waits and f.rows[other, R_ROOT] < f.rows[entry, R_ROOT]:
            entry = other
        other = f.rows[other, R_NEXT]
    return int(entry)


@inlined
def await_next(f: Floor, step: int, now_us: int) -> None:
    """Set the event of a step anew."""
    entry = next_to_reach(f, step, now_us)
    if entry == NONE:
        set_reach(f.reaches, step, NEVER, 0)
    else:
        due_us = f.rows[entry, R_JOINED] + f.steps[step, K_WAIT]
        set_reach(f.reaches, step, due_us << KIND_BITS | STEP, f.rows[entry, R_ROOT])


@inlined
def reach_of(reaches: IntArray, step: int) -> tuple[int, int]:
    """Return key and tie of the next event of a step."""
    leaf = len(reaches) // 2 + step
    return int(reaches[leaf, E_KEY]), int(reaches[leaf, E_TIE])
