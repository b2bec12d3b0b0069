"""The accuracy ledger: what was forecast when, beside what came.

WAPE = sum of absolute errors / sum of contacts; bias = sum of the forecast / sum of contacts - 1; coverage = share of
cells whose contacts lie from P10 to P90, both included, which is 80 % of them where the spread is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
import pandas as pd

from forecasting.accuracy.edits import apply_edits
from forecasting.accuracy.snapshots import Snapshot, date_ordinals, dates_of
from forecasting.events.timeline import epoch_us, starts_us, timeline, touched
from forecasting.history.series import grain_min, utc_us
from scenarios import (
    ContactType,
    DemandUncertainty,
    Forecast,
    Horizon,
    PlanningError,
    PromoEvent,
    check_history,
    measured_work_s,
)
from scenarios.checks import BoolArray, FloatArray, require_known

TOTAL = "*"
"""Stands for all contact types together."""
LEADS = (("d0", 0), ("d1", 1), ("d2_7", 7), ("d8_14", 14), ("d15_28", 28))
"""Names of leads with the last day of each; leads count from the last date the forecast knew."""
LATER = "later"
DAY_ERROR_COLUMNS = (
    "date", "lead_days", "scope", "contact_type", "contacts", "expected", "missed", "model_expected", "model_missed",
    "cells", "inside", "day_inside",
)  # fmt: skip
"""Columns of ``day_errors``."""
GROUPS = ("contact_type", "scope", "lead", "date")
"""What errors can be told by."""


class DayScope(StrEnum):
    """Kinds of days."""

    ORDINARY = "ordinary_days"
    EVENT = "event_days"
    HOLIDAY = "holidays"


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What came, on the grid of a forecast.

    Parameters
    ----------
    contacts
        (T, K) contacts offered, ``nan`` where unknown.
    work_s
        (T, K) mean work of agents on one of them in seconds, ``nan`` where it was not measured.
    """

    contacts: FloatArray
    work_s: FloatArray


def observe(history: pd.DataFrame, forecast: Forecast, kinds: Sequence[ContactType]) -> Observed:
    """Return what ``history`` (contract of ``check_history``) says of the intervals and types of ``forecast``.

    An interval is known when all its parts are in the history; what is missing is never read as zero. Of types that
    are not among ``kinds`` (any more) nothing is known.

    Raises
    ------
    PlanningError
        When the history breaks its contract or its steps do not divide the intervals of the horizon.
    """
    horizon, checked = forecast.horizon, check_history(history)
    grain = grain_min(checked)
    if grain > horizon.interval_min:
        raise PlanningError("history_too_coarse", value=grain, grid=horizon.interval_min)
    if horizon.interval_min % grain:
        raise PlanningError("history_steps", value=f"{grain} min", grid=horizon.interval_min)
    start_us = utc_us(pd.DatetimeIndex(checked["interval_start"])) - epoch_us(horizon.start)
    contacts, work_s = np.full((2, *forecast.expected.shape), np.nan)
    for kind in kinds:
        if kind.name not in forecast.contact_types:
            continue
        number = forecast.column(kind.name)
        mine = (checked["contact_type"] == kind.name).to_numpy() & (start_us >= 0) & (start_us < horizon.end_us)
        cell = start_us[mine] // horizon.interval_us
        offered = checked["offered"].to_numpy(dtype=np.float64)[mine]
        whole = np.bincount(cell, minlength=horizon.intervals) == horizon.interval_min // grain
        contacts[whole, number] = np.bincount(cell, offered, horizon.intervals)[whole]
        measured = measured_work_s(checked[mine], kind)
        told = np.isfinite(measured) & (offered > 0)
        weight = np.bincount(cell[told], offered[told], horizon.intervals)
        seconds = np.bincount(cell[told], (offered * measured)[told], horizon.intervals)
        work_s[:, number] = np.where(weight > 0, seconds / np.where(weight > 0, weight, 1.0), np.nan)
    return Observed(contacts, work_s)


