"""What a trial found, as tables that JSON can hold and pages can draw."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import t

from scenarios import Estimate, Roster, Scenario, ServiceTarget
from scenarios.checks import FloatArray
from scheduler.rostering import coverage
from sim import Study, ratio_of_sums

CONFIDENCE = 0.95
US_PER_H = 3_600_000_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a trial; ``nan`` is held as ``None``.

    Parameters
    ----------
    intervals
        Per target and open interval: ``share``, ``low``, ``high`` in time; mean contacts ``per_hour`` of people.
    dates
        Per target and service date: promised ``day_share``; ``share`` and ``abandoned``, each with ``_low`` and
        ``_high``; ``wait_s``, mean wait of the answered; ``offered`` a day; ``met`` share of days on which it held.
    groups
        Per group: ``occupancy`` with ``_low`` and ``_high``, mean agent hours ``work_h`` at work.
    people
        Per group and interval: people planned at work.
    """

    intervals: list[Row]
    dates: list[Row]
    groups: list[Row]
    people: list[Row]


@dataclass(frozen=True, slots=True)
class Baseline:
    """One side as it was played: its tables, and the ``day_counts`` a paired comparison needs."""

    side: Side
    days: list[Row]


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """Both sides of a trial, and where its people came from (``version`` ``None``: derived from the first guess).

    ``baseline`` is the key under which another trial may take over the unchanged side; ``unchanged_days`` its
    ``day_counts``. ``difference`` holds, per target and service date, ``share`` (changed less unchanged, a fraction)
    with ``_low`` and ``_high``: the interval of a paired comparison.
    """

    scenario: str
    baseline: str
    version: int | None
    version_state: str | None
    people: int
    part_timers: int
    replications: int
    seed: int
    unchanged: Side
    unchanged_days: list[Row]
    changed: Side
    difference: list[Row]

    def as_json(self) -> Row:
        """Return the outcome as JSON holds it; ``from_json`` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "TrialOutcome":
        """Return the outcome that ``as_json`` wrote."""
        sides = {name: Side(**table[name]) for name in ("unchanged", "changed")}
        return cls(**{**table, **sides})


def side_of(scenario: Scenario, roster: Roster, study: Study) -> Side:
    """Return the tables of one side."""
    return Side(
        intervals=[row for target in scenario.targets for row in _interval_rows(scenario, target, study)],
        dates=[row for target in scenario.targets for row in _date_rows(scenario, target, study)],
        groups=_group_rows(scenario, study),
        people=_people_rows(scenario, roster),
    )


def day_counts(scenario: Scenario, study: Study) -> list[Row]:
    """Return, per target and service date, the contacts ``in_time`` and ``offered`` of every replication."""
    rows: list[Row] = []
    for target in scenario.targets:
        in_time, offered, _ = study.day_counts(target)
        for number, day in enumerate(scenario.horizon.days):
            counts = {"in_time": in_time[:, number].tolist(), "offered": offered[:, number].tolist()}
            rows.append({"target": target.name, "date": day.date.isoformat(), **counts})
    return rows


def differences(unchanged: list[Row], changed: list[Row]) -> list[Row]:
    """Return the paired differences of the day's share in time, from both sides' ``day_counts``.

    The ratios of sums are linearised per replication, so that what both sides share (the same buyers) cancels out of
    the interval (Cochran, Sampling Techniques, 1977, section 6.13).
    """
    rows: list[Row] = []
    for before, after in zip(unchanged, changed, strict=True):
        share_before, stray_before = _linearised(before)
        share_after, stray_after = _linearised(after)
        stray = stray_after - stray_before
        count = len(stray)
        spread = float(stray.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
        half = float(t.ppf((1 + CONFIDENCE) / 2, max(count - 1, 1))) * spread
        value = share_after - share_before
        rows.append(
            {"target": before["target"], "date": before["date"], **_told("share", value, value - half, value + half)}
        )
    return rows


def _linearised(counts: Row) -> tuple[float, FloatArray]:
    """Return the ratio of sums and (R,) each replication's share of its error."""
    numerator, denominator = (np.array(counts[name], dtype=np.float64) for name in ("in_time", "offered"))
    total = float(denominator.sum())
    if total == 0:
        return math.nan, np.full(len(numerator), math.nan)
    ratio = float(numerator.sum()) / total
    return ratio, (numerator - ratio * denominator) * len(denominator) / total


