"""A day of chat by messages, one line and one group, played and counted in one go.

The floor of ``sim.compiled.full`` without what such a day does not need: no log, no rows of attempts, no ladder. What
it counts is, contact by contact, what the full floor does; the people come and go by the very same code.

An agent's unread messages are numbers in one row, the moment of each with the session's place in its lowest bits, so
that the next one to answer is the least of them. Sessions keep the order in which they were taken, which among equal
moments is the order of their contacts.
"""

from scenarios import NOBODY
from scenarios.checks import IntArray
from sim.compiled.attendance import change_shift, end_break, has_empty_hands, leave
from sim.compiled.chat_fields import (
    BEFORE_ALL,
    C_ABANDONED,
    C_IN_TIME,
    C_OFFERED,
    C_REPLIES_IN_TIME,
    C_ROUNDS,
    FAR,
    H_CELL,
    H_FIELDS,
    H_KEY,
    H_LEFT,
    H_ROUND,
    H_ROUND_END,
    PLACE_BITS,
    PLACE_MASK,
    ChatDay,
    ChatRules,
)
from sim.compiled.chats import scaled
from sim.compiled.events import set_due
from sim.compiled.fields import (
    C_BITS,
    C_MOVE,
    C_STAMP,
    CLOSE,
    FINISHING,
    FIRST,
    JOINS,
    KIND_BITS,
    LAST,
    LEAST_LOADED,
    LOOKED_AT,
    NEVER,
    NO_TIME,
    NONE,
    NOT_TYPING_FIRST,
    P_COUNT,
    P_DUE,
    P_DUTY,
    P_NEXT,
    P_PACE,
    P_PLACE,
    P_PREV,
    P_STAMP,
    P_TAKING,
    P_TYPED,
    P_TYPING,
    V_AGENT,
    V_KEY,
)
from sim.compiled.fields import P_READ as P_ASKED  # chat by messages reads no work clock
from sim.compiled.standing import step_out
from sim.floor.chat_rows import N_THINK, N_WORK, T_ARRIVAL, T_LEFT, T_PATIENCE, T_ROUND
from sim.floor.clock import PPM
from sim.floor.jit import inlined, kernel


@inlined
def _begin_reply(d: ChatDay, agent: int, place: int, asked_us: int, now_us: int) -> int:
    """Let an agent type the next reply of a session; return when it will be done."""
    people, open_ = d.desk.people, d.desk.open
    work_us = d.stored.rounds[open_[agent, H_ROUND, place], N_WORK]
    if people[agent, P_PACE] != PPM:
        work_us = scaled(work_us, people[agent, P_PACE])
    people[agent, P_TYPING], people[agent, P_TYPED], people[agent, P_ASKED] = place, now_us + work_us, asked_us
    open_[agent, H_KEY, place] = FAR << PLACE_BITS | place
    open_[agent, H_LEFT, place] -= work_us
    return int(now_us + work_us)


@inlined
def _end_reply(d: ChatDay, agent: int, place: int, typed_us: int) -> None:
    """Count the reply; the buyer thinks, or the session begins to be held until it closes."""
    open_ = d.desk.open
    cell = open_[agent, H_CELL, place]
    took_us = typed_us - d.desk.people[agent, P_ASKED]
    if cell < 0:
        cell = ~cell
        open_[agent, H_CELL, place] = cell
        d.counts[cell, C_IN_TIME] += took_us <= d.rules.within_us
    d.counts[cell, C_REPLIES_IN_TIME] += took_us <= d.rules.reply_within_us
    number = open_[agent, H_ROUND, place] + 1
    open_[agent, H_ROUND, place] = number
    if number < open_[agent, H_ROUND_END, place]:
        think_us = d.stored.rounds[number, N_THINK]
        open_[agent, H_KEY, place] = typed_us + think_us << PLACE_BITS | place
        open_[agent, H_LEFT, place] -= think_us
    else:
        open_[agent, H_LEFT, place] += typed_us


@inlined
def _next_unread(open_: IntArray, agent: int, count: int) -> int:
    """Return the least moment of an unread message with its place, beyond all moments for none."""
    best = FAR << PLACE_BITS
    for place in range(count):
        best = min(best, open_[agent, H_KEY, place])
    return best


@inlined
def _type_on(d: ChatDay, agent: int, now_us: int, written_us: int) -> None:
    """Run an agent forward: replies that end until ``now_us``, messages written before ``written_us``."""
    people, open_ = d.desk.people, d.desk.open
    count, place = people[agent, P_COUNT], people[agent, P_TYPING]
    typed_us = people[agent, P_TYPED]
    while True:
        before_us = written_us
        if place != NONE:
            if typed_us > now_us:
                return
            _end_reply(d, agent, place, typed_us)
            before_us = typed_us
        unread = _next_unread(open_, agent, count)
        asked_us = unread >> PLACE_BITS
        if asked_us < before_us:
            start_us = before_us if place != NONE else asked_us
            place = unread & PLACE_MASK
            if asked_us < 0:
                asked_us += BEFORE_ALL
            typed_us = _begin_reply(d, agent, place, asked_us, start_us)
        elif place == NONE:
            return
        else:
            place = NONE
            people[agent, P_TYPING] = NONE


