"""Small teams: the same problem as constraint programme for CP-SAT, begun at the search's roster.

Same shifts, same breaks, same rules, same cost; the answer improves the board where it can and brings its own bound.
One worker and a deterministic limit, so that equal input gives equal output.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import IntArray
from scenarios.progress import Progress
from scheduler.rostering.aggregate import overlaps
from scheduler.rostering.board import Board, Team
from scheduler.rostering.budget import SearchBudget
from scheduler.rostering.clock import Clock
from scheduler.rostering.line import OFF
from scheduler.rostering.terms import weeks_of

MONEY = 100_000
"""Costs are whole hundred-thousandths of a yuan inside the solver."""
_WORKERS = 1  # more workers would not repeat themselves


@dataclass(frozen=True, slots=True)
class _Pause:
    """One break of one agent's shifts of one date, group and template: possible starts and their variables."""

    start_min: IntArray
    length_min: int
    variables: list[cp_model.IntVar]


@dataclass(slots=True)
class _Programme:
    """The constraint programme with what reads it back.

    Attributes
    ----------
    takes
        Per agent: the variable of each column the agent may take.
    pauses
        (agent, date, group, template) -> its breaks in order.
    """

    team: Team
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    takes: list[dict[int, cp_model.IntVar]] = field(default_factory=list)
    pauses: dict[tuple[int, int, int, int], list[_Pause]] = field(default_factory=dict)
    short: list[tuple[int, int, list[cp_model.IntVar]]] = field(default_factory=list)
    cost: list[cp_model.LinearExprT] = field(default_factory=list)


def prove_small(board: Board, budget: SearchBudget, seed: int, clock: Clock, progress: Progress) -> float:
    """Improve ``board`` with CP-SAT and return the proven lower bound of any roster's cost, yuan (``-inf``: none)."""
    progress("roster_exact", 0, 1)
    if not len(board.lines) or budget.exact_deterministic_s == 0:
        return -np.inf
    programme = _programme(board.team)
    _hint(programme, board)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = _WORKERS
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed % (2**31)
    solver.parameters.max_deterministic_time = budget.exact_deterministic_s
    solver.parameters.max_time_in_seconds = clock.left_s()
    status = solver.solve(programme.model)
    clock.out()
    progress("roster_exact", 1, 1)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return -np.inf
    if solver.objective_value < round(board.cost() * MONEY):
        _read(programme, solver, board)
    rounding = (sum(map(len, programme.takes)) + board.team.pieces.ceiling.sum()) / MONEY  # every price was rounded
    return float(solver.best_objective_bound / MONEY - rounding)


def _programme(team: Team) -> _Programme:
    programme = _Programme(team)
    for agent in range(len(team.scenario.agents)):
        _add_line(programme, agent)
    _add_cover(programme)
    programme.model.minimize(sum(programme.cost))
    return programme


def _add_line(programme: _Programme, agent: int) -> None:
    """Add one agent's shifts with the rules about them, their pay and their breaks."""
    team, model = programme.team, programme.model
    kind, columns = team.kind(agent), team.columns
    takes = {int(column): model.new_bool_var("") for column in kind.columns}
    programme.takes.append(takes)
    works = []
    for date in range(team.scenario.horizon.dates):
        today = [takes[int(column)] for column in kind.columns[kind.day_first[date] : kind.day_first[date + 1]]]
        works.append(sum(today))
        if today:
            model.add_at_most_one(today)
    paid = [(int(columns.paid_min[column]), variable) for column, variable in takes.items()]
    programme.cost += [round(minutes * kind.yuan_per_min * MONEY) * variable for minutes, variable in paid]
    for number, week in enumerate(weeks_of(team.scenario.horizon)):
        inside = [column for column in takes if week.first <= columns.date[column] < week.end]
        hours = sum(int(columns.paid_min[column]) * takes[column] for column in inside)
        if inside:
            model.add_linear_constraint(hours, int(kind.least_min[number]), int(kind.most_min[number]))
        model.add(sum(works[week.first : week.end]) <= int(kind.days_most[number]))
    _add_runs(programme, agent, works)
    _add_rest(programme, agent)
    _add_pauses(programme, agent)


def _add_runs(programme: _Programme, agent: int, works: Sequence[cp_model.LinearExprT]) -> None:
    """Forbid runs of working dates beyond the contract's most, the run that comes in from before included."""
    person = programme.team.scenario.agents[agent]
    most = programme.team.scenario.contract_of(person).consecutive_days_max
    for first in range(len(works) - most):
        programme.model.add(sum(works[first : first + most + 1]) <= most)
    left = max(most - person.worked_days_before, 0)
    if person.worked_days_before and left < len(works):
        programme.model.add(sum(works[: left + 1]) <= left)


def _add_rest(programme: _Programme, agent: int) -> None:
    """Forbid pairs of shifts too close to rest between them: a clique of late and early ones for each later start."""
    team, takes = programme.team, programme.takes[agent]
    kind = team.kind(agent)
    ready = {int(c): int(team.columns.end_min[c]) + kind.rest_min for c in kind.columns}
    start = {int(c): int(team.columns.start_min[c]) for c in kind.columns}
    days = [kind.columns[a:b].tolist() for a, b in pairwise(kind.day_first)]
    for before, after in ((d, e) for d in range(len(days)) for e in (d + 1, d + 2) if e < len(days)):
        for moment in sorted({start[column] for column in days[after]}):
            late = [takes[column] for column in days[before] if ready[column] > moment]
            early = [takes[column] for column in days[after] if start[column] <= moment]
            if late and early:
                programme.model.add_at_most_one(late + early)


