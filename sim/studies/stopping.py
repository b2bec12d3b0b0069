"""Sequential stopping: replications until the interval of one measure is narrow enough, and stays so.

The rule is that of Hoad, Robinson and Davies (2010, Automated selection of the number of replications for a
discrete-event simulation, Journal of the Operational Research Society 61): the smallest number of replications whose
interval is narrow enough and does not widen beyond it again within a look-ahead, for a narrow interval may be luck.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Unpack

import numpy as np
from scipy.special import stdtrit

from scenarios import Estimate, Forecast, PlanningError, Roster, Scenario
from scenarios.checks import BoolArray, FloatArray, IntArray, require_known, require_positive, require_within
from scenarios.progress import Progress, silent
from sim.floor.staff import Staff
from sim.measures.cells import Per
from sim.measures.estimates import CONFIDENCE, estimate_of, half_width_of_alike
from sim.measures.kpis import KPIS, KpiDefinition
from sim.measures.study import Study
from sim.studies.replicate import STAGE, Play, replicate

LEAST = 20
"""Replications before anything is believed: with fewer the spread itself is hardly known."""
MOST = 1000
LOOK_AHEAD = 5
"""Further replications within which the interval must stay narrow; beyond 100 in proportion (Hoad et al. 2010)."""
SHARE_FLOOR = 0.001
"""A share is never asked to be known closer than this by a *relative* width: nobody plans a tenth of a point."""
CONFIDENCE_MOST = 0.9999
"""Beyond, an interval says more about the tails of Student's law than about the floor."""
_GROWTH = 0.25  # a batch adds this share of what is there: at most so much is played in vain


class Ending(StrEnum):
    """Why a sequential study ended."""

    REACHED = "reached"
    MAXIMUM = "maximum"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Precision:
    """How closely which measure is to be known.

    Parameters
    ----------
    kpi, scope
        Key of the KPI; contact type, target or group.
    half_width
        Of the two-sided interval of ``confidence``, in the KPI's own unit; with ``relative`` as a fraction of the
        estimate, of a share as a fraction of what is rarer (in time or not in time), but ``SHARE_FLOOR`` at least.
    day
        Service date; ``None`` for the whole horizon.
    least, most
        Replications, both included.
    look_ahead
        Replications for which the interval must stay narrow; a hundredth of it per replication beyond 100.
    """

    kpi: str
    scope: str
    half_width: float
    relative: bool = False
    confidence: float = CONFIDENCE
    day: date | None = None
    least: int = LEAST
    most: int = MOST
    look_ahead: int = LOOK_AHEAD

    def __post_init__(self) -> None:
        require_positive("Precision", "half_width", self.half_width)
        require_within("Precision", "least", self.least, 2, np.inf)
        require_within("Precision", "look_ahead", self.look_ahead, 0, np.inf)
        require_within("Precision", "confidence", self.confidence, 0.5, CONFIDENCE_MOST)
        if self.least > self.most:
            raise PlanningError("least_above_most", thing="Precision", field="least", value=self.least, most=self.most)

    def ahead_of(self, replications: int) -> int:
        """Return for how many further replications the interval must hold."""
        return self.look_ahead * max(100, replications) // 100


@dataclass(frozen=True, slots=True)
class SequentialStudy:
    """A study that ran until a measure was known closely enough, or could not be.

    Parameters
    ----------
    estimate
        Of the measure, over all replications of ``study``; it names its estimator.
    half_width, wanted
        Of its interval; what was asked for, in the same unit.
    ending
        Why it ended.
    narrow_from
        Replications after which the interval was narrow enough and stayed so; ``None`` when it never did.
    """

    study: Study
    estimate: Estimate
    half_width: float
    wanted: float
    ending: Ending
    narrow_from: int | None

    @property
    def reached(self) -> bool:
        """Whether the precision was reached."""
        return self.ending is Ending.REACHED


def replicate_until(
    scenario: Scenario,
    forecast: Forecast,
    roster_or_staff: Roster | Staff,
    precision: Precision,
    *,
    seed: int,
    purpose: str,
    first: int = 0,
    **conduct: Unpack[Play],
) -> SequentialStudy:
    """Play replications until ``precision`` is reached, its maximum is, or somebody stops them.

    Neither the number of replications nor anything else in the result depends on the ``conduct``; see ``replicate``.

    Raises
    ------
    PlanningError
        As ``replicate`` does, and when the scenario knows no such KPI, scope or day.
    """
    study = Study.of(scenario, first, [])
    found = _course(study, precision)  # an unknown name is said before anything is played
    asked = expected = min(precision.most, precision.least + precision.ahead_of(precision.least))
    while True:
        done = len(study)
        batch: Play = {**conduct, "progress": _shifted(conduct.get("progress") or silent, done, expected)}
        more = replicate(
            scenario, forecast, roster_or_staff, replications=asked - done, first=first + done,
            seed=seed, purpose=purpose, **batch,
        )  # fmt: skip
        study = study.concat(more)
        found = _course(study, precision)
        narrow_from = settled_after(found.halves <= found.wanted, precision)
        if narrow_from is not None or len(study) < asked or asked == precision.most:
            break
        asked = min(precision.most, asked + max(precision.ahead_of(asked), int(_GROWTH * asked)))
        expected = max(asked, found.expected(precision))
    if narrow_from is not None:
        return _outcome(study.head(narrow_from + precision.ahead_of(narrow_from)), found, Ending.REACHED, narrow_from)
    return _outcome(study, found, Ending.MAXIMUM if len(study) == asked else Ending.CANCELLED, None)


