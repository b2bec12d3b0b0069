"""The readable floor: a contact centre of calls, chats and tickets; ``docs/simulation.md`` says what it plays.

Contacts join lines and look for agents; agents come, look for contacts, and go. What agents have in hand is kept by
three parts, one for each way of working: calls and tickets one at a time (``handling``), chats message by message
(``conversations``), chats by slots (``sessions``). Who stands in line is kept by ``lines`` (agents), ``waiting`` (live
contacts) and ``tickets``; who is at his place by ``attendance``; what has happened to whom by ``attempts``.
"""

import math
from collections.abc import Sequence

import numpy as np

from scenarios import NOBODY, Channel, ContactTrace, Scenario
from scenarios.checks import frozen_int
from sim.floor.clock import Calendar, Happening, Kind, in_ppm
from sim.floor.opening import OpenSpans
from sim.floor.played import Played
from sim.floor.routing import routing_of
from sim.floor.staff import Staff
from sim.readable.attempts import ATTEMPT_COLUMNS, Attempts
from sim.readable.attendance import Attendance
from sim.readable.calls import is_calls_only, play_calls
from sim.readable.conversations import Conversations
from sim.readable.handling import Handling
from sim.readable.lines import Lines, most_open
from sim.readable.router import Asking, Candidate, Router, Waiting
from sim.readable.sessions import Sessions
from sim.readable.tickets import Tickets
from sim.readable.waiting import WaitingLines

__all__ = ["Candidate", "Floor", "Router", "Waiting", "play_full", "play_readable"]


def play_readable(scenario: Scenario, trace: ContactTrace, staff: Staff, *, router: Router | None = None) -> Played:
    """Play ``trace`` on the readable engine: calls alone by a plain dispatcher, everything else on the full floor."""
    if router is None and is_calls_only(scenario, trace, staff):
        return play_calls(scenario, trace, staff)
    return play_full(scenario, trace, staff, router=router)


def play_full(scenario: Scenario, trace: ContactTrace, staff: Staff, *, router: Router | None = None) -> Played:
    """Play ``trace`` on the full floor, which knows every mechanism."""
    return Floor(scenario, trace, staff, router).play()


