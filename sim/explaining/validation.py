"""Does the model play the days that really were? Simulated against actual, and what would explain a gap.

The days are re-played with the contacts that came and the people who were there. Every measure of a day lies inside
what the model holds to be luck, or within a tolerance nobody would plan by; and no more of the intervals lie outside
their bands than luck allows, so that errors which cancel over the day are seen as well. Else the model fails, and the
parameters that would close the gap are searched for, one at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import betabinom, binom

from scenarios import PlanningError, Roster, Scenario
from scenarios.checks import BoolArray, FloatArray, IntArray
from scenarios.progress import Progress, silent
from sim.explaining.actuals import Actuals, Measured
from sim.explaining.gaps import DayCheck, Explanation, day_checks, explained, measured_columns, measured_counts
from sim.explaining.replay import Replay
from sim.floor.staff import Staff
from sim.measures.study import Study

STAGE_REPLAY = "replay"
"""Key of the stage under which progress is told."""
TOLERANCE = 0.02
"""A gap of two points of a share (of a length: two percent) is nothing anybody plans by."""
INTERVAL_BAND = 0.9
"""Share of intervals that should lie inside their band."""
INTERVALS_ERROR = 0.005
"""Chance that a true model fails for its intervals, over all its measures together (Bonferroni)."""
_REGRESSED_MIN = 20  # of fewer days a regression on three quantities says nothing
_EDGES = ((1 - INTERVAL_BAND) / 2, (1 + INTERVAL_BAND) / 2)
_OUTSIDE_LEAST = 0.025  # where shares hardly stray, played days are too few to hold what seldom happens


@dataclass(frozen=True, slots=True)
class IntervalCheck:
    """One measure of one contact type in one interval, with the band that holds one such interval in nine of ten.

    Parameters
    ----------
    inside
        Whether it lies in its band, or is off by no more than the tolerance.
    """

    measure: Measured
    contact_type: str
    interval: int
    offered: float
    actual: float
    simulated: float
    low: float
    high: float
    inside: bool


@dataclass(frozen=True, slots=True)
class IntervalsCheck:
    """How many intervals of one measure and contact type lie outside their bands, and how many luck allows.

    Parameters
    ----------
    outside_max
        A true model has more with a chance of ``INTERVALS_ERROR`` over all measures and types together.
    """

    measure: Measured
    contact_type: str
    intervals: int
    outside: int
    outside_max: int

    @property
    def passed(self) -> bool:
        """Whether no more lie outside than luck allows."""
        return self.outside <= self.outside_max


@dataclass(frozen=True, slots=True)
class Validation:
    """Result of a validation; ``explanations`` are empty unless a day failed, the best comes first."""

    days: tuple[DayCheck, ...]
    intervals: tuple[IntervalCheck, ...]
    together: tuple[IntervalsCheck, ...]
    replications: int
    explanations: tuple[Explanation, ...]

    @property
    def passed(self) -> bool:
        """Whether every measure of every day passed, and the intervals of every measure together."""
        return self.days_passed and all(check.passed for check in self.together)

    @property
    def days_passed(self) -> bool:
        """Whether every measure of every day passed."""
        return all(check.passed for check in self.days)

    @property
    def intervals_inside_share(self) -> float:
        """Share of the intervals inside their band of ``INTERVAL_BAND``, or within tolerance; ``nan`` without any."""
        inside = [row.inside for row in self.intervals]
        return float(np.mean(inside)) if inside else float("nan")


def validate(
    scenario: Scenario,
    actuals: Actuals,
    people: Roster | Staff,
    *,
    replications: int = 100,
    seed: int,
    tolerance: float = TOLERANCE,
    progress: Progress | None = None,
) -> Validation:
    """Return how the model compares with what was measured.

    Parameters
    ----------
    people
        Who was rostered (absence is then drawn), or exactly who was there.
    tolerance
        Gap of a share that is let pass even where it is no luck; of a length it is relative.

    Raises
    ------
    PlanningError
        When no day of a live type was measured throughout.

    Notes
    -----
    A true model fails with a chance of ``DAY_ERROR`` for its days and ``INTERVALS_ERROR`` for its intervals. The number
    of intervals outside is binomial if they stray independently; neighbours share a queue, so the law is made wider,
    to a beta-binomial one, by as much as the same number strays among the played days themselves, each held against
    the bands of all others. Bands of intervals are those of days with the measured contacts: the luck of arrivals is
    taken off the played shares by regression.
    """
    tell = progress or silent
    tell(STAGE_REPLAY, 0, 1)
    replay = Replay(scenario, actuals, people, seed)
    study = replay.study(replications)
    tell(STAGE_REPLAY, 1, 1)
    days = tuple(day_checks(scenario, actuals, study, tolerance))
    if not days:
        raise PlanningError("nothing_to_compare", value=scenario.name, columns=", ".join(Measured))
    explanations = () if all(check.passed for check in days) else explained(replay, tell)
    intervals, together = _intervals(scenario, actuals, study, tolerance)
    return Validation(days, intervals, together, replications, explanations)


def _intervals(
    scenario: Scenario, actuals: Actuals, study: Study, tolerance: float
) -> tuple[tuple[IntervalCheck, ...], tuple[IntervalsCheck, ...]]:
    """Return every interval, and the intervals of every measure and contact type together."""
    shares = [pair for pair in measured_columns(scenario, actuals) if pair[0] is not Measured.SESSION]
    rows: list[IntervalCheck] = []
    together = []
    for measure, column in shares:
        kind = scenario.contact_types[column].name
        bands = _Bands.of(measure, column, actuals, study, tolerance)
        mine = list(bands.checks(measure, kind))
        if mine:
            allowed = bands.outside_max(INTERVALS_ERROR / len(shares))
            outside = sum(not row.inside for row in mine)
            together.append(IntervalsCheck(measure, kind, len(mine), outside, allowed))
        rows.extend(mine)
    return tuple(rows), tuple(together)


@dataclass(frozen=True, slots=True, eq=False)
class _Bands:
    """The N intervals of one measure and type that were measured and played.

    Parameters
    ----------
    interval, came, actual
        (N,) number, contacts that came, measured share.
    shares
        (R, N) played shares, for the contacts that really came; ``nan`` where nobody came.
    """

    interval: IntArray
    came: FloatArray
    actual: FloatArray
    shares: FloatArray
    tolerance: float

    @classmethod
    def of(cls, measure: Measured, column: int, actuals: Actuals, study: Study, tolerance: float) -> "_Bands":
        counts, offered = (values[:, :, column].astype(np.float64) for values in measured_counts(study, measure))
        came = actuals.offered[:, column]
        happened = actuals.outcomes[measure][:, column]
        interval = np.flatnonzero((came > 0) & ~np.isnan(happened) & (offered > 0).any(axis=0))
        shares = np.where(offered > 0, counts / np.maximum(offered, 1), np.nan)
        fair = _for_who_came(shares, offered - came, interval)
        return cls(interval, came[interval], happened[interval] / came[interval], fair, tolerance)

    @property
    def middle(self) -> FloatArray:
        """(N,) mean played shares."""
        means: FloatArray = np.nanmean(self.shares, axis=0)
        return means

    def checks(self, measure: Measured, kind: str) -> Iterator[IntervalCheck]:
        low, high = _band(self.shares)
        inside = ~self._outside(self.actual, low, high)
        rows = zip(self.interval.tolist(), self.came, self.actual, self.middle, low, high, inside, strict=True)
        for interval, came, actual, middle, least, most, is_inside in rows:
            yield IntervalCheck(measure, kind, interval, float(came), float(actual), float(middle), float(least),
                                float(most), inside=bool(is_inside))  # fmt: skip

    def outside_max(self, error: float) -> int:
        """Return how many may lie outside: a true model has more with a chance of ``error``."""
        intervals = len(self.interval)
        outside = np.count_nonzero(self._outside(self.shares, *_band_of_others(self.shares)), axis=1)
        found = float(outside.mean()) / intervals
        alike = 0.0
        if intervals > 1 and 0.0 < found < 1.0:
            independent = intervals * found * (1.0 - found)
            alike = (float(outside.var(ddof=1)) / independent - 1.0) / (intervals - 1)
        likely = max(_OUTSIDE_LEAST, found)
        if alike <= 0.0:
            return int(binom.ppf(1.0 - error, intervals, likely))
        weight = 1.0 / min(alike, 0.99) - 1.0
        return int(betabinom.ppf(1.0 - error, intervals, likely * weight, (1.0 - likely) * weight))

    def _outside(self, shares: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
        """Return (..., N) whether a share lies outside its band by more than the tolerance; an unknown one does not."""
        beyond = np.maximum(low - shares, shares - high)
        off = np.abs(shares - self.middle)
        found: BoolArray = (beyond > 0) & (off > self.tolerance)
        return found


def _for_who_came(shares: FloatArray, more: FloatArray, interval: IntArray) -> FloatArray:
    """Return (R, N) the shares of some intervals as they would be for the contacts that really came.

    Played days have by luck more or fewer contacts than the measured one. What that does to a share is a linear
    regression over the played days on the contacts too many in the interval, the one before and the two before that.

    Parameters
    ----------
    shares, more
        (R, T) played shares; played contacts less those that really came.
    """
    found = shares[:, interval]
    if len(shares) < _REGRESSED_MIN:
        return found
    padded = np.pad(more, ((0, 0), (3, 0)))
    for place, number in enumerate(interval.tolist()):
        known = ~np.isnan(found[:, place])
        now = number + 3
        too_many = np.stack([padded[known, now], padded[known, now - 1],
                             padded[known, now - 2] + padded[known, now - 3]], axis=1)  # fmt: skip
        design = np.column_stack([np.ones(len(too_many)), too_many])
        slopes = np.linalg.lstsq(design, found[known, place], rcond=None)[0][1:]
        found[known, place] = np.clip(found[known, place] - too_many @ slopes, 0.0, 1.0)
    return found


def _band(shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (N,) ends of the bands that hold one of (R, N) shares with probability ``INTERVAL_BAND``."""
    ordered, nobody = np.sort(shares, axis=0), np.full((1, shares.shape[1]), len(shares))
    low, high = (_quantile(ordered, nobody, edge)[0] for edge in _EDGES)
    return low, high


def _band_of_others(shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (R, N) ends of the bands that each played day is held against: those of all the others."""
    order = np.argsort(shares, axis=0)
    rank = np.argsort(order, axis=0)
    ordered = np.take_along_axis(shares, order, axis=0)
    low, high = (_quantile(ordered, rank, edge) for edge in _EDGES)
    return low, high


def _quantile(ordered: FloatArray, left_out: IntArray, level: float) -> FloatArray:
    """Return (M, N) quantiles of columns in order without the ``left_out``-th value each, (M, N); ``nan`` come last.

    A column that holds no value then has none: its ends are 0 and 1, for anything is possible.
    """
    known = np.count_nonzero(~np.isnan(ordered), axis=0)[None, :]
    values = known - (left_out < known)
    place = np.maximum(values - 1, 0) * level
    first = np.floor(place).astype(np.int64)
    second = np.minimum(first + 1, np.maximum(values - 1, 0))
    lower, upper = (
        np.take_along_axis(ordered, np.minimum(at + (at >= left_out), len(ordered) - 1), axis=0)
        for at in (first, second)
    )
    found: FloatArray = lower + (place - first) * (upper - lower)
    return np.where(values > 0, found, round(level))
