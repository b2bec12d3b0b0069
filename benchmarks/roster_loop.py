"""The closed loop on the days of one type of call: cost of the proven roster, and its price in naive days.

A naive day is one day of the same roster in plain SimPy, a process per contact, timed in the same run; the price of a
loop is the CPU seconds of all of it, the proof included, over those of one naive day.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.loop_days import LoopDay, naive_day_cpu_s, voice_bed, voice_day, warm_up
from scheduler.loop.closing import SCHEDULE, LoopOutcome, LoopSettings, close_loop
from scheduler.proof import Look, ProofSchedule

SEEDS = (1, 2, 3)
ONE_LOOK = ProofSchedule((Look(2000, 1.0),), (1.0,))
DAYS = {"flash20": SCHEDULE, "flash150": SCHEDULE, "flash1000": ONE_LOOK}


class Loop:
    """Cost and price of the loop on calls."""

    name = "loop"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Close the loop on three days, three seeds each."""
        figures: dict[str, float] = {}
        warm_up(voice_day(reference, "flash20"))
        report(f"{'day':<11}{'seed':>5}{'cost':>9}{'people':>8}{'P':>8}{'bound':>8}{'days':>7}{'hour':>7}"
               f"{'CPU-s':>8}{'naive days':>12}")  # fmt: skip
        for name, schedule in DAYS.items():
            day = voice_day(reference, name)
            rows = [self._seed(day, schedule, seed, report) for seed in SEEDS]
            for place, figure in enumerate(("cost", "naive_days", "unproven")):
                figures[f"loop_{name}_{figure}"] = statistics.median(row[place] for row in rows)
            figures[f"loop_{name}_unproven"] = float(sum(row[2] for row in rows))
        return figures

    @staticmethod
    def _seed(
        day: LoopDay, schedule: ProofSchedule, seed: int, report: Callable[[str], None]
    ) -> tuple[float, float, float]:
        start = time.process_time()
        bed, surrogate = voice_bed(day)
        outcome = close_loop(bed, surrogate, seed=seed, settings=LoopSettings(schedule=schedule))
        cpu_s = time.process_time() - start
        naive_days = cpu_s / naive_of(day, outcome)
        report(f"{day.scenario.name:<11}{seed:>5}" + told(outcome) + f"{cpu_s:>8.1f}{naive_days:>12.0f}")
        return round(outcome.cost, 6), naive_days, float(not outcome.proven)


def naive_of(day: LoopDay, outcome: LoopOutcome) -> float:
    """Return the CPU seconds of a naive day with the roster of a loop."""
    if outcome.counts is None:
        raise RuntimeError("the loop found no roster")
    return naive_day_cpu_s(day, outcome.columns, outcome.counts)


def told(outcome: LoopOutcome) -> str:
    """Return what a loop has found, as cells of the table."""
    if outcome.verdict is None or outcome.counts is None:
        return f"{'no roster':>47}"
    said = outcome.verdict.statements[0]
    mark = "" if outcome.proven else " NOT PROVEN"
    return (
        f"{outcome.cost:>9.1f}{outcome.counts.sum():>8}{said.share_of_days:>8.4f}{said.bound:>8.4f}"
        f"{said.days_simulated:>7}{said.worst_hour_share:>7.3f}{mark}"
    )


PART = Loop()
