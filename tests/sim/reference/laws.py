"""Laws that every run of the floor keeps, whoever plays it."""

import numpy as np
from slow_reference.rules import Crew, Doors, Line, ppm, scaled
from slow_reference.spread import over_rows

from scenarios import NEVER_US, NOBODY, SHOP_OWES, Cause, Channel


def broken(scenario, trace, staff, played):
    """Return the laws that a run breaks, in words."""
    run = Run(scenario, trace, staff, played)
    laws = (
        run.everybody_is_offered_who_comes, run.attempts_stand_in_their_order, run.each_attempt_has_one_end,
        run.later_attempts_have_their_reason, run.nobody_overtakes_in_a_line, run.nobody_has_more_than_room_for,
        run.contacts_are_taken_inside_spans, run.work_is_what_was_to_be_done, run.rounds_follow_each_other,
    )  # fmt: skip
    return [law.__name__ for law in laws if not law()]


class Run:
    def __init__(self, scenario, trace, staff, played):
        self.scenario, self.trace, self.staff = scenario, trace, staff
        self.row, self.before = played.row.tolist(), played.before.tolist()
        self.played = played = over_rows(trace, played)
        self.lines = [Line(scenario, kind) for kind in scenario.contact_types]
        self.crews = [Crew(scenario, number, self.lines) for number in range(len(scenario.groups))]
        self.doors = Doors(scenario.horizon)
        self.pace = [ppm(factor) for factor in staff.tenure_factor]
        self.offered, self.limit, self.taken, self.ended = (
            getattr(played, f"{name}_us").tolist() for name in ("offered", "limit", "taken", "ended")
        )
        self.line, self.agent = played.line.tolist(), played.agent.tolist()
        self.made = [row for row in range(len(trace)) if self.offered[row] != NOBODY]
        self.had = [row for row in self.made if self.taken[row] != NOBODY]

    def channel(self, row):
        return self.lines[self.line[row]].channel

    def everybody_is_offered_who_comes(self):
        wanted = np.where(self.trace.contained, NOBODY, self.trace.arrival_us)
        return self.offered[: self.trace.roots] == wanted.tolist()

    def attempts_stand_in_their_order(self):
        """Root contacts first, then who came later by moment, contact and row; each knows whom it follows."""
        roots, trace = self.trace.roots, self.trace
        later = sorted(self.row[roots:], key=lambda row: (self.offered[row], trace.root[row], row))
        leads = [(int(trace.if_lost[row]), int(trace.if_answered[row])) for row in self.row]
        follows = all(
            self.row[entry] in leads[before] and before < entry
            for entry, before in enumerate(self.before) if entry >= roots
        )  # fmt: skip
        nobody = self.before[:roots] == [NOBODY] * roots
        return (
            self.row == [*range(roots), *later]
            and set(later) == {r for r in self.made if r >= roots}
            and (follows and nobody)
        )

    def each_attempt_has_one_end(self):
        """Whoever was taken in time ends later; a live contact that was not, has a last moment; a ticket stays open."""
        for row in self.made:
            ticket = self.channel(row) is Channel.TICKET
            if ticket != (self.limit[row] == NEVER_US):
                return False
            if self.taken[row] == NOBODY:
                fine = self.ended[row] == self.agent[row] == NOBODY
            else:
                answered = self.ended[row] > self.taken[row] or (ticket and self.ended[row] == NOBODY)
                fine = self.offered[row] <= self.taken[row] <= self.limit[row] and answered
            if not fine:
                return False
        others = set(range(len(self.trace))) - set(self.made)
        return all(self.limit[row] == self.taken[row] == self.ended[row] == self.agent[row] == NOBODY for row in others)

    def later_attempts_have_their_reason(self):
        trace, expected = self.trace, {}
        for row in self.made:
            lost, answered = int(trace.if_lost[row]), int(trace.if_answered[row])
            gave_up = self.offered[row] + int(trace.patience_us[row]) <= self.limit[row]
            if lost != NOBODY and self.taken[row] == NOBODY and (gave_up or trace.cause[lost] == Cause.MESSAGE):
                expected[lost] = self.limit[row] + int(trace.delay_us[lost])
            if answered != NOBODY and self.ended[row] != NOBODY and self.pace[self.agent[row]] > trace.need_ppm[row]:
                expected[answered] = self.ended[row] + int(trace.delay_us[answered])
        made = {row: self.comes_at(row, moment) for row, moment in expected.items()}
        made = {row: moment for row, moment in made.items() if moment is not None}
        return made == {row: self.offered[row] for row in self.made if row >= trace.roots}

    def comes_at(self, row, moment):
        """Out of hours the buyer's own live attempts are not made; what the shop owes waits for the next opening."""
        if self.doors.open_at(moment) or self.lines[self.trace.line[row]].channel is Channel.TICKET:
            return moment
        if self.trace.cause[row] not in SHOP_OWES:
            return None
        opens = self.doors.opening_after(moment)
        return moment if opens is None else opens

    def nobody_overtakes_in_a_line(self):
        """Where nobody is moved in or out and nobody goes back to his agent, who comes first is first served."""
        moved = {step.transfer for line in self.lines for step in line.steps} - {None}
        for number, line in enumerate(self.lines):
            if (
                line.channel is Channel.TICKET
                or line.affinity
                or number in moved
                or line.steps[-1].transfer is not None
            ):
                continue
            latest = NOBODY  # the last moment at which somebody before him was taken, or waited in vain
            mine = [row for row in self.made if self.line[row] == number and self.limit[row] >= self.offered[row]]
            for row in sorted(mine, key=lambda row: (self.offered[row], self.trace.root[row])):
                if self.taken[row] == NOBODY:
                    latest = max(latest, self.limit[row] + 1)
                elif self.taken[row] < latest:
                    return False
                else:
                    latest = self.taken[row]
        return True

    def nobody_has_more_than_room_for(self):
        """Count slots at every moment at which something is taken; calls and tickets leave room for nothing else."""
        for person in range(len(self.staff)):
            crew = self.crews[self.staff.group[person]]
            mine = [row for row in self.had if self.agent[row] == person and self.channel(row) is not Channel.TICKET]
            for row in mine:
                line, now = self.lines[self.line[row]], self.taken[row]
                beside = [other for other in mine if self.taken[other] <= now < self.ended[other] and other != row]
                if line.channel is Channel.VOICE:
                    fine = not beside
                else:
                    earlier = [other for other in beside if self.taken[other] < now]
                    slots = line.slots + sum(self.lines[self.line[other]].slots for other in earlier)
                    fine = slots <= crew.cap + line.beyond
                    fine &= all(self.channel(other) is Channel.CHAT for other in beside)
                if not fine:
                    return False
        return True

    def contacts_are_taken_inside_spans(self):
        for row in self.had:
            person = self.agent[row]
            last = self.crews[self.staff.group[person]].last_contact
            spans = zip(self.staff.spans[person], self.staff.shift_ends[person], strict=True)
            inside = any(start <= self.taken[row] <= min(end, shift - last) for (start, end), shift in spans)
            if not inside and self.channel(row) is not Channel.TICKET:  # a ticket may have been taken by another first
                return False
        return True

    @property
    def no_other_work(self):
        """Whether there are but calls and chats by messages."""
        return all(line.channel is Channel.VOICE or line.by_messages for line in self.lines)

    def work_is_what_was_to_be_done(self):
        """Calls last their work, replies too; whoever works has something in hand, and whoever has is there."""
        played, pace = self.played, self.pace
        least = [0] * len(self.staff)
        for row in self.had:
            person, work = self.agent[row], int(self.trace.work_us[row])
            if self.channel(row) is Channel.VOICE:
                least[person] += scaled(work, pace[person])
                if self.ended[row] - self.taken[row] != scaled(work, pace[person]):
                    return False
            for reply in range(self.trace.first_round[row], self.trace.first_round[row + 1]):
                least[person] += scaled(int(self.trace.round_work_us[reply]), pace[person])
        if self.no_other_work and least != played.working_us.tolist():
            return False
        fine = (played.working_us >= least) & (played.working_us <= played.busy_us)
        return bool((fine & (played.busy_us <= played.at_work_us)).all())

    def rounds_follow_each_other(self):
        """A reply comes after its message and its work; a session that was taken is answered to its end."""
        trace, replied = self.trace, self.played.replied_us.tolist()
        for row in range(len(trace)):
            asked = self.taken[row]
            for reply in range(trace.first_round[row], trace.first_round[row + 1]):
                if asked == NOBODY:
                    if replied[reply] != NOBODY:
                        return False
                    continue
                asked += int(trace.think_us[reply])
                if replied[reply] < asked + scaled(int(trace.round_work_us[reply]), self.pace[self.agent[row]]):
                    return False
                asked = replied[reply]
            by_messages = trace.first_round[row] < trace.first_round[row + 1]
            if by_messages and asked != NOBODY and self.ended[row] != asked + int(trace.hold_us[row]):
                return False
        return True
