"""Shift design on the frozen day of 1,000 heads: gap to the own bound in 10 s and 30 s, beside rivals."""

import importlib.util
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import cover_rivals
from scenarios import BreakRule
from scheduler.covering import CoverBudget, CoverGroup, CoverPlan, CoverPrices, CoverProblem, ShiftKind, cover
from scheduler.covering.choices import choices_of
from scheduler.covering.plan import CoverStatus, Heads, plan_of

FOLDER = Path("data") / "rostering" / "frozen"
SEED = 1
BUDGETS = {
    10: CoverBudget(gap=2e-4, starts=6, moves=1_000_000, nodes=0, wall_s=10),
    30: CoverBudget(gap=2e-4, starts=24, moves=1_000_000, nodes=0, wall_s=30),
}
RIVAL_S = 30.0


def read_day(path: Path) -> CoverProblem:
    """Return the frozen day as a covering problem."""
    day = json.loads(path.read_text(encoding="utf-8"))
    slot = day["units"]["slot_minutes"]
    kinds = tuple(_kind(name, shift, slot) for name, shift in day["shifts"].items())
    price = day["cost"]["staff_per_paid_hour"]
    groups = tuple(
        CoverGroup(name, tuple(group["skills"]), tuple(day["shifts"]), price * group["relative_cost"])
        for name, group in day["groups"].items()
    )
    demand = np.array([day["demand"][skill] for skill in day["skills"]], dtype=np.float64).T
    prices = CoverPrices(day["cost"]["under_per_position_slot"], day["cost"]["over_per_person_slot"])
    return CoverProblem(slot, tuple(day["skills"]), demand, groups, kinds, prices)


def _kind(name: str, shift: Mapping[str, Any], slot: int) -> ShiftKind:
    """Return a kind whose paid minutes are those the day states, whichever of its breaks are paid."""
    unpaid = shift["minutes"] - 60 * shift["paid_hours"]
    breaks = []
    for row in sorted(shift["breaks"], key=lambda row: -row["minutes"]):
        paid = row["minutes"] > unpaid
        unpaid -= 0 if paid else row["minutes"]
        breaks.append(BreakRule(row["minutes"], paid, row["earliest"], row["latest"]))
    ordered = tuple(sorted(breaks, key=lambda rule: rule.earliest_after_start_min))
    return ShiftKind(name, shift["minutes"], tuple(range(0, 1440 - shift["minutes"] + 1, slot)), ordered)


def scored(folder: Path, plan: CoverPlan) -> Mapping[str, Any]:
    """Return what the folder's own scorer says of a plan; a violation is a ``RuntimeError``."""
    spec = importlib.util.spec_from_file_location("score_cover", folder / "score_cover.py")
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{folder} holds no score_cover.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    day = json.loads((folder / "cover1000.json").read_text(encoding="utf-8"))
    rows = [[row.group, row.kind, row.start_min, list(row.pauses_min), row.heads] for row in plan.shifts]
    found: Mapping[str, Any] = module.score(day, rows)
    if found["violations"]:
        raise RuntimeError(f"the scorer found {found['violation_list']}")
    return found


class Cover:
    """Our plans within 10 s and 30 s, and what rivals make of the same day."""

    name = "cover"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure ours at both limits, then counts per pattern and CP-SAT on everything."""
        folder = reference / FOLDER
        problem = read_day(folder / "cover1000.json")
        cover(problem, seed=SEED, budget=CoverBudget(starts=1, moves=1, nodes=0, wall_s=60))  # compiles, once
        report(f"{'':<38}{'cost':>11}{'bound':>11}{'gap %':>8}{'short':>7}{'heads':>7}{'CPU-s':>8}{'wall s':>8}")
        figures: dict[str, float] = {}
        for seconds, budget in BUDGETS.items():
            wall, cpu = time.perf_counter(), time.process_time()
            plan = cover(problem, seed=SEED, budget=budget)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            total = scored(folder, plan)["total"]
            figures[f"cover_gap_{seconds}s"] = (total - plan.bound_yuan) / total
            figures[f"cover_wall_s_{seconds}"], figures[f"cover_cpu_s_{seconds}"] = wall, cpu
            _tell(
                report, f"ours, {seconds} s ({plan.status.value})", scored(folder, plan), plan.bound_yuan, (cpu, wall)
            )
        figures |= self._rivals(folder, problem, report)
        return figures

    def _rivals(self, folder: Path, problem: CoverProblem, report: Callable[[str], None]) -> dict[str, float]:
        choices = choices_of(problem)
        rivals: dict[str, Callable[[], cover_rivals.Answer]] = {
            "required": lambda: cover_rivals.counted(choices, required=True, limit_s=RIVAL_S),
            "difference": lambda: cover_rivals.counted(choices, required=False, limit_s=RIVAL_S),
            "cp_sat": lambda: cover_rivals.cp_sat(choices, RIVAL_S),
        }
        words = {
            "required": "counts per pattern, need met",
            "difference": "counts per pattern, least difference",
            "cp_sat": f"CP-SAT on the whole, {RIVAL_S:.0f} s",
        }
        figures: dict[str, float] = {}
        for name, rival in rivals.items():
            wall = time.perf_counter()
            answer = rival()
            wall = time.perf_counter() - wall
            if answer.heads is None:
                report(f"{words[name]:<38}{'nothing':>11}{answer.bound:>11.1f}{'':>22}{answer.cpu_s:>8.1f}{wall:>8.1f}")
                continue
            score = scored(folder, _plan(choices, answer.heads))
            _tell(report, words[name], score, answer.bound, (answer.cpu_s, wall))
            figures[f"cover_rival_{name}_cost"] = score["total"]
        return figures


def _plan(choices: Any, heads: Heads) -> CoverPlan:
    return plan_of(choices, heads, 0.0, CoverStatus.FEASIBLE)


def _tell(
    report: Callable[[str], None], words: str, score: Mapping[str, Any], bound: float, seconds: tuple[float, float]
) -> None:
    known = np.isfinite(bound)
    gap = f"{100 * (score['total'] - bound) / score['total']:.4f}" if known else "-"
    below = f"{bound:.1f}" if known else "-"
    report(
        f"{words:<38}{score['total']:>11.1f}{below:>11}{gap:>8}{score['under_position_quarters']:>7.0f}"
        f"{score['heads']:>7.0f}{seconds[0]:>8.1f}{seconds[1]:>8.1f}"
    )


PART = Cover()
