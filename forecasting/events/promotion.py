"""The uplift of the planned promotions on a horizon: what the plan says, what history teaches, how sure both are."""

from collections.abc import Sequence

import numpy as np

from forecasting.events.curves import Curve, PastPromotions
from forecasting.events.sightings import HOUR_EDGES, MIDNIGHT_EDGES, clock_bins
from forecasting.events.timeline import Stretch, epoch_us, hours_in, overlap_us, reach
from scenarios import PlanKind, PlanningError, PromoPhase
from scenarios.checks import FloatArray, IntArray
from scenarios.horizon import US_PER_H
from scenarios.uplift import excess_mass


def uplift_factors(
    stretches: Sequence[Stretch],
    past: PastPromotions,
    start_us: IntArray,
    interval_us: int,
    *,
    response: float = 1.0,
    unknown_is_ordinary: bool = False,
) -> FloatArray:
    """Return by what the ordinary contacts of one type are multiplied in each interval.

    The planner's uplift of a phase wins: contacts of the type run at ``1 + response * (uplift - 1)`` on average over
    the phase; a phase whose uplift is only expected (``PlanKind.EXPECTED``) runs between that and its past, nearer to
    the surer of both. Without an uplift the phase's past decides, else the past of other events with a phase of that
    name.

    Parameters
    ----------
    stretches
        Planned (or just past) promotions; what several add at one time adds up.
    past
        What earlier ones did to this type.
    start_us
        Start of the intervals, µs since the epoch, rising along the flattened axes.
    response
        How strongly promotions lift the type (``ContactType.promo_response``).
    unknown_is_ordinary
        Take an uplift nobody knows as 1 instead of raising.

    Raises
    ------
    PlanningError
        When a phase has neither a planned uplift nor a past.
    """
    flat = start_us.ravel()
    factors = np.ones(flat.shape)
    for stretch in stretches:
        hit = reach(stretch, flat, interval_us)
        if hit.start >= hit.stop:
            continue
        inside = overlap_us(stretch, flat[hit], interval_us)
        planned = None if stretch.aftermath else stretch.phase.uplift
        curve = past.curve(stretch.owner, stretch.key)
        settled = planned is not None or stretch.aftermath or response == 0 or unknown_is_ordinary
        if curve is None and not settled:
            raise PlanningError(
                "uplift_unknown",
                thing=f"PromoEvent({stretch.event})",
                field=f"phases[{stretch.phase.name}].uplift",
                value=None,
            )
        mean = None if planned is None else 1 + response * (planned - 1)
        uplift = stretch_uplift(stretch, curve, mean, flat[hit], interval_us)
        factors[hit] += inside / interval_us * (uplift - 1)
    return np.maximum(factors, 0.0).reshape(start_us.shape)


def uplift_cv(stretch: Stretch, past: PastPromotions) -> float:
    """Return how far the uplift of a coming phase may be off, as a coefficient of variation."""
    phase = stretch.phase
    curve = past.curve(stretch.owner, stretch.key)
    learnt_sd = past.year_sd if curve is None else curve.sd
    if phase.uplift is None:
        return float(np.sqrt(np.expm1(learnt_sd**2)))
    if curve is None or phase.plan is PlanKind.TARGET:
        return phase.uplift_cv
    return float(np.sqrt(np.expm1(_plan_share(phase, curve) * np.log1p(phase.uplift_cv**2))))


def stretch_uplift(
    stretch: Stretch, curve: Curve | None, mean: float | None, start_us: IntArray, interval_us: int
) -> FloatArray:
    """Return the mean uplift of each interval over the part of it that lies inside ``stretch``.

    With ``mean`` (the planner's level) the uplift averages ``mean`` over the phase, or what ``mean`` and ``curve`` say
    together; its shape is the burst the plan describes, else ``curve``, else level. Without, it is ``curve``, else 1.

    Parameters
    ----------
    curve
        What past phases teach.
    start_us
        Starts of intervals that overlap the stretch.
    """
    phase = stretch.phase
    first, last = hours_in(stretch, start_us, interval_us)
    if curve is None:
        return np.ones(start_us.shape) if mean is None else _burst(phase, mean, first, last)
    edges, steps = _steps(stretch, curve)
    here = (_integral(last, edges, steps) - _integral(first, edges, steps)) / (last - first)
    if mean is None:
        return np.asarray(here, dtype=np.float64)
    length_h = np.array([(epoch_us(phase.end) - epoch_us(phase.start)) / US_PER_H])
    learnt = float((_integral(length_h, edges, steps) / length_h)[0])
    if phase.plan is PlanKind.EXPECTED and mean > 0:
        mean = float(learnt * (mean / learnt) ** _plan_share(phase, curve))
    if phase.burst_half_life_min is not None:
        return _burst(phase, mean, first, last)
    return np.asarray(here * mean / learnt, dtype=np.float64)


def _burst(phase: PromoPhase, mean: float, first: FloatArray, last: FloatArray) -> FloatArray:
    """Return the uplift between hours ``first`` and ``last`` of a phase by the shape the plan gives it."""
    excess = excess_mass(phase, last * US_PER_H) - excess_mass(phase, first * US_PER_H)
    return np.asarray(1 + (mean - 1) * excess / ((last - first) * US_PER_H), dtype=np.float64)


def _plan_share(phase: PromoPhase, curve: Curve) -> float:
    """Return the weight of the plan against the past: each counts by one over its variance on the log scale."""
    return curve.sd**2 / (curve.sd**2 + float(np.log1p(phase.uplift_cv**2)))


def _steps(stretch: Stretch, curve: Curve) -> tuple[FloatArray, FloatArray]:
    """Return (E,) hours since the start at which the uplift changes, and its values from there on."""
    midnight_h = (stretch.midnight_us - stretch.origin_us) / US_PER_H
    edges = np.unique(np.concatenate([HOUR_EDGES, midnight_h + np.array(MIDNIGHT_EDGES)]))
    edges = edges[edges >= 0]
    hour, night = clock_bins(stretch, stretch.origin_us + np.round(edges * US_PER_H).astype(np.int64))
    return edges, np.exp(curve.hours[hour] + np.append(0.0, curve.nights)[night])


def _integral(hours: FloatArray, edges: FloatArray, steps: FloatArray) -> FloatArray:
    """Return the integral from 0 of the step function with values ``steps`` from ``edges`` on."""
    before = np.concatenate([[0.0], np.cumsum(steps[:-1] * np.diff(edges))])
    step = np.searchsorted(edges, hours, side="right") - 1
    return np.asarray(before[step] + steps[step] * (hours - edges[step]), dtype=np.float64)
