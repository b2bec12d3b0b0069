"""What the scenario says about lines and groups, read for the slow reference from the scenario itself."""

from scenarios import US_PER_MIN, US_PER_S, AtClosing

DAY_US = 24 * 60 * US_PER_MIN
PPM = 1_000_000


def ppm(factor):
    return max(1, round(factor * PPM))


def scaled(work, factor):
    return max(1, (work * factor + PPM // 2) // PPM)


class Step:
    """What is reached after one waiting time: groups, a raise, a transfer."""

    def __init__(self, wait):
        self.wait, self.groups, self.raised, self.transfer = wait, [], 0, None


class Line:
    """How those who stand in the line of a contact type are treated."""

    def __init__(self, scenario, kind):
        self.channel, self.slots, self.beyond = kind.channel, kind.slots, kind.beyond_cap
        self.by_messages, self.affinity = kind.messages is not None, kind.affinity
        self.served = kind.at_closing is AtClosing.SERVED
        self.steps = []
        route = next(route for route in scenario.routes if route.contact_type == kind.name)
        for step in route.steps:
            wait = round(step.from_wait_s * US_PER_S)
            if not self.steps or self.steps[-1].wait != wait:
                self.steps.append(Step(wait))
            self.steps[-1].raised += step.raise_priority
            if step.group and scenario.group_index(step.group) not in self.groups:
                self.steps[-1].groups.append(scenario.group_index(step.group))
            if step.transfer_to:
                self.steps[-1].transfer = scenario.type_index(step.transfer_to)

    @property
    def groups(self):
        return [group for step in self.steps for group in step.groups]


class Crew:
    """How a group works, and which lines it serves: {line: (priority, age weight in parts per ten thousand)}."""

    def __init__(self, scenario, number, lines):
        group = scenario.groups[number]
        self.choice, self.reply_order, self.cap = group.choice, group.reply_order, group.chat_cap
        self.speeds = [ppm(speed) for speed in group.session_speed]
        self.last_contact = round(group.last_contact_min * US_PER_MIN)
        self.serves = {}
        for line, kind in enumerate(scenario.contact_types):
            serve = group.rank_of(kind.name)
            if serve is not None and number in lines[line].groups:
                self.serves[line] = serve.priority, max(1, round(serve.age_weight * 10_000))

    def speed(self, sessions):
        """Speed of each of so many sessions, in parts per million."""
        return self.speeds[min(sessions, len(self.speeds)) - 1]


class Doors:
    """When the service is open; days that touch are one opening."""

    def __init__(self, horizon):
        self.days = [(day.opens_us, day.closes_us) for day in horizon.days]
        starts = {opens for opens, _ in self.days}
        self.closings = [closes for _, closes in self.days if closes not in starts]

    def open_at(self, now):
        return any(opens <= now < closes for opens, closes in self.days)

    def opening_after(self, now):
        """The next opening, None where none follows."""
        return min((opens for opens, _ in self.days if opens > now), default=None)

    def closing_after(self, now):
        return min(closing for closing in self.closings if closing > now)
