"""Several promises and several groups that help each other: one curve per promise, over everybody who can help it.

How service of a promise grows with people has the shape of its formula, as with one group; but its people are those of
all groups, each counted by his reach. What the reach leaves out, the calibration of every interval and the miss of the
last prediction correct, and the plan strays little from the people it was measured with. So the search moves people
between groups, hour by hour, until no way to weigh the promises asks for more.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios import Channel, Forecast, Scenario, ServiceTarget
from scenarios.checks import FloatArray
from scheduler.loop.bed import Bed
from scheduler.loop.call_line import CallLine
from scheduler.loop.days import Seen
from scheduler.loop.judge import columns_of, day_margin, hour_of_interval
from scheduler.loop.problem import Curves, PlanProblem, ShareRow
from scheduler.loop.reach import Reach, by_promise
from scheduler.loop.steps import Round
from scheduler.loop.voice import CRITICAL_RANGE, CRITICAL_SHARE, HOUR_CUSHION
from scheduler.loop.weighing import least_weighed, nearest_days, weighings

SCARCE, HELPED = 1.25, 0.95
"""Factors of the first plan: of contacts nobody else takes whose group helps others, and of all others."""
GROUP_RADII = 2.0
"""People of a group may fall, from round to round, by so many radii: the reach was measured with them there."""
_MISS_GAIN, _MISS_MAX = 0.5, 0.03
_DEAR = 30.0  # times an hour's pay per hour of work: what missing a row costs, far more than keeping it ever does
_ANYWHERE = 1e6  # people of other groups are counted, so nothing is known of where on its curve an interval stands
_BELOW = 20.0  # rounding may not gain by leaving what is known


class SkillSurrogate:
    """Surrogate of several promises and groups.

    Parameters
    ----------
    day_factor
        Day factor that a share of days stays below, as a function of the share.
    """

    def __init__(self, bed: Bed[Any], day_factor: Callable[[float], float]) -> None:
        scenario, columns = bed.scenario, bed.columns
        self._bed, self._day_factor = bed, day_factor
        self._types = [columns_of(scenario, target) for target in scenario.targets]
        self._lines = [CallLine(scenario, bed.forecast, target) for target in scenario.targets]
        self._promised = np.array([target.day_share for target in scenario.targets])
        self._hours = hour_of_interval(scenario)
        self._reach = Reach(bed, self._lines, self._types)
        work_s = max((line.law.work_s for line in self._lines), default=0.0)
        self._price = _DEAR * float((columns.cost / columns.paid_h).max()) * work_s / 3600.0
        self._said: Callable[[FloatArray], float] | None = None
        self._miss = 0.0

    def first(self, aim: float) -> PlanProblem:
        """Return the problem by formula: each promise by the group its contacts start in, the scarce ones raised."""
        scenario, columns = self._bed.scenario, self._bed.columns
        scarce = scarce_groups(scenario)
        reach = np.zeros((len(self._lines), len(columns.groups)))
        curves, rows = [], []
        for place, (target, line) in enumerate(zip(scenario.targets, self._lines, strict=True)):
            home = home_of(scenario, self._bed.forecast, target)
            reach[place, home] = servers_each(scenario, target, home)
            factor = self._day_factor(aim) * (SCARCE if columns.groups[home] in scarce else HELPED)
            curves.append(line.by_formula(factor))
            least = target.day_share * factor * float(line.law.expected.sum())
            rows.append(self._row(f"day of {target.name}", 0, self._only(place, self._hours >= 0), least))
        self._said = None
        return PlanProblem(columns, (_stacked(curves, reach),), tuple(rows))

    def after(self, last: Round) -> PlanProblem:
        """Return the problem calibrated at the people of ``last``."""
        seen, scenario = last.seen, self._bed.scenario
        people = self._bed.columns.people(last.counts)
        count = int(np.clip(CRITICAL_SHARE * len(seen), *CRITICAL_RANGE))
        chosen = nearest_days(day_margin(scenario, seen), seen.weight, 1.0 - last.aim, count)
        days = [by_promise(part[chosen], self._types) for part in (seen.offered, seen.in_time)]
        offered, in_time = (part.mean(axis=0) for part in days)
        reach = self._reach.at(last, chosen, offered, in_time)
        curves = [self._curves(people, reach, offered, in_time, last.radius)]
        rows = self._day_rows(last, people, curves[0], days)
        hours = self._hour_rows(seen)
        if hours:
            offered, in_time = (
                np.tensordot(seen.weight, by_promise(part, self._types), axes=1)
                for part in (seen.offered, seen.in_time)
            )
            curves.append(self._curves(people, reach, offered, in_time, last.radius))
        floor = np.floor(people * max(0.0, 1.0 - GROUP_RADII * last.radius))
        return PlanProblem(self._bed.columns, tuple(curves), (*rows, *hours), least_people=floor)

    def _day_rows(self, last: Round, people: FloatArray, day: Curves, days: list[FloatArray]) -> list[ShareRow]:
        """Return rows that keep the promises together, the one first that weighs them as these days do.

        Parameters
        ----------
        days
            (D, T, P) offered and in time on the critical days.
        """
        offered, in_time = (part.sum(axis=1) for part in days)
        none = offered.sum(axis=0) <= 0  # a promise without contacts on this date is kept, and asks for nobody
        mean = np.where(none, 1.0, in_time.sum(axis=0) / np.where(none, 1.0, offered.sum(axis=0)))
        shares = np.where(offered > 0, in_time / np.maximum(offered, 1.0), 1.0)
        bar = self._promised - (shares - mean)
        totals = np.where(none, 1.0, offered.mean(axis=0))

        def least_margin(shares_of_days: FloatArray) -> float:
            return float((shares_of_days - bar).min(axis=1).mean())

        if self._said is not None:
            missed = self._said(people) - last.judgement.margin
            self._miss = float(np.clip(self._miss + _MISS_GAIN * (missed - self._miss), -_MISS_MAX, _MISS_MAX))
        # At the people of the last round the rows read the margin of the quantile, not that of the critical days' mean.
        reads = least_margin(mean) - last.judgement.margin
        self._said = lambda there: least_margin(np.where(none, 1.0, day.at(there).sum(axis=0) / totals)) - reads
        worst = np.bincount((shares - self._promised).argmin(axis=1), minlength=len(mean)) / len(shares)
        rows = []
        for weight in (worst, *weighings(len(mean))):
            factor = np.where((self._hours[:, None] >= 0) & ~none, weight * totals.sum() / totals, 0.0)
            least = least_weighed(weight, bar, reads + self._miss) * float(totals.sum())
            rows.append(self._row("day", 0, factor, least))
        return rows

    def _hour_rows(self, seen: Seen) -> list[ShareRow]:
        """Return a row for every hour of a promise with a floor: its mean share over all days."""
        rows = []
        for place, (target, types) in enumerate(zip(self._bed.scenario.targets, self._types, strict=True)):
            if target.hour_share_floor is None:
                continue
            offered, share = seen.mean(seen.offered, types), min(1.0, target.hour_share_floor + HOUR_CUSHION)
            for hour in range(int(self._hours.max()) + 1):
                inside = self._hours == hour
                least = share * float(offered[inside].sum())
                rows.append(self._row(f"hour {hour} of {target.name}", 1, self._only(place, inside), least))
        return rows

    def _row(self, name: str, curves: int, weight: FloatArray, least: float) -> ShareRow:
        return ShareRow(name, curves, weight, least, prices=((np.inf, self._price),))

    def _only(self, place: int, intervals: Any) -> FloatArray:
        """Return (T, P) 1 for one promise in some intervals."""
        weight = np.zeros((len(self._hours), len(self._lines)))
        weight[intervals, place] = 1.0
        return weight

    def _curves(
        self, people: FloatArray, reach: FloatArray, offered: FloatArray, in_time: FloatArray, radius: float
    ) -> Curves:
        """Return the curves through what was seen at ``people`` (T, G), within the trust region."""
        counted = people @ reach.T
        found = [
            line.calibrated(counted[:, place], offered[:, place], in_time[:, place], radius, _ANYWHERE)
            for place, line in enumerate(self._lines)
        ]
        return _stacked(found, reach)


def home_of(scenario: Scenario, forecast: Forecast, target: ServiceTarget) -> int:
    """Return the group in which most contacts of a target start."""
    starts = {route.contact_type: route.groups[0] for route in scenario.routes}
    names = [group.name for group in scenario.groups]
    contacts = np.zeros(len(names))
    for kind in target.contact_types:
        contacts[names.index(starts[kind])] += forecast.expected[:, forecast.column(kind)].sum()
    return int(contacts.argmax())


def servers_each(scenario: Scenario, target: ServiceTarget, group: int) -> float:
    """Return for how many servers of the formula somebody of a group stands: more than one where chats share him."""
    kinds = [scenario.contact_types[number] for number in columns_of(scenario, target)]
    own = scenario.groups[group]
    shared = all(kind.channel is Channel.CHAT and kind.messages is None for kind in kinds)
    return own.chat_cap * own.session_speed[-1] if shared else 1.0


def scarce_groups(scenario: Scenario) -> frozenset[str]:
    """Return the groups that alone take some contact type and help with others."""
    alone = {route.groups[0] for route in scenario.routes if len(set(route.groups)) == 1}
    helping = {group for route in scenario.routes for group in route.groups[1:]}
    return frozenset(alone & helping)


def _stacked(curves: list[tuple[FloatArray, FloatArray]], reach: FloatArray) -> Curves:
    knots, values = (np.stack(part, axis=1) for part in zip(*curves, strict=True))
    return Curves(knots, values, reach, _BELOW)
