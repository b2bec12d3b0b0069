"""Why a day missed its forecast: the miss taken apart into causes that add up to it.

Contacts that came are the contacts expected, times by how much the day ran above or below its level, times by how much
more or less a promotion lifted its hours, times the shift between types, spread over the day as it came; work is these
contacts times the time one took. Going from the forecast to what came in this order, one step at a time, gives every
interval and type its part of each step; the parts of all steps add up to the miss, exactly, in every cell, so also over
any day.

Within a day, hours of each promotion phase (with the days after it) and the other hours are stretches of their own.
What all hours have in common is the day's level, as far as the other hours can show it; what a stretch has beyond it is
the promotion's. The level of a holiday is counted as the holiday's. By construction mix adds no contacts to a stretch,
and shape none to a type of a stretch: they move contacts, they do not make them. In hours of work mix does count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from forecasting.accuracy.ledger import Days, Observed, due_cells
from forecasting.accuracy.snapshots import date_ordinals, dates_of
from forecasting.events.timeline import Stretch, overlap_us, starts_us, timeline
from scenarios import Forecast, Horizon, Reason
from scenarios.checks import BoolArray, FloatArray, IntArray

_TOLD_FROM = 0.15  # a cause of less than a seventh of the miss is not worth a sentence
_LEVEL_SHARE_LEAST = 0.25  # a quarter of the contacts expected of a day can show its level; a few night hours cannot
_S_PER_H = 3600.0


class Driver(StrEnum):
    """A cause of a miss, in the order of the steps."""

    LEVEL = "level"  # the whole day busier or quieter
    HOLIDAY = "holiday"  # the same of a holiday
    PROMOTION = "promotion"  # a phase, or its aftermath, lifted more or less than planned
    MIX = "mix"  # contacts of other types than expected
    SHAPE = "shape"  # at other hours than expected
    WORK = "work"  # longer or shorter work on a contact


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A miss taken apart.

    Parameters
    ----------
    contacts
        Per driver (T, K) its part of contacts that came less contacts expected; 0 where contacts are unknown, and
        where the service is closed and nothing was expected.
    work_s
        Per driver (T, K) its part of the seconds of work that came less those expected. Where work was not measured it
        is taken as forecast.
    measured
        (T, K) whether work was measured.
    """

    contacts: dict[Driver, FloatArray]
    work_s: dict[Driver, FloatArray]
    measured: BoolArray


def take_apart(forecast: Forecast, came: Observed, days: Days) -> Parts:
    """Return the parts of the miss of ``forecast``, cell by cell."""
    horizon = forecast.horizon
    known = np.isfinite(came.contacts) & due_cells(forecast)
    expected = np.where(known, forecast.expected, 0.0)
    contacts = np.where(known, came.contacts, 0.0)
    parts = {driver: np.zeros_like(expected) for driver in Driver}
    stretch_of, _ = _stretches(horizon, days)
    for _, today, level_driver in _days(horizon, days):
        common = _common_factor(expected[today], contacts[today], stretch_of[today])
        for stretch in np.unique(stretch_of[today]):
            rows = np.flatnonzero(today)[stretch_of[today] == stretch]
            _step(parts, rows, expected, contacts, level_driver if stretch < 0 else Driver.PROMOTION)
            if stretch >= 0 and common is not None:  # the day's own level is in its promotion hours, too
                level = (common - 1) * expected[rows]
                parts[level_driver][rows] += level
                parts[Driver.PROMOTION][rows] -= level
    measured = known & np.isfinite(came.work_s)
    work_s = {driver: part * forecast.work_s for driver, part in parts.items()}
    longer = np.where(measured, came.work_s, forecast.work_s) - forecast.work_s
    work_s[Driver.WORK] = contacts * longer
    return Parts(parts, work_s, measured)


def _step(
    parts: dict[Driver, FloatArray], rows: IntArray, expected: FloatArray, contacts: FloatArray, driver: Driver
) -> None:
    """Add the steps of one stretch of a day: all of it busier (``driver``), other types, other hours."""
    planned, really = expected[rows], contacts[rows]
    total, came = planned.sum(), really.sum()
    if total <= 0:  # nothing to multiply: what came is all beyond the plan
        parts[driver][rows] += really
        return
    factor = came / total
    by_type, came_by_type = planned.sum(axis=0), really.sum(axis=0)
    expected_at_all = by_type > 0
    type_factor = np.where(expected_at_all, came_by_type / np.where(expected_at_all, by_type, 1.0), factor)
    moved = planned * type_factor
    mix = moved - planned * factor
    mix[:, ~expected_at_all] = really[:, ~expected_at_all]  # a type nobody expected
    parts[driver][rows] += planned * factor - planned
    parts[Driver.MIX][rows] += mix
    parts[Driver.SHAPE][rows] += np.where(expected_at_all, really - moved, 0.0)