@inlined
def _take(d: ChatDay, agent: int, row: int, offered_us: int, moment: tuple[int, int]) -> None:
    """Give an agent with room for it a session; ``moment``: now, and before when messages have been written."""
    people, open_ = d.desk.people, d.desk.open
    now_us, written_us = moment
    _type_on(d, agent, now_us, written_us)
    place = people[agent, P_COUNT]
    people[agent, P_COUNT] = place + 1
    first, end, left = (
        d.stored.sessions[row, T_ROUND],
        d.stored.sessions[row + 1, T_ROUND],
        d.stored.sessions[row, T_LEFT],
    )
    pace = people[agent, P_PACE]
    if pace != PPM:
        for number in range(first, end):
            left += scaled(d.stored.rounds[number, N_WORK], pace) - d.stored.rounds[number, N_WORK]
    cell = _cell(d.rules, offered_us)
    d.counts[cell, C_ROUNDS] += end - first - 1  # the first message was counted when it came
    open_[agent, H_ROUND, place], open_[agent, H_ROUND_END, place] = first, end
    open_[agent, H_LEFT, place], open_[agent, H_CELL, place] = left, ~cell
    if people[agent, P_TYPING] == NONE:
        closes_us = _begin_reply(d, agent, place, offered_us, now_us) + open_[agent, H_LEFT, place]
    else:
        ranked_us = offered_us if d.rules.oldest_first else offered_us - BEFORE_ALL
        open_[agent, H_KEY, place] = ranked_us << PLACE_BITS | place
        closes_us = people[agent, P_TYPED] + left
    people[agent, P_DUE] = min(people[agent, P_DUE], closes_us << KIND_BITS | CLOSE)


@inlined
def _cell(rules: ChatRules, moment_us: int) -> int:
    """Return the row of the counts a moment belongs to."""
    interval = moment_us // rules.interval_us
    return int(rules.last_open[interval]) if interval < len(rules.last_open) else len(rules.last_open)


@inlined
def _close(d: ChatDay, agent: int, now_us: int) -> bool:
    """Close the sessions of an agent that are over, all together; return whether there were any."""
    people, open_ = d.desk.people, d.desk.open
    _type_on(d, agent, now_us, now_us)
    before, kept, typing = people[agent, P_COUNT], 0, people[agent, P_TYPING]
    free_us = 0 if typing == NONE else people[agent, P_TYPED]
    closes_us = NEVER >> KIND_BITS
    for place in range(before):
        key, left = open_[agent, H_KEY, place], open_[agent, H_LEFT, place]
        replied = open_[agent, H_ROUND, place] == open_[agent, H_ROUND_END, place]
        if replied and left <= now_us:
            continue
        if place != kept:
            open_[agent, H_KEY, kept] = key - place + kept
            for field in range(H_LEFT, H_FIELDS):
                open_[agent, field, kept] = open_[agent, field, place]
        if place == typing:
            people[agent, P_TYPING] = kept
            left += free_us
        elif not replied:
            left += max(key >> PLACE_BITS, free_us)
        closes_us = min(closes_us, left)
        kept += 1
    people[agent, P_COUNT] = kept
    people[agent, P_DUE] = closes_us << KIND_BITS | CLOSE if kept else NEVER
    return bool(kept < before)


@inlined
def _line_up(d: ChatDay, agent: int) -> None:
    """Let an agent stand where he belongs now, behind everybody with as many sessions."""
    people, places, place = d.desk.people, d.desk.places, d.desk.people[agent, P_COUNT]
    step_out(people, places, agent)
    if not people[agent, P_TAKING] or place >= d.rules.room:
        return
    d.desk.clock[C_STAMP] += 1
    before = places[0, place, LAST]
    people[agent, P_STAMP], people[agent, P_PLACE] = d.desk.clock[C_STAMP], place
    people[agent, P_PREV], people[agent, P_NEXT] = before, NONE
    places[0, place, LAST] = agent
    if before == NONE:
        places[0, place, FIRST] = agent
    else:
        people[before, P_NEXT] = agent


@inlined
def _choose(d: ChatDay, now_us: int) -> int:
    """Return who takes a session, ``NONE`` when nobody has room."""
    people, places = d.desk.people, d.desk.places
    if d.rules.choice == NOT_TYPING_FIRST:
        return _not_typing_first(d, now_us)
    best, best_stamp = NONE, NEVER
    for place in range(d.rules.room):
        agent = places[0, place, FIRST]
        if agent != NONE:
            if d.rules.choice == LEAST_LOADED:
                return int(agent)
            if people[agent, P_STAMP] < best_stamp:
                best, best_stamp = agent, people[agent, P_STAMP]
    return best


