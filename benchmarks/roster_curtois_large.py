"""Nurse rostering of Curtois and Qu, 50 people and more or six weeks and more."""

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.curtois_races import race

WALLS_S = dict.fromkeys((12, 14, 16, 18), 300.0)
"""Two-core wall time of each instance."""
RIVALS_S: Mapping[int, float] = {}
MOST = {12: 0.015}


class CurtoisLarge:
    """The instances in ``data/rostering/curtois``."""

    name, room = "curtois_large", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "curtois_large_violations": (0, 0),
        **{f"curtois_gap_{number}": (-1.0, most) for number, most in MOST.items()},
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print a line per instance and one per rival."""
        figures = race(reference / "data" / "rostering" / "curtois", WALLS_S, RIVALS_S, report)
        figures["curtois_large_violations"] = figures.pop("violations")
        return figures


PART = CurtoisLarge()
