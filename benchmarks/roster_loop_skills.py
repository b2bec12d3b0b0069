"""Several skills through the closed loop, and beside it what planners do with a formula for each type.

Every roster is judged on the same fresh days: on the day each of three types must have its share in time. The loop's
CPU seconds, proof included, are told in naive days: one day of the same bed in plain SimPy, timed in the same run.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.loop_days import LoopDay, naive_day_cpu_s
from benchmarks.loop_skill_days import covered, needs, skills_day
from scheduler.loop.bed import CallBed
from scheduler.loop.closing import LoopOutcome
from scheduler.loop.columns import day_columns
from scheduler.loop.days import Layout, Seen
from scheduler.loop.judge import judge
from scheduler.loop.skill_loop import SKILL_SETTINGS, SkillRouting, close_skill_loop
from scheduler.loop.together import Together

SEEDS = (1, 2, 3)
PROOF_DAYS, ERROR = 2000, 0.05
NAIVE_RUNS = 3
BY_HAND = {"A": 0.95, "B": 0.95, "C": 1.25}
"""Multipliers of a planner who knows that the flexible group helps the others and is needed by C."""
_SIZING, _SIZING_SHARE, _SIZING_STEPS = Layout(300, 60), 0.962, 7
"""A multiplier is sought on so many days, so that it passes its proof there with a little to spare."""
_MULTIPLIERS = (0.9, 1.3)


class LoopSkills:
    """Cost of the proven roster of three types and three groups, and of formulas beside it."""

    name = "loop_skills"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print the tables."""
        day = skills_day(reference)
        report("roster | cost | GA / GB / GF | P (all three) | bound | lost A / B / C | CPU-s")
        runs = []
        for seed in SEEDS:
            runs.append(_loop(day, seed))
            _tell(day, f"loop, seed {seed}", runs[-1], report)
        _formulas(day, report)
        _tell(day, "loop without VIP priority", _loop(_routed(day, SkillRouting(priorities=False)), SEEDS[0]), report)
        columns = day_columns(day.scenario)
        naive_s = statistics.median(naive_day_cpu_s(day, columns, runs[0].counts) for _ in range(NAIVE_RUNS))
        report(f"one naive SimPy day: {naive_s:.2f} CPU-s")
        return {
            "loop_skills250_cost": statistics.median(run.cost for run in runs),
            "loop_skills250_naive_days": statistics.median(run.cpu_s for run in runs) / naive_s,
            "loop_skills250_bound": min(run.together.bound for run in runs),
            "loop_skills250_abandoned": max(float(run.lost.max()) for run in runs),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A roster, what fresh days say of it, and the CPU seconds behind it; lost is (K,) shares of the offered."""

    counts: np.ndarray
    cost: float
    together: Together
    lost: np.ndarray
    cpu_s: float


def _loop(day: LoopDay, seed: int) -> _Run:
    start = time.process_time()
    outcome: LoopOutcome = close_skill_loop(day.scenario, day.forecast, seed=seed)
    cpu_s = time.process_time() - start
    if outcome.counts is None or outcome.days is None:
        raise RuntimeError(f"no roster for {day.scenario.name}")
    return _run(day, outcome.counts, outcome.cost, outcome.days.seen, cpu_s)


def _formulas(day: LoopDay, report: Callable[[str], None]) -> None:
    """Print what each formula costs, and whether it keeps its promise."""
    columns = day_columns(day.scenario)
    bed = CallBed(day.scenario, day.forecast, columns)
    erlang_c, erlang_a = (needs(day, patient=patient) for patient in (True, False))
    sizing = bed.draw(_SIZING, seed=SEEDS[0], purpose="sizing")

    def pooled(factor: float) -> np.ndarray:
        return covered(day, columns, {kind: factor * rows for kind, rows in erlang_c.items()}, pooled=True)

    low, high = _MULTIPLIERS
    for _ in range(_SIZING_STEPS):
        middle = (low + high) / 2
        enough = judge(day.scenario, bed.play(pooled(middle), sizing), _SIZING_SHARE).share_of_days >= _SIZING_SHARE
        low, high = (low, middle) if enough else (middle, high)
    by_hand = {kind: BY_HAND[kind] * rows for kind, rows in erlang_c.items()}
    for name, counts in (
        ("Erlang C per type", covered(day, columns, erlang_c)),
        ("Erlang A per type", covered(day, columns, erlang_a)),
        (f"Erlang C, skill subsets, x {high:.3f}", pooled(high)),
        ("Erlang C, A and B x .95, C x 1.25", covered(day, columns, by_hand)),
    ):
        seen = bed.prove(
            counts,
            first=0,
            days=PROOF_DAYS,
            strata=PROOF_DAYS,
            seed=SEEDS[0],
            purpose=SKILL_SETTINGS.schedule.purpose(1),
        )
        _tell(day, name, _run(day, counts, float(columns.cost @ counts), seen, 0.0), report)


def _run(day: LoopDay, counts: np.ndarray, cost: float, seen: Seen, cpu_s: float) -> _Run:
    lost = seen.abandoned.sum(axis=(0, 1)) / seen.offered.sum(axis=(0, 1))
    return _Run(counts, cost, Together.of(day.scenario, seen, ERROR), lost, cpu_s)


def _tell(day: LoopDay, name: str, run: _Run, report: Callable[[str], None]) -> None:
    columns = day_columns(day.scenario)
    groups = " / ".join(str(int(run.counts[columns.group == number].sum())) for number in range(len(columns.groups)))
    lost = " / ".join(f"{share:.3f}" for share in run.lost)
    said = run.together
    report(f"{name} | {run.cost:.1f} | {groups} | {said.share:.4f} | {said.bound:.4f} | {lost} | {run.cpu_s:.1f}")


def _routed(day: LoopDay, routing: SkillRouting) -> LoopDay:
    return LoopDay(routing.applied(day.scenario), day.forecast, day.file)


PART = LoopSkills()
