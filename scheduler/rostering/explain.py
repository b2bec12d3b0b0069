"""Why there is no roster, or why it is short: reasons as catalogue keys with their facts."""

from collections.abc import Iterator

import numpy as np

from scenarios import US_PER_MIN, Reason, Requirement, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.rostering.aggregate import overlaps
from scheduler.rostering.board import Team
from scheduler.rostering.kinds import Kind
from scheduler.rostering.terms import MIN_PER_H, Week, date_at, groups_of, weeks_of

SHORT_WORTH_NAMING = 0.5
"""Positions short in an interval from which on the span is named: less than half a person is a fraction, not a gap."""
SPANS_NAMED = 24
"""At most this many spans are named, the largest; the shortfall table holds all of them."""
_PEOPLE_NAMED = 50


def people_without_line(team: Team) -> tuple[Reason, ...]:
    """Return reasons for all who have no legal line: the contract asks for what their dates do not allow."""
    hopeless = []
    for number, kind in enumerate(team.kinds):
        if team.line_of(kind, np.zeros(len(kind.columns)))[0] == np.inf:
            hopeless.append(number)
    agents = [agent for number in hopeless for agent in np.flatnonzero(team.kind_of == number)]
    return tuple(reason for agent in sorted(agents)[:_PEOPLE_NAMED] for reason in _why_no_line(team, int(agent)))


def _why_no_line(team: Team, agent: int) -> list[Reason]:
    """Return the weeks whose least hours one agent cannot reach, or that they cannot be reached together."""
    scenario, kind = team.scenario, team.kind(agent)
    name = scenario.agents[agent].name
    if not groups_of(scenario, scenario.agents[agent]):
        return [Reason("reasons.no_group", (("agent", name),))]
    reasons = []
    for number, week in enumerate(weeks_of(scenario.horizon)):
        reachable, least = _reachable_min(team, kind, number), int(kind.least_min[number])
        if reachable < least:
            facts = (
                ("agent", name),
                ("week", date_at(scenario.horizon, week.first).isoformat()),
                ("reachable_h", reachable / MIN_PER_H),
                ("least_h", least / MIN_PER_H),
                ("dates", _dates_open_to(kind, week)),
            )
            reasons.append(Reason("reasons.least_hours_out_of_reach", facts))
    return reasons or [Reason("reasons.least_hours_clash", (("agent", name),))]


def _reachable_min(team: Team, kind: Kind, number: int) -> int:
    """Return the most paid minutes the agent can legally have in one week, least hours left aside."""
    rows = kind.date_table[3].copy()
    rows[:, 1] = 0
    week = weeks_of(team.scenario.horizon)[number]
    date, paid = team.columns.date[kind.columns], team.columns.paid_min[kind.columns]
    inside = (week.first <= date) & (date < week.end)
    return int(-team.line_of(kind, np.where(inside, -paid, 0).astype(np.float64), rows)[0])


def _dates_open_to(kind: Kind, week: Week) -> int:
    """Return on how many dates of the week the agent could work any shift."""
    return int((np.diff(kind.day_first)[week.first : week.end] > 0).sum())


def shortage_reasons(team: Team, requirement: Requirement, cover: FloatArray) -> tuple[Reason, ...]:
    """Return what the roster lacks: weeks in which hours do not suffice, and the largest spans short of people."""
    missing = team.demand.shortfall(cover)
    if missing.max(initial=0.0) < SHORT_WORTH_NAMING:
        return ()
    able = _able(team)
    spans = sorted(_spans(missing), key=lambda span: (-missing[span[1] : span[2], span[0]].sum(), span))
    named = [_span_reason(team, requirement, missing, able, span) for span in spans[:SPANS_NAMED]]
    return (*_hours_reasons(team), *named)


def _hours_reasons(team: Team) -> Iterator[Reason]:
    """Yield the weeks in which everyone together may not work as many hours as are needed."""
    scenario = team.scenario
    per_interval_h = team.demand.interval_min / MIN_PER_H
    starts = np.arange(len(team.demand.need)) * team.demand.interval_min
    date = np.searchsorted(_midnights(scenario), starts, side="right") - 1
    counts = np.bincount(team.kind_of, minlength=len(team.kinds))
    for number, week in enumerate(weeks_of(scenario.horizon)):
        needed = float(team.demand.need[(week.first <= date) & (date < week.end)].sum()) * per_interval_h
        most = sum(
            int(count) * _reachable_min(team, kind, number) for count, kind in zip(counts, team.kinds, strict=True)
        )
        if most / MIN_PER_H < needed:
            day = date_at(scenario.horizon, week.first).isoformat()
            most_h = most / MIN_PER_H
            facts = (("week", day), ("needed_h", needed), ("most_h", most_h), ("missing_h", needed - most_h))
            yield Reason("reasons.hours_short", facts)


def _midnights(scenario: Scenario) -> IntArray:
    horizon = scenario.horizon
    midnights = [horizon.us_at(date_at(horizon, number), 0) // US_PER_MIN for number in range(horizon.dates)]
    return np.array(midnights, dtype=np.int64)


def _able(team: Team) -> FloatArray:
    """Return (T, G) people of whom each alone could be at work there: an upper end of any coverage."""
    shape = team.demand.need.shape
    able = np.zeros(shape)
    counts = np.bincount(team.kind_of, minlength=len(team.kinds))
    columns = team.columns
    for count, kind in zip(counts, team.kinds, strict=True):
        mine = kind.columns
        item, interval, share = overlaps(
            columns.start_min[mine], columns.end_min[mine], team.demand.interval_min, shape[0]
        )
        reach = np.zeros(shape)
        np.maximum.at(reach, (interval, columns.group[mine][item]), share)
        able += count * reach
    return able


def _spans(missing: FloatArray) -> list[tuple[int, int, int]]:
    """Return (group, first, end) of every run of intervals short by at least ``SHORT_WORTH_NAMING``."""
    spans = []
    for group in range(missing.shape[1]):
        short = np.concatenate([[False], missing[:, group] >= SHORT_WORTH_NAMING, [False]])
        edges = np.flatnonzero(short[1:] != short[:-1])
        spans += [(group, int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return spans


def _span_reason(
    team: Team, requirement: Requirement, missing: FloatArray, able: FloatArray, span: tuple[int, int, int]
) -> Reason:
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
        ("able", int(able[worst, group])),
    )
    too_few = able[worst, group] < team.demand.need[worst, group]
    return Reason("reasons.too_few_people" if too_few else "reasons.short", facts)
