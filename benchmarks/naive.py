"""What a SimPy tutorial leads to: a process per contact, on each of the three beds.

Patience by ``AnyOf``. On bed (a) a ``Resource``; on bed (b) a ``PriorityResource`` whose capacity is the number of
people, off-duty spells and breaks being more urgent requests; on bed (c) a router of its own over agent records, with a
process per person for the breaks. On (b) that is another model (a pool releases whoever finishes first, an individual
takes the break himself), so only speed is compared there; on (a) and (c) it is ours, with (c) up to the order of what
falls on the same µs.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from typing import Any

import simpy

from benchmarks.beds import DAY_MIN, Bed
from scenarios import NOBODY, US_PER_MIN
from sim import Staff
from sim.floor.routing import routing_of

Process = Generator[simpy.Event, Any, None]
Waits = list[int]
"""Wait of every contact in µs, ``NOBODY`` for who gave up."""


def resource(bed: Bed, count: int | None = None) -> Waits:
    """Play bed (a), or the first ``count`` contacts of it."""
    columns = bed.columns(count)
    env = simpy.Environment()
    desk = simpy.Resource(env, capacity=len(bed.staff))
    waits = [NOBODY] * len(columns[0])

    def contact(number: int, patience_us: int, work_us: int, _kind: int) -> Process:
        offered = env.now
        with desk.request() as turn:
            got = yield turn | env.timeout(patience_us)
            if turn in got:
                waits[number] = int(env.now - offered)
                yield env.timeout(work_us)

    env.process(_arrivals(env, columns, contact))
    env.run()
    return waits


def priority_resource(bed: Bed) -> Waits:
    """Play bed (b); who is off duty or on a break is taken out by an urgent request."""
    columns = bed.columns()
    env = simpy.Environment()
    desk = simpy.PriorityResource(env, capacity=len(bed.shifts))
    waits = [NOBODY] * len(columns[0])
    end_us = 2 * DAY_MIN * US_PER_MIN  # long after the last contact

    def away(start_us: int, length_us: int) -> Process:
        yield env.timeout(start_us)
        with desk.request(priority=-1) as turn:
            yield turn
            yield env.timeout(length_us)

    def contact(number: int, patience_us: int, work_us: int, _kind: int) -> Process:
        offered = env.now
        with desk.request(priority=0) as turn:
            got = yield turn | env.timeout(patience_us)
            if turn in got:
                waits[number] = int(env.now - offered)
                yield env.timeout(work_us)

    for shift in bed.shifts:
        if shift["start_min"]:
            env.process(away(0, shift["start_min"] * US_PER_MIN))
        for start_min, length_min in shift["breaks"]:
            env.process(away(start_min * US_PER_MIN, length_min * US_PER_MIN))
        env.process(away(shift["end_min"] * US_PER_MIN, end_us))
    env.process(_arrivals(env, columns, contact))
    env.run(until=end_us)
    return waits


def own_router(bed: Bed) -> Waits:
    """Play bed (c)."""
    columns = bed.columns()
    env = simpy.Environment()
    desk = _Desk(env, bed)
    waits = [NOBODY] * len(columns[0])

    def contact(number: int, patience_us: int, work_us: int, kind: int) -> Process:
        offered = env.now
        turn = desk.request(kind)
        got = yield turn | env.timeout(patience_us)
        if turn not in got:
            desk.give_up(kind, turn)
            return
        waits[number] = int(env.now - offered)
        agent: Any = turn.value
        yield env.timeout(work_us)
        desk.done(agent)

    for agent in desk.agents:
        env.process(_person(env, desk, agent, bed.staff))
    env.process(_arrivals(env, columns, contact))
    env.run()
    return waits


class _Agent:
    """A record: whether he may take contacts, has one, and whom to tell when he is done."""

    def __init__(self, number: int, group: int) -> None:
        self.number, self.group = number, group
        self.taking = self.busy = False
        self.is_done: simpy.Event | None = None


class _Desk:
    """The router: free agents by group, waiting contacts by type with the moment they came."""

    def __init__(self, env: simpy.Environment, bed: Bed) -> None:
        routing = routing_of(bed.scenario)
        self._env = env
        self._ladders = [line.groups for line in routing.lines]
        self._serves = [[(row.priority, row.line) for row in plan.live] for plan in routing.groups]
        self._idle: list[OrderedDict[int, _Agent]] = [OrderedDict() for _ in routing.groups]
        self._waiting: list[deque[tuple[float, simpy.Event]]] = [deque() for _ in routing.lines]
        self.agents = [_Agent(number, group) for number, group in enumerate(bed.staff.group.tolist())]

    def request(self, kind: int) -> simpy.Event:
        """Return the event of being taken, at once or in turn; its value is the agent."""
        turn = self._env.event()
        for group in self._ladders[kind]:
            if self._idle[group]:
                _, agent = self._idle[group].popitem(last=False)
                agent.busy = True
                return turn.succeed(agent)
        self._waiting[kind].append((self._env.now, turn))
        return turn

    def give_up(self, kind: int, turn: simpy.Event) -> None:
        """Take somebody out of the line."""
        for entry in self._waiting[kind]:
            if entry[1] is turn:
                self._waiting[kind].remove(entry)
                return

    def done(self, agent: _Agent) -> None:
        """Let an agent take the next contact, stand idle, or go."""
        agent.busy = False
        if agent.taking:
            self.look(agent)
        elif agent.is_done is not None:
            agent.is_done.succeed()

    def look(self, agent: _Agent) -> None:
        """Let a free agent take the most urgent, then oldest waiting contact, or stand idle."""
        heads = [
            (priority, self._waiting[kind][0][0], kind)
            for priority, kind in self._serves[agent.group]
            if self._waiting[kind]
        ]
        if heads:
            _, turn = self._waiting[min(heads)[2]].popleft()
            agent.busy = True
            turn.succeed(agent)
        else:
            self._idle[agent.group][agent.number] = agent

    def retire(self, agent: _Agent) -> None:
        """Take an agent out of the idle ones."""
        agent.taking = False
        self._idle[agent.group].pop(agent.number, None)


def _person(env: simpy.Environment, desk: _Desk, agent: _Agent, staff: Staff) -> Process:
    """Work the spans of one shift; whoever is busy finishes first, and then takes the whole break."""
    late_us = 0
    for start_us, end_us in staff.spans[agent.number]:
        begins_us = start_us + late_us
        if begins_us >= end_us:
            late_us += start_us - end_us  # the span is lost: the next break begins now
            continue
        yield env.timeout(begins_us - env.now)
        agent.taking = True
        desk.look(agent)
        yield env.timeout(end_us - env.now)
        desk.retire(agent)
        if agent.busy:
            agent.is_done = env.event()
            yield agent.is_done
            agent.is_done = None
        late_us = int(env.now) - end_us


def _arrivals(
    env: simpy.Environment, columns: tuple[list[int], ...], contact: Callable[[int, int, int, int], Process]
) -> Process:
    last = 0
    for number, (arrival_us, patience_us, work_us, kind) in enumerate(zip(*columns, strict=True)):
        yield env.timeout(arrival_us - last)
        last = arrival_us
        env.process(contact(number, patience_us, work_us, kind))
