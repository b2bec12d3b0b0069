"""Scenario, people and trace as the flat arrays of the compiled floor."""

from itertools import chain
from typing import Any

import numpy as np

from scenarios import AgentChoice, Channel, ContactTrace, LateBreaks, PlanningError, ReplyOrder, Scenario
from scenarios.checks import BoolArray, IntArray
from sim.compiled import fields as c
from sim.floor.clock import PPM, all_in_ppm
from sim.floor.memory import empty
from sim.floor.opening import OpenSpans
from sim.floor.played import Played
from sim.floor.routing import LinePlan, Routing, Wanted, routing_of
from sim.floor.staff import Staff
from sim.floor.trace_rows import rows_of

_CHANNELS = {Channel.VOICE: c.CALL, Channel.CHAT: c.CHAT, Channel.TICKET: c.TICKET}
_CHOICES = {
    AgentChoice.LONGEST_IDLE: c.LONGEST_IDLE,
    AgentChoice.LEAST_LOADED: c.LEAST_LOADED,
    AgentChoice.FASTEST: c.FASTEST,
    AgentChoice.WEIGHTED: c.WEIGHTED,
    AgentChoice.NOT_TYPING_FIRST: c.NOT_TYPING_FIRST,
}


def _table(rows: list[dict[int, int]], columns: int) -> IntArray:
    """Return rows given as {column: value}; what is not named is ``NONE``."""
    table = np.full((len(rows), columns), c.NONE, dtype=np.int64)
    for number, row in enumerate(rows):
        for column, value in row.items():
            table[number, column] = value
    return table


class FlatScenario:
    """What a scenario gives every run; read by runs, never written."""

    def __init__(self, scenario: Scenario) -> None:
        routing = routing_of(scenario)
        self.lines = _lines(routing)
        self.steps, self.ladder = _steps(routing)
        self.groups, self.wants = _groups(routing)
        self.speeds = _speeds(routing)
        self.last_contact_us = np.array([plan.last_contact_us for plan in routing.groups], dtype=np.int64)
        opening = OpenSpans(scenario.horizon)
        never = np.full((1, 2), c.NEVER, dtype=np.int64)
        self.openings = np.concatenate([np.column_stack([opening.opens_us, opening.closes_us]), never])
        self.planned_end = scenario.late_breaks is LateBreaks.PLANNED_END
        self.room = max(1, int(self.groups[:, c.G_ROOM].max()))
        self._last_people: tuple[Staff, tuple[IntArray, IntArray, IntArray]] | None = None

    def floor(self, trace: ContactTrace, staff: Staff) -> c.Floor:
        """Return the arrays of one run; trace and staff fit the scenario, see ``sim.engine.check_fits``."""
        clock = np.zeros(c.C_FIELDS, dtype=np.int64)
        clock[c.C_PLANNED_END] = self.planned_end
        clock[c.C_AFFINITY] = self.lines[:, c.L_AFFINITY].max()
        spans, moves, people = self.people(staff)
        clock[c.C_MADE], clock[c.C_BITS] = trace.roots, leaves(len(staff)).bit_length()
        ahead = empty(len(trace) - trace.roots + 1, c.H_FIELDS)
        ahead[0, c.H_TIME] = c.NO_TIME
        return c.Floor(
            trace=c.Columns(
                rows_of(trace),
                _fixed(trace.arrival_us),
                _fixed(trace.contained),
                _fixed(trace.round_work_us),
                _fixed(trace.think_us),
            ),
            played=_played(trace),
            replied=_filled(c.NONE, len(trace.round_work_us)),
            answered_by=_filled(0, trace.roots),
            rows=empty(len(trace), c.R_FIELDS),
            people=people,
            sessions=np.zeros((len(staff), c.S_FIELDS, self.room), dtype=np.int64),
            spans=spans,
            moves=moves,
            lines=self.lines.copy(),
            steps=self.steps.copy(),
            ladder=self.ladder,
            groups=self.groups,
            wants=self.wants,
            places=np.full((len(self.groups), self.room + 1, 2), c.NONE, dtype=np.int64),
            speeds=self.speeds,
            openings=self.openings,
            tree=np.full(2 * leaves(len(staff)), c.NEVER, dtype=np.int64),
            reaches=np.full((2 * leaves(len(self.steps)), c.E_FIELDS), c.NEVER, dtype=np.int64),
            ahead=ahead,
            clock=clock,
        )

    def people(self, staff: Staff) -> tuple[IntArray, IntArray, IntArray]:
        """Return spans, moves and people; of a staff that plays day after day they are made once."""
        last = self._last_people  # read once: another thread may replace it
        made = last[1] if last is not None and last[0] is staff else self._made_people(staff)
        self._last_people = staff, made
        spans, moves, people = made
        fresh = empty(*people.shape)
        fresh[:] = people
        return spans, moves, fresh

    def _made_people(self, staff: Staff) -> tuple[IntArray, IntArray, IntArray]:
        counts = np.fromiter((len(own) for own in staff.spans), dtype=np.int64, count=len(staff))
        agent = np.repeat(np.arange(len(staff)), counts)
        total = int(counts.sum())
        flat = chain.from_iterable(chain.from_iterable(staff.spans))
        spans = np.empty((total, c.N_FIELDS), dtype=np.int64)
        spans[:, [c.N_START, c.N_END]] = np.fromiter(flat, dtype=np.int64, count=2 * total).reshape(total, 2)
        ends = chain.from_iterable(staff.shift_ends)
        spans[:, c.N_SHIFT_END] = np.fromiter(ends, dtype=np.int64, count=total)
        spans[:, c.N_LAST_US] = spans[:, c.N_SHIFT_END] - self.last_contact_us[staff.group[agent]]
        people = np.zeros((len(staff), c.P_FIELDS), dtype=np.int64)
        people[:, c.P_GROUP] = staff.group
        people[:, c.P_PACE] = all_in_ppm(staff.tenure_factor)
        people[:, c.P_WEIGHT] = PPM if staff.weight is None else all_in_ppm(staff.weight)
        people[:, c.P_SPAN_END] = np.cumsum(counts)
        people[:, c.P_SPAN] = people[:, c.P_SPAN_END] - counts - 1
        people[:, [c.P_HELD, c.P_TYPING, c.P_PLACE]] = c.NONE
        people[:, c.P_DUE] = c.NEVER
        return spans, _moves(agent, spans), people


