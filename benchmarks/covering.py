"""Rosters by formula: positions covered by shifts with breaks at least cost, group by group.

What a careful planner without a simulation would send home with. It is the roster the speed of the floor is measured
with, and a rival of rosters that were simulated.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from scenarios import US_PER_MIN, Agent, Assignment, Break, Contract, Roster, Scenario, ShiftTemplate
from scenarios.checks import FloatArray

STEP_MIN = 15
_TENURES = (1.0, 1.1, 0.95, 1.25)
"""Tenure factors given out in turn where people are to differ, as they do in a shop."""
_MIP_S, _MIP_GAP, _COLUMNS_KEPT = 20.0, 1e-3, 600
"""Limits of the integer programme on the columns of least reduced cost; the rounded-up LP is there to fall back on."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One way to work: start, end and breaks (start, length, paid) in minutes after opening, and what it costs."""

    name: str
    start_min: int
    end_min: int
    breaks: tuple[tuple[int, int, bool], ...]
    cost: float


def shifts_of(day: Mapping[str, Any]) -> list[Shift]:
    """Return every shift of a reference day: all starts and all places of its breaks on the quarter-hour grid."""
    closes = day["intervals"] * day["interval_min"]
    rows: list[Shift] = []
    for kind in day["shifts"]:
        windows = [
            [(at, rule["length_min"], rule["paid"])
             for at in range(rule["earliest_after_start_min"], rule["latest_after_start_min"] + 1, STEP_MIN)]
            for rule in kind["breaks"]
        ]  # fmt: skip
        cost = kind["paid_h"] * kind["cost_per_paid_h"]
        for start in range(0, closes - kind["length_min"] + 1, STEP_MIN):
            for places in itertools.product(*windows):
                breaks = tuple((start + at, length, paid) for at, length, paid in places)
                rows.append(Shift(kind["name"], start, start + kind["length_min"], breaks, cost))
    return rows


def shifts_from(scenario: Scenario) -> list[Shift]:
    """Return the shifts of a scenario's templates inside its first service day, breaks early, midway and late."""
    return [shift for template in scenario.shift_templates for shift in _of_template(scenario, template)]


def _of_template(scenario: Scenario, template: ShiftTemplate) -> Iterator[Shift]:
    day = scenario.horizon.days[0]
    opens, closes = day.opens_us // US_PER_MIN, day.closes_us // US_PER_MIN
    for start in template.start_minutes:
        if not (opens <= start and start + template.length_min <= closes):
            continue
        for place in (0.0, 0.5, 1.0) if template.breaks else (0.0,):
            breaks = []
            for rule in template.breaks:
                room = rule.latest_after_start_min - rule.earliest_after_start_min
                at = start + rule.earliest_after_start_min + int(place * room) // STEP_MIN * STEP_MIN
                breaks.append((at - opens, rule.length_min, rule.paid))
            end = start + template.length_min - opens
            yield Shift(template.name, start - opens, end, tuple(breaks), template.paid_min / 60)


def cover(need: FloatArray, shifts: Sequence[Shift]) -> list[Shift]:
    """Return shifts, with repeats, that cover (T,) ``need`` per quarter hour after opening at about least cost."""
    at_work = np.zeros((len(need), len(shifts)))
    for column, shift in enumerate(shifts):
        at_work[shift.start_min // STEP_MIN : shift.end_min // STEP_MIN, column] = 1.0
        for start, length, _ in shift.breaks:
            at_work[start // STEP_MIN : (start + length) // STEP_MIN, column] = 0.0
    cost = np.array([shift.cost for shift in shifts])
    relaxed = linprog(cost, A_ub=-at_work, b_ub=-need, bounds=(0, None), method="highs")
    if not relaxed.success:
        raise RuntimeError(f"the shifts cannot cover the need: {relaxed.message}")
    reduced = cost + at_work.T @ relaxed.ineqlin.marginals
    kept = np.argsort(reduced, kind="stable")[:_COLUMNS_KEPT]
    found = milp(
        cost[kept], constraints=LinearConstraint(at_work[:, kept], need, np.inf), bounds=Bounds(0, np.inf),
        integrality=np.ones(len(kept), dtype=np.int64), options={"time_limit": _MIP_S, "mip_rel_gap": _MIP_GAP},
    )  # fmt: skip
    if found.x is None:
        counts = np.ceil(np.asarray(relaxed.x) - 1e-6)
    else:
        counts = np.zeros(len(shifts))
        counts[kept] = np.rint(found.x)
    return [shift for shift, count in zip(shifts, counts.astype(int).tolist(), strict=True) for _ in range(count)]


def rostered(scenario: Scenario, chosen: Sequence[Sequence[Shift]], *, differ: bool = False) -> tuple[Scenario, Roster]:
    """Return ``scenario`` with an agent for every chosen shift (per group) and their roster.

    ``differ`` gives people tenure factors in turn.
    """
    day = scenario.horizon.days[0]
    agents: list[Agent] = []
    rows: list[Assignment] = []
    for group, shifts in zip(scenario.groups, chosen, strict=True):
        for shift in shifts:
            tenure = _TENURES[len(agents) % len(_TENURES)] if differ else 1.0
            agents.append(Agent(f"{group.name} {len(agents)}", "bench", group.skills, tenure))
            start_us, end_us = (day.opens_us + minute * US_PER_MIN for minute in (shift.start_min, shift.end_min))
            breaks = tuple(
                Break(day.opens_us + at * US_PER_MIN, day.opens_us + (at + length) * US_PER_MIN, paid)
                for at, length, paid in shift.breaks
            )
            rows.append(Assignment(agents[-1].name, day.date, "bench", group.name, start_us, end_us, breaks))
    everybody = replace(
        scenario, agents=tuple(agents), contracts=(Contract("bench", ("bench",), 100.0, 1.0),),
        shift_templates=(ShiftTemplate("bench", 60, 0, 0),),
    )  # fmt: skip
    return everybody, Roster(tuple(sorted(rows, key=lambda row: (row.agent, row.start_us))))
