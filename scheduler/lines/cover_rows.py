"""The cover as rows of a linear programme: one per slot and skill subset, met by people at work or paid for.

With ``unmet`` and ``idle`` of a slot, every subset K asks ``people counting for K + unmet >= wanted of K``; for the
subset of all skills this is ``people + unmet - idle = wanted``. Curves are cut into steps of rising price.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.problem import Cover, Curve


@dataclass(frozen=True, slots=True)
class CoverRows:
    """Rows of the cover and the columns that pay for not meeting them.

    Attributes
    ----------
    wanted
        (R,) right-hand sides; row ``slot * K + subset``.
    equal
        (R,) bool, rows of all skills; the others are lower limits.
    slack_first, slack_row, slack_sign
        (V + 1,) and flat: the rows of each paying column and its coefficient (1 unmet, -1 idle) there.
    price, most
        (V,) price of one unit and how many units there are (``inf``: no limit).
    rows_first, rows
        (D * S * C + 1,) and flat: the rows that a class of people counts in with each date's duty; place
        ``(d * S + s) * C + c``.
    classes
        C.
    """

    wanted: FloatArray
    equal: np.ndarray[tuple[int], np.dtype[np.bool_]]
    slack_first: IntArray
    slack_row: IntArray
    slack_sign: FloatArray
    price: FloatArray
    most: FloatArray
    rows_first: IntArray
    rows: IntArray
    classes: int

    def worth(self, duals: FloatArray) -> FloatArray:
        """Return (D * S, C) what the cover pays for a person of each class on each date's duty."""
        sums = np.concatenate([[0.0], np.cumsum(duals[self.rows])])
        worth: FloatArray = sums[self.rows_first[1:]] - sums[self.rows_first[:-1]]
        return worth.reshape(-1, self.classes)

    def rows_of(self, line: IntArray, seat: int, duties: int) -> IntArray:
        """Return the rows that a person of class ``seat`` counts in with (D,) ``line``."""
        dates = np.flatnonzero(line >= 0)
        places = (dates * duties + line[dates]) * self.classes + seat
        parts = [self.rows[self.rows_first[place] : self.rows_first[place + 1]] for place in places]
        return np.concatenate([*parts, np.zeros(0, dtype=np.int64)])

    def paid(self, duals: FloatArray, wanted: FloatArray) -> float:
        """Return the least the paying columns and ``wanted`` add to a Lagrangian with ``duals``.

        ``-inf`` where a column without limit would be worth more than its price.
        """
        at = self.slack_sign * duals[self.slack_row]
        gain = np.minimum(self.price - np.add.reduceat(at, self.slack_first[:-1]), 0.0)
        loose = np.isinf(self.most)
        if (gain[loose] < -1e-7).any():
            return -np.inf
        return float(wanted @ duals + gain[~loose] @ self.most[~loose])


def cover_rows(cover: Cover) -> CoverRows:
    """Return the rows of ``cover``."""
    subsets = cover.subsets
    slots, kinds, classes = len(cover.wanted), len(subsets), len(cover.seats)
    whole = [bool(skills.all()) for skills, _ in subsets]
    wanted = np.array([cover.wanted[:, skills].sum(axis=1) for skills, _ in subsets], dtype=np.float64).T
    counts = np.array([seats for _, seats in subsets])
    slack: list[tuple[list[int], float, float, float]] = []
    for slot in range(slots):
        rows = list(range(slot * kinds, (slot + 1) * kinds))
        for price, most in _steps(cover.under[cover.curve_of[slot]]):
            slack.append((rows, 1.0, price, most))
        for price, most in _steps(cover.over[cover.curve_of[slot]]):
            slack.append(([rows[whole.index(True)]], -1.0, price, most))
    places = [
        np.add.outer(cover.slots_of(place) * kinds, np.flatnonzero(counts[:, seat])).ravel()
        for place in range(len(cover.covered_first) - 1)
        for seat in range(classes)
    ]
    return CoverRows(
        wanted.ravel(),
        np.tile(np.array(whole), slots),
        _firsts([len(rows) for rows, *_ in slack]),
        np.array([row for rows, *_ in slack for row in rows], dtype=np.int64),
        np.array([sign for rows, sign, *_ in slack for _ in rows]),
        np.array([price for _, _, price, _ in slack]),
        np.array([most for *_, most in slack]),
        _firsts([len(rows) for rows in places]),
        np.concatenate([*places, np.zeros(0)]).astype(np.int64),
        classes,
    )


def _steps(curve: Curve) -> list[tuple[float, float]]:
    """Return (price, units) of the curve's steps, the last without limit."""
    pieces = sorted(curve.pieces)
    edges = sorted({max(beyond, 0.0) for beyond, _ in pieces} | {0.0})
    steps = []
    for begin, end in zip(edges, [*edges[1:], np.inf], strict=True):
        steps.append((sum(price for beyond, price in pieces if beyond <= begin), end - begin))
    return steps


def _firsts(sizes: list[int]) -> IntArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
