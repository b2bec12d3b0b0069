"""What the random floors are worth: change one rule of the reference, and some small floor shows it."""

from functools import cache

import pytest

TINY, LARGE = 200, 20
"""Floors looked at for each change; most changes show on the first ten."""
CHANGES = {
    "work is rounded half up": ("rules", "(work * factor + PPM // 2) // PPM", "(work * factor) // PPM"),
    "sessions slow each other down": ("rules", "[min(sessions, len(self.speeds)) - 1]", "[0]"),
    "days that touch are one opening": ("rules", "if closes not in starts]", "]"),
    "a raise lowers the number": ("rules", ".raised += step.raise_priority", ".raised -= step.raise_priority"),
    "four are looked at": ("choosing", "FOUR = 4", "FOUR = 1"),
    "who takes by weight": ("choosing", "person.taken * 10**12 // person.weight", "person.taken"),
    "ties go to who stands longest": ("choosing", "(rank(person), person.stamp)", "(rank(person), person.number)"),
    "first replies go first": ("people", "self.crew.reply_order is ReplyOrder.FIRST_REPLIES", "False"),
    "the oldest message goes first": ("people", "return later, session.asked,", "return later, -session.asked,"),
    "ties of messages": ("people", "session.asked, session.row.root", "session.asked, -session.row.root"),
    "a first message counts from the offer": ("people", "0, row.offered, None", "0, row.taken, None"),
    "a late break is whole": ("people", "else now + length, self.span", "else planned_end, self.span"),
    "a lost span is one that is over": ("people", "if now < self.spans[number][1]:", "if True:"),
    "who finishes late goes on": ("people", "late_breaks is LateBreaks.PLANNED_END and self.breaks_off", "False"),
    "the last minutes of a shift": ("people", "self.past_last = now >= self.last_moment", "self.past_last = False"),
    "a group's step is strict": (
        "floor",
        "step.groups for step in line.steps if wait > ",
        "step.groups for step in line.steps if wait >= ",
    ),
    "a raise is strict": (
        "floor",
        "step.raised for step in line.steps if wait > ",
        "step.raised for step in line.steps if wait >= ",
    ),
    "waits are weighted": ("floor", "-wait * weight, number", "-wait, number"),
    "the first line of the scenario": ("floor", "-wait * weight, number", "-wait * weight, -number"),
    "the ticket due first": ("floor", "(priority, row.due, row.root, row)", "(priority, -row.due, row.root, row)"),
    "ties of tickets": ("floor", "(priority, row.due, row.root, row)", "(priority, row.due, -row.root, row)"),
    "a ticket's ladder": (
        "floor",
        "steps = self.lines[row.line].steps[: row.reached]",
        "steps = self.lines[row.line].steps[:1]",
    ),
    "the ticket due last": ("floor", "(-person.single.due, person.number)", "(person.single.due, person.number)"),
    "ties of interrupted tickets": (
        "floor",
        "(-person.single.due, person.number)",
        "(-person.single.due, -person.number)",
    ),
    "work done is kept": ("floor", "(self.now - person.began) * PPM // person.pace", "0"),
    "work done goes by tenure": (
        "floor",
        "(self.now - person.began) * PPM // person.pace",
        "(self.now - person.began)",
    ),
    "who finishes is not interrupted": (
        "floor",
        "person.taking and person.single is not None",
        "person.single is not None",
    ),
    "an interrupted ticket looks in all groups": (
        "floor",
        "self.place(ticket, self.reached_groups(ticket))",
        "self.place(ticket, self.lines[ticket.line].steps[0].groups)",
    ),
    "the last who answered": (
        "floor",
        "self.answerer[row.root] = person.number",
        "self.answerer.setdefault(row.root, person.number)",
    ),
    "affinity anywhere in the ladder": (
        "floor",
        "person.group in line.groups and",
        "person.group in line.steps[0].groups and",
    ),
    "nobody is answered at closing": (
        "floor",
        "closing_after(self.now) - 1 + after",
        "closing_after(self.now) + after",
    ),
    "served at closing": ("floor", "after = DAY_US if self.lines[row.line].served else 0", "after = 0"),
    "for a day at most": (
        "floor",
        "after = DAY_US if self.lines[row.line].served else 0",
        "after = 2 * DAY_US if self.lines[row.line].served else 0",
    ),
    "a message after closing": ("floor", "if is_message or row.gives_up <= row.limit", "if row.gives_up <= row.limit"),
    "no redial after closing": ("floor", "if is_message or row.gives_up <= row.limit", "if True"),
    "more than the needed tenure": ("floor", "person.pace > int(", "person.pace >= int("),
    "the shop owes": ("floor", "if cause not in SHOP_OWES:", "if True:"),
    "the shop waits for the next opening": ("floor", "self.coming.append((opens, index))", "pass"),
    "the wait begins anew": (
        "floor",
        "row.reached, row.hops = line, self.now, 1,",
        "row.reached, row.hops = line, row.joined, 1,",
    ),
    "work before sessions": (
        "floor",
        "(self.ends_of_work, self.session_closes,",
        "(self.session_closes, self.ends_of_work,",
    ),
    "sessions before shifts": (
        "floor",
        "self.session_closes, self.shift_changes)",
        "self.shift_changes, self.session_closes)",
    ),
    "messages before steps": (
        "floor",
        "self.messages()\n            self.ladders()",
        "self.ladders()\n            self.messages()",
    ),
    "steps before offers": (
        "floor",
        "self.ladders()\n            self.offers()",
        "self.offers()\n            self.ladders()",
    ),
    "offers by number": ("floor", "_, index = min(due)", "_, index = max(due)"),
    "messages by number": ("floor", "key=lambda found: found[0]):", "key=lambda found: -found[0]):"),
    "steps by number": (
        "floor",
        "sorted(self.rows, key=lambda row: row.root)",
        "sorted(self.rows, key=lambda row: -row.root)",
    ),
    "a session closes after its hold": (
        "floor",
        "self.now + int(self.trace.hold_us[session.row.index])",
        "self.now + 1",
    ),
    "agents by number": (
        "floor",
        "for person in self.people:\n                    happens(person)",
        "for person in reversed(self.people):\n                    happens(person)",
    ),
    "who is free again goes to the end": ("floor", "        self.act(person)\n        while", "        while"),
}


@pytest.fixture(scope="module")
def floors(seeded_floor, reference):
    """Small floors and then large ones, each with what the reference plays; made when somebody asks."""
    seeds = [*((seed, "TINY") for seed in range(TINY)), *((seed, "LARGE") for seed in range(LARGE))]

    @cache
    def look(number):
        floor = seeded_floor(*seeds[number])
        return floor, reference(*floor)

    return lambda: map(look, range(len(seeds)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_random_floors_show_a_changed_rule(change, mutant, floors):
    played = mutant(*change)

    assert any(not as_said.equals(played(*floor)) for floor, as_said in floors())
