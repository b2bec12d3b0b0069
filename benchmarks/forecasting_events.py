"""Promotions two weeks ahead on a simulated shop of three years, with and without a marketing plan, against rivals.

Reference file: ``data/forecasting/simulated_promo_contacts_30min.csv`` with local wall clock ``ts``, ``presale`` and
``event`` (``EVENT|YEAR|PHASE`` while a phase runs). Every day of two seasons is forecast from what was known up to the
midnight 14 days before it, and from the dates of the phases to come.

The file has no marketing plan. One is made from the truth: per phase the contacts that came over the ordinary ones (of
a fit that sees the whole history), times a lognormal error of 7 %. It is blended with what the past says
(``PlanKind.EXPECTED``).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import Models, count_paths, make_forecast, regularise
from forecasting.events.timeline import epoch_us
from forecasting.learning import learn
from scenarios import (
    Channel,
    ContactType,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanKind,
    PromoEvent,
    PromoPhase,
    Route,
    RouteStep,
    Scenario,
    Serve,
)

ZONE = "Asia/Shanghai"
FILE = "simulated_promo_contacts_30min.csv"
SEASONS = ((date(2025, 5, 13), date(2025, 6, 28)), (date(2025, 10, 15), date(2025, 11, 30)))
LEAD_DAYS = 14
HORIZON_DATES = LEAD_DAYS + 6  # a phase that begins on the day scored ends inside
INTERVAL_MIN = 30
SLOTS = 48
DAY = slice(LEAD_DAYS * SLOTS, (LEAD_DAYS + 1) * SLOTS)
FIRST_HOURS = 2
PLAN_ERROR = 0.07
PATHS = 300
US_PER_INTERVAL = INTERVAL_MIN * 60_000_000


def read(path: Path) -> tuple[pd.DataFrame, tuple[PromoEvent, ...]]:
    """Return the pre-sale chats as a history, and the calendar of the phases."""
    table = pd.read_csv(path, parse_dates=["ts"])
    table["ts"] = table["ts"].dt.tz_localize(ZONE)
    history = pd.DataFrame(
        {"interval_start": table["ts"], "contact_type": "presale", "offered": table["presale"].astype(float)}
    )
    return history, calendar(table)


def calendar(table: pd.DataFrame) -> tuple[PromoEvent, ...]:
    """Return the phases that the column ``event`` names, by event and year."""
    phases: dict[tuple[str, str], list[PromoPhase]] = {}
    spans = table.dropna(subset=["event"]).groupby("event")["ts"].agg(["min", "max"]).sort_values("min")
    for label, (first, last) in zip(spans.index, spans.to_numpy(), strict=True):
        event, year, phase = str(label).split("|")
        end = (last + pd.Timedelta(minutes=INTERVAL_MIN)).to_pydatetime()
        phases.setdefault((event, year), []).append(PromoPhase(phase, first.to_pydatetime(), end))
    return tuple(PromoEvent(event, tuple(mine)) for (event, _), mine in phases.items())


def scenario_of(first: date, promo: tuple[PromoEvent, ...]) -> Scenario:
    """Return the least scenario that asks for the day ``LEAD_DAYS`` after ``first``."""
    return Scenario(
        name="promotions",
        horizon=Horizon(first, HORIZON_DATES, INTERVAL_MIN, ZONE, Opening((Hours(0, 1440),) * 7)),
        contact_types=(ContactType("presale", Channel.CHAT, Law(LawKind.EXPONENTIAL, 180.0)),),
        groups=(Group("floor", (), (Serve("presale"),)),),
        routes=(Route("presale", (RouteStep("floor"),)),),
        targets=(), contracts=(), shift_templates=(), agents=(), promo=promo,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop's days: (N, 48) contacts of every date, which cells lie in a phase and which in its first hours."""

    history: pd.DataFrame
    events: tuple[PromoEvent, ...]
    first_date: date
    counts: np.ndarray
    in_phase: np.ndarray
    in_first_hours: np.ndarray
    ordinary: np.ndarray

    def row(self, day: date) -> int:
        """Return the row of a date."""
        return (day - self.first_date).days

    def uplift(self, phase: PromoPhase) -> float:
        """Return what truly came in a phase over what is ordinary."""
        cells = _cells(self.first_date, self.counts.shape, phase)
        return float(self.counts[cells].sum() / self.ordinary[cells].sum())


