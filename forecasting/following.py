"""Contacts that follow orders: what a history teaches of orders, and what the orders bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.after_sales.orders import OrdinaryOrders, orders_of
from forecasting.after_sales.wave import Wave, fit_wave
from forecasting.calendars.days import DayCalendar
from forecasting.events.curves import NOTHING_SEEN, PastPromotions
from forecasting.history.series import HistoryGrid, grid_of
from forecasting.learning import Lesson, learn
from forecasting.ordinary.rolling import Models
from scenarios import US_PER_MIN, AfterSales, Horizon, PromoEvent
from scenarios.checks import FloatArray


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """Orders of the past on a grid of D days, and what they teach."""

    grid: HistoryGrid
    lesson: Lesson

    def ordinary(self, days_ahead: int) -> OrdinaryOrders:
        """Return the ordinary orders of the past days and of ``days_ahead`` more."""
        return _ordinary(self.lesson, days_ahead, self.lesson.past[0])

    def by_day(self, days_ahead: int, coming: Sequence[PromoEvent]) -> FloatArray:
        """Return (D + ``days_ahead``,) orders of each day: as they came, and as they are expected with ``coming``.

        What the history does not know of its own days is filled in with what was to be expected.
        """
        days, stretches = self.grid.dates, self.lesson.coming(coming)
        ordinary, known = self.ordinary(days_ahead), self.grid.counts[:, :, 0]
        usual = ordinary.lifted(stretches, slice(0, days), unknown_is_ordinary=True)
        past = np.where(np.isfinite(known), known, usual)
        cells = np.concatenate([past, ordinary.lifted(stretches, slice(days, None))])
        return np.asarray(cells.sum(axis=1), dtype=np.float64)


def order_history(
    before: pd.DataFrame,
    horizon: Horizon,
    past_promotions: Sequence[PromoEvent],
    calendar: DayCalendar | None = None,
    models: Models | None = None,
) -> OrderHistory | None:
    """Return the orders of a checked history on the grid of ``horizon``; ``None`` where it has none."""
    orders = orders_of(before)
    if orders is None:
        return None
    grid = grid_of(orders, zone=horizon.zone, interval_min=horizon.interval_min)
    return OrderHistory(grid, learn(grid, past_promotions, calendar, models))


def days_after(grid: HistoryGrid, horizon: Horizon) -> int:
    """Return how many days after the last of ``grid`` the last interval of ``horizon`` begins."""
    last = horizon.instant(horizon.end_us - horizon.interval_us).date()
    return grid.day_of(last) - grid.dates + 1


def wave_of(
    orders: OrderHistory, by_day: FloatArray, contacts: HistoryGrid, contact_type: str, cause: AfterSales
) -> Wave:
    """Return the after-sales wave of a type of ``contacts``, which must hold it.

    ``by_day`` are the orders of ``OrderHistory.by_day``.
    """
    first = contacts.day_of(orders.grid.first_date)
    counts = contacts.counts[first:, :, contacts.contact_types.index(contact_type)]
    return fit_wave(by_day[: len(counts)], counts, orders.lesson.festivals.weekdays(len(counts)), cause)


def contacts_ahead(
    orders: OrderHistory, by_day: FloatArray, contacts: HistoryGrid, contact_type: str, cause: AfterSales
) -> FloatArray:
    """Return (L, S) contacts of the days after the last of ``contacts``; arguments as those of ``wave_of``."""
    wave = wave_of(orders, by_day, contacts, contact_type, cause)
    first = contacts.day_of(orders.grid.first_date)
    ahead = contacts.dates - first
    return wave.ahead(by_day[ahead:], orders.lesson.festivals.weekdays(len(by_day))[ahead:])


def scaled_orders(lesson: Lesson, days_ahead: int, per_day: float) -> OrdinaryOrders:
    """Return ordinary orders of ``per_day`` on average over the days ahead, spread as ordinary contacts are."""
    contacts = _ordinary(lesson, days_ahead, NOTHING_SEEN)
    mean = float(contacts.counts[-days_ahead:].sum(axis=1).mean())
    return OrdinaryOrders(
        contacts.start_us,
        contacts.interval_us,
        contacts.counts * (per_day / max(mean, 1e-300)),
        NOTHING_SEEN,
        contacts.zone,
    )


def _ordinary(lesson: Lesson, days_ahead: int, past: PastPromotions) -> OrdinaryOrders:
    """Return the sum of all ordinary series of ``lesson`` over its days and ``days_ahead`` more."""
    known = lesson.ordinary
    leads = np.arange(1, days_ahead + 1)
    counts = np.sum(
        [
            np.concatenate([baseline.inside(), lesson.without_promotions(column, leads)])
            for column, baseline in enumerate(lesson.baselines)
        ],
        axis=0,
    )
    days = HistoryGrid(known.zone, known.interval_min, known.first_date, ("",), np.full((*counts.shape, 1), np.nan))
    return OrdinaryOrders(days.starts_us(), known.interval_min * US_PER_MIN, counts, past, known.zone)
