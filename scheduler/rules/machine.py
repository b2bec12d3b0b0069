"""Small machines from a step function: every state that can be reached, equals merged, then laid over dates."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scenarios.errors import PlanningError
from scheduler.rules.automaton import FORBIDDEN, Automaton, StateArray
from scheduler.rules.frame import Frame, History
from scheduler.rules.rule import LineRule
from scheduler.rules.weight import Weight

State = TypeVar("State", bound=Hashable)
STATES_MOST = 20_000
"""Beyond, a line's programme would not fit into memory anyway."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine over symbols that knows no dates.

    Attributes
    ----------
    after
        (states, symbols) next state or ``FORBIDDEN``.
    cost
        (states, symbols) cost of the step.
    final
        (states,) cost of ending here.
    number
        The state that each label of the step function became.
    """

    after: StateArray
    cost: FloatArray
    final: FloatArray
    number: Mapping[Hashable, int]

    def over(self, symbols: IntArray, dates: int) -> Automaton:
        """Return the automaton that reads ``symbols[date, action]``, (1, A) where the ``dates`` do not differ."""
        after = np.ascontiguousarray(self.after[:, symbols].swapaxes(0, 1))
        cost = np.ascontiguousarray(self.cost[:, symbols].swapaxes(0, 1)) if self.cost.any() else None
        return over_dates(after, cost, self.final, dates)


class MachineRule(LineRule):
    """A rule whose automaton comes from a machine; kept for the frame, so that people cost no more than a look-up."""

    @abstractmethod
    def compiled(self, frame: Frame) -> tuple[Machine, IntArray]:
        """Return the machine, and (D, A) the symbol of each action; (1, A) where dates do not differ."""

    @abstractmethod
    def label(self, frame: Frame, history: History) -> Hashable:
        """Return the label that a history leads to."""

    def automaton(self, frame: Frame) -> Automaton:
        """Return the machine over the dates of ``frame``."""
        machine, symbols = _kept(self, frame)
        return machine.over(symbols, frame.dates)

    def start(self, frame: Frame, history: History) -> int:
        """Return the state that a history leads to."""
        return _kept(self, frame)[0].number[self.label(frame, history)]


@lru_cache(maxsize=256)
def _kept(rule: MachineRule, frame: Frame) -> tuple[Machine, IntArray]:
    return rule.compiled(frame)


def explore(
    starts: Iterable[State],
    symbols: int,
    step: Callable[[State, int], tuple[State, float]],
    ending: Callable[[State], float],
    weight: Weight,
) -> Machine:
    """Return the least machine that does what ``step`` does.

    Parameters
    ----------
    starts
        Labels a line may begin in.
    symbols
        Number of symbols, 0 to ``symbols - 1``.
    step
        (label, symbol) -> (label after it, units of fault the step makes certain).
    ending
        Units of fault made certain by ending in a label.
    weight
        What a unit costs; under a hard rule steps that cost anything are forbidden.

    Raises
    ------
    PlanningError
        When more than ``STATES_MOST`` labels can be reached.
    """
    labels = list(dict.fromkeys(starts))
    number: dict[Hashable, int] = {label: index for index, label in enumerate(labels)}
    after: list[list[int]] = []
    cost: list[list[float]] = []
    for label in labels:  # grows while it is read
        row, prices = [], []
        for symbol in range(symbols):
            following, units = step(label, symbol)
            if units > 0 and weight.hard:
                row.append(FORBIDDEN)
                prices.append(0.0)
                continue
            if following not in number:
                number[following] = len(labels)
                labels.append(following)
            row.append(number[following])
            prices.append(weight.of(units))
        after.append(row)
        cost.append(prices)
        if len(labels) > STATES_MOST:
            raise PlanningError("rule_too_wide", thing="Rule", field="states", value=len(labels), most=STATES_MOST)
    final = np.array([weight.of(ending(label)) for label in labels])
    return _merged(np.array(after, dtype=np.int32), np.array(cost), final, number)


def _merged(after: StateArray, cost: FloatArray, final: FloatArray, number: Mapping[Hashable, int]) -> Machine:
    """Return the machine with states merged that no continuation tells apart (Moore 1956)."""
    kind = np.unique(np.column_stack([final, cost]), axis=0, return_inverse=True)[1].reshape(-1)
    count = 0
    while kind.max() + 1 > count:
        count = int(kind.max()) + 1
        then = np.where(after == FORBIDDEN, FORBIDDEN, kind[after])
        kind = np.unique(np.column_stack([kind, then]), axis=0, return_inverse=True)[1].reshape(-1)
    first = np.unique(kind, return_index=True)[1]
    then = np.where(after[first] == FORBIDDEN, FORBIDDEN, kind[after[first]]).astype(np.int32)
    numbers = {label: int(kind[index]) for label, index in number.items()}
    return Machine(then, cost[first], final[first], numbers)


def over_dates(after: StateArray, cost: FloatArray | None, final: FloatArray, dates: int) -> Automaton:
    """Return the automaton with what is the same on all dates, (1, states, A), seen on each without being copied."""
    after = np.broadcast_to(after, (dates, *after.shape[1:]))
    return Automaton(after, None if cost is None else np.broadcast_to(cost, after.shape), final)


def coded(values: IntArray) -> tuple[tuple[tuple[int, ...], ...], IntArray]:
    """Return the distinct rows among ``values`` (D, A, F) as tuples, and (D, A) which row stands where.

    The first axis is cut to one where all dates are alike.
    """
    if len(values) > 1 and (values == values[:1]).all():
        values = values[:1]
    rows, where = np.unique(values.reshape(-1, values.shape[-1]), axis=0, return_inverse=True)
    return tuple(tuple(int(one) for one in row) for row in rows), where.reshape(values.shape[:2]).astype(np.int64)
