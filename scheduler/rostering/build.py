"""From a requirement to a legal named roster: validate, search, check, explain."""

from dataclasses import replace

from scenarios import (
    PlanningError,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    Scenario,
)
from scenarios.checks import FloatArray, IntArray, require_known
from scenarios.progress import Progress, silent
from scheduler.lines.bound import lower_bound
from scheduler.lines.budget import SearchBudget
from scheduler.lines.flat import flatten
from scheduler.lines.problem import score
from scheduler.lines.search import Found, search
from scheduler.rostering.costs import demand_of
from scheduler.rostering.coverage import coverage
from scheduler.rostering.explain import presence_reasons, reasons_of_people, shortage_reasons
from scheduler.rostering.rules import check_rules
from scheduler.rostering.team import Team, as_lines, as_roster, made_fair, team_of

OPTIMAL_GAP = 1e-5
"""A roster whose cost is within this share of its bound is optimal: rounding lowers bounds by about as much."""


def build_roster(
    scenario: Scenario,
    requirement: Requirement,
    *,
    seed: int,
    budget: SearchBudget,
    warm_start: Roster | None = None,
    progress: Progress | None = None,
) -> RosterOutcome:
    """Return the cheapest legal roster the budget finds for the positions wanted.

    Cost, bound and gap are in yuan: paid hours at the contract's rate, what soft rules and denied wishes cost, and the
    price of positions short (``costs``). Equal arguments give equal rosters as long as the budget's wall clock does not
    bite.

    Parameters
    ----------
    requirement
        Positions wanted at work, already raised for absence, on the scenario's horizon; its groups are the scenario's.
    seed
        Seed of the search.
    warm_start
        An earlier roster to begin from as well; lines that are not legal today are built anew.

    Returns
    -------
    RosterOutcome
        ``OPTIMAL`` (proven), ``FEASIBLE``, or ``INFEASIBLE`` when somebody's rules, leave and windows contradict each
        other: then there is no roster and the reasons name the people. Positions nobody can fill never make a roster
        infeasible: they are its shortfall, and the reasons name dates, hours and people short.

    Raises
    ------
    PlanningError
        When the requirement is not on the scenario's horizon or names an unknown group.
    """
    _require_fit(scenario, requirement)
    tell = progress or silent
    tell("roster_validate", 0, 1)
    team = team_of(scenario, demand_of(scenario, requirement))
    found = search(
        team.problem,
        budget=budget,
        seed=seed,
        warm_start=None if warm_start is None else as_lines(team, warm_start),
        progress=tell,
    )
    if found.lines is not None and scenario.rules.fairness:
        team = made_fair(team, found.lines)
        found = search(team.problem, budget=budget, seed=seed, warm_start=found.lines, progress=tell)
    if found.lines is None:
        nothing = float("nan")
        reasons = tuple(reasons_of_people(team, found.hopeless))
        return RosterOutcome(
            RosterStatus.INFEASIBLE, None, nothing, nothing, requirement.positions.copy(), reasons
        )  # fmt: skip
    return _outcome(team, requirement, found, found.lines)


def appraise(scenario: Scenario, requirement: Requirement, roster: Roster, *, passes: int) -> RosterOutcome:
    """Return what ``build_roster`` would say of ``roster``, which keeps the rules, had it found it.

    Parameters
    ----------
    passes
        Passes over all people that sharpen the bound.
    """
    _require_fit(scenario, requirement)
    team = team_of(scenario, demand_of(scenario, requirement))
    lines = as_lines(team, roster)
    if scenario.rules.fairness:
        team = made_fair(team, lines)
    cost = score(team.problem, lines).total
    bound = lower_bound(flatten(team.problem), passes).value
    found = Found(lines, (), cost, bound, wall_bitten=False)
    return replace(_outcome(team, requirement, found, lines), roster=roster)


def _require_fit(scenario: Scenario, requirement: Requirement) -> None:
    if requirement.horizon != scenario.horizon:
        raise PlanningError(
            "wrong_shape", thing="Requirement", field="horizon", value=requirement.positions.shape,
            expected=(scenario.horizon.intervals, len(scenario.groups)),
        )  # fmt: skip
    require_known("Requirement", "groups", requirement.groups, tuple(group.name for group in scenario.groups))


def _outcome(team: Team, requirement: Requirement, found: Found, lines: IntArray) -> RosterOutcome:
    """Return what was found as a checked outcome.

    A line that breaks a rule is a broken invariant of the search; a rule of the team that nobody could keep is told.
    """
    roster = as_roster(team, lines)
    of_team = team.scenario.rules.names_of_team
    found_breaches = check_rules(team.scenario, roster)
    breaches = [breach for breach in found_breaches if breach.rule not in of_team]
    if breaches:
        raise RuntimeError(f"the search returned a roster that breaks {len(breaches)} rules, first {breaches[0]}")
    names = tuple(group.name for group in team.scenario.groups)
    cover = coverage(requirement.horizon, names, roster)
    reasons = (*shortage_reasons(team, requirement, cover), *presence_reasons(team, found_breaches))
    if found.wall_bitten:
        reasons = (*reasons, Reason("reasons.wall_clock"))
    proven = found.cost - found.bound <= OPTIMAL_GAP * abs(found.cost)
    return RosterOutcome(
        status=RosterStatus.OPTIMAL if proven else RosterStatus.FEASIBLE,
        roster=roster,
        objective=found.cost,
        bound=min(found.bound, found.cost),
        shortfall=_in_order(team.demand.shortfall(cover), names, requirement),
        reasons=reasons,
    )


def _in_order(shortfall: FloatArray, names: tuple[str, ...], requirement: Requirement) -> FloatArray:
    """Return the shortfall's columns in the requirement's order."""
    return shortfall[:, [names.index(group) for group in requirement.groups]]
