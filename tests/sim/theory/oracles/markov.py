"""Markov chains over any states: shares of time by a sparse linear solve, moments by uniformisation."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import spsolve
from scipy.stats import poisson

Moves = Callable[[Hashable], Iterable[tuple[Hashable, float]]]
_RARER_THAN = 1e-13  # jumps beyond this tail of the Poisson count are left out


class Chain:
    """Every state that can be reached from ``start``, and the rates between them.

    ``moves(state)`` yields (next state, rate); no moves make a state absorbing.
    """

    def __init__(self, moves: Moves, start: Iterable[Hashable]) -> None:
        self.states = list(dict.fromkeys(start))
        place = {state: number for number, state in enumerate(self.states)}
        rows, columns, rates = [], [], []
        for number, state in enumerate(self.states):  # the list grows while it is read
            for target, rate in moves(state):
                if target not in place:
                    place[target] = len(self.states)
                    self.states.append(target)
                if rate > 0 and place[target] != number:
                    rows.append(number)
                    columns.append(place[target])
                    rates.append(rate)
        count = len(self.states)
        between = csr_array((rates, (rows, columns)), shape=(count, count))
        out = np.asarray(between.sum(axis=1)).ravel()
        self.place, self.fastest = place, float(out.max())
        self.generator = (between - csr_array((out, (range(count), range(count))), shape=(count, count))).tocsr()

    def steady(self) -> np.ndarray:
        """Return the share of time of each state: balance of all others against the start, then the sum is made 1."""
        balance = self.generator.T.tocsc()
        others = spsolve(balance[1:, 1:], -balance[1:, [0]].toarray().ravel()) if len(self.states) > 1 else []
        shares = np.concatenate([[1.0], others])
        return shares / shares.sum()

    def after(self, time: float, first: Mapping[Hashable, float]) -> np.ndarray:
        """Return the probability of each state ``time`` after a start drawn from ``first`` (Jensen 1953)."""
        now = np.zeros(len(self.states))
        for state, share in first.items():
            now[self.place[state]] += share
        jumps = self.fastest * time
        step = (self.generator.T / self.fastest).tocsr()
        most = int(poisson.isf(_RARER_THAN, jumps)) + 2
        found = np.zeros_like(now)
        for weight in poisson.pmf(np.arange(most), jumps):
            found += weight * now
            now = now + step @ now
        return found


def mean_of(states: Iterable[Hashable], shares: np.ndarray, value: Callable[[Hashable], float]) -> float:
    """Return the mean of ``value`` over the states."""
    return math.fsum(value(state) * share for state, share in zip(states, shares, strict=True))
