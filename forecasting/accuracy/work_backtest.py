"""Rolling origins of work content: what would have been said of the work of contacts, against what was measured.

WAPE = sum over intervals of contacts x |forecast - measured| / sum of contacts x measured: how far the workload would
have been off had the contacts been known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting.accuracy.backtest import EVERY_DAYS
from forecasting.events.timeline import Stretch, timeline
from forecasting.work.cells import CELLS, HOURS, Cells, cells_of
from forecasting.work.model import fit_work
from scenarios import ContactType, PlanningError, PromoEvent, check_history, measured, measured_work_s
from scenarios.checks import FloatArray, IntArray, require_known, require_positive
from scenarios.progress import Progress, silent

WORK_METHODS = ("springtide", "mean_of_8_weeks", "hour_mean", "last_week")
QUANTITIES = ("work_s", "rounds", "work_per_message_s")
_FIRST_ORIGIN_DAYS = 56
_FIRST_ORIGIN_LEAST = 7
_MEAN_DAYS = 56


@dataclass(frozen=True, slots=True)
class WorkBacktest:
    """Outcome of a backtest of work content.

    Parameters
    ----------
    origins
        First forecast dates.
    lead_days
        Days ahead that were scored.
    table
        Columns ``contact_type``, ``quantity`` (one of ``QUANTITIES``), ``method`` (one of ``WORK_METHODS``), ``wape``,
        ``over_mean`` (WAPE over that of the mean of the last eight weeks), ``bias`` (forecast over measured sums - 1),
        ``workload_wape`` (of contacts x work by day, contacts being those of the mean of the last eight weeks' same
        weekdays; ``nan`` but for ``work_s``) and ``contacts``. What was not measured has no row.
    """

    origins: tuple[date, ...]
    lead_days: int
    table: pd.DataFrame

    def wape(self, method: str, contact_type: str, quantity: str = "work_s") -> float:
        """Return one WAPE; ``nan`` where the quantity was not measured."""
        require_known("WorkBacktest", "method", [method], WORK_METHODS)
        require_known("WorkBacktest", "quantity", [quantity], QUANTITIES)
        table = self.table
        rows = (table["contact_type"] == contact_type) & (table["quantity"] == quantity) & (table["method"] == method)
        return float(table.loc[rows, "wape"].iloc[0]) if rows.any() else float("nan")


def backtest_work(
    history: pd.DataFrame,
    kinds: Sequence[ContactType],
    *,
    zone: str,
    past_promotions: tuple[PromoEvent, ...] = (),
    lead_days: int = 28,
    origins: Sequence[date] | None = None,
    progress: Progress | None = None,
) -> WorkBacktest:
    """Return how well the work content of ``kinds`` could have been forecast from its own past.

    The rivals are the mean of the last eight weeks, the mean of each hour of the day in them, and the same hour of the
    last seven days (where it has no contact: their mean).

    Parameters
    ----------
    history
        Contract of ``check_history``; its own intervals are scored.
    past_promotions
        Known on every origin as a calendar; what they did to work is learnt from those before it alone.
    origins
        First forecast dates; ``None``: every third date after eight weeks (after half of a shorter history) as long as
        all days ahead are left.

    Raises
    ------
    PlanningError
        When the history has fewer than eight dates, or an origin lies outside it.
    """
    require_positive("backtest_work", "lead_days", lead_days)
    checked = check_history(history)
    stretches = timeline(past_promotions)
    everything = cells_of(checked, np.ones(len(checked)), zone)
    if not len(everything):
        raise PlanningError("history_too_short", value=0, expected=_FIRST_ORIGIN_LEAST + 1)
    days, lead = _origins(everything, lead_days, origins)
    rows: list[dict[str, object]] = []
    for number, kind in enumerate(kinds):
        mine = checked[checked["contact_type"] == kind.name]
        measures = (measured_work_s(mine, kind), measured(mine, "rounds"), measured(mine, "work_per_message_s"))
        for quantity, values in zip(QUANTITIES, measures, strict=True):
            cells = cells_of(mine, values, zone)
            sums = np.zeros((len(WORK_METHODS), len(_SUMS)))
            for day in days:
                sums += _scored(cells, day, lead, stretches, zone)
            rows += _rows(kind.name, quantity, sums)
        (progress or silent)("backtest_work", number + 1, len(kinds))
    columns = ["contact_type", "quantity", "method", "wape", "over_mean", "bias", "workload_wape", "contacts"]
    return WorkBacktest(tuple(map(date.fromordinal, days)), lead, pd.DataFrame(rows, columns=columns))


_SUMS = ("missed", "said", "came", "contacts", "workload_missed", "workload")


def _origins(cells: Cells, lead_days: int, asked: Sequence[date] | None) -> tuple[list[int], int]:
    first, last = int(cells.day.min()), int(cells.day.max())
    dates = last - first + 1
    if dates <= _FIRST_ORIGIN_LEAST:
        raise PlanningError("history_too_short", value=dates, expected=_FIRST_ORIGIN_LEAST + 1)
    if asked is not None:
        for day in asked:
            if not first + _FIRST_ORIGIN_LEAST <= day.toordinal() <= last:
                earliest, latest = date.fromordinal(first + _FIRST_ORIGIN_LEAST), date.fromordinal(last)
                raise PlanningError("origin_outside", value=day.isoformat(), first=earliest, last=latest)
        return [day.toordinal() for day in asked], lead_days
    begins = _FIRST_ORIGIN_DAYS
    if dates < begins + lead_days:
        begins = min(begins, max(_FIRST_ORIGIN_LEAST, dates // 2))
    lead = min(lead_days, dates - begins)
    return list(range(first + begins, last + 2 - lead, EVERY_DAYS)), lead


def _scored(cells: Cells, origin: int, lead: int, stretches: Sequence[Stretch], zone: str) -> FloatArray:
    """Return (methods, sums) of the days from ``origin`` on, which the forecasts do not know."""
    past, came = cells.chosen(cells.day < origin), cells.chosen((cells.day >= origin) & (cells.day < origin + lead))
    sums = np.zeros((len(WORK_METHODS), len(_SUMS)))
    if not len(past) or not len(came):
        return sums
    ours = fit_work(past, stretches).ahead(came.start_us, zone, stretches)
    contacts = _contacts_ahead(past, came, origin)
    day = came.day - origin
    for row, said in enumerate((ours, *_rivals(past, came))):
        worked, expected = came.contacts * came.value, came.contacts * said
        loads = np.bincount(day, worked, lead)
        missed = np.abs(np.bincount(day, contacts * said, lead) - loads)
        sums[row] = (
            np.abs(expected - worked).sum(), expected.sum(), worked.sum(), came.contacts.sum(), missed.sum(),
            loads.sum(),
        )  # fmt: skip
    return sums


def _rivals(past: Cells, came: Cells) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what the last eight weeks, their hours, and the last seven days say of the rows of ``came``."""
    last = past.day.max()
    weeks, week = past.chosen(past.day > last - _MEAN_DAYS), past.chosen(past.day > last - 7)
    mean = float(np.average(weeks.value, weights=weeks.contacts))
    by_hour = _means(weeks.value, weeks.contacts, weeks.cell % HOURS, HOURS, mean)
    by_cell = _means(week.value, week.contacts, week.cell, CELLS, float(np.average(week.value, weights=week.contacts)))
    return np.full(len(came), mean), by_hour[came.cell % HOURS], by_cell[came.cell]


