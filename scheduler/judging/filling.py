"""The cheapest changes after which every date keeps its promise."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from scenarios.checks import BoolArray, FloatArray
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change
from scheduler.judging.desk import Desk
from scheduler.judging.effects import on_dates
from scheduler.judging.need import Need
from scheduler.staffing import critical_of, train

ROUNDS = 6
"""Times the need is raised where the simulation still finds too few."""
RAISED_BY = 0.05
"""Rise of the log of the rate where the roster covers the need and the day still misses its promise."""
CHANGES_MAX = 60
"""Changes of one date: a date that needs more wants a new roster."""
AIM_ABOVE = 0.004
"""Shares aimed at lie so much above the promise: training days flatter what was chosen on them."""
CELL_H = 0.5
"""What a changed cell of a roster costs besides its pay, in hours of the dearest contract: plans are to be kept."""
STAGE = "repairs"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was found.

    Parameters
    ----------
    changes
        Per date the changes, in the order in which they were made: the most urgent first.
    reached
        Dates whose critical day keeps every promise after them, on training days.
    """

    changes: dict[date, tuple[Change, ...]] = field(default_factory=dict)
    reached: tuple[date, ...] = ()


def fill(desk: Desk, need: Need, dates: Sequence[date], *, workers: int = 1, progress: Progress = silent) -> Filled:
    """Change the desk until ``dates`` keep their promises on training days, as cheaply as found, and say how.

    In each round the days are played; where that is not enough, the cheapest legal change is made as long as one is
    worth its pay against the positions short, and the need is raised for the next round. What turns out not to be
    needed is taken back, the dearest first.
    """
    judge = _Judge(need, dates, workers)
    made: dict[date, list[Change]] = {day: [] for day in dates}
    for number in range(ROUNDS + 1):
        progress(STAGE, number, ROUNDS + 1)
        missed = judge.missed(desk)
        failing = [day for day in dates if missed[judge.number(day)].any()]
        if not failing or number == ROUNDS:
            break
        if number:
            need.raise_where(missed, RAISED_BY)
            desk.ask(need.requirement)
        for day in failing:
            made[day] += _best_changes(desk, day, CHANGES_MAX - len(made[day]))
    reached = [day for day in dates if day not in failing]
    _prune(desk, judge, {day: made[day] for day in reached})
    progress(STAGE, ROUNDS + 1, ROUNDS + 1)
    return Filled({day: tuple(changes) for day, changes in made.items() if changes}, tuple(reached))


class _Judge:
    """Plays training days of the dates in question and says which of them miss which promise."""

    def __init__(self, need: Need, dates: Sequence[date], workers: int) -> None:
        self._scenario, self._workers = need.scenario, workers
        self._forecast = on_dates(need.scenario, need.forecast, dates)
        self._training = need.training.halved()  # with few dates the days are many all the same
        self._promised: FloatArray = np.array([target.day_share for target in need.scenario.targets]) + AIM_ABOVE
        self._days = [day.date for day in need.scenario.horizon.days]

    def number(self, day: date) -> int:
        return self._days.index(day)

    def missed(self, desk: Desk) -> BoolArray:
        """Return (D, P) which promises the critical day misses; dates that are not in question miss none."""
        study = train(self._scenario, self._forecast, desk.roster, training=self._training, workers=self._workers)
        critical = critical_of(study, self._scenario, self._training, self._forecast)
        missed: BoolArray = critical < np.minimum(self._promised, 1.0)
        return missed


def _best_changes(desk: Desk, day: date, most: int) -> list[Change]:
    """Make the best legal change of a date again and again while it is worth its pay; return them."""
    made: list[Change] = []
    while len(made) < most:
        change = _best_change(desk, day)
        if change is None:
            break
        desk.apply(change)
        made.append(change)
    return made


def _best_change(desk: Desk, day: date) -> Change | None:
    """Return the cheapest change of anybody's date that fills positions for less than they cost and is legal.

    Everybody's next best option waits in a heap, so that rules are asked of the cheapest only.
    """
    at_most = -CELL_H * desk.demand.hour_yuan
    short = desk.short_yuan()
    waiting: list[tuple[float, str, Change, Iterator[tuple[float, Change]]]] = []
    for agent in desk.scenario.agents:
        if day not in agent.leave:
            _push(waiting, agent.name, desk.priced(agent, day, desk.on(agent.name, day)), at_most)
    while waiting:
        _, name, change, others = heapq.heappop(waiting)
        if desk.short_yuan(change) < short - 1e-6 and desk.legality(change).legal:
            return change
        _push(waiting, name, others, at_most)
    return None


def _push(
    waiting: list[tuple[float, str, Change, Iterator[tuple[float, Change]]]],
    name: str,
    options: Iterator[tuple[float, Change]],
    at_most: float,
) -> None:
    price, change = next(options, (np.inf, None))
    if change is not None and price < at_most:
        heapq.heappush(waiting, (price, name, change, options))


def _prune(desk: Desk, judge: _Judge, made: dict[date, list[Change]]) -> None:
    """Take back what is not needed: of every date one change at a time, the dearest first, while all keep passing."""
    tried: dict[date, set[Change]] = {day: set() for day in made}
    while True:
        trial: dict[date, Change] = {}
        for day, changes in made.items():
            open_ones = [change for change in changes if change not in tried[day] and _is_last(change, changes)]
            if open_ones:
                trial[day] = max(open_ones, key=lambda change: change.yuan(desk.scenario))
                tried[day].add(trial[day])
        if not trial:
            return
        undone = {day: change for day, change in trial.items() if desk.legality(change.undone()).legal}
        for change in undone.values():
            desk.apply(change.undone())
        missed = judge.missed(desk)
        for day, change in undone.items():
            if missed[judge.number(day)].any():
                desk.apply(change)
            else:
                made[day].remove(change)


def _is_last(change: Change, changes: list[Change]) -> bool:
    """Return whether no later change builds on this one."""
    return not any(other.builds_on(change) for other in changes)
