"""Holidays that come back: named holidays of the bike file and their eves, each forecast a fortnight ahead.

Reference file: ``data/forecasting/dc_bikeshare_1h.csv`` (trips by hour, local wall clock ``ts``, New York). Scored are
the days off by law of the United States (eight named holidays, Columbus Day and Veterans Day; substituted days count)
and the day before each, from the first origin after 365 days on; rivals see the same origin. The figure is the sum of
absolute hourly errors over that of the weekly seasonal naive.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import DayCalendar, DayKind, HistoryGrid, regularise
from forecasting.accuracy.backtest import same_weekdays
from forecasting.learning import learn

FILE = "dc_bikeshare_1h.csv"
ZONE = "America/New_York"
LEAD_DAYS = 14
FIRST_ORIGIN_DAYS = 365
US = DayCalendar("US")
MUST, STRETCH = 0.47, 0.42


def read(folder: Path) -> HistoryGrid:
    """Return the trips by date and hour."""
    table = pd.read_csv(folder / FILE, parse_dates=["ts"])
    # An hour that the clock skips or shows twice has one row in the file: it is left out.
    start = table["ts"].dt.tz_localize(ZONE, ambiguous="NaT", nonexistent="NaT")
    trips = table["count"].astype(float)
    history = pd.DataFrame({"interval_start": start, "contact_type": "trips", "offered": trips}).dropna()
    return regularise(history, zone=ZONE, interval_min=60)


def scored_rows(grid: HistoryGrid) -> list[int]:
    """Return the rows of holidays and eves that can be scored."""
    last = grid.first_date + timedelta(days=grid.dates - 1)
    days = US.days(grid.first_date, last + timedelta(days=1))
    off = {day.date for day in days if day.kind is DayKind.HOLIDAY}
    wanted = off | {day - timedelta(days=1) for day in off}
    rows = [grid.day_of(day) for day in sorted(wanted) if day <= last]
    return [row for row in rows if row >= FIRST_ORIGIN_DAYS + LEAD_DAYS and np.isfinite(grid.counts[row]).all()]


def forecasts(grid: HistoryGrid, row: int, lead_days: int = LEAD_DAYS) -> dict[str, np.ndarray]:
    """Return by method (S,) what it says of the day in ``row`` when it knows the days up to ``lead_days`` before."""
    past = HistoryGrid(ZONE, 60, grid.first_date, grid.contact_types, grid.counts[: row - lead_days + 1])
    weekdays, day = past.weekdays(row + 1), slice(row, row + 1)
    lead = np.array([lead_days])
    naive, mean = (same_weekdays(past.counts, weekdays, day, most)[0, :, 0] for most in (1, 4))
    ours, plain = (learn(past, (), calendar).without_promotions(0, lead)[0] for calendar in (US, None))
    return {"springtide": ours, "weekly_naive": naive, "mean_of_4": mean, "no_calendar": plain}


@dataclass(frozen=True, slots=True)
class HolidaysPart:
    """The benchmark of holidays."""

    name: str = "holidays"
    room: str = "forecasting"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure the error on holidays and eves over the weekly naive's, and its bias."""
        grid = read(reference / "data" / "forecasting")
        rows = scored_rows(grid)
        actual = grid.counts[rows, :, 0]
        said = [forecasts(grid, row) for row in rows]
        by_method = {name: np.array([one[name] for one in said]) for name in said[0]}
        missed = {name: np.abs(values - actual).sum(axis=1) for name, values in by_method.items()}
        naive = missed["weekly_naive"]
        report(f"{len(rows)} holidays and eves, {LEAD_DAYS} days ahead (must {MUST}, stretch {STRETCH})")
        report(f"{'method':14} {'WAPE':>7} {'/naive':>7} {'day WAPE':>9} {'bias':>7}")
        for name, values in by_method.items():
            daily = np.abs(values.sum(axis=1) - actual.sum(axis=1)).sum() / actual.sum()
            bias = values.sum() / actual.sum() - 1
            report(
                f"{name:14} {missed[name].sum() / actual.sum():7.4f} {missed[name].sum() / naive.sum():7.3f} "
                f"{daily:9.3f} {bias:+7.1%}"
            )
        years = np.array([_date(grid, row).year for row in rows])
        report("by year " + "  ".join(
            f"{year} {missed['springtide'][years == year].sum() / naive[years == year].sum():.3f}"
            for year in np.unique(years)
        ))  # fmt: skip
        return {
            "holiday_ratio_bikes": float(missed["springtide"].sum() / naive.sum()),
            "holiday_bias_bikes": float(by_method["springtide"].sum() / actual.sum() - 1),
            "holiday_ratio_bikes_mean_of_4": float(missed["mean_of_4"].sum() / naive.sum()),
            "holiday_ratio_bikes_no_calendar": float(missed["no_calendar"].sum() / naive.sum()),
        }


def _date(grid: HistoryGrid, row: int) -> date:
    return grid.first_date + timedelta(days=row)


PART = HolidaysPart()