def _means(values: FloatArray, weights: FloatArray, group: IntArray, size: int, unknown: float) -> FloatArray:
    total = np.bincount(group, weights, size)
    found: FloatArray = np.where(
        total > 0, np.bincount(group, weights * values, size) / np.where(total > 0, total, 1.0), unknown
    )
    return found


def _contacts_ahead(past: Cells, came: Cells, origin: int) -> FloatArray:
    """Return the contacts of rows of ``came`` by the mean of the last eight weeks' same weekdays and hours.

    A plain forecast, the same for all methods: what differs between their workloads is their work.
    """
    weeks = past.chosen(past.day >= origin - _MEAN_DAYS)
    dates = np.unique(weeks.day)
    seen = np.bincount((dates - 1) % 7, minlength=7)[came.cell // HOURS]
    in_hour = np.bincount(weeks.cell, weeks.contacts, CELLS)[came.cell] / np.maximum(seen, 1)
    hours = (came.day - origin) * CELLS + came.cell
    rows_of_hour = np.bincount(hours)[hours]
    return np.asarray(in_hour / rows_of_hour, dtype=np.float64)


def _rows(contact_type: str, quantity: str, sums: FloatArray) -> list[dict[str, object]]:
    if sums[0, _SUMS.index("came")] <= 0:
        return []
    missed, said, came, contacts, workload_missed, workload = sums.T
    wape = missed / came
    mean = wape[WORK_METHODS.index("mean_of_8_weeks")]
    return [
        {
            "contact_type": contact_type, "quantity": quantity, "method": method, "wape": wape[row],
            "over_mean": wape[row] / mean if mean > 0 else float("nan"), "bias": said[row] / came[row] - 1,
            "workload_wape": workload_missed[row] / workload[row] if quantity == "work_s" else float("nan"),
            "contacts": contacts[row],
        }
        for row, method in enumerate(WORK_METHODS)
    ]  # fmt: skip
