"""The orders of a history, and the ordinary orders that a promotion lifts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.events.curves import PastPromotions
from forecasting.events.promotion import uplift_factors
from forecasting.events.timeline import Stretch
from scenarios import PlanningError
from scenarios.checks import FloatArray, IntArray

ORDERS = "orders"
"""Column of a history, and the name of the series that is made of it."""
_ALL = slice(None)


@dataclass(frozen=True, slots=True)
class OrdinaryOrders:
    """Orders of N days, past and coming, as they are without promotions.

    Parameters
    ----------
    start_us
        (N, S) start of the intervals, µs since the epoch, rising along the flattened axes.
    interval_us
        Length of an interval.
    counts
        (N, S) ordinary orders.
    past
        What earlier promotions did to orders.
    """

    start_us: IntArray
    interval_us: int
    counts: FloatArray
    past: PastPromotions
    zone: str | None = None

    def lifted(self, coming: Sequence[Stretch], days: slice = _ALL, *, unknown_is_ordinary: bool = False) -> FloatArray:
        """Return the orders of ``days`` (rows) with the promotions ``coming``.

        A phase of unknown uplift is a ``PlanningError``, unless it may be taken as ordinary.
        """
        factors = uplift_factors(
            coming, self.past, self.start_us[days], self.interval_us, unknown_is_ordinary=unknown_is_ordinary
        )
        return self.counts[days] * factors


def orders_of(history: pd.DataFrame) -> pd.DataFrame | None:
    """Return the orders of a checked ``history`` as a history of their own; ``None`` where it has none.

    Orders are the shop's, not a contact type's: they stand in every row of an interval, or in one.

    Raises
    ------
    PlanningError
        When two rows of an interval have different orders.
    """
    if ORDERS not in history.columns or history[ORDERS].isna().all():
        return None
    told = history.dropna(subset=[ORDERS])
    told = told.assign(interval_start=told["interval_start"].dt.tz_convert("UTC"))
    by_start = told.astype({ORDERS: np.float64}).groupby("interval_start")[ORDERS].agg(["min", "max"])
    differing = by_start.index[by_start["min"] != by_start["max"]]
    if len(differing):
        local = differing[0].tz_convert(history["interval_start"].dt.tz)
        raise PlanningError("orders_differ", value=local.isoformat())
    return pd.DataFrame(
        {"interval_start": by_start.index, "contact_type": ORDERS, "offered": by_start["max"].to_numpy()}
    )
