"""The checker of rosters: the authority, which no solver touches.

Rules about shifts by themselves stand here; rules about a person's whole line are those of ``line_rules``, asked
through their own checkers. Hours are paid hours; dates are service dates.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from scenarios import US_PER_H, US_PER_MIN, Agent, Assignment, Contract, Roster, RuleBreach, Scenario
from scenarios.checks import require_known
from scenarios.text import fill
from scheduler.rostering.line_rules import history_of, in_minutes, keyed, line_rules, tags_of
from scheduler.rostering.shifts import frame_of
from scheduler.rostering.team_rules import team_breaches
from scheduler.rostering.terms import MIN_PER_H, date_at, windows_of
from scheduler.rules import OFF, Duty, Frame

Shape = tuple[str, int, int, int]


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


class RestBefore(Rule):
    """The first shift of the horizon keeps the rest after the last one before it. Found: hours.

    Source: ``Contract.rest_h_min``, ``Agent.last_shift_end``.
    """

    key = "rest"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the first shift when it starts too soon."""
        before = duties.agent.last_shift_end
        if before is not None and duties.shifts:
            first = duties.shifts[0]
            rest_h = (first.start_us - duties.scenario.horizon.us_of(before)) / US_PER_H
            if rest_h < duties.contract.rest_h_min:
                yield first.date, rest_h, duties.contract.rest_h_min


class OneShiftPerDate(Rule):
    """At most one shift bears a service date. Found: shifts on the date."""

    key = "one_shift_per_date"

    def faults(self, duties: Duties) -> Iterator[tuple[date | None, float, float]]:
        """Yield the dates with more than one shift."""
        days = [row.date for row in duties.shifts]
        for day in sorted(set(days)):
            if days.count(day) > 1:
                yield day, days.count(day), 1


SHIFT_RULES: tuple[Rule, ...] = (
    Skills(),
    Leave(),
    Availability(),
    ContractShift(),
    ShiftShape(),
    Breaks(),
    RestBefore(),
    OneShiftPerDate(),
)
"""The rules about shifts by themselves. That shifts of one agent never overlap is held by ``Roster`` itself."""
LINE_KEYS = ("week_hours_max", "week_hours_min", "rest", "consecutive_days", "days_off")
"""Keys of the rules about lines that every contract has; a scenario's own rules are called by their names."""
RULE_KEYS = tuple(dict.fromkeys([*(rule.key for rule in SHIFT_RULES), *LINE_KEYS]))


def check_rules(scenario: Scenario, roster: Roster) -> tuple[RuleBreach, ...]:
    """Return every breach of the hard rules in ``roster``: by agent in the scenario's order, then those of the team.

    No breach: the roster is legal. The rule of a breach is its key (``RULE_KEYS``), or the name of one of the
    scenario's own rules; minutes are told as hours.

    Raises
    ------
    PlanningError
        When the roster names an agent, group, template or date the scenario does not have.
    """
    _require_names(scenario, roster)
    shifts = defaultdict(list)
    for row in roster.assignments:
        shifts[row.agent].append(row)
    framed = _frame_of(scenario, roster)
    own = (row for agent in scenario.agents for row in _own_breaches(scenario, agent, shifts[agent.name], *framed))
    return (*own, *team_breaches(scenario, roster))


def check_person(scenario: Scenario, agent: str, shifts: Sequence[Assignment]) -> tuple[RuleBreach, ...]:
    """Return every breach of the hard rules about one person in ``shifts``, all of that person's.

    Raises
    ------
    PlanningError
        As ``check_rules`` does.
    """
    roster = Roster(tuple(shifts))
    _require_names(scenario, roster)
    return tuple(_own_breaches(scenario, scenario.agent(agent), shifts, *_frame_of(scenario, roster)))


def _own_breaches(
    scenario: Scenario, agent: Agent, shifts: Sequence[Assignment], frame: Frame, number_of: Mapping[Shape, int]
) -> Iterator[RuleBreach]:
    duties = Duties(scenario, agent, scenario.contract_of(agent), tuple(shifts))
    for rule in SHIFT_RULES:
        yield from rule.breaches(duties)
    yield from _line_breaches(duties, frame, number_of)


def tell_breach(breach: RuleBreach, day: object, language: str) -> str:
    """Return a broken rule as a sentence about ``day``; a scenario's own rule is called by its name."""
    facts: dict[str, object] = {"agent": breach.agent, "date": day, "found": breach.found, "allowed": breach.allowed}
    if breach.rule in RULE_KEYS:
        return fill(f"rules.{breach.rule}", facts, language)
    side = "below" if breach.found < breach.allowed else "above"
    return fill(f"rules.own_{side}", facts | {"rule": breach.rule}, language)


def _frame_of(scenario: Scenario, roster: Roster) -> tuple[Frame, dict[Shape, int]]:
    """Return a frame of the shifts as they stand in the roster, whatever the templates say, and each one's number.

    All shifts of the templates are in it too: a worked date before the horizon can have been any of them.
    """
    possible = (
        (template.name, start, start + template.length_min, template.paid_min)
        for template in scenario.shift_templates
        for start in template.start_minutes
    )
    number_of: dict[Shape, int] = {}
    duties: list[Duty] = []
    for shape in (*possible, *(_shape(scenario, row) for row in roster.assignments)):
        if shape not in number_of:
            number_of[shape] = len(duties)
            template, start, end, paid = shape
            duties.append(Duty(template, start, end, paid, tags_of(scenario, template, start, end)))
    return frame_of(scenario, duties or [Duty("none", 0, 1, 0)]), number_of  # so that worked dates before can be read


def _shape(scenario: Scenario, row: Assignment) -> Shape:
    """Return template, start, end and paid time (minutes after midnight of the date) of a shift."""
    midnight = scenario.horizon.us_at(row.date, 0)
    start, end = ((moment - midnight) // US_PER_MIN for moment in (row.start_us, row.end_us))
    return row.template, start, end, row.paid_us // US_PER_MIN


def _line_breaches(duties: Duties, frame: Frame, number_of: Mapping[Shape, int]) -> Iterator[RuleBreach]:
    """Yield the breaches of the hard rules about one agent's line; of two shifts on a date the first counts."""
    scenario, agent = duties.scenario, duties.agent
    line = np.full(frame.dates, OFF, dtype=np.int64)
    for row in reversed(duties.shifts):
        line[duties.number_of(row.date)] = number_of[_shape(scenario, row)]
    for rule in line_rules(scenario, agent, frame):
        if rule.weight.hard:
            for fault in rule.faults(frame, line, history_of(agent)):
                day = None if fault.date is None else date_at(scenario.horizon, fault.date)
                scale = MIN_PER_H if in_minutes(rule) else 1
                key = keyed(rule, below=fault.found < fault.allowed)
                yield RuleBreach(key, agent.name, day, fault.found / scale, fault.allowed / scale)


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
