"""The rules of a roster and their checker: the authority, which no solver touches.

One object per rule; ``RULES`` holds them all, ``check_rules`` asks each of them about each agent. Weeks are blocks of
seven dates counted from the horizon's first date; hours are paid hours; dates are service dates.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar

from scenarios import US_PER_MIN, Agent, Assignment, Contract, Roster, RuleBreach, Scenario
from scenarios.checks import require_known
from scheduler.rostering.terms import (
    MIN_PER_H,
    Week,
    date_at,
    least_paid_min,
    most_paid_min,
    weeks_of,
    windows_of,
    working_days_max,
)

US_PER_H = MIN_PER_H * US_PER_MIN


@dataclass(frozen=True, slots=True)
class Duties:
    """One agent's shifts in order of start, with what the rules need to judge them."""

    scenario: Scenario
    agent: Agent
    contract: Contract
    shifts: tuple[Assignment, ...]

    def number_of(self, day: date) -> int:
        """Return the index of ``day`` in the horizon."""
        return (day - self.scenario.horizon.first_date).days

    def shifts_in(self, week: Week) -> list[Assignment]:
        """Return the shifts whose service date lies in ``week``."""
        return [row for row in self.shifts if week.first <= self.number_of(row.date) < week.end]


class Rule(ABC):
    """A rule: its ``key`` names it in breaches and in the catalogue (``rules.<key>``)."""

    key: ClassVar[str]

    @abstractmethod
    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield (date, found, allowed) of every breach in one agent's shifts."""

    def breaches(self, duties: Duties) -> Iterator[RuleBreach]:
        """Yield the breaches of one agent."""
        for day, found, allowed in self.faults(duties):
            yield RuleBreach(self.key, duties.agent.name, day, found, allowed)


class Skills(Rule):
    """An agent sits in a group only with all its skills. Found: skills missing. Source: ``Group.skills``."""

    key = "skills"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts in groups that ask for more than the agent can do."""
        needed = {group.name: set(group.skills) for group in duties.scenario.groups}
        for row in duties.shifts:
            missing = needed[row.group] - set(duties.agent.skills)
            if missing:
                yield row.date, len(missing), 0


class Leave(Rule):
    """No shift bears a date of leave. Found: shifts on the date. Source: ``Agent.leave``."""

    key = "leave"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts on dates of leave."""
        for row in duties.shifts:
            if row.date in duties.agent.leave:
                yield row.date, 1, 0


class Availability(Rule):
    """A shift lies inside the agent's windows. Found: minutes outside. Source: ``Agent.available``.

    Windows that touch count as one, so a night may span two dates' windows.
    """

    key = "availability"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts that leave the windows."""
        windows = windows_of(duties.scenario.horizon, duties.agent)
        if windows is None:
            return
        for row in duties.shifts:
            inside = sum(max(0, min(end, row.end_us) - max(start, row.start_us)) for start, end in windows)
            outside = row.end_us - row.start_us - inside
            if outside:
                yield row.date, outside / US_PER_MIN, 0


class ContractShift(Rule):
    """The contract allows the shift's template. Source: ``Contract.shift_templates``."""

    key = "contract_shift"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts of foreign templates."""
        for row in duties.shifts:
            if row.template not in duties.contract.shift_templates:
                yield row.date, 1, 0


class ShiftShape(Rule):
    """A shift has its template's length and starts on its grid. Found: minutes off. Source: ``ShiftTemplate``."""

    key = "shift_shape"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts of another length or start."""
        horizon = duties.scenario.horizon
        for row in duties.shifts:
            template = duties.scenario.template(row.template)
            starts = [horizon.us_at(row.date, minute) for minute in template.start_minutes]
            late = min(abs(row.start_us - start) for start in starts)
            off = max(late, abs(row.end_us - row.start_us - template.length_min * US_PER_MIN))
            if off:
                yield row.date, off / US_PER_MIN, 0


class Breaks(Rule):
    """Every break of the template is there, as long and as paid as asked, and starts in its window.

    Found: breaks missing, added or misplaced. Source: ``ShiftTemplate.breaks``.
    """

    key = "breaks"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts whose breaks do not fit."""
        for row in duties.shifts:
            rules = duties.scenario.template(row.template).breaks
            wrong = abs(len(rules) - len(row.breaks))
            for rule, pause in zip(rules, row.breaks, strict=False):
                after = (pause.start_us - row.start_us) / US_PER_MIN
                in_window = rule.earliest_after_start_min <= after <= rule.latest_after_start_min
                length = (pause.end_us - pause.start_us) / US_PER_MIN
                wrong += not (in_window and length == rule.length_min and pause.paid == rule.paid)
            if wrong:
                yield row.date, wrong, 0