def _interval_rows(scenario: Scenario, target: ServiceTarget, study: Study) -> list[Row]:
    columns = [scenario.type_index(name) for name in target.contact_types]
    offered, in_time = study.offered[:, :, columns].sum(axis=2), study.in_time[:, :, columns].sum(axis=2)
    rows: list[Row] = []
    for day in scenario.horizon.days:
        for number in range(day.first_interval, day.end_interval):
            share = ratio_of_sums(in_time[:, number], offered[:, number])
            rows.append(
                {
                    "target": target.name,
                    "date": day.date.isoformat(),
                    "time": _clock(scenario, number),
                    "share": _plain(share.value),
                    "low": _plain(share.low),
                    "high": _plain(share.high),
                    "per_hour": float(offered[:, number].mean()) * 60 / scenario.horizon.interval_min,
                }
            )
    return rows


def _date_rows(scenario: Scenario, target: ServiceTarget, study: Study) -> list[Row]:
    columns = [scenario.type_index(name) for name in target.contact_types]
    in_time, offered, abandoned = study.day_counts(target)
    met = (study.day_share(target) >= target.day_share).mean(axis=0)
    rows: list[Row] = []
    for number, day in enumerate(scenario.horizon.days):
        span = slice(day.first_interval, day.end_interval)
        waits = study.wait_s_sum[:, span, columns].sum(axis=(1, 2))
        answered = study.answered[:, span, columns].sum(axis=(1, 2))
        rows.append(
            {
                "target": target.name,
                "date": day.date.isoformat(),
                "within_s": target.answer_within_s,
                "promised": target.day_share,
                "promised_days": target.share_of_days,
                "met": float(met[number]),
                "offered": float(offered[:, number].mean()),
                **_estimated("share", ratio_of_sums(in_time[:, number], offered[:, number])),
                **_estimated("abandoned", ratio_of_sums(abandoned[:, number], offered[:, number])),
                "wait_s": _plain(ratio_of_sums(waits, answered).value),
            }
        )
    return rows


def _group_rows(scenario: Scenario, study: Study) -> list[Row]:
    rows: list[Row] = []
    for number, group in enumerate(scenario.groups):
        busy_us, at_work_us = study.busy_us[:, number], study.at_work_us[:, number]
        occupancy = _estimated("occupancy", ratio_of_sums(busy_us, at_work_us))
        rows.append({"group": group.name, "work_h": float(at_work_us.mean()) / US_PER_H, **occupancy})
    return rows


def _people_rows(scenario: Scenario, roster: Roster) -> list[Row]:
    names = [group.name for group in scenario.groups]
    planned = coverage(scenario.horizon, names, roster)
    return [
        {"group": name, "time": _clock(scenario, number), "people": float(planned[number, column])}
        for column, name in enumerate(names)
        for number in range(scenario.horizon.intervals)
    ]


def _clock(scenario: Scenario, interval: int) -> str:
    """Return the local start of an interval without its zone: charts would move an aware one to the browser's."""
    return scenario.horizon.instant(interval * scenario.horizon.interval_us).replace(tzinfo=None).isoformat()


def _estimated(name: str, estimate: Estimate) -> Row:
    return _told(name, estimate.value, estimate.low, estimate.high)


def _told(name: str, value: float, low: float, high: float) -> Row:
    return {name: _plain(value), f"{name}_low": _plain(low), f"{name}_high": _plain(high)}


def _plain(value: float) -> float | None:
    """Return a number JSON can hold: ``None`` for what is undefined."""
    return None if math.isnan(value) else float(value)
