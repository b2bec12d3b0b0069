"""Calls of one group: Erlang A on the load of M_t/G/infinity, calibrated to what was simulated.

The formula knows the shape of service against people; the simulation knows where on that shape an interval stands. So
the curve of each interval is moved along the axis of people until it passes through what was seen there, and believed
in a trust region around the people who were there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios import Forecast, LawKind, PlanningError, Scenario, ServiceTarget
from scenarios.checks import FloatArray
from scheduler.loop.columns import DayColumns
from scheduler.loop.judge import columns_of, hour_of_interval
from scheduler.loop.problem import Curves, PlanProblem, ShareRow
from scheduler.loop.steps import Round
from scheduler.staffing.guess import human_rates_per_s
from sim import offered_load_erlangs
from sim.formulas.service_curves import erlang_a_curve

RADIUS_LEAST = 2.0
"""A trust region is at least so many people wide on each side."""
CRITICAL_RANGE = (20, 150)
CRITICAL_SHARE = 0.4
"""Days around the quantile that calibrate the day's curves: this share of the hard days, within bounds."""
HOUR_CUSHION = 0.004
"""Hours are planned so much above their floor: their mean share strays from training to proof."""
_KNOTS, _KNOTS_FIRST = 7, 28
_SATURATED = (0.02, 0.9995)  # observed shares outside say nothing about where on the curve an interval stands
_STRAY = 0.35  # a calibrated interval is believed at most this share of people away from the formula
_MISS_GAIN, _MISS_KEPT, _MISS_MAX = 0.7, 0.7, 0.02  # later moves are smaller, and so is what the curves get wrong
_DEAR = 30.0  # times an hour's pay per hour of work: what missing a row costs, far more than keeping it ever does


@dataclass(frozen=True, slots=True, eq=False)
class CallLaw:
    """The calls of one target on the one group that takes them.

    Parameters
    ----------
    expected, load
        (T,) contacts and erlangs expected in each interval of a day at its mean.
    work_s, patience_s
        Mean work and patience of a contact.
    present
        (T,) share of the people at work who do not stay away.
    """

    expected: FloatArray
    load: FloatArray
    work_s: float
    patience_s: float
    present: FloatArray

    @classmethod
    def of(cls, scenario: Scenario, forecast: Forecast, target: ServiceTarget) -> "CallLaw":
        """Return the law of the types a target counts, their calls and works taken together."""
        types = columns_of(scenario, target)
        interval_s = scenario.horizon.interval_min * 60.0
        rates = human_rates_per_s(scenario, forecast)[:, types]
        kinds = [scenario.contact_types[number] for number in types]
        loads = [
            offered_load_erlangs(rates[:, place] * forecast.work_factor(kind), interval_s, kind.work_s)
            for place, kind in enumerate(kinds)
        ]
        load = np.sum(loads, axis=0)
        totals = rates.sum(axis=0)
        leaving = [0.0 if kind.patience_s.kind is LawKind.NEVER else 1.0 / kind.patience_s.mean_s for kind in kinds]
        leave = float(totals @ leaving / totals.sum()) if totals.sum() else 0.0
        step_us = scenario.horizon.interval_us
        return cls(
            expected=rates.sum(axis=1) * interval_s,
            load=load,
            work_s=float(load.sum() / rates.sum()) if rates.sum() else 1.0,
            patience_s=1.0 / leave if leave else np.inf,
            present=np.array([1.0 - scenario.absence_at(number * step_us) for number in range(len(load))]),
        )


