"""A history table on a grid of days and intervals of the wall clock.

Demand follows the clock on the wall, so the models work on days x slots of local time. A cell is ``nan`` where the
history says nothing: a date that is absent, an hour the service was closed, an interval of which a part is missing. It
is never read as zero.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from scenarios import Opening, PlanningError, check_history
from scenarios.checks import BoolArray, FloatArray, IntArray
from scenarios.horizon import INTERVALS_ALLOWED_MIN, MIN_PER_DAY, US_PER_MIN, zone_of

_COMPARISON_MIN = 30
_GAPS_TELLING = 0.2  # a fifth of a day's intervals missing is no lost row or two
_QUIET_MOST = 5.0  # where five contacts are usual, one interval in 150 has none by chance
_ROWS_OF_A_GRAIN = 8
_ROWS_TELLING = 50  # among fewer rows, having no zero says nothing
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NS_PER_MIN = US_PER_MIN * 1000


@dataclass(frozen=True, slots=True)
class HistoryGrid:
    """What a history says, by date, interval of the local day and contact type.

    Parameters
    ----------
    zone
        IANA name of the zone of the wall clock.
    interval_min
        Length of an interval; S = 1440 / ``interval_min``.
    first_date
        Date of the first of D consecutive calendar dates.
    contact_types
        K names, sorted.
    counts
        (D, S, K) offered contacts, ``nan`` where unknown; not writeable.
    """

    zone: str
    interval_min: int
    first_date: date
    contact_types: tuple[str, ...]
    counts: FloatArray

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.float64)
        if counts.shape[1:] != (MIN_PER_DAY // self.interval_min, len(self.contact_types)):
            raise RuntimeError(f"counts are of shape {counts.shape}")
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @property
    def dates(self) -> int:
        """D: calendar dates from the first to the last."""
        return len(self.counts)

    def weekdays(self, days: int | None = None) -> IntArray:
        """Return the weekday (Monday 0) of the first ``days`` dates, which may run past the last one."""
        return (self.first_date.weekday() + np.arange(self.dates if days is None else days)) % 7

    def day_of(self, day: date) -> int:
        """Return the row of ``day``; negative before the first date, >= D after the last."""
        return (day - self.first_date).days

    def starts_us(self) -> IntArray:
        """Return (D, S) the start of every cell, µs since the epoch (UTC).

        An hour that the clock skips stands at the jump; an hour that comes twice stands at its first time.
        """
        wall = pd.date_range(self.first_date, periods=self.dates * self.counts.shape[1], freq=f"{self.interval_min}min")
        first_time = np.ones(len(wall), dtype=np.bool_)
        aware = wall.tz_localize(zone_of(self.zone), ambiguous=first_time, nonexistent="shift_forward")
        return utc_us(aware).reshape(self.counts.shape[:2])

    def until(self, days: int | None) -> "HistoryGrid":
        """Return the grid of the first ``days`` dates; ``None``: of all."""
        return HistoryGrid(self.zone, self.interval_min, self.first_date, self.contact_types, self.counts[:days])

    def masked(self, hidden: BoolArray) -> "HistoryGrid":
        """Return the grid with the cells of ``hidden`` (D, S) unknown."""
        counts = np.where(hidden[:, :, None], np.nan, self.counts)
        return HistoryGrid(self.zone, self.interval_min, self.first_date, self.contact_types, counts)


def utc_us(times: pd.DatetimeIndex) -> IntArray:
    """Return aware ``times`` as µs since the epoch (UTC)."""
    return np.asarray(times.tz_convert("UTC").as_unit("us").asi8, dtype=np.int64)


def wall_cells(start_us: IntArray, zone: str, interval_min: int) -> tuple[IntArray, IntArray]:
    """Return for instants (µs since the epoch) the ordinal of the local date and the slot of the local day."""
    wall = pd.to_datetime(start_us, unit="us", utc=True).tz_convert(zone_of(zone)).tz_localize(None)
    minutes = np.asarray(wall.as_unit("ns").asi8, dtype=np.int64) // _NS_PER_MIN
    return minutes // MIN_PER_DAY + _EPOCH_DAY, minutes % MIN_PER_DAY // interval_min


def grain_min(history: pd.DataFrame) -> int:
    """Return the length of the history's intervals in minutes: the least step between two rows of one type.

    Raises
    ------
    PlanningError
        When no type has two rows, or the step is not a number of whole minutes.
    """
    ordered = history.sort_values(["contact_type", "interval_start"], kind="stable")
    step = np.diff(utc_us(pd.DatetimeIndex(ordered["interval_start"])))
    kinds = ordered["contact_type"].to_numpy()
    step = step[(kinds[1:] == kinds[:-1]) & (step > 0)]
    if not step.size:
        raise PlanningError("history_too_short", value=len(history), expected=2)
    least = int(step.min())
    if least % US_PER_MIN:
        raise PlanningError("history_steps", value=least / US_PER_MIN, grid="1")
    return least // US_PER_MIN


def comparison_grid_min(checked: pd.DataFrame) -> int:
    """Return the grid on which a checked history is looked at where none is asked for: half-hours, or its own."""
    return max(_COMPARISON_MIN, grain_min(checked))


def regularise(history: pd.DataFrame, *, zone: str, interval_min: int) -> HistoryGrid:
    """Return ``history`` (contract of ``check_history``) on a grid of ``interval_min`` minutes in ``zone``.

    Finer rows are added up; an interval is known only when all its parts are. An hour that the clock shows twice gets
    the mean of both.

    Raises
    ------
    PlanningError
        When the history is coarser than the grid or does not divide it, or when its empty intervals were left out
        (many gaps inside the days and not one zero), which would be learnt as a demand too high.
    """
    return grid_of(check_history(history), zone=zone, interval_min=interval_min)


def grid_of(checked: pd.DataFrame, *, zone: str, interval_min: int, column: str = "offered") -> HistoryGrid:
    """Return a history that ``check_history`` has passed on a grid: the work of ``regularise``.

    ``column`` is what is counted; of two columns the grids have the same dates and types.
    """
    if MIN_PER_DAY % interval_min:
        allowed = ", ".join(map(str, INTERVALS_ALLOWED_MIN))
        raise PlanningError("not_one_of", thing="History", field="interval_min", value=interval_min, known=allowed)
    grain = grain_min(checked)
    local = pd.DatetimeIndex(checked["interval_start"]).tz_convert(zone_of(zone))
    start_us = utc_us(local)
    names, kind = np.unique(checked["contact_type"].astype(str).to_numpy(dtype=str), return_inverse=True)
    grains = _grains(start_us, kind, grain)
    if grains.max() > interval_min:
        raise PlanningError("history_too_coarse", value=grains.max(), grid=interval_min)
    minute = np.asarray(local.hour * 60 + local.minute, dtype=np.int64)
    off = (minute % grains[kind] != 0) | np.asarray(local.second != 0) | np.asarray(local.microsecond != 0)
    if (interval_min % grains != 0).any() or off.any():
        raise PlanningError("history_steps", value=f"{local[int(np.argmax(off))]} / {grain} min", grid=interval_min)
    counted = checked[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if column == "offered":
        for number, name in enumerate(names):
            mine = kind == number
            _require_zeros(str(name), start_us[mine], counted[mine], zone, int(grains[number]))
    cell_us = start_us - minute % interval_min * US_PER_MIN
    days, slots = wall_cells(cell_us, zone, interval_min)
    first = int(days.min())
    frame = pd.DataFrame({"day": days - first, "slot": slots, "kind": kind, "cell": cell_us, "counted": counted})
    lasting = np.where(np.isfinite(counted), _lengths(start_us, kind, days, grains), 0)
    frame = frame.assign(lasting=lasting)
    cells = frame.groupby(["day", "slot", "kind", "cell"], sort=True)[["counted", "lasting"]].sum().reset_index()
    cells = cells[cells["lasting"] == interval_min]
    known = cells.groupby(["day", "slot", "kind"])["counted"].mean()
    counts = np.full((int(days.max()) - first + 1, MIN_PER_DAY // interval_min, len(names)), np.nan)
    where = known.index.to_frame().to_numpy(dtype=np.int64)
    counts[where[:, 0], where[:, 1], where[:, 2]] = known.to_numpy()
    return HistoryGrid(zone, interval_min, date.fromordinal(first), tuple(map(str, names)), counts)


def _grains(start_us: IntArray, kind: IntArray, grain: int) -> IntArray:
    """Return (K,) the length of each type's own intervals in minutes; that of the history where a type has one row."""
    order = np.lexsort((start_us, kind))
    step, same = np.diff(start_us[order]), np.diff(kind[order]) == 0
    least = np.full(int(kind.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, kind[order][1:][same], step[same])
    return np.where(least == np.iinfo(np.int64).max, grain, least // US_PER_MIN)


def _lengths(start_us: IntArray, kind: IntArray, days: IntArray, grains: IntArray) -> IntArray:
    """Return (N,) the length of each row's interval in minutes: its type's grain, or a coarser one of its day.

    An export that became finer one day still has whole intervals before. A day is of a coarser grain when it has rows
    enough to tell, most of them one such step apart and none closer.
    """
    order = np.lexsort((start_us, kind))
    group = np.cumsum(np.concatenate(([0], np.diff(kind[order]) | np.diff(days[order]))) != 0)
    step = np.diff(start_us[order]) // US_PER_MIN
    inside = np.diff(group) == 0
    steps = pd.Series(step[inside]).groupby(group[1:][inside])
    least, rows = steps.min(), steps.size()
    at_least = pd.Series(step[inside] == least.reindex(group[1:][inside]).to_numpy()).groupby(group[1:][inside]).mean()
    told = (rows >= _ROWS_OF_A_GRAIN) & (at_least > 0.5)
    lengths = grains[kind]
    lengths[order] = (
        pd.Series(lengths[order])
        .where(~told.reindex(group, fill_value=False).to_numpy(), least.reindex(group).to_numpy())
        .to_numpy(dtype=np.int64)
    )
    return lengths


def _require_zeros(name: str, start_us: IntArray, offered: FloatArray, zone: str, grain: int) -> None:
    """Raise when a type's rows look like an export that leaves out empty intervals.

    It shows in the intervals of the day with few contacts; where the busy ones lack as many rows, rows were lost.
    """
    if len(offered) < _ROWS_TELLING or (offered == 0).any():
        return
    days, slots = wall_cells(start_us, zone, grain)
    by_slot = pd.Series(offered).groupby(slots)
    spans = pd.Series(slots).groupby(days).agg(["min", "max"])
    spanned = np.array([((spans["min"] <= slot) & (spans["max"] >= slot)).sum() for slot in by_slot.groups])
    present, quiet = by_slot.size().to_numpy(), by_slot.median().to_numpy() <= _QUIET_MOST
    if present[quiet].sum() < _ROWS_TELLING:
        return
    missing = 1 - present[quiet].sum() / spanned[quiet].sum()
    lost = 1 - present[~quiet].sum() / spanned[~quiet].sum() if present[~quiet].sum() >= _ROWS_TELLING else 0.0
    if missing - lost > _GAPS_TELLING:
        raise PlanningError("zeros_left_out", value=name, missing=f"{missing:.0%}")


def fill_quiet_intervals(
    history: pd.DataFrame, *, zone: str, opening: Opening, interval_min: int | None = None
) -> pd.DataFrame:
    """Return ``history`` with a row of zero offered contacts for every open interval of its dates that has no row.

    For exports that leave out intervals without contacts. A date without any row of any type stays absent; so do
    intervals outside ``opening``. ``interval_min`` is the history's own grain where it cannot be seen from the rows.
    """
    checked = check_history(history)
    grain = interval_min or grain_min(checked)
    start_us = utc_us(pd.DatetimeIndex(checked["interval_start"]))
    days = np.unique(wall_cells(start_us, zone, grain)[0])
    open_us = np.concatenate([_open_starts(date.fromordinal(int(day)), zone, opening, grain) for day in days])
    starts = pd.to_datetime(open_us, unit="us", utc=True).tz_convert(zone_of(zone))
    local = checked.assign(interval_start=checked["interval_start"].dt.tz_convert(zone_of(zone)).dt.as_unit("us"))
    index = pd.MultiIndex.from_product(
        [local["contact_type"].unique(), starts.as_unit("us")], names=["contact_type", "interval_start"]
    )
    rows = local.set_index(["contact_type", "interval_start"])
    filled = rows.reindex(rows.index.union(index)).reset_index()
    filled["offered"] = filled["offered"].fillna(0.0)
    return filled[list(checked.columns)].sort_values(["contact_type", "interval_start"], ignore_index=True)


def _open_starts(day: date, zone: str, opening: Opening, grain: int) -> IntArray:
    hours = opening.on(day)
    if hours is None:
        return np.empty(0, dtype=np.int64)
    midnight = pd.Timestamp(day)
    wall = midnight + pd.to_timedelta(np.arange(hours.opens_min, hours.closes_min, grain), unit="min")
    aware = pd.DatetimeIndex(wall).tz_localize(zone_of(zone), ambiguous="NaT", nonexistent="NaT")
    return utc_us(aware[aware.notna()])


def open_cells(grid: HistoryGrid, opening: Opening | None) -> BoolArray:
    """Return (D, S) whether a cell of the grid lies in the opening hours; everything without ``opening``."""
    slots = grid.counts.shape[1]
    if opening is None:
        return np.ones((grid.dates, slots), dtype=np.bool_)
    minutes = np.arange(2 * slots) * grid.interval_min
    cells = np.zeros((grid.dates + 1, 2 * slots), dtype=np.bool_)
    for row in range(-1, grid.dates):
        hours = opening.on(grid.first_date + timedelta(days=row))
        if hours is not None:
            cells[row + 1] = (minutes >= hours.opens_min) & (minutes < hours.closes_min)
    return np.asarray(cells[1:, :slots] | cells[:-1, slots:], dtype=np.bool_)
