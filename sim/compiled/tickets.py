"""Tickets: who takes one, who puts it down, and what waiting leads to."""

from sim.compiled.events import set_due
from sim.compiled.fields import (
    G_TICKETS,
    G_TICKETS_END,
    K_GROUP,
    K_GROUP_END,
    K_POOL,
    K_RAISED,
    K_TRANSFER,
    L_STEP,
    L_STEP_END,
    NEVER,
    NONE,
    O_AGENT,
    O_HOPS,
    O_LIMIT,
    O_LINE,
    O_ROW,
    O_TAKEN,
    P_BEGAN,
    P_BUSY,
    P_BUSY_SINCE,
    P_DUE,
    P_GROUP,
    P_HELD,
    P_PACE,
    P_WORKING,
    R_DUE,
    R_LEFT,
    R_LINE,
    R_POOL,
    R_REACHED,
    W_LINE,
    W_PRIORITY,
    W_STEP,
    Floor,
)
from sim.compiled.hands import begin
from sim.compiled.standing import choose, line_up
from sim.compiled.ticket_pools import due_before, put_in_pool, take_from_pool
from sim.compiled.waiting import join_line, leave_line
from sim.floor.clock import PPM
from sim.floor.jit import inlined
from sim.floor.trace_rows import A_DUE


@inlined
def offer_ticket(f: Floor, ticket: int, now_us: int) -> None:
    """Bring a new ticket to the floor."""
    f.played[O_LIMIT, ticket] = NEVER
    f.rows[ticket, R_DUE] = now_us + f.trace.rows[f.played[O_ROW, ticket], A_DUE]
    join_line(f, f.rows[ticket, R_LINE], ticket, now_us)
    seek_for_ticket(f, ticket, now_us)


@inlined
def seek_for_ticket(f: Floor, ticket: int, now_us: int) -> None:
    """Let a ticket look in all groups it has reached; without luck it waits."""
    first = f.lines[f.rows[ticket, R_LINE], L_STEP]
    last = first + f.rows[ticket, R_REACHED] - 1
    for place in range(f.steps[first, K_GROUP], f.steps[last, K_GROUP_END]):
        agent = choose(f, f.ladder[place], 0, now_us)
        if agent != NONE:
            take_ticket(f, agent, ticket, now_us)
            set_due(f.tree, f.clock, agent, f.people[agent, P_DUE])
            line_up(f, agent)
            return
    put_in_pool(f.rows, f.steps, last, ticket)


@inlined
def next_ticket(f: Floor, agent: int) -> int:
    """Return the waiting ticket an agent with empty hands takes, ``NONE`` for none."""
    best, best_priority = NONE, 0
    group = f.people[agent, P_GROUP]
    for want in range(f.groups[group, G_TICKETS], f.groups[group, G_TICKETS_END]):
        line = f.wants[want, W_LINE]
        for step in range(f.lines[line, L_STEP] + f.wants[want, W_STEP], f.lines[line, L_STEP_END]):
            ticket = f.steps[step, K_POOL]
            if ticket == NONE:
                continue
            priority = f.wants[want, W_PRIORITY] - f.steps[step, K_RAISED]
            if (
                best == NONE
                or priority < best_priority
                or (priority == best_priority and due_before(f.rows, ticket, best))
            ):
                best, best_priority = ticket, priority
    return best


@inlined
def take_ticket(f: Floor, agent: int, ticket: int, now_us: int) -> None:
    """Put a ticket into an agent's empty hands."""
    if f.played[O_TAKEN, ticket] == NONE:
        f.played[O_TAKEN, ticket] = now_us
    elif f.played[O_AGENT, ticket] != agent:
        f.played[O_HOPS, ticket] += 1
    f.rows[ticket, R_POOL] = NONE
    begin(f, agent, ticket, f.rows[ticket, R_LEFT], now_us)


@inlined
def put_down(f: Floor, agent: int, now_us: int) -> int:
    """Take the ticket out of an agent's hands, the work done so far taken off, and return it."""
    ticket, spent_us = f.people[agent, P_HELD], now_us - f.people[agent, P_BEGAN]
    done_us = spent_us * PPM // f.people[agent, P_PACE]
    f.rows[ticket, R_LEFT] = max(1, f.rows[ticket, R_LEFT] - done_us)
    f.people[agent, P_HELD], f.people[agent, P_DUE] = NONE, NEVER
    f.people[agent, P_BUSY] += now_us - f.people[agent, P_BUSY_SINCE]
    f.people[agent, P_WORKING] += spent_us
    return int(ticket)


@inlined
def ticket_reaches(f: Floor, ticket: int, step: int, now_us: int) -> None:
    """Let a ticket that waits look in all groups it has reached, or join the line the step leads to."""
    if f.rows[ticket, R_POOL] == NONE:
        return
    take_from_pool(f.rows, f.steps, ticket)
    seek_for_ticket(f, ticket, now_us)
    to = f.steps[step, K_TRANSFER]
    if f.rows[ticket, R_POOL] == NONE or to == NONE:
        return
    take_from_pool(f.rows, f.steps, ticket)
    leave_line(f, f.rows[ticket, R_LINE], ticket)
    f.played[O_LINE, ticket] = f.rows[ticket, R_LINE] = to
    f.played[O_HOPS, ticket] += 1
    join_line(f, to, ticket, now_us)
    seek_for_ticket(f, ticket, now_us)
