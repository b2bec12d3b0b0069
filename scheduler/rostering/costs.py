"""The objective: what a roster costs, in yuan.

Cost = paid hours x the contract's rate + the price of every position short. People beyond the requirement cost their
pay and nothing more.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scenarios import Requirement, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.rostering.prices import Prices, short_cost
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
"""Worth of an hour beyond the requirement in hours of the dearest contract: only breaks ties, never counted as cost."""
_STEP_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Demand:
    """The requirement with its prices.

    Attributes
    ----------
    need, mild
        (T, G) positions wanted; positions of a shortage that cost the mild price. Axis G follows the scenario's groups.
    prices
        Yuan per position and interval.
    """

    need: FloatArray
    mild: FloatArray
    prices: Prices
    interval_min: int

    @property
    def hour_yuan(self) -> float:
        """An hour of the dearest contract, yuan."""
        return self.prices.mild * MIN_PER_H / self.interval_min / MILD_SHORT_RATES

    def short_yuan(self, cover: FloatArray) -> float:
        """Return the price of all positions that (T, G) ``cover`` lacks."""
        return float(short_cost(cover, self.need, self.mild, self.prices))

    def shortfall(self, cover: FloatArray) -> FloatArray:
        """Return (T, G) positions that ``cover`` lacks."""
        missing: FloatArray = np.maximum(self.need - cover, 0.0)
        return missing


@dataclass(frozen=True, slots=True)
class ShortPieces:
    """The price of shortage seen only at the coverages that can occur, as pieces of rising price.

    Shifts and breaks start and end on a grid, so coverage moves in steps; a requirement of 4.3 is in truth one of 5
    whose last piece is cheap. Exact at every coverage on the grid, and a tighter bound than the price itself between
    them.

    Attributes
    ----------
    step
        Positions: the step of any coverage.
    ceiling
        (T, G) steps wanted: the requirement rounded up.
    width, price
        (P, T, G) steps short in each piece, and yuan per step; pieces of falling price, the dearest first.
    """

    step: float
    ceiling: IntArray
    width: IntArray
    price: FloatArray


def short_pieces(demand: Demand, grid_min: int) -> ShortPieces:
    """Return the pieces for shifts and breaks on a grid of ``grid_min`` minutes."""
    step = grid_min / demand.interval_min
    ceiling = _up(demand.need / step)
    hard_steps = np.maximum(-_up(-(demand.need - demand.mild) / step), 0)
    whole_steps = -_up(-demand.need / step)
    ends = [np.zeros_like(ceiling), hard_steps, hard_steps + 1, whole_steps, ceiling]
    for earlier in range(len(ends) - 1):
        ends[earlier + 1] = np.minimum(np.maximum(ends[earlier + 1], ends[earlier]), ceiling)
    price_at = [_price_of_shortage(demand, end * step) for end in ends]
    width = np.stack([after - before for before, after in pairwise(ends)])
    fall = np.stack([before - after for before, after in pairwise(price_at)])
    price = np.divide(fall, width, out=np.zeros_like(fall), where=width > 0)
    return ShortPieces(step, ceiling, width, price)


def _up(values: FloatArray) -> IntArray:
    rounded: IntArray = np.ceil(values - _STEP_SLACK).astype(np.int64)
    return rounded


def _price_of_shortage(demand: Demand, cover: FloatArray) -> FloatArray:
    short = np.maximum(demand.need - cover, 0.0)
    light = np.minimum(short, demand.mild)
    price: FloatArray = demand.prices.mild * light + demand.prices.hard * (short - light)
    return price


def demand_of(scenario: Scenario, requirement: Requirement) -> Demand:
    """Return the priced demand of a requirement, groups in the scenario's order; those it leaves out need nobody."""
    need = np.zeros((requirement.horizon.intervals, len(scenario.groups)))
    for number, group in enumerate(scenario.groups):
        if group.name in requirement.groups:
            need[:, number] = requirement.positions[:, requirement.groups.index(group.name)]
    dearest = max((contract.cost_per_paid_h_yuan for contract in scenario.contracts), default=0.0)
    per_interval = (dearest or 1.0) * requirement.horizon.interval_min / MIN_PER_H
    return Demand(
        need=need,
        mild=np.maximum(MILD_POSITIONS, MILD_SHARE * need),
        prices=Prices(MILD_SHORT_RATES * per_interval, HARD_SHORT_RATES * per_interval, TIE_RATES * per_interval),
        interval_min=requirement.horizon.interval_min,
    )
