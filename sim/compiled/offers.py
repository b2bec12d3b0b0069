"""Live contacts: to whom they go when they are offered, and whom an agent takes who looks for one."""

from sim.compiled.events import ROW_BITS, push_ahead, set_due
from sim.compiled.fields import (
    DAY_US,
    G_LIVE,
    G_LIVE_END,
    G_ROOM,
    K_GROUP,
    K_GROUP_END,
    K_LINE,
    K_RAISED,
    K_TRANSFER,
    K_WAIT,
    L_AFFINITY,
    L_HEAD,
    L_SERVED,
    L_STEP,
    L_STEP_END,
    MESSAGE,
    NONE,
    O_HOPS,
    O_LIMIT,
    O_LINE,
    O_ROW,
    P_DUE,
    P_GROUP,
    P_HELD,
    P_PLACE,
    P_SLOTS,
    R_JOINED,
    R_LINE,
    R_ROOT,
    W_AGE,
    W_LINE,
    W_PRIORITY,
    W_WAIT,
    Floor,
)
from sim.compiled.hands import take_live
from sim.compiled.standing import choose, last_due, line_up, most_open
from sim.compiled.ticket_pools import take_from_pool
from sim.compiled.tickets import next_ticket, put_down, seek_for_ticket, take_ticket
from sim.compiled.waiting import first_waiting, join_line, leave_line
from sim.floor.jit import inlined
from sim.floor.trace_rows import A_CAUSE, A_IF_LOST, A_LOST_DELAY, A_PATIENCE


@inlined
def offer_live(f: Floor, entry: int, closes_us: int, now_us: int) -> None:
    """Bring a live attempt to the floor while the service is open."""
    line = f.rows[entry, R_LINE]
    last_us = closes_us - 1 + (DAY_US if f.lines[line, L_SERVED] else 0)
    patience_us = f.trace.rows[f.played[O_ROW, entry], A_PATIENCE]
    f.played[O_LIMIT, entry] = min(now_us + patience_us, last_us)
    agent = _who_answered_before(f, entry, line) if f.lines[line, L_AFFINITY] else NONE
    if not seek(f, entry, line, agent, now_us):
        expect_loss(f, entry, now_us + patience_us <= last_us)


@inlined
def expect_loss(f: Floor, entry: int, gives_up: bool) -> None:
    """See to it that what follows if nobody answers is looked at when it would happen.

    Parameters
    ----------
    gives_up
        Whether the buyer's patience ends before the service closes.
    """
    row = f.played[O_ROW, entry]
    following = f.trace.rows[row, A_IF_LOST]
    if following != NONE and (gives_up or f.trace.rows[following, A_CAUSE] == MESSAGE):
        comes_us = f.played[O_LIMIT, entry] + f.trace.rows[row, A_LOST_DELAY]
        push_ahead(f.ahead, f.clock, comes_us, f.rows[entry, R_ROOT] << ROW_BITS | following, 2 * entry + 1)


@inlined
def _who_answered_before(f: Floor, entry: int, line: int) -> int:
    """Return the agent of the last answered attempt, if he stands in line with room for this one, else ``NONE``."""
    agent = f.answered_by[f.rows[entry, R_ROOT]] - 1
    if agent < 0 or f.people[agent, P_PLACE] == NONE or f.people[agent, P_HELD] != NONE:
        return NONE
    group = f.people[agent, P_GROUP]
    if f.people[agent, P_SLOTS] <= most_open(f.lines, f.groups, line, group):
        first, last = f.lines[line, L_STEP], f.lines[line, L_STEP_END] - 1
        for place in range(f.steps[first, K_GROUP], f.steps[last, K_GROUP_END]):
            if f.ladder[place] == group:
                return int(agent)
    return NONE


@inlined
def seek(f: Floor, entry: int, line: int, agent: int, now_us: int) -> bool:
    """Let a live contact go to an agent, if one is named, or look in the first step of a line; tell whether it went.

    If others wait in the line, or nobody is found, it joins it.
    """
    whom = (agent, f.lines[line, L_STEP])
    if (agent != NONE or first_waiting(f, line, now_us) == NONE) and _assign(f, entry, line, whom, now_us):
        return True
    join_line(f, line, entry, now_us)
    return False


