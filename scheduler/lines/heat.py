"""How hot an annealing begins and how cold it ends, read off the problem's own prices."""

import numpy as np

from scheduler.lines.flat import Flat

BEGIN, END = 0.5, 0.08
"""Temperatures as shares of the kink of a slot: what one person more and one less cost together."""
BEGIN_LINES, POWER, HOTTEST = 6_000.0, 0.42, 0.9
"""``BEGIN`` is right for so many lines drawn for each person; it falls and rises with this power of them, up to the
hottest: with fewer lines there is no time to cool from so hot."""


def kink_of(flat: Flat) -> float:
    """Return what one person more and one less cost together in the middling slot that somebody is wanted in."""
    slots = flat.slots
    kinks = (slots.under[:, 1] - slots.under[:, 0] + slots.over[:, 1] - slots.over[:, 0])[slots.curve]
    asked = kinks[(slots.wanted > 0) & (kinks > 0)]
    return float(np.median(asked)) if asked.size else 1.0


def heat_of(flat: Flat, lines_each: float) -> tuple[float, float]:
    """Return the first and the last temperature of an annealing with so many lines drawn for each person."""
    kink = kink_of(flat)
    begin = min(HOTTEST, BEGIN * (max(lines_each, 1.0) / BEGIN_LINES) ** POWER)
    return max(begin, END) * kink, END * kink
