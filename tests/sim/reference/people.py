"""The people of the slow reference: when they are there, what is in their hands, which message they answer next."""

from scenarios import LateBreaks, ReplyOrder


class Session:
    """A chat in somebody's hands; ``ends`` is a moment (by messages) or a mark of the work clock (by slots)."""

    def __init__(self, row, slots, ends=None):
        self.row, self.slots, self.ends = row, slots, ends
        self.number, self.asked, self.message_at = 0, row.offered, None  # the first message is there already


class Person:
    def __init__(self, number, staff, crew, pace, weight):
        self.number, self.group, self.crew = number, int(staff.group[number]), crew
        self.pace, self.weight = pace, weight
        self.spans, self.shift_ends = staff.spans[number], staff.shift_ends[number]
        self.span, self.here, self.over, self.past_last = -1, False, False, False
        self.back = None  # (moment, span) at which a break ends
        self.stamp, self.taken = 0, 0
        self.single, self.began, self.single_ends = None, 0, None
        self.sessions, self.typing, self.typing_ends, self.clock = [], None, None, 0
        self.busy, self.working, self.at_work = 0, 0, 0

    @property
    def empty(self):
        return self.single is None and not self.sessions

    @property
    def slots(self):
        return sum(session.slots for session in self.sessions)

    @property
    def taking(self):
        """Whether he is at his place and takes contacts."""
        return self.here and not self.over and not self.past_last

    @property
    def by_slots(self):
        return any(not session.row.rounds for session in self.sessions)

    def pass_time(self, time):
        self.at_work += time if self.here else 0
        self.busy += 0 if self.empty else time
        self.working += time if self.single is not None or self.typing is not None or self.by_slots else 0
        if self.by_slots:
            self.clock += time * self.crew.speed(len(self.sessions))

    def closing(self, now):
        """The moment at which the next of his sessions closes, ``None`` for none that is known."""
        ends = [session.ends for session in self.sessions if session.ends is not None]
        if not ends:
            return None
        if not self.by_slots:
            return min(ends)
        speed = self.crew.speed(len(self.sessions))
        return now - (self.clock - min(ends)) // speed  # rounds up: the first µs at which the clock is there

    def next_message(self):
        """The session whose unread message he answers next, ``None`` for none."""
        unread = [session for session in self.sessions if session.asked is not None]

        def order(session):
            later = session.number > 0 if self.crew.reply_order is ReplyOrder.FIRST_REPLIES else False
            return later, session.asked, session.row.root

        return min(unread, key=order, default=None)

    # -- shifts and breaks

    def moments(self):
        """Moments at which his attendance may change."""
        yield from (moment for span in self.spans for moment in span)
        yield from (end - self.crew.last_contact for end in self.shift_ends)
        if self.back is not None:
            yield self.back[0]

    def starts_shift(self, number):
        return number == 0 or self.shift_ends[number - 1] != self.shift_ends[number]

    @property
    def breaks_off(self):
        """Whether his shift goes on after his span."""
        return self.span + 1 < len(self.spans) and not self.starts_shift(self.span + 1)

    def leave(self, now, late_breaks):
        """His hands are empty and his span is over: he goes, unless his break is over as well."""
        while late_breaks is LateBreaks.PLANNED_END and self.breaks_off and self.spans[self.span + 1][0] < now:
            self.span += 1
            if now < self.spans[self.span][1]:
                self._begin(self.span, now)
                return
        self.here = self.over = False
        self._pause(now, late_breaks)

    def _pause(self, now, late_breaks):
        if self.breaks_off:
            planned_end = self.spans[self.span + 1][0]
            length = planned_end - self.spans[self.span][1]
            self.back = (planned_end if late_breaks is LateBreaks.PLANNED_END else now + length, self.span + 1)

    def end_of_span(self, now):
        """Whether the span in which he works ends now."""
        return self.here and not self.over and self.spans[self.span][1] == now

    def start_of_span(self, now, late_breaks):
        """Whether a span of his begins now; he is in it then."""
        for number, (start, _) in enumerate(self.spans):
            if start == now and self.starts_shift(number):
                self._begin(number, now)
                return True
        while self.back is not None and self.back[0] == now:
            number = self.back[1]
            self.back = None
            if now < self.spans[number][1]:
                self._begin(number, now)
                return True
            self.span = number
            self._pause(now, late_breaks)
        return False

    def _begin(self, number, now):
        self.span, self.back, self.here, self.over = number, None, True, False
        self.past_last = now >= self.last_moment

    @property
    def last_moment(self):
        """From when on he takes nothing in the shift of his span."""
        return self.shift_ends[self.span] - self.crew.last_contact
