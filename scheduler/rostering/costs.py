"""The objective: what a roster costs, in yuan.

Cost = paid hours x the contract's rate, soft rules and wishes included, + the price of every position short. People
beyond what is wanted cost their pay and nothing more.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scenarios import Requirement, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.lines.problem import Curve
from scheduler.rostering.terms import MIN_PER_H

MILD_SHORT_RATES = 10.0
"""Price of a position-hour short, in hours of the dearest contract, while the shortage is mild: so much dearer than any
pay that an hour is left short only where no whole shift is worth it or nobody legal is left."""
HARD_SHORT_RATES = 20.0
"""The same beyond a mild shortage: two hours short by one are better than one hour short by two."""
MILD_POSITIONS = 0.5
"""A shortage of less than half a person is mild: it comes from fractions of a requirement, not from too few."""
MILD_SHARE = 0.02
"""In large teams a shortage of this share of the requirement is mild."""
TIE_RATES = 0.002
"""Worth of an hour beyond what is wanted, in hours of the dearest contract: only breaks ties, never counted as cost."""
_STEP_SLACK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """What one person more is worth, constant within an interval.

    Attributes
    ----------
    before
        (n + 1, G) worth of being at work from ``first_min`` until the start of each of n intervals and their end, yuan.
    first_min
        Minutes since the horizon's start; outside the intervals nobody is worth anything.
    """

    before: FloatArray
    first_min: int
    interval_min: int

    def at_work(
        self, group: IntArray, start_min: IntArray, end_min: IntArray, pauses: IntArray, pause_min: IntArray
    ) -> FloatArray:
        """Return the worth of shifts less that of their breaks, yuan.

        Parameters
        ----------
        group, start_min, end_min
            Of each shift; minutes since the horizon's start.
        pauses, pause_min
            (..., B) starts after the start of the shift, and lengths; a length of 0 is no break.
        """
        begin = start_min[..., None] + pauses
        missed = self._within(group[..., None], begin, begin + pause_min).sum(axis=-1)
        worth: FloatArray = self._within(group, start_min, end_min) - missed
        return worth

    def _within(self, group: IntArray, start_min: IntArray, end_min: IntArray) -> FloatArray:
        return self._until(group, end_min) - self._until(group, start_min)

    def _until(self, group: IntArray, minute: IntArray) -> FloatArray:
        last = len(self.before) - 1
        number, rest = np.divmod(np.clip(minute - self.first_min, 0, last * self.interval_min), self.interval_min)
        before, after = self.before[number, group], self.before[np.minimum(number + 1, last), group]
        until: FloatArray = before + rest / self.interval_min * (after - before)
        return until


@dataclass(frozen=True, eq=False)
class Demand:
    """What is wanted, and the price of having less.

    Attributes
    ----------
    need
        (T, G) positions asked for, as told to people. Axis G follows the scenario's groups.
    wanted
        (T, G) int64 positions beyond which one more is worth nothing.
    curves
        Prices of 1, 2, ... positions fewer than wanted, yuan per interval.
    curve_of
        (T, G) which of them holds.
    hour_yuan
        An hour of the dearest contract, yuan.
    """

    need: FloatArray
    wanted: IntArray
    curves: tuple[Curve, ...]
    curve_of: IntArray
    interval_min: int
    hour_yuan: float

    def shortfall(self, cover: FloatArray) -> FloatArray:
        """Return (T, G) positions that (T, G) ``cover`` lacks."""
        missing: FloatArray = np.maximum(self.need - cover, 0.0)
        return missing

    def short_yuan(self, cover: FloatArray) -> float:
        """Return the price of all positions that (T, G) ``cover`` lacks."""
        return float(self._price(self.wanted - cover, slice(None)).sum())

    def worth(self, cover: FloatArray, from_min: int, to_min: int) -> Worth:
        """Return what one person more than (T, G) ``cover`` is worth between two minutes since the horizon's start.

        Beyond the fall of the price a person is worth a trifle, shared among those already there: between equal choices
        people go where they are fewest against the need.
        """
        first = max(from_min // self.interval_min, 0)
        span = slice(first, max(-(-to_min // self.interval_min), first))
        lacking = (self.wanted - cover)[span]
        gain = self._price(lacking, span) - self._price(lacking - 1.0, span)
        tie = TIE_RATES * self.hour_yuan * self.interval_min / MIN_PER_H
        gain += tie * np.minimum(self.need[span] / (cover[span] + 1.0), 1.0)
        before = np.concatenate([np.zeros((1, gain.shape[1])), np.cumsum(gain, axis=0)])
        return Worth(before, first * self.interval_min, self.interval_min)

    def _price(self, lacking: FloatArray, span: slice) -> FloatArray:
        """Return the price of ``lacking`` positions in each interval of ``span`` and group; below 0 nothing."""
        total = np.zeros(lacking.shape)
        for beyond, price in self._pieces:
            total += price[span] * np.maximum(lacking - beyond[span], 0.0)
        return total

    @cached_property
    def _pieces(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """The pieces of all curves, the first of each, the second of each, ..., as (T, G) beyond and price."""
        table = np.zeros((max((len(curve.pieces) for curve in self.curves), default=0), len(self.curves), 2))
        for number, curve in enumerate(self.curves):
            table[: len(curve.pieces), number] = np.reshape(curve.pieces, (-1, 2))
        return tuple((part[self.curve_of, 0], part[self.curve_of, 1]) for part in table)


def demand_of(scenario: Scenario, requirement: Requirement) -> Demand:
    """Return the priced demand of a requirement, groups in the scenario's order; those it leaves out need nobody."""
    need = np.zeros((requirement.horizon.intervals, len(scenario.groups)))
    for number, group in enumerate(scenario.groups):
        if group.name in requirement.groups:
            need[:, number] = requirement.positions[:, requirement.groups.index(group.name)]
    interval_min = requirement.horizon.interval_min
    hour_yuan = max((contract.cost_per_paid_h_yuan for contract in scenario.contracts), default=0.0) or 1.0
    kinds, curve_of = np.unique(need, return_inverse=True)
    curves = tuple(_price_of_shortage(kind, hour_yuan * interval_min / MIN_PER_H) for kind in kinds.tolist())
    return Demand(need, _up(need), curves, curve_of.reshape(need.shape), interval_min, hour_yuan)


def _price_of_shortage(need: float, hour_yuan: float) -> Curve:
    """Return the price of being 1, 2, ... whole positions below ``need`` rounded up.

    A need of 4.3 is in truth one of 5 whose last position is cheap.
    """
    most = int(_up(np.array(need)))
    mild = max(MILD_POSITIONS, MILD_SHARE * need)
    short = np.maximum(need - (most - np.arange(most + 1)), 0.0)
    light = np.minimum(short, mild)
    price = hour_yuan * (MILD_SHORT_RATES * light + HARD_SHORT_RATES * (short - light))
    return curve_through(price)


def curve_through(price: FloatArray) -> Curve:
    """Return the curve through ``price`` (n + 1,) of 0, 1, ... n positions short; its steps do not fall."""
    rises = np.diff(np.diff(price), prepend=0.0)
    return Curve(tuple((float(at), float(rise)) for at, rise in enumerate(rises.tolist()) if abs(rise) > _STEP_SLACK))


def _up(values: FloatArray) -> IntArray:
    rounded: IntArray = np.ceil(values - _STEP_SLACK).astype(np.int64)
    return rounded