class Floor:
    """The floor with every mechanism.

    Parameters
    ----------
    router
        Picks the agent in place of the groups' choice; ``None`` for none.
    """

    def __init__(self, scenario: Scenario, trace: ContactTrace, staff: Staff, router: Router | None = None) -> None:
        routing = routing_of(scenario)
        self._trace, self._staff = trace, staff
        self._group: list[int] = staff.group.tolist()
        self._plan = [routing.groups[group] for group in self._group]
        self._ladder = routing.lines
        self._is_ticket = [line.channel is Channel.TICKET for line in routing.lines]
        self._is_chat = [line.channel is Channel.CHAT for line in routing.lines]
        self._most_open = [[most_open(group, line) for line in routing.lines] for group in routing.groups]
        self._slots_open, self._busy_since_us, self._busy_us = ([0] * len(staff) for _ in range(3))
        self._has_affinity = any(line.affinity for line in routing.lines)
        self._answered_by: dict[int, int] = {}  # per root contact, who answered its last answered attempt
        self._calendar = Calendar(max(trace.roots, len(staff)), self._go_on)
        self._attempts = Attempts(trace, routing, OpenSpans(scenario.horizon))
        self._waiting = WaitingLines(self._attempts, routing.lines)
        self._tickets = Tickets(self._attempts, routing.lines, len(routing.groups))
        self._open_desks()
        weight = np.ones(len(staff)) if staff.weight is None else staff.weight
        weight_ppm, reply_ends_us = [in_ppm(one) for one in weight.tolist()], self._conversations.reply_ends_us
        self._agents = Lines(routing.groups, self._group, self._pace_ppm, weight_ppm, reply_ends_us)
        knows = (trace, staff, self._attempts, self._agents, reply_ends_us)
        self._asking = None if router is None else Asking(router, *knows)
        last_contact_us = [plan.last_contact_us for plan in self._plan]
        self._attendance = Attendance(self._calendar, staff, self, last_contact_us, scenario.late_breaks)
        self._await_arrivals()

    def _open_desks(self) -> None:
        """Give everybody the means to work on calls and tickets, on chats by messages and on chats by slots."""
        calendar, plan = self._calendar, self._plan
        pace_ppm = self._pace_ppm = [in_ppm(factor) for factor in self._staff.tenure_factor.tolist()]
        work_us: list[int] = self._trace.work_us.tolist()
        self._handling = Handling(calendar, work_us, pace_ppm, self._finished)
        # Sessions are at most as many as slots; beyond the last speed that one stays.
        speed_ppm = [group.speed_ppm + group.speed_ppm[-1:] * (group.chat_cap + group.beyond_cap) for group in plan]
        reply_order = [group.reply_order for group in plan]
        self._sessions = Sessions(calendar, work_us, pace_ppm, speed_ppm, self._finished)
        self._conversations = Conversations(
            calendar, self._trace, self._attempts, pace_ppm, reply_order, self._finished
        )

    def play(self) -> Played:
        """Play until nothing is left to happen, and return what happened."""
        self._go_on(None)
        self._calendar.env.run()
        attempts = self._attempts
        row = attempts.made()
        desks = (self._handling, self._conversations, self._sessions)
        kept = {name: getattr(attempts, name) for name in ATTEMPT_COLUMNS}
        columns: dict[str, Sequence[int]] = {
            "row": row,
            "before": attempts.before(row),
            **{name: [column[number] for number in row] for name, column in kept.items()},
            "replied_us": self._conversations.replied_us,
            "busy_us": self._busy_us,
            "working_us": [sum(parts) for parts in zip(*(desk.working_us for desk in desks), strict=True)],
            "at_work_us": self._attendance.at_work_us,
        }
        return Played(**{name: frozen_int("Played", name, rows, (len(rows),)) for name, rows in columns.items()})

    # ---- contacts come ----------------------------------------------------------------------------------------------

    def _await_arrivals(self) -> None:
        """Prepare the arrivals, which are no events: between two events nothing changes."""
        self._arrivals: list[int] = np.flatnonzero(~self._trace.contained).tolist()
        offered_us, tick_at = self._attempts.offered_us, self._calendar.at
        self._arrival_ticks = [*(tick_at(offered_us[root], Kind.ARRIVAL, root) for root in self._arrivals), math.inf]
        self._next_arrival = 0

    def _go_on(self, _event: Happening | None) -> None:
        """Bring everybody to the floor who arrives before the next event."""
        ticks, peek = self._arrival_ticks, self._calendar.peek
        while ticks[self._next_arrival] < peek():
            root = self._arrivals[self._next_arrival]
            self._next_arrival += 1
            self._join(root, self._attempts.offered_us[root])

    def _offer_later(self, event: Happening) -> None:
        """Offer an attempt that follows another; one that waits for a loss only if there was one."""
        row, lost = event.value
        now_us = self._calendar.now_us
        if lost != NOBODY and self._attempts.taken_us[lost] != NOBODY:
            return
        comes_us = self._attempts.put_off_us(row, now_us)
        if comes_us > now_us:
            self._await_attempt(row, comes_us, lost)
        elif self._attempts.offer(row, now_us):
            self._join(row, now_us)

    def _join(self, row: int, now_us: int) -> None:
        """Bring an attempt that is offered to the floor: to an agent at once, or into a line."""
        if self._is_ticket[self._attempts.line[row]]:
            self._seek(row, now_us)
            self._await_step(row, 1)
            return
        is_open = self._attempts.limit_us[row] >= now_us
        if not (is_open and (self._goes_back(row, now_us) or self._enter_line(row, now_us))):
            self._await_loss(row)

    def _goes_back(self, row: int, now_us: int) -> bool:
        """Give a live contact to the agent who knows the matter, if he has room; tell whether it went."""
        line = self._attempts.line[row]
        if not self._ladder[line].affinity:
            return False
        agent = self._answered_by.get(self._attempts.root[row], NOBODY)
        if agent == NOBODY or self._group[agent] not in self._ladder[line].groups:
            return False
        if not self._agents.has_room(agent, self._most_open[self._group[agent]][line]):
            return False
        self._give(agent, row, now_us)
        return True

    def _enter_line(self, row: int, now_us: int) -> bool:
        """Give a live contact to an agent of its first groups, else let it wait; tell whether it went."""
        line = self._attempts.line[row]
        # Whoever waits already could be taken by everybody who could take this one, so nobody is free for it.
        if self._waiting.first(line, now_us) == NOBODY and self._assign(row, 0, now_us):
            return True
        self._waiting.join(row)
        self._await_step(row, 1)
        return False

    # ---- contacts look for agents -----------------------------------------------------------------------------------

    def _assign(self, row: int, step: int, now_us: int) -> bool:
        """Give a live contact to an agent of a step's groups, else to one with a ticket; tell whether it went."""
        groups = self._ladder[self._attempts.line[row]].steps[step].groups
        for group in groups:
            agent = self._pick(group, row, now_us)
            if agent != NOBODY:
                self._give(agent, row, now_us)
                return True
        for group in groups:
            agent = self._tickets.interruptible(group, self._handling.in_hand, self._attendance.taking)
            if agent != NOBODY:
                ticket = self._handling.put_down(agent, now_us)
                self._busy_us[agent] += now_us - self._busy_since_us[agent]
                self._give(agent, row, now_us)
                self._seek(ticket, now_us)
                return True
        return False

    def _seek(self, ticket: int, now_us: int) -> None:
        """Give a ticket to an agent of the groups it has reached, else let it wait."""
        for step in self._tickets.open_steps(ticket):
            for group in step.groups:
                agent = self._pick(group, ticket, now_us)
                if agent != NOBODY:
                    self._give(agent, ticket, now_us)
                    return
        self._tickets.wait(ticket)

    def _pick(self, group: int, row: int, now_us: int) -> int:
        """Return the agent of a group who takes a contact, ``NOBODY`` when none in line has room for it."""
        most_open = self._most_open[group][self._attempts.line[row]]
        if self._asking is None:
            return self._agents.first(group, most_open)
        return self._asking.first(group, most_open, row, now_us)

    # ---- agents look for contacts -----------------------------------------------------------------------------------

    def come(self, agent: int, now_us: int) -> None:
        """Let an agent who is at his place take what he can, and stand in line with what room he has left."""
        plan, most_open = self._plan[agent], self._most_open[self._group[agent]]
        while self._handling.in_hand[agent] == NOBODY:
            row = self._waiting.take(plan, most_open, self._slots_open[agent], now_us)
            if row == NOBODY:
                break
            self._accept(agent, row, now_us)
        if plan.tickets and self._is_free(agent):
            ticket = self._tickets.take(plan)
            if ticket != NOBODY:
                self._accept(agent, ticket, now_us)
        self._line_up(agent)

    def stay(self, agent: int, now_us: int) -> None:
        """Let an agent whose next shift begins with something in hand take more, and be interrupted again."""
        row = self._handling.in_hand[agent]
        if row != NOBODY and self._is_ticket[self._attempts.line[row]]:
            self._tickets.hold(row, agent, self._group[agent])
        self.come(agent, now_us)

    def retire(self, agent: int) -> bool:
        """Take the agent out of the line; return whether his hands are empty."""
        self._agents.step_out(agent)
        return self._is_free(agent)

    def _is_free(self, agent: int) -> bool:
        return not self._slots_open[agent] and self._handling.in_hand[agent] == NOBODY

    def _line_up(self, agent: int) -> None:
        """Let an agent go to the end of the line; a call or a ticket in hand keeps him out of it."""
        if self._handling.in_hand[agent] == NOBODY:
            self._agents.stand(agent, self._slots_open[agent])

    # ---- work -------------------------------------------------------------------------------------------------------

    def _give(self, agent: int, row: int, now_us: int) -> None:
        self._accept(agent, row, now_us)
        self._line_up(agent)

    def _accept(self, agent: int, row: int, now_us: int) -> None:
        """Put an attempt into the hands of an agent with room for it."""
        attempts = self._attempts
        line = attempts.line[row]
        if not self._slots_open[agent]:
            self._busy_since_us[agent] = now_us
        self._agents.take(agent)
        attempts.take(row, agent, now_us)
        if self._is_chat[line]:
            self._slots_open[agent] += self._ladder[line].slots
            desk = self._conversations if self._ladder[line].by_messages else self._sessions
            desk.open(agent, row, now_us)
        else:
            self._handling.begin(agent, row, now_us)
            if self._is_ticket[line]:
                self._tickets.hold(row, agent, self._group[agent])

    def _finished(self, agent: int, rows: Sequence[int], now_us: int) -> None:
        """Let an agent who is done with attempts take more, or leave once nothing is left in his hands."""
        attempts = self._attempts
        for row in rows:
            line = attempts.line[row]
            attempts.ended_us[row] = now_us
            if self._is_chat[line]:
                self._slots_open[agent] -= self._ladder[line].slots
            self._follow(row, agent)
        free = not self._slots_open[agent]  # a call or a ticket that was in his hands is done
        if free:
            self._busy_us[agent] += now_us - self._busy_since_us[agent]
        if self._attendance.taking[agent]:
            self.come(agent, now_us)
        elif free:
            self._attendance.leave(agent, now_us)

    # ---- what follows -----------------------------------------------------------------------------------------------

    def _follow(self, row: int, agent: int) -> None:
        """Remember who answered an attempt, and await what follows it."""
        attempts = self._attempts
        if self._has_affinity:
            self._answered_by[attempts.root[row]] = agent
        ahead = attempts.if_answered[row]
        if ahead != NOBODY and attempts.comes_after_answer(row, self._pace_ppm[agent]):
            self._await_attempt(ahead, attempts.due_after_answer_us(row), NOBODY)

    def _await_loss(self, row: int) -> None:
        """Await what follows a waiting attempt should nobody answer it."""
        ahead = self._attempts.if_lost[row]
        if ahead != NOBODY and self._attempts.comes_after_loss(row):
            self._await_attempt(ahead, self._attempts.due_after_loss_us(row), row)

    def _await_attempt(self, row: int, due_us: int, lost: int) -> None:
        self._calendar.plan_at(due_us, Kind.ARRIVAL, self._attempts.root[row], self._offer_later, (row, lost))

    # ---- the ladder -------------------------------------------------------------------------------------------------

    def _await_step(self, row: int, step: int) -> None:
        """Look again when an attempt reaches the next step of its ladder."""
        steps = self._ladder[self._attempts.line[row]].steps
        if step < len(steps):
            due_us = self._attempts.joined_us[row] + steps[step].from_wait_us
            root = self._attempts.root[row]
            self._calendar.plan_at(due_us, Kind.THRESHOLD, root, self._reach_step, (row, step))

    def _reach_step(self, event: Happening) -> None:
        """Let an attempt that has waited so long look further, or go to another line."""
        row, step = event.value
        now_us, line = self._calendar.now_us, self._attempts.line[row]
        if self._attempts.ended_us[row] != NOBODY:
            return
        is_ticket, transfer_to = self._is_ticket[line], self._ladder[line].steps[step].transfer_to
        waits = self._ticket_waits_on(row, step, now_us) if is_ticket else self._waits_on(row, step, now_us)
        if waits and transfer_to is not None:
            self._transfer(row, transfer_to, now_us)
        elif waits or is_ticket:
            self._await_step(row, step + 1)

    def _waits_on(self, row: int, step: int, now_us: int) -> bool:
        """Let a live contact look in the groups of a further step; return whether it still waits."""
        attempts = self._attempts
        if attempts.taken_us[row] != NOBODY or attempts.limit_us[row] < now_us:
            return False
        # Behind somebody of the same line there is nothing to find: he has looked here before.
        if self._waiting.first(attempts.line[row], now_us) != row or not self._assign(row, step, now_us):
            return True
        self._waiting.step_out(row)
        return False

    def _ticket_waits_on(self, ticket: int, step: int, now_us: int) -> bool:
        """Let a ticket reach a further step and look in all groups it has reached; return whether it still waits."""
        if not self._tickets.reach(ticket, step):
            return False
        self._seek(ticket, now_us)
        return self._tickets.waits(ticket)

    def _transfer(self, row: int, line: int, now_us: int) -> None:
        """Move a waiting attempt to another line, where it is treated like one that is offered there."""
        if self._is_ticket[line]:
            self._tickets.step_out(row)
            self._attempts.transfer(row, line, now_us)
            self._seek(row, now_us)
            self._await_step(row, 1)
        else:
            self._waiting.step_out(row)
            self._attempts.transfer(row, line, now_us)
            self._enter_line(row, now_us)