def day_totals(history: pd.DataFrame, horizon: Horizon, kinds: Sequence[ContactType]) -> dict[date, FloatArray]:
    """Return per date of ``horizon`` (K,) contacts of ``kinds`` that came; ``nan`` where an open hour is unknown."""
    shape = (horizon.intervals, len(kinds))
    names, spread = tuple(kind.name for kind in kinds), DemandUncertainty((0.0,) * len(horizon.days))
    came = observe(history, Forecast(horizon, names, np.zeros(shape), np.zeros(shape), spread), kinds).contacts
    unknown = np.isnan(came) & horizon.open_intervals()[:, None]
    ordinals = date_ordinals(horizon)
    totals: dict[date, FloatArray] = {}
    for day in dates_of(horizon):
        today = ordinals == day.toordinal()
        totals[day] = np.where(unknown[today].any(axis=0), np.nan, np.nansum(came[today], axis=0))
    return totals


def dates_over(forecast: Forecast, until: datetime) -> tuple[date, ...]:
    """Return the dates of ``forecast`` of which nothing more can come after ``until`` (aware).

    That is when the last interval has ended in which the service is open or something is expected.
    """
    horizon = forecast.horizon
    ends_us = (np.arange(horizon.intervals, dtype=np.int64) + 1) * horizon.interval_us
    coming = (ends_us > horizon.us_of(until)) & due_cells(forecast).any(axis=1)
    ordinals = date_ordinals(horizon)
    return tuple(day for day in dates_of(horizon) if not coming[ordinals == day.toordinal()].any())


def due_cells(forecast: Forecast) -> BoolArray:
    """Return (T, K) the cells in which contacts may come: the service is open, or something is expected."""
    return forecast.horizon.open_intervals()[:, None] | (forecast.expected > 0)


def lead_name(lead_days: int) -> str:
    """Return the name of the stretch of leads that ``lead_days`` belongs to."""
    return next((name for name, last in LEADS if lead_days <= last), LATER)


@dataclass(frozen=True, slots=True)
class Days:
    """Which days are special: the promotions and the holidays, past and planned."""

    promotions: tuple[PromoEvent, ...] = ()
    holidays: frozenset[date] = frozenset()

    def scopes(self, horizon: Horizon) -> tuple[DayScope, ...]:
        """Return the scope of each date of ``snapshots.dates_of``; a promotion goes before a holiday."""
        eventful = self.eventful(horizon, aftermath=False)
        ordinals = date_ordinals(horizon)
        scopes = []
        for day in dates_of(horizon):
            if eventful[ordinals == day.toordinal()].any():
                scopes.append(DayScope.EVENT)
            else:
                scopes.append(DayScope.HOLIDAY if day in self.holidays else DayScope.ORDINARY)
        return tuple(scopes)

    def eventful(self, horizon: Horizon, *, aftermath: bool) -> BoolArray:
        """Return (T,) the intervals that a phase touches, or, with ``aftermath``, a phase or the days after it."""
        start_us = starts_us(horizon)
        stretches = [stretch for stretch in timeline(self.promotions) if aftermath or not stretch.aftermath]
        return touched(stretches, start_us, horizon.interval_us)


