"""What a contact's work depends on: the level of the day, the hour of the week, and the phase of a promotion.

``work = level of the day x factor of the hour of the week x factor of the phase``. The level drifts and is followed as
fast as it was seen to drift; the factors of hours, weekdays and single hours of the week are each shrunk by how much
they differ beside how badly they are known; promotions are kept out of both and have factors of their own, by phase,
shrunk towards ordinary work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.events.timeline import Stretch
from forecasting.work.cells import CELLS, HOURS, Cells, Noise, week_cells, weighted_median, without_outliers
from forecasting.work.level import Level, fit_level
from forecasting.work.shrink import shrunk
from scenarios.checks import BoolArray, FloatArray, IntArray

_PROFILE_DAYS = 182  # hours of the week change their shape slowly: half a year
_PASSES = 3  # of level and profile in turn; they no longer move then
_USUAL_DAYS = 15  # of the rough level that outliers are held against
_PHASE_CV = 0.03
"""How far one phase's work strays from that of other years, where it was seen but once [assumed]."""
_Key = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class WorkModel:
    """What was learnt of one quantity of one contact type.

    Parameters
    ----------
    scale
        Its unit: level and factors are about 1.
    level
        By day, the last one being ``last_day`` (ordinal of the local date).
    profile
        (168,) factor of every hour of the local week.
    phases
        Factor by name of the phase, and whether it is the time after it.
    unseen
        Factors of phases, and of times after one, that no history shows.
    noise
        How far single rows stray.
    """

    scale: float
    level: Level
    last_day: int
    profile: FloatArray
    phases: Mapping[_Key, float]
    unseen: tuple[float, float]
    noise: Noise

    def ahead(self, start_us: IntArray, zone: str, coming: Sequence[Stretch]) -> FloatArray:
        """Return (T,) the mean expected in intervals that start at ``start_us`` (rising, after the history).

        ``coming`` are stretches of ``timeline``: each instant has one owner, work of two promotions does not add up.
        """
        day, cell = week_cells(start_us, zone)
        level = self.level.ahead(np.maximum(day - self.last_day, 0).astype(np.float64))
        factors = np.array([self.phases.get(stretch.key, self.unseen[stretch.aftermath]) for stretch in coming])
        owner = owners(coming, start_us)
        lifted = np.append(factors, 1.0)[owner]
        return np.asarray(self.scale * level * self.profile[cell] * lifted, dtype=np.float64)

    def cv(self, start_us: IntArray, zone: str) -> FloatArray:
        """Return (T,) how far the mean work of the day of each interval strays from the expected one."""
        leads = np.maximum(week_cells(start_us, zone)[0] - self.last_day, 0)
        return self.level.cv(leads.astype(np.float64))


def owners(stretches: Sequence[Stretch], start_us: IntArray) -> IntArray:
    """Return which of the ``stretches`` (in order of time, none over another) each instant lies in; -1 for none."""
    if not stretches:
        return np.full(len(start_us), -1, dtype=np.int64)
    starts = np.array([stretch.start_us for stretch in stretches])
    ends = np.array([stretch.end_us for stretch in stretches])
    place = np.searchsorted(starts, start_us, side="right") - 1
    inside = (place >= 0) & (start_us < ends[place])
    return np.where(inside, place, -1).astype(np.int64)


def fit_work(cells: Cells, stretches: Sequence[Stretch]) -> WorkModel:
    """Return what ``cells`` (at least one row) teach.

    Parameters
    ----------
    stretches
        Past promotions as ``timeline`` has them. Where they own every row, all rows count as ordinary.
    """
    owner = owners(stretches, cells.start_us)
    ordinary = owner < 0 if (owner < 0).any() else np.ones(len(cells), dtype=np.bool_)
    usual = _usual(cells, owner, ordinary)
    cells, noise = without_outliers(cells, usual)
    scale = float(np.average(cells.value[ordinary], weights=cells.contacts[ordinary]))
    first, last = int(cells.day.min()), int(cells.day.max())
    profile = np.ones(CELLS)
    for _ in range(_PASSES):
        level = _level(cells, ordinary, profile, scale, noise)
        profile = _profile(cells, ordinary, scale * level.path[cells.day - first], noise)
    level = _level(cells, ordinary, profile, scale, noise)
    expected = scale * level.path[cells.day - first] * profile[cells.cell]
    phases, unseen = _phases(cells, stretches, owner, expected, noise, level.stray)
    return WorkModel(scale, level, last, profile, phases, unseen, noise)


def _usual(cells: Cells, owner: IntArray, ordinary: BoolArray) -> FloatArray:
    """Return (N,) roughly what each row would be, by medians that no outlier moves."""
    first = int(cells.day.min())
    days = np.full(int(cells.day.max()) - first + 1, np.nan)
    by_day = np.split(np.arange(len(cells)), np.flatnonzero(np.diff(cells.day)) + 1)
    for rows in by_day:
        rows = rows[ordinary[rows]]
        if rows.size:
            days[cells.day[rows[0]] - first] = weighted_median(cells.value[rows], cells.contacts[rows])
    known = np.flatnonzero(np.isfinite(days))
    rough = np.array([np.median(days[known[slice(*_around(known, day))]]) for day in range(len(days))])
    ratio = cells.value / rough[cells.day - first]
    hours = np.ones(HOURS)
    for hour in range(HOURS):
        rows = np.flatnonzero(ordinary & (cells.cell % HOURS == hour))
        if rows.size:
            hours[hour] = weighted_median(ratio[rows], cells.contacts[rows])
    usual = rough[cells.day - first] * hours[cells.cell % HOURS]
    for stretch in np.unique(owner[~ordinary]):
        rows = np.flatnonzero(owner == stretch)
        usual[rows] *= weighted_median(cells.value[rows] / usual[rows], cells.contacts[rows])
    return usual


