"""Take out of a trained roster what the training days do not need: single people dropped or swapped for cheaper shifts.

The surrogate ranks the moves by what they save and what the critical days would lose; the simulation decides. A move
changes little, so only days near their threshold are played again.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.judge import day_margin, judge
from scheduler.loop.problem import PlanProblem
from scheduler.loop.rounding import Standing, standing_of
from scheduler.loop.steps import Round, Surrogate

STAGE = "prune"
_COLUMNS = 400
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class PruneSettings:
    """How long to prune.

    Parameters
    ----------
    tries
        Moves simulated at most.
    failures
        Stop after so many in a row that do not pass.
    band
        Days whose margin is at most so large are played again at every try.
    spare
        Moves are tried that the surrogate expects to cost at most so much of the day's share beyond what is to spare.
    """

    tries: int = 60
    failures: int = 20
    band: float = 0.015
    spare: float = 0.002


def prune(
    bed: Bed[Any],
    surrogate: Surrogate,
    days: Any,
    start: Round,
    settings: PruneSettings,
    *,
    progress: Progress = silent,
) -> Round:
    """Return the cheapest round found from ``start``, which passes on ``days``; ``start`` itself where nothing can go.

    Parameters
    ----------
    start
        A round on these very days.
    """
    best, tries, failures = start, 0, 0
    tabu: set[tuple[int, int]] = set()
    while tries < settings.tries and failures < settings.failures and best.judgement.passes:
        moves = _moves(surrogate.after(best), best, settings, tabu)
        margins = day_margin(bed.scenario, best.seen)
        open_days = np.flatnonzero(np.abs(margins) <= settings.band)
        found = None
        for move in moves:
            if tries >= settings.tries or failures >= settings.failures:
                break
            progress(STAGE, tries, settings.tries)
            tries += 1
            found = _tried(bed, days, best, move, margins, open_days)
            if found is not None:
                break
            failures += 1
            tabu.add(move)
        if found is None:
            break
        best, failures = found, 0
    progress(STAGE, settings.tries, settings.tries)
    return best


def _tried(
    bed: Bed[Any], days: Any, best: Round, move: tuple[int, int], margins: FloatArray, open_days: IntArray
) -> Round | None:
    """Return the round after a move if it still passes: first on the days that may change, then on all of them."""
    counts = best.counts.copy()
    counts[move[0]] -= 1
    if move[1] >= 0:
        counts[move[1]] += 1
    again = margins.copy()
    again[open_days] = day_margin(bed.scenario, bed.play(counts, days, open_days))
    if float(best.seen.weight @ (again >= 0.0)) < best.aim:
        return None
    seen = bed.play(counts, days)
    judgement = judge(bed.scenario, seen, best.aim)
    if judgement.share_of_days < best.aim or min(judgement.hour_margin, judgement.abandoned_margin) < 0.0:
        return None
    judgement = replace(judgement, margin=max(judgement.margin, 0.0))
    return replace(best, counts=counts, cost=float(bed.columns.cost @ counts), seen=seen, judgement=judgement)


def _moves(
    problem: PlanProblem, best: Round, settings: PruneSettings, tabu: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return moves (column out, column in or -1) that save money, the best expected first."""
    standing = standing_of(problem, best.counts)
    used = np.flatnonzero(best.counts)
    cost = problem.columns.cost
    tried = _worth_trying(standing, cost)
    loss = standing.takes[0][used][:, None] - np.concatenate([[0.0], standing.brings[0][tried]])[None, :]
    saved = cost[used][:, None] - np.concatenate([[0.0], cost[tried]])[None, :]
    offered = float(best.seen.offered.sum(axis=(1, 2)).max())
    allowed = (max(best.judgement.margin, 0.0) + settings.spare) * offered
    expected = np.where((saved > _WHOLE) & (loss <= allowed), loss / np.maximum(saved, _WHOLE), np.inf)
    order = np.argsort(expected, axis=None, kind="stable")[: 4 * settings.tries]
    moves = []
    for flat in order.tolist():
        out, into = divmod(flat, expected.shape[1])
        move = (int(used[out]), int(tried[into - 1]) if into else -1)
        if np.isfinite(expected[out, into]) and move not in tabu:
            moves.append(move)
    return moves


def _worth_trying(standing: Standing, cost: FloatArray) -> IntArray:
    """Return the columns that bring most to the day for their cost."""
    return np.sort(np.argsort(-standing.brings[0] / cost, kind="stable")[:_COLUMNS])
