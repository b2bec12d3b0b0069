"""Rolling origins: what the forecast would have said, against what came and against two rivals.

Errors are paired: all methods are scored on the same intervals, those that are known, open, and forecast by all.
Intervals whose number is no demand (outages, copies: ``forecasting.history.quality``) are not scored, with the whole
history at hand; what is kept out of learning is judged again on each origin from its own past.
WAPE = sum of absolute errors / sum of contacts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from forecasting.accuracy.quantile_loss import QuantileLoss
from forecasting.calendars.days import DayCalendar
from forecasting.cleaning import Examiner, special_rows
from forecasting.events.timeline import timeline, touched
from forecasting.history.series import HistoryGrid, comparison_grid_min, grid_of, open_cells
from forecasting.learning import learn
from forecasting.ordinary.pulled_in import median_known
from forecasting.ordinary.rolling import Models
from scenarios import US_PER_MIN, Opening, PlanningError, PromoEvent, check_history
from scenarios.checks import BoolArray, FloatArray, IntArray, require_known, require_positive
from scenarios.progress import Progress, silent

METHODS = ("springtide", "weekly_naive", "mean_of_8", "median_of_6")
LEAD_SCOPES = {"d1": 1, "d2_7": 2, "d8_14": 8, "d15_28": 15}
"""Stretches of leads, and the first lead of each."""
SCOPES = ("all", *LEAD_SCOPES, "ordinary_days", "event_days")
COLUMNS = ["contact_type", "scope", "method", "wape", "over_naive", "bias", "wql", "contacts"]
TOTAL = "*"
"""Stands for all contact types together: sums of errors over sums of contacts."""
_FIRST_ORIGIN_DAYS = 56  # eight weeks, so that the mean of eight same weekdays is one
_FIRST_ORIGIN_LEAST = 7
EVERY_DAYS = 3
_MEAN_OF, _MEDIAN_OF = 8, 6


@dataclass(frozen=True, slots=True)
class Backtest:
    """Outcome of a backtest.

    Parameters
    ----------
    origins
        First forecast dates.
    lead_days
        Days ahead that were scored.
    interval_min
        Length of the scored intervals.
    table
        Columns ``contact_type`` (``"*"`` for all together), ``scope`` (one of ``SCOPES``), ``method``, ``wape``,
        ``over_naive`` (WAPE over the weekly naive's), ``bias`` (forecast over actual contacts - 1) and ``contacts``
        (contacts scored), and ``wql``: twice the mean pinball loss over the levels .05 ... .95 over contacts, every
        method's quantiles taken from its own earlier errors (``QuantileLoss``), ``nan`` where too few are known. A
        scope without contacts has no row.
    """

    origins: tuple[date, ...]
    lead_days: int
    interval_min: int
    table: pd.DataFrame

    def wape(self, method: str, contact_type: str = TOTAL, scope: str = "all") -> float:
        """Return one WAPE; ``nan`` when nothing of that scope was scored."""
        return self._figure("wape", method, contact_type, scope)

    def wql(self, method: str, contact_type: str = TOTAL, scope: str = "all") -> float:
        """Return one weighted quantile loss; ``nan`` when too few errors were known."""
        return self._figure("wql", method, contact_type, scope)

    def _figure(self, column: str, method: str, contact_type: str, scope: str) -> float:
        require_known("Backtest", "method", [method], METHODS)
        require_known("Backtest", "scope", [scope], SCOPES)
        require_known("Backtest", "contact_type", [contact_type], (TOTAL, *self.table["contact_type"].unique()))
        rows = self.table.query("contact_type == @contact_type and scope == @scope and method == @method")
        return float(rows[column].iloc[0]) if len(rows) else float("nan")


@dataclass(frozen=True, slots=True)
class Span:
    """What a backtest forecasts.

    Parameters
    ----------
    lead_days
        Days ahead; fewer when the history is short.
    origins
        First forecast dates; ``None``: every third date after eight weeks (after half of a shorter history) as long as
        all days ahead are left.
    interval_min
        Grid of the comparison; ``None``: 30, or the history's own grain where that is coarser.
    """

    lead_days: int = 28
    origins: Sequence[date] | None = None
    interval_min: int | None = None

    def __post_init__(self) -> None:
        require_positive("Span", "lead_days", self.lead_days)


def backtest(
    history: pd.DataFrame,
    *,
    zone: str,
    opening: Opening | None = None,
    past_promotions: tuple[PromoEvent, ...] = (),
    calendar: DayCalendar | None = None,
    span: Span = Span(),
    models: Models | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Return how well the history could have been forecast from its own past.

    Parameters
    ----------
    history
        Contract of ``check_history``.
    opening
        Only open intervals are scored; ``None``: all.
    past_promotions
        Known to the forecast on every origin as a calendar: those before it teach, those after it are planned. An
        uplift nobody could know yet counts as none.
    calendar
        Whose festivals the forecast knows; its special days count as event days.
    span
        Which dates are forecast, how far ahead, on which grid.
    models
        Of ordinary days; ``None``: the small ones.

    Raises
    ------
    PlanningError
        When the history has fewer than eight dates, or an origin lies outside it.
    """
    checked = check_history(history)
    grid = grid_of(checked, zone=zone, interval_min=span.interval_min or comparison_grid_min(checked))
    starts, lead = _origins(grid, span.lead_days, span.origins)
    is_open = open_cells(grid, opening)
    start_us = grid.starts_us()
    stretches = timeline(past_promotions, zone=grid.zone)
    interval_us = grid.interval_min * US_PER_MIN
    ordinary = np.isfinite(grid.masked(touched(stretches, start_us, interval_us)).counts)
    eventful = touched([stretch for stretch in stretches if not stretch.aftermath], start_us, interval_us)
    eventful[special_rows(calendar, grid)] = True
    examiner = Examiner.of(checked, grid, opening, past_promotions, calendar)
    actual = np.where(examiner.examine().not_demand, np.nan, grid.counts)
    sums = _Sums(grid.contact_types)
    known = _Known(past_promotions, calendar, models or Models())
    for number, origin in enumerate(starts):
        days = slice(origin, min(origin + lead, grid.dates))
        past = examiner.examine(origin).grid  # what could be known on that morning
        taught = np.flatnonzero((ordinary[:origin] & np.isfinite(past.counts)).any(axis=(0, 1)))
        forecasts = _forecasts(grid.until(origin), past, days, start_us[days], known, taught)
        sums.add(origin, forecasts, actual[days], (is_open[days], eventful[days]))
        (progress or silent)("backtest", number + 1, len(starts))
    dates = tuple(grid.first_date + timedelta(days=origin) for origin in starts)
    return Backtest(dates, lead, grid.interval_min, sums.table())


def _origins(grid: HistoryGrid, lead_days: int, asked: Sequence[date] | None) -> tuple[list[int], int]:
    if grid.dates <= _FIRST_ORIGIN_LEAST:
        raise PlanningError("history_too_short", value=grid.dates, expected=_FIRST_ORIGIN_LEAST + 1)
    if asked is not None:
        rows = [grid.day_of(day) for day in asked]
        for row, day in zip(rows, asked, strict=True):
            if not _FIRST_ORIGIN_LEAST <= row < grid.dates:
                earliest = grid.first_date + timedelta(days=_FIRST_ORIGIN_LEAST)
                latest = grid.first_date + timedelta(days=grid.dates - 1)
                raise PlanningError("origin_outside", value=day.isoformat(), first=earliest, last=latest)
        return rows, lead_days
    first = _FIRST_ORIGIN_DAYS
    if grid.dates < first + lead_days:
        first = min(first, max(_FIRST_ORIGIN_LEAST, grid.dates // 2))
    lead = min(lead_days, grid.dates - first)
    return list(range(first, grid.dates - lead + 1, EVERY_DAYS)), lead


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known at every origin: promotions and calendar, past and to come; and what was said at earlier ones."""

    promotions: tuple[PromoEvent, ...]
    calendar: DayCalendar | None
    models: Models


def _forecasts(
    raw: HistoryGrid, past: HistoryGrid, days: slice, start_us: IntArray, known: _Known, taught: IntArray
) -> dict[str, FloatArray]:
    """Return per method (L, S, K) what it says of ``days`` when it knows ``past``; ``nan`` where it says nothing.

    The rivals know the ``raw`` history: nobody cleans it for them.
    ``taught`` are the columns of the types that have ordinary days in ``past``.
    """
    leads = np.arange(1, days.stop - days.start + 1)
    weekdays = past.weekdays(days.stop)
    naive, mean = (same_weekdays(raw.counts, weekdays, days, most) for most in (1, _MEAN_OF))
    median = same_weekdays(raw.counts, weekdays, days, _MEDIAN_OF, middle=True)
    ours = np.full_like(mean, np.nan)
    if taught.size:
        names = tuple(past.contact_types[column] for column in taught)
        told = HistoryGrid(past.zone, past.interval_min, past.first_date, names, past.counts[:, :, taught])
        lesson = learn(told, known.promotions, known.calendar, known.models)
        coming = lesson.coming(known.promotions)
        for number, column in enumerate(taught):
            ours[:, :, column] = lesson.expected(number, leads, start_us, coming, unknown_is_ordinary=True)
    return dict(zip(METHODS, (ours, naive, mean, median), strict=True))


def same_weekdays(
    counts: FloatArray, weekdays: IntArray, days: slice, most: int, *, middle: bool = False
) -> FloatArray:
    """Return (L, S, K) the mean (or ``middle``: median) of the last ``most`` same weekdays with data: the rivals.

    With ``most`` = 1 it is the weekly naive, with 8 the mean of eight.
    """
    out = np.full((days.stop - days.start, *counts.shape[1:]), np.nan)
    for column in range(counts.shape[2]):
        series = counts[:, :, column]
        seen = np.isfinite(series).any(axis=1)
        for weekday in np.unique(weekdays[days]):
            alike = series[np.flatnonzero(seen & (weekdays[: len(series)] == weekday))[-most:]]
            if middle and len(alike):
                said = median_known(alike, axis=0)
            else:
                number = np.isfinite(alike).sum(axis=0)
                said = np.where(number > 0, np.nansum(alike, axis=0) / np.maximum(number, 1), np.nan)
            out[weekdays[days] == weekday, :, column] = said
    return out


class _Sums:
    """Sums of errors, quantile losses and contacts by scope, type and method."""

    def __init__(self, contact_types: tuple[str, ...]) -> None:
        self._types = contact_types
        shape = (len(SCOPES), len(contact_types), len(METHODS))
        self._missed, self._said, self._lost, self._weighed = np.zeros((4, *shape))
        self._came = np.zeros(shape[:2])
        self._quantiles = QuantileLoss(tuple(LEAD_SCOPES.values()))

    def add(
        self, origin: int, forecasts: dict[str, FloatArray], actual: FloatArray, cells: tuple[BoolArray, BoolArray]
    ) -> None:
        """Add one origin: (L, S, K) forecasts and actual contacts, (L, S) open and eventful cells."""
        is_open, eventful = cells
        scored = np.isfinite(actual) & is_open[:, :, None]
        for method in METHODS:
            scored &= np.isfinite(forecasts[method])
        losses = self._quantiles.score(origin, forecasts, actual, scored)
        event_day = np.any(eventful, axis=1, keepdims=True)[:, :, None]
        leads = np.arange(1, len(actual) + 1)
        stretch = np.searchsorted(tuple(LEAD_SCOPES.values()), leads, side="right") - 1
        by_lead = [scored & (stretch == row)[:, None, None] for row in range(len(LEAD_SCOPES))]
        for row, counted in enumerate((scored, *by_lead, scored & ~event_day, scored & event_day)):  # as SCOPES
            self._came[row] += np.where(counted, actual, 0.0).sum(axis=(0, 1))
            for column, method in enumerate(METHODS):
                said = np.where(counted, forecasts[method], 0.0)
                self._said[row, :, column] += said.sum(axis=(0, 1))
                self._missed[row, :, column] += np.abs(said - np.where(counted, actual, 0.0)).sum(axis=(0, 1))
                weighed = counted & np.isfinite(losses[method])
                self._lost[row, :, column] += np.where(weighed, losses[method], 0.0).sum(axis=(0, 1))
                self._weighed[row, :, column] += np.where(weighed, actual, 0.0).sum(axis=(0, 1))

    def table(self) -> pd.DataFrame:
        """Return the table of ``Backtest``."""
        rows: list[dict[str, object]] = []
        naive = METHODS.index("weekly_naive")
        for scope_row, scope in enumerate(SCOPES):
            for kinds, name in [([k], t) for k, t in enumerate(self._types)] + [(list(range(len(self._types))), TOTAL)]:
                came = self._came[scope_row, kinds].sum()
                missed, said, lost, weighed = (
                    sums[scope_row, kinds].sum(axis=0) for sums in (self._missed, self._said, self._lost, self._weighed)
                )
                if came <= 0:
                    continue
                rows.extend(
                    {
                        "contact_type": name, "scope": scope, "method": method, "wape": missed[column] / came,
                        "over_naive": missed[column] / missed[naive] if missed[naive] > 0 else float("nan"),
                        "bias": said[column] / came - 1,
                        "wql": lost[column] / weighed[column] if weighed[column] > 0 else float("nan"),
                        "contacts": came,
                    }
                    for column, method in enumerate(METHODS)
                )  # fmt: skip
        return pd.DataFrame(rows, columns=COLUMNS)
