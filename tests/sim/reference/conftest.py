"""A slow reference of the floor, written from its specification and from nothing else.

It keeps no clever structure: it goes from instant to instant, looks at everything that could happen then, in the order
of docs/simulation.md, and throws people out of the queue the moment they give up.
"""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from scenarios import NOBODY, AgentChoice, Channel, Outcome


class Person:
    def __init__(self, number, staff):
        self.number, self.group = number, int(staff.group[number])
        self.pace = round(float(staff.tenure_factor[number]) * 1_000_000)
        self.spans, self.shift_ends = staff.spans[number], staff.shift_ends[number]
        self.span, self.here, self.taking, self.back = -1, False, False, None
        self.stamp, self.single, self.single_ends, self.began = 0, None, None, 0
        self.sessions = {}  # attempt -> work left
        self.read = 0

    @property
    def empty(self):
        return self.single is None and not self.sessions


class Reference:
    def __init__(self, scenario, trace, staff):
        self.scenario, self.trace = scenario, trace
        self.people = [Person(number, staff) for number in range(len(staff))]
        self.channel = [kind.channel for kind in scenario.contact_types]
        self.routes = [self._route(kind.name) for kind in scenario.contact_types]
        self.rows, self.waiting, self.returns, self.acts = [], [], [], 0
        day = scenario.horizon.days[0]
        self.opens, self.closes = day.opens_us, day.closes_us

    def _route(self, name):
        route = next(route for route in self.scenario.routes if route.contact_type == name)
        return [(round(step.from_wait_s * 1e6), self.scenario.group_index(step.group)) for step in route.steps]

    # -- what an agent can take

    def able(self, person, kind):
        if not person.taking or person.single is not None:
            return False
        if self.channel[kind] is Channel.CHAT:
            return len(person.sessions) < self.scenario.groups[person.group].chat_cap
        return person.empty

    def opened(self, row, now, *, strictly):
        wait = now - row["offered"]
        return [group for from_wait, group in self.routes[row["kind"]]
                if from_wait == 0 or (wait > from_wait if strictly else wait >= from_wait)]  # fmt: skip

    def act(self, person):
        self.acts += 1
        person.stamp = self.acts

    def order(self, person):
        choice = self.scenario.groups[person.group].choice
        rank = {
            AgentChoice.LONGEST_IDLE: 0,
            AgentChoice.LEAST_LOADED: len(person.sessions),
            AgentChoice.FASTEST: person.pace,
        }
        return rank[choice], person.stamp

    def advance(self, person, now):
        if person.sessions:
            speeds = self.scenario.groups[person.group].session_speed
            speed = Fraction(round(speeds[len(person.sessions) - 1] * 1_000_000), 1_000_000)
            for attempt in person.sessions:
                person.sessions[attempt] -= (now - person.read) * speed
        person.read = now

    def session_end(self, person):
        if not person.sessions:
            return None
        speeds = self.scenario.groups[person.group].session_speed
        speed = Fraction(round(speeds[len(person.sessions) - 1] * 1_000_000), 1_000_000)
        return person.read + max(0, ceil(min(person.sessions.values()) / speed))

    def take(self, person, row, now):
        if row["answered"] is None:
            row["answered"] = now
        elif row["agent"] != person.number:
            row["hops"] += 1
        row["agent"] = person.number
        work = max(1, (row["work"] * person.pace + 500_000) // 1_000_000)
        if self.channel[row["kind"]] is Channel.CHAT:
            self.advance(person, now)
            person.sessions[row["id"]] = Fraction(work)
        else:
            person.single, person.began, person.single_ends = row, now, now + work
        self.act(person)

    def serve(self, group, row):
        return group.rank_of(self.scenario.contact_types[row["kind"]].name)

    def urgency(self, group, row, now):
        serve = self.serve(group, row)
        return serve.priority, -(now - row["offered"]) * round(serve.age_weight * 1e6), row["kind"]

    def on_ticket(self, group):
        """People of a group who can be interrupted."""
        return [person for person in self.people if person.group == group and person.taking
                and person.single is not None and self.channel[person.single["kind"]] is Channel.TICKET]  # fmt: skip

    def refill(self, person, now):
        """Let an agent who was freed, or who came, take what waits."""
        group = self.scenario.groups[person.group]
        while person.taking and person.single is None:
            live = [row for row in self.waiting
                    if self.channel[row["kind"]] is not Channel.TICKET and self.able(person, row["kind"])
                    and person.group in self.opened(row, now, strictly=True)
                    and row is next(other for other in self.waiting if other["kind"] == row["kind"])]  # fmt: skip
            live.sort(key=lambda row: self.urgency(group, row, now))
            if live:
                self.waiting.remove(live[0])
                self.take(person, live[0], now)
                continue
            tickets = [row for row in self.waiting if self.channel[row["kind"]] is Channel.TICKET
                       and person.empty and person.group in row["reached"]]  # fmt: skip
            tickets.sort(key=lambda row: (self.serve(group, row).priority, row["due"], row["id"]))
            if not tickets:
                break
            self.waiting.remove(tickets[0])
            self.take(person, tickets[0], now)
        self.act(person)

    def place(self, row, groups, now):
        """Look for somebody for a contact in ``groups``; return whether it went."""
        is_ticket = self.channel[row["kind"]] is Channel.TICKET
        for group in groups:
            able = [person for person in self.people if person.group == group and self.able(person, row["kind"])]
            if able:
                self.take(min(able, key=self.order), row, now)
                return True
        for group in [] if is_ticket else groups:
            on_ticket = self.on_ticket(group)
            if on_ticket:
                person = min(on_ticket, key=lambda person: (-person.single["due"], person.number))
                ticket = person.single
                ticket["work"] = max(1, ticket["work"] - (now - person.began) * 1_000_000 // person.pace)
                person.single = None
                self.take(person, row, now)
                if not self.place(ticket, ticket["reached"], now):
                    self.waiting.append(ticket)
                return True
        return False

    def offer(self, row, now):
        row["reached"] = [group for from_wait, group in self.routes[row["kind"]] if from_wait == 0]
        blocked = self.channel[row["kind"]] is not Channel.TICKET and any(
            other["kind"] == row["kind"] for other in self.waiting
        )
        if blocked or not self.place(row, row["reached"], now):
            self.waiting.append(row)

    # -- people

    def gone(self, person, now):
        """He leaves his place; a break of full length follows if the shift goes on."""
        person.here = False
        following = person.span + 1
        if following < len(person.spans) and person.shift_ends[following] == person.shift_ends[person.span]:
            person.back = (now + person.spans[following][0] - person.spans[person.span][1], following)

    def arrive_at_place(self, person, now):
        person.taking = True
        person.here = True
        self.refill(person, now)

    def shift_changes(self, person, now):
        for number, (start, end) in enumerate(person.spans):
            if end == now and person.taking and person.span == number:
                person.taking = False
                if person.empty:
                    self.gone(person, now)
            first = number == 0 or person.shift_ends[number - 1] != person.shift_ends[number]
            if start == now and first:
                person.span, person.back = number, None
                self.arrive_at_place(person, now)
        if person.back is not None and person.back[0] == now:
            _, person.span = person.back
            person.back = None
            if now >= person.spans[person.span][1]:
                self.gone(person, now)
            else:
                self.arrive_at_place(person, now)

    def freed(self, person, now):
        if person.taking:
            self.refill(person, now)
        elif person.empty:
            self.gone(person, now)

    # -- time

    def new_row(self, root, number, now):
        trace = self.trace
        row = {
            "root": root, "attempt": number, "kind": int(trace.contact_type[root]), "offered": now,
            "gives_up": now + int(trace.patience_us[number, root]), "due": int(trace.due_us[root]),
            "work": int(trace.work_us[number, root]), "answered": None, "ended": None, "agent": NOBODY, "hops": 0,
            "outcome": None, "id": (root, number),
        }  # fmt: skip
        self.rows.append(row)
        return row

    def instants(self):
        """All moments at which something could happen, as far as is known now."""
        yield from (start for person in self.people for span in person.spans for start in span)
        yield from (person.single_ends for person in self.people if person.single is not None)
        yield from (person.back[0] for person in self.people if person.back is not None)
        yield from (end for end in map(self.session_end, self.people) if end is not None)
        yield from (int(arrival) for arrival in self.trace.arrival_us)
        yield from (back for back, _ in self.returns)
        yield self.closes
        live = (row for row in self.waiting if self.channel[row["kind"]] is not Channel.TICKET)
        yield from (row["gives_up"] for row in live)
        yield from (row["offered"] + wait for row in self.rows for wait, _ in self.routes[row["kind"]])

    def run(self):
        now = -1
        while (now := min((time for time in self.instants() if time > now), default=None)) is not None:
            self.at(now)
        return sorted(self.rows, key=lambda row: row["id"])

    def at(self, now):
        if now == self.closes:
            for row in [row for row in self.waiting if self.channel[row["kind"]] is not Channel.TICKET]:
                self.waiting.remove(row)
                row["outcome"], row["ended"] = Outcome.CLOSED_OUT, now
        for person in self.people:
            if person.single is not None and person.single_ends == now:
                person.single["ended"], person.single["outcome"] = now, Outcome.ANSWERED
                person.single = None
                self.freed(person, now)
        for person in self.people:
            if self.session_end(person) == now:
                self.advance(person, now)
                over = [attempt for attempt, left in person.sessions.items() if left <= 0]
                for attempt in over:
                    del person.sessions[attempt]
                    row = next(row for row in self.rows if row["id"] == attempt)
                    row["ended"], row["outcome"] = now, Outcome.ANSWERED
                self.freed(person, now)
        for person in self.people:
            self.shift_changes(person, now)
        for row in sorted(self.rows, key=lambda row: row["root"]):
            self.thresholds(row, now)
        for back, row in sorted(self.returns, key=lambda pair: pair[1]["root"]):
            if back == now and self.opens <= now < self.closes:
                self.offer(self.new_row(row["root"], row["attempt"] + 1, now), now)
        for root in np.flatnonzero(self.trace.arrival_us == now).tolist():
            self.arrival(root, now)
        self.abandonments(now)

    def thresholds(self, row, now):
        opening = [group for wait, group in self.routes[row["kind"]] if wait > 0 and row["offered"] + wait == now]
        if not opening or row["ended"] is not None:
            return
        row["reached"] = row["reached"] + opening
        if not any(other is row for other in self.waiting):
            return
        groups = row["reached"] if self.channel[row["kind"]] is Channel.TICKET else opening
        if self.place(row, groups, now):
            self.waiting = [other for other in self.waiting if other is not row]

    def arrival(self, root, now):
        row = self.new_row(root, 0, now)
        if self.trace.contained[root]:
            row["outcome"], row["ended"] = Outcome.BOT, now
        elif self.channel[row["kind"]] is not Channel.TICKET and not self.opens <= now < self.closes:
            row["outcome"], row["ended"] = Outcome.CLOSED_OUT, now
        else:
            self.offer(row, now)

    def abandonments(self, now):
        for row in list(self.waiting):
            if self.channel[row["kind"]] is not Channel.TICKET and row["gives_up"] == now:
                self.waiting.remove(row)
                row["outcome"], row["ended"] = Outcome.ABANDONED, now
                after = int(self.trace.redial_after_us[row["attempt"], row["root"]])
                if after != NOBODY:
                    self.returns.append((now + after, row))


@pytest.fixture(scope="session")
def reference_rows():
    """Play a day by the reference; one tuple per attempt, sorted, as ``rows_of`` in the tests shows a log."""
    return play_reference


def play_reference(scenario, trace, staff):
    return [
        (
            row["root"], row["attempt"], row["kind"], row["offered"],
            NOBODY if row["answered"] is None else row["answered"], NOBODY if row["ended"] is None else row["ended"],
            int(Outcome.OPEN if row["outcome"] is None else row["outcome"]), row["agent"], row["hops"],
        )
        for row in Reference(scenario, trace, staff).run()
    ]  # fmt: skip
