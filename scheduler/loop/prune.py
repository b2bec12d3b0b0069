"""Polish a trained roster by single people: dropped, swapped or added, ranked by the surrogate, decided by simulation.

A move changes little, so only days near their threshold are played again. People are a few per cent of a small roster:
what is to spare is often too little to drop one. So somebody is dropped all the same, or swapped for somebody cheaper,
and what is then missed is won back by the cheapest moves; a chain of moves stands when it has saved money.
"""

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
_LATER = 1e6
_OPEN_LEAST = 30
_STEPS, _TRIED = 4, 3  # moves in a row that win back what a first one lost, and moves tried for each
Move = tuple[int, int]
"""Columns of which one person less and one person more work, -1 for none."""


@dataclass(frozen=True, slots=True)
class PruneSettings:
    """How long to polish.

    Parameters
    ----------
    contacts
        Contacts simulated at most, about.
    chains
        Chains of moves tried from one roster before it stands.
    band
        Days whose margin is at most so large are played again at every try.
    """

    contacts: int = 12_000_000
    chains: int = 12
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
    best = start if start.judgement.passes else work.raised(start, np.inf)
    while best.judgement.passes:
        cheaper = work.cheaper(best)
        if cheaper is None:
            break
        best = cheaper
    return best


class _Work:
    """Tries moves on one set of days, within a budget."""

    def __init__(
        self, bed: Bed[Any], surrogate: Surrogate, days: Any, settings: PruneSettings, progress: Progress
    ) -> None:
        self._bed, self._surrogate, self._days = bed, surrogate, days
        self._settings, self._progress = settings, progress
        self._left = settings.contacts

    def cheaper(self, best: Round) -> Round | None:
        """Return a cheaper round that passes, with all days played; ``None`` where no chain of moves leads to one."""
        for move in self._ranking(best).saving()[: self._settings.chains]:
            if self._left <= 0:
                return None
            chain = self._after(best, move, self._open_days(best))
            if not chain.judgement.passes:
                chain = self.raised(chain, best.cost)
            if chain.judgement.passes and chain.cost < best.cost - _WHOLE:
                whole = self._whole(chain)
                if whole.judgement.passes:
                    return whole
        return None

    def raised(self, start: Round, below: float) -> Round:
        """Return the round after the cheapest moves that lead to one that passes, as long as it costs less."""
        best = start
        for _ in range(_STEPS):
            if best.judgement.passes or self._left <= 0:
                break
            room = below - best.cost - _WHOLE
            moves = self._ranking(best).raising(-best.judgement.margin, room)[:_TRIED]
            further = [self._after(best, move, self._open_days(best)) for move in moves]
            if not further:
                break
            best = min(further, key=lambda one: (not one.judgement.passes, one.cost if one.judgement.passes else 0.0,
                                                 -one.judgement.margin))  # fmt: skip
        return best

    def _whole(self, best: Round) -> Round:
        """Return the round with all days played again: those far from their threshold have moved a little, too."""
        seen = self._bed.play(best.counts, self._days)
        self._left -= int(seen.offered.sum())
        return replace(best, seen=seen, judgement=judge(self._bed.scenario, seen, best.aim))

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
        self._progress(STAGE, self._settings.contacts - self._left, self._settings.contacts)
        again = self._bed.play(counts, self._days, open_days)
        self._left -= int(again.offered.sum())
        seen = _replaced(best.seen, open_days, again)
        judgement = judge(self._bed.scenario, seen, best.aim)
        return replace(best, counts=counts, cost=float(self._bed.columns.cost @ counts), seen=seen, judgement=judgement)

    def _ranking(self, best: Round) -> "_Ranking":
        problem = self._surrogate.after(best)
        standing = standing_of(problem, best.counts)
        offered = max(1.0, float((best.seen.offered.sum(axis=(1, 2)) @ best.seen.weight) / best.seen.weight.sum()))
        return _Ranking.of(
            np.where(problem.free, best.counts, 0),
            self._bed.columns.cost,
            standing.takes[0] / offered,
            np.where(problem.room(best.counts), standing.brings[0] / offered, 0.0),
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

    def raising(self, need: float, room: float) -> list[Move]:
        """Return moves that raise the day's share and cost less than ``room``.

        The cheapest that bring all of ``need`` come first, then those that bring most for their cost.
        """
        enough = self.gain >= need
        order = np.where(enough, self.cost - self.gain, _LATER + self.cost - self.gain * self.price)
        return self._moves(order, (self.gain > _WHOLE) & (self.cost < room))

    def saving(self) -> list[Move]:
        """Return moves that save money, those first that lose least of the day's share for it."""
        return self._moves(-self.gain / np.maximum(-self.cost, _WHOLE), self.cost < -_WHOLE)

    def _moves(self, order: FloatArray, allowed: Any) -> list[Move]:
        flat = np.argsort(np.where(allowed, order, np.inf), axis=None, kind="stable")[: min(int(allowed.sum()), 300)]
        out, into = np.divmod(flat, self.cost.shape[1])
        leaves = np.concatenate([[-1], self.out])[out]
        comes = np.concatenate([[-1], self.into])[into]
        return list(zip(leaves.tolist(), comes.tolist(), strict=True))
