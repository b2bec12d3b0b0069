"""Why there is no roster, or why it is short: reasons as catalogue keys with their facts."""

from collections.abc import Iterator, Sequence

import numpy as np

from scenarios import Reason, Requirement, Roster, RuleBreach, Scenario
from scenarios.checks import FloatArray
from scheduler.lines import best_line, compile_graph
from scheduler.lines.flat import flatten
from scheduler.lines.problem import Person
from scheduler.lines.search import hopeless_people
from scheduler.rostering.clashes.parts import Bound
from scheduler.rostering.clashes.repairs import Repair, clash_of
from scheduler.rostering.clashes.team import TeamRepair, presence_clash, team_clash
from scheduler.rostering.clashes.words import person_reason, presence_reason, team_reason
from scheduler.rostering.costs import demand_of
from scheduler.rostering.coverage import coverage
from scheduler.rostering.team import Team, team_of
from scheduler.rostering.terms import MIN_PER_H, Week, date_at, weeks_of

SHORT_WORTH_NAMING = 0.5
"""Positions short in an interval from which on the span is named: less than half a person is a fraction, not a gap."""
SPANS_NAMED = 24
"""At most this many spans are named, the largest; the shortfall table holds all of them."""
PEOPLE_NAMED = 20
"""Of so many people without a legal line it is told why: each takes up to seconds."""


def reasons_of_people(team: Team, hopeless: Sequence[int]) -> Iterator[Reason]:
    """Yield why ``hopeless`` people (numbers) have no legal line: what is asked of them clashes."""
    for number in hopeless[:PEOPLE_NAMED]:
        bound = Bound.of(team.scenario, team.scenario.agents[number], team.shifts)
        clash = clash_of(bound)
        if clash is None:
            raise RuntimeError(f"the search finds no line for {bound.agent.name}, who has one piece by piece")
        yield person_reason(bound, clash)
    if len(hopeless) > PEOPLE_NAMED:
        yield Reason("reasons.no_line_more", (("count", len(hopeless) - PEOPLE_NAMED),))


def cheapest_repairs(
    scenario: Scenario, requirement: Requirement, roster: Roster | None
) -> tuple[Repair | TeamRepair, ...]:
    """Return the cheapest ways out of why there is no roster, or of what this one lacks.

    Each person without a legal line gets the chain of repairs that gives him one. Of the spans that nobody can fill
    only the worst gets its repair: whoever comes for it may serve others, too, so ask again once it is made.
    """
    team = team_of(scenario, demand_of(scenario, requirement))
    if roster is None:
        found = (
            clash_of(Bound.of(scenario, scenario.agents[number], team.shifts))
            for number in hopeless_people(flatten(team.problem))[:PEOPLE_NAMED]
        )
        return tuple(step for clash in found if clash is not None for step in clash.chain)
    names = tuple(group.name for group in scenario.groups)
    missing = team.demand.shortfall(coverage(requirement.horizon, names, roster))
    for group, first, end in _largest_first(missing):
        clash = team_clash(team, group, first + int(np.argmax(missing[first:end, group])))
        if clash is not None and clash.ways:
            return (clash.ways[0],)
    return ()


def _most_paid_min(team: Team, person: Person, week: Week) -> int:
    """Return the most paid minutes a person can legally have in one week."""
    frame, shapes = team.problem.rule_frame, team.shifts.shape
    paid = np.array([duty.paid_min for duty in frame.duties])
    may = np.zeros((frame.dates, frame.actions), dtype=np.bool_)
    may[:, 0] = person.may[:, 0]
    for shape in range(len(frame.duties)):
        may[:, shape + 1] = person.may[:, 1:][:, shapes == shape].any(axis=1)
    price = np.zeros(may.shape)
    price[week.first : week.end, 1:] = -paid
    machines = [rule.automaton(frame) for rule in person.rules]
    starts = [rule.start(frame, person.history) for rule in person.rules]
    return round(-best_line(compile_graph(machines, starts, may), price)[0])


