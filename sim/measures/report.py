"""A study told as KPIs: every measure of every scope, with its interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from scenarios import Estimate, Kpi, ServiceReport
from scenarios.checks import FloatArray, IntArray, require_known
from sim.measures.cells import Per
from sim.measures.estimates import estimate_of, means, ratios_of_sums
from sim.measures.kpis import DEFINITIONS, KPIS, LARGEST, QUANTILE, STATE, Grain, KpiDefinition
from sim.measures.pay import Pay
from sim.measures.scopes import ALL
from sim.measures.sums import Sums, placed
from sim.measures.waits import quantiles_of, share_within

if TYPE_CHECKING:
    from sim.measures.study import Study

_MIN_PER_HOUR = 60
Place = tuple[date | None, int | None]
"""Service date and interval of a row."""


@dataclass(frozen=True, slots=True)
class HourFigure:
    """A KPI of one clock hour of a service day; ``start_min`` is its local start after the date's midnight."""

    date: date
    start_min: int
    estimate: Estimate


def report_of(study: "Study", confidence: float, *, intervals: bool, pay: Pay | None) -> ServiceReport:
    """Return every KPI of every scope, see ``Study.report``."""
    rows: list[Kpi] = []
    levels: list[tuple[Per | None, Grain, list[Place]]] = [
        (None, Grain.WHOLE, [(None, None)]),
        (Per.DAY, Grain.DAY, [(day.date, None) for day in study.horizon.days]),
    ]
    if intervals and study.per is Per.INTERVAL:
        levels.append((Per.INTERVAL, Grain.INTERVAL, [(None, number) for number in range(study.horizon.intervals)]))
    for by, grain, places in levels:
        teller = _Teller(study, Sums(study, by, pay), by, places, confidence)
        rows.extend(teller.rows(_told(grain, pay)))
    return ServiceReport(tuple(rows), len(study), DEFINITIONS)


def hour_figures(study: "Study", kpi: str, scope: str, confidence: float) -> tuple[HourFigure, ...]:
    """Return a KPI for every open clock hour, see ``Study.hour_figures``."""
    fine = tuple(key for key, definition in KPIS.items() if Sums.is_fine(definition))
    require_known("Study", "kpi", [kpi], fine)
    hours = study.hours()
    pieces = [cells for _, spans in hours for cells in spans]
    starts = [
        (day.date, int(start))
        for day, (known, _) in zip(study.horizon.days, hours, strict=True)
        for start in known.tolist()
    ]
    said = fine_estimates(Sums(study, study.per), KPIS[kpi], scope, pieces, confidence)
    return tuple(HourFigure(day, start, one) for (day, start), one in zip(starts, said, strict=True))


def fine_estimates(
    sums: Sums, definition: KpiDefinition, scope: str, pieces: Sequence[IntArray] | None, confidence: float
) -> list[Estimate]:
    """Return a KPI for some pieces of time, each made of several of a study's cells; without any, for every cell.

    What is open in a piece is that at the end of its last cell.
    """
    top, bottom = sums.parts(definition, scope)
    if pieces is not None:
        if definition.clock == STATE:
            pieces = [cells[-1:] for cells in pieces]
        top, bottom = _joined(top, pieces), None if bottom is None else _joined(bottom, pieces)
    return _estimates(definition, top, bottom, confidence)


def _joined(part: FloatArray, pieces: Sequence[IntArray]) -> FloatArray:
    """Return (R, P) sums over the cells of each piece, from (R, C)."""
    return np.stack([part[:, cells].sum(axis=1) for cells in pieces], axis=1)


