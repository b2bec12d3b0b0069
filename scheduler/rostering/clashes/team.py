"""Hours that the team cannot fill whoever works when: how many are short, who is barred by what, and the ways out.

Of a set of groups, people beyond those able to sit in any of them are short (Hall 1935): the set that lacks most is the
clash. Whether everybody's rules let them come all at once is not asked here; the search answers that.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations, count

import numpy as np

from scenarios import Agent, PresenceRule, Scenario, ShiftTemplate
from scenarios.checks import BoolArray, IntArray
from scheduler.rostering.clashes.parts import Bar, may_within
from scheduler.rostering.clashes.repairs import DAY_H, LEAVE_DAYS, SKILL_DAYS, TEMPLATE_YUAN, WINDOW_DAYS, Repair, Way
from scheduler.rostering.team import Team, attendance_of
from scheduler.rostering.team_rules import presence_of
from scheduler.rostering.terms import MIN_PER_H, date_at

GROUPS_TOGETHER = 3
"""Sets of up to so many groups are looked at, and all of them at once."""
_WAY_OF = {Bar.LEAVE: Way.LEAVE, Bar.WINDOWS: Way.WINDOW, Bar.TEMPLATES: Way.TEMPLATE, Bar.SKILLS: Way.SKILL}
_DAYS_OF = {Bar.LEAVE: LEAVE_DAYS, Bar.WINDOWS: WINDOW_DAYS, Bar.SKILLS: SKILL_DAYS}


class TeamWay(StrEnum):
    """What a repair for the team changes."""

    STARTS = "starts"  # a shift template starts earlier or later too
    CALL_IN = "call_in"  # people of a contract for call-in come in addition
    PEOPLE = "people"  # exceptions for single people


@dataclass(frozen=True, slots=True)
class TeamRepair:
    """One way to fill an hour.

    Parameters
    ----------
    what
        The template (``STARTS``) or the contract (``CALL_IN``).
    start_min
        Start to add to the template, minutes after midnight.
    hired
        The people called in, by contract and skills.
    steps
        Exceptions for people, all of one kind.
    """

    way: TeamWay
    price_yuan: float
    what: str = ""
    start_min: int = 0
    hired: tuple[Agent, ...] = ()
    steps: tuple[Repair, ...] = ()

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` with the repair made."""
        for step in self.steps:
            scenario = step.applied_to(scenario)
        templates = [
            _widened(part, self.start_min) if self.way is TeamWay.STARTS and part.name == self.what else part
            for part in scenario.shift_templates
        ]
        taken = {agent.name for agent in scenario.agents}
        fresh = (name for number in count(1) if (name := f"{self.what} +{number}") not in taken)
        hired = tuple(replace(agent, name=name) for agent, name in zip(self.hired, fresh, strict=False))
        return replace(scenario, agents=(*scenario.agents, *hired), shift_templates=tuple(templates))


@dataclass(frozen=True, slots=True)
class TeamClash:
    """An interval in which a set of groups wants more people than are able to come.

    Parameters
    ----------
    groups
        The groups that together lack most; none where a rule of presence is meant.
    need, able
        Positions wanted in all of them, people of whom each alone could be at work there.
    barred
        By what single bar others are kept away, and who.
    unreached
        Whether no shift there is reaches the interval.
    ways
        The cheapest first; each fills the whole gap.
    """

    groups: tuple[str, ...]
    interval: int
    need: float
    able: int
    barred: tuple[tuple[Bar, tuple[str, ...]], ...]
    unreached: bool
    ways: tuple[TeamRepair, ...]