def _outcome(study: Study, course: "_Course", ending: Ending, narrow_from: int | None) -> SequentialStudy:
    half, wanted, value = (
        float(column[len(study) - 1]) if len(study) else np.nan
        for column in (course.halves, course.wanted, course.values)
    )
    kind = course.definition
    informed = int(course.informed[len(study) - 1]) if len(study) else 0
    estimate = estimate_of(
        value, half, course.confidence, kind.estimator, len(study), unit=kind.unit, informed=informed
    )
    return SequentialStudy(study, estimate, half, wanted, ending, narrow_from)


def settled_after(narrow: BoolArray, precision: Precision) -> int | None:
    """Return the least number of replications from which the (R,) prefixes stay narrow for the look-ahead."""
    wide = np.flatnonzero(~narrow) + 1
    for start in range(precision.least, len(narrow) + 1):
        end = start + precision.ahead_of(start)
        if end > len(narrow):
            return None
        if narrow[start - 1] and not np.any((wide >= start) & (wide <= end)):
            return start
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """A measure after 1 .. R replications: (R,) estimates, half-widths, half-widths wanted, replications that tell."""

    definition: KpiDefinition
    confidence: float
    values: FloatArray
    halves: FloatArray
    wanted: FloatArray
    informed: IntArray

    def expected(self, precision: Precision) -> int:
        """Return how many replications it may take: widths fall with the square root of their number."""
        half, wanted, count = self.halves[-1], self.wanted[-1], len(self.halves)
        if not (np.isfinite(half) and wanted > 0):
            return precision.most
        needed = int(np.ceil(min(count * (half / wanted) ** 2, precision.most)))
        return min(precision.most, needed + precision.ahead_of(needed))


def _course(study: Study, precision: Precision) -> _Course:
    """Return the course of the measure.

    Sums of products are taken about the estimate of the first ``least`` replications, so that they neither lose their
    digits nor depend on how many replications are there.
    """
    top, bottom = _parts(study, precision)
    head = bottom[: precision.least].sum()
    about = top - (top[: precision.least].sum() / head if head > 0 else 0.0) * bottom
    count = np.arange(1, len(top) + 1)
    total, offset = np.cumsum(bottom), np.cumsum(about)
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = offset / total
        squares = np.cumsum(about**2) - 2 * shift * np.cumsum(about * bottom) + shift**2 * np.cumsum(bottom**2)
        spread = np.sqrt(np.maximum(squares, 0.0) * count / (count - 1)) / total
        halves = stdtrit(count - 1, (1 + precision.confidence) / 2) * spread
        values = np.cumsum(top) / total
    is_share, informed = KPIS[precision.kpi].unit == "share", np.cumsum(bottom > 0, dtype=np.int64)
    if is_share:
        alike = (values == 0.0) | (values == 1.0)
        # All alike so far: the spread says 0, yet about 3 / n may differ.
        halves = np.where(alike, half_width_of_alike(informed, precision.confidence), halves)
    wanted = _wanted(values, precision, is_share=is_share)
    return _Course(KPIS[precision.kpi], precision.confidence, values, halves, wanted, informed)


def _parts(study: Study, precision: Precision) -> tuple[FloatArray, FloatArray]:
    """Return (R,) numerators and denominators of the measure; those of a mean are 1."""
    place = 0
    if precision.day is not None:
        dates = [day.date for day in study.horizon.days]
        require_known("Precision", "day", [str(precision.day)], tuple(map(str, dates)))
        place = dates.index(precision.day)
    tops, bottoms = study.parts(precision.kpi, precision.scope, None if precision.day is None else Per.DAY)
    return tops[:, place], np.ones(len(tops)) if bottoms is None else bottoms[:, place]


def _wanted(values: FloatArray, precision: Precision, *, is_share: bool) -> FloatArray:
    if not precision.relative:
        return np.full_like(values, precision.half_width)
    if not is_share:
        return precision.half_width * np.abs(values)
    return np.maximum(precision.half_width * np.minimum(values, 1.0 - values), SHARE_FLOOR)


def _shifted(told: Progress, done: int, asked: int) -> Progress:
    """Return a progress that goes on where the batches before have ended."""

    def tell(_stage: str, count: int, _total: int) -> None:
        told(STAGE, done + count, asked)

    return tell
