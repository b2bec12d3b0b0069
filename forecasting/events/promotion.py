"""The uplift of the planned promotions on a horizon: the plan's figures first, then what history teaches."""

from collections.abc import Sequence

import numpy as np

from forecasting.events.sightings import Sighting, learnt_curve, stretch_uplift
from forecasting.events.timeline import Stretch, overlap_us, reach
from scenarios import PlanningError
from scenarios.checks import FloatArray, IntArray


def uplift_factors(
    stretches: Sequence[Stretch],
    past: Sequence[Sighting],
    start_us: IntArray,
    interval_us: int,
    *,
    response: float = 1.0,
    unknown_is_ordinary: bool = False,
) -> FloatArray:
    """Return by what the ordinary contacts of one type are multiplied in each interval.

    The planner's uplift of a phase wins: contacts of the type run at ``1 + response * (uplift - 1)`` on average over
    the phase. Without one, the phase's past decides, else the past of other events with a phase of that name.

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
        curve = learnt_curve(past, stretch.event, stretch.key)
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
