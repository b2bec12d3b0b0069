"""What a history teaches: ordinary days with promotions masked, and what the promotions did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasting.calendars.days import DayCalendar
from forecasting.events.aftermath import LONGEST_H, aftermath_h
from forecasting.events.curves import PastPromotions, learn_curves
from forecasting.events.festivals import Festivals
from forecasting.events.promotion import uplift_factors
from forecasting.events.recurring import Slot, weekly_slots, without_slots
from forecasting.events.sightings import sightings
from forecasting.events.timeline import AFTERMATH_H, Stretch, planned, timeline, touched
from forecasting.history.series import HistoryGrid
from forecasting.ordinary.baseline import Baseline, fit_baseline
from forecasting.ordinary.days import Days
from forecasting.ordinary.rolling import Models
from forecasting.ordinary.threads import one_thread
from forecasting.ordinary.two_level import fit_two_level
from scenarios import US_PER_MIN, PlanningError, PromoEvent
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt.

    Parameters
    ----------
    ordinary
        The history without promotions, their aftermath and special days of the calendar.
    baselines, past
        Per contact type (K): its ordinary days, and what past promotions did to it.
    festivals
        The special days of the calendar.
    aftermath_h
        Hours after a phase that were not ordinary yet.
    weekly
        Slots of promotions that come every week: they are part of the ordinary days.
    """

    ordinary: HistoryGrid
    baselines: tuple[Baseline, ...]
    past: tuple[PastPromotions, ...]
    festivals: Festivals
    aftermath_h: float = AFTERMATH_H
    weekly: frozenset[Slot] = frozenset()

    @property
    def last_date(self) -> date:
        """The last date of the history; leads count from it."""
        return self.ordinary.first_date + timedelta(days=self.ordinary.dates - 1)

    def column(self, contact_type: str) -> int:
        """Return the position of ``contact_type``; a ``PlanningError`` when the history has no row of it."""
        if contact_type not in self.ordinary.contact_types:
            known = ", ".join(self.ordinary.contact_types)
            raise PlanningError("type_without_history", value=contact_type, known=known)
        return self.ordinary.contact_types.index(contact_type)

    def coming(self, events: Sequence[PromoEvent]) -> tuple[Stretch, ...]:
        """Return the stretches of ``events`` as they lift the ordinary days of this history."""
        zone = self.ordinary.zone
        lifting = without_slots(events, self.weekly, zone=zone, last_date=self.last_date)
        return planned(lifting, zone=zone, aftermath_h=self.aftermath_h)

    def expected(
        self, column: int, leads: IntArray, start_us: IntArray, coming: Sequence[Stretch], *, response: float = 1.0,
        unknown_is_ordinary: bool = False,
    ) -> FloatArray:  # fmt: skip
        """Return (L, S) expected contacts of one type ``leads`` days after the last date, promotions ``coming``.

        ``start_us`` (L, S) is the start of those cells, µs since the epoch.
        """
        factors = uplift_factors(
            coming, self.past[column], start_us, self.ordinary.interval_min * US_PER_MIN, response=response,
            unknown_is_ordinary=unknown_is_ordinary,
        )  # fmt: skip
        return self.without_promotions(column, leads) * factors

    def without_promotions(self, column: int, leads: IntArray) -> FloatArray:
        """Return (L, S) contacts of one type expected ``leads`` days after the last date: ordinary and special days."""
        return self.festivals.ahead(column, self.baselines[column], leads)


def learn(
    grid: HistoryGrid,
    promotions: Sequence[PromoEvent],
    calendar: DayCalendar | None = None,
    models: Models | None = None,
) -> Lesson:
    """Return what ``grid`` teaches when ``promotions`` (any time; those in the history count) are known.

    Parameters
    ----------
    calendar
        Whose special days are hidden from the ordinary ones and learnt by festival; ``None``: every day is ordinary.
    models
        Which models of ordinary days are in use; ``None``: the small ones. They keep what they said at earlier
        origins: pass the same object to learn from histories that begin alike.

    Raises
    ------
    PlanningError
        When a type has no interval outside promotions and their aftermath.
    """
    with one_thread():
        return _learn(grid, promotions, calendar, models)


def _learn(
    grid: HistoryGrid, promotions: Sequence[PromoEvent], calendar: DayCalendar | None, models: Models | None
) -> Lesson:
    last_date = grid.first_date + timedelta(days=grid.dates - 1)
    weekly = weekly_slots(promotions, zone=grid.zone, last_date=last_date)
    events = without_slots(promotions, weekly, zone=grid.zone, last_date=last_date)
    start_us = grid.starts_us()
    interval_us = grid.interval_min * US_PER_MIN
    stretches = timeline(events, zone=grid.zone)
    festivals, days = _ordinary_days(grid, stretches, calendar)
    usual = [fit_two_level(one).inside() for one in days]
    lasting = timeline(events, zone=grid.zone, aftermath_h=LONGEST_H)
    types = range(len(grid.contact_types))
    after_h = max(aftermath_h(lasting, start_us, interval_us, grid.counts[:, :, k], usual[k]) for k in types)
    if after_h != AFTERMATH_H:
        measured = timeline(events, zone=grid.zone, aftermath_h=after_h)
        left = np.isfinite(grid.masked(touched(measured, start_us, interval_us)).counts).any(axis=(0, 1))
        if left.all():
            stretches = measured
            festivals, days = _ordinary_days(grid, stretches, calendar)
            usual = [fit_two_level(one).inside() for one in days]
        else:
            after_h = AFTERMATH_H  # with so long an aftermath no ordinary day would be left
    past = [learn_curves(sightings(stretches, start_us, interval_us, grid.counts[:, :, k], usual[k])) for k in types]
    baselines = tuple(fit_baseline(one, models) for one in days)
    return Lesson(festivals.ordinary(), baselines, tuple(past), festivals, after_h, weekly)


def _ordinary_days(
    grid: HistoryGrid, stretches: Sequence[Stretch], calendar: DayCalendar | None
) -> tuple[Festivals, tuple[Days, ...]]:
    """Return the special days of the history outside ``stretches``, and each type's other days."""
    hidden = touched(stretches, grid.starts_us(), grid.interval_min * US_PER_MIN)
    festivals = Festivals.over(grid.masked(hidden), calendar)
    ordinary, weekdays = festivals.ordinary(), festivals.weekdays()
    for column, name in enumerate(grid.contact_types):
        if not np.isfinite(ordinary.counts[:, :, column]).any():
            raise PlanningError("only_promotions", value=name)
    types = range(len(grid.contact_types))
    return festivals, tuple(Days.of(ordinary.counts[:, :, k], weekdays, grid.first_date) for k in types)