def _common_factor(expected: FloatArray, contacts: FloatArray, stretch_of: IntArray) -> float | None:
    """Return by how much the hours outside promotions ran above the forecast; ``None`` where they cannot tell."""
    plain = stretch_of < 0
    planned = float(expected[plain].sum())
    if planned <= 0 or planned < _LEVEL_SHARE_LEAST * float(expected.sum()):
        return None
    return float(contacts[plain].sum()) / planned


def _days(horizon: Horizon, days: Days) -> Iterator[tuple[date, BoolArray, Driver]]:
    """Yield each date, its (T,) intervals, and what its level counts as."""
    ordinals = date_ordinals(horizon)
    for day in dates_of(horizon):
        yield day, ordinals == day.toordinal(), Driver.HOLIDAY if day in days.holidays else Driver.LEVEL


def _stretches(horizon: Horizon, days: Days) -> tuple[IntArray, tuple[Stretch, ...]]:
    """Return (T,) the stretch of promotions each interval belongs to for the most part, -1 for none; and these."""
    found = tuple(timeline(days.promotions))
    start_us = starts_us(horizon)
    owner = np.full(horizon.intervals, -1, dtype=np.int64)
    most = np.zeros(horizon.intervals, dtype=np.int64)
    for number, stretch in enumerate(found):
        inside = overlap_us(stretch, start_us, horizon.interval_us)
        longer = inside > most
        owner[longer], most[longer] = number, inside[longer]
    return owner, found


def drivers(forecast: Forecast, came: Observed, days: Days) -> pd.DataFrame:
    """Return what drove the miss of each date, a row per date and driver; dates without known contacts have none.

    Returns
    -------
    DataFrame
        ``date``; ``driver``; ``contacts`` and ``hours``: its part of the contacts, and of the hours of work, that came
        beyond the forecast; ``missed_share``: its part of the sum of absolute errors of all intervals and types, in
        hours, which counts what cancels out over the day (below 0 where it made up for others). Parts of a date add up
        to its miss, shares to 1.
    """
    parts = take_apart(forecast, came, days)
    known = np.isfinite(came.contacts) & due_cells(forecast)
    miss = np.sum([parts.work_s[driver] for driver in Driver], axis=0)
    rows = []
    for day, today, level_driver in _days(forecast.horizon, days):
        if not known[today].any():
            continue
        absolute = float(np.abs(miss[today]).sum())
        for driver in Driver:
            if driver in {Driver.LEVEL, Driver.HOLIDAY} - {level_driver}:
                continue
            part = parts.work_s[driver][today]
            weighed = float((np.sign(miss[today]) * part).sum())
            rows.append(
                {
                    "date": day, "driver": str(driver), "contacts": float(parts.contacts[driver][today].sum()),
                    "hours": float(part.sum()) / _S_PER_H,
                    "missed_share": weighed / absolute if absolute > 0 else float("nan"),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["date", "driver", "contacts", "hours", "missed_share"])


def phase_lifts(forecast: Forecast, came: Observed, days: Days) -> pd.DataFrame:
    """Return per promotion phase inside the horizon what came over what was forecast, all types together.

    Columns ``event``, ``phase``, ``aftermath``, ``expected``, ``contacts`` and ``ratio`` (``nan`` where nothing was
    expected), over the intervals of the phase whose contacts are known.
    """
    known = np.isfinite(came.contacts) & due_cells(forecast)
    owner, found = _stretches(forecast.horizon, days)
    rows = []
    for number in np.unique(owner[owner >= 0]):
        cells = known & (owner == number)[:, None]
        if not cells.any():
            continue
        expected, contacts = float(forecast.expected[cells].sum()), float(came.contacts[cells].sum())
        stretch = found[number]
        rows.append(
            {
                "event": stretch.event, "phase": stretch.phase.name, "aftermath": stretch.aftermath,
                "expected": expected, "contacts": contacts,
                "ratio": contacts / expected if expected > 0 else float("nan"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["event", "phase", "aftermath", "expected", "contacts", "ratio"])


def sentences(table: pd.DataFrame) -> tuple[Reason, ...]:
    """Return the rows of ``drivers`` that tell most of each date's miss, the largest first, as sentences."""
    told = table[table["missed_share"] >= _TOLD_FROM].sort_values(
        ["date", "missed_share"], ascending=[True, False], kind="stable"
    )
    reasons = []
    for row in told.to_dict("records"):
        way = "more" if row["hours"] >= 0 else "less"
        facts = (
            ("date", row["date"]), ("contacts", abs(row["contacts"])), ("hours", abs(row["hours"])),
            ("share", row["missed_share"]),
        )  # fmt: skip
        reasons.append(Reason(f"drivers.{row['driver']}_{way}", facts))
    return tuple(reasons)
