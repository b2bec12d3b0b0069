"""Two scenarios, or two rosters, on the same days: what differs, and how surely.

Both sides meet the same contacts (common random numbers: the draws of a contact belong to it, not to the floor), so
that most of the luck of a day falls out of the difference. The error is divided among all differences shown
(Bonferroni): with the stated confidence every interval of a comparison holds.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from scenarios import US_PER_H, Estimate, Forecast, PlanningError, Roster, Scenario
from scenarios.checks import FloatArray, require_known
from scenarios.progress import silent
from sim.floor.staff import Staff
from sim.measures.cells import Per
from sim.measures.estimates import CONFIDENCE, MEAN_OF_REPLICATIONS, RATIO_OF_SUMS
from sim.measures.kpis import KPIS, Grain, KpiDefinition
from sim.measures.pay import pay_of
from sim.measures.scopes import ALL
from sim.measures.study import Study
from sim.measures.sums import Sums
from sim.studies.paired import Sample, minus, variance_reduction
from sim.studies.replicate import STAGE, Conduct, Play, RouterFactory, replicate

MEAN_OF_DAYS = "mean of days"
"""Estimator: each service day's own ratio, averaged; a quiet day weighs as much as a busy one."""
COMPARED = tuple(key for key, definition in KPIS.items() if definition.is_sum and not definition.needs_pay)
"""Keys of the KPIs that can be compared; what a roster costs is no matter of luck and stands beside them."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two worlds: what is asked of the floor, who is there, and, if it is no matter of data, who routes."""

    scenario: Scenario
    forecast: Forecast
    people: Roster | Staff
    router: RouterFactory | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one measure of one scope does from one side to the other.

    Parameters
    ----------
    scope
        Contact type, target or group; empty for what concerns the whole floor.
    before, after
        Estimates of both sides, each with the interval of its own at the stated confidence.
    difference
        After less before, with its paired interval at the confidence left to each of all rows.
    variance_reduction
        How many times the variance of the difference of two independent studies is that of this one; ``nan`` where
        nothing differs.
    """

    kpi: str
    scope: str
    before: Estimate
    after: Estimate
    difference: Estimate
    variance_reduction: float


@dataclass(frozen=True, slots=True)
class Expense:
    """What a side costs: paid hours, their pay, and its levers; the yuan of pay are ``nan`` where no pay is known."""

    paid_h: float
    pay_yuan: float
    levers_yuan: float

    @property
    def total_yuan(self) -> float:
        """Pay and levers."""
        return self.pay_yuan + self.levers_yuan

    @property
    def yuan_per_h(self) -> float:
        """What a paid hour costs on average, ``nan`` without any."""
        return self.pay_yuan / self.paid_h if self.paid_h else np.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides over the same R replications.

    Parameters
    ----------
    confidence
        With which all differences of KPIs hold together.
    differences
        One row per KPI and scope that both sides know.
    working_h, working_yuan
        Hours the people spent talking, typing or handling, per replication, and the same at what an hour of that side's
        people costs; yuan are ``None`` where no pay is known. Each with an interval of its own.
    spent_before, spent_after
        Paid hours and yuan of both sides; nothing random about them.
    """

    confidence: float
    differences: tuple[Difference, ...]
    working_h: Difference
    working_yuan: Difference | None
    spent_before: Expense
    spent_after: Expense

    def find(self, kpi: str, scope: str) -> Difference:
        """Return one difference; ``KeyError`` when the comparison does not hold it."""
        for row in self.differences:
            if (row.kpi, row.scope) == (kpi, scope):
                return row
        raise KeyError((kpi, scope))


def compare(
    before: Side, after: Side, *, replications: int, seed: int, purpose: str, first: int = 0, **conduct: Unpack[Conduct]
) -> Comparison:
    """Play the same days with both sides and return what differs, ratios as ratios of sums.

    Parameters
    ----------
    **conduct
        See ``replicate``; progress counts the replications of both sides. A stop leaves what both sides have played.

    Raises
    ------
    PlanningError
        As ``replicate`` does.
    """
    studies = play_sides(before, after, replications=replications, seed=seed, purpose=purpose, first=first, **conduct)
    return compare_studies((before, studies[0]), (after, studies[1]))


