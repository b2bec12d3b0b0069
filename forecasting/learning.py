"""What a history teaches: ordinary days with promotions masked, and what the promotions did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasting.events.promotion import uplift_factors
from forecasting.events.sightings import Sighting, sightings
from forecasting.events.timeline import Stretch, timeline, touched
from forecasting.history.series import HistoryGrid
from forecasting.ordinary.baseline import Baseline, fit_baseline
from forecasting.ordinary.rolling import Memory
from scenarios import US_PER_MIN, PlanningError, PromoEvent
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt.

    Parameters
    ----------
    ordinary
        The history without promotions and their aftermath.
    baselines, past
        Per contact type (K): its ordinary days, and what past promotions did to it.
    """

    ordinary: HistoryGrid
    baselines: tuple[Baseline, ...]
    past: tuple[tuple[Sighting, ...], ...]

    @property
    def last_date(self) -> date:
        """The last date of the history; leads count from it."""
        return self.ordinary.first_date + timedelta(days=self.ordinary.dates - 1)

    def column(self, contact_type: str) -> int:
        """Return the position of ``contact_type``; a ``PlanningError`` when the history has no row of it."""
        if contact_type not in self.ordinary.contact_types:
            known = ", ".join(self.ordinary.contact_types)
            raise PlanningError("type_without_history", value=contact_type, known=known)
        return self.ordinary.contact_types.index(contact_type)

    def expected(
        self, column: int, leads: IntArray, start_us: IntArray, coming: Sequence[Stretch], *, response: float = 1.0,
        unknown_is_ordinary: bool = False,
    ) -> FloatArray:  # fmt: skip
        """Return (L, S) expected contacts of one type ``leads`` days after the last date, promotions ``coming``.

        ``start_us`` (L, S) is the start of those cells, µs since the epoch.
        """
        factors = uplift_factors(
            coming, self.past[column], start_us, self.ordinary.interval_min * US_PER_MIN, response=response,
            unknown_is_ordinary=unknown_is_ordinary,
        )  # fmt: skip
        return self.baselines[column].ahead(leads) * factors


def learn(grid: HistoryGrid, promotions: Sequence[PromoEvent], memory: Memory | None = None) -> Lesson:
    """Return what ``grid`` teaches when ``promotions`` (any time; those in the history count) are known.

    ``memory`` keeps what was said at earlier origins: pass the same one to learn from histories that begin alike.

    Raises
    ------
    PlanningError
        When a type has no interval outside promotions and their aftermath.
    """
    kept = Memory() if memory is None else memory
    stretches = timeline(promotions)
    start_us = grid.starts_us()
    interval_us = grid.interval_min * US_PER_MIN
    ordinary = grid.masked(touched(stretches, start_us, interval_us))
    baselines: list[Baseline] = []
    past: list[tuple[Sighting, ...]] = []
    for column, name in enumerate(grid.contact_types):
        if not np.isfinite(ordinary.counts[:, :, column]).any():
            raise PlanningError("only_promotions", value=name)
        baseline = fit_baseline(ordinary.counts[:, :, column], ordinary.weekdays(), ordinary.first_date, kept)
        counts = grid.counts[:, :, column]
        baselines.append(baseline)
        past.append(sightings(stretches, start_us, interval_us, counts, baseline.inside()))
    return Lesson(ordinary, tuple(baselines), tuple(past))
