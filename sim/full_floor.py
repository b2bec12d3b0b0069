"""The full floor: calls, chats and tickets, ranked groups with thresholds, blending, interruption, redial."""

import math
from collections import deque
from heapq import heappop, heappush

from scenarios import NOBODY, Channel, ContactTrace, Scenario
from scenarios.checks import IntArray
from sim.attempts import Attempts
from sim.attendance import Attendance
from sim.clock import PPM, Calendar, Happening, Kind, scaled_us
from sim.lines import Lines
from sim.opening import OpenSpans
from sim.routing import Step, Wanted, routing_of
from sim.sessions import Sessions
from sim.staff import Staff
from sim.tickets import TicketPools


class FullFloor:
    """The floor with every mechanism; ``docs/simulation.md`` says what it plays.

    Parameters
    ----------
    limit_us
        (N,) last µs at which the first attempt of each contact can be answered.
    pace_ppm
        Tenure factor per agent in parts per million.

    Attributes
    ----------
    attempts
        What happened to every attempt.
    busy_us
        Per agent, the time with something in hand.
    """

    def __init__(
        self, scenario: Scenario, trace: ContactTrace, limit_us: IntArray, staff: Staff, pace_ppm: list[int]
    ) -> None:
        people = len(staff)
        group: list[int] = staff.group.tolist()
        routing = routing_of(scenario)
        self._trace = trace
        self._calendar = Calendar(max(len(trace), people), self._go_on)
        self._opening = OpenSpans(scenario.horizon)
        self._steps = routing.steps
        self._is_ticket = [kind.channel is Channel.TICKET for kind in scenario.contact_types]
        self._is_chat = [kind.channel is Channel.CHAT for kind in scenario.contact_types]
        self._plan = [routing.groups[number] for number in group]
        self._group = group
        self._pace_ppm = pace_ppm
        self._roots: list[int] = (~trace.contained & (limit_us >= trace.arrival_us)).nonzero()[0].tolist()
        self._next = 0  # place in _roots of the next arrival
        self.attempts = Attempts(trace, limit_us)
        offered_us, tick_at = self.attempts.offered_us, self._calendar.at
        self._arrival_ticks = [*(tick_at(offered_us[root], Kind.ARRIVAL, root) for root in self._roots), math.inf]
        self._queues: list[deque[int]] = [deque() for _ in scenario.contact_types]
        self._pools = TicketPools(self.attempts, routing.steps)
        self._on_ticket: list[list[tuple[int, int, int]]] = [[] for _ in scenario.groups]
        self._lines = Lines(routing.groups, group, pace_ppm)
        self._sessions = Sessions(self._calendar, [plan.speed_ppm for plan in self._plan], self._close_sessions)
        self._single = [NOBODY] * people  # call or ticket in hand
        self._ends = [NOBODY] * people  # tick at which it will be done
        self._began_us = [0] * people  # when the call or ticket in hand was begun
        self._busy_since_us = [0] * people
        self.busy_us = [0] * people
        self.attendance = Attendance(self._calendar, staff, self)

    def run(self) -> None:
        """Play until nothing is left to happen."""
        self._go_on(None)
        self._calendar.env.run()

    # ---- people -------------------------------------------------------------------------------------------------

    def come(self, agent: int, now_us: int) -> None:
        """Let an agent who is at his place take what he can, and stand in line with what room he has left."""
        plan, sessions = self._plan[agent], self._sessions.open[agent]
        while self._has_room(agent):
            attempt = self._next_live(plan.chats if sessions else plan.live, now_us)
            if attempt == NOBODY:
                break
            self._accept(agent, attempt, now_us)
        if self._is_free(agent) and plan.tickets:
            ticket = self._pools.take(plan)
            if ticket != NOBODY:
                self._take_ticket(agent, ticket, now_us)
        self._line_up(agent)

    def stay(self, agent: int, now_us: int) -> None:
        """Let an agent whose next shift begins with something in hand take more, and be interrupted again."""
        held = self._single[agent]
        if held != NOBODY and self._is_ticket[self.attempts.kind[held]]:
            self._mark_on_ticket(agent, held)
        self.come(agent, now_us)

    def retire(self, agent: int) -> bool:
        """Take the agent out of the line; return whether his hands are empty."""
        self._lines.step_out(agent)
        return self._is_free(agent)

    def _is_free(self, agent: int) -> bool:
        return self._single[agent] < 0 and not self._sessions.open[agent]

    def _has_room(self, agent: int) -> bool:
        return self._single[agent] < 0 and len(self._sessions.open[agent]) < self._plan[agent].chat_cap

    def _line_up(self, agent: int) -> None:
        if self._has_room(agent):
            self._lines.stand(agent, len(self._sessions.open[agent]))
        else:
            self._lines.step_out(agent)

    def _hands_emptied(self, agent: int, now_us: int) -> None:
        """Go on after something was finished: take more, or leave once nothing is left in hand."""
        free = self._is_free(agent)
        if free:
            self.busy_us[agent] += now_us - self._busy_since_us[agent]
        if self.attendance.taking[agent]:
            self.come(agent, now_us)
        elif free:
            self.attendance.leave(agent, now_us)

    # ---- live contacts ------------------------------------------------------------------------------------------

    def _go_on(self, _event: Happening | None) -> None:
        """Bring everybody to the floor who arrives before the next event."""
        ticks, peek = self._arrival_ticks, self._calendar.peek
        while ticks[self._next] < peek():
            root = self._roots[self._next]
            self._next += 1
            self._offer(root, self.attempts.offered_us[root])

    def _offer(self, attempt: int, now_us: int) -> None:
        """Bring an attempt to the floor: to an agent at once, or into the queue."""
        kind = self.attempts.kind[attempt]
        if self._is_ticket[kind]:
            self._offer_ticket(attempt, now_us)
            self._await_step(attempt, 1)
            return
        # Whoever waits already could be taken by everybody who could take this one, so nobody is free for it.
        queue = self._queues[kind]
        if not (queue and self._waiting_head(kind, now_us)) and self._assign(attempt, self._steps[kind][0], now_us):
            return
        queue.append(attempt)
        self._await_step(attempt, 1)
        self._await_return(attempt)

    def _waiting_head(self, kind: int, now_us: int) -> deque[int]:
        """Return the queue of a type with those gone from its head who gave up."""
        queue, limit_us = self._queues[kind], self.attempts.limit_us
        while queue and limit_us[queue[0]] < now_us:
            queue.popleft()
        return queue

    def _next_live(self, classes: tuple[tuple[Wanted, ...], ...], now_us: int) -> int:
        """Return the live contact an agent takes next: most urgent class, then longest weighted wait."""
        queues, offered_us = self._queues, self.attempts.offered_us
        for wanted_class in classes:
            best, best_score = NOBODY, 0
            for wanted in wanted_class:
                queue = queues[wanted.kind]
                if queue and self._waiting_head(wanted.kind, now_us):
                    wait_us = now_us - offered_us[queue[0]]
                    if wait_us > wanted.from_wait_us and wait_us * wanted.weight_ppm > best_score:
                        best, best_score = wanted.kind, wait_us * wanted.weight_ppm
            if best != NOBODY:
                return queues[best].popleft()
        return NOBODY

    def _assign(self, attempt: int, step: Step, now_us: int) -> bool:
        """Give a live contact to a free agent of the step's groups, else to one with a ticket; tell whether it went."""
        is_chat = self._is_chat[self.attempts.kind[attempt]]
        for group in step.groups:
            agent = self._lines.first(group, with_sessions=is_chat)
            if agent != NOBODY:
                self._accept(agent, attempt, now_us)
                self._line_up(agent)
                return True
        for group in step.groups:
            agent = self._interruptible(group)
            if agent != NOBODY:
                ticket = self._put_down(agent, now_us)
                self._accept(agent, attempt, now_us)
                self._line_up(agent)
                self._offer_ticket(ticket, now_us)
                return True
        return False

    def _accept(self, agent: int, attempt: int, now_us: int) -> None:
        attempts = self.attempts
        attempts.answered_us[attempt] = now_us
        attempts.agent[attempt] = agent
        if not self._sessions.open[agent]:
            self._busy_since_us[agent] = now_us
        if self._is_chat[attempts.kind[attempt]]:
            work_us = scaled_us(attempts.work_us[attempt], self._pace_ppm[agent])
            self._sessions.add(agent, attempt, work_us, now_us)
        else:
            self._begin(agent, attempt, now_us)

    def _begin(self, agent: int, attempt: int, now_us: int) -> None:
        """Put a call or a ticket into an agent's hands until its work is done."""
        self._single[agent] = attempt
        self._began_us[agent] = now_us
        end_us = now_us + scaled_us(self.attempts.work_us[attempt], self._pace_ppm[agent])
        tick = self._calendar.at(end_us, Kind.END_OF_WORK, agent)
        self._ends[agent] = self._calendar.plan(tick, self._finish, agent)

    def _finish(self, event: Happening) -> None:
        agent = event.value
        if self._ends[agent] != self._calendar.env.now:
            return  # the ticket was put down meanwhile
        now_us = self._calendar.env.now >> self._calendar.time_bits
        self.attempts.ended_us[self._single[agent]] = now_us
        self._single[agent] = self._ends[agent] = NOBODY
        self._hands_emptied(agent, now_us)

    def _close_sessions(self, event: Happening) -> None:
        agent = event.value
        now_us = self._calendar.env.now >> self._calendar.time_bits
        closed = self._sessions.close_due(agent, now_us)
        for attempt in closed:
            self.attempts.ended_us[attempt] = now_us
        if closed:
            self._hands_emptied(agent, now_us)

    # ---- waiting ------------------------------------------------------------------------------------------------

    def _await_step(self, attempt: int, step: int) -> None:
        """Look again when the next step of the route opens to the attempt."""
        steps = self._steps[self.attempts.kind[attempt]]
        if step < len(steps):
            opens_us = self.attempts.offered_us[attempt] + steps[step].from_wait_us
            self._calendar.plan(
                self._calendar.at(opens_us, Kind.THRESHOLD, self.attempts.root[attempt]),
                self._open_step,
                (attempt, step, opens_us),
            )

    def _open_step(self, event: Happening) -> None:
        attempt, step, now_us = event.value
        kind = self.attempts.kind[attempt]
        if self._is_ticket[kind]:
            if self.attempts.ended_us[attempt] != NOBODY:
                return
            if self._pools.reach(attempt, step):
                self._offer_ticket(attempt, now_us)
        else:
            queue = self._waiting_head(kind, now_us)
            if self.attempts.answered_us[attempt] != NOBODY or self.attempts.limit_us[attempt] < now_us:
                return
            # Behind somebody of the same type there is nothing to find: he has looked here before.
            if queue[0] == attempt and self._assign(attempt, self._steps[kind][step], now_us):
                queue.popleft()
                return
        self._await_step(attempt, step + 1)

    def _await_return(self, attempt: int) -> None:
        """See whether the buyer comes back, at the moment at which he would."""
        attempts = self.attempts
        after_us = int(self._trace.redial_after_us[attempts.number[attempt], attempts.root[attempt]])
        if after_us != NOBODY and attempts.gives_up_us[attempt] <= attempts.limit_us[attempt]:
            back_us = attempts.gives_up_us[attempt] + after_us
            self._calendar.plan(
                self._calendar.at(back_us, Kind.ARRIVAL, attempts.root[attempt]), self._return, (attempt, back_us)
            )

    def _return(self, event: Happening) -> None:
        attempt, now_us = event.value
        closes_us = self._opening.closing_at(now_us)
        if self.attempts.answered_us[attempt] == NOBODY and closes_us > now_us:
            self._offer(self.attempts.again(attempt, now_us, closes_us, self._trace), now_us)

    # ---- tickets ------------------------------------------------------------------------------------------------

    def _offer_ticket(self, ticket: int, now_us: int) -> None:
        for group in self._pools.open_groups(ticket):
            agent = self._lines.first(group, with_sessions=False)
            if agent != NOBODY:
                self._take_ticket(agent, ticket, now_us)
                self._lines.step_out(agent)
                return
        self._pools.put(ticket)

    def _take_ticket(self, agent: int, ticket: int, now_us: int) -> None:
        attempts = self.attempts
        if attempts.answered_us[ticket] == NOBODY:
            attempts.answered_us[ticket] = now_us
        elif attempts.agent[ticket] != agent:
            attempts.hops[ticket] += 1
        attempts.agent[ticket] = agent
        self._busy_since_us[agent] = now_us
        self._begin(agent, ticket, now_us)
        self._mark_on_ticket(agent, ticket)

    def _mark_on_ticket(self, agent: int, ticket: int) -> None:
        heappush(self._on_ticket[self._group[agent]], (-self.attempts.due_us[ticket], agent, ticket))

    def _interruptible(self, group: int) -> int:
        """Return the agent of a group whose ticket is due last, ``NOBODY`` when none works on one."""
        heap = self._on_ticket[group]
        while heap:
            _, agent, ticket = heap[0]
            if self._single[agent] == ticket and self.attendance.taking[agent]:
                return agent
            heappop(heap)
        return NOBODY

    def _put_down(self, agent: int, now_us: int) -> int:
        """Take the ticket out of an agent's hands, its work done so far taken off, and return it."""
        ticket = self._single[agent]
        done_us = (now_us - self._began_us[agent]) * PPM // self._pace_ppm[agent]
        self.attempts.work_us[ticket] = max(1, self.attempts.work_us[ticket] - done_us)
        self._single[agent] = self._ends[agent] = NOBODY
        self.busy_us[agent] += now_us - self._busy_since_us[agent]
        return ticket