def _told(grain: Grain, pay: Pay | None) -> list[KpiDefinition]:
    """Return the KPIs that are told for pieces of time of this fineness."""
    order = [Grain.WHOLE, Grain.DAY, Grain.INTERVAL]
    return [
        definition
        for definition in KPIS.values()
        if order.index(definition.grain) >= order.index(grain) and (pay is not None or not definition.needs_pay)
    ]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells KPIs of one study at the places of one fineness."""

    study: "Study"
    sums: Sums
    by: Per | None
    places: list[Place]
    confidence: float

    def rows(self, definitions: Sequence[KpiDefinition]) -> Iterator[Kpi]:
        """Yield the rows of every scope that has contact types a KPI concerns."""
        for scope in self._scopes():
            of_types = [definition for definition in definitions if definition.scope == "type"]
            yield from self._of_scope(scope, of_types)
        for group in (*self.study.groups, ALL):
            yield from self._of_scope(group, [row for row in definitions if row.scope == "group"])

    def _scopes(self) -> list[str]:
        """Return the scopes told; single intervals only of contact types and targets."""
        if self.by is not Per.INTERVAL:
            return list(self.study.scopes)
        names = (*self.study.contact_types, *(target.name for target in self.study.targets))
        return list(dict.fromkeys(names))

    def _of_scope(self, scope: str, definitions: Sequence[KpiDefinition]) -> Iterator[Kpi]:
        waits: dict[tuple[int, ...], IntArray] = {}
        for definition in definitions:
            columns = self.sums.columns(definition, scope)
            if not columns:
                continue
            if definition.estimator == QUANTILE:
                said = self._quantiles(definition, columns, waits)
            elif definition.estimator == LARGEST:
                said = self._largest(definition, columns)
            else:
                said = _estimates(definition, *self.sums.parts(definition, scope), self.confidence)
            for (day, interval), one in zip(self.places, said, strict=False):
                yield Kpi(definition.key, scope, one, day, interval)

    def _quantiles(
        self, definition: KpiDefinition, columns: list[int], cache: dict[tuple[int, ...], IntArray]
    ) -> list[Estimate]:
        if tuple(columns) not in cache:
            waits = self.study.waits_of(columns)
            cache[tuple(columns)] = waits.sum(axis=1, keepdims=True) if self.by is None else waits[:, :-1]
        counts, totals = cache[tuple(columns)], self.sums.of(definition.denominator[0], columns)
        pooled, total = counts.sum(axis=0), totals.sum(axis=0)
        nothing = np.full(len(pooled), np.nan)
        values, _, _ = quantiles_of(pooled, total, definition.probability, nothing)
        _, halves = ratios_of_sums(share_within(counts, values), totals, self.confidence)
        value, low, high = (
            np.where(np.isfinite(row), row, np.nan)  # none is long enough
            for row in quantiles_of(pooled, total, definition.probability, halves)
        )
        return [
            Estimate(float(one), float(least), float(most), self.confidence, QUANTILE, len(counts))
            for one, least, most in zip(value, low, high, strict=True)
        ]

    def _largest(self, definition: KpiDefinition, columns: list[int]) -> list[Estimate]:
        """Return the mean over replications of the largest cell of each place, per hour; by day nothing is so fine."""
        study = self.study
        if study.per is Per.DAY:
            return []
        counted = placed(study, definition.numerator[0].removesuffix("_per_hour"), columns, study.per).sum(axis=2)
        per_hour = counted * (_MIN_PER_HOUR / np.maximum(study.cells.minutes, 1))
        if self.by is None:
            largest = per_hour.max(axis=1, keepdims=True)
        else:
            days = range(len(study.horizon.days))
            largest = np.stack([per_hour[:, study.cells.day == day].max(axis=1) for day in days], axis=1)
        return _estimates(definition, largest, None, self.confidence)


def _estimates(
    definition: KpiDefinition, top: FloatArray, bottom: FloatArray | None, confidence: float
) -> list[Estimate]:
    """Return an estimate per place from (R, P) sums."""
    values, halves = means(top, confidence) if bottom is None else ratios_of_sums(top, bottom, confidence)
    informed = [len(top)] * len(values) if bottom is None else np.count_nonzero(bottom, axis=0).tolist()
    return [
        estimate_of(value, half, confidence, definition.estimator, len(top), unit=definition.unit, informed=count)
        for value, half, count in zip(values, halves, informed, strict=True)
    ]