def _cells(first_date: date, shape: tuple[int, ...], phase: PromoPhase, hours: float | None = None) -> np.ndarray:
    origin = epoch_us(pd.Timestamp(first_date, tz=ZONE).to_pydatetime())
    start_us = origin + np.arange(shape[0] * shape[1]).reshape(shape) * US_PER_INTERVAL
    begin = epoch_us(phase.start)
    end = epoch_us(phase.end) if hours is None else begin + int(hours * 3_600_000_000)
    return (start_us >= begin) & (start_us < end)


def shop_of(history: pd.DataFrame, events: tuple[PromoEvent, ...]) -> Shop:
    """Return the shop behind a history of one contact type on whole days."""
    grid = regularise(history, zone=ZONE, interval_min=INTERVAL_MIN)
    counts = grid.counts[:, :, 0]
    phases = [phase for event in events for phase in event.phases]
    in_phase = np.any([_cells(grid.first_date, counts.shape, phase) for phase in phases], axis=0)
    first = in_phase & np.any([_cells(grid.first_date, counts.shape, phase, FIRST_HOURS) for phase in phases], axis=0)
    ordinary = learn(grid, events).baselines[0].inside()
    return Shop(history, events, grid.first_date, counts, in_phase, first, ordinary)


def planned_events(shop: Shop, seed: int = 1) -> tuple[PromoEvent, ...]:
    """Return the calendar with the noisy marketing plan."""
    rng = np.random.default_rng(seed)
    return tuple(
        replace(event, phases=tuple(
            replace(phase, uplift=shop.uplift(phase) * float(np.exp(PLAN_ERROR * rng.standard_normal())),
                    uplift_cv=PLAN_ERROR, plan=PlanKind.EXPECTED)
            for phase in event.phases
        ))
        for event in shop.events
    )  # fmt: skip


def split(events: Sequence[PromoEvent], first: date) -> tuple[tuple[PromoEvent, ...], tuple[PromoEvent, ...]]:
    """Return the phases that began before ``first``, and those that begin from then on up to the day that is scored."""
    start = pd.Timestamp(first, tz=ZONE).to_pydatetime()
    past = tuple(replace(e, phases=tuple(p for p in e.phases if p.start < start)) for e in events)
    end = start + timedelta(days=LEAD_DAYS + 1)
    coming = tuple(replace(e, phases=tuple(p for p in e.phases if start <= p.start < end)) for e in events)
    return tuple(e for e in past if e.phases), tuple(e for e in coming if e.phases)


@dataclass(frozen=True, slots=True)
class Forecasts:
    """(N, 48) expected contacts of the days asked, and (N, PATHS, 48) sampled ones."""

    expected: np.ndarray
    paths: np.ndarray


def ours(
    shop: Shop, days: Sequence[date], events: tuple[PromoEvent, ...], *, knowing: bool = True, boosted: bool = False
) -> Forecasts:
    """Return each day's forecast; not ``knowing``, past phases are masked and coming ones unknown."""
    expected, paths = [], []
    models = Models(boosted=boosted)  # what is said of a past serves every day after it
    for day in days:
        first = day - timedelta(days=LEAD_DAYS)
        past, coming = split(events, first)
        until = shop.history["interval_start"] < pd.Timestamp(first, tz=ZONE)
        scenario = scenario_of(first, coming if knowing else ())
        forecast = make_forecast(shop.history[until], scenario, past_promotions=past, models=models)
        expected.append(forecast.expected[DAY, 0])
        paths.append(count_paths(forecast, replications=PATHS, seed=1)[:, DAY, 0])
    return Forecasts(np.array(expected), np.array(paths))


def rivals(shop: Shop, days: Sequence[date]) -> dict[str, np.ndarray]:
    """Return what simple methods say, knowing the same past."""
    rows = [shop.row(day) for day in days]
    known = [row - LEAD_DAYS for row in rows]  # first row that is not known
    weeks = {n: [[row - 7 * (3 + k) for k in range(n)] for row in rows] for n in (1, 4)}
    growth = [shop.counts[k - 28 : k].sum() / shop.counts[k - 28 - 364 : k - 364].sum() for k in known]
    year_ago = [shop.row(day.replace(year=day.year - 1)) for day in days]
    return {
        "weekly_naive": shop.counts[weeks[1]].mean(axis=1),
        "mean_of_4": shop.counts[weeks[4]].mean(axis=1),
        "last_year_x_growth": shop.counts[year_ago] * np.array(growth)[:, None],
    }