@inlined
def _assign(f: Floor, entry: int, line: int, whom: tuple[int, int], now_us: int) -> bool:
    """Give a live contact to who is free in a step's groups, else to who works on a ticket; tell whether it went.

    Buyers' messages of the same µs are written already.

    Parameters
    ----------
    whom
        Agent who takes it in any case, ``NONE`` for nobody in particular; step.
    """
    agent, step = whom
    ticket = NONE
    if agent == NONE:
        agent = _free_agent(f, line, step, now_us)
    if agent == NONE:
        agent = _interruptible(f, step)
        if agent == NONE:
            return False
        ticket = put_down(f, agent, now_us)
    take_live(f, agent, entry, line, (now_us, now_us + 1))
    set_due(f.tree, f.clock, agent, f.people[agent, P_DUE])
    line_up(f, agent)
    if ticket != NONE:
        seek_for_ticket(f, ticket, now_us)
    return True


@inlined
def _free_agent(f: Floor, line: int, step: int, now_us: int) -> int:
    for place in range(f.steps[step, K_GROUP], f.steps[step, K_GROUP_END]):
        group = f.ladder[place]
        agent = choose(f, group, most_open(f.lines, f.groups, line, group), now_us)
        if agent != NONE:
            return agent
    return NONE


@inlined
def _interruptible(f: Floor, step: int) -> int:
    for place in range(f.steps[step, K_GROUP], f.steps[step, K_GROUP_END]):
        agent = last_due(f, f.ladder[place])
        if agent != NONE:
            return agent
    return NONE


@inlined
def live_reaches(f: Floor, entry: int, step: int, now_us: int) -> None:
    """Let the first of a line look in the groups of a step; who is not taken may be moved to another line."""
    line = f.steps[step, K_LINE]
    if first_waiting(f, line, now_us) == entry and _assign(f, entry, line, (NONE, step), now_us):
        leave_line(f, line, entry)
        return
    to = f.steps[step, K_TRANSFER]
    if to != NONE:
        leave_line(f, line, entry)
        f.played[O_LINE, entry] = f.rows[entry, R_LINE] = to
        f.played[O_HOPS, entry] += 1
        seek(f, entry, to, NONE, now_us)


@inlined
def look(f: Floor, agent: int, now_us: int) -> None:
    """Let an agent who takes contacts take what he can, and stand in line with what room he has left."""
    room = f.groups[f.people[agent, P_GROUP], G_ROOM]
    while f.people[agent, P_HELD] == NONE and f.people[agent, P_SLOTS] < room:
        line = _next_line(f, agent, now_us)
        if line == NONE:
            break
        entry = f.lines[line, L_HEAD]
        leave_line(f, line, entry)
        take_live(f, agent, entry, line, (now_us, now_us))
    if f.people[agent, P_HELD] == NONE and f.people[agent, P_SLOTS] == 0:
        ticket = next_ticket(f, agent)
        if ticket != NONE:
            take_from_pool(f.rows, f.steps, ticket)
            take_ticket(f, agent, ticket, now_us)
    line_up(f, agent)


@inlined
def _next_line(f: Floor, agent: int, now_us: int) -> int:
    """Return the line whose first contact an agent takes: most urgent, then longest weighted wait."""
    best, best_priority, best_score = NONE, 0, 0
    group, slots = f.people[agent, P_GROUP], f.people[agent, P_SLOTS]
    for want in range(f.groups[group, G_LIVE], f.groups[group, G_LIVE_END]):
        line = f.wants[want, W_LINE]
        if f.lines[line, L_HEAD] == NONE or slots > most_open(f.lines, f.groups, line, group):
            continue
        entry = first_waiting(f, line, now_us)
        if entry == NONE:
            continue
        wait_us = now_us - f.rows[entry, R_JOINED]
        if wait_us <= f.wants[want, W_WAIT]:
            continue
        priority = f.wants[want, W_PRIORITY] - _raised(f, line, wait_us)
        score = wait_us * f.wants[want, W_AGE]
        if best == NONE or priority < best_priority or (priority == best_priority and score > best_score):
            best, best_priority, best_score = line, priority, score
    return best


@inlined
def _raised(f: Floor, line: int, wait_us: int) -> int:
    """Return how much the steps raise a contact that it has waited longer for."""
    step = f.lines[line, L_STEP_END] - 1
    while step > f.lines[line, L_STEP] and wait_us <= f.steps[step, K_WAIT]:
        step -= 1
    return int(f.steps[step, K_RAISED])
