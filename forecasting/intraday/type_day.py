"""One contact type on the day that is updated."""

from dataclasses import dataclass, replace

import numpy as np

from forecasting.intraday.day_law import DayLaw, Evidence, Shift, shift
from forecasting.intraday.gain import Gain, by_hour, learn_gain, taken
from forecasting.intraday.lessons import width_of
from forecasting.intraday.outcome import TypeUpdate, UpdateReason
from forecasting.intraday.past_days import PastDays
from forecasting.intraday.so_far import SoFar
from scenarios import ContactType, Forecast
from scenarios.checks import BoolArray, FloatArray

_SHIFT_LEAST, _SHIFT_MOST = -0.7, 2.0  # beyond, the day is another one, and wants another forecast
_PHASE_MEMORY_H = 12.0
"""Hours over which a phase's error fades: it is one of level and of shape.

On simulated promotion days an error shared by the whole phase told bands too narrow and changed too much; none at all
told bands narrower still; 4 to 12 h did well [assumed]."""
_UNUSUAL_SCALES = 4.0  # so far off, a day is told to be none of those that were learnt from


@dataclass(frozen=True, slots=True)
class Told:
    """Update of one type: (R,) factors of the rest, and the rest's relative variance; ``nan``: as before."""

    update: TypeUpdate
    factors: FloatArray
    variance: float


class TypeDay:
    """One contact type on the day that is updated."""

    def __init__(self, forecast: Forecast, so_far: SoFar, number: int, kind: ContactType, phases: FloatArray) -> None:
        today = forecast.horizon.days[so_far.index]
        self._horizon, self._so_far, self._kind = forecast.horizon, so_far, kind
        self._per_hour = 60 // forecast.horizon.interval_min
        self._day_cv = forecast.uncertainty.day_cv[so_far.index]
        self._phases = phases
        self.known = slice(today.first_interval, so_far.now)
        self.rest = slice(so_far.now, today.end_interval)
        self.quiet = so_far.silent[:, number]
        self._number_known = so_far.now - today.first_interval
        self._said = forecast.expected[today.first_interval : today.end_interval, number]
        self._came = so_far.came[:, number]

    def learn(self, days: PastDays) -> Told:
        """Return the update that past days support."""
        evidence, heard = self._evidence()
        if not evidence.rest.sum() > 0:
            return self._unchanged(UpdateReason.NOTHING_LEFT)
        if not evidence.expected.sum() > 0:
            return self._unchanged(UpdateReason.SILENT if self.quiet.any() else UpdateReason.NOTHING_SO_FAR)
        cut = int(self._so_far.columns[self._number_known])
        gain = learn_gain(days.expected, days.came, cut, self._per_hour)
        if gain is None:
            return self._unchanged(UpdateReason.TOO_FEW_DAYS)
        promotion, share = self._promotion(heard, gain.law)
        told = shift(gain.law.covariance, evidence, promotion)
        share_taken = gain.gain + (1 - gain.gain) * share
        if share_taken == 0:
            return self._unchanged(UpdateReason.DOES_NOT_PAY, gain)
        return self._changed(told, replace(gain, gain=share_taken), evidence)

    def _evidence(self) -> tuple[Evidence, BoolArray]:
        """Return the day by hour, and (I,) which of its intervals are known and believed."""
        width = width_of(self._horizon, self._horizon.days[self._so_far.index])
        heard = np.zeros(len(self._said), dtype=np.bool_)
        heard[: self._number_known] = ~self.quiet
        known, came, rest = np.zeros((3, width))
        columns = self._so_far.columns
        np.add.at(known, columns[heard], self._said[heard])
        np.add.at(came, columns[heard], self._came[heard[: self._number_known]])
        np.add.at(rest, columns[self._number_known :], self._said[self._number_known :])
        return Evidence(*(by_hour(row[None], self._per_hour)[0] for row in (came, known, rest))), heard

    def _promotion(self, heard: BoolArray, law: DayLaw) -> tuple[FloatArray | None, float]:
        """Return what the plan's error adds to the covariances, and its share of the day's variance."""
        response = min(self._kind.promo_response, 1.0)
        variance = max(float(np.log1p(self._day_cv**2)) - law.day_variance, 0.0) * response**2
        if not len(self._phases) or variance == 0:
            return None, 0.0
        later = np.arange(len(self._said)) >= self._number_known
        known, rest = (self._shares(mask) for mask in (heard, later))
        hours = np.arange(known.shape[1])
        near = np.exp(-np.abs(np.subtract.outer(hours, hours)) / _PHASE_MEMORY_H)
        added = variance * near * np.stack([known.T @ known, rest.T @ known, rest.T @ rest])
        seen = bool((known.sum(axis=1) * rest.sum(axis=1)).any())
        return added, variance / (variance + law.day_variance) if seen else 0.0

    def _shares(self, mask: BoolArray) -> FloatArray:
        """Return (P, B) which share of an hour's expected contacts, among intervals of ``mask``, a phase has."""
        columns = self._so_far.columns
        hours = width_of(self._horizon, self._horizon.days[self._so_far.index]) // self._per_hour
        said = np.bincount(columns[mask] // self._per_hour, self._said[mask], hours)
        inside = [np.bincount(columns[mask] // self._per_hour, (self._said * row)[mask], hours) for row in self._phases]
        return np.array(inside) / np.maximum(said, 1e-300)

    def _changed(self, told: Shift, gain: Gain, evidence: Evidence) -> Told:
        hours = self._so_far.columns[self._number_known :] // self._per_hour
        factors = 1 + np.clip(gain.gain * told.mean, _SHIFT_LEAST, _SHIFT_MOST)[hours]
        total = float(evidence.expected.sum())
        weight = evidence.expected / total
        spread = max(float(weight @ gain.law.covariance @ weight), 0.0) + 1 / total
        usual = _UNUSUAL_SCALES * float(np.sqrt(spread + np.log1p(self._day_cv**2)))
        unusual = abs(float(evidence.came.sum()) / total - 1) > usual
        update = self._update(UpdateReason.UPDATED, factors, gain, unusual=unusual)
        # Past days measured the spread of ordinary days: what a promotion adds is left as its plan says.
        ordinary = shift(gain.law.covariance, evidence)
        added = told.prior - ordinary.prior - taken(gain.gain) * (told.explained - ordinary.explained)
        return Told(update, factors, gain.left(ordinary.prior, ordinary.explained) + max(added, 0.0))

    def _unchanged(self, reason: UpdateReason, gain: Gain | None = None) -> Told:
        factors = np.ones(len(self._said) - self._number_known)
        return Told(self._update(reason, factors, gain), factors, float("nan"))

    def _update(
        self, reason: UpdateReason, factors: FloatArray, gain: Gain | None, *, unusual: bool = False
    ) -> TypeUpdate:
        before = self._said[self._number_known :]
        heard = ~self.quiet
        return TypeUpdate(
            self._kind.name, reason, float(self._came[heard].sum()),
            float(self._said[: self._number_known][heard].sum()), float(before.sum()), float(before @ factors),
            0.0 if gain is None else gain.gain, 0 if gain is None else gain.days, unusual,
            _spans(self.quiet, self.known.start),
        )  # fmt: skip


def _spans(quiet: BoolArray, first: int) -> tuple[tuple[int, int], ...]:
    """Return the half-open spans of intervals where ``quiet`` is true, counted from ``first``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    return tuple((first + int(start), first + int(end)) for start, end in edges.reshape(-1, 2))
