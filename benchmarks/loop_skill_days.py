"""The reference day of several skills as a scenario, and the formulas a planner would size it with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from benchmarks.beds import read
from benchmarks.loop_days import LoopDay, contracts_of, forecast_of, horizon_of, law_of, target_of, templates_of
from scenarios import Agent, Channel, ContactType, Contract, Group, Route, RouteStep, Scenario, Serve
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.columns import DayColumns
from sim import min_agents_a, min_agents_c

HOMES = {"A": "GA", "B": "GB", "C": "GF"}
"""The group a formula that takes each type alone sizes for it."""
_LADDERS = {"A": ("GA", "GF"), "B": ("GB", "GF"), "C": ("GF",)}
_FIRST, _NEXT = 0, 1
_USED, _KEPT, _GAP, _MIP_S = 1e-9, 600, 1e-3, 20.0
"""A rival's covering: an integer programme on the columns its relaxation uses and those of least reduced cost."""


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
    present = 1.0 - day.file["absence"]["probability"]
    whole = {kind: np.ceil(np.round(rows / present, 9)) for kind, rows in need.items()}
    if pooled:
        return _cheapest(columns, _subset_rows(whole))
    return sum(
        (_cheapest(columns, [((group,), whole[kind])]) for kind, group in HOMES.items()),
        np.zeros(len(columns), dtype=np.int64),
    )


def _cheapest(columns: DayColumns, rows: Sequence[tuple[tuple[str, ...], FloatArray]]) -> IntArray:
    """Return about the cheapest counts that bring (T,) people of some groups together to work, for each of ``rows``."""
    parts, least = [], []
    for groups, wanted in rows:
        able = np.isin(columns.group, [columns.groups.index(name) for name in groups])
        parts.append(columns.at_work[wanted > 0] * able)
        least.append(wanted[wanted > 0])
    matrix, right = np.concatenate(parts), np.concatenate(least)
    relaxed: Any = linprog(columns.cost, A_ub=-matrix, b_ub=-right, method="highs")
    reduced = columns.cost + matrix.T @ relaxed.ineqlin.marginals
    reduced[relaxed.x > _USED] = -np.inf
    kept = np.argsort(reduced, kind="stable")[:_KEPT]
    found: Any = milp(
        columns.cost[kept], constraints=LinearConstraint(matrix[:, kept], right, np.inf), bounds=Bounds(0, np.inf),
        integrality=np.ones(_KEPT, dtype=np.int64), options={"mip_rel_gap": _GAP, "time_limit": _MIP_S},
    )  # fmt: skip
    counts = np.zeros(len(columns), dtype=np.int64)
    counts[kept] = np.rint(found.x).astype(np.int64)
    return counts


def _subset_rows(whole: Mapping[str, FloatArray]) -> list[tuple[tuple[str, ...], FloatArray]]:
    """Return for all who can take some set of types how many of them it needs: what only they take (Hall 1935).

    Of the sets of types that the same people can take only the largest matters.
    """
    able_of: dict[tuple[str, ...], list[str]] = {}
    for bits in range(1, 2 ** len(whole)):
        subset = [kind for place, kind in enumerate(whole) if bits >> place & 1]
        able = tuple(sorted({group for kind in subset for group in _LADDERS[kind]}))
        able_of[able] = max(able_of.get(able, []), subset, key=len)
    return [(able, np.sum([whole[kind] for kind in subset], axis=0)) for able, subset in able_of.items()]
