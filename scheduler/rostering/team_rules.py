"""Rules about the team as a whole: who must be there, and how unpopular work is spread."""

from collections.abc import Iterator

import numpy as np

from scenarios import US_PER_MIN, Assignment, FairnessRule, PresenceRule, Roster, RuleBreach, Scenario, Whom
from scenarios.checks import IntArray
from scheduler.rostering.line_rules import is_about, numbers_of, tag_of_heads, tags_of
from scheduler.rostering.shifts import frame_of
from scheduler.rostering.terms import MIN_PER_H, date_at
from scheduler.rules import (
    OFF,
    Attendance,
    Duty,
    Fairness,
    FairShare,
    FairWeekends,
    Frame,
    HeadCount,
    Measure,
    Presence,
    Unit,
    Weight,
    end_to_end,
)

STEP_MIN = 15
"""Presence is looked at in steps of so many minutes."""
NIGHT_MIN = (22 * MIN_PER_H, 30 * MIN_PER_H)
"""What fairness calls a night: work between 22:00 and 6:00."""
Pattern = tuple[str, int, int, int, tuple[tuple[int, int], ...]]


def presence_of(scenario: Scenario, at: Attendance) -> tuple[Presence, ...]:
    """Return the scenario's presence rules over the steps of ``at``; who is on a break is not there."""
    number_of = {agent.name: number for number, agent in enumerate(scenario.agents)}
    return tuple(
        Presence(
            _holders(scenario, rule), _asked(scenario, rule, at.steps, at.step_min), at,
            tuple(number_of[name] for name in rule.beside),
            Weight(None if rule.yuan_per_h is None else rule.yuan_per_h * at.step_min / MIN_PER_H), rule.name,
        )
        for rule in scenario.rules.presence
    )  # fmt: skip


def heads_of(scenario: Scenario, frame: Frame) -> tuple[HeadCount, ...]:
    """Return the scenario's rules of so many people on a date, on the dates of ``frame`` and its tagged duties."""
    found = []
    for rule in scenario.rules.heads:
        asked = frame.dates_on(numbers_of(rule.weekdays)) if rule.weekdays else range(frame.dates)
        least = tuple(rule.least if date in asked else 0 for date in range(frame.dates))
        tag = tag_of_heads(rule) if rule.templates else None
        weight = Weight(rule.yuan_per_person)
        found.append(HeadCount(_members(scenario, rule.whom), least, tag=tag, weight=weight, name=rule.name))
    return tuple(found)


def _members(scenario: Scenario, whom: Whom) -> tuple[int, ...]:
    return tuple(number for number, agent in enumerate(scenario.agents) if is_about(whom, agent))


def _holders(scenario: Scenario, rule: PresenceRule) -> tuple[int, ...]:
    return tuple(
        number
        for number, agent in enumerate(scenario.agents)
        if agent.name in rule.agents or (rule.skill and rule.skill in agent.skills)
    )