def played_of(floor: c.Floor) -> Played:
    """Return what a run has left in its arrays.

    Raises
    ------
    PlanningError
        When an agent's work or session would have ended so late that the moment does not fit into the word that it
        shares with the agent: 17 years for 2,000 people, 200 days for 65,000.
    """
    if floor.clock[c.C_TOO_LATE]:
        years = (c.NEVER >> c.KIND_BITS + floor.clock[c.C_BITS]) // (365 * c.DAY_US)
        raise PlanningError("too_late", thing="ContactTrace", field="work_us", value="", years=years)
    attempts, people = floor.played[:, : floor.clock[c.C_MADE]], floor.people
    return Played(
        row=attempts[c.O_ROW],
        before=attempts[c.O_BEFORE],
        offered_us=attempts[c.O_OFFERED],
        limit_us=attempts[c.O_LIMIT],
        taken_us=attempts[c.O_TAKEN],
        ended_us=attempts[c.O_ENDED],
        agent=attempts[c.O_AGENT],
        line=attempts[c.O_LINE],
        hops=attempts[c.O_HOPS],
        replied_us=floor.replied,
        busy_us=people[:, c.P_BUSY].copy(),
        working_us=people[:, c.P_WORKING].copy(),
        at_work_us=people[:, c.P_AT_WORK].copy(),
    )


def _filled(value: int, count: int) -> IntArray:
    array = empty(count)
    array.fill(value)
    return array


def _played(trace: ContactTrace) -> IntArray:
    """Return room for what happens to all possible attempts: of root contacts that nothing has yet, all at once."""
    played = empty(c.O_FIELDS, len(trace))
    played[:, : trace.roots] = c.NONE
    played[c.O_ROW, : trace.roots] = np.arange(trace.roots)
    played[c.O_HOPS, : trace.roots] = 0
    return played


def leaves(entries: int) -> int:
    """Return how many leaves a tournament of so many has."""
    return 1 << max(0, entries - 1).bit_length()


def _fixed(column: IntArray | BoolArray) -> Any:
    """Return a column of the trace as the floor is compiled for it: without gaps, not writeable."""
    array = np.ascontiguousarray(column)
    if array.flags.writeable:
        array.flags.writeable = False
    return array


