"""The compiled floor with every mechanism: one loop over what comes next."""

from collections.abc import Callable

from sim.compiled.attendance import change_shift, end_break, has_empty_hands, leave
from sim.compiled.chats import drop_session, is_over, next_close, next_close_by_slots, read_clock, type_on
from sim.compiled.events import ROW_BITS, ROW_MASK, pop_ahead, push_ahead, set_due
from sim.compiled.fields import (
    C_AFFINITY,
    C_AHEAD,
    C_ARRIVAL,
    C_BITS,
    C_MADE,
    C_MOVE,
    C_OPENING,
    CLOSE,
    E_KEY,
    E_TIE,
    END,
    FINISHING,
    G_BY_SLOTS,
    H_BEFORE,
    H_TIME,
    H_WHO,
    JOINS,
    K_LINE,
    K_NUMBER,
    K_WAIT,
    KIND_BITS,
    L_CHANNEL,
    L_SLOTS,
    NEVER,
    NO_TIME,
    NONE,
    O_AGENT,
    O_BEFORE,
    O_ENDED,
    O_HOPS,
    O_LIMIT,
    O_LINE,
    O_OFFERED,
    O_ROW,
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
    R_DELAY,
    R_FIRST_ROUND,
    R_HOLD,
    R_IF_ANSWERED,
    R_JOINED,
    R_LEFT,
    R_LINE,
    R_NEED,
    R_REACHED,
    R_ROOT,
    R_ROUND_END,
    RECONTACT,
    REDIAL,
    REOPENED,
    S_ENTRY,
    S_KEY,
    STEP_BITS,
    TICKET,
    V_AGENT,
    V_KEY,
    Floor,
)
from sim.compiled.offers import expect_loss, live_reaches, look, offer_live
from sim.compiled.tickets import offer_ticket, ticket_reaches
from sim.compiled.waiting import await_next, leave_line, next_to_reach
from sim.floor.jit import inlined, kernel, sources
from sim.floor.prefetch import fetch
from sim.floor.trace_rows import (
    A_ANSWERED_DELAY,
    A_CAUSE,
    A_FIRST_ROUND,
    A_HOLD,
    A_IF_ANSWERED,
    A_LINE,
    A_NEED,
    A_ROUND_END,
    A_WORK,
)


@inlined
def _make(f: Floor, entry: int, row: int, root: int) -> None:
    """Give an attempt its entry: all that will be asked about it."""
    f.played[O_LINE, entry] = f.rows[entry, R_LINE] = f.trace.rows[row, A_LINE]
    f.rows[entry, R_ROOT], f.rows[entry, R_LEFT] = root, f.trace.rows[row, A_WORK]
    f.rows[entry, R_FIRST_ROUND] = f.trace.rows[row, A_FIRST_ROUND]
    f.rows[entry, R_ROUND_END] = f.trace.rows[row, A_ROUND_END]
    f.rows[entry, R_HOLD], f.rows[entry, R_NEED] = f.trace.rows[row, A_HOLD], f.trace.rows[row, A_NEED]
    f.rows[entry, R_IF_ANSWERED] = f.trace.rows[row, A_IF_ANSWERED]
    f.rows[entry, R_DELAY] = f.trace.rows[row, A_ANSWERED_DELAY]


@inlined
def _arrive(f: Floor, root: int, now_us: int) -> None:
    """Offer a root contact, unless the bot keeps it."""
    if f.trace.contained[root]:
        f.played[O_LINE, root] = f.trace.rows[root, A_LINE]
        return
    _make(f, root, root, root)
    _offer(f, root, _closing_us(f, now_us), now_us)


@inlined
def _come_again(f: Floor, who: int, leads: int, now_us: int) -> None:
    """Offer a later attempt, ``leads`` as ``H_BEFORE``.

    While the service is closed the buyer's own live ones are not made, and what the shop owes waits until it opens.
    """
    row, closes_us = who & ROW_MASK, _closing_us(f, now_us)
    if closes_us == now_us and f.lines[f.trace.rows[row, A_LINE], L_CHANNEL] != TICKET:
        if f.trace.rows[row, A_CAUSE] in (REDIAL, REOPENED, RECONTACT):
            return
        opens_us = f.openings[f.clock[C_OPENING], 0]
        if opens_us < NEVER:
            push_ahead(f.ahead, f.clock, opens_us, who, leads)
            return
    entry = f.clock[C_MADE]
    f.clock[C_MADE] = entry + 1
    _make(f, entry, row, who >> ROW_BITS)
    f.played[O_ROW, entry], f.played[O_BEFORE, entry], f.played[O_HOPS, entry] = row, leads >> 1, 0
    f.played[O_OFFERED, entry] = f.played[O_LIMIT, entry] = f.played[O_TAKEN, entry] = NONE
    f.played[O_ENDED, entry] = f.played[O_AGENT, entry] = NONE
    _offer(f, entry, closes_us, now_us)


