"""The floor of the slow reference: instant by instant, everything looked at, in the order of the specification."""

import numpy as np
from slow_reference.choosing import chosen
from slow_reference.people import Person, Session
from slow_reference.rules import DAY_US, PPM, Crew, Doors, Line, ppm, scaled

from scenarios import NEVER_US, NOBODY, SHOP_OWES, Cause, Channel
from sim.floor.played import Played


class Row:
    """An attempt that was made."""

    def __init__(self, trace, index, now):
        self.index, self.root, self.line = index, int(trace.root[index]), int(trace.line[index])
        self.offered, self.joined, self.reached, self.hops = now, now, 1, 0
        self.gives_up = now + int(trace.patience_us[index])
        self.due = now + int(trace.due_after_us[index])
        self.left = int(trace.work_us[index])
        self.rounds = range(int(trace.first_round[index]), int(trace.first_round[index + 1]))
        self.limit, self.taken, self.ended, self.agent = None, NOBODY, NOBODY, NOBODY


class Floor:
    def __init__(self, scenario, trace, staff):
        self.trace, self.late_breaks = trace, scenario.late_breaks
        self.lines = [Line(scenario, kind) for kind in scenario.contact_types]
        self.crews = [Crew(scenario, number, self.lines) for number in range(len(scenario.groups))]
        self.people = [
            Person(
                number, staff, self.crews[staff.group[number]], ppm(staff.tenure_factor[number]),
                ppm(staff.weight[number]),
            )
            for number in range(len(staff))
        ]  # fmt: skip
        self.doors = Doors(scenario.horizon)
        self.rows, self.waiting, self.acts, self.now = [], [], 0, -1
        self.answerer = {}  # root contact -> who answered its last answered attempt
        self.replied = {}
        arrivals = zip(trace.arrival_us.tolist(), range(trace.roots), strict=True)
        self.coming = [(arrival, root) for arrival, root in arrivals if not trace.contained[root]]

    # -- who has room

    def is_live(self, row):
        return self.lines[row.line].channel is not Channel.TICKET

    def room(self, person, line):
        if not person.taking or person.single is not None:
            return False
        if line.channel is Channel.CHAT:
            return person.slots + line.slots <= person.crew.cap + line.beyond
        return person.empty

    def act(self, person):
        """He goes to the end of the line of those who stand ready."""
        self.acts += 1
        person.stamp = self.acts

    # -- taking

    def take(self, person, row):
        line = self.lines[row.line]
        if row in self.waiting:
            self.waiting.remove(row)
        if row.taken == NOBODY:
            row.taken = self.now
        elif row.agent != person.number:
            row.hops += 1
        row.agent = person.number
        person.taken += 1
        if line.channel is not Channel.CHAT:
            person.single, person.began = row, self.now
            person.single_ends = self.now + scaled(row.left, person.pace)
        elif line.by_messages:
            person.sessions.append(Session(row, line.slots))
            self.answer_next(person)
        else:
            ends = person.clock + scaled(row.left, person.pace) * PPM
            person.sessions.append(Session(row, line.slots, ends))
        self.act(person)

    def answer_next(self, person):
        session = person.next_message() if person.typing is None else None
        if session is not None:
            work = int(self.trace.round_work_us[session.row.rounds[session.number]])
            session.asked, person.typing = None, session
            person.typing_ends = self.now + scaled(work, person.pace)

    def refill(self, person):
        """He has become free, or come, or has slots free."""
        self.act(person)
        while person.taking and person.single is None:
            row = self.next_live(person) or self.next_ticket(person)
            if row is None:
                return
            self.take(person, row)

    def next_live(self, person):
        heads = []
        for number, (priority, weight) in sorted(person.crew.serves.items()):
            line = self.lines[number]
            head = next((row for row in self.waiting if row.line == number), None)
            if head is None or line.channel is Channel.TICKET or not self.room(person, line):
                continue
            wait = self.now - head.joined
            if any(person.group in step.groups for step in line.steps if wait > step.wait):
                raised = sum(step.raised for step in line.steps if wait > step.wait)
                heads.append((priority - raised, -wait * weight, number, head))
        return min(heads, key=lambda found: found[:3])[3] if heads else None

    def next_ticket(self, person):
        if not person.empty:
            return None
        tickets = []
        for row in self.waiting:
            steps = self.lines[row.line].steps[: row.reached]
            if not self.is_live(row) and any(person.group in step.groups for step in steps):
                priority = person.crew.serves[row.line][0] - sum(step.raised for step in steps)
                tickets.append((priority, row.due, row.root, row))
        return min(tickets, key=lambda found: found[:3])[3] if tickets else None

    # -- looking for somebody

    def place(self, row, groups):
        """Look for somebody for a contact in ``groups``; return whether it went."""
        line = self.lines[row.line]
        for group in groups:
            able = [person for person in self.people if person.group == group and self.room(person, line)]
            if able:
                self.take(chosen(able, self.crews[group].choice, line.channel), row)
                return True
        return self.is_live(row) and any(self.interrupt(row, group) for group in groups)

    def interrupt(self, row, group):
        """Let somebody of the group put a ticket aside for a live contact; return whether somebody did."""
        on_ticket = [person for person in self.people
                     if person.group == group and person.taking and person.single is not None
                     and not self.is_live(person.single)]  # fmt: skip
        if not on_ticket:
            return False
        person = min(on_ticket, key=lambda person: (-person.single.due, person.number))
        ticket = person.single
        ticket.left = max(1, ticket.left - (self.now - person.began) * PPM // person.pace)
        person.single = person.single_ends = None
        self.take(person, row)
        if not self.place(ticket, self.reached_groups(ticket)):
            self.waiting.append(ticket)
        return True

    def reached_groups(self, row):
        return [group for step in self.lines[row.line].steps[: row.reached] for group in step.groups]

    # -- joining and leaving lines

    def offer(self, index):
        """An attempt's moment has come."""
        row = Row(self.trace, index, self.now)
        cause = Cause(int(self.trace.cause[index]))
        if self.is_live(row) and not self.doors.open_at(self.now) and index >= self.trace.roots:
            if cause not in SHOP_OWES:
                return
            if (opens := self.doors.opening_after(self.now)) is not None:
                self.coming.append((opens, index))
                return
        self.rows.append(row)
        line, known = self.lines[row.line], self.answerer.get(row.root)
        if not self.admitted(row):
            return
        if self.is_live(row) and line.affinity and known is not None:
            person = self.people[known]
            if person.group in line.groups and self.room(person, line):
                self.take(person, row)
                return
        self.queue(row)

    def admitted(self, row):
        """Say until when it can be answered; lose it where the service is closed."""
        if not self.is_live(row):
            row.limit = NEVER_US
        elif self.doors.open_at(self.now):
            after = DAY_US if self.lines[row.line].served else 0
            row.limit = min(row.gives_up, self.doors.closing_after(self.now) - 1 + after)
        else:
            row.limit = self.now - 1
            self.lose(row)
            return False
        return True

    def queue(self, row):
        behind = self.is_live(row) and any(other.line == row.line for other in self.waiting)
        if behind or not self.place(row, self.lines[row.line].steps[0].groups):
            self.waiting.append(row)

    def transfer(self, row, line):
        self.waiting.remove(row)
        row.line, row.joined, row.reached, row.hops = line, self.now, 1, row.hops + 1
        self.queue(row)

    def lose(self, row):
        """Nobody answered, and now it is over."""
        if row in self.waiting:
            self.waiting.remove(row)
        following = int(self.trace.if_lost[row.index])
        if following != NOBODY:
            is_message = self.trace.cause[following] == Cause.MESSAGE
            if is_message or row.gives_up <= row.limit:
                self.coming.append((row.limit + int(self.trace.delay_us[following]), following))

    def done(self, person, row):
        """It was answered, and now it is over."""
        row.ended = self.now
        self.answerer[row.root] = person.number
        following = int(self.trace.if_answered[row.index])
        if following != NOBODY and person.pace > int(self.trace.need_ppm[row.index]):
            self.coming.append((self.now + int(self.trace.delay_us[following]), following))

    # -- what happens at an instant, in its order

    def close_doors(self):
        for row in [row for row in self.waiting if row.limit < self.now]:
            self.lose(row)

    def ends_of_work(self, person):
        if person.single is not None and person.single_ends == self.now:
            self.done(person, person.single)
            person.single = person.single_ends = None
            self.freed(person)
        if person.typing is not None and person.typing_ends == self.now:
            session, person.typing = person.typing, None
            reply = session.row.rounds[session.number]
            self.replied[reply] = self.now
            if session.number + 1 < len(session.row.rounds):
                session.number += 1
                session.message_at = self.now + int(self.trace.think_us[reply + 1])
            else:
                session.ends = self.now + int(self.trace.hold_us[session.row.index])
            self.answer_next(person)

    def session_closes(self, person):
        if person.closing(self.now) != self.now:
            return
        mark = person.clock if person.by_slots else self.now
        for session in [session for session in person.sessions if session.ends is not None and session.ends <= mark]:
            person.sessions.remove(session)
            self.done(person, session.row)
        self.freed(person)

    def freed(self, person):
        if person.over and person.empty:
            person.leave(self.now, self.late_breaks)
        if person.taking:
            self.refill(person)

    def shift_changes(self, person):
        if person.end_of_span(self.now):
            person.over = True
            if person.empty:
                person.leave(self.now, self.late_breaks)
        if person.here and person.last_moment == self.now:
            person.past_last = True
        if person.start_of_span(self.now, self.late_breaks) and person.taking:
            self.refill(person)

    def messages(self):
        sessions = [(session.row.root, person, session) for person in self.people for session in person.sessions]
        for _, person, session in sorted(sessions, key=lambda found: found[0]):
            if session.message_at == self.now:
                session.asked, session.message_at = self.now, None
                self.answer_next(person)

    def ladders(self):
        for row in sorted(self.rows, key=lambda row: row.root):
            steps = self.lines[row.line].steps
            if row.ended != NOBODY or row.reached == len(steps) or row.joined + steps[row.reached].wait != self.now:
                continue
            row.reached += 1
            if row in self.waiting:
                self.next_step(row, steps[row.reached - 1])

    def next_step(self, row, step):
        if not self.is_live(row):
            went = self.place(row, self.reached_groups(row))
        elif row is next(other for other in self.waiting if other.line == row.line):
            went = self.place(row, step.groups)
        else:
            went = False
        if not went and step.transfer is not None:
            self.transfer(row, step.transfer)

    def offers(self):
        while due := [(int(self.trace.root[index]), index) for moment, index in self.coming if moment == self.now]:
            _, index = min(due)
            self.coming.remove((self.now, index))
            self.offer(index)

    def abandonments(self):
        for row in [row for row in self.waiting if row.gives_up == self.now]:
            self.lose(row)

    # -- time

    def instants(self):
        """All moments at which something could happen, as far as is known now."""
        for person in self.people:
            yield from person.moments()
            yield from (moment for moment in (person.single_ends, person.closing(self.now)) if moment is not None)
            yield from [person.typing_ends] if person.typing is not None else []
            yield from (session.message_at for session in person.sessions if session.message_at is not None)
        yield from (moment for moment, _ in self.coming)
        for row in self.rows:
            if row.ended == NOBODY:
                yield from (row.joined + step.wait for step in self.lines[row.line].steps)
        for row in self.waiting:
            yield from (row.limit, row.limit + 1)

    def run(self):
        while (then := min((moment for moment in self.instants() if moment > self.now), default=None)) is not None:
            if self.now >= 0:
                for person in self.people:
                    person.pass_time(then - self.now)
            self.now = then
            self.close_doors()
            for happens in (self.ends_of_work, self.session_closes, self.shift_changes):
                for person in self.people:
                    happens(person)
            self.messages()
            self.ladders()
            self.offers()
            self.abandonments()
        return self

    def columns(self):
        """What happened, as every engine tells it."""
        mine = {row.index: row for row in self.rows}
        later = [row for row in self.rows if row.index >= self.trace.roots]
        later.sort(key=lambda row: (row.offered, row.root, row.index))
        order = [*range(self.trace.roots), *(row.index for row in later)]
        played = Played.empty(np.array(order, dtype=np.int64), len(self.trace.round_work_us), len(self.people))
        played.line[:] = self.trace.line[played.row]
        for entry, index in enumerate(order):
            for ahead in (self.trace.if_lost[index], self.trace.if_answered[index]):
                if ahead in mine:
                    played.before[order.index(ahead)] = entry
            if index not in mine:
                continue  # the bot keeps it
            for name in ("offered", "limit", "taken", "ended"):
                getattr(played, f"{name}_us")[entry] = getattr(mine[index], name)
            for name in ("agent", "line", "hops"):
                getattr(played, name)[entry] = getattr(mine[index], name)
        for reply, moment in self.replied.items():
            played.replied_us[reply] = moment
        for person in self.people:
            for name in ("busy", "working", "at_work"):
                getattr(played, f"{name}_us")[person.number] = getattr(person, name)
        return played


def play(scenario, trace, staff):
    """Return the columns that every engine returns."""
    return Floor(scenario, trace, staff).run().columns()
