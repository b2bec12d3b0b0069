"""The readable model: a trace and the people in, a log out."""

from dataclasses import dataclass

import numpy as np

from scenarios import (
    NEVER_US,
    NOBODY,
    AgentChoice,
    Cause,
    Channel,
    ContactLog,
    ContactTrace,
    Outcome,
    PlanningError,
    Scenario,
)
from scenarios.checks import IntArray, frozen_int
from sim.clock import in_ppm
from sim.full_floor import FullFloor
from sim.opening import OpenSpans
from sim.plain_floor import PlainFloor
from sim.staff import Staff


@dataclass(frozen=True, slots=True)
class FloorRun:
    """What one run of the floor leaves behind.

    Parameters
    ----------
    log
        One row per attempt.
    due_us
        (rows of the log,) when a ticket was due, ``NEVER_US`` for live contacts.
    busy_us, at_work_us
        (M,) per person: time with something in hand; time between coming and leaving, breaks left out.
    """

    log: ContactLog
    due_us: IntArray
    busy_us: IntArray
    at_work_us: IntArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "due_us", frozen_int("FloorRun", "due_us", self.due_us, (len(self.log),)))
        shape = np.shape(self.busy_us)
        for field in ("busy_us", "at_work_us"):
            object.__setattr__(self, field, frozen_int("FloorRun", field, getattr(self, field), shape))


def simulate(scenario: Scenario, trace: ContactTrace, staff: Staff) -> FloorRun:
    """Play ``trace`` on the floor that ``scenario`` describes, with ``staff`` at work; nothing here is random.

    ``docs/simulation.md`` is the specification. A scenario that needs few mechanisms takes a plain dispatcher; the log
    does not depend on which one plays.

    Raises
    ------
    PlanningError
        When the trace or the staff names a contact type or a group the scenario does not have.
    """
    _check(scenario, trace, staff)
    limit_us = answer_limits_us(scenario, trace)
    pace_ppm = [in_ppm(factor) for factor in staff.tenure_factor.tolist()]
    play = play_plain if is_plain(scenario, trace, staff) else play_full
    return play(scenario, trace, limit_us, staff, pace_ppm)


def is_plain(scenario: Scenario, trace: ContactTrace, staff: Staff) -> bool:
    """Return whether the plain floor can play it: calls of one type to one group, longest idle, nobody comes back."""
    kinds = set(np.unique(trace.contact_type).tolist()) or {0}
    if len(kinds) != 1 or (trace.redial_after_us != NOBODY).any():
        return False
    contact_type = scenario.contact_types[kinds.pop()]
    route = next(route for route in scenario.routes if route.contact_type == contact_type.name)
    number = scenario.group_index(route.steps[0].group)
    group = scenario.groups[number]
    one_group = len({step.group for step in route.steps}) == 1 and bool((staff.group == number).all())
    return one_group and contact_type.channel is Channel.VOICE and group.choice is not AgentChoice.FASTEST


def _check(scenario: Scenario, trace: ContactTrace, staff: Staff) -> None:
    for thing, field, values, known in (
        ("ContactTrace", "contact_type", trace.contact_type, len(scenario.contact_types)),
        ("Staff", "group", staff.group, len(scenario.groups)),
    ):
        if len(values) and not 0 <= values.min() <= values.max() < known:
            worst = values.max() if values.max() >= known else values.min()
            raise PlanningError("not_one_of", thing=thing, field=field, value=int(worst), known=f"0 .. {known - 1}")


def answer_limits_us(scenario: Scenario, trace: ContactTrace) -> IntArray:
    """Return (N,) the last µs at which each contact can be answered: patience and closing for the live alone.

    Patience ends after everything else of its instant, closing comes before everything else of its instant.
    """
    is_ticket = np.array([kind.channel is Channel.TICKET for kind in scenario.contact_types])
    closing_us = OpenSpans(scenario.horizon).closing_us(trace.arrival_us)
    live_us = np.minimum(trace.arrival_us + trace.patience_us[0], closing_us - 1)
    return np.where(is_ticket[trace.contact_type], NEVER_US, live_us)


