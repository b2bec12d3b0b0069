"""A scenario's people against a priced demand, as the problem that the search of lines solves."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios import US_PER_MIN, Agent, Contract, Roster, Scenario, Want, Wish
from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines.presence import with_presence
from scheduler.lines.problem import Cover, Curve, Person, Problem
from scheduler.rostering.costs import Demand
from scheduler.rostering.line_rules import history_of, line_rules
from scheduler.rostering.shifts import Shifts, clock_min, moments_us, shifts_of
from scheduler.rostering.team_rules import fair_shares, heads_of, presence_of
from scheduler.rostering.terms import MIN_PER_H, at_least_min, date_at, groups_of, windows_of
from scheduler.rules import OFF, Attendance, LineRule, end_to_end

NOWHERE = -1
"""In ``Team.slot_of``: nobody is wanted."""
HARD_PRESENCE_RATES = 1000.0
"""Price of an hour in which a hard presence rule is not kept, and of a person too few on a date, above all others.

In hours of the dearest contract.
"""


@dataclass(frozen=True, slots=True)
class Team:
    """What a search works on.

    Attributes
    ----------
    shifts
        The duties of the problem, by the same numbers.
    grid_min
        Minutes of a slot: every shift and break starts and ends on this grid.
    slot_of
        (G, grid steps of the horizon) slot of the cover, ``NOWHERE`` where nobody is wanted.
    """

    scenario: Scenario
    demand: Demand
    shifts: Shifts
    problem: Problem
    grid_min: int
    slot_of: IntArray


def team_of(scenario: Scenario, demand: Demand) -> Team:
    """Return the team of a scenario against a demand; rules of fairness are left out, see ``made_fair``."""
    shifts = shifts_of(scenario)
    grid_min = _grid_min(scenario, shifts, demand.interval_min)
    at = attendance_of(scenario, shifts, grid_min)
    cover, slot_of = _cover(demand, shifts, at)
    problem = Problem(
        shifts.frame(), _people(scenario, shifts), cover, scenario.name, shifts.shapes, shifts.shape
    )  # fmt: skip
    hard_yuan = HARD_PRESENCE_RATES * demand.hour_yuan
    problem = with_presence(problem, presence_of(scenario, at), hard_yuan * grid_min / MIN_PER_H)
    problem = with_presence(problem, heads_of(scenario, problem.frame), hard_yuan)
    return Team(scenario, demand, shifts, problem, grid_min, slot_of)


def made_fair(team: Team, lines: IntArray) -> Team:
    """Return the team with the scenario's fairness as rules of each line, the mean being that of (N, D) ``lines``."""
    shares = fair_shares(team.scenario)
    roster = np.array([team.problem.shaped(line) for line in lines])
    known: dict[tuple[LineRule, ...], tuple[LineRule, ...]] = {}
    people = []
    for number, person in enumerate(team.problem.people):
        fair = [share.line_rules(team.shifts.shapes, roster, number) for share in shares if number in share.members]
        rules = (*person.rules, *(rule for part in fair for rule in part))
        people.append(replace(person, rules=known.setdefault(rules, rules)))
    return replace(team, problem=replace(team.problem, people=tuple(people)))


def _grid_min(scenario: Scenario, shifts: Shifts, interval_min: int) -> int:
    """Return the grid (minutes) on which every shift at work and break starts and ends, a divisor of the interval."""
    at_work = [template for template in scenario.shift_templates if not template.on_call]
    starts = [minute for template in at_work for minute in template.start_minutes]
    lengths = [template.length_min for template in at_work]
    breaks = [rule.length_min for template in at_work for rule in template.breaks]
    on_call = np.array([template.on_call for template in scenario.shift_templates], dtype=np.bool_)
    after = shifts.pauses[~on_call[shifts.template]]
    pauses = np.unique(after[after >= 0]).tolist()
    return math.gcd(interval_min, *starts, *lengths, *breaks, *pauses)


