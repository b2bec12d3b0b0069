"""Whole teams through the general engine: first legal roster, cost, bound, repeatability, and one rival programme."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.team_files import TeamFile, read_team, scorer, with_absence
from scenarios.checks import IntArray
from scheduler.lines import Found, SearchBudget, search
from scheduler.lines.bound import lower_bound
from scheduler.lines.exact import Effort, solve_whole
from scheduler.lines.flat import flatten
from scheduler.lines.search import first_lines
from scheduler.replanning import repair, replan

SIZES = {20: 60.0, 50: 60.0, 200: 60.0, 1000: 120.0, 2000: 120.0}
"""People, and CPU seconds of the search."""
BOUND_PASSES = {20: 3000, 50: 2000, 200: 600, 1000: 200, 2000: 150}
"""Passes of the bound that is reported."""
START_PASSES = 60
"""Passes of the search's own relaxation, from which it begins."""
SHARE_OF_BUDGET = 0.85
"""Of the CPU seconds that the draws may take; the rest pays for a slower machine."""
PROBE_LINES = 6_000
WALL_S = 1_800.0
RIVAL_WALL_S = 30.0
RIVAL_SIZES = (20, 50)
SEED = 1
ABSENT, ABSENT_DATES, WINDOW, MOST_CELLS = 8, range(10, 13), range(10, 17), 16
REPAIRED = 200
"""The team whose best roster is repaired."""
REPEATED = SearchBudget(bound_passes=10, polish_lines=4_000, chains=2)
"""What is run twice, on one processor and on two."""


