"""How much promotions lift: learnt by event, phase and hours since the phase began, never by date.

The log of the uplift in a bin of hours is the mean over the event's past years and ``POOLING`` pseudo-years of the
curve pooled over all events with a phase of that name, moved to the event's own height. A phase that no event ever had
is unknown. The time after a phase is learnt the same way, shrunk towards ordinary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.events.timeline import US_PER_H, Stretch, epoch_us, hours_in, overlap_us, reach
from scenarios.checks import FloatArray, IntArray
from scenarios.uplift import excess_mass

HOUR_EDGES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 96.0, 144.0)
"""Bins of hours since the start: narrow where bursts decay, wide later; the last one is open."""
POOLING = 0.5
"""Pseudo-years of the pooled curve; .3 to 1 measures alike, more than 1 worse."""
_NOISY_CONTACTS = 10.0  # a bin with this many contacts (chance error a third) counts half
_UNKNOWN_SPREAD = 0.2  # assumed error of an uplift nobody could compare yet [assumed]
_SPREAD_PSEUDO = 3.0  # comparisons the assumption above is worth


@dataclass(frozen=True, slots=True)
class Sighting:
    """One phase (or aftermath) of one past event, in the contacts of one type.

    Parameters
    ----------
    log_ratio
        (B,) log of contacts over ordinary contacts by bin of hours, 0 where nothing was seen.
    weight
        (B,) how much a bin counts, 0 (not seen) to 1.
    log_height
        Log of all contacts over all ordinary ones.
    """

    event: str
    key: tuple[str, bool]
    log_ratio: FloatArray
    weight: FloatArray
    log_height: float


def sightings(
    stretches: Sequence[Stretch], start_us: IntArray, interval_us: int, counts: FloatArray, ordinary: FloatArray
) -> tuple[Sighting, ...]:
    """Return what past ``stretches`` did to one type's contacts.

    Parameters
    ----------
    start_us, counts, ordinary
        (D, S) start of the cells, contacts (``nan`` = unknown) and ordinary contacts.
    """
    seen: dict[tuple[int, int, bool], tuple[Stretch, FloatArray, FloatArray]] = {}
    flat = start_us.ravel()
    for stretch in stretches:
        near = reach(stretch, flat, interval_us)
        came, usual = counts.ravel()[near], ordinary.ravel()[near]
        mine = overlap_us(stretch, flat[near], interval_us) * 2 > interval_us  # a cell belongs to who has most of it
        cells = mine & np.isfinite(came) & (usual > 0)
        middle = (flat[near][cells] + interval_us / 2 - stretch.origin_us) / US_PER_H
        bins = np.searchsorted(HOUR_EDGES, middle, side="right") - 1
        contacts = np.asarray(np.bincount(bins, came[cells], len(HOUR_EDGES)), dtype=np.float64)
        expected = np.asarray(np.bincount(bins, usual[cells], len(HOUR_EDGES)), dtype=np.float64)
        place = (stretch.occurrence, stretch.origin_us, stretch.aftermath)
        if place in seen:
            contacts, expected = contacts + seen[place][1], expected + seen[place][2]
        seen[place] = (stretch, contacts, expected)
    return tuple(_sighting(*entry) for entry in seen.values() if entry[2].sum() > 0)


def _sighting(stretch: Stretch, contacts: FloatArray, ordinary: FloatArray) -> Sighting:
    height = (contacts.sum() + 1) / (ordinary.sum() + 1)
    # A bin is drawn to the height of its phase by one contact's worth, so that an empty bin has a logarithm.
    ratio = (contacts + height) / (ordinary + 1)
    weight = np.where(ordinary > 0, contacts / (contacts + _NOISY_CONTACTS), 0.0)
    log_ratio = np.where(ordinary > 0, np.log(ratio), 0.0)
    return Sighting(stretch.event, stretch.key, log_ratio, weight, float(np.log(height)))


def learnt_curve(past: Sequence[Sighting], event: str, key: tuple[str, bool]) -> FloatArray | None:
    """Return (B,) the uplift by bin of hours that ``past`` teaches for a phase; ``None`` when it teaches nothing."""
    alike = [sighting for sighting in past if sighting.key == key]
    own = [sighting for sighting in alike if sighting.event == event]
    if not alike:
        return None
    shape = _mean_shape(alike)
    if shape is None:
        return np.full(len(HOUR_EDGES), np.exp(np.mean([sighting.log_height for sighting in own or alike])))
    if not own:
        return np.asarray(np.exp(shape * _afterglow(alike, key)), dtype=np.float64)
    weight = np.array([sighting.weight for sighting in own])
    ratio = np.array([sighting.log_ratio for sighting in own])
    height = float((weight * (ratio - shape)).sum() / max(weight.sum(), 1e-12))
    curve = ((weight * ratio).sum(axis=0) + POOLING * (shape + height)) / (weight.sum(axis=0) + POOLING)
    return np.asarray(np.exp(curve * _afterglow(own, key)), dtype=np.float64)


def _mean_shape(alike: Sequence[Sighting]) -> FloatArray | None:
    """Return (B,) the weighted mean log ratio; bins nobody saw take their neighbour's."""
    weight = np.array([sighting.weight for sighting in alike])
    total = weight.sum(axis=0)
    seen = np.flatnonzero(total > 0)
    if not seen.size:
        return None
    mean = (weight * np.array([sighting.log_ratio for sighting in alike])).sum(axis=0) / np.maximum(total, 1e-300)
    return np.asarray(np.interp(np.arange(len(total)), seen, mean[seen]), dtype=np.float64)