def play_sides(
    before: Side, after: Side, *, replications: int, seed: int, purpose: str, first: int = 0, **conduct: Unpack[Conduct]
) -> tuple[Study, Study]:
    """Return the studies of both sides on the same days, for ``compare_studies`` and whatever else is asked of them.

    Raises
    ------
    PlanningError
        As ``replicate`` does.
    """
    told = conduct.get("progress") or silent
    studies = []
    for number, side in enumerate((before, after)):

        def tell(_stage: str, done: int, _total: int, base: int = number * replications) -> None:
            told(STAGE, base + done, 2 * replications)

        batch: Play = {**conduct, "progress": tell, "router": side.router}
        study = replicate(
            side.scenario, side.forecast, side.people,
            replications=replications, seed=seed, purpose=purpose, first=first, **batch,
        )  # fmt: skip
        studies.append(study)
    return studies[0], studies[1]


def compare_studies(
    before: tuple[Side, Study],
    after: tuple[Side, Study],
    *,
    kpis: Sequence[str] = COMPARED,
    scopes: Sequence[str] | None = None,
    estimator: str = RATIO_OF_SUMS,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Return what differs between two studies of the same days; of the longer one only the days of the shorter count.

    Parameters
    ----------
    kpis
        Keys of the KPIs to show, all that are sums or ratios of sums unless told otherwise; where one is undefined on
        a side or does not concern the scope, it is not shown.
    scopes
        Contact types, targets, labels, groups and ``"all"``, as far as both sides know them; ``None`` for all but
        labels.
    estimator
        Of the ratios, ``"ratio of sums"`` or, where there are ratios of days, ``"mean of days"``.

    Raises
    ------
    PlanningError
        When a KPI or the estimator is unknown, or the studies begin with different replications.
    """
    require_known("Comparison", "kpis", kpis, COMPARED)
    require_known("Comparison", "estimator", [estimator], (RATIO_OF_SUMS, MEAN_OF_DAYS))
    (side_before, one), (side_after, other) = before, after
    if one.first != other.first:
        raise PlanningError("not_one_of", thing="Comparison", field="first", value=other.first, known=one.first)
    count = min(len(one), len(other))
    sides = (_Reader(one.head(count), estimator), _Reader(other.head(count), estimator))
    shown = list(_shown(sides, kpis, _scopes_of(one) if scopes is None else scopes))
    each = 1.0 - (1.0 - confidence) / max(1, len(shown))
    unnamed = isinstance(side_before.people, Staff) and isinstance(side_after.people, Staff)
    spent = (
        expense_of(side_before),
        expense_of(side_after, prices=side_before.scenario if unnamed else None),
    )
    hours = [study.counts("working_us").sum(axis=1)[:count] / US_PER_H for study in (one, other)]
    yuan = [worked * side.yuan_per_h for worked, side in zip(hours, spent, strict=True)]
    return Comparison(
        confidence=confidence,
        differences=tuple(_difference(kpi, scope, pair, confidence, each) for kpi, scope, pair in shown),
        working_h=_of_means("working_h", hours, confidence),
        working_yuan=_of_means("working_yuan", yuan, confidence) if all(map(_is_priced, spent)) else None,
        spent_before=spent[0],
        spent_after=spent[1],
    )


def expense_of(side: Side, *, prices: Scenario | None = None) -> Expense:
    """Return what a side costs over the horizon.

    A roster's people are paid for their shifts less unpaid breaks, by their contracts. A ``Staff`` knows only time at
    work, and names who may stand in no contract; those cost what the people of ``prices`` cost on average, the side's
    own scenario unless told otherwise: two sides without a roster are priced alike, or the same people would cost less
    where a scenario lists more part-timers.
    """
    scenario = side.scenario
    levers_yuan = sum(lever.cost_yuan for lever in scenario.levers)
    if isinstance(side.people, Roster):
        pay = pay_of(scenario, side.people)
        return Expense(float(pay.paid_us.sum()) / US_PER_H, float(pay.cost_yuan.sum()), levers_yuan)
    priced = scenario if prices is None else prices
    rate_of = {contract.name: contract.cost_per_paid_h_yuan for contract in priced.contracts}
    by_name = {agent.name: rate_of[agent.contract] for agent in priced.agents}
    usual = float(np.mean(list(by_name.values()) or list(rate_of.values()) or [np.nan]))
    hours = side.people.scheduled_us() / US_PER_H
    rates = np.array([by_name.get(name, usual) for name in side.people.names])
    return Expense(float(hours.sum()), float((hours * rates).sum()), levers_yuan)


class _Reader:
    """Reads the estimates of one study, and what each replication has to do with them."""

    def __init__(self, study: Study, estimator: str) -> None:
        self.study = study
        self._daily = estimator == MEAN_OF_DAYS
        self._whole, self._days = Sums(study), Sums(study, Per.DAY)

    def knows(self, definition: KpiDefinition, scope: str) -> bool:
        """Return whether the KPI can be told of the scope."""
        if definition.scope == "group":
            return scope in (ALL, *self.study.groups)
        return scope in self.study.scopes and bool(self._whole.columns(definition, scope))

    def values(self, definition: KpiDefinition, scope: str) -> tuple[FloatArray, FloatArray | None, str]:
        """Return (R,) numerators and denominators, or values of each replication and no denominator; the estimator."""
        if self._daily and definition.estimator == RATIO_OF_SUMS and definition.grain is not Grain.WHOLE:
            tops, bottoms = self._days.parts(definition, scope)
            if bottoms is not None:
                return _mean_of_ratios(tops, bottoms), None, MEAN_OF_DAYS
        top, bottom = self._whole.parts(definition, scope)
        return top[:, 0], None if bottom is None else bottom[:, 0], definition.estimator


def _shown(
    sides: tuple[_Reader, _Reader], kpis: Sequence[str], scopes: Sequence[str]
) -> Iterator[tuple[str, str, tuple[Sample, Sample]]]:
    """Yield KPI, scope and both estimates wherever both sides define it."""
    for key, scope in itertools.product(kpis, scopes):
        if not all(side.knows(KPIS[key], scope) for side in sides):
            continue
        before, after = (side.values(KPIS[key], scope) for side in sides)
        pair = _paired(before, after)
        if all(np.isfinite(side.value) for side in pair):
            yield key, scope, pair


def _paired(
    before: tuple[FloatArray, FloatArray | None, str], after: tuple[FloatArray, FloatArray | None, str]
) -> tuple[Sample, Sample]:
    """Return both estimates; of means, over the replications in which both sides have a value."""
    (top, bottom, name), (other_top, other_bottom, _) = before, after
    if bottom is not None and other_bottom is not None:
        return Sample.of_ratio(top, bottom, name), Sample.of_ratio(other_top, other_bottom, name)
    known = np.isfinite(top) & np.isfinite(other_top)
    return Sample.of_mean(top[known], name), Sample.of_mean(other_top[known], name)


def _mean_of_ratios(tops: FloatArray, bottoms: FloatArray) -> FloatArray:
    """Return (R,) the mean of the ratios of the days on which there is one, ``nan`` where there is none."""
    known = bottoms > 0
    counted = known.sum(axis=1)
    total = np.where(known, tops / np.where(known, bottoms, 1.0), 0.0).sum(axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _scopes_of(study: Study) -> tuple[str, ...]:
    targets = (target.name for target in study.targets)
    return tuple(dict.fromkeys((*study.contact_types, *targets, ALL, *study.groups)))


def _is_priced(spent: Expense) -> bool:
    return bool(np.isfinite(spent.yuan_per_h))


def _of_means(name: str, values: Sequence[FloatArray], confidence: float) -> Difference:
    before, after = (Sample.of_mean(side, MEAN_OF_REPLICATIONS) for side in values)
    return _difference(name, ALL, (before, after), confidence, confidence)


def _difference(kpi: str, scope: str, pair: tuple[Sample, Sample], confidence: float, each: float) -> Difference:
    before, after = pair
    unit = KPIS[kpi].unit if kpi in KPIS else ""
    return Difference(
        kpi=kpi,
        scope=scope,
        before=before.estimate(confidence, unit),
        after=after.estimate(confidence, unit),
        difference=minus(after, before).estimate_within(each, 1.0 if unit == "share" else np.inf),
        variance_reduction=variance_reduction(after, before),
    )