@inlined
def _not_typing_first(d: ChatDay, now_us: int) -> int:
    """Return the first of the least loaded who is not typing, else the one whose reply ends soonest."""
    people = d.desk.people
    best, best_us, seen = NONE, NEVER, 0
    for place in range(d.rules.room):
        agent = d.desk.places[0, place, FIRST]
        while agent != NONE and seen < LOOKED_AT:
            _type_on(d, agent, now_us, now_us + 1)
            if people[agent, P_TYPING] == NONE:
                return int(agent)
            if people[agent, P_TYPED] < best_us:
                best, best_us = agent, people[agent, P_TYPED]
            seen += 1
            agent = people[agent, P_NEXT]
    return best


@inlined
def _drop_gone(d: ChatDay, head: int, last: int, first: int, now_us: int) -> int:
    """Return the first of those in line, sessions ``head`` .. ``last`` - 1, who still waits; who gave up is counted."""
    while head < last and d.desk.limit[head - first] < now_us:
        _lose(d, head, first)
        head += 1
    return head


@inlined
def _lose(d: ChatDay, row: int, first: int) -> None:
    offered_us, patience_us = d.stored.sessions[row, T_ARRIVAL], d.stored.sessions[row, T_PATIENCE]
    gave_up = patience_us != NOBODY and offered_us + patience_us <= d.desk.limit[row - first]
    d.counts[_cell(d.rules, offered_us), C_ABANDONED] += gave_up


@inlined
def _offer(d: ChatDay, row: int, first: int, opening: int, now_us: int) -> None:
    """Count a session that is offered, and say how long its buyer waits for a slot."""
    rules = d.rules
    cell = _cell(rules, now_us)
    d.counts[cell, C_OFFERED] += 1
    d.counts[cell, C_ROUNDS] += 1
    limit_us = now_us - 1
    if rules.openings[opening, 0] <= now_us:
        last_us = rules.openings[opening, 1] - 1 + rules.waits_on_us
        limit_us = min(now_us + d.stored.sessions[row, T_PATIENCE], last_us)
    d.desk.limit[row - first] = limit_us


@inlined
def _look(d: ChatDay, agent: int, head: int, last: int, first: int, now_us: int) -> int:
    """Let an agent take who waits as long as he has room, and stand in line; return the first who still waits."""
    while d.desk.people[agent, P_COUNT] < d.rules.room:
        head = _drop_gone(d, head, last, first, now_us)
        if head == last:
            break
        _take(d, agent, head, d.stored.sessions[head, T_ARRIVAL], (now_us, now_us))
        head += 1
    _line_up(d, agent)
    return head


@inlined
def _happen(d: ChatDay, agent: int, key: int) -> bool:
    """Let an agent's next event happen; return whether he then looks for somebody who waits."""
    desk, now_us = d.desk, key >> KIND_BITS
    if key & (1 << KIND_BITS) - 1 != CLOSE:
        return end_break(desk.people, desk.spans, desk.clock, agent, now_us)
    if not _close(d, agent, now_us):
        return False
    if desk.people[agent, P_TAKING]:
        return True
    if desk.people[agent, P_DUTY] != FINISHING or not has_empty_hands(desk.people, agent):
        return False
    return leave(desk.people, desk.spans, desk.clock, agent, now_us)


@kernel
def play_chats(d: ChatDay, first: int, last: int) -> None:
    """Play and count sessions ``first`` .. ``last`` - 1; desk and counts are as at the start of a day."""
    desk, sessions, openings = d.desk, d.stored.sessions, d.rules.openings
    bits, row, head, opening = desk.clock[C_BITS], first, first, 0
    while True:
        word, move_key = desk.tree[1], desk.moves[desk.clock[C_MOVE], V_KEY]
        people_key = NEVER if word == NEVER else word >> bits
        arrives_us = sessions[row, T_ARRIVAL] if row < last else NO_TIME
        key = min(people_key, move_key)
        if arrives_us << KIND_BITS | JOINS < key:
            while openings[opening, 1] <= arrives_us:
                opening += 1
            if sessions[row, T_PATIENCE] == NOBODY:
                desk.limit[row - first] = NONE
            else:
                _offer(d, row, first, opening, arrives_us)
            head = _drop_gone(d, head, row, first, arrives_us)
            if head == row and desk.limit[row - first] >= arrives_us:
                agent = _choose(d, arrives_us)
                if agent != NONE:
                    _take(d, agent, row, arrives_us, (arrives_us, arrives_us + 1))
                    set_due(desk.tree, desk.clock, agent, desk.people[agent, P_DUE])
                    _line_up(d, agent)
                    head += 1
            row += 1
            continue
        if key >= NEVER:
            break
        now_us, agent = key >> KIND_BITS, word & (1 << bits) - 1
        mover = desk.moves[desk.clock[C_MOVE], V_AGENT]
        if key == move_key and (key != people_key or mover <= agent):
            agent = mover
            looks = change_shift(desk, desk.clock[C_MOVE], now_us)  # type: ignore[arg-type]  # reads what a floor has, too
            desk.clock[C_MOVE] += 1
        else:
            looks = _happen(d, agent, key)
        if looks:
            head = _look(d, agent, head, row, first, now_us)
        set_due(desk.tree, desk.clock, agent, desk.people[agent, P_DUE])
    while head < last:
        _lose(d, head, first)
        head += 1
