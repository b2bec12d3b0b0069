"""From counts of shifts and counts of break starts to shifts with their breaks.

Breaks of a pool go to its shifts in order, the earliest break to the earliest shift: because windows slide with the
starts, that matching fits whenever any does.
"""

import numpy as np

from scenarios.checks import FloatArray
from scheduler.covering.choices import Choices
from scheduler.covering.formulations import Column, Formulation, Pool

_TINY = 1e-7
"""Heads below this are what a solver's tolerance leaves."""
Run = list[tuple[float, int]]
"""Where the heads of a place take a break: (heads up to here, start of the break)."""


def columns_of(formulation: Formulation, values: FloatArray) -> list[tuple[Column, float]]:
    """Return the shifts with breaks of a point of a programme, with the heads of each, whole or not."""
    mass = values[formulation.heads]
    used = np.flatnonzero(mass > _TINY)
    if formulation.columns:
        return [(formulation.columns[number], float(mass[number])) for number in used]
    runs: dict[tuple[int, int], Run] = {}
    for pool in formulation.pools:
        runs |= _matched(mass, values, pool)
    found = []
    for place in used.tolist():
        count = len(formulation.choices.pauses[formulation.choices.kind[place]])
        mine = [runs[place, pause] for pause in range(count)]
        found += [
            ((place, apart(formulation.choices, place, pauses)), heads)
            for heads, pauses in _cut(float(mass[place]), mine)
        ]
    return found


def _matched(mass: FloatArray, values: FloatArray, pool: Pool) -> dict[tuple[int, int], Run]:
    """Give the breaks of a pool to its shifts in order."""
    people = np.cumsum(np.where(mass[pool.places] > _TINY, mass[pool.places], 0.0))
    begun = np.cumsum(np.maximum(values[pool.variables], 0.0))
    runs: dict[tuple[int, int], Run] = {}
    before = 0.0
    for place, pause, until in zip(pool.places.tolist(), pool.pause.tolist(), people.tolist(), strict=True):
        first = int(np.searchsorted(begun, before + _TINY))
        last = int(np.searchsorted(begun, until - _TINY))
        ends = [*(begun[first:last] - before).tolist(), until - before]
        starts = pool.starts[np.minimum(np.arange(first, last + 1), len(pool.starts) - 1)].tolist()
        runs[place, pause] = list(zip(ends, starts, strict=True)) if until > before else []
        before = until
    return runs


def _cut(mass: float, runs: list[Run]) -> list[tuple[float, tuple[int, ...]]]:
    """Return (heads, starts of all breaks) pieces of a place's heads, cut wherever one of its breaks changes."""
    ends = sorted({end for run in runs for end, _ in run if end < mass - _TINY} | {mass})
    pieces = []
    before = 0.0
    for end in ends:
        if end - before > _TINY:
            middle = (before + end) / 2
            starts = tuple(next((start for until, start in run if until >= middle), run[-1][1]) for run in runs)
            pieces.append((end - before, starts))
            before = end
    return pieces


def apart(choices: Choices, place: int, pauses: tuple[int, ...]) -> tuple[int, ...]:
    """Return pauses moved apart where they overlap or stand in the wrong order, near where they were, in their windows.

    Needed only where windows of one shift reach into each other. Pauses that the order of the windows cannot part keep
    to the first placing that fits.
    """
    kind = int(choices.kind[place])
    start = int(choices.start[place])
    if choices.problem.kinds[kind].slides:
        return pauses
    best = min(
        choices.placings(kind),
        key=lambda places: sum(abs(start + after - pause) for after, pause in zip(places, pauses, strict=True)),
    )
    return tuple(start + after for after in best)
