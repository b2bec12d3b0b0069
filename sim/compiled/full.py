"""The compiled floor with every mechanism: one loop over what comes next."""

from collections.abc import Callable

from sim.compiled.attendance import change_shift, end_break, has_empty_hands, leave
from sim.compiled.chats import drop_session, is_over, next_close, next_close_by_slots, read_clock, type_on
from sim.compiled.events import ROW_BITS, first_agent, pop_ahead, set_due
from sim.compiled.fields import (
    C_AFFINITY,
    C_ARRIVAL,
    C_MOVE,
    C_OPENING,
    C_STEP,
    C_STEP_DUE,
    CLOSE,
    END,
    FINISHING,
    G_BY_SLOTS,
    JOINS,
    K_LINE,
    K_NUMBER,
    K_ROOT,
    K_WAIT,
    KIND_BITS,
    L_CHANNEL,
    L_SLOTS,
    NEVER,
    NO_TIME,
    NONE,
    O_ENDED,
    O_LIMIT,
    O_LINE,
    O_OFFERED,
    O_TAKEN,
    P_BEGAN,
    P_BUSY,
    P_BUSY_SINCE,
    P_CLOCK,
    P_COUNT,
    P_DUE,
    P_DUTY,
    P_GROUP,
    P_HELD,
    P_PACE,
    P_SLOTS,
    P_TAKING,
    P_WORKING,
    R_AFTER,
    R_JOINED,
    R_REACHED,
    RECONTACT,
    REDIAL,
    REOPENED,
    S_KEY,
    S_ROW,
    TICKET,
    V_AGENT,
    V_KEY,
    Floor,
)
from sim.compiled.jit import inlined, kernel, sources
from sim.compiled.offers import come_later, expect_loss, live_reaches, look, offer_live
from sim.compiled.tickets import offer_ticket, ticket_reaches
from sim.compiled.waiting import await_next, leave_line, next_to_reach


@inlined
def _offer(f: Floor, row: int, now_us: int) -> None:
    """Offer an attempt at its moment; out of hours the buyer's own are not made, what the shop owes is closed out."""
    if f.lines[f.trace.line[row], L_CHANNEL] == TICKET:
        f.played[O_OFFERED, row] = now_us
        offer_ticket(f, row, now_us)
        return
    while f.openings[f.clock[C_OPENING], 1] <= now_us:
        f.clock[C_OPENING] += 1
    opening = f.clock[C_OPENING]
    if f.openings[opening, 0] <= now_us:
        f.played[O_OFFERED, row] = now_us
        offer_live(f, row, f.openings[opening, 1], now_us)
        return
    cause = f.trace.cause[row]
    if cause not in (REDIAL, REOPENED, RECONTACT):
        f.played[O_OFFERED, row], f.played[O_LIMIT, row] = now_us, now_us - 1
        expect_loss(f, row)


@inlined
def _reach_step(f: Floor, key: int) -> None:
    """Let who reaches a step of the ladder reach it, if he still waits."""
    step, now_us = f.clock[C_STEP], key >> KIND_BITS
    row = next_to_reach(f, step, now_us)
    if row != NONE:
        joined_us = f.rows[row, R_JOINED]
        if joined_us + f.steps[step, K_WAIT] == now_us and f.trace.root[row] == f.steps[step, K_ROOT]:
            f.rows[row, R_REACHED] = f.steps[step, K_NUMBER] + 1
            if f.lines[f.steps[step, K_LINE], L_CHANNEL] == TICKET:
                ticket_reaches(f, row, step, now_us)
            else:
                live_reaches(f, row, step, now_us)
    await_next(f, step, now_us)


@inlined
def _happen(f: Floor, agent: int, key: int) -> bool:
    """Let an agent's next event happen; return whether he then looks for something to take."""
    kind, now_us = key & (1 << KIND_BITS) - 1, key >> KIND_BITS
    if kind == END:
        _finish(f, agent, now_us)
    elif kind == CLOSE:
        if not _close(f, agent, now_us):
            return False
    else:
        return end_break(f.people, f.spans, f.clock, agent, now_us)
    if f.people[agent, P_TAKING]:
        return True
    if f.people[agent, P_DUTY] != FINISHING or not has_empty_hands(f.people, agent):
        return False
    return leave(f.people, f.spans, f.clock, agent, now_us)


