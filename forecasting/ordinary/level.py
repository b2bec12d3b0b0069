"""How busy days are: weekday factors and a level that is smoothed as the lead demands."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from scenarios.checks import BoolArray, FloatArray, IntArray

HALF_LIVES_DAYS = (1.0, 2.0, 4.0, 7.0, 14.0, 28.0, 56.0, 112.0)
"""Memories of the level, from "yesterday" to "the last months": steps of about two, so that none is missed by much."""
LEAD_EDGES = (1, 2, 4, 8, 15)
"""First lead (days) of each stretch with weights of its own: tomorrow, the days after, this week, next week, later."""
_WEEKDAY_HALF_LIFE_DAYS = 56.0  # eight weeks: a habit of shoppers changes over a season
_WEEKDAY_PSEUDO_DAYS = 0.3  # a weekday seen once is believed by three quarters: weekdays differ more than weeks
_KERNEL_DAYS = 10.0  # local level: about three weeks to both sides
_CLIP_SCALES = 2.5  # days further off than this many robust deviations are pulled in (holidays, outages)
_CLIP_LEAST = 0.02
_CLIP_FROM_DAYS = 14  # below two weeks nobody can tell a strange day
_SCORED_LEAST = 7  # errors of fewer days do not choose between memories
_PREFERENCE = 2.0  # weights go with (1 / mean square error) ** this: prefers good memories, never bets on one
_RATIO_LEAST = 0.05  # a day with less than a twentieth of the ordinary contacts is no further off than that
_FACTOR_LEAST = 1e-6  # a weekday that is open but never has a contact
_PASSES = 4  # converges geometrically: the fourth pass changes the third by under a thousandth


@dataclass(frozen=True, slots=True)
class Level:
    """Level of a series at the end of its history.

    Parameters
    ----------
    weekday
        (7,) factor of each weekday, Monday first.
    ends
        (H,) last level for each of ``HALF_LIVES_DAYS``.
    weights
        (len(LEAD_EDGES), H) their weights by lead.
    local
        (D,) level of each past day, looking to both sides.
    """

    weekday: FloatArray
    ends: FloatArray
    weights: FloatArray
    local: FloatArray

    def at(self, leads: IntArray) -> FloatArray:
        """Return the expected level (without weekday factor) ``leads`` >= 1 days after the last day."""
        stretch = np.searchsorted(LEAD_EDGES, leads, side="right") - 1
        return np.asarray(self.weights[stretch] @ self.ends, dtype=np.float64)


def fit_level(totals: FloatArray, weekdays: IntArray) -> Level:
    """Return the level behind (D,) day ``totals`` (``nan`` = absent) with (D,) ``weekdays``.

    Totals are taken apart into local level times weekday factor, days far off are pulled in, and the level is smoothed
    exponentially with every memory. For each stretch of leads the memories are weighted by how well they did on this
    series' own past. Means are taken of contacts, not of their logarithms: those of small series would come out low.
    """
    known = np.isfinite(totals)
    filled = np.where(known, totals, 0.0)
    clip = _clip_width(filled, known, weekdays)
    recency = 0.5 ** (np.arange(len(totals))[::-1] / _WEEKDAY_HALF_LIFE_DAYS)
    local = _around(filled, known)
    weekday = _middle_factors(filled, local, known, weekdays)
    for _ in range(_PASSES):
        pulled = _pulled_in(filled, local * weekday[weekdays], clip)
        weekday = _weekday_factors(pulled, local, known, weekdays, recency)
        local = _around(pulled / np.maximum(weekday[weekdays], _FACTOR_LEAST), known)
    ordinary = _pulled_in(filled, local * weekday[weekdays], clip) / np.maximum(weekday[weekdays], _FACTOR_LEAST)
    levels = _smoothed(np.where(known, ordinary, 0.0), known)
    return Level(weekday, levels[-1], _weights(_errors_by_lead(levels, ordinary, local, known)), local)


def _around(values: FloatArray, known: BoolArray) -> FloatArray:
    """Return (D,) the local mean of the known ``values``, a bell over both sides; inside long gaps, a straight line."""
    mass = gaussian_filter1d(known.astype(np.float64), _KERNEL_DAYS, mode="constant")
    total = gaussian_filter1d(np.where(known, values, 0.0), _KERNEL_DAYS, mode="constant")
    near = mass > 0
    if not near.any():
        return np.zeros(len(values))
    day = np.arange(len(values))
    return np.asarray(np.interp(day, day[near], total[near] / mass[near]), dtype=np.float64)


def _pulled_in(totals: FloatArray, expected: FloatArray, clip: float) -> FloatArray:
    """Return ``totals`` no further from ``expected`` than the factor exp(``clip``)."""
    return np.clip(totals, expected * np.exp(-clip), expected * np.exp(clip)) if np.isfinite(clip) else totals


def _clip_width(filled: FloatArray, known: BoolArray, weekdays: IntArray) -> float:
    """Return how far (log scale) a day may stray from its surroundings before it is pulled in."""
    if known.sum() < _CLIP_FROM_DAYS:
        return float("inf")
    ratio = np.ones(len(filled))
    for weekday in range(7):
        mine = known & (weekdays == weekday)
        middle = float(np.median(filled[mine])) if mine.any() else 0.0
        if middle > 0:
            ratio[mine] = filled[mine] / middle
    bare = np.log(np.maximum(ratio, _RATIO_LEAST))
    deviation = np.abs(bare - _around(bare, known))[known]
    return max(_CLIP_SCALES * 1.4826 * float(np.median(deviation)), _CLIP_LEAST)  # 1.4826 MAD = sd of a normal


def _middle_factors(filled: FloatArray, local: FloatArray, known: BoolArray, weekdays: IntArray) -> FloatArray:
    """Return (7,) the median ratio of each weekday to its surroundings: where the passes start, whatever strays."""
    ratio = filled / np.maximum(local, 1e-300)
    days = [known & (weekdays == weekday) & (local > 0) for weekday in range(7)]
    return np.array([float(np.median(ratio[mine])) if mine.any() else 1.0 for mine in days])


def _weekday_factors(
    pulled: FloatArray, local: FloatArray, known: BoolArray, weekdays: IntArray, recency: FloatArray
) -> FloatArray:
    """Return (7,) contacts of each weekday over those its surroundings would give it, slightly shrunk to 1."""
    factors = np.ones(7)
    recent_level = float(recency @ np.where(known, local, 0.0)) / max(float(recency @ known), 1e-300)
    for weekday in range(7):
        mine = known & (weekdays == weekday)
        own = _WEEKDAY_PSEUDO_DAYS * recent_level + recency[mine] @ local[mine]
        if mine.any() and own > 0:
            factors[weekday] = (_WEEKDAY_PSEUDO_DAYS * recent_level + recency[mine] @ pulled[mine]) / own
    return factors


def _smoothed(values: FloatArray, known: BoolArray) -> FloatArray:
    """Return (D, H) exponentially weighted means of the known values up to each day; absent days only age the rest."""
    levels = np.empty((len(values), len(HALF_LIVES_DAYS)))
    for number, half_life in enumerate(HALF_LIVES_DAYS):
        keep = 0.5 ** (1.0 / half_life)
        total = lfilter([1.0], [1.0, -keep], values)
        mass = lfilter([1.0], [1.0, -keep], known.astype(np.float64))
        last_known = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
        levels[:, number] = total[last_known] / np.maximum(mass[last_known], 1e-300)
    return levels


def _errors_by_lead(levels: FloatArray, ordinary: FloatArray, local: FloatArray, known: BoolArray) -> FloatArray:
    """Return (len(LEAD_EDGES), H) mean square relative error of every memory, ``nan`` where few days can be scored."""
    days = len(ordinary)
    ends = (*LEAD_EDGES[1:], 2 * LEAD_EDGES[-1] - 1)
    errors = np.full((len(LEAD_EDGES), levels.shape[1]), np.nan)
    scorable = known & (local > 0)
    for stretch, (first, end) in enumerate(zip(LEAD_EDGES, ends, strict=True)):
        squares: list[FloatArray] = []
        for lead in range(first, end):
            target = np.arange(_CLIP_FROM_DAYS - 1 + lead, days)
            target = target[scorable[target]]
            squares.append(((levels[target - lead] - ordinary[target, None]) / local[target, None]) ** 2)
        scored = np.concatenate(squares)
        if len(scored) >= _SCORED_LEAST:
            errors[stretch] = scored.mean(axis=0)
    return errors


def _weights(errors: FloatArray) -> FloatArray:
    """Return weights of the memories by stretch of leads; equal ones where nothing could be scored."""
    safe = np.where(np.isfinite(errors) & (errors > 0), errors, 1.0)
    usable = np.isfinite(errors).all(axis=1, keepdims=True) & (errors > 0).all(axis=1, keepdims=True)
    raw = np.where(usable, (safe / safe.min(axis=1, keepdims=True)) ** -_PREFERENCE, 1.0)
    return np.asarray(raw / raw.sum(axis=1, keepdims=True), dtype=np.float64)
