"""Chat of one group: service against the load on a person, measured on the floor itself.

No formula says how first replies wait under every router and cap. What the formulas of ``sim.formulas.message_chat`` do
say is what matters: the sessions open per person, that is the work a person is asked to type. So the shape of service
against this load is *measured* for the router and the cap at hand: a day of constant people and rising load, a fraction
of a second of computing. Where on that shape an interval stands, the training days say, as with calls.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import nnls

from scenarios import (
    ContactType,
    DemandUncertainty,
    Forecast,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Scenario,
    ServiceTarget,
)
from scenarios.checks import FloatArray
from scheduler.loop.closing import LoopSettings
from scheduler.loop.columns import DayColumns
from scheduler.loop.judge import columns_of
from scheduler.loop.problem import Curves
from scheduler.loop.prune import PruneSettings
from scheduler.loop.steps import SearchSettings
from scheduler.loop.voice import CallLaw, VoiceSurrogate, hull
from scheduler.proof import Look, ProofSchedule
from scheduler.staffing.guess import human_rates_per_s
from sim import message_law, offered_load_erlangs, replicate, staff_always_on

MEASURED_WITH = 60
"""People the shape is measured with at most: among more, service at the same load is hardly better."""
_LOADS = np.concatenate([np.linspace(0.2, 0.65, 10), np.linspace(0.7, 1.35, 14)])
"""Erlangs per person, one for each hour of a day: from idle to hopeless, closest where service falls."""
_HOUR_MIN, _SETTLE_MIN = 60, 15
_SESSIONS, _REPLICATIONS_MOST = 500_000, 40
_FALL = 1e-4
"""A shape falls by so much from load to load at least, so that it can be read both ways."""
_PLANNED_LEAST = 0.5
"""Share in time below which the first plan goes nowhere: no stretch of the day is given up before anything is known."""
_VARIANCE_LEAST = 1e-3
_KNOTS_FIRST = 28
_PURPOSE = "shape"
CHAT_SETTINGS = LoopSettings(
    schedule=ProofSchedule((Look(2000, 1.0),), (1.0,)),
    effective_days=(500, 1300),
    mild_days=8,
    first=SearchSettings(rounds=6, patience=2),
    pruning=PruneSettings(contacts=40_000_000, failures=12, band=0.006),
)
"""A chat day is many messages: it is proven at one look of 2,000 days, and trained on fewer days, of which the mild
ones say nothing that the promise asks for; a single person moves a day's share by a few parts in ten thousand."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadShape:
    """Share in time against the work that arrives per person.

    Parameters
    ----------
    load
        (S,) rising, erlangs per person, > 0.
    share
        (S,) falling.
    """

    load: FloatArray
    share: FloatArray

    def at(self, load: FloatArray) -> FloatArray:
        """Return the share at ``load``, elementwise; beyond the last one it falls as 1 / load does."""
        known = np.interp(load, self.load, self.share)
        return np.asarray(known * np.minimum(1.0, self.load[-1] / np.maximum(load, self.load[-1])))

    def load_at(self, share: float) -> float:
        """Return the load at which the share is ``share``, the nearest known one beyond the ends."""
        return float(np.interp(-share, -self.share, self.load))


def measured_shape(scenario: Scenario, forecast: Forecast, target: ServiceTarget, people: int, seed: int) -> LoadShape:
    """Return how service falls with load when ``people`` work all day under the routing and the cap of ``scenario``.

    Parameters
    ----------
    forecast
        Says in which mix the contact types come; how many, the shape varies.
    """
    opening = Opening((Hours(0, 24 * _HOUR_MIN),) * 7)
    horizon = Horizon(scenario.horizon.first_date, 1, scenario.horizon.interval_min, scenario.horizon.zone, opening)
    floor = replace(scenario, horizon=horizon, promo=(), levers=(), shocks=(), agents=(), absence_share=0.0,
                    uncertainty=DemandUncertainty((0.0,)))  # fmt: skip
    rates = human_rates_per_s(scenario, forecast).sum(axis=0)
    work_s = np.array([forecast.work_s[:, forecast.column(kind.name)].mean() for kind in scenario.contact_types])
    per_erlang = rates / (rates @ work_s)
    steps = _HOUR_MIN // horizon.interval_min
    expected = people * np.repeat(_LOADS, steps)[:, None] * per_erlang * horizon.interval_min * 60.0
    rising = Forecast(horizon, tuple(kind.name for kind in scenario.contact_types), expected,
                      np.broadcast_to(work_s, expected.shape), floor.uncertainty)  # fmt: skip
    replications = int(np.clip(_SESSIONS / expected.sum(), 1, _REPLICATIONS_MOST))
    study = replicate(
        floor, rising, staff_always_on(floor, {scenario.groups[0].name: people}), replications=replications,
        seed=seed, purpose=_PURPOSE,
    )  # fmt: skip
    types = columns_of(scenario, target)
    settled = np.arange(steps) * horizon.interval_min >= _SETTLE_MIN
    in_time, offered = (
        part[:, :, types].sum(axis=(0, 2)).reshape(len(_LOADS), steps)[:, settled].sum(axis=1)
        for part in (study.in_time, study.offered)
    )
    return LoadShape(_LOADS, _smooth(_LOADS, in_time / np.maximum(offered, 1), offered))


