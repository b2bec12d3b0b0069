"""Sightings with a known uplift, and shops of three years whose promotions are known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from forecasting.events.sightings import HOUR_EDGES, MIDNIGHT_EDGES, Sighting
from scenarios import PromoEvent, PromoPhase

ZONE = "Asia/Shanghai"
HALF_HOURS = 48
FIRST, LAST = "2023-01-01", "2025-12-31 23:30"
NIGHT_AND_DAY = np.interp(
    np.arange(HALF_HOURS) / 2, [0, 1, 7, 8, 11, 14, 18, 21, 23, 24], [0.3, 0.1, 0.1, 0.5, 1.8, 1.4, 0.9, 2.5, 1.2, 0.3]
)
# Event, phase: month and day, hours, height, burst of the start, burst of midnight.
PHASES = {
    ("nian", "wave"): ("01-15", 76, 1.7, 0.6, 0.0),
    ("38", "wave"): ("03-05", 76, 1.6, 0.6, 0.0),
    ("618", "presale"): ("05-20", 48, 1.8, 0.8, 0.0),
    ("618", "wave"): ("05-26", 76, 2.2, 2.5, 0.6),
    ("618", "peak"): ("06-15", 76, 2.8, 3.0, 1.2),
    ("99", "wave"): ("09-06", 76, 1.6, 0.5, 0.0),
    ("d11", "presale"): ("10-16", 96, 1.7, 0.8, 0.0),
    ("d11", "wave"): ("10-23", 76, 2.4, 3.0, 0.6),
    ("d11", "peak"): ("11-10", 28, 4.0, 5.0, 2.5),
    ("1212", "peak"): ("12-11", 28, 2.0, 1.0, 1.0),
}


@dataclass(frozen=True)
class World:
    """A shop: its history, the calendar of its promotions, and the rate that a perfect forecaster would have said."""

    history: pd.DataFrame
    events: tuple[PromoEvent, ...]
    rate: np.ndarray


@pytest.fixture(scope="session")
def sighted() -> Callable[..., Sighting]:
    """Return a maker of sightings: what multiplies the ordinary contacts of a half-hour, by hours since the start."""

    def make(event, uplift, *, key=("peak", False), hours=168.0, midnight_h=None, ordinary=1e4):
        shape = (len(HOUR_EDGES), len(MIDNIGHT_EDGES))
        usual, came = np.zeros(shape), np.zeros(shape)
        middle = np.arange(0.25, hours, 0.5)
        row = np.searchsorted(HOUR_EDGES, middle, side="right") - 1
        since_midnight = middle - (np.inf if midnight_h is None else midnight_h)
        night = np.searchsorted(MIDNIGHT_EDGES, since_midnight, side="right") % len(MIDNIGHT_EDGES)
        np.add.at(usual, (row, night), ordinary)
        np.add.at(came, (row, night), [ordinary * (uplift(hour) if callable(uplift) else uplift) for hour in middle])
        return Sighting(event, key, came, usual)

    return make


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Return a maker of shops with growth, a season, days that stray, promotions whose dates and heights change."""

    def make(seed, *, moved_days=(-8, 8), year_cv=0.12, day_cv=0.05, growth=0.15, dip=0.12):
        rng, dates = np.random.default_rng(seed), np.random.default_rng([seed, 1])  # same shop whatever moves
        start = pd.date_range(FIRST, LAST, freq="30min", tz=ZONE)
        years = np.arange(len(start)) / HALF_HOURS / 365
        day = np.arange(len(start)) // HALF_HOURS
        rate = 28 * (1 + growth) ** years * (1 + 0.06 * np.sin(2 * np.pi * years))
        rate = rate * NIGHT_AND_DAY[np.arange(len(start)) % HALF_HOURS]
        rate = rate * np.exp(day_cv * rng.standard_normal(day[-1] + 1) - day_cv**2 / 2)[day]
        lift = np.ones(len(start))
        events = []
        for year in (2023, 2024, 2025):
            moved = {event: int(dates.integers(*moved_days, endpoint=True)) for event, _ in PHASES}
            phases: dict[str, list[PromoPhase]] = {}
            for (event, name), (day_of_year, hours, height, burst, midnight) in PHASES.items():
                days = 0 if name == "peak" else moved[event]
                begin = pd.Timestamp(f"{year}-{day_of_year} 20:00", tz=ZONE) + pd.Timedelta(days=days)
                phases.setdefault(event, []).append(
                    PromoPhase(name, begin.to_pydatetime(), (begin + pd.Timedelta(hours=hours)).to_pydatetime())
                )
                first = int((begin - start[0]) / pd.Timedelta("30min"))
                since = np.arange(2 * hours) / 2 + 0.25
                curve = height * (0.75 + 0.5 * np.exp(-since / 30) + burst / 2 * np.exp(-since / 1.3))
                curve += height * midnight / 2 * np.where(since > 4, np.exp(-np.maximum(since - 4, 0)), 0)
                end = first + 2 * hours
                after = slice(end, end + 8 * HALF_HOURS)
                fading = 1 - dip * np.exp(-np.arange(len(lift[after])) / HALF_HOURS / 2)
                lift[after] = np.where(lift[after] == 1, fading, lift[after])
                lift[first:end] = curve * np.exp(year_cv * rng.standard_normal() - year_cv**2 / 2)
            events += [PromoEvent(event, tuple(mine)) for event, mine in phases.items()]
        offered = rng.poisson(rate * lift).astype(float)
        history = pd.DataFrame({"interval_start": start, "contact_type": "call", "offered": offered})
        return World(history, tuple(events), rate * lift)

    return make
