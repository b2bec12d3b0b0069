"""Why this shift for this person on this date."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from scenarios import US_PER_MIN, Assignment, PlanningError, Requirement, Roster, RuleBreach
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change, ChangeKind, changed
from scheduler.judging.desk import Desk
from scheduler.judging.effects import DayEffect, Floor, effects
from scheduler.rostering.terms import date_at

ALTERNATIVES = 5
"""So many other shifts of the date are told, the cheapest; and as many other dates."""
NEAR_DAYS = 7
"""Other dates are looked at so many days around."""
_MIN_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class HourCover:
    """One clock hour of a shift: positions wanted in its group, people at work with it and without it (means).

    ``start_min`` counts from the date's midnight.
    """

    start_min: int
    group: str
    needed: float
    with_it: float
    without_it: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something else the person could do instead.

    Parameters
    ----------
    yuan
        Added pay.
    price_yuan
        Added pay and the price of positions it leaves short or fills: what it costs in all.
    broken
        Rules that forbid it; empty where it is allowed.
    """

    change: Change
    yuan: float
    price_yuan: float
    broken: tuple[RuleBreach, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A rule that forbids alternatives: how many, the cheapest of them, and the breach it would be."""

    rule: str
    forbids: int
    cheapest: Alternative
    breach: RuleBreach


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons for one person's shifts of one date.

    Parameters
    ----------
    hours
        What the hours of the shift lack without it.
    effects
        What dropping it does to the service of the date.
    alternatives
        Leaving it out, and the cheapest allowed shifts of the date and of other dates, the cheapest first.
    binding
        Rules that forbid others, those that forbid most first.
    """

    shifts: tuple[Assignment, ...]
    hours: tuple[HourCover, ...]
    effects: tuple[DayEffect, ...]
    alternatives: tuple[Alternative, ...]
    binding: tuple[Binding, ...]


def why(
    floor: Floor, roster: Roster, requirement: Requirement, agent: str, day: date, *, progress: Progress = silent
) -> Why:
    """Return why ``agent`` works as he does on ``day``.

    Raises
    ------
    PlanningError
        When person or date is not the scenario's, or the person does not work then.
    """
    scenario = floor.scenario
    scenario.agent(agent)
    scenario.horizon.day_index(day)
    desk = Desk(scenario, roster, requirement)
    mine = desk.on(agent, day)
    if not mine:
        raise PlanningError("why_nothing", value=agent, date=day)
    drop = Change(ChangeKind.DROP, mine, ())
    (said,) = effects(floor, (roster, changed(roster, [drop])), [day], progress=progress)
    found = [_alternative(desk, change) for change in _around(desk, agent, day, mine)]
    allowed = sorted((one for one in found if not one.broken), key=lambda one: one.price_yuan)
    same_date = [one for one in allowed if one.change.added and one.change.added[0].date == day]
    other_dates = _one_per_date([one for one in allowed if one.change.added and one.change.added[0].date != day])
    dropped = _alternative(desk, drop)
    told = [dropped, *same_date[:ALTERNATIVES], *other_dates[:ALTERNATIVES]]
    return Why(
        shifts=mine,
        hours=tuple(hour for row in mine for hour in _hours(desk, row)),
        effects=said,
        alternatives=tuple(sorted(told, key=lambda one: one.price_yuan)),
        binding=_binding([dropped, *found]),
    )


def _around(desk: Desk, agent: str, day: date, mine: tuple[Assignment, ...]) -> Iterator[Change]:
    """Yield every other shift of the date, and every shift of a free date instead."""
    person, horizon = desk.scenario.agent(agent), desk.scenario.horizon
    yield from (change for _, change in desk.priced(person, day, mine))
    for number in range(horizon.dates):
        other = date_at(horizon, number)
        if (
            other != day
            and abs((other - day).days) <= NEAR_DAYS
            and other not in person.leave
            and not desk.on(agent, other)
        ):
            for _, change in desk.priced(person, other):
                yield Change(ChangeKind.MOVE, mine, change.added)


def _alternative(desk: Desk, change: Change) -> Alternative:
    return Alternative(change, change.yuan(desk.scenario), desk.price_yuan(change), desk.legality(change).broken)


def _one_per_date(found: list[Alternative]) -> list[Alternative]:
    best: dict[date, Alternative] = {}
    for one in found:
        best.setdefault(one.change.added[0].date, one)
    return list(best.values())


def _binding(found: list[Alternative]) -> tuple[Binding, ...]:
    by_rule: defaultdict[str, list[tuple[Alternative, RuleBreach]]] = defaultdict(list)
    for one in found:
        for breach in {row.rule: row for row in one.broken}.values():
            by_rule[breach.rule].append((one, breach))
    rows = []
    for rule, forbidden in by_rule.items():
        cheapest, breach = min(forbidden, key=lambda pair: pair[0].price_yuan)
        rows.append(Binding(rule, len(forbidden), cheapest, breach))
    return tuple(sorted(rows, key=lambda row: -row.forbids))


def _hours(desk: Desk, row: Assignment) -> Iterator[HourCover]:
    """Yield the clock hours of a shift."""
    horizon, group = desk.scenario.horizon, desk.scenario.group_index(row.group)
    without = desk.cover - desk.cover_of((row,))
    hour = np.arange(horizon.intervals) * horizon.interval_min // _MIN_PER_HOUR
    first, last = (us // US_PER_MIN // _MIN_PER_HOUR for us in (row.start_us, row.end_us - 1))
    midnight = horizon.us_at(row.date, 0) // US_PER_MIN
    for number in range(first, last + 1):
        inside = hour == number
        if inside.any():
            needed, with_it, without_it = (
                float(part[inside, group].mean()) for part in (desk.demand.need, desk.cover, without)
            )
            yield HourCover(number * _MIN_PER_HOUR - midnight, row.group, needed, with_it, without_it)
