"""Three readings of a team rule on the same roster: checker, marginal prices of one person, constraint programme."""

import itertools

import numpy as np
from drawn_rules.drawing import a_weight
from ortools.sat.python import cp_model

from scheduler.rules import (
    OFF,
    Cells,
    Duty,
    Fairness,
    FairShare,
    FairWeekends,
    Frame,
    HeadCount,
    Measure,
    Presence,
    Together,
    Unit,
    Weight,
    whole_duties,
)

STEP_MIN = 60
DUTIES = (
    Duty("E", 360, 840, 480, frozenset({"early"})),
    Duty("M", 600, 1080, 480),
    Duty("L", 840, 1320, 480, frozenset({"late"})),
    Duty("N", 1320, 1740, 420, frozenset({"night", "late"})),
)


def some(rng, people, least=1):
    size = int(rng.integers(least, people + 1))
    return tuple(sorted(int(one) for one in rng.choice(people, size=size, replace=False)))


def a_team_rule(rng, frame, people):
    weight = a_weight(rng)
    kind = rng.integers(5)
    if kind == 0:
        least = tuple(int(x) for x in rng.integers(0, 2, frame.dates)) if rng.random() < 0.7 else None
        most = tuple(int(x) for x in rng.integers(1, 3, frame.dates)) if rng.random() < 0.7 else None
        return HeadCount(some(rng, people), least, most, (None, "night", "late")[rng.integers(3)], weight)
    if kind == 1:
        return Together(some(rng, people), weight)
    if kind == 2:
        at = whole_duties(frame, STEP_MIN)
        least = np.where(rng.random(at.steps) < 0.4, rng.integers(0, 3, at.steps), 0)
        return Presence(some(rng, people), least, at, some(rng, people) if rng.random() < 0.5 else (), weight)
    members = some(rng, people)
    if kind == 4:
        return FairWeekends(members, Weight(float(rng.integers(1, 9))), (5, 6))
    measure = (Measure(tag="late"), Measure(Unit.POINTS, points=(("night", 2), ("late", 1))), Measure())[
        rng.integers(3)
    ]
    dates = frozenset({0, 2}) if rng.random() < 0.4 else None
    before = tuple(int(x) for x in rng.integers(0, 4, len(members))) if rng.random() < 0.5 else ()
    also = ((Measure(tag="early"), None),) if rng.random() < 0.3 else ()
    return Fairness(members, ((measure, dates), *also), Weight(float(rng.integers(1, 9))), before)


def a_team_case(seed):
    """Return a frame, a rule and a roster of two to four people."""
    rng = np.random.default_rng(seed)
    frame = Frame(DUTIES[: rng.integers(1, 5)], int(rng.integers(2, 5)), int(rng.integers(7)))
    people = int(rng.integers(2, 5))
    roster = np.where(
        rng.random((people, frame.dates)) < 0.4, OFF, rng.integers(0, len(frame.duties), (people, frame.dates))
    )
    return frame, a_team_rule(rng, frame, people), roster


def team_disagreements(frame, rule, roster):
    """Return what differs from the checker, in words."""
    units = rule.units(frame, roster)
    differing = []
    for person in range(len(roster)):
        added = rule.marginal(frame, roster, person)
        free = roster.copy()
        free[person] = OFF
        told = added[np.arange(frame.dates), roster[person] + 1].sum()
        if not isinstance(rule, FairShare) and told != units - rule.units(frame, free):
            differing.append(f"marginal of {person}: {told} instead of {units - rule.units(frame, free)}")
        if isinstance(rule, FairShare) and person in rule.members:
            differing += _lines_off(frame, rule, roster, person)
    solved = units_by_cp_sat(frame, rule, roster)
    if solved != (np.inf if rule.weight.hard and units else units):
        differing.append(f"rows: {solved} instead of {units}")
    return differing


def _lines_off(frame, rule, roster, person):
    """Return where the rules of a person's line do not add up to the units of his points against the same mean."""
    points = rule.points(frame, roster)
    mean = -(-int(points.sum()) // len(points))
    place = rule.members.index(person)
    above = [max(0, count - mean) for count in (int(points[place]), (rule.before or (0,) * len(points))[place])]
    wanted = above[0] * (above[0] + 1) / 2 - above[1] * (above[1] + 1) / 2
    found = sum(line.penalty(frame, roster[person]) for line in rule.line_rules(frame, roster, person, levels=40))
    return [] if found == wanted * rule.weight.per_unit else [f"lines: {found} instead of {wanted} units"]


def units_by_cp_sat(frame, rule, roster):
    """Return the least units of ``roster`` by the rule's rows; ``inf`` when they forbid it."""
    model = cp_model.CpModel()
    people = []
    for line in roster:
        pairs = itertools.product(range(frame.dates), range(len(frame.duties)))
        takes = {pair: model.new_bool_var("") for pair in pairs}
        for (date, duty), taken in takes.items():
            model.add(taken == int(line[date] == duty))
        people.append(Cells(model, frame, takes))
    rule.rows(people)
    price = rule.weight.per_unit or 1.0
    model.minimize(sum(round(cost / price) * units for cost, units in people[0].penalties))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.objective_value if solver.solve(model) == cp_model.OPTIMAL else np.inf
