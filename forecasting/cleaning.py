"""A history made fit to learn from: examined with what is known of opening hours, promotions and answered contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import numpy as np
import pandas as pd

from forecasting.calendars.days import DayCalendar
from forecasting.calendars.special import special_days
from forecasting.events.timeline import timeline, touched
from forecasting.history.quality import Examination, examine
from forecasting.history.series import HistoryGrid, comparison_grid_min, grid_of, open_cells
from scenarios import US_PER_MIN, Opening, PromoEvent, check_history
from scenarios.checks import BoolArray


@dataclass(frozen=True, slots=True)
class Examiner:
    """Everything a history is judged by, so that it can be judged as of any of its dates.

    Parameters
    ----------
    grid
        The history.
    is_open
        (D, S) open cells; ``None``: hours unknown.
    promoted
        (D, S) cells of promotions and their aftermath.
    quiet
        (D,) special days of the calendar, on which silence is no fault.
    answered
        Answered contacts on the same dates; ``None``: unknown.
    """

    grid: HistoryGrid
    is_open: BoolArray | None
    promoted: BoolArray
    quiet: BoolArray
    answered: HistoryGrid | None

    @classmethod
    def of(
        cls, checked: pd.DataFrame, grid: HistoryGrid, opening: Opening | None, promotions: Sequence[PromoEvent],
        calendar: DayCalendar | None = None,
    ) -> Self:  # fmt: skip
        """Return the examiner of a ``checked`` history that stands on ``grid``."""
        promoted = touched(timeline(promotions, zone=grid.zone), grid.starts_us(), grid.interval_min * US_PER_MIN)
        is_open = None if opening is None else open_cells(grid, opening)
        return cls(grid, is_open, promoted, special_rows(calendar, grid), _answered(checked, grid))

    def examine(self, days: int | None = None) -> Examination:
        """Return what the first ``days`` dates (all) show by themselves: nothing later is looked at."""
        return examine(
            self.grid.until(days),
            is_open=None if self.is_open is None else self.is_open[:days],
            unlike=self.promoted[:days],
            quiet=self.quiet[:days],
            answered=None if self.answered is None else self.answered.until(days),
        )


def examine_history(
    history: pd.DataFrame,
    *,
    zone: str,
    interval_min: int | None = None,
    opening: Opening | None = None,
    past_promotions: tuple[PromoEvent, ...] = (),
    calendar: DayCalendar | None = None,
) -> Examination:
    """Return what is wrong with a history, as ``make_forecast`` and ``backtest`` see it.

    Parameters
    ----------
    history
        Contract of ``check_history``. With ``answered`` (or ``abandoned``) it shows when nobody was there to answer.
    interval_min
        Grid; ``None``: 30, or the history's own grain where that is coarser.
    opening
        Opening hours of the past, where known: silence is strange only in them, and a history of few weeks then needs
        no same weekdays to tell it.
    past_promotions
        Their phases are no yardstick for ordinary days, and no value in them is too high.
    calendar
        Whose special days may be silent.
    """
    checked = check_history(history)
    grid = grid_of(checked, zone=zone, interval_min=interval_min or comparison_grid_min(checked))
    return Examiner.of(checked, grid, opening, past_promotions, calendar).examine()


def special_rows(calendar: DayCalendar | None, grid: HistoryGrid) -> BoolArray:
    """Return (D,) which dates of ``grid`` are special days of ``calendar``."""
    special = np.zeros(grid.dates, dtype=np.bool_)
    if calendar is not None:
        last = grid.first_date + timedelta(days=grid.dates - 1)
        special[[grid.day_of(day) for day in special_days(calendar, grid.first_date, last)]] = True
    return special


def _answered(checked: pd.DataFrame, grid: HistoryGrid) -> HistoryGrid | None:
    if "answered" in checked.columns:
        told = checked
    elif "abandoned" in checked.columns:
        left = checked["abandoned"].to_numpy(dtype=np.float64, na_value=np.nan)
        told = checked.assign(answered=np.maximum(checked["offered"].to_numpy(dtype=np.float64) - left, 0.0))
    else:
        return None
    return grid_of(told, zone=grid.zone, interval_min=grid.interval_min, column="answered")
