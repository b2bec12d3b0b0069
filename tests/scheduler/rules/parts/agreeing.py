"""Three readings of the same rules on the same line: checker, walk through the automata, constraint programme.

On very small frames also the cheapest line of all, written out, from the graph of lines and from CP-SAT.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from drawn_rules.drawing import KINDS, a_frame, a_history, a_line
from ortools.sat.python import cp_model

from scheduler.lines import best_line, compile_graph
from scheduler.rules import FORBIDDEN, Cells

FREE_SHARE = 0.06
"""Share of cases small enough that all lines are written out."""
PRICE_SCALE = 4


@dataclass(frozen=True)
class Case:
    """Rules on a frame, what came before, a line; ``free``: so small that all lines can be written out."""

    frame: object
    rules: tuple
    history: object
    line: np.ndarray
    free: bool


def a_case(seed):
    rng = np.random.default_rng(seed)
    free = bool(rng.random() < FREE_SHARE)
    dates, duties = (rng.integers(4, 6), 2) if free else (rng.integers(3, 12), rng.integers(1, 5))
    frame = a_frame(rng, int(dates), int(duties))
    rules = tuple(KINDS[kind](rng, frame) for kind in rng.integers(0, len(KINDS), rng.integers(1, 4)))
    return Case(frame, rules, a_history(rng, frame, rules), a_line(rng, frame), free)


def disagreements(case):
    """Return what differs from the checker, in words; nothing when all agree."""
    frame, history, line = case.frame, case.history, case.line
    checked = [rule.penalty(frame, line, history) for rule in case.rules]
    differing = [
        f"automaton of {rule}: {walk} instead of {price}"
        for rule, price in zip(case.rules, checked, strict=True)
        if not _same(walk := walked(rule, frame, history, line), price)
    ]
    solved = cheapest_by_cp_sat(case, line)
    if not _same(solved, sum(checked)):
        differing.append(f"rows: {solved} instead of {sum(checked)}")
    if case.free:
        least = min(_penalty(case, line) for line in _all_lines(frame))
        found = {"graph": cheapest_by_graph(case), "free rows": cheapest_by_cp_sat(case)}
        differing += [f"{name}: {cost} instead of {least}" for name, cost in found.items() if not _same(cost, least)]
    return differing


def walked(rule, frame, history, line):
    """Return the cost of the line along the rule's automaton."""
    automaton, state, total = rule.automaton(frame), rule.start(frame, history), 0.0
    for date, action in enumerate(line + 1):
        if automaton.cost is not None:
            total += automaton.cost[date, state, action]
        state = automaton.after[date, state, action]
        if state == FORBIDDEN:
            return np.inf
    return total + automaton.final[state]


def cheapest_by_graph(case):
    """Return the cost of the cheapest line through the product of all automata."""
    frame = case.frame
    automata = [rule.automaton(frame) for rule in case.rules]
    starts = [rule.start(frame, case.history) for rule in case.rules]
    graph = compile_graph(automata, starts, np.ones((frame.dates, frame.actions), dtype=np.bool_))
    cost, line = best_line(graph, np.zeros((frame.dates, frame.actions)))
    if np.isfinite(cost) and not _same(cost, _penalty(case, line)):
        return np.nan
    return cost


def cheapest_by_cp_sat(case, line=None):
    """Return the least penalty of ``line``, or of any line."""
    frame = case.frame
    model = cp_model.CpModel()
    pairs = itertools.product(range(frame.dates), range(len(frame.duties)))
    takes = {pair: model.new_bool_var("") for pair in pairs}
    for date in range(frame.dates):
        model.add_at_most_one(takes[date, duty] for duty in range(len(frame.duties)))
    cells = Cells(model, frame, takes)
    for rule in case.rules:
        rule.rows(cells, case.history)
    if line is not None:
        for (date, duty), taken in takes.items():
            model.add(taken == int(line[date] == duty))
    model.minimize(sum(int(price * PRICE_SCALE) * units for price, units in cells.penalties))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return np.inf
    return solver.objective_value / PRICE_SCALE if status == cp_model.OPTIMAL else np.nan


def _all_lines(frame):
    return (np.array(line) for line in itertools.product(range(-1, len(frame.duties)), repeat=frame.dates))


def _penalty(case, line):
    return sum(rule.penalty(case.frame, line, case.history) for rule in case.rules)


def _same(left, right):
    return left == right or abs(left - right) < 1e-6
