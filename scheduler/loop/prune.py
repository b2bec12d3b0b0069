"""Polish a trained roster by single people: swapped, dropped or added, ranked by the surrogate, decided by simulation.

A move changes little, so only days near their threshold are played again. First come moves that gain at the price of
service (what one more contact in time costs at the margin), whether or not the promise is kept; then the promise is
met as cheaply as single moves can, and what it does not need is taken out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.days import Seen
from scheduler.loop.judge import day_margin, judge
from scheduler.loop.rounding import standing_of
from scheduler.loop.steps import Round, Surrogate

STAGE = "prune"
_COLUMNS = 400
_WHOLE = 1e-6
_OPEN_LEAST = 30
_FAR = 0.01  # moves at the price of service may leave the promise behind by so much of the day's share
Move = tuple[int, int]
"""Columns of which one person less and one person more work, -1 for none."""


@dataclass(frozen=True, slots=True)
class PruneSettings:
    """How long to polish.

    Parameters
    ----------
    contacts
        Contacts simulated at most, about.
    failures
        Stop a phase after so many moves in a row that do not help.
    band
        Days whose margin is at most so large are played again at every try.
    """

    contacts: int = 60_000_000
    failures: int = 25
    band: float = 0.015


def prune(
    bed: Bed[Any],
    surrogate: Surrogate,
    days: Any,
    start: Round,
    settings: PruneSettings,
    *,
    progress: Progress = silent,
) -> Round:
    """Return the cheapest round found from ``start`` that passes on ``days``; the nearest where none does.

    Parameters
    ----------
    start
        A round on these very days.
    """
    work = _Work(bed, surrogate, days, settings, progress)
    return work.cheapest(work.descend(start))


class _Work:
    """Tries moves on one set of days, within a budget."""

    def __init__(
        self, bed: Bed[Any], surrogate: Surrogate, days: Any, settings: PruneSettings, progress: Progress
    ) -> None:
        self._bed, self._surrogate, self._days = bed, surrogate, days
        self._settings, self._progress = settings, progress
        self._left = settings.contacts

    def descend(self, start: Round) -> Round:
        """Return the round that single moves lead to which lower cost less the worth of the day's margin."""
        price = self._ranking(start).price

        def helps(before: Round, after: Round) -> bool:
            gain = (after.judgement.margin - before.judgement.margin) * price - (after.cost - before.cost)
            kept = after.judgement.hour_margin >= 0.0 and after.judgement.margin > -_FAR
            return kept and gain > _WHOLE * price

        return self._walk(start, lambda ranking: ranking.by_price(), helps)

    def cheapest(self, start: Round) -> Round:
        """Return the cheapest round that passes: the promise met by what costs least, then without what can go."""

        def nearer(before: Round, after: Round) -> bool:
            return after.judgement.margin > before.judgement.margin

        def cheaper(before: Round, after: Round) -> bool:
            return after.judgement.passes and after.cost < before.cost

        met = start
        while not met.judgement.passes and self._left > 0:
            further = self._step(met, self._ranking(met).raising(), nearer, set())
            if further is None:
                return met
            met = further
        cheap = self._walk(met, lambda ranking: ranking.saving(), cheaper)
        return cheap if cheap.judgement.passes or not met.judgement.passes else met

    def _walk(
        self, start: Round, moves: "Callable[[_Ranking], list[Move]]", helps: Callable[[Round, Round], bool]
    ) -> Round:
        best = start
        tabu: set[Move] = set()
        while self._left > 0:
            further = self._step(best, moves(self._ranking(best)), helps, tabu)
            if further is None:
                break
            best = further
        return best if best is start else self._whole(best)

    def _whole(self, best: Round) -> Round:
        """Return the round with all days played again: those far from their threshold have moved a little, too."""
        seen = self._bed.play(best.counts, self._days)
        return replace(best, seen=seen, judgement=judge(self._bed.scenario, seen, best.aim))

    def _step(
        self, best: Round, moves: list[Move], helps: Callable[[Round, Round], bool], tabu: set[Move]
    ) -> Round | None:
        """Return the round after the first move that helps; ``None`` where none of the likeliest does."""
        failures = 0
        open_days = self._open_days(best)
        for move in moves:
            if failures >= self._settings.failures or self._left <= 0:
                return None
            if move in tabu:
                continue
            self._progress(STAGE, self._settings.contacts - self._left, self._settings.contacts)
            after = self._after(best, move, open_days)
            if helps(best, after):
                return after
            failures += 1
            tabu.add(move)
        return None

    def _open_days(self, best: Round) -> IntArray:
        """Return the days whose verdict a move may change: those within the band, and some at least."""
        away = np.abs(day_margin(self._bed.scenario, best.seen))
        least = np.sort(away)[min(_OPEN_LEAST, len(away)) - 1]
        return np.flatnonzero(away <= max(self._settings.band, float(least)))

    def _after(self, best: Round, move: Move, open_days: IntArray) -> Round:
        """Return the round after a move, its open days played again and the others as they were."""
        counts = best.counts.copy()
        for column, change in zip(move, (-1, 1), strict=True):
            if column >= 0:
                counts[column] += change
        again = self._bed.play(counts, self._days, open_days)
        self._left -= int(again.offered.sum())
        seen = _replaced(best.seen, open_days, again)
        judgement = judge(self._bed.scenario, seen, best.aim)
        return replace(best, counts=counts, cost=float(self._bed.columns.cost @ counts), seen=seen, judgement=judgement)

    def _ranking(self, best: Round) -> "_Ranking":
        standing = standing_of(self._surrogate.after(best), best.counts)
        offered = float((best.seen.offered.sum(axis=(1, 2)) @ best.seen.weight) / best.seen.weight.sum())
        return _Ranking.of(
            best.counts, self._bed.columns.cost, standing.takes[0] / offered, standing.brings[0] / offered
        )


