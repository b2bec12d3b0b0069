"""What the target costs on a real roster, each point proven; and what is short where no roster can."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.loop_days import voice_bed, voice_day, warm_up
from benchmarks.roster_loop import naive_of, told
from scheduler.loop.closing import close_loop, day_factor_of
from scheduler.loop.price import knee_of, price_curve
from scheduler.loop.shortfall import shortfall_of

SHARES = (0.80, 0.85, 0.90, 0.95)
PEOPLE_MAX = 110
_MIN_PER_H = 60


class LoopPrice:
    """Price curve and the impossible day."""

    name = "loop_price"
    room = "roster"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Prove four points, then ask 110 people for what they cannot do."""
        day = voice_day(reference, "flash150")
        warm_up(voice_day(reference, "flash20"))
        start = time.process_time()
        points = price_curve(
            day.scenario, lambda scenario: close_loop(*voice_bed(replace(day, scenario=scenario)), seed=1), SHARES
        )
        curve_s = time.process_time() - start
        for point in points:
            report(f"day share {point.day_share:.2f}" + told(point.outcome))
        knee = knee_of(points)
        report("no knee" if knee is None else f"knee at {knee.day_share:.2f}")
        naive_s = naive_of(day, points[2].outcome)
        start = time.process_time()
        bed, surrogate = voice_bed(day)
        short = shortfall_of(
            bed, surrogate, PEOPLE_MAX, day_factor_of(day.forecast)(day.scenario.targets[0].share_of_days), seed=1
        )
        short_s = time.process_time() - start
        report(f"{PEOPLE_MAX} people: at most {short.share_most:.3f} of the decisive day in time")
        for hour in short.hours:
            report(f"{hour.start_min // _MIN_PER_H:02d}:00 share {hour.share:.3f} late {hour.contacts_late:7.1f} "
                   f"people short {hour.people_short:4d}")  # fmt: skip
        figures = {
            "loop_price_curve_naive_days": curve_s / naive_s,
            "loop_price_curve_unproven": float(sum(not point.outcome.proven for point in points)),
            "loop_price_knee": np.nan if knee is None else knee.day_share,
            "loop_impossible_naive_days": short_s / naive_s,
            "loop_impossible_share_most": short.share_most,
        }
        return figures | {f"loop_price_{point.day_share:.2f}_cost": point.outcome.cost for point in points}


PART = LoopPrice()