def _moves(agent: IntArray, spans: IntArray) -> IntArray:
    """Return starts of shifts, last moments and ends of spans in their order; the last one never happens."""
    number = np.arange(len(spans))
    later = np.zeros(len(spans), dtype=np.bool_)  # spans after a break
    later[1:] = (agent[1:] == agent[:-1]) & (spans[1:, c.N_SHIFT_END] == spans[:-1, c.N_SHIFT_END])
    parts = [(c.SHIFT_STARTS, spans[:, c.N_START], ~later), (c.SPAN_ENDS, spans[:, c.N_END], number >= 0)]
    limited = spans[:, c.N_LAST_US] < spans[:, c.N_SHIFT_END]
    parts.append((c.LAST_MOMENT, spans[:, c.N_LAST_US], limited & ~later & (spans[:, c.N_LAST_US] >= 0)))
    rows = [
        np.column_stack(
            [at_us[chosen] << c.KIND_BITS | c.SHIFT, agent[chosen], np.full(chosen.sum(), what), number[chosen]]
        )
        for what, at_us, chosen in parts
    ]
    moves = np.concatenate([*rows, np.full((1, c.V_FIELDS), c.NEVER, dtype=np.int64)])
    order = np.lexsort((moves[:, c.V_SPAN], moves[:, c.V_WHAT], moves[:, c.V_AGENT], moves[:, c.V_KEY]))
    return np.ascontiguousarray(moves[order])


def _lines(routing: Routing) -> IntArray:
    rows, first = [], 0
    for plan in routing.lines:
        rows.append({
            c.L_CHANNEL: _CHANNELS[plan.channel], c.L_BY_MESSAGES: int(plan.by_messages), c.L_SLOTS: plan.slots,
            c.L_BEYOND: plan.beyond_cap, c.L_AFFINITY: int(plan.affinity), c.L_SERVED: int(plan.served_at_closing),
            c.L_STEP: first, c.L_STEP_END: first + len(plan.steps),
        })  # fmt: skip
        first += len(plan.steps)
    return _table(rows, c.L_FIELDS)


def _steps(routing: Routing) -> tuple[IntArray, IntArray]:
    """Return the steps of all lines, and the groups of all steps."""
    rows: list[dict[int, int]] = []
    ladder: list[int] = []
    for line, plan in enumerate(routing.lines):
        raised = 0
        for number, step in enumerate(plan.steps):
            raised += step.raise_by
            first = len(ladder)
            ladder.extend(step.groups)
            rows.append({
                c.K_LINE: line, c.K_NUMBER: number, c.K_WAIT: step.from_wait_us, c.K_RAISED: raised,
                c.K_TRANSFER: c.NONE if step.transfer_to is None else step.transfer_to,
                c.K_GROUP: first, c.K_GROUP_END: len(ladder),
            })  # fmt: skip
    return _table(rows, c.K_FIELDS), np.array(ladder, dtype=np.int64)


def _groups(routing: Routing) -> tuple[IntArray, IntArray]:
    """Return the groups, and the lines they serve: of each the live ones, then the tickets."""
    rows: list[dict[int, int]] = []
    wants: list[dict[int, int]] = []
    for plan in routing.groups:
        live, tickets = len(wants), len(wants) + len(plan.live)
        wants.extend(_want(routing.lines[wanted.line], wanted) for wanted in (*plan.live, *plan.tickets))
        served = [routing.lines[wanted.line] for wanted in plan.live]
        rows.append({
            c.G_CHOICE: _CHOICES[plan.choice], c.G_OLDEST: int(plan.reply_order is ReplyOrder.OLDEST),
            c.G_BY_SLOTS: int(any(line.channel is Channel.CHAT and not line.by_messages for line in served)),
            c.G_CAP: plan.chat_cap, c.G_ROOM: plan.chat_cap + plan.beyond_cap, c.G_LIVE: live, c.G_LIVE_END: tickets,
            c.G_TICKETS: tickets, c.G_TICKETS_END: len(wants),
        })  # fmt: skip
    return _table(rows, c.G_FIELDS), _table(wants, c.W_FIELDS)


def _want(line: LinePlan, wanted: Wanted) -> dict[int, int]:
    step = next(number for number, step in enumerate(line.steps) if step.from_wait_us == wanted.from_wait_us)
    return {
        c.W_LINE: wanted.line, c.W_PRIORITY: wanted.priority, c.W_AGE: wanted.age_weight,
        c.W_WAIT: wanted.from_wait_us, c.W_STEP: step,
    }  # fmt: skip


def _speeds(routing: Routing) -> IntArray:
    """Return (G, ...) speeds of each of k sessions; shorter lists go on with their last."""
    longest = max(len(plan.speed_ppm) for plan in routing.groups)
    rows = [plan.speed_ppm + plan.speed_ppm[-1:] * (longest - len(plan.speed_ppm)) for plan in routing.groups]
    return np.array(rows, dtype=np.int64)
