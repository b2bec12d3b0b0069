"""Points in time as people write them, to aware ones."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios.horizon import zone_of

_PATTERN = (
    r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?[T\s]+"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*分?(?::(?P<second>\d{2})(?:\.\d+)?)?\s*"
    r"(?P<offset>Z|[+-]\d{2}:?\d{2})?$"
)
"""2026-11-10 00:30, 2026/11/10 0:30:00, 2026-11-10T00:30:00+08:00, 2026年11月10日 0:30."""


def read_moments(written: pd.Series, kinds: pd.Series, zone: str | None) -> pd.Series:
    """Return aware times, ``NaT`` where ``written`` is no time, or has no offset and no ``zone`` is given.

    Parameters
    ----------
    written
        Text; an offset wins over ``zone``.
    kinds
        Contact type of each row: when the clock is put back a wall time comes twice; its first row of a type is
        taken as the first of the two, the next as the second.
    zone
        IANA name; times are returned in it, in UTC when there is none.
    """
    parts = written.astype("string").str.extract(_PATTERN)
    names = ("year", "month", "day", "hour", "minute", "second")
    fields = {name: pd.to_numeric(parts[name]).astype("float64") for name in names}
    fields["second"] = fields["second"].fillna(0)
    wall = pd.to_datetime(pd.DataFrame(fields), errors="coerce").astype("datetime64[us]")
    # to_datetime rolls hour 25 over into the next day; a clock does not show it
    wall = wall.mask((fields["hour"] > 23) | (fields["minute"] > 59) | (fields["second"] > 59))
    utc = pd.Series(pd.NaT, index=written.index, dtype="datetime64[us, UTC]")
    has_offset = parts["offset"].notna().to_numpy(dtype=bool)
    if has_offset.any():
        shift = _offsets(parts.loc[has_offset, "offset"])
        utc.loc[has_offset] = (wall[has_offset] - shift).dt.tz_localize("UTC")
    if zone is not None:
        local = ~has_offset & wall.notna().to_numpy()
        utc.loc[local] = _localised(wall[local], kinds[local], zone_of(zone)).dt.tz_convert("UTC")
    moments: pd.Series = utc.dt.tz_convert("UTC" if zone is None else zone_of(zone))
    return moments


def _offsets(written: pd.Series) -> pd.Series:
    digits = written.str.replace("Z", "+0000").str.replace(":", "")
    sign = np.where(digits.str[0] == "-", -1, 1)
    minutes = digits.str[1:3].astype(int) * 60 + digits.str[3:5].astype(int)
    return pd.to_timedelta(sign * minutes.to_numpy(), unit="min").to_series(index=written.index)


def _localised(wall: pd.Series, kinds: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return wall times in ``zone``; those the clock skips are ``NaT``."""
    before = pd.DataFrame({"wall": wall, "kind": kinds}).groupby(["wall", "kind"]).cumcount()
    aware: pd.Series = wall.dt.tz_localize(zone, ambiguous=(before == 0).to_numpy(), nonexistent="NaT")
    return aware
