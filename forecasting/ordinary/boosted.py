"""LightGBM on top of the small models: how the contacts of a day spread over its intervals.

A booster learns from forecasts of the series' own past by how much the share of a cell in its day differed from what
the weighted mean of the models said: by interval, weekday, time of the month, and what each model said. Totals of days
are left as they are: the last origins hold thousands of cells but few independent totals, and boosters that may move
those learn their chance. How much of the correction is made is decided on origins later than those it was learnt from;
where it did not help there, none is.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from forecasting.ordinary.gbm import lightgbm
from forecasting.ordinary.rolling import Record
from scenarios.checks import BoolArray, FloatArray, IntArray

_ORIGINS_LEAST = 6  # half to learn from, two quarters to try it on
_ROUNDS = 60
_PSEUDO_CONTACT = 1.0  # keeps logarithms of empty cells finite, and says that they tell little
_PARAMETERS = {
    "objective": "l1", "learning_rate": 0.05, "num_leaves": 4, "min_data_in_leaf": 300, "lambda_l2": 10.0,
    "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1,
    "seed": 1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip
"""Small trees with hundreds of cells in every leaf, slowly learnt; one thread and a fixed seed: same in, same out."""


class Booster(Protocol):
    """What is used of a ``lightgbm.Booster``."""

    def predict(self, data: FloatArray, *, num_threads: int) -> FloatArray:
        """Return a number per row of ``data``."""


@dataclass(frozen=True, slots=True)
class Told:
    """Forecasts of N days and where these days stand.

    Parameters
    ----------
    said
        (M, N, S) by model, ``nan`` where one said nothing.
    mixed
        (N, S) their weighted mean.
    weekdays, phases
        (N,) like which weekday each day goes (Monday 0), and the share of its month that is over.
    """

    said: FloatArray
    mixed: FloatArray
    weekdays: IntArray
    phases: FloatArray

    def of(self, days: BoolArray) -> "Told":
        """Return those of (N,) ``days``."""
        return Told(self.said[:, days], self.mixed[days], self.weekdays[days], self.phases[days])

    def features(self) -> FloatArray:
        """Return (N * S, M + 3): log ratio of every model to the mean, interval, weekday, time of the month."""
        ratios = np.log((self.said + _PSEUDO_CONTACT) / (self.mixed + _PSEUDO_CONTACT))
        days, slots = self.mixed.shape
        where = (np.tile(np.arange(slots), days), np.repeat(self.weekdays, slots), np.repeat(self.phases, slots))
        return np.column_stack([*ratios.reshape(len(ratios), -1), *where])


@dataclass(frozen=True, slots=True)
class Boosted:
    """A correction of the shape of days.

    Parameters
    ----------
    booster
        What predicts the log ratio of what comes to what was said, per cell.
    share
        How much of the correction is made, in [0, 1].
    """

    booster: Booster
    share: float = 1.0

    def bent(self, told: Told) -> FloatArray:
        """Return (N, S) the forecasts of ``told`` with the shape of each day corrected, its total kept."""
        ratio = np.exp(self.booster.predict(told.features(), num_threads=1)).reshape(told.mixed.shape)
        bent = told.mixed * ratio
        kept = bent * _over(told.mixed.sum(axis=1), bent.sum(axis=1))[:, None]
        return np.asarray(told.mixed + self.share * (kept - told.mixed), dtype=np.float64)


def fit_boosted(told: Told, tested: Record) -> Boosted | None:
    """Return the correction that past forecasts ``told`` of the days of ``tested`` teach; ``None`` where it is none.

    It is none for a history with fewer than six origins, and where the correction did not help on later ones.
    """
    share = _share(told, tested)
    return Boosted(_train(told, tested.came), share) if share > 0 else None


def _train(told: Told, came: FloatArray) -> Booster:
    """Return a booster of the log ratio of (N, S) ``came``, put on the totals that were said, to the mean."""
    known = np.isfinite(came) & (told.mixed > 0)
    found = np.where(known, came, 0.0)
    level = _over(found.sum(axis=1), np.where(known, told.mixed, 0.0).sum(axis=1))[:, None]
    target = np.log((found + _PSEUDO_CONTACT) / (told.mixed * level + _PSEUDO_CONTACT))[known]
    weight = (told.mixed + _PSEUDO_CONTACT)[known]
    package = lightgbm()
    rows = package.Dataset(
        told.features()[known.ravel()], target, weight=weight / weight.mean(), params={"verbose": -1}
    )
    booster: Booster = package.train(_PARAMETERS, rows, num_boost_round=_ROUNDS)
    return booster


def _share(told: Told, tested: Record) -> float:
    """Return how much of the correction to make: least squares in units of chance, less one standard error.

    Learnt from the days before an origin, tried on the forecasts from there on. In units of chance (roots of the
    forecast) a correction that keeps the total is at right angles to errors of the level: they do not blur its worth.
    """
    origins = np.unique(tested.origins)
    if len(origins) < _ORIGINS_LEAST:
        return 0.0
    days = tested.origins + tested.leads - 1
    starts = origins[[len(origins) // 2, 3 * len(origins) // 4]]
    helped: list[float] = []
    moved: list[float] = []
    for start, end in zip(starts, (starts[1], origins[-1] + 1), strict=True):
        before = days < start
        if not (np.isfinite(tested.came[before]) & (told.mixed[before] > 0)).any():
            return 0.0
        boosted = Boosted(_train(told.of(before), tested.came[before]))
        for origin in origins[(origins >= start) & (origins < end)]:
            asked = tested.origins == origin
            mixed, came = told.mixed[asked], tested.came[asked]
            step = np.where(np.isfinite(came), boosted.bent(told.of(asked)) - mixed, 0.0)
            unit = np.maximum(mixed, 1.0)
            helped.append(float((step * np.where(np.isfinite(came), came - mixed, 0.0) / unit).sum()))
            moved.append(float((np.square(step) / unit).sum()))
    if sum(moved) <= 0:
        return 0.0
    doubt = float(np.std(helped)) * np.sqrt(len(helped))
    return float(np.clip((sum(helped) - doubt) / sum(moved), 0.0, 1.0))


def _over(total: FloatArray, said: FloatArray) -> FloatArray:
    """Return ``total / said``, 1 where either is nothing."""
    return np.where((total > 0) & (said > 0), total / np.maximum(said, 1e-300), 1.0)
