"""Nurse rostering of Curtois and Qu, up to 40 people: gap to the best known roster, bound, and one rival programme."""

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.curtois_races import race

WALLS_S = dict.fromkeys((1, 2, 3, 4, 5, 6, 10), 60.0) | {8: 300.0}
"""Two-core wall time of each instance."""
RIVALS_S: Mapping[int, float] = {2: 20.0, 5: 30.0, 8: 60.0}
MOST = {1: 0.01, 2: 0.01, 3: 0.01, 4: 0.01, 5: 0.02, 6: 0.01, 8: 0.1, 10: 0.01}


class Curtois:
    """The instances in ``data/rostering/curtois``."""

    name, room = "curtois", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "curtois_violations": (0, 0),
        **{f"curtois_gap_{number}": (-1.0, most) for number, most in MOST.items()},
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print a line per instance and one per rival."""
        figures = race(reference / "data" / "rostering" / "curtois", WALLS_S, RIVALS_S, report)
        figures["curtois_violations"] = figures.pop("violations")
        return figures


PART = Curtois()
