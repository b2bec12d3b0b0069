"""The calls of one promise: how service grows with people, by Erlang A, and moved to where the simulation was.

The formula knows the shape of service against people; the simulation knows where on that shape an interval stands. So
the curve of each interval is moved along the axis of people until it passes through what was seen there, and believed
in a trust region around the people who were there.
"""

from dataclasses import dataclass

import numpy as np

from scenarios import Forecast, LawKind, Scenario, ServiceTarget
from scenarios.checks import FloatArray
from scheduler.loop.judge import columns_of
from scheduler.staffing.guess import human_rates_per_s
from sim import offered_load_erlangs
from sim.formulas.service_curves import erlang_a_curve

RADIUS_LEAST = 2.0
"""A trust region is at least so many people wide on each side."""
_KNOTS, _KNOTS_FIRST = 7, 28
_SATURATED = (0.02, 0.9995)  # observed shares outside say nothing about where on the curve an interval stands
STRAY = 0.35
"""A calibrated interval is believed at most this share of people away from the formula."""


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

    def factor_of(self, offered: FloatArray) -> float:
        """Return how busy days with (T,) ``offered`` contacts are against the mean day; 1 where nobody is expected."""
        expected = float(self.expected.sum())
        return float(offered.sum()) / expected if expected else 1.0


class CallLine:
    """The calls a target counts, as one line: curves of their service against the people who take them."""

    def __init__(self, scenario: Scenario, forecast: Forecast, target: ServiceTarget) -> None:
        self.law = CallLaw.of(scenario, forecast, target)
        self._within_s = target.answer_within_s
        self._tables: dict[float, ServiceTable] = {}

    def by_formula(self, factor: float) -> tuple[FloatArray, FloatArray]:
        """Return (T, S + 1) people and contacts in time of a day at ``factor``, from nobody to more than enough."""
        law = self.law
        knots = np.zeros((len(law.load), _KNOTS_FIRST))
        values = np.zeros_like(knots)
        for interval in range(len(law.load)):
            table = self.table(interval, factor)
            knots[interval] = np.linspace(0.0, table.enough / law.present[interval], _KNOTS_FIRST)
            share = table.share(knots[interval] * law.present[interval])
            values[interval] = hull(knots[interval], share) * law.expected[interval] * factor
        return knots, values

    def calibrated(
        self, people: FloatArray, offered: FloatArray, in_time: FloatArray, radius: float, stray: float = STRAY
    ) -> tuple[FloatArray, FloatArray]:
        """Return (T, S + 1) people and contacts in time: through what was seen at ``people`` (T,), near them.

        ``stray`` bounds by which share of the people an interval may stand elsewhere on the curve than its people say.
        """
        law = self.law
        factor = law.factor_of(offered)
        knots = np.zeros((len(people), _KNOTS))
        values = np.zeros_like(knots)
        for interval, here in enumerate(people.tolist()):
            width = max(radius * here, RADIUS_LEAST)
            knots[interval] = np.linspace(max(0.0, here - width), here + width, _KNOTS)
            if offered[interval] <= 0:
                continue
            table, present = self.table(interval, factor), float(law.present[interval])
            share = float(np.clip(in_time[interval] / offered[interval], *_SATURATED))
            away = stray * here * present + RADIUS_LEAST
            stands = float(np.clip(table.servers_for(share), here * present - away, here * present + away))
            moved = table.share(stands + (knots[interval] - here) * present)
            level = moved - table.share(np.array([stands]))[0] + in_time[interval] / offered[interval]
            values[interval] = hull(knots[interval], np.clip(level, 0.0, 1.0)) * offered[interval]
        return knots, values

    def gained(self, offered: FloatArray, in_time: FloatArray, more: FloatArray) -> FloatArray:
        """Return (T, U) contacts in time that ``more`` (T, U) servers bring where the share is what was seen."""
        factor = self.law.factor_of(offered)
        found = np.zeros(more.shape)
        for interval in np.flatnonzero((offered > 0) & (self.law.load > 0)).tolist():
            table = self.table(interval, factor)
            stands = table.servers_for(float(np.clip(in_time[interval] / offered[interval], *_SATURATED)))
            share = table.share(np.append(stands, stands + more[interval]))
            found[interval] = (share[1:] - share[0]) * offered[interval]
        return found

    def table(self, interval: int, factor: float) -> "ServiceTable":
        """Return the formula's table of an interval of a day at ``factor``."""
        load = round(float(self.law.load[interval]) * factor, 2)
        if load not in self._tables:
            self._tables[load] = ServiceTable.of(load, self.law, self._within_s)
        return self._tables[load]


@dataclass(frozen=True, slots=True, eq=False)
class ServiceTable:
    """Share in time by servers, of one load; from nobody on."""

    shares: FloatArray

    @classmethod
    def of(cls, load: float, law: CallLaw, within_s: float) -> "ServiceTable":
        """Return the table of a load in erlangs."""
        most = int(np.ceil(load + 6.0 * np.sqrt(load) + 6.0))
        shares, _ = erlang_a_curve(np.arange(1, most + 1), load, law.work_s, law.patience_s, within_s)
        return cls(np.concatenate([[0.0], np.maximum.accumulate(shares)]))

    @property
    def enough(self) -> float:
        """Servers beyond which nobody waits too long."""
        return float(len(self.shares) - 1)

    def share(self, servers: FloatArray) -> FloatArray:
        """Return the shares in time at ``servers``, linear between whole ones."""
        return np.interp(servers, np.arange(len(self.shares)), self.shares)

    def servers_for(self, share: float) -> float:
        """Return the servers that answer ``share`` in time."""
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
