"""Ordinary days of a series: several small models (``models.py``), weighted by lead as they did on its own past."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from forecasting.ordinary.boosted import Boosted, Told, fit_boosted
from forecasting.ordinary.days import Days, month_phase
from forecasting.ordinary.models import MODELS, say
from forecasting.ordinary.rolling import LEAD_EDGES, LEADS_MOST, Models, Record, parameters_at, record, weights_by_lead
from forecasting.ordinary.threads import one_thread
from forecasting.ordinary.two_level import fit_two_level
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a series' ordinary days are like.

    Parameters
    ----------
    days
        The history it was learnt from.
    weights
        (len(LEAD_EDGES), len(MODELS)) by stretch of leads and model.
    tested
        What the models said of the series' own past.
    models
        Which are in use, and what they have said.
    boosted
        The correction of the shape of days; ``None``: none is made.
    """

    days: Days
    weights: FloatArray
    tested: Record
    models: Models
    boosted: Boosted | None = None

    def inside(self) -> FloatArray:
        """Return (D, S) the ordinary contacts of the past days, promotions or not, looking to both sides."""
        return fit_two_level(self.days).inside()

    def ahead(self, leads: IntArray, weekdays: IntArray | None = None) -> FloatArray:
        """Return (L, S) the ordinary contacts expected ``leads`` >= 1 days after the last day.

        ``weekdays`` (L,) says like which weekday (Monday 0) each of these days goes; ``None``: like its own.
        """
        number = len(self.days.counts)
        own = (self.days.first_date.weekday() + number - 1 + leads) % 7
        like = own if weekdays is None else weekdays
        with one_thread():
            said, _ = say(self.days, leads, like, parameters_at(self.days, self.models))
        mixed = self.mixed(said, leads)
        return mixed if self.boosted is None else self.boosted.bent(self.told(said, mixed, number - 1 + leads, like))

    def mixed(self, said: FloatArray, leads: IntArray) -> FloatArray:
        """Return (L, S) the weighted mean of (M, L, S) ``said``; models that say nothing of a cell are left out."""
        stretch = np.searchsorted(LEAD_EDGES, leads, side="right") - 1
        weight = np.where(np.isfinite(said), self.weights[stretch].T[:, :, None], 0.0)
        total = weight.sum(axis=0)
        equal = np.where(total > 0, weight, np.isfinite(said))  # only models without weight speak
        mean = (equal * np.nan_to_num(said)).sum(axis=0) / np.maximum(equal.sum(axis=0), 1e-300)
        return np.asarray(np.maximum(mean, 0.0), dtype=np.float64)

    def told(self, said: FloatArray, mixed: FloatArray, days: IntArray, weekdays: IntArray) -> Told:
        """Return what is said of ``days`` (N,), counted from the first of the history, that go like ``weekdays``."""
        phases = month_phase(self.days.first_date, int(days.max(initial=0)) + 1)
        return Told(said, mixed, weekdays, phases[days])

    def weights_by_lead(self) -> Mapping[str, Mapping[str, float]]:
        """Return by stretch of leads (``d1``, ``d2_3``, ...) the weight of each model that was tested."""
        lasts = (*(edge - 1 for edge in LEAD_EDGES[1:]), None)
        names = [
            f"d{first}" if first == last else f"d{first}_{last or LEADS_MOST}"
            for first, last in zip(LEAD_EDGES, lasts, strict=True)
        ]
        return {
            name: {model: float(weight) for model, weight in zip(MODELS, row, strict=True) if weight > 0}
            for name, row in zip(names, self.weights, strict=True)
        }

    def past_forecasts(self) -> FloatArray:
        """Return (N, S) what today's weights make of what was said in ``tested``, the shape not corrected."""
        return self.mixed(self.tested.said, self.tested.leads)


def fit_baseline(days: Days, models: Models | None = None) -> Baseline:
    """Return the baseline of ``days``.

    ``models`` are those of earlier fits to a part of the same history: what was said of a past is not said again.
    """
    used = Models() if models is None else models
    with one_thread():
        tested = record(days, used)
        baseline = Baseline(days, weights_by_lead(tested), tested, used)
        if not used.boosted:
            return baseline
        past = tested.origins + tested.leads - 1
        told = baseline.told(tested.said, baseline.past_forecasts(), past, days.weekdays[past])
        return replace(baseline, boosted=fit_boosted(told, tested))