class VoiceSurrogate:
    """Surrogate of calls that one group takes, with one promise.

    Parameters
    ----------
    day_factor
        Day factor that a share of days stays below, as a function of the share.

    Raises
    ------
    PlanningError
        When the scenario has not exactly one target and one group.
    """

    def __init__(
        self, scenario: Scenario, forecast: Forecast, columns: DayColumns, day_factor: Callable[[float], float]
    ) -> None:
        for field, found in (("targets", scenario.targets), ("groups", scenario.groups)):
            if len(found) != 1:
                raise PlanningError("not_one", thing="Scenario", field=field, value=len(found))
        self._scenario, self._columns, self._day_factor = scenario, columns, day_factor
        self._target = scenario.targets[0]
        self._types = columns_of(scenario, self._target)
        self.law = CallLaw.of(scenario, forecast, self._target)
        self._hours = hour_of_interval(scenario)
        self._tables: dict[float, _Table] = {}
        self._price = _DEAR * float((columns.cost / columns.paid_h).max()) * self.law.work_s / 3600.0
        self._said: Callable[[FloatArray], float] | None = None
        self._miss = 0.0

    def first(self, aim: float) -> PlanProblem:
        """Return the problem by formula: the day at the quantile of its factor, hours on the mean day."""
        factor = self._day_factor(aim)
        day, hours = (self.curves_of_formula(level) for level in (factor, 1.0))
        day_row = self._row("day", 0, self._open(), self._target.day_share, self.law.expected * factor)
        self._said = None
        return self._problem((day, hours), day_row, self.law.expected)

    def after(self, last: Round) -> PlanProblem:
        """Return the problem calibrated at the people of ``last``."""
        seen, types = last.seen, self._types
        people = self._columns.people(last.counts)[:, 0]
        count = int(np.clip(CRITICAL_SHARE * len(seen), *CRITICAL_RANGE))
        chosen = seen.critical(types, 1.0 - last.aim, count)
        offered, in_time = (part[chosen][:, :, types].sum(axis=2).mean(axis=0) for part in (seen.offered, seen.in_time))
        day = self.calibrated(people, offered, in_time, last.radius)
        mean_offered, mean_in_time = (seen.mean(part, types) for part in (seen.offered, seen.in_time))
        hours = self.calibrated(people, mean_offered, mean_in_time, last.radius)
        if self._said is not None:
            missed = self._said(people) - last.judgement.margin
            told = self._miss + _MISS_GAIN * (missed - self._miss)
            self._miss = float(np.clip(_MISS_KEPT * told, -_MISS_MAX, _MISS_MAX))
        # At the people of the last round the row reads the margin of the quantile, not that of the critical days' mean.
        mean_margin = float(in_time.sum() / offered.sum()) - self._target.day_share
        reads = self._target.day_share + mean_margin - last.judgement.margin

        def margin_at(there: FloatArray) -> float:
            return float(day.at(there[:, None]).sum() / offered.sum()) - reads

        self._said = margin_at
        return self._problem((day, hours), self._row("day", 0, self._open(), reads + self._miss, offered), mean_offered)

    def servers(self, interval: int, share: float) -> float:
        """Return the servers at work with whom an interval of the mean day answers ``share`` in time, by formula."""
        return self._table(interval, 1.0).servers_for(share)

    def need(self, factor: float) -> FloatArray:
        """Return (T,) people to roster with whom an interval of a day at ``factor`` answers the promised share."""
        need = np.zeros(len(self.law.load))
        for interval in np.flatnonzero(self.law.expected > 0).tolist():
            servers = self._table(interval, factor).servers_for(self._target.day_share)
            need[interval] = servers / self.law.present[interval]
        return need

    def _problem(self, curves: tuple[Curves, Curves], day: ShareRow, mean_offered: FloatArray) -> PlanProblem:
        floor = self._target.hour_share_floor
        if floor is None:
            return PlanProblem(self._columns, curves[:1], (day,))
        share = min(1.0, floor + HOUR_CUSHION)
        hours = [
            self._row(f"hour {hour}", 1, (self._hours == hour).astype(float), share, mean_offered)
            for hour in range(int(self._hours.max()) + 1)
        ]
        worst = curves[1].value[:, :, 0]
        binding = [row for row in hours if float((row.weight * worst).sum()) < row.least]
        return PlanProblem(self._columns, curves, (day, *binding))

    def _row(self, name: str, curves: int, weight: FloatArray, share: float, offered: FloatArray) -> ShareRow:
        least = share * float(weight @ offered)
        return ShareRow(name, curves, weight[:, None], least, prices=((np.inf, self._price),))

    def _open(self) -> FloatArray:
        return (self._hours >= 0).astype(float)

    def curves_of_formula(self, factor: float) -> Curves:
        """Return the curves of a day at ``factor`` from nobody to more than enough."""
        knots = np.zeros((len(self.law.load), 1, _KNOTS_FIRST))
        values = np.zeros_like(knots)
        for interval in range(len(self.law.load)):
            table = self._table(interval, factor)
            knots[interval, 0] = np.linspace(0.0, table.enough / self.law.present[interval], _KNOTS_FIRST)
            share = table.share(knots[interval, 0] * self.law.present[interval])
            values[interval, 0] = hull(knots[interval, 0], share) * self.law.expected[interval] * factor
        return Curves(knots, values)

    def calibrated(self, people: FloatArray, offered: FloatArray, in_time: FloatArray, radius: float) -> Curves:
        """Return the curves through what was seen at ``people``, within the trust region."""
        law = self.law
        factor = float(offered.sum() / law.expected.sum())
        knots = np.zeros((len(people), 1, _KNOTS))
        values = np.zeros_like(knots)
        for interval, here in enumerate(people.tolist()):
            width = max(radius * here, RADIUS_LEAST)
            knots[interval, 0] = np.linspace(max(0.0, here - width), here + width, _KNOTS)
            if offered[interval] <= 0:
                continue
            table, present = self._table(interval, factor), float(law.present[interval])
            share = float(np.clip(in_time[interval] / offered[interval], *_SATURATED))
            stray = _STRAY * here * present + RADIUS_LEAST
            stands = float(np.clip(table.servers_for(share), here * present - stray, here * present + stray))
            moved = table.share(stands + (knots[interval, 0] - here) * present)
            level = moved - table.share(np.array([stands]))[0] + in_time[interval] / offered[interval]
            values[interval, 0] = hull(knots[interval, 0], np.clip(level, 0.0, 1.0)) * offered[interval]
        return Curves(knots, values)

    def _table(self, interval: int, factor: float) -> "_Table":
        load = round(float(self.law.load[interval]) * factor, 2)
        if load not in self._tables:
            self._tables[load] = _Table.of(load, self.law, self._target.answer_within_s)
        return self._tables[load]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Share in time by servers, of one load; from nobody on."""

    shares: FloatArray

    @classmethod
    def of(cls, load: float, law: CallLaw, within_s: float) -> "_Table":
        most = int(np.ceil(load + 6.0 * np.sqrt(load) + 6.0))
        shares, _ = erlang_a_curve(np.arange(1, most + 1), load, law.work_s, law.patience_s, within_s)
        return cls(np.concatenate([[0.0], np.maximum.accumulate(shares)]))

    @property
    def enough(self) -> float:
        """Servers beyond which nobody waits too long."""
        return float(len(self.shares) - 1)

    def share(self, servers: FloatArray) -> FloatArray:
        return np.interp(servers, np.arange(len(self.shares)), self.shares)

    def servers_for(self, share: float) -> float:
        return float(np.interp(share, self.shares, np.arange(len(self.shares))))


def hull(knots: FloatArray, values: FloatArray) -> FloatArray:
    """Return the least concave, not falling values above ``values`` at rising ``knots``."""
    kept = [0]
    for number in range(1, len(knots)):
        while len(kept) > 1 and _turns_up(knots, values, kept[-2], kept[-1], number):
            kept.pop()
        kept.append(number)
    top = np.interp(knots, knots[kept], values[kept])
    return np.asarray(np.maximum.accumulate(top))


def _turns_up(knots: FloatArray, values: FloatArray, first: int, middle: int, last: int) -> bool:
    rise = (values[last] - values[first]) * (knots[middle] - knots[first])
    return bool((values[middle] - values[first]) * (knots[last] - knots[first]) <= rise)
