"""Both dispatchers against a slow reference, written from the specification and from nothing else.

The reference keeps no clever structure: it goes from instant to instant, looks at everything that could happen then, in
the order of docs/simulation.md, and throws people out of the queue the moment they give up.
"""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import (
    NEVER_US,
    NOBODY,
    AgentChoice,
    Channel,
    ContactTrace,
    Group,
    Law,
    LawKind,
    Outcome,
    Redial,
    Route,
    RouteStep,
    Serve,
)
from sim import Staff, simulate
from sim.model import _limits, is_plain, play_full, play_plain

UNIT_US = 10_000_000
CLOSES = 30  # units: the service closes after five minutes
ROUTED = (0.0, 20.0, 50.0)


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


def rows_of(log):
    names = ("root", "attempt", "contact_type", "offered_us", "answered_us", "ended_us", "outcome", "agent", "hops")
    return [tuple(int(value) for value in row) for row in zip(*(getattr(log, name) for name in names), strict=True)]


def reference_rows(scenario, trace, staff):
    return [
        (
            row["root"], row["attempt"], row["kind"], row["offered"],
            NOBODY if row["answered"] is None else row["answered"], NOBODY if row["ended"] is None else row["ended"],
            int(Outcome.OPEN if row["outcome"] is None else row["outcome"]), row["agent"], row["hops"],
        )
        for row in Reference(scenario, trace, staff).run()
    ]  # fmt: skip


units = st.integers(0, CLOSES + 4)


@st.composite
def people(draw, groups):
    """Up to five people; shifts on a coarse grid, so that everything happens at once as often as possible."""
    spans, ends, rows = [], [], draw(st.integers(1, 5))
    for _ in range(rows):
        start = draw(st.integers(0, 15))
        lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
        mine, now = [], start
        for number, length in enumerate(lengths):
            if number % 2 == 0:
                mine.append((now, now + length))
            now += length
        cut = draw(st.integers(0, len(mine)))  # spans before it are one shift, the others another
        mine_ends = [mine[cut - 1][1] if number < cut else mine[-1][1] for number in range(len(mine))]
        spans.append(tuple((a * UNIT_US, b * UNIT_US) for a, b in mine))
        ends.append(tuple(end * UNIT_US for end in mine_ends))
    tenure = draw(st.lists(st.sampled_from([1.0, 0.5, 1.3]), min_size=rows, max_size=rows))
    group = draw(st.lists(st.integers(0, groups - 1), min_size=rows, max_size=rows))
    names = tuple(f"a{number}" for number in range(rows))
    return Staff(names, np.array(group), np.array(tenure), tuple(spans), tuple(ends))


@st.composite
def contacts(draw, channels, *, redial=True):
    count = draw(st.integers(0, 14))

    def column(strategy):
        return np.array(draw(st.lists(strategy, min_size=count, max_size=count)), dtype=np.int64)

    kind = column(st.integers(0, len(channels) - 1))
    arrival = np.sort(column(units)) * UNIT_US
    ticket = np.array([channels[number] is Channel.TICKET for number in kind], dtype=np.bool_)
    # Odd microseconds beside whole units: ties and near-ties both.
    work = np.stack([column(st.integers(1, 9)) * UNIT_US + column(st.sampled_from([0, 0, 1])) for _ in range(2)])
    patience = np.stack(
        [column(st.sampled_from([0, 1, 2, 5, 40])) * UNIT_US + 1 - column(st.integers(0, 1)) for _ in range(2)]
    )
    again = np.where(redial & ~ticket, column(st.sampled_from([NOBODY, UNIT_US, 3 * UNIT_US])), NOBODY)
    return ContactTrace(
        contact_type=kind,
        arrival_us=arrival,
        contained=column(st.sampled_from([0, 0, 0, 1])).astype(np.bool_) & ~ticket,
        due_us=np.where(ticket, arrival + column(st.integers(1, 20)) * UNIT_US, NEVER_US),
        work_us=work,
        patience_us=np.where(ticket, NEVER_US, np.maximum(1, patience)),
        redial_after_us=np.stack([again, np.full(count, NOBODY)]),
    )


@st.composite
def full_floors(draw, kind, scenario, horizon):
    channels = draw(st.lists(st.sampled_from(list(Channel)), min_size=1, max_size=3))
    kinds = [kind(f"k{number}", channel) for number, channel in enumerate(channels)]
    names = ["g0", "g1"][: draw(st.integers(1, 2))]
    groups = []
    for name in names:
        cap = draw(st.integers(1, 3))
        serves = tuple(
            Serve(k.name, draw(st.integers(0, 1)), draw(st.sampled_from([1.0, 2.5]))) for k in kinds
        )  # fmt: skip
        groups.append(Group(name, (), serves, cap, (1.0, 0.75, 0.6)[:cap], draw(st.sampled_from(list(AgentChoice)))))
    routes = []
    for k in kinds:
        order = draw(st.permutations(names))
        waits = [0.0, draw(st.sampled_from(ROUTED))]
        routes.append(Route(k.name, tuple(RouteStep(n, w) for n, w in zip(order, waits, strict=False))))
    floor = scenario(kinds, groups, routes, horizon=horizon(((0, 1 / 12),), interval_min=5))
    return floor, draw(contacts(channels)), draw(people(len(names)))


@given(data=st.data())
@settings(max_examples=250, deadline=None)
def test_the_model_agrees_with_a_slow_reference_on_every_attempt(data, kind, scenario, horizon):
    floor, trace, staff = data.draw(full_floors(kind, scenario, horizon))

    assert rows_of(simulate(floor, trace, staff).log) == reference_rows(floor, trace, staff)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_the_plain_floor_leaves_the_same_log_as_the_full_one(data, kind, scenario, horizon):
    floor = scenario([kind()], horizon=horizon(((0, 1 / 12),), interval_min=5))
    trace, staff = data.draw(contacts([Channel.VOICE], redial=False)), data.draw(people(1))
    limits = _limits(floor, trace)
    pace = [round(factor * 1_000_000) for factor in staff.tenure_factor.tolist()]

    assert is_plain(floor, trace, staff)
    plain = play_plain(floor, trace, limits, staff, pace)
    full = play_full(floor, trace, limits, staff, pace)
    assert plain.log.fingerprint() == full.log.fingerprint()
    assert plain.busy_us.tolist() == full.busy_us.tolist()
    assert plain.at_work_us.tolist() == full.at_work_us.tolist()


def test_what_needs_more_than_the_plain_floor_goes_to_the_full_one(kind, scenario, trace, staff):
    one, day = trace((0, 60)), staff([[(0, 3600)]])
    again = Redial(0.5, Law(LawKind.EXPONENTIAL, 60.0))
    calls = scenario([kind(redial=again)])

    assert is_plain(calls, one, day)
    assert not is_plain(calls, trace({"at": 0, "work": 60, "redial": [5]}), day)
    assert not is_plain(scenario([kind("chat", Channel.CHAT)]), one, day)
    assert not is_plain(scenario([kind(), kind("other")]), trace((0, 60), {"at": 1, "work": 2, "kind": 1}), day)


@pytest.mark.parametrize("play", [play_plain, play_full])
def test_both_floors_play_a_day_without_contacts(play, scenario, trace, staff):
    floor, nothing, day = scenario(), trace(), staff([[(0, 60), (90, 120)]])

    run = play(floor, nothing, _limits(floor, nothing), day, [1_000_000])
    assert len(run.log) == 0
    assert run.at_work_us.tolist() == [90_000_000]