def team_clash(team: Team, group: int, interval: int) -> TeamClash | None:
    """Return why ``group`` must be short in ``interval``; ``None`` where enough people could be at work."""
    worst = max(_sets(team, group, interval), key=lambda gap: (gap[0], -len(gap[1])), default=(0.0, (), 0.0, 0))
    lacking, chosen, need, able = worst
    if lacking <= 0:
        return None
    names = tuple(team.scenario.groups[number].name for number in chosen)
    places = np.concatenate([_places(team, number, interval) for number in chosen])
    short = int(np.ceil(lacking - 1e-9))
    kept = dict(_barred(team, places))
    ways = [
        *_from_bars(kept, short),
        *_call_in(team, chosen, interval, places, short),
        *_starts(team, interval, places),
    ]
    barred = tuple((bar, tuple(repair.agent for repair in repairs)) for bar, repairs in kept.items())
    ordered = tuple(sorted(ways, key=lambda way: (way.price_yuan, way.way, way.what)))
    return TeamClash(names, interval, need, able, barred, not len(places), ordered)


def presence_clash(team: Team, rule: PresenceRule, day: date) -> TeamClash | None:
    """Return why a rule of presence must break on a date; ``None`` where enough of those who count could be there.

    Rules about company (``beside``) can always be kept by whoever would need it staying at home.
    """
    if rule.beside:
        return None
    at = attendance_of(team.scenario, team.shifts, team.grid_min)
    written = team.scenario.rules.presence.index(rule)
    presence = presence_of(team.scenario, at)[written]
    number = (day - team.scenario.horizon.first_date).days
    steps = np.flatnonzero((presence.least > 0) & (at.dates(team.problem.rule_frame) == number)).tolist()
    places, holders = at.places(), list(presence.holders)
    able = {step: int(_reaching(team, places[step])[holders].sum()) for step in steps}
    worst = min(steps, key=lambda step: able[step], default=None)
    if worst is None or able[worst] >= rule.least:
        return None
    kept = dict(_barred(team, places[worst], frozenset(holders)))
    ways = sorted(_from_bars(kept, rule.least - able[worst]), key=lambda way: way.price_yuan)
    barred = tuple((bar, tuple(repair.agent for repair in repairs)) for bar, repairs in kept.items())
    interval = worst * at.step_min // team.demand.interval_min
    return TeamClash((), interval, rule.least, able[worst], barred, not len(places[worst]), tuple(ways))


def _sets(team: Team, group: int, interval: int) -> Iterator[tuple[float, tuple[int, ...], float, int]]:
    """Yield (missing, groups, need, able) of sets of groups wanted in the interval that hold ``group``."""
    wanted = [number for number in np.flatnonzero(team.demand.need[interval] > 0).tolist() if number != group]
    reached = {number: _reaching(team, _places(team, number, interval)) for number in (group, *wanted)}
    sizes = {*range(min(GROUPS_TOGETHER, len(wanted) + 1)), len(wanted)}
    for others in (part for size in sorted(sizes) for part in combinations(wanted, size)):
        chosen = tuple(sorted((group, *others)))
        need = float(team.demand.need[interval, list(chosen)].sum())
        able = int(np.any([reached[number] for number in chosen], axis=0).sum())
        yield need - able, chosen, need, able


def _reaching(team: Team, places: IntArray) -> BoolArray:
    """Return (N,) who may work any of some shifts of dates."""
    dates, shifts = np.divmod(places, max(len(team.shifts), 1))
    known: dict[int, bool] = {}  # people alike share their table
    for person in team.problem.people:
        if id(person.may) not in known:
            known[id(person.may)] = bool(person.may[dates, shifts + 1].any())
    return np.array([known[id(person.may)] for person in team.problem.people], dtype=np.bool_)


def _places(team: Team, group: int, interval: int) -> IntArray:
    """Return the shifts of dates (``d * S + s``) that are at work for the group in some step of the interval."""
    each = team.demand.interval_min // team.grid_min
    slots = team.slot_of[group, interval * each : (interval + 1) * each]
    cover = team.problem.cover
    owner = np.repeat(np.arange(len(cover.covered_first) - 1), np.diff(cover.covered_first))
    places: IntArray = np.unique(owner[np.isin(cover.covered, slots)])
    return places


