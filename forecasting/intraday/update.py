"""Today's forecast after its first hours.

Each contact type by itself: how its hours go together is learnt from past days (``day_law``), how much of that is taken
is what past updates at this time of the day were worth (``gain``). On a day with planned promotions the error of the
plan comes on top, shared by the hours of a phase alone: before a phase begins, nothing has been seen of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from forecasting.events.timeline import epoch_us, overlap_us, planned
from forecasting.intraday.lessons import lessons_of
from forecasting.intraday.outcome import IntradayUpdate, TypeUpdate
from forecasting.intraday.past_days import PastDays
from forecasting.intraday.so_far import SoFar, so_far_of
from forecasting.intraday.type_day import TypeDay
from forecasting.uncertainty.strays import variance_of_day_mean
from scenarios import DemandUncertainty, Forecast, PromoEvent, Scenario, check_history
from scenarios.checks import FloatArray, IntArray, require_known
from scenarios.horizon import Horizon
from scenarios.progress import Progress, silent


def update_forecast(
    forecast: Forecast,
    history: pd.DataFrame,
    scenario: Scenario,
    *,
    day: date | None = None,
    at_min: int | None = None,
    past_promotions: tuple[PromoEvent, ...] = (),
    lessons: Mapping[str, PastDays] | None = None,
    progress: Progress | None = None,
) -> IntradayUpdate:
    """Return ``forecast`` with the rest of one service day as its known hours suggest.

    Nothing from the last known interval on is looked at.

    Parameters
    ----------
    forecast
        Made before the day, for ``scenario``.
    history
        Contract of ``check_history``: past days, and the first hours of the day.
    day, at_min
        Which service day, known up to how many minutes after its midnight; ``None``: up to the history's last row.
    past_promotions
        Events inside the history, with their phases.
    lessons
        By contact type, from ``day_lessons``: they serve all updates of a day. ``None``: learnt here.

    Raises
    ------
    PlanningError
        When the history breaks its contract or has other types; when the day is not in the forecast, is over, has no
        row, or misses an open interval.
    """
    checked = check_history(history)
    require_known("History", "contact_type", checked["contact_type"].unique(), forecast.contact_types)
    so_far = so_far_of(forecast, checked, day=day, at_min=at_min)
    today = forecast.horizon.days[so_far.index]
    promotions = (*_begun(past_promotions, forecast.horizon), *scenario.promo)
    taught = lessons or lessons_of(so_far.grid, forecast.horizon, today, promotions)
    phases = _phases(forecast.horizon, promotions, so_far)
    expected = np.array(forecast.expected)
    types: list[TypeUpdate] = []
    left: list[tuple[float, float]] = []  # per type: contacts of the rest, and their relative variance
    for number, name in enumerate(forecast.contact_types):
        kind = next(kind for kind in scenario.contact_types if kind.name == name)
        one = TypeDay(forecast, so_far, number, kind, phases)
        told = one.learn(taught[name])
        expected[one.known, number] = np.where(one.quiet, expected[one.known, number], so_far.came[:, number])
        expected[one.rest, number] *= told.factors
        types.append(told.update)
        left.append((float(expected[one.rest, number].sum()), told.variance))
        (progress or silent)("intraday", number + 1, len(forecast.contact_types))
    law = _narrowed(forecast, so_far, expected, left)
    after = replace(forecast, expected=expected, uncertainty=law)
    return IntradayUpdate(forecast, after, so_far.index, so_far.now, so_far.came, tuple(types))


def _begun(past_promotions: Sequence[PromoEvent], horizon: Horizon) -> tuple[PromoEvent, ...]:
    """Return the phases that began before the horizon; those inside it are the plan's, and would count twice."""
    return tuple(
        PromoEvent(event.name, tuple(phase for phase in event.phases if phase.start < horizon.start))
        for event in past_promotions
    )


def _phases(horizon: Horizon, promotions: Sequence[PromoEvent], so_far: SoFar) -> FloatArray:
    """Return (P, I) how much of each interval of the day lies in each phase that touches the day."""
    today = horizon.days[so_far.index]
    numbers = np.arange(today.first_interval, today.end_interval, dtype=np.int64)
    start_us: IntArray = epoch_us(horizon.start) + numbers * horizon.interval_us
    stretches = [one for one in planned(promotions) if not one.aftermath]
    rows = [overlap_us(one, start_us, horizon.interval_us) / horizon.interval_us for one in stretches]
    return np.array([row for row in rows if row.any()]).reshape(-1, len(numbers))


def _narrowed(
    forecast: Forecast, so_far: SoFar, expected: FloatArray, left: Sequence[tuple[float, float]]
) -> DemandUncertainty:
    """Return the forecast's uncertainty with the day's factor as the rest may still stray.

    The types' variances are averaged, weighted by their contacts, as ``day_cv`` is common to all. What the drifting
    busyness makes of the rest's total is taken out: the sampling of paths puts it back.
    """
    law = forecast.uncertainty
    today = forecast.horizon.days[so_far.index]
    shape = expected[so_far.now : today.end_interval].sum(axis=1)
    told = [(contacts, variance) for contacts, variance in left if contacts > 0]
    if not told or all(np.isnan(variance) for _, variance in told):
        return law
    drift = variance_of_day_mean(shape, law.busyness_cv**2, law.busyness_correlation)
    before = law.day_cv[so_far.index] ** 2
    mean = np.average(
        [before if np.isnan(variance) else max(variance - drift, 0.0) for _, variance in told],
        weights=[contacts for contacts, _ in told],
    )
    day_cv = list(law.day_cv)
    day_cv[so_far.index] = float(np.sqrt(mean))
    return replace(law, day_cv=tuple(day_cv))
