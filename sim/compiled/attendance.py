"""Who is at his place: shifts, breaks, "finish, then leave", late breaks, the last moment for new contacts.

Every function tells whether the agent shall now look for something to take.
"""

from scenarios.checks import IntArray
from sim.compiled.fields import (
    AWAY,
    C_PLANNED_END,
    FINISHING,
    KIND_BITS,
    LAST_MOMENT,
    N_END,
    N_LAST_US,
    N_SHIFT_END,
    N_START,
    NEVER,
    NONE,
    ON_DUTY,
    P_AT_WORK,
    P_CAME,
    P_COUNT,
    P_DUE,
    P_DUTY,
    P_HELD,
    P_LAST_US,
    P_SPAN,
    P_SPAN_END,
    P_TAKING,
    SHIFT,
    SHIFT_STARTS,
    SPAN_ENDS,
    V_AGENT,
    V_SPAN,
    V_WHAT,
    Floor,
)
from sim.compiled.standing import step_out
from sim.floor.jit import inlined, kernel


@inlined
def change_shift(f: Floor, move: int, now_us: int) -> bool:
    """Do what the roster says at this moment."""
    agent, what, span = f.moves[move, V_AGENT], f.moves[move, V_WHAT], f.moves[move, V_SPAN]
    if what == SHIFT_STARTS:
        return _start_shift(f.people, f.spans, agent, span, now_us)
    on_duty = f.people[agent, P_DUTY] == ON_DUTY
    if what == LAST_MOMENT and on_duty and now_us >= f.people[agent, P_LAST_US]:
        f.people[agent, P_TAKING] = 0
        step_out(f.people, f.places, agent)
    if what == SPAN_ENDS and on_duty and f.people[agent, P_SPAN] == span:
        f.people[agent, P_DUTY], f.people[agent, P_TAKING] = FINISHING, 0
        step_out(f.people, f.places, agent)
        return has_empty_hands(f.people, agent) and leave(f.people, f.spans, f.clock, agent, now_us)
    return False


@kernel
def _start_shift(people: IntArray, spans: IntArray, agent: int, span: int, now_us: int) -> bool:
    if people[agent, P_DUTY] == AWAY:
        people[agent, P_CAME] = now_us
        people[agent, P_DUE] = NEVER  # a break that is still on
    return _enter(people, spans, agent, span, now_us)


@inlined
def has_empty_hands(people: IntArray, agent: int) -> bool:
    """Return whether an agent has neither call nor ticket nor session."""
    return bool(people[agent, P_HELD] == NONE and people[agent, P_COUNT] == 0)


@kernel
def end_break(people: IntArray, spans: IntArray, clock: IntArray, agent: int, now_us: int) -> bool:
    """End the break of an agent: he comes, unless the span he was to come for is over."""
    span = people[agent, P_SPAN] + 1
    people[agent, P_DUE] = NEVER
    if now_us >= spans[span, N_END]:
        people[agent, P_SPAN] = span
        _begin_break(people, spans, clock, agent, now_us)
        return False
    people[agent, P_CAME] = now_us
    return _enter(people, spans, agent, span, now_us)


@kernel
def leave(people: IntArray, spans: IntArray, clock: IntArray, agent: int, now_us: int) -> bool:
    """Let an agent go whose span is over and whose hands are empty; or stay, when his break is over already."""
    if clock[C_PLANNED_END]:
        span = people[agent, P_SPAN]
        while _break_follows(people, spans, agent, span) and now_us > spans[span + 1, N_START]:
            span += 1
            people[agent, P_SPAN] = span
            if now_us < spans[span, N_END]:
                return _enter(people, spans, agent, span, now_us)
    people[agent, P_AT_WORK] += now_us - people[agent, P_CAME]
    people[agent, P_DUTY] = AWAY
    _begin_break(people, spans, clock, agent, now_us)
    return False


@inlined
def _enter(people: IntArray, spans: IntArray, agent: int, span: int, now_us: int) -> bool:
    """Let a span begin for an agent at his place; return whether he may take something."""
    last_us = spans[span, N_LAST_US]
    people[agent, P_SPAN], people[agent, P_DUTY] = span, ON_DUTY
    people[agent, P_LAST_US], people[agent, P_TAKING] = last_us, now_us < last_us
    return bool(now_us < last_us)


@inlined
def _break_follows(people: IntArray, spans: IntArray, agent: int, span: int) -> bool:
    if span + 1 >= people[agent, P_SPAN_END]:
        return False
    return bool(spans[span + 1, N_SHIFT_END] == spans[span, N_SHIFT_END])


@inlined
def _begin_break(people: IntArray, spans: IntArray, clock: IntArray, agent: int, now_us: int) -> None:
    """Begin the break after the present span, if the shift goes on: in full, or until its planned end."""
    span = people[agent, P_SPAN]
    if _break_follows(people, spans, agent, span):
        whole_us = now_us + spans[span + 1, N_START] - spans[span, N_END]
        ends_us = spans[span + 1, N_START] if clock[C_PLANNED_END] else whole_us
        people[agent, P_DUE] = ends_us << KIND_BITS | SHIFT