class WeekHoursMost(Rule):
    """No week has more paid hours than the contract's most. Found: hours. Source: ``Contract.week_paid_h_max``."""

    key = "week_hours_max"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the weeks above the most."""
        most = most_paid_min(duties.contract) * US_PER_MIN
        for week in weeks_of(duties.scenario.horizon):
            paid = sum(row.paid_us for row in duties.shifts_in(week))
            if paid > most:
                yield date_at(duties.scenario.horizon, week.first), paid / US_PER_H, most / US_PER_H


class WeekHoursLeast(Rule):
    """Every week has the contract's least paid hours. Found: hours. Source: ``Contract.week_paid_h_min``.

    Scaled in a shorter piece of a week and by leave, see ``terms.least_paid_min``.
    """

    key = "week_hours_min"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the weeks below the least."""
        for week in weeks_of(duties.scenario.horizon):
            least = least_paid_min(duties.scenario, duties.agent, week) * US_PER_MIN
            paid = sum(row.paid_us for row in duties.shifts_in(week))
            if paid < least:
                yield date_at(duties.scenario.horizon, week.first), paid / US_PER_H, least / US_PER_H


class Rest(Rule):
    """Between the end of a shift and the start of the next lie the contract's hours of rest. Found: hours.

    The last shift before the horizon counts. Source: ``Contract.rest_h_min``, ``Agent.last_shift_end``.
    """

    key = "rest"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the shifts that start too soon."""
        before = duties.agent.last_shift_end
        ends = [] if before is None else [duties.scenario.horizon.us_of(before)]
        ends += [row.end_us for row in duties.shifts]
        starts = duties.shifts if before is not None else duties.shifts[1:]
        for end, row in zip(ends, starts, strict=False):
            rest_h = (row.start_us - end) / US_PER_H
            if rest_h < duties.contract.rest_h_min:
                yield row.date, rest_h, duties.contract.rest_h_min


class OneShiftPerDate(Rule):
    """At most one shift bears a service date. Found: shifts on the date."""

    key = "one_shift_per_date"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the dates with more than one shift."""
        days = [row.date for row in duties.shifts]
        for day in sorted(set(days)):
            if days.count(day) > 1:
                yield day, days.count(day), 1


class ConsecutiveDays(Rule):
    """No run of working dates is longer than the contract's most. Found: length of the run when it ends.

    Dates worked on the eve of the horizon belong to the run. Source: ``Contract.consecutive_days_max``.
    """

    key = "consecutive_days"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the runs that are too long, by their last date."""
        most = duties.contract.consecutive_days_max
        worked = sorted({duties.number_of(row.date) for row in duties.shifts})
        run, before = duties.agent.worked_days_before, -1
        for number, following in pairwise([*worked, -2]):
            run = run + 1 if number == before + 1 else 1
            before = number
            if following != number + 1 and run > most:
                yield date_at(duties.scenario.horizon, number), run, most


class DaysOff(Rule):
    """A whole week keeps the contract's free dates. Found: free dates. Source: ``Contract.days_off_per_week_min``."""

    key = "days_off"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the whole weeks with too few free dates."""
        for week in weeks_of(duties.scenario.horizon):
            length = week.end - week.first
            worked = len({row.date for row in duties.shifts_in(week)})
            if worked > working_days_max(duties.contract, week):
                first = date_at(duties.scenario.horizon, week.first)
                yield first, length - worked, duties.contract.days_off_per_week_min


RULES: tuple[Rule, ...] = (
    Skills(),
    Leave(),
    Availability(),
    ContractShift(),
    ShiftShape(),
    Breaks(),
    WeekHoursMost(),
    WeekHoursLeast(),
    Rest(),
    OneShiftPerDate(),
    ConsecutiveDays(),
    DaysOff(),
)
"""Every rule a roster must keep. That shifts of one agent never overlap is held by ``Roster`` itself."""


def check_rules(scenario: Scenario, roster: Roster, rules: Sequence[Rule] = RULES) -> tuple[RuleBreach, ...]:
    """Return every breach of ``rules`` in ``roster``, by agent in the scenario's order, then by rule.

    No breach: the roster is legal.

    Raises
    ------
    PlanningError
        When the roster names an agent, group, template or date the scenario does not have.
    """
    _require_names(scenario, roster)
    shifts = defaultdict(list)
    for row in roster.assignments:
        shifts[row.agent].append(row)
    breaches: list[RuleBreach] = []
    for agent in scenario.agents:
        duties = Duties(scenario, agent, scenario.contract_of(agent), tuple(shifts[agent.name]))
        for rule in rules:
            breaches.extend(rule.breaches(duties))
    return tuple(breaches)


def _require_names(scenario: Scenario, roster: Roster) -> None:
    rows = roster.assignments
    horizon = scenario.horizon
    known = {
        "agent": (agent.name for agent in scenario.agents),
        "group": (group.name for group in scenario.groups),
        "template": (template.name for template in scenario.shift_templates),
    }
    for field, names in known.items():
        require_known("Roster", field, sorted({getattr(row, field) for row in rows}), tuple(names))
    dates = tuple(date_at(horizon, number).isoformat() for number in range(horizon.dates))
    require_known("Roster", "date", sorted({row.date.isoformat() for row in rows}), dates)