def _smooth(load: FloatArray, share: FloatArray, offered: FloatArray) -> FloatArray:
    """Return shares without their noise: as long as service holds it falls ever faster with the load.

    What is fitted is a sum of hinges, each falling from one of the loads on; a marginal person is worth what its slope
    says, so that noise in it would move people about for nothing. Beyond, where service has broken down, only the order
    counts.
    """
    holds = int(np.flatnonzero(share >= _PLANNED_LEAST).max(initial=1)) + 1
    hinges = np.maximum(load[:holds, None] - load[None, : holds - 1], 0.0)
    weight = np.sqrt(offered[:holds] / np.maximum(share[:holds] * (1.0 - share[:holds]), _VARIANCE_LEAST))
    basis = np.concatenate([np.ones((holds, 1)), -hinges], axis=1)
    found, _ = nnls(basis * weight[:, None], share[:holds] * weight)
    smooth = np.concatenate([basis @ found, share[holds:]])
    return np.asarray(np.minimum.accumulate(smooth) - _FALL * np.arange(len(smooth)))


def chat_law(scenario: Scenario, forecast: Forecast, target: ServiceTarget) -> CallLaw:
    """Return the contacts of a target, and the work they bring while their sessions are open, in erlangs."""
    types = columns_of(scenario, target)
    interval_s = scenario.horizon.interval_min * 60.0
    rates = human_rates_per_s(scenario, forecast)[:, types]
    load = np.zeros(len(rates))
    for place, number in enumerate(types):
        kind = scenario.contact_types[number]
        open_s = _open_s(kind, target.answer_within_s)
        work_s = forecast.work_s[:, forecast.column(kind.name)]
        lasting = Law(LawKind.EXPONENTIAL, open_s)
        load += offered_load_erlangs(rates[:, place] * work_s / open_s, interval_s, lasting)
    step_us = scenario.horizon.interval_us
    return CallLaw(
        expected=rates.sum(axis=1) * interval_s,
        load=load,
        work_s=float(load.sum() / rates.sum()) if rates.sum() else 1.0,
        patience_s=np.inf,
        present=np.array([1.0 - scenario.absence_at(number * step_us) for number in range(len(load))]),
    )


def _open_s(kind: ContactType, within_s: float) -> float:
    """Return how long a session is open when no reply waits."""
    return kind.work_s.mean_s if kind.messages is None else message_law(kind.messages, within_s).holding_s


class ChatSurrogate(VoiceSurrogate):
    """Surrogate of chats that one group takes, with one promise."""

    def __init__(
        self,
        scenario: Scenario,
        forecast: Forecast,
        columns: DayColumns,
        day_factor: Callable[[float], float],
        seed: int = 1,
    ) -> None:
        super().__init__(scenario, forecast, columns, day_factor)
        self._law = chat_law(scenario, forecast, self._target)
        load = self._law.load[self._law.load > 0]
        people = int(np.clip(np.ceil(np.median(load)), 1, MEASURED_WITH)) if len(load) else 1
        self._shape = measured_shape(scenario, forecast, self._target, people, seed)

    def _curves_of_formula(self, factor: float) -> Curves:
        """Return the curves of a day at ``factor``, from where service is poor to more than enough."""
        law, shape = self._law, self._shape
        loads = np.linspace(1.0 / shape.load_at(_PLANNED_LEAST), 1.0 / shape.load[0], _KNOTS_FIRST)
        per_person = hull(loads, shape.at(1.0 / loads))
        knots = law.load[:, None, None] * factor * loads / law.present[:, None, None]
        return Curves(knots, law.expected[:, None, None] * factor * np.broadcast_to(per_person, knots.shape))

    def _table(self, interval: int, factor: float) -> "_Loaded":  # type: ignore[override]  # reads as a table does
        return _Loaded(float(self._law.load[interval]) * factor, self._shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """Share in time by people, of one load."""

    load: float
    shape: LoadShape

    def share(self, people: FloatArray) -> FloatArray:
        return self.shape.at(self.load / np.maximum(people, 1e-9))

    def servers_for(self, share: float) -> float:
        return self.load / self.shape.load_at(share)
