"""The search of the closed loop: plan, simulate, calibrate, plan again.

A *surrogate* says how service grows with people at work, by a formula that the simulation corrects after every round.
It is all that differs between channels. The search knows nothing of it: it solves the surrogate's problem, plays the
counts on the training days, judges them, keeps the cheapest that passes, and hands back what it has seen.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from scenarios.checks import IntArray, require_not_negative, require_positive
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.days import Seen
from scheduler.loop.judge import Judgement, judge
from scheduler.loop.plan import PlanLimits, solve_plan
from scheduler.loop.problem import PlanProblem

STAGE = "train"
"""Key of the stage under which progress is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One round of a search: the counts, what the days said, and how far the next ones may be away.

    Parameters
    ----------
    number
        Rounds before this one.
    aim
        Share of days to be met while training.
    radius
        Half-width of the trust region of the next round, as a share of the people at work.
    days
        The days it was played on, as the bed keeps them.
    """

    number: int
    counts: IntArray
    cost: float
    seen: Seen
    judgement: Judgement
    aim: float
    radius: float
    days: Any = None


class Surrogate(Protocol):
    """How service grows with people at work, as far as is known; it may remember what it was told."""

    def first(self, aim: float) -> PlanProblem:
        """Return the problem before anything was simulated, by formula alone."""

    def after(self, last: Round) -> PlanProblem:
        """Return the next problem, calibrated to what a round has shown."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How long to search.

    Parameters
    ----------
    rounds
        At most so many.
    patience
        Stop after so many rounds in a row without a cheaper roster that passes, once one has passed.
    radius, radius_least, shrink
        Trust region of the first round as a share of the people at work; its factor from round to round; its least.
    """

    rounds: int = 8
    patience: int = 2
    radius: float = 0.10
    radius_least: float = 0.025
    shrink: float = 0.7

    def __post_init__(self) -> None:
        for field in ("rounds", "radius", "radius_least", "shrink"):
            require_positive("SearchSettings", field, getattr(self, field))
        require_not_negative("SearchSettings", "patience", self.patience)

    def radius_of(self, number: int) -> float:
        """Return the radius after round ``number``."""
        return max(self.radius_least, self.radius * self.shrink**number)


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """Rounds of a search, and the best of them; ``None`` where no counts could keep the rows of the surrogate."""

    best: Round | None
    rounds: tuple[Round, ...]


def search(
    bed: Bed[Any],
    surrogate: Surrogate,
    days: Any,
    aim: float,
    settings: SearchSettings,
    *,
    limits: PlanLimits | None = None,
    start: IntArray | None = None,
    progress: Progress = silent,
) -> Searched:
    """Search the cheapest counts that meet every promise on ``days``, the share of days trained to ``aim``.

    Parameters
    ----------
    start
        (C,) counts to begin with; ``None`` for those of the formula.
    """
    rounds: list[Round] = []
    best: Round | None = None
    idle = 0
    counts = start
    problem = surrogate.first(aim) if start is None else None
    for number in range(settings.rounds):
        progress(STAGE, number, settings.rounds)
        if problem is not None:
            counts = solve_plan(problem, limits).counts
        if counts is None:
            break
        seen = bed.play(counts, days)
        cost = float(bed.columns.cost @ counts)
        judgement = judge(bed.scenario, seen, aim)
        last = Round(number, counts, cost, seen, judgement, aim, settings.radius_of(number), days)
        rounds.append(last)
        idle = 0 if better(last, best) else idle + 1
        best = last if better(last, best) else best
        if best is not None and best.judgement.passes and idle >= settings.patience:
            break
        problem = surrogate.after(last)
    progress(STAGE, settings.rounds, settings.rounds)
    return Searched(best, tuple(rounds))


def better(one: Round, other: Round | None) -> bool:
    """Return whether a round beats another: passing beats failing, then the cheaper, among failing ones the nearer."""
    if other is None:
        return True
    if one.judgement.passes != other.judgement.passes:
        return one.judgement.passes
    if one.judgement.passes:
        return one.cost < other.cost
    return one.judgement.margin > other.judgement.margin