def shortage_reasons(team: Team, requirement: Requirement, cover: FloatArray) -> tuple[Reason, ...]:
    """Return what the roster lacks: weeks in which hours do not suffice, and the largest spans short of people."""
    missing = team.demand.shortfall(cover)
    if missing.max(initial=0.0) < SHORT_WORTH_NAMING:
        return ()
    named = [_span_reason(team, requirement, missing, span) for span in _largest_first(missing)[:SPANS_NAMED]]
    return (*_hours_reasons(team), *named)


def presence_reasons(team: Team, breaches: Sequence[RuleBreach]) -> Iterator[Reason]:
    """Yield the rules of the team that the roster does not keep, date by date; of presence, why nobody could."""
    rules = {rule.name: rule for rule in team.scenario.rules.presence}
    of_team = team.scenario.rules.names_of_team
    rows = {(breach.rule, breach.date): breach for breach in breaches if breach.rule in of_team}
    for (rule, day), breach in rows.items():
        facts = (
            ("rule", rule), ("date", "" if day is None else day.isoformat()), ("who", breach.agent),
            ("found", breach.found), ("allowed", breach.allowed),
        )  # fmt: skip
        if rule not in rules:
            yield Reason("reasons.heads", facts)
            continue
        clash = None if day is None else presence_clash(team, rules[rule], day)
        named = Reason("reasons.presence", facts)
        yield named if clash is None else presence_reason(team.scenario, rule, clash)


def _hours_reasons(team: Team) -> Iterator[Reason]:
    """Yield the weeks in which everyone together may not work as many hours as are needed."""
    horizon = team.scenario.horizon
    per_interval_h = team.demand.interval_min / MIN_PER_H
    midnights = [horizon.us_at(date_at(horizon, number), 0) for number in range(horizon.dates)]
    date = np.searchsorted(midnights, np.arange(horizon.intervals) * horizon.interval_us, side="right") - 1
    alike: dict[tuple[int, int, object], int] = {}
    most_min: dict[tuple[int, int, object], list[int]] = {}
    weeks = weeks_of(horizon)
    for person in team.problem.people:
        key = (id(person.rules), id(person.may), tuple(person.history.before))
        alike[key] = alike.get(key, 0) + 1
        if key not in most_min:
            most_min[key] = [_most_paid_min(team, person, week) for week in weeks]
    for number, week in enumerate(weeks):
        needed = float(team.demand.need[(week.first <= date) & (date < week.end)].sum()) * per_interval_h
        most_h = sum(count * most_min[key][number] for key, count in alike.items()) / MIN_PER_H
        if most_h < needed:
            day = date_at(horizon, week.first).isoformat()
            facts = (("week", day), ("needed_h", needed), ("most_h", most_h), ("missing_h", needed - most_h))
            yield Reason("reasons.hours_short", facts)


def _largest_first(missing: FloatArray) -> list[tuple[int, int, int]]:
    return sorted(_spans(missing), key=lambda span: (-missing[span[1] : span[2], span[0]].sum(), span))


def _spans(missing: FloatArray) -> list[tuple[int, int, int]]:
    """Return (group, first, end) of every run of intervals short by at least ``SHORT_WORTH_NAMING``."""
    spans = []
    for group in range(missing.shape[1]):
        short = np.concatenate([[False], missing[:, group] >= SHORT_WORTH_NAMING, [False]])
        edges = np.flatnonzero(short[1:] != short[:-1])
        spans += [(group, int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return spans


def _span_reason(team: Team, requirement: Requirement, missing: FloatArray, span: tuple[int, int, int]) -> Reason:
    group, first, end = span
    horizon = requirement.horizon
    worst = first + int(np.argmax(missing[first:end, group]))
    start, finish = (horizon.instant(number * horizon.interval_us) for number in (first, end))
    facts = (
        ("group", team.scenario.groups[group].name),
        ("date", start.date().isoformat()),
        ("start", start.strftime("%H:%M")),
        ("end", finish.strftime("%H:%M")),
        ("short", float(missing[worst, group])),
        ("hours", float(missing[first:end, group].sum()) * horizon.interval_min / MIN_PER_H),
        ("need", float(team.demand.need[worst, group])),
    )
    clash = team_clash(team, group, worst)
    return Reason("reasons.short", facts) if clash is None else team_reason(facts, clash)
