"""Random days for the random shops: forests of possible attempts, and people with shifts, breaks and late ends."""

import numpy as np
from slow_reference.shops import DAY_UNITS, UNIT_US, a_shop

from scenarios import NEVER_US, NOBODY, Cause, ContactTrace
from sim.floor.staff import Staff

DEEPEST = 3
"""Most attempts of one matter."""
NEXT = (Cause.RECONTACT, Cause.ESCALATION, Cause.TRANSFER, Cause.DEPARTMENT, Cause.TICKET, Cause.REOPENED)
COLUMNS = (
    "root", "number", "cause", "contact_type", "line", "delay_us", "due_after_us", "work_us", "patience_us",
    "if_lost", "if_answered", "need_ppm", "hold_us", "rounds",
)  # fmt: skip


def a_floor(dice, size):
    """Return a random (scenario, trace, staff)."""
    scenario, window, styles = a_shop(dice, size)
    return scenario, Contacts(dice, size, window, styles).trace(), a_staff(dice, size, window, len(scenario.groups))


class Contacts:
    """Makes a trace, one level of the forest after the other."""

    def __init__(self, dice, size, window, styles):
        self.dice, self.size, self.window = dice, size, window
        self.styles = np.array(styles)
        self.tickets = np.flatnonzero(self.styles == "ticket")
        self.wrong = np.array([self._wrong_line(number) for number in range(len(styles))])
        self.odd = dice.pick((0,), (0,) * 40 + (1,), (0,) * 20 + (1, -1))
        self.works, self.thinks = [], []

    def _wrong_line(self, number):
        alike = [other for other in np.flatnonzero(self.styles == self.styles[number]).tolist() if other != number]
        return self.dice.pick(number, *alike)

    def trace(self):
        dice, window = self.dice, self.window
        count = dice.whole(*self.size.contacts)
        arrival = window.start + dice.wholes(0, window.length, count)
        if window.again:
            arrival = arrival + dice.picks((0, 0, 0, DAY_UNITS), count)
        arrival = np.sort(arrival * UNIT_US + np.abs(dice.picks(self.odd, count)))
        kind = dice.wholes(0, len(self.styles) - 1, count)
        zero = np.zeros(count, dtype=np.int64)
        level = self._rows(np.arange(count), zero, zero, kind, self._lines(kind), zero)
        # Tickets that come at different times are due at the same.
        level["due_after_us"] += np.where(level["due_after_us"] < NEVER_US, -arrival % (10 * UNIT_US), 0)
        levels, before = [level], count
        while len(level["root"]) and len(levels) < (1 if self.size.calls_only else DEEPEST):
            level = self._next_level(level, len(levels), before)
            before += len(level["root"])
            levels.append(level)
        columns = {name: np.concatenate([level[name] for level in levels]) for name in COLUMNS}
        first_round = np.concatenate([[0], np.cumsum(columns.pop("rounds"))])
        contained = dice.picks((0, 0, 0, 0, 0, 1), count).astype(np.bool_) & (self.styles[kind] != "ticket")
        return ContactTrace(
            arrival_us=arrival, contained=contained, first_round=first_round,
            round_work_us=np.concatenate(self.works), think_us=np.concatenate(self.thinks), **columns,
        )  # fmt: skip

    def _lines(self, kind):
        return np.where(self.dice.picks((0, 0, 0, 0, 1), len(kind)), self.wrong[kind], kind)

    def _odd(self, units):
        """Whole units in microseconds, sometimes one off."""
        return np.maximum(1, units * UNIT_US + self.dice.picks(self.odd, len(units)))

    def _rows(self, root, number, cause, kind, line, delay):
        dice, count = self.dice, len(root)
        ticket, by_messages = self.styles[kind] == "ticket", self.styles[kind] == "messages"
        rounds = np.where(by_messages, dice.picks((1, 2, 3, 4, 6), count), 0)
        total = int(rounds.sum())
        work = self._odd(dice.picks((1, 2, 3, 5), total))
        think = dice.picks((0, 1, 2, 4), total) * UNIT_US + np.abs(dice.picks(self.odd, total))
        starts = np.cumsum(rounds) - rounds
        think[starts[rounds > 0]] = 0
        self.works.append(work)
        self.thinks.append(think)
        of_rounds = np.zeros(count, dtype=np.int64)
        np.add.at(of_rounds, np.repeat(np.arange(count), rounds), work)
        patience = self._odd(dice.picks((*self.size.patience, DAY_UNITS + 360), count))
        endless = dice.picks((0,) * 9 + (1,), count) == 1
        return {
            "root": root, "number": number, "cause": cause, "contact_type": kind, "line": line, "delay_us": delay,
            "due_after_us": np.where(ticket, self._odd(dice.picks((1, 10, 10, 20), count)), NEVER_US),
            "work_us": np.where(by_messages, of_rounds, self._odd(dice.picks(self.size.work, count))),
            "patience_us": np.where(ticket | endless, NEVER_US, patience),
            "if_lost": np.full(count, NOBODY), "if_answered": np.full(count, NOBODY),
            "need_ppm": np.where(line == kind, dice.picks((0, 0, 500_000, 1_000_000), count), 0),
            "hold_us": np.where(by_messages, dice.picks((0, 0, 1, 2, 12), count) * UNIT_US, 0), "rounds": rounds,
        }  # fmt: skip

    def _next_level(self, above, number, before):
        """The rows that may follow those of the level ``above``, whose last row is number ``before`` - 1 of all."""
        dice, count = self.dice, len(above["root"])
        kind = above["contact_type"]
        live = self.styles[kind] != "ticket"
        causes = (NOBODY, Cause.REDIAL, Cause.MESSAGE) if len(self.tickets) else (NOBODY, Cause.REDIAL)
        lost = np.where(live, dice.picks(causes, count), NOBODY)
        allowed = NEXT if len(self.tickets) else tuple(cause for cause in NEXT if cause is not Cause.TICKET)
        answered = dice.picks((NOBODY,) * 6 + allowed, count)
        answered[(answered == Cause.REOPENED) & (self.styles[kind] != "messages")] = NOBODY
        answered[above["line"] != kind] = Cause.TRANSFER
        after_lost, after_answer = np.flatnonzero(lost != NOBODY), np.flatnonzero(answered != NOBODY)
        above["if_lost"][after_lost] = before + np.arange(len(after_lost))
        above["if_answered"][after_answer] = before + len(after_lost) + np.arange(len(after_answer))
        parents = np.concatenate([after_lost, after_answer])
        cause = np.concatenate([lost[after_lost], answered[after_answer]])
        return self._followers(above, parents, cause, number)

    def _followers(self, above, parents, cause, number):
        dice, count = self.dice, len(parents)
        kind = dice.wholes(0, len(self.styles) - 1, count)
        if len(self.tickets):
            left = np.isin(cause, (Cause.MESSAGE, Cause.TICKET))
            kind = np.where(left, dice.picks(self.tickets.tolist(), count), kind)
        found_out = (above["line"] != above["contact_type"])[parents] & (cause == Cause.TRANSFER)
        same = found_out | np.isin(cause, (Cause.REDIAL, Cause.REOPENED))
        kind = np.where(same, above["contact_type"][parents], kind)
        delay = dice.picks((0, 0, 1, 2, 5, 40), count) * UNIT_US + np.abs(dice.picks(self.odd, count))
        delay = np.where(cause == Cause.REDIAL, np.maximum(delay, 1), delay)
        delay = np.where(cause == Cause.MESSAGE, 1, np.where(found_out, 0, delay))
        line = np.where(found_out, kind, self._lines(kind))
        return self._rows(above["root"][parents], np.full(count, number), cause, kind, line, delay)


