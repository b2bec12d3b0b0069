"""Diving: from shares of lines to one line each, a few decisions at a time, lines priced anew in between.

A decision is what a person does on a date. Deciding cells leaves the rest of a line free, so that later lines can
still fit in; whole lines would not (the branching of Burke and Curtois 2014, taken downhill only).
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines.columns import Generator, Limits, Relaxed
from scheduler.lines.master import Master

_WHOLE = 1e-6
"""How near to 0 or 1 a share counts as whole."""
_SURE = 0.6
"""Shares from which on cells beside the largest are decided together."""


@dataclass(frozen=True, slots=True)
class DiveStyle:
    """How a dive goes.

    Parameters
    ----------
    decided
        Share of the open dates decided at a time.
    noise
        Random amount added to shares when the largest are picked.
    gap, rounds
        How exactly the relaxation is solved after each decision.
    """

    decided: float = 0.1
    noise: float = 0.2
    gap: float = 0.5
    rounds: int = 6


def dive(
    generator: Generator,
    master: Master,
    relaxed: Relaxed,
    closed: BoolArray,
    style: DiveStyle,
    cut: tuple[float, float],
    rng: np.random.Generator,
) -> list[int] | None:
    """Return a column for everybody in ``master``, or ``None`` when the dive cannot end below ``cut``.

    Parameters
    ----------
    master, closed
        Spent by the dive: decisions stay in them.
    relaxed
        The relaxation before any decision.
    cut
        Value that nothing can be better than, and value that the result must be below.
    """
    enough, hopeless = cut
    limits = Limits(enough, hopeless, style.gap, style.rounds)
    while True:
        shares = relaxed.shares.share
        if shares and all(share > 1 - _WHOLE for share in shares.values()):
            return list(shares) if relaxed.shares.objective < hopeless else None
        if relaxed.bound >= hopeless or generator.clock.out():
            return None
        cells = _open_cells(generator, shares, closed, style, rng)
        people = _decide(generator, relaxed.duals, closed, cells)
        master.drop(
            column
            for column in master.columns
            if generator.pool.person[column] in people and _is_closed(generator, column, closed)
        )
        _, columns = generator.cheapest(np.array(sorted(people), dtype=np.int64), relaxed.duals, closed)
        for column in columns:
            master.add(column)
        relaxed = generator.relax(master, closed, relaxed.duals, limits)


def _open_cells(
    generator: Generator,
    shares: dict[int, float],
    closed: BoolArray,
    style: DiveStyle,
    rng: np.random.Generator,
) -> list[tuple[int, int, int]]:
    """Return the (person, date, action) to be decided now, the surest first."""
    pool = generator.pool
    table = np.zeros(closed.shape)
    dates = np.arange(closed.shape[1])
    for column, share in shares.items():
        table[pool.person[column], dates, pool.line[column] + 1] += share
    places = np.flatnonzero(((table > _WHOLE) & (table < 1 - _WHOLE)).ravel())
    size = table.ravel()[places] + style.noise * rng.random(len(places))
    order = places[np.argsort(-size, kind="stable")]
    open_dates = len(np.unique(places // closed.shape[2]))
    chosen = order[: max(1, int(style.decided * open_dates))]
    sure = [place for number, place in enumerate(chosen) if number == 0 or table.ravel()[place] > _SURE]
    return [tuple(map(int, np.unravel_index(place, table.shape))) for place in sure]  # type: ignore[misc]  # three axes


def _decide(generator: Generator, duals: FloatArray, closed: BoolArray, cells: list[tuple[int, int, int]]) -> set[int]:
    """Close what else could be done in ``cells``, as far as everybody keeps a line; return the people touched."""
    touched = set()
    for person, date, action in cells:
        before = closed[person, date].copy()
        closed[person, date] = True
        closed[person, date, action] = before[action]
        least, _ = generator.cheapest(np.array([person]), duals, closed)
        if np.isfinite(least[0]):
            touched.add(person)
        else:
            closed[person, date] = before
    return touched


def _is_closed(generator: Generator, column: int, closed: BoolArray) -> bool:
    line: IntArray = generator.pool.line[column]
    return bool(closed[generator.pool.person[column], np.arange(len(line)), line + 1].any())