def day_errors(snapshot: Snapshot, came: Observed, days: Days) -> pd.DataFrame:
    """Return the sums of errors of one snapshot, a row per date and contact type (``"*"``: all together).

    Only what is known counts: cells in which the service is open, or something was expected, and contacts are known. A
    date without such a cell has no row. Columns: ``date``, ``lead_days``, ``scope``, ``contact_type``, ``contacts``,
    ``expected``, ``missed`` (sum of absolute errors of the intervals), ``model_expected`` and ``model_missed`` (the
    same before the planners' edits), ``cells`` and ``inside`` (those in their band), ``day_inside`` (1 or 0 whether
    the date's total lies in its band; ``nan`` where a part of the day is unknown).
    """
    forecast, model = snapshot.forecast, snapshot.model
    horizon = forecast.horizon
    ordinals, scopes = date_ordinals(horizon), days.scopes(horizon)
    due = due_cells(forecast)
    known = due & np.isfinite(came.contacts)
    names = (*forecast.contact_types, TOTAL)
    rows = []
    for place, (day, scope) in enumerate(zip(dates_of(horizon), scopes, strict=True)):
        today = (ordinals == day.toordinal())[:, None]
        for column, name in enumerate(names):
            mine = np.ones(len(forecast.contact_types), dtype=np.bool_)
            if name != TOTAL:
                mine[:] = np.arange(len(mine)) == column
            cells = known & today & mine
            if not cells.any():
                continue
            whole = not (due & today & mine & ~cells).any()
            low, _, high = snapshot.bands.day[:, place, column]
            total = float(came.contacts[cells].sum())
            rows.append(
                {
                    "date": day, "lead_days": (day - snapshot.known_until).days, "scope": str(scope),
                    "contact_type": name, **_sums(forecast, model, snapshot, came, cells),
                    "day_inside": float(low <= total <= high) if whole else float("nan"),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(DAY_ERROR_COLUMNS))


def _sums(
    forecast: Forecast, model: Forecast, snapshot: Snapshot, came: Observed, cells: BoolArray
) -> dict[str, float | int]:
    """Return the sums over ``cells`` (T, K)."""
    contacts = came.contacts[cells]
    low, high = snapshot.bands.interval[0][cells], snapshot.bands.interval[2][cells]
    return {
        "contacts": float(contacts.sum()),
        "expected": float(forecast.expected[cells].sum()),
        "missed": float(np.abs(forecast.expected[cells] - contacts).sum()),
        "model_expected": float(model.expected[cells].sum()),
        "model_missed": float(np.abs(model.expected[cells] - contacts).sum()),
        "cells": int(cells.sum()),
        "inside": int(((low <= contacts) & (contacts <= high)).sum()),
    }


def accuracy_table(errors: pd.DataFrame, by: Sequence[str] = ("contact_type",)) -> pd.DataFrame:
    """Return WAPE, bias and coverage of ``day_errors`` rows, from any number of snapshots, added up ``by`` groups.

    Parameters
    ----------
    by
        Of ``GROUPS``. Where the contact type is not among them, rows of all types together count.

    Returns
    -------
    DataFrame
        The groups and ``contacts``, ``wape``, ``bias``, ``coverage`` (of intervals), ``day_coverage`` (of totals of
        dates), ``model_wape`` and ``edits_gain`` (by how much of itself the edits lowered the WAPE; below 0 they made
        it worse). ``nan`` where nothing came.
    """
    require_known("accuracy_table", "by", by, GROUPS)
    told = errors.assign(lead=[lead_name(int(lead)) for lead in errors["lead_days"]])
    if "contact_type" not in by:
        told = told[told["contact_type"] == TOTAL]
    order = {name: place for place, name in enumerate([*(name for name, _ in LEADS), LATER])}
    sums = told.assign(everything=0).groupby(list(by) or ["everything"], sort=True)
    added = sums[["contacts", "expected", "missed", "model_expected", "model_missed", "cells", "inside"]].sum()
    came = added["contacts"].where(added["contacts"] > 0)
    table = pd.DataFrame(
        {
            "contacts": added["contacts"],
            "wape": added["missed"] / came,
            "bias": added["expected"] / came - 1,
            "coverage": added["inside"] / added["cells"],
            "day_coverage": sums["day_inside"].mean(),
            "model_wape": added["model_missed"] / came,
            "edits_gain": 1 - added["missed"] / added["model_missed"].where(added["model_missed"] > 0),
        }
    ).reset_index(drop=not by)
    if "lead" in by:
        table = table.sort_values("lead", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    return table


def edit_gains(snapshot: Snapshot, came: Observed) -> pd.DataFrame:
    """Return whether each edit of a snapshot helped, over the intervals and types it changed.

    Columns ``who``, ``why``, ``start``, ``end``, ``contacts``, ``missed`` (sum of absolute errors with all edits),
    ``missed_without`` (with all but this one) and ``gain`` (by how much of itself the edit lowered the error; below 0
    it made it worse). An edit of which nothing is known yet has no row.
    """
    known = np.isfinite(came.contacts)
    given = snapshot.forecast.expected
    rows = []
    for number, edit in enumerate(snapshot.edits):
        others = snapshot.edits[:number] + snapshot.edits[number + 1 :]
        without = apply_edits(snapshot.model, others).expected
        cells = known & (given != without)
        if not cells.any():
            continue
        contacts = came.contacts[cells]
        missed, missed_without = (float(np.abs(said[cells] - contacts).sum()) for said in (given, without))
        rows.append(
            {
                "who": edit.who, "why": edit.why, "start": edit.start, "end": edit.end,
                "contacts": float(contacts.sum()), "missed": missed, "missed_without": missed_without,
                "gain": 1 - missed / missed_without if missed_without > 0 else float("nan"),
            }
        )  # fmt: skip
    return pd.DataFrame(
        rows, columns=["who", "why", "start", "end", "contacts", "missed", "missed_without", "gain"]
    )  # fmt: skip
