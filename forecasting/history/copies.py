"""Numbers that no demand makes: dates copied, a day's total in one interval, wrong units, one monstrous value."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.special import ive

from forecasting.history.yardstick import Yardstick
from scenarios.checks import BoolArray, FloatArray, IntArray

_CHANCE = 1e-6  # of one such pair anywhere in the history
_COPIES_MOST = 0.1  # more than a tenth of the dates repeated: no accident of an export but a made-up history
_COPIES_ALWAYS = 1
_CLEARLY_WORSE = 1.1
_IN_ONE = 0.9
_IN_ONE_LOG_CHANCE = 30.0
_MONSTROUS = 100.0  # no shop's interval was a hundred times its usual one with ordinary ones on both sides
_MONSTROUS_LEAST = 0.1  # of the middle interval is taken for usual at least: a quiet hour has no scale of its own
_ALONE = 20.0
_UNIT_RATIO = 50.0  # minutes for seconds make 60, thousands 1000; promotions lift a whole date by 16 or so
_COLLAPSE_RATIO = 1 / 30  # a holiday leaves a shop more than a thirtieth
_UNIT_WINDOW_DAYS = 91
_UNIT_DAYS_MOST = 21
_AT_END_MOST = 6


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows of a date and of the one it was copied from."""

    row: int
    source: int


def copied_dates(counts: FloatArray, measure: Yardstick) -> tuple[list[Copy], bool]:
    """Return dates whose counts equal another date's interval by interval, and whether there are too many to be faults.

    The chance that two independent Poisson counts of mean m are equal is exp(-2 m) I0(2 m); the product over the day's
    intervals, times the number of pairs, must stay below one in a million. Of two equal dates that one is the copy
    which fits its own weekday and neighbours clearly worse; of two that fit alike, the later.
    """
    known = np.isfinite(counts)
    groups: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(np.where(known, counts, 0.0).sum(axis=1) > 0):
        groups.setdefault(counts[row].tobytes(), []).append(int(row))
    pairs = max(len(groups), 1) ** 2 / 2
    copies: list[Copy] = []
    for rows in groups.values():
        if len(rows) > 1 and _log_chance(counts[rows[0]]) + np.log(pairs) <= np.log(_CHANCE):
            misfit = [_misfit(counts[row], measure.usual[row]) for row in rows]
            best = min(misfit) * _CLEARLY_WORSE
            source = next(row for row, miss in zip(rows, misfit, strict=True) if miss <= best)
            copies.extend(Copy(row, source) for row in rows if row != source)
    dates = int(known.any(axis=1).sum())
    return copies, len(copies) > max(_COPIES_ALWAYS, _COPIES_MOST * dates)


def _log_chance(day: FloatArray) -> float:
    return float(np.log(ive(0, 2 * day[np.isfinite(day)])).sum())


def _misfit(day: FloatArray, usual: FloatArray) -> float:
    both = np.isfinite(day) & np.isfinite(usual)
    return float(np.abs(day[both] - usual[both]).sum() / max(usual[both].sum(), 1e-300)) if both.any() else 0.0


def totals_in_one(counts: FloatArray, measure: Yardstick) -> IntArray:
    """Return the rows whose whole contacts stand in one interval that usually has a small part of them."""
    both = np.isfinite(counts) & np.isfinite(measure.usual)
    found, usual = np.where(both, counts, 0.0), np.where(both, measure.usual, 0.0)
    total, ordinary = found.sum(axis=1), usual.sum(axis=1)
    top = found.argmax(axis=1)
    row = np.arange(len(counts))
    share = np.maximum(usual[row, top], 0.5) / np.maximum(ordinary, 0.5)
    in_one = (found[row, top] >= _IN_ONE * total) & (total > 0) & (share < 1)
    as_total = (total >= 0.2 * ordinary) & (total <= 5 * ordinary)
    return np.flatnonzero(in_one & as_total & (-total * np.log(np.minimum(share, 1.0)) >= _IN_ONE_LOG_CHANCE))


def monstrous(counts: FloatArray, measure: Yardstick) -> BoolArray:
    """Return (D, S) the single values a hundred times the usual one while those beside them are ordinary."""
    least = max(_MONSTROUS_LEAST * float(np.nanmedian(counts[counts > 0])), 1.0) if (counts > 0).any() else 1.0
    usual = np.where(np.isfinite(measure.usual), np.maximum(measure.usual, least), np.inf)
    flat = np.where(np.isfinite(counts), counts, 0.0).ravel()
    beside = np.maximum(np.concatenate(([0.0], flat[:-1])), np.concatenate((flat[1:], [0.0])))
    return np.asarray(
        (flat >= _MONSTROUS * usual.ravel()) & (beside <= flat / _ALONE) & (flat > 0), dtype=np.bool_
    ).reshape(counts.shape)


def day_levels(counts: FloatArray, weekdays: IntArray) -> FloatArray:
    """Return (D,) the busyness of dates: totals over the median total of their weekday; ``nan`` without any count.

    A total is put right for the intervals that are unknown by what those have on other dates.
    """
    known = np.isfinite(counts)
    number = known.sum(axis=0)
    mean = np.where(known, counts, 0.0).sum(axis=0) / np.maximum(number, 1)
    part = known @ mean
    total = np.where(known, counts, 0.0).sum(axis=1)
    often = number > 0.5 * known.any(axis=1).sum()
    whole = part / max(float(mean[often].sum()), 1e-300)
    total = np.where(whole > 0, total / np.maximum(whole, 1e-300), np.nan)
    levels = np.full(len(total), np.nan)
    for weekday in range(7):
        mine = np.isfinite(total) & (weekdays == weekday)
        middle = float(np.median(total[mine])) if mine.any() else 0.0
        if middle > 0:
            levels[mine] = total[mine] / middle
    return levels


def other_sizes(levels: FloatArray) -> list[tuple[IntArray, float]]:
    """Return runs of dates of another size than those around, and how many times as much they hold.

    Held against the median of three months, a run of up to three weeks; a run that ends the history may be a new
    truth and is taken for a fault only for less than a week.
    """
    rows = np.flatnonzero(np.isfinite(levels) & (levels > 0))
    if len(rows) < 3:
        return []
    size = min(_UNIT_WINDOW_DAYS, len(rows) - 1 + len(rows) % 2)
    around = median_filter(levels[rows], size=size, mode="reflect")
    ratio = levels[rows] / np.maximum(around, 1e-300)
    # Days beside a clear one count from half as far.
    side = (ratio >= _UNIT_RATIO / 2).astype(np.int64) - (ratio <= _COLLAPSE_RATIO * 2)
    found: list[tuple[IntArray, float]] = []
    for run in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(side)) + 1):
        clear = ratio[run].max() >= _UNIT_RATIO if side[run[0]] > 0 else ratio[run].min() <= _COLLAPSE_RATIO
        last = run[-1] == len(rows) - 1
        if side[run[0]] and clear and len(run) <= (_AT_END_MOST if last else _UNIT_DAYS_MOST):
            found.append((rows[run], float(np.median(ratio[run]))))
    return found
