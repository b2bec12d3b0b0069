"""Work content against plain means, on made-up histories of known truth: no public file has handling times.

Each bed is forecast for 28 days at a time from rolling origins, its promotions known as a calendar. Figures are ratios
to the mean of the last eight weeks: of errors against what was measured, in which the luck of single contacts is the
larger part for every method, and against the truth. ``work_inside_80`` is how often the mean work of a day lay within
its 80 % range.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.work_beds import BEDS, ZONE, WorkBed, history_of, promotions
from forecasting import WORK_METHODS, backtest_work, work_content
from forecasting.events.timeline import epoch_us
from scenarios import check_history, measured, measured_work_s

DAYS, LEAD_DAYS, SEEDS = 300, 28, (11, 12)
ORIGINS = range(70, DAYS - LEAD_DAYS + 1, 20)
_NORMAL_80 = 1.2816


@dataclass(frozen=True, slots=True)
class WorkPart:
    """The benchmark of work content."""

    name: str = "work"
    room: str = "forecasting"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Backtest every bed; the reference folder is not read."""
        del reference
        report(
            f"{'bed':14} {'quantity':9} " + " ".join(f"{method:>16}" for method in WORK_METHODS) + "   over the truth"
        )
        ratios: dict[str, list[float]] = {"work_s": [], "rounds": []}
        true_ratios: dict[str, list[float]] = {"work_s": [], "rounds": []}
        workloads, inside = [], []
        for bed in BEDS:
            for quantity in ("work_s", "rounds") if bed.kind.messages else ("work_s",):
                tables = [_backtest(bed, seed) for seed in SEEDS]
                rows = [table[table["quantity"] == quantity].set_index("method") for table in tables]
                wapes = np.mean([row["wape"].reindex(WORK_METHODS) for row in rows], axis=0)
                told = [_against_truth(bed, seed, quantity) for seed in SEEDS]
                ours, mean = np.mean([pair[0] for pair in told]), np.mean([pair[1] for pair in told])
                report(f"{bed.name:14} {quantity:9} " + " ".join(f"{value:16.4f}" for value in wapes)
                       + f"   {ours:.4f} / {mean:.4f}")  # fmt: skip
                ratios[quantity].append(float(wapes[0] / wapes[1]))
                true_ratios[quantity].append(float(ours / mean))
                if quantity == "work_s":
                    loads = [row["workload_wape"] for row in rows]
                    workloads.append(np.mean([load["springtide"] / load["mean_of_8_weeks"] for load in loads]))
                    inside += [hit for pair in told for hit in pair[2]]
        return {
            "work_wape_ratio": float(np.mean(ratios["work_s"])),
            "rounds_wape_ratio": float(np.mean(ratios["rounds"])),
            "work_truth_ratio": float(np.mean(true_ratios["work_s"])),
            "work_truth_ratio_worst": max(true_ratios["work_s"]),
            "rounds_truth_ratio": float(np.mean(true_ratios["rounds"])),
            "workload_wape_ratio": float(np.mean(workloads)),
            "work_inside_80": float(np.mean(inside)),
        }


def _first_day(history: pd.DataFrame) -> int:
    first: date = history["interval_start"].iloc[0].date()
    return first.toordinal()


def _backtest(bed: WorkBed, seed: int) -> pd.DataFrame:
    history, _ = history_of(bed, DAYS, seed)
    first = _first_day(history)
    return backtest_work(
        history, (bed.kind,), zone=ZONE, past_promotions=promotions(DAYS), lead_days=LEAD_DAYS,
        origins=[date.fromordinal(first + day) for day in ORIGINS],
    ).table  # fmt: skip


def _against_truth(bed: WorkBed, seed: int, quantity: str) -> tuple[float, float, list[bool]]:
    """Return the WAPE against the truth of ours and of the mean of eight weeks, and which days were in their range."""
    history, truth = history_of(bed, DAYS, seed)
    history = check_history(history)
    day = np.arange(len(history)) // (len(history) // DAYS)
    contacts, true = history["offered"].to_numpy(), truth[quantity].to_numpy()
    start_us = np.array([epoch_us(start.to_pydatetime()) for start in history["interval_start"]])
    missed, inside = np.zeros(3), []
    for origin in ORIGINS:
        past, ahead = day < origin, (day >= origin) & (day < origin + LEAD_DAYS)
        content = work_content(
            history[past], bed.kind, start_us[ahead], zone=ZONE, past=promotions(DAYS), coming=promotions(DAYS)
        )
        weeks = past & (day >= origin - 56) & (contacts > 0)
        seen = measured_work_s(history, bed.kind) if quantity == "work_s" else measured(history, quantity)
        mean = np.average(seen[weeks], weights=contacts[weeks])
        said = content.work_s if quantity == "work_s" else content.rounds
        now, weight = true[ahead], contacts[ahead]
        missed += (weight * np.abs(said - now)).sum(), (weight * np.abs(mean - now)).sum(), (weight * now).sum()
        which = day[ahead] - origin
        expected, came = np.bincount(which, weight * said), np.bincount(which, weight * now)
        inside += (np.abs(came / expected - 1.0) <= _NORMAL_80 * content.work_cv[:: len(which) // LEAD_DAYS]).tolist()
    return float(missed[0] / missed[2]), float(missed[1] / missed[2]), inside


PART = WorkPart()
