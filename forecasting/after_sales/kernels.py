"""How long after an order its buyers ask: contacts per order by days since the order, for each cause of contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from scenarios import AfterSales
from scenarios.checks import FloatArray

LAGS = 91
"""Days of a delay kernel: thirteen weeks, beyond which fewer than 1 in 1,000 of the slowest cause's contacts come."""
BUMP_MEANS_DAYS = (0.5, 1.0, 2.0, 3.0, 4.5, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0)
"""Mean delays of the bumps a kernel is put together from: steps of about the half, so that none is missed by much."""
_BUMP_CV = 0.5  # wide enough that neighbours overlap, narrow enough to tell a week from two
_TIMES_OF_DAY = 24
CONTACTS_PER_ORDER = 0.067
"""Contacts of all kinds per order: 6.7 per 100 orders (Gorgias' shops, quoted by shipmentguard.io)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is taken of a cause where no history measures it.

    Parameters
    ----------
    mean_days, cv
        Of the gamma law of the delay since the order.
    share
        Of all contacts an order brings.
    """

    mean_days: float
    cv: float
    share: float

    @property
    def per_order(self) -> FloatArray:
        """(LAGS,) contacts per order by whole days since the order."""
        return self.share * CONTACTS_PER_ORDER * bump(self.mean_days, self.cv)


CAUSES: Mapping[AfterSales, Cause] = {
    # Share 25-35 % (hivedesk.com). Asked between dispatch and delivery: half a week is assumed.
    AfterSales.ORDER_STATUS: Cause(3.5, 0.8, 0.30),
    # Share 15-25 %, peaking two to four weeks after the sale (hivedesk.com).
    AfterSales.RETURNS: Cause(21.0, 0.4, 0.20),
    # One to two weeks after the sale (hivedesk.com); the share is assumed.
    AfterSales.REFUNDS: Cause(10.5, 0.4, 0.10),
    # Bad reviews of a Brazilian marketplace: 10 / 50 / 90 % after 12.6 / 26.6 / 41 days; the share is assumed.
    AfterSales.COMPLAINTS: Cause(27.0, 0.42, 0.05),
}
"""Delays and shares to start from; a history of orders and contacts replaces both."""


@dataclass(frozen=True, slots=True)
class DelayKernel:
    """Contacts of one type that an order brings.

    Parameters
    ----------
    per_order
        (LAGS,) by whole days since the order, not negative; not writeable.
    """

    per_order: FloatArray

    def __post_init__(self) -> None:
        per_order = np.array(self.per_order, dtype=np.float64)
        per_order.flags.writeable = False
        object.__setattr__(self, "per_order", per_order)

    @property
    def contacts_per_order(self) -> float:
        """Contacts an order brings in all."""
        return float(self.per_order.sum())

    @property
    def mean_days(self) -> float:
        """Mean days from the order to the contact; ``nan`` when an order brings none."""
        total = self.contacts_per_order
        return float(self.per_order @ np.arange(len(self.per_order))) / total if total > 0 else float("nan")

    def contacts(self, orders: FloatArray) -> FloatArray:
        """Return (D,) contacts on D days of which the last has (LAGS - 1 + D,) ``orders`` up to it."""
        return np.convolve(orders, self.per_order, mode="valid")


def bump(mean_days: float, cv: float = _BUMP_CV) -> FloatArray:
    """Return (LAGS,) the shares of a gamma law of delays that fall on each date since the order's; they add up to 1.

    Orders come at any time of their day, so that the mean number of dates is the mean delay.
    """
    shape = 1.0 / cv**2
    ordered_at = (np.arange(_TIMES_OF_DAY) + 0.5) / _TIMES_OF_DAY
    by_midnight = gamma.cdf(np.arange(LAGS + 1)[:, None] - ordered_at, shape, scale=mean_days / shape).mean(axis=1)
    shares = np.diff(by_midnight)
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def bumps(means_days: Sequence[float]) -> FloatArray:
    """Return (B, LAGS) the ``bump`` of each mean delay."""
    return np.array([bump(mean) for mean in means_days]).reshape(len(means_days), LAGS)