def _replaced(seen: Seen, days: IntArray, again: Seen) -> Seen:
    """Return what was seen, with some days as they were seen again."""
    parts = {name: getattr(seen, name).copy() for name in ("offered", "in_time", "abandoned", "by_group")}
    for name, part in parts.items():
        part[days] = getattr(again, name)
    return Seen(**parts, weight=seen.weight)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranking:
    """Moves by what the surrogate expects of them.

    Parameters
    ----------
    out, into
        Columns that may lose or win a person.
    cost
        (out + 1, into + 1) what a move adds to the cost; row and column 0 stand for nobody.
    gain
        The same of what it adds to the day's share.
    price
        Yuan that a day's share of 1 costs at the margin.
    """

    out: IntArray
    into: IntArray
    cost: FloatArray
    gain: FloatArray
    price: float

    @classmethod
    def of(cls, counts: IntArray, cost: FloatArray, takes: FloatArray, brings: FloatArray) -> "_Ranking":
        out = np.flatnonzero(counts)
        into = np.sort(np.argsort(-brings / cost, kind="stable")[:_COLUMNS])
        less, more = np.concatenate([[0.0], cost[out]]), np.concatenate([[0.0], cost[into]])
        lost, won = np.concatenate([[0.0], takes[out]]), np.concatenate([[0.0], brings[into]])
        price = float((cost[into] / np.maximum(brings[into], 1e-12)).min())
        return cls(out, into, more[None, :] - less[:, None], won[None, :] - lost[:, None], price)

    def by_price(self) -> list[Move]:
        """Return moves that pay at the price of service, the best first."""
        pays = self.gain * self.price - self.cost
        return self._moves(-pays, pays > _WHOLE)

    def raising(self) -> list[Move]:
        """Return moves that raise the day's share, the cheapest for what they bring first."""
        return self._moves(self.cost - self.gain * self.price, self.gain > _WHOLE)

    def saving(self) -> list[Move]:
        """Return moves that save money, those first that lose least of the day's share for it."""
        return self._moves(-self.gain / np.maximum(-self.cost, _WHOLE), self.cost < -_WHOLE)

    def _moves(self, order: FloatArray, allowed: Any) -> list[Move]:
        flat = np.argsort(np.where(allowed, order, np.inf), axis=None, kind="stable")[: min(int(allowed.sum()), 300)]
        out, into = np.divmod(flat, self.cost.shape[1])
        leaves = np.concatenate([[-1], self.out])[out]
        comes = np.concatenate([[-1], self.into])[into]
        return list(zip(leaves.tolist(), comes.tolist(), strict=True))
