"""Races on the instances of Curtois and Qu, shared by the parts ``curtois`` and ``curtois_large``."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.public_curtois import read_curtois
from scheduler.lines import Problem, score
from scheduler.lines.exact import Effort, solve_whole
from scheduler.lines.solve import SolveBudget, solve

BEST_KNOWN = {
    1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 8: 1300, 10: 4631, 12: 4040, 14: 1278, 16: 3225, 18: 4459
}  # fmt: skip
"""Cost of the best roster anybody has published (Curtois and Qu 2014, and later work)."""
SEED = 1
PROCESSES = 2
SPARE_S = 1.0
"""Of the wall time, left for the last step to end."""


@dataclass(frozen=True, slots=True)
class CurtoisPart:
    """Some of the instances in ``data/rostering/curtois``.

    Parameters
    ----------
    walls_s, rivals_s
        Two-core wall time of each instance, and of the rival where it has one.
    most
        Largest gap to the best known roster that is expected.
    """

    name: str
    walls_s: Mapping[int, float]
    rivals_s: Mapping[int, float]
    most: Mapping[int, float]
    room: str = "roster"

    @property
    def expected(self) -> Mapping[str, tuple[float, float]]:
        """What the figures must be, least and most."""
        gaps = {f"curtois_gap_{number}": (-1.0, most) for number, most in self.most.items()}
        return {f"{self.name}_violations": (0.0, 0.0)} | gaps

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print a line per instance and one per rival."""
        figures = race(reference / "data" / "rostering" / "curtois", self.walls_s, self.rivals_s, report)
        figures[f"{self.name}_violations"] = figures.pop("violations")
        return figures


def race(
    folder: Path, walls: Mapping[int, float], rivals: Mapping[int, float], report: Callable[[str], None]
) -> dict[str, float]:
    """Return gaps, bounds and hard violations of the instances that are in ``folder``, by wall time each may take."""
    figures: dict[str, float] = {}
    report("  instance    wall   cost  best known      gap    bound   gap to bound")
    violations = 0
    for number, wall_s in walls.items():
        path = folder / f"Instance{number}.txt"
        if not path.is_file():
            continue
        problem = read_curtois(path)
        best = BEST_KNOWN[number]
        begun = time.perf_counter()
        budget = SolveBudget(work_s=4 * wall_s, wall_s=wall_s - SPARE_S)
        found = solve(problem, budget=budget, seed=SEED, processes=PROCESSES)
        used_s = time.perf_counter() - begun
        if found.lines is None:
            raise RuntimeError(f"{path.name}: somebody has no legal line")
        judged = score(problem, found.lines)
        violations += len(judged.faults)
        gap, own = judged.total / best - 1, (judged.total - found.bound) / judged.total
        report(f"  {number:8d} {used_s:6.1f}s {judged.total:6.0f} {best:11d} {gap:8.2%} {found.bound:8.0f} {own:14.2%}")
        figures |= {
            f"curtois_gap_{number}": gap, f"curtois_bound_gap_{number}": own, f"curtois_wall_s_{number}": used_s
        }  # fmt: skip
        if number in rivals:
            figures |= _rival(problem, number, rivals[number], report)
    figures["violations"] = violations
    return figures


def _rival(problem: Problem, number: int, wall_s: float, report: Callable[[str], None]) -> dict[str, float]:
    """Return the gap of one constraint programme of the whole team, on two processors."""
    lines, bound = solve_whole(problem, Effort(wall_s=wall_s, workers=2))
    name = f"  {number:8d} {wall_s:6.1f}s one constraint programme, 2 workers:"
    if lines is None:
        report(f"{name} no roster, bound {bound:.0f}")
        return {}
    judged = score(problem, lines)
    if judged.faults:
        raise RuntimeError(f"instance {number}: rows and checker disagree on {judged.faults[0]}")
    gap = judged.total / BEST_KNOWN[number] - 1
    report(f"{name} {judged.total:.0f}, gap {gap:.2%}, bound {bound:.0f}")
    return {f"curtois_monolith_gap_{number}": gap}
