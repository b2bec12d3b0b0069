"""Formulas per quarter hour against the loop: cost and share of days, unscaled and at the least multiplier that passes.

Every rival is a requirement per quarter hour, divided by the share of people who come, multiplied, rounded up, covered
at least cost by the same programme and judged on the same days. The multiplier is what a careful planner finds by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.loop_days import LoopDay, voice_bed, voice_day, warm_up
from scenarios import Requirement
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.bed import CallBed, StoredDays
from scheduler.loop.closing import SCHEDULE, LoopSettings, aim_of, close_loop
from scheduler.loop.days import Layout
from scheduler.loop.fresh import FreshDays
from scheduler.loop.judge import columns_of, judge
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import PlanProblem
from scheduler.loop.voice import VoiceSurrogate
from scheduler.proof import prove_on
from sim import min_agents_a, min_agents_c, staff_from_positions

_LIMITS = PlanLimits()
_TRAINING, _ISA_DAYS, _ISA_ROUNDS = Layout(300, 100, 0.3), Layout(20, 100, 0.15), 5
_LOW, _HIGH, _HALVINGS, _STEP = 0.9, 1.3, 6, 0.004
_SERVED_AT_ONCE = 0.999


@dataclass(frozen=True, slots=True)
class _Judged:
    """Cost, people, share of days, bound and worst hour of a roster on fresh days."""

    cost: float
    people: int
    share: float
    bound: float
    hour: float
    proven: bool


class LoopTable:
    """The table of formulas and the loop."""

    name = "loop_table"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Judge four formulas and the loop on two days."""
        figures: dict[str, float] = {}
        warm_up(voice_day(reference, "flash20"))
        for name in ("flash20", "flash150"):
            day = voice_day(reference, name)
            bed, surrogate = voice_bed(day)
            best = np.inf
            for method, need in _requirements(bed, surrogate).items():
                plain = _judged(bed, _cover(bed, need, 1.0))
                scale, scaled = _scaled(day, bed, need)
                best = min(best, scaled.cost if scaled.proven else np.inf)
                report(f"{name:<9} {method:<22} {_told(plain)} | x {scale:.3f} {_told(scaled)}")
                figures[f"loop_table_{name}_{method.replace(' ', '_')}_cost"] = scaled.cost
            outcome = close_loop(bed, surrogate, seed=1)
            if outcome.verdict is None:
                raise RuntimeError("the loop found no roster")
            report(f"{name:<9} {'loop':<22} {outcome.cost:9.1f} P {outcome.verdict.statements[0].share_of_days:.4f} "
                   f"{outcome.cost / best - 1.0:+.2%} against the best scaled formula")  # fmt: skip
            figures[f"loop_table_{name}_saving"] = 1.0 - outcome.cost / best
        return figures


def _requirements(bed: CallBed, surrogate: VoiceSurrogate) -> dict[str, FloatArray]:
    """Return (T,) positions at work that each method asks for."""
    target, law = bed.scenario.targets[0], surrogate.law
    plain = law.expected * law.work_s / (bed.scenario.horizon.interval_min * 60.0)
    within_s, share = target.answer_within_s, target.day_share
    is_open = law.expected > 0

    def each(loads: FloatArray, least: Callable[[float], int]) -> FloatArray:
        return np.array([float(least(load)) if load > 0 else 0.0 for load in np.where(is_open, loads, 0.0).tolist()])

    patient = {load: min_agents_a(load, law.work_s, law.patience_s, within_s, share)
               for load in {*plain.tolist(), *law.load.tolist()} if load > 0}  # fmt: skip
    lagged = each(law.load, lambda load: patient[load])
    return {
        "Erlang C": each(plain, lambda load: min_agents_c(load, law.work_s, within_s, share)),
        "Erlang A": each(plain, lambda load: patient[load]),
        "MtGinf Erlang A": lagged,
        "ISA": _iterated(bed, surrogate, lagged),
    }


def _iterated(bed: CallBed, surrogate: VoiceSurrogate, start: FloatArray) -> FloatArray:
    """Return positions corrected by simulation until every interval answers the promised share on average."""
    target = bed.scenario.targets[0]
    types = columns_of(bed.scenario, target)
    days = bed.draw(_ISA_DAYS, seed=1, purpose="isa")
    positions = start.copy()
    for _ in range(_ISA_ROUNDS):
        staff = staff_from_positions(Requirement(bed.scenario.horizon, bed.columns.groups, positions[:, None]))
        counts = days.calls.play(staff, np.zeros((len(days.calls), len(staff)), dtype=np.bool_))
        offered, in_time = (np.tensordot(days.weight, counts[:, :, types, column].sum(axis=2), 1) for column in (0, 1))
        for interval in np.flatnonzero(offered > 0).tolist():
            share = min(float(in_time[interval] / offered[interval]), _SERVED_AT_ONCE)
            moved = surrogate.servers(interval, target.day_share) - surrogate.servers(interval, share)
            positions[interval] = max(1.0, np.ceil(positions[interval] + moved - 0.5))
    return positions


def _cover(bed: CallBed, need: FloatArray, scale: float) -> IntArray:
    """Return counts that cover a requirement at least cost."""
    horizon = bed.scenario.horizon
    present = np.array([1.0 - bed.scenario.absence_at(number * horizon.interval_us) for number in range(len(need))])
    least = np.ceil(need * scale / present - 1e-9)[:, None]
    counts = solve_plan(PlanProblem(bed.columns, (), (), least_people=least), _LIMITS).counts
    if counts is None:
        raise RuntimeError("shifts without a bound on people cover everything")
    return counts


def _scaled(day: LoopDay, bed: CallBed, need: FloatArray) -> tuple[float, _Judged]:
    """Return the smallest multiplier whose roster is proven, found on training days, and what the proof said."""
    days: StoredDays = bed.draw(_TRAINING, seed=1, purpose="table")
    aim = aim_of(day.scenario, day.forecast, LoopSettings())
    low, high = _LOW, _HIGH
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        passes = judge(bed.scenario, bed.play(_cover(bed, need, middle), days), aim).passes
        low, high = (low, middle) if passes else (middle, high)
    scale, judged = high, _judged(bed, _cover(bed, need, high))
    while not judged.proven and scale < _HIGH:
        scale += _STEP
        judged = _judged(bed, _cover(bed, need, scale))
    return scale, judged


def _judged(bed: CallBed, counts: IntArray) -> _Judged:
    """Return what the proof's days say of counts."""

    def play(first: int, days: int) -> FreshDays:
        seen = bed.prove(counts, first=first, days=days, strata=SCHEDULE.strata, seed=1, purpose=SCHEDULE.purpose(1))
        return FreshDays(bed.scenario, seen)

    verdict, _ = prove_on(bed.scenario, play, schedule=SCHEDULE, attempt=1, fingerprint="")
    said = verdict.statements[0]
    cost = float(bed.columns.cost @ counts)
    return _Judged(cost, int(counts.sum()), said.share_of_days, said.bound, said.worst_hour_share, verdict.publishable)


def _told(judged: _Judged) -> str:
    mark = "proven" if judged.proven else "fails"
    return (f"{judged.cost:9.1f} {judged.people:5d} P {judged.share:.4f} {judged.bound:.4f} "
            f"hour {judged.hour:.3f} {mark}")  # fmt: skip


PART = LoopTable()
