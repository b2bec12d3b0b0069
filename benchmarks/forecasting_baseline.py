"""Baseline against weekly naive and mean of eight on three real series, its coverage and its speed.

Reference files: ``data/forecasting/{bank_calls_us_5min,nyc_taxi_30min,online_retail_uk_30min}.csv`` with local wall
clock ``ts``, ``series``, ``count``. Origins: the first after 56 calendar dates, then every third that has 28 left.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import Span, backtest, count_paths, fill_quiet_intervals, make_forecast
from scenarios import (
    Channel,
    ContactType,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Route,
    RouteStep,
    Scenario,
    Serve,
)

INTERVAL_MIN = 30
LEAD_DAYS = 28
PATHS = 400
COVERAGE_ORIGINS = 8
SPEED_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One reference series: where it stands, its clock and its hours."""

    name: str
    file: str
    series: str
    zone: str
    opening: Opening
    quiet_left_out: bool = False


def _daily(opens: int, closes: int, closed: tuple[int, ...] = ()) -> Opening:
    return Opening(tuple(None if day in closed else Hours(opens * 60, closes) for day in range(7)))


ALL = (
    Series("bank", "bank_calls_us_5min.csv", "bank_us_2003", "America/New_York", _daily(7, 21 * 60, (5, 6))),
    Series("taxi", "nyc_taxi_30min.csv", "nyc_taxi", "America/New_York", _daily(0, 24 * 60)),
    Series("retail", "online_retail_uk_30min.csv", "uk_online_retail_orders", "Europe/London",
           _daily(6, 20 * 60 + 30, (5,)), quiet_left_out=True),
)  # fmt: skip


def read(folder: Path, series: Series) -> pd.DataFrame:
    """Return one reference series as a history."""
    table = pd.read_csv(folder / series.file, parse_dates=["ts"])
    table = table[table["series"] == series.series]
    # An hour that the clock skips or shows twice has one row in these files: it is left out.
    start = table["ts"].dt.tz_localize(series.zone, ambiguous="NaT", nonexistent="NaT")
    history = pd.DataFrame(
        {"interval_start": start, "contact_type": "calls", "offered": table["count"].astype(float)}
    ).dropna()
    if series.quiet_left_out:
        history = fill_quiet_intervals(history, zone=series.zone, opening=series.opening, interval_min=INTERVAL_MIN)
    return history.reset_index(drop=True)


def scenario_of(series: Series, first: date, dates: int = LEAD_DAYS) -> Scenario:
    """Return the least scenario that asks for a forecast of ``series``."""
    work = Law(LawKind.EXPONENTIAL, 240.0)
    return Scenario(
        name=series.name,
        horizon=Horizon(first, dates, INTERVAL_MIN, series.zone, series.opening),
        contact_types=(ContactType("calls", Channel.VOICE, work),),
        groups=(Group("floor", (), (Serve("calls"),)),),
        routes=(Route("calls", (RouteStep("floor"),)),),
        targets=(), contracts=(), shift_templates=(), agents=(),
    )  # fmt: skip


def coverage(series: Series, history: pd.DataFrame, dates: list[date]) -> dict[str, float]:
    """Return how often actual interval, two-hour and day counts fall inside the sampled 80 % and 90 % bands."""
    inside: dict[str, list[np.ndarray]] = {}
    for first in dates:
        scenario = scenario_of(series, first)
        forecast = make_forecast(history, scenario)
        paths = count_paths(forecast, replications=PATHS, seed=1)[:, :, 0]
        actual = _actual(history, scenario.horizon)
        rng = np.random.default_rng(1)
        for block, size in (("interval", 1), ("two_hours", 4), ("day", 48)):
            whole = len(actual) // size * size
            sums = paths[:, :whole].reshape(PATHS, -1, size)
            known = np.isfinite(actual[:whole]).reshape(-1, size)
            found = np.where(known, np.nan_to_num(actual[:whole]).reshape(-1, size), 0).sum(axis=1)
            drawn = (sums * known).sum(axis=2)
            # Randomised ranks: counts tie.
            below, equal = (drawn < found).mean(axis=0), (drawn == found).mean(axis=0)
            rank = below + equal * rng.random(len(found))
            asked = known.any(axis=1) & (drawn.max(axis=0) > 0)
            for share in (0.8, 0.9):
                hit = np.abs(rank[asked] - 0.5) <= share / 2
                inside.setdefault(f"{series.name}_coverage_{block}_{share:.0%}".rstrip("%"), []).append(hit)
    return {name: float(np.concatenate(hits).mean()) for name, hits in inside.items()}


def _actual(history: pd.DataFrame, horizon: Horizon) -> np.ndarray:
    """Return (T,) actual contacts, ``nan`` where closed or unknown."""
    start = pd.Timestamp(horizon.start)
    later = history[history["interval_start"] >= start]
    number = ((later["interval_start"] - start) // pd.Timedelta(minutes=INTERVAL_MIN)).to_numpy()
    mine = number < horizon.intervals
    actual = np.zeros(horizon.intervals)
    np.add.at(actual, number[mine], later["offered"].to_numpy()[mine])
    seen = np.zeros(horizon.intervals, dtype=np.bool_)
    seen[number[mine]] = True
    return np.where(seen & horizon.open_intervals(), actual, np.nan)


@dataclass(frozen=True, slots=True)
class BaselinePart:
    """The benchmark of ordinary days."""

    name: str = "baseline"
    room: str = "forecasting"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure WAPE ratios, coverage, and the seconds of one forecast and of a thousand paths."""
        figures: dict[str, float] = {}
        report(f"{'series':8} {'method':14} {'WAPE':>7} {'/naive':>7} {'day 1':>7} {'/naive':>7}")
        for series in ALL:
            history = read(reference / "data" / "forecasting", series)
            test = backtest(history, zone=series.zone, opening=series.opening, span=Span(lead_days=LEAD_DAYS))
            for method in ("springtide", "weekly_naive", "mean_of_8"):
                wape, day1 = test.wape(method), test.wape(method, scope="d1")
                over = wape / test.wape("weekly_naive")
                day1_over = day1 / test.wape("weekly_naive", scope="d1")
                report(f"{series.name:8} {method:14} {wape:7.4f} {over:7.3f} {day1:7.4f} {day1_over:7.3f}")
                short = "" if method == "springtide" else f"{method}_"
                figures[f"{series.name}_{short}wape"] = wape
                figures[f"{series.name}_{short}over_naive"] = over
                figures[f"{series.name}_{short}day1_over_naive"] = day1_over
            step = max(len(test.origins) // COVERAGE_ORIGINS, 1)
            covered = coverage(series, history, list(test.origins[::step]))
            report("  " + "  ".join(f"{name.split('coverage_')[1]} {value:.3f}" for name, value in covered.items()))
            figures |= covered
        return figures | self._speed(reference)

    def _speed(self, reference: Path) -> dict[str, float]:
        series = ALL[1]
        history = read(reference / "data" / "forecasting", series)
        last = history["interval_start"].iloc[-1].date()
        scenario = scenario_of(series, last + timedelta(days=1))
        forecast = make_forecast(history, scenario)
        fits, draws = [], []
        for _ in range(SPEED_REPEATS):
            start = time.perf_counter()
            make_forecast(history, scenario)
            fits.append(time.perf_counter() - start)
            start = time.perf_counter()
            count_paths(forecast, replications=1000, seed=1)
            draws.append(time.perf_counter() - start)
        return {"fit_predict_s": float(np.median(fits)), "thousand_paths_s": float(np.median(draws))}


PART = BaselinePart()
