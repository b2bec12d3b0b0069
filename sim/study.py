"""A study: the counts of many replications, and what they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

import numpy as np

from scenarios import US_PER_S, Horizon, Kpi, PlanningError, Scenario, ServiceReport, ServiceTarget
from scenarios.checks import FloatArray, IntArray
from sim.estimates import CONFIDENCE, estimate_of, means, ratios_of_sums
from sim.kpis import COUNTS, DEFINITIONS, KPIS, KpiDefinition, Tally

_MIN_PER_HOUR = 60
_COLUMNS = (*COUNTS, "wait_s_sum", "busy_us", "at_work_us")


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Counts of R replications of a horizon with T intervals, K contact types and G groups; see ``Tally``.

    Parameters
    ----------
    first
        Number of the first replication; they follow each other without a gap.
    offered, in_time, answered, abandoned, closed_out, bot_contained, overdue, settled
        (R, T, K) int32.
    wait_s_sum
        (R, T, K) waits of the answered, seconds.
    busy_us, at_work_us
        (R, G) int64.
    """

    horizon: Horizon
    contact_types: tuple[str, ...]
    groups: tuple[str, ...]
    targets: tuple[ServiceTarget, ...]
    first: int
    offered: IntArray
    in_time: IntArray
    answered: IntArray
    abandoned: IntArray
    closed_out: IntArray
    bot_contained: IntArray
    overdue: IntArray
    settled: IntArray
    wait_s_sum: FloatArray
    busy_us: IntArray
    at_work_us: IntArray

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).flags.writeable = False

    @classmethod
    def of(cls, scenario: Scenario, first: int, tallies: Sequence[Tally]) -> Self:
        """Return the study of ``tallies``, the first of which is replication ``first``."""
        cells = (scenario.horizon.intervals, len(scenario.contact_types))
        columns = {name: _stacked(tallies, name, cells, np.int32) for name in COUNTS}
        groups = {
            name: _stacked(tallies, name, (len(scenario.groups),), np.int64) for name in ("busy_us", "at_work_us")
        }
        return cls(
            horizon=scenario.horizon,
            contact_types=tuple(kind.name for kind in scenario.contact_types),
            groups=tuple(group.name for group in scenario.groups),
            targets=scenario.targets,
            first=first,
            wait_s_sum=_stacked(tallies, "wait_us_sum", cells, np.float64) / US_PER_S,
            **columns,
            **groups,
        )

    def __len__(self) -> int:
        return len(self.offered)

    def concat(self, other: Self) -> Self:
        """Return both studies as one; ``other`` must continue this one with the next replication.

        Raises
        ------
        PlanningError
            When ``other`` does not follow, or is about another scenario.
        """
        if other.first != self.first + len(self):
            expected = self.first + len(self)
            raise PlanningError("not_one_of", thing="Study", field="first", value=other.first, known=expected)
        for field in ("horizon", "contact_types", "groups", "targets"):
            if getattr(other, field) != getattr(self, field):
                raise PlanningError(
                    "not_one_of", thing="Study", field=field, value=getattr(other, field), known=getattr(self, field)
                )
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS
        }
        return replace(self, **joined)

    def equals(self, other: Self) -> bool:
        """Return whether every field is the same, number by number."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return all(np.array_equal(mine, its) if isinstance(mine, np.ndarray) else mine == its for mine, its in pairs)

    def day_counts(self, target: ServiceTarget | str) -> tuple[IntArray, IntArray, IntArray]:
        """Return in_time, offered, abandoned, each (R, D): the contacts a target counts, by service day."""
        columns = self._columns_of(target)
        in_time, offered, abandoned = (
            self._by_day(counts, columns) for counts in (self.in_time, self.offered, self.abandoned)
        )
        return in_time, offered, abandoned

    def day_share(self, target: ServiceTarget | str) -> FloatArray:
        """Return (R, D) shares in time; a day on which nothing was offered counts as 1, for it broke no promise."""
        in_time, offered, _ = self.day_counts(target)
        return np.where(offered > 0, in_time / np.maximum(offered, 1), 1.0)

    def hour_share(self, target: ServiceTarget | str) -> tuple[tuple[IntArray, ...], tuple[FloatArray, ...]]:
        """Return the clock hours of every service day and their shares in time.

        Returns
        -------
        starts_min, shares
            Per service day (H,) local starts of its open clock hours in minutes after the date's midnight, and (H,)
            ratios of sums over the replications, ``nan`` where nothing was offered. An hour the clocks repeat counts
            once.
        """
        columns = self._columns_of(target)
        in_time = self.in_time[:, :, columns].sum(axis=(0, 2))
        offered = self.offered[:, :, columns].sum(axis=(0, 2))
        starts, shares = [], []
        for hours, first in _hours_of_days(self.horizon):
            known, place = np.unique(hours, return_inverse=True)
            span = slice(first, first + len(hours))
            top, bottom = (np.bincount(place, weights=counts[span]) for counts in (in_time, offered))
            starts.append(known * _MIN_PER_HOUR)
            shares.append(np.where(bottom > 0, top / np.maximum(bottom, 1), np.nan))
        return tuple(starts), tuple(shares)

    def report(self, confidence: float = CONFIDENCE, *, intervals: bool = True) -> ServiceReport:
        """Return every KPI per contact type and target, for the horizon, each service day and, if asked, interval."""
        rows: list[Kpi] = []
        for scope, columns in self._scopes():
            rows.extend(self._rows(scope, columns, confidence, intervals=intervals))
        rows.extend(self._group_rows(confidence))
        return ServiceReport(tuple(rows), len(self), DEFINITIONS)

    def _scopes(self) -> Iterator[tuple[str, list[int]]]:
        for number, name in enumerate(self.contact_types):
            yield name, [number]
        for target in self.targets:
            if target.name not in self.contact_types:
                yield target.name, self._columns_of(target)

    def _rows(self, scope: str, columns: list[int], confidence: float, *, intervals: bool) -> Iterator[Kpi]:
        names = {name for kpi in KPIS.values() if kpi.scope == "type" for name in (*kpi.numerator, *kpi.denominator)}
        by_interval = {name: getattr(self, name)[:, :, columns].sum(axis=2) for name in sorted(names)}
        by_day = {name: self._by_day(getattr(self, name), columns) for name in by_interval}
        whole = {name: counts.sum(axis=1, keepdims=True) for name, counts in by_interval.items()}
        dates = [day.date for day in self.horizon.days]
        numbers = list(range(self.horizon.intervals))
        for definition in (kpi for kpi in KPIS.values() if kpi.scope == "type"):
            yield from _estimated(definition, scope, whole, confidence, [(None, None)])
            yield from _estimated(definition, scope, by_day, confidence, [(day, None) for day in dates])
            if intervals:
                yield from _estimated(definition, scope, by_interval, confidence, [(None, n) for n in numbers])

    def _group_rows(self, confidence: float) -> Iterator[Kpi]:
        for definition in (kpi for kpi in KPIS.values() if kpi.scope == "group"):
            for number, group in enumerate(self.groups):
                counts = {name: getattr(self, name)[:, [number]] for name in ("busy_us", "at_work_us")}
                yield from _estimated(definition, group, counts, confidence, [(None, None)])

    def _by_day(self, counts: IntArray | FloatArray, columns: list[int]) -> IntArray:
        """Return (R, D) sums over the intervals of each service day."""
        chosen = counts[:, :, columns].sum(axis=2)
        days = [chosen[:, day.first_interval : day.end_interval].sum(axis=1) for day in self.horizon.days]
        return np.stack(days, axis=1)

    def _columns_of(self, target: ServiceTarget | str) -> list[int]:
        """Return the contact types a target counts; an unknown target is a ``PlanningError``."""
        name = target if isinstance(target, str) else target.name
        for known in self.targets:
            if known.name == name:
                return [self.contact_types.index(kind) for kind in known.contact_types]
        known_names = ", ".join(known.name for known in self.targets) or "-"
        raise PlanningError("unknown_name", thing="Study", field="targets", value=name, known=known_names)


def _stacked(tallies: Sequence[Tally], name: str, shape: tuple[int, ...], dtype: type) -> IntArray:
    """Return (R, ...) one column of all tallies."""
    stacked: IntArray = np.empty((len(tallies), *shape), dtype=dtype)
    for number, row in enumerate(tallies):
        stacked[number] = getattr(row, name)
    return stacked


def _estimated(
    definition: KpiDefinition,
    scope: str,
    counts: dict[str, IntArray],
    confidence: float,
    places: Sequence[tuple[date | None, int | None]],
) -> Iterator[Kpi]:
    """Yield the KPI at each place (service date, interval), from counts (R, places)."""
    tops = _total(counts, definition.numerator)
    if definition.denominator:
        values, halves = ratios_of_sums(tops, _total(counts, definition.denominator), confidence)
    else:
        values, halves = means(tops, confidence)
    replications = len(tops)
    for (day, interval), value, half in zip(places, values, halves, strict=True):
        said = estimate_of(value, half, confidence, definition.estimator, replications, unit=definition.unit)
        yield Kpi(definition.key, scope, said, day, interval)


def _total(counts: dict[str, IntArray], names: tuple[str, ...]) -> IntArray:
    """Return the sum of the named counts."""
    return np.asarray(np.sum([counts[name] for name in names], axis=0))


def _hours_of_days(horizon: Horizon) -> Iterator[tuple[IntArray, int]]:
    """Yield, per service day, the clock hour after its midnight of each open interval, and the first interval."""
    for day in horizon.days:
        local = [horizon.instant(n * horizon.interval_us) for n in range(day.first_interval, day.end_interval)]
        hours = [(when.date() - day.date).days * 24 + when.hour for when in local]
        yield np.array(hours, dtype=np.int64), day.first_interval
