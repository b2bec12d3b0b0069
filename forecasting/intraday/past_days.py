"""Past days as they were forecast beforehand, and as they came: what an update learns from.

Every past day is forecast from the days before it alone, as many days ahead as the forecast that is to be updated was
made. Origins stand on fixed dates, whatever the length of the history, so that a longer history adds days and changes
none.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.history.series import HistoryGrid
from forecasting.ordinary.baseline import fit_baseline
from forecasting.ordinary.days import Days
from forecasting.ordinary.rolling import Models
from scenarios.checks import FloatArray, IntArray

_ORIGINS_APART_DAYS = 3  # one fit serves three days; no divisor of a week, so every weekday is met at every lead
_DAYS_MOST = 120  # habits change with the season: about four months
_FIRST_ORIGIN_DAYS = 21  # a baseline of three weeks knows every weekday three times
_KNOWN_LEAST = 0.5  # a day of which most is hidden says nothing about how its hours go together


@dataclass(frozen=True, slots=True)
class PastDays:
    """Past days of one contact type, by hour of the service day.

    Parameters
    ----------
    days
        (N,) ordinals of their dates, rising.
    expected, came
        (N, W) contacts per interval counted from the midnight that opens the date; both 0 where nothing is known.
    """

    days: IntArray
    expected: FloatArray
    came: FloatArray

    def before(self, day: int) -> "PastDays":
        """Return the last days before the date with ordinal ``day``, as many as an update looks at."""
        end = int(np.searchsorted(self.days, day))
        kept = slice(max(end - _DAYS_MOST, 0), end)
        return PastDays(self.days[kept], self.expected[kept], self.came[kept])


def past_days(
    ordinary: HistoryGrid, column: int, *, lead: int, width: int, since: int | None = None, models: Models | None = None
) -> PastDays:
    """Return the past days of one type, each forecast from days before it.

    Parameters
    ----------
    ordinary
        History up to yesterday, promotions and their aftermath unknown.
    column
        Which type.
    lead
        Days ahead of the forecast, >= 1; past days are forecast ``lead`` to ``lead + 2`` days ahead.
    width
        W: intervals of a service day counted from midnight; more than a date has when it closes after midnight.
    since
        Ordinal of the first date that is wanted; ``None``: the last ``_DAYS_MOST`` days.
    models
        Of ordinary days; ``None``: the small ones.
    """
    counts = ordinary.counts[:, :, column]
    history, used = Days.of(counts, ordinary.weekdays(), ordinary.first_date), models or Models()
    dates, slots = counts.shape
    first_day = ordinary.first_date.toordinal()
    whole = np.vstack([counts, np.full((1, slots), np.nan)])
    earliest = max(_FIRST_ORIGIN_DAYS, (dates - _DAYS_MOST if since is None else since - first_day) - lead - 1)
    days: list[int] = []
    expected: list[FloatArray] = []
    came: list[FloatArray] = []
    for origin in range(earliest + (-(first_day + earliest)) % _ORIGINS_APART_DAYS, dates, _ORIGINS_APART_DAYS):
        target = origin + lead - 1 + np.arange(_ORIGINS_APART_DAYS)
        target = target[target < dates]
        if not len(target) or not np.isfinite(counts[:origin]).any():
            continue
        leads = np.append(target, target[-1] + 1) - origin + 1
        ahead = fit_baseline(history.until(origin), used).ahead(leads)
        said = np.hstack([ahead[:-1], ahead[1:]])[:, :width]
        found = np.hstack([whole[target], whole[target + 1]])[:, :width]
        known = np.isfinite(found) & (said > 0)
        enough = np.where(known, said, 0.0).sum(axis=1) >= _KNOWN_LEAST * said.sum(axis=1)
        enough &= known.any(axis=1)
        days += list(first_day + target[enough])
        expected.append(np.where(known, said, 0.0)[enough])
        came.append(np.where(known, found, 0.0)[enough])
    nothing = np.empty((0, width))
    found_days = PastDays(np.array(days, dtype=np.int64), np.vstack([nothing, *expected]), np.vstack([nothing, *came]))
    return found_days if since is not None else found_days.before(first_day + dates)