def _cover(demand: Demand, shifts: Shifts, at: Attendance) -> tuple[Cover, IntArray]:
    """Return the cover with one slot for every step of the grid and group that somebody is wanted in."""
    each = demand.interval_min // at.step_min
    wanted = np.repeat(demand.wanted, each, axis=0).T  # (G, steps)
    asked = wanted > 0
    slot_of = np.where(asked, np.cumsum(asked).reshape(asked.shape) - 1, NOWHERE)
    group = np.tile(shifts.group, len(shifts.offered))
    slots = slot_of[np.repeat(group, np.diff(at.first)), np.minimum(at.at, asked.shape[1] - 1)]
    kept = (at.at < asked.shape[1]) & (slots != NOWHERE)
    sums = np.append(0, np.cumsum(kept))
    curves = tuple(_scaled(curve, at.step_min / demand.interval_min) for curve in demand.curves)
    cover = Cover(
        wanted=wanted[asked][:, None],
        covered_first=sums[at.first].astype(np.int64),
        covered=slots[kept],
        seats=np.ones((1, 1), dtype=np.bool_),
        under=curves,
        over=tuple(Curve() for _ in curves),
        curve_of=np.repeat(demand.curve_of, each, axis=0).T[asked],
    )
    return cover, slot_of


def _scaled(curve: Curve, share: float) -> Curve:
    return Curve(tuple((beyond, price * share) for beyond, price in curve.pieces))


