"""Calls of one group: Erlang A on the load of M_t/G/infinity, calibrated to what was simulated."""

from collections.abc import Callable

import numpy as np

from scenarios import Forecast, PlanningError, Scenario
from scenarios.checks import FloatArray
from scheduler.loop.call_line import CallLine
from scheduler.loop.columns import DayColumns
from scheduler.loop.judge import columns_of, hour_of_interval
from scheduler.loop.problem import Curves, PlanProblem, ShareRow
from scheduler.loop.steps import Round

CRITICAL_RANGE = (20, 150)
CRITICAL_SHARE = 0.4
"""Days around the quantile that calibrate the day's curves: this share of the hard days, within bounds."""
HOUR_CUSHION = 0.004
"""Hours are planned so much above their floor: their mean share strays from training to proof."""
_MISS_GAIN, _MISS_KEPT, _MISS_MAX = 0.7, 0.7, 0.02  # later moves are smaller, and so is what the curves get wrong
_DEAR = 30.0  # times an hour's pay per hour of work: what missing a row costs, far more than keeping it ever does


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
        self._line = CallLine(scenario, forecast, self._target)
        self.law = self._line.law
        self._hours = hour_of_interval(scenario)
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
        return self._line.table(interval, 1.0).servers_for(share)

    def need(self, factor: float) -> FloatArray:
        """Return (T,) people to roster with whom an interval of a day at ``factor`` answers the promised share."""
        need = np.zeros(len(self.law.load))
        for interval in np.flatnonzero(self.law.expected > 0).tolist():
            servers = self._line.table(interval, factor).servers_for(self._target.day_share)
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
        knots, values = self._line.by_formula(factor)
        return Curves(knots[:, None], values[:, None])

    def calibrated(self, people: FloatArray, offered: FloatArray, in_time: FloatArray, radius: float) -> Curves:
        """Return the curves through what was seen at ``people``, within the trust region."""
        knots, values = self._line.calibrated(people, offered, in_time, radius)
        return Curves(knots[:, None], values[:, None])
