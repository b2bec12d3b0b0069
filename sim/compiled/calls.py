"""The compiled calls floor: voice alone, its groups open at once, nobody comes back.

What needs few mechanisms does not pay for all. What it may play says ``sim.floor.routing.Routing.calls_only``; the
numbers are those of the full floor, bit for bit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios import NEVER_US, NOBODY, ContactTrace, LateBreaks, Scenario
from scenarios.checks import IntArray
from scenarios.people import FACTORS_ALLOWED
from sim.compiled.call_kernels import W_FIELDS, Contacts, Queues, Rules, play_one_queue, play_queues
from sim.compiled.presence import P_AT_WORK, P_BUSY, Presence, presence_of
from sim.floor.clock import in_ppm
from sim.floor.opening import OpenSpans
from sim.floor.played import Played
from sim.floor.routing import Routing, routing_of
from sim.floor.staff import Staff
from sim.readable.attempts import WAITS_ON_US

_LINES_MAX = 62
"""Lines with somebody in them are the bits of one whole number."""
_PRODUCT_MAX = 2**62
"""Bound of every product of whole numbers, within 63 bits."""


@dataclass(frozen=True, slots=True)
class CallsPlan:
    """A scenario of calls, ready to be played any number of times; threads may share it.

    Parameters
    ----------
    rules
        What the kernels read.
    last_contact_us
        (G,) no new contact in so many last µs of a shift.
    planned_end
        Whether late breaks end when planned.
    """

    rules: Rules
    last_contact_us: IntArray
    planned_end: bool

    def play(self, trace: ContactTrace, staff: Staff) -> Played | None:
        """Play a trace with the people at work; ``None`` when this floor cannot.

        It cannot where later attempts are possible, or moments are so late (years) that they do not fit the keys.
        """
        if len(trace) > trace.roots or overflows(trace, _slowest(staff)):
            return None
        people = presence_of(staff, len(self.last_contact_us), self.last_contact_us, planned_end=self.planned_end)
        if people is None:
            return None
        contacts = _contacts_of(trace)
        return _played(trace, contacts, people) if self._run(contacts, people) else None

    def _run(self, contacts: Contacts, people: Presence) -> bool:
        lines, groups = len(self.rules.waits_on_us), len(self.last_contact_us)
        if lines == groups == 1:
            return bool(play_one_queue(contacts, people, self.rules))
        nobody = np.full((2, lines), NOBODY, dtype=np.int64)
        queues = Queues(nobody[0], nobody[1], np.empty(len(contacts.arrival_us), dtype=np.int64))
        return bool(play_queues(contacts, people, self.rules, queues))


def calls_plan_of(scenario: Scenario) -> CallsPlan | None:
    """Return the plan of a scenario that has but calls of the plain kind, ``None`` for any other."""
    routing = routing_of(scenario)
    longest_wait_us = scenario.horizon.end_us + WAITS_ON_US
    heaviest = max((wanted.age_weight for plan in routing.groups for wanted in plan.live), default=1)
    if not routing.calls_only or len(routing.lines) > _LINES_MAX or longest_wait_us * heaviest >= _PRODUCT_MAX:
        return None
    last_contact_us = np.array([plan.last_contact_us for plan in routing.groups], dtype=np.int64)
    return CallsPlan(_rules(routing, scenario), last_contact_us, scenario.late_breaks is LateBreaks.PLANNED_END)


def _rules(routing: Routing, scenario: Scenario) -> Rules:
    opening = OpenSpans(scenario.horizon)
    wants = [(wanted.line, wanted.priority, wanted.age_weight) for plan in routing.groups for wanted in plan.live]
    return Rules(
        openings=np.array([*zip(opening.opens_us, opening.closes_us, strict=True), (NEVER_US, NEVER_US)]),
        waits_on_us=np.array([WAITS_ON_US if line.served_at_closing else 0 for line in routing.lines], dtype=np.int64),
        ladder=np.array([group for line in routing.lines for group in line.groups], dtype=np.int64),
        ladder_first=_firsts([len(line.groups) for line in routing.lines]),
        wants=np.array(wants, dtype=np.int64).reshape(len(wants), W_FIELDS),
        wants_first=_firsts([len(plan.live) for plan in routing.groups]),
        serves=np.array([sum(1 << wanted.line for wanted in plan.live) for plan in routing.groups], dtype=np.int64),
    )


def _firsts(counts: list[int]) -> IntArray:
    """Return where each of parts that follow one another begins, and where the last one ends."""
    return np.cumsum([0, *counts], dtype=np.int64)


def overflows(trace: ContactTrace, tenure_factor: float = FACTORS_ALLOWED[1]) -> bool:
    """Return whether the work of some contact, at this pace, is no whole number of 63 bits."""
    return bool(len(trace)) and int(trace.work_us.max()) * in_ppm(tenure_factor) >= _PRODUCT_MAX


def _slowest(staff: Staff) -> float:
    return float(staff.tenure_factor.max(initial=0.0))


def _contacts_of(trace: ContactTrace) -> Contacts:
    written = np.empty((4, len(trace)), dtype=np.int64)  # one piece: memory in large pages comes faster
    read = (trace.arrival_us, trace.patience_us, trace.work_us, trace.line, trace.contained)
    return Contacts(*(_in_one_piece(column) for column in read), *written)


def _in_one_piece(column: Any) -> Any:
    """Return a column as the kernels are compiled for it: without gaps, not writeable."""
    if column.flags.c_contiguous:
        return column
    whole = np.ascontiguousarray(column)
    whole.flags.writeable = False
    return whole


def _played(trace: ContactTrace, contacts: Contacts, people: Presence) -> Played:
    """Return what happened, sealed; columns in which nothing can have changed are those of the trace."""
    offered_us = np.where(trace.contained, NOBODY, trace.arrival_us) if trace.contained.any() else trace.arrival_us
    busy_us = people.people[:, P_BUSY].copy()
    return Played(
        row=trace.root,  # root contact i is row i
        before=trace.if_lost,  # nothing follows: nobody throughout
        offered_us=offered_us,
        limit_us=contacts.limit_us,
        taken_us=contacts.taken_us,
        ended_us=contacts.ended_us,
        agent=contacts.agent,
        line=trace.line,
        hops=np.zeros(len(trace), dtype=np.int64),
        replied_us=np.full(len(trace.round_work_us), NOBODY, dtype=np.int64),
        busy_us=busy_us,
        working_us=busy_us,
        at_work_us=people.people[:, P_AT_WORK].copy(),
    ).seal()