def _asked(scenario: Scenario, rule: PresenceRule, steps: int, step_min: int) -> IntArray:
    """Return (steps,) how many a presence rule asks for in each step from the horizon's start."""
    horizon = scenario.horizon
    interval = np.arange(steps) * step_min // horizon.interval_min
    is_open = np.append(horizon.open_intervals(), False)[np.minimum(interval, horizon.intervals)]
    if rule.from_min is None or rule.to_min is None:
        return np.where(is_open, rule.least, 0)
    inside = np.zeros(steps, dtype=np.bool_)
    for number in range(-1, horizon.dates):
        midnight = horizon.us_at(date_at(horizon, number), 0) // US_PER_MIN
        first, end = ((midnight + minute) // step_min for minute in (rule.from_min, rule.to_min))
        inside[max(first, 0) : max(end, 0)] = True
    return np.where(is_open & inside, rule.least, 0)


def team_breaches(scenario: Scenario, roster: Roster) -> Iterator[RuleBreach]:
    """Yield the breaches of hard rules of presence, hour by hour as they stand, and of heads, date by date.

    Who is on a break is not present.
    """
    if not scenario.rules.names_of_team:
        return
    duties, lines, at = _read(scenario, roster)
    frame = frame_of(scenario, duties)
    for rule, presence in zip(scenario.rules.presence, presence_of(scenario, at), strict=True):
        for fault in presence.faults(frame, lines) if presence.weight.hard else ():
            day = None if fault.date is None else date_at(scenario.horizon, fault.date)
            who = ", ".join(scenario.agents[number].name for number in fault.people)
            yield RuleBreach(rule.name, who or rule.skill or ", ".join(rule.agents), day, fault.found, fault.allowed)
    for asked, heads in zip(scenario.rules.heads, heads_of(scenario, frame), strict=True):
        for fault in heads.faults(frame, lines) if heads.weight.hard else ():
            day = None if fault.date is None else date_at(scenario.horizon, fault.date)
            who = ", ".join(asked.templates) or asked.name
            yield RuleBreach(asked.name, who, day, fault.found, fault.allowed)


def fair_shares(scenario: Scenario) -> tuple[FairShare, ...]:
    """Return the scenario's rules of fairness for its people."""
    return tuple(share for rule in scenario.rules.fairness for share in _shares(scenario, rule))


def _shares(scenario: Scenario, rule: FairnessRule) -> Iterator[FairShare]:
    members = _members(scenario, rule.whom)
    people = [scenario.agents[number] for number in members]
    if not members:
        return
    weight = Weight(rule.yuan_per_point)
    if rule.of == "weekends":
        yield FairWeekends(members, weight, before=tuple(agent.weekends_before for agent in people), name=rule.name)
    elif rule.of == "nights":
        nights = Measure(Unit.CLOCK_SHIFTS, clock=NIGHT_MIN)
        before = tuple(agent.nights_before for agent in people)
        yield Fairness(members, ((nights, None),), weight, before=before, name=rule.name)
    else:
        points = Measure(Unit.POINTS, points=tuple((template, 1) for template in rule.templates))
        before = tuple(agent.points_before for agent in people)
        yield Fairness(members, ((points, None),), weight, before=before, name=rule.name)


def _read(scenario: Scenario, roster: Roster) -> tuple[list[Duty], IntArray, Attendance]:
    """Return the different shifts of a roster, (N, D) which each person works, and when they are at work."""
    number_of = {agent.name: number for number, agent in enumerate(scenario.agents)}
    patterns: dict[Pattern, int] = {}
    lines = np.full((len(scenario.agents), scenario.horizon.dates), OFF, dtype=np.int64)
    for row in roster.assignments:
        date = (row.date - scenario.horizon.first_date).days
        lines[number_of[row.agent], date] = patterns.setdefault(_pattern(scenario, row), len(patterns))
    duties = [
        Duty(f"{template} {start}", start, end, paid, tags_of(scenario, template, start, end))
        for template, start, end, paid, _ in patterns
    ]
    rows = []
    for date in range(scenario.horizon.dates):
        midnight = scenario.horizon.us_at(date_at(scenario.horizon, date), 0) // US_PER_MIN
        for *_, spans in patterns:
            steps = [
                np.arange(-(-(midnight + begin) // STEP_MIN), (midnight + end) // STEP_MIN) for begin, end in spans
            ]
            rows.append(np.concatenate([*steps, np.zeros(0, dtype=np.int64)]))
    first, at = end_to_end(rows)
    last = scenario.horizon.end_us // US_PER_MIN // STEP_MIN
    return duties, lines, Attendance(max(last, int(at.max(initial=0)) + 1), STEP_MIN, first, at)


def _pattern(scenario: Scenario, row: Assignment) -> Pattern:
    midnight = scenario.horizon.us_at(row.date, 0)

    def minute(moment: int) -> int:
        return (moment - midnight) // US_PER_MIN

    spans = tuple((minute(begin), minute(end)) for begin, end in row.work_spans)
    return row.template, minute(row.start_us), minute(row.end_us), row.paid_us // US_PER_MIN, spans