def _barred(team: Team, places: IntArray, among: Collection[int] | None = None) -> Iterator[tuple[Bar, list[Repair]]]:
    """Yield for each bar those who could be there but for it, as the exceptions they would need."""
    scenario, shifts = team.scenario, team.shifts
    reaching = _reaching(team, places).tolist()
    unable = [
        agent
        for number, agent in enumerate(scenario.agents)
        if not reaching[number] and (among is None or number in among)
    ]
    for bar in _WAY_OF:
        found = []
        for agent in unable:
            free = may_within(scenario, shifts, agent, set(Bar) - {bar}, () if bar is Bar.LEAVE else agent.leave)
            open_places = places[free[:, 1:].ravel()[places]]
            if len(open_places):
                found.append(_exception(scenario, team, agent, bar, int(open_places[0])))
        if found:
            yield bar, found


def _exception(scenario: Scenario, team: Team, agent: Agent, bar: Bar, place: int) -> Repair:
    date, shift = divmod(place, len(team.shifts))
    day_yuan = DAY_H * scenario.contract_of(agent).cost_per_paid_h_yuan
    price = TEMPLATE_YUAN if bar is Bar.TEMPLATES else _DAYS_OF[bar] * day_yuan
    what = ""
    if bar is Bar.TEMPLATES:
        what = scenario.shift_templates[team.shifts.template[shift]].name
    elif bar is Bar.SKILLS:
        what = scenario.groups[team.shifts.group[shift]].name
    day = date_at(scenario.horizon, date) if bar in {Bar.LEAVE, Bar.WINDOWS} else None
    return Repair(agent.name, _WAY_OF[bar], price, what=what, day=day)


def _from_bars(kept: dict[Bar, list[Repair]], short: int) -> Iterator[TeamRepair]:
    for repairs in kept.values():
        if len(repairs) >= short:
            steps = tuple(sorted(repairs, key=lambda repair: repair.price_yuan)[:short])
            yield TeamRepair(TeamWay.PEOPLE, sum(step.price_yuan for step in steps), steps=steps)


def _call_in(team: Team, chosen: tuple[int, ...], interval: int, places: IntArray, short: int) -> Iterator[TeamRepair]:
    """Yield people called in for one shift each, by contract."""
    scenario = team.scenario
    needy = max(chosen, key=lambda number: team.demand.need[interval, number])
    templates = {
        scenario.shift_templates[team.shifts.template[place % len(team.shifts)]].name for place in places.tolist()
    }
    for contract in scenario.contracts:
        fitting = [scenario.template(name).paid_min for name in contract.shift_templates if name in templates]
        if contract.call_in and fitting:
            skills = scenario.groups[needy].skills
            hired = tuple(Agent(f"{contract.name} +{number + 1}", contract.name, skills) for number in range(short))
            price = short * min(fitting) / MIN_PER_H * contract.cost_per_paid_h_yuan
            yield TeamRepair(TeamWay.CALL_IN, price, contract.name, hired=hired)


def _starts(team: Team, interval: int, places: IntArray) -> Iterator[TeamRepair]:
    """Yield templates that reach an interval no shift reaches once they start earlier or later."""
    if len(places):
        return
    scenario, horizon = team.scenario, team.scenario.horizon
    begin = horizon.instant(interval * horizon.interval_us)
    start = begin.hour * MIN_PER_H + begin.minute
    for template in scenario.shift_templates:
        used = [part for part in scenario.contracts if template.name in part.shift_templates]
        if used and not template.on_call:
            last = start + horizon.interval_min - template.length_min
            wanted = start if start < template.earliest_start_min else max(last, 0)
            yield TeamRepair(TeamWay.STARTS, TEMPLATE_YUAN, template.name, wanted)


def _widened(template: ShiftTemplate, start_min: int) -> ShiftTemplate:
    """Return the template with starts on its grid from or to ``start_min``, at the latest or earliest there."""
    step = template.start_step_min
    if start_min < template.earliest_start_min:
        steps = -(-(template.earliest_start_min - start_min) // step)
        return replace(template, earliest_start_min=template.earliest_start_min - steps * step)
    steps = -(-(start_min - template.latest_start_min) // step)
    return replace(template, latest_start_min=template.latest_start_min + max(steps, 0) * step)
