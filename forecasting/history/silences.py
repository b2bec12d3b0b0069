"""Silences: intervals and dates with no contacts, or next to none, where many were usual.

A silence is called one when all of this holds: it found at most a twentieth of what was usual at this time, the day's
own busyness taken into account; so few are improbable (``CHANCE``) under a negative binomial with the series' own
overdispersion; the days alike were not silent then; the days around were not silent at the same hours, which would be
other opening hours. Zeros of small series pass: with the least overdispersion assumed, a silence must have swallowed
about forty contacts to be told from chance.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.history.yardstick import Yardstick, unlikely
from scenarios.checks import BoolArray, FloatArray, IntArray

_NEXT_TO_NONE = 0.05
_CANDIDATE = 0.1
_USUAL_LEAST = 16.0  # exp(-16) is CHANCE: with fewer usual contacts nothing is improbable
_ALIKE_SPEAK = 0.3  # days alike had at least so much of the usual at this time
_HOURS_DAYS = 3
_HOURS_ALSO = 2  # of the three days before and after, so many silent at the same hours are no accident
_PARTIAL = 0.5
_PARTIAL_CHANCE = 1e-3
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Silence:
    """(D, S) cells of one silence, contacts found in it and usual there."""

    cells: BoolArray
    found: float
    usual: float


@dataclass(frozen=True, slots=True)
class SilentDates:
    """Consecutive dates (rows) without any contact; whether they open or end what is known of the type."""

    rows: IntArray
    usual: float
    opens: bool
    ends: bool


def silent_dates(
    counts: FloatArray, weekdays: IntArray, measure: Yardstick, unlike: BoolArray, *, quiet: BoolArray
) -> list[SilentDates]:
    """Return the runs of dates without a single contact that are no chance.

    The dates of a run are held against the nearest same weekdays outside it, however long it is. Those of ``quiet``
    (D,) are never called silent.
    """
    known = np.isfinite(counts).any(axis=1)
    total = np.where(np.isfinite(counts), counts, 0.0).sum(axis=1)
    yard = np.where(np.isfinite(counts) & ~unlike, counts, 0.0).sum(axis=1)
    useful = np.flatnonzero((np.isfinite(counts) & ~unlike).any(axis=1))
    mine = [useful[weekdays[useful] == weekday] for weekday in range(_WEEK)]
    rows = np.flatnonzero(known)
    found: list[SilentDates] = []
    for run in np.split(rows, np.flatnonzero(np.diff(total[rows] > 0)) + 1):
        run = run[~quiet[run]]
        if not len(run) or total[run[0]] > 0:
            continue
        usual = np.array([_usual_total(yard, mine[weekdays[row]], run) for row in run])
        silent = run[~(usual == 0)]  # in a silent run, dates nobody can say anything of are silent too
        expected = float(np.nansum(usual))
        if unlikely(0.0, expected, measure.day_variance + measure.interval_variance):
            found.append(SilentDates(silent, expected, bool(run[0] == rows[0]), bool(run[-1] == rows[-1])))
    return found


def _usual_total(total: FloatArray, alike: IntArray, run: IntArray) -> float:
    """Return the usual total of a date; 0 when the days alike are silent too, ``nan`` when fewer than two are."""
    before, after = alike[alike < run[0]], alike[alike > run[-1]]
    near = np.concatenate((before[-3:], after[:3]))
    if len(near) < 6:
        near = np.concatenate((before[-(6 - len(after[:3])) :], after[: 6 - len(before[-3:])]))
    if len(near) < 2:
        return float("nan")
    values = np.sort(total[near])
    if len(values) < 4:
        return float(values.mean()) if values[0] > 0 else 0.0
    middle = float(values[1:-1].mean())
    return middle if values[1] >= _ALIKE_SPEAK * middle else 0.0


def silences(counts: FloatArray, measure: Yardstick, asked: BoolArray) -> list[Silence]:
    """Return the silences within days among the ``asked`` (D, S) cells: those open, known, and not explained."""
    told = asked & np.isfinite(counts) & (np.nan_to_num(measure.usual) > 0)
    found, usual = np.where(told, counts, 0.0), np.where(told, measure.usual, 0.0)
    least = _CANDIDATE * usual
    lively = told & (found > least)  # how busy the day was apart from its silence
    prior = 1 / measure.day_variance
    ratio = (prior + (found * lively).sum(axis=1)) / (prior + (usual * lively).sum(axis=1))
    quiet = told & (found <= least * np.minimum(ratio, 1.0)[:, None])
    breaks = told & ~quiet
    day_start = np.zeros_like(told)
    day_start[:, 0] = True
    label = np.cumsum((breaks | day_start).ravel())
    weight = np.where(quiet, usual, 0.0).ravel()
    expected = np.bincount(label, weights=weight)
    slots = counts.shape[1]
    runs: list[Silence] = []
    for number in np.flatnonzero(expected >= _USUAL_LEAST):
        first, end = np.searchsorted(label, (number, number + 1))
        day = int(first) // slots
        inside = np.zeros(slots, dtype=np.bool_)
        inside[int(first) - day * slots : int(end) - day * slots] = True
        inside &= quiet[day]
        if _improbable(inside, found[day], usual[day], measure, day) and not _usual_silence(
            inside, found, usual, measure, day
        ):
            runs.append(_with_edges(inside, found[day], usual[day], measure, day, told))
    return runs


def _improbable(inside: BoolArray, found: FloatArray, usual: FloatArray, measure: Yardstick, day: int) -> bool:
    """Return whether the cells ``inside`` (S,) of a day have too few contacts for what the rest of the day had."""
    mean, variance = _expected(inside, found, usual, measure, day)
    came = float(found[inside].sum())
    if came > _NEXT_TO_NONE * mean or not unlikely(came, mean, variance):
        return False
    values = measure.around[day][:, inside]
    alike = np.sort(np.where(np.isfinite(values), values, 0.0).sum(axis=1)[np.isfinite(values).any(axis=1)])
    second = 1 if len(alike) >= 4 else 0  # one of the days alike may have been silent itself
    return bool(alike[second] >= _ALIKE_SPEAK * usual[inside].sum())


def _expected(
    inside: BoolArray, found: FloatArray, usual: FloatArray, measure: Yardstick, day: int
) -> tuple[float, float]:
    """Return mean and overdispersion of the contacts ``inside``, given the rest of the day."""
    ratio, shape = measure.day_ratio(float(found[~inside].sum()), float(usual[~inside].sum()))
    ordinary = float(usual[inside].sum())
    alike = max(int((measure.near[day] >= 0).sum()), 1)
    learnt = (measure.interval_variance + 1 / max(ordinary, 1e-300)) / alike  # the yardstick itself is a sample
    return ordinary * ratio, 1 / shape + measure.interval_variance + learnt


def _usual_silence(inside: BoolArray, found: FloatArray, usual: FloatArray, measure: Yardstick, day: int) -> bool:
    """Return whether the silence was no accident: the dates around were silent at the same hours too.

    Where other weekdays had to stand in as the yardstick, one silent date of the own weekday is enough.
    """
    around = [row for row in range(day - _HOURS_DAYS, day + _HOURS_DAYS + 1) if row != day]
    if _also_silent(inside, found, usual, around) >= _HOURS_ALSO:
        return True
    near = measure.near[day]
    mixed = bool(((near[near >= 0] - day) % _WEEK != 0).any())
    return mixed and _also_silent(inside, found, usual, [day - _WEEK, day + _WEEK]) > 0


def _also_silent(inside: BoolArray, found: FloatArray, usual: FloatArray, rows: list[int]) -> int:
    """Return how many of the dates were silent in the cells ``inside`` although contacts were usual there."""
    known = [row for row in rows if 0 <= row < len(found) and usual[row, inside].sum() > 0]
    return sum(found[row, inside].sum() <= _CANDIDATE * usual[row, inside].sum() for row in known)


def _with_edges(
    inside: BoolArray, found: FloatArray, usual: FloatArray, measure: Yardstick, day: int, told: BoolArray
) -> Silence:
    """Return the silence with the intervals in whose middle it began and ended."""
    came, ordinary = float(found[inside].sum()), float(usual[inside].sum())
    ratio, shape = measure.day_ratio(float(found[~inside].sum()), float(usual[~inside].sum()))
    place = np.flatnonzero(inside)
    for edge in (place[0] - 1, place[-1] + 1):
        if not 0 <= edge < len(found) or not told[day, edge] or found[edge] > _PARTIAL * ratio * usual[edge]:
            continue
        beside = 1 / shape + measure.interval_variance
        inside[edge] = unlikely(float(found[edge]), ratio * float(usual[edge]), beside, _PARTIAL_CHANCE)
    cells = np.zeros_like(told)
    cells[day] = inside
    return Silence(cells, came, ordinary * ratio)