def scores(shop: Shop, days: Sequence[date], said: np.ndarray) -> dict[str, float]:
    """Return WAPE and bias by kind of cell."""
    rows = [shop.row(day) for day in days]
    came, phase, first = shop.counts[rows], shop.in_phase[rows], shop.in_first_hours[rows]
    eventful = np.repeat(np.any(phase, axis=1, keepdims=True), SLOTS, axis=1)
    kinds = {
        "all": np.ones_like(phase),
        "event": phase,
        "event_days": eventful,
        "ordinary": ~eventful,
        "first2h": first,
    }
    out = {name: float(np.abs(said - came)[mine].sum() / came[mine].sum()) for name, mine in kinds.items()}
    return out | {
        f"bias_{name}": float(said[kinds[name]].sum() / came[kinds[name]].sum() - 1) for name in ("event", "ordinary")
    }


def coverage(shop: Shop, days: Sequence[date], paths: np.ndarray, share: float = 0.8) -> dict[str, float]:
    """Return how often intervals, two hours and totals of days fall into the band of ``share``: all, event, others."""
    rows = np.array([shop.row(day) for day in days])
    eventful = np.asarray(shop.in_phase[rows].any(axis=1))
    rng = np.random.default_rng(1)
    out: dict[str, float] = {}
    for kind, chosen in (("", eventful | True), ("event_", eventful), ("ordinary_", ~eventful)):
        for block, size in (("interval", 1), ("2h", 4), ("day", SLOTS)):
            drawn = paths[chosen].reshape(chosen.sum(), PATHS, -1, size).sum(axis=3)
            found = shop.counts[rows[chosen]].reshape(chosen.sum(), 1, -1, size).sum(axis=3)
            below, equal = (drawn < found).mean(axis=1), (drawn == found).mean(axis=1)
            rank = below + equal * rng.random(below.shape)  # randomised ranks: counts tie
            out[f"{kind}{block}"] = float((np.abs(rank - 0.5) <= share / 2).mean())
    return out


def season_days() -> list[date]:
    """Return the days that are scored."""
    return [first + timedelta(days=n) for first, last in SEASONS for n in range((last - first).days + 1)]


COLUMNS = ("all", "event", "event_days", "ordinary", "first2h", "bias_event", "bias_ordinary")


@dataclass(frozen=True, slots=True)
class EventsPart:
    """The benchmark of promotions."""

    name: str = "events"
    room: str = "forecasting"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure WAPE on event intervals, in the first hours of phases and elsewhere; coverage; seconds."""
        shop = shop_of(*read(reference / "data" / "forecasting" / FILE))
        days = season_days()
        start = time.perf_counter()
        plain = ours(shop, days, shop.events)
        seconds = (time.perf_counter() - start) / len(days)
        plan = ours(shop, days, planned_events(shop))
        methods = rivals(shop, days) | {
            "masked_baseline": ours(shop, days, shop.events, knowing=False).expected,
            "springtide": plain.expected,
            "springtide + plan": plan.expected,
            "with LightGBM": ours(shop, days, shop.events, boosted=True).expected,
        }
        report(f"{'method':20}" + "".join(f"{column:>14}" for column in COLUMNS))
        table = {name: scores(shop, days, said) for name, said in methods.items()}
        for name, row in table.items():
            report(f"{name:20}" + "".join(f"{row[column]:14.3f}" for column in COLUMNS))
        report(f"plan: true uplift of each phase x lognormal error of {PLAN_ERROR:.0%}, blended with the past")
        covered = {"": coverage(shop, days, plain.paths), "_plan": coverage(shop, days, plan.paths)}
        for name, shares in covered.items():
            report(f"80 % band{name:5} " + "  ".join(f"{block} {value:.3f}" for block, value in shares.items()))
        mine, planned = table["springtide"], table["springtide + plan"]
        return {
            "sim_presale_event_wape": mine["event"],
            "sim_first2h_wape": mine["first2h"],
            "sim_presale_event_wape_gbm": table["with LightGBM"]["event"],
            "sim_first2h_wape_gbm": table["with LightGBM"]["first2h"],
            "sim_presale_event_wape_plan": planned["event"],
            "sim_first2h_wape_plan": planned["first2h"],
            "sim_presale_seconds_per_forecast": seconds,
            **{f"sim_presale_{column}": mine[column] for column in COLUMNS if column not in ("event", "first2h")},
            **{f"sim_presale_{name}_event_wape": table[name]["event"] for name in ("weekly_naive", "mean_of_4",
               "last_year_x_growth", "masked_baseline")},
            **{f"cov80_sim{told}_{kind}": share for told, shares in covered.items() for kind, share in shares.items()},
        }  # fmt: skip


PART = EventsPart()