def attendance_of(scenario: Scenario, shifts: Shifts, grid_min: int) -> Attendance:
    """Return the steps of the grid that every shift of every date is at work, breaks left out."""
    horizon, starts = scenario.horizon, shifts.start_min()
    patterns = [_steps_at_work(scenario, shifts, number, grid_min) for number in range(len(shifts))]
    rows = []
    for date in range(horizon.dates):
        day = date_at(horizon, date)
        begin = {minute: horizon.us_at(day, minute) // US_PER_MIN // grid_min for minute in np.unique(starts).tolist()}
        for number, pattern in enumerate(patterns):
            steps = begin[int(starts[number])] + pattern
            rows.append(steps[steps >= 0] if shifts.offered[date, number] else steps[:0])
    first, at = end_to_end(rows)
    count = max(int(at.max(initial=0)) + 1, horizon.end_us // US_PER_MIN // grid_min)
    return Attendance(count, grid_min, first, at)


def _steps_at_work(scenario: Scenario, shifts: Shifts, number: int, grid_min: int) -> IntArray:
    """Return the steps of the grid, counted from the start of a shift, at which it is at work."""
    template = scenario.shift_templates[shifts.template[number]]
    if template.on_call:
        return np.zeros(0, dtype=np.int64)
    at_work = np.ones(template.length_min // grid_min, dtype=np.bool_)
    for after, rule in zip(shifts.pauses[number].tolist(), template.breaks, strict=False):
        at_work[after // grid_min : (after + rule.length_min) // grid_min] = False
    return np.flatnonzero(at_work)


def _people(scenario: Scenario, shifts: Shifts) -> tuple[Person, ...]:
    """Return the people; those who may do the same at the same price share their tables, those alike their rules."""
    tables: dict[object, BoolArray] = {}
    prices: dict[str, FloatArray] = {}
    rules: dict[tuple[LineRule, ...], tuple[LineRule, ...]] = {}
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for wish in scenario.wishes:
        wishes[wish.agent].append(wish)
    people = []
    for agent in scenario.agents:
        contract = scenario.contract_of(agent)
        key = (agent.contract, groups_of(scenario, agent), agent.leave, agent.available, agent.last_shift_end)
        if key not in tables:
            tables[key] = may_of(scenario, shifts, agent, contract)
        if agent.contract not in prices:
            prices[agent.contract] = _pay(scenario, shifts, contract)
        own = prices[agent.contract]
        if wishes[agent.name]:
            own = own + _wish_prices(scenario, shifts, wishes[agent.name])
        written = line_rules(scenario, agent, shifts.shapes)
        written = rules.setdefault(written, written)
        people.append(Person(agent.name, written, tables[key], own, history=history_of(agent)))
    return tuple(people)


def fits(scenario: Scenario, shifts: Shifts, agent: Agent, contract: Contract) -> BoolArray:
    """Return (S,) whether the agent's skills and contract allow a shift."""
    allowed = groups_of(scenario, agent)
    seated = np.array([group.name in allowed for group in scenario.groups])[shifts.group]
    owed = np.array([part.name in contract.shift_templates for part in scenario.shift_templates])[shifts.template]
    both: BoolArray = seated & owed
    return both


def may_of(scenario: Scenario, shifts: Shifts, agent: Agent, contract: Contract) -> BoolArray:
    """Return (D, A) what skills, contract, leave, windows and the last rest let the agent do."""
    horizon = scenario.horizon
    may = np.empty((horizon.dates, len(shifts) + 1), dtype=np.bool_)
    may[:, 0] = True
    may[:, 1:] = shifts.offered & fits(scenario, shifts, agent, contract)
    on_leave = [date_at(horizon, number) in agent.leave for number in range(horizon.dates)]
    may[on_leave, 1:] = False
    windows = windows_of(horizon, agent)
    if windows is None and agent.last_shift_end is None:
        return may
    starts, ends = moments_us(scenario, shifts)
    if windows is not None:
        inside = np.zeros(starts.shape, dtype=np.bool_)
        for opens, closes in windows:
            inside |= (starts >= opens) & (ends <= closes)
        may[:, 1:] &= inside
    if agent.last_shift_end is not None:
        rest_us = at_least_min(contract.rest_h_min) * US_PER_MIN
        may[:, 1:] &= starts >= horizon.us_of(agent.last_shift_end) + rest_us
    return may


def _pay(scenario: Scenario, shifts: Shifts, contract: Contract) -> FloatArray:
    """Return (D, A) the pay of every action, yuan."""
    paid_min = np.array([template.paid_min for template in scenario.shift_templates])[shifts.template]
    pay = np.append(0.0, paid_min * contract.cost_per_paid_h_yuan / MIN_PER_H)
    return np.broadcast_to(pay, (scenario.horizon.dates, len(pay)))


def _wish_prices(scenario: Scenario, shifts: Shifts, wishes: Sequence[Wish]) -> FloatArray:
    """Return (D, A) what actions cost that deny a wish, yuan."""
    price = np.zeros((scenario.horizon.dates, len(shifts) + 1))
    template_of = np.array([template.name for template in scenario.shift_templates])[shifts.template]
    for wish in wishes:
        date = (wish.date - scenario.horizon.first_date).days
        if 0 <= date < len(price):
            meant = np.append(False, (template_of == wish.template) | (wish.template == ""))
            price[date] += wish.yuan * (meant if wish.want is Want.OFF else ~meant)
    return price


def as_roster(team: Team, lines: IntArray) -> Roster:
    """Return (N, D) shifts, ``OFF`` for free dates, as named assignments."""
    rows = zip(*np.nonzero(lines >= 0), strict=True)
    agents = team.scenario.agents
    return Roster(
        tuple(team.shifts.assignment(team.scenario, agents[n].name, int(d), int(lines[n, d])) for n, d in rows)
    )


def as_lines(team: Team, roster: Roster) -> IntArray:
    """Return (N, D) the shifts of a roster, each with the breaks nearest to its own; ``OFF`` for what is not there."""
    scenario, shifts = team.scenario, team.shifts
    number_of = {agent.name: number for number, agent in enumerate(scenario.agents)}
    lines = np.full((len(scenario.agents), scenario.horizon.dates), OFF, dtype=np.int64)
    variants: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    starts = shifts.start_min()
    for number in range(len(shifts)):
        template, group = scenario.shift_templates[shifts.template[number]], scenario.groups[shifts.group[number]]
        variants[template.name, group.name, int(starts[number])].append(number)
    for row in roster.assignments:
        date = (row.date - scenario.horizon.first_date).days
        if row.agent in number_of and 0 <= date < lines.shape[1]:
            begin = clock_min(scenario.horizon, row)
            alike = variants.get((row.template, row.group, begin), [])
            if alike:
                after = np.array(
                    [(pause.start_us - row.start_us) // US_PER_MIN for pause in row.breaks], dtype=np.int64
                )
                apart = np.abs(shifts.pauses[alike][:, : len(after)] - after).sum(axis=1)
                lines[number_of[row.agent], date] = alike[int(np.argmin(apart))]
    return lines
