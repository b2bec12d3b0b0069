"""Ordinary days against weekly naive, mean of eight and median of six on three real series; coverage; speed; memory.

Reference files: ``data/forecasting/{bank_calls_us_5min,nyc_taxi_30min,online_retail_uk_30min}.csv`` with local wall
clock ``ts``, ``series``, ``count``. Origins: the first after 56 calendar dates, then every third that has 28 left.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import (
    METHODS,
    Backtest,
    DayCalendar,
    Models,
    Span,
    backtest,
    count_paths,
    fill_quiet_intervals,
    load_calendar,
    make_forecast,
    regularise,
)
from forecasting.ordinary.baseline import fit_baseline
from forecasting.ordinary.days import Days
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
COVERAGE_ORIGINS = 26
SPEED_REPEATS = 5
MANY = 200
RATIOS = ("wape_ratio", "wape_over_mean8", "day1_ratio", "wql_ratio")


@dataclass(frozen=True, slots=True)
class Series:
    """One reference series: where it stands, its clock and its hours."""

    name: str
    file: str
    series: str
    zone: str
    country: str | None
    opening: Opening
    quiet_left_out: bool = False


def calendar_of(series: Series) -> DayCalendar | None:
    """Return the calendar its forecasts know; the gift shop sells on bank holidays as ever, and knows none."""
    return None if series.country is None else load_calendar(series.country)


def _daily(opens: int, closes: int, closed: tuple[int, ...] = ()) -> Opening:
    return Opening(tuple(None if day in closed else Hours(opens * 60, closes) for day in range(7)))


ALL = (
    Series("bank", "bank_calls_us_5min.csv", "bank_us_2003", "America/New_York", "US", _daily(7, 21 * 60, (5, 6))),
    Series("taxi", "nyc_taxi_30min.csv", "nyc_taxi", "America/New_York", "US", _daily(0, 24 * 60)),
    Series("retail", "online_retail_uk_30min.csv", "uk_online_retail_orders", "Europe/London", None,
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
    models = Models()  # what is said of a past serves every date after it
    for first in dates:
        scenario = scenario_of(series, first)
        forecast = make_forecast(history, scenario, calendar=calendar_of(series), models=models)
        paths = count_paths(forecast, replications=PATHS, seed=1)[:, :, 0]
        actual = _actual(history, scenario.horizon)
        rng = np.random.default_rng(1)
        for block, size in (("interval", 1), ("2h", 4), ("day", 48)):
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
                inside.setdefault(f"cov{share:.0%}_{series.name}_{block}".replace("%", ""), []).append(hit)
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

    @property
    def expected(self) -> Mapping[str, tuple[float, float]]:
        """What must hold on every machine; the two ratios to the mean of eight bind where files are short."""
        most = {
            "wape_ratio_bank30": 0.79, "wape_ratio_retail30": 0.78, "day1_ratio_bank30": 0.73, "wql_ratio_bank30": 0.80,
            "wape_over_mean8_bank30": 0.95, "wape_over_mean8_taxi30": 0.965,
        }  # fmt: skip
        most |= {f"{name}_gbm": value for name, value in most.items()}
        covered = {f"cov80_bank_{block}": (0.75, 0.85) for block in ("interval", "2h", "day")}
        return {name: (0.0, value) for name, value in most.items()} | covered

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure WAPE and quantile loss ratios, coverage, seconds of one forecast and of its parts, and memory."""
        figures: dict[str, float] = {}
        report(f"{'series':8} {'method':14} {'WAPE':>7} {'/naive':>7} {'/mean8':>7} {'day 1':>7} {'wQL':>7}   (ratios)")
        for series in ALL:
            history = read(reference / "data" / "forecasting", series)
            test, boosted = (
                backtest(
                    history, zone=series.zone, opening=series.opening, calendar=calendar_of(series),
                    span=Span(lead_days=LEAD_DAYS), models=Models(boosted=boost),
                )
                for boost in (False, True)
            )  # fmt: skip
            for method in METHODS:
                row = _ratios(test, method)
                report(f"{series.name:8} {method:14} {test.wape(method):7.4f} " + " ".join(f"{v:7.3f}" for v in row))
                if method != METHODS[0]:
                    figures[f"wape_ratio_{series.name}30_{method}"] = row[0]
            for ending, found in (("", test), ("_gbm", boosted)):
                row = _ratios(found, METHODS[0])
                figures |= {f"{n}_{series.name}30{ending}": v for n, v in zip(RATIOS, row, strict=True)}
            wape = boosted.wape(METHODS[0])
            report(f"{series.name:8} {'with LightGBM':14} {wape:7.4f} " + " ".join(f"{v:7.3f}" for v in row))
            step = max(len(test.origins) // COVERAGE_ORIGINS, 1)
            covered = coverage(series, history, list(test.origins[::step]))
            report("  " + "  ".join(f"{name} {value:.3f}" for name, value in covered.items()))
            figures |= covered
        speed = _speed(reference)
        report("  " + "  ".join(f"{name} {value:.3f}" for name, value in speed.items()))
        return figures | speed


def _ratios(test: Backtest, method: str) -> tuple[float, float, float, float]:
    """Return WAPE over weekly naive and over mean of eight, WAPE of day 1 and wQL over weekly naive."""
    return (
        test.wape(method) / test.wape("weekly_naive"),
        test.wape(method) / test.wape("mean_of_8"),
        test.wape(method, scope="d1") / test.wape("weekly_naive", scope="d1"),
        test.wql(method) / test.wql("weekly_naive"),
    )


def _speed(reference: Path) -> dict[str, float]:
    """Return seconds per series of learning the weights, of predicting once they are known, and of a thousand paths."""
    series = ALL[1]
    history = read(reference / "data" / "forecasting", series)
    last = history["interval_start"].iloc[-1].date()
    scenario = scenario_of(series, last + timedelta(days=1))
    forecast = make_forecast(history, scenario)
    grid = regularise(history, zone=series.zone, interval_min=INTERVAL_MIN)
    days = Days.of(grid.counts[:, :, 0], grid.weekdays(), grid.first_date)
    leads = np.arange(1, LEAD_DAYS + 1)
    learnt, predicted, whole, draws = [], [], [], []
    for _ in range(SPEED_REPEATS):
        start = time.perf_counter()
        baseline = fit_baseline(days)
        learnt.append(time.perf_counter() - start)
        start = time.perf_counter()
        baseline.ahead(leads)
        predicted.append(time.perf_counter() - start)
        start = time.perf_counter()
        make_forecast(history, scenario)
        whole.append(time.perf_counter() - start)
        start = time.perf_counter()
        count_paths(forecast, replications=1000, seed=1)
        draws.append(time.perf_counter() - start)
    seconds = {"weights_s": learnt, "fit_predict_s": predicted, "make_forecast_s": whole, "paths_1000_s": draws}
    return {name: float(np.median(values)) for name, values in seconds.items()} | _many(history)


def _many(history: pd.DataFrame) -> dict[str, float]:
    """Return seconds and peak memory of forecasting ``MANY`` series in processes of their own, two at a time."""
    table = history.assign(interval_start=history["interval_start"].dt.tz_convert("UTC"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.pkl"
        table.to_pickle(path)
        command = [sys.executable, str(Path(__file__).with_name("many_series.py")), str(path), str(MANY // 2)]
        start = time.perf_counter()
        running = [subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True) for number in range(2)]
        told = [float(process.communicate()[0]) for process in running]
        return {"series_200_s": time.perf_counter() - start, "peak_memory_mb": max(told)}


PART = BaselinePart()
