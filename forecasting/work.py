"""How long a contact keeps an agent busy: the history's handling times, by hour where there are enough contacts."""

import numpy as np
import pandas as pd

from forecasting.history.series import utc_us, wall_cells
from scenarios import ContactType, measured_work_s
from scenarios.checks import FloatArray, IntArray

_RECENT_DAYS = 56  # handling changes with processes and people: the last eight weeks
_PSEUDO_CONTACTS = 500.0  # an hour with this many contacts has half its own mean, half the day's (its error: cv / 22)
_SLOT_MIN = 60


def work_by_interval(history: pd.DataFrame, kind: ContactType, start_us: IntArray, *, zone: str) -> FloatArray:
    """Return (T,) mean work in seconds of a contact of ``kind`` at instants ``start_us`` (µs since the epoch).

    The mean of the measured work (see ``measured_work_s``) weighted by ``offered`` over the last eight weeks, by hour
    of the local day, shrunk to the mean of the whole day; that of ``kind`` where the history has no handling time. The
    history's agents are taken as of tenure factor 1 on average.
    """
    rows = history[history["contact_type"] == kind.name]
    work_s = measured_work_s(rows, kind)
    offered = rows["offered"].to_numpy(dtype=np.float64)
    when_us = utc_us(pd.DatetimeIndex(rows["interval_start"]))
    day, hour = wall_cells(when_us, zone, _SLOT_MIN)
    told = np.isfinite(work_s) & (work_s > 0) & (offered > 0)
    told &= day > day.max(initial=0) - _RECENT_DAYS
    if not told.any():
        return np.full(len(start_us), kind.work_s.mean_s)
    contacts = np.bincount(hour[told], offered[told], 24)
    seconds = np.bincount(hour[told], offered[told] * work_s[told], 24)
    mean_s = seconds.sum() / contacts.sum()
    by_hour = (seconds + _PSEUDO_CONTACTS * mean_s) / (contacts + _PSEUDO_CONTACTS)
    return np.asarray(by_hour[wall_cells(start_us, zone, _SLOT_MIN)[1]], dtype=np.float64)
