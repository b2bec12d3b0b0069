"""Sample demand: what a scenario expects of itself, and a seeded history such as its shop would have kept."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from scenarios.checks import FloatArray
from scenarios.contact_types import Channel, ContactType
from scenarios.demand import Forecast
from scenarios.errors import PlanningError
from scenarios.history import check_history
from scenarios.horizon import zone_of
from scenarios.load import load_promotions
from scenarios.merge import LIBRARY
from scenarios.ordinary import day_weight, week_weights
from scenarios.promo import PromoEvent
from scenarios.scenario import Scenario
from scenarios.streams import stream
from scenarios.uplift import contact_uplift, order_uplift

PHASE_CV = 0.08
"""How far a phase of a past promotion strays from its plan: assumed, no source gives it."""
ABANDONED_SHARE = 0.03
"""Share of an ordinary hour's contacts that give up in a sample history: assumed."""
ABANDONED_SHARE_MAX = 0.15
"""The same at the height of a promotion, where it grows with the uplift."""
_PURPOSE = "history"


def expected_demand(scenario: Scenario) -> Forecast:
    """Return the demand the scenario itself expects, for use where no history is given.

    Ordinary contacts follow each type's profile and weekday weights; planned promotions lift them (``order_uplift``,
    ``promo_response``). Effects of levers and shocks are not in it, and bots have not taken their share. Live contacts
    are expected in open intervals only, tickets around the clock.

    Raises
    ------
    PlanningError
        When a planned phase has no ``uplift``.
    """
    horizon = scenario.horizon
    clocks = _clocks(horizon.start, horizon.intervals, horizon.interval_min)
    ordinary = _ordinary_demand(scenario, clocks)
    uplift = order_uplift(scenario.promo, horizon.start, horizon.intervals, horizon.interval_min)
    expected = ordinary * contact_uplift(uplift, scenario.contact_types)
    live = np.array([kind.channel is not Channel.TICKET for kind in scenario.contact_types])
    expected[np.ix_(~horizon.open_intervals(), live)] = 0.0
    work_s = np.tile([kind.work_s.mean_s for kind in scenario.contact_types], (horizon.intervals, 1))
    law = scenario.uncertainty
    if len(law.day_cv) != len(horizon.days):
        law = replace(law, day_cv=law.day_cv * len(horizon.days))
    return Forecast(horizon, tuple(kind.name for kind in scenario.contact_types), expected, work_s, law)


