"""Throw-away: replaced by the real search."""
from dataclasses import dataclass
import numpy as np
from scheduler.lines.best import best_line
from scheduler.lines.graph import compile_graph
from scheduler.lines.problem import Problem, score, on_duty, unmet_and_idle


@dataclass
class Found:
    lines: object
    hopeless: object
    cost: float
    bound: float
    wall_bitten: bool


def search(problem, *, budget, seed, warm_start=None, progress=None):
    frame = problem.rule_frame
    D, A = problem.frame.dates, problem.frame.actions
    graphs = {}
    cover = problem.cover
    lines = np.full((len(problem.people), D), -1)
    hopeless = []
    shape = problem.shape if problem.shape is not None else np.arange(A - 1)
    for sweep in range(2):
        for n, person in enumerate(problem.people):
            key = (person.rules, tuple(person.history.before))
            if key not in graphs:
                graphs[key] = compile_graph([r.automaton(frame) for r in person.rules], [r.start(frame, person.history) for r in person.rules], np.ones((D, frame.actions), bool))
            lines[n] = -1
            count = on_duty(problem, lines)
            under, over = unmet_and_idle(cover, count)
            gain = np.zeros(len(under))
            for t in range(len(under)):
                c = cover.under[cover.curve_of[t]]
                gain[t] = c.of(np.array(max(under[t] - 1, 0.0))) - c.of(np.array(float(under[t])))
            price = np.where(person.may, person.own, np.inf)
            for d in range(D):
                for s in range(A - 1):
                    if price[d, s + 1] < np.inf:
                        price[d, s + 1] += gain[cover.slots_of(d * (A - 1) + s)].sum()
            best = np.full((D, frame.actions), np.inf)
            arg = np.zeros((D, frame.actions), int)
            best[:, 0] = price[:, 0]
            for s in range(A - 1):
                k = shape[s] + 1
                better = price[:, s + 1] < best[:, k]
                best[better, k] = price[better, s + 1]
                arg[better, k] = s
            cost, line = best_line(graphs[key], best)
            if cost == np.inf:
                if sweep == 0:
                    hopeless.append(n)
                continue
            for d in range(D):
                if line[d] >= 0:
                    lines[n, d] = arg[d, line[d] + 1]
    if hopeless:
        return Found(None, np.array(hopeless), np.nan, np.nan, False)
    s = score(problem, lines)
    assert not s.faults, s.faults
    return Found(lines, None, s.total, s.total, False)