@inlined
def _finish(f: Floor, agent: int, now_us: int) -> None:
    """End the call or ticket in hand."""
    row = f.people[agent, P_HELD]
    f.people[agent, P_HELD], f.people[agent, P_DUE] = NONE, NEVER
    f.people[agent, P_BUSY] += now_us - f.people[agent, P_BUSY_SINCE]
    f.people[agent, P_WORKING] += now_us - f.people[agent, P_BEGAN]
    if f.lines[f.trace.line[row], L_CHANNEL] == TICKET:
        leave_line(f, f.played[O_LINE, row], row)
    _answered(f, agent, row, now_us)


@inlined
def _answered(f: Floor, agent: int, row: int, now_us: int) -> None:
    """End an answered attempt, and see what follows from it."""
    f.played[O_ENDED, row] = now_us
    if f.clock[C_AFFINITY]:
        f.answered_by[f.trace.root[row]] = agent + 1
    following = f.trace.if_answered[row]
    if following != NONE and f.trace.need_ppm[row] < f.people[agent, P_PACE]:
        come_later(f, following, now_us)


@inlined
def _close(f: Floor, agent: int, now_us: int) -> bool:
    """Close the sessions of an agent that are over, all together; return whether there were any."""
    by_slots = f.groups[f.people[agent, P_GROUP], G_BY_SLOTS]
    if by_slots:
        read_clock(f, agent, now_us)
    else:
        type_on(f, agent, now_us, now_us)
    before = f.people[agent, P_COUNT]
    for place in range(before - 1, -1, -1):
        if by_slots:
            over = f.sessions[agent, S_KEY, place] <= f.people[agent, P_CLOCK]
        else:
            over = is_over(f, agent, place, now_us)
        if over:
            row = f.sessions[agent, S_ROW, place]
            f.people[agent, P_SLOTS] -= f.lines[f.played[O_LINE, row], L_SLOTS]
            drop_session(f, agent, place)
            _answered(f, agent, row, now_us)
    if f.people[agent, P_COUNT] == 0:
        busy_us = now_us - f.people[agent, P_BUSY_SINCE]
        f.people[agent, P_BUSY] += busy_us
        f.people[agent, P_WORKING] += busy_us if by_slots else 0
        f.people[agent, P_DUE] = NEVER
    else:
        f.people[agent, P_DUE] = next_close_by_slots(f, agent, now_us) if by_slots else next_close(f, agent)
    return bool(f.people[agent, P_COUNT] < before)


def _entry(digest: int) -> Callable[[Floor], None]:
    @kernel
    def play_floor(f: Floor) -> None:
        if digest == NONE:
            return  # never so; but a number has to be used to be part of the cache's key
        while True:
            people_key, move_key, step_key = f.tree[1], f.moves[f.clock[C_MOVE], V_KEY], f.clock[C_STEP_DUE]
            root, ahead_us = f.clock[C_ARRIVAL], f.ahead[0, 0]
            arrives_us = f.trace.arrival_us[root] if root < len(f.trace.arrival_us) else NO_TIME
            key = min(people_key, move_key, step_key)
            if min(arrives_us, ahead_us) << KIND_BITS | JOINS < key:
                if ahead_us < arrives_us or (ahead_us == arrives_us and f.ahead[0, 1] >> ROW_BITS < root):
                    row, now_us = pop_ahead(f.ahead, f.clock), ahead_us
                    after = f.rows[row, R_AFTER]
                    made = after == 0 or f.played[O_TAKEN, after - 1] == NONE
                else:
                    row, now_us, made = root, arrives_us, not f.trace.contained[root]
                    f.clock[C_ARRIVAL] = root + 1
                if made:
                    _offer(f, row, now_us)
                continue
            if key >= NEVER:
                return
            now_us = key >> KIND_BITS
            if key == step_key:
                _reach_step(f, key)
                continue
            agent = f.moves[f.clock[C_MOVE], V_AGENT]
            if key == move_key and (key != people_key or agent <= first_agent(f.tree)):
                looks = change_shift(f, f.clock[C_MOVE], now_us)
                f.clock[C_MOVE] += 1
            else:
                agent = first_agent(f.tree)
                looks = _happen(f, agent, key)
            if looks:
                look(f, agent, now_us)
            set_due(f.tree, agent, f.people[agent, P_DUE])

    return play_floor


play_floor = _entry(sources())
"""Play until nothing is left to happen; everything is written into the arrays of the floor."""
