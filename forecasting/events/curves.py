"""Uplift curves: learnt by event, phase and hours since the phase began, never by date.

Contacts of a cell (sighting, hours since the start, hours since midnight) are Poisson around ordinary contacts times
exp(pooled curve + the event's own deviation + the year's deviation). Curve and deviation move gently from one bin to
the next and carry a burst at midnight; all deviations are normal around 0 (a mixed model, fitted by penalised
reweighted least squares). So an event with much past follows its own curve, one with little the pooled one, a new one
the pooled one wholly; how much years differ is learnt from the years.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag
from scipy.sparse import csr_array

from forecasting.events.sightings import HOUR_EDGES, MIDNIGHT_EDGES, Sighting
from scenarios.checks import FloatArray

HOURS, NIGHTS = len(HOUR_EDGES), len(MIDNIGHT_EDGES) - 1
EFFECTS = HOURS + NIGHTS
"""Effects of a curve: one by bin of hours, one by bin since midnight."""
_YEAR_SD = 0.2  # assumed deviation (log) of one year from the next while nobody could compare [assumed]
_YEAR_PSEUDO = 3.0  # sightings the assumption above is worth
_CELL_CV = 0.05  # bins stray by this much beyond chance: contacts in thousands do not pin a curve down
_PASSES = 6
_LOG_MOST = 6.0  # no uplift above 400


@dataclass(frozen=True, slots=True)
class _Prior:
    """Standard deviations (log scale) of a curve: its height, its drift per unit of log time, its midnight burst."""

    height: float
    drift: float
    night: float

    def covariance(self) -> FloatArray:
        """Return (EFFECTS, EFFECTS)."""
        edges = np.array(HOUR_EDGES)
        middle = (edges + np.append(edges[1:], edges[-1] + 24.0)) / 2
        clock = np.log1p(middle)  # bursts decay by factors of time
        walk = np.minimum.outer(clock, clock) - clock[0]
        hours = self.height**2 + self.drift**2 * walk + 1e-6 * np.eye(HOURS)
        return np.asarray(block_diag(hours, self.night**2 * np.eye(NIGHTS)), dtype=np.float64)


# Phases: any height, and curves free to fall by e-fold within a decade of hours; events of one phase name differ less.
# Aftermath: near ordinary unless seen otherwise. [assumed]
_POOLED = {False: _Prior(2.0, 0.7, 0.7), True: _Prior(0.15, 0.1, 1e-3)}
_OWN = {False: _Prior(0.5, 0.25, 0.3), True: _Prior(0.1, 0.05, 1e-3)}


@dataclass(frozen=True, slots=True)
class Curve:
    """What is expected of a coming phase.

    Parameters
    ----------
    hours, nights
        (H,) and (M,) log uplift by bin of hours, and what midnight adds.
    sd
        Standard deviation of the log of the coming phase's height.
    """

    hours: FloatArray
    nights: FloatArray
    sd: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Fitted curves of all phases of one name: pooled effects and each event's; their standard deviations."""

    pooled: Curve
    own: Mapping[str, Curve]


@dataclass(frozen=True, slots=True)
class PastPromotions:
    """What the past promotions of one contact type teach.

    Parameters
    ----------
    groups
        By name of the phase, and whether it is the time after it.
    year_sd
        How much the log of a phase's height differs from one year to the next.
    """

    groups: Mapping[tuple[str, bool], _Group]
    year_sd: float = _YEAR_SD

    def curve(self, event: str, key: tuple[str, bool]) -> Curve | None:
        """Return what is expected of a phase; ``None`` when no event ever had one of that name."""
        group = self.groups.get(key)
        return None if group is None else group.own.get(event, group.pooled)


NOTHING_SEEN = PastPromotions({})


def learn_curves(past: Sequence[Sighting]) -> PastPromotions:
    """Return what ``past`` teaches."""
    keys = sorted({sighting.key for sighting in past})
    models = {key: _Model([sighting for sighting in past if sighting.key == key]) for key in keys}
    year_sd = _YEAR_SD
    for _ in range(_PASSES):
        squares, number = _YEAR_PSEUDO * _YEAR_SD**2, _YEAR_PSEUDO
        for key, model in models.items():
            model.step(year_sd)
            if not key[1]:
                squares += model.year_squares()
                number += model.years
        year_sd = float(np.sqrt(squares / number))
    return PastPromotions({key: model.group(year_sd) for key, model in models.items()}, year_sd)