def _afterglow(alike: Sequence[Sighting], key: tuple[str, bool]) -> float:
    """Return how much of a learnt log ratio is believed: a phase wholly, an aftermath n / (n + 1)."""
    return len(alike) / (len(alike) + 1) if key[1] else 1.0


def stretch_uplift(
    stretch: Stretch, curve: FloatArray | None, mean: float | None, start_us: IntArray, interval_us: int
) -> FloatArray:
    """Return the mean uplift of each interval over the part of it that lies inside ``stretch``.

    With ``mean`` (the planner's level) the uplift averages ``mean`` over the phase; its shape is the burst the plan
    describes, else ``curve``, else level. Without, it is ``curve``, else 1.

    Parameters
    ----------
    curve
        (B,) learnt uplift by bin of hours.
    start_us
        Starts of intervals that overlap the stretch.
    """
    first, last = hours_in(stretch, start_us, interval_us)
    phase = stretch.phase
    if mean is not None and (curve is None or phase.burst_half_life_min is not None):
        excess = excess_mass(phase, last * US_PER_H) - excess_mass(phase, first * US_PER_H)
        return np.asarray(1 + (mean - 1) * excess / ((last - first) * US_PER_H), dtype=np.float64)
    if curve is None:
        return np.ones(start_us.shape)
    here = (_curve_integral(last, curve) - _curve_integral(first, curve)) / (last - first)
    if mean is None:
        return np.asarray(here, dtype=np.float64)
    length_h = (epoch_us(phase.end) - epoch_us(phase.start)) / US_PER_H
    return np.asarray(here * mean * length_h / _curve_integral(np.array([length_h]), curve), dtype=np.float64)


def _curve_integral(hours: FloatArray, curve: FloatArray) -> FloatArray:
    """Return the integral from 0 of the step function with values ``curve`` on ``HOUR_EDGES``."""
    edges = np.array(HOUR_EDGES)
    before = np.concatenate([[0.0], np.cumsum(curve[:-1] * np.diff(edges))])
    step = np.searchsorted(edges, hours, side="right") - 1
    return np.asarray(before[step] + curve[step] * (hours - edges[step]), dtype=np.float64)


def spread_of_events(past: Sequence[Sighting]) -> float:
    """Return the coefficient of variation of an event's uplift from one year to the next.

    The spread of the heights of past phases around the mean of their event and phase, together with an assumed spread
    that fades as comparisons come in.
    """
    squares, freedom = 0.0, 0
    groups = {(sighting.event, sighting.key) for sighting in past if not sighting.key[1]}
    for event, key in groups:
        heights = [s.log_height for s in past if s.event == event and s.key == key]
        squares += float(np.var(heights)) * len(heights)
        freedom += len(heights) - 1
    variance = (squares + _SPREAD_PSEUDO * np.log1p(_UNKNOWN_SPREAD**2)) / (freedom + _SPREAD_PSEUDO)
    return float(np.sqrt(np.expm1(variance)))