def sample_history(
    scenario: Scenario,
    *,
    seed: int,
    first_date: date,
    last_date: date,
    past_promotions: tuple[PromoEvent, ...] = (),
) -> pd.DataFrame:
    """Return a history that the scenario's shop could have kept, in the contract of ``check_history``.

    Contacts of all 24 hours are in it: one who comes when the shop is closed leaves a message. Rates are the ordinary
    ones, times the uplift of past promotions, each phase off its plan by a lognormal factor (``PHASE_CV``), times a
    lognormal factor of the date (the scenario's ``day_cv``); counts are Poisson. Same arguments, same bytes.

    Parameters
    ----------
    seed
        Seed of every draw.
    first_date, last_date
        Dates covered, both included.
    past_promotions
        Promotions; every phase inside the dates needs its ``uplift``.

    Returns
    -------
    DataFrame
        ``interval_start`` (in the scenario's zone, on its grid), ``contact_type``, ``offered``, ``aht_s`` (missing
        where nothing was offered), ``abandoned``; intervals without a contact are rows with 0.
    """
    if last_date < first_date:
        raise PlanningError("span_inverted", thing="History", field="last_date", value=last_date, start=first_date)
    step = scenario.horizon.interval_min
    start, end = (_midnight(day, scenario) for day in (first_date, last_date + timedelta(days=1)))
    clocks = _clocks(start, (end - start) // pd.Timedelta(minutes=step), step)
    uplift = order_uplift(_as_it_went(past_promotions, seed), start, len(clocks), step)
    rates = _ordinary_demand(scenario, clocks) * contact_uplift(uplift, scenario.contact_types)
    rates *= _day_factor(scenario, clocks, seed)[:, None]
    parts = [
        _sampled(kind, rates[:, column], uplift, clocks, seed) for column, kind in enumerate(scenario.contact_types)
    ]
    return check_history(pd.concat(parts, ignore_index=True))


def past_promotions(zone: str = "Asia/Shanghai") -> tuple[PromoEvent, ...]:
    """Return the sample calendar of past promotions: 618, 9.9, Double 11, Double 12 and others since June 2025."""
    return load_promotions(LIBRARY / "_promotions.toml", zone)


def _ordinary_demand(scenario: Scenario, clocks: pd.DatetimeIndex) -> FloatArray:
    """Return (T, K) expected contacts per interval of ``clocks`` on ordinary days.

    ``contacts_per_day`` is the mean over the ordinary week's open days of what comes during ordinary opening hours (of
    tickets: around the clock); at other hours the profile goes on at the same scale.
    """
    hours, weekdays = clocks.hour.to_numpy(), clocks.day_of_week.to_numpy()
    per_hour = 60 / scenario.horizon.interval_min
    demand = np.empty((len(clocks), len(scenario.contact_types)))
    for column, kind in enumerate(scenario.contact_types):
        weights = week_weights(scenario, kind)
        scale = kind.contacts_per_day / day_weight(weights, scenario.horizon.opening, kind)
        demand[:, column] = scale * weights[weekdays, hours]
    return demand / per_hour


def _clocks(start: datetime, intervals: int, step_min: int) -> pd.DatetimeIndex:
    """Return the local starts of ``intervals`` intervals from the aware ``start``, equally spaced in real time."""
    first = pd.Timestamp(start).tz_convert("UTC")
    return pd.date_range(first, periods=intervals, freq=pd.Timedelta(minutes=step_min)).tz_convert(start.tzinfo)


def _midnight(day: date, scenario: Scenario) -> pd.Timestamp:
    """Return the local midnight of ``day`` as an instant, so that differences are real time."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone_of(scenario.horizon.zone))
    return pd.Timestamp(local)


def _as_it_went(events: Iterable[PromoEvent], seed: int) -> tuple[PromoEvent, ...]:
    """Return the events with every phase's uplift strayed from its plan, each by a draw of its own."""
    spread = float(np.sqrt(np.log1p(PHASE_CV**2)))
    went = []
    for event in events:
        phases = []
        for phase in event.phases:
            normal = stream(seed, _PURPOSE, 0, f"{event.name}/{phase.name}/{phase.start.isoformat()}").standard_normal()
            factor = float(np.exp(spread * normal - spread**2 / 2))
            phases.append(replace(phase, uplift=None if phase.uplift is None else phase.uplift * factor))
        went.append(replace(event, phases=tuple(phases)))
    return tuple(went)


def _day_factor(scenario: Scenario, clocks: pd.DatetimeIndex, seed: int) -> FloatArray:
    """Return (T,) a lognormal factor of mean 1 for every local date."""
    spread = float(np.sqrt(np.log1p(scenario.uncertainty.day_cv[0] ** 2)))
    dates, which = np.unique(clocks.tz_localize(None).normalize().to_numpy(), return_inverse=True)
    normals = stream(seed, _PURPOSE, 0, "day").standard_normal(len(dates))
    factors: FloatArray = np.exp(spread * normals - spread**2 / 2)[which]
    return factors


def _sampled(
    kind: ContactType, rates: FloatArray, uplift: FloatArray, clocks: pd.DatetimeIndex, seed: int
) -> pd.DataFrame:
    """Return the rows of one contact type: counts, mean handling time and who gave up."""
    offered = stream(seed, _PURPOSE, 0, f"{kind.name}/offered").poisson(rates)
    waits = kind.channel is not Channel.TICKET
    given_up = np.minimum(ABANDONED_SHARE * np.maximum(uplift, 1.0), ABANDONED_SHARE_MAX) if waits else 0.0
    abandoned = stream(seed, _PURPOSE, 0, f"{kind.name}/abandoned").binomial(offered, given_up)
    cv = kind.work_s.cv
    shape = np.maximum(offered, 1) / cv**2  # the mean of n durations, by a gamma law of the same mean and variance
    mean = stream(seed, _PURPOSE, 0, f"{kind.name}/aht").standard_gamma(shape) / shape * kind.work_s.mean_s
    return pd.DataFrame(
        {
            "interval_start": clocks,
            "contact_type": kind.name,
            "offered": offered,
            "aht_s": np.where(offered > 0, np.round(mean, 1), np.nan),
            "abandoned": abandoned,
        }
    )
