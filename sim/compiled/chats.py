"""Open chat sessions: typing message by message, and slots that share an agent.

What an agent types between two closes of sessions concerns nobody else. So he has one event, a moment before which none
of his sessions can close, and is run forward alone to it; earlier only when he takes a session, or when the
router asks whether he is typing.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import (
    CLOSE,
    G_OLDEST,
    KIND_BITS,
    L_BY_MESSAGES,
    NEVER,
    NONE,
    O_OFFERED,
    P_CLOCK,
    P_COUNT,
    P_DUE,
    P_GROUP,
    P_PACE,
    P_READ,
    P_TYPED,
    P_TYPING,
    P_WORKING,
    R_FIRST_ROUND,
    R_HOLD,
    R_LEFT,
    R_ROOT,
    R_ROUND_END,
    S_ENTRY,
    S_KEY,
    S_LEFT,
    S_ROOT,
    S_ROUND,
    S_ROUND_END,
    Floor,
)
from sim.floor.clock import PPM
from sim.floor.jit import inlined


@inlined
def scaled(work_us: int, factor_ppm: int) -> int:
    """Return ``work_us`` times a factor, rounded to the nearest µs (half up), at least 1."""
    if factor_ppm == PPM:
        return work_us
    return max(1, (work_us * factor_ppm + PPM // 2) // PPM)


@inlined
def open_session(f: Floor, agent: int, entry: int, line: int, moment: tuple[int, int]) -> None:
    """Give an agent one more session.

    Parameters
    ----------
    moment
        Now, and the µs before which messages have been written.
    """
    now_us, written_us = moment
    place = f.people[agent, P_COUNT]
    f.sessions[agent, S_ENTRY, place] = entry
    f.sessions[agent, S_ROOT, place] = f.rows[entry, R_ROOT]
    if f.lines[line, L_BY_MESSAGES]:
        type_on(f, agent, now_us, written_us)
        f.people[agent, P_COUNT] = place + 1
        _open_by_messages(f, agent, entry, place, now_us)
    else:
        read_clock(f, agent, now_us)
        f.people[agent, P_COUNT] = place + 1
        work_us = scaled(f.rows[entry, R_LEFT], f.people[agent, P_PACE])
        f.sessions[agent, S_KEY, place] = f.people[agent, P_CLOCK] + work_us * PPM
        f.people[agent, P_DUE] = next_close_by_slots(f, agent, now_us)


@inlined
def _open_by_messages(f: Floor, agent: int, entry: int, place: int, now_us: int) -> None:
    first, end, pace = f.rows[entry, R_FIRST_ROUND], f.rows[entry, R_ROUND_END], f.people[agent, P_PACE]
    left = f.rows[entry, R_HOLD]
    for number in range(first, end):
        left += scaled(f.trace.round_work_us[number], pace)
        if number > first:
            left += f.trace.think_us[number]
    f.sessions[agent, S_ROUND, place], f.sessions[agent, S_ROUND_END, place] = first, end
    f.sessions[agent, S_LEFT, place] = left
    offered_us = f.played[O_OFFERED, entry]
    f.sessions[agent, S_KEY, place] = offered_us if f.groups[f.people[agent, P_GROUP], G_OLDEST] else offered_us - NEVER
    if f.people[agent, P_TYPING] == NONE:
        _begin_reply(f, agent, place, now_us)
        closes_us = f.people[agent, P_TYPED] + f.sessions[agent, S_LEFT, place]
    else:
        closes_us = f.people[agent, P_TYPED] + left
    f.people[agent, P_DUE] = min(f.people[agent, P_DUE], closes_us << KIND_BITS | CLOSE)


@inlined
def _begin_reply(f: Floor, agent: int, place: int, now_us: int) -> None:
    work_us = scaled(f.trace.round_work_us[f.sessions[agent, S_ROUND, place]], f.people[agent, P_PACE])
    f.people[agent, P_TYPING], f.people[agent, P_TYPED] = place, now_us + work_us
    f.people[agent, P_WORKING] += work_us
    f.sessions[agent, S_KEY, place] = NEVER
    f.sessions[agent, S_LEFT, place] -= work_us


@inlined
def _end_reply(f: Floor, agent: int) -> None:
    """Stamp the reply; the buyer thinks, or the session begins to be held until it closes."""
    place, typed_us = f.people[agent, P_TYPING], f.people[agent, P_TYPED]
    number = f.sessions[agent, S_ROUND, place]
    f.replied[number] = typed_us
    number += 1
    f.sessions[agent, S_ROUND, place] = number
    if number < f.sessions[agent, S_ROUND_END, place]:
        think_us = f.trace.think_us[number]
        f.sessions[agent, S_KEY, place] = typed_us + think_us
        f.sessions[agent, S_LEFT, place] -= think_us
    else:
        f.sessions[agent, S_LEFT, place] += typed_us


@inlined
def type_on(f: Floor, agent: int, now_us: int, written_us: int) -> None:
    """Run an agent forward: replies that end until ``now_us``, messages written before ``written_us``."""
    while True:
        place = f.people[agent, P_TYPING]
        if place != NONE:
            typed_us = f.people[agent, P_TYPED]
            if typed_us > now_us:
                return
            _end_reply(f, agent)
            following = _next_unread(f.sessions, agent, f.people[agent, P_COUNT], typed_us)
            if following != NONE:
                _begin_reply(f, agent, following, typed_us)
            else:
                f.people[agent, P_TYPING] = NONE
        else:
            following = _next_unread(f.sessions, agent, f.people[agent, P_COUNT], written_us)
            if following == NONE:
                return
            _begin_reply(f, agent, following, f.sessions[agent, S_KEY, following])


@inlined
def _next_unread(sessions: IntArray, agent: int, count: int, before_us: int) -> int:
    """Return the session whose message is next of those written before a moment, ``NONE`` for none."""
    best, best_key = NONE, before_us
    for place in range(count):
        key = sessions[agent, S_KEY, place]
        if key < best_key or (
            key == best_key and best != NONE and sessions[agent, S_ROOT, place] < sessions[agent, S_ROOT, best]
        ):
            best, best_key = place, key
    return best


@inlined
def next_close(f: Floor, agent: int) -> int:
    """Return the key of a moment before which no session of an agent can close; all are run forward to now."""
    typing, free_us = f.people[agent, P_TYPING], 0
    if typing != NONE:
        free_us = f.people[agent, P_TYPED]
    closes_us = NEVER >> KIND_BITS
    for place in range(f.people[agent, P_COUNT]):
        soonest_us = f.sessions[agent, S_LEFT, place]
        if place == typing:
            soonest_us += free_us
        elif f.sessions[agent, S_KEY, place] != NEVER:
            soonest_us += max(f.sessions[agent, S_KEY, place], free_us)
        closes_us = min(closes_us, soonest_us)
    return closes_us << KIND_BITS | CLOSE


@inlined
def is_over(f: Floor, agent: int, place: int, now_us: int) -> bool:
    """Return whether a session by messages, run forward to now, closes now."""
    replied = f.sessions[agent, S_ROUND, place] == f.sessions[agent, S_ROUND_END, place]
    return bool(replied and f.sessions[agent, S_LEFT, place] <= now_us)


@inlined
def read_clock(f: Floor, agent: int, now_us: int) -> None:
    """Bring the work clock of an agent who chats by slots up to now."""
    count = f.people[agent, P_COUNT]
    if count:
        speed = f.speeds[f.people[agent, P_GROUP], min(count, f.speeds.shape[1] - 1)]
        f.people[agent, P_CLOCK] += (now_us - f.people[agent, P_READ]) * speed
    else:
        f.people[agent, P_CLOCK] = 0
    f.people[agent, P_READ] = now_us


@inlined
def next_close_by_slots(f: Floor, agent: int, now_us: int) -> int:
    """Return the key of the next close; the work clock has been read now."""
    count = f.people[agent, P_COUNT]
    reading = f.sessions[agent, S_KEY, 0]
    for place in range(1, count):
        reading = min(reading, f.sessions[agent, S_KEY, place])
    speed = f.speeds[f.people[agent, P_GROUP], min(count, f.speeds.shape[1] - 1)]
    left = reading - f.people[agent, P_CLOCK]
    return int(now_us - -left // speed) << KIND_BITS | CLOSE


@inlined
def drop_session(f: Floor, agent: int, place: int) -> None:
    """Take a session out of an agent's, the last one filling its place."""
    last = f.people[agent, P_COUNT] - 1
    f.people[agent, P_COUNT] = last
    if place != last:
        for field in range(f.sessions.shape[1]):
            f.sessions[agent, field, place] = f.sessions[agent, field, last]
        if f.people[agent, P_TYPING] == last:
            f.people[agent, P_TYPING] = place
