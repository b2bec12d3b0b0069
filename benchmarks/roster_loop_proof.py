"""How often the proof is wrong: tries of the real schedule on days of a roster that just does not deserve it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.loop_days import voice_bed, voice_day
from scenarios.checks import BoolArray
from scheduler.loop.closing import SCHEDULE
from scheduler.loop.fresh import FreshDays
from scheduler.loop.plan import solve_plan
from sim import binomial_lower_bound

POOL, TRIES, PROMISED, CONFIDENCE = 20_000, 4000, 0.95, 0.95
_AIM = 0.97
_NEAR = 0.0005


class LoopProof:
    """Rate of wrong claims of the fixed schedule."""

    name = "loop_proof"
    room = "roster"
    expected: Mapping[str, tuple[float, float]] = {"loop_false_proofs": (0.0, 0.06)}

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Simulate a pool of days, set the promise so that 95 % of them keep it, and try to prove it."""
        day = voice_day(reference, "flash20")
        bed, surrogate = voice_bed(day)
        counts = solve_plan(surrogate.first(_AIM)).counts
        if counts is None:
            raise RuntimeError("the formula's rows can be kept")
        fresh = FreshDays(bed.scenario, bed.prove(counts, first=0, days=POOL, strata=POOL, seed=1, purpose="pool"))
        shares = fresh.day_share(bed.scenario.targets[0])[:, 0]
        met = shares > np.quantile(shares, 1.0 - PROMISED)
        if abs(float(met.mean()) - PROMISED) > _NEAR:
            raise RuntimeError(f"{met.mean()} of the days are met; expected {PROMISED} within {_NEAR}")
        rng = np.random.default_rng(1)
        wrong = sum(_proven(met[rng.integers(0, POOL, SCHEDULE.looks[-1].days)]) for _ in range(TRIES)) / TRIES
        report(f"{TRIES} tries at {met.mean():.4f}: wrongly proven {wrong:.4f} (a fair schedule: at most 0.05)")
        return {"loop_false_proofs": wrong}


def _proven(met: BoolArray) -> bool:
    """Return whether one of the looks at these days says that 95 % of all days keep the promise."""
    return any(
        binomial_lower_bound(
            int(met[: look.days].sum()), look.days, SCHEDULE.error_at(1, number, CONFIDENCE)
        ) >= PROMISED
        for number, look in enumerate(SCHEDULE.looks)
    )  # fmt: skip


PART = LoopProof()
