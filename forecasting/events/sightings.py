"""What past promotions did: contacts and ordinary contacts of every phase by two clocks.

One clock counts the hours since the phase began, the other those since the first midnight inside the phase: the second
burst of a night comes at 00:00 whenever the phase began, and a live slot of two hours at noon has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.events.timeline import Stretch, overlap_us, reach
from scenarios.checks import FloatArray, IntArray
from scenarios.horizon import US_PER_H

HOUR_EDGES = (
    0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 24.0, 28.0, 32.0, 36.0, 42.0,
    48.0, 60.0, 72.0, 84.0, 96.0, 120.0, 144.0,
)  # fmt: skip
"""Bins of hours since the start: narrow where bursts decay, wide later; the last one is open."""
MIDNIGHT_EDGES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Bins of hours since the first midnight of the phase; after the last edge the burst is over."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One phase (or aftermath) of one past event, in the contacts of one type.

    Parameters
    ----------
    contacts, ordinary
        (H, 1 + M) what came and what would have come, by bin of hours since the start and bin since midnight; column 0
        is the time without a midnight burst.
    """

    event: str
    key: tuple[str, bool]
    contacts: FloatArray
    ordinary: FloatArray

    @property
    def log_height(self) -> float:
        """Log of all contacts over all ordinary ones, each with one contact more so that it always exists."""
        return float(np.log((self.contacts.sum() + 1) / (self.ordinary.sum() + 1)))


def sightings(
    stretches: Sequence[Stretch], start_us: IntArray, interval_us: int, counts: FloatArray, ordinary: FloatArray
) -> tuple[Sighting, ...]:
    """Return what past ``stretches`` did to one type's contacts.

    Parameters
    ----------
    start_us, counts, ordinary
        (D, S) start of the cells, contacts (``nan`` = unknown) and ordinary contacts.
    """
    shape = (len(HOUR_EDGES), len(MIDNIGHT_EDGES))
    seen: dict[tuple[int, int, bool], tuple[Stretch, FloatArray, FloatArray]] = {}
    flat = start_us.ravel()
    for stretch in stretches:
        near = reach(stretch, flat, interval_us)
        came, usual = counts.ravel()[near], ordinary.ravel()[near]
        mine = overlap_us(stretch, flat[near], interval_us) * 2 > interval_us  # a cell belongs to who has most of it
        cells = mine & np.isfinite(came) & (usual > 0)
        place = (stretch.occurrence, stretch.origin_us, stretch.aftermath)
        _, contacts, expected = seen.setdefault(place, (stretch, np.zeros(shape), np.zeros(shape)))
        bins = clock_bins(stretch, flat[near][cells] + interval_us // 2)
        np.add.at(contacts, bins, came[cells])
        np.add.at(expected, bins, usual[cells])
    return tuple(
        Sighting(stretch.owner, stretch.key, contacts, expected)
        for stretch, contacts, expected in seen.values()
        if expected.sum() > 0
    )


def clock_bins(stretch: Stretch, moment_us: IntArray) -> tuple[IntArray, IntArray]:
    """Return (N,) the bin of hours since the start, and 0 or 1 + the bin since midnight, of moments in ``stretch``."""
    hour = np.searchsorted(HOUR_EDGES, (moment_us - stretch.origin_us) / US_PER_H, side="right") - 1
    night = np.searchsorted(MIDNIGHT_EDGES, (moment_us - stretch.midnight_us) / US_PER_H, side="right")
    burst = (night < len(MIDNIGHT_EDGES)) & (not stretch.aftermath)
    return np.maximum(hour, 0), np.where(burst, night, 0)
