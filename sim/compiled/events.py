"""What comes next: a tournament of the agents' next events, and a heap of the later attempts.

An agent has one next event at a time: the end of his call or ticket, the first moment at which one of his sessions
can close, or the end of his break. So no event is ever cancelled: its key is overwritten.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import C_AHEAD, NO_TIME
from sim.compiled.jit import inlined, kernel

ROW_BITS = 31
"""Root contact and row share a word: fewer than two thousand million of each."""
ROW_MASK = (1 << ROW_BITS) - 1


@inlined
def set_due(tree: IntArray, agent: int, key: int) -> None:
    """Let ``key`` be the agent's next event."""
    node = len(tree) // 2 + agent
    if tree[node] == key:
        return
    tree[node] = key
    while node > 1:
        other = tree[node ^ 1]
        key = min(other, key)
        node >>= 1
        if tree[node] == key:
            return
        tree[node] = key


@inlined
def first_agent(tree: IntArray) -> int:
    """Return whose event is the first of all; of several the lowest number."""
    leaves = len(tree) // 2
    key, node = tree[1], 1
    while node < leaves:
        node *= 2
        if tree[node] != key:
            node += 1
    return node - leaves


@kernel
def push_ahead(ahead: IntArray, clock: IntArray, time_us: int, who: int) -> None:
    """Add a later attempt, ``who = root << ROW_BITS | row``."""
    place = clock[C_AHEAD]
    clock[C_AHEAD] += 1
    while place:
        above = (place - 1) // 2
        if ahead[above, 0] < time_us or (ahead[above, 0] == time_us and ahead[above, 1] < who):
            break
        ahead[place, 0], ahead[place, 1] = ahead[above, 0], ahead[above, 1]
        place = above
    ahead[place, 0], ahead[place, 1] = time_us, who


@kernel
def pop_ahead(ahead: IntArray, clock: IntArray) -> int:
    """Take the first of the later attempts away and return its row; an empty heap begins with ``NO_TIME``."""
    row = ahead[0, 1] & ROW_MASK
    clock[C_AHEAD] -= 1
    size = clock[C_AHEAD]
    time_us, who = ahead[size, 0], ahead[size, 1]
    ahead[size, 0] = NO_TIME
    place, below = 0, 1
    while below < size:
        right = below + 1
        if right < size and (
            ahead[right, 0] < ahead[below, 0]
            or (ahead[right, 0] == ahead[below, 0] and ahead[right, 1] < ahead[below, 1])
        ):
            below = right
        if time_us < ahead[below, 0] or (time_us == ahead[below, 0] and who < ahead[below, 1]):
            break
        ahead[place, 0], ahead[place, 1] = ahead[below, 0], ahead[below, 1]
        place, below = below, 2 * below + 1
    if size:
        ahead[place, 0], ahead[place, 1] = time_us, who
    return int(row)
