"""How long a contact keeps an agent busy: the history's handling times, by hour where there are enough contacts."""

import numpy as np
import pandas as pd

from forecasting.series import utc_us, wall_cells
from scenarios.checks import FloatArray, IntArray

_RECENT_DAYS = 56  # handling changes with processes and people: the last eight weeks
_PSEUDO_CONTACTS = 500.0  # an hour with this many contacts has half its own mean, half the day's (its error: cv / 22)
_SLOT_MIN = 60


def work_by_interval(
    history: pd.DataFrame, contact_type: str, start_us: IntArray, *, zone: str, otherwise_s: float
) -> FloatArray:
    """Return (T,) mean work in seconds of a contact of ``contact_type`` at instants ``start_us`` (µs since the epoch).

    The mean of ``aht_s`` weighted by ``offered`` over the last eight weeks, by hour of the local day, shrunk to the
    mean of the whole day; ``otherwise_s`` where the history has no handling time. The history's agents are taken as
    of tenure factor 1 on average.
    """
    if "aht_s" not in history.columns:
        return np.full(len(start_us), otherwise_s)
    rows = history[history["contact_type"] == contact_type]
    aht_s = rows["aht_s"].to_numpy(dtype=np.float64, na_value=np.nan)
    offered = rows["offered"].to_numpy(dtype=np.float64)
    when_us = utc_us(pd.DatetimeIndex(rows["interval_start"]))
    day, hour = wall_cells(when_us, zone, _SLOT_MIN)
    told = np.isfinite(aht_s) & (aht_s > 0) & (offered > 0)
    told &= day > day.max(initial=0) - _RECENT_DAYS
    if not told.any():
        return np.full(len(start_us), otherwise_s)
    contacts = np.bincount(hour[told], offered[told], 24)
    seconds = np.bincount(hour[told], offered[told] * aht_s[told], 24)
    mean_s = seconds.sum() / contacts.sum()
    by_hour = (seconds + _PSEUDO_CONTACTS * mean_s) / (contacts + _PSEUDO_CONTACTS)
    return np.asarray(by_hour[wall_cells(start_us, zone, _SLOT_MIN)[1]], dtype=np.float64)