def _around(known: IntArray, day: int) -> tuple[int, int]:
    """Return which of the ``known`` days lie nearest to ``day``: a window of ``_USUAL_DAYS``."""
    middle = int(np.searchsorted(known, day))
    start = max(0, min(middle - _USUAL_DAYS // 2, len(known) - _USUAL_DAYS))
    return start, start + _USUAL_DAYS


def _level(cells: Cells, ordinary: BoolArray, profile: FloatArray, scale: float, noise: Noise) -> Level:
    mine = cells.chosen(ordinary)
    first, dates = int(cells.day.min()), int(cells.day.max() - cells.day.min()) + 1
    day, asked = mine.day - first, mine.contacts * profile[mine.cell] * scale
    total = np.bincount(day, asked, dates)
    worked = np.bincount(day, mine.contacts * mine.value, dates)
    luck = np.bincount(day, asked**2 * noise.of(mine.contacts), dates)
    known = total > 0
    safe = np.where(known, total, 1.0)
    return fit_level(np.where(known, worked / safe, np.nan), np.where(known, luck / safe**2, 0.0))


def _profile(cells: Cells, ordinary: BoolArray, level: FloatArray, noise: Noise) -> FloatArray:
    """Return (168,) factors of the hours of the week; those of hours without a row follow from hour and weekday."""
    lately = ordinary & (cells.day > cells.day.max() - _PROFILE_DAYS)
    if not lately.any():
        lately = ordinary
    mine = cells.chosen(lately)
    ratio, weight = mine.value / level[lately], 1.0 / noise.of(mine.contacts)
    hour, weekday = mine.cell % HOURS, mine.cell // HOURS
    hours = _factors(ratio, weight, hour, HOURS, None)
    weekdays = _factors(ratio / hours[hour], weight, weekday, 7, 1.0)
    both = np.outer(weekdays, hours).ravel()
    single = _factors(ratio / both[mine.cell], weight, mine.cell, CELLS, 1.0)
    profile = both * single
    # The level is the mean work of contacts: factors are about 1 over those there were.
    return np.asarray(profile / np.average(profile[mine.cell], weights=mine.contacts), dtype=np.float64)


def _factors(ratio: FloatArray, weight: FloatArray, group: IntArray, size: int, mean: float | None) -> FloatArray:
    """Return (size,) shrunk mean ratios of groups of rows, weights being one over the rows' variances.

    A group's variance is what its rows show, and never less than their noise explains.
    """
    total = np.bincount(group, weight, size)
    safe = np.where(total > 0, total, 1.0)
    mean_of = np.bincount(group, weight * ratio, size) / safe
    shown = np.bincount(group, (weight * (ratio - mean_of[group])) ** 2, size) / safe**2
    variance = np.where(total > 0, np.maximum(shown, 1.0 / safe), np.inf)
    return shrunk(mean_of, variance, mean)


def _phases(
    cells: Cells, stretches: Sequence[Stretch], owner: IntArray, expected: FloatArray, noise: Noise, stray: float
) -> tuple[Mapping[_Key, float], tuple[float, float]]:
    """Return the factors of phases that were seen, and those of phases and times after one that were not."""
    sums: dict[tuple[_Key, int], FloatArray] = {}
    asked = cells.contacts * expected
    rows = np.column_stack([asked, cells.contacts * cells.value, asked**2 * noise.of(cells.contacts)])
    for place in np.unique(owner[owner >= 0]).tolist():
        stretch = stretches[place]
        where = stretch.key, stretch.occurrence
        sums[where] = sums.get(where, 0.0) + rows[owner == place].sum(axis=0)
    seen: dict[_Key, list[tuple[float, float]]] = {}
    for (key, _), (total, worked, luck) in sums.items():
        seen.setdefault(key, []).append((worked / total, luck / total**2 + stray))
    factors: dict[_Key, float] = {}
    for aftermath in (False, True):
        keys = [key for key in seen if key[1] == aftermath]
        if keys:
            factors |= dict(zip(keys, _shrunk_phases([seen[key] for key in keys]).tolist(), strict=True))
    return factors, (_unseen(factors, aftermath=False), _unseen(factors, aftermath=True))


def _shrunk_phases(seen: Sequence[Sequence[tuple[float, float]]]) -> FloatArray:
    """Return the factor of each phase, shrunk to ordinary work: years of it stray from each other."""
    means = np.array([np.mean([ratio for ratio, _ in years]) for years in seen])
    variances = [(_PHASE_CV**2 + float(np.mean([variance for _, variance in years]))) / len(years) for years in seen]
    return shrunk(means, np.array(variances), 1.0)


def _unseen(factors: Mapping[_Key, float], *, aftermath: bool) -> float:
    """Return the mean factor of the others and of one that changes nothing."""
    others = [factor for key, factor in factors.items() if key[1] == aftermath]
    return (sum(others) + 1.0) / (len(others) + 1)
