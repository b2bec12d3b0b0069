"""One group of any channels: service against the work that arrives per person, measured on the floor itself.

No formula says how first replies wait under every router and cap, or calls among chats and tickets. What the formulas
of ``sim.formulas.message_chat`` do say is what matters: the work a person is asked to do. So the shape of service
against this load is *measured* for the routing at hand: a day of constant people and rising load, a second of
computing. Where on that shape an interval stands, the training days say, target by target.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import nnls

from scenarios import (
    Channel,
    ContactType,
    DemandUncertainty,
    Forecast,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanningError,
    Scenario,
    ServiceTarget,
)
from scenarios.checks import FloatArray
from scheduler.loop.call_line import RADIUS_LEAST, hull
from scheduler.loop.columns import DayColumns
from scheduler.loop.days import Seen, weighted_quantile
from scheduler.loop.judge import columns_of, hour_of_interval
from scheduler.loop.problem import Curves, PlanProblem, ShareRow
from scheduler.loop.steps import Round
from scheduler.loop.voice import CRITICAL_RANGE, CRITICAL_SHARE, HOUR_CUSHION
from scheduler.staffing.guess import human_rates_per_s
from sim import message_law, offered_load_erlangs, replicate, staff_always_on

MEASURED_WITH = 60
"""People the shape is measured with at most: among more, service at the same load is hardly better."""
_LOADS = np.concatenate([np.linspace(0.2, 0.65, 10), np.linspace(0.7, 1.35, 14)])
"""Erlangs per person, one for each hour of a day: from idle to hopeless, closest where service falls."""
_HOUR_MIN, _SETTLE_MIN = 60, 15
_CONTACTS, _REPLICATIONS_MOST = 500_000, 40
_FALL = 1e-4
"""A shape falls by so much from load to load at least, so that it can be read both ways."""
_PLANNED_LEAST = 0.5
"""Share in time below which the first plan goes nowhere: no stretch of the day is given up before anything is known."""
_VARIANCE_LEAST = 1e-3
_KNOTS, _KNOTS_FIRST = 9, 28
_STRAY = 1.5  # an interval is believed to stand at most by this factor away from its load
_MISS_GAIN, _MISS_MAX = 0.5, 0.03
_DEAR = 30.0  # times an hour's pay per hour of work: what missing a row costs, far more than keeping it ever does
_NOBODY = 0.5  # people are at least so many where loads are divided by them
_PURPOSE = "shape"


@dataclass(frozen=True, slots=True)
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

    def load_at(self, share: FloatArray) -> FloatArray:
        """Return the loads at which the share is ``share``, elementwise; beyond the ends the nearest known one."""
        return np.interp(-np.asarray(share), -self.share, self.load)


def measured_shapes(scenario: Scenario, forecast: Forecast, people: int, seed: int) -> tuple[LoadShape, ...]:
    """Return for each target how service falls with load when ``people`` work all day in the one group.

    Parameters
    ----------
    forecast
        Says in which mix the contact types come; how many, the shape varies.
    """
    opening = Opening((Hours(0, 24 * _HOUR_MIN),) * 7)
    step_min = min(scenario.horizon.interval_min, _SETTLE_MIN)  # fine enough to leave out the start of an hour
    horizon = Horizon(scenario.horizon.first_date, 1, step_min, scenario.horizon.zone, opening)
    floor = replace(scenario, horizon=horizon, promo=(), levers=(), shocks=(), agents=(), wishes=(), activities=(),
                    absence_share=0.0, uncertainty=DemandUncertainty((0.0,)))  # fmt: skip
    rates = human_rates_per_s(scenario, forecast).sum(axis=0)
    work_s = np.array([forecast.work_s[:, forecast.column(kind.name)].mean() for kind in scenario.contact_types])
    steps = _HOUR_MIN // horizon.interval_min
    per_interval = people * rates / (rates @ work_s) * horizon.interval_min * 60.0
    expected = np.repeat(_LOADS, steps)[:, None] * per_interval
    rising = Forecast(horizon, tuple(kind.name for kind in scenario.contact_types), expected,
                      np.broadcast_to(work_s, expected.shape), floor.uncertainty)  # fmt: skip
    study = replicate(
        floor, rising, staff_always_on(floor, {scenario.groups[0].name: people}),
        replications=int(np.clip(_CONTACTS / expected.sum(), 1, _REPLICATIONS_MOST)), seed=seed, purpose=_PURPOSE,
    )  # fmt: skip
    settled = np.arange(steps) * horizon.interval_min >= _SETTLE_MIN
    shapes = []
    for target in scenario.targets:
        in_time, offered = (
            part[:, :, columns_of(scenario, target)].sum(axis=(0, 2)).reshape(-1, steps)[:, settled].sum(axis=1)
            for part in (study.in_time, study.offered)
        )
        load = _LOADS * float((rates * work_s)[_weighing(scenario, target)].sum() / (rates @ work_s))
        shapes.append(LoadShape(load, _smooth(load, in_time / np.maximum(offered, 1), offered)))
    return tuple(shapes)


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


def _weighing(scenario: Scenario, target: ServiceTarget) -> list[int]:
    """Return the contact types whose work weighs on a target: tickets give way to what is live."""
    kinds = scenario.contact_types
    live = [number for number, kind in enumerate(kinds) if kind.channel is not Channel.TICKET]
    return live if set(columns_of(scenario, target)) <= set(live) else list(range(len(kinds)))


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """What weighs on a target in each interval of a day at its mean.

    Parameters
    ----------
    expected
        (T,) contacts the target counts.
    load
        (T,) erlangs of all work that weighs on it, while contacts are open.
    price
        What missing one contact in time costs a plan, in yuan.
    """

    target: ServiceTarget
    types: list[int]
    expected: FloatArray
    load: FloatArray
    price: float

    @classmethod
    def of(cls, scenario: Scenario, forecast: Forecast, columns: DayColumns, target: ServiceTarget) -> "Weight":
        """Return the weight on ``target``."""
        interval_s = scenario.horizon.interval_min * 60.0
        rates, types = human_rates_per_s(scenario, forecast), columns_of(scenario, target)
        weighing = _weighing(scenario, target)
        load = np.zeros(len(rates))
        for number in weighing:
            kind = scenario.contact_types[number]
            lasts = Law(LawKind.EXPONENTIAL, _open_s(kind, target.answer_within_s))
            work_s = forecast.work_s[:, forecast.column(kind.name)]
            load += offered_load_erlangs(rates[:, number] * work_s / lasts.mean_s, interval_s, lasts)
        counted = rates[:, types].sum()
        hours = float(load.sum() / counted) / 3600.0 if counted else 0.0
        dearest = float((columns.cost / columns.paid_h).max())
        return cls(target, types, rates[:, types].sum(axis=1) * interval_s, load, _DEAR * dearest * hours)


def _open_s(kind: ContactType, within_s: float) -> float:
    """Return how long a contact is open when it never waits."""
    return kind.work_s.mean_s if kind.messages is None else message_law(kind.messages, within_s).holding_s


class MeasuredSurrogate:
    """Surrogate of one group, whatever it serves and however it is routed, with any number of promises.

    Parameters
    ----------
    day_factor
        Day factor that a share of days stays below, as a function of the share.
    seed
        Key of the streams the shapes are measured on.

    Raises
    ------
    PlanningError
        When the scenario has several groups or no target.
    """

    def __init__(
        self,
        scenario: Scenario,
        forecast: Forecast,
        columns: DayColumns,
        day_factor: Callable[[float], float],
        seed: int = 1,
    ) -> None:
        if len(scenario.groups) != 1:
            raise PlanningError("not_one", thing="Scenario", field="groups", value=len(scenario.groups))
        self._columns, self._day_factor = columns, day_factor
        self._weights = [Weight.of(scenario, forecast, columns, target) for target in scenario.targets]
        self._hours = hour_of_interval(scenario)
        step_us = scenario.horizon.interval_us
        self._present = np.array([1.0 - scenario.absence_at(n * step_us) for n in range(scenario.horizon.intervals)])
        heaviest = max((weight.load for weight in self._weights), key=lambda load: float(load.sum()))
        middle = float(np.median(heaviest[heaviest > 0])) if heaviest.any() else 1.0
        people = int(np.clip(np.ceil(middle), 1, MEASURED_WITH))
        self.shapes = measured_shapes(scenario, forecast, people, seed)
        self._said: float | None = None
        self._miss = 0.0

    def first(self, aim: float) -> PlanProblem:
        """Return the problem by shape alone: the day at the quantile of its factor, hours on the mean day."""
        factor, curves, rows = self._day_factor(aim), list[Curves](), list[ShareRow]()
        for weight, shape in zip(self._weights, self.shapes, strict=True):
            day, mean = (_first_curves(weight, shape, self._present, level) for level in (factor, 1.0))
            rows.append(self._day_row(weight, len(curves), weight.target.day_share, weight.expected * factor))
            curves.append(day)
            self._add_hours(weight, mean, weight.expected, curves, rows)
        self._said = None
        return PlanProblem(self._columns, tuple(curves), tuple(rows))

    def after(self, last: Round) -> PlanProblem:
        """Return the problem calibrated at the people of ``last``."""
        people = self._columns.people(last.counts)[:, 0]
        if self._said is not None:
            missed = self._said - last.judgement.margin
            self._miss = float(np.clip(self._miss + _MISS_GAIN * missed, -_MISS_MAX, _MISS_MAX))
        margins = [_margin(weight, last.seen, last.aim) for weight in self._weights]
        # The day is kept when every target is: on the worst of them lies what they miss together.
        together = min(margins) - last.judgement.margin
        curves: list[Curves] = []
        rows: list[ShareRow] = []
        for weight, shape, margin in zip(self._weights, self.shapes, margins, strict=True):
            offered, in_time = _critical(weight, last)
            # At the people of the last round the row reads the margin of the quantile, not of the critical days' mean.
            share = float(in_time.sum() / max(offered.sum(), 1e-9)) - margin + together + self._miss
            rows.append(self._day_row(weight, len(curves), share, offered))
            curves.append(self._calibrated(weight, shape, people, (offered, in_time), last.radius))
            mean = tuple(last.seen.mean(part, weight.types) for part in (last.seen.offered, last.seen.in_time))
            seen = self._calibrated(weight, shape, people, (mean[0], mean[1]), last.radius)
            self._add_hours(weight, seen, mean[0], curves, rows)
        self._said = self._miss
        return PlanProblem(self._columns, tuple(curves), tuple(rows))

    def _day_row(self, weight: Weight, curves: int, share: float, offered: FloatArray) -> ShareRow:
        return _row(f"{weight.target.name} day", curves, (self._hours >= 0).astype(float), share * offered, weight)

    def _add_hours(
        self, weight: Weight, mean: Curves, offered: FloatArray, curves: list[Curves], rows: list[ShareRow]
    ) -> None:
        """Add the curves of the mean day, and a row for every hour, where the target has a floor for hours."""
        floor = weight.target.hour_share_floor
        if floor is None:
            return
        share = min(1.0, floor + HOUR_CUSHION)
        for hour in range(int(self._hours.max()) + 1):
            name, own = f"{weight.target.name} hour {hour}", (self._hours == hour).astype(float)
            rows.append(_row(name, len(curves), own, share * offered, weight))
        curves.append(mean)

    def _calibrated(
        self, weight: Weight, shape: LoadShape, people: FloatArray, seen: tuple[FloatArray, FloatArray], radius: float
    ) -> Curves:
        """Return the curves through what was seen at ``people``, within the trust region."""
        offered, in_time = seen
        factor = float(offered.sum() / max(weight.expected.sum(), 1e-9))
        here = np.maximum(people, _NOBODY)
        share = np.clip(in_time / np.maximum(offered, 1e-9), 0.0, 1.0)
        nominal = weight.load * factor / (here * self._present)
        stands = np.clip(shape.load_at(share), nominal / _STRAY, nominal * _STRAY)
        width = np.maximum(radius * people, RADIUS_LEAST)
        knots = np.linspace(np.maximum(people - width, 0.0), people + width, _KNOTS, axis=1)
        moved = shape.at((stands * here)[:, None] / np.maximum(knots, _NOBODY))
        values = np.clip(moved - shape.at(stands)[:, None] + share[:, None], 0.0, 1.0)
        tops = np.array([hull(*pair) for pair in zip(knots, values, strict=True)])
        return Curves(knots[:, None, :], (tops * offered[:, None])[:, None, :])


def _first_curves(weight: Weight, shape: LoadShape, present: FloatArray, factor: float) -> Curves:
    """Return the curves of a day at ``factor``, from where service is poor to more than enough."""
    per_erlang = np.linspace(1.0 / float(shape.load_at(np.array(_PLANNED_LEAST))), 1.0 / shape.load[0], _KNOTS_FIRST)
    share = hull(per_erlang, shape.at(1.0 / per_erlang))
    knots = (weight.load * factor / present)[:, None, None] * per_erlang
    return Curves(knots, (weight.expected * factor)[:, None, None] * np.broadcast_to(share, knots.shape))


def _row(name: str, curves: int, own: FloatArray, wanted: FloatArray, weight: Weight) -> ShareRow:
    return ShareRow(name, curves, own[:, None], float(own @ wanted), prices=((np.inf, weight.price),))


def _margin(weight: Weight, seen: Seen, aim: float) -> float:
    """Return the day's share less the promised one of the day at the quantile trained for."""
    return weighted_quantile(seen.day_share(weight.types) - weight.target.day_share, seen.weight, 1.0 - aim)


def _critical(weight: Weight, last: Round) -> tuple[FloatArray, FloatArray]:
    """Return (T,) contacts offered and in time on the mean of the days near the quantile."""
    count = int(np.clip(CRITICAL_SHARE * len(last.seen), *CRITICAL_RANGE))
    chosen = last.seen.critical(weight.types, 1.0 - last.aim, count)
    offered, in_time = (
        part[chosen][:, :, weight.types].sum(axis=2).mean(axis=0) for part in (last.seen.offered, last.seen.in_time)
    )
    return offered, in_time
