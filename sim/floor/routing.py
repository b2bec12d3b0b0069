"""Routing as the floor reads it: names turned into numbers, waits into µs, factors into whole parts."""

from dataclasses import dataclass

from scenarios import US_PER_MIN, US_PER_S, AgentChoice, AtClosing, Channel, Group, ReplyOrder, Scenario
from sim.floor.clock import in_ppm

AGE_WEIGHT_PARTS = 10_000
"""Age weights enter the engine as whole parts per ten thousand, so that a month's wait times a weight fits 63 bits."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a contact reaches once it has waited ``from_wait_us`` in its line.

    Parameters
    ----------
    groups
        Groups that become open to it together, best first.
    raise_by
        How much its priority number falls.
    transfer_to
        Line it is moved to, ``None`` for none.
    """

    from_wait_us: int
    groups: tuple[int, ...]
    raise_by: int = 0
    transfer_to: int | None = None


@dataclass(frozen=True, slots=True)
class LinePlan:
    """The line of a contact type: whoever stands in it is treated so, whatever his own type.

    Parameters
    ----------
    steps
        The ladder; the first step has no wait.
    slots, beyond_cap
        Chat slots of a session, and how many beyond the cap it may take.
    by_messages
        Whether chats are played message by message.
    """

    channel: Channel
    steps: tuple[Step, ...]
    slots: int
    beyond_cap: int
    by_messages: bool
    affinity: bool
    served_at_closing: bool

    @property
    def groups(self) -> tuple[int, ...]:
        """Every group of the ladder, in order."""
        return tuple(group for step in self.steps for group in step.groups)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line that a group serves.

    Parameters
    ----------
    line
        Index of the line's contact type.
    age_weight
        What its wait is multiplied by, in parts per ten thousand, when compared with lines of the same priority.
    from_wait_us
        A contact must have waited longer than this in the line to be taken by the group; 0 means at once.
    """

    line: int
    priority: int
    age_weight: int
    from_wait_us: int


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """How a group works.

    Parameters
    ----------
    live, tickets
        Lines it serves and is routed, in order of the scenario.
    beyond_cap
        Largest ``beyond_cap`` of the chat lines among them.
    speed_ppm
        Slot chat: ``speed_ppm[k]`` is the speed of each of k open sessions; entry 0 is never used, beyond the end the
        last one stays.
    last_contact_us
        No new contact in the last µs of a shift.
    """

    choice: AgentChoice
    reply_order: ReplyOrder
    chat_cap: int
    beyond_cap: int
    speed_ppm: tuple[int, ...]
    last_contact_us: int
    live: tuple[Wanted, ...]
    tickets: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """Lines of all contact types and plans of all groups, by index."""

    lines: tuple[LinePlan, ...]
    groups: tuple[GroupPlan, ...]

    @property
    def calls_only(self) -> bool:
        """Whether there are but calls, ladders of one step, and choices that come to who stands longest.

        Among empty hands, and with calls there are no others, these are all but ``fastest`` and ``weighted``. Such a
        scenario can be played by the calls floors, as long as the trace has no later attempts.
        """
        plain = all(
            line.channel is Channel.VOICE and len(line.steps) == 1 and line.steps[0].raise_by == 0
            for line in self.lines
        )
        return plain and not any(plan.choice in {AgentChoice.FASTEST, AgentChoice.WEIGHTED} for plan in self.groups)


def routing_of(scenario: Scenario) -> Routing:
    """Return the routing of ``scenario``."""
    lines = tuple(_line(scenario, number) for number in range(len(scenario.contact_types)))
    groups = tuple(_plan(scenario, number, group, lines) for number, group in enumerate(scenario.groups))
    return Routing(lines, groups)


def _line(scenario: Scenario, number: int) -> LinePlan:
    kind = scenario.contact_types[number]
    route = next(route for route in scenario.routes if route.contact_type == kind.name)
    known: set[int] = set()
    groups: dict[int, list[int]] = {}
    raised: dict[int, int] = {}
    transfer: dict[int, int] = {}
    for step in route.steps:
        wait_us = round(step.from_wait_s * US_PER_S)
        groups.setdefault(wait_us, [])
        raised[wait_us] = raised.get(wait_us, 0) + step.raise_priority
        if step.transfer_to:
            transfer[wait_us] = scenario.type_index(step.transfer_to)
        elif step.group and (group := scenario.group_index(step.group)) not in known:
            known.add(group)  # a group that stands twice is open from its first step on
            groups[wait_us].append(group)
    steps = tuple(
        Step(wait_us, tuple(groups[wait_us]), raised[wait_us], transfer.get(wait_us)) for wait_us in sorted(groups)
    )
    return LinePlan(
        channel=kind.channel,
        steps=steps,
        slots=kind.slots,
        beyond_cap=kind.beyond_cap,
        by_messages=kind.messages is not None,
        affinity=kind.affinity,
        served_at_closing=kind.at_closing is AtClosing.SERVED,
    )


def _plan(scenario: Scenario, number: int, group: Group, lines: tuple[LinePlan, ...]) -> GroupPlan:
    live: list[Wanted] = []
    tickets: list[Wanted] = []
    for line, plan in enumerate(lines):
        serve = group.rank_of(scenario.contact_types[line].name)
        waits = [step.from_wait_us for step in plan.steps if number in step.groups]
        if serve is None or not waits:
            continue  # the group knows the type, but no route leads here, or the other way round
        weight = max(1, round(serve.age_weight * AGE_WEIGHT_PARTS))
        wanted = Wanted(line, serve.priority, weight, waits[0])
        (tickets if plan.channel is Channel.TICKET else live).append(wanted)
    chats = [lines[wanted.line] for wanted in live if lines[wanted.line].channel is Channel.CHAT]
    return GroupPlan(
        choice=group.choice,
        reply_order=group.reply_order,
        chat_cap=group.chat_cap,
        beyond_cap=max((plan.beyond_cap for plan in chats), default=0),
        speed_ppm=(0, *(in_ppm(speed) for speed in group.session_speed)),
        last_contact_us=round(group.last_contact_min * US_PER_MIN),
        live=tuple(live),
        tickets=tuple(tickets),
    )
