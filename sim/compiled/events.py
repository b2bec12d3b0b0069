"""What comes next: tournaments of the next events of agents and of steps, and a heap of the later attempts.

An agent has one next event at a time: the end of his call or ticket, the first moment at which one of his sessions
can close, or the end of his break. So no event is ever cancelled: its key is overwritten.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import (
    C_AHEAD,
    C_BITS,
    C_TOO_LATE,
    E_KEY,
    E_TIE,
    H_BEFORE,
    H_TIME,
    H_WHO,
    NEVER,
    NO_TIME,
    STEP_BITS,
)
from sim.floor.jit import inlined, kernel

ROW_BITS = 31
"""Root contact and row share a word: fewer than two thousand million of each."""
ROW_MASK = (1 << ROW_BITS) - 1


@inlined
def set_due(tree: IntArray, clock: IntArray, agent: int, key: int) -> None:
    """Let ``key`` be the agent's next event; of equal keys the lower agent comes first.

    Key and agent share a word. A moment too late for it (``played_of`` says when) is noted and never comes.
    """
    bits = clock[C_BITS]
    word = key << bits | agent
    if key >= NEVER >> bits:
        clock[C_TOO_LATE] |= key < NEVER
        word = NEVER
    node = len(tree) // 2 + agent
    if tree[node] == word:
        return
    tree[node] = word
    while node > 1:
        word = min(word, tree[node ^ 1])
        node >>= 1
        if tree[node] == word:
            return
        tree[node] = word


@inlined
def set_reach(reaches: IntArray, step: int, key: int, root: int) -> None:
    """Let ``key`` be the next event of a step; of equal keys that of the lower root contact comes first, then step."""
    tie = root << STEP_BITS | step
    node = len(reaches) // 2 + step
    reaches[node, E_KEY], reaches[node, E_TIE] = key, tie
    while node > 1:
        other_key, other_tie = reaches[node ^ 1, E_KEY], reaches[node ^ 1, E_TIE]
        if other_key < key or (other_key == key and other_tie < tie):
            key, tie = other_key, other_tie
        node >>= 1
        if reaches[node, E_KEY] == key and reaches[node, E_TIE] == tie:
            return
        reaches[node, E_KEY], reaches[node, E_TIE] = key, tie


@kernel
def push_ahead(ahead: IntArray, clock: IntArray, time_us: int, who: int, before: int) -> None:
    """Add a later attempt, ``who = root << ROW_BITS | row``; ``before`` as ``H_BEFORE``."""
    place = clock[C_AHEAD]
    clock[C_AHEAD] += 1
    while place:
        above = (place - 1) // 2
        if ahead[above, H_TIME] < time_us or (ahead[above, H_TIME] == time_us and ahead[above, H_WHO] < who):
            break
        ahead[place, H_TIME], ahead[place, H_WHO] = ahead[above, H_TIME], ahead[above, H_WHO]
        ahead[place, H_BEFORE] = ahead[above, H_BEFORE]
        place = above
    ahead[place, H_TIME], ahead[place, H_WHO], ahead[place, H_BEFORE] = time_us, who, before


@kernel
def pop_ahead(ahead: IntArray, clock: IntArray) -> None:
    """Take the first of the later attempts away; an empty heap begins with ``NO_TIME``."""
    clock[C_AHEAD] -= 1
    size = clock[C_AHEAD]
    time_us, who, before = ahead[size, H_TIME], ahead[size, H_WHO], ahead[size, H_BEFORE]
    place, below = 0, 1
    while below < size:
        right = below + 1
        if right < size and (
            ahead[right, H_TIME] < ahead[below, H_TIME]
            or (ahead[right, H_TIME] == ahead[below, H_TIME] and ahead[right, H_WHO] < ahead[below, H_WHO])
        ):
            below = right
        if time_us < ahead[below, H_TIME] or (time_us == ahead[below, H_TIME] and who < ahead[below, H_WHO]):
            break
        ahead[place, H_TIME], ahead[place, H_WHO] = ahead[below, H_TIME], ahead[below, H_WHO]
        ahead[place, H_BEFORE] = ahead[below, H_BEFORE]
        place, below = below, 2 * below + 1
    ahead[place, H_TIME], ahead[place, H_WHO], ahead[place, H_BEFORE] = time_us if size else NO_TIME, who, before
