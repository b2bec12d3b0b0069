"""Who stands in line, and who of them is taken.

Per group there is one queue for each number of open slots, in order of standing in, so that only its first matters,
except where the choice asks about each person; and one of those who can be interrupted, whose ticket is due last first.
"""

from scenarios.checks import IntArray
from sim.compiled.chats import type_on
from sim.compiled.fields import (
    C_STAMP,
    CHAT,
    FASTEST,
    FIRST,
    G_CAP,
    G_CHOICE,
    G_ROOM,
    L_BEYOND,
    L_CHANNEL,
    L_SLOTS,
    LAST,
    LEAST_LOADED,
    LONGEST_IDLE,
    LOOKED_AT,
    NEVER,
    NONE,
    NOT_TYPING_FIRST,
    P_GROUP,
    P_HELD,
    P_NEXT,
    P_PACE,
    P_PLACE,
    P_PREV,
    P_SLOTS,
    P_STAMP,
    P_TAKEN,
    P_TAKING,
    P_TYPED,
    P_TYPING,
    P_WEIGHT,
    R_DUE,
    R_LINE,
    TICKET,
    Floor,
)
from sim.floor.jit import inlined

_SHARE = 10**12
"""Contacts taken are counted in this unit before they are divided by the weight in parts per million."""


@inlined
def line_up(f: Floor, agent: int) -> None:
    """Let an agent stand where he belongs now, behind everybody; with a ticket, by when it is due."""
    step_out(f.people, f.places, agent)
    if not f.people[agent, P_TAKING]:
        return
    group, held = f.people[agent, P_GROUP], f.people[agent, P_HELD]
    place, behind = f.people[agent, P_SLOTS], NONE
    if held != NONE:
        if f.lines[f.rows[held, R_LINE], L_CHANNEL] != TICKET:
            return
        place = f.places.shape[1] - 1
        behind = _first_due_before(f.people, f.rows, f.places[group, place, FIRST], agent)
    elif place >= f.groups[group, G_ROOM]:
        return
    f.clock[C_STAMP] += 1
    before = f.places[group, place, LAST] if behind == NONE else f.people[behind, P_PREV]
    f.people[agent, P_STAMP], f.people[agent, P_PLACE] = f.clock[C_STAMP], place
    f.people[agent, P_PREV], f.people[agent, P_NEXT] = before, behind
    if behind == NONE:
        f.places[group, place, LAST] = agent
    else:
        f.people[behind, P_PREV] = agent
    if before == NONE:
        f.places[group, place, FIRST] = agent
    else:
        f.people[before, P_NEXT] = agent


@inlined
def _first_due_before(people: IntArray, rows: IntArray, first: int, agent: int) -> int:
    """Return the first of those who work on a ticket, the last due first, whom an agent with his ticket stands before.

    Tickets are taken in the order of their due times, so that he stands in front of nearly everybody. Ties go to the
    lower agent.
    """
    due_us, other = rows[people[agent, P_HELD], R_DUE], first
    while other != NONE:
        other_us = rows[people[other, P_HELD], R_DUE]
        if other_us < due_us or (other_us == due_us and agent < other):
            break
        other = people[other, P_NEXT]
    return int(other)


@inlined
def step_out(people: IntArray, places: IntArray, agent: int) -> None:
    """Take an agent out of the line, if he stands in one."""
    place = people[agent, P_PLACE]
    if place == NONE:
        return
    group = people[agent, P_GROUP]
    before, behind = people[agent, P_PREV], people[agent, P_NEXT]
    if before == NONE:
        places[group, place, FIRST] = behind
    else:
        people[before, P_NEXT] = behind
    if behind == NONE:
        places[group, place, LAST] = before
    else:
        people[behind, P_PREV] = before
    people[agent, P_PLACE] = NONE


@inlined
def most_open(lines: IntArray, groups: IntArray, line: int, group: int) -> int:
    """Return how many slots an agent may have open to have room for one more of the line."""
    if lines[line, L_CHANNEL] != CHAT:
        return 0
    return int(groups[group, G_CAP] + lines[line, L_BEYOND] - lines[line, L_SLOTS])


@inlined
def choose(f: Floor, group: int, most: int, now_us: int) -> int:
    """Return who of a group takes what leaves room for at most ``most`` open slots, ``NONE`` when nobody can."""
    choice = f.groups[group, G_CHOICE]
    if choice == LONGEST_IDLE:
        return _longest_idle(f.people, f.places, group, most)
    if choice == LEAST_LOADED:
        for place in range(most + 1):
            if f.places[group, place, FIRST] != NONE:
                return int(f.places[group, place, FIRST])
        return NONE
    if choice == NOT_TYPING_FIRST:
        return _not_typing_first(f, group, most, now_us)
    return _least_of_all(f, group, most, choice == FASTEST)


@inlined
def _longest_idle(people: IntArray, places: IntArray, group: int, most: int) -> int:
    best, best_stamp = NONE, NEVER
    for place in range(most + 1):
        agent = places[group, place, FIRST]
        if agent != NONE and people[agent, P_STAMP] < best_stamp:
            best, best_stamp = agent, people[agent, P_STAMP]
    return best


@inlined
def _not_typing_first(f: Floor, group: int, most: int, now_us: int) -> int:
    """Return the first of the least loaded who is not typing, else the one whose reply ends soonest.

    Contacts look for agents after the buyers' messages of the same instant.
    """
    best, best_us, seen = NONE, NEVER, 0
    for place in range(most + 1):
        agent = f.places[group, place, FIRST]
        while agent != NONE and seen < LOOKED_AT:
            type_on(f, agent, now_us, now_us + 1)
            if f.people[agent, P_TYPING] == NONE:
                return int(agent)
            if f.people[agent, P_TYPED] < best_us:
                best, best_us = agent, f.people[agent, P_TYPED]
            seen += 1
            agent = f.people[agent, P_NEXT]
    return best


@inlined
def _least_of_all(f: Floor, group: int, most: int, fastest: bool) -> int:
    """Return the fastest, or who has taken least for his weight; ties to who stands longest."""
    best, best_rank, best_stamp = NONE, NEVER, NEVER
    for place in range(most + 1):
        agent = f.places[group, place, FIRST]
        while agent != NONE:
            person = f.people[agent]
            rank = person[P_PACE] if fastest else person[P_TAKEN] * _SHARE // person[P_WEIGHT]
            if rank < best_rank or (rank == best_rank and person[P_STAMP] < best_stamp):
                best, best_rank, best_stamp = agent, rank, person[P_STAMP]
            agent = person[P_NEXT]
    return best


@inlined
def last_due(f: Floor, group: int) -> int:
    """Return who of a group works on the ticket that is due last (ties: the lower agent), ``NONE`` for nobody."""
    return int(f.places[group, f.places.shape[1] - 1, FIRST])
