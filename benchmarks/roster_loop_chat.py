"""Chat message by message through the closed loop: the roster, what the router and the cap cost, what formulas cost.

Every roster is judged on fresh days by the targets of the day's own file. The loop's CPU seconds, proof included, are
told in naive days: one day of the same bed in plain SimPy, timed in the same run.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.loop_chat_days import chat_day, naive_chat_cpu_s
from benchmarks.loop_days import LoopDay
from scenarios import AgentChoice
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.columns import DayColumns, day_columns
from scheduler.loop.days import Seen
from scheduler.loop.group import close_group_loop
from scheduler.loop.group_bed import GroupBed
from scheduler.loop.measured import measured_shapes
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import PlanProblem
from scheduler.loop.routing_price import ChatRouting, PricedRouting, RoutingPrices
from sim import binomial_lower_bound, message_law, min_agents_c, people_for_messages

SEEDS = (1, 2, 3)
BEST = ChatRouting(AgentChoice.NOT_TYPING_FIRST, 8)
CAPS = (3, 5, 8)
PROOF_DAYS, ERROR = 2000, 0.05
_SIZING_DAYS, _SIZING_SHARE, _SIZING_STEPS = 400, 0.962, 7
"""A multiplier is sought on so many days, so that it passes its proof there with a little to spare."""
_MULTIPLIERS = (1.0, 2.4)


class LoopChat:
    """Costs of proven rosters of the chat day, and of formulas beside them."""

    name = "loop_chat"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print the tables."""
        day = chat_day(reference, "chat100")
        columns = day_columns(day.scenario)
        own = ChatRouting.of(day.scenario)
        _warm_up(day, columns)
        _head(report)
        runs = {routing: [_closed(day, routing, seed, report) for seed in SEEDS] for routing in (own, BEST)}
        first = runs[own][0].row
        naive_s = statistics.median(run.naive_s for run in runs[own])
        report(f"one naive SimPy day: {naive_s:.2f} CPU-s")
        others = [(ChatRouting(choice, cap)) for choice in (own.choice, BEST.choice) for cap in CAPS]
        rest = [_closed(day, routing, SEEDS[0], report).row for routing in others if routing not in runs]
        prices = RoutingPrices((first, runs[BEST][0].row, *rest))
        for line in prices.told("en"):
            report(line)
        figures = _formulas(day, columns, report)
        priced = zip((own, BEST, *(routing for routing in others if routing not in runs)), prices.rows, strict=True)
        figures |= {f"loop_chat100_{routing.choice}_{routing.cap}_cost": row.cost for routing, row in priced}
        return figures | {
            "loop_chat100_cost": statistics.median(run.row.cost for run in runs[own]),
            "loop_chat100_bound": min(run.row.bound for run in runs[own]),
            "loop_chat100_naive_days": statistics.median(run.naive_days for run in runs[own]),
            "loop_chat100_best_cost": statistics.median(run.row.cost for run in runs[BEST]),
            "loop_chat100_best_bound": min(run.row.bound for run in runs[BEST]),
            "loop_chat100_best_naive_days": statistics.median(run.naive_days for run in runs[BEST]),
            "loop_chat100_unproven": float(sum(not run.row.proven for some in runs.values() for run in some)),
            "loop_chat100_naive_day_s": naive_s,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A loop's row, the CPU seconds it took, and those of a naive day of its roster."""

    row: PricedRouting
    spent_s: float
    naive_s: float

    @property
    def naive_days(self) -> float:
        """What the loop took, in naive days."""
        return self.spent_s / self.naive_s


def _warm_up(day: LoopDay, columns: DayColumns) -> None:
    """Let everything be compiled before a clock starts."""
    someone = np.ones(len(columns), dtype=np.int64)
    GroupBed(day.scenario, day.forecast, columns).prove(someone, first=0, days=1, strata=1, seed=1, purpose="warm-up")
    measured_shapes(day.scenario, day.forecast, 1, 1)


def _head(report: Callable[[str], None]) -> None:
    report(f"chat100, rosters judged on {PROOF_DAYS} fresh days, error {ERROR}")
    report(
        f"{'roster':<60}{'cost':>9}{'people':>8}{'P':>7}{'bound':>7}{'worst h':>9}{'in 180 s':>10}"
        f"{'CPU-s':>8}{'naive':>7}"
    )


def _closed(day: LoopDay, routing: ChatRouting, seed: int, report: Callable[[str], None]) -> Run:
    """Return the loop's roster under a routing."""
    start = time.process_time()
    outcome = close_group_loop(routing.applied(day.scenario), day.forecast, seed=seed)
    spent_s = time.process_time() - start
    row = PricedRouting(routing, outcome)
    run = Run(row, spent_s, naive_chat_cpu_s(day, outcome.columns, _counts(row)))
    if outcome.days is None or outcome.verdict is None:
        raise RuntimeError("the loop ended without a proof")
    share = outcome.days.seen.reply_share
    if share < day.file["targets"]["reply_share_mean"]:
        raise RuntimeError(f"replies within 180 s are {share:.3f} of all; the day's file asks for more")
    worst = outcome.verdict.statements[0].worst_hour_share
    name = f"loop, seed {seed}: {routing.told('en')}"
    report(f"{name:<60}{row.cost:>9.1f}{row.people:>8}{row.share_of_days:>7.3f}{row.bound:>7.3f}{worst:>9.3f}"
           f"{share:>10.3f}{spent_s:>8.1f}{run.naive_days:>7.0f}{'' if row.proven else '  NOT PROVEN'}")  # fmt: skip
    return run


def _counts(row: PricedRouting) -> IntArray:
    if row.outcome.counts is None:
        raise RuntimeError("the loop found no roster")
    return row.outcome.counts


def _formulas(day: LoopDay, columns: DayColumns, report: Callable[[str], None]) -> dict[str, float]:
    """Print what the formulas' rosters cost and keep, and the least multiplier of one of them that passes."""
    bed = GroupBed(day.scenario, day.forecast, columns)
    figures = {}
    for name, need in _needs(day).items():
        counts = _covered(columns, need)
        cost, share = _judged(name, bed, counts, report)
        figures[f"loop_chat100_{name.split(',')[0].replace(' ', '_').replace('/_', '')}_share_of_days"] = share
        del cost
    need = _needs(day)["Erlang C / 5, handle time"]
    days = _fresh(bed, "sizing", _SIZING_DAYS)
    low, high = _MULTIPLIERS
    for _ in range(_SIZING_STEPS):
        middle = (low + high) / 2
        passes = _share(day, days(_covered(columns, middle * need))) >= _SIZING_SHARE
        low, high = (low, middle) if passes else (middle, high)
    cost, _ = _judged(f"Erlang C / 5, x {high:.3f}", bed, _covered(columns, high * need), report)
    return figures | {"loop_chat100_multiplier": high, "loop_chat100_multiplier_cost": cost}


def _needs(day: LoopDay) -> dict[str, FloatArray]:
    """Return by formula the people asked for in each interval, net of absence."""
    target, kind = day.scenario.targets[0], day.scenario.contact_types[0]
    if kind.messages is None:
        raise RuntimeError("the chat day is played by messages")
    law = message_law(kind.messages, target.answer_within_s)
    rates = day.forecast.expected[:, 0] / (60.0 * day.scenario.horizon.interval_min)
    present = 1.0 - day.scenario.absence_share

    def erlang(factor: float) -> FloatArray:
        handle_s = law.holding_s / factor
        return np.array([
            min_agents_c(rate * handle_s, handle_s, target.answer_within_s, target.day_share) if rate else 0
            for rate in rates
        ])  # fmt: skip

    cap = day.scenario.groups[0].chat_cap
    sessions = np.array([people_for_messages(law, rate, target.day_share, cap) or 0.0 for rate in rates])
    return {
        "Erlang C / 5, handle time": erlang(5.0) / present,
        "Erlang C / 3.5, handle time": erlang(3.5) / present,
        "Sessions per agent": sessions / present,
    }


def _covered(columns: DayColumns, need: FloatArray) -> IntArray:
    problem = PlanProblem(columns, (), (), least_people=np.ceil(need - 1e-9)[:, None])
    counts = solve_plan(problem, PlanLimits()).counts
    if counts is None:
        raise RuntimeError("the shifts cannot cover what a formula asks for")
    return counts


def _fresh(bed: GroupBed, purpose: str, days: int) -> Callable[[IntArray], Seen]:
    return lambda counts: bed.prove(counts, first=0, days=days, strata=days, seed=SEEDS[0], purpose=purpose)


def _share(day: LoopDay, seen: Seen) -> float:
    return float((seen.day_share([0]) >= day.scenario.targets[0].day_share).mean())


def _judged(name: str, bed: GroupBed, counts: IntArray, report: Callable[[str], None]) -> tuple[float, float]:
    """Print a row; return its cost and its share of days."""
    seen = _fresh(bed, "formulas", PROOF_DAYS)(counts)
    target = bed.scenario.targets[0]
    kept = int((seen.day_share([0]) >= target.day_share).sum())
    cost = float(bed.columns.cost @ counts)
    hours = seen.in_time.sum(axis=(0, 2)).reshape(-1, 4).sum(axis=1) / np.maximum(
        1, seen.offered.sum(axis=(0, 2)).reshape(-1, 4).sum(axis=1)
    )
    worst = float(hours[hours > 0].min())
    report(f"{name:<60}{cost:>9.1f}{int(counts.sum()):>8}{kept / PROOF_DAYS:>7.3f}"
           f"{binomial_lower_bound(kept, PROOF_DAYS, ERROR):>7.3f}{worst:>9.3f}{seen.reply_share:>10.3f}")  # fmt: skip
    return cost, kept / PROOF_DAYS


PART = LoopChat()
"""The part of the bench."""
