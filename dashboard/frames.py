"""Tables behind charts and grids: outcomes and plans as data frames. Times are local and without zone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from dashboard.outcome import TrialOutcome
from dashboard.phrases import clock_text, date_text, span_text
from scenarios import Horizon, Plan, Requirement, Roster
from scenarios.checks import FloatArray
from scheduler.rostering import coverage

SIDES = ("unchanged", "changed")
SHORT_LEAST = 0.05
"""A shortfall below a twentieth of a person would be shown as 0.0 people."""


def local_starts(horizon: Horizon) -> pd.DatetimeIndex:
    """Return (T,) the local start of every interval, without zone: a browser would move it into its own."""
    return pd.DatetimeIndex([start.replace(tzinfo=None) for start in horizon.interval_starts()])


def service_frame(outcome: TrialOutcome, target: str, day: date) -> pd.DataFrame:
    """Return one row per side and open interval: ``time, side, share, low, high, per_hour``."""
    return _sides(outcome, "intervals", {"target": target, "date": day.isoformat()})


def people_frame(outcome: TrialOutcome, group: str, first: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return one row per side and interval from ``first`` until ``end``: ``time, side, people``."""
    frame = _sides(outcome, "people", {"group": group})
    return frame[(frame["time"] >= first) & (frame["time"] < end)]


def date_rows(outcome: TrialOutcome, target: str, day: date) -> dict[str, Mapping[str, Any]]:
    """Return the figures of one promise on one date, by side."""
    wanted = (target, day.isoformat())
    return {
        side: next(row for row in getattr(outcome, side).dates if (row["target"], row["date"]) == wanted)
        for side in SIDES
    }


def difference_row(outcome: TrialOutcome, target: str, day: date) -> Mapping[str, Any]:
    """Return the paired difference of one promise on one date."""
    return next(row for row in outcome.difference if (row["target"], row["date"]) == (target, day.isoformat()))


def hardest_date(outcome: TrialOutcome) -> tuple[str, date]:
    """Return target and date with the lowest share under the levers: what a planner wants to see first."""
    known = [row for row in outcome.changed.dates if row["share"] is not None] or outcome.changed.dates
    worst = min(known, key=lambda row: (row["share"] is None, row["share"] or 0.0))
    return str(worst["target"]), date.fromisoformat(worst["date"])


def series_frame(horizon: Horizon, values: FloatArray, labels: tuple[str, ...]) -> pd.DataFrame:
    """Return ``time, label, value``, one row per interval and label, of (T, L) ``values``."""
    times = local_starts(horizon)
    parts = [
        pd.DataFrame({"time": times, "label": label, "value": values[:, column]}) for column, label in enumerate(labels)
    ]
    return pd.concat(parts, ignore_index=True)


def grid_frame(plan: Plan, roster: Roster, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the grid people x dates as text, and the group of every cell (empty: free)."""
    horizon = plan.requirement.horizon
    dates = [day.date for day in horizon.days] + [row.date for row in roster.assignments]
    ordered = sorted(set(dates))
    labels = {day: date_text(day, language) for day in ordered}
    columns = [labels[day] for day in ordered]
    text = pd.DataFrame("", index=list(roster.agents), columns=columns)
    groups = text.copy()
    for row in roster.assignments:
        shift = f"{clock_text(horizon, row.start_us)}–{clock_text(horizon, row.end_us)} {row.template}"
        before = str(text.at[row.agent, labels[row.date]])
        text.at[row.agent, labels[row.date]] = f"{before} + {shift}" if before else shift
        groups.at[row.agent, labels[row.date]] = row.group
    return text, groups


def paid_hours(roster: Roster) -> pd.Series:
    """Return paid hours by agent."""
    hours = pd.Series(0.0, index=list(roster.agents))
    for row in roster.assignments:
        hours[row.agent] += row.paid_us / 3_600_000_000
    return hours


def coverage_frame(requirement: Requirement, roster: Roster, group: str, day: date | None) -> pd.DataFrame:
    """Return ``time, required, planned, short`` of one group, of one service day or of the whole horizon."""
    horizon = requirement.horizon
    column = requirement.groups.index(group)
    planned = coverage(horizon, requirement.groups, roster)[:, column]
    required = requirement.positions[:, column]
    frame = pd.DataFrame(
        {
            "time": local_starts(horizon),
            "required": required,
            "planned": planned,
            "short": np.maximum(required - planned, 0.0),
        }
    )
    if day is None:
        return frame
    service_day = horizon.days[horizon.day_index(day)]
    return frame.iloc[service_day.first_interval : service_day.end_interval].reset_index(drop=True)


def short_frame(plan: Plan, language: str) -> pd.DataFrame:
    """Return who is short when, the largest first: ``from, to, group, most, hours`` of each unbroken span."""
    horizon, short = plan.requirement.horizon, plan.outcome.shortfall
    rows = [
        {
            "from": span_text(horizon, first, language),
            "to": span_text(horizon, end, language),
            "group": group,
            "most": float(short[first:end, column].max()),
            "hours": float(short[first:end, column].sum()) * horizon.interval_min / 60,
        }
        for column, group in enumerate(plan.requirement.groups)
        for first, end in _spans(short[:, column] > SHORT_LEAST)
    ]
    frame = pd.DataFrame(rows, columns=["from", "to", "group", "most", "hours"])
    return frame.sort_values("hours", ascending=False, ignore_index=True, kind="stable")


def _spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return half-open spans in which (T,) ``flags`` hold without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _sides(outcome: TrialOutcome, table: str, wanted: Mapping[str, str]) -> pd.DataFrame:
    parts = []
    for side in SIDES:
        rows = [row for row in getattr(getattr(outcome, side), table) if all(row[k] == v for k, v in wanted.items())]
        parts.append(pd.DataFrame(rows).assign(side=side))
    frame = pd.concat(parts, ignore_index=True)
    frame["time"] = pd.to_datetime(frame["time"].map(datetime.fromisoformat))
    return frame


def day_bounds(outcome: TrialOutcome, day: date) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the local start of a service day's first interval and the end of its last."""
    times = sorted({pd.Timestamp(row["time"]) for row in outcome.unchanged.intervals if row["date"] == day.isoformat()})
    step = times[1] - times[0] if len(times) > 1 else pd.Timedelta(hours=1)
    return times[0], times[-1] + step
