"""From anonymous shifts to named people: everyone gets a shift that is theirs to work, as many as can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from scenarios.checks import FloatArray, require_unique
from scenarios.horizon import MIN_PER_DAY
from scheduler.covering.plan import CoverPlan, PlannedShift

_NEVER = 1e9
"""Price of a shift that is not a person's to work; far above any sum of minutes."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can come.

    Parameters
    ----------
    group
        The group of the plan the person belongs to.
    kinds
        Kinds of shifts the person may work; empty: those of the group.
    from_min, to_min
        The shift must lie between these, minutes since midnight of the first day.
    wish_min
        Start the person would like; ``None``: any will do.
    """

    name: str
    group: str
    kinds: tuple[str, ...] = ()
    from_min: int = 0
    to_min: int = 2 * MIN_PER_DAY
    wish_min: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Who works which shift, shifts nobody could be given, and people without one."""

    shifts: tuple[tuple[str, PlannedShift], ...]
    unfilled: tuple[PlannedShift, ...]
    free: tuple[str, ...]


def give_names(plan: CoverPlan, people: Sequence[Person], lengths_min: dict[str, int]) -> Named:
    """Return the plan's shifts with names: as many as possible, and among those the starts nearest to the wishes.

    Parameters
    ----------
    people
        Each works at most one shift; a plan over several days is named day by day.
    lengths_min
        Length of each kind of shift.
    """
    require_unique("Named", "people", [person.name for person in people])
    given: list[tuple[str, PlannedShift]] = []
    unfilled: list[PlannedShift] = []
    for group in sorted({row.group for row in plan.shifts}):
        shifts = [replace(row, heads=1) for row in plan.shifts if row.group == group for _ in range(row.heads)]
        crew = [person for person in people if person.group == group]
        prices = np.array([[_price(person, shift, lengths_min) for shift in shifts] for person in crew])
        prices = prices.reshape(len(crew), len(shifts))
        pairs = _matched(prices)
        given += [(crew[row].name, shifts[column]) for row, column in pairs]
        taken = {column for _, column in pairs}
        unfilled += [shift for column, shift in enumerate(shifts) if column not in taken]
    busy = {name for name, _ in given}
    free = tuple(person.name for person in people if person.name not in busy)
    return Named(tuple(sorted(given)), tuple(unfilled), free)


def _matched(prices: FloatArray) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(prices)
    return [(row, column) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if prices[row, column] < _NEVER]  # fmt: skip


def _price(person: Person, shift: PlannedShift, lengths_min: dict[str, int]) -> float:
    inside = person.from_min <= shift.start_min and shift.start_min + lengths_min[shift.kind] <= person.to_min
    if not inside or (person.kinds and shift.kind not in person.kinds):
        return _NEVER
    return 0.0 if person.wish_min is None else float(abs(shift.start_min - person.wish_min))
