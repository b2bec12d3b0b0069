"""Histories of handling work whose truth is known: drift, hours, promotions, newcomers. Seeded; nothing is measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios import (
    Channel,
    ContactType,
    Law,
    LawKind,
    Messages,
    PromoEvent,
    PromoPhase,
)

ZONE = "Asia/Shanghai"
FIRST = datetime(2025, 1, 6, tzinfo=ZoneInfo(ZONE))
INTERVAL_MIN = 30
_PER_DAY = 48
_HOURS = np.array([0.2] * 8 + [1, 2, 3, 3, 2.5, 2.5, 3, 3, 3, 2.5, 2, 3, 4, 4, 2.5, 1])
_REPLY = Law(LawKind.LOGNORMAL, 28.0, 0.8)
CHAT = ContactType(
    "chat", Channel.CHAT, Law(LawKind.LOGNORMAL, 8.0 + 4.0 * 28.0, 0.8),
    messages=Messages(5.0, Law(LawKind.LOGNORMAL, 8.0, 0.8), _REPLY, Law(LawKind.EXPONENTIAL, 40.0)),
)  # fmt: skip
CALL = ContactType("call", Channel.VOICE, Law(LawKind.LOGNORMAL, 240.0, 0.8))


@dataclass(frozen=True, slots=True)
class WorkBed:
    """One made-up floor.

    Parameters
    ----------
    contacts_per_day
        Of an ordinary day.
    drift
        Relative deviation of the level's daily step.
    learning
        Relative change of the level per day: a team that gets better, or a process that gets longer.
    steps
        New processes that change the level at once, on random days.
    hour_effect, weekday_effect
        Deviation of the logs of the factors of hours and weekdays.
    promo_effect
        Log factor of work at the height of a promotion; a third of it in the aftermath.
    stray
        Deviation of a single interval's mean beyond its contacts' luck; half of it for whole days.
    forgotten
        Share of intervals in which a session of several hours stayed open.
    newcomers
        Largest share of contacts handled by newcomers, who take 1.4 times as long; it waxes and wanes over 90 days and
        is largest at night.
    """

    name: str
    kind: ContactType = CALL
    contacts_per_day: float = 600.0
    drift: float = 0.004
    learning: float = 0.0
    steps: int = 0
    hour_effect: float = 0.08
    weekday_effect: float = 0.02
    promo_effect: float = 0.15
    stray: float = 0.03
    forgotten: float = 0.0
    newcomers: float = 0.0


BEDS = (
    WorkBed("steady", drift=0.0),
    WorkBed("drifting", drift=0.008),
    WorkBed("learning", learning=-0.0015, hour_effect=0.05),
    WorkBed("new process", steps=3),
    WorkBed("few contacts", contacts_per_day=40.0),
    WorkBed("forgotten", forgotten=0.004),
    WorkBed("newcomers", newcomers=0.4),
    WorkBed("chat", kind=CHAT, contacts_per_day=1500.0),
)


def promotions(days: int) -> tuple[PromoEvent, ...]:
    """Return an event every seven weeks, at phase dates that move: presale of two days, peak of one."""
    events = []
    for number, day in enumerate(range(40, days - 3, 49)):
        start = FIRST + timedelta(days=day + number % 3, hours=20)
        peak = start + timedelta(days=2)
        phases = (PromoPhase("presale", start, peak, 1.5), PromoPhase("peak", peak, peak + timedelta(hours=28), 3.0))
        events.append(PromoEvent(f"event {number}", phases))
    return tuple(events)


def history_of(bed: WorkBed, days: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the history and the truth: ``work_s``, ``rounds`` of every row without any luck.

    Chat has ``rounds`` and ``work_per_message_s``, which move for themselves; other types ``aht_s``.
    """
    rng = np.random.default_rng(seed)
    start = pd.date_range(FIRST, periods=days * _PER_DAY, freq=f"{INTERVAL_MIN}min")
    day, hour = np.arange(len(start)) // _PER_DAY, start.hour.to_numpy()
    weekday = start.day_of_week.to_numpy()
    lift, strain = _promotion(bed, start, days)
    rate = bed.contacts_per_day * _HOURS[hour] / _HOURS.sum() / 2 * lift
    offered = rng.poisson(rate).astype(np.float64)
    level = np.exp(_level(bed, days, rng))[day]
    usual = level * np.exp(rng.normal(0, bed.hour_effect, 24)[hour] + rng.normal(0, bed.weekday_effect, 7)[weekday])
    share = bed.newcomers * (0.5 + 0.5 * np.sin(2 * np.pi * day / 90)) * np.where((hour < 9) | (hour > 20), 1.0, 0.5)
    true_s = bed.kind.work_s.mean_s * usual * np.exp(strain) * (1 + 0.4 * share)
    stray = rng.normal(0, bed.stray, len(start)) + rng.normal(0, bed.stray / 2, days)[day]
    counted = np.maximum(offered, 1.0)
    luck = rng.standard_gamma(counted / bed.kind.work_s.cv**2) / counted * bed.kind.work_s.cv**2
    seen_s = true_s * np.exp(stray - bed.stray**2 * 0.625) * luck
    seen_s = (
        seen_s + np.where(rng.random(len(start)) < bed.forgotten, rng.uniform(3600, 28800, len(start)), 0) / counted
    )
    history = pd.DataFrame({"interval_start": start, "contact_type": bed.kind.name, "offered": offered})
    truth = pd.DataFrame({"work_s": true_s, "rounds": np.nan})
    known = offered > 0
    if bed.kind.messages is None:
        return history.assign(aht_s=np.where(known, seen_s, np.nan)), truth
    mean = bed.kind.messages.rounds_mean * np.exp(
        _level(bed, days, rng)[day] + rng.normal(0, 0.06, 24)[hour] + strain / 2
    )
    mean = np.maximum(mean, 1.2)
    more = rng.negative_binomial(counted, 1.0 / mean)  # geometric numbers, less one each
    rounds = 1.0 + more / counted
    truth["rounds"] = mean
    told = {"rounds": rounds, "work_per_message_s": seen_s / mean}
    return history.assign(**{name: np.where(known, value, np.nan) for name, value in told.items()}), truth


def _level(bed: WorkBed, days: int, rng: np.random.Generator) -> np.ndarray:
    level = np.cumsum(rng.normal(0, bed.drift, days)) + bed.learning * np.arange(days)
    for day in rng.integers(60, max(days - 10, 61), bed.steps):
        level[day:] += rng.choice([-1.0, 1.0]) * rng.uniform(0.06, 0.12)
    return level


def _promotion(bed: WorkBed, start: pd.DatetimeIndex, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows,) the uplift of contacts and the log of what promotions do to work."""
    lift, strain = np.ones(len(start)), np.zeros(len(start))
    for event in promotions(days):
        for phase, share in zip(event.phases, (0.4, 1.0), strict=True):
            inside = (start >= pd.Timestamp(phase.start)) & (start < pd.Timestamp(phase.end))
            lift[inside], strain[inside] = phase.uplift or 1.0, bed.promo_effect * share
        end = pd.Timestamp(event.phases[-1].end)
        after = (start >= end) & (start < end + pd.Timedelta(hours=72))
        strain[after] = bed.promo_effect / 3
    return lift, strain
