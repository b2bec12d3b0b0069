"""The aggregate programme: how many people of each class take each shift, as if people could be divided.

People of one contract and one set of groups form a class, whatever their leave and windows; breaks are counted per
date, group and template, not per shift: because a break window moves along with its shift's start, cumulative
counts between "must have begun" and "may have begun" are exact for each break alone (Bechtold and Jacobs, 1990). Both
only widen what is possible, so the optimum is below every roster's cost. Its prices begin the line bound (``bound``).
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.rostering.board import Team
from scheduler.rostering.bound import SAFETY_SHARE, line_bound
from scheduler.rostering.linear import LinearOptimum, LinearProgramme
from scheduler.rostering.terms import weeks_of


@dataclass(frozen=True, slots=True)
class Guide:
    """What the aggregate programme says.

    Attributes
    ----------
    bound
        Lower bound of every roster's cost, yuan.
    per_kind
        (kinds, T, G) coverage expected of one agent of each kind.
    prices
        (T, G) worth of a position for one interval at the optimum, yuan.
    """

    bound: float
    per_kind: FloatArray
    prices: FloatArray


@dataclass(frozen=True, slots=True)
class _People:
    """A class: its kinds, the agents of each, the columns someone can take and how many can; its variables."""

    kinds: IntArray
    counts: IntArray
    columns: IntArray
    variables: IntArray


def guide_of(team: Team, time_limit_s: float) -> Guide:
    """Return bound, expected coverage and prices; without an optimum in time the bound rests on least hours alone."""
    need = team.demand.need
    programme = LinearProgramme()
    classes = _classes(team, programme)
    pooled = _pooled(team, programme, classes)
    absences = _breaks(team, programme, pooled)
    cover_rows = _cover_rows(team, programme, pooled, absences)
    optimum = programme.solve(time_limit_s) if cover_rows.size else None
    if optimum is None:
        prices = np.zeros_like(need)
        return Guide(line_bound(team, prices), np.zeros((len(team.kinds), *need.shape)), prices)
    prices = np.zeros_like(need)
    prices[need > 0] = np.minimum(optimum.prices[cover_rows], team.demand.prices.hard)
    bound = max(line_bound(team, prices), optimum.value - SAFETY_SHARE * abs(optimum.value))
    return Guide(bound, _expected(team, classes, absences, optimum), prices)


def _classes(team: Team, programme: LinearProgramme) -> list[_People]:
    """Add the shifts of every class with its rows about dates, hours and days off."""
    counts = np.bincount(team.kind_of, minlength=len(team.kinds))
    members: dict[tuple[int, bytes], list[int]] = {}
    for number, kind in enumerate(team.kinds):
        groups = np.unique(team.columns.group[kind.columns])
        members.setdefault((kind.contract, groups.tobytes()), []).append(number)
    classes = []
    for numbers in members.values():
        takers = np.zeros(len(team.columns))
        for number in numbers:
            takers[team.kinds[number].columns] += counts[number]
        columns = np.flatnonzero(takers)
        pay = team.columns.paid_min[columns].astype(np.float64) * team.kinds[numbers[0]].yuan_per_min
        people = _People(
            np.array(numbers), counts[numbers], columns, programme.variables(pay, takers[columns].astype(np.float64))
        )
        _class_rows(team, programme, people)
        classes.append(people)
    return classes


def _class_rows(team: Team, programme: LinearProgramme, people: _People) -> None:
    kinds = [team.kinds[number] for number in people.kinds]
    date, paid = team.columns.date[people.columns], team.columns.paid_min[people.columns].astype(np.float64)
    present = np.array([np.diff(kind.day_first) > 0 for kind in kinds])  # (kinds, D) who can work on the date at all
    for number in np.unique(date):
        programme.row(float(people.counts @ present[:, number]), (people.variables[date == number], 1.0))
    for number, week in enumerate(weeks_of(team.scenario.horizon)):
        mine = (week.first <= date) & (date < week.end)
        if not mine.any():
            continue
        most = float(people.counts @ np.array([kind.most_min[number] for kind in kinds]))
        least = float(people.counts @ np.array([kind.least_min[number] for kind in kinds]))
        dates = present[:, week.first : week.end].sum(axis=1)
        days = float(people.counts @ np.minimum(dates, [kind.days_most[number] for kind in kinds]))
        programme.row(most, (people.variables[mine], paid[mine]))
        programme.row(-least, (people.variables[mine], -paid[mine]))
        programme.row(days, (people.variables[mine], 1.0))


def _pooled(team: Team, programme: LinearProgramme, classes: list[_People]) -> IntArray:
    """Add (C,) people on each column, all classes together, and return the variables."""
    count = len(team.columns)
    pooled = programme.variables(np.zeros(count), np.full(count, np.inf))
    row = np.concatenate([np.arange(count), *(people.columns for people in classes)])
    variable = np.concatenate([pooled, *(people.variables for people in classes)])
    factor = np.where(np.arange(len(row)) < count, 1.0, -1.0)  # people on a column are at most those of the classes
    programme.rows(np.zeros(count), row, variable, factor)
    return pooled


@dataclass(frozen=True, slots=True)
class _Absence:
    """Breaks of one kind: variables, group, starts and ends (minutes)."""

    variables: IntArray
    group: int
    start_min: IntArray
    end_min: IntArray


def _breaks(team: Team, programme: LinearProgramme, pooled: IntArray) -> list[_Absence]:
    """Add the breaks of every date, group and template, bound to the shifts they belong to."""
    columns, breaks = team.columns, team.columns.breaks
    found = []
    keys = np.stack([columns.date, columns.group, columns.template], axis=1)
    for key in np.unique(keys, axis=0):
        mine = np.flatnonzero((keys == key).all(axis=1))
        mine = mine[np.argsort(columns.start_min[mine], kind="stable")]
        for rule in range(breaks.first[key[2]], breaks.first[key[2] + 1]):
            after = breaks.after_min[breaks.first_start[rule] : breaks.first_start[rule + 1]]
            shifts = pooled[mine], columns.start_min[mine]
            found.append(_break_rows(programme, shifts, after, int(key[1]), int(breaks.length_min[rule])))
    return found


def _break_rows(
    programme: LinearProgramme, shifts_and_starts: tuple[IntArray, IntArray], after: IntArray, group: int, length: int
) -> _Absence:
    """Add the starts of one break with running sums between "must have begun" and "may have begun"."""
    shifts, shift_start = shifts_and_starts
    starts = np.unique(shift_start[:, None] + after)
    free = np.full(len(starts), np.inf)
    begun = programme.variables(np.zeros(len(starts)), free)
    so_far = programme.variables(np.zeros(len(starts)), free)
    people = programme.variables(np.zeros(len(shifts)), np.full(len(shifts), np.inf))
    _running_sum(programme, so_far, begun)
    _running_sum(programme, people, shifts)
    must = np.searchsorted(shift_start + after[-1], starts, side="right") - 1
    may = np.searchsorted(shift_start + after[0], starts, side="right") - 1
    place = np.arange(len(starts))
    for shift, sign in ((must, -1.0), (may, 1.0)):
        bound = shift >= 0
        row = np.concatenate([np.arange(bound.sum())] * 2)
        variable = np.concatenate([so_far[place[bound]], people[shift[bound]]])
        factor = np.repeat([sign, -sign], bound.sum())
        programme.rows(np.zeros(int(bound.sum())), row, variable, factor)
    return _Absence(begun, group, starts, starts + length)


def _running_sum(programme: LinearProgramme, sums: IntArray, parts: IntArray) -> None:
    """Bind ``sums[i] = sums[i - 1] + parts[i]``, as two rows each."""
    count = len(sums)
    row = np.concatenate([np.arange(count), np.arange(1, count), np.arange(count)])
    variable = np.concatenate([sums, sums[:-1], parts])
    factor = np.concatenate([np.ones(count), -np.ones(count - 1), -np.ones(count)])
    programme.rows(np.zeros(count), row, variable, factor)
    programme.rows(np.zeros(count), row, variable, -factor)


def _cover_rows(team: Team, programme: LinearProgramme, pooled: IntArray, absences: list[_Absence]) -> IntArray:
    """Add positions short, piece by piece, and the rows that ask for the need; return the rows in order of (t, g)."""
    demand = team.demand
    wanted = demand.need > 0
    count = int(wanted.sum())
    place = np.full(wanted.shape, -1, dtype=np.int64)
    place[wanted] = np.arange(count)
    pieces = team.pieces
    short = [
        programme.variables(price[wanted] / pieces.step, width[wanted] * pieces.step)
        for price, width in zip(pieces.price, pieces.width, strict=True)
    ]
    rows = [np.tile(np.arange(count), len(short))]
    variables = [np.concatenate(short)]
    factors = [np.full(len(short) * count, -1.0)]
    columns = team.columns
    spans = [(pooled, columns.group, columns.start_min, columns.end_min, -1.0)]
    spans += [
        (part.variables, np.full(len(part.start_min), part.group), part.start_min, part.end_min, 1.0)
        for part in absences
    ]
    for names, group, start, end, sign in spans:
        item, interval, share = overlaps(start, end, demand.interval_min, len(demand.need))
        row = place[interval, group[item]]
        rows.append(row[row >= 0])
        variables.append(names[item[row >= 0]])
        factors.append(sign * share[row >= 0])
    asked = pieces.ceiling[wanted].astype(np.float64) * -pieces.step
    return programme.rows(asked, *(np.concatenate(part) for part in (rows, variables, factors)))


def overlaps(
    start: IntArray, end: IntArray, interval_min: int, intervals: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (item, interval, share of the interval covered) of every span and every interval it meets."""
    first = start // interval_min
    lengths = np.maximum(np.minimum(-(-end // interval_min), intervals) - first, 0)
    item = np.repeat(np.arange(len(start)), lengths)
    within = np.arange(len(item)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    interval = first[item] + within
    begin = np.maximum(start[item], interval * interval_min)
    finish = np.minimum(end[item], (interval + 1) * interval_min)
    return item, interval, (finish - begin) / interval_min


def _expected(team: Team, classes: list[_People], absences: list[_Absence], optimum: LinearOptimum) -> FloatArray:
    """Return (kinds, T, G) coverage of one agent of each kind: the class's share, breaks taken off evenly."""
    shape = team.demand.need.shape
    columns = team.columns
    item, interval, share = overlaps(columns.start_min, columns.end_min, team.demand.interval_min, shape[0])
    per_class = []
    for people in classes:
        on = np.zeros(len(columns))
        on[people.columns] = optimum.values[people.variables]
        present = np.zeros(shape)
        np.add.at(present, (interval, columns.group[item]), share * on[item])
        per_class.append(present)
    gross = np.sum(per_class, axis=0)
    away = np.zeros(shape)
    for part in absences:
        which, when, by = overlaps(part.start_min, part.end_min, team.demand.interval_min, shape[0])
        np.add.at(away[:, part.group], when, by * optimum.values[part.variables][which])
    kept = np.clip(1 - away / np.maximum(gross, 1e-9), 0.0, 1.0)
    expected = np.zeros((len(team.kinds), *shape))
    for people, present in zip(classes, per_class, strict=True):
        expected[people.kinds] = present * kept / max(int(people.counts.sum()), 1)
    return expected