class Teams:
    """The frozen teams."""

    name, room = "team", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "team_violations": (0, 0),
        "team_hashes": (1, 1),
        "repair_cells": (0, MOST_CELLS),
        "repair_share": (0.5, 1),
        **{f"gap_{size}": (0, 0.07) for size in SIZES if size >= 50},
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print a line per team and one per rival."""
        folder = reference / "data" / "rostering" / "frozen"
        score = scorer(folder).score
        figures: dict[str, float] = {}
        violations = 0
        _first_legal(folder / "team20.json")  # compile and load everything once
        report("  people  first legal  its cost   search   cost     bound     gap  under-covered")
        for size, cpu_s in SIZES.items():
            path = folder / f"team{size}.json"
            first_s, team, lines = _first_legal(path)
            first = score(team.raw, team.written(lines))
            found, used_s = _searched(team, cpu_s)
            relaxed = lower_bound(flatten(team.problem), BOUND_PASSES[size])
            bound = max(found.bound, relaxed.value)
            judged = score(team.raw, team.written(_lines(found)))
            violations += first["violations"] + judged["violations"]
            gap = (judged["total"] - bound) / judged["total"]
            under = judged["counts"]["under_hours"]
            report(
                f"  {size:6d} {first_s:10.2f} s {first['total']:9.0f} {used_s:6.1f} s {judged['total']:7.0f}"
                f" {bound:9.1f} {gap:7.2%} {under:9.1f} h"
            )
            figures |= {
                f"first_legal_s_{size}": first_s, f"team_cost_{size}": judged["total"], f"gap_{size}": gap,
                f"team_bound_{size}": bound, f"under_hours_{size}": under, f"team_cpu_s_{size}": used_s,
            }  # fmt: skip
            if size in RIVAL_SIZES:
                figures |= _rival(team, size, score, report)
            if size == REPAIRED:
                figures |= _repaired(team, _lines(found), score, report)
        figures["team_violations"] = violations
        figures["team_hashes"] = _hashes(read_team(folder / "team50.json"))
        return figures


def _lines(found: Found) -> IntArray:
    if found.lines is None:
        raise RuntimeError(f"people {found.hopeless} have no line")
    return found.lines


def _first_legal(path: Path) -> tuple[float, TeamFile, IntArray]:
    """Return the wall seconds from the file to a legal roster, and both."""
    begin = time.perf_counter()
    team = read_team(path)
    lines = first_lines(team.problem, SEED)
    return time.perf_counter() - begin, team, lines


def _searched(team: TeamFile, cpu_s: float) -> tuple[Found, float]:
    """Return what a search of so many CPU seconds finds, and the seconds it took: everything but reading the file.

    The number of draws is set beforehand from what a few cost on this machine.
    """
    plain = SearchBudget(bound_passes=START_PASSES, polish_lines=0, wall_s=WALL_S)
    fixed_s = _cpu_of(team, plain)
    line_s = (_cpu_of(team, replace(plain, polish_lines=PROBE_LINES)) - fixed_s) / PROBE_LINES
    lines = int(SHARE_OF_BUDGET * (cpu_s - fixed_s) / line_s)
    begin = time.process_time()
    found = search(team.problem, budget=replace(plain, polish_lines=lines), seed=SEED)
    return found, time.process_time() - begin


def _cpu_of(team: TeamFile, budget: SearchBudget) -> float:
    begin = time.process_time()
    search(team.problem, budget=budget, seed=SEED)
    return time.process_time() - begin


def _rival(
    team: TeamFile, size: int, score: Callable[..., Mapping[str, float]], report: Callable[[str], None]
) -> dict[str, float]:
    """Return what one constraint programme of the whole team finds, on two processors."""
    lines, bound = solve_whole(team.problem, Effort(wall_s=RIVAL_WALL_S, workers=2))
    if lines is None:
        report(f"  {size:6d} one constraint programme, 2 workers, {RIVAL_WALL_S:.0f} s: no roster, bound {bound:.0f}")
        return {}
    total = score(team.raw, team.written(lines))["total"]
    report(f"  {size:6d} one constraint programme, 2 workers, {RIVAL_WALL_S:.0f} s: {total:.0f}, bound {bound:.0f}")
    return {f"team_monolith_cost_{size}": total}


def _repaired(
    team: TeamFile, lines: IntArray, score: Callable[..., Mapping[str, float]], report: Callable[[str], None]
) -> dict[str, float]:
    """Return what a repair after absences wins back of what planning the window anew would."""
    who = np.random.default_rng(SEED).choice(len(lines), ABSENT, replace=False)
    now = with_absence(team, lines, who.tolist(), ABSENT_DATES)
    absent = np.zeros(lines.shape, dtype=np.bool_)
    absent[who, ABSENT_DATES.start : ABSENT_DATES.stop] = True
    begin = time.perf_counter()
    mended = repair(now.problem, lines, absent=absent, window=WINDOW, most_cells=MOST_CELLS, seed=SEED)
    seconds = time.perf_counter() - begin
    anew = replan(now.problem, lines, absent=absent, window=WINDOW, seed=SEED)
    judged, free = (score(now.raw, now.written(each)) for each in (mended.lines, anew))
    share = (mended.unrepaired - judged["total"]) / (mended.unrepaired - free["total"])
    report(
        f"  {ABSENT} absent: {mended.unrepaired:.0f} unrepaired, {judged['total']:.0f} with {mended.cells} cells of"
        f" others changed in {seconds:.1f} s, {free['total']:.0f} planned anew; {judged['violations']} violations"
    )
    report("  cells changed: cost  " + "  ".join(f"{trade.cells}: {trade.cost:.0f}" for trade in mended.curve))
    return {
        "repair_s": seconds, "repair_cells": mended.cells, "repair_share": share,
        "repair_violations": judged["violations"],
    }  # fmt: skip


def _hashes(team: TeamFile) -> float:
    """Return how many different rosters the same search gives, twice on one processor and once on two."""
    found = [search(team.problem, budget=REPEATED, seed=SEED, workers=workers) for workers in (1, 1, 2)]
    return float(len({hashlib.sha256(np.ascontiguousarray(_lines(each)).tobytes()).hexdigest() for each in found}))


PART = Teams()