def _add_pauses(programme: _Programme, agent: int) -> None:
    """Add the breaks of one agent: each in its window of whichever shift is taken, one after the other."""
    columns, breaks = programme.team.columns, programme.team.columns.breaks
    by_key: dict[tuple[int, int, int, int], list[int]] = {}
    for column in programme.takes[agent]:
        key = (agent, int(columns.date[column]), int(columns.group[column]), int(columns.template[column]))
        by_key.setdefault(key, []).append(column)
    for key, mine in by_key.items():
        rules = range(breaks.first[key[3]], breaks.first[key[3] + 1])
        programme.pauses[key] = [_pause(programme, agent, mine, rule) for rule in rules]
        for earlier, later in pairwise(programme.pauses[key]):
            _in_order(programme.model, earlier, later)


def _pause(programme: _Programme, agent: int, mine: list[int], rule: int) -> _Pause:
    columns, breaks = programme.team.columns, programme.team.columns.breaks
    after = breaks.after_min[breaks.first_start[rule] : breaks.first_start[rule + 1]]
    takers: dict[int, list[cp_model.IntVar]] = {}
    for column in mine:
        for minute in after:
            takers.setdefault(int(columns.start_min[column] + minute), []).append(programme.takes[agent][column])
    starts = sorted(takers)
    variables = [programme.model.new_bool_var("") for _ in starts]
    for start, variable in zip(starts, variables, strict=True):
        programme.model.add(sum(takers[start]) >= variable)
    programme.model.add(sum(variables) == sum(programme.takes[agent][column] for column in mine))
    return _Pause(np.array(starts, dtype=np.int64), int(breaks.length_min[rule]), variables)


def _in_order(model: cp_model.CpModel, earlier: _Pause, later: _Pause) -> None:
    """Keep a break from beginning before the one before it has ended."""
    for start, variable in zip(earlier.start_min, earlier.variables, strict=True):
        clash = [
            other
            for begin, other in zip(later.start_min, later.variables, strict=True)
            if begin < start + earlier.length_min
        ]
        if clash:
            model.add_at_most_one([variable, *clash])


def _add_cover(programme: _Programme) -> None:
    """Add positions short, piece by piece, the rows that ask for the need, and the price."""
    pieces = programme.team.pieces
    terms = _presence(programme)
    for t, g in np.argwhere(pieces.ceiling > 0):
        widths, prices = pieces.width[:, t, g], pieces.price[:, t, g]
        short = [programme.model.new_int_var(0, int(width), "") for width in widths]
        programme.cost += [round(float(p) * MONEY) * var for p, var in zip(prices, short, strict=True)]
        at_work = terms.get((int(t), int(g)), [])
        programme.model.add(sum([*at_work, *short]) >= int(pieces.ceiling[t, g]))
        programme.short.append((int(t), int(g), short))


def _presence(programme: _Programme) -> dict[tuple[int, int], list[cp_model.LinearExprT]]:
    """Return the terms of the coverage, in steps, of every interval and group."""
    team = programme.team
    terms: dict[tuple[int, int], list[cp_model.LinearExprT]] = {}

    def add(variables: list[cp_model.IntVar], start: IntArray, end: IntArray, group: IntArray, sign: int) -> None:
        item, interval, share = overlaps(start, end, team.demand.interval_min, len(team.demand.need))
        steps = np.rint(share / team.pieces.step).astype(np.int64)
        for number, t, count in zip(item, interval, steps, strict=True):
            terms.setdefault((int(t), int(group[number])), []).append(sign * int(count) * variables[number])

    for takes in programme.takes:
        mine = np.array(list(takes), dtype=np.int64)
        add(list(takes.values()), team.columns.start_min[mine], team.columns.end_min[mine], team.columns.group[mine], 1)
    for (_, _, group, _), pauses in programme.pauses.items():
        for pause in pauses:
            groups = np.full(len(pause.start_min), group)
            add(pause.variables, pause.start_min, pause.start_min + pause.length_min, groups, -1)
    return terms


def _hint(programme: _Programme, board: Board) -> None:
    """Begin at the board: a value for every variable."""
    columns = board.team.columns
    for agent, takes in enumerate(programme.takes):
        taken = set(board.lines[agent].tolist())
        for column, variable in takes.items():
            programme.model.add_hint(variable, column in taken)
    for (agent, date, group, template), pauses in programme.pauses.items():
        column = board.lines[agent, date]
        on = column >= 0 and columns.group[column] == group and columns.template[column] == template
        for number, pause in enumerate(pauses):
            for start, variable in zip(pause.start_min, pause.variables, strict=True):
                programme.model.add_hint(variable, bool(on and board.pauses[agent, date, number] == start))
    steps = np.rint(board.cover / board.team.pieces.step).astype(np.int64)
    for t, g, short in programme.short:
        missing = max(int(board.team.pieces.ceiling[t, g] - steps[t, g]), 0)
        for number in range(len(short) - 1, -1, -1):  # the cheapest piece is the last
            part = min(missing, int(board.team.pieces.width[number, t, g]))
            programme.model.add_hint(short[number], part)
            missing -= part


def _read(programme: _Programme, solver: cp_model.CpSolver, board: Board) -> None:
    """Put the solver's roster on the board."""
    columns = board.team.columns
    for agent, takes in enumerate(programme.takes):
        line = np.full(board.lines.shape[1], OFF, dtype=np.int64)
        pauses = np.full(board.pauses.shape[1:], -1, dtype=np.int64)
        for column, variable in takes.items():
            if solver.boolean_value(variable):
                date = int(columns.date[column])
                line[date] = column
                found = programme.pauses[agent, date, int(columns.group[column]), int(columns.template[column])]
                for number, pause in enumerate(found):
                    on = [solver.boolean_value(other) for other in pause.variables]
                    pauses[date, number] = pause.start_min[on.index(True)]
        board.lift(agent)
        board.put(agent, line, pauses)
