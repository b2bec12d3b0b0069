"""From a requirement to a legal named roster: validate, bound, construct, improve, check, explain."""

import numpy as np

from scenarios import (
    PlanningError,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    Scenario,
)
from scenarios.checks import FloatArray, require_known
from scenarios.progress import Progress, silent
from scheduler.rostering.aggregate import Guide, guide_of
from scheduler.rostering.board import Board, Team, team_of
from scheduler.rostering.budget import SearchBudget
from scheduler.rostering.clock import Clock
from scheduler.rostering.costs import demand_of
from scheduler.rostering.coverage import coverage
from scheduler.rostering.exact import prove_small
from scheduler.rostering.explain import people_without_line, shortage_reasons
from scheduler.rostering.rules import check_rules
from scheduler.rostering.search import best_response_passes, construct, improve_breaks, polish
from scheduler.rostering.warm import seat

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

    Cost, bound and gap are in yuan: paid hours at the contract's rate plus the price of positions short (``costs``).
    Equal arguments give equal rosters as long as the budget's wall clock does not bite.

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
        ``OPTIMAL`` (proven), ``FEASIBLE``, or ``INFEASIBLE`` when somebody's least hours, leave and windows contradict
        each other: then there is no roster and the reasons name the people. Positions nobody can fill never make a
        roster infeasible: they are its shortfall, and the reasons name dates, hours and people short.

    Raises
    ------
    PlanningError
        When the requirement is not on the scenario's horizon or names an unknown group.
    """
    _require_fit(scenario, requirement)
    tell = progress or silent
    tell("roster_validate", 0, 1)
    team = team_of(scenario, demand_of(scenario, requirement))
    hopeless = people_without_line(team)
    if hopeless:
        return RosterOutcome(
            RosterStatus.INFEASIBLE, None, float("nan"), float("nan"), requirement.positions.copy(), hopeless
        )
    clock = Clock.starting(budget.wall_s)
    tell("roster_bound", 0, 1)
    guide = guide_of(team, clock.left_s())
    board = _searched(team, guide, budget, np.random.default_rng(seed), warm_start, clock, tell)
    bound = guide.bound
    if len(scenario.agents) <= budget.exact_agents and not clock.out():
        bound = max(bound, prove_small(board, budget, seed, clock, tell))
    return _outcome(team, requirement, board, bound, clock)


def _require_fit(scenario: Scenario, requirement: Requirement) -> None:
    if requirement.horizon != scenario.horizon:
        raise PlanningError(
            "wrong_shape", thing="Requirement", field="horizon", value=requirement.positions.shape,
            expected=(scenario.horizon.intervals, len(scenario.groups)),
        )  # fmt: skip
    require_known("Requirement", "groups", requirement.groups, tuple(group.name for group in scenario.groups))


def _searched(
    team: Team,
    guide: Guide,
    budget: SearchBudget,
    rng: np.random.Generator,
    warm_start: Roster | None,
    clock: Clock,
    tell: Progress,
) -> Board:
    """Return the polished board that begins better: the fresh one or the one that begins at the earlier roster."""
    boards = []
    for earlier in (None,) if warm_start is None else (None, warm_start):
        board = Board(team)
        if earlier is not None:
            seat(board, earlier)
        construct(board, guide.per_kind, rng, tell)
        best_response_passes(board, budget, rng, clock, tell)
        boards.append(board)
    board = min(boards, key=Board.cost)
    polish(board, budget, rng, clock, tell)
    improve_breaks(board, rng, tell)
    return board


def _outcome(team: Team, requirement: Requirement, board: Board, bound: float, clock: Clock) -> RosterOutcome:
    """Return the board as a checked outcome; a breach is a broken invariant of the search."""
    roster = board.roster()
    breaches = check_rules(team.scenario, roster)
    if breaches:
        raise RuntimeError(f"the search returned a roster that breaks {len(breaches)} rules, first {breaches[0]}")
    names = tuple(group.name for group in team.scenario.groups)
    cover = coverage(requirement.horizon, names, roster)
    objective = board.pay() + team.demand.short_yuan(cover)
    reasons = shortage_reasons(team, requirement, cover)
    if clock.bitten:
        reasons = (*reasons, Reason("reasons.wall_clock"))
    proven = objective - bound <= OPTIMAL_GAP * abs(objective)
    return RosterOutcome(
        status=RosterStatus.OPTIMAL if proven else RosterStatus.FEASIBLE,
        roster=roster,
        objective=objective,
        bound=min(bound, objective),
        shortfall=_in_order(team.demand.shortfall(cover), names, requirement),
        reasons=reasons,
    )


def _in_order(shortfall: FloatArray, names: tuple[str, ...], requirement: Requirement) -> FloatArray:
    """Return the shortfall's columns in the requirement's order."""
    return shortfall[:, [names.index(group) for group in requirement.groups]]
