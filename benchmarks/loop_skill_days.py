"""The reference day of several skills as a scenario, and the formulas a planner would size it with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beds import read
from benchmarks.loop_days import LoopDay, contracts_of, forecast_of, horizon_of, law_of, target_of, templates_of
from scenarios import Agent, Channel, ContactType, Contract, Group, Route, RouteStep, Scenario, Serve
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.columns import DayColumns
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import Cut, PlanProblem
from sim import min_agents_a, min_agents_c

HOMES = {"A": "GA", "B": "GB", "C": "GF"}
"""The group a formula that takes each type alone sizes for it."""
_LADDERS = {"A": ("GA", "GF"), "B": ("GB", "GF"), "C": ("GF",)}
_FIRST, _NEXT = 0, 1
_LIMITS = PlanLimits(columns=400, gap=2e-3, nodes=1000)


def skills_day(reference: Path, name: str = "skills250") -> LoopDay:
    """Return the day of three types of call, two dedicated groups and a flexible one that takes C first."""
    file = read(reference, "loop", name)
    horizon = horizon_of(file)
    patience = law_of(file["patience_s"])
    kinds = tuple(
        ContactType(kind, Channel.VOICE, law_of(row["work_s"]), patience) for kind, row in file["types"].items()
    )
    groups = tuple(_group(name, row, file) for name, row in file["groups"].items())
    contracts: list[Contract] = []
    agents: list[Agent] = []
    for group in groups:
        own = contracts_of(file, file["groups"][group.name]["cost_factor"], f"{group.name} ")
        contracts += own
        agents += [Agent(contract.name, contract.name, group.skills) for contract in own]
    scenario = Scenario(
        name, horizon, kinds, groups,
        tuple(Route(kind, tuple(RouteStep(group) for group in ladder)) for kind, ladder in _LADDERS.items()),
        tuple(target_of(file["targets"], (kind,)) for kind in file["types"]), tuple(contracts), templates_of(file),
        tuple(agents), absence_share=file["absence"]["probability"],
    )  # fmt: skip
    shares = {kind: row["share"] for kind, row in file["types"].items()}
    work_s = {kind: row["work_s"]["mean"] for kind, row in file["types"].items()}
    return LoopDay(scenario, forecast_of(horizon, file, shares, work_s), file)


def _group(name: str, row: Mapping[str, Any], file: Mapping[str, Any]) -> Group:
    serves = tuple(Serve(kind, _FIRST if file["types"][kind].get("vip") else _NEXT) for kind in row["serves"])
    return Group(name, tuple(row["serves"]), serves)


def needs(day: LoopDay, *, patient: bool) -> dict[str, FloatArray]:
    """Return per type (T,) agents by Erlang C (``patient``: nobody leaves) or Erlang A, one quarter hour at a time."""
    file, found = day.file, {}
    step_s, target = file["interval_min"] * 60.0, file["targets"]
    for column, (kind, row) in enumerate(file["types"].items()):
        work_s = row["work_s"]["mean"]
        loads = day.forecast.expected[:, column] / step_s * work_s
        found[kind] = np.array([
            0.0 if load <= 0 else float(
                min_agents_c(load, work_s, target["answer_within_s"], target["day_share"]) if patient
                else min_agents_a(load, work_s, file["patience_s"]["mean"], target["answer_within_s"],
                                  target["day_share"], 1.0)
            )
            for load in loads.tolist()
        ])  # fmt: skip
    return found


def covered(day: LoopDay, columns: DayColumns, need: Mapping[str, FloatArray], *, pooled: bool = False) -> IntArray:
    """Return the least-cost counts that cover ``need``, absence added, rounded up.

    ``pooled``: whoever can take a type counts for it, as long as every set of types is covered by all who can take one
    of them.
    """
    file = day.file
    present = 1.0 - file["absence"]["probability"]
    whole = {kind: np.ceil(np.round(rows / present, 9)) for kind, rows in need.items()}
    if pooled:
        return _cheapest(PlanProblem(columns, (), (), cuts=tuple(_subset_rows(columns, whole))))
    counts = np.zeros(len(columns), dtype=np.int64)
    for kind, group in HOMES.items():
        least = np.zeros((len(columns.at_work), len(columns.groups)))
        least[:, columns.groups.index(group)] = whole[kind]
        counts += _cheapest(PlanProblem(columns, (), (), least_people=least))
    return counts


def _cheapest(problem: PlanProblem) -> IntArray:
    """Return the cheaper of two ways to whole numbers: rivals shall not pay for how ours are rounded."""
    found = [solve_plan(problem, limits).counts for limits in (PlanLimits(nodes=0), _LIMITS)]
    kept = [counts for counts in found if counts is not None and not problem.missed(counts).any()]
    return min(kept, key=lambda counts: float(problem.columns.cost @ counts))


def _subset_rows(columns: DayColumns, whole: Mapping[str, FloatArray]) -> Iterator[Cut]:
    """Yield a row for every interval and all who can take some set of types: they cover all that only they take (Hall).

    Of the sets of types that the same people can take only the largest matters.
    """
    able_of: dict[tuple[str, ...], list[str]] = {}
    for bits in range(1, 2 ** len(whole)):
        subset = [kind for place, kind in enumerate(whole) if bits >> place & 1]
        able = tuple(sorted({group for kind in subset for group in _LADDERS[kind]}))
        able_of[able] = max(able_of.get(able, []), subset, key=len)
    for able, subset in able_of.items():
        places = [columns.groups.index(group) for group in able]
        least = np.sum([whole[kind] for kind in subset], axis=0)
        for interval in np.flatnonzero(least).tolist():
            per_person = np.zeros((len(columns.at_work), len(columns.groups)))
            per_person[interval, places] = 1.0
            yield Cut(f"{'+'.join(subset)} in {interval}", per_person, float(least[interval]))
