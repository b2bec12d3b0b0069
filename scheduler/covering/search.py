"""From a point of the linear relaxation to whole heads: dependent rounding, then annealing of what was fractional."""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.covering.choices import Choices
from scheduler.covering.formulations import Column
from scheduler.covering.kernel import anneal
from scheduler.covering.plan import Heads, people_at_work
from scheduler.covering.tables import KIND, PAUSE, PAUSES, START, Tables

HEATS = 0.05, 0.005
"""First and last temperature, in the price of a slot at work: less than any change that puts one person too many or too
few, so that only rearrangements of the same people move freely."""
MARGINS = 0.3, 20.0
"""First and last margin of a position short above its worth, in the same unit."""
_ROOM_SHARE, _ROOM = 1.0, 50
"""Room for more heads than an annealing begins with."""
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A point of the linear relaxation: heads of shifts with breaks, and (C, T) what a position is worth."""

    columns: list[tuple[Column, float]]
    worth: FloatArray


def rounded(choices: Choices, relaxation: Relaxation, rng: np.random.Generator) -> tuple[Heads, Heads]:
    """Return heads that stay (the whole part of the point) and heads that came from fractions, to be annealed.

    Fractions are rounded along a running sum over each group, in order of kind, start and breaks, from a random offset:
    neighbours share their roundings, and a group's heads differ by less than one from the point's.
    """
    stay: Heads = {}
    loose: Heads = {}
    keep = (
        choices.problem.prices.distinct == 0
    )  # with a price of distinct shifts, what is whole may be in the wrong one
    for group in range(len(choices.problem.groups)):
        mine = sorted((column, heads) for column, heads in relaxation.columns if choices.group[column[0]] == group)
        running = float(rng.random())
        for column, heads in mine:
            before = np.floor(running + _WHOLE)
            running += heads
            count = int(np.floor(running + _WHOLE) - before)
            whole = min(int(np.floor(heads + _WHOLE)), count) if keep else 0
            if whole:
                stay[column] = whole
            if count > whole:
                loose[column] = count - whole
    return stay, loose


def annealed(
    choices: Choices,
    tables: Tables,
    start: tuple[Heads, Heads],
    worth: FloatArray,
    moves: int,
    rng: np.random.Generator,
) -> Heads:
    """Return the heads after annealing those of ``start[1]`` beside those of ``start[0]``, which stay."""
    stay, loose = start
    rows = _rows(choices, tables, loose)
    room = np.full((int(len(rows) * (1 + _ROOM_SHARE)) + _ROOM, rows.shape[1]), -1, dtype=np.int64)
    room[: len(rows)] = rows
    both = _joined(stay, loose)
    in_use = np.zeros(int(choices.pattern.max(initial=0)) + 1, dtype=np.int64)
    for (place, _), count in both.items():
        in_use[choices.pattern[place]] += count
    unit = slot_yuan(choices)
    schedule = np.array([moves, *(unit * value for value in (*HEATS, *MARGINS))])
    beside = _beside(choices, tables, stay)
    served = np.concatenate([cluster.served for cluster in choices.clusters]).astype(np.float64)
    wanted = np.concatenate([cluster.wanted for cluster in choices.clusters])
    lack = np.ascontiguousarray((wanted - served @ people_at_work(choices, both)).T)
    _, best = anneal(room, len(rows), lack, in_use, np.ascontiguousarray(worth.T), schedule, rng, beside)
    return _joined(stay, _heads(choices, best))


def slot_yuan(choices: Choices) -> float:
    """Return the typical price of a slot at work, or of a person too many or too few where shifts are free."""
    away = np.array([rows[:, 0].sum() for rows in choices.pauses])
    work = np.maximum(choices.length - away, 1)
    price = float(np.median(choices.yuan / work[choices.kind])) if len(choices) else 0.0
    prices = choices.problem.prices
    return price or max(prices.over, 0.0) or max(prices.under, 1.0)


def _joined(first: Heads, second: Heads) -> Heads:
    joined = dict(first)
    for column, count in second.items():
        joined[column] = joined.get(column, 0) + count
    return joined


def _rows(choices: Choices, tables: Tables, heads: Heads) -> IntArray:
    rows = np.full((sum(heads.values()), PAUSES + (tables.shape.shape[1] - PAUSE) // 3), -1, dtype=np.int64)
    number = 0
    for (place, pauses), count in sorted(heads.items()):
        rows[number : number + count, :PAUSES] = choices.group[place], choices.kind[place], choices.start[place]
        rows[number : number + count, PAUSES : PAUSES + len(pauses)] = pauses
        number += count
    return rows


def _heads(choices: Choices, rows: IntArray) -> Heads:
    table = zip(choices.group.tolist(), choices.kind.tolist(), choices.start.tolist(), strict=True)
    places = {key: place for place, key in enumerate(table)}
    heads: Heads = {}
    for row in rows.tolist():
        count = len(choices.pauses[row[KIND]])
        column = (places[row[0], row[KIND], row[START]], tuple(row[PAUSES : PAUSES + count]))
        heads[column] = heads.get(column, 0) + 1
    return heads


def _beside(choices: Choices, tables: Tables, stay: Heads) -> Tables:
    """Return the tables with the limits that remain beside heads that stay."""
    limits, kind_most = tables.limits.copy(), tables.kind_most.copy()
    for (place, _), count in stay.items():
        limits[choices.group[place]] -= count
        kind_most[choices.kind[place]] -= count
    return tables._replace(limits=limits, kind_most=kind_most)
