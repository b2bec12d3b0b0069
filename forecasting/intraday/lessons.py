"""What past days teach about one service day, learnt once and good for every update of that day."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from forecasting.events.timeline import timeline, touched
from forecasting.history.series import HistoryGrid, grid_of
from forecasting.intraday.past_days import PastDays, past_days
from scenarios import US_PER_MIN, PlanningError, PromoEvent, Scenario, check_history
from scenarios.horizon import MIN_PER_DAY, Horizon, ServiceDay

_LEAD_MOST = 28


def day_lessons(
    history: pd.DataFrame, scenario: Scenario, day: date, *, past_promotions: tuple[PromoEvent, ...] = ()
) -> dict[str, PastDays]:
    """Return by contact type what past days teach about the service day of ``day``; rows from it on are not looked at.

    Worth keeping where a day is updated again and again: learning is most of an update's time.
    """
    horizon = scenario.horizon
    today = horizon.days[horizon.day_index(day)]
    checked = check_history(history)
    midnight = pd.Timestamp(horizon.instant(horizon.us_at(today.date, 0)))
    before = checked[checked["interval_start"] < midnight]
    if before.empty:
        first = checked["interval_start"].min().isoformat()
        raise PlanningError("history_after_horizon", value=first, start=midnight.isoformat())
    grid = grid_of(before, zone=horizon.zone, interval_min=horizon.interval_min)
    return lessons_of(grid, horizon, today, (*past_promotions, *scenario.promo))


def lessons_of(
    grid: HistoryGrid, horizon: Horizon, today: ServiceDay, promotions: Sequence[PromoEvent]
) -> dict[str, PastDays]:
    """Return what the rows of ``grid`` before the date of ``today`` teach, by contact type."""
    counts = grid.counts[: max(grid.day_of(today.date), 0)]
    before = HistoryGrid(grid.zone, grid.interval_min, grid.first_date, grid.contact_types, counts)
    ordinary = before.masked(touched(timeline(promotions), before.starts_us(), before.interval_min * US_PER_MIN))
    lead = min((today.date - horizon.first_date).days + 1, _LEAD_MOST)
    width = width_of(horizon, today)
    return {name: past_days(ordinary, column, lead=lead, width=width) for column, name in enumerate(grid.contact_types)}


def width_of(horizon: Horizon, today: ServiceDay) -> int:
    """Return the intervals from the midnight that opens a service day to the end of its last hour: a date or more."""
    closes = horizon.instant(today.closes_us - 1)
    minutes = (closes.date() - today.date).days * MIN_PER_DAY + closes.hour * 60 + 60
    return max(minutes, MIN_PER_DAY) // horizon.interval_min