class _Model:
    """The mixed model of one phase name: pooled effects, effects of each event, one deviation a year."""

    def __init__(self, alike: Sequence[Sighting]) -> None:
        self._events = sorted({sighting.event for sighting in alike})
        self._aftermath = alike[0].key[1]
        self.years = len(alike)
        event = np.array([self._events.index(sighting.event) for sighting in alike])
        ordinary = np.array([sighting.ordinary for sighting in alike])
        year, hour, night = np.nonzero(ordinary > 0)
        self._ordinary = ordinary[year, hour, night]
        self._contacts = np.array([sighting.contacts for sighting in alike])[year, hour, night]
        own = EFFECTS * (1 + event[year])
        base = EFFECTS * (1 + len(self._events))
        cell = np.arange(len(year))
        late = night > 0
        rows = np.concatenate([cell, cell, cell, cell[late], cell[late]])
        bursts = HOURS + night[late] - 1
        columns = np.concatenate([hour, own + hour, base + year, bursts, own[late] + bursts])
        self._design = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(cell), base + self.years))
        self._turned = csr_array(self._design.T)
        self._own_prior = _OWN[self._aftermath].covariance()
        blocks = [_POOLED[self._aftermath].covariance(), *[self._own_prior] * len(self._events)]
        self._precision = block_diag(*[np.linalg.inv(block) for block in blocks])
        self._share = np.zeros((len(self._events) + 1, EFFECTS))  # of ordinary contacts, by effect
        for row, mine in enumerate([event[year] >= 0, *(event[year] == e for e in range(len(self._events)))]):
            np.add.at(self._share[row], hour[mine], self._ordinary[mine] / self._ordinary[mine].sum())
        height = np.log((self._contacts.sum() + 1) / (self._ordinary.sum() + 1))
        self._log = np.full(len(cell), height)
        self._effects: FloatArray = np.zeros(base + self.years)
        self._covariance: FloatArray = np.zeros((base + self.years,) * 2)

    def step(self, year_sd: float) -> None:
        """Reweight and solve once."""
        mean = self._ordinary * np.exp(self._log)
        weight = 1 / (1 / mean + _CELL_CV**2)
        working = self._log + (self._contacts - mean) / mean
        # The design holds ones alone: its weighted transpose has the weights themselves as entries.
        turned = self._turned
        weighted = csr_array((weight[turned.indices], turned.indices, turned.indptr), shape=turned.shape)
        information = (weighted @ self._design).toarray()
        effects = len(self._precision)
        information[:effects, :effects] += self._precision
        information[np.arange(effects, len(information)), np.arange(effects, len(information))] += year_sd**-2
        self._covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
        self._effects = np.asarray(self._covariance @ (weighted @ working), dtype=np.float64)
        self._log = np.clip(np.asarray(self._design @ self._effects), -_LOG_MOST, _LOG_MOST)

    def year_squares(self) -> float:
        """Return the expected sum of squares of the years' deviations."""
        return float((self._effects[-self.years :] ** 2).sum() + np.diag(self._covariance)[-self.years :].sum())

    def group(self, year_sd: float) -> _Group:
        """Return the fitted curves."""
        pooled = self._effects[:EFFECTS]
        shared = self._covariance[:EFFECTS, :EFFECTS]
        share = self._share[0]
        unseen = float(share @ (shared + self._own_prior) @ share)
        own: dict[str, Curve] = {}
        for number, event in enumerate(self._events):
            mine = slice(EFFECTS * (1 + number), EFFECTS * (2 + number))
            cross = self._covariance[:EFFECTS, mine]
            joint = shared + cross + cross.T + self._covariance[mine, mine]
            share = self._share[1 + number]
            own[event] = _curve(pooled + self._effects[mine], float(share @ joint @ share), year_sd)
        return _Group(_curve(pooled, unseen, year_sd), own)


def _curve(effects: FloatArray, variance: float, year_sd: float) -> Curve:
    return Curve(effects[:HOURS], effects[HOURS:], float(np.sqrt(variance + year_sd**2)))