def a_staff(dice, size, window, groups):
    """Random people: shifts with breaks, sometimes of no length, sometimes longer than the work between them."""
    count = dice.whole(*size.people)
    spans, ends = [], []
    for _ in range(count):
        mine = _shifts(dice, size, window)
        spans.append(tuple(span for shift in mine for span in shift))
        ends.append(tuple(shift[-1][1] for shift in mine for _ in shift))
    group = np.arange(count) % groups if count >= groups else dice.wholes(0, groups - 1, count)
    factors = np.array([*[1.0] * 6, *[0.5] * 3, *[2.0] * 3, 1.3])
    return Staff(
        tuple(f"a{number}" for number in range(count)), group, factors[dice.picks(range(13), count)],
        tuple(spans), tuple(ends), np.array([1.0, 0.5, 1.5])[dice.picks(range(3), count)],
    )  # fmt: skip


def _shifts(dice, size, window):
    """Shifts, each a list of spans (from, to) in microseconds."""
    shifts, now = [], window.start + dice.whole(-3, window.length // 2)
    for number in range(dice.whole(1, 3)):
        if number == 2 and window.again:
            now = max(now, window.start + DAY_UNITS + dice.whole(-3, 10))
        shift = []
        for _ in range(dice.whole(1, 3)):
            length = dice.whole(1, size.longest_span)
            shift.append((now * UNIT_US, (now + length) * UNIT_US))
            now += length + dice.pick(0, 1, 2, 4)
        shifts.append(shift)
        now += dice.pick(0, 0, 3, 10)
    return shifts
