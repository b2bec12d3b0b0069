"""Routing as the floor reads it: names turned into numbers, waits into µs, weights into whole parts per million."""

from dataclasses import dataclass

from scenarios import US_PER_S, AgentChoice, Channel, Group, Scenario
from sim.clock import in_ppm


@dataclass(frozen=True, slots=True)
class Step:
    """Groups that become open to a contact together, once it has waited ``from_wait_us``."""

    from_wait_us: int
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A live contact type a group takes.

    Parameters
    ----------
    kind
        Index of the contact type.
    weight_ppm
        What its wait is multiplied by when it is compared with other types of the same priority.
    from_wait_us
        A contact must have waited longer than this to be taken from the queue.
    is_chat
        Whether an agent with sessions open can take it.
    """

    kind: int
    weight_ppm: int
    from_wait_us: int
    is_chat: bool


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """How a group works.

    Parameters
    ----------
    live
        Live types by priority, most urgent class first; within a class in the order of the scenario.
    chats
        The same with chats only: what an agent with sessions open looks at.
    tickets
        Ticket pools by priority: each entry names (type, from_wait_us).
    speed_ppm
        ``speed_ppm[k]`` is the speed of each of k open sessions; entry 0 is never used.
    """

    choice: AgentChoice
    chat_cap: int
    speed_ppm: tuple[int, ...]
    live: tuple[tuple[Wanted, ...], ...]
    chats: tuple[tuple[Wanted, ...], ...]
    tickets: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """Routes of all contact types and plans of all groups, by index."""

    steps: tuple[tuple[Step, ...], ...]
    groups: tuple[GroupPlan, ...]


def routing_of(scenario: Scenario) -> Routing:
    """Return the routing of ``scenario``."""
    routes = {route.contact_type: route for route in scenario.routes}
    waits: dict[tuple[int, int], int] = {}
    all_steps = []
    for kind, contact_type in enumerate(scenario.contact_types):
        by_wait: dict[int, list[int]] = {}
        for step in routes[contact_type.name].steps:
            wait_us, group = round(step.from_wait_s * US_PER_S), scenario.group_index(step.group)
            if (kind, group) not in waits:  # a group that stands twice is open from its first step on
                waits[kind, group] = wait_us
                by_wait.setdefault(wait_us, []).append(group)
        all_steps.append(tuple(Step(wait_us, tuple(groups)) for wait_us, groups in by_wait.items()))
    plans = tuple(_plan(scenario, number, group, waits) for number, group in enumerate(scenario.groups))
    return Routing(tuple(all_steps), plans)


def _plan(scenario: Scenario, number: int, group: Group, waits: dict[tuple[int, int], int]) -> GroupPlan:
    live: dict[int, list[Wanted]] = {}
    tickets: dict[int, list[tuple[int, int]]] = {}
    served = {scenario.type_index(serve.contact_type): serve for serve in group.serves}
    for kind, serve in sorted(served.items()):
        if (kind, number) not in waits:
            continue  # the group knows the type, but no route leads here
        channel, wait_us = scenario.contact_types[kind].channel, waits[kind, number]
        if channel is Channel.TICKET:
            tickets.setdefault(serve.priority, []).append((kind, wait_us))
        else:
            wanted = Wanted(kind, in_ppm(serve.age_weight), wait_us, channel is Channel.CHAT)
            live.setdefault(serve.priority, []).append(wanted)
    classes = tuple(tuple(wanted) for _, wanted in sorted(live.items()))
    chats = (tuple(wanted for wanted in part if wanted.is_chat) for part in classes)
    return GroupPlan(
        choice=group.choice,
        chat_cap=group.chat_cap,
        speed_ppm=(0, *(in_ppm(speed) for speed in group.session_speed)),
        live=classes,
        chats=tuple(part for part in chats if part),
        tickets=tuple(tuple(pools) for _, pools in sorted(tickets.items())),
    )
