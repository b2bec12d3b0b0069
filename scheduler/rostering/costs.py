"""The objective: what a roster costs, in yuan.

Cost = paid hours x the contract's rate, soft rules and wishes included, + the price of every position short. People
beyond what is wanted cost their pay and nothing more.
"""

from dataclasses import dataclass

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
_STEP_SLACK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
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