@inlined
def _closing_us(f: Floor, now_us: int) -> int:
    """Return when the service closes; now, where it is closed."""
    while f.openings[f.clock[C_OPENING], 1] <= now_us:
        f.clock[C_OPENING] += 1
    opening = f.clock[C_OPENING]
    return int(f.openings[opening, 1]) if f.openings[opening, 0] <= now_us else now_us


@inlined
def _offer(f: Floor, entry: int, closes_us: int, now_us: int) -> None:
    """Offer an attempt at its moment; what is live is closed out at once while the service is closed."""
    f.played[O_OFFERED, entry] = now_us
    if f.lines[f.rows[entry, R_LINE], L_CHANNEL] == TICKET:
        offer_ticket(f, entry, now_us)
    elif closes_us > now_us:
        offer_live(f, entry, closes_us, now_us)
    else:
        f.played[O_LIMIT, entry] = now_us - 1
        expect_loss(f, entry, False)


@inlined
def _reach_step(f: Floor, key: int) -> None:
    """Let who reaches a step of the ladder reach it, if he still waits."""
    tie, now_us = f.reaches[1, E_TIE], key >> KIND_BITS
    step, root = tie & (1 << STEP_BITS) - 1, tie >> STEP_BITS
    entry = next_to_reach(f, step, now_us)
    if entry != NONE:
        joined_us = f.rows[entry, R_JOINED]
        if joined_us + f.steps[step, K_WAIT] == now_us and f.rows[entry, R_ROOT] == root:
            f.rows[entry, R_REACHED] = f.steps[step, K_NUMBER] + 1
            if f.lines[f.steps[step, K_LINE], L_CHANNEL] == TICKET:
                ticket_reaches(f, entry, step, now_us)
            else:
                live_reaches(f, entry, step, now_us)
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
    entry = f.people[agent, P_HELD]
    f.people[agent, P_HELD], f.people[agent, P_DUE] = NONE, NEVER
    f.people[agent, P_BUSY] += now_us - f.people[agent, P_BUSY_SINCE]
    f.people[agent, P_WORKING] += now_us - f.people[agent, P_BEGAN]
    line = f.rows[entry, R_LINE]
    if f.lines[line, L_CHANNEL] == TICKET:
        leave_line(f, line, entry)
    _answered(f, agent, entry, now_us)


@inlined
def _answered(f: Floor, agent: int, entry: int, now_us: int) -> None:
    """End an answered attempt, and see what follows from it."""
    f.played[O_ENDED, entry] = now_us
    if f.clock[C_AFFINITY]:
        f.answered_by[f.rows[entry, R_ROOT]] = agent + 1
    following = f.rows[entry, R_IF_ANSWERED]
    if following != NONE and f.rows[entry, R_NEED] < f.people[agent, P_PACE]:
        comes_us = now_us + f.rows[entry, R_DELAY]
        push_ahead(f.ahead, f.clock, comes_us, f.rows[entry, R_ROOT] << ROW_BITS | following, 2 * entry)


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
            entry = f.sessions[agent, S_ENTRY, place]
            f.people[agent, P_SLOTS] -= f.lines[f.rows[entry, R_LINE], L_SLOTS]
            drop_session(f, agent, place)
            _answered(f, agent, entry, now_us)
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
            people_word, move_key, step_key = f.tree[1], f.moves[f.clock[C_MOVE], V_KEY], f.reaches[1, E_KEY]
            people_key = NEVER if people_word == NEVER else people_word >> f.clock[C_BITS]
            first = people_word & (1 << f.clock[C_BITS]) - 1
            root, ahead_us = f.clock[C_ARRIVAL], f.ahead[0, H_TIME]
            arrives_us = f.trace.arrival_us[root] if root < len(f.trace.arrival_us) else NO_TIME
            key = min(people_key, move_key, step_key)
            if min(arrives_us, ahead_us) << KIND_BITS | JOINS < key:
                who = f.ahead[0, H_WHO]
                if ahead_us < arrives_us or (ahead_us == arrives_us and who >> ROW_BITS < root):
                    leads = f.ahead[0, H_BEFORE]
                    pop_ahead(f.ahead, f.clock)
                    if f.clock[C_AHEAD]:
                        fetch(f.trace.rows, f.ahead[0, H_WHO] & ROW_MASK)
                    if leads & 1 == 0 or f.played[O_TAKEN, leads >> 1] == NONE:
                        _come_again(f, who, leads, ahead_us)
                else:
                    f.clock[C_ARRIVAL] = root + 1
                    _arrive(f, root, arrives_us)
                continue
            if key >= NEVER:
                return
            now_us = key >> KIND_BITS
            if key == step_key:
                _reach_step(f, key)
                continue
            agent = f.moves[f.clock[C_MOVE], V_AGENT]
            if key == move_key and (key != people_key or agent <= first):
                looks = change_shift(f, f.clock[C_MOVE], now_us)
                f.clock[C_MOVE] += 1
            else:
                agent = first
                looks = _happen(f, agent, key)
            if looks:
                look(f, agent, now_us)
            set_due(f.tree, f.clock, agent, f.people[agent, P_DUE])

    return play_floor


play_floor = _entry(sources("compiled"))
"""Play until nothing is left to happen; everything is written into the arrays of the floor."""
