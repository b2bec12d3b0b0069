"""Whom a trial sends to the floor: the stored roster of a scenario, or people derived from a first guess."""

from dataclasses import dataclass, replace

import numpy as np

from scenarios import Agent, Assignment, Contract, Forecast, Group, Horizon, Requirement, Roster, Scenario
from scheduler.staffing import first_guess, with_absence
from scheduler.store import RosterState, RosterVersion, Store
from sim import staff_from_positions

DERIVED = "derived"
"""Contract and shift of people who stand for positions, and of part-timers a trial adds."""
_DERIVED_CONTRACT = Contract(DERIVED, (), week_paid_h_max=168.0, cost_per_paid_h_yuan=0.0, call_in=True)


@dataclass(frozen=True, slots=True)
class PlannedPeople:
    """Who is planned for the unchanged scenario.

    Parameters
    ----------
    scenario
        The scenario, with the derived people as its agents where no stored roster was used.
    version
        The stored roster used, ``None`` when the people were derived from the first guess.
    forecast
        Contacts the roster was made for.
    """

    scenario: Scenario
    forecast: Forecast
    roster: Roster
    version: RosterVersion | None


@dataclass(frozen=True, slots=True)
class ExtraPeople:
    """Part-timers a trial adds: ``count`` in ``group``, at work from ``start_us`` to ``end_us`` without a break."""

    count: int
    group: str
    start_us: int
    end_us: int


def stored_version(store: Store, scenario: Scenario) -> RosterVersion | None:
    """Return the roster in force for ``scenario``, else its newest draft, ``None`` when none fits its dates."""
    versions = store.rosters.versions(scenario.name)
    current = [version for version in versions if version.state is not RosterState.ARCHIVED]
    for version in sorted(current, key=lambda row: row.state is not RosterState.PUBLISHED):
        plan = store.rosters.plan(version.id)
        if plan.outcome.roster is not None and plan.requirement.horizon == scenario.horizon:
            return version
    return None


def derive_people(scenario: Scenario, forecast: Forecast) -> PlannedPeople:
    """Return people who fill the positions of the first guess, as many more as absence takes away on average."""
    return people_for(scenario, forecast, with_absence(scenario, first_guess(scenario, forecast)))


def people_for(scenario: Scenario, forecast: Forecast, requirement: Requirement) -> PlannedPeople:
    """Return people who fill ``requirement``: each an agent of mean experience with one shift without a break."""
    staff = staff_from_positions(requirement)
    named, agents, shifts = _with_contract(scenario), [], []
    experience = [_experience(scenario, group) for group in scenario.groups]
    for number, ((span, *_), place) in enumerate(zip(staff.spans, staff.group.tolist(), strict=True)):
        home = scenario.groups[place]
        agents.append(Agent(f"{home.name}-{number + 1:03d}", DERIVED, home.skills, experience[place]))
        shifts.append(_shift(agents[-1].name, scenario.horizon, home.name, *span))
    named = replace(named, agents=tuple(agents), wishes=(), activities=())
    return PlannedPeople(named, forecast, Roster(tuple(shifts)), None)


def part_timers(scenario: Scenario, roster: Roster) -> tuple[str, ...]:
    """Return the rostered people of call-in contracts, in the scenario's order; none where people were derived."""
    at_work = set(roster.agents)
    return tuple(
        agent.name
        for agent in scenario.agents
        if agent.name in at_work and agent.contract != DERIVED and scenario.contract_of(agent).call_in
    )


def keep_part_timers(scenario: Scenario, roster: Roster, count: int) -> Roster:
    """Return ``roster`` with only the first ``count`` of its part-timers."""
    away = set(part_timers(scenario, roster)[count:])
    return Roster(tuple(row for row in roster.assignments if row.agent not in away))


def add_people(scenario: Scenario, roster: Roster, extra: ExtraPeople) -> tuple[Scenario, Roster]:
    """Return scenario and roster with the part-timers of ``extra`` added."""
    if extra.count == 0:
        return scenario, roster
    group = scenario.groups[scenario.group_index(extra.group)]
    experience = _experience(scenario, group)
    names = [f"extra-{number + 1:02d}" for number in range(extra.count)]
    agents = tuple(Agent(name, DERIVED, group.skills, experience) for name in names)
    shifts = tuple(_shift(agent.name, scenario.horizon, group.name, extra.start_us, extra.end_us) for agent in agents)
    widened = replace(_with_contract(scenario), agents=(*scenario.agents, *agents))
    return widened, Roster((*roster.assignments, *shifts))


def busiest_window(scenario: Scenario, forecast: Forecast, hours: int) -> int:
    """Return the start (µs) of the ``hours`` with the most expected work while the service is open."""
    horizon = scenario.horizon
    work = (forecast.expected * forecast.work_s).sum(axis=1) * horizon.open_intervals()
    width = min(max(1, hours * 60 // horizon.interval_min), horizon.intervals)
    sums = np.convolve(work, np.ones(width), mode="valid")
    return int(np.argmax(sums)) * horizon.interval_us


def _with_contract(scenario: Scenario) -> Scenario:
    known = {contract.name for contract in scenario.contracts}
    return scenario if DERIVED in known else replace(scenario, contracts=(*scenario.contracts, _DERIVED_CONTRACT))


def _experience(scenario: Scenario, group: Group) -> float:
    """Return the mean tenure factor of those who may sit in ``group``; 1 when nobody may."""
    able = [agent.tenure_factor for agent in scenario.agents if set(group.skills) <= set(agent.skills)]
    return float(np.mean(able)) if able else 1.0


def _shift(agent: str, horizon: Horizon, group: str, start_us: int, end_us: int) -> Assignment:
    days = [day for day in horizon.days if day.opens_us <= start_us < day.closes_us]
    date = days[0].date if days else horizon.instant(start_us).date()
    return Assignment(agent, date, DERIVED, group, start_us, end_us)
