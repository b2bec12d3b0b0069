"""Which mechanisms a random floor has, which of them really worked on a day, and how many of its events tie."""

import numpy as np
from slow_reference.rules import DAY_US, Doors, Line, ppm
from slow_reference.spread import over_rows

from scenarios import NEVER_US, NOBODY, AgentChoice, Cause, LateBreaks

COUNTED = tuple(cause for cause in Cause if cause is not Cause.FIRST)


def has(scenario, trace, staff):
    """Return which mechanisms the floor has: name and whether."""
    kinds, groups = scenario.contact_types, scenario.groups
    steps = [step for route in scenario.routes for step in route.steps]
    found = {
        "messages": any(kind.messages for kind in kinds),
        "slot chat": any(kind.channel == "chat" and not kind.messages for kind in kinds),
        "voice": any(kind.channel == "voice" for kind in kinds),
        "ticket": any(kind.channel == "ticket" for kind in kinds),
        "slots": any(kind.slots > 1 for kind in kinds),
        "beyond the cap": any(kind.beyond_cap for kind in kinds),
        "affinity": any(kind.affinity for kind in kinds),
        "served at closing": any(kind.at_closing == "served" for kind in kinds),
        "wider": any(step.group and step.from_wait_s for step in steps),
        "raised": any(step.raise_priority for step in steps),
        "transfer": any(step.transfer_to for step in steps),
        "last contact": any(group.last_contact_min for group in groups),
        "missorted": (trace.line != trace.contact_type).any(),
        "several openings": len(Doors(scenario.horizon).closings) > 1,
        "needs tenure": (trace.need_ppm[trace.if_answered != NOBODY] > 0).any(),
        "break": any(len(set(ends)) < len(ends) for ends in staff.shift_ends),
    }
    found |= {f"late breaks {law}": scenario.late_breaks is law for law in LateBreaks}
    found |= {f"choice {choice}": any(group.choice is choice for group in groups) for choice in AgentChoice}
    found |= {f"cause {cause.name}": (trace.cause == cause).any() for cause in COUNTED}
    return found


class Used:
    """What worked on a day, read from what an engine left behind."""

    def __init__(self, scenario, trace, staff, played):
        self.scenario, self.trace, self.staff = scenario, trace, staff
        self.played = played = over_rows(trace, played)
        self.lines = [Line(scenario, kind) for kind in scenario.contact_types]
        self.taken = np.flatnonzero(played.taken_us != NOBODY)
        self.line = played.line[self.taken]
        self.group = staff.group[played.agent[self.taken]]

    def of_line(self, what):
        return np.array([what(self.lines[line]) for line in self.line], dtype=np.int64)

    def mechanisms(self):
        """Return which mechanisms were used: name and whether."""
        played, trace, taken = self.played, self.trace, self.taken
        choices = {self.scenario.groups[group].choice for group in set(self.group.tolist())}
        finished = np.flatnonzero(played.ended_us != NOBODY)
        pace = np.array([ppm(factor) for factor in self.staff.tenure_factor], dtype=np.int64)
        ticket = played.limit_us[taken] == NEVER_US
        late = bool((played.at_work_us > self.staff.scheduled_us()).any())
        moved = played.line[taken] != trace.line[taken]
        held_back = trace.need_ppm[finished] >= pace[played.agent[finished]]
        offered = played.offered_us != NOBODY
        used = {
            "missorted": (trace.line != trace.contact_type)[taken].any(),
            "slots": self.of_line(lambda line: line.slots > 1).any(),
            "beyond the cap": self.of_line(lambda line: line.beyond > 0).any(),
            "messages": (played.replied_us != NOBODY).any(),
            "needs tenure": (held_back & (trace.if_answered[finished] != NOBODY)).any(),
            "transfer": (moved & ~ticket).any(),
            "transfer of a ticket": (moved & ticket).any(),
            "ticket changes hands": (played.hops[taken] > moved).any(),
            "served at closing": self._after_closing().any(),
            "closed out after a day": (offered & (played.limit_us % DAY_US != NEVER_US % DAY_US)
                                       & (self._last_us() == played.limit_us)).any(),
            "affinity": self._same_hands(),
        }  # fmt: skip
        used |= {f"late breaks {law}": late and self.scenario.late_breaks is law for law in LateBreaks}
        used |= {f"choice {choice}": choice in choices for choice in AgentChoice}
        used |= {f"cause {cause.name}": (offered & (trace.cause == cause)).any() for cause in COUNTED}
        return used | self._ladder(ticket)

    def _after_closing(self):
        doors = Doors(self.scenario.horizon)
        live = self.played.limit_us[self.taken] != NEVER_US
        closed = np.array(
            [not doors.open_at(moment) for moment in self.played.taken_us[self.taken].tolist()], dtype=bool
        )
        return live & closed

    def _last_us(self):
        """The last µs of the 24 hours that somebody served at closing may wait, ``NOBODY`` for others."""
        doors = Doors(self.scenario.horizon)
        last = np.full(len(self.trace), NOBODY)
        for row in np.flatnonzero(self.played.offered_us != NOBODY).tolist():
            moment, line = int(self.played.offered_us[row]), self.lines[self.played.line[row]]
            if line.served and doors.open_at(moment) and self.played.taken_us[row] == NOBODY:
                last[row] = doors.closing_after(moment) + DAY_US - 1
        return last

    def _same_hands(self):
        answered = {}
        for row in self.taken[np.argsort(self.played.taken_us[self.taken], kind="stable")].tolist():
            root, agent = int(self.trace.root[row]), int(self.played.agent[row])
            line = self.lines[self.played.line[row]]
            if (
                line.affinity
                and answered.get(root) == agent
                and self.played.taken_us[row] == self.played.offered_us[row]
            ):
                return True
            answered[root] = agent
        return False

    def _ladder(self, ticket):
        """Whether somebody was taken by a group of a later step, and after a raise."""
        used = dict.fromkeys(("wider", "wider for a ticket", "raised", "raised for a ticket"), False)
        for place, row in enumerate(self.taken.tolist()):
            steps = self.lines[self.line[place]].steps
            wait = int(self.played.taken_us[row] - self.played.offered_us[row])
            whose = " for a ticket" if ticket[place] else ""
            used[f"wider{whose}"] |= self.group[place] not in steps[0].groups
            used[f"raised{whose}"] |= any(step.raised and wait > step.wait for step in steps)
        return used


def tied_events(trace, staff, played):
    """Return how many of a day's events fall on the same µs as another one, and how many there are."""
    lost = (played.offered_us != NOBODY) & (played.taken_us == NOBODY) & (played.limit_us != NEVER_US)
    written = played.replied_us[:-1] + trace.think_us[1:]
    again = (played.replied_us[:-1] != NOBODY) & (trace.think_us[1:] > 0)
    marks = [moment for spans in staff.spans for span in spans for moment in span]
    moments = np.concatenate(
        [
            played.offered_us[played.offered_us != NOBODY], played.ended_us[played.ended_us != NOBODY],
            played.replied_us[played.replied_us != NOBODY], played.limit_us[lost], written[again],
            np.array(marks, dtype=np.int64),
        ]
    )  # fmt: skip
    _, counts = np.unique(moments, return_counts=True)
    return int(counts[counts > 1].sum()), int(counts.sum())