def play_plain(
    scenario: Scenario, trace: ContactTrace, limit_us: IntArray, staff: Staff, pace_ppm: list[int]
) -> FloorRun:
    """Play on the plain floor; only for what ``is_plain`` allows."""
    del scenario  # the full floor needs it, and both are called alike
    played = np.flatnonzero(~trace.contained & (limit_us >= trace.arrival_us))
    floor = PlainFloor(
        trace.arrival_us[played].tolist(), limit_us[played].tolist(), trace.work_us[0, played].tolist(), staff, pace_ppm
    )
    floor.run()
    happened = {}
    for name in ("answered_us", "ended_us", "agent"):
        happened[name] = np.full(len(trace), NOBODY, dtype=np.int64)
        happened[name][played] = getattr(floor, name)
    root = np.arange(len(trace))
    nothing = np.zeros(len(trace), dtype=np.int64)
    gives_up_us = trace.arrival_us + trace.patience_us[0]
    log = _log(trace, staff, limit_us, gives_up_us, root=root, attempt=nothing, contact_type=trace.contact_type,
               offered_us=trace.arrival_us, hops=nothing, **happened)  # fmt: skip
    answered = log.answered_us >= 0
    busy_us = np.zeros(len(staff), dtype=np.int64)
    np.add.at(busy_us, log.agent[answered], (log.ended_us - log.answered_us)[answered])
    return FloorRun(log, trace.due_us, busy_us, np.array(floor.attendance.at_work_us, dtype=np.int64))


def play_full(
    scenario: Scenario, trace: ContactTrace, limit_us: IntArray, staff: Staff, pace_ppm: list[int]
) -> FloorRun:
    """Play on the full floor, which knows every mechanism."""
    floor = FullFloor(scenario, trace, limit_us, staff, pace_ppm)
    floor.run()
    happened = floor.attempts.columns()
    limits, gives_up_us = happened.pop("limit_us"), happened.pop("gives_up_us")
    order = np.lexsort((happened["attempt"], happened["root"])) if len(limits) > len(trace) else slice(None)
    log = _log(trace, staff, limits[order], gives_up_us[order], **{name: c[order] for name, c in happened.items()})
    busy_us, at_work_us = (np.array(column, dtype=np.int64) for column in (floor.busy_us, floor.attendance.at_work_us))
    return FloorRun(log, trace.due_us[log.root], busy_us, at_work_us)


def _log(
    trace: ContactTrace, staff: Staff, limit_us: IntArray, gives_up_us: IntArray, **columns: IntArray
) -> ContactLog:
    """Return the log: outcomes, and the ends of those whom nobody answered, follow from what happened."""
    offered_us, answered_us, ended_us, agent = (
        columns[name] for name in ("offered_us", "answered_us", "ended_us", "agent")
    )
    is_ticket = limit_us == NEVER_US
    unanswered = answered_us < 0
    abandoned = unanswered & ~is_ticket & (gives_up_us <= limit_us)
    closed_out = unanswered & ~is_ticket & ~abandoned
    contained = trace.contained[columns["root"]]
    outcome = np.select(
        [contained, abandoned, closed_out, is_ticket & (ended_us < 0)],
        [Outcome.BOT, Outcome.ABANDONED, Outcome.CLOSED_OUT, Outcome.OPEN],
        Outcome.ANSWERED,
    )
    ended_us = np.select(
        [contained, abandoned, closed_out], [offered_us, gives_up_us, np.maximum(offered_us, limit_us + 1)], ended_us
    )
    group = np.full(len(agent), NOBODY, dtype=np.int64)
    group[agent >= 0] = staff.group[agent[agent >= 0]]
    cause = np.where(columns["attempt"] > 0, Cause.REDIAL, Cause.FIRST)
    return ContactLog(**(columns | {"cause": cause, "ended_us": ended_us, "outcome": outcome, "group": group}))
